//! Recorders: where Config records, what of it can be asked for.

use serde_json::{Value, json};

use crate::accounts::{NEW, add};
use crate::aws::{Answered, Aws, HUB, MEMBER};
use crate::config_queries::put;

const INSTANCES: &str = "SELECT resourceId WHERE resourceType = 'AWS::EC2::Instance'";
const VPCS: &str = "SELECT resourceId WHERE resourceType = 'AWS::EC2::VPC'";
const ROLE: &str = "arn:aws:iam::123412341234:role/config";

/// The rows of a query in one account, as JSON.
async fn rows(aws: &Aws, expression: &str) -> Vec<Value> {
    let answer = aws.json("config", "SelectResourceConfig", json!({"Expression": expression})).await.ok();
    let rows = answer["Results"].as_array().unwrap().iter();
    rows.map(|row| serde_json::from_str(row.as_str().unwrap()).unwrap()).collect()
}

async fn ids(aws: &Aws, expression: &str) -> Vec<String> {
    rows(aws, expression).await.iter().map(|row| row["resourceId"].as_str().unwrap().to_owned()).collect()
}

async fn put_item(aws: &Aws, account: &str, kind: &str, id: &str, configuration: Value) {
    let item = json!({
        "account": account,
        "region": "us-east-1",
        "resourceType": kind,
        "resourceId": id,
        "configuration": configuration,
    });
    aws.control("POST", "config/items", item).await.ok();
}

async fn put_recorder(aws: &Aws, group: Value) -> Answered {
    let recorder = json!({"roleARN": ROLE, "recordingGroup": group});
    aws.json("config", "PutConfigurationRecorder", json!({"ConfigurationRecorder": recorder})).await
}

async fn put_channel(aws: &Aws) -> Answered {
    let channel = json!({"s3BucketName": "config-of-new"});
    aws.json("config", "PutDeliveryChannel", json!({"DeliveryChannel": channel})).await
}

async fn switch(aws: &Aws, operation: &str) -> Answered {
    aws.json("config", operation, json!({"ConfigurationRecorderName": "default"})).await
}

/// The recorder's status, or null without one.
async fn status(aws: &Aws) -> Value {
    let found = aws.json("config", "DescribeConfigurationRecorderStatus", json!({})).await.ok();
    found["ConfigurationRecordersStatus"][0].clone()
}

fn rule() -> Value {
    let details = json!([{"EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification"}]);
    let function = "arn:aws:lambda:us-east-1:111122223333:function:f";
    let source = json!({"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": function, "SourceDetails": details});
    json!({"ConfigRule": {"ConfigRuleName": "r", "Source": source}})
}

#[tokio::test(start_paused = true)]
async fn config_is_set_up_step_by_step_and_each_step_needs_the_one_before() {
    let aws = Aws::hub();
    add(&aws, json!({})).await;
    let new = aws.of(NEW);
    put(&aws, NEW, "us-east-1", "i-new", json!({}));
    assert_eq!(
        new.json("config", "DescribeConfigurationRecorders", json!({})).await.ok()["ConfigurationRecorders"],
        json!([])
    );
    assert_eq!(new.json("config", "DescribeDeliveryChannels", json!({})).await.ok()["DeliveryChannels"], json!([]));
    assert_eq!(put_channel(&new).await.error(), "400 NoAvailableConfigurationRecorderException");
    let refused = new.json("config", "PutConfigRule", rule()).await;
    assert_eq!(refused.error(), "400 NoAvailableConfigurationRecorderException");
    assert_eq!(switch(&new, "StartConfigurationRecorder").await.error(), "400 NoSuchConfigurationRecorderException");
    put_recorder(&new, json!({"allSupported": true})).await.ok();
    let refused = switch(&new, "StartConfigurationRecorder").await;
    assert_eq!(refused.error(), "400 NoAvailableDeliveryChannelException");
    put_channel(&new).await.ok();
    assert_eq!((&status(&new).await["recording"], ids(&new, INSTANCES).await.len()), (&json!(false), 0));
    switch(&new, "StartConfigurationRecorder").await.ok();
    let started = status(&new).await;
    assert_eq!((&started["recording"], &started["lastStartTime"]), (&json!(true), &json!(1_714_564_800.0)));
    assert_eq!(ids(&new, INSTANCES).await, ["i-new"]);
    new.json("config", "PutConfigRule", rule()).await.ok();
    let recorder = new.json("config", "DescribeConfigurationRecorders", json!({})).await.ok();
    let recorder = &recorder["ConfigurationRecorders"][0];
    assert_eq!((&recorder["name"], &recorder["roleARN"]), (&json!("default"), &json!(ROLE)));
    assert_eq!(recorder["recordingGroup"]["recordingStrategy"]["useOnly"], "ALL_SUPPORTED_RESOURCE_TYPES");
    // In other regions it is still off.
    assert_eq!(status(&new.at("eu-west-1")).await, json!(null));
}

