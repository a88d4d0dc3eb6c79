//! Inventory.

use falconer_sandbox::{Agent, Health, Instance, Platform, Sensor, State};
use serde_json::{Value, json};

use crate::aws::{Aws, MEMBER};
use crate::nodes::{hub_with, id, instance, sensor, sensor_version, ssm, windows};

const APPLICATIONS: &str = "AWS:Application";
const INFORMATION: &str = "AWS:InstanceInformation";

fn filter(key: &str, kind: &str, values: impl Into<Value>) -> Value {
    json!({
        "Filters": [{"Key": key, "Type": kind, "Values": values.into()}],
        "ResultAttributes": [{"TypeName": APPLICATIONS}],
    })
}

async fn inventory(aws: &Aws, input: Value) -> Vec<Value> {
    ssm(aws, "GetInventory", input).await.ok()["Entities"].as_array().unwrap().clone()
}

fn ids(entities: &[Value]) -> Vec<&str> {
    entities.iter().map(|entity| entity["Id"].as_str().unwrap()).collect()
}

fn names(entity: &Value) -> Vec<&str> {
    let content = entity["Data"][APPLICATIONS]["Content"].as_array().unwrap();
    content.iter().map(|entry| entry["Name"].as_str().unwrap()).collect()
}

fn fleet() -> Aws {
    hub_with([
        Instance { sensor: Some(sensor(Health::Working)), ..instance(1) },
        instance(2),
        Instance { sensor: Some(sensor(Health::Silent)), platform: windows(), ..instance(3) },
        Instance { agent: Agent::None, sensor: Some(sensor(Health::Working)), ..instance(4) },
        Instance { state: State::Terminated, ..instance(5) },
        Instance { account: MEMBER.to_owned(), sensor: Some(sensor(Health::Working)), ..instance(6) },
    ])
}

#[tokio::test(start_paused = true)]
async fn the_filter_on_a_name_chooses_instances_and_leaves_their_other_applications() {
    let aws = fleet();
    let linux = inventory(&aws, filter("AWS:Application.Name", "Equal", ["falcon-sensor"])).await;
    assert_eq!(ids(&linux), [id(1)]);
    assert_eq!(names(&linux[0]), ["amazon-ssm-agent", "openssl", "systemd", "falcon-sensor"]);
    let entry = &linux[0]["Data"][APPLICATIONS]["Content"][3];
    assert_eq!((&entry["Version"], &entry["Architecture"]), (&json!("7.11.0"), &json!("x86_64")));
    let windows = inventory(&aws, filter("AWS:Application.Name", "BeginWith", ["CrowdStrike", "nothing"])).await;
    assert_eq!(ids(&windows), [id(3)]);
    let of_member = filter("AWS:InstanceInformation.InstanceId", "Equal", [id(1), id(6)]);
    assert_eq!(ids(&inventory(&aws.of(MEMBER), of_member).await), [id(6)]);
}

