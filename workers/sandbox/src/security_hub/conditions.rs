//! The conditions of one filter, by the kind of what they look at.
//!
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFindingFilters.html>. CONTAINS and NOT_CONTAINS
//! are for automation rules only, and CONTAINS_WORD for GetFindingsV2 only:
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_StringFilter.html>.

use std::net::IpAddr;

use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::format::time;

/// One condition.
pub(super) enum Condition {
    Text { comparison: TextComparison, value: String },
    Entry { key: String, value: String, comparison: TextComparison },
    Number { at_least: Option<f64>, at_most: Option<f64>, above: Option<f64>, below: Option<f64>, equal: Option<f64> },
    Time { from: Option<Timestamp>, to: Option<Timestamp> },
    Address(IpNet),
    Flag(bool),
}

/// How a text is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TextComparison {
    Equals,
    NotEquals,
    Prefix,
    PrefixNotEquals,
    ContainsWord,
}

/// What a filter looks at.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    /// A text in OCSF, of which a word can be asked for too.
    OcsfText,
    Map,
    Number,
    Time,
    Address,
    Flag,
}

impl Condition {
    /// Reads a condition; `now` is what a range of days counts from. Nothing, if it has another form.
    pub(super) fn parse(kind: Kind, value: &Value, now: Timestamp) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let number = |name: &str| value.get(name).and_then(Value::as_f64);
        match kind {
            Kind::Text | Kind::OcsfText => {
                let comparison = comparison(&text("Comparison")?)?;
                let served = matches!(kind, Kind::OcsfText) || comparison != TextComparison::ContainsWord;
                served.then_some(Self::Text { comparison, value: text("Value")? })
            }
            Kind::Map => {
                let comparison = comparison(&text("Comparison")?)?;
                let of_a_map = matches!(comparison, TextComparison::Equals | TextComparison::NotEquals);
                of_a_map.then_some(Self::Entry { key: text("Key")?, value: text("Value")?, comparison })
            }
            Kind::Number => Some(Self::Number {
                at_least: number("Gte"),
                at_most: number("Lte"),
                above: number("Gt"),
                below: number("Lt"),
                equal: number("Eq"),
            }),
            Kind::Time => match value.get("DateRange") {
                Some(range) if range["Unit"] == "DAYS" => {
                    let days = range.get("Value").and_then(Value::as_i64)?;
                    let from = now.checked_sub(SignedDuration::from_hours(days.checked_mul(24)?)).ok()?;
                    match range["Comparison"].as_str() {
                        None | Some("WITHIN") => Some(Self::Time { from: Some(from), to: Some(now) }),
                        Some("OLDER_THAN") => Some(Self::Time { from: None, to: Some(from) }),
                        Some(_) => None,
                    }
                }
                Some(_) => None,
                None => {
                    let bound = |name: &str| text(name).map(|text| time(&text).ok_or(())).transpose().ok();
                    Some(Self::Time { from: bound("Start")?, to: bound("End")? })
                }
            },
            Kind::Address => {
                let text = text("Cidr")?;
                let network = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
                network.map(Self::Address)
            }
            Kind::Flag => value.get("Value").and_then(Value::as_bool).map(Self::Flag),
        }
    }

    /// Whether it says what must not be, rather than what must.
    pub(super) fn excludes(&self) -> bool {
        let (Self::Text { comparison, .. } | Self::Entry { comparison, .. }) = self else {
            return false;
        };
        matches!(comparison, TextComparison::NotEquals | TextComparison::PrefixNotEquals)
    }

    /// Whether it asks for exactly one text, which nothing can be excluded from.
    pub(super) fn equals(&self) -> bool {
        let (Self::Text { comparison, .. } | Self::Entry { comparison, .. }) = self else {
            return false;
        };
        *comparison == TextComparison::Equals
    }

    /// The only text that it lets through, if there is only one.
    pub(super) fn only(&self) -> Option<&str> {
        match self {
            Self::Text { comparison: TextComparison::Equals, value } => Some(value),
            _ => None,
        }
    }

    /// Whether it lets a value through.
    pub(super) fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Text { comparison, value: wanted } => {
                value.as_str().is_some_and(|text| comparison.holds(text, wanted))
            }
            Self::Entry { key, value: wanted, comparison } => match value.get(key).and_then(Value::as_str) {
                Some(text) => comparison.holds(text, wanted),
                None => self.excludes(),
            },
            Self::Number { at_least, at_most, above, below, equal } => value.as_f64().is_some_and(|number| {
                at_least.is_none_or(|bound| number >= bound)
                    && at_most.is_none_or(|bound| number <= bound)
                    && above.is_none_or(|bound| number > bound)
                    && below.is_none_or(|bound| number < bound)
                    && equal.is_none_or(|bound| number == bound)
            }),
            Self::Time { from, to } => value
                .as_str()
                .and_then(time)
                .is_some_and(|time| from.is_none_or(|from| time >= from) && to.is_none_or(|to| time <= to)),
            Self::Address(network) => value
                .as_str()
                .and_then(|text| text.parse::<IpAddr>().ok())
                .is_some_and(|address| network.contains(&address)),
            Self::Flag(wanted) => value.as_bool() == Some(*wanted),
        }
    }
}

impl TextComparison {
    fn holds(self, text: &str, wanted: &str) -> bool {
        match self {
            Self::Equals => text == wanted,
            Self::NotEquals => text != wanted,
            Self::Prefix => text.starts_with(wanted),
            Self::PrefixNotEquals => !text.starts_with(wanted),
            Self::ContainsWord => {
                let mut words = text.split(|character: char| !character.is_alphanumeric());
                words.any(|word| word.to_lowercase() == wanted.to_lowercase())
            }
        }
    }
}

fn comparison(text: &str) -> Option<TextComparison> {
    Some(match text {
        "EQUALS" => TextComparison::Equals,
        "NOT_EQUALS" => TextComparison::NotEquals,
        "PREFIX" => TextComparison::Prefix,
        "PREFIX_NOT_EQUALS" => TextComparison::PrefixNotEquals,
        "CONTAINS_WORD" => TextComparison::ContainsWord,
        _ => return None,
    })
}
