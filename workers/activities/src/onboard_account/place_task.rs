//! What each step in a region is asked to do.

use falconer_domain::place::Place;
use schemars::JsonSchema;
use serde::Deserialize;

/// A step in one account and region.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlaceTask {
    /// Where.
    pub(super) place: Place,
    /// Whether only to tell what would be done.
    pub(super) dry_run: bool,
    /// The execution's ARN.
    pub(super) execution: String,
}
