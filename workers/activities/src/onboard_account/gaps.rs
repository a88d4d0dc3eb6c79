//! The findings about gaps of a place's logging baseline, in that account's own Security Hub: one for each gap, under an id that never
//! changes. It is written when its words change, and archived when the gap is closed.

use aws_sdk_securityhub::types::{
    AwsSecurityFinding, Compliance, ComplianceStatus, Recommendation, RecordState, Remediation, Severity, SeverityLabel,
};
use falconer_domain::onboarding::baseline::{Baseline, FINDING_TYPE, GENERATOR, Gap, Judged, Lack};
use falconer_domain::place::Place;
use jiff::Timestamp;

use crate::security_hub::{own_finding, resource};

/// What is to be written so that the findings that stand say what the baseline says.
pub(super) fn due(
    place: &Place,
    baseline: &Baseline,
    standing: &[AwsSecurityFinding],
    now: Timestamp,
) -> Vec<AwsSecurityFinding> {
    let open = baseline.judged.iter().filter_map(|(gap, judged)| match judged {
        Judged::Open(lack) => Some((gap, *lack)),
        Judged::Closed | Judged::Unknown => None,
    });
    let new = open.filter_map(|(gap, lack)| {
        let id = gap.id(place);
        let known = standing.iter().find(|finding| finding.id() == Some(&id));
        let is_told = known.is_some_and(|finding| finding.description() == Some(lack.sentence()));
        (!is_told).then(|| about(place, gap, lack, known, now))
    });
    let over = standing.iter().filter_map(|finding| {
        let gap = Gap::of_id(finding.id()?, place)?;
        (baseline.judgement(&gap) == Judged::Closed).then(|| closed(place, &gap, finding, now))
    });
    new.chain(over).collect()
}

fn about(
    place: &Place,
    gap: &Gap,
    lack: Lack,
    known: Option<&AwsSecurityFinding>,
    now: Timestamp,
) -> AwsSecurityFinding {
    let remedy = Recommendation::builder().text(lack.remedy()).build();
    written(place, gap, known, now)
        .description(lack.sentence())
        .severity(Severity::builder().label(SeverityLabel::from(lack.severity().label())).build())
        .remediation(Remediation::builder().recommendation(remedy).build())
        .compliance(Compliance::builder().status(ComplianceStatus::Failed).build())
        .record_state(RecordState::Active)
        .build()
}

fn closed(place: &Place, gap: &Gap, known: &AwsSecurityFinding, now: Timestamp) -> AwsSecurityFinding {
    written(place, gap, Some(known), now)
        .description("The gap is closed.")
        .severity(Severity::builder().label(SeverityLabel::Informational).build())
        .compliance(Compliance::builder().status(ComplianceStatus::Passed).build())
        .record_state(RecordState::Archived)
        .build()
}

/// What both have in common.
fn written(
    place: &Place,
    gap: &Gap,
    known: Option<&AwsSecurityFinding>,
    now: Timestamp,
) -> aws_sdk_securityhub::types::builders::AwsSecurityFindingBuilder {
    let now = format!("{now:.3}");
    let created = known.and_then(AwsSecurityFinding::created_at).unwrap_or(&now);
    let (kind, of) = gap.resource(place);
    own_finding(place, gap.id(place))
        .generator_id(GENERATOR)
        .types(FINDING_TYPE)
        .title(gap.title())
        .created_at(created)
        .updated_at(&now)
        .resources(resource(place, kind, of))
}
