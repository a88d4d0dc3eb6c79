//! Why an instance has no sensor although somebody tried.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The name of an instance's error, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Failure {
    /// Systems Manager does not know the instance, or no longer.
    #[serde(rename = "Ssm.InstanceNotManaged")]
    InstanceNotManaged,
    /// The command could not be delivered.
    #[serde(rename = "Ssm.Undeliverable")]
    Undeliverable,
    /// The agent did not fetch the command in time.
    #[serde(rename = "Ssm.DeliveryTimedOut")]
    DeliveryTimedOut,
    /// The package did not end in time.
    #[serde(rename = "Ssm.ExecutionTimedOut")]
    ExecutionTimedOut,
    /// The package failed.
    #[serde(rename = "Ssm.CommandFailed")]
    CommandFailed,
    /// The command was cancelled: by Falconer before its token ended, or by somebody.
    #[serde(rename = "Ssm.Cancelled")]
    Cancelled,
    /// Systems Manager sent the command to no further instance, because too many had failed.
    #[serde(rename = "Ssm.TooManyErrors")]
    TooManyErrors,
    /// The instance was terminated on the way.
    #[serde(rename = "Instance.Terminated")]
    Terminated,
    /// The package says that it went well, and no sensor reports.
    #[serde(rename = "Sensor.NotReporting")]
    NotReporting,
    /// The package says that the sensor is gone, and it still reports.
    #[serde(rename = "Sensor.StillReporting")]
    StillReporting,
    /// A sensor that only its maintenance token lets go, and no way to hand it over.
    #[serde(rename = "Sensor.Protected")]
    Protected,
    /// Falcon did not let the sensor be installed.
    #[serde(rename = "Install.NotAuthorized")]
    NotAuthorized,
    /// The execution ended before anything was known.
    #[serde(rename = "Install.Interrupted")]
    Interrupted,
}

/// How far a command is on one instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It is not at its end.
    UnderWay,
    /// The package says that it went well.
    Succeeded,
    /// It did not go well.
    Failed(Failure),
}

impl Progress {
    /// Reads `StatusDetails` of an invocation, which AWS writes with and without spaces
    /// (<https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html>). A text that is not known is
    /// waited for: the command is cancelled in time anyway.
    pub fn read(status_details: &str) -> Self {
        match status_details.replace(' ', "").as_str() {
            "Success" => Self::Succeeded,
            "DeliveryTimedOut" => Self::Failed(Failure::DeliveryTimedOut),
            "ExecutionTimedOut" | "TimedOut" => Self::Failed(Failure::ExecutionTimedOut),
            "Failed" | "InvalidPlatform" | "AccessDenied" => Self::Failed(Failure::CommandFailed),
            "Cancelled" => Self::Failed(Failure::Cancelled),
            "Undeliverable" => Self::Failed(Failure::Undeliverable),
            "Terminated" => Self::Failed(Failure::TooManyErrors),
            _ => Self::UnderWay,
        }
    }
}

impl Failure {
    /// As it stands in results, and on the operator's page.
    pub fn name(self) -> &'static str {
        match self {
            Self::InstanceNotManaged => "Ssm.InstanceNotManaged",
            Self::Undeliverable => "Ssm.Undeliverable",
            Self::DeliveryTimedOut => "Ssm.DeliveryTimedOut",
            Self::ExecutionTimedOut => "Ssm.ExecutionTimedOut",
            Self::CommandFailed => "Ssm.CommandFailed",
            Self::Cancelled => "Ssm.Cancelled",
            Self::TooManyErrors => "Ssm.TooManyErrors",
            Self::Terminated => "Instance.Terminated",
            Self::NotReporting => "Sensor.NotReporting",
            Self::StillReporting => "Sensor.StillReporting",
            Self::Protected => "Sensor.Protected",
            Self::NotAuthorized => "Install.NotAuthorized",
            Self::Interrupted => "Install.Interrupted",
        }
    }

    /// What a person does about it.
    pub fn what_to_do(self) -> &'static str {
        match self {
            Self::InstanceNotManaged => {
                "Give the instance a role with AmazonSSMManagedInstanceCore, a way to the Systems Manager endpoints, and a running \
                 agent of version 2.3.1550.0 or later; then run this again."
            }
            Self::Undeliverable | Self::DeliveryTimedOut => {
                "Start the instance if it is stopped; restart its Systems Manager agent, and see whether it reaches the ssm and \
                 ec2messages endpoints; then run this again."
            }
            Self::ExecutionTimedOut | Self::Cancelled => {
                "See on the host how far it is and whether it reaches the Falcon API, from which it downloads the sensor; then run \
                 this again."
            }
            Self::CommandFailed => {
                "Read the command's output in Systems Manager; often the host does not reach the Falcon API, or Falcon has no sensor \
                 of this version for its operating system."
            }
            Self::TooManyErrors => {
                "See why the others of its batch failed, or raise install.max_errors; then run this again."
            }
            Self::Terminated => "Nothing is to be done.",
            Self::NotReporting => {
                "See on the host whether the sensor's service runs and reaches the Falcon cloud (falconctl -g --rfm-state --cid, or \
                 sc query csagent). If nothing is installed, Systems Manager still takes the package for installed and does nothing: \
                 uninstall the package with AWS-ConfigureAWSPackage, then run this again."
            }
            Self::StillReporting => {
                "The sensor was not installed by this package, or protects itself: uninstall it on the host, with its maintenance \
                 token if its policy protects it."
            }
            Self::Protected => {
                "The package cannot hand a maintenance token to a sensor for Linux: move the host to an update policy without \
                 uninstall protection, then run this again."
            }
            Self::NotAuthorized => {
                "See whether the API client for installs is valid and has the scopes Sensor Download: Read and Installation Tokens: \
                 Read, and whether a valid installation token exists if Falcon requires one."
            }
            Self::Interrupted => "Run this again: an instance that got its sensor meanwhile is found to have it.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_of_an_invocation_is_told_apart() {
        let failed = Progress::Failed;
        for (status, progress) in [
            ("Pending", Progress::UnderWay),
            ("InProgress", Progress::UnderWay),
            ("In Progress", Progress::UnderWay),
            ("Delayed", Progress::UnderWay),
            ("Cancelling", Progress::UnderWay),
            ("Unheard Of", Progress::UnderWay),
            ("", Progress::UnderWay),
            ("Success", Progress::Succeeded),
            ("DeliveryTimedOut", failed(Failure::DeliveryTimedOut)),
            ("Delivery Timed Out", failed(Failure::DeliveryTimedOut)),
            ("Execution Timed Out", failed(Failure::ExecutionTimedOut)),
            ("Failed", failed(Failure::CommandFailed)),
            ("Invalid Platform", failed(Failure::CommandFailed)),
            ("Cancelled", failed(Failure::Cancelled)),
            ("Undeliverable", failed(Failure::Undeliverable)),
            ("Terminated", failed(Failure::TooManyErrors)),
        ] {
            assert_eq!(Progress::read(status), progress, "{status}");
        }
    }

    #[test]
    fn an_error_is_written_by_its_name() {
        for failure in [Failure::InstanceNotManaged, Failure::NotReporting, Failure::Terminated, Failure::Interrupted] {
            assert_eq!(serde_json::to_value(failure).unwrap(), failure.name());
        }
    }
}
