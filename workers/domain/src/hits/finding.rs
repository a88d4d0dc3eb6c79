//! The finding of one hit: what Security Hub is told of it.

use std::collections::HashMap;
use std::net::IpAddr;

use jiff::Timestamp;

use super::hit::{Hit, Sightings};
use super::{Subject, Tally, fields};
use crate::finding::Severity;
use crate::hunt::{Confidence, HuntName};
use crate::indicator::{Indicator, IndicatorType};

/// `GeneratorId` of every such finding.
pub const GENERATOR: &str = "falconer/report-hits";

/// `Types`: of the taxonomy of ASFF
/// (<https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html#Types>).
pub const TYPE: &str = "TTPs/Command and Control";

/// The longest `Title` and `Description`
/// (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html>).
const LONGEST_TITLE: usize = 256;
const LONGEST_DESCRIPTION: usize = 1_024;

/// What stands in a finding about a hit, beside what is the same in every finding of an account.
#[derive(Clone, Debug, PartialEq)]
pub struct HitFinding {
    /// `Id`: the same for all that met the same, from one workload, through one firewall, within one hour.
    pub id: String,
    /// `Title`.
    pub title: String,
    /// `Description`.
    pub description: String,
    /// `Remediation.Recommendation.Text`.
    pub remedy: &'static str,
    /// `Severity.Label`.
    pub severity: Severity,
    /// `FirstObservedAt`, and `CreatedAt` too.
    pub first_observed: Timestamp,
    /// `LastObservedAt`.
    pub last_observed: Timestamp,
    /// `Id` of the one of `Resources`, whose `Type` is `Other`: an address alone names no instance, since networks that never
    /// meet may use the same ones.
    pub workload: IpAddr,
    /// `ThreatIntelIndicators`: what `contain-finding` blocks when a person chooses its custom action for the finding.
    pub threat_intel: Vec<ThreatIntel>,
    /// `ProductFields`. Besides what people look for they hold what was counted: the next hit begins with them.
    pub product_fields: HashMap<String, String>,
}

/// One of `ThreatIntelIndicators`
/// (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_ThreatIntelIndicator.html>); its `Category` is
/// `COMMAND_AND_CONTROL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreatIntel {
    /// `Type`.
    pub kind: &'static str,
    /// `Value`.
    pub value: String,
    /// `Source`: who says that it is bad.
    pub source: &'static str,
    /// `LastObservedAt`.
    pub last_observed: Timestamp,
}

impl Hit {
    /// `Id` of the finding that counts this hit.
    pub fn finding_id(&self) -> String {
        let Self { subject, workload, firewall, window, .. } = self;
        format!("{GENERATOR}/{firewall}/{window}/{}/{workload}", subject.key())
    }

    /// The finding with this hit, where one with these `ProductFields` stands already, or none does. `None` if all of the hit has
    /// been counted, so that there is nothing to write.
    pub fn finding(&self, standing: Option<&HashMap<String, String>>) -> Option<HitFinding> {
        let tally = standing.map(Tally::read).unwrap_or_default().with(self)?;
        let (first_observed, last_observed) = (tally.seen.first?, tally.seen.last?);
        Some(HitFinding {
            id: self.finding_id(),
            title: cut(self.title(), LONGEST_TITLE),
            description: cut(self.description(&tally.seen), LONGEST_DESCRIPTION),
            remedy: self.subject.remedy(),
            severity: self.subject.severity(&tally.seen),
            first_observed,
            last_observed,
            workload: self.workload,
            threat_intel: self.threat_intel(&tally.seen, last_observed),
            product_fields: self.product_fields(&tally, standing),
        })
    }

    fn title(&self) -> String {
        let Self { subject, workload, .. } = self;
        let indicator = subject.indicator();
        match subject {
            Subject::Block { .. } => format!("{workload} met the block of {indicator}"),
            Subject::Hunt { .. } => format!("{workload} met the hunt for {indicator}"),
        }
    }

    fn description(&self, seen: &Sightings) -> String {
        let Sightings { blocked, allowed, .. } = seen;
        let mut text = format!(
            "The firewall {} reported {} with {} in the hour {} UTC: packets blocked {blocked}, packets passed {allowed}.",
            self.firewall,
            self.workload,
            self.subject.indicator(),
            self.window
        );
        for (name, value) in self.subject.background() {
            text += &format!(" {name}: {value}.");
        }
        text
    }

