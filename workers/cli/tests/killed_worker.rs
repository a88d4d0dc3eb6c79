//! A worker process that is killed (-9) in the middle of an activity costs a heartbeat, and not a block.
//!
//! Real processes, real sockets, real time: the sandbox holds one call of each activity, the worker that waits for it is
//! killed, and another one finishes the execution through the state machine's own retries.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod place;

use falconer_cli::execution::{self, Ending};
use falconer_domain::ledger::Ledger;
use futures_util::future::join_all;
use serde_json::{Value, json};

use place::Place;

const REPORT: &str = "states.SendTaskSuccess";

/// Where a worker is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// While it waits for this call, which AWS never carries out.
    During(&'static str),
    /// After this call is done and before AWS learns of the activity's result; `None` for an activity without calls.
    BeforeTheReport(Option<&'static str>),
}

/// Each activity of an execution that succeeds, at each moment.
const MOMENTS: [Moment; 11] = [
    Moment::BeforeTheReport(None),
    Moment::During("network-firewall.UpdateRuleGroup"),
    Moment::BeforeTheReport(Some("network-firewall.UpdateRuleGroup")),
    Moment::During("network-firewall.DescribeFirewall"),
    Moment::BeforeTheReport(Some("network-firewall.DescribeFirewall")),
    Moment::During("network-firewall.StartFlowFlush"),
    Moment::BeforeTheReport(Some("network-firewall.StartFlowFlush")),
    Moment::During("network-firewall.DescribeFlowOperation"),
    Moment::BeforeTheReport(Some("network-firewall.DescribeFlowOperation")),
    Moment::During("securityhub.BatchUpdateFindings"),
    Moment::BeforeTheReport(Some("securityhub.BatchUpdateFindings")),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_in_the_middle_of_any_activity_leaves_each_block_once() {
    join_all(MOMENTS.map(|moment| async move {
        let place = Place::open().await;
        let ending = run_with_a_killed_worker(&place, moment).await;
        assert!(ending.succeeded(), "{moment:?}: {ending:#?}");
        let text = place.rules().await;
        let held: Vec<String> = Ledger::read([("falconer-block", text.as_str())])
            .held()
            .iter()
            .map(|held| held.entry.indicator.to_string())
            .collect();
        assert_eq!(held, ["198.51.100.7"], "{moment:?}");
        assert_eq!(text.matches("198.51.100.7 ").count(), 1, "{moment:?}: {text}");
        let state = &place.finding("gd-1").await["UserDefinedFields"]["falconerState"];
        assert_eq!(state, "Blocked", "{moment:?}");
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_while_it_records_a_failure_leaves_the_failure_recorded() {
    let place = Place::open().await;
    place.fault(json!({ "operation": "network-firewall.UpdateRuleGroup", "fault": "error:AccessDeniedException", "times": 99 })).await;
    let ending = run_with_a_killed_worker(&place, Moment::During("securityhub.BatchUpdateFindings")).await;
    assert_eq!(ending.error.as_deref(), Some("Firewall.AccessDenied"), "{ending:#?}");
    assert_eq!(place.finding("gd-1").await["UserDefinedFields"]["falconerState"], "Failed");
}

async fn run_with_a_killed_worker(place: &Place, moment: Moment) -> Ending {
    let mut doomed = place.worker();
    match moment {
        Moment::During(call) => {
            place.hold(call, 1).await;
            place.control("POST", "findings", finding()).await;
            place.called(call, 1).await;
        }
        Moment::BeforeTheReport(None) => {
            place.hold(REPORT, 1).await;
            place.control("POST", "findings", finding()).await;
            place.called(REPORT, 1).await;
        }
        Moment::BeforeTheReport(Some(call)) => {
            // The call is slowed down, so that the report after it can be held in time.
            place.fault(json!({ "operation": call, "fault": "delay:1500", "times": 1 })).await;
            place.control("POST", "findings", finding()).await;
            place.called(call, 1).await;
            let reports = place.calls(REPORT).await;
            place.hold(REPORT, 1).await;
            place.called(REPORT, reports + 1).await;
        }
    }
    doomed.kill().await.unwrap();
    let mut successor = place.worker();
    let ending = execution::follow(&place.states(), &place.execution().await, |_| {}).await.unwrap();
    successor.kill().await.unwrap();
    ending
}

fn finding() -> Value {
    json!({
        "SchemaVersion": "2018-10-08",
        "Id": "gd-1",
        "ProductArn": "arn:aws:securityhub:us-east-1::product/aws/guardduty",
        "GeneratorId": "detector",
        "AwsAccountId": "111122223333",
        "Types": ["TTPs/Command and Control/Backdoor:EC2-C&CActivity.B"],
        "CreatedAt": "2026-01-15T09:00:00Z",
        "UpdatedAt": "2026-01-15T09:00:00Z",
        "Severity": { "Label": "HIGH" },
        "Title": "A host talks to a command and control server",
        "Description": "A host talks to a command and control server",
        "Resources": [{ "Type": "AwsEc2Instance", "Id": "i-0123456789abcdef0", "Region": "us-east-1" }],
        "RecordState": "ACTIVE",
        "Workflow": { "Status": "NEW" },
        "Action": {
            "ActionType": "NETWORK_CONNECTION",
            "NetworkConnectionAction": { "Protocol": "TCP", "RemoteIpDetails": { "IpAddressV4": "198.51.100.7" } },
        },
    })
}
