//! From findings to candidates: where a finding says which domain or address is bad.
//!
//! Each provider has its own place for that, and each place is a file here. They go by a finding's shape and not by who
//! says that he wrote it: whether a finding is believed is decided elsewhere, and by its ProductArn. `Network` is read
//! by none of them. Security Hub has deprecated it, and in a Falcon finding about a domain it names the DNS resolver
//! that was asked, which is usually the VPC's own.

mod alert;
mod falcon;
mod guardduty;
mod ocsf;
mod remark;
mod threat_intel;

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::finding::Finding;
use crate::indicator::{Indicator, IndicatorType};

pub use alert::{AlertIndicator, Alerts, Lookup};
pub use remark::Remark;
pub use remark::printable;
pub(crate) use remark::readable;

/// The indicators that one execution takes at most; above it the request is refused as a whole.
///
/// Their records, with the longest names, stay well below the 262,144 bytes that Step Functions hands from state to state
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>), and one finding that claims more is
/// more likely a mistake, or an attack on the rule group's capacity, than an incident.
pub const MAX_CANDIDATES: usize = 100;
/// The remarks that are kept; the rest is counted.
const MAX_REMARKS: usize = 50;

/// An indicator that somebody wants to be blocked; the guard has not seen it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// What is to be blocked.
    pub indicator: Indicator,
    /// The findings that name it, as indices into the request's findings; none for the manual form.
    pub findings: Vec<usize>,
    /// Where it was read first, such as `ProductFields.crowdstrike/crowdstrike-falcon/IOCValue`.
    pub source: String,
}

/// More indicators than one execution takes. Nothing of it is blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the input names {count} indicators, more than {limit}: nothing is blocked; start several executions")]
pub struct TooManyIndicators {
    /// How many there are, each counted once.
    pub count: usize,
    /// How many there may be.
    pub limit: usize,
}

/// What the findings of one request say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extraction {
    /// Each indicator once, in the order in which they were seen.
    pub(crate) candidates: Vec<Candidate>,
    /// What was not taken, at most 50.
    pub(crate) remarks: Vec<Remark>,
    /// How many further remarks there were.
    pub(crate) remarks_left_out: usize,
    /// The alerts that name what findings leave out.
    pub(crate) lookups: Vec<Lookup>,
    /// Where each indicator stands among the candidates.
    known: HashMap<Indicator, usize>,
}

/// A text in a finding that claims to be an indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sighting {
    /// Where it was read, as a path in the finding.
    pub(crate) source: String,
    /// The text as it stands there.
    pub(crate) text: String,
    /// What the finding says that it is.
    pub(crate) claim: Claim,
}

/// What a finding says that a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// An indicator of this type.
    Indicator(IndicatorType),
    /// A URL, whose host is the indicator.
    Url,
    /// The hash of a file: Falcon stops it on the host, the network cannot.
    Hash,
    /// Something of which nobody says whether it is the remote side or the workload's own.
    Sideless,
    /// Something that is not an indicator of the network, or not known.
    Other,
}

/// Every text in a finding that claims to be an indicator, in the order of the finding's sources.
pub(crate) fn sightings(finding: &Finding) -> Vec<Sighting> {
    let mut sightings = falcon::sightings(finding);
    sightings.extend(guardduty::sightings(finding));
    sightings.extend(threat_intel::sightings(finding));
    sightings.extend(ocsf::sightings(finding));
    // Providers leave fields empty rather than out: nothing is claimed there.
    sightings.retain(|sighting| !sighting.text.trim().is_empty());
    sightings
}

/// The candidates of all findings, each indicator once with all its findings, and what was not taken.
///
/// # Errors
/// [`TooManyIndicators`] above [`MAX_CANDIDATES`]: then nothing is blocked, rather than a part that
/// chance has picked.
pub(crate) fn candidates(findings: &[Finding]) -> Result<Extraction, TooManyIndicators> {
    let mut extraction = Extraction::default();
    for (index, finding) in findings.iter().enumerate() {
        let sightings = sightings(finding);
        let alert = alert::composite_id(finding).filter(|_| sightings.is_empty());
        extraction.lookups.extend(alert.map(|alert| Lookup { finding: index, alert }));
        sightings.into_iter().for_each(|sighting| extraction.see(index, sighting));
    }
    check_count(extraction.candidates.len())?;
    Ok(extraction)
}

