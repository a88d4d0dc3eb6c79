//! The first packets of a QUIC connection, encrypted as a client encrypts them.
//!
//! Their keys come from the connection id in their own header, so that everybody on the way can read them
//! (<https://www.rfc-editor.org/rfc/rfc9001#section-5.2>): this is how an engine finds the name.

use aws_lc_rs::aead::quic::{self, HeaderProtectionKey};
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

/// QUIC version 1, and its salt (RFC 9001, section 5.2).
const VERSION: u32 = 1;
const SALT: [u8; 20] = [
    0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f,
    0x0a,
];
/// The id that the client gives the server for the time being. Every connection here has the one of RFC 9001, appendix A.
const CONNECTION: [u8; 8] = [0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08];
/// A datagram with an Initial packet in it is at least so long
/// (<https://www.rfc-editor.org/rfc/rfc9000#section-14.1>).
const SHORTEST_DATAGRAM: usize = 1_200;
/// From the first byte to the packet number, and the number: see [`header`].
const HEADER: usize = 22;
const NUMBER: usize = 4;
const TAG: usize = 16;

/// A piece of the handshake, from this offset on (<https://www.rfc-editor.org/rfc/rfc9000#section-19.6>).
pub(super) fn crypto(offset: usize, piece: &[u8]) -> Vec<u8> {
    const CRYPTO: u8 = 6;
    [vec![CRYPTO], integer(offset).into(), integer(piece.len()).into(), piece.to_vec()].concat()
}

/// A datagram with the client's Initial packet of this number, which holds these frames and padding.
pub(super) fn initial(number: u32, frames: &[u8]) -> Vec<u8> {
    let keys = Keys::of_client();
    let mut payload = frames.to_vec();
    // A PADDING frame is a zero byte.
    payload.resize(frames.len().max(SHORTEST_DATAGRAM - HEADER - TAG), 0);
    let mut header = header(number, NUMBER + payload.len() + TAG);
    let nonce = Nonce::assume_unique_for_key(keys.nonce(number));
    keys.payload.seal_in_place_append_tag(nonce, Aad::from(&header), &mut payload).unwrap();
    // What is sampled begins four bytes after the number does (RFC 9001, section 5.4.2), which here is where it ends.
    let mask = keys.header.new_mask(&payload[..quic::AES_128.sample_len()]).unwrap();
    header[0] ^= mask[0] & 0x0F;
    for (byte, mask) in header[HEADER - NUMBER..].iter_mut().zip(&mask[1..]) {
        *byte ^= mask;
    }
    [header, payload].concat()
}

/// A long header without a source connection id and without a token, before it is protected
/// (<https://www.rfc-editor.org/rfc/rfc9000#section-17.2.2>).
fn header(number: u32, length: usize) -> Vec<u8> {
    const INITIAL_WITH_NUMBER_OF_FOUR_BYTES: u8 = 0xC3;
    let ids = [&[CONNECTION.len() as u8], CONNECTION.as_slice(), &[0]].concat();
    let no_token = vec![0];
    [
        vec![INITIAL_WITH_NUMBER_OF_FOUR_BYTES],
        VERSION.to_be_bytes().into(),
        ids,
        no_token,
        integer(length).into(),
        number.to_be_bytes().into(),
    ]
    .concat()
}

/// In the form of two bytes (<https://www.rfc-editor.org/rfc/rfc9000#section-16>).
fn integer(number: usize) -> [u8; 2] {
    assert!(number < 0x4000, "{number} does not fit into two bytes");
    (number as u16 | 0x4000).to_be_bytes()
}

struct Keys {
    payload: LessSafeKey,
    header: HeaderProtectionKey,
    iv: [u8; 12],
}

impl Keys {
    fn of_client() -> Self {
        let initial = Salt::new(HKDF_SHA256, &SALT).extract(&CONNECTION);
        let client = Prk::new_less_safe(HKDF_SHA256, &expand::<32>(&initial, "client in"));
        let key = UnboundKey::new(&AES_128_GCM, &expand::<16>(&client, "quic key")).unwrap();
        Self {
            payload: LessSafeKey::new(key),
            header: HeaderProtectionKey::new(&quic::AES_128, &expand::<16>(&client, "quic hp")).unwrap(),
            iv: expand(&client, "quic iv"),
        }
    }

    /// RFC 9001, section 5.3.
    fn nonce(&self, number: u32) -> [u8; 12] {
        let mut nonce = self.iv;
        for (byte, number) in nonce[12 - NUMBER..].iter_mut().zip(number.to_be_bytes()) {
            *byte ^= number;
        }
        nonce
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// HKDF-Expand-Label without a context (<https://www.rfc-editor.org/rfc/rfc8446#section-7.1>).
fn expand<const BYTES: usize>(secret: &Prk, label: &str) -> [u8; BYTES] {
    let label = format!("tls13 {label}");
    let (length, label_length) = ((BYTES as u16).to_be_bytes(), [label.len() as u8]);
    let info = [&length[..], &label_length, label.as_bytes(), &[0]];
    let mut key = [0; BYTES];
    secret.expand(&info, Length(BYTES)).unwrap().fill(&mut key).unwrap();
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9001, appendix A.2: the CRYPTO frame of the packet with the number 2.
    const FRAME: &str = "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c0000041301\
        1302010000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006001d001700180010000700050461\
        6c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f1ce15d43e994ec\
        74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c00024001003900320408ffffff\
        ffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff";

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_packet_of_the_rfc_is_encrypted_as_the_rfc_says() {
        let byte = |at: usize| u8::from_str_radix(&FRAME[at..at + 2], 16).unwrap();
        let frame: Vec<u8> = (0..FRAME.len()).step_by(2).map(byte).collect();
        let datagram = initial(2, &frame);
        assert_eq!(datagram.len(), 1_200);
        assert_eq!(
            hex(&datagram[..38]),
            "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9b"
        );
        assert_eq!(hex(&datagram[1_184..]), "e221af44860018ab0856972e194cd934");
    }
}
