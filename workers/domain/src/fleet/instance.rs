//! An EC2 instance, as AWS Config records it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

/// The id of an instance: `i-` and 17 hexadecimal digits, or 8 of an old one
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^i-([0-9a-f]{8}|[0-9a-f]{17})$"))]
pub struct InstanceId(String);

/// A text is not the id of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an instance id is `i-` and 17 (or 8) hexadecimal digits, as in `i-0f1a2b3c4d5e6f701`")]
pub struct InstanceIdError;

/// What Config knows of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its id.
    pub id: InstanceId,
    /// Whether it runs.
    pub state: InstanceState,
    /// Of its processor; `None` if Config does not say, or names one that is not known.
    pub architecture: Option<Architecture>,
    /// By key.
    pub tags: BTreeMap<String, String>,
}

/// Whether an instance runs, as far as it matters to a sensor on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceState {
    /// It runs, or is about to.
    Running,
    /// It is stopped, or stopping: nothing on it can report.
    Stopped,
    /// It is gone, or about to be.
    Terminated,
}

/// The architecture of a processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Architecture {
    /// Intel and AMD, 64 bits.
    #[serde(rename = "x86_64")]
    X86,
    /// Graviton.
    #[serde(rename = "arm64")]
    Arm,
}

impl Instance {
    /// Reads an instance out of a row of Config's advanced queries with `resourceId`, `configuration` and `tags` (a list of
    /// `{"key", "value"}`), or out of a configuration item (whose tags are an object). `None` without an id.
    ///
    /// <https://github.com/awslabs/aws-config-resource-schema/blob/master/config/properties/resource-types/AWS::EC2::Instance.properties.json>
    pub fn read(row: &Value) -> Option<Self> {
        let configuration = &row["configuration"];
        Some(Self {
            id: row["resourceId"].as_str()?.parse().ok()?,
            state: InstanceState::read(configuration["state"]["name"].as_str()),
            architecture: Architecture::read(configuration["architecture"].as_str()),
            tags: tags(&row["tags"]),
        })
    }
}

fn tags(tags: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match tags {
        Value::Array(pairs) => pairs
            .iter()
            .filter_map(|pair| Some((text(&pair["key"])?, text(&pair["value"]).unwrap_or_default())))
            .collect(),
        Value::Object(pairs) => {
            pairs.iter().map(|(key, value)| (key.clone(), text(value).unwrap_or_default())).collect()
        }
        _ => BTreeMap::new(),
    }
}

impl InstanceState {
    /// A state that is missing or not known is taken for running: of such an instance a sensor is asked for.
    fn read(name: Option<&str>) -> Self {
        match name {
            Some("stopped" | "stopping") => Self::Stopped,
            Some("terminated" | "shutting-down") => Self::Terminated,
            _ => Self::Running,
        }
    }
}

impl Architecture {
    fn read(name: Option<&str>) -> Option<Self> {
        match name? {
            "x86_64" => Some(Self::X86),
            "arm64" => Some(Self::Arm),
            _ => None,
        }
    }

    /// As EC2 writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm => "arm64",
        }
    }
}

impl InstanceId {
    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for InstanceId {
    type Err = InstanceIdError;

    fn from_str(text: &str) -> Result<Self, InstanceIdError> {
        let digits = text.strip_prefix("i-").ok_or(InstanceIdError)?;
        let is_hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_id = matches!(digits.len(), 8 | 17) && digits.bytes().all(is_hexadecimal);
        is_id.then(|| Self(text.to_owned())).ok_or(InstanceIdError)
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for InstanceId {
    type Error = InstanceIdError;

    fn try_from(text: String) -> Result<Self, InstanceIdError> {
        text.parse()
    }
}

impl From<InstanceId> for String {
    fn from(id: InstanceId) -> Self {
        id.0
    }
}
