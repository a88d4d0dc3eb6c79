//! From Falcon Intelligence to the hunt rule group.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::time::Duration;

use falconer_cli::execution::Ending;
use falconer_domain::policy::{Pause, Switch};
use falconer_tests::house::House;
use falconer_tests::hunts::{FOREIGN_LINE, TWO_HUNTS, domain, with};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

const INDICATORS: &str = "falcon.Indicators";
const UPDATES: &str = "network-firewall.UpdateRuleGroup";
const BEAR: &str = "[hunt.lists.bear]\nfilter = \"actors:'FANCYBEAR'\"\n";

/// A house in which Falcon knows some domains, of which one is of both hunts.
async fn house() -> House {
    let house = House::with(TWO_HUNTS).await;
    let sofacy = |record| with(record, json!({ "malware_families": ["Sofacy"] }));
    house
        .know(json!([
            domain("a.example", 1_700_000_001),
            sofacy(domain("both.example", 1_700_000_002)),
            with(sofacy(domain("198.51.100.7", 1_700_000_003)), json!({ "type": "ip_address", "actors": [] })),
        ]))
        .await;
    house
}

fn succeeded(ending: Ending) -> Value {
    assert!(ending.succeeded(), "{ending:#?}");
    ending.output
}

fn failed(ending: &Ending, error: &str) -> String {
    assert_eq!(ending.error.as_deref(), Some(error), "{ending:#?}");
    ending.cause.clone().unwrap()
}

#[tokio::test(start_paused = true)]
async fn of_sixty_thousand_indicators_the_best_stand_in_their_order_after_as_few_calls_as_can_be() {
    let house = House::with(BEAR).await;
    house.rewrite_hunts(|text| format!("{FOREIGN_LINE}{text}")).await;
    let before = house.hunt_group().await;
    let template = json!({
        "indicator": "evil-{n}.example", "type": "domain", "malicious_confidence": "high", "actors": ["FANCYBEAR"],
    });
    house.know(json!({ "template": template, "count": 60_000 })).await;
    house.control("DELETE", "calls", Value::Null).await;
    let told = succeeded(house.refresh(json!({})).await);
    // Ten thousand on the first page, and on each further one a record that was there already.
    assert_eq!(house.calls(INDICATORS).await, 1 + 50_000_u64.div_ceil(9_999));
    assert_eq!(house.calls(UPDATES).await, 1);

    // Seven are of the same second; of those the names decide.
    let mut best: Vec<(u32, String)> =
        (0..60_000).map(|number| (u32::MAX - number / 7, format!("evil-{number}.example: bear"))).collect();
    best.sort();
    let hunted = house.hunted().await;
    let best: Vec<String> = best.into_iter().map(|(_, line)| line).take(hunted.len()).collect();
    assert_eq!(hunted, best);
    let bear = &told["hunts"]["bear"];
    assert_eq!((&bear["wanted"], &bear["added"]), (&json!(60_000), &json!(hunted.len())));
    assert_eq!(bear["leftOut"], 60_000 - hunted.len());
    assert_eq!(bear["firstAdded"].as_array().unwrap().len(), 10);
    let group = house.hunt_group().await;
    let one_more = 4 * group.text.lines().last().unwrap().len() + 200;
    assert!(group.text.len() + one_more > 2_000_000, "{} bytes leave room for more", group.text.len());
    assert!(group.text.starts_with(&before.text) && group.same_options_as(&before));

    let again = succeeded(house.refresh(json!({})).await);
    assert_eq!((house.calls(UPDATES).await, &again["hunts"]["bear"]["kept"]), (1, &json!(hunted.len())));
}

#[tokio::test(start_paused = true)]
async fn several_hunts_share_the_group_and_one_is_refreshed_without_the_others() {
    let house = house().await;
    let told = succeeded(house.refresh(json!({})).await);
    assert_eq!(house.calls(UPDATES).await, 1, "one update for all hunts");
    assert_eq!(house.hunted().await, ["198.51.100.7: energy", "both.example: bear+energy", "a.example: bear"]);
    assert_eq!((&told["hunts"]["bear"]["added"], &told["hunts"]["energy"]["added"]), (&json!(2), &json!(2)));

    house.control("DELETE", "falcon/indicators", Value::Null).await;
    house.know(json!([domain("new.example", 1_700_000_009)])).await;
    let told = succeeded(house.refresh(json!({ "hunts": ["bear"] })).await);
    assert_eq!(house.hunted().await, ["198.51.100.7: energy", "both.example: energy", "new.example: bear"]);
    let bear = &told["hunts"]["bear"];
    assert_eq!((&bear["added"], &bear["removed"], &bear["kept"]), (&json!(1), &json!(2), &json!(0)));
    assert!(told["hunts"]["energy"].is_null());
}

