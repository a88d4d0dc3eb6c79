//! What a host meets that installs a sensor: its bearer token, and the installation token that it may have to bring. The
//! commands of Systems Manager ask, on the host's behalf.
//!
//! Whoever asks must not hold the fleet: Falcon's own requests lock it after Falcon's state.

use super::Falcon;
use super::clients::Scope;

impl Falcon {
    /// Whether a bearer token downloads an installer now: it is good, and its API client may.
    pub(crate) fn accepts(&self, token: &str) -> bool {
        let (now, state) = (self.clock.now(), self.locked());
        let token = state.tokens.get(token);
        token.is_some_and(|token| token.is_good(now) && token.may(Scope::SensorDownloadRead))
    }

    /// Whether a sensor enrols with this installation token, or with none.
    pub(crate) fn enrols(&self, installation_token: Option<&str>) -> bool {
        let state = self.locked();
        match installation_token {
            Some(token) => state.settings.installation_token.as_deref() == Some(token),
            None => !state.settings.tokens_required,
        }
    }
}
