//! Identifiers that look like AWS's and are the same in every run: what a test saw once it sees again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

/// Makes the identifiers of all services from one seed.
#[derive(Clone, Debug)]
pub(crate) struct Identifiers {
    seed: u64,
    made: Arc<AtomicU64>,
}

impl Identifiers {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, made: Arc::default() }
    }

    /// A lower-case UUID of version 4, as update tokens, resource ids, event ids and request ids are.
    pub(crate) fn uuid(&self) -> String {
        let digest = self.digest();
        let mut bytes = [0_u8; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid().hyphenated().to_string()
    }

    /// `length` upper-case characters of base 32 (at most 32), as the end of an access key id is.
    pub(crate) fn base32(&self, length: usize) -> String {
        const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        self.digest().iter().take(length).map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
    }

    /// A number that belongs to `text`: the same in every run with the same seed, whenever it is asked for.
    pub(crate) fn number(&self, text: &str) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(text.as_bytes());
        hash.finalize().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn digest(&self) -> [u8; 32] {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(number.to_be_bytes());
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_identifiers_differ_and_the_same_seed_repeats_them() {
        let (first, second) = (Identifiers::new(7), Identifiers::new(7));
        let of_first = [first.uuid(), first.uuid()];
        assert_ne!(of_first[0], of_first[1]);
        assert_eq!(of_first, [second.uuid(), second.uuid()]);
        assert_ne!(of_first[0], Identifiers::new(8).uuid());
    }

    #[test]
    fn a_number_belongs_to_its_text_and_its_seed() {
        let number = Identifiers::new(7).number("i-1");
        assert_eq!(number, Identifiers::new(7).number("i-1"));
        assert_ne!(number, Identifiers::new(7).number("i-2"));
        assert_ne!(number, Identifiers::new(8).number("i-1"));
    }
}
