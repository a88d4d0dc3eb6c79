//! Custom rules: what invokes them, and what is evaluated for them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::aws::{Answered, Aws, HUB, MEMBER};
use crate::config_queries::put;
use crate::events::{deploy, inputs};

/// Config invokes the seeded rule: the event of its function.
async fn invoke(aws: &Aws, account: &str, trigger: Value) -> Value {
    let request = json!({"account": account, "region": "us-east-1", "trigger": trigger});
    aws.control("POST", "config/evaluations", request).await.ok()["event"].clone()
}

fn evaluation(id: &str, compliance: &str, at: i64) -> Value {
    json!({
        "ComplianceResourceType": "AWS::EC2::Instance",
        "ComplianceResourceId": id,
        "ComplianceType": compliance,
        "Annotation": format!("{compliance} it is"),
        "OrderingTimestamp": at,
    })
}

async fn put_evaluations(aws: &Aws, token: &Value, evaluations: Value) -> Answered {
    let input = json!({"Evaluations": evaluations, "ResultToken": token});
    aws.json("config", "PutEvaluations", input).await
}

/// Resource id and compliance of what the seeded rule knows.
async fn known(aws: &Aws) -> Vec<(String, String)> {
    let input = json!({"ConfigRuleName": "falconer-sensor", "Limit": 100});
    let answer = aws.json("config", "GetComplianceDetailsByConfigRule", input).await.ok();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let of = |result: &Value| {
        let qualifier = &result["EvaluationResultIdentifier"]["EvaluationResultQualifier"];
        (text(&qualifier["ResourceId"]), text(&result["ComplianceType"]))
    };
    answer["EvaluationResults"].as_array().unwrap().iter().map(of).collect()
}

