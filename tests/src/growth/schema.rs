//! Whether everything that one JSON Schema describes is described by another, as far as the schemas of contracts go.
//!
//! Where the two are written in ways that this cannot compare, they count as different: a person then looks.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Keywords that say nothing about values.
const REMARKS: [&str; 6] = ["$defs", "$schema", "default", "description", "examples", "title"];

/// Keywords that are compared by their meaning; every other one must be the same in both.
const COMPARED: [&str; 9] =
    ["additionalProperties", "anyOf", "const", "enum", "items", "oneOf", "properties", "required", "type"];

/// A part of a contract's schema.
#[derive(Clone, Copy)]
pub(super) struct Schema<'a> {
    /// Where definitions are.
    root: &'a Value,
    here: &'a Value,
}

/// In what the wide schema does not take the narrow one's values, by the path of the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    /// The newer of the two has no such field.
    Lost(String),
    /// The wide one requires a field that the narrow one does not.
    Required(String),
    /// Any other.
    Narrower(String),
}

/// Which of the two is the older one, whose fields must all be in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    Wide,
    Narrow,
}

impl<'a> Schema<'a> {
    pub(super) fn of(root: &'a Value) -> Self {
        Self { root, here: root }.resolved()
    }

    /// Behind a `$ref`, which in these schemas has nothing beside it but remarks.
    fn resolved(mut self) -> Self {
        while let Some(path) = self.here["$ref"].as_str() {
            self.here = self.root.pointer(path.trim_start_matches('#')).unwrap();
        }
        self
    }

    fn at(self, here: &'a Value) -> Self {
        Self { here, ..self }.resolved()
    }

    fn alternatives(self) -> Option<Vec<Self>> {
        let list = self.here["oneOf"].as_array().or_else(|| self.here["anyOf"].as_array())?;
        Some(list.iter().map(|one| self.at(one)).collect())
    }

    fn properties(self) -> Option<&'a Map<String, Value>> {
        self.here["properties"].as_object()
    }

    fn requires(self, field: &str) -> bool {
        self.here["required"].as_array().into_iter().flatten().any(|one| one == field)
    }

    /// `None` where any is allowed.
    fn types(self) -> Option<BTreeSet<&'a str>> {
        match &self.here["type"] {
            Value::String(one) => Some(BTreeSet::from([one.as_str()])),
            Value::Array(several) => Some(several.iter().filter_map(Value::as_str).collect()),
            _ => None,
        }
    }

    /// The only values, if there are only some.
    fn values(self) -> Option<Vec<&'a Value>> {
        match (self.here.get("const"), self.here["enum"].as_array()) {
            (Some(one), _) => Some(vec![one]),
            (None, Some(several)) => Some(several.iter().collect()),
            (None, None) => None,
        }
    }
}

/// Every difference.
pub(super) fn differences(wide: Schema<'_>, narrow: Schema<'_>, kept: Kept) -> Vec<Difference> {
    let mut comparison = Comparison { kept, found: Vec::new() };
    comparison.compare("$", wide, narrow);
    comparison.found
}

struct Comparison {
    kept: Kept,
    found: Vec<Difference>,
}

impl Comparison {
    fn compare(&mut self, at: &str, wide: Schema<'_>, narrow: Schema<'_>) {
        match (wide.alternatives(), narrow.alternatives()) {
            (None, None) => {}
            (None, Some(each)) => return each.into_iter().for_each(|one| self.compare(at, wide, one)),
            (Some(any), each) => {
                for one in each.unwrap_or_else(|| vec![narrow]) {
                    if !any.iter().any(|of| differences(*of, one, self.kept).is_empty()) {
                        self.narrower(at, &format!("takes no {}", one.here));
                    }
                }
            }
        }
        if narrow.types() != Some(BTreeSet::from(["null"])) {
            self.keywords(at, wide, narrow);
            self.fields(at, wide, narrow);
            self.contents(at, "items", wide, narrow);
            self.contents(at, "additionalProperties", wide, narrow);
        }
        self.types(at, wide, narrow);
        self.values(at, wide, narrow);
    }

    fn types(&mut self, at: &str, wide: Schema<'_>, narrow: Schema<'_>) {
        let Some(allowed) = wide.types() else { return };
        let is_allowed = |one: &&str| allowed.contains(one) || (*one == "integer" && allowed.contains("number"));
        if !narrow.types().is_some_and(|types| types.iter().all(is_allowed)) {
            self.narrower(at, &format!("is {} alone", wide.here["type"]));
        }
    }

    fn values(&mut self, at: &str, wide: Schema<'_>, narrow: Schema<'_>) {
        let Some(allowed) = wide.values() else { return };
        if !narrow.values().is_some_and(|values| values.iter().all(|one| allowed.contains(one))) {
            self.narrower(at, &format!("is one of {allowed:?} alone"));
        }
    }

    /// Patterns, formats, bounds and whatever else there may be.
    fn keywords(&mut self, at: &str, wide: Schema<'_>, narrow: Schema<'_>) {
        for (keyword, value) in wide.here.as_object().into_iter().flatten() {
            let means_something = ![&REMARKS[..], &COMPARED].concat().contains(&keyword.as_str());
            if means_something && narrow.here.get(keyword) != Some(value) {
                self.narrower(at, &format!("has {keyword} {value}"));
            }
        }
    }

    fn fields(&mut self, at: &str, wide: Schema<'_>, narrow: Schema<'_>) {
        let none = Map::new();
        let (of_wide, of_narrow) = (wide.properties().unwrap_or(&none), narrow.properties().unwrap_or(&none));
        for (name, field) in of_wide {
            let path = format!("{at}.{name}");
            match of_narrow.get(name) {
                None if self.kept == Kept::Wide => self.found.push(Difference::Lost(path)),
                _ if wide.requires(name) && !narrow.requires(name) => self.found.push(Difference::Required(path)),
                None => {}
                Some(other) => self.compare(&path, wide.at(field), narrow.at(other)),
            }
        }
        for name in of_narrow.keys().filter(|name| !of_wide.contains_key(*name)) {
            let path = format!("{at}.{name}");
            if self.kept == Kept::Narrow {
                self.found.push(Difference::Lost(path));
            } else if wide.here["additionalProperties"] == false {
                self.narrower(&path, "is unknown and refused");
            }
        }
    }

    /// What stands in a list or under the names of a map.
    fn contents(&mut self, at: &str, keyword: &str, wide: Schema<'_>, narrow: Schema<'_>) {
        let all = &Value::Bool(true);
        let [of_wide, of_narrow] = [wide, narrow].map(|schema| schema.here.get(keyword).unwrap_or(all));
        match (of_wide, of_narrow) {
            (Value::Bool(true), _) | (_, Value::Bool(false)) => {}
            (Value::Object(_), Value::Object(_)) => {
                self.compare(&format!("{at}[]"), wide.at(of_wide), narrow.at(of_narrow));
            }
            _ => self.narrower(at, &format!("has {keyword} {of_wide}")),
        }
    }

    fn narrower(&mut self, at: &str, how: &str) {
        self.found.push(Difference::Narrower(format!("{at} {how}")));
    }
}
