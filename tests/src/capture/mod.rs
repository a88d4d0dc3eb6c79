//! Packet captures of our own making: what a workload would send, byte for byte, with nobody who sends it.
//!
//! ```text
//! request   what is said: a TLS ClientHello, an HTTP request, a DNS query
//!   flow      who says it to whom: the packets of one conversation
//!     pcap      many flows in one file, as an engine replays them
//! ```
//!
//! There is no QUIC in here. Its first packet is encrypted with keys derived from itself, and Falconer writes no rule for
//! it: a name that is blocked for TLS, HTTP and DNS can still be reached over QUIC by whoever knows the address already.

mod flow;
mod pcap;
pub mod request;

pub use flow::Flow;
pub use pcap::Capture;