    /// The domain, or of an address or network the addresses that were met: a finding holds no network there.
    fn threat_intel(&self, seen: &Sightings, last_observed: Timestamp) -> Vec<ThreatIntel> {
        let indicator = self.subject.indicator();
        let bad = match indicator {
            Indicator::Domain(_) => vec![indicator.clone()],
            Indicator::Network(_) => {
                let addresses = seen.remotes.iter().map(|address| Indicator::Network((*address).into()));
                addresses.filter(|address| indicator.covers(address)).collect()
            }
        };
        let source = self.subject.source();
        let entry =
            |bad: Indicator| ThreatIntel { kind: asff_type(&bad), value: bad.to_string(), source, last_observed };
        bad.into_iter().map(entry).collect()
    }

    /// What stands already stays where nothing newer is known: the rule may be gone since, and with it the actor.
    fn product_fields(&self, tally: &Tally, standing: Option<&HashMap<String, String>>) -> HashMap<String, String> {
        let mut texts = standing.map(fields::ours).unwrap_or_default();
        fields::put(&mut texts, fields::KIND, [self.subject.kind()]);
        fields::put(&mut texts, fields::INDICATOR, [self.subject.indicator()]);
        fields::put(&mut texts, fields::WORKLOAD, [self.workload]);
        fields::put(&mut texts, fields::FIREWALL, [&self.firewall]);
        fields::put(&mut texts, fields::HOUR, [self.window]);
        match &self.subject {
            Subject::Block { causes, .. } => fields::put(&mut texts, fields::CAUSES, causes),
            Subject::Hunt { hunts, details, .. } => {
                fields::put(&mut texts, fields::HUNTS, hunts);
                if let Some(details) = details {
                    fields::put(&mut texts, fields::CONFIDENCE, [details.confidence.word()]);
                    fields::put(&mut texts, fields::ACTOR, &details.actor);
                    fields::put(&mut texts, fields::MALWARE, &details.malware);
                    fields::put(&mut texts, fields::REPORT, &details.report);
                }
            }
        }
        tally.write(&mut texts);
        texts
    }
}

impl Subject {
    /// What passed is worse than what was stopped, and what is surely bad worse than what may be.
    fn severity(&self, seen: &Sightings) -> Severity {
        let confidence = match self {
            Self::Hunt { details: Some(details), .. } => details.confidence,
            Self::Hunt { details: None, .. } | Self::Block { .. } => Confidence::High,
        };
        match (seen.allowed > 0, confidence) {
            (true, Confidence::High) => Severity::High,
            (true, _) | (false, Confidence::High) => Severity::Medium,
            (false, _) => Severity::Low,
        }
    }

    /// What a person does about it.
    fn remedy(&self) -> &'static str {
        match self {
            Self::Block { .. } => {
                "See on the workload what asks for it: the block keeps the traffic in (or only reports it, in mode alert), and \
                 what sent it is still there."
            }
            Self::Hunt { .. } => {
                "See on the workload what asks for it. To have it blocked, choose the custom action \"Falconer: block\" for \
                 this finding."
            }
        }
    }

    /// Who says that it is bad.
    fn source(&self) -> &'static str {
        match self {
            Self::Block { .. } => "Falconer",
            Self::Hunt { .. } => "CrowdStrike Falcon Intelligence",
        }
    }

    /// What is known of it, for a person.
    fn background(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Block { causes, .. } => {
                causes.iter().map(|causes| ("Blocked for the findings", causes.to_string())).collect()
            }
            Self::Hunt { hunts, details, .. } => {
                let hunts: Vec<&str> = hunts.iter().map(HuntName::as_str).collect();
                let hunts = (!hunts.is_empty()).then(|| ("Hunts", hunts.join(", ")));
                let labels = details.iter().flat_map(|details| {
                    let labels =
                        [("Actor", &details.actor), ("Malware", &details.malware), ("Report", &details.report)];
                    labels.map(|(name, label)| label.as_ref().map(|label| (name, label.to_string())))
                });
                hunts.into_iter().chain(labels.flatten()).collect()
            }
        }
    }
}

/// `Type` of an entry of `ThreatIntelIndicators`.
fn asff_type(indicator: &Indicator) -> &'static str {
    match indicator.kind() {
        IndicatorType::Domain => "DOMAIN",
        IndicatorType::Ipv6 => "IPV6_ADDRESS",
        IndicatorType::Ipv4 | IndicatorType::Ip | IndicatorType::Network => "IPV4_ADDRESS",
    }
}

/// Everything in these texts is ASCII: names in punycode, addresses, labels.
fn cut(mut text: String, longest: usize) -> String {
    text.truncate(longest);
    text
}
