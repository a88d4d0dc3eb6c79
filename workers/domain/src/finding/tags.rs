//! The tags of the resources that a finding is about.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The tags of all resources of a finding, each once.
///
/// They travel with an execution, whose data may be 262,144 bytes, so that no more than 4 KiB of a finding's are kept: as
/// much as fifty tags of eighty bytes in JSON, which is more than most resources bear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceTags {
    /// In the order of their keys.
    pub tags: BTreeSet<Tag>,
    /// Whether these are all. If not, nobody can say that a tag is not there.
    pub complete: bool,
}

/// One tag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value, which may be empty.
    pub value: String,
}

impl Default for ResourceTags {
    fn default() -> Self {
        Self { tags: BTreeSet::new(), complete: true }
    }
}

impl ResourceTags {
    const MOST_BYTES: usize = 4_096;
    /// What JSON writes around a key and its value.
    const BYTES_AROUND: usize = r#"{"key":"","value":""},"#.len();

    /// Whether a resource bears this tag. Keys are compared as AWS compares them, values without regard to case, because
    /// people write `never` and `Never`.
    pub fn bear(&self, wanted: &Tag) -> bool {
        self.tags.iter().any(|tag| tag.key == wanted.key && tag.value.eq_ignore_ascii_case(&wanted.value))
    }

    /// Reads pairs of a key and a value; a pair that is not of two texts leaves the tags incomplete.
    pub(super) fn read<'a>(pairs: impl Iterator<Item = (Option<&'a str>, &'a Value)>) -> Self {
        let mut read = Self::default();
        let mut bytes = 0;
        for (key, value) in pairs {
            let tag = key.zip(value.as_str()).map(|(key, value)| Tag { key: key.to_owned(), value: value.to_owned() });
            let Some(tag) = tag else {
                read.complete = false;
                continue;
            };
            let size = tag.key.len() + tag.value.len() + Self::BYTES_AROUND;
            if read.tags.contains(&tag) {
                continue;
            }
            if bytes + size > Self::MOST_BYTES {
                read.complete = false;
                continue;
            }
            bytes += size;
            read.tags.insert(tag);
        }
        read
    }
}
