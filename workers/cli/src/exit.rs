//! What the exit codes mean.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It did what was asked.
    Done,
    /// What was asked for did not come true: the execution failed, an instance lacks a healthy sensor, the demo differs, the
    /// contracts have changed.
    Failed,
    /// The command line, the configuration or an input is wrong. Nothing was done.
    Usage,
    /// AWS or Falcon (or the sandbox) did not answer, or refused.
    Service,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Service => 3,
        })
    }
}
