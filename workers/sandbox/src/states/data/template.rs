//! Payload templates: Parameters, ItemSelector and ResultSelector.
//!
//! Source: <https://states-language.net/spec.html#payload-template>. A field `"name.$": "…"` becomes `"name"` with the
//! value of its expression; everything else stands for itself.

use serde_json::{Map, Value};

use super::Scope;
use super::expression::Expression;
use crate::states::failure::Failure;

/// JSON with expressions in it.
#[derive(Clone, Debug)]
pub(crate) enum Template {
    /// Stands for itself.
    Literal(Value),
    /// The value of an expression.
    Expression(Expression),
    /// An object, field by field.
    Object(Vec<(String, Template)>),
    /// An array, item by item.
    Array(Vec<Template>),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// A sentence that names the field in question and says what is wrong with it.
    pub(crate) fn parse(value: &Value) -> Result<Self, String> {
        match value {
            Value::Object(members) => {
                members.iter().map(|(name, member)| field(name, member)).collect::<Result<_, _>>().map(Self::Object)
            }
            Value::Array(items) => items.iter().map(Self::parse).collect::<Result<_, _>>().map(Self::Array),
            literal => Ok(Self::Literal(literal.clone())),
        }
    }

    /// Fills the template in.
    ///
    /// # Errors
    /// Those of [`Expression::value`].
    pub(crate) fn fill(&self, scope: Scope<'_>) -> Result<Value, Failure> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Expression(expression) => expression.value(scope),
            Self::Object(fields) => fields
                .iter()
                .map(|(name, field)| Ok((name.clone(), field.fill_field(name, scope)?)))
                .collect::<Result<Map<_, _>, _>>()
                .map(Value::Object),
            Self::Array(items) => items.iter().map(|item| item.fill(scope)).collect(),
        }
    }

    fn fill_field(&self, name: &str, scope: Scope<'_>) -> Result<Value, Failure> {
        match self {
            Self::Expression(Expression::Path(path)) => path.value_for(&format!("{name}.$"), scope),
            other => other.fill(scope),
        }
    }
}

fn field(name: &str, value: &Value) -> Result<(String, Template), String> {
    let Some(plain) = name.strip_suffix(".$") else {
        return Ok((name.to_owned(), Template::parse(value)?));
    };
    let text = value.as_str().ok_or_else(|| {
        format!(
            "The value for the field '{name}' must be a STRING that contains a JSONPath or an intrinsic function call"
        )
    })?;
    let expression = Expression::parse(text).map_err(|problem| {
        format!(
            "The value for the field '{name}' must be a valid JSONPath or a valid intrinsic function call: {problem}"
        )
    })?;
    Ok((plain.to_owned(), Template::Expression(expression)))
}
