//! What was evaluated for a rule, and GetComplianceDetailsByConfigRule.
//!
//! <https://docs.aws.amazon.com/config/latest/APIReference/API_GetComplianceDetailsByConfigRule.html>.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::rules::{name_of, no_such_rule};
use super::{State, bad_token, key, size};
use crate::constraints::Constraints;
use crate::paging::page;
use crate::wire::{Answer, Call, seconds};

/// Results of a page unless a number is asked for.
const PAGE: usize = 10;

/// The result of an evaluation.
#[derive(Clone, Debug)]
pub(super) struct Evaluated {
    /// `COMPLIANT`, `NON_COMPLIANT` or `NOT_APPLICABLE`.
    pub(super) compliance: String,
    pub(super) annotation: Option<String>,
    /// Of which moment it speaks.
    pub(super) ordering: Timestamp,
    pub(super) recorded: Timestamp,
    /// When the rule was invoked that it answers.
    pub(super) invoked: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    #[serde(default)]
    compliance_types: Vec<String>,
    limit: Option<i64>,
    next_token: Option<String>,
}

pub(super) fn details(state: &State, call: &Call) -> Answer {
    let input: Input = call.input()?;
    let name = name_of(call)?;
    let mut constraints = Constraints::default();
    constraints.entries("complianceTypes", Some(input.compliance_types.len()), 0, 3);
    for compliance in &input.compliance_types {
        constraints.one_of("complianceTypes", Some(compliance), &super::evaluations::COMPLIANCE_TYPES);
    }
    constraints.finish()?;
    let size = size(input.limit, PAGE)?;
    let rule = state.rules.get(&key(&call.caller, &name)).ok_or_else(|| no_such_rule(&name))?;
    let wanted = rule.evaluated.iter().filter(|(_, evaluated)| {
        input.compliance_types.is_empty() || input.compliance_types.contains(&evaluated.compliance)
    });
    let results = wanted.map(|((kind, id), evaluated)| describe(&name, kind, id, evaluated));
    let page = page(results, size, input.next_token.as_deref()).map_err(bad_token)?;
    let mut answer = json!({ "EvaluationResults": page.items });
    if let Some(next) = page.next {
        answer["NextToken"] = next.into();
    }
    Ok(answer)
}

fn describe(rule: &str, kind: &str, id: &str, evaluated: &Evaluated) -> Value {
    let qualifier =
        json!({ "ConfigRuleName": rule, "ResourceType": kind, "ResourceId": id, "EvaluationMode": "DETECTIVE" });
    let mut described = json!({
        "EvaluationResultIdentifier": {
            "EvaluationResultQualifier": qualifier,
            "OrderingTimestamp": seconds(evaluated.ordering),
        },
        "ComplianceType": evaluated.compliance,
        "ResultRecordedTime": seconds(evaluated.recorded),
        "ConfigRuleInvokedTime": seconds(evaluated.invoked),
    });
    if let Some(annotation) = &evaluated.annotation {
        described["Annotation"] = annotation.as_str().into();
    }
    described
}
