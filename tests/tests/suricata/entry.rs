//! Falconer's entries in a rule group, and what their records in the alert log must tell.

use std::collections::HashMap;

use falconer_domain::hunt::{HuntGroup, HuntName, Hunted};
use falconer_domain::indicator::Indicator;
use falconer_domain::ledger::{Held, Ledger};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::eve::Alert;

/// A block or a hunted indicator.
pub(crate) struct Entry {
    /// The signature ids of its rules.
    pub(crate) sids: Vec<u32>,
    /// The metadata of a record of its first rule.
    first: Value,
    /// The metadata of a record of its further rules.
    further: Value,
}

/// The entries in a text, by their indicators.
pub(crate) fn entries(text: &str) -> HashMap<Indicator, Entry> {
    let ledger = Ledger::read([("falconer-block", text)]);
    let blocks = ledger.held().iter().map(|held| (held.entry.indicator.clone(), Entry::of_block(held)));
    let hunts = HuntGroup::read(text);
    let hunts = hunts.hunted().iter().map(|hunted| (hunted.indicator.clone(), Entry::of_hunt(hunted)));
    blocks.chain(hunts).collect()
}

impl Entry {
    /// A block's first rule tells the findings, the times, who asked and for which account; its further rules that they are
    /// a part. From each of them the signature id leads to the block, and so to the findings.
    fn of_block(held: &Held) -> Self {
        let entry = &held.entry;
        let time = |time: Timestamp| time.strftime("%Y%m%dT%H%M%SZ").to_string();
        let first = json!({
            "falconer": ["block"],
            "f": [entry.causes.to_string()],
            "c": [time(entry.created)],
            "x": [time(entry.expires)],
            "by": [entry.by.token()],
            "a": [entry.account.map(|account| account.to_string())],
        });
        Self { sids: held.sids.clone(), first, further: json!({ "falconer": ["part"] }) }
    }

    /// A hunted indicator's first rule tells the hunts, and what is known of it.
    fn of_hunt(hunted: &Hunted) -> Self {
        let details = &hunted.details;
        let hunts: Vec<&str> = hunted.hunts.iter().map(HuntName::as_str).collect();
        let mut first = json!({
            "falconer": ["hunt"],
            "h": [hunts.join("+")],
            "t": [details.updated.strftime("%Y%m%d").to_string()],
            "k": [details.confidence.word()],
        });
        for (key, label) in [("a", &details.actor), ("m", &details.malware), ("r", &details.report)] {
            if let Some(label) = label {
                first[key] = json!([label.to_string()]);
            }
        }
        Self { sids: hunted.sids.clone(), first, further: json!({ "falconer": ["hunt-part"] }) }
    }

    /// What a record of one of the rules fails to tell.
    pub(crate) fn untold(&self, alert: &Alert) -> Option<String> {
        let expected = if self.sids.first() == Some(&alert.sid) { &self.first } else { &self.further };
        (alert.metadata != *expected).then(|| format!("{} tells {}, not {expected}", alert.sid, alert.metadata))
    }
}
