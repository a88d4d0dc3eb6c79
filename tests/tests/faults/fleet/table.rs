//! The rows of each call of the fleet's runbooks.

use crate::fault::Fault;
use crate::table::{AT_EVERY_CALL_OF_A_WORKER, End, OfACall, Row};

/// What goes wrong with a call of AWS's API: of what the firewall's runbooks meet, one fault of each kind, since these runbooks
/// make three times as many calls.
const AT_EVERY_CALL_OF_AWS: [OfACall; 7] = [
    // The SDK repeats the call.
    ("lose-answer", Some(1), None),
    // The state machine repeats the activity.
    ("throttle", Some(6), None),
    ("error:InternalServerError", Some(5), None),
    // Longer than a worker may be silent, and longer than any call may take.
    ("delay:20000", Some(1), None),
    ("delay:700000", Some(1), None),
    // Nothing helps until somebody mends it.
    ("throttle", None, Some("Unavailable")),
    ("error:AccessDeniedException", None, Some("AccessDenied")),
];

/// What goes wrong with a call of Falcon's API, whose client repeats a call five times.
const AT_EVERY_CALL_OF_FALCON: [OfACall; 7] = [
    ("lose-answer", Some(1), None),
    ("throttle", Some(7), None),
    ("error:500", Some(7), None),
    ("delay:20000", Some(1), None),
    ("delay:700000", Some(1), None),
    ("throttle", None, Some("Unavailable")),
    ("error:403", None, Some("AccessDenied")),
];

/// What goes wrong where the state machine itself calls the service, which nobody repeats but its Retry.
const AT_EVERY_CALL_OF_THE_STATE_MACHINE: [OfACall; 6] = [
    ("throttle", Some(5), None),
    ("lose-answer", Some(1), None),
    ("drop", Some(5), None),
    ("delay:20000", Some(1), None),
    ("delay:700000", Some(1), None),
    ("error:AuthorizationError", None, Some("AuthorizationErrorException")),
];

/// The rows of these calls, whose faults end with an error of this area in the way that `ends` says.
pub(crate) fn rows(calls: &[&'static str], area: &'static str, ends: fn(&'static str) -> End) -> Vec<Row> {
    calls.iter().flat_map(|call| rows_of_call(call, area, ends)).collect()
}

fn rows_of_call(call: &'static str, area: &str, ends: fn(&'static str) -> End) -> Vec<Row> {
    let service = call.split_once('.').unwrap().0;
    let faults: &[OfACall] = match service {
        "falcon" => &AT_EVERY_CALL_OF_FALCON,
        _ if is_of_the_state_machine(call) => &AT_EVERY_CALL_OF_THE_STATE_MACHINE,
        "states" => &AT_EVERY_CALL_OF_A_WORKER,
        _ => &AT_EVERY_CALL_OF_AWS,
    };
    let end = |problem: Option<&str>| problem.map_or(End::AsMeant, |problem| ends(format!("{area}.{problem}").leak()));
    let called =
        faults.iter().map(|&(fault, times, problem)| Row { fault: Fault::Call(call, fault, times), end: end(problem) });
    let killed = [Fault::KilledDuring(call), Fault::KilledAfter(call)];
    let killed = killed.into_iter().filter(|fault| match service {
        // No worker makes the call.
        _ if is_of_the_state_machine(call) => false,
        "states" => *fault == Fault::KilledDuring(call),
        _ => true,
    });
    called.chain(killed.map(|fault| Row { fault, end: End::AsMeant })).collect()
}

fn is_of_the_state_machine(call: &str) -> bool {
    matches!(call, "sns.Publish" | "states.StartExecution")
}
