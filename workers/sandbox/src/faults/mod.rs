//! What goes wrong on purpose: in calls, in the firewall's zones, in flow flushes.

mod batch;
mod rate;
mod reading;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::random::Random;
use crate::wire::Caller;
pub(crate) use batch::Batch;
use rate::Rate;

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
    /// In an operation `throttle`, `rate:<per second>/<burst>`, `error:<Code>`, `lose-answer`, `drop`, `delay:<ms>`,
    /// `token-conflict` or `partial`; in a zone `stuck`, `slow:<seconds>` or `capacity-constrained`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// How often; without it, until the faults are cleared. A zone's fault and a rate have no number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// The share of calls or flushes that it meets, over 0 and up to 1; without it, each. A zone's fault and a rate have
    /// none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance: Option<f64>,
}

/// A fault that nobody can understand.
#[derive(Debug, thiserror::Error)]
#[error("fault {fault}: {problem}")]
pub struct FaultRefused {
    fault: String,
    problem: &'static str,
}

/// What one call meets: it waits first, and then something goes wrong, or it is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mishap {
    pub(crate) delay: Duration,
    pub(crate) fault: Option<CallFault>,
}

/// What goes wrong with one call.
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
    /// Another writer updates the rule group just before this call does.
    TokenConflict,
    /// The call is done for the first of every two entries, and answers that the others failed.
    Partial(Batch),
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
    Delay { operation: String, delay: Duration },
    Rate { operation: String, rate: Rate },
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
    random: Random,
    active: Arc<Mutex<Vec<Active>>>,
}

impl Faults {
    /// No fault yet. The same `seed` lets a fault with a chance meet the same calls of the same sequence.
    pub(crate) fn new(clock: Clock, seed: u64) -> Self {
        Self { clock, random: Random::seeded(seed), active: Arc::default() }
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

    /// What this call of `service.Operation` meets: the delays of it together, and of the other faults the first one that
    /// chance, or the caller's rate, does not spare it. That counts as one time of each.
    pub(crate) fn of_call(&self, operation: &str, caller: &Caller) -> Mishap {
        let mut mishap = Mishap::default();
        let now = self.clock.now();
        self.meet(|effect, strikes| match effect {
            Effect::Delay { operation: of, delay } if matches(of, operation) && strikes() => {
                mishap.delay += *delay;
                true
            }
            Effect::Call { operation: of, fault } if mishap.fault.is_none() && matches(of, operation) && strikes() => {
                mishap.fault = Some(fault.clone());
                true
            }
            Effect::Rate { operation: of, rate } if mishap.fault.is_none() && matches(of, operation) => {
                mishap.fault = (!rate.takes(caller, now)).then_some(CallFault::Throttle);
                false
            }
            _ => false,
        });
        mishap
    }

    /// The fault of this flush, which counts as one time.
    pub(crate) fn of_flush(&self) -> Option<FlushFault> {
        let mut met = None;
        self.meet(|effect, strikes| match effect {
            Effect::Flush(fault) if met.is_none() && strikes() => {
                met = Some(*fault);
                true
            }
            _ => false,
        });
        met
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

    /// Shows every fault to `meets`, with what chance says of it, and takes a time off each one that is met.
    fn meet(&self, mut meets: impl FnMut(&mut Effect, &dyn Fn() -> bool) -> bool) {
        self.locked(|active| {
            active.retain_mut(|fault| {
                let chance = fault.written.chance;
                let strikes = || chance.is_none_or(|chance| self.random.fraction() < chance);
                if !meets(&mut fault.effect, &strikes) {
                    return true;
                }
                fault.left = fault.left.map(|left| left.saturating_sub(1));
                fault.left != Some(0)
            });
        });
    }

    fn locked<T>(&self, work: impl FnOnce(&mut Vec<Active>) -> T) -> T {
        work(&mut self.active.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn matches(pattern: &str, operation: &str) -> bool {
    pattern == operation || pattern.strip_suffix('*').is_some_and(|prefix| operation.starts_with(prefix))
}

#[cfg(test)]
mod tests;
