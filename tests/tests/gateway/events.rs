//! Events of Falcon's stream, and the hosts that they are about.

use falconer_tests::fleet::{EAST, MEMBER};
use serde_json::{Value, json};

/// The device of a number: 32 hexadecimal digits.
pub(crate) fn device(number: u64) -> String {
    format!("{number:032x}")
}

/// What Falcon knows of a device, which is an instance of MEMBER.
pub(crate) fn instance(number: u64) -> Value {
    instance_of(number, MEMBER, EAST)
}

/// The same in another account and region.
pub(crate) fn instance_of(number: u64, account: &str, region: &str) -> Value {
    json!({
        "device_id": device(number), "instance_id": format!("i-{number:017x}"), "service_provider": "AWS_EC2_V2",
        "service_provider_account_id": account, "zone_group": format!("{region}a"), "hostname": format!("shop-{number}.example"),
        "platform_name": "Linux", "os_version": "Amazon Linux 2023", "agent_version": "7.19.18110.0",
    })
}

/// A device that runs in no cloud.
pub(crate) fn laptop(number: u64) -> Value {
    json!({ "device_id": device(number), "hostname": "laptop.example", "platform_name": "Windows" })
}

/// A detection of this name on this device.
pub(crate) fn detection(name: &str, number: u64) -> Value {
    json!({
        "CompositeId": composite_id(name), "AgentId": device(number), "Hostname": "shop.example",
        "Name": "Intel Detection", "Description": "A domain lookup matched an indicator.",
        "Severity": 70, "SeverityName": "High", "FalconHostLink": "https://falcon.example/activity-v2/detections/1",
        "Tactic": "Falcon Intel", "Technique": "Intelligence Indicator - Domain", "Objective": "Falcon Detection Method",
        "FileName": "service", "FilePath": "/opt/shop/bin/service", "CommandLine": "service --password=hunter2",
        "IOCType": "domain", "IOCValue": "bad.example",
    })
}

/// What every event of [`detection`] becomes that was made of a template: `{n}` is its number.
pub(crate) fn template(number: u64) -> Value {
    detection("{n}", number)
}

pub(crate) fn composite_id(name: &str) -> String {
    format!("0c1d:ind:5e45:{name}")
}

/// The id of the finding of a detection.
pub(crate) fn finding_id(name: &str) -> String {
    format!("crowdstrike:crowdstrike-falcon:{}", composite_id(name))
}

/// An audit record: no detection.
pub(crate) fn audit() -> Value {
    json!({ "metadata": { "eventType": "UserActivityAuditEvent" }, "event": { "OperationName": "quarantined_file_update" } })
}

/// A line with this offset that is cut off in the middle, but for its metadata.
pub(crate) fn cut_off(offset: u64) -> Value {
    json!(format!(r#"{{"metadata":{{"offset":{offset},"eventType":"EppDetectionSummaryEvent"}},"event":{{"Name":"#))
}
