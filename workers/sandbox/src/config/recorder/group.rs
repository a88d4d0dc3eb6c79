//! Which types of resources a recorder records.
//!
//! <https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html>, which says what goes together, and what does
//! not.

use serde::Deserialize;
use serde_json::{Value, json};

/// The types that `includeGlobalResourceTypes` is about.
const GLOBAL: [&str; 4] = ["AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User"];

/// What is recorded.
#[derive(Clone, Debug)]
pub(super) enum Group {
    /// Every type, those of IAM only if it is said.
    All { with_global: bool },
    /// These types.
    Only(Vec<String>),
    /// Every type but these.
    AllBut(Vec<String>),
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    #[serde(default)]
    all_supported: bool,
    #[serde(default)]
    include_global_resource_types: bool,
    #[serde(default)]
    resource_types: Vec<String>,
    exclusion_by_resource_types: Option<Exclusion>,
    recording_strategy: Option<Strategy>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Exclusion {
    #[serde(default)]
    resource_types: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Strategy {
    use_only: Option<String>,
}

impl Group {
    /// What a caller writes; who writes nothing records all types but those of IAM.
    ///
    /// # Errors
    /// What does not go together, as a sentence.
    pub(super) fn read(written: Option<&Value>) -> Result<Self, String> {
        let Some(written) = written else { return Ok(Self::All { with_global: false }) };
        let written: Written = serde_json::from_value(written.clone()).map_err(|error| error.to_string())?;
        let excluded = written.exclusion_by_resource_types.unwrap_or_default().resource_types;
        let strategy = written.recording_strategy.and_then(|strategy| strategy.use_only);
        let types = written.resource_types;
        if let Some(wrong) = types.iter().chain(&excluded).find(|kind| !is_type(kind)) {
            return Err(format!("{wrong} is no resource type"));
        }
        match strategy.as_deref() {
            None | Some("ALL_SUPPORTED_RESOURCE_TYPES") if written.all_supported => {
                if types.is_empty() && excluded.is_empty() {
                    return Ok(Self::All { with_global: written.include_global_resource_types });
                }
                Err("allSupported is true, and types are given all the same".to_owned())
            }
            Some("EXCLUSION_BY_RESOURCE_TYPES") if !written.all_supported => {
                if types.is_empty() && !excluded.is_empty() {
                    return Ok(Self::AllBut(excluded));
                }
                Err("EXCLUSION_BY_RESOURCE_TYPES goes with types to exclude, and with no others".to_owned())
            }
            None | Some("INCLUSION_BY_RESOURCE_TYPES") if !written.all_supported => {
                if types.is_empty() || !excluded.is_empty() || written.include_global_resource_types {
                    return Err("resourceTypes must name types, and nothing but them may be given".to_owned());
                }
                Ok(Self::Only(types))
            }
            other => Err(format!("the strategy {other:?} does not go with allSupported {}", written.all_supported)),
        }
    }

    pub(super) fn includes(&self, kind: &str) -> bool {
        match self {
            Self::All { with_global } => *with_global || !GLOBAL.contains(&kind),
            Self::Only(types) => types.iter().any(|one| one == kind),
            Self::AllBut(types) => types.iter().all(|one| one != kind),
        }
    }

    pub(super) fn describe(&self) -> Value {
        let none = Vec::new();
        let (all, global, types, excluded, strategy) = match self {
            Self::All { with_global } => (true, *with_global, &none, &none, "ALL_SUPPORTED_RESOURCE_TYPES"),
            Self::Only(types) => (false, false, types, &none, "INCLUSION_BY_RESOURCE_TYPES"),
            Self::AllBut(types) => (false, false, &none, types, "EXCLUSION_BY_RESOURCE_TYPES"),
        };
        json!({
            "allSupported": all,
            "includeGlobalResourceTypes": global,
            "resourceTypes": types,
            "exclusionByResourceTypes": { "resourceTypes": excluded },
            "recordingStrategy": { "useOnly": strategy },
        })
    }
}

/// `AWS::EC2::Instance`, as the model lists them; the sandbox knows the form and not the list.
fn is_type(text: &str) -> bool {
    let parts: Vec<_> = text.split("::").collect();
    let named = |part: &&str| !part.is_empty() && part.chars().all(|character| character.is_ascii_alphanumeric());
    parts.len() == 3 && parts[0] == "AWS" && parts.iter().all(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_described_alike_and_includes_its_types() {
        let exclusion = json!({ "useOnly": "EXCLUSION_BY_RESOURCE_TYPES" });
        let all_but = json!({ "recordingStrategy": exclusion, "exclusionByResourceTypes": { "resourceTypes": ["AWS::S3::Bucket"] } });
        for (written, instance, role) in [
            (json!({ "allSupported": true }), true, false),
            (json!({ "allSupported": true, "includeGlobalResourceTypes": true }), true, true),
            (json!({ "resourceTypes": ["AWS::IAM::Role"] }), false, true),
            (all_but, true, true),
        ] {
            let group = Group::read(Some(&written)).unwrap();
            assert_eq!((group.includes("AWS::EC2::Instance"), group.includes("AWS::IAM::Role")), (instance, role));
            let again = Group::read(Some(&group.describe())).unwrap();
            assert_eq!(again.describe(), group.describe());
        }
        assert!(Group::read(None).unwrap().includes("AWS::EC2::Instance"));
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        let use_only = |strategy: &str| json!({ "useOnly": strategy });
        for wrong in [
            json!({}),
            json!({ "allSupported": true, "resourceTypes": ["AWS::EC2::Instance"] }),
            json!({ "allSupported": true, "recordingStrategy": use_only("EXCLUSION_BY_RESOURCE_TYPES") }),
            json!({ "allSupported": false, "recordingStrategy": use_only("ALL_SUPPORTED_RESOURCE_TYPES") }),
            json!({ "exclusionByResourceTypes": { "resourceTypes": ["AWS::EC2::Instance"] } }),
            json!({ "recordingStrategy": use_only("EXCLUSION_BY_RESOURCE_TYPES") }),
            json!({ "resourceTypes": ["AWS::EC2::Instance"], "includeGlobalResourceTypes": true }),
            json!({ "resourceTypes": ["EC2Instance"] }),
            json!({ "allSupported": "yes" }),
        ] {
            assert!(Group::read(Some(&wrong)).is_err(), "{wrong}");
        }
    }
}
