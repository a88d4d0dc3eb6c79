//! Events out of the sandbox's stream, through the gateway, into the sandbox's Security Hub.

use std::future::pending;
use std::time::{Duration, Instant};

use falconer_sandbox::clock::Clock;
use falconer_sandbox::{Sandbox, SandboxOptions};
use falconer_tests::house::control;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::events;
use crate::process::Process;

/// Thirty seconds at AWS's rate: ten imports a second of a hundred findings each.
pub(crate) const AT_RATES: u64 = 30_000;

pub(crate) const MILLION: u64 = 1_000_000;

/// Accounts that the million goes to.
pub(crate) const ACCOUNTS: u64 = 50;
/// Devices of each.
const DEVICES: u64 = 20;

/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html>.
const IMPORTS: &str = "rate:10/30";

/// How often it is looked how far the gateway is.
const LOOK: Duration = Duration::from_millis(100);

/// What was measured.
pub(crate) struct Delivered {
    pub(crate) events: u64,
    /// From the gateway's start until the last offset was kept.
    pub(crate) took: Duration,
    pub(crate) imports: u64,
    pub(crate) throttled: u64,
    pub(crate) dead_letters: usize,
    pub(crate) processor_time: Duration,
    /// Resident at one time at the most, in KiB.
    pub(crate) peak_kib: u64,
    /// Resident after a tenth of the events, and at the end.
    pub(crate) resident_kib: (u64, u64),
}

impl Delivered {
    pub(crate) fn a_second(&self) -> f64 {
        self.events as f64 / self.took.as_secs_f64()
    }
}

pub(crate) async fn at_rates() -> Delivered {
    let sandbox = sandbox(1).await;
    control(&sandbox, "POST", "faults", json!({ "operation": "securityhub.BatchImportFindings", "fault": IMPORTS }))
        .await;
    deliver(sandbox, 1, AT_RATES, events::template()).await
}

pub(crate) async fn million() -> Delivered {
    deliver(sandbox(ACCOUNTS).await, ACCOUNTS, MILLION, events::template_of_few_findings()).await
}

/// A sandbox in which each of so many accounts has devices.
async fn sandbox(accounts: u64) -> Sandbox {
    let members: Vec<String> = (1..=accounts).map(|account| (500_000_000_000 + account).to_string()).collect();
    let hosts: Vec<Value> = (0..accounts * DEVICES)
        .map(|device| events::host(device, &members[usize::try_from(device / DEVICES).unwrap()]))
        .collect();
    let sandbox = Sandbox::new(SandboxOptions { members, ..SandboxOptions::new(Clock::system()) });
    control(&sandbox, "POST", "falcon/hosts", json!(hosts)).await;
    sandbox
}

async fn deliver(sandbox: Sandbox, accounts: u64, events: u64, template: Value) -> Delivered {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(sandbox.clone().serve(listener, pending()));
    let streams = control(&sandbox, "GET", "falcon/streams", Value::Null).await;
    let before: u64 = streams.as_array().unwrap().iter().map(|partition| partition["next"].as_u64().unwrap()).sum();
    let devices: Vec<String> = (0..DEVICES * accounts).map(events::device).collect();
    let many = json!({ "template": template, "count": events, "devices": devices });
    control(&sandbox, "POST", "falcon/events", many).await;
    let gateway = Process::start(&endpoint);
    let begun = Instant::now();
    let mut resident_early = None;
    loop {
        tokio::time::sleep(LOOK).await;
        let kept: u64 = gateway.offsets().values().map(|offset| offset + 1).sum();
        let settled = kept.saturating_sub(before);
        if settled >= events / 10 {
            resident_early.get_or_insert_with(|| gateway.own.memory_kib("VmRSS"));
        }
        if settled >= events {
            break;
        }
    }
    let took = begun.elapsed();
    let counted = async |path| control(&sandbox, "GET", path, Value::Null).await;
    let of = |calls: &Value| calls["securityhub.BatchImportFindings"].as_u64().unwrap_or_default();
    let (calls, throttled) = (counted("calls").await, counted("calls/throttled").await);
    let delivered = Delivered {
        events,
        took,
        imports: of(&calls),
        throttled: of(&throttled),
        dead_letters: gateway.dead_letters(),
        processor_time: gateway.own.processor_time(),
        peak_kib: gateway.own.memory_kib("VmHWM"),
        resident_kib: (resident_early.unwrap(), gateway.own.memory_kib("VmRSS")),
    };
    serving.abort();
    delivered
}
