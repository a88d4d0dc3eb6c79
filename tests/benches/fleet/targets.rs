//! What must be reached.

use falconer_tests::sweep::{Outcome, bound};
use serde_json::{Value, json};

use crate::{Findings, ORGANIZATION};

/// Of the worker, in KiB (150 MB, of 1,000,000 bytes).
const MEMORY_KIB: u64 = 150_000_000 / 1_024;

/// Calls for each of the fewest that there can be.
const CALLS: f64 = 1.10;

/// Bytes of a state's or task's input or output, and events of a history
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>).
const PAYLOAD: usize = 262_144;
const EVENTS: usize = 25_000;

/// A sentence for each target that was missed.
pub(crate) fn missed(findings: &Findings) -> Vec<String> {
    let Findings { first, second, peak_memory_kib } = findings;
    let mut missed = Vec::new();
    let mut must = |holds: bool, target: String| {
        if !holds {
            missed.push(target);
        }
    };
    must(*peak_memory_kib < MEMORY_KIB, format!("{peak_memory_kib} KiB of memory; less than {MEMORY_KIB} KiB"));
    for (name, sweep, findings) in [("first", first, ORGANIZATION.findings()), ("second", second, 0)] {
        let Outcome { ending, history, calls, .. } = sweep;
        must(ending.succeeded(), format!("the {name} sweep ended with {ending:?}"));
        let (summary, tally) = (sweep.summary(), ORGANIZATION.tally());
        must(summary["instances"] == tally, format!("the {name} sweep judged {}; {tally}", summary["instances"]));
        must(summary["failures"] == Value::Null, format!("the {name} sweep failed in part: {}", summary["failures"]));
        let written = if findings == 0 { Value::Null } else { json!(findings) };
        must(
            summary["findingsWritten"] == written,
            format!("the {name} sweep wrote {} findings; {findings}", summary["findingsWritten"]),
        );
        let (all, fewest) = (bound::total(calls), bound::total(&bound::fewest(ORGANIZATION, findings)));
        must(
            all as f64 <= fewest as f64 * CALLS,
            format!("{all} calls in the {name} sweep; at most {CALLS} for each of {fewest}"),
        );
        let (payload, events) = (history.largest_payload, history.events);
        must(payload <= PAYLOAD, format!("{payload} bytes handed on in the {name} sweep; at most {PAYLOAD}"));
        must(events < EVENTS, format!("{events} events in the {name} sweep; less than {EVENTS}"));
    }
    missed
}