#[tokio::test(start_paused = true)]
async fn a_new_account_has_config_as_it_was_asked_for_in_every_region() {
    let aws = Aws::hub();
    for (number, config, recording) in [
        (1, "none", json!(null)),
        (2, "stopped", json!(false)),
        (3, "partial", json!(true)),
        (4, "recording", json!(true)),
    ] {
        let account = format!("12341234123{number}");
        aws.control("POST", "accounts", json!({"account": account, "config": config})).await.ok();
        put(&aws, &account, "eu-west-1", "i-far", json!({}));
        let far = aws.of(&account).at("eu-west-1");
        assert_eq!(ids(&far, INSTANCES).await.len(), usize::from(config == "recording"), "{config}");
        assert_eq!(status(&far).await["recording"], recording, "{config}");
        // Looking changes nothing.
        assert_eq!(ids(&far, INSTANCES).await.len(), usize::from(config == "recording"), "{config}");
    }
    assert_eq!(status(&aws.of(MEMBER)).await["recording"], true);
}

#[tokio::test(start_paused = true)]
async fn a_recorder_that_is_stopped_leaves_what_it_knew_and_learns_nothing_new() {
    let aws = Aws::hub();
    put(&aws, HUB, "us-east-1", "i-known", json!({}));
    put_item(&aws, HUB, "AWS::EC2::VPC", "vpc-known", json!({})).await;
    switch(&aws, "StopConfigurationRecorder").await.ok();
    put(&aws, HUB, "us-east-1", "i-unknown", json!({}));
    put(&aws, HUB, "us-east-1", "i-known", json!({"state": "terminated"}));
    put_item(&aws, HUB, "AWS::EC2::VPC", "vpc-unknown", json!({})).await;
    assert_eq!(ids(&aws, INSTANCES).await, ["i-known"]);
    assert_eq!(ids(&aws, VPCS).await, ["vpc-known"]);
    let expression = json!({"Expression": INSTANCES, "ConfigurationAggregatorName": "falconer"});
    let all = aws.json("config", "SelectAggregateResourceConfig", expression).await.ok();
    assert!(all["Results"].to_string().contains("i-known") && !all["Results"].to_string().contains("i-unknown"));
    let stopped = status(&aws).await;
    assert_eq!((&stopped["recording"], stopped["lastStopTime"].is_number()), (&json!(false), true));
    let request = json!({"account": HUB, "region": "us-east-1", "trigger": {"instance": "i-unknown"}});
    assert_eq!(aws.control("POST", "config/evaluations", request).await.status, 400);
    switch(&aws, "StartConfigurationRecorder").await.ok();
    assert_eq!(ids(&aws, INSTANCES).await, ["i-unknown"]);
    assert_eq!(ids(&aws, VPCS).await, ["vpc-known", "vpc-unknown"]);
}

#[tokio::test(start_paused = true)]
async fn types_that_a_recorder_comes_to_record_are_known_at_once() {
    let aws = Aws::hub();
    add(&aws, json!({"config": "partial"})).await;
    let new = aws.of(NEW);
    put(&aws, NEW, "us-east-1", "i-new", json!({}));
    put_item(&aws, NEW, "AWS::EC2::VPC", "vpc-new", json!({})).await;
    put_item(&aws, NEW, "AWS::CloudTrail::Trail", "trail", json!({})).await;
    assert_eq!(ids(&new, "SELECT resourceId").await, ["trail"]);
    let types = ["AWS::CloudTrail::Trail", "AWS::EC2::Instance", "AWS::SSM::ManagedInstanceInventory"];
    put_recorder(&new, json!({"resourceTypes": types})).await.ok();
    assert_eq!(ids(&new, "SELECT resourceId").await, ["i-new", "trail"]);
    assert_eq!(status(&new).await["recording"], true);
}

