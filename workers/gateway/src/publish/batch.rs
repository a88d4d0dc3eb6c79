//! Findings that go together: at most 100, and 6 MB.
//!
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html> and, for the bytes,
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html>.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::outgoing::Outgoing;

const MOST: usize = 100;
const MOST_BYTES: usize = 6_000_000;

/// What is sent around the findings, and between two of them.
const FRAME: usize = br#"{"Findings":[]}"#.len();
const COMMA: usize = 1;

/// The findings of one call, each id once.
#[derive(Debug, Default)]
pub(super) struct Batch {
    findings: Vec<Outgoing>,
    places: HashMap<String, usize>,
    bytes: usize,
}

impl Batch {
    /// Adds a finding. One with the same id takes the place of the earlier, whose events are settled with it.
    fn add(&mut self, mut outgoing: Outgoing) {
        self.bytes += outgoing.body.len() + COMMA;
        match self.places.get(&outgoing.id) {
            Some(&place) => {
                std::mem::swap(&mut self.findings[place], &mut outgoing);
                self.bytes -= outgoing.body.len() + COMMA;
                self.findings[place].take_over(outgoing);
            }
            None => {
                self.places.insert(outgoing.id.clone(), self.findings.len());
                self.findings.push(outgoing);
            }
        }
    }

    fn has_room_for(&self, outgoing: &Outgoing) -> bool {
        self.findings.is_empty() || FRAME + self.bytes + outgoing.body.len() + COMMA <= MOST_BYTES
    }
}

/// The next batch: whatever comes within `most_delay` of its first finding, as far as it fits. `None` when nothing will come any
/// more. What did not fit stays in `kept` for the next one.
pub(super) async fn gather(
    inbox: &mut mpsc::UnboundedReceiver<Outgoing>,
    kept: &mut Option<Outgoing>,
    most_delay: Duration,
) -> Option<Vec<Outgoing>> {
    let first = match kept.take() {
        Some(kept) => kept,
        None => inbox.recv().await?,
    };
    let until = Instant::now() + most_delay;
    let mut batch = Batch::default();
    batch.add(first);
    while batch.findings.len() < MOST
        && let Ok(Some(next)) = timeout_at(until, inbox.recv()).await
    {
        if !batch.has_room_for(&next) {
            *kept = Some(next);
            break;
        }
        batch.add(next);
    }
    Some(batch.findings)
}
