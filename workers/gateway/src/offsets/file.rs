//! Offsets in a file, which is whole whenever the process or the machine dies.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tokio::task::spawn_blocking;

use super::OffsetsError;

pub(super) async fn read(path: &Path) -> Result<Option<String>, OffsetsError> {
    match tokio::fs::read_to_string(path).await {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(OffsetsError::File { done: "read from", path: path.to_owned(), reason: error.to_string() }),
    }
}

pub(super) async fn write(path: &Path, text: String) -> Result<(), OffsetsError> {
    let target = path.to_owned();
    let written = spawn_blocking(move || replace(&target, &text)).await;
    written.unwrap_or_else(|ended| Err(io::Error::other(ended))).map_err(|error| OffsetsError::File {
        done: "written to",
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

/// The new text is on the disk before it takes the old one's name, and the name is on the disk before it counts.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let beside = beside(path);
    let mut file = File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}
