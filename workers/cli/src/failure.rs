//! Why a command could not do its work, and the exit code that says so.

use std::path::Path;

use falconer_activities::accounts::AccountError;
use falconer_activities::firewall::{FirewallError, ReadError, WriteError};
use falconer_activities::fleet::ConfigError;
use falconer_activities::security_hub::SecurityHubError;
use falconer_activities::switch::SwitchError;
use thiserror::Error;

use crate::aws::AwsCallError;
use crate::config::ConfigProblems;
use crate::exit::Exit;

/// A command's failure; its text goes to standard error.
#[derive(Debug, Error)]
pub enum CommandFailure {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigProblems),
    /// A file, an address or an argument is wrong.
    #[error("{subject}: {problem}")]
    Usage {
        /// What.
        subject: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A call did not go through.
    #[error(transparent)]
    Aws(#[from] AwsCallError),
    /// The switch for automatic acts could not be read or written.
    #[error(transparent)]
    Switch(#[from] SwitchError),
    /// The firewall did not answer, or refused.
    #[error(transparent)]
    Firewall(#[from] FirewallError),
    /// Security Hub did not answer, or refused.
    #[error(transparent)]
    SecurityHub(#[from] SecurityHubError),
    /// The rule group could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The rule group could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The hub's own clients could not be made.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// AWS Config did not answer, or refused: nobody knows which instances there are.
    #[error(transparent)]
    Recorded(#[from] ConfigError),
    /// The async runtime could not be started, or a command panicked.
    #[error("the command could not be carried out: {0}")]
    Runtime(std::io::Error),
    /// What must be so is not so.
    #[error("{0}")]
    Differs(String),
}

impl CommandFailure {
    pub(crate) fn usage(subject: &str, problem: impl Into<String>) -> Self {
        Self::Usage { subject: subject.to_owned(), problem: problem.into() }
    }

    pub(crate) fn input(path: &Path, problem: &str) -> Self {
        Self::usage(&path.display().to_string(), problem)
    }

    /// The exit code that goes with it.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Config(_) | Self::Usage { .. } => Exit::Usage,
            Self::Aws(_)
            | Self::Switch(_)
            | Self::Firewall(_)
            | Self::SecurityHub(_)
            | Self::Read(_)
            | Self::Write(_)
            | Self::Account(_)
            | Self::Recorded(_) => Exit::Service,
            Self::Differs(_) | Self::Runtime(_) => Exit::Failed,
        }
    }
}
