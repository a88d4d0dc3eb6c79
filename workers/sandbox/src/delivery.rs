//! What happens between the services: rules and pipes start executions, executions emit events and call other services.

use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::events::{Delivery, Event};
use crate::front;
use crate::services::Services;
use crate::states::{Asked, ExecutionChange};
use crate::wire::{Call, Caller};

/// Works until the channels are closed, or the sandbox is dropped.
pub(crate) async fn run(
    services: Services,
    mut deliveries: UnboundedReceiver<Delivery>,
    mut changes: UnboundedReceiver<ExecutionChange>,
    mut asked: UnboundedReceiver<Asked>,
) {
    loop {
        tokio::select! {
            Some(delivery) = deliveries.recv() => start(&services, delivery).await,
            Some(change) = changes.recv() => announce(&services, change),
            Some(asked) = asked.recv() => drop(tokio::spawn(call(services.clone(), asked))),
            else => return,
        }
    }
}

/// Calls a service for an execution. Step Functions' calls go over the wire like everybody's: they are counted, and they meet
/// faults.
async fn call(services: Services, Asked { service, call, answer }: Asked) {
    if let Ok(answered) = front::perform(&services, service, call).await {
        // An execution that has ended no longer wants to know.
        let _ = answer.send(answered);
    }
}

/// Starts an execution with the input that the rule or the pipe made; EventBridge gives it no name, so the service makes one up.
///
/// Faults are those of calls on the wire and do not reach here. What fails (a state machine that is not there, or that
/// is being deleted) would fail again, so nothing is retried. AWS retries what passes, as a throttle does, for 24 hours,
/// and then drops the event too: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html>.
async fn start(services: &Services, Delivery { target, input }: Delivery) {
    let mut parts = target.split(':').skip(3).map(str::to_owned);
    let (Some(region), Some(account)) = (parts.next(), parts.next()) else {
        return;
    };
    let arn = services.organization.arn("sts", "", &account, "assumed-role/falconer-events/sandbox");
    let call = Call {
        caller: Caller { account, region, arn },
        operation: "StartExecution".to_owned(),
        input: json!({ "stateMachineArn": target, "input": input }),
    };
    if let Err(error) = services.states.call(call).await {
        tracing::warn!(target, code = error.code, message = error.message, "a target could not be started");
    }
}

/// <https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html>
fn announce(services: &Services, change: ExecutionChange) {
    let ExecutionChange { account, region, time, execution_arn, detail } = change;
    let event = services.events.event(&account, &region, "aws.states", "Step Functions Execution Status Change");
    services.events.publish(&Event { time, resources: vec![execution_arn], detail, ..event });
}
