//! What came of a check, as it travels through the state machine.

use falconer_domain::fleet::{Failure, Summary};
use falconer_domain::install::GatheredInstall;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What came of a place, or of a group of places. Members without a value are left out, and may be.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Checked {
    /// What is told of it.
    pub summary: Summary,
    /// Inputs of `install-sensor`: a check of a whole place asks for its missing sensors together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub installs: Vec<GatheredInstall>,
    /// What became of those inputs; the state machine writes it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub started: Vec<Started>,
}

/// What became of one input.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Started {
    /// Why it was not started, if it was not.
    pub failure: Option<Failure>,
}
