//! Reads the rules of a Choice state.

use std::cmp::Ordering;

use super::fields::Fields;
use crate::states::data::rule::{Family, Nature, Operand, Rule, Test};

const NATURES: [(&str, Nature); 6] = [
    ("IsNull", Nature::Null),
    ("IsPresent", Nature::Present),
    ("IsNumeric", Nature::Number),
    ("IsString", Nature::Text),
    ("IsBoolean", Nature::Boolean),
    ("IsTimestamp", Nature::Timestamp),
];

const EQUAL: &[Ordering] = &[Ordering::Equal];
const LESS: &[Ordering] = &[Ordering::Less];
const AT_MOST: &[Ordering] = &[Ordering::Less, Ordering::Equal];
const GREATER: &[Ordering] = &[Ordering::Greater];
const AT_LEAST: &[Ordering] = &[Ordering::Greater, Ordering::Equal];

/// The comparisons: with a literal, with a path, how both sides are read, and which orders satisfy it.
const COMPARISONS: [(&str, &str, Family, &[Ordering]); 16] = [
    ("BooleanEquals", "BooleanEqualsPath", Family::Boolean, EQUAL),
    ("NumericEquals", "NumericEqualsPath", Family::Number, EQUAL),
    ("NumericLessThan", "NumericLessThanPath", Family::Number, LESS),
    ("NumericLessThanEquals", "NumericLessThanEqualsPath", Family::Number, AT_MOST),
    ("NumericGreaterThan", "NumericGreaterThanPath", Family::Number, GREATER),
    ("NumericGreaterThanEquals", "NumericGreaterThanEqualsPath", Family::Number, AT_LEAST),
    ("StringEquals", "StringEqualsPath", Family::Text, EQUAL),
    ("StringLessThan", "StringLessThanPath", Family::Text, LESS),
    ("StringLessThanEquals", "StringLessThanEqualsPath", Family::Text, AT_MOST),
    ("StringGreaterThan", "StringGreaterThanPath", Family::Text, GREATER),
    ("StringGreaterThanEquals", "StringGreaterThanEqualsPath", Family::Text, AT_LEAST),
    ("TimestampEquals", "TimestampEqualsPath", Family::Timestamp, EQUAL),
    ("TimestampLessThan", "TimestampLessThanPath", Family::Timestamp, LESS),
    ("TimestampLessThanEquals", "TimestampLessThanEqualsPath", Family::Timestamp, AT_MOST),
    ("TimestampGreaterThan", "TimestampGreaterThanPath", Family::Timestamp, GREATER),
    ("TimestampGreaterThanEquals", "TimestampGreaterThanEqualsPath", Family::Timestamp, AT_LEAST),
];

/// Reads one rule of `Choices`, with the state that it leads to.
pub(super) fn top(fields: &Fields<'_>) -> Option<(Rule, String)> {
    let next = fields.required_text("Next");
    let rule = rule(fields);
    Some((rule?, next?.to_owned()))
}

fn rule(fields: &Fields<'_>) -> Option<Rule> {
    let mut found = tests(fields);
    for (name, combine) in [("And", Rule::All as fn(Vec<Rule>) -> Rule), ("Or", Rule::Any)] {
        if fields.any(name).is_some() {
            let inner = fields.required_objects(name);
            found.push(inner.iter().map(rule).collect::<Option<Vec<_>>>().map(combine));
        }
    }
    if let Some(inner) = fields.object("Not", false) {
        found.push(rule(&inner).map(|inner| Rule::Not(Box::new(inner))));
    }
    fields.refuse_others();
    let [only] = found.as_slice() else {
        fields.wrong_here("A Choice Rule must hold exactly one comparison, And, Or or Not");
        return None;
    };
    only.clone()
}

fn tests(fields: &Fields<'_>) -> Vec<Option<Rule>> {
    let mut found = Vec::new();
    for (name, nature) in NATURES {
        if fields.any(name).is_some() {
            found.push(fields.boolean(name).map(|expected| Test::Is(nature, expected)));
        }
    }
    if fields.any("StringMatches").is_some() {
        found.push(fields.text("StringMatches").map(|pattern| Test::Matches(pattern.to_owned())));
    }
    for (name, path_name, family, satisfied_by) in COMPARISONS {
        if let Some(literal) = fields.any(name) {
            if !family.accepts(literal) {
                fields.wrong(name, "is of the wrong type for this comparison");
            }
            let operand = Operand::Literal(literal.clone());
            found.push(Some(Test::Compare { family, satisfied_by, operand }));
        }
        if fields.any(path_name).is_some() {
            let operand = fields.path(path_name).map(Operand::Path);
            found.push(operand.map(|operand| Test::Compare { family, satisfied_by, operand }));
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    let variable = fields.path("Variable");
    if variable.is_none() && fields.any("Variable").is_none() {
        fields.wrong_here("The field 'Variable' is required but was missing");
    }
    found.into_iter().map(|test| Some(Rule::Test { variable: variable.clone()?, test: test? })).collect()
}
