//! Event patterns: read strictly when a rule is made.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>. Whatever is not there is
//! refused, so that a pattern that AWS would not take does not pass here either.

use ipnet::IpNet;
use serde_json::{Map, Value};

/// A pattern that EventBridge does not take, and why.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("Event pattern is not valid. Reason: {0}")]
pub(crate) struct InvalidPattern(pub(super) String);

/// An object of a pattern: every field must match, and one alternative of every `$or`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pattern {
    pub(super) fields: Vec<(String, Field)>,
    pub(super) alternatives: Vec<Vec<Pattern>>,
}

/// What a pattern says about one field.
#[derive(Clone, Debug)]
pub(super) enum Field {
    Object(Pattern),
    /// One of them must match.
    Any(Vec<Matcher>),
}

/// One entry of a pattern's list.
#[derive(Clone, Debug)]
pub(super) enum Matcher {
    Exact(Value),
    Exists(bool),
    Numeric(Vec<(Comparison, f64)>),
    Cidr(IpNet),
    Text(TextMatcher),
    /// None of these values.
    AnythingBut(Vec<Value>),
    /// None of these forms.
    AnythingButText(Vec<TextMatcher>),
}

/// A form of text.
#[derive(Clone, Debug)]
pub(super) enum TextMatcher {
    Prefix {
        text: String,
        ignore_case: bool,
    },
    Suffix {
        text: String,
        ignore_case: bool,
    },
    EqualsIgnoreCase(String),
    /// The parts between the asterisks.
    Wildcard(Vec<String>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`InvalidPattern`].
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidPattern> {
        let value: Value = serde_json::from_str(text).map_err(|error| invalid(format!("not JSON: {error}")))?;
        let pattern = object(value.as_object().ok_or_else(|| invalid("Filter is not an object"))?)?;
        if pattern.fields.is_empty() && pattern.alternatives.is_empty() {
            return Err(invalid("Empty filter"));
        }
        Ok(pattern)
    }
}

fn object(members: &Map<String, Value>) -> Result<Pattern, InvalidPattern> {
    let mut pattern = Pattern::default();
    for (name, value) in members {
        match value {
            Value::Array(alternatives) if name == "$or" => pattern.alternatives.push(either(alternatives)?),
            Value::Object(members) if members.is_empty() => {
                return Err(invalid(format!("Empty objects are not allowed, at \"{name}\"")));
            }
            Value::Object(members) => pattern.fields.push((name.clone(), Field::Object(object(members)?))),
            Value::Array(entries) if entries.is_empty() => {
                return Err(invalid(format!("Empty arrays are not allowed, at \"{name}\"")));
            }
            Value::Array(entries) => {
                let matchers = entries.iter().map(|entry| matcher(name, entry)).collect::<Result<_, _>>()?;
                pattern.fields.push((name.clone(), Field::Any(matchers)));
            }
            _ => return Err(invalid(format!("\"{name}\" must be an object or an array"))),
        }
    }
    Ok(pattern)
}

fn either(alternatives: &[Value]) -> Result<Vec<Pattern>, InvalidPattern> {
    if alternatives.len() < 2 {
        return Err(invalid("\"$or\" needs an array of at least two objects"));
    }
    let objects = alternatives.iter().map(|alternative| match alternative {
        Value::Object(members) if !members.is_empty() => object(members),
        _ => Err(invalid("\"$or\" needs an array of objects that are not empty")),
    });
    objects.collect()
}

fn matcher(name: &str, entry: &Value) -> Result<Matcher, InvalidPattern> {
    match entry {
        Value::Object(members) => {
            let mut operators = members.iter();
            match (operators.next(), operators.next()) {
                (Some((operator, operand)), None) => operation(operator, operand),
                _ => Err(invalid(format!("Only one key is allowed in a match expression, at \"{name}\""))),
            }
        }
        Value::Array(_) => Err(invalid(format!("An array within an array, at \"{name}\""))),
        value => Ok(Matcher::Exact(value.clone())),
    }
}

fn operation(operator: &str, operand: &Value) -> Result<Matcher, InvalidPattern> {
    match operator {
        "exists" => {
            operand.as_bool().map(Matcher::Exists).ok_or_else(|| invalid("exists match pattern must be a boolean"))
        }
        "numeric" => numeric(operand),
        "cidr" => cidr(operand),
        "anything-but" => anything_but(operand),
        "prefix" | "suffix" | "equals-ignore-case" | "wildcard" => text_matcher(operator, operand).map(Matcher::Text),
        _ => Err(invalid(format!("Unrecognized match type {operator}"))),
    }
}

