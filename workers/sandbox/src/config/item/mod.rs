//! Resources as AWS Config records them: instances, which are the fleet's, and what else the control endpoint puts.
//!
//! The properties that can be asked for, and their names:
//! <https://github.com/awslabs/aws-config-resource-schema/tree/master/config/properties/resource-types>. The sandbox knows
//! those of them that it has a value for.

mod instance;
mod resource;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::fleet::Instance;
use crate::organization::Organization;
pub(super) use instance::INSTANCE;
use instance::Read;
pub(super) use resource::Resource;

/// One resource.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item<'a> {
    Instance(&'a Instance),
    Other(&'a Resource),
}

/// A value of a property.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scalar {
    Flag(bool),
    Text(String),
}

/// A property by its path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Property {
    /// `configuration.state.name`
    pub(super) path: &'static str,
    kind: Kind,
    of_instance: Option<Read>,
}

/// What the values of a property are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Flag,
    /// One for each tag.
    Tags,
}

/// What `SELECT *` gives of a resource: the scalars at the top that the sandbox has.
/// <https://docs.aws.amazon.com/config/latest/developerguide/querying-AWS-resources.html#query-limitations>
const TOP: [&str; 7] =
    ["accountId", "awsRegion", "arn", "availabilityZone", "resourceId", "resourceName", "resourceType"];

/// Where all of it stands in the AWS of one organization.
#[derive(Clone, Copy, Debug)]
pub(super) struct Items<'a>(pub(super) &'a Organization);

impl Property {
    /// The property of this path, if the sandbox has it.
    pub(super) fn named(path: &str) -> Option<Self> {
        let of_instance = instance::PROPERTIES.iter().find(|(one, _)| *one == path);
        let of_other = resource::property(path);
        let (path, kind) = match (of_instance, of_other) {
            (Some((path, Read::Tags(_))), _) => (*path, Kind::Tags),
            (_, Some((path, kind))) => (path, kind),
            (Some((path, Read::Text(_))), None) => (*path, Kind::Text),
            (None, None) => return None,
        };
        Some(Self { path, kind, of_instance: of_instance.map(|(_, read)| *read) })
    }

    /// Those that `*` stands for.
    pub(super) fn top() -> impl Iterator<Item = Self> {
        TOP.into_iter().filter_map(Self::named)
    }

    /// What its values are.
    pub(super) fn kind(self) -> Kind {
        self.kind
    }

    /// Whether an item has one value of it at most.
    pub(super) fn is_scalar(self) -> bool {
        self.kind != Kind::Tags
    }
}

impl From<Scalar> for Value {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Flag(flag) => flag.into(),
            Scalar::Text(text) => text.into(),
        }
    }
}

impl Items<'_> {
    /// The values of a property.
    pub(super) fn values(self, property: Property, item: Item<'_>) -> Vec<Scalar> {
        match (item, property.of_instance) {
            (Item::Instance(instance), Some(read)) => read.values(instance, self.0).map(Scalar::Text).collect(),
            (Item::Instance(_), None) => Vec::new(),
            (Item::Other(resource), Some(Read::Tags(read))) => {
                resource.tags.iter().map(|(key, value)| Scalar::Text(read(key, value))).collect()
            }
            (Item::Other(resource), _) => resource.value(property.path, self.0).into_iter().collect(),
        }
    }

    /// The member `configuration`.
    pub(super) fn configuration(self, item: Item<'_>) -> Value {
        match item {
            Item::Instance(instance) => instance::configuration(instance, self.0),
            Item::Other(resource) => resource.configuration.clone(),
        }
    }

    /// An instance as a rule's Lambda function is sent it: other names than in a query, and tags as a map.
    /// <https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html>
    pub(super) fn notified(self, instance: &Instance, captured: &str) -> Map<String, Value> {
        let mut item = self.summary(instance, captured);
        item.insert("tags".to_owned(), json!(instance.tags));
        item.insert("relationships".to_owned(), json!([]));
        item.insert("configuration".to_owned(), instance::configuration(instance, self.0));
        item
    }

    /// What an instance that is too large for a notification is summed up as, of the same page.
    pub(super) fn summary(self, instance: &Instance, captured: &str) -> Map<String, Value> {
        instance::summary(instance, captured, self.0)
    }
}

/// The tags as a query shows them.
pub(super) fn tags(item: Item<'_>) -> Value {
    let tags: &BTreeMap<String, String> = match item {
        Item::Instance(instance) => &instance.tags,
        Item::Other(resource) => &resource.tags,
    };
    let tag = |(key, value): (&String, &String)| json!({ "key": key, "tag": format!("{key}={value}"), "value": value });
    tags.iter().map(tag).collect()
}

/// Puts a value where its path says.
pub(super) fn place(item: &mut Value, path: &str, value: Value) {
    let place = path.split('.').fold(item, |place, name| &mut place[name]);
    *place = value;
}