/// Holds a number of distinct indicators to [`MAX_CANDIDATES`].
pub(crate) fn check_count(count: usize) -> Result<(), TooManyIndicators> {
    if count > MAX_CANDIDATES {
        return Err(TooManyIndicators { count, limit: MAX_CANDIDATES });
    }
    Ok(())
}

impl Extraction {
    /// What was read before, to go on with.
    pub(crate) fn resumed(
        candidates: Vec<Candidate>,
        remarks: Vec<Remark>,
        remarks_left_out: usize,
        lookups: Vec<Lookup>,
    ) -> Self {
        let places = candidates.iter().enumerate();
        let known = places.map(|(place, candidate)| (candidate.indicator.clone(), place)).collect();
        Self { candidates, remarks, remarks_left_out, lookups, known }
    }

    /// The same with what the alerts say that were looked up; `None` where Falcon cannot be asked.
    ///
    /// # Errors
    /// [`TooManyIndicators`], as for what the findings say themselves.
    pub(crate) fn with_alerts(mut self, alerts: Option<&Alerts>) -> Result<Self, TooManyIndicators> {
        for Lookup { finding, alert } in std::mem::take(&mut self.lookups) {
            let unanswered = |problem: &str| (alert::unanswered(&alert), problem.to_owned());
            let (sighting, problem) = match alerts.map(|alerts| alerts.get(&alert).map(Vec::as_slice)) {
                Some(Some(indicators @ [_, ..])) => {
                    alert::sightings(&alert, indicators).for_each(|sighting| self.see(finding, sighting));
                    continue;
                }
                Some(Some([])) => unanswered("Falcon's alert of this id names no indicator"),
                Some(None) => unanswered("Falcon has no alert of this id"),
                None => unanswered("the finding names no indicator, and Falcon is not asked (falcon.credentials)"),
            };
            self.remark(finding, &sighting, problem);
        }
        check_count(self.candidates.len())?;
        Ok(self)
    }

    fn see(&mut self, finding: usize, sighting: Sighting) {
        match sighting.indicator() {
            Err(problem) => self.remark(finding, &sighting, problem),
            Ok(indicator) => match self.known.get(&indicator) {
                Some(&place) => self.see_again(place, finding),
                None => {
                    self.known.insert(indicator.clone(), self.candidates.len());
                    let Sighting { source, .. } = sighting;
                    self.candidates.push(Candidate { indicator, findings: vec![finding], source });
                }
            },
        }
    }

    fn see_again(&mut self, place: usize, finding: usize) {
        let findings = &mut self.candidates[place].findings;
        // Findings come in order, so that only the last one can be the same.
        if findings.last() != Some(&finding) {
            findings.push(finding);
        }
    }

    fn remark(&mut self, finding: usize, sighting: &Sighting, problem: String) {
        if self.remarks.len() == MAX_REMARKS {
            self.remarks_left_out += 1;
            return;
        }
        let (source, value) = (sighting.source.clone(), readable(&sighting.text));
        self.remarks.push(Remark { finding, source, value, problem });
    }
}

impl Sighting {
    /// What it names, or why it names nothing that can be blocked.
    fn indicator(&self) -> Result<Indicator, String> {
        let parsed = match self.claim {
            Claim::Indicator(kind) => Indicator::parse(kind, &self.text),
            Claim::Url => threat_intel::host_of_url(&self.text),
            Claim::Hash => return Err("it is the hash of a file, which cannot be blocked in the network".to_owned()),
            Claim::Sideless => return Err("the finding does not say whether it is the remote side".to_owned()),
            Claim::Other => return Err("it is not of a type that can be blocked in the network".to_owned()),
        };
        parsed.map_err(|error| error.to_string())
    }
}
