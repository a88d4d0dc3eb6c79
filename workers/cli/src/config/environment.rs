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

/// Puts each variable at its key. `FALCONER_FIREWALL_BLOCK_GROUPS` is `firewall.block_groups`; a list is separated by
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

/// A key by its path, and what its default looks like.
struct Key<'a> {
    path: Vec<&'a str>,
    default: &'a Value,
}

/// Every key that holds a value and not further keys.
fn keys_of(defaults: &Value) -> Vec<Key<'_>> {
    let Value::Object(members) = defaults else {
        return vec![Key { path: Vec::new(), default: defaults }];
    };
    let below = |(name, value)| {
        keys_of(value).into_iter().map(move |Key { mut path, default }| {
            path.insert(0, name);
            Key { path, default }
        })
    };
    members.iter().map(|(name, value)| (name.as_str(), value)).flat_map(below).collect()
}

impl Key<'_> {
    fn variable(&self) -> String {
        format!("{PREFIX}{}", self.path.join("_")).to_uppercase()
    }

    fn set(&self, value: &mut Value, text: &str) {
        let mut place = value;
        for name in &self.path {
            let Some(section) = place.as_object_mut() else { return };
            place = section.entry(*name).or_insert_with(|| Value::Object(Map::new()));
        }
        *place = self.typed(text);
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
