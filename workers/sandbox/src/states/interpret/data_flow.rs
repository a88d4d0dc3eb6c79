//! How data goes into a state and out of it: InputPath, ResultSelector, ResultPath, OutputPath, and the Error Output.

use serde_json::{Value, json};

use crate::states::data::Scope;
use crate::states::definition::{Placement, Selection, State, Work};
use crate::states::failure::Failure;

/// What InputPath or OutputPath selects.
pub(super) fn select(selection: &Selection, scope: Scope<'_>) -> Result<Value, Failure> {
    match selection {
        Selection::All => Ok(scope.input.clone()),
        Selection::Nothing => Ok(json!({})),
        Selection::Path(path) => path.value(scope),
    }
}

/// The state's output, made of its raw input and its result.
pub(super) fn place(state: &State, input: &Value, result: Value, scope: Scope<'_>) -> Result<Value, Failure> {
    let result = match &state.selector {
        Some(template) => template.fill(scope.with_input(&result))?,
        None => result,
    };
    let placed = match &state.work {
        // Their result is their effective input: nothing is put back into the raw one.
        Work::Choice(_) | Work::Wait(_) | Work::Succeed => result,
        _ => put(&state.result, input, result)?,
    };
    select(&state.output, scope.with_input(&placed))
}

/// The output and the next state of the first catcher that names the failure; the failure itself if none does.
pub(super) fn caught<'a>(
    state: &'a State,
    input: &Value,
    failure: Failure,
) -> Result<(Value, Option<&'a str>), Failure> {
    match state.catchers.iter().find(|catcher| failure.is_named_by(&catcher.errors)) {
        Some(catcher) => Ok((put(&catcher.result, input, failure.output())?, Some(catcher.next.as_str()))),
        None => Err(failure),
    }
}

fn put(placement: &Placement, input: &Value, result: Value) -> Result<Value, Failure> {
    let mut output = input.clone();
    match placement {
        Placement::Discard => Ok(output),
        Placement::At(path) if path.put(&mut output, result) => Ok(output),
        Placement::At(_) => {
            let cause = format!("Unable to apply the state's ResultPath to the input '{input}'.");
            Err(Failure::new("States.ResultPathMatchFailure", cause))
        }
    }
}
