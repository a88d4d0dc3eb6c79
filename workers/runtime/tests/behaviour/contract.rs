//! What a contract holds, and what it refuses.

use std::{convert::Infallible, time::Duration};

use falconer_runtime::{Actions, Activity, ActivityError, Contract, ErrorName, TaskContext, Worker, WorkerConfig};
use serde_json::json;

use crate::{activities::Chore, service::Service, worker::CHORE_ARN};

#[test]
fn a_contract_holds_the_activitys_declarations_and_the_runtimes_error_names() {
    let contract = serde_json::to_value(Contract::of::<Chore>()).unwrap();
    let members: Vec<&String> = contract.as_object().unwrap().keys().collect();
    assert_eq!(members, ["name", "heartbeatSeconds", "actions", "input", "output", "errors"]);
    assert_eq!(contract["name"], "DoChore");
    assert_eq!(contract["heartbeatSeconds"], 30);
    let own = ["s3:GetObject", "s3:PutObject", "sts:AssumeRole"];
    assert_eq!(contract["actions"], json!({ "own": own, "assumed": ["ec2:DescribeInstances"] }));
    assert_eq!(contract["input"]["properties"]["seconds"]["type"], "integer");
    let errors: Vec<(&str, &str)> = contract["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["name"].as_str().unwrap(), error["class"].as_str().unwrap()))
        .collect();
    assert_eq!(
        errors,
        [
            ("Kitchen.Busy", "transient"),
            ("Broom.Broken", "terminal"),
            ("Input.Invalid", "terminal"),
            ("Worker.OutputTooLarge", "terminal"),
            ("Worker.OutputInvalid", "terminal"),
            ("Worker.Panicked", "terminal"),
            ("Worker.ShuttingDown", "transient"),
            ("Worker.UndeclaredError", "terminal"),
        ]
    );
}

#[test]
fn a_contract_is_the_same_text_each_time() {
    let text = || serde_json::to_string_pretty(&Contract::of::<Chore>()).unwrap();
    assert_eq!(text(), text());
}

/// An activity whose declarations are wrong in the way that `WRONG` says.
struct Wrong<const WRONG: u8>;

const NAME: u8 = 0;
const HEARTBEAT: u8 = 1;
const ERROR_FORM: u8 = 2;
const ERROR_OF_STATES: u8 = 3;
const ERROR_TWICE: u8 = 4;
const ERROR_OF_RUNTIME: u8 = 5;
const ACTION_PATTERN: u8 = 6;
const ACTION_ALONE: u8 = 7;

#[derive(Debug, thiserror::Error)]
#[error("wrong")]
struct WrongError<const WRONG: u8>;

impl<const WRONG: u8> ActivityError for WrongError<WRONG> {
    const NAMES: &'static [ErrorName] = match WRONG {
        ERROR_FORM => &[ErrorName::terminal("broken", "Not of the form.")],
        ERROR_OF_STATES => &[ErrorName::terminal("States.Timeout", "The service's own.")],
        ERROR_TWICE => &[ErrorName::terminal("Broom.Broken", "Once."), ErrorName::transient("Broom.Broken", "Twice.")],
        ERROR_OF_RUNTIME => &[ErrorName::transient("Worker.Panicked", "The runtime's.")],
        _ => &[],
    };

    fn name(&self) -> &'static str {
        "Broom.Broken"
    }
}

impl<const WRONG: u8> Activity for Wrong<WRONG> {
    const NAME: &'static str = if WRONG == NAME { "do-chore" } else { "DoChore" };
    const HEARTBEAT: Duration = Duration::from_millis(if WRONG == HEARTBEAT { 1_500 } else { 30_000 });
    const ACTIONS: Actions = match WRONG {
        ACTION_PATTERN => Actions { own: &[&["s3:*"]], ..Actions::NONE },
        ACTION_ALONE => Actions { assumed: &[&["s3:GetObject", "PutObject"]], ..Actions::NONE },
        _ => Actions::NONE,
    };
    type Input = ();
    type Output = ();
    type Error = WrongError<WRONG>;

    async fn run(&self, _: TaskContext, (): ()) -> Result<(), Self::Error> {
        Ok(())
    }
}

fn refusal<const WRONG: u8>() -> String {
    let mut worker = Worker::new(Service::new().client(), WorkerConfig::default());
    worker.register(Wrong::<WRONG>, CHORE_ARN).map(|_| ()).unwrap_err().to_string()
}

#[tokio::test]
async fn declarations_that_no_state_machine_could_rely_on_are_refused() {
    assert!(refusal::<NAME>().contains("not PascalCase"));
    assert!(refusal::<HEARTBEAT>().contains("whole seconds"));
    assert!(refusal::<ACTION_PATTERN>().contains("`service:Name`"));
    assert!(refusal::<ACTION_ALONE>().contains("`PutObject`"));
    assert!(refusal::<ERROR_FORM>().contains("`Area.Problem`"));
    assert!(refusal::<ERROR_OF_STATES>().contains("`Area.Problem`"));
    assert!(refusal::<ERROR_TWICE>().contains("declared twice"));
    assert!(refusal::<ERROR_OF_RUNTIME>().contains("belongs to the runtime"));
}

#[test]
fn an_activity_that_cannot_fail_has_the_runtimes_names_only() {
    assert!(Infallible::NAMES.is_empty());
    let contract = serde_json::to_value(Contract::of::<crate::activities::Nap>()).unwrap();
    assert_eq!(contract["errors"][0]["name"], json!("Input.Invalid"));
}
