//! The contract of an activity: what a state machine may rely on.

use std::collections::HashSet;

use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde::Serialize;

use crate::{
    Actions, Activity, ActivityError, ErrorName, RUNTIME_ERRORS,
    actions::is_action,
    limits::{ERROR_CHARACTERS, HEARTBEAT_SECONDS_MOST},
};

/// What an activity promises, derived from its Rust type.
///
/// Serializes to stable JSON (members in this order, errors in declaration order, the runtime's last), so that it can
/// be committed beside the state machines and compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Contract {
    /// [`Activity::NAME`].
    pub name: &'static str,
    /// The `HeartbeatSeconds` that a state using the activity must have.
    pub heartbeat_seconds: u64,
    /// [`Activity::ACTIONS`], each once.
    pub actions: Actions,
    /// JSON Schema (draft 2020-12) of the input.
    pub input: Schema,
    /// JSON Schema (draft 2020-12) of the output.
    pub output: Schema,
    /// Every error name that a state can see, with its class: the activity's, then the runtime's.
    pub errors: Vec<ErrorName>,
}

/// Why a contract cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContractProblem {
    /// The name is not PascalCase.
    #[error("activity name `{0}` is not PascalCase: use ASCII letters and digits, the first an upper-case letter")]
    Name(&'static str),
    /// The heartbeat is not a number of whole seconds that Step Functions takes.
    #[error("HEARTBEAT of activity `{0}` must be whole seconds, from 1 to 99,999,999")]
    Heartbeat(&'static str),
    /// An action is not of the form `service:Name`.
    #[error("action `{action}` of activity `{activity}` is not one action of the form `service:Name`")]
    ActionForm {
        /// The activity that declares it.
        activity: &'static str,
        /// The action as declared.
        action: &'static str,
    },
    /// An error name is not of the form `Area.Problem`, or too long.
    #[error(
        "error name `{name}` of activity `{activity}` is not `Area.Problem` in PascalCase of at most 256 characters"
    )]
    ErrorForm {
        /// The activity that declares it.
        activity: &'static str,
        /// The name as declared.
        name: &'static str,
    },
    /// An error name is declared twice, or takes one of the runtime's.
    #[error(
        "error name `{name}` of activity `{activity}` is declared twice, or belongs to the runtime: declare it once, and none of the runtime's"
    )]
    ErrorTwice {
        /// The activity that declares it.
        activity: &'static str,
        /// The name as declared.
        name: &'static str,
    },
}

impl Contract {
    /// The contract of the activity `A`.
    pub fn of<A: Activity>() -> Self {
        let own = <A::Error as ActivityError>::NAMES;
        Self {
            name: A::NAME,
            heartbeat_seconds: A::HEARTBEAT.as_secs(),
            actions: A::ACTIONS,
            input: schema::<A::Input>(SchemaSettings::draft2020_12().for_deserialize()),
            output: schema::<A::Output>(SchemaSettings::draft2020_12().for_serialize()),
            errors: own.iter().chain(RUNTIME_ERRORS).copied().collect(),
        }
    }
}

fn schema<T: JsonSchema>(settings: SchemaSettings) -> Schema {
    settings.into_generator().into_root_schema_for::<T>()
}

/// Checks what the type system cannot: names, actions and the heartbeat.
pub(crate) fn check<A: Activity>() -> Result<(), ContractProblem> {
    let activity = A::NAME;
    if !is_pascal_case(activity) {
        return Err(ContractProblem::Name(activity));
    }
    let seconds = A::HEARTBEAT.as_secs();
    if A::HEARTBEAT.subsec_nanos() != 0 || !(1..=HEARTBEAT_SECONDS_MOST).contains(&seconds) {
        return Err(ContractProblem::Heartbeat(activity));
    }
    if let Some(action) = A::ACTIONS.all().find(|action| !is_action(action)) {
        return Err(ContractProblem::ActionForm { activity, action });
    }
    let mut seen: HashSet<&str> = RUNTIME_ERRORS.iter().map(|error| error.name).collect();
    for ErrorName { name, .. } in <A::Error as ActivityError>::NAMES {
        let well_formed = name.split_once('.').is_some_and(|(area, problem)| {
            // Names that begin with `States.` are the service's own.
            area != "States" && is_pascal_case(area) && is_pascal_case(problem)
        });
        if !well_formed || name.len() > ERROR_CHARACTERS {
            return Err(ContractProblem::ErrorForm { activity, name });
        }
        if !seen.insert(name) {
            return Err(ContractProblem::ErrorTwice { activity, name });
        }
    }
    Ok(())
}

fn is_pascal_case(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_uppercase()) && text.chars().all(|c| c.is_ascii_alphanumeric())
}
