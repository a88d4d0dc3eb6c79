//! Events of about 4 KB, as Falcon sends them: most of one is command lines, parents, and what was done about it.

use serde_json::{Value, json};

/// The device of a number: 32 hexadecimal digits.
pub(crate) fn device(number: u64) -> String {
    format!("{number:032x}")
}

/// A detection in which `{n}` stands for its number, and `{device}` for its device.
pub(crate) fn template() -> Value {
    serde_json::from_str(include_str!("event.json")).unwrap()
}

/// The same in which each of one device has the same id: a million events are then no more findings than there are devices.
pub(crate) fn template_of_few_findings() -> Value {
    let mut event = template();
    event["event"]["CompositeId"] = "0c1d:ind:{device}".into();
    event
}

/// What Falcon knows of a device, which is an instance of this account.
pub(crate) fn host(number: u64, account: &str) -> Value {
    json!({
        "device_id": device(number), "instance_id": format!("i-{number:017x}"), "service_provider": "AWS_EC2_V2",
        "service_provider_account_id": account, "zone_group": "us-east-1a", "hostname": format!("shop-{number}.example"),
        "platform_name": "Linux", "os_version": "Amazon Linux 2023", "agent_version": "7.19.18110.0",
        "external_ip": "203.0.113.7", "local_ip": "10.1.2.3", "mac_address": "02-00-00-00-00-01",
    })
}
