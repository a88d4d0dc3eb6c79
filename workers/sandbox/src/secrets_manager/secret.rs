//! A secret: its versions, and the staging labels that point at them.
//!
//! <https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html>.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use crate::wire::ServiceError;

/// The label of the version that is used now.
pub(crate) const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";

/// A secret with a value.
#[derive(Clone, Debug)]
pub(crate) struct Secret {
    pub(crate) arn: String,
    pub(crate) name: String,
    versions: BTreeMap<String, Version>,
    /// Staging label → id of the version that bears it.
    labels: BTreeMap<String, String>,
}

/// One value of a secret, which is not shown to whoever debugs the sandbox.
#[derive(Clone)]
pub(crate) struct Version {
    pub(crate) value: String,
    pub(crate) created: Timestamp,
}

impl fmt::Debug for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Version").field("created", &self.created).finish_non_exhaustive()
    }
}

impl Secret {
    pub(super) fn new(arn: String, name: String) -> Self {
        Self { arn, name, versions: BTreeMap::new(), labels: BTreeMap::new() }
    }

    /// Adds a version and moves the labels to it; what was current becomes the previous one. The same version once more
    /// changes nothing. A version that has lost its last label is gone.
    ///
    /// # Errors
    /// `ResourceExistsException` for another value under an id that is taken.
    pub(super) fn put(&mut self, id: &str, version: Version, labels: &[String]) -> Result<(), ServiceError> {
        if let Some(existing) = self.versions.get(id) {
            let message = "You can't modify an existing version, you can only create a new version.";
            let same = existing.value == version.value;
            return if same { Ok(()) } else { Err(ServiceError::new("ResourceExistsException", message)) };
        }
        self.versions.insert(id.to_owned(), version);
        for label in labels {
            let before = self.labels.insert(label.clone(), id.to_owned());
            if let Some(before) = before.filter(|_| label == CURRENT) {
                self.labels.insert(PREVIOUS.to_owned(), before);
            }
        }
        let labels = &self.labels;
        self.versions.retain(|id, _| labels.values().any(|labelled| labelled == id));
        Ok(())
    }

    /// The id of the version that bears a label.
    pub(crate) fn labelled(&self, label: &str) -> Option<&str> {
        self.labels.get(label).map(String::as_str)
    }

    pub(crate) fn version(&self, id: &str) -> Option<&Version> {
        self.versions.get(id)
    }

    /// The labels that point at a version.
    pub(crate) fn labels_of(&self, id: &str) -> Vec<&str> {
        self.labels.iter().filter(|(_, labelled)| *labelled == id).map(|(label, _)| label.as_str()).collect()
    }
}
