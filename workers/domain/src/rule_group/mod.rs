//! A stateful rule group as text: what the block rule groups and the hunt rule group have in common.
//!
//! Network Firewall runs Suricata 7 (<https://docs.suricata.io/en/suricata-7.0.11/rules/>). Falconer's rules stand beside
//! those of others, one a line, and carry in their metadata what there is to know of them. This module knows which traffic
//! meets an indicator, which signature ids are free, and which lines are ours; what they mean is the ledger's and the
//! hunts' own.

mod limits;
mod rule;
mod sid;
mod text;

pub use limits::Limits;
pub use sid::{SidRange, SidRangeError};

pub(crate) use rule::{MARKER, Wording, read_indicator, read_sids, sids};
pub(crate) use sid::Slots;
pub(crate) use text::GroupText;
