//! What a client says first, with the name that it wants to reach in it.
//!
//! The name is written as it is given: in capitals, with a dot at its end, or however else somebody may try to slip by.

use super::quic as packet;

/// Groups of a key share (<https://www.iana.org/assignments/tls-parameters/tls-parameters.xhtml#tls-parameters-8>).
const X25519: [u8; 2] = [0x00, 0x1D];
const X25519_MLKEM768: [u8; 2] = [0x11, 0xEC];

/// A DNS query for the address of a name
/// (<https://www.rfc-editor.org/rfc/rfc1035#section-4>).
///
/// Over TCP a message is preceded by its length ([`dns_over_tcp`]).
///
/// # Panics
/// If a label is longer than 255 bytes.
pub fn dns(name: &str) -> Vec<u8> {
    const RECURSION_DESIRED: u16 = 0x0100;
    const TYPE_A: u16 = 1;
    const CLASS_IN: u16 = 1;
    let mut message = [0x1234, RECURSION_DESIRED, 1, 0, 0, 0].map(u16::to_be_bytes).concat();
    for label in name.split('.').filter(|label| !label.is_empty()) {
        message.extend(prefixed::<1>(label.as_bytes()));
    }
    message.push(0);
    message.extend([TYPE_A, CLASS_IN].map(u16::to_be_bytes).concat());
    message
}

/// The same as it is sent over TCP (section 4.2.2).
///
/// # Panics
/// As [`dns`].
pub fn dns_over_tcp(name: &str) -> Vec<u8> {
    prefixed::<2>(&dns(name))
}

/// An HTTP/1.1 request for the root of a host, which may have a port.
pub fn http(host: &str) -> Vec<u8> {
    http_with("GET / HTTP/1.1", host)
}

/// An HTTP/1.1 request with a request line and a `Host` of one's own choice.
pub fn http_with(request_line: &str, host: &str) -> Vec<u8> {
    format!("{request_line}\r\nHost: {host}\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n").into_bytes()
}

/// A ClientHello of TLS 1.2 that offers TLS 1.3, with the name in its `server_name` extension
/// (<https://www.rfc-editor.org/rfc/rfc8446#section-4.1.2>, <https://www.rfc-editor.org/rfc/rfc6066#section-3>).
///
/// # Panics
/// If the name does not fit into a hello.
pub fn tls(name: &str) -> Vec<u8> {
    client_hello(name, X25519, 32)
}

/// The same as a client says it that offers a key of 1,216 bytes (X25519MLKEM768), as browsers do: it needs two segments,
/// and the name may stand in the second one.
///
/// # Panics
/// As [`tls`].
pub fn tls_with_long_key(name: &str) -> Vec<u8> {
    client_hello(name, X25519_MLKEM768, 1_216)
}

/// The first datagram of a QUIC connection of version 1, with the name in the ClientHello that it holds
/// (<https://www.rfc-editor.org/rfc/rfc9001#section-4>).
///
/// # Panics
/// As [`tls`].
pub fn quic(name: &str) -> Vec<u8> {
    packet::initial(0, &packet::crypto(0, &quic_hello(name, X25519, 32)))
}

/// The same with the ClientHello in two pieces, the second one first, and the cut in the middle of the name.
///
/// # Panics
/// As [`tls`].
pub fn quic_in_two_frames(name: &str) -> Vec<u8> {
    let hello = quic_hello(name, X25519, 32);
    let name_at = hello.windows(name.len()).position(|window| window == name.as_bytes()).unwrap_or_default();
    let cut = name_at + name.len() / 2;
    packet::initial(0, &[packet::crypto(cut, &hello[cut..]), packet::crypto(0, &hello[..cut])].concat())
}

/// As [`quic`], by a client that offers a key of 1,216 bytes, as browsers do: its ClientHello needs two datagrams, and the
/// name stands in the second one.
///
/// # Panics
/// As [`tls`].
pub fn quic_with_long_key(name: &str) -> Vec<Vec<u8>> {
    const PIECE: usize = 1_100;
    let hello = quic_hello(name, X25519_MLKEM768, 1_216);
    let (first, second) = hello.split_at(PIECE);
    vec![packet::initial(0, &packet::crypto(0, first)), packet::initial(1, &packet::crypto(PIECE, second))]
}

/// A ClientHello in a TLS record.
fn client_hello(name: &str, group: [u8; 2], key_length: usize) -> Vec<u8> {
    const HANDSHAKE: u8 = 22;
    const TLS_1_0: [u8; 2] = [3, 1];
    let handshake = handshake(name, group, key_length, &[]);
    [vec![HANDSHAKE], TLS_1_0.to_vec(), prefixed::<2>(&handshake)].concat()
}

/// A ClientHello that asks for HTTP/3; QUIC has it without a record.
fn quic_hello(name: &str, group: [u8; 2], key_length: usize) -> Vec<u8> {
    let http_3 = extension(16, &prefixed::<2>(&prefixed::<1>(b"h3")));
    // initial_max_data of 1 MiB, as one of the parameters that each side must send (RFC 9000, section 18.2).
    let transport_parameters = extension(57, &[4, 4, 0x80, 0x10, 0, 0]);
    handshake(name, group, key_length, &[http_3, transport_parameters].concat())
}

fn handshake(name: &str, group: [u8; 2], key_length: usize, further_extensions: &[u8]) -> Vec<u8> {
    const CLIENT_HELLO: u8 = 1;
    const TLS_1_2: [u8; 2] = [3, 3];
    const TLS_1_3: [u8; 2] = [3, 4];
    let host_name = 0u8;
    let server_name = prefixed::<2>(&[vec![host_name], prefixed::<2>(name.as_bytes())].concat());
    let key_share = prefixed::<2>(&[group.to_vec(), prefixed::<2>(&vec![7; key_length])].concat());
    let extensions = [
        extension(51, &key_share),
        extension(43, &prefixed::<1>(&TLS_1_3)),
        extension(10, &prefixed::<2>(&group)),
        // ecdsa_secp256r1_sha256 and rsa_pss_rsae_sha256.
        extension(13, &prefixed::<2>(&[4, 3, 8, 4])),
        extension(0, &server_name),
        further_extensions.to_vec(),
    ]
    .concat();
    let (random, session, no_compression) = ([0x5a; 32], [], [0]);
    // TLS_AES_128_GCM_SHA256 and TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256.
    let cipher_suites = [0x13, 0x01, 0xC0, 0x2F];
    let hello = [
        TLS_1_2.to_vec(),
        random.to_vec(),
        prefixed::<1>(&session),
        prefixed::<2>(&cipher_suites),
        prefixed::<1>(&no_compression),
        prefixed::<2>(&extensions),
    ]
    .concat();
    [vec![CLIENT_HELLO], prefixed::<3>(&hello)].concat()
}

fn extension(kind: u16, data: &[u8]) -> Vec<u8> {
    [kind.to_be_bytes().to_vec(), prefixed::<2>(data)].concat()
}

/// The bytes behind their length, which is written in so many bytes.
fn prefixed<const BYTES: usize>(data: &[u8]) -> Vec<u8> {
    let length = data.len().to_be_bytes();
    let (unused, length) = length.split_at(length.len() - BYTES);
    assert!(unused.iter().all(|byte| *byte == 0), "{} bytes are too long to be told in {BYTES}", data.len());
    [length, data].concat()
}
