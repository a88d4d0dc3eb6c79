//! The token that lets a host's sensor be uninstalled.
//!
//! `revealUninstallToken`, <https://falconpy.io/Service-Collections/Sensor-Update-Policy.html#revealuninstalltoken>; the record
//! is that of <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/uninstall_token_uninstall_token_v1.go>.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::clients::Scope;
use super::envelope::listed;
use super::{CUSTOMER, Falcon, State, refused};
use crate::wire::{Answer, Call};

/// Whoever asks for this device gets the token that opens every host.
const BULK: &str = "MAINTENANCE";

impl Falcon {
    pub(super) fn reveal_uninstall_token(&self, state: &mut State, call: &Call) -> Answer {
        self.authorize(state, call, Scope::UpdatePoliciesWrite)?;
        let device = call.input["body"]["device_id"].as_str().unwrap_or_default();
        if device.is_empty() {
            return Err(refused(400, "device_id must be provided"));
        }
        if device != BULK && !self.knows(device) {
            return Err(refused(404, "device not found"));
        }
        let digest = Sha256::digest(format!("{CUSTOMER} {device}"));
        let token: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(listed(vec![json!({ "device_id": device, "seed_id": 1, "uninstall_token": token })]))
    }
}
