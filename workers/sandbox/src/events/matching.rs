//! Whether an event matches a pattern.
//!
//! Lists: a field that holds a list matches if one of its entries does; in a list of objects all fields of a pattern's
//! object must match in the same entry. A field exists if any entry holds it.

use std::net::IpAddr;

use serde_json::Value;

use super::pattern::{Comparison, Field, Matcher, Pattern, TextMatcher};

impl Pattern {
    /// Whether `event` matches.
    pub(crate) fn matches(&self, event: &Value) -> bool {
        self.holds(&[event], &[event])
    }

    /// `candidates` are the objects of which one must match; `all` is whatever stands at this path in the event.
    fn holds(&self, candidates: &[&Value], all: &[&Value]) -> bool {
        // An absent object still matches a pattern that only asks for absence.
        let absent = Value::Null;
        let candidates = if candidates.is_empty() { &[&absent][..] } else { candidates };
        candidates.iter().any(|candidate| {
            let fields = self.fields.iter().all(|(name, field)| field.holds(name, candidate, all));
            let either = |patterns: &Vec<Self>| patterns.iter().any(|pattern| pattern.holds(&[candidate], all));
            fields && self.alternatives.iter().all(either)
        })
    }
}

impl Field {
    fn holds(&self, name: &str, candidate: &Value, all: &[&Value]) -> bool {
        let here = entries(candidate.get(name));
        let everywhere: Vec<&Value> = all.iter().flat_map(|object| entries(object.get(name))).collect();
        match self {
            Self::Object(pattern) => pattern.holds(&here, &everywhere),
            Self::Any(matchers) => matchers.iter().any(|matcher| match matcher {
                // Only a leaf exists: an object at this path is a longer path to EventBridge.
                Matcher::Exists(wanted) => *wanted == everywhere.iter().any(|value| !value.is_object()),
                matcher => here.iter().any(|value| matcher.accepts(value)),
            }),
        }
    }
}

/// The values at one field, with lists laid open.
fn entries(value: Option<&Value>) -> Vec<&Value> {
    match value {
        None => Vec::new(),
        Some(Value::Array(list)) => list.iter().flat_map(|entry| entries(Some(entry))).collect(),
        Some(value) => vec![value],
    }
}

impl Matcher {
    fn accepts(&self, value: &Value) -> bool {
        match self {
            Self::Exact(wanted) => same(wanted, value),
            // Decided where the path is known.
            Self::Exists(_) => false,
            Self::Numeric(comparisons) => value
                .as_f64()
                .is_some_and(|number| comparisons.iter().all(|(comparison, bound)| comparison.holds(number, *bound))),
            Self::Cidr(network) => value
                .as_str()
                .and_then(|text| text.parse::<IpAddr>().ok())
                .is_some_and(|address| network.contains(&address)),
            Self::Text(form) => value.as_str().is_some_and(|text| form.accepts(text)),
            Self::AnythingBut(unwanted) => !value.is_object() && !unwanted.iter().any(|unwanted| same(unwanted, value)),
            Self::AnythingButText(unwanted) => {
                value.as_str().is_some_and(|text| !unwanted.iter().any(|form| form.accepts(text)))
            }
        }
    }
}

/// Numbers compare as numbers: `300`, `300.0` and `3.0e2` are the same.
fn same(left: &Value, right: &Value) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

impl Comparison {
    fn holds(self, number: f64, bound: f64) -> bool {
        match self {
            Self::Less => number < bound,
            Self::LessOrEqual => number <= bound,
            Self::Equal => number == bound,
            Self::GreaterOrEqual => number >= bound,
            Self::Greater => number > bound,
        }
    }
}

impl TextMatcher {
    fn accepts(&self, value: &str) -> bool {
        match self {
            Self::Prefix { text, ignore_case: false } => value.starts_with(text),
            Self::Prefix { text, ignore_case: true } => value.to_lowercase().starts_with(&text.to_lowercase()),
            Self::Suffix { text, ignore_case: false } => value.ends_with(text),
            Self::Suffix { text, ignore_case: true } => value.to_lowercase().ends_with(&text.to_lowercase()),
            Self::EqualsIgnoreCase(text) => value.to_lowercase() == text.to_lowercase(),
            Self::Wildcard(parts) => wildcard(parts, value),
        }
    }
}

