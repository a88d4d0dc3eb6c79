//! The fields of one object of a definition: each is read once, and what nobody asked for is refused.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Map, Value};

use super::problem::Problems;
use crate::states::data::path::Path;
use crate::states::data::reference::ReferencePath;
use crate::states::data::template::Template;

/// The code of nearly every refusal.
const SCHEMA: &str = "SCHEMA_VALIDATION_FAILED";
/// The largest number of seconds, or of anything else, that a definition may hold or find in its input.
pub(crate) const MAX_SECONDS: u64 = 99_999_999;

/// An object of a definition, where it stands, and what has been read of it.
pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    at: String,
    asked: RefCell<BTreeSet<&'static str>>,
    problems: &'a Problems,
}

impl<'a> Fields<'a> {
    /// The object's fields; a problem if the value is no object.
    pub(super) fn of(value: &'a Value, at: &str, problems: &'a Problems) -> Option<Self> {
        let Value::Object(object) = value else {
            problems.report(SCHEMA, "Expected value of type Object", at);
            return None;
        };
        Some(Self { object, at: at.to_owned(), asked: RefCell::new(BTreeSet::from(["Comment"])), problems })
    }

    /// Where problems are reported.
    pub(super) fn problems(&self) -> &'a Problems {
        self.problems
    }

    /// Where a field of this object stands.
    pub(super) fn place(&self, name: &str) -> String {
        format!("{}/{name}", self.at)
    }

    /// The members with names of the author's choice, as in `States`.
    pub(super) fn members(&self) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        self.object.iter()
    }

    /// Reports a field whose value is not what it must be.
    pub(super) fn wrong(&self, name: &str, problem: &str) {
        self.problems.report(SCHEMA, &format!("The value for the field '{name}' {problem}"), &self.place(name));
    }

    /// Reports something about the object as a whole.
    pub(super) fn wrong_here(&self, problem: &str) {
        self.problems.report(SCHEMA, problem, &self.at);
    }

    /// Reports a name that leads nowhere, or a state that nothing leads to.
    pub(super) fn wrong_target(&self, problem: &str, location: &str) {
        self.problems.report("MISSING_TRANSITION_TARGET", problem, location);
    }

    /// Reports every field that nobody has asked for.
    pub(super) fn refuse_others(&self) {
        let asked = self.asked.borrow();
        for name in self.object.keys().filter(|name| !asked.contains(name.as_str())) {
            self.wrong_here(&format!("The field '{name}' is not supported"));
        }
    }

    /// Refuses any query language but JSONPath.
    pub(super) fn query_language(&self) {
        if self.text("QueryLanguage").is_some_and(|language| language != "JSONPath") {
            self.wrong("QueryLanguage", "must be 'JSONPath': this sandbox does not speak JSONata");
        }
    }

    /// The field as it stands.
    pub(super) fn any(&self, name: &'static str) -> Option<&'a Value> {
        self.asked.borrow_mut().insert(name);
        self.object.get(name)
    }

    fn typed<T>(&self, name: &'static str, is: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Option<T> {
        let value = self.any(name)?;
        let typed = read(value);
        if typed.is_none() {
            self.wrong(name, &format!("must be {is}"));
        }
        typed
    }

    fn required<T>(&self, name: &str, value: Option<T>) -> Option<T> {
        if !self.object.contains_key(name) {
            self.wrong_here(&format!("The field '{name}' is required but was missing"));
        }
        value
    }

    /// A text.
    pub(super) fn text(&self, name: &'static str) -> Option<&'a str> {
        self.typed(name, "a string", Value::as_str)
    }

    /// A text that must be there.
    pub(super) fn required_text(&self, name: &'static str) -> Option<&'a str> {
        self.required(name, self.text(name))
    }

    /// `true` or `false`.
    pub(super) fn boolean(&self, name: &'static str) -> Option<bool> {
        self.typed(name, "a boolean", Value::as_bool)
    }

    /// A whole number from `least` to [`MAX_SECONDS`].
    pub(super) fn number(&self, name: &'static str, least: u64) -> Option<u64> {
        self.typed(name, &format!("a whole number from {least} to {MAX_SECONDS}"), |value| {
            value.as_u64().filter(|number| (least..=MAX_SECONDS).contains(number))
        })
    }

    /// A number of seconds.
    pub(super) fn seconds(&self, name: &'static str, least: u64) -> Option<Duration> {
        self.number(name, least).map(Duration::from_secs)
    }

    /// A number of at least one.
    pub(super) fn rate(&self, name: &'static str) -> Option<f64> {
        self.typed(name, "a number of at least 1.0", |value| value.as_f64().filter(|rate| *rate >= 1.0))
    }

    /// An object of its own.
    pub(super) fn object(&self, name: &'static str, required: bool) -> Option<Fields<'a>> {
        let value = self.any(name);
        let value = if required { self.required(name, value) } else { value };
        Fields::of(value?, &self.place(name), self.problems)
    }

    /// A list of objects.
    pub(super) fn objects(&self, name: &'static str) -> Vec<Fields<'a>> {
        let items = self.typed(name, "an array", Value::as_array);
        let items = items.into_iter().flatten().enumerate();
        let read = |(index, item)| Fields::of(item, &format!("{}[{index}]", self.place(name)), self.problems);
        items.filter_map(read).collect()
    }

    /// A list of objects that must be there and hold at least one.
    pub(super) fn required_objects(&self, name: &'static str) -> Vec<Fields<'a>> {
        let objects = self.objects(name);
        if objects.is_empty() {
            self.wrong_here(&format!("The field '{name}' must hold at least one item"));
        }
        objects
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &'static str) -> Option<Vec<String>> {
        self.required(
            name,
            self.typed(name, "a non-empty array of strings", |value| {
                let items = value.as_array().filter(|items| !items.is_empty())?;
                items.iter().map(|item| item.as_str().map(str::to_owned)).collect()
            }),
        )
    }

    /// A path.
    pub(super) fn path(&self, name: &'static str) -> Option<Path> {
        let text = self.text(name)?;
        if !text.starts_with('$') {
            self.wrong(name, "must be a valid JSONPath");
            return None;
        }
        Path::parse(text).map_err(|problem| self.wrong(name, &format!("must be a valid JSONPath: {problem}"))).ok()
    }

    /// A path to one place into which a value can be put.
    pub(super) fn reference(&self, name: &'static str) -> Option<ReferencePath> {
        let path = ReferencePath::parse(self.text(name)?).filter(ReferencePath::is_writable);
        if path.is_none() {
            self.wrong(name, "must be a Reference Path");
        }
        path
    }

    /// A payload template.
    pub(super) fn template(&self, name: &'static str) -> Option<Template> {
        let value = self.any(name)?;
        Template::parse(value).map_err(|problem| self.problems.report(SCHEMA, &problem, &self.place(name))).ok()
    }
}
