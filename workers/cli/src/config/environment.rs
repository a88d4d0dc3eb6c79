//! `FALCONER_*` variables over the file: the only place that reads the environment.

use serde_json::{Map, Value};

use super::problem::ConfigProblem;
use super::sections::Config;

const PREFIX: &str = "FALCONER_";

/// Variables with the prefix that are the command line's, not the configuration's.
const OTHERS: [&str; 2] = ["FALCONER_CONFIG", "FALCONER_LOG"];

/// The process's variables.
#[expect(clippy::disallowed_methods, reason = "this is the configuration module")]
pub(super) fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars()
}

/// Puts each variable at its key. `FALCONER_FIREWALL_BLOCK_GROUP` is `firewall.block_group`; a list is separated by
/// commas.
pub(super) fn overlay(value: &mut Value, variables: impl IntoIterator<Item = (String, String)>) -> Vec<ConfigProblem> {
    let defaults = serde_json::to_value(Config::default()).unwrap_or_default();
    let keys = keys_of(&defaults);
    let mut problems = Vec::new();
    for (name, text) in variables {
        if !name.starts_with(PREFIX) || OTHERS.contains(&name.as_str()) {
            continue;
        }
        match keys.iter().find(|key| key.variable() == name) {
            Some(key) => key.set(value, &text),
            None => problems.push(ConfigProblem::new(&name, "is not a variable that Falconer knows")),
        }
    }
    problems
}

/// A section, a key in it, and what its default looks like.
struct Key<'a> {
    section: &'a str,
    name: &'a str,
    default: &'a Value,
}

fn keys_of(defaults: &Value) -> Vec<Key<'_>> {
    let sections = defaults.as_object().into_iter().flatten();
    sections
        .flat_map(|(section, keys)| {
            keys.as_object().into_iter().flatten().map(move |(name, default)| Key { section, name, default })
        })
        .collect()
}

impl Key<'_> {
    fn variable(&self) -> String {
        format!("{PREFIX}{}_{}", self.section, self.name).to_uppercase()
    }

    fn set(&self, value: &mut Value, text: &str) {
        let Some(root) = value.as_object_mut() else { return };
        let section = root.entry(self.section).or_insert_with(|| Value::Object(Map::new()));
        if let Some(section) = section.as_object_mut() {
            section.insert(self.name.to_owned(), self.typed(text));
        }
    }

    /// The text as the default's type; what does not fit stays a text, which the schema then refuses by its key.
    fn typed(&self, text: &str) -> Value {
        let text = text.trim();
        match self.default {
            Value::Array(_) => {
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::from).collect()
            }
            Value::Number(_) => text.parse::<u64>().map_or_else(|_| Value::from(text), Value::from),
            Value::Bool(_) => text.parse::<bool>().map_or_else(|_| Value::from(text), Value::from),
            _ => Value::from(text),
        }
    }
}