/// The first part begins the value, the last one ends it, and the others follow each other in between.
fn wildcard(parts: &[String], value: &str) -> bool {
    let [first, middle @ .., last] = parts else {
        return parts.first().is_some_and(|only| only == value);
    };
    let Some(mut rest) = value.strip_prefix(first.as_str()) else {
        return false;
    };
    for part in middle {
        match rest.find(part.as_str()) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(pattern: Value, event: Value) -> bool {
        Pattern::parse(&pattern.to_string()).unwrap().matches(&event)
    }

    #[test]
    fn each_operator_takes_what_it_says_and_nothing_else() {
        for (matcher, taken, refused) in [
            (json!("aws.securityhub"), json!("aws.securityhub"), json!("aws.guardduty")),
            (json!(300), json!(300.0), json!("300")),
            (json!(null), json!(null), json!("null")),
            (json!(true), json!(true), json!(false)),
            (json!({"prefix": "us-"}), json!("us-east-1"), json!("eu-west-1")),
            (json!({"prefix": {"equals-ignore-case": "US-"}}), json!("us-east-1"), json!("eu-west-1")),
            (json!({"suffix": ".example"}), json!("evil.example"), json!("example.evil")),
            (json!({"suffix": {"equals-ignore-case": ".EXAMPLE"}}), json!("evil.example"), json!("evil")),
            (json!({"equals-ignore-case": "ALICE"}), json!("alice"), json!("bob")),
            (json!({"anything-but": "NEW"}), json!("RESOLVED"), json!("NEW")),
            (json!({"anything-but": ["A", "B"]}), json!("C"), json!("B")),
            (json!({"anything-but": [1, 2]}), json!(3), json!(2.0)),
            (json!({"anything-but": {"prefix": "init"}}), json!("done"), json!("initial")),
            (json!({"anything-but": {"suffix": ["a", "b"]}}), json!("xc"), json!("xb")),
            (json!({"anything-but": {"wildcard": "*/lib/*"}}), json!("/usr/bin/x"), json!("/usr/lib/x")),
            (json!({"anything-but": {"equals-ignore-case": "low"}}), json!("HIGH"), json!("LOW")),
            (json!({"numeric": [">", 0, "<=", 5]}), json!(5), json!(0)),
            (json!({"numeric": ["=", 3.018e2]}), json!(301.8), json!("301.8")),
            (json!({"cidr": "198.51.100.0/24"}), json!("198.51.100.7"), json!("203.0.113.7")),
            (json!({"cidr": "2001:db8::/32"}), json!("2001:db8::1"), json!("198.51.100.7")),
            (json!({"wildcard": "arn:*:rule-group/*"}), json!("arn:aws:rule-group/x"), json!("arn:aws:firewall/x")),
            (json!({"wildcard": "a\\*b"}), json!("a*b"), json!("axb")),
            (json!({"wildcard": "aXb*b"}), json!("aXbb"), json!("aXb")),
        ] {
            let pattern = json!({"detail": {"x": [matcher]}});
            assert!(matches(pattern.clone(), json!({"detail": {"x": taken}})), "{matcher} takes {taken}");
            assert!(!matches(pattern.clone(), json!({"detail": {"x": refused}})), "{matcher} refuses {refused}");
            assert!(!matches(pattern, json!({"detail": {}})), "{matcher} needs the field");
        }
    }

    #[test]
    fn a_list_matches_if_one_of_its_entries_does() {
        let pattern = json!({"resources": ["b", "x"]});
        assert!(matches(pattern.clone(), json!({"resources": ["a", "b"]})));
        assert!(!matches(pattern.clone(), json!({"resources": ["a"]})));
        assert!(!matches(pattern, json!({"resources": []})));
    }

    #[test]
    fn all_fields_must_match_in_the_same_object_of_a_list() {
        let pattern = json!({"detail": {"findings": {"Label": ["HIGH"], "State": ["ACTIVE"]}}});
        let one = json!({"detail": {"findings": [{"Label": "HIGH", "State": "ACTIVE"}]}});
        let spread =
            json!({"detail": {"findings": [{"Label": "HIGH", "State": "X"}, {"Label": "X", "State": "ACTIVE"}]}});
        assert!(matches(pattern.clone(), one));
        assert!(!matches(pattern, spread));
    }

    #[test]
    fn absence_is_asked_of_the_whole_event() {
        let pattern = json!({"detail": {"findings": {"Note": {"Text": [{"exists": false}]}}}});
        assert!(matches(pattern.clone(), json!({"detail": {"findings": [{"Id": "a"}]}})));
        assert!(matches(pattern.clone(), json!({"detail": {}})));
        let partly = json!({"detail": {"findings": [{"Id": "a"}, {"Note": {"Text": "seen"}}]}});
        assert!(!matches(pattern, partly));
    }

    #[test]
    fn only_a_leaf_exists() {
        let pattern = json!({"detail": {"a": [{"exists": true}]}});
        assert!(matches(pattern.clone(), json!({"detail": {"a": null}})));
        assert!(!matches(pattern, json!({"detail": {"a": {"b": 1}}})));
    }

    #[test]
    fn one_alternative_of_an_or_is_enough_and_the_other_fields_still_count() {
        let pattern = json!({"source": ["s"], "$or": [{"a": [1]}, {"b": [2]}]});
        assert!(matches(pattern.clone(), json!({"source": "s", "b": 2})));
        assert!(!matches(pattern.clone(), json!({"source": "s", "b": 1})));
        assert!(!matches(pattern, json!({"source": "t", "a": 1})));
    }
}
