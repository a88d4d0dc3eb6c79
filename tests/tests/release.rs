//! Blocks end: a person takes them back, or their time is over.

use std::time::Duration;

use falconer_tests::findings::falcon;
use falconer_tests::house::House;
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn a_person_releases_a_finding_and_its_block_leaves_every_zone() {
    let house = House::open().await;
    let finding = falcon("falcon-1", "domain", "evil.example");
    house.import(&finding).await;
    house.success().await;
    house.choose_with("falconerRelease", &finding).await;
    let endings = house.endings_of("release-block").await;
    assert!(endings[0].succeeded(), "{endings:#?}");
    assert!(house.blocked().await.is_empty());
    let zones = endings[0].output["enforcement"]["zones"].as_array().unwrap();
    assert!(
        zones
            .iter()
            .all(|zone| zone["updateToken"] == endings[0].output["released"]["update"]["groups"][0]["updateToken"])
    );
    let (state, note) = house.told("falcon-1").await;
    assert_eq!(state, "Released");
    assert!(note.contains("released evil.example"), "{note}");
}

#[tokio::test(start_paused = true)]
async fn a_block_stays_until_the_last_finding_that_asks_for_it_is_released() {
    let house = House::open().await;
    let (first, second) = (falcon("falcon-1", "domain", "evil.example"), falcon("falcon-2", "domain", "evil.example"));
    house.import(&first).await;
    house.import(&second).await;
    house.endings().await;
    house.choose_with("falconerRelease", &first).await;
    house.endings_of("release-block").await;
    assert_eq!(house.blocked().await, ["evil.example"]);
    assert!(house.told("falcon-1").await.1.contains("stays blocked"));
    house.choose_with("falconerRelease", &second).await;
    house.endings_of("release-block").await;
    assert!(house.blocked().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_person_releases_by_name_and_looks_before_it() {
    let house = House::open().await;
    let block = json!({ "indicators": [{ "type": "domain", "value": "evil.example" }], "reason": "case 42" });
    assert!(house.run(&block).await.succeeded());
    let mut release = block.clone();
    release["dryRun"] = json!(true);
    let ending = house.run_of("release-block", &release).await;
    assert_eq!(ending.output["released"]["releases"][0]["outcome"], "released", "{ending:#?}");
    assert_eq!(house.blocked().await, ["evil.example"]);
    assert!(house.run_of("release-block", &block).await.succeeded());
    assert!(house.blocked().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_imported_finding_never_takes_a_block_back() {
    let house = House::open().await;
    let event = json!({
        "source": "aws.securityhub",
        "detail-type": "Security Hub Findings - Imported",
        "detail": { "findings": [falcon("falcon-1", "domain", "evil.example")] },
    });
    let ending = house.run_of("release-block", &event).await;
    assert_eq!(ending.error.as_deref(), Some("Input.Invalid"), "{ending:#?}");
    assert!(ending.cause.unwrap().contains("only a person"));
}

#[tokio::test(start_paused = true)]
async fn what_is_over_leaves_the_group_by_itself_in_one_update() {
    let house = House::open().await;
    let indicators =
        [json!({ "type": "domain", "value": "short.example" }), json!({ "type": "ipv4", "value": "198.51.100.7" })];
    assert!(house.run(&json!({ "indicators": indicators, "reason": "case 42", "ttl": "1h" })).await.succeeded());
    let long =
        json!({ "indicators": [{ "type": "domain", "value": "long.example" }], "reason": "case 43", "ttl": "7d" });
    assert!(house.run(&long).await.succeeded());
    let updates = house.calls("network-firewall.UpdateRuleGroup").await;
    tokio::time::sleep(Duration::from_secs(50 * 60)).await;
    assert_eq!(house.blocked().await.len(), 3, "not before their time");
    tokio::time::sleep(Duration::from_secs(30 * 60)).await;
    assert_eq!(house.blocked().await, ["long.example"]);
    assert_eq!(house.calls("network-firewall.UpdateRuleGroup").await, updates + 1);
    assert!(house.endings_of("expire-blocks").await.iter().all(|ending| ending.succeeded()));
}
