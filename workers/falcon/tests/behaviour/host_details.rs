//! What Falcon knows of the hosts of sensors.

use falconer_falcon::{DetailedHosts, DeviceId, FalconError};
use serde_json::{Value, json};

use crate::wire::{Line, answer};

const BY_ID: &str = "/devices/entities/devices/v2";
const ACCOUNT: &str = "444455556666";

fn device(number: usize) -> DeviceId {
    format!("{number:032x}").parse().unwrap()
}

/// A line with an instance, and the id of its sensor.
async fn with_a_sensor() -> (Line, DeviceId) {
    let line = Line::open();
    let sensor = json!({ "version": "7.19.18110.0" });
    line.put_instance(json!({ "account": ACCOUNT, "region": "eu-west-1", "id": "i-0a", "sensor": sensor }));
    let host = line.falcon.hosts(ACCOUNT, &["i-0a"]).await.unwrap().found.remove(0);
    (line, host.device_id.unwrap().parse().unwrap())
}

/// A line on which every request for sensors is answered like this.
fn answering(status: u16, body: Value) -> Line {
    Line::interfered(move |request| (request.uri().path() == BY_ID).then(|| answer(status, &body)))
}

#[tokio::test(start_paused = true)]
async fn a_host_is_described_as_a_finding_needs_it() {
    let (line, sensor) = with_a_sensor().await;
    let hosts = line.falcon.hosts_by_device(std::slice::from_ref(&sensor)).await.unwrap();
    let host = &hosts.found[0];
    assert_eq!((hosts.found.len(), hosts.malformed), (1, 0));
    assert_eq!(host.device_id.as_deref(), Some(sensor.as_str()));
    assert_eq!(host.instance_id.as_deref(), Some("i-0a"));
    assert_eq!(host.service_provider.as_deref(), Some("AWS_EC2_V2"));
    assert_eq!(host.service_provider_account_id.as_deref(), Some(ACCOUNT));
    assert_eq!(host.zone_group.as_deref(), Some("eu-west-1a"));
    assert_eq!(host.hostname.as_deref(), Some("i-0a"));
    assert_eq!(host.platform_name.as_deref(), Some("Linux"));
    assert_eq!(host.os_version.as_deref(), Some("Amazon Linux 2023"));
    assert_eq!(host.agent_version.as_deref(), Some("7.19.18110.0"));
    assert_eq!(host.last_seen.as_deref(), Some("2026-01-15T10:00:12Z"));
    assert!(host.external_ip.as_ref().unwrap().starts_with("203.0.113."));
    assert!(host.local_ip.as_ref().unwrap().starts_with("10."));
    assert!(host.mac_address.as_ref().unwrap().starts_with("02-00-"));
}

#[tokio::test(start_paused = true)]
async fn a_host_on_premises_has_its_place_in_active_directory() {
    let record = json!({"device_id": "00000000000000000000000000000001", "machine_domain": "corp.example", "site_name": "Berlin",
        "ou": ["Servers", "Europe"], "tags": ["FalconGroupingTags/web"], "mac_address": null});
    let hosts = answering(200, json!({ "resources": [record] })).falcon.hosts_by_device(&[device(1)]).await.unwrap();
    let host = &hosts.found[0];
    assert_eq!((host.machine_domain.as_deref(), host.site_name.as_deref()), (Some("corp.example"), Some("Berlin")));
    assert_eq!(
        (host.ou.join(","), host.tags.join(",")),
        ("Servers,Europe".to_owned(), "FalconGroupingTags/web".to_owned())
    );
    assert_eq!((host.instance_id.as_ref(), host.mac_address.as_ref()), (None, None));
}

#[tokio::test(start_paused = true)]
async fn a_sensor_that_falcon_does_not_know_is_not_found() {
    let (line, sensor) = with_a_sensor().await;
    assert_eq!(line.falcon.hosts_by_device(&[device(1), sensor]).await.unwrap().found.len(), 1);
    assert_eq!(line.falcon.hosts_by_device(&[device(1)]).await.unwrap(), DetailedHosts::default());
    let not_found = answering(404, json!({"errors": [{"code": 404, "message": "No device found"}], "resources": []}));
    assert_eq!(not_found.falcon.hosts_by_device(&[device(1)]).await.unwrap(), DetailedHosts::default());
}

#[tokio::test(start_paused = true)]
async fn five_thousand_sensors_are_a_request() {
    let (line, sensor) = with_a_sensor().await;
    let sensors: Vec<DeviceId> = (0..5000).map(device).chain([sensor]).collect();
    assert_eq!(line.falcon.hosts_by_device(&sensors).await.unwrap().found.len(), 1);
    assert_eq!(line.count(BY_ID), 2);
    assert_eq!(line.falcon.hosts_by_device(&[]).await.unwrap(), DetailedHosts::default());
    assert_eq!(line.count(BY_ID), 2);
}

#[tokio::test(start_paused = true)]
async fn broken_records_are_counted_and_cost_no_other() {
    let records = json!([{"hostname": "web"}, {"hostname": 7}, {"ou": "Servers"}, null, "web", ["web"]]);
    let hosts = answering(200, json!({ "resources": records })).falcon.hosts_by_device(&[device(1)]).await.unwrap();
    assert_eq!((hosts.found.len(), hosts.malformed), (1, 5));
}

#[tokio::test(start_paused = true)]
async fn a_fault_is_waited_out_or_named() {
    for fault in ["throttle", "error:500", "error:401", "drop", "lose-answer"] {
        let (line, sensor) = with_a_sensor().await;
        line.fault(fault, "falcon.HostsById", Some(1)).await;
        let hosts = line.falcon.hosts_by_device(std::slice::from_ref(&sensor)).await.unwrap();
        assert_eq!((hosts.found.len(), line.count(BY_ID)), (1, 2), "{fault}");
        line.fault(fault, "falcon.HostsById", None).await;
        assert!(line.falcon.hosts_by_device(&[sensor]).await.is_err(), "{fault}");
    }
    let denied = Line::install().falcon.hosts_by_device(&[device(1)]).await.unwrap_err();
    assert!(matches!(denied, FalconError::AccessDenied { .. }), "{denied}");
}
