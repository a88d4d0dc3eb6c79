//! A finding by its name, and what stands on it now, in either of Security Hub's two formats.

use aws_sdk_securityhub::Client;
use falconer_domain::block::FindingRef;
use falconer_domain::finding::FindingSummary;
use falconer_domain::note::{Annotation, Told};

use super::annotate::Written;
use super::error::SecurityHubError;
use super::{asff, ocsf};

/// What names a finding in Security Hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingName {
    /// The provider's.
    pub id: String,
    /// The product's ARN.
    pub product_arn: String,
    /// Of a finding in OCSF; one in ASFF has none.
    pub(super) metadata_uid: Option<String>,
}

impl FindingName {
    pub(super) fn of(finding: &FindingSummary) -> Self {
        let FindingSummary { id, product_arn, metadata_uid, .. } = finding;
        Self { id: id.clone(), product_arn: product_arn.clone(), metadata_uid: metadata_uid.clone() }
    }

    /// How rules refer to the finding.
    #[must_use]
    pub fn reference(&self) -> FindingRef {
        FindingRef::of(&self.id, &self.product_arn)
    }

    /// `SecurityHub.NotAnnotated` for this finding alone.
    pub(super) fn not_annotated(&self, reason: &str) -> SecurityHubError {
        SecurityHubError::NotAnnotated { findings: vec![format!("{} ({reason})", self.id)] }
    }
}

/// What stands on a finding, as far as an annotation changes it.
#[derive(Debug)]
pub(crate) enum Standing {
    Asff(asff::Standing),
    Ocsf(ocsf::Standing),
}

impl Standing {
    /// What it takes to read and write it. The operations of both formats need the same
    /// (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindingsV2.html>,
    /// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindingsV2.html>).
    pub(crate) const ACTIONS: &[&str] = &["securityhub:GetFindings", "securityhub:BatchUpdateFindings"];

    /// Reads the finding; `None` if there is none of this name.
    pub(crate) async fn read(client: &Client, finding: &FindingName) -> Result<Option<Self>, SecurityHubError> {
        match &finding.metadata_uid {
            None => Ok(asff::read(client, finding).await?.map(Self::Asff)),
            Some(uid) => Ok(ocsf::read(client, uid).await?.map(Self::Ocsf)),
        }
    }

    /// What the finding says that it has in force.
    pub(crate) fn told(&self) -> Option<Told> {
        match self {
            Self::Asff(standing) => standing.told(),
            Self::Ocsf(standing) => standing.told(),
        }
    }

    /// Writes the annotation over what stands there, as far as that is Falconer's.
    pub(crate) async fn write(
        &self,
        client: &Client,
        finding: &FindingName,
        annotation: &Annotation<'_>,
    ) -> Result<Written, SecurityHubError> {
        match self {
            Self::Asff(standing) => asff::write(client, finding, standing, annotation).await,
            Self::Ocsf(standing) => ocsf::write(client, finding, standing, annotation).await,
        }
    }
}