#[tokio::test(start_paused = true)]
async fn every_account_has_the_rule_and_its_event_is_as_config_sends_it() {
    let aws = Aws::hub();
    for account in [HUB, MEMBER] {
        let names = json!({"ConfigRuleNames": ["falconer-sensor"]});
        let rule = aws.of(account).json("config", "DescribeConfigRules", names).await.ok()["ConfigRules"][0].clone();
        let event = invoke(&aws, account, json!("scheduled")).await;
        assert_eq!(event["configRuleArn"], rule["ConfigRuleArn"]);
        assert_eq!((&event["configRuleName"], &event["accountId"]), (&json!("falconer-sensor"), &json!(account)));
        let message: Value = serde_json::from_str(event["invokingEvent"].as_str().unwrap()).unwrap();
        let expected = json!({
            "awsAccountId": account,
            "notificationCreationTime": "2024-05-01T12:00:00.000Z",
            "messageType": "ScheduledNotification",
            "recordVersion": "1.0",
        });
        assert_eq!(message, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_changed_instance_is_in_the_event_and_a_large_one_in_short() {
    let aws = Aws::hub();
    put(&aws, MEMBER, "us-east-1", "i-changed", json!({"tags": {"team": "red"}, "state": "stopped"}));
    let message = |event: Value| serde_json::from_str::<Value>(event["invokingEvent"].as_str().unwrap()).unwrap();
    let changed = message(invoke(&aws, MEMBER, json!({"instance": "i-changed"})).await);
    assert_eq!(changed["messageType"], "ConfigurationItemChangeNotification");
    let item = &changed["configurationItem"];
    assert_eq!((&item["resourceId"], &item["tags"]), (&json!("i-changed"), &json!({"team": "red"})));
    assert_eq!(item["configuration"]["state"]["name"], "stopped");
    let large = message(invoke(&aws, MEMBER, json!({"oversized": "i-changed"})).await);
    assert_eq!(large["messageType"], "OversizedConfigurationItemChangeNotification");
    assert_eq!(large["configurationItemSummary"]["resourceId"], "i-changed");
    assert!(large["configurationItemSummary"].get("configuration").is_none());
    for wrong in [
        json!({"account": MEMBER, "region": "us-east-1", "trigger": {"instance": "i-nobody"}}),
        json!({"account": MEMBER, "region": "eu-west-1", "trigger": "scheduled"}),
        json!({"account": MEMBER, "region": "us-east-1", "rule": "none", "trigger": "scheduled"}),
    ] {
        assert_eq!(aws.control("POST", "config/evaluations", wrong).await.status, 400);
    }
}

#[tokio::test(start_paused = true)]
async fn a_rules_event_can_start_the_state_machine_that_judges_the_fleet() {
    let aws = Aws::hub();
    let request = json!({"account": MEMBER, "region": "us-east-1", "trigger": "scheduled", "start": true});
    let nothing = aws.control("POST", "config/evaluations", request.clone()).await;
    assert!(nothing.body["error"].as_str().unwrap().contains("StateMachineDoesNotExist"), "{}", nothing.body);
    deploy(&aws, &[("check-compliance", json!({"source": ["nobody"]}))]).await;
    let started = aws.control("POST", "config/evaluations", request).await.ok();
    assert_eq!(inputs(&aws, "check-compliance").await, [started["event"].clone()]);
}

#[tokio::test(start_paused = true)]
async fn evaluations_are_taken_with_the_token_of_their_account_and_region_only() {
    let aws = Aws::hub();
    let token = invoke(&aws, MEMBER, json!("scheduled")).await["resultToken"].clone();
    let one = json!([evaluation("i-1", "NON_COMPLIANT", 1_714_564_800)]);
    let strangers = [aws.clone(), aws.of(MEMBER).at("eu-west-1")];
    for stranger in strangers {
        let refused = put_evaluations(&stranger, &token, one.clone()).await;
        assert_eq!(refused.error(), "400 InvalidResultTokenException");
    }
    let member = aws.of(MEMBER);
    assert_eq!(put_evaluations(&member, &token, one.clone()).await.ok(), json!({"FailedEvaluations": []}));
    assert_eq!(known(&member).await, [("i-1".to_owned(), "NON_COMPLIANT".to_owned())]);
    assert_eq!(known(&aws).await, []);
    // One token serves several calls, until it ends.
    put_evaluations(&member, &token, json!([evaluation("i-2", "COMPLIANT", 1_714_564_800)])).await.ok();
    aws.control("DELETE", "config/result-tokens", json!(null)).await.ok();
    assert_eq!(put_evaluations(&member, &token, one.clone()).await.error(), "400 InvalidResultTokenException");
    let token = invoke(&aws, MEMBER, json!("scheduled")).await["resultToken"].clone();
    tokio::time::advance(Duration::from_secs(24 * 3600)).await;
    assert_eq!(put_evaluations(&member, &token, one).await.error(), "400 InvalidResultTokenException");
}

#[tokio::test(start_paused = true)]
async fn an_evaluation_of_an_earlier_moment_changes_nothing() {
    let aws = Aws::hub();
    let token = invoke(&aws, HUB, json!("scheduled")).await["resultToken"].clone();
    put_evaluations(&aws, &token, json!([evaluation("i-1", "COMPLIANT", 1_714_564_800)])).await.ok();
    put_evaluations(&aws, &token, json!([evaluation("i-1", "NON_COMPLIANT", 1_714_564_799)])).await.ok();
    assert_eq!(known(&aws).await, [("i-1".to_owned(), "COMPLIANT".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_test_run_needs_no_good_token_and_leaves_nothing() {
    let aws = Aws::hub();
    let input = json!({
        "Evaluations": [evaluation("i-1", "COMPLIANT", 1_714_564_800)],
        "ResultToken": "any",
        "TestMode": true,
    });
    aws.json("config", "PutEvaluations", input).await.ok();
    assert_eq!(known(&aws).await, []);
}

#[tokio::test(start_paused = true)]
async fn evaluations_that_cannot_be_are_refused_as_a_whole() {
    let aws = Aws::hub();
    let token = invoke(&aws, HUB, json!("scheduled")).await["resultToken"].clone();
    let good = evaluation("i-1", "COMPLIANT", 1_714_564_800);
    let with = |member: &str, value: Value| {
        let mut wrong = good.clone();
        wrong[member] = value;
        json!([good, wrong])
    };
    for (evaluations, expected) in [
        (json!(vec![good.clone(); 101]), "400 ValidationException"),
        (with("Annotation", json!("x".repeat(257))), "400 ValidationException"),
        (with("ComplianceType", json!("MAYBE")), "400 ValidationException"),
        (with("OrderingTimestamp", Value::Null), "400 ValidationException"),
        (with("ComplianceType", json!("INSUFFICIENT_DATA")), "400 InvalidParameterValueException"),
    ] {
        assert_eq!(put_evaluations(&aws, &token, evaluations).await.error(), expected);
    }
    assert_eq!(known(&aws).await, []);
    aws.json("config", "DeleteConfigRule", json!({"ConfigRuleName": "falconer-sensor"})).await.ok();
    assert_eq!(put_evaluations(&aws, &token, json!([good])).await.error(), "400 NoSuchConfigRuleException");
}

#[tokio::test(start_paused = true)]
async fn a_change_of_compliance_is_an_event_of_the_member_and_no_change_is_none() {
    let aws = Aws::hub();
    // Rules of the member's bus start its own state machines.
    let member = aws.of(MEMBER);
    let definition = json!({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}).to_string();
    let role = format!("arn:aws:iam::{MEMBER}:role/r");
    let machine = json!({"name": "changes", "definition": definition, "roleArn": role});
    let machine = member.json("states", "CreateStateMachine", machine).await.ok()["stateMachineArn"].clone();
    let pattern = json!({"source": ["aws.config"], "detail-type": ["Config Rules Compliance Change"]}).to_string();
    member.json("events", "PutRule", json!({"Name": "changes", "EventPattern": pattern})).await.ok();
    let target = json!({"Id": "t", "Arn": machine, "RoleArn": role});
    member.json("events", "PutTargets", json!({"Rule": "changes", "Targets": [target]})).await.ok();
    let token = invoke(&aws, MEMBER, json!("scheduled")).await["resultToken"].clone();
    for (compliance, at) in [("NON_COMPLIANT", 0), ("NON_COMPLIANT", 1), ("COMPLIANT", 2)] {
        let evaluations = json!([evaluation("i-1", compliance, 1_714_564_800 + at)]);
        put_evaluations(&member, &token, evaluations).await.ok();
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let listed = member.json("states", "ListExecutions", json!({"stateMachineArn": machine})).await.ok();
    let mut details = Vec::new();
    for execution in listed["executions"].as_array().unwrap().iter().rev() {
        let arn = json!({"executionArn": execution["executionArn"]});
        let described = member.json("states", "DescribeExecution", arn).await.ok();
        let event: Value = serde_json::from_str(described["input"].as_str().unwrap()).unwrap();
        assert_eq!(event["account"], MEMBER);
        details.push(event["detail"].clone());
    }
    assert_eq!(details.len(), 2);
    assert!(details[0].get("oldEvaluationResult").is_none(), "{}", details[0]);
    assert_eq!(details[1]["oldEvaluationResult"]["complianceType"], "NON_COMPLIANT");
    assert_eq!(details[1]["newEvaluationResult"]["annotation"], "COMPLIANT it is");
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_is_put_again_keeps_its_results_and_one_that_cannot_be_is_refused() {
    let aws = Aws::hub();
    let token = invoke(&aws, HUB, json!("scheduled")).await["resultToken"].clone();
    put_evaluations(&aws, &token, json!([evaluation("i-1", "COMPLIANT", 1_714_564_800)])).await.ok();
    let rule = |source: Value| {
        let parameters = "{\"a\":\"b\"}";
        json!({"ConfigRule": {"ConfigRuleName": "falconer-sensor", "InputParameters": parameters, "Source": source}})
    };
    let details = json!([{"EventSource": "aws.config", "MessageType": "ScheduledNotification"}]);
    let function = "arn:aws:lambda:us-east-1:111122223333:function:f";
    let good = json!({"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": function, "SourceDetails": details});
    aws.json("config", "PutConfigRule", rule(good)).await.ok();
    assert_eq!(known(&aws).await.len(), 1);
    let event = invoke(&aws, HUB, json!("scheduled")).await;
    assert_eq!(event["ruleParameters"], "{\"a\":\"b\"}");
    for wrong in [json!({"Owner": "AWS", "SourceIdentifier": "REQUIRED_TAGS"}), json!({"Owner": "CUSTOM_LAMBDA"})] {
        let refused = aws.json("config", "PutConfigRule", rule(wrong)).await;
        assert_eq!(refused.error(), "400 InvalidParameterValueException");
    }
}
