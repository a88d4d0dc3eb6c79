//! Parallel: branches side by side, each with a copy of the input; the first that fails ends all of them.

use futures_util::future::try_join_all;
use serde_json::Value;

use super::Line;
use crate::states::definition::Flow;
use crate::states::failure::Failure;
use crate::states::history::Happening;

impl Line<'_> {
    /// Runs the branches; gives their outputs in the order of the definition.
    pub(super) async fn parallel(&mut self, branches: &[Flow], given: &Value) -> Result<Value, Failure> {
        self.record(Happening::ParallelStarted)?;
        let start = self.last;
        let (run, item) = (self.run, self.item);
        let branches = branches.iter().map(|flow| async move {
            let mut line = Line { run, item, last: start };
            let output = line.follow(flow, given.clone()).await?;
            Ok((output, line.last))
        });
        match try_join_all(branches).await {
            Ok(ends) => {
                self.last = ends.iter().map(|(_, last)| *last).max().unwrap_or(start);
                self.record(Happening::ParallelSucceeded)?;
                Ok(ends.into_iter().map(|(output, _)| output).collect())
            }
            Err(failure) => {
                self.record(Happening::ParallelFailed)?;
                Err(failure)
            }
        }
    }
}
