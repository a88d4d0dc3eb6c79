//! What goes wrong on purpose: in calls, in the firewall's zones, in flow flushes.

mod reading;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::Clock;

/// A fault as a scenario or the control endpoint writes it: exactly one of `operation`, `zone` and `flush` says where.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `network-firewall.UpdateRuleGroup`: the service by its signing name, or `network-firewall.*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// An availability zone of the firewall, `us-east-1b`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// What becomes of a flow flush: `partial` or `failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flush: Option<String>,
    /// In an operation `throttle`, `error:<Code>`, `lose-answer`, `drop`, `delay:<ms>` or `token-conflict`; in a zone
    /// `stuck`, `slow:<seconds>` or `capacity-constrained`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// How often; without it, until the faults are cleared. A zone's fault has no number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

/// A fault that nobody can understand.
#[derive(Debug, thiserror::Error)]
#[error("fault {fault}: {problem}")]
pub struct FaultRefused {
    fault: String,
    problem: &'static str,
}

/// What happens to one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CallFault {
    /// The service answers that there are too many requests.
    Throttle,
    /// The service answers with this error.
    Error { code: String },
    /// The call is done, and the connection is cut before the answer.
    LoseAnswer,
    /// The connection is cut, and nothing is done.
    Drop,
    /// The call waits first.
    Delay(Duration),
    /// Another writer updates the rule group just before this call does.
    TokenConflict,
}

/// What is wrong with a zone of the firewall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ZoneFault {
    /// Versions pushed since then do not become IN_SYNC while the fault lasts.
    Stuck { since: Timestamp },
    /// The zone needs this long for a version.
    Slow(Duration),
    /// The zone has no capacity for the configuration.
    CapacityConstrained,
}

/// What becomes of a flow flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FlushFault {
    /// COMPLETED_WITH_ERRORS: every other matching flow stays.
    Partial,
    /// FAILED: every flow stays.
    Failed,
}

#[derive(Clone, Debug)]
enum Effect {
    Call { operation: String, fault: CallFault },
    Zone { zone: String, fault: ZoneFault },
    Flush(FlushFault),
}

#[derive(Clone, Debug)]
struct Active {
    written: Fault,
    effect: Effect,
    left: Option<u32>,
}

/// The faults that are on.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    clock: Clock,
    active: Arc<Mutex<Vec<Active>>>,
}

impl Faults {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, active: Arc::default() }
    }

    /// Switches a fault on, after those that are on.
    ///
    /// # Errors
    /// [`FaultRefused`].
    pub(crate) fn add(&self, fault: Fault) -> Result<(), FaultRefused> {
        let refuse = |problem| FaultRefused { fault: serde_json::to_string(&fault).unwrap_or_default(), problem };
        let effect = reading::effect(&fault, self.clock.now()).map_err(refuse)?;
        let left = fault.times;
        self.locked(|active| active.push(Active { written: fault, effect, left }));
        Ok(())
    }

    /// Switches all faults off.
    pub(crate) fn clear(&self) {
        self.locked(Vec::clear);
    }

    /// The faults that are on, with the times that are left.
    pub(crate) fn list(&self) -> Vec<Fault> {
        self.locked(|active| {
            active.iter().map(|active| Fault { times: active.left, ..active.written.clone() }).collect()
        })
    }

    /// The fault of this call of `service.Operation`, which counts as one time.
    pub(crate) fn of_call(&self, operation: &str) -> Option<CallFault> {
        self.take(|effect| match effect {
            Effect::Call { operation: of, fault } if matches(of, operation) => Some(fault.clone()),
            _ => None,
        })
    }

    /// The fault of this flush, which counts as one time.
    pub(crate) fn of_flush(&self) -> Option<FlushFault> {
        self.take(|effect| if let Effect::Flush(fault) = effect { Some(*fault) } else { None })
    }

    /// The fault of a zone now.
    pub(crate) fn of_zone(&self, name: &str) -> Option<ZoneFault> {
        self.locked(|active| {
            active.iter().find_map(|active| match &active.effect {
                Effect::Zone { zone, fault } if zone == name => Some(*fault),
                _ => None,
            })
        })
    }

    fn take<T>(&self, wanted: impl Fn(&Effect) -> Option<T>) -> Option<T> {
        self.locked(|active| {
            let (index, found) =
                active.iter().enumerate().find_map(|(index, fault)| Some((index, wanted(&fault.effect)?)))?;
            if let Some(left) = &mut active[index].left {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    active.remove(index);
                }
            }
            Some(found)
        })
    }

    fn locked<T>(&self, work: impl FnOnce(&mut Vec<Active>) -> T) -> T {
        work(&mut self.active.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn matches(pattern: &str, operation: &str) -> bool {
    pattern == operation || pattern.strip_suffix('*').is_some_and(|prefix| operation.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(written: &[&str]) -> Result<Faults, String> {
        let faults = Faults::new(Clock::starting_at(Timestamp::UNIX_EPOCH));
        for text in written {
            let fault = serde_json::from_str(text).map_err(|error| error.to_string())?;
            faults.add(fault).map_err(|error| error.to_string())?;
        }
        Ok(faults)
    }

    #[test]
    fn a_fault_with_a_number_ends_after_that_many_calls() {
        let faults = faults(&[r#"{"operation":"sts.AssumeRole","fault":"throttle","times":2}"#]).unwrap();
        let of_calls: Vec<_> = (0..3).map(|_| faults.of_call("sts.AssumeRole")).collect();
        assert_eq!(of_calls, [Some(CallFault::Throttle), Some(CallFault::Throttle), None]);
    }

    #[test]
    fn a_fault_of_a_whole_service_leaves_the_others_alone() {
        let faults = faults(&[r#"{"operation":"events.*","fault":"delay:20"}"#]).unwrap();
        assert_eq!(faults.of_call("events.PutEvents"), Some(CallFault::Delay(Duration::from_millis(20))));
        assert_eq!(faults.of_call("sts.GetCallerIdentity"), None);
    }

    #[test]
    fn a_fault_that_makes_no_sense_is_refused_with_its_reason() {
        for (text, reason) in [
            (r#"{"operation":"sts.AssumeRole","fault":"token-conflict"}"#, "UpdateRuleGroup"),
            (r#"{"operation":"sts.AssumeRole","zone":"us-east-1a","fault":"stuck"}"#, "operation and fault, or zone"),
            (r#"{"zone":"us-east-1a","fault":"slow:soon"}"#, "slow:<seconds>"),
            (r#"{"flush":"never"}"#, "partial or failed"),
            (r#"{"flash":"partial"}"#, "unknown field"),
        ] {
            let error = faults(&[text]).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
