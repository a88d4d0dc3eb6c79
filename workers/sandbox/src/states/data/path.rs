//! Paths: what `InputPath`, `$.…` in a template, and `Variable` of a choice hold.
//!
//! Source: <https://states-language.net/spec.html#path>. A path that names one place gives the value there; any other
//! JSONPath (wildcards, slices, filters, `..`) gives the array of all that it finds, even of one or none.

use serde_json::Value;
use serde_json_path::JsonPath;

use super::Scope;
use super::reference::ReferencePath;
use crate::states::failure::Failure;

/// A path into the input (`$`) or into the context object (`$$`).
#[derive(Clone, Debug)]
pub(crate) struct Path {
    text: String,
    of_context: bool,
    query: Query,
}

#[derive(Clone, Debug)]
enum Query {
    One(ReferencePath),
    Many(JsonPath),
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let of_context = text.starts_with("$$");
        let path = if of_context { &text[1..] } else { text };
        let query = match ReferencePath::parse(path) {
            Some(one) => Query::One(one),
            None => Query::Many(
                JsonPath::parse(path).map_err(|error| format!("'{text}' is not a valid JSONPath: {error}"))?,
            ),
        };
        Ok(Self { text: text.to_owned(), of_context, query })
    }

    /// The path as the definition holds it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The value that the path selects; nothing if it names one place and nothing is there.
    pub(crate) fn find(&self, scope: Scope<'_>) -> Option<Value> {
        let context;
        let root = if self.of_context {
            context = scope.context.to_value();
            &context
        } else {
            scope.input
        };
        match &self.query {
            Query::One(path) => path.get(root).cloned(),
            Query::Many(path) => Some(path.query(root).iter().map(|found| (*found).clone()).collect()),
        }
    }

    /// The value that the path selects.
    ///
    /// # Errors
    /// `States.Runtime` if nothing is there: the service reports so a path without a value in whatever field it
    /// stands.
    pub(crate) fn value(&self, scope: Scope<'_>) -> Result<Value, Failure> {
        self.find(scope).ok_or_else(|| self.missing("", scope))
    }

    /// The same for a field of a template, which the failure then names.
    ///
    /// # Errors
    /// As [`Path::value`].
    pub(crate) fn value_for(&self, field: &str, scope: Scope<'_>) -> Result<Value, Failure> {
        self.find(scope).ok_or_else(|| self.missing(&format!(" specified for the field '{field}'"), scope))
    }

    fn missing(&self, field: &str, scope: Scope<'_>) -> Failure {
        let (path, input) = (&self.text, scope.input);
        Failure::runtime(format!("The JSONPath '{path}'{field} could not be found in the input '{input}'"))
    }
}
