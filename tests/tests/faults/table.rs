//! The rows that every runbook has: each of its calls meets each of these faults.

use crate::fault::Fault;

/// A fault, and how the runbook ends that meets it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) fault: Fault,
    pub(crate) end: End,
}

/// How a runbook ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    /// As if nothing had happened.
    AsMeant,
    /// Well, but for a part that could not be done: with this error it stands in the output, and people are told.
    Told(&'static str),
    /// With this error.
    Failed(&'static str),
    /// With the state machine's TimeoutSeconds: nobody was there to do anything, or to say so.
    TimedOut,
}

/// What goes wrong with a call of AWS's API, how often (until it is mended, if there is no number), and with which error that
/// ends, whose area is the service's; `None` if it ends as meant.
pub(crate) type OfACall = (&'static str, Option<u32>, Option<&'static str>);

const AT_EVERY_CALL: [OfACall; 11] = [
    // The SDK repeats the call.
    ("throttle", Some(2), None),
    ("lose-answer", Some(1), None),
    // The state machine repeats the activity six times: as often as this even where the SDK repeats nothing, since all clients
    // of a process share what it may repeat.
    ("throttle", Some(6), None),
    ("drop", Some(6), None),
    ("lose-answer", Some(6), None),
    ("error:InternalServerError", Some(6), None),
    // Longer than a worker may be silent, and longer than any state may take.
    ("delay:20000", Some(1), None),
    ("delay:700000", Some(1), None),
    // Nothing helps until somebody mends it.
    ("throttle", None, Some("Unavailable")),
    ("lose-answer", None, Some("Unavailable")),
    ("error:AccessDeniedException", None, Some("AccessDenied")),
];

/// The calls by which a worker gets its tasks and reports them: it repeats them by itself.
pub(crate) const AT_EVERY_CALL_OF_A_WORKER: [OfACall; 5] = [
    ("throttle", Some(20), None),
    ("drop", Some(20), None),
    ("error:InternalServerError", Some(20), None),
    ("lose-answer", Some(1), None),
    ("delay:20000", Some(1), None),
];

/// The one call that changes something for which several compete.
pub(crate) const UPDATE: &str = "network-firewall.UpdateRuleGroup";

const AT_UPDATES_TOO: [OfACall; 4] = [
    // The activity reads and merges again; after 20 times the state machine repeats the activity.
    ("token-conflict", Some(3), None),
    ("token-conflict", Some(25), None),
    ("token-conflict", None, Some("TokenConflict")),
    // An answer that never comes must not hold the writer for ever.
    ("delay:86400000", None, Some("Unavailable")),
];

/// What every runbook meets that waits for the zones.
pub(crate) const ZONES_AND_GROUP: [Row; 6] = [
    Row { fault: Fault::Zone("us-east-1b", "slow:300"), end: End::AsMeant },
    Row { fault: Fault::Zone("us-east-1b", "slow:1000"), end: End::Failed("Firewall.NotEnforced") },
    Row { fault: Fault::Zone("us-east-1a", "stuck"), end: End::Failed("Firewall.NotEnforced") },
    Row { fault: Fault::Zone("us-east-1c", "capacity-constrained"), end: End::Failed("Firewall.NotEnforced") },
    Row { fault: Fault::GroupOutOfPolicy, end: End::Failed("Firewall.GroupNotInUse") },
    Row { fault: Fault::GroupDeleted, end: End::Failed("Firewall.NotFound") },
];

/// The rows of these calls.
pub(crate) fn rows_of(calls: &[&'static str]) -> Vec<Row> {
    calls.iter().flat_map(|call| rows_of_call(call)).collect()
}

fn rows_of_call(call: &'static str) -> Vec<Row> {
    let (area, usual): (_, &[OfACall]) = match call.split_once('.').unwrap().0 {
        "network-firewall" => ("Firewall", &AT_EVERY_CALL),
        "securityhub" => ("SecurityHub", &AT_EVERY_CALL),
        "ssm" => ("Switch", &AT_EVERY_CALL),
        _ => ("", &AT_EVERY_CALL_OF_A_WORKER),
    };
    let further: &[OfACall] = if call == UPDATE { &AT_UPDATES_TOO } else { &[] };
    let mut rows: Vec<Row> = usual
        .iter()
        .chain(further)
        .map(|&(fault, times, problem)| Row { fault: Fault::Call(call, fault, times), end: end(area, problem) })
        .collect();
    rows.push(Row { fault: Fault::KilledDuring(call), end: End::AsMeant });
    if !area.is_empty() {
        rows.push(Row { fault: Fault::KilledAfter(call), end: End::AsMeant });
    }
    // Where the new Security Hub is not on, it has no findings.
    let not_on = Fault::Call("securityhub.GetFindingsV2", "error:AccessDeniedException", None);
    rows.iter_mut().filter(|row| row.fault == not_on).for_each(|row| row.end = End::AsMeant);
    // An update of which every answer is lost is found done by the next try, which has nothing left to write.
    let lost = rows.iter_mut().filter(|row| row.fault == Fault::Call(UPDATE, "lose-answer", None));
    lost.for_each(|row| row.end = End::AsMeant);
    rows
}

fn end(area: &str, problem: Option<&str>) -> End {
    problem.map_or(End::AsMeant, |problem| End::Failed(format!("{area}.{problem}").leak()))
}
