//! How often blocks and hunts were met, as the findings about hits say.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use falconer_activities::firewall::RuleGroupVersion;
use falconer_activities::security_hub::HitFindings;
use falconer_domain::hits::{HitTotal, SubjectKind};
use falconer_domain::indicator::Indicator;
use falconer_domain::place::Place;
use serde_json::{Value, json};

use crate::paint::{WARN, minute, paint};

/// What Security Hub says of all of them.
pub(super) struct Hits(BTreeMap<(SubjectKind, Indicator), HitTotal>);

impl Hits {
    /// The columns that tell of hits.
    pub(super) const HEADER: [&str; 2] = ["HITS", "LAST HIT"];

    /// Asks the Security Hub of the account and region in which the rule group is. Without its answer, which standard error
    /// then tells, the rest is worth showing all the same.
    pub(super) async fn read(sdk: &SdkConfig, group: &RuleGroupVersion) -> Option<Self> {
        let findings = HitFindings::new(aws_sdk_securityhub::Client::new(sdk), Place::of_arn(group.arn())?);
        match findings.totals().await {
            Ok(totals) => Some(Self(totals)),
            Err(error) => {
                anstream::eprintln!("{} {error}", paint(WARN, "hits are not shown:"));
                None
            }
        }
    }

    /// How often this was met.
    fn of(&self, kind: SubjectKind, indicator: &Indicator) -> HitTotal {
        self.0.get(&(kind, indicator.clone())).copied().unwrap_or_default()
    }

    /// The cells of [`HEADER`](Self::HEADER).
    pub(super) fn cells(&self, kind: SubjectKind, indicator: &Indicator) -> [String; 2] {
        let HitTotal { blocked, allowed, last } = self.of(kind, indicator);
        [blocked.saturating_add(allowed).to_string(), last.map(minute).unwrap_or_default()]
    }

    /// An entry's JSON with its hits, if they are known.
    pub(super) fn beside(hits: Option<&Self>, mut entry: Value, kind: SubjectKind, indicator: &Indicator) -> Value {
        if let Some(hits) = hits {
            entry["hits"] = json!(hits.of(kind, indicator));
        }
        entry
    }
}
