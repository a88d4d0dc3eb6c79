//! The filters of GetFindingsV2: conditions on fields, joined by AND or OR, in groups that are joined by AND or OR.
//!
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_OcsfFindingFilters.html>. The page names no operator for a
//! request that has none: here it is AND.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::super::conditions::{Condition, Kind};
use super::super::criteria::values_at;
use super::fields;

/// Groups of one request, and conditions of one kind in one group:
/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindingsV2.html>.
const MAX_GROUPS: usize = 10;
const MAX_CONDITIONS: usize = 20;

/// The filters as they are sent.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct SentFilters {
    composite_filters: Vec<SentGroup>,
    composite_operator: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct SentGroup {
    string_filters: Vec<SentCondition>,
    date_filters: Vec<SentCondition>,
    boolean_filters: Vec<SentCondition>,
    number_filters: Vec<SentCondition>,
    ip_filters: Vec<SentCondition>,
    map_filters: Vec<SentCondition>,
    nested_composite_filters: Vec<SentGroup>,
    operator: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SentCondition {
    field_name: Option<String>,
    #[serde(default)]
    filter: Value,
}

/// The filters of one request.
pub(super) struct Filters(Group);

/// Conditions and groups, all of which must hold or one of which is enough.
struct Group {
    needs_all: bool,
    /// Each with the path of its field.
    conditions: Vec<(&'static str, Condition)>,
    groups: Vec<Self>,
}

impl Filters {
    /// Reads the filters; `now` is what a range of days counts from. What is wrong is said in a sentence.
    pub(super) fn parse(sent: SentFilters, now: Timestamp) -> Result<Self, String> {
        let needs_all = needs_all(sent.composite_operator.as_deref())?;
        if sent.composite_filters.len() > MAX_GROUPS {
            return Err(format!("CompositeFilters must have at most {MAX_GROUPS} entries"));
        }
        let groups = sent.composite_filters.into_iter().map(|group| Group::parse(group, now, true));
        Ok(Self(Group { needs_all, conditions: Vec::new(), groups: groups.collect::<Result<_, _>>()? }))
    }

    /// Whether they let a finding through; without any, every finding.
    pub(super) fn take(&self, finding: &Value) -> bool {
        self.0.takes(finding)
    }
}

impl Group {
    fn parse(sent: SentGroup, now: Timestamp, may_nest: bool) -> Result<Self, String> {
        if !sent.map_filters.is_empty() {
            return Err("The sandbox has no MapFilters".to_owned());
        }
        if !may_nest && !sent.nested_composite_filters.is_empty() {
            return Err("NestedCompositeFilters must not be nested further".to_owned());
        }
        let kinds = [
            ("StringFilters", Kind::OcsfText, sent.string_filters, fields::TEXTS),
            ("DateFilters", Kind::Time, sent.date_filters, fields::TIMES),
            ("BooleanFilters", Kind::Flag, sent.boolean_filters, fields::FLAGS),
            ("NumberFilters", Kind::Number, sent.number_filters, fields::NUMBERS),
            ("IpFilters", Kind::Address, sent.ip_filters, fields::ADDRESSES),
        ];
        let mut conditions = Vec::new();
        for (name, kind, sent, fields) in kinds {
            if sent.len() > MAX_CONDITIONS {
                return Err(format!("{name} must have at most {MAX_CONDITIONS} entries"));
            }
            for SentCondition { field_name, filter } in sent {
                let field = fields.iter().find(|field| field_name.as_deref() == Some(**field));
                let field = *field.ok_or_else(|| format!("{name}.FieldName must be one of {}", fields.join(", ")))?;
                let condition = Condition::parse(kind, &filter, now);
                let condition = condition.ok_or_else(|| format!("{name} has a Filter of another form on {field}"))?;
                conditions.push((field, condition));
            }
        }
        let groups = sent.nested_composite_filters.into_iter().map(|group| Self::parse(group, now, false));
        let groups = groups.collect::<Result<_, _>>()?;
        Ok(Self { needs_all: needs_all(sent.operator.as_deref())?, conditions, groups })
    }

    fn takes(&self, finding: &Value) -> bool {
        let conditions = self.conditions.iter().map(|(field, condition)| {
            let path: Vec<&str> = field.split('.').collect();
            let values = values_at(finding, &path);
            let holds = |value: &&Value| condition.holds(value);
            if condition.excludes() { values.iter().all(holds) } else { values.iter().any(holds) }
        });
        let mut answers = conditions.chain(self.groups.iter().map(|group| group.takes(finding))).peekable();
        answers.peek().is_none() || if self.needs_all { answers.all(|holds| holds) } else { answers.any(|holds| holds) }
    }
}

fn needs_all(operator: Option<&str>) -> Result<bool, String> {
    match operator {
        None | Some("AND") => Ok(true),
        Some("OR") => Ok(false),
        Some(other) => Err(format!("An operator must be AND or OR, not {other}")),
    }
}
