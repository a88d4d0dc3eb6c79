//! What became of hunts, and what of the alert log was reported.

use falconer_activities::refresh_hunt_list::{HuntRefresh, RefreshedHunt};
use falconer_activities::report_hits::HitReport;
use serde::Deserialize;

use crate::execution::Ending;
use crate::paint::{GOOD, WARN, paint};

/// Prints a line for each hunt, and one for a report.
pub(super) fn tell(ending: &Ending) {
    if let Ok(refresh) = HuntRefresh::deserialize(&ending.output) {
        tell_refresh(&refresh);
    }
    if let Ok(HitReport { alerts, hits, findings_written, .. }) = HitReport::deserialize(&ending.output) {
        let (style, word) = (GOOD, "reported");
        anstream::println!(
            "  {} {alerts} alerts, {hits} hits, {findings_written} findings written",
            paint(style, word)
        );
    }
}

fn tell_refresh(refresh: &HuntRefresh) {
    if let Some(because) = &refresh.idle {
        anstream::println!("  {} nothing was done: {because}", paint(WARN, "idle"));
    } else if refresh.hunts.is_empty() {
        anstream::println!("  {} no hunt is configured (hunt.lists)", paint(WARN, "idle"));
    }
    for (hunt, RefreshedHunt { wanted, kept, added, removed, left_out, .. }) in &refresh.hunts {
        let standing = kept + added;
        let sentence = format!("{standing} of {wanted} stand ({added} added, {removed} removed, {left_out} left out)");
        anstream::println!("  {} {hunt}: {sentence}", paint(GOOD, "refreshed"));
    }
    for (hunt, indicators) in &refresh.gone {
        anstream::println!("  {} {hunt}: configured no more, {indicators} indicators", paint(WARN, "gone"));
    }
}
