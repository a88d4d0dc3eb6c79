//! DescribeInstanceInformation.

use falconer_sandbox::{Agent, Instance, State};
use serde_json::{Value, json};

use crate::aws::{Aws, MEMBER};
use crate::nodes::{hub_with, id, instance, ssm, windows};

async fn ids(aws: &Aws, input: Value) -> Vec<String> {
    let listed = ssm(aws, "DescribeInstanceInformation", input).await.ok();
    let listed = listed["InstanceInformationList"].as_array().unwrap().clone();
    listed.iter().map(|one| one["InstanceId"].as_str().unwrap().to_owned()).collect()
}

fn filter(key: &str, values: impl Into<Value>) -> Value {
    json!({"Filters": [{"Key": key, "Values": values.into()}]})
}

/// Online, lost, not managed, stopped, terminated, Windows.
fn fleet() -> Aws {
    hub_with([
        instance(1),
        Instance { agent: Agent::ConnectionLost, ..instance(2) },
        Instance { agent: Agent::None, ..instance(3) },
        Instance { state: State::Stopped, ..instance(4) },
        Instance { state: State::Terminated, ..instance(5) },
        Instance { platform: windows(), ..instance(6) },
        Instance { account: MEMBER.to_owned(), ..instance(7) },
        Instance { region: "eu-west-1".to_owned(), ..instance(8) },
    ])
}

#[tokio::test(start_paused = true)]
async fn what_runs_and_has_registered_is_listed_in_its_own_account_and_region() {
    let aws = fleet();
    assert_eq!(ids(&aws, json!({})).await, [id(1), id(2), id(6)]);
    assert_eq!(ids(&aws.of(MEMBER), filter("InstanceIds", [id(1), id(7)])).await, [id(7)]);
    let listed = ssm(&aws, "DescribeInstanceInformation", filter("InstanceIds", [id(1)])).await.ok();
    let mut found = listed["InstanceInformationList"][0].clone();
    for made_up in ["AgentVersion", "IPAddress", "ComputerName", "SourceId", "SourceType", "IsLatestVersion"] {
        assert!(found.as_object_mut().unwrap().remove(made_up).is_some(), "{made_up}");
    }
    let expected = json!({
        "InstanceId": id(1), "PingStatus": "Online", "LastPingDateTime": 1_714_564_800.0, "PlatformType": "Linux",
        "PlatformName": "Amazon Linux", "PlatformVersion": "2023", "ResourceType": "EC2Instance",
    });
    assert_eq!(found, expected);
}

#[tokio::test(start_paused = true)]
async fn filters_choose_and_an_instance_that_is_not_managed_is_no_error() {
    let aws = fleet();
    for (key, values, expected) in [
        ("InstanceIds", json!([id(6), id(3), id(1), id(99)]), vec![id(6), id(1)]),
        ("PingStatus", json!(["ConnectionLost"]), vec![id(2)]),
        ("PlatformTypes", json!(["Windows", "MacOS"]), vec![id(6)]),
        ("ResourceType", json!(["ManagedInstance"]), vec![]),
    ] {
        assert_eq!(ids(&aws, filter(key, values)).await, expected, "{key}");
    }
    let both = json!({"Filters": [
        {"Key": "PingStatus", "Values": ["Online"]}, {"Key": "InstanceIds", "Values": [id(1), id(2)]},
    ]});
    assert_eq!(ids(&aws, both).await, [id(1)]);
}

#[tokio::test(start_paused = true)]
async fn pages_hold_five_to_fifty_and_follow_each_other() {
    let aws = hub_with((0..120).map(instance));
    let mut seen = Vec::new();
    let mut input = json!({"MaxResults": 50});
    loop {
        let page = ssm(&aws, "DescribeInstanceInformation", input.clone()).await.ok();
        let listed = page["InstanceInformationList"].as_array().unwrap();
        seen.push(listed.len());
        let Some(next) = page["NextToken"].as_str() else { break };
        input["NextToken"] = next.into();
    }
    assert_eq!(seen, [50, 50, 20]);
}

#[tokio::test(start_paused = true)]
async fn what_the_operation_does_not_take_is_refused_by_its_error() {
    let aws = fleet();
    let many: Vec<String> = (0..101).map(id).collect();
    for (input, expected) in [
        (json!({"MaxResults": 4}), "400 ValidationException"),
        (json!({"MaxResults": 51}), "400 ValidationException"),
        (filter("InstanceIds", many.clone()), "400 ValidationException"),
        (filter("InstanceIds", &many[1..]), "200 no error"),
        (filter("InstanceIds", Vec::<String>::new()), "400 ValidationException"),
        (filter("InstanceIds", ["web-1"]), "400 InvalidInstanceId"),
        (filter("Colour", ["red"]), "400 InvalidFilterKey"),
        (filter("PingStatus", ["Lost"]), "400 InvalidInstanceInformationFilterValue"),
        (json!({"InstanceInformationFilterList": []}), "400 ValidationException"),
        (json!({"NextToken": "x"}), "400 InvalidNextToken"),
    ] {
        let answer = ssm(&aws, "DescribeInstanceInformation", input.clone()).await;
        assert_eq!(answer.error(), expected, "{input}");
    }
}
