//! Every instance is judged, and the verdict stands where people look: in Config, in Security Hub, in the execution.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

use aws_sdk_config::types::ComplianceType;
use falconer_sandbox::{Agent, Health, Instance, Platform, Sensor, State};
use falconer_tests::fleet::{EAST, MEMBER, OTHER, healthy, instance, sensor};
use falconer_tests::house::House;
use serde_json::{Value, json};

/// An organization in which each of MEMBER's instances has another verdict.
fn one_of_each() -> Vec<(Instance, &'static str)> {
    let bottlerocket =
        Platform { name: "Bottlerocket".to_owned(), version: "1.19.5".to_owned(), ..Platform::default() };
    vec![
        (healthy(1), "healthy"),
        (instance(2), "missing"),
        (Instance { sensor: Some(Sensor { health: Health::Silent, ..sensor() }), ..instance(3) }, "missing"),
        (
            Instance {
                sensor: Some(Sensor { last_seen: "2026-01-13T10:00:00Z".parse().ok(), ..sensor() }),
                ..instance(4)
            },
            "stale",
        ),
        (
            Instance { sensor: Some(Sensor { health: Health::Reduced, ..sensor() }), ..instance(5) },
            "reducedFunctionality",
        ),
        (Instance { agent: Agent::None, ..instance(6) }, "unmanaged"),
        (Instance { agent: Agent::ConnectionLost, ..instance(7) }, "unmanaged"),
        (Instance { state: State::Stopped, ..healthy(8) }, "unmanaged"),
        (Instance { platform: bottlerocket, ..instance(9) }, "unsupportedPlatform"),
        (Instance { tags: [("falconer:exclude".to_owned(), String::new())].into(), ..instance(10) }, "excluded"),
    ]
}

/// Nothing acts by itself here: the findings would have sensors installed.
async fn house_with(instances: impl IntoIterator<Item = Instance>) -> House {
    let house = House::open().await;
    house.delete_switch().await;
    house.clear_fleet().await;
    instances.into_iter().for_each(|instance| house.sandbox.put_instance(instance));
    house
}

async fn checked(house: &House, input: Value) -> Value {
    let ending = house.run_of("check-compliance", &input).await;
    assert!(ending.succeeded(), "{ending:#?}");
    ending.output
}