fn numeric(operand: &Value) -> Result<Matcher, InvalidPattern> {
    /// The documented range of a number in a pattern.
    const LIMIT: f64 = 5.0e9;
    let wrong = || invalid("numeric takes an operator and a number within ±5.0e9, once or twice");
    let operands = operand.as_array().filter(|list| matches!(list.len(), 2 | 4)).ok_or_else(wrong)?;
    let comparisons = operands.chunks(2).map(|pair| {
        let comparison = match pair[0].as_str() {
            Some("<") => Comparison::Less,
            Some("<=") => Comparison::LessOrEqual,
            Some("=") => Comparison::Equal,
            Some(">=") => Comparison::GreaterOrEqual,
            Some(">") => Comparison::Greater,
            _ => return Err(wrong()),
        };
        let number = pair[1].as_f64().filter(|number| number.abs() <= LIMIT).ok_or_else(wrong)?;
        Ok((comparison, number))
    });
    comparisons.collect::<Result<_, _>>().map(Matcher::Numeric)
}

fn cidr(operand: &Value) -> Result<Matcher, InvalidPattern> {
    let text = operand.as_str().ok_or_else(|| invalid("cidr takes a string"))?;
    text.parse().map(Matcher::Cidr).map_err(|_| invalid(format!("Malformed CIDR, {text}")))
}

fn anything_but(operand: &Value) -> Result<Matcher, InvalidPattern> {
    let plain = |value: &Value| value.is_string() || value.is_number();
    match operand {
        Value::Object(members) => {
            let mut operators = members.iter();
            let (Some((operator, operand)), None) = (operators.next(), operators.next()) else {
                return Err(invalid("anything-but takes one operator"));
            };
            let forms = match operand {
                Value::Array(operands) if !operands.is_empty() => {
                    operands.iter().map(|operand| text_matcher(operator, operand)).collect::<Result<_, _>>()?
                }
                operand => vec![text_matcher(operator, operand)?],
            };
            Ok(Matcher::AnythingButText(forms))
        }
        Value::Array(values) if !values.is_empty() && values.iter().all(plain) => {
            Ok(Matcher::AnythingBut(values.clone()))
        }
        value if plain(value) => Ok(Matcher::AnythingBut(vec![value.clone()])),
        _ => Err(invalid("anything-but takes strings, numbers, or one operator on strings")),
    }
}

fn text_matcher(operator: &str, operand: &Value) -> Result<TextMatcher, InvalidPattern> {
    let (text, ignore_case) = match operand {
        Value::String(text) => (text, false),
        Value::Object(members) if members.len() == 1 && matches!(operator, "prefix" | "suffix") => {
            match members.get("equals-ignore-case") {
                Some(Value::String(text)) => (text, true),
                _ => return Err(invalid(format!("{operator} takes a string or equals-ignore-case"))),
            }
        }
        _ => return Err(invalid(format!("{operator} takes a string"))),
    };
    if text.is_empty() {
        return Err(invalid(format!("{operator} takes a string that is not empty")));
    }
    match operator {
        "prefix" => Ok(TextMatcher::Prefix { text: text.clone(), ignore_case }),
        "suffix" => Ok(TextMatcher::Suffix { text: text.clone(), ignore_case }),
        "equals-ignore-case" => Ok(TextMatcher::EqualsIgnoreCase(text.clone())),
        "wildcard" => wildcard(text),
        _ => Err(invalid(format!("Unrecognized match type {operator}"))),
    }
}

fn wildcard(text: &str) -> Result<TextMatcher, InvalidPattern> {
    let mut parts = vec![String::new()];
    let mut characters = text.chars();
    let mut after_asterisk = false;
    while let Some(character) = characters.next() {
        let literal = match character {
            '*' if after_asterisk => return Err(invalid("Consecutive wildcard characters")),
            '*' => {
                parts.push(String::new());
                after_asterisk = true;
                continue;
            }
            '\\' => characters
                .next()
                .filter(|escaped| matches!(escaped, '*' | '\\'))
                .ok_or_else(|| invalid("Invalid escape character, only \\* and \\\\ are allowed"))?,
            other => other,
        };
        after_asterisk = false;
        if let Some(part) = parts.last_mut() {
            part.push(literal);
        }
    }
    Ok(TextMatcher::Wildcard(parts))
}

fn invalid(reason: impl Into<String>) -> InvalidPattern {
    InvalidPattern(reason.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_that_aws_would_not_take_is_refused() {
        for pattern in [
            r#"[]"#,
            r#"{}"#,
            r#"{"source": "aws.securityhub"}"#,
            r#"{"source": []}"#,
            r#"{"source": [["nested"]]}"#,
            r#"{"source": [{"regex": ".*"}]}"#,
            r#"{"source": [{"prefix": "a", "suffix": "b"}]}"#,
            r#"{"source": [{"wildcard": "a**b"}]}"#,
            r#"{"source": [{"numeric": ["~", 1]}]}"#,
            r#"{"source": [{"numeric": [">", 6e9]}]}"#,
            r#"{"source": [{"cidr": "10.0.0.0/99"}]}"#,
            r#"{"source": [{"exists": "yes"}]}"#,
            r#"{"source": [{"anything-but": []}]}"#,
            r#"{"$or": [{"a": [1]}]}"#,
            r#"{"detail": {}}"#,
        ] {
            assert!(Pattern::parse(pattern).is_err(), "{pattern}");
        }
    }
}
