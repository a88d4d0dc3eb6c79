//! Filters in Falcon's query language, as far as they are equations: `field:'value'` or `field:['one','other']`, joined with
//! `+` for "and" and `,` for "or".
//!
//! <https://falconpy.io/Falcon-Query-Language>. Comparisons, wildcards, parentheses and values without quotes are refused.

use serde_json::Value;

/// "A FQL statement can have a maximum of 20 properties defined."
const MOST_PROPERTIES: usize = 20;

/// A filter; the default lets everything pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// One of them must hold, unless there is none.
    alternatives: Vec<Vec<Condition>>,
}

/// The field has one of the values.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Condition {
    field: String,
    values: Vec<String>,
}

impl Filter {
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(text: &str, fields: &[&str]) -> Result<Self, String> {
        let mut alternatives = vec![Vec::new()];
        let mut rest = text;
        let mut properties = 0;
        loop {
            let (condition, after) = Condition::parse(rest, fields)?;
            properties += 1;
            if let Some(all) = alternatives.last_mut() {
                all.push(condition);
            }
            if properties > MOST_PROPERTIES {
                return Err(format!("more than {MOST_PROPERTIES} properties"));
            }
            rest = match after.chars().next() {
                None => return Ok(Self { alternatives }),
                Some('+') => &after[1..],
                Some(',') => {
                    alternatives.push(Vec::new());
                    &after[1..]
                }
                Some(_) => return Err(format!("neither + nor , in front of {after}")),
            };
        }
    }

    /// Whether a record passes. What is no object has no fields that it could fail by.
    pub(super) fn passes(&self, record: &Value) -> bool {
        let holds = |condition: &Condition| {
            let value = record[&condition.field].as_str();
            value.is_some_and(|value| condition.values.iter().any(|one| one == value))
        };
        self.alternatives.is_empty() || !record.is_object() || self.alternatives.iter().any(|all| all.iter().all(holds))
    }

    /// The values of which every record that passes has one in this field, if the filter says which.
    pub(super) fn values(&self, field: &str) -> Option<Vec<&str>> {
        let of_alternative = |all: &'_ Vec<Condition>| all.iter().position(|condition| condition.field == field);
        let mut values = Vec::new();
        for all in &self.alternatives {
            values.extend(all[of_alternative(all)?].values.iter().map(String::as_str));
        }
        (!self.alternatives.is_empty()).then_some(values)
    }
}

impl Condition {
    /// The condition at the beginning of a text, and what comes after it.
    fn parse<'a>(text: &'a str, fields: &[&str]) -> Result<(Self, &'a str), String> {
        let (field, rest) = text.split_once(':').ok_or_else(|| format!("no colon in {text}"))?;
        if !fields.contains(&field) {
            return Err(format!("no field {field} that the sandbox filters by"));
        }
        let field = field.to_owned();
        let Some(mut rest) = rest.strip_prefix('[') else {
            let (value, rest) = value(rest)?;
            return Ok((Self { field, values: vec![value] }, rest));
        };
        let mut values = Vec::new();
        loop {
            let (value, after) = value(rest)?;
            values.push(value);
            match after.chars().next() {
                Some(',') => rest = &after[1..],
                Some(']') => return Ok((Self { field, values }, &after[1..])),
                _ => return Err(format!("a list of {field} without an end")),
            }
        }
    }
}

/// The value between quotes of either kind at the beginning of a text, and what comes after it.
fn value(text: &str) -> Result<(String, &str), String> {
    let quote = text.chars().next().filter(|character| matches!(character, '\'' | '"'));
    let quote = quote.ok_or_else(|| format!("no value between quotes in front of {text}"))?;
    let (value, rest) = text[1..].split_once(quote).ok_or_else(|| format!("a value without an end: {text}"))?;
    if value.contains(['*', '\\']) {
        return Err(format!("a wildcard or an escape in {value}"));
    }
    Ok((value.to_owned(), rest))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(text: &str) -> Result<Filter, String> {
        Filter::parse(text, &["a", "b"])
    }

    #[test]
    fn equations_are_joined_with_and_before_or() {
        let filter = parse("a:'1'+b:[\"2\",'3'],a:'4'").unwrap();
        for (record, expected) in [
            (json!({"a": "1", "b": "3"}), true),
            (json!({"a": "1", "b": "4"}), false),
            (json!({"a": "4"}), true),
            (json!({"b": "2"}), false),
            (json!({"a": 1, "b": "2"}), false),
            (json!("broken"), true),
        ] {
            assert_eq!(filter.passes(&record), expected, "{record}");
        }
        assert!(Filter::default().passes(&json!({})));
    }

    #[test]
    fn what_every_record_must_have_is_known() {
        assert_eq!(parse("a:['1','2']+b:'3'").unwrap().values("a"), Some(vec!["1", "2"]));
        assert_eq!(parse("a:'1',a:'2'").unwrap().values("a"), Some(vec!["1", "2"]));
        assert_eq!(parse("a:'1',b:'2'").unwrap().values("a"), None);
        assert_eq!(Filter::default().values("a"), None);
    }

    #[test]
    fn everything_else_is_refused() {
        let long = vec!["a:'1'"; 21].join("+");
        for text in [
            "",
            "a",
            "a:",
            "a:1",
            "a:'1",
            "a:['1'",
            "a:[]",
            "a:!'1'",
            "a:>'1'",
            "a:'1*'",
            "a:'it\\'s'",
            "c:'1'",
            "(a:'1')",
            "a:'1'b:'2'",
            "a:'1'+",
            "a:'1'é",
            long.as_str(),
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
