//! The command of a batch in its member account: sent once, followed, cancelled.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ssm::operation::send_command::SendCommandError;
use aws_sdk_ssm::types::{CommandFilter, CommandFilterKey, CommandInvocation};
use falconer_domain::fleet::InstanceId;
use falconer_domain::install::{AdditionalArguments, Cause, InstallRules, Progress, Window};
use jiff::Timestamp;

use crate::accounts::Clients;
use crate::aws_failure::CallFailure;
use crate::execution_name;
use crate::once::OnlyThrottles;
use crate::systems_manager::SystemsManagerError;

const DOCUMENT: &str = "AWS-ConfigureAWSPackage";

/// The longest comment of a command (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html>).
const LONGEST_COMMENT: usize = 100;

/// How a command is known as ours: by the execution and the batch.
pub(super) fn comment(execution: &str, batch: usize) -> String {
    let end = format!(" batch {batch}");
    let name: String =
        execution_name::of_arn(execution).chars().take(LONGEST_COMMENT - "falconer ".len() - end.len()).collect();
    format!("falconer {name}{end}")
}

/// What is sent.
pub(super) struct Order<'a> {
    pub(super) action: &'static str,
    pub(super) rules: &'a InstallRules,
    pub(super) arguments: &'a AdditionalArguments,
    pub(super) window: &'a Window,
    pub(super) comment: &'a str,
}

/// What it takes to send a command once.
pub(super) const SEND: &[&str] = &["ssm:ListCommands", "ssm:SendCommand"];
/// What it takes to follow it to its end.
pub(super) const FOLLOW: &[&str] = &["ssm:ListCommandInvocations", "ssm:CancelCommand"];

/// The command with this comment, if it was sent since `since`. SendCommand knows no token for "once": a worker that died after it
/// sent would send again. A list may lag some seconds behind, and then the package runs twice, which does nothing the second time.
pub(super) async fn sent_before(
    clients: &Clients,
    comment: &str,
    since: Timestamp,
) -> Result<Option<String>, SystemsManagerError> {
    const CALL: &str = "ListCommands";
    let failed = |failure| SystemsManagerError::of_call(&clients.place, CALL, failure);
    let filter = |key, value: String| CommandFilter::builder().key(key).value(value).build();
    let filters = [
        (CommandFilterKey::InvokedAfter, format!("{since:.0}")),
        (CommandFilterKey::DocumentName, DOCUMENT.to_owned()),
    ];
    let filters: Result<Vec<_>, _> = filters.into_iter().map(|(key, value)| filter(key, value)).collect();
    let filters = filters.map_err(|error| SystemsManagerError::unbuilt(&clients.place, CALL, &error))?;
    let mut pages = clients.systems_manager.list_commands().set_filters(Some(filters)).into_paginator().items().send();
    while let Some(command) = pages.next().await {
        let command = command.map_err(|error| failed(CallFailure::from(&error)))?;
        if command.comment() == Some(comment) {
            return Ok(command.command_id);
        }
    }
    Ok(None)
}

/// Sends the command; `None` if Systems Manager does not know one of the instances, so that nothing was sent.
pub(super) async fn send(
    clients: &Clients,
    order: &Order<'_>,
    instances: &BTreeSet<InstanceId>,
) -> Result<Option<String>, SystemsManagerError> {
    let Order { action, rules, arguments, window, comment } = order;
    let parameter = |value: &str| vec![value.to_owned()];
    let send = clients
        .systems_manager
        .send_command()
        .document_name(DOCUMENT)
        .set_instance_ids(Some(instances.iter().map(InstanceId::to_string).collect()))
        .comment(*comment)
        .timeout_seconds(window.delivery_seconds)
        .max_concurrency(&rules.max_concurrency)
        .max_errors(&rules.max_errors)
        .parameters("action", parameter(action))
        .parameters("name", parameter(&rules.package))
        .parameters("additionalArguments", parameter(arguments.expose()));
    let once = aws_sdk_ssm::config::Config::builder().retry_classifier(OnlyThrottles::<SendCommandError>::new());
    match send.customize().config_override(once).send().await {
        Ok(output) => Ok(output.command.and_then(|command| command.command_id)),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_invalid_instance_id()) => Ok(None),
        Err(error) => Err(SystemsManagerError::of_call(&clients.place, "SendCommand", CallFailure::from(&error))),
    }
}

/// How the command stands on each instance that Systems Manager lists so far, with what its package says of a failure: soon after
/// it was sent that can be none.
pub(super) async fn standing(
    clients: &Clients,
    command: &str,
) -> Result<BTreeMap<InstanceId, (Progress, Cause)>, SystemsManagerError> {
    let failed = |failure| SystemsManagerError::of_call(&clients.place, "ListCommandInvocations", failure);
    let query = clients.systems_manager.list_command_invocations().command_id(command).details(true);
    let mut pages = query.into_paginator().items().send();
    let mut standing = BTreeMap::new();
    while let Some(invocation) = pages.next().await {
        let invocation = invocation.map_err(|error| failed(CallFailure::from(&error)))?;
        standing.extend(invocation.instance_id().and_then(|id| id.parse().ok()).map(|id| (id, read(&invocation))));
    }
    Ok(standing)
}

/// What ends last tells most, and stands at the end of what was printed.
fn read(invocation: &CommandInvocation) -> (Progress, Cause) {
    let details = invocation.status_details().unwrap_or_default();
    let printed = invocation.command_plugins().iter().filter_map(|plugin| plugin.output()).next_back();
    let last = printed.unwrap_or_default().lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    (Progress::read(details), Cause::of(&format!("{details}: {last}")))
}

/// Cancels what has not ended of the command.
pub(super) async fn cancel(clients: &Clients, command: &str) -> Result<(), SystemsManagerError> {
    let cancel = clients.systems_manager.cancel_command().command_id(command).send().await;
    cancel
        .map(|_| ())
        .map_err(|error| SystemsManagerError::of_call(&clients.place, "CancelCommand", CallFailure::from(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_short_and_tells_batches_apart_whatever_the_executions_name() {
        let execution = format!("arn:aws:states:us-east-1:111122223333:execution:install-sensor:{}", "x".repeat(80));
        assert_eq!(comment(&execution, 7).len(), "falconer ".len() + 80 + " batch 7".len());
        assert!(comment(&"ü".repeat(200), 123).chars().count() <= 100);
        assert_ne!(comment(&execution, 1), comment(&execution, 2));
    }
}
