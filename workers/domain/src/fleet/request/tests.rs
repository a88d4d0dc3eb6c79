use serde_json::json;

use super::*;

fn place() -> Place {
    Place { account: "444455556666".parse().unwrap(), region: "us-east-1".parse().unwrap() }
}

fn instance() -> InstanceId {
    "i-0f1a2b3c4d5e6f701".parse().unwrap()
}

fn of_rule(invoking: &Value) -> Value {
    json!({
        "version": "1.0",
        "invokingEvent": invoking.to_string(),
        "ruleParameters": "{}",
        "resultToken": "a-token",
        "eventLeftScope": false,
        "executionRoleArn": "arn:aws:iam::444455556666:role/config-role",
        "configRuleArn": "arn:aws:config:us-east-1:444455556666:config-rule/config-rule-0123456",
        "configRuleName": "falconer-sensor",
        "configRuleId": "config-rule-0123456",
        "accountId": "444455556666",
    })
}

fn changed(status: &str) -> Value {
    of_rule(&json!({
        "configurationItem": {
            "resourceType": "AWS::EC2::Instance",
            "resourceId": "i-0f1a2b3c4d5e6f701",
            "configurationItemStatus": status,
        },
        "messageType": "ConfigurationItemChangeNotification",
    }))
}

#[test]
fn each_form_names_its_instances() {
    let account = place().account;
    let region = || Some(place().region);
    for (input, scope) in [
        (json!({}), Scope::All),
        (json!({"accountId": "444455556666"}), Scope::Account { account, region: None }),
        (json!({"accountId": "444455556666", "region": "us-east-1"}), Scope::Account { account, region: region() }),
        (
            json!({"accountId": "444455556666", "region": "us-east-1", "instances": ["i-0f1a2b3c4d5e6f701"]}),
            Scope::Instances { place: place(), ids: BTreeSet::from([instance()]) },
        ),
        (of_rule(&json!({"messageType": "ScheduledNotification"})), Scope::Account { account, region: region() }),
        (
            of_rule(&json!({"messageType": "ConfigurationSnapshotDeliveryCompleted"})),
            Scope::Account { account, region: region() },
        ),
        (changed("OK"), Scope::Instances { place: place(), ids: BTreeSet::from([instance()]) }),
    ] {
        assert_eq!(CheckRequest::read(&input).unwrap().scope, scope, "{input}");
    }
}

#[test]
fn a_rule_gets_its_token_back() {
    let rule = CheckRequest::read(&changed("ResourceDiscovered")).unwrap().rule.unwrap();
    assert_eq!(rule, RuleCall { token: "a-token".to_owned(), gone: BTreeSet::new() });
}

#[test]
fn an_instance_that_is_gone_or_out_of_scope_is_not_looked_at() {
    let mut left = changed("OK");
    left["eventLeftScope"] = json!(true);
    for event in [changed("ResourceDeleted"), changed("ResourceNotRecorded"), left] {
        let request = CheckRequest::read(&event).unwrap();
        assert_eq!(request.scope, Scope::Instances { place: place(), ids: BTreeSet::new() });
        assert_eq!(request.rule.unwrap().gone, BTreeSet::from([instance()]));
    }
}

#[test]
fn an_item_too_large_for_an_event_is_known_by_its_summary() {
    let event = of_rule(&json!({
        "configurationItemSummary": {
            "resourceType": "AWS::EC2::Instance", "resourceId": "i-0f1a2b3c4d5e6f701", "configurationItemStatus": "OK",
        },
        "messageType": "OversizedConfigurationItemChangeNotification",
    }));
    let scope = CheckRequest::read(&event).unwrap().scope;
    assert_eq!(scope, Scope::Instances { place: place(), ids: BTreeSet::from([instance()]) });
}

#[test]
fn a_wrong_input_is_refused_by_the_name_of_its_field() {
    let with = |member: &str, value: Value| {
        let mut event = changed("OK");
        event[member] = value;
        event
    };
    let bucket = of_rule(&json!({"configurationItem": {"resourceType": "AWS::S3::Bucket", "resourceId": "b"}}));
    let many: Vec<String> = (0..501).map(|number| format!("i-{number:08x}")).collect();
    for (input, field) in [
        (json!([]), "input"),
        (json!({"account": "444455556666"}), "account"),
        (json!({"accountId": "44445555666"}), "accountId"),
        (json!({"region": "us-east-1"}), "accountId"),
        (json!({"accountId": "444455556666", "instances": ["i-0f1a2b3c4d5e6f701"]}), "region"),
        (json!({"accountId": "444455556666", "region": "us-east-1", "instances": []}), "instances"),
        (json!({"accountId": "444455556666", "region": "us-east-1", "instances": many}), "instances"),
        (json!({"accountId": "444455556666", "region": "us-east-1", "instances": ["i-0f1a' OR 1=1"]}), "instances"),
        (with("resultToken", json!("")), "resultToken"),
        (with("accountId", json!("777788889999")), "accountId"),
        (with("configRuleArn", json!("arn:aws:config:us-east-1")), "configRuleArn"),
        (with("invokingEvent", json!("{")), "invokingEvent"),
        (bucket, "invokingEvent.configurationItem.resourceType"),
    ] {
        let error = CheckRequest::read(&input).unwrap_err().to_string();
        assert!(error.contains(field), "{input}: {error}");
    }
}
