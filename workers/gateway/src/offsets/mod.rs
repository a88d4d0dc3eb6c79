//! Where the gateway has come to, for its next start: a file, or a parameter of Systems Manager.

mod file;
mod parameter;

use std::collections::BTreeMap;
use std::path::PathBuf;

use aws_sdk_ssm::Client;
use falconer_activities::aws_failure::CallFailure;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// By partition, the offset up to which every event is settled.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Offsets(pub(crate) BTreeMap<u32, u64>);

/// Where offsets are kept. Whoever reads with the same appId keeps them in the same place; two at a time Falcon does not let read.
#[derive(Clone, Debug)]
pub enum OffsetStore {
    /// A file of this path. It is written beside and then renamed, so that it is whole whenever the machine dies.
    File(PathBuf),
    /// A parameter of Systems Manager: its client and its name.
    Parameter(Client, String),
}

/// Offsets could not be read or written.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum OffsetsError {
    /// The file.
    #[error("offsets could not be {done} {path}: {reason}. See that the gateway may write there (gateway.offsets)", path = .path.display())]
    File {
        /// `read from`, `written to`.
        done: &'static str,
        /// Its path.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The parameter.
    #[error(
        "{call} on the parameter {name}, which holds the gateway's offsets, failed: {reason}. Grant ssm:{call} on it to the gateway's role"
    )]
    Parameter {
        /// The operation.
        call: &'static str,
        /// Its name.
        name: String,
        /// What came back.
        reason: String,
    },
    /// Something else stands there.
    #[error(
        "what stands in {place} are no offsets of the gateway: {reason}. Delete it to begin where gateway.from says, or restore it"
    )]
    Unreadable {
        /// The file or the parameter.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl OffsetStore {
    /// What an earlier run has left; nothing at the first start.
    pub(crate) async fn load(&self) -> Result<Offsets, OffsetsError> {
        let text = match self {
            Self::File(path) => file::read(path).await?,
            Self::Parameter(client, name) => parameter::read(client, name).await?,
        };
        let Some(text) = text else { return Ok(Offsets::default()) };
        serde_json::from_str(&text)
            .map_err(|error| OffsetsError::Unreadable { place: self.place(), reason: error.to_string() })
    }

    /// Keeps offsets in place of those that stand there.
    pub(crate) async fn save(&self, offsets: &Offsets) -> Result<(), OffsetsError> {
        // A map of numbers is always JSON.
        let text = serde_json::to_string(offsets).unwrap_or_default();
        match self {
            Self::File(path) => file::write(path, text).await,
            Self::Parameter(client, name) => parameter::write(client, name, text).await,
        }
    }

    fn place(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Parameter(_, name) => format!("the parameter {name}"),
        }
    }
}

fn failed(call: &'static str, name: &str, failure: &CallFailure) -> OffsetsError {
    OffsetsError::Parameter { call, name: name.to_owned(), reason: failure.to_string() }
}
