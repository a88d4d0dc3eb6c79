//! What must be reached.

use crate::Findings;
use crate::delivery::Delivered;

/// Events mapped for each second of one core.
const MAPPED: f64 = 80_000.0;

/// Findings a second into one region, of the thousand that AWS lets in.
const PUBLISHED: f64 = 950.0;

/// Growth between a tenth of a million events and all of them, in KiB (10 MB).
const GROWTH_KIB: u64 = 10_000_000 / 1_024;

/// A sentence for each target that was missed.
pub(crate) fn missed(findings: &Findings) -> Vec<String> {
    let Findings { mapped, at_rates, million } = findings;
    let mut missed = Vec::new();
    let mut must = |holds: bool, target: String| {
        if !holds {
            missed.push(target);
        }
    };
    must(mapped.a_second >= MAPPED, format!("{:.0} events a second and core are mapped; {MAPPED:.0}", mapped.a_second));
    must(
        at_rates.a_second() >= PUBLISHED,
        format!("{:.0} findings a second are published; {PUBLISHED:.0}", at_rates.a_second()),
    );
    let (early, late) = million.resident_kib;
    let growth = late.saturating_sub(early);
    must(growth <= GROWTH_KIB, format!("a million events cost {growth} KiB of memory; at most {GROWTH_KIB}"));
    for (name, Delivered { dead_letters, .. }) in [("at AWS's rates", at_rates), ("of the million", million)] {
        must(*dead_letters == 0, format!("{dead_letters} dead letters {name}; none"));
    }
    missed
}
