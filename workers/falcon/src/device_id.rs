//! The id of one sensor (AID).

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// 32 hexadecimal digits. `MAINTENANCE`, which stands for every host where a token is asked for, is none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceId(String);

/// A text that is the id of no sensor.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a sensor's id is 32 hexadecimal digits")]
pub struct DeviceIdInvalid;

impl DeviceId {
    /// The text, with small letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DeviceId {
    type Err = DeviceIdInvalid;

    fn from_str(text: &str) -> Result<Self, DeviceIdInvalid> {
        let sensor = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if sensor { Ok(Self(text.to_ascii_lowercase())) } else { Err(DeviceIdInvalid) }
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bulk_token_cannot_be_asked_for() {
        for text in
            ["MAINTENANCE", "maintenance", "", "0123456789abcdef0123456789abcde", "MAINTENANCEMAINTENANCEMAINTENANC"]
        {
            assert_eq!(text.parse::<DeviceId>(), Err(DeviceIdInvalid), "{text}");
        }
        let device: DeviceId = "0123456789ABCDEF0123456789abcdef".parse().unwrap();
        assert_eq!(device.to_string(), "0123456789abcdef0123456789abcdef");
    }
}
