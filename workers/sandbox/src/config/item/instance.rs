//! EC2 instances, as far as AWS Config records them.
//!
//! <https://github.com/awslabs/aws-config-resource-schema/blob/master/config/properties/resource-types/AWS::EC2::Instance.properties.json>.
//! There is no `configuration.platformDetails`.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::place;
use crate::fleet::{Instance, State};
use crate::organization::Organization;

/// The type of an instance.
pub(in crate::config) const INSTANCE: &str = "AWS::EC2::Instance";

/// How a property of an instance is read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Read {
    /// One value, or none.
    Text(fn(&Instance, &Organization) -> Option<String>),
    /// A value of each tag, made of its key and its value.
    Tags(fn(&str, &str) -> String),
}

pub(super) const PROPERTIES: [(&str, Read); 15] = [
    text("accountId", |instance, _| Some(instance.account.clone())),
    text("arn", |instance, organization| Some(arn(instance, organization))),
    text("availabilityZone", |instance, _| Some(zone(instance))),
    text("awsRegion", |instance, _| Some(instance.region.clone())),
    text("configuration.architecture", |instance, _| Some(architecture(instance))),
    text("configuration.imageId", |instance, _| Some(image(instance))),
    text("configuration.instanceId", |instance, _| Some(instance.id.clone())),
    text("configuration.platform", |instance, _| (instance.platform.kind == "Windows").then(|| "windows".to_owned())),
    text("configuration.state.name", |instance, _| Some(state(instance).to_owned())),
    text("configurationItemStatus", |_, _| Some("OK".to_owned())),
    text("resourceId", |instance, _| Some(instance.id.clone())),
    text("resourceType", |_, _| Some(INSTANCE.to_owned())),
    ("tags.key", Read::Tags(|key, _| key.to_owned())),
    ("tags.tag", Read::Tags(|key, value| format!("{key}={value}"))),
    ("tags.value", Read::Tags(|_, value| value.to_owned())),
];

impl Read {
    pub(super) fn values(self, instance: &Instance, organization: &Organization) -> impl Iterator<Item = String> {
        let (one, all) = match self {
            Self::Text(read) => (read(instance, organization), None),
            Self::Tags(read) => (None, Some(instance.tags.iter().map(move |(key, value)| read(key, value)))),
        };
        one.into_iter().chain(all.into_iter().flatten())
    }
}

/// The member `configuration`.
pub(super) fn configuration(instance: &Instance, organization: &Organization) -> Value {
    let mut item = json!({ "configuration": {} });
    for (path, read) in PROPERTIES.iter().filter(|(path, _)| path.starts_with("configuration.")) {
        for value in read.values(instance, organization) {
            place(&mut item, path, value.into());
        }
    }
    item["configuration"].take()
}

/// What is said of an instance whether it is too large for a notification or not.
pub(super) fn summary(instance: &Instance, captured: &str, organization: &Organization) -> Map<String, Value> {
    let gone = instance.state == State::Terminated;
    let members = [
        ("configurationItemVersion", json!("1.3")),
        ("configurationItemCaptureTime", json!(captured)),
        ("configurationStateId", json!(0)),
        ("awsAccountId", json!(instance.account)),
        ("configurationItemStatus", json!(if gone { "ResourceDeleted" } else { "OK" })),
        ("resourceType", json!(INSTANCE)),
        ("resourceId", json!(instance.id)),
        ("resourceName", Value::Null),
        ("ARN", json!(arn(instance, organization))),
        ("awsRegion", json!(instance.region)),
        ("availabilityZone", json!(zone(instance))),
    ];
    members.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}

const fn text(path: &'static str, read: fn(&Instance, &Organization) -> Option<String>) -> (&'static str, Read) {
    (path, Read::Text(read))
}

fn arn(instance: &Instance, organization: &Organization) -> String {
    organization.arn("ec2", &instance.region, &instance.account, &format!("instance/{}", instance.id))
}

fn zone(instance: &Instance) -> String {
    format!("{}a", instance.region)
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html>
fn architecture(instance: &Instance) -> String {
    let mac = if instance.platform.kind == "MacOS" { "_mac" } else { "" };
    format!("{}{mac}", instance.platform.architecture)
}

/// One made up for each operating system in each region.
fn image(instance: &Instance) -> String {
    let platform = &instance.platform;
    let parts = [&instance.region, &platform.name, &platform.version, &platform.architecture];
    let digest = Sha256::digest(parts.map(String::as_str).join("\n"));
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("ami-{}", &digits[..17])
}

fn state(instance: &Instance) -> &'static str {
    match instance.state {
        State::Running => "running",
        State::Stopped => "stopped",
        State::Terminated => "terminated",
    }
}
