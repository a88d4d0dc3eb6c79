//! Which findings act by themselves: stories in which a finding waits for a person, or is left alone.

use falconer_tests::findings::{self, falcon, guardduty_connection};
use falconer_tests::house::House;
use serde_json::{Value, json};

/// The finding has come in, its execution has ended, and it waits for a reason that holds these words.
async fn waits_because(finding: Value, config: &str, words: &str) -> House {
    let house = House::with(config).await;
    house.import(&finding).await;
    house.success().await;
    let (state, note) = house.told(finding["Id"].as_str().unwrap_or_default()).await;
    assert_eq!(state, "Waiting", "{note}");
    assert!(note.contains(words) && note.contains("Falconer: block"), "{note}");
    assert!(house.blocked().await.is_empty());
    house
}

#[tokio::test(start_paused = true)]
async fn in_a_denial_of_service_the_remote_side_is_the_victim_and_a_person_decides() {
    let mut finding = guardduty_connection("gd-1", "198.51.100.7");
    finding["Types"] = json!(["TTPs/Command and Control/Backdoor:EC2-DenialOfService.Udp"]);
    waits_because(finding, "", "DenialOfService").await;
}

#[tokio::test(start_paused = true)]
async fn a_tag_on_a_resource_forbids_automatic_acts() {
    let mut finding = falcon("falcon-1", "domain", "evil.example");
    finding["Resources"][0]["Tags"] = json!({ "falconer:automatic": "never" });
    waits_because(finding, "", "falconer:automatic").await;
}

#[tokio::test(start_paused = true)]
async fn a_finding_below_the_severity_asked_for_waits() {
    waits_because(falcon("falcon-1", "domain", "evil.example"), "[policy]\nmin_severity = \"CRITICAL\"\n", "CRITICAL")
        .await;
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_blocked_when_a_person_chooses_it() {
    let finding = falcon("falcon-1", "domain", "evil.example");
    let house = waits_because(finding.clone(), "[policy]\nmin_severity = \"CRITICAL\"\n", "CRITICAL").await;
    house.choose(&finding).await;
    assert!(house.endings().await.iter().all(|ending| ending.succeeded()));
    assert_eq!(house.blocked().await, ["evil.example"]);
    assert_eq!(house.told("falcon-1").await.0, "Blocked");
}

#[tokio::test(start_paused = true)]
async fn a_person_overrides_the_policy_and_never_the_guard() {
    let house = House::open().await;
    let finding = findings::threat_intel("desk-1", &[("DOMAIN", "sts.amazonaws.com"), ("DOMAIN", "evil.example")]);
    house.import(&finding).await;
    house.choose(&finding).await;
    house.success().await;
    assert_eq!(house.blocked().await, ["evil.example"]);
    assert!(house.told("desk-1").await.1.contains("sts.amazonaws.com"));
}

#[tokio::test(start_paused = true)]
async fn an_address_of_aws_waits_for_a_person_who_may_block_it() {
    let finding = guardduty_connection("gd-1", "13.32.0.7");
    let house = waits_because(finding.clone(), "", "13.32.0.7. It waits for a person, because it belongs to AWS").await;
    house.choose(&finding).await;
    assert!(house.endings().await.iter().all(|ending| ending.succeeded()));
    assert_eq!(house.blocked().await, ["13.32.0.7"]);
    assert_eq!(house.told("gd-1").await.0, "Blocked");
}

#[tokio::test(start_paused = true)]
async fn an_address_of_a_shared_network_waits_and_the_findings_other_indicators_are_blocked() {
    let house =
        House::with("[guard]\nallow_documentation_ranges = true\nshared_networks = [\"203.0.113.0/24\"]\n").await;
    house.import(&findings::guardduty_port_probe("gd-1", &["198.51.100.7", "203.0.113.66"])).await;
    let ending = house.success().await;
    assert_eq!(ending.output["plan"]["reserved"][0]["waiting"]["reason"], "sharedNetwork");
    assert_eq!(house.blocked().await, ["198.51.100.7"]);
    let (state, note) = house.told("gd-1").await;
    assert_eq!(state, "Blocked");
    assert!(
        note.contains("Not blocked: 203.0.113.66. It waits for a person, because it lies in 203.0.113.0/24"),
        "{note}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_person_who_writes_the_manual_form_may_block_an_address_of_aws() {
    let house = House::open().await;
    let input = json!({ "indicators": [{ "type": "ipv4", "value": "13.32.0.7" }], "reason": "case 42" });
    assert!(house.run(&input).await.succeeded());
    assert_eq!(house.blocked().await, ["13.32.0.7"]);
}

#[tokio::test(start_paused = true)]
async fn findings_that_are_over_are_left_alone_even_if_their_event_reaches_the_runbook() {
    let house = House::open().await;
    for (id, member, value) in [
        ("archived", "RecordState", json!("ARCHIVED")),
        ("suppressed", "Workflow", json!({ "Status": "SUPPRESSED" })),
        ("resolved", "Workflow", json!({ "Status": "RESOLVED" })),
        ("done", "UserDefinedFields", json!({ "falconerState": "Blocked" })),
    ] {
        let mut finding = falcon(id, "domain", "evil.example");
        finding[member] = value;
        let ending = house.run(&imported(&finding)).await;
        assert!(ending.succeeded(), "{id}: {ending:#?}");
        assert_eq!(ending.output["record"]["annotated"], 0, "{id}");
    }
    assert!(house.blocked().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_forged_finding_of_the_default_product_waits_even_if_its_event_reaches_the_runbook() {
    let house = House::open().await;
    let mut finding = falcon("forged", "domain", "evil.example");
    finding["ProductArn"] = json!(findings::DEFAULT);
    house.import(&finding).await;
    let ending = house.run(&imported(&finding)).await;
    assert!(ending.succeeded(), "{ending:#?}");
    assert_eq!(house.told("forged").await.0, "Waiting");
    assert!(house.blocked().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn beyond_the_hourly_cap_a_person_decides() {
    let house = House::with("[caps]\nper_account_per_hour = 2\n").await;
    for number in 0..4 {
        house.import(&falcon(&format!("falcon-{number}"), "domain", &format!("d{number}.evil.example"))).await;
    }
    for ending in house.endings().await {
        assert!(ending.succeeded(), "{ending:#?}");
    }
    assert_eq!(house.blocked().await.len(), 2);
    let mut states = Vec::new();
    for number in 0..4 {
        states.push(house.told(&format!("falcon-{number}")).await.0);
    }
    states.sort();
    assert_eq!(states, ["Blocked", "Blocked", "Waiting", "Waiting"]);
}

#[tokio::test(start_paused = true)]
async fn two_findings_of_one_indicator_are_one_block_that_knows_both() {
    let house = House::open().await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    house.import(&falcon("falcon-2", "domain", "evil.example")).await;
    for ending in house.endings().await {
        assert!(ending.succeeded(), "{ending:#?}");
    }
    let ledger = house.rule_group().await.ledger();
    assert_eq!(ledger.held().len(), 1);
    assert_eq!(ledger.held()[0].entry.causes.count(), 2);
}

fn imported(finding: &Value) -> Value {
    json!({
        "source": "aws.securityhub",
        "detail-type": "Security Hub Findings - Imported",
        "detail": { "findings": [finding] },
    })
}
