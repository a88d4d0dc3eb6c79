//! Rules that fire by themselves, on the sandbox's clock.

use std::time::Duration;

use falconer_sandbox::{Trigger, When};
use serde_json::{Value, json};

use crate::aws::{Aws, HUB};
use crate::events::{deploy_triggers, inputs};

const MINUTE: Duration = Duration::from_secs(60);

async fn deploy(aws: &Aws, schedule: &str, input: Option<&str>) {
    let trigger = Trigger {
        name: "expire-blocks-schedule".to_owned(),
        when: When::Schedule(schedule.to_owned()),
        bus: None,
        state_machine: "expire-blocks".to_owned(),
        input: input.map(str::to_owned),
    };
    deploy_triggers(aws, vec![trigger]).await;
}

async fn put(aws: &Aws, rule: Value) -> String {
    aws.json("events", "PutRule", rule).await.error()
}

#[tokio::test(start_paused = true)]
async fn a_rate_fires_after_each_period_with_the_rules_arn_in_the_event() {
    let aws = Aws::hub();
    deploy(&aws, "rate(5 minutes)", None).await;
    tokio::time::sleep(12 * MINUTE).await;
    let events = inputs(&aws, "expire-blocks").await;
    let times: Vec<_> = events.iter().map(|event| event["time"].as_str().unwrap()).collect();
    assert_eq!(times, ["2024-05-01T12:05:00Z", "2024-05-01T12:10:00Z"]);
    let event = &events[0];
    assert_eq!((&event["source"], &event["detail-type"]), (&json!("aws.events"), &json!("Scheduled Event")));
    let rule = format!("arn:aws:events:us-east-1:{HUB}:rule/expire-blocks-schedule");
    assert_eq!((&event["resources"], &event["detail"]), (&json!([rule]), &json!({})));
}

#[tokio::test(start_paused = true)]
async fn a_target_with_an_input_gets_it_in_place_of_the_event() {
    let aws = Aws::hub();
    deploy(&aws, "cron(15 12 * * ? *)", Some(r#"{"account": "${AWS::AccountId}"}"#)).await;
    tokio::time::sleep(20 * MINUTE).await;
    assert_eq!(inputs(&aws, "expire-blocks").await, [json!({"account": HUB})]);
    let listed = aws.json("events", "ListTargetsByRule", json!({"Rule": "expire-blocks-schedule"})).await.ok();
    assert_eq!(listed["Targets"][0]["Input"], format!(r#"{{"account": "{HUB}"}}"#));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_jumps_leaves_no_time_out() {
    let aws = Aws::hub();
    deploy(&aws, "rate(1 hour)", None).await;
    tokio::task::yield_now().await;
    tokio::time::advance(180 * MINUTE).await;
    assert_eq!(inputs(&aws, "expire-blocks").await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_is_disabled_or_deleted_does_not_fire() {
    let aws = Aws::hub();
    let name = "expire-blocks-schedule";
    deploy(&aws, "rate(5 minutes)", None).await;
    let off = json!({"Name": name, "ScheduleExpression": "rate(5 minutes)", "State": "DISABLED"});
    assert_eq!(put(&aws, off).await, "200 no error");
    tokio::time::sleep(12 * MINUTE).await;
    assert!(inputs(&aws, "expire-blocks").await.is_empty());

    let on = json!({"Name": name, "ScheduleExpression": "rate(5 minutes)"});
    assert_eq!(put(&aws, on).await, "200 no error");
    tokio::time::sleep(6 * MINUTE).await;
    assert_eq!(
        inputs(&aws, "expire-blocks").await.len(),
        1,
        "putting the rule again switches it on and keeps its target"
    );

    aws.json("events", "RemoveTargets", json!({"Rule": name, "Ids": ["expire-blocks"]})).await.ok();
    aws.json("events", "DeleteRule", json!({"Name": name})).await.ok();
    tokio::time::sleep(12 * MINUTE).await;
    assert_eq!(inputs(&aws, "expire-blocks").await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_rule_may_have_a_pattern_and_a_schedule_and_shows_both() {
    let aws = Aws::hub();
    deploy(&aws, "rate(5 minutes)", None).await;
    let pattern = r#"{"source":["ours"]}"#;
    let name = "expire-blocks-schedule";
    let both = json!({"Name": name, "ScheduleExpression": "rate(1 day)", "EventPattern": pattern});
    assert_eq!(put(&aws, both).await, "200 no error");
    let described = aws.json("events", "DescribeRule", json!({"Name": name})).await.ok();
    assert_eq!(
        (&described["ScheduleExpression"], &described["EventPattern"]),
        (&json!("rate(1 day)"), &json!(pattern))
    );
    let entry = json!({"Source": "ours", "DetailType": "d", "Detail": "{}"});
    aws.json("events", "PutEvents", json!({"Entries": [entry]})).await.ok();
    tokio::time::sleep(25 * 60 * MINUTE).await;
    let sources: Vec<_> = inputs(&aws, "expire-blocks").await.iter().map(|event| event["source"].clone()).collect();
    assert_eq!(sources, ["ours", "aws.events"]);
}

#[tokio::test(start_paused = true)]
async fn a_bad_schedule_a_rule_of_nothing_and_an_input_that_is_no_json_are_refused() {
    let aws = Aws::hub();
    for rule in [json!({"Name": "r", "ScheduleExpression": "rate(1 minutes)"}), json!({"Name": "r"})] {
        assert_eq!(put(&aws, rule).await, "400 ValidationException");
    }
    assert_eq!(put(&aws, json!({"Name": "r", "ScheduleExpression": "rate(1 minute)"})).await, "200 no error");
    let arn = format!("arn:aws:states:us-east-1:{HUB}:stateMachine:m");
    let target = json!({"Id": "t", "Arn": arn, "RoleArn": format!("arn:aws:iam::{HUB}:role/r"), "Input": "{"});
    let refused = aws.json("events", "PutTargets", json!({"Rule": "r", "Targets": [target]})).await;
    assert_eq!(
        (refused.error().as_str(), refused.message()),
        ("400 ValidationException", "JSON syntax error in input for target t.")
    );
}