#[tokio::test(start_paused = true)]
async fn the_sensors_version_is_written_as_the_package_manager_writes_it() {
    let ubuntu = Platform { name: "Ubuntu".to_owned(), version: "22.04".to_owned(), ..Platform::default() };
    for (platform, expected) in [(Platform::default(), "7.04.0"), (ubuntu, "7.04.0-15907"), (windows(), "7.4.15907.0")]
    {
        let sensor = Sensor { version: "7.4.15907.0".to_owned(), ..sensor(Health::Working) };
        let aws = hub_with([Instance { platform, sensor: Some(sensor), ..instance(1) }]);
        assert_eq!(sensor_version(&aws, 1).await.as_deref(), Some(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn an_instance_tells_its_status_also_when_it_is_gone() {
    let aws = fleet();
    let all = inventory(&aws, json!({})).await;
    assert_eq!(ids(&all), [id(1), id(2), id(3), id(5)]);
    let status = |entity: &Value| entity["Data"][INFORMATION]["Content"][0]["InstanceStatus"].clone();
    assert_eq!(all.iter().map(status).collect::<Vec<_>>(), ["Active", "Active", "Active", "Terminated"]);
    let active = json!({"Filters": [
        {"Key": "AWS:InstanceInformation.InstanceStatus", "Values": ["Terminated"], "Type": "NotEqual"},
        {"Key": "AWS:InstanceInformation.PlatformType", "Values": ["Linux"]},
    ]});
    assert_eq!(ids(&inventory(&aws, active).await), [id(1), id(2)]);
    let named = json!({"Filters": [{"Key": "AWS:InstanceInformation.InstanceId", "Values": [id(3), id(4), id(2)]}]});
    assert_eq!(ids(&inventory(&aws, named).await), [id(3), id(2)]);
}

#[tokio::test(start_paused = true)]
async fn pages_follow_each_other() {
    let aws = hub_with((0..7).map(instance));
    let first = ssm(&aws, "GetInventory", json!({"MaxResults": 5})).await.ok();
    assert_eq!(first["Entities"].as_array().unwrap().len(), 5);
    let second = ssm(&aws, "GetInventory", json!({"MaxResults": 5, "NextToken": first["NextToken"]})).await.ok();
    assert_eq!(ids(second["Entities"].as_array().unwrap()), [id(5), id(6)]);
    assert_eq!(second["NextToken"], json!(null));
}

#[tokio::test(start_paused = true)]
async fn an_instances_entries_are_those_that_fit() {
    let aws = fleet();
    let entries = async |more: Value| {
        let mut input = json!({"InstanceId": id(1), "TypeName": APPLICATIONS});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ssm(&aws, "ListInventoryEntries", input).await
    };
    let listed = entries(json!({"Filters": [{"Key": "AWS:Application.Name", "Values": ["falcon-sensor"]}]})).await.ok();
    assert_eq!(listed["Entries"].as_array().unwrap().len(), 1);
    assert_eq!((&listed["Entries"][0]["Version"], &listed["InstanceId"]), (&json!("7.11.0"), &json!(id(1))));
    assert_eq!(entries(json!({})).await.ok()["Entries"].as_array().unwrap().len(), 4);
    assert_eq!(entries(json!({"InstanceId": id(4)})).await.ok()["Entries"], json!([]));
    for (more, expected) in [
        (json!({"InstanceId": "web-1"}), "400 ValidationException"),
        (json!({"TypeName": "AWS:Network"}), "400 InvalidTypeNameException"),
        (json!({"MaxResults": 51}), "400 ValidationException"),
        (json!({"NextToken": "x"}), "400 InvalidNextToken"),
    ] {
        assert_eq!(entries(more.clone()).await.error(), expected, "{more}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_inventory_does_not_take_is_refused_by_its_error() {
    let aws = fleet();
    let name = "AWS:Application.Name";
    let forty: Vec<String> = (0..40).map(id).collect();
    for (input, expected) in [
        (filter(name, "Contains", ["falcon"]), "400 ValidationException"),
        (filter(name, "Exists", ["falcon"]), "400 InvalidFilter"),
        (filter("AWS:Application.Colour", "Equal", ["red"]), "400 InvalidFilter"),
        (filter(name, "Equal", Vec::<String>::new()), "400 ValidationException"),
        (filter("AWS:InstanceInformation.InstanceId", "Equal", forty.clone()), "200 no error"),
        (
            filter("AWS:InstanceInformation.InstanceId", "Equal", [forty, vec![id(40)]].concat()),
            "400 ValidationException",
        ),
        (json!({"MaxResults": 51}), "400 ValidationException"),
        (json!({"ResultAttributes": [{"TypeName": "AWS:Network"}]}), "400 InvalidResultAttributeException"),
        (json!({"Aggregators": [{"Expression": name}]}), "400 ValidationException"),
        (json!({"NextToken": "x"}), "400 InvalidNextToken"),
    ] {
        assert_eq!(ssm(&aws, "GetInventory", input.clone()).await.error(), expected, "{input}");
    }
}
