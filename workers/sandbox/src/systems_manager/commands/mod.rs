//! Run Command: what was sent to which instances, and what became of it.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command.html>. There is one document,
//! `AWS-ConfigureAWSPackage`, which installs and uninstalls packages of Distributor.

mod cancel;
mod describe;
mod document;
mod filters;
mod get;
mod list;
mod run;
mod send;
mod status;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use super::{Place, SystemsManager, rates};

pub(super) use document::{Action, Order};
pub(super) use send::Sending;
pub(super) use status::Status;

/// How long after it was sent a command has invocations for those who ask. AWS documents that they may ask too early
/// (`InvocationDoesNotExist`), and no time.
const SHOWN_AFTER: Duration = Duration::from_secs(3);

/// What a step of a document takes at most if the document does not say otherwise, as this one does not.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html#monitor-about-status-timeouts>.
pub(super) const EXECUTION_TIMEOUT: Duration = Duration::from_secs(3600);

/// All commands, oldest first.
#[derive(Debug, Default)]
pub(super) struct Commands(BTreeMap<Place, Vec<Command>>);

/// A command with its invocations, in the order of its instances. What it was given may be secret, and is not shown to
/// whoever debugs the sandbox; Systems Manager itself shows it to everybody who may list commands.
pub(super) struct Command {
    id: String,
    comment: String,
    parameters: Map<String, Value>,
    order: Arc<Order>,
    requested: Timestamp,
    /// How long it may take until an instance begins.
    delivery_timeout: Duration,
    max_concurrency: String,
    max_errors: String,
    invocations: Vec<Invocation>,
}

/// What became of a command on one instance.
#[derive(Clone, Debug)]
pub(super) struct Invocation {
    pub(super) instance: String,
    /// The tag `Name`.
    name: String,
    windows: bool,
    pub(super) status: Status,
    started: Option<Timestamp>,
    ended: Option<Timestamp>,
    pub(super) output: Option<Output>,
    cancel: CancellationToken,
}

/// What a package's script said in the end.
#[derive(Clone, Debug, Default)]
pub(super) struct Output {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) error: String,
}

impl Commands {
    fn find(&self, place: &Place, id: &str) -> Option<&Command> {
        self.0.get(place)?.iter().rev().find(|command| command.id == id)
    }

    fn find_mut(&mut self, place: &Place, id: &str) -> Option<&mut Command> {
        self.0.get_mut(place)?.iter_mut().rev().find(|command| command.id == id)
    }
}

impl Command {
    /// When what has not ended is over.
    fn expires(&self) -> Timestamp {
        self.requested.saturating_add(self.delivery_timeout + EXECUTION_TIMEOUT).unwrap_or(Timestamp::MAX)
    }

    fn is_shown(&self, now: Timestamp) -> bool {
        self.requested.saturating_add(SHOWN_AFTER).is_ok_and(|shown| shown <= now)
    }

    fn errors(&self) -> usize {
        self.invocations.iter().filter(|invocation| invocation.status.is_error()).count()
    }

    fn errors_allowed(&self) -> usize {
        rates::of_targets(&self.max_errors, self.invocations.len())
    }

    fn status(&self) -> Status {
        Status::of_command(self.invocations.iter().map(|invocation| invocation.status), self.errors_allowed())
    }

    fn invocation_mut(&mut self, instance: &str) -> Option<&mut Invocation> {
        self.invocations.iter_mut().find(|invocation| invocation.instance == instance)
    }
}

impl Invocation {
    /// Ends it, unless it is over.
    fn end(&mut self, status: Status, output: Option<Output>, now: Timestamp) {
        if !self.status.is_over() {
            (self.status, self.output, self.ended) = (status, output, Some(now));
        }
    }
}

impl SystemsManager {
    /// Where a command stands, with its invocations.
    pub(super) fn progress(&self, place: &Place, id: &str) -> Option<(Status, Vec<Invocation>)> {
        let state = self.locked();
        state.commands.find(place, id).map(|command| (command.status(), command.invocations.clone()))
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Command");
        shown.field("id", &self.id).field("status", &self.status()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whoever_debugs_the_sandbox_sees_nothing_of_what_a_command_was_given() {
        let parameters = json!({
            "action": ["Install"],
            "name": ["FalconSensor-CrowdStrike"],
            "additionalArguments": [r#"{"SSM_CS_AUTH_TOKEN": "hush"}"#],
        });
        let parameters = parameters.as_object().cloned().unwrap();
        let command = Command {
            id: "c-1".to_owned(),
            comment: String::new(),
            order: Arc::new(Order::read(&parameters).ok().unwrap()),
            parameters,
            requested: Timestamp::UNIX_EPOCH,
            delivery_timeout: Duration::ZERO,
            max_concurrency: "50".to_owned(),
            max_errors: "0".to_owned(),
            invocations: Vec::new(),
        };
        assert!(command.describe().to_string().contains("hush"), "as AWS shows it");
        let shown = format!("{:?}", Commands([(Place::default(), vec![command])].into()));
        assert!(shown.contains("c-1") && !shown.contains("hush"), "{shown}");
    }
}
