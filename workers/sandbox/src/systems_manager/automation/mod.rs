//! Automation: CrowdStrike's own document for the sensor.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-automation.html>. The one document is
//! `CrowdStrike-FalconSensorDeploy`, whose steps are those of
//! <https://github.com/CrowdStrike/aws-ssm-distributor/blob/main/official-package/terraform/documents/CrowdStrike-FalconSensorDeploy.yaml>.

mod describe;
pub(super) mod document;
mod operations;
mod prerequisites;
mod run;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::Place;

/// Texts by name, as Automation's parameters and outputs are.
pub(super) type Texts = BTreeMap<String, Vec<String>>;

/// By place and id.
#[derive(Debug, Default)]
pub(super) struct Automations(BTreeMap<(Place, String), Execution>);

/// An execution of the document. The outputs of its first step hold a token of Falcon, and are not shown to whoever debugs
/// the sandbox; Systems Manager itself shows them to everybody who may get the execution.
struct Execution {
    parameters: Texts,
    client_token: Option<String>,
    executed_by: String,
    started: Timestamp,
    ended: Option<Timestamp>,
    status: Status,
    failure: Option<String>,
    steps: [Step; 4],
    cancel: CancellationToken,
}

/// A step of an execution.
struct Step {
    id: String,
    name: &'static str,
    action: &'static str,
    status: Status,
    started: Option<Timestamp>,
    ended: Option<Timestamp>,
    outputs: Texts,
    failure: Option<String>,
}

/// Where an execution, or a step of it, stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Pending,
    InProgress,
    Success,
    Failed,
    Cancelled,
    TimedOut,
}

impl fmt::Debug for Execution {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Execution").field("status", &self.status).finish_non_exhaustive()
    }
}
