//! Findings that Security Hub does not take, and events that cannot be read: kept with the reason, one JSON object a line.
//!
//! Their command lines hold passwords, so that nobody but the gateway's own user may read them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use serde_json::value::RawValue;
use thiserror::Error;
use tokio::fs::{File, OpenOptions};
use tokio::io::{self, AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use tokio::sync::Mutex;

/// What only the owner may read and write.
const PRIVATE: u32 = 0o600;

/// One line of the file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetter<'a> {
    /// When it was given up, in RFC 3339.
    pub at: String,
    /// The error's name, as on the operator's page.
    pub error: &'a str,
    /// What happened.
    pub cause: &'a str,
    /// The account and region that were to take it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The finding as it was sent: `aws securityhub batch-import-findings` takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<&'a RawValue>,
    /// The event, as text, since it may be no JSON.
    pub event: &'a str,
}

/// The file; clones write to the same one.
#[derive(Clone, Debug)]
pub struct DeadLetters {
    path: Arc<Path>,
    writer: Arc<Mutex<Writer>>,
}

#[derive(Debug)]
struct Writer {
    file: File,
    /// The last line may have no end: the process died in the middle of it, or the disk was full. The next one must not be a part of it.
    is_torn: bool,
}

/// The file cannot be written.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("dead letters cannot be written to {path}: {reason}. Name a file that the gateway may write (gateway.dead_letters)", path = .path.display())]
pub struct DeadLettersError {
    /// Its path.
    pub path: PathBuf,
    /// What the system says.
    pub reason: String,
}

impl DeadLetters {
    /// Opens the file, to write at its end; it is made if it is not there.
    ///
    /// # Errors
    /// [`DeadLettersError`].
    pub async fn open(path: &Path) -> Result<Self, DeadLettersError> {
        let writer = Writer::open(path).await.map_err(|error| failed(path, &error))?;
        Ok(Self { path: path.into(), writer: Arc::new(Mutex::new(writer)) })
    }

    /// Adds letters; when it answers, they are on the disk.
    pub(crate) async fn add(&self, letters: &[DeadLetter<'_>]) -> Result<(), DeadLettersError> {
        let mut lines = Vec::new();
        for letter in letters {
            // Texts and JSON are always JSON.
            let _infallible = serde_json::to_writer(&mut lines, letter);
            lines.push(b'\n');
        }
        self.writer.lock().await.write(&lines).await.map_err(|error| failed(&self.path, &error))
    }
}

impl Writer {
    async fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).mode(PRIVATE).open(path).await?;
        let mut last = *b"\n";
        if file.metadata().await?.len() > 0 {
            file.seek(io::SeekFrom::End(-1)).await?;
            file.read_exact(&mut last).await?;
        }
        Ok(Self { file, is_torn: last != *b"\n" })
    }

    async fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        if std::mem::replace(&mut self.is_torn, true) {
            self.file.write_all(b"\n").await?;
        }
        self.file.write_all(lines).await?;
        self.file.flush().await?;
        self.file.sync_data().await?;
        self.is_torn = false;
        Ok(())
    }
}

fn failed(path: &Path, error: &std::io::Error) -> DeadLettersError {
    DeadLettersError { path: path.to_owned(), reason: error.to_string() }
}
