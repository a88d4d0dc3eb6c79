//! A thousand findings at once, on a bad day: slow calls, throttles, lost answers, and somebody else who writes as well.

use std::time::Duration;

use aws_sdk_sfn::types::ExecutionStatus;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::findings::falcon;
use crate::foreign_writer::{Changes, keep_changing};
use crate::house::{self, House};
use crate::one_group;
use crate::tally::{GroupCalls, Tally};

/// What came of a load.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Executions that ended as they should.
    pub succeeded: usize,
    /// From the first start to the last update that brought a block.
    pub until_written: Duration,
    /// From the first start to the last end.
    pub until_ended: Duration,
    /// What the worker called.
    pub calls: GroupCalls,
    /// What the other one has written meanwhile.
    pub others: Changes,
    /// The block rule group in the end.
    pub text: String,
}

/// The address that finding number `number` names: of the documentation's, of which only IPv6 has as many.
#[must_use]
pub fn address(number: usize) -> String {
    format!("2001:db8::{:x}", number + 1)
}

/// Lets calls on the rule group take 300 ms, throttles one call of Network Firewall of twenty, and loses the answers of
/// two of a hundred.
pub async fn make_it_a_bad_day(house: &House) {
    for operation in ["network-firewall.DescribeRuleGroup", "network-firewall.UpdateRuleGroup"] {
        house.fault(json!({ "operation": operation, "fault": "delay:300" })).await;
    }
    for (fault, chance) in [("throttle", 0.05), ("lose-answer", 0.02)] {
        house.fault(json!({ "operation": "network-firewall.*", "fault": fault, "chance": chance })).await;
    }
}

/// Brings in that many findings at once, each with an address of its own, and waits until every execution has ended.
///
/// The other one writes until every block stands in the group. It could not go on: a zone that is given a new version each
/// second is never in sync with any.
///
/// The worker has that many slots, which bound how many requests one update can carry. The caps are raised: they are there
/// to stop such a load, and what they stop is told elsewhere.
pub async fn bring_in(findings: usize, slots: usize) -> Outcome {
    let mut house = House::without_a_worker().await;
    let tally = Tally::new(&house.sandbox);
    house.sdk = tally.counting(&house.sdk);
    house.start_worker(&format!(
        "[worker]\nslots = {slots}\n[caps]\nper_hour = {findings}\nper_account_per_hour = {findings}\n"
    ));
    make_it_a_bad_day(&house).await;
    let uncounted = house::sdk(&house.sandbox);
    let all_stand = move |text: &str| one_group::read(text).held().len() == findings;
    let others = tokio::spawn(async move { keep_changing(&uncounted, all_stand).await });
    let begun = house.now();
    let all: Vec<Value> = (0..findings).map(finding).collect();
    house.control("POST", "findings", json!(all)).await;

    let endings = house.endings().await;
    let (others, calls) = (others.await.unwrap(), tally.calls());
    let written = endings.iter().filter_map(|ending| ending.output["ledger"]["written"].as_str());
    let last_written = written.map(|time| time.parse::<Timestamp>().unwrap()).max().unwrap_or(begun);
    let last_end = house.last_end().await.unwrap_or(begun);
    house.control("DELETE", "faults", Value::Null).await;
    Outcome {
        succeeded: endings.iter().filter(|ending| ending.status == ExecutionStatus::Succeeded).count(),
        until_written: (last_written - begun).try_into().unwrap(),
        until_ended: (last_end - begun).try_into().unwrap(),
        calls,
        others,
        text: house.rule_group().await.text,
    }
}

fn finding(number: usize) -> Value {
    falcon(&format!("falcon-{number}"), "ipv6", &address(number))
}
