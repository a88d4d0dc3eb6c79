//! EventBridge pipes: from the firewall's alert log to a state machine.
//!
//! A line of the log goes by a CloudWatch Logs subscription (`subscription`) into a Kinesis stream (`record`), of which each pipe
//! gathers batches (`batch`); a batch starts an execution, whose input is the list of its records.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-kinesis.html>.

mod batch;
mod logging;
mod record;
mod subscription;

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::constraints::Constraints;
use crate::events::Delivery;
use crate::organization::Organization;
use crate::wire::ServiceError;
use batch::{Batch, Gathering};
use record::Record;

pub(crate) use logging::Logging;

/// The service.
#[derive(Clone, Debug)]
pub(crate) struct Pipes {
    clock: Clock,
    organization: Arc<Organization>,
    deliveries: UnboundedSender<Delivery>,
    /// By name.
    readers: Arc<Mutex<BTreeMap<String, Reader>>>,
    /// Log events and records so far, which are numbered.
    numbered: Arc<AtomicU64>,
    /// Wakes the one who hands on, when a batch may be due at another time than before.
    changed: Arc<Notify>,
}

/// One pipe.
#[derive(Debug)]
struct Reader {
    /// The state machine's ARN.
    target: String,
    gathering: Gathering,
    batch: Batch,
}

impl Pipes {
    /// Pipes that hand their batches to `deliveries`.
    pub(crate) fn new(clock: Clock, organization: Arc<Organization>, deliveries: UnboundedSender<Delivery>) -> Self {
        let (readers, numbered, changed) = Default::default();
        Self { clock, organization, deliveries, readers, numbered, changed }
    }

    /// Creates a pipe that reads what comes from now on, or changes the one of that name, which hands on what it has read.
    ///
    /// # Errors
    /// `ValidationException`, with the constraints of
    /// <https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_UpdatePipeSourceKinesisStreamParameters.html>.
    pub(crate) fn put(&self, name: &str, target: &str, batch_size: u32, window: Duration) -> Result<(), ServiceError> {
        let seconds = i64::try_from(window.as_secs()).ok();
        let symbols = |character: char| character.is_ascii_alphanumeric() || ".-_".contains(character);
        Constraints::default()
            .length("name", Some(name), 1, 64)
            .characters("name", Some(name), r"[\.\-_A-Za-z0-9]+", symbols)
            .range("sourceParameters.kinesisStreamParameters.batchSize", Some(i64::from(batch_size)), 1, 10_000)
            .range("sourceParameters.kinesisStreamParameters.maximumBatchingWindowInSeconds", seconds, 0, 300)
            .finish()?;
        let gathering = Gathering { records: batch_size as usize, window };
        self.with_readers(|readers| {
            let reader = Reader { target: target.to_owned(), gathering, batch: Batch::default() };
            let before = readers.insert(name.to_owned(), reader);
            if let Some(Reader { target, batch, .. }) = before.filter(|before| before.batch.due().is_some()) {
                self.hand_on(&target, batch);
            }
        });
        Ok(())
    }

    /// The firewall logs these lines. Answers how many records the stream took.
    ///
    /// # Errors
    /// A sentence on a record that no state machine could take.
    pub(crate) fn log(&self, lines: &[Value], logging: &Logging) -> Result<usize, String> {
        let mut records = Vec::new();
        for lines in lines.chunks(logging.lines_per_message()) {
            let message = subscription::data(lines, &self.organization, self.clock.now(), || self.number());
            for _ in 0..logging.times_put() {
                records.push(self.record(&message)?);
            }
        }
        let put = records.len();
        self.take(records, logging.hands_batches_on_twice());
        Ok(put)
    }

    /// CloudWatch Logs tests whether the stream takes its messages.
    ///
    /// # Errors
    /// Never, as the message is small.
    pub(crate) fn test_destination(&self) -> Result<(), String> {
        let record = self.record(&subscription::control(self.clock.now()))?;
        self.take(vec![record], false);
        Ok(())
    }

    /// Hands on the batches that have been gathered for as long as they may, until it is cancelled.
    pub(crate) async fn keep_reading(self) {
        loop {
            tokio::select! {
                () = self.until_due() => self.hand_on_due(),
                () = self.changed.notified() => {}
            }
        }
    }

    async fn until_due(&self) {
        match self.with_readers(|readers| readers.values().filter_map(|reader| reader.batch.due()).min()) {
            Some(due) => tokio::time::sleep_until(due).await,
            None => pending().await,
        }
    }

    fn hand_on_due(&self) {
        let now = Instant::now();
        self.with_readers(|readers| {
            let due = readers.values_mut().filter(|reader| reader.batch.due().is_some_and(|due| due <= now));
            due.for_each(|reader| self.hand_on(&reader.target, std::mem::take(&mut reader.batch)));
        });
    }

    /// Gives records to every pipe; `twice` if what was gathered with them is to be handed on twice.
    fn take(&self, records: Vec<Record>, twice: bool) {
        let now = Instant::now();
        self.with_readers(|readers| {
            for Reader { target, gathering, batch } in readers.values_mut() {
                for record in &records {
                    if let Some(full) = batch.add(record, twice, gathering, now) {
                        self.hand_on(target, full);
                    }
                }
            }
        });
        self.changed.notify_one();
    }

    fn hand_on(&self, target: &str, batch: Batch) {
        for _ in 0..batch.times() {
            // Nobody listens only when the sandbox is being dropped.
            let _ = self.deliveries.send(Delivery { target: target.to_owned(), input: batch.input() });
        }
    }

    fn record(&self, message: &Value) -> Result<Record, String> {
        Record::of(message, &self.organization, self.clock.now(), self.number())
    }

    fn number(&self) -> u64 {
        self.numbered.fetch_add(1, Ordering::Relaxed)
    }

    fn with_readers<T>(&self, work: impl FnOnce(&mut BTreeMap<String, Reader>) -> T) -> T {
        work(&mut self.readers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
