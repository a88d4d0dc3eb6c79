//! What a rule carries of the intelligence behind it.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Confidence, Label};

/// What a rule carries of the intelligence behind an indicator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// The day of `last_updated`, as it was when anything else of this was written last.
    pub updated: Date,
    /// How sure Falcon is.
    pub confidence: Confidence,
    /// The first of the actors, if there is one.
    pub actor: Option<Label>,
    /// The first of the malware families, if there is one.
    pub malware: Option<Label>,
    /// The first of the reports, if there is one.
    pub report: Option<Label>,
}

impl Details {
    /// These, or the standing ones if nothing but the day is new.
    ///
    /// Falcon sees old indicators again every day. If each new day were written, each refresh would be an update of the
    /// whole group, which every zone of the firewall loads anew, to tell nobody anything. Ranking knows the exact time.
    pub(super) fn unless_only_the_day_is_new(&self, standing: &Self) -> Self {
        let on_that_day = Self { updated: standing.updated, ..self.clone() };
        if on_that_day == *standing { on_that_day } else { self.clone() }
    }
}
