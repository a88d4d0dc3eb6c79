//! Map: one flow for each item of an array, so many at a time; the first that fails ends all of them.

use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::Value;

use super::abort::AbortGuard;
use super::amount::amount;
use super::{Line, Run};
use crate::states::data::context::{Context, MapItem};
use crate::states::data::{self, Scope};
use crate::states::definition::MapWork;
use crate::states::failure::Failure;
use crate::states::history::Happening;

/// How many iterations of an inline Map run at a time if the definition sets no lower number.
///
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html>.
const MAX_CONCURRENCY: usize = 40;

impl Line<'_> {
    /// Runs the iterations; gives their outputs in the order of the items.
    pub(super) async fn map(&mut self, name: &str, map: &MapWork, scope: Scope<'_>) -> Result<Value, Failure> {
        let items = match &map.items {
            Some(path) => path.value(scope)?,
            None => scope.input.clone(),
        };
        let Value::Array(items) = items else {
            return Err(Failure::runtime(format!("The items of the Map state must be an array, not '{items}'.")));
        };
        let concurrency = match usize::try_from(amount(&map.concurrency, 0, scope)?) {
            Ok(wanted) if wanted > 0 => wanted.min(MAX_CONCURRENCY),
            _ => MAX_CONCURRENCY,
        };
        self.record(Happening::MapStarted { length: items.len() })?;
        let (run, start) = (self.run, self.last);
        let iterations = items.into_iter().enumerate().map(|(index, value)| {
            let iteration = Iteration { run, start, name, map, scope, item: MapItem { index, value } };
            iteration.follow()
        });
        let ends: Result<Vec<_>, Failure> = stream::iter(iterations).buffer_unordered(concurrency).try_collect().await;
        match ends {
            Ok(mut ends) => {
                ends.sort_by_key(|end| end.index);
                self.last = ends.iter().map(|end| end.last).max().unwrap_or(start);
                self.record(Happening::MapSucceeded)?;
                Ok(ends.into_iter().map(|end| end.output).collect())
            }
            Err(failure) => {
                self.record(Happening::MapFailed)?;
                Err(failure)
            }
        }
    }
}

struct Iteration<'a> {
    run: &'a Run,
    start: u64,
    name: &'a str,
    map: &'a MapWork,
    scope: Scope<'a>,
    item: MapItem,
}

struct IterationEnd {
    index: usize,
    output: Value,
    last: u64,
}

impl Iteration<'_> {
    async fn follow(self) -> Result<IterationEnd, Failure> {
        let index = self.item.index;
        let happening = |what| Happening::MapIteration { what, name: self.name.to_owned(), index };
        let mut line = Line { run: self.run, item: Some(&self.item), last: self.start };
        line.record(happening("Started"))?;
        let mut guard = AbortGuard::of_iteration(self.run, line.last, self.name, index);
        let end = match self.input() {
            Ok(input) => line.follow(&self.map.processor, input).await,
            Err(failure) => Err(failure),
        };
        guard.disarm();
        let output = match end {
            Ok(output) => output,
            Err(failure) => {
                line.record(happening("Failed"))?;
                return Err(failure);
            }
        };
        line.record(happening("Succeeded"))?;
        Ok(IterationEnd { index, output, last: line.last })
    }

    fn input(&self) -> Result<Value, Failure> {
        let Some(template) = &self.map.selector else {
            return Ok(self.item.value.clone());
        };
        let context = Context { item: Some(&self.item), ..self.scope.context.clone() };
        let input = template.fill(Scope { context: &context, ..self.scope })?;
        data::payload(&input, "The input of the iteration")?;
        Ok(input)
    }
}
