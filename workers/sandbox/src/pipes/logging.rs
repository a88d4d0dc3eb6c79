//! How the firewall's lines reach the stream: what whoever sends them to the control endpoint may choose.

/// Lines of one message, where nobody says how many. CloudWatch Logs does not document its own number.
const LINES_PER_MESSAGE: usize = 100;

/// `per-message=10&repeat=batch`.
#[derive(Debug)]
pub(crate) struct Logging {
    lines_per_message: usize,
    repeat: Repeat,
}

/// What comes twice, since each part of the way is at least once.
#[derive(Debug, PartialEq, Eq)]
enum Repeat {
    Nothing,
    /// CloudWatch Logs puts a message again, and it becomes a record of its own.
    Record,
    /// The pipe does not hear that it has started an execution, and starts another.
    Batch,
}

impl Logging {
    /// # Errors
    /// A sentence on a parameter that there is not.
    pub(crate) fn of(query: &str) -> Result<Self, String> {
        let mut logging = Self { lines_per_message: LINES_PER_MESSAGE, repeat: Repeat::Nothing };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match (&*name, &*value) {
                ("repeat", "record") => logging.repeat = Repeat::Record,
                ("repeat", "batch") => logging.repeat = Repeat::Batch,
                ("per-message", lines) => {
                    let lines = lines.parse().ok().filter(|lines| *lines > 0);
                    logging.lines_per_message = lines.ok_or("per-message is a number above 0")?;
                }
                _ => return Err(format!("{name}={value}: per-message, and repeat=record or repeat=batch, are known")),
            }
        }
        Ok(logging)
    }

    pub(super) fn lines_per_message(&self) -> usize {
        self.lines_per_message
    }

    /// How many records a message becomes.
    pub(super) fn times_put(&self) -> usize {
        if self.repeat == Repeat::Record { 2 } else { 1 }
    }

    pub(super) fn hands_batches_on_twice(&self) -> bool {
        self.repeat == Repeat::Batch
    }
}
