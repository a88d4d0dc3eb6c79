//! What must be reached.

use std::time::Duration;

use falconer_tests::load;

use crate::FINDINGS;
use crate::full_group::Findings;
use crate::report::millis;

/// Updates of the rule group for all findings together, those that came too late and the SDK's retries among them.
const UPDATES: u64 = 40;
/// A change of a full rule group, from its text to its text.
const CHANGE: Duration = Duration::from_millis(50);

/// The slots with which the updates are judged.
const JUDGED: usize = 256;

/// A sentence for each target that was missed.
pub(crate) fn missed(together: &[(usize, load::Outcome)], ledger: &Findings) -> Vec<String> {
    let mut missed = Vec::new();
    for (slots, outcome) in together {
        if outcome.succeeded < FINDINGS {
            missed.push(format!("{} of {FINDINGS} executions succeeded with {slots} slots", outcome.succeeded));
        }
        if *slots == JUDGED && outcome.calls.updates > UPDATES {
            missed.push(format!("{} updates with {slots} slots; at most {UPDATES}", outcome.calls.updates));
        }
    }
    let slow = ledger.findings.iter().filter(|finding| finding.is_a_change && finding.median > CHANGE);
    missed.extend(slow.map(|finding| {
        format!("to {} took {:.1} ms; at most {:.0} ms", finding.what, millis(finding.median), millis(CHANGE))
    }));
    missed
}
