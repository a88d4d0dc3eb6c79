//! Which events say that something was detected.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an event is about, by its `eventType`.
///
/// CrowdStrike's integrations show the types, of which one is written in two ways (`Epp…` and `EPP…`):
/// <https://www.elastic.co/docs/reference/integrations/crowdstrike>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Kind {
    /// A detection on a host, in the form that Falcon had until 2025.
    #[serde(rename = "DetectionSummaryEvent")]
    Detection,
    /// A detection on a host.
    #[serde(rename = "EppDetectionSummaryEvent")]
    Epp,
    /// A host met an indicator that the customer has written into Falcon.
    #[serde(rename = "CustomerIOCEvent")]
    CustomerIoc,
    /// A detection on a phone.
    #[serde(rename = "MobileDetectionSummaryEvent")]
    Mobile,
    /// A detection of Falcon Identity Protection.
    #[serde(rename = "IdpDetectionSummaryEvent")]
    Idp,
    /// An indicator of attack in a cloud account.
    #[serde(rename = "CSPMIOAStreamingEvent")]
    CloudIoa,
    /// An audit record, an incident, or whatever else: no detection.
    #[serde(skip)]
    Other,
}

impl Kind {
    /// Every kind that says that something was detected.
    pub const DETECTIONS: [Self; 6] =
        [Self::Detection, Self::Epp, Self::CustomerIoc, Self::Mobile, Self::Idp, Self::CloudIoa];

    /// The kind of an event with this `eventType`, in any case.
    pub fn of(event_type: &str) -> Self {
        let is_it = |kind: &Self| kind.event_type().eq_ignore_ascii_case(event_type);
        Self::DETECTIONS.into_iter().find(is_it).unwrap_or(Self::Other)
    }

    /// Its `eventType`, as the stream's parameter of that name takes it; nothing for [`Kind::Other`].
    pub fn event_type(self) -> &'static str {
        match self {
            Self::Detection => "DetectionSummaryEvent",
            Self::Epp => "EppDetectionSummaryEvent",
            Self::CustomerIoc => "CustomerIOCEvent",
            Self::Mobile => "MobileDetectionSummaryEvent",
            Self::Idp => "IdpDetectionSummaryEvent",
            Self::CloudIoa => "CSPMIOAStreamingEvent",
            Self::Other => "",
        }
    }
}
