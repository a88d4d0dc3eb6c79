//! Stories of the runbook `contain-finding`: real definitions, real worker, real SDK, virtual time.

use std::time::Duration;

use aws_sdk_sfn::types::HistoryEventType;
use falconer_tests::findings::{
    self, falcon, guardduty_connection, guardduty_connection_in_product_fields, guardduty_dns, guardduty_port_probe,
    threat_intel,
};
use falconer_tests::house::House;
use serde_json::{Value, json};

#[tokio::test(start_paused = true)]
async fn a_falcon_finding_becomes_a_block_that_every_zone_enforces() {
    let house = House::open().await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    let ending = house.success().await;

    assert_eq!(house.blocked().await, ["evil.example"]);
    let zones = ending.output["enforcement"]["zones"].as_array().unwrap();
    assert_eq!(zones.len(), 3);
    for zone in zones {
        assert_eq!(zone["status"], "IN_SYNC");
        assert_eq!(zone["updateToken"], ending.output["ledger"]["groups"][0]["updateToken"]);
    }
    let (state, note) = house.told("falcon-1").await;
    assert_eq!(state, "Blocked");
    assert!(note.contains("evil.example") && note.contains("falconer blocks release evil.example"), "{note}");
}

#[tokio::test(start_paused = true)]
async fn every_indicator_of_a_comma_separated_value_is_blocked_and_never_the_resolver() {
    let house = House::open().await;
    house.import(&falcon("falcon-2", "domain", "a.evil.example, b.evil.example,c.evil.example")).await;
    house.success().await;
    assert_eq!(house.blocked().await, ["a.evil.example", "b.evil.example", "c.evil.example"]);
    assert!(!house.rule_group().await.text.contains("10.0.0.2"));
}

#[tokio::test(start_paused = true)]
async fn guardduty_is_understood_in_both_of_its_shapes() {
    let house = House::open().await;
    house.import(&guardduty_connection("gd-1", "198.51.100.7")).await;
    house.import(&guardduty_connection_in_product_fields("gd-2", "198.51.100.8")).await;
    house.import(&guardduty_dns("gd-3", "dga.evil.example")).await;
    house.import(&guardduty_port_probe("gd-4", &["203.0.113.7", "203.0.113.8"])).await;
    for ending in house.endings().await {
        assert!(ending.succeeded(), "{ending:#?}");
    }
    let mut blocked = house.blocked().await;
    blocked.sort();
    assert_eq!(blocked, ["198.51.100.7", "198.51.100.8", "203.0.113.7", "203.0.113.8", "dga.evil.example"]);
}

#[tokio::test(start_paused = true)]
async fn threat_intelligence_of_the_default_product_waits_for_a_person_and_then_acts() {
    let house = House::open().await;
    let indicators = [
        ("IPV4_ADDRESS", "198.51.100.7"),
        ("IPV6_ADDRESS", "2001:db8::7"),
        ("DOMAIN", "evil.example"),
        ("URL", "http://url.example:8080/x"),
    ];
    let finding = threat_intel("intel-1", &indicators);
    house.import(&finding).await;
    assert!(house.executions().await.is_empty(), "anyone can import under the default product");
    house.choose(&finding).await;
    house.success().await;
    let mut blocked = house.blocked().await;
    blocked.sort();
    assert_eq!(blocked, ["198.51.100.7", "2001:db8::7", "evil.example", "url.example"]);
}

