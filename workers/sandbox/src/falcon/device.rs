//! A host as Falcon shows it, made of an instance of the fleet whose sensor has reported.
//!
//! The members are those of <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/device_device.go>.

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Builder;

use super::CUSTOMER;
use super::releases::default_policy;
use crate::fleet::{Health, Instance, Sensor, State};

/// When a sensor first reported that has reported for long.
const LONG_AGO: &str = "2023-03-01T08:00:00Z";

/// The sensor's id, which comes out of the instance's: 32 hexadecimal digits.
pub(super) fn device_id(instance: &Instance) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest(instance)[..16]);
    Builder::from_random_bytes(bytes).into_uuid().simple().to_string()
}

/// What is made up of an instance comes out of this.
fn digest(instance: &Instance) -> [u8; 32] {
    Sha256::digest(format!("{} {} {}", instance.account, instance.region, instance.id)).into()
}

/// The sensor, if Falcon has heard of it.
pub(super) fn reporting(instance: &Instance, now: Timestamp) -> Option<&Sensor> {
    let sensor = instance.sensor.as_ref().filter(|sensor| sensor.health != Health::Silent)?;
    sensor.reports_from.is_none_or(|first| first <= now).then_some(sensor)
}

/// When a sensor last spoke, if that does not depend on when it was stopped.
pub(super) fn last_seen(instance: &Instance, sensor: &Sensor, now: Timestamp) -> Option<Timestamp> {
    sensor.last_seen.or_else(|| (instance.state == State::Running).then(|| whole_second(now)))
}

/// Falcon's times are whole seconds.
pub(super) fn whole_second(time: Timestamp) -> Timestamp {
    time.round(TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Trunc)).unwrap_or(time)
}

/// The whole record.
pub(super) fn record(device: &str, instance: &Instance, sensor: &Sensor, last_seen: Timestamp) -> Value {
    let platform = if instance.platform.kind == "MacOS" { "Mac" } else { &instance.platform.kind };
    let first_seen = sensor.reports_from.map_or_else(|| LONG_AGO.to_owned(), |first| whole_second(first).to_string());
    let [.., host, a, b, c] = digest(instance);
    let mut record = json!({
        "device_id": device,
        "cid": CUSTOMER,
        "hostname": instance.id,
        "instance_id": instance.id,
        "service_provider": "AWS_EC2_V2",
        "service_provider_account_id": instance.account,
        "zone_group": format!("{}a", instance.region),
        "local_ip": format!("10.{a}.{b}.{c}"),
        "external_ip": format!("203.0.113.{host}"),
        "mac_address": format!("02-00-{host:02x}-{a:02x}-{b:02x}-{c:02x}"),
        "platform_name": platform,
        "os_version": format!("{} {}", instance.platform.name, instance.platform.version),
        "agent_version": sensor.version,
        "first_seen": first_seen,
        "last_seen": last_seen.to_string(),
        "reduced_functionality_mode": if sensor.health == Health::Reduced { "yes" } else { "no" },
        "provision_status": "Provisioned",
        "status": "normal",
        "tags": [],
        "groups": [],
    });
    if let Some(policy) = default_policy(platform) {
        record["device_policies"] = json!({
            "sensor_update": { "policy_type": "sensor-update", "policy_id": policy, "applied": true, "uninstall_protection": "ENABLED" },
        });
    }
    record
}
