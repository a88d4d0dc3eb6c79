//! PutEvaluations: what a rule's function found out.
//!
//! <https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html>. A change of a resource's
//! compliance is an event: <https://docs.aws.amazon.com/config/latest/developerguide/monitor-config-with-cloudwatchevents.html>.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::compliance::Evaluated;
use super::rules::{Rule, no_such_rule};
use super::tokens::ResultToken;
use super::{Config, Key, State, invalid};
use crate::constraints::Constraints;
use crate::events::Event;
use crate::wire::{Answer, Call, ServiceError};

/// Evaluations of one call.
const MAX_EVALUATIONS: usize = 100;

/// The model's enumeration; Config itself gives the last one, and does not take it.
pub(super) const COMPLIANCE_TYPES: [&str; 4] = ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    #[serde(default)]
    evaluations: Vec<Evaluation>,
    result_token: Option<String>,
    #[serde(default)]
    test_mode: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Evaluation {
    compliance_resource_type: Option<String>,
    compliance_resource_id: Option<String>,
    compliance_type: Option<String>,
    annotation: Option<String>,
    /// Seconds since 1970.
    ordering_timestamp: Option<f64>,
}

/// An evaluation that has passed the check: the resource's type and id, and what was found of it.
type Found = ((String, String), Evaluated);

impl Config {
    pub(super) fn put_evaluations(&self, state: &mut State, call: &Call) -> Answer {
        let Input { evaluations, result_token, test_mode } = call.input()?;
        check(&evaluations, result_token.as_ref())?;
        let token = if test_mode {
            None
        } else {
            let found = state.tokens.find(&result_token.unwrap_or_default(), &call.caller, self.clock.now());
            Some(found.ok_or_else(|| {
                ServiceError::new("InvalidResultTokenException", "The specified ResultToken is not valid.")
            })?)
        };
        let now = self.clock.now();
        let invoked = token.as_ref().map_or(now, |token| token.invoked);
        let found = evaluations.into_iter().map(|evaluation| evaluation.found(now, invoked));
        let found = found.collect::<Result<Vec<_>, _>>()?;
        if let Some(ResultToken { rule: key, .. }) = token {
            let rule = state.rules.get_mut(&key).ok_or_else(|| no_such_rule(&key.2))?;
            for found in found {
                self.record(&key, rule, found);
            }
        }
        Ok(json!({ "FailedEvaluations": [] }))
    }

    /// The latest by `OrderingTimestamp` counts, whichever comes last.
    fn record(&self, key: &Key, rule: &mut Rule, (resource, evaluated): Found) {
        let before = rule.evaluated.get(&resource);
        if before.is_some_and(|before| before.ordering > evaluated.ordering) {
            return;
        }
        if before.is_none_or(|before| before.compliance != evaluated.compliance) {
            self.emit_change(key, rule, &resource, &evaluated, before);
        }
        rule.evaluated.insert(resource, evaluated);
    }

    fn emit_change(
        &self,
        (account, region, rule_name): &Key,
        rule: &Rule,
        (kind, id): &(String, String),
        now: &Evaluated,
        before: Option<&Evaluated>,
    ) {
        let result = |evaluated: &Evaluated| {
            let mut result = json!({
                "evaluationResultIdentifier": {
                    "evaluationResultQualifier": {
                        "configRuleName": rule_name,
                        "resourceType": kind,
                        "resourceId": id,
                        "evaluationMode": "DETECTIVE",
                    },
                    "orderingTimestamp": text(evaluated.ordering),
                },
                "complianceType": evaluated.compliance,
                "resultRecordedTime": text(evaluated.recorded),
                "configRuleInvokedTime": text(evaluated.invoked),
            });
            if let Some(annotation) = &evaluated.annotation {
                result["annotation"] = annotation.as_str().into();
            }
            result
        };
        let mut detail = json!({
            "resourceId": id,
            "awsRegion": region,
            "awsAccountId": account,
            "configRuleName": rule_name,
            "recordVersion": "1.0",
            "configRuleARN": rule.arn,
            "messageType": "ComplianceChangeNotification",
            "newEvaluationResult": result(now),
        });
        if let Some(before) = before {
            detail["oldEvaluationResult"] = result(before);
        }
        detail["notificationCreationTime"] = text(now.recorded).into();
        detail["resourceType"] = kind.as_str().into();
        let event = self.events.event(account, region, "aws.config", "Config Rules Compliance Change");
        self.events.publish(&Event { detail, ..event });
    }
}

impl Evaluation {
    fn found(self, recorded: Timestamp, invoked: Timestamp) -> Result<Found, ServiceError> {
        let compliance = self.compliance_type.unwrap_or_default();
        if compliance == "INSUFFICIENT_DATA" {
            return Err(invalid("INSUFFICIENT_DATA is not a ComplianceType that PutEvaluations takes"));
        }
        let ordering = self.ordering_timestamp.and_then(moment);
        let ordering = ordering.ok_or_else(|| invalid("OrderingTimestamp is no time"))?;
        let resource =
            (self.compliance_resource_type.unwrap_or_default(), self.compliance_resource_id.unwrap_or_default());
        Ok((resource, Evaluated { compliance, annotation: self.annotation, ordering, recorded, invoked }))
    }
}

fn check(evaluations: &[Evaluation], token: Option<&String>) -> Result<(), ServiceError> {
    let mut constraints = Constraints::default();
    constraints.required("resultToken", token).entries("evaluations", Some(evaluations.len()), 0, MAX_EVALUATIONS);
    for (number, evaluation) in evaluations.iter().enumerate() {
        let member = |name: &str| format!("evaluations.{}.member.{name}", number + 1);
        let kind = member("complianceResourceType");
        let id = member("complianceResourceId");
        let compliance = member("complianceType");
        constraints
            .required(&kind, evaluation.compliance_resource_type.as_ref())
            .length(&kind, evaluation.compliance_resource_type.as_deref(), 1, 256)
            .required(&id, evaluation.compliance_resource_id.as_ref())
            .length(&id, evaluation.compliance_resource_id.as_deref(), 1, 768)
            .required(&compliance, evaluation.compliance_type.as_ref())
            .one_of(&compliance, evaluation.compliance_type.as_deref(), &COMPLIANCE_TYPES)
            .length(&member("annotation"), evaluation.annotation.as_deref(), 1, 256)
            .required(&member("orderingTimestamp"), evaluation.ordering_timestamp.as_ref());
    }
    constraints.finish()
}

#[expect(clippy::cast_possible_truncation, reason = "a time beyond i64 milliseconds is refused by jiff")]
fn moment(seconds: f64) -> Option<Timestamp> {
    Timestamp::from_millisecond((seconds * 1000.0) as i64).ok()
}

/// As Config writes a time.
fn text(time: Timestamp) -> String {
    format!("{time:.3}")
}
