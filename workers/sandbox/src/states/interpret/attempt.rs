//! One attempt of one state: its input prepared, its work done, its result placed.

use jiff::Timestamp;
use serde_json::Value;

use super::{Line, data_flow};
use crate::states::data::context::Context;
use crate::states::data::{self, Scope};
use crate::states::definition::{State, Work};
use crate::states::failure::Failure;

impl Line<'_> {
    /// Tries a state; gives its output and the name of the state to go on with.
    pub(super) async fn attempt<'b>(
        &mut self,
        state: &'b State,
        input: &Value,
        entered: Timestamp,
        retries: u64,
    ) -> Result<(Value, Option<&'b str>), Failure> {
        let execution = &self.run.execution.start.facts;
        let context = Context { execution, state: &state.name, entered, retries, item: self.item };
        let scope = Scope { input, context: &context, random: &self.run.random };
        let effective = data_flow::select(&state.input, scope)?;
        let scope = scope.with_input(&effective);
        let given = match &state.parameters {
            Some(template) => template.fill(scope)?,
            None => effective.clone(),
        };
        data::payload(&given, &format!("The input of the state '{}'", state.name))?;
        let mut next = state.next.as_deref();
        let result = match &state.work {
            Work::Pass(Some(result)) => result.clone(),
            Work::Pass(None) | Work::Succeed => given,
            Work::Choice(choice) => {
                next = Some(super::choice::decide(choice, scope)?);
                given
            }
            Work::Wait(pause) => {
                self.wait(pause, scope).await?;
                given
            }
            Work::Fail(text) => return Err(super::fail::failure(text, scope)?),
            Work::Task(task) => self.task(task, &given, scope).await?,
            Work::Parallel(branches) => self.parallel(branches, &given).await?,
            Work::Map(map) => self.map(&state.name, map, scope).await?,
        };
        let output = data_flow::place(state, input, result, scope)?;
        Ok((output, next))
    }
}
