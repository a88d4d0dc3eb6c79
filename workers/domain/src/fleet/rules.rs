//! What an organization tells the verdict.

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// `[fleet]`: when a sensor counts as healthy, and which instances need none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FleetConfig {
    /// Hours after which the sensor of a running instance that has not reported counts as stale. A sensor reports several
    /// times an hour. From 1 to 1,080 (the 45 days for which Falcon keeps a silent host). Default 24.
    pub stale_hours: u32,
    /// Tags, written `key` or `key=value`, any of which on an instance says that it needs no sensor. Default
    /// `falconer:exclude`.
    pub exclude_tags: Vec<String>,
}

/// One mistake in a [`FleetConfig`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{key}: {problem}")]
pub struct FleetConfigProblem {
    /// The key.
    pub key: String,
    /// What is wrong with it, and what to write instead.
    pub problem: String,
}

/// What decides about instances, parsed.
#[derive(Clone, Debug)]
pub struct FleetRules {
    pub(super) stale_after: SignedDuration,
    pub(super) excluding: Vec<TagPattern>,
}

/// A tag's key, and its value if it matters.
#[derive(Clone, Debug)]
pub(super) struct TagPattern {
    pub(super) key: String,
    pub(super) value: Option<String>,
}

impl Default for FleetConfig {
    fn default() -> Self {
        Self { stale_hours: 24, exclude_tags: vec!["falconer:exclude".to_owned()] }
    }
}

impl FleetRules {
    /// # Errors
    /// Every mistake of the configuration, with its key.
    pub fn new(config: &FleetConfig) -> Result<Self, Vec<FleetConfigProblem>> {
        let mut problems = Vec::new();
        let mut refuse = |key: &str, problem: &str| {
            problems.push(FleetConfigProblem { key: key.to_owned(), problem: problem.to_owned() });
        };
        if !(1..=1080).contains(&config.stale_hours) {
            refuse("stale_hours", "it must be from 1 to 1080");
        }
        let excluding = config.exclude_tags.iter().enumerate().filter_map(|(index, text)| {
            let pattern = TagPattern::read(text);
            if pattern.is_none() {
                refuse(&format!("exclude_tags[{index}]"), "it must be a tag, written `key` or `key=value`");
            }
            pattern
        });
        let excluding = excluding.collect();
        let stale_after = SignedDuration::from_hours(config.stale_hours.into());
        if problems.is_empty() { Ok(Self { stale_after, excluding }) } else { Err(problems) }
    }
}

impl TagPattern {
    fn read(text: &str) -> Option<Self> {
        let (key, value) = text.split_once('=').map_or((text, None), |(key, value)| (key, Some(value.to_owned())));
        (!key.is_empty()).then(|| Self { key: key.to_owned(), value })
    }
}
