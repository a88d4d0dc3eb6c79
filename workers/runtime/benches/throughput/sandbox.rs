//! The role of Step Functions, played by falconer-sandbox on a loopback port.

use std::{collections::BTreeMap, future::pending};

use falconer_sandbox::{Activity, Deployment, Sandbox, SandboxOptions, Scenario, StateMachine, clock::Clock};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{Anything, role, step_functions::Place};

const ACTIVITY: &str = "Arrive";
const ONE_TASK: &str = "one-task";
const ENDLESS: &str = "endless";

/// The calls that are measured, and so have the latency.
const SLOWED: [&str; 2] = ["states.GetActivityTask", "states.SendTaskSuccess"];

/// Serves until it is killed. The calls of a worker are done `latency_millis` after they arrive.
pub(crate) async fn serve(latency_millis: u64) -> Anything<()> {
    let sandbox = Sandbox::new(SandboxOptions::new(Clock::system()));
    let deployed = sandbox.deploy(&deployment()).await?;
    if latency_millis > 0 {
        let faults = SLOWED.map(|call| json!({ "operation": call, "fault": format!("delay:{latency_millis}") }));
        sandbox.apply(Scenario::parse(&json!({ "faults": faults }).to_string())?)?;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    role::answer(&Place {
        endpoint: format!("http://{}", listener.local_addr()?),
        activity: arn(&deployed.activities, ACTIVITY)?,
        one_task: arn(&deployed.state_machines, ONE_TASK)?,
        endless: arn(&deployed.state_machines, ENDLESS)?,
    })?;
    Ok(sandbox.serve(listener, pending()).await?)
}

/// An execution of `endless` is at its next task as soon as one is done: it keeps a queue full at the least expense,
/// for the 5,000 tasks that the limit of 25,000 events in a history allows.
fn deployment() -> Deployment {
    let task = |end: &str, value: serde_json::Value| {
        json!({
            "StartAt": "Arrive",
            "States": {
                "Arrive": { "Type": "Task", "Resource": format!("${{{ACTIVITY}}}"), end: value },
            },
        })
        .to_string()
    };
    let machine = |name: &str, definition| StateMachine { name: name.to_owned(), definition };
    Deployment {
        activities: vec![Activity { name: ACTIVITY.to_owned() }],
        state_machines: vec![
            machine(ONE_TASK, task("End", json!(true))),
            machine(ENDLESS, task("Next", json!("Arrive"))),
        ],
        ..Deployment::default()
    }
}

fn arn(arns: &BTreeMap<String, String>, name: &str) -> Anything<String> {
    Ok(arns.get(name).ok_or("the sandbox did not deploy everything")?.clone())
}
