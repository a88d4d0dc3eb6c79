//! What AWS Config is told of a rule's instances.

use aws_sdk_config::primitives::DateTime;
use aws_sdk_config::types::{ComplianceType, Evaluation};
use falconer_domain::fleet::{Compliance, InstanceId, Verdict};
use jiff::Timestamp;

use super::error::ConfigError;
use crate::accounts::Clients;
use crate::aws_failure::CallFailure;

const RESOURCE: &str = "AWS::EC2::Instance";

/// The evaluation that a verdict comes to, if it comes to one.
pub(crate) fn of_verdict(instance: &InstanceId, verdict: &Verdict, at: Timestamp) -> Option<Evaluation> {
    let compliance = match verdict.compliance()? {
        Compliance::Compliant => ComplianceType::Compliant,
        Compliance::NonCompliant => ComplianceType::NonCompliant,
        Compliance::NotApplicable => ComplianceType::NotApplicable,
    };
    evaluation(instance, compliance, &verdict.annotation(), at)
}

/// The evaluation of an instance that no longer exists, or that the rule no longer looks at.
pub(crate) fn of_gone(instance: &InstanceId, at: Timestamp) -> Option<Evaluation> {
    evaluation(instance, ComplianceType::NotApplicable, "The instance is gone.", at)
}

fn evaluation(
    instance: &InstanceId,
    compliance: ComplianceType,
    annotation: &str,
    at: Timestamp,
) -> Option<Evaluation> {
    let evaluation = Evaluation::builder().compliance_resource_type(RESOURCE).compliance_resource_id(instance.as_str());
    let evaluation = evaluation.compliance_type(compliance).annotation(annotation);
    // Every member that can be missing is there.
    evaluation.ordering_timestamp(DateTime::from_millis(at.as_millisecond())).build().ok()
}

/// What [`put`] must be allowed.
pub(crate) const PUT: &[&str] = &["config:PutEvaluations"];

/// Puts the evaluations of a page, at most the 100 that a call may have
/// (<https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html>); the number that Config took.
///
/// Harmless when repeated: an evaluation of the same time says the same.
pub(crate) async fn put(clients: &Clients, token: &str, evaluations: Vec<Evaluation>) -> Result<u64, ConfigError> {
    if evaluations.is_empty() {
        return Ok(0);
    }
    let wanted = evaluations.len();
    let failed = |failure| ConfigError::of_call(&clients.place, "PutEvaluations", failure);
    let put = clients.config.put_evaluations().set_evaluations(Some(evaluations)).result_token(token).send().await;
    let output = put.map_err(|error| failed(CallFailure::from(&error)))?;
    match output.failed_evaluations().len() {
        0 => Ok(wanted as u64),
        refused => Err(ConfigError::Unavailable {
            place: clients.place.clone(),
            call: "PutEvaluations",
            reason: format!("{refused} of {wanted} evaluations were not taken"),
        }),
    }
}
