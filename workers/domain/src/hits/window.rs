//! The hour in which hits are counted together.

use std::fmt;

use jiff::Timestamp;

/// One hour of UTC, in which the hits of one indicator and one workload are one finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Window(Timestamp);

impl Window {
    const SECONDS: i64 = 3_600;

    /// The hour of a moment.
    pub fn of(time: Timestamp) -> Self {
        let second = time.as_second();
        Self(Timestamp::from_second(second - second.rem_euclid(Self::SECONDS)).unwrap_or(time))
    }
}

/// `20260115T10`.
impl fmt::Display for Window {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0.strftime("%Y%m%dT%H"))
    }
}
