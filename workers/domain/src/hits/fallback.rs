//! What an alert itself says of a rule of ours that is gone: a block that ended, a hunt that was refreshed in between.
//!
//! The firewall repeats the rule's message and metadata as we wrote them, and what traffic holds stands elsewhere in the
//! record. It is read as strictly as a rule is, and believed only if the signature id follows from the indicator.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Subject;
use super::alert::Alert;
use crate::block::Causes;
use crate::hunt::HuntName;
use crate::indicator::Indicator;
use crate::rule_group::SidRange;
use crate::{hunt, ledger};

/// The block whose rule was met.
pub(super) fn block(alert: &Alert, sids: SidRange) -> Option<Subject> {
    let indicator = indicator(alert, ledger::TITLE, sids)?;
    Some(Subject::Block { indicator, causes: value(alert, "f").and_then(Causes::from_token) })
}

/// The hunt whose rule was met.
pub(super) fn hunt(alert: &Alert, sids: SidRange) -> Option<Subject> {
    let indicator = indicator(alert, hunt::TITLE, sids)?;
    let hunts: BTreeSet<HuntName> = value(alert, "h").and_then(hunt::read_hunts).unwrap_or_default();
    Some(Subject::Hunt { indicator, hunts, details: None })
}

/// The indicator of the rule's message. A long one stands there cut short, and is not known; one that gave way to another's
/// signature ids is not known either, which is rare.
fn indicator(alert: &Alert, title: &str, sids: SidRange) -> Option<Indicator> {
    let text = alert.message.strip_prefix(title)?.strip_prefix(' ')?;
    let indicator: Indicator = text.parse().ok()?;
    (indicator.to_string() == text && sids.is_at_home(&indicator, alert.sid)).then_some(indicator)
}

/// The one value of a key in the rule's metadata.
fn value<'a>(alert: &'a Alert, key: &str) -> Option<&'a str> {
    match alert.metadata.get(key)?.as_array()?.as_slice() {
        [Value::String(value)] => Some(value),
        _ => None,
    }
}
