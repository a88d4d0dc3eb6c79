//! Task tokens: opaque and long, as the service's are, and checkable without a list of all that were ever given.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha512};

/// How many digests follow the serial number: some 520 characters, so that no worker gets used to short tokens.
const DIGESTS: u8 = 6;

/// Makes and checks the tokens of one service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tokens {
    seed: u64,
}

impl Tokens {
    /// Tokens that only this seed makes.
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The token of the task with that serial number.
    pub(crate) fn of(self, serial: u64) -> String {
        STANDARD.encode(self.bytes(serial))
    }

    /// The serial number of the task that the token was made for; `None` if it is not one of ours.
    pub(crate) fn serial(self, token: &str) -> Option<u64> {
        let bytes = STANDARD.decode(token).ok()?;
        let serial = u64::from_be_bytes(*bytes.first_chunk()?);
        (bytes == self.bytes(serial)).then_some(serial)
    }

    fn bytes(self, serial: u64) -> Vec<u8> {
        let mut bytes = serial.to_be_bytes().to_vec();
        for number in 0..DIGESTS {
            let digest = Sha512::new()
                .chain_update(self.seed.to_be_bytes())
                .chain_update(serial.to_be_bytes())
                .chain_update([number]);
            bytes.extend(digest.finalize());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_and_leads_back_to_its_task_only_where_it_was_made() {
        let token = Tokens::new(1).of(7);
        assert!((500..2048).contains(&token.len()), "{}", token.len());
        assert_eq!(Tokens::new(1).serial(&token), Some(7));
        assert_eq!(Tokens::new(2).serial(&token), None);
        assert_eq!(Tokens::new(1).serial("not a token"), None);
        assert_eq!(Tokens::new(1).serial(&token.replacen('A', "B", 1)), None);
    }
}
