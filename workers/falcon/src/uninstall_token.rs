//! The token that lets one host's sensor be uninstalled (its maintenance token).
//!
//! `revealUninstallToken`, <https://falconpy.io/Service-Collections/Sensor-Update-Policy.html#revealuninstalltoken>. The same
//! operation reveals the bulk token, which opens every host of the customer, to whoever asks for the device `MAINTENANCE`:
//! nothing here can.

use serde::Deserialize;
use serde_json::json;

use crate::call::{Endpoint, Falcon};
use crate::device_id::DeviceId;
use crate::error::FalconError;
use crate::secret::Secret;

/// To see it is to be allowed to change policies,
/// <https://github.com/CrowdStrike/psfalcon/wiki/Get-FalconUninstallToken>.
const REVEAL: Endpoint = Endpoint {
    call: "POST /policy/combined/reveal-uninstall-token/v1",
    path: "/policy/combined/reveal-uninstall-token/v1",
    scope: "Sensor update policies: Write",
};

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
        let body = json!({ "device_id": device.as_str(), "audit_message": audit_message });
        let tokens = match self.post::<Written>(&REVEAL, &body).await {
            Err(FalconError::Rejected { status: 404, .. }) => return Ok(None),
            tokens => tokens?,
        };
        let token = tokens.read.into_iter().find(|token| token.device_id.eq_ignore_ascii_case(device.as_str()));
        Ok(token.map(|token| UninstallToken(token.uninstall_token)))
    }
}
