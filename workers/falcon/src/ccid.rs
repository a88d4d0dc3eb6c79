//! The customer's id with its checksum (CCID), which every installation of a sensor is told.
//!
//! <https://falconpy.io/Service-Collections/Sensor-Download.html#getsensorinstallersccidbyquery>.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::call::{Endpoint, Falcon};
use crate::error::FalconError;

const CCID: Endpoint = Endpoint {
    call: "GET /sensors/queries/installers/ccid/v1",
    path: "/sensors/queries/installers/ccid/v1",
    scope: "Sensor Download: Read",
};

/// 32 hexadecimal digits, a hyphen and two more, as Falcon writes them. It is no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ccid(String);

/// A text that is no CCID.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a customer id with checksum is 32 hexadecimal digits, a hyphen and 2 more")]
pub struct CcidInvalid;

impl Ccid {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Ccid {
    type Err = CcidInvalid;

    fn from_str(text: &str) -> Result<Self, CcidInvalid> {
        let hexadecimal =
            |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match text.split_once('-') {
            Some((id, checksum)) if hexadecimal(id, 32) && hexadecimal(checksum, 2) => Ok(Self(text.to_owned())),
            _ => Err(CcidInvalid),
        }
    }
}

impl fmt::Display for Ccid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Falcon {
    /// The customer's id with its checksum. Needs the scope "Sensor Download: Read".
    ///
    /// # Errors
    /// Any [`FalconError`]; `Malformed` if what comes back is none.
    pub async fn ccid(&self) -> Result<Ccid, FalconError> {
        let ids = self.get::<String>(&CCID, &[]).await?;
        let ccid = ids.read.first().and_then(|id| id.parse().ok());
        let problem = || format!("no text among {} resources that is a CCID", ids.read.len() + ids.malformed);
        ccid.ok_or_else(|| FalconError::Malformed { call: CCID.call, problem: problem() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ccid_has_its_form_and_nothing_else_has_it() {
        let good = "0123456789ABCDEF0123456789abcdef-5D";
        assert_eq!(good.parse::<Ccid>().unwrap().to_string(), good);
        for text in [
            "",
            "0123456789ABCDEF0123456789ABCDEF",
            "0123456789ABCDEF0123456789ABCDEF-5",
            "g123456789ABCDEF0123456789ABCDEF-5D",
            "0123456789ABCDEF0123456789ABCDEF-5D\"",
            "é123456789ABCDEF0123456789ABCDE-5D",
        ] {
            assert_eq!(text.parse::<Ccid>(), Err(CcidInvalid), "{text}");
        }
    }
}