#[tokio::test(start_paused = true)]
async fn a_hunt_that_is_configured_no_more_leaves_the_group() {
    let mut house = house().await;
    succeeded(house.refresh(json!({})).await);
    house.drain_worker().await;
    house.start_worker(BEAR);
    let told = succeeded(house.refresh(json!({})).await);
    assert_eq!(told["gone"], json!({ "energy": 2 }));
    assert_eq!(house.hunted().await, ["both.example: bear", "a.example: bear"]);
}

#[tokio::test(start_paused = true)]
async fn what_a_person_names_wrongly_is_refused_by_its_field() {
    let house = house().await;
    let cause = failed(&house.refresh(json!({ "hunts": ["bear", "panda"] })).await, "Input.Invalid");
    assert!(cause.contains("hunts[1]") && cause.contains("bear, energy"), "{cause}");
    assert_eq!(house.calls(INDICATORS).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_tells_what_would_change_and_writes_nothing() {
    let house = house().await;
    let told = succeeded(house.refresh(json!({ "dryRun": true })).await);
    assert_eq!(told["hunts"]["bear"]["added"], 2);
    assert_eq!((house.calls(UPDATES).await, house.hunted().await.len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn broken_records_are_counted_and_cost_no_others() {
    let house = House::with(BEAR).await;
    let hostile = "evil.example\"; sid:1;) drop ip any any -> any any (msg:\"all\"";
    house
        .know(json!([
            "half a record",
            domain("a.example", 1_700_000_001),
            with(domain("b.example", 1_700_000_002), json!({ "actors": ["FANCYBEAR"], "indicator": 7 })),
            with(domain("c.example", 1_700_000_003), json!({ "type": "url", "indicator": "http://c.example/x" })),
            with(domain("d.example", 1_700_000_004), json!({ "indicator": hostile })),
            with(domain("e.example", 1_700_000_005), json!({ "last_updated": null, "malicious_confidence": null })),
            domain("login.microsoftonline.com", 1_700_000_006),
            with(domain("a.example", 1_700_000_007), json!({ "malicious_confidence": "low" })),
        ]))
        .await;
    let told = succeeded(house.refresh(json!({})).await);
    assert_eq!(house.hunted().await, ["a.example: bear", "e.example: bear"]);
    let expected =
        json!({ "otherTypes": 1, "addresses": 0, "deleted": 0, "malformed": 3, "refused": 1, "repeated": 1 });
    assert_eq!(told["hunts"]["bear"]["skipped"], expected);
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_is_waited_out() {
    let house = house().await;
    house.fault(json!({ "operation": INDICATORS, "fault": "throttle", "times": 1 })).await;
    let begun = Instant::now();
    succeeded(house.refresh(json!({})).await);
    assert!(begun.elapsed() < Duration::from_secs(70), "{:?}", begun.elapsed());
    assert_eq!(house.calls(INDICATORS).await, 3, "the refused call once more, and one for the other hunt");
    assert_eq!(house.hunted().await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_filter_that_falcon_refuses_fails_with_falcons_words_and_costs_no_other_hunt() {
    let config = format!("{BEAR}[hunt.lists.wrong]\nfilter = \"no_such_field:'x'\"\n");
    let house = House::with(&config).await;
    house.know(json!([domain("a.example", 1_700_000_001)])).await;
    let cause = failed(&house.refresh(json!({})).await, "Falcon.Rejected");
    assert!(cause.contains("the hunt wrong keeps the list that it had") && cause.contains("no_such_field"), "{cause}");
    assert_eq!(house.hunted().await, ["a.example: bear"]);
    let told = Value::from(house.notifications().await).to_string();
    assert!(told.contains("Falcon.Rejected"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn when_falcon_is_silent_the_group_stays_as_it_was() {
    let house = house().await;
    succeeded(house.refresh(json!({})).await);
    let before = house.hunt_group().await;
    house.control("DELETE", "falcon/indicators", Value::Null).await;
    house.fault(json!({ "operation": INDICATORS, "fault": "error:503" })).await;
    let cause = failed(&house.refresh(json!({})).await, "Falcon.Unavailable");
    assert!(cause.contains("bear") && cause.contains("energy"), "{cause}");
    let after = house.hunt_group().await;
    assert_eq!((after.text, after.token), (before.text, before.token));
    assert!(Value::from(house.notifications().await).to_string().contains("Falcon.Unavailable"));
}

#[tokio::test(start_paused = true)]
async fn a_page_that_fails_in_the_middle_of_a_list_changes_nothing() {
    let house = House::with(BEAR).await;
    let template = json!({ "indicator": "evil-{n}.example", "type": "domain", "actors": ["FANCYBEAR"] });
    house.know(json!({ "template": template, "count": 25_000 })).await;
    // The first page of each attempt comes, and none after it.
    house.fault(json!({ "operation": INDICATORS, "fault": "delay:1000" })).await;
    let refreshing = house.refresh(json!({}));
    let cut = async {
        sleep(Duration::from_millis(1_500)).await;
        house.fault(json!({ "operation": INDICATORS, "fault": "error:403" })).await;
    };
    let (ending, ()) = tokio::join!(refreshing, cut);
    failed(&ending, "Falcon.AccessDenied");
    assert!(house.calls(INDICATORS).await > 1 && house.hunted().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_others_write_meanwhile_stays() {
    let house = house().await;
    house.fault(json!({ "operation": UPDATES, "fault": "delay:10000", "times": 1 })).await;
    let refreshing = house.refresh(json!({}));
    let foreign = async {
        sleep(Duration::from_secs(5)).await;
        house.rewrite_hunts(|text| format!("{FOREIGN_LINE}{text}")).await;
    };
    let (ending, ()) = tokio::join!(refreshing, foreign);
    let told = succeeded(ending);
    assert!(house.hunt_group().await.text.starts_with(FOREIGN_LINE));
    assert_eq!((house.hunted().await.len(), &told["hunts"]["bear"]["added"]), (3, &json!(2)));
    assert_eq!(house.calls(UPDATES).await, 3, "ours, theirs, and ours again");
}

#[tokio::test(start_paused = true)]
async fn an_update_whose_answer_is_lost_is_told_as_done() {
    let house = house().await;
    house.fault(json!({ "operation": UPDATES, "fault": "lose-answer", "times": 1 })).await;
    let told = succeeded(house.refresh(json!({})).await);
    assert_eq!((&told["hunts"]["bear"]["added"], &told["hunts"]["bear"]["kept"]), (&json!(2), &json!(0)));
}

#[tokio::test(start_paused = true)]
async fn the_schedule_refreshes_at_night_unless_automatic_acts_are_paused() {
    let mut house = House::without_a_worker().await;
    house.know(json!([domain("a.example", 1_700_000_001)])).await;
    house.set_switch(&Switch::Paused(Pause { since: house.now(), reason: "case 42".to_owned() })).await;
    sleep(until("2026-01-16T03:46:00Z", &house)).await;
    house.start_worker(BEAR);
    sleep(Duration::from_secs(120)).await;
    let paused = house.endings_of("refresh-hunt-list").await.remove(0);
    assert!(succeeded(paused)["idle"].as_str().unwrap().contains("case 42"));
    assert!(house.hunted().await.is_empty());
    assert_eq!(succeeded(house.refresh(json!({})).await)["hunts"]["bear"]["added"], 1, "a person is not held back");

    house.know(json!([domain("b.example", 1_700_000_002)])).await;
    house.set_switch(&Switch::On).await;
    house.drain_worker().await;
    sleep(until("2026-01-17T03:46:00Z", &house)).await;
    house.start_worker(BEAR);
    sleep(Duration::from_secs(120)).await;
    assert_eq!(house.hunted().await, ["a.example: bear", "b.example: bear"]);
}

fn until(time: &str, house: &House) -> Duration {
    time.parse::<Timestamp>().unwrap().duration_since(house.now()).unsigned_abs()
}

#[tokio::test(start_paused = true)]
async fn a_schedule_never_empties_the_group_for_a_worker_without_hunts() {
    let mut house = house().await;
    succeeded(house.refresh(json!({})).await);
    house.drain_worker().await;
    house.start_worker("");
    let event = json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} });
    let told = succeeded(house.refresh(event).await);
    assert!(told["idle"].as_str().unwrap().contains("hunt.lists"), "{told}");
    assert_eq!(house.hunted().await.len(), 3);
    let told = succeeded(house.refresh(json!({})).await);
    assert_eq!(told["gone"], json!({ "bear": 2, "energy": 2 }), "a person means it");
    assert!(house.hunted().await.is_empty());
}
