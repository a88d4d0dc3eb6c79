//! What goes wrong, and how it is mended.

use std::time::Duration;

use falconer_tests::house::House;
use serde_json::{Value, json};

/// The worker's report of an activity that is done.
const REPORT: &str = "states.SendTaskSuccess";
/// Longer than any test waits.
const NEVER: &str = "delay:86400000";

/// How long a run may take until it makes a call: the last one cancels a command whose token is about to end.
const AT_MOST_UNCALLED: Duration = Duration::from_secs(3_600);

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// A call meets this fault of the sandbox so often, or (`None`) until it is mended.
    Call(&'static str, &'static str, Option<u32>),
    /// The worker is killed while it waits for this call, which is never done; another one is started.
    KilledDuring(&'static str),
    /// The worker is killed when this call is done and its activity is not reported; another one is started.
    KilledAfter(&'static str),
    /// There is no worker.
    NoWorker,
    /// This zone has this fault of the sandbox.
    Zone(&'static str, &'static str),
    /// Flushes end like this.
    Flush(&'static str),
    /// No firewall uses the block rule group.
    GroupOutOfPolicy,
    /// There is no block rule group.
    GroupDeleted,
}

impl Fault {
    /// The call that it is a fault of.
    pub(crate) fn call(self) -> Option<&'static str> {
        match self {
            Self::Call(call, ..) | Self::KilledDuring(call) | Self::KilledAfter(call) => Some(call),
            _ => None,
        }
    }

    /// Lets it be so from now on.
    pub(crate) async fn begin(self, house: &mut House) {
        match self {
            Self::Call(call, fault, None) => house.fault(json!({ "operation": call, "fault": fault })).await,
            Self::Call(call, fault, times) => {
                house.fault(json!({ "operation": call, "fault": fault, "times": times })).await;
            }
            Self::KilledDuring(call) => once(house, call, NEVER).await,
            // Slow enough for somebody to see that it has begun.
            Self::KilledAfter(call) => once(house, call, "delay:1000").await,
            Self::NoWorker => house.kill_worker().await,
            Self::Zone(zone, fault) => house.fault(json!({ "zone": zone, "fault": fault })).await,
            Self::Flush(fault) => house.fault(json!({ "flush": fault })).await,
            Self::GroupOutOfPolicy => house.take_the_group_out_of_the_policy().await,
            Self::GroupDeleted => house.delete_the_group().await,
        }
    }

    /// Does what has to be done while the runbook runs, which was started when its call had been made `calls` times.
    pub(crate) async fn go_on(self, house: &mut House, calls: u64, worker: &str) {
        match self {
            Self::KilledDuring(call) => until_called(house, call, calls + 1).await,
            Self::KilledAfter(call) => {
                until_called(house, call, calls + 1).await;
                let reports = house.calls(REPORT).await;
                once(house, REPORT, NEVER).await;
                until_called(house, REPORT, reports + 1).await;
            }
            _ => return,
        }
        house.kill_worker().await;
        house.start_worker(worker);
    }

    /// Ends it, as an operator does who has read what is wrong.
    pub(crate) async fn mend(self, house: &mut House, worker: &str) {
        house.control("DELETE", "faults", Value::Null).await;
        match self {
            Self::NoWorker => house.start_worker(worker),
            Self::GroupOutOfPolicy => house.take_the_group_into_the_policy().await,
            Self::GroupDeleted => house.create_the_group_anew().await,
            _ => {}
        }
    }
}

async fn once(house: &House, call: &str, fault: &str) {
    house.fault(json!({ "operation": call, "fault": fault, "times": 1 })).await;
}

/// Waits until the call has been made so often; a run that never makes it has no row for it.
pub(crate) async fn until_called(house: &House, call: &str, times: u64) {
    let called = async {
        while house.calls(call).await < times {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let called = tokio::time::timeout(AT_MOST_UNCALLED, called).await;
    assert!(called.is_ok(), "{call} is not made {times} times");
}
