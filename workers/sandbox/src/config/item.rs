//! EC2 instances as AWS Config records them.
//!
//! The properties that can be asked for, and their names:
//! <https://github.com/awslabs/aws-config-resource-schema/blob/master/config/properties/resource-types/AWS::EC2::Instance.properties.json>.
//! The sandbox knows those of them that it has a value for; there is no `configuration.platformDetails`.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::fleet::{Instance, State};
use crate::organization::Organization;

/// The type of the only resources that the sandbox records.
pub(super) const INSTANCE: &str = "AWS::EC2::Instance";

/// A property by its path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Property {
    /// `configuration.state.name`
    pub(super) path: &'static str,
    read: Read,
}

#[derive(Clone, Copy, Debug)]
enum Read {
    /// One value, or none.
    Text(fn(&Instance, &Organization) -> Option<String>),
    /// A value of each tag, made of its key and its value.
    Tags(fn(&str, &str) -> String),
}

const PROPERTIES: [Property; 15] = [
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
    Property { path: "tags.key", read: Read::Tags(|key, _| key.to_owned()) },
    Property { path: "tags.tag", read: Read::Tags(|key, value| format!("{key}={value}")) },
    Property { path: "tags.value", read: Read::Tags(|_, value| value.to_owned()) },
];

/// What `SELECT *` gives of an instance: the scalars at the top that the sandbox has.
/// <https://docs.aws.amazon.com/config/latest/developerguide/querying-AWS-resources.html#query-limitations>
const TOP: [&str; 6] = ["accountId", "awsRegion", "arn", "availabilityZone", "resourceId", "resourceType"];

/// Where all of it stands in the AWS of one organization.
#[derive(Clone, Copy, Debug)]
pub(super) struct Items<'a>(pub(super) &'a Organization);

impl Property {
    /// The property of this path, if the sandbox has it.
    pub(super) fn named(path: &str) -> Option<Self> {
        PROPERTIES.into_iter().find(|property| property.path == path)
    }

    /// Those that `*` stands for.
    pub(super) fn top() -> impl Iterator<Item = Self> {
        TOP.into_iter().filter_map(Self::named)
    }

    /// Whether an item has one value of it at most.
    pub(super) fn is_scalar(self) -> bool {
        matches!(self.read, Read::Text(_))
    }
}

impl Items<'_> {
    /// The values of a property.
    pub(super) fn values(self, property: Property, instance: &Instance) -> Vec<String> {
        match property.read {
            Read::Text(read) => read(instance, self.0).into_iter().collect(),
            Read::Tags(read) => instance.tags.iter().map(|(key, value)| read(key, value)).collect(),
        }
    }

    /// The member `configuration`.
    pub(super) fn configuration(self, instance: &Instance) -> Value {
        let mut item = json!({ "configuration": {} });
        for property in PROPERTIES.into_iter().filter(|property| property.path.starts_with("configuration.")) {
            for value in self.values(property, instance) {
                place(&mut item, property.path, value.into());
            }
        }
        item["configuration"].take()
    }

    /// The item as a rule's Lambda function is sent it: other names than in a query, and tags as a map.
    /// <https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html>
    pub(super) fn notified(self, instance: &Instance, captured: &str) -> Map<String, Value> {
        let mut item = self.summary(instance, captured);
        item.insert("tags".to_owned(), json!(instance.tags));
        item.insert("relationships".to_owned(), json!([]));
        item.insert("configuration".to_owned(), self.configuration(instance));
        item
    }

    /// What an item that is too large for a notification is summed up as, of the same page.
    pub(super) fn summary(self, instance: &Instance, captured: &str) -> Map<String, Value> {
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
            ("ARN", json!(arn(instance, self.0))),
            ("awsRegion", json!(instance.region)),
            ("availabilityZone", json!(zone(instance))),
        ];
        members.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
    }
}

/// The tags as a query shows them.
pub(super) fn tags(instance: &Instance) -> Value {
    let tag = |(key, value): (&String, &String)| json!({ "key": key, "tag": format!("{key}={value}"), "value": value });
    instance.tags.iter().map(tag).collect()
}

/// Puts a value where its path says.
pub(super) fn place(item: &mut Value, path: &str, value: Value) {
    let place = path.split('.').fold(item, |place, name| &mut place[name]);
    *place = value;
}

const fn text(path: &'static str, read: fn(&Instance, &Organization) -> Option<String>) -> Property {
    Property { path, read: Read::Text(read) }
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
