//! Filters of inventory.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InventoryFilter.html>.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::content::{self, TypeName};
use crate::constraints::Constraints;
use crate::fleet::Instance;
use crate::wire::ServiceError;

const TYPES: [&str; 6] = ["Equal", "NotEqual", "BeginWith", "LessThan", "GreaterThan", "Exists"];
const SERVED_TYPES: [&str; 3] = ["Equal", "NotEqual", "BeginWith"];

const INSTANCE_ID: &str = "AWS:InstanceInformation.InstanceId";
const STATUS: &str = "AWS:InstanceInformation.InstanceStatus";
const PLATFORM: &str = "AWS:InstanceInformation.PlatformType";
const APPLICATION: &str = "AWS:Application.Name";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Filter {
    key: Option<String>,
    values: Option<Vec<String>>,
    #[serde(rename = "Type")]
    kind: Option<String>,
}

impl Filter {
    pub(super) fn constrain(&self, constraints: &mut Constraints) {
        constraints
            .required("filters.key", self.key.as_ref())
            .length("filters.key", self.key.as_deref(), 1, 200)
            .required("filters.values", self.values.as_ref())
            .entries("filters.values", self.values.as_ref().map(Vec::len), 1, 40)
            .one_of("filters.type", self.kind.as_deref(), &TYPES);
    }

    /// # Errors
    /// `InvalidFilter` for one that the sandbox does not serve.
    pub(super) fn check(&self) -> Result<(), ServiceError> {
        let (key, kind) = (self.key.as_deref().unwrap_or_default(), self.kind());
        let known = [INSTANCE_ID, STATUS, PLATFORM, APPLICATION].contains(&key);
        if known && SERVED_TYPES.contains(&kind) {
            return Ok(());
        }
        Err(ServiceError::new(
            "InvalidFilter",
            format!("The sandbox does not serve the filter {key} of the type {kind}"),
        ))
    }

    /// The instances that it names one by one.
    pub(super) fn ids(&self) -> Option<&[String]> {
        (self.key.as_deref() == Some(INSTANCE_ID) && self.kind() == "Equal").then(|| self.values())
    }

    /// Whether the instance, or one of its applications, is as wanted.
    pub(super) fn takes(&self, instance: &Instance) -> bool {
        match self.key.as_deref().unwrap_or_default() {
            INSTANCE_ID => self.fits(&instance.id),
            STATUS => self.fits(content::status(instance)),
            PLATFORM => self.fits(&instance.platform.kind),
            _ => content::application_names(instance).any(|name| self.fits(name)),
        }
    }

    /// Whether an entry of this type is as wanted; an attribute of another type is not looked at.
    pub(super) fn takes_entry(&self, wanted: TypeName, entry: &Map<String, Value>) -> bool {
        let key = self.key.as_deref().unwrap_or_default();
        let attribute = key.strip_prefix(wanted.name()).and_then(|rest| rest.strip_prefix('.'));
        attribute.and_then(|name| entry.get(name)).and_then(Value::as_str).is_none_or(|value| self.fits(value))
    }

    fn fits(&self, value: &str) -> bool {
        let mut values = self.values().iter();
        match self.kind() {
            "NotEqual" => values.all(|wanted| wanted != value),
            "BeginWith" => values.any(|wanted| value.starts_with(wanted.as_str())),
            _ => values.any(|wanted| wanted == value),
        }
    }

    fn kind(&self) -> &str {
        self.kind.as_deref().unwrap_or("Equal")
    }

    fn values(&self) -> &[String] {
        self.values.as_deref().unwrap_or_default()
    }
}
