//! What the dashboard and the alarms read: numbers of the ledger, the zones and the fleet.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::time::Duration;

use falconer_domain::policy::{Pause, Switch};
use falconer_tests::findings::falcon;
use falconer_tests::fleet::{healthy, instance};
use falconer_tests::house::{BLOCK_GROUP, House};
use falconer_tests::hunts::domain;
use serde_json::{Value, json};

const QUARTER: Duration = Duration::from_secs(15 * 60);

fn last(house: &House, metric: &str) -> Value {
    house.measured(metric).pop().unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_ledger_is_measured_every_quarter_of_an_hour_paused_or_not() {
    let house = House::open().await;
    house.import(&falcon("f-1", "domain", "evil.example")).await;
    house.success().await;
    tokio::time::sleep(QUARTER).await;
    let line = last(&house, "BlocksInForce");
    assert_eq!((&line["RuleGroup"], &line["BlocksInForce"]), (&json!(BLOCK_GROUP), &json!(1)));
    assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([["RuleGroup"]]));
    let pause = Pause { since: house.now(), reason: "a migration".to_owned() };
    house.set_switch(&Switch::Paused(pause)).await;
    let before = house.measured("GroupUse").len();
    tokio::time::sleep(QUARTER).await;
    assert_eq!(house.measured("GroupUse").len(), before + 1);
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_nearly_full_says_so() {
    let house = House::with("[firewall]\nblock_groups = [\"small\"]\n").await;
    house.create_rule_group("small", 5).await;
    house.import(&falcon("f-1", "domain", "evil.example")).await;
    house.success().await;
    tokio::time::sleep(QUARTER).await;
    let line = last(&house, "GroupUse");
    assert_eq!((&line["RuleGroup"], &line["GroupUse"]), (&json!("small"), &json!(80)), "four rules of five");
}

#[tokio::test(start_paused = true)]
async fn the_hunt_group_is_measured_when_it_is_refreshed() {
    let house = House::with("[hunt.lists.bear]\nfilter = \"actors:'FANCYBEAR'\"\n").await;
    house.know(json!([domain("evil.example", 1_700_000_001)])).await;
    assert!(house.refresh(json!({})).await.succeeded());
    let line = last(&house, "GroupUse");
    assert_eq!(
        (&line["RuleGroup"], &line["GroupUse"]),
        (&json!("falconer-hunt"), &json!(0)),
        "some rules of thousands"
    );
}

#[tokio::test(start_paused = true)]
async fn a_zone_counts_as_behind_when_its_time_is_over_and_not_before() {
    let house = House::open().await;
    house.import(&falcon("f-1", "domain", "evil.example")).await;
    house.success().await;
    assert!(house.measured("ZonesBehind").iter().all(|line| line["ZonesBehind"] == 0));
    house.fault(json!({ "zone": "us-east-1b", "fault": "stuck" })).await;
    house.import(&falcon("f-2", "domain", "worse.example")).await;
    house.endings().await;
    assert_eq!(last(&house, "ZonesBehind")["ZonesBehind"], 1);
}

#[tokio::test(start_paused = true)]
async fn the_fleet_is_measured_by_verdict_with_each_check() {
    let house = House::without_triggers("").await;
    house.clear_fleet().await;
    (1..=3).for_each(|number| house.sandbox.put_instance(healthy(number)));
    house.sandbox.put_instance(instance(4));
    assert!(house.run_of("check-compliance", &json!({})).await.succeeded());
    let of = |verdict: &str| {
        let lines = house.measured("Instances");
        lines.iter().filter(|line| line["Verdict"] == verdict).filter_map(|line| line["Instances"].as_u64()).max()
    };
    assert_eq!((of("healthy"), of("missing"), of("stale")), (Some(3), Some(1), Some(0)));
}
