//! The task token: whoever holds it may report the task's result, so it never reaches a log.

use std::fmt::{self, Write};

use sha2::{Digest, Sha256};

/// Bytes of the hash that logs show: enough to tell tasks apart, and no way back to the token.
const HASH_BYTES: usize = 8;

/// A task token. Its `Debug` shows the hash; there is no `Display`.
pub(crate) struct TaskToken {
    secret: String,
    hash: String,
}

impl TaskToken {
    pub(crate) fn new(secret: String) -> Self {
        let digest = Sha256::digest(secret.as_bytes());
        let hash = digest.iter().take(HASH_BYTES).fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _infallible = write!(text, "{byte:02x}");
            text
        });
        Self { secret, hash }
    }

    /// The token itself, for the service only.
    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    /// What logs call the task: 16 hexadecimal digits.
    pub(crate) fn hash(&self) -> &str {
        &self.hash
    }
}

impl fmt::Debug for TaskToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TaskToken({})", self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::TaskToken;

    #[test]
    fn debug_shows_the_hash_and_not_the_token() {
        let token = TaskToken::new("AAAAKgAAAAIAAAAA".to_owned());
        assert_eq!(format!("{token:?}"), format!("TaskToken({})", token.hash()));
        assert_eq!(token.hash().len(), 16);
    }
}
