//! A state machine as it is kept.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::arn::Arn;
use super::definition;

/// What an update replaces: an execution goes on with the revision that it started with.
#[derive(Clone, Debug)]
pub(crate) struct Revision {
    /// The definition as it was sent.
    pub(crate) text: String,
    /// The definition as it is followed.
    pub(crate) definition: definition::Machine,
    /// The role.
    pub(crate) role_arn: String,
    /// When this revision came.
    pub(crate) since: Timestamp,
    /// What UpdateStateMachine called it; none for the first.
    pub(crate) id: Option<String>,
    /// Kept and shown, without effect: `loggingConfiguration`.
    pub(crate) logging: Option<Value>,
    /// Kept and shown, without effect: `tracingConfiguration`.
    pub(crate) tracing: Option<Value>,
}

impl Revision {
    /// Whether creating this one where the other is counts as the same request: the role does not matter.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (&self.text, &self.logging, &self.tracing) == (&other.text, &other.logging, &other.tracing)
    }
}

/// A state machine.
#[derive(Clone, Debug)]
pub(crate) struct StateMachine {
    /// Its ARN.
    pub(crate) arn: Arn,
    /// When it was created.
    pub(crate) created: Timestamp,
    /// What executions follow that start now.
    pub(crate) revision: Arc<Revision>,
    /// Cancelled by DeleteStateMachine: executions end at their next transition.
    pub(crate) deleted: CancellationToken,
}
