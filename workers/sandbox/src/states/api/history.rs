//! GetExecutionHistory.

use serde::Deserialize;

use super::paged;
use crate::states::StepFunctions;
use crate::wire::{Answer, Call};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    max_results: Option<i64>,
    reverse_order: Option<bool>,
    next_token: Option<String>,
    include_execution_data: Option<bool>,
}

impl StepFunctions {
    /// The events, oldest first or last. In reverse order, what happens between two pages shifts the second.
    pub(in crate::states) fn get_execution_history(&self, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let execution = self.own_execution(call)?;
        let with_data = input.include_execution_data.unwrap_or(true);
        execution.look(|progress| {
            let events = progress.history.events();
            let count = events.len();
            let newest_first = input.reverse_order == Some(true);
            let ordered = (0..count).filter_map(|at| events.get(if newest_first { count - 1 - at } else { at }));
            let shown = ordered.map(|event| event.to_value(with_data));
            paged("events", shown, input.max_results, input.next_token.as_deref())
        })
    }
}