#[tokio::test(start_paused = true)]
async fn a_person_can_block_by_hand() {
    let house = House::open().await;
    let form = json!({
        "indicators": [{ "type": "domain", "value": "evil.example" }, { "type": "ipv4", "value": "198.51.100.7" }],
        "reason": "case 42",
        "ttl": "7d",
    });
    let ending = house.run(&form).await;
    assert!(ending.succeeded(), "{ending:#?}");
    assert_eq!(house.blocked().await, ["evil.example", "198.51.100.7"]);
    let expires = &ending.output["ledger"]["blocks"][0]["held"]["entry"]["expires"];
    assert!(expires.as_str().unwrap().starts_with("2026-01-22T10:00:"), "{expires}");
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_says_what_would_change_and_writes_nothing() {
    let house = House::open().await;
    let before = house.rule_group().await;
    let form =
        json!({ "indicators": [{ "type": "domain", "value": "evil.example" }], "reason": "look", "dryRun": true });
    let ending = house.run(&form).await;
    assert!(ending.succeeded(), "{ending:#?}");
    assert_eq!(ending.output["ledger"]["blocks"][0]["outcome"], "added");
    assert_eq!(house.rule_group().await.token, before.token);
    assert_eq!(house.calls("network-firewall.UpdateRuleGroup").await, 0);
}

#[tokio::test(start_paused = true)]
async fn what_others_wrote_into_the_group_stays_with_its_options() {
    let house = House::open().await;
    let before = house.rule_group().await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    house.success().await;
    let after = house.rule_group().await;
    assert!(after.text.starts_with(&before.text));
    assert!(after.same_options_as(&before));
}

#[tokio::test(start_paused = true)]
async fn open_flows_of_an_address_are_cut_and_others_are_not() {
    let house = House::open().await;
    house.import(&guardduty_connection("gd-1", "198.51.100.7")).await;
    house.success().await;
    let flows = house.control("GET", "flows", Value::Null).await;
    let open: Vec<&str> = flows.as_array().unwrap().iter().map(|flow| flow["destination"].as_str().unwrap()).collect();
    assert_eq!(open, ["203.0.113.9", "192.0.2.80"]);
}

#[tokio::test(start_paused = true)]
async fn the_annotation_does_not_start_the_runbook_again() {
    let house = House::open().await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    house.success().await;
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!(house.executions().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_analysts_note_is_never_overwritten() {
    let house = House::open().await;
    let finding = falcon("falcon-1", "domain", "evil.example");
    house.import_with_note(&finding, "Seen this before. Ana").await;
    let ending = house.success().await;
    assert_eq!(ending.output["record"]["notesLeftAlone"], 1);
    let (state, note) = house.told("falcon-1").await;
    assert_eq!((state.as_str(), note.as_str()), ("Blocked", "Seen this before. Ana"));
}

#[tokio::test(start_paused = true)]
async fn refused_indicators_are_named_with_their_reason_and_the_rest_is_blocked() {
    let house = House::open().await;
    house.import(&falcon("falcon-1", "domain", "evil.example,sts.amazonaws.com,co.uk")).await;
    house.success().await;
    assert_eq!(house.blocked().await, ["evil.example"]);
    let (_, note) = house.told("falcon-1").await;
    assert!(note.contains("sts.amazonaws.com") && note.contains("co.uk"), "{note}");
}

#[tokio::test(start_paused = true)]
async fn a_finding_without_an_indicator_is_told_that_there_is_nothing_to_block() {
    let house = House::open().await;
    house.import(&falcon("falcon-1", "hash_sha256", &"ab".repeat(32))).await;
    house.import(&findings::finding("gd-1", findings::GUARDDUTY)).await;
    for ending in house.endings().await {
        assert!(ending.succeeded(), "{ending:#?}");
    }
    for id in ["falcon-1", "gd-1"] {
        let (state, note) = house.told(id).await;
        assert_eq!(state, "NothingToBlock", "{note}");
        assert!(note.contains("nothing to block"), "{note}");
    }
    assert_eq!(house.calls("network-firewall.UpdateRuleGroup").await, 0);
}

#[tokio::test(start_paused = true)]
async fn hostile_text_never_becomes_a_rule() {
    let hostile = [
        "\";) drop ip any any -> any any (",
        "evil.example\";) drop ip any any -> any any (msg:\"x",
        "evil.example\ndrop ip any any -> any any (sid:1;)",
        "198.51.100.7/0",
        "0.0.0.0/0",
        "::/0",
        "*",
        ".com",
        "$HOME_NET",
        "!198.51.100.7",
        "[198.51.100.0/24,0.0.0.0/0]",
        "evil.example; sid:1; rev:1;",
        "\u{0}\u{1b}[31m",
        "${jndi:ldap://evil.example/a}",
    ];
    let house = House::open().await;
    let before = house.rule_group().await.text;
    for (number, value) in hostile.iter().enumerate() {
        for kind in ["domain", "ipv4", "ipv6"] {
            house.import(&falcon(&format!("hostile-{kind}-{number}"), kind, value)).await;
        }
    }
    for ending in house.endings().await {
        assert!(ending.succeeded(), "{ending:#?}");
    }
    assert_eq!(house.rule_group().await.text, before);
    assert_eq!(house.told("hostile-domain-0").await.0, "NothingToBlock");
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_indicators_are_refused_as_a_whole_and_the_finding_says_so() {
    let house = House::open().await;
    let many: Vec<String> = (0..10_000).map(|number| format!("d{number}.ev.example")).collect();
    // Longer than Security Hub lets a product field be, so the event is sent by hand.
    house.import(&findings::finding("default-1", findings::DEFAULT)).await;
    let mut finding = falcon("default-1", "domain", &many.join(","));
    finding["ProductArn"] = json!(findings::DEFAULT);
    let ending = house.run(&imported(&[finding])).await;
    assert_eq!(ending.error.as_deref(), Some("Input.Invalid"));
    let (state, note) = house.told("default-1").await;
    assert_eq!(state, "Failed");
    assert!(note.contains("10000") && note.contains("Input.Invalid"), "{note}");
    assert!(house.blocked().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_input_that_is_neither_form_fails_with_a_sentence_that_names_the_field() {
    let house = House::open().await;
    let inputs = [
        (json!("text"), "indicators"),
        (json!({}), "detail.findings"),
        (imported(&[]), "detail.findings"),
        (json!({ "indicators": [], "reason": "none" }), "indicators"),
        (json!({ "indicators": [{ "type": "domain", "value": "evil.example" }] }), "reason"),
        (json!({ "indicators": [{ "type": "domain", "value": "evil.example" }], "reason": "x", "ttl": "1s" }), "ttl"),
        (json!({ "indicators": [{ "type": "domain", "value": "evil.example" }], "reason": "x", "speed": 1 }), "speed"),
    ];
    for (input, field) in inputs {
        let ending = house.run(&input).await;
        assert_eq!(ending.error.as_deref(), Some("Input.Invalid"), "{input}: {ending:#?}");
        assert!(ending.cause.as_deref().unwrap().contains(field), "{input}: {ending:#?}");
    }
    assert!(house.blocked().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_input_that_is_not_json_starts_nothing() {
    let house = House::open().await;
    let states = house.states();
    let machines = states.list_state_machines().send().await.unwrap();
    let machine = machines.state_machines()[0].state_machine_arn();
    let refused = states.start_execution().state_machine_arn(machine).input("{not json").send().await.unwrap_err();
    assert!(refused.into_service_error().is_invalid_execution_input());
    assert!(house.executions().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_largest_finding_that_security_hub_takes_goes_through() {
    let house = House::open().await;
    let mut finding = falcon("falcon-1", "domain", "evil.example");
    finding["Resources"][0]["Details"] = json!({ "Other": { "padding": "p".repeat(200_000) } });
    house.import(&finding).await;
    house.success().await;
    assert_eq!(house.blocked().await, ["evil.example"]);
}

#[tokio::test(start_paused = true)]
async fn an_event_of_256_kib_ends_with_a_named_error_or_nothing_to_block_and_never_with_a_rule() {
    let house = House::open().await;
    for size in [262_144, 262_000, 250_000] {
        let mut event = imported(&[findings::finding("gone", findings::FALCON)]);
        event["detail"]["padding"] = json!("");
        let padding = size - event.to_string().len();
        event["detail"]["padding"] = json!("p".repeat(padding));
        assert_eq!(event.to_string().len(), size);
        let ending = house.run(&event).await;
        assert!(ending.error.is_some(), "{ending:#?}");
    }
    assert!(house.blocked().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_foreign_write_in_between_is_merged_with_and_nothing_is_lost() {
    let house = House::open().await;
    house
        .fault(json!({ "operation": "network-firewall.UpdateRuleGroup", "fault": "token-conflict", "times": 3 }))
        .await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    house.success().await;
    assert_eq!(house.blocked().await, ["evil.example"]);
    assert_eq!(house.calls("network-firewall.UpdateRuleGroup").await, 4);
}

#[tokio::test(start_paused = true)]
async fn an_update_whose_answer_is_lost_is_not_written_twice() {
    let house = House::open().await;
    house.fault(json!({ "operation": "network-firewall.UpdateRuleGroup", "fault": "lose-answer", "times": 1 })).await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    house.success().await;
    assert_eq!(house.blocked().await, ["evil.example"]);
    // In the message and in the content of each of four rules.
    assert_eq!(house.rule_group().await.text.matches("evil.example\"").count(), 8);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_away_for_a_while_is_waited_for() {
    let house = House::open().await;
    for operation in
        ["network-firewall.DescribeRuleGroup", "network-firewall.ListFirewalls", "securityhub.BatchUpdateFindings"]
    {
        house.fault(json!({ "operation": operation, "fault": "throttle", "times": 5 })).await;
    }
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    let ending = house.success().await;
    assert_eq!(ending.output["record"]["annotated"], 1);
    let executions = house.executions().await;
    let failed = house.history(&executions[0], HistoryEventType::ActivityFailed).await;
    assert!(!failed.is_empty(), "the state machine has retried");
}

#[tokio::test(start_paused = true)]
async fn a_denied_call_fails_at_once_with_the_permission_that_is_missing() {
    let house = House::open().await;
    house.fault(json!({ "operation": "network-firewall.UpdateRuleGroup", "fault": "error:AccessDeniedException", "times": 9 })).await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    let ending = house.failure().await;
    assert_eq!(ending.error.as_deref(), Some("Firewall.AccessDenied"));
    assert!(ending.cause.unwrap().contains("network-firewall:UpdateRuleGroup"));
    let (state, note) = house.told("falcon-1").await;
    assert_eq!(state, "Failed");
    assert!(note.contains("Firewall.AccessDenied"), "{note}");
    assert_eq!(house.calls("network-firewall.UpdateRuleGroup").await, 1, "a terminal failure is not repeated");
}

#[tokio::test(start_paused = true)]
async fn a_hundred_findings_at_once_cost_few_updates_and_none_is_lost() {
    let house = House::with("[caps]\nper_hour = 100\nper_account_per_hour = 100\n").await;
    // As an update takes in AWS; what arrives meanwhile is written by the next one.
    house.fault(json!({ "operation": "network-firewall.UpdateRuleGroup", "fault": "delay:1000", "times": 100 })).await;
    for number in 0..100 {
        house.import(&falcon(&format!("falcon-{number}"), "domain", &format!("d{number}.evil.example"))).await;
    }
    for ending in house.endings().await {
        assert!(ending.succeeded(), "{ending:#?}");
    }
    assert_eq!(house.blocked().await.len(), 100);
    let updates = house.calls("network-firewall.UpdateRuleGroup").await;
    assert!(updates <= 10, "{updates} updates");
}

/// The event that Security Hub sends of these findings.
fn imported(findings: &[Value]) -> Value {
    json!({
        "version": "0",
        "id": "5d9b6a3e-0000-4000-8000-000000000001",
        "detail-type": "Security Hub Findings - Imported",
        "source": "aws.securityhub",
        "account": "111122223333",
        "time": "2026-01-15T10:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": { "findings": findings },
    })
}
