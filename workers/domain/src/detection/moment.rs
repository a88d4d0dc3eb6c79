//! A time as Python writes it, and so the Falcon Integration Gateway: with microseconds, or with no fraction if there is none.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

#[derive(Clone, Copy)]
pub(super) struct Moment(pub(super) Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        let microseconds = self.0.subsec_microsecond() != 0 || self.0.subsec_millisecond() != 0;
        if microseconds {
            into.collect_str(&format_args!("{:.6}", self.0))
        } else {
            into.collect_str(&format_args!("{:.0}", self.0))
        }
    }
}
