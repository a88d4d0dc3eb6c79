//! Adds up what the checks of places came to, and says what people must be told.
//!
//! Calls nothing; tells the sum in numbers, of which the largest within an hour is the fleet's. Idempotent because it only adds up its
//! input.

use std::convert::Infallible;
use std::time::Duration;

use falconer_domain::fleet::Summary;
use falconer_domain::install::GatheredInstall;
use falconer_domain::note::Notification;
use falconer_runtime::{Actions, Activity, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checked::Checked;
use crate::HEARTBEAT;
use crate::measures::Measures;
use crate::registry::Services;

/// See the module.
#[derive(Debug)]
pub struct SummarizeCheck {
    measures: Measures,
}

/// What the checks came to.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// Of places, or of groups of them.
    checked: Vec<Checked>,
    /// The execution's ARN.
    execution: String,
}

/// The sum.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summarized {
    /// Of all of them.
    pub summary: Summary,
    /// The installs that are to be started, for those that came of places.
    pub installs: Vec<GatheredInstall>,
    /// The verdicts in one sentence.
    pub sentence: String,
    /// What people must be told, if something could not be done; the state machine publishes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification: Option<Notification>,
}

impl From<&Services> for SummarizeCheck {
    fn from(services: &Services) -> Self {
        Self { measures: services.measures.clone() }
    }
}

impl Activity for SummarizeCheck {
    const NAME: &'static str = "SummarizeCheck";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions::NONE;
    type Input = Input;
    type Output = Summarized;
    type Error = Infallible;

    async fn run(&self, _: TaskContext, Input { checked, execution }: Input) -> Result<Summarized, Infallible> {
        let (mut summary, mut installs) = (Summary::default(), Vec::new());
        for Checked { summary: one, installs: of_one, started } in checked {
            summary.add(one);
            installs.extend(of_one);
            started.into_iter().filter_map(|started| started.failure).for_each(|failure| summary.fail(failure));
        }
        self.measures.fleet(&summary.instances).await;
        let sentence = summary.instances.sentence();
        let notification = summary.notification(&execution);
        Ok(Summarized { summary, installs, sentence, notification })
    }
}
