//! An Automation document, as Systems Manager reads it and puts parameters into it.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::{Map, Value};

/// A document of runbooks/install-sensor.
pub(crate) struct Document {
    pub(crate) text: String,
    pub(crate) content: Value,
}

/// What somebody gives for the parameters of a document.
pub(crate) type Given = BTreeMap<&'static str, &'static str>;

impl Document {
    pub(crate) fn hub() -> Self {
        Self::read("hub")
    }

    pub(crate) fn member() -> Self {
        Self::read("member")
    }

    fn read(name: &str) -> Self {
        let path = format!("{}/../runbooks/install-sensor/{name}.automation.yaml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let content = serde_saphyr::from_str(&text).unwrap();
        Self { text, content }
    }

    pub(crate) fn parameters(&self) -> &Map<String, Value> {
        self.content["parameters"].as_object().unwrap()
    }

    /// Whether a parameter may have this value. Systems Manager looks for the pattern somewhere in the value, in the syntax of RE2
    /// (<https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-syntax-data-elements-parameters.html>).
    pub(crate) fn accepts(&self, parameter: &str, value: &str) -> bool {
        let parameter = &self.parameters()[parameter];
        let values = parameter["allowedValues"].as_array();
        let pattern = parameter["allowedPattern"].as_str().map(|pattern| Regex::new(pattern).unwrap());
        values.is_none_or(|values| values.contains(&value.into())) && pattern.is_none_or(|one| one.is_match(value))
    }

    pub(crate) fn step(&self, name: &str) -> &Value {
        let steps = self.content["mainSteps"].as_array().unwrap();
        steps.iter().find(|step| step["name"] == name).unwrap()
    }

    /// A step's inputs with the parameters put into every text: those that are given, and the defaults of the others.
    pub(crate) fn inputs(&self, step: &str, given: &Given) -> Value {
        let mut values: BTreeMap<String, String> =
            [("automation:EXECUTION_ID".to_owned(), "73c8eef8-f4ee-4a05-820c-e354fEXAMPLE".to_owned())].into();
        for (name, parameter) in self.parameters() {
            let value = given.get(name.as_str()).copied().or(parameter["default"].as_str());
            let value = value.unwrap_or_else(|| panic!("{name} is required"));
            assert!(self.accepts(name, value), "{name} may not be {value:?}");
            values.insert(name.clone(), value.to_owned());
        }
        put_into(&self.step(step)["inputs"], &values)
    }
}

fn put_into(value: &Value, values: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) => {
            let variable = Regex::new(r"\{\{ *([A-Za-z:_]+) *\}\}").unwrap();
            variable.replace_all(text, |found: &regex::Captures| values[&found[1]].clone()).into_owned().into()
        }
        Value::Array(items) => items.iter().map(|item| put_into(item, values)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), put_into(member, values))).collect()
        }
        other => other.clone(),
    }
}
