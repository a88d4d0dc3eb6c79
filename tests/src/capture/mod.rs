//! Packet captures of our own making: what a workload would send, byte for byte, with nobody who sends it.
//!
//! ```text
//! request   what is said: a TLS ClientHello, the same in QUIC packets, an HTTP request, a DNS query
//!   flow      who says it to whom: the packets of one conversation
//!     pcap      many flows in one file, as an engine replays them
//! ```

mod flow;
mod pcap;
mod quic;
pub mod request;

pub use flow::Flow;
pub use pcap::Capture;
