//! Text that was packed for the way: gzip in base64, never unpacked further than a bound.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;

/// Why a text cannot be unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packed {
    /// It is no gzip in base64.
    Wrongly,
    /// It is longer than the bound.
    TooMuch,
}

/// Unpacks at most `most` bytes. Of a longer text one byte more is unpacked, to know it.
pub(super) fn unpack(text: &str, most: usize) -> Result<Vec<u8>, Packed> {
    let packed = STANDARD.decode(text).map_err(|_| Packed::Wrongly)?;
    let mut bytes = Vec::new();
    let bound = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    GzDecoder::new(packed.as_slice()).take(bound).read_to_end(&mut bytes).map_err(|_| Packed::Wrongly)?;
    if bytes.len() > most { Err(Packed::TooMuch) } else { Ok(bytes) }
}
