//! The token that lets one host's sensor be uninstalled (its maintenance token).
//!
//! `revealUninstallToken`, <https://falconpy.io/Service-Collections/Sensor-Update-Policy.html#revealuninstalltoken>. The same
//! operation reveals the bulk token, which opens every host of the customer, to whoever asks for the device `MAINTENANCE`:
//! nothing here can.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde_json::json;
use thiserror::Error;

use crate::call::{Endpoint, Falcon};
use crate::error::FalconError;
use crate::secret::Secret;

/// To see it is to be allowed to change policies,
/// <https://github.com/CrowdStrike/psfalcon/wiki/Get-FalconUninstallToken>.
const REVEAL: Endpoint = Endpoint {
    call: "POST /policy/combined/reveal-uninstall-token/v1",
    path: "/policy/combined/reveal-uninstall-token/v1",
    scope: "Sensor update policies: Write",
};

/// The id of one sensor (AID): 32 hexadecimal digits. `MAINTENANCE` is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceId(String);

/// A text that is the id of no sensor.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a sensor's id is 32 hexadecimal digits")]
pub struct DeviceIdInvalid;

/// A host's uninstall token. Its `Debug` shows nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UninstallToken(Secret);

impl UninstallToken {
    /// The token itself, for the command that needs it and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
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

#[derive(Deserialize)]
struct Written {
    device_id: String,
    uninstall_token: Secret,
}

impl Falcon {
    /// The uninstall token of one host; `None` if Falcon does not know the host. Falcon's audit log keeps `audit_message`.
    /// Needs the scope "Sensor update policies: Write".
    ///
    /// # Errors
    /// Any [`FalconError`].
    pub async fn uninstall_token(
        &self,
        device: &DeviceId,
        audit_message: &str,
    ) -> Result<Option<UninstallToken>, FalconError> {
        let body = json!({ "device_id": device.0, "audit_message": audit_message });
        let tokens = match self.post::<Written>(&REVEAL, &body).await {
            Err(FalconError::Rejected { status: 404, .. }) => return Ok(None),
            tokens => tokens?,
        };
        let token = tokens.read.into_iter().find(|token| token.device_id.eq_ignore_ascii_case(&device.0));
        Ok(token.map(|token| UninstallToken(token.uninstall_token)))
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
