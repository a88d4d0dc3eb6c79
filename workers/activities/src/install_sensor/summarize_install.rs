//! Puts together what became of every instance, each exactly once, and says what people must be told.
//!
//! Calls nothing. Idempotent because it only puts its input together.

use std::convert::Infallible;
use std::time::Duration;

use falconer_domain::install::{BatchResults, Report};
use falconer_domain::note::Notification;
use falconer_runtime::{Actions, Activity, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plan_install::InstallPlan;
use crate::HEARTBEAT;
use crate::registry::Services;

/// See the module.
#[derive(Debug)]
pub struct SummarizeInstall;

/// What was planned, and what became of it.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// As PlanInstall made it.
    planned: InstallPlan,
    /// Of the batches, as far as it is known.
    batches: Vec<BatchResults>,
    /// The execution's ARN.
    execution: String,
}

/// What became of it.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summarized {
    /// Every instance.
    pub report: Report,
    /// It, in one sentence.
    pub sentence: String,
    /// What people must be told, if something failed; the state machine publishes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification: Option<Notification>,
}

impl From<&Services> for SummarizeInstall {
    fn from(_: &Services) -> Self {
        Self
    }
}

impl Activity for SummarizeInstall {
    const NAME: &'static str = "SummarizeInstall";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions::NONE;
    type Input = Input;
    type Output = Summarized;
    type Error = Infallible;

    async fn run(
        &self,
        _: TaskContext,
        Input { planned, batches, execution }: Input,
    ) -> Result<Summarized, Infallible> {
        let report = Report::of(&planned.plan, batches);
        let sentence = report.sentence();
        let notification = report.notification(&execution);
        Ok(Summarized { report, sentence, notification })
    }
}
