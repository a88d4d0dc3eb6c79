//! What the process logs, kept to be searched.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use falconer_runtime::is_safe_to_log;
use tracing::Subscriber;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// Everything that was logged since it was opened; clones read the same.
#[derive(Clone, Default)]
pub struct LogBook(Arc<Mutex<Vec<u8>>>);

impl LogBook {
    /// Opens the one book of a process: what `FALCONER_LOG=debug` would bring to standard error goes into it.
    #[must_use]
    pub fn open() -> Self {
        let book = Self::default();
        book.writes().init();
        book
    }

    /// Opens the book of this thread, and with it of a runtime that has no other, until the guard is dropped.
    #[must_use]
    pub fn of_this_thread() -> (Self, DefaultGuard) {
        let book = Self::default();
        let guard = book.writes().set_default();
        (book, guard)
    }

    /// What writes into it.
    fn writes(&self) -> impl Subscriber + Send + Sync + 'static {
        let pages = self.clone();
        let layer = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(move || pages.clone());
        let filter = EnvFilter::new("debug").and(filter_fn(is_safe_to_log));
        tracing_subscriber::registry().with(layer.with_filter(filter))
    }

    /// What stands in it.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for LogBook {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
