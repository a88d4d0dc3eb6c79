//! What the Falcon sensor's package of Distributor does on an instance.
//!
//! Modelled after the package that CrowdStrike publishes the sources of,
//! <https://github.com/CrowdStrike/aws-ssm-distributor/tree/main/custom-api-package/package>, and after what the agent says
//! around a package's script, as in <https://github.com/aws/amazon-ssm-agent/issues/363>.

mod install;
mod platforms;
mod uninstall;

use std::time::Duration;

use tokio::time::Instant;

use super::SystemsManager;
use super::commands::{Action, Order, Output, Status};
use crate::fleet::Instance;

/// The packages that there are: CrowdStrike's own, and what its sources call one that is built from them.
const PACKAGES: [&str; 2] = ["FalconSensor-CrowdStrike", "CrowdStrike-FalconSensor"];

/// An instance whose agent has begun with a command.
pub(super) struct Host<'a> {
    pub(super) service: &'a SystemsManager,
    pub(super) instance: &'a Instance,
    pub(super) begun: Instant,
}

/// How a script ended: with what it said, or out of time.
enum Ended {
    Done(String),
    Failed { out: String, error: String },
    OutOfTime,
}

impl Host<'_> {
    /// Installs or uninstalls.
    pub(super) async fn configure(&self, order: &Order) -> (Status, Output) {
        if !PACKAGES.contains(&order.package.as_str()) {
            let error = format!("failed to download manifest: the document {} does not exist", order.package);
            return (Status::Failed, Output { code: 1, error, ..Output::default() });
        }
        if let Some(error) = platforms::problem(&self.instance.platform) {
            return (Status::Failed, Output { code: 1, error, ..Output::default() });
        }
        let ended = match order.action {
            Action::Install => self.install(&order.arguments).await,
            Action::Uninstall => self.uninstall().await,
        };
        let action = if order.action == Action::Install { "install" } else { "uninstall" };
        let said = |result: &str, script: &str| {
            let package = &order.package;
            format!("Initiating {package} 1.0 {action}\nPlugin ResultStatus {result}\n{action} output: {script}\n")
        };
        match ended {
            Ended::Done(out) => (Status::Success, Output { out: said("Success", &out), ..Output::default() }),
            Ended::Failed { out, error } => (Status::Failed, Output { code: 1, out: said("Failed", &out), error }),
            Ended::OutOfTime => {
                (Status::ExecutionTimedOut, Output { code: 1, out: said("TimedOut", ""), ..Output::default() })
            }
        }
    }

    /// When half of the work is done.
    pub(super) fn halfway(&self) -> Instant {
        self.begun + self.duration() / 2
    }

    /// How long the work takes: 40 to 90 s, for each instance always the same.
    fn duration(&self) -> Duration {
        Duration::from_secs(40 + self.service.identifiers.number(&self.instance.id) % 51)
    }

    fn is_windows(&self) -> bool {
        self.instance.platform.kind == "Windows"
    }
}
