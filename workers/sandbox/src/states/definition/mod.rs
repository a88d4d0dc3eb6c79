//! State machine definitions: from JSON text to types that the interpreter can follow without a further question.
//!
//! What the interpreter does not know is refused here, with a message that names the state, so that an execution never
//! meets it. Sources: <https://states-language.net/spec.html> and
//! <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html>.

mod error_handling;
mod fields;
mod graph;
mod model;
mod problem;
mod rules;
mod state;

pub(crate) use fields::MAX_SECONDS;
pub(crate) use model::{
    Amount, Choice, FailPart, FailText, Flow, Jitter, Machine, MapWork, Pause, Placement, Resource, Retrier, Selection,
    State, Task, Work,
};
pub(crate) use problem::Problem;

use fields::Fields;
use problem::Problems;

/// The account and region that a definition is for: its activities must live there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Home<'a> {
    /// Twelve digits.
    pub(crate) account: &'a str,
    /// `us-east-1`
    pub(crate) region: &'a str,
}

/// Reads a definition.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn parse(text: &str, home: Home<'_>) -> Result<Machine, Vec<Problem>> {
    let problems = Problems::default();
    let machine = match serde_json::from_str(text) {
        Ok(value) => Fields::of(&value, "", &problems).and_then(|fields| machine(&fields, home)),
        Err(error) => {
            problems.report("INVALID_JSON_DESCRIPTION", &format!("Invalid JSON: {error}"), "");
            None
        }
    };
    match (machine, problems.into_list()) {
        (Some(machine), list) if list.is_empty() => Ok(machine),
        (_, list) => Err(list),
    }
}

fn machine(fields: &Fields<'_>, home: Home<'_>) -> Option<Machine> {
    if fields.text("Version").is_some_and(|version| version != "1.0") {
        fields.wrong("Version", "must be '1.0'");
    }
    fields.query_language();
    let timeout = fields.seconds("TimeoutSeconds", 1);
    let flow = flow(fields, home);
    fields.refuse_others();
    let flow = flow?;
    graph::check_names(&flow, fields.problems());
    Some(Machine { flow, timeout })
}

/// Reads `StartAt` and `States`: of a machine, a branch or an item processor.
fn flow(fields: &Fields<'_>, home: Home<'_>) -> Option<Flow> {
    let start_at = fields.required_text("StartAt");
    let states = fields.object("States", true)?;
    let states = states.members().filter_map(|(name, value)| {
        let at = states.place(name);
        Some((name.clone(), state::read(name, &Fields::of(value, &at, fields.problems())?, home)?))
    });
    let flow = Flow { states: states.collect(), start_at: start_at?.to_owned() };
    graph::check_transitions(&flow, fields);
    Some(flow)
}

#[cfg(test)]
mod tests;
