//! Flows in a file that Suricata, tcpdump and Wireshark read.

use std::io::{self, Write};
use std::ops::Range;

use super::Flow;

/// A classic pcap file with times in microseconds, little-endian
/// (<https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html>, section 4).
const MAGIC: u32 = 0xA1B2_C3D4;
const VERSION: [u16; 2] = [2, 4];
const LONGEST_PACKET: u32 = 65_535;
/// Packets begin with an IPv4 or IPv6 header: the firewall's rules know no Ethernet
/// (`LINKTYPE_RAW`, <https://www.tcpdump.org/linktypes.html>).
const RAW_IP: u32 = 101;

/// When the first packet is seen: 15 January 2026, 10:00 UTC.
const BEGIN_SECONDS: u64 = 1_768_471_200;
/// From one packet to the next. All of a capture passes within minutes, so that the engine forgets no flow.
const PACE_MICROSECONDS: u64 = 1_000;

/// Flows, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Capture {
    packets: Vec<Vec<u8>>,
}

impl Capture {
    /// Adds a flow, and tells which packets of the file it has become, the file's first being 1 as engines count.
    pub fn add(&mut self, flow: Flow) -> Range<usize> {
        let first = self.packets.len() + 1;
        self.packets.extend(flow.into_packets());
        first..self.packets.len() + 1
    }

    /// Writes the file.
    ///
    /// # Errors
    /// If the writer fails, or a packet is longer than any packet can be.
    pub fn write(&self, mut file: impl Write) -> io::Result<()> {
        file.write_all(&MAGIC.to_le_bytes())?;
        file.write_all(&VERSION.map(u16::to_le_bytes).concat())?;
        // Two reserved fields, then the longest packet.
        file.write_all(&[0, 0, LONGEST_PACKET, RAW_IP].map(u32::to_le_bytes).concat())?;
        for (packet, time) in self.packets.iter().zip((0u64..).step_by(PACE_MICROSECONDS as usize)) {
            let length = u32::try_from(packet.len()).map_err(io::Error::other)?;
            let seconds = u32::try_from(BEGIN_SECONDS + time / 1_000_000).map_err(io::Error::other)?;
            let microseconds = (time % 1_000_000) as u32;
            file.write_all(&[seconds, microseconds, length, length].map(u32::to_le_bytes).concat())?;
            file.write_all(packet)?;
        }
        Ok(())
    }
}