#[tokio::test(start_paused = true)]
async fn a_trail_a_network_and_its_flow_log_are_found_by_what_they_are() {
    let aws = Aws::hub();
    let trail = json!({"isMultiRegionTrail": true, "isOrganizationTrail": false, "logFileValidationEnabled": true, "name": "all"});
    put_item(&aws, MEMBER, "AWS::CloudTrail::Trail", "all", trail).await;
    put_item(&aws, MEMBER, "AWS::EC2::VPC", "vpc-1", json!({"isDefault": false, "state": {"value": "available"}}))
        .await;
    let flow_log = json!({"resourceId": "vpc-1", "flowLogStatus": "ACTIVE", "trafficType": "ALL"});
    put_item(&aws, MEMBER, "AWS::EC2::FlowLog", "fl-1", flow_log).await;
    let member = aws.of(MEMBER);
    let whole = "SELECT resourceId, arn, configuration.isMultiRegionTrail, configuration.isOrganizationTrail \
                 WHERE configuration.logFileValidationEnabled = true AND configuration.isOrganizationTrail = FALSE";
    let expected = json!({
        "resourceId": "all",
        "arn": "arn:aws:cloudtrail:us-east-1:444455556666:trail/all",
        "configuration": {"isMultiRegionTrail": true, "isOrganizationTrail": false},
    });
    assert_eq!(rows(&member, whole).await, [expected]);
    let of_network =
        "SELECT resourceId WHERE configuration.resourceId = 'vpc-1' AND configuration.flowLogStatus = 'ACTIVE'";
    assert_eq!(ids(&member, of_network).await, ["fl-1"]);
    assert_eq!(ids(&member, "SELECT resourceId WHERE configuration.state.value = 'available'").await, ["vpc-1"]);
    for wrong in
        ["configuration.isMultiRegionTrail = 'true'", "configuration.isLogging = true", "configuration.name = true"]
    {
        let input = json!({"Expression": format!("SELECT resourceId WHERE {wrong}")});
        let refused = member.json("config", "SelectResourceConfig", input).await;
        assert_eq!(refused.error(), "400 InvalidExpressionException", "{wrong}");
    }
    for (kind, configuration) in [
        ("AWS::S3::Bucket", json!({})),
        ("AWS::CloudTrail::Trail", json!({"isLogging": true})),
        ("AWS::CloudTrail::Trail", json!({"isMultiRegionTrail": "yes"})),
        ("AWS::EC2::VPC", json!({"flowLogStatus": "ACTIVE"})),
    ] {
        let item = json!({"account": HUB, "region": "us-east-1", "resourceType": kind, "resourceId": "x", "configuration": configuration});
        assert_eq!(aws.control("POST", "config/items", item.clone()).await.status, 400, "{item}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_recorder_or_a_channel_that_cannot_be_is_refused_as_config_does() {
    let aws = Aws::hub();
    for (recorder, error) in [
        (json!({"name": "second", "roleARN": ROLE}), "MaxNumberOfConfigurationRecordersExceededException"),
        (json!({"name": "AWSConfigurationRecorderForX", "roleARN": ROLE}), "InvalidConfigurationRecorderNameException"),
        (json!({"name": "default"}), "InvalidRoleException"),
        (json!({"roleARN": ROLE, "recordingGroup": {"allSupported": false}}), "InvalidRecordingGroupException"),
        (json!({"roleARN": ROLE, "servicePrincipal": "x.amazonaws.com"}), "UnmodifiableEntityException"),
        (json!({"roleARN": ROLE, "recordingMode": {"recordingFrequency": "HOURLY"}}), "ValidationException"),
    ] {
        let input = json!({"ConfigurationRecorder": recorder});
        let refused = aws.json("config", "PutConfigurationRecorder", input).await;
        assert_eq!(refused.error(), format!("400 {error}"));
    }
    for (channel, error) in [
        (json!({"name": "second", "s3BucketName": "bucket"}), "MaxNumberOfDeliveryChannelsExceededException"),
        (json!({"s3BucketName": ""}), "NoSuchBucketException"),
    ] {
        let refused = aws.json("config", "PutDeliveryChannel", json!({"DeliveryChannel": channel})).await;
        assert_eq!(refused.error(), format!("400 {error}"));
    }
    let names = json!({"ConfigurationRecorderNames": ["other"]});
    for operation in ["DescribeConfigurationRecorders", "DescribeConfigurationRecorderStatus"] {
        let refused = aws.json("config", operation, names.clone()).await;
        assert_eq!(refused.error(), "400 NoSuchConfigurationRecorderException");
        let two = json!({"ConfigurationRecorderNames": ["default", "other"]});
        assert_eq!(aws.json("config", operation, two).await.error(), "400 ValidationException");
    }
    let other = json!({"DeliveryChannelNames": ["other"]});
    let refused = aws.json("config", "DescribeDeliveryChannels", other).await;
    assert_eq!(refused.error(), "400 NoSuchDeliveryChannelException");
}
