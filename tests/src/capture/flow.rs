//! Conversations as packets.

use std::net::{IpAddr, SocketAddr};

use etherparse::{IpHeaders, IpNumber, PacketBuilder, PacketBuilderStep};

/// Hops that a packet may still make.
const HOPS: u8 = 64;
const WINDOW: u16 = 65_535;
/// The most that one TCP packet carries: 1,500 bytes less the headers of IPv6 and TCP.
const SEGMENT: usize = 1_440;

/// The packets of one conversation, from the first to the last.
///
/// It is the whole conversation, with the other side's answers, as if nothing were in between. Which of its packets a
/// firewall takes out is what a replay shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    packets: Vec<Vec<u8>>,
    request: usize,
}

impl Flow {
    /// A TCP connection from `client` to `server`: the handshake, the request in as many segments as it needs, an answer,
    /// and the end.
    pub fn tcp(client: SocketAddr, server: SocketAddr, request: &[u8]) -> Self {
        let mut connection = Connection::new(client, server);
        connection.open();
        for segment in request.chunks(SEGMENT) {
            connection.send(Side::Client, Flag::Push, segment);
        }
        let last_of_request = connection.packets.len() - 1;
        connection.send(Side::Server, Flag::Push, b"an answer");
        connection.close();
        Self { packets: connection.packets, request: last_of_request }
    }

    /// One datagram from `client` to `server`, and one back.
    pub fn udp(client: SocketAddr, server: SocketAddr, request: &[u8]) -> Self {
        Self { packets: vec![datagram(client, server, request), datagram(server, client, request)], request: 0 }
    }

    /// The first datagrams of a QUIC connection from `client` to `server`, and one packet of each side after the handshake,
    /// in which nobody on the way can read.
    pub fn quic(client: SocketAddr, server: SocketAddr, request: &[Vec<u8>]) -> Self {
        // A short header with the fixed bit (https://www.rfc-editor.org/rfc/rfc9000#section-17.3.1).
        let secret = [&[0x40], [0x5a; 48].as_slice()].concat();
        let mut packets: Vec<Vec<u8>> = request.iter().map(|payload| datagram(client, server, payload)).collect();
        let last_of_request = packets.len() - 1;
        packets.extend([datagram(server, client, &secret), datagram(client, server, &secret)]);
        Self { packets, request: last_of_request }
    }

    /// An ICMP or ICMPv6 echo request, and its reply.
    pub fn ping(from: IpAddr, to: IpAddr) -> Self {
        let (number, payload) = (7, b"are you there?");
        let mut packets = [Vec::new(), Vec::new()];
        let [request, reply] = &mut packets;
        if from.is_ipv4() {
            between(from, to).icmpv4_echo_request(number, 1).write_to_vec(request, payload).unwrap();
            between(to, from).icmpv4_echo_reply(number, 1).write_to_vec(reply, payload).unwrap();
        } else {
            between(from, to).icmpv6_echo_request(number, 1).write_to_vec(request, payload).unwrap();
            between(to, from).icmpv6_echo_reply(number, 1).write_to_vec(reply, payload).unwrap();
        }
        Self { packets: packets.into(), request: 0 }
    }

    /// One packet of IPsec, which has no ports and nothing to read in it.
    pub fn ipsec(from: IpAddr, to: IpAddr) -> Self {
        // A security parameters index, a sequence number, and what is encrypted (https://www.rfc-editor.org/rfc/rfc4303).
        let payload = [&[0, 0, 1, 0, 0, 0, 0, 1], [0x5a; 32].as_slice()].concat();
        let mut packet = Vec::new();
        between(from, to).write_to_vec(&mut packet, IpNumber::ENCAPSULATING_SECURITY_PAYLOAD, &payload).unwrap();
        Self { packets: vec![packet], request: 0 }
    }

    /// The index of the packet with which the request is complete.
    pub fn request(&self) -> usize {
        self.request
    }

    pub(super) fn into_packets(self) -> Vec<Vec<u8>> {
        self.packets
    }
}

fn datagram(from: SocketAddr, to: SocketAddr, payload: &[u8]) -> Vec<u8> {
    let headers = between(from.ip(), to.ip()).udp(from.port(), to.port());
    let mut packet = Vec::with_capacity(headers.size(payload.len()));
    headers.write_to_vec(&mut packet, payload).unwrap();
    packet
}

/// The IP header of a packet, of the family of both addresses.
fn between(from: IpAddr, to: IpAddr) -> PacketBuilderStep<IpHeaders> {
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => PacketBuilder::ipv4(from.octets(), to.octets(), HOPS),
        (IpAddr::V6(from), IpAddr::V6(to)) => PacketBuilder::ipv6(from.octets(), to.octets(), HOPS),
        _ => panic!("{from} and {to} are of two families"),
    }
}

#[derive(Clone, Copy)]
enum Side {
    Client,
    Server,
}

/// What goes beside the sequence numbers.
#[derive(Clone, Copy)]
enum Flag {
    Open,
    Push,
    Close,
    None,
}

/// A TCP connection while it is being written.
struct Connection {
    addresses: [SocketAddr; 2],
    /// The next sequence number of each side.
    next: [u32; 2],
    packets: Vec<Vec<u8>>,
}

impl Connection {
    fn new(client: SocketAddr, server: SocketAddr) -> Self {
        Self { addresses: [client, server], next: [1_000, 9_000], packets: Vec::new() }
    }

    fn open(&mut self) {
        self.send(Side::Client, Flag::Open, &[]);
        self.send(Side::Server, Flag::Open, &[]);
        self.send(Side::Client, Flag::None, &[]);
    }

    fn close(&mut self) {
        self.send(Side::Client, Flag::Close, &[]);
        self.send(Side::Server, Flag::Close, &[]);
        self.send(Side::Client, Flag::None, &[]);
    }

    fn send(&mut self, side: Side, flag: Flag, data: &[u8]) {
        let (this, other) = (side as usize, 1 - side as usize);
        let (from, to) = (self.addresses[this], self.addresses[other]);
        let headers = between(from.ip(), to.ip()).tcp(from.port(), to.port(), self.next[this], WINDOW);
        let headers = match flag {
            Flag::Open => headers.syn(),
            Flag::Push => headers.psh(),
            Flag::Close => headers.fin(),
            Flag::None => headers,
        };
        // Everything but the very first packet acknowledges what the other side has said.
        let headers = if self.packets.is_empty() { headers } else { headers.ack(self.next[other]) };
        let mut packet = Vec::with_capacity(headers.size(data.len()));
        headers.write_to_vec(&mut packet, data).unwrap();
        self.packets.push(packet);
        let counts = u32::from(matches!(flag, Flag::Open | Flag::Close));
        self.next[this] += counts + u32::try_from(data.len()).unwrap();
    }
}
