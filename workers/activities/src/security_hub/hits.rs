//! The findings about hits, in the hub's own Security Hub, which are where hits are counted.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_securityhub::Client;
use aws_sdk_securityhub::types::builders::AwsSecurityFindingFiltersBuilder;
use aws_sdk_securityhub::types::{
    AwsSecurityFinding, AwsSecurityFindingFilters, Recommendation, RecordState, Remediation, Severity, SeverityLabel,
    ThreatIntelIndicator, ThreatIntelIndicatorCategory,
};
use falconer_domain::hits::{GENERATOR, Hit, HitFinding, HitTotal, SubjectKind, TYPE, ThreatIntel, totals};
use falconer_domain::indicator::Indicator;
use falconer_domain::place::Place;
use jiff::Timestamp;

use super::error::SecurityHubError;
use super::import::{FindingsError, import_findings};
use super::own::{own_finding, resource};
use super::read::{MOST_VALUES, equals, read_findings};
use crate::pace::Pace;

/// `ProductFields` of findings, by the findings' Ids.
type Fields = HashMap<String, HashMap<String, String>>;

/// A handle to the findings about hits; cheap to clone.
#[derive(Clone, Debug)]
pub struct HitFindings {
    client: Client,
    place: Place,
}

impl HitFindings {
    /// Hits of one call: an id for each, of which one filter takes so many.
    pub(crate) const TOGETHER: usize = MOST_VALUES;

    /// Those of the Security Hub that `client` reaches, in this account and region.
    #[must_use]
    pub fn new(client: Client, place: Place) -> Self {
        Self { client, place }
    }

    /// How often each block and each hunted indicator was met, as far as Security Hub remembers: it forgets a finding that
    /// nobody has updated for 90 days
    /// (<https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings.html>).
    ///
    /// # Errors
    /// What a call met.
    pub async fn totals(&self) -> Result<BTreeMap<(SubjectKind, Indicator), HitTotal>, SecurityHubError> {
        Ok(totals(self.read(self.ours(), &mut Pace::of_findings()).await?.values()))
    }

    /// Counts at most [`TOGETHER`](Self::TOGETHER) hits in their findings; how many findings were written. What they count
    /// already is not written again.
    pub(crate) async fn count(&self, hits: &[Hit], now: Timestamp, pace: &mut Pace) -> Result<usize, FindingsError> {
        let ids = hits.iter().map(|hit| equals(&hit.finding_id())).collect();
        let standing = self.read(self.ours().set_id(Some(ids)), pace).await?;
        let due = hits.iter().filter_map(|hit| hit.finding(standing.get(&hit.finding_id())));
        let due = due.map(|finding| self.imported(finding, now)).collect();
        import_findings(&self.client, &self.place, due).await
    }

    /// Nobody else's: other products' findings may have the same generator, and everybody in a member account that account's.
    fn ours(&self) -> AwsSecurityFindingFiltersBuilder {
        AwsSecurityFindingFilters::builder()
            .product_arn(equals(&self.place.product_arn()))
            .generator_id(equals(GENERATOR))
    }

    async fn read(
        &self,
        filters: AwsSecurityFindingFiltersBuilder,
        pace: &mut Pace,
    ) -> Result<Fields, SecurityHubError> {
        let mut found = Fields::new();
        read_findings(&self.client, filters, pace, |finding| {
            found.extend(finding.id.map(|id| (id, finding.product_fields.unwrap_or_default())));
        })
        .await?;
        Ok(found)
    }

    fn imported(&self, finding: HitFinding, now: Timestamp) -> AwsSecurityFinding {
        let workload = resource(&self.place, "Other", finding.workload.to_string());
        let remedy = Recommendation::builder().text(finding.remedy).build();
        let intel = finding.threat_intel.into_iter().map(threat_intel).collect();
        own_finding(&self.place, finding.id)
            .generator_id(GENERATOR)
            .types(TYPE)
            .title(finding.title)
            .description(finding.description)
            .severity(Severity::builder().label(SeverityLabel::from(finding.severity.label())).build())
            .remediation(Remediation::builder().recommendation(remedy).build())
            .created_at(time(finding.first_observed))
            .updated_at(time(now))
            .first_observed_at(time(finding.first_observed))
            .last_observed_at(time(finding.last_observed))
            .resources(workload)
            .set_threat_intel_indicators(Some(intel))
            .set_product_fields(Some(finding.product_fields))
            .record_state(RecordState::Active)
            .build()
    }
}

fn threat_intel(intel: ThreatIntel) -> ThreatIntelIndicator {
    ThreatIntelIndicator::builder()
        .r#type(intel.kind.into())
        .value(intel.value)
        .category(ThreatIntelIndicatorCategory::CommandAndControl)
        .source(intel.source)
        .last_observed_at(time(intel.last_observed))
        .build()
}

fn time(time: Timestamp) -> String {
    format!("{time:.3}")
}
