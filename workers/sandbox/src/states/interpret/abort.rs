//! States that last, and are cut off when a sibling fails, leave an event that says so.

use super::Run;
use crate::states::definition::Work;
use crate::states::history::Happening;

/// Writes the event when it is dropped, unless the state ended by itself.
pub(super) struct AbortGuard<'a> {
    run: &'a Run,
    previous: u64,
    happening: Option<Happening>,
}

impl<'a> AbortGuard<'a> {
    /// Watches over a state that was entered with the event numbered `previous`.
    pub(super) fn new(run: &'a Run, work: &Work, previous: u64) -> Self {
        let lasts = matches!(work, Work::Task(_) | Work::Wait(_) | Work::Parallel(_) | Work::Map(_));
        Self { run, previous, happening: lasts.then(|| Happening::StateAborted { kind: work.kind() }) }
    }

    /// Watches over an iteration of a Map state.
    pub(super) fn of_iteration(run: &'a Run, previous: u64, name: &str, index: usize) -> Self {
        let happening = Happening::MapIteration { what: "Aborted", name: name.to_owned(), index };
        Self { run, previous, happening: Some(happening) }
    }

    /// The state ended by itself.
    pub(super) fn disarm(&mut self) {
        self.happening = None;
    }
}

impl Drop for AbortGuard<'_> {
    fn drop(&mut self) {
        if let Some(happening) = self.happening.take() {
            // Refused once the execution as a whole has ended: its own last event says enough.
            let _ = self.run.execution.record(self.previous, happening);
        }
    }
}
