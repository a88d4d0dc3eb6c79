//! What the worker has to reach.

use crate::plan::Findings;

/// Tasks per second for each of the bare loop.
const RATIO: f64 = 0.90;

/// Memory with [`MEMORY_SLOTS`] slots, in KiB (40 MB, of 1,000,000 bytes).
const MEMORY_KIB: u64 = 40_000_000 / 1_024;

/// The number of slots that the memory is judged with.
const MEMORY_SLOTS: usize = 64;

/// A sentence for each target that was missed.
pub(crate) fn missed(findings: &Findings) -> Vec<String> {
    let slow = findings.speeds.iter().filter(|finding| finding.ratio < RATIO).map(|finding| {
        format!(
            "{:.1} % of the bare loop's tasks per second at {} ms and {} slots; at least {:.0} %",
            finding.ratio * 100.0,
            finding.latency_millis,
            finding.slots,
            RATIO * 100.0,
        )
    });
    let large = findings
        .speeds
        .iter()
        .filter(|finding| finding.slots == MEMORY_SLOTS && finding.worker.peak_memory_kib >= MEMORY_KIB);
    let large = large.map(|finding| {
        format!(
            "{} KiB of memory at {} ms and {MEMORY_SLOTS} slots; less than {MEMORY_KIB} KiB",
            finding.worker.peak_memory_kib, finding.latency_millis,
        )
    });
    slow.chain(large).collect()
}
