//! What goes wrong on purpose, and what is counted.

use std::time::Duration;

use falconer_sandbox::{ConnectionCut, Scenario};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::aws::{Aws, HUB};
use crate::security_hub::{finding, import};

async fn fault(aws: &Aws, fault: Value) {
    let scenario = json!({"faults": [fault]}).to_string();
    aws.sandbox.apply(Scenario::parse(&scenario).unwrap()).unwrap();
}

/// Puts a rule, which shows later whether the call was done.
async fn put_rule(aws: &Aws) -> Result<String, ConnectionCut> {
    let input = json!({"Name": "r", "EventPattern": "{\"source\":[\"ours\"]}"});
    Ok(aws.try_json("events", "PutRule", input).await?.error())
}

async fn rules(aws: &Aws) -> usize {
    aws.json("events", "ListRules", json!({})).await.ok()["Rules"].as_array().unwrap().len()
}

#[tokio::test(start_paused = true)]
async fn a_throttle_is_answered_as_often_as_asked_for_and_nothing_is_done() {
    let aws = Aws::hub();
    fault(&aws, json!({"operation": "events.PutRule", "fault": "throttle", "times": 1})).await;
    assert_eq!(put_rule(&aws).await.unwrap(), "400 ThrottlingException");
    assert_eq!(rules(&aws).await, 0);
    assert_eq!(put_rule(&aws).await.unwrap(), "200 no error");
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_a_call_that_was_done_and_a_drop_is_one_that_was_not() {
    let aws = Aws::hub();
    fault(&aws, json!({"operation": "events.PutRule", "fault": "drop", "times": 1})).await;
    assert_eq!(put_rule(&aws).await, Err(ConnectionCut));
    assert_eq!(rules(&aws).await, 0);
    fault(&aws, json!({"operation": "events.PutRule", "fault": "lose-answer", "times": 1})).await;
    assert_eq!(put_rule(&aws).await, Err(ConnectionCut));
    assert_eq!(rules(&aws).await, 1);
}

#[tokio::test(start_paused = true)]
async fn any_error_of_a_service_can_be_asked_for() {
    let aws = Aws::hub();
    fault(&aws, json!({"operation": "states.GetActivityTask", "fault": "error:ActivityWorkerLimitExceeded"})).await;
    let arn = format!("arn:aws:states:us-east-1:{HUB}:activity:A");
    let answer = aws.json("states", "GetActivityTask", json!({"activityArn": arn})).await;
    assert_eq!(answer.error(), "400 ActivityWorkerLimitExceeded");
}

#[tokio::test(start_paused = true)]
async fn an_error_that_is_asked_for_has_the_status_that_its_service_gives_it() {
    let aws = Aws::hub();
    for expected in [
        "400 InvalidInputException",
        "401 InvalidAccessException",
        "403 AccessDeniedException",
        "404 ResourceNotFoundException",
        "409 ResourceConflictException",
        "429 LimitExceededException",
        "500 InternalException",
    ] {
        let (_, code) = expected.split_once(' ').unwrap();
        let wanted = json!({"operation": "securityhub.*", "fault": format!("error:{code}"), "times": 1});
        fault(&aws, wanted).await;
        assert_eq!(aws.hub_call("GET", "/accounts", json!({})).await.error(), expected);
    }
    for expected in ["400 LimitExceededException", "400 ResourceNotFoundException", "503 ServiceUnavailable"] {
        let (_, code) = expected.split_once(' ').unwrap();
        let wanted = json!({"operation": "network-firewall.*", "fault": format!("error:{code}"), "times": 1});
        fault(&aws, wanted).await;
        assert_eq!(aws.firewall("ListFirewalls", json!({})).await.error(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_delay_holds_the_call_and_then_does_it() {
    let aws = Aws::hub();
    fault(&aws, json!({"operation": "events.*", "fault": "delay:250", "times": 1})).await;
    let begun = Instant::now();
    put_rule(&aws).await.unwrap();
    assert_eq!(begun.elapsed(), Duration::from_millis(250));
    assert_eq!(rules(&aws).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_delayed_may_go_wrong_all_the_same() {
    let aws = Aws::hub();
    fault(&aws, json!({"operation": "events.PutRule", "fault": "lose-answer", "times": 1})).await;
    fault(&aws, json!({"operation": "events.*", "fault": "delay:250"})).await;
    let begun = Instant::now();
    assert_eq!(put_rule(&aws).await, Err(ConnectionCut));
    assert_eq!(begun.elapsed(), Duration::from_millis(250));
    assert_eq!(rules(&aws).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_conflict_is_another_writer_just_before() {
    let aws = Aws::hub();
    fault(&aws, json!({"operation": "network-firewall.UpdateRuleGroup", "fault": "token-conflict", "times": 1})).await;
    let group = json!({"RuleGroupName": "falconer-block", "Type": "STATEFUL"});
    for expected in ["400 InvalidTokenException", "200 no error"] {
        let read = aws.firewall("DescribeRuleGroup", group.clone()).await.ok();
        let mut update = group.clone();
        update["RuleGroup"] = read["RuleGroup"].clone();
        update["UpdateToken"] = read["UpdateToken"].clone();
        assert_eq!(aws.firewall("UpdateRuleGroup", update).await.error(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn calls_are_counted_by_operation_until_the_count_is_reset() {
    let aws = Aws::hub();
    rules(&aws).await;
    rules(&aws).await;
    put_rule(&aws).await.unwrap();
    let counts = aws.control("GET", "calls", json!(null)).await.ok();
    assert_eq!(counts, json!({"events.ListRules": 2, "events.PutRule": 1}));
    aws.control("DELETE", "calls", json!(null)).await.ok();
    assert_eq!(aws.control("GET", "calls", json!(null)).await.ok(), json!({}));
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_is_not_here_is_not_counted_and_meets_no_fault() {
    let aws = Aws::hub();
    fault(&aws, json!({"operation": "events.*", "fault": "throttle", "times": 1})).await;
    for service in ["states", "network-firewall", "events"] {
        assert_eq!(aws.json(service, "Invent", json!({})).await.error(), "400 UnknownOperationException");
    }
    assert_eq!(aws.hub_call("GET", "/invented", json!({})).await.error(), "404 UnknownOperationException");
    assert_eq!(aws.control("GET", "calls", json!(null)).await.ok(), json!({}));
    assert_eq!(put_rule(&aws).await.unwrap(), "400 ThrottlingException");
}

#[tokio::test(start_paused = true)]
async fn the_control_endpoint_refuses_what_it_does_not_understand() {
    let aws = Aws::hub();
    assert_eq!(aws.control("GET", "nothing", json!(null)).await.status, 404);
    assert_eq!(aws.control("POST", "faults", json!({"operation": "x"})).await.status, 400);
    assert_eq!(aws.control("POST", "events", json!({"source": "x"})).await.status, 400);
    assert_eq!(aws.control("POST", "flows", json!({"source": "nowhere"})).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn calls_beyond_a_rate_meet_the_services_own_throttle_until_time_has_passed() {
    let aws = Aws::hub();
    fault(&aws, json!({"operation": "config.*", "fault": "rate:1/2"})).await;
    let describe = || aws.json("config", "DescribeConfigRules", json!({}));
    assert_eq!(describe().await.error(), "200 no error");
    assert_eq!(describe().await.error(), "200 no error");
    assert_eq!(describe().await.error(), "400 ThrottlingException");
    let elsewhere = aws.at("eu-west-1").json("config", "DescribeConfigRules", json!({})).await;
    assert_eq!(elsewhere.error(), "200 no error");
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(describe().await.error(), "200 no error");
    assert_eq!(describe().await.error(), "400 ThrottlingException");
    let counted = |path: &'static str| async { aws.control("GET", path, json!(null)).await.ok() };
    assert_eq!(counted("calls").await["config.DescribeConfigRules"], 6);
    assert_eq!(counted("calls/throttled").await, json!({"config.DescribeConfigRules": 2}));
    aws.control("DELETE", "calls", json!(null)).await.ok();
    assert_eq!(counted("calls/throttled").await, json!({}));
}

#[tokio::test(start_paused = true)]
async fn a_part_of_a_batch_may_fail_and_the_answer_says_which() {
    let aws = Aws::hub();
    fault(&aws, json!({"operation": "securityhub.BatchImportFindings", "fault": "partial", "times": 1})).await;
    fault(&aws, json!({"operation": "config.PutEvaluations", "fault": "partial", "times": 1})).await;
    let findings = ["one", "two", "three"].map(|id| finding(id, "2024-05-01T10:00:00Z"));
    let answer = import(&aws, json!(findings)).await;
    assert_eq!((&answer["SuccessCount"], &answer["FailedCount"]), (&json!(2), &json!(1)));
    assert_eq!(answer["FailedFindings"][0]["Id"], "two");
    assert_eq!(import(&aws, json!(findings)).await["FailedCount"], 0);
    let evaluation = |id: &str| {
        json!({
            "ComplianceResourceType": "AWS::EC2::Instance",
            "ComplianceResourceId": id,
            "ComplianceType": "COMPLIANT",
            "OrderingTimestamp": 1_714_564_800,
        })
    };
    let invoke = json!({"account": HUB, "region": "us-east-1", "trigger": "scheduled"});
    let event = aws.control("POST", "config/evaluations", invoke).await.ok()["event"].clone();
    let evaluations = ["i-1", "i-2"].map(evaluation);
    let put = json!({"Evaluations": evaluations, "ResultToken": event["resultToken"]});
    let answer = aws.json("config", "PutEvaluations", put).await.ok();
    assert_eq!(answer["FailedEvaluations"], json!([evaluation("i-2")]));
    let rule = json!({"ConfigRuleName": "falconer-sensor"});
    let known = aws.json("config", "GetComplianceDetailsByConfigRule", rule).await.ok();
    assert_eq!(known["EvaluationResults"].as_array().unwrap().len(), 1);
}
