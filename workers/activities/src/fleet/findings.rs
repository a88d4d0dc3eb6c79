//! The findings about a place's instances, in that account's own Security Hub.
//!
//! Findings are imported as that account's own, with its role
//! (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html>). Each instance has one, under an id that
//! never changes: it is written when its words change, and archived when they are over. Nothing is written to say the same
//! again, since every import emits an event.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_securityhub::types::{
    AwsSecurityFinding, AwsSecurityFindingFilters, AwsSecurityFindingIdentifier, Compliance, ComplianceStatus,
    Recommendation, RecordState, Remediation, Severity, SeverityLabel,
};
use falconer_domain::fleet::{InstanceId, Verdict, finding};
use falconer_domain::place::Place;
use jiff::{SignedDuration, Timestamp};

use super::batches::batches;
use crate::accounts::Clients;
use crate::aws_failure::CallFailure;
use crate::pace::Pace;
use crate::security_hub::{FindingsError, MOST_VALUES, SecurityHubError, equals, own_finding, read_findings, resource};

/// Security Hub forgets a finding that nobody has updated for 90 days
/// (<https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings.html>): long before, the same words are written again.
const FRESH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A finding as it stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What is wrong, in a sentence. Whoever may import findings of the account may have written it.
    pub description: String,
    /// How bad it is.
    pub severity: Option<SeverityLabel>,
    created: String,
    /// When it was last written.
    pub updated: Option<Timestamp>,
    /// `UserDefinedFields`.
    pub fields: BTreeMap<String, String>,
}

impl Standing {
    /// Whether the finding says of the verdict what is to be said, and said it not too long ago.
    fn says(&self, verdict: &Verdict, now: Timestamp) -> bool {
        self.description == verdict.sentence()
            && self.severity.as_ref() == Some(&label(verdict))
            && self.updated.is_some_and(|updated| now.duration_since(updated) < FRESH)
    }

    fn read(finding: AwsSecurityFinding) -> Self {
        Self {
            severity: finding.severity.and_then(|severity| severity.label),
            description: finding.description.unwrap_or_default(),
            created: finding.created_at.unwrap_or_default(),
            updated: finding.updated_at.and_then(|time| time.parse().ok()),
            fields: finding.user_defined_fields.unwrap_or_default().into_iter().collect(),
        }
    }
}

/// Whether what stands about an instance, if anything does, is not what its verdict needs.
pub(crate) fn is_due(verdict: &Verdict, standing: Option<&Standing>, now: Timestamp) -> bool {
    match verdict.needs_finding() {
        // Nothing can be said: what stands stays.
        None => false,
        Some(true) => !standing.is_some_and(|standing| standing.says(verdict, now)),
        Some(false) => standing.is_some(),
    }
}

/// The active finding about one instance, if one stands.
///
/// # Errors
/// What the call met.
pub async fn finding_about(clients: &Clients, instance: &InstanceId) -> Result<Option<Standing>, FindingsError> {
    Ok(standing(clients, Some(&BTreeSet::from([instance.clone()]))).await?.remove(instance))
}

/// The active findings about the place's instances: about those among `ids`, or about all.
pub(crate) async fn standing(
    clients: &Clients,
    ids: Option<&BTreeSet<InstanceId>>,
) -> Result<HashMap<InstanceId, Standing>, FindingsError> {
    let (mut found, mut pace) = (HashMap::new(), Pace::of_findings());
    for ids in batches(ids, MOST_VALUES, |id| finding::id(&clients.place, id)) {
        let filters = AwsSecurityFindingFilters::builder()
            .product_arn(equals(&clients.place.product_arn()))
            .generator_id(equals(finding::GENERATOR))
            .record_state(equals(RecordState::Active.as_str()))
            .set_id(ids.map(|ids| ids.iter().map(|id| equals(id)).collect()));
        read_findings(&clients.security_hub, filters, &mut pace, |standing| {
            let id = standing.id.as_deref().and_then(|id| finding::instance(id, &clients.place));
            found.extend(id.map(|id| (id, Standing::read(standing))));
        })
        .await?;
    }
    Ok(found)
}

/// The finding that says what the verdict says: active while the instance needs one, and archived when it does not. Its event
/// has a missing sensor installed if it `asks`.
pub(crate) fn about(
    place: &Place,
    instance: &InstanceId,
    verdict: &Verdict,
    standing: Option<&Standing>,
    now: Timestamp,
    asks: bool,
) -> AwsSecurityFinding {
    let is_open = verdict.needs_finding() == Some(true);
    let remedy = Recommendation::builder().text(verdict.remedy()).build();
    let asks_for = asks.then(|| HashMap::from([(finding::ASKS_FIELD.to_owned(), finding::ASKS_FOR_SENSOR.to_owned())]));
    written(place, instance, standing, now, is_open)
        .description(verdict.sentence())
        .severity(Severity::builder().label(label(verdict)).build())
        .remediation(Remediation::builder().recommendation(remedy).build())
        .set_product_fields(asks_for)
        .build()
}

/// The archived finding of an instance that no longer exists.
pub(crate) fn about_gone(
    place: &Place,
    instance: &InstanceId,
    standing: &Standing,
    now: Timestamp,
) -> AwsSecurityFinding {
    written(place, instance, Some(standing), now, false)
        .description("The instance is gone.")
        .severity(Severity::builder().label(SeverityLabel::Informational).build())
        .build()
}

/// What every finding has in common.
fn written(
    place: &Place,
    instance: &InstanceId,
    standing: Option<&Standing>,
    now: Timestamp,
    is_open: bool,
) -> aws_sdk_securityhub::types::builders::AwsSecurityFindingBuilder {
    let now = format!("{now:.3}");
    let (state, compliance) = match is_open {
        true => (RecordState::Active, ComplianceStatus::Failed),
        false => (RecordState::Archived, ComplianceStatus::Passed),
    };
    own_finding(place, finding::id(place, instance))
        .generator_id(finding::GENERATOR)
        .types(finding::TYPE)
        .title(finding::TITLE)
        .created_at(standing.map_or_else(|| now.clone(), |standing| standing.created.clone()))
        .updated_at(now)
        .resources(resource(place, "AwsEc2Instance", finding::instance_arn(place, instance)))
        .compliance(Compliance::builder().status(compliance).build())
        .record_state(state)
}

fn label(verdict: &Verdict) -> SeverityLabel {
    SeverityLabel::from(verdict.severity().label())
}

/// What [`set_fields`] must be allowed.
pub(crate) const SET_FIELDS: &[&str] = &["securityhub:BatchUpdateFindings"];

/// Replaces the user-defined fields of these instances' findings. A finding that does not exist, as of an instance that needs none, has
/// none to replace.
///
/// Harmless when repeated: the same fields are written again.
pub(crate) async fn set_fields(
    clients: &Clients,
    fields: impl IntoIterator<Item = (InstanceId, BTreeMap<String, String>)>,
) -> Result<(), FindingsError> {
    for (instance, fields) in fields {
        let identifier = AwsSecurityFindingIdentifier::builder()
            .id(finding::id(&clients.place, &instance))
            .product_arn(clients.place.product_arn());
        let update = clients.security_hub.batch_update_findings().finding_identifiers(identifier.build());
        let update = update.set_user_defined_fields(Some(fields.into_iter().collect())).send().await;
        update.map_err(|error| SecurityHubError::of_call("BatchUpdateFindings", CallFailure::from(&error)))?;
    }
    Ok(())
}