#[tokio::test(start_paused = true)]
async fn each_instance_gets_its_verdict_and_its_finding() {
    let all = one_of_each();
    let house = house_with(all.iter().map(|(instance, _)| instance.clone())).await;
    let output = checked(&house, json!({})).await;
    assert_eq!(output["summary"]["failures"], Value::Null, "{output}");
    let mut expected = serde_json::Map::new();
    for (_, verdict) in &all {
        let count = expected.entry(*verdict).or_insert(json!(0));
        *count = json!(count.as_u64().unwrap() + 1);
    }
    assert_eq!(output["summary"]["instances"], Value::Object(expected));
    let findings = house.sensor_findings(MEMBER).await;
    let about: Vec<&str> = findings.iter().map(|finding| finding.id().unwrap().rsplit('/').next().unwrap()).collect();
    let wanted = [2, 3, 4, 5, 6, 7, 9].map(|number| instance(number).id);
    assert_eq!(about, wanted.iter().map(String::as_str).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_second_check_writes_nothing_and_a_healed_instance_is_archived() {
    let house = house_with([instance(1), instance(2)]).await;
    checked(&house, json!({})).await;
    let imports = house.calls("securityhub.BatchImportFindings").await;
    assert_eq!(checked(&house, json!({})).await["summary"]["findingsWritten"], Value::Null);
    assert_eq!(house.calls("securityhub.BatchImportFindings").await, imports);
    house.sandbox.put_instance(healthy(1));
    let summary = checked(&house, json!({})).await["summary"].clone();
    assert_eq!((&summary["findingsWritten"], &summary["findingsArchived"]), (&Value::Null, &json!(1)));
    assert_eq!(house.sensor_findings(MEMBER).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_finding_of_an_instance_that_is_gone_is_archived() {
    let house = house_with([instance(1)]).await;
    checked(&house, json!({})).await;
    house.sandbox.put_instance(Instance { state: State::Terminated, ..instance(1) });
    house.sandbox.put_instance(healthy(2));
    checked(&house, json!({})).await;
    assert!(house.sensor_findings(MEMBER).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_tells_and_writes_nothing() {
    let house = house_with([instance(1)]).await;
    let place = json!({ "accountId": MEMBER, "region": EAST, "dryRun": true });
    assert_eq!(checked(&house, place).await["summary"]["instances"], json!({ "missing": 1 }));
    assert_eq!(house.calls("securityhub.BatchImportFindings").await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_calls_gets_an_evaluation_of_each_instance_with_its_reason() {
    let all = one_of_each();
    let house = house_with(all.iter().map(|(instance, _)| instance.clone())).await;
    house.call_rule(MEMBER, json!("scheduled")).await;
    house.endings_of("check-compliance").await;
    let evaluated = house.evaluated(MEMBER).await;
    use ComplianceType::{Compliant, NonCompliant, NotApplicable};
    let wanted = [
        Compliant,
        NonCompliant,
        NonCompliant,
        NonCompliant,
        NonCompliant,
        NonCompliant,
        NonCompliant,
        NotApplicable,
        NonCompliant,
        NotApplicable,
    ];
    for ((instance, verdict), wanted) in all.iter().zip(wanted) {
        let (compliance, annotation) = &evaluated[&instance.id];
        assert_eq!((compliance, annotation.is_empty()), (&wanted, false), "{verdict}: {annotation}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_calls_for_one_instance_gets_that_one_alone() {
    let house = house_with([instance(1), instance(2)]).await;
    house.call_rule(MEMBER, json!({ "instance": instance(2).id })).await;
    house.endings_of("check-compliance").await;
    let evaluated = house.evaluated(MEMBER).await;
    assert_eq!(evaluated.keys().collect::<Vec<_>>(), [&instance(2).id]);
    assert_eq!(house.sensor_findings(MEMBER).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_costs_the_evaluations_and_not_the_findings() {
    let house = House::without_a_worker().await;
    house.clear_fleet().await;
    house.sandbox.put_instance(instance(1));
    house.call_rule(MEMBER, json!("scheduled")).await;
    house.control("DELETE", "config/result-tokens", Value::Null).await;
    let mut house = house;
    house.start_worker("");
    let ending = house.endings_of("check-compliance").await.remove(0);
    assert!(ending.succeeded(), "{ending:#?}");
    assert_eq!(ending.output["summary"]["failures"][0]["error"], "Config.ResultTokenExpired");
    assert_eq!(house.sensor_findings(MEMBER).await.len(), 1);
    assert_eq!(house.notifications().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn each_source_may_fail_and_costs_only_its_own_part() {
    for (operation, error, verdicts, findings, evaluations) in [
        ("securityhub.BatchImportFindings", "SecurityHub.Unavailable", json!({ "healthy": 1, "missing": 1 }), 0, 2),
        ("securityhub.GetFindings", "SecurityHub.Unavailable", json!({ "healthy": 1, "missing": 1 }), 0, 2),
        ("config.PutEvaluations", "Config.Unavailable", json!({ "healthy": 1, "missing": 1 }), 1, 0),
        ("falcon.Hosts", "Falcon.Unavailable", json!({ "unknown": 2 }), 0, 0),
        ("ssm.DescribeInstanceInformation", "Ssm.Unavailable", json!({ "healthy": 1, "unknown": 1 }), 0, 1),
        ("ssm.GetInventory", "Ssm.Unavailable", json!({ "healthy": 1, "missing": 1 }), 1, 2),
    ] {
        let house = house_with([healthy(1), instance(2)]).await;
        let code = if operation.starts_with("falcon") { "error:503" } else { "error:InternalServerError" };
        house.fault(json!({ "operation": operation, "fault": code })).await;
        house.call_rule(MEMBER, json!("scheduled")).await;
        let ending = house.endings_of("check-compliance").await.remove(0);
        assert!(ending.succeeded(), "{operation}: {ending:#?}");
        assert_eq!(ending.output["summary"]["instances"], verdicts, "{operation}");
        assert_eq!(ending.output["summary"]["failures"][0]["error"], error, "{operation}");
        let mended = house.control("DELETE", "faults", Value::Null).await;
        assert_eq!(house.sensor_findings(MEMBER).await.len(), findings, "{operation} {mended}");
        assert_eq!(house.evaluated(MEMBER).await.len(), evaluations, "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_comes_back_leaves_no_trace_of_its_silence() {
    let house = house_with([healthy(1), instance(2)]).await;
    house.fault(json!({ "operation": "securityhub.BatchImportFindings", "fault": "throttle", "times": 4 })).await;
    let output = checked(&house, json!({})).await;
    assert_eq!(output["summary"]["failures"], Value::Null);
    assert_eq!(house.sensor_findings(MEMBER).await.len(), 1);
    assert!(house.notifications().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_account_that_lets_nobody_in_stops_no_other_and_is_named() {
    let house = House::with("[accounts]\nexternal_id = \"somebody-elses\"\n").await;
    house.clear_fleet().await;
    house.sandbox.put_instance(instance(1));
    house.sandbox.put_instance(Instance { account: "111122223333".to_owned(), ..instance(2) });
    let output = checked(&house, json!({})).await;
    assert_eq!(output["summary"]["instances"], json!({ "missing": 1 }), "the hub needs no role");
    let failure = &output["summary"]["failures"][0];
    assert_eq!(
        (&failure["error"], &failure["place"]),
        (&json!("Account.AccessDenied"), &json!(format!("{MEMBER}/{EAST}")))
    );
    let message = house.notifications().await[0]["Message"].as_str().unwrap().to_owned();
    assert!(message.contains("Account.AccessDenied"), "{message}");
    assert!(!message.contains("somebody-elses"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn accounts_are_checked_with_their_own_roles_in_sessions_named_after_the_execution() {
    let house = house_with([instance(1), Instance { account: OTHER.to_owned(), ..instance(2) }]).await;
    checked(&house, json!({})).await;
    assert_eq!(house.calls("sts.AssumeRole").await, 2);
    assert_eq!(house.sensor_findings(OTHER).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_input_changes_nothing_and_is_told() {
    let house = house_with([instance(1)]).await;
    let ending = house.run_of("check-compliance", &json!({ "acount": MEMBER })).await;
    assert_eq!(ending.error.as_deref(), Some("Input.Invalid"), "{ending:#?}");
    assert_eq!(house.calls("sts.AssumeRole").await, 0);
    assert_eq!(house.notifications().await.len(), 1);
}
