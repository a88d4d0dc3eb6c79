//! What a host meets that installs a sensor: its bearer token, and the installation token that it may have to bring. The
//! commands of Systems Manager ask, on the host's behalf.
//!
//! Whoever asks must not hold the fleet: Falcon's own requests lock it after Falcon's state.

use super::Falcon;

impl Falcon {
    /// Whether a bearer token downloads an installer now.
    pub(crate) fn accepts(&self, token: &str) -> bool {
        let now = self.clock.now();
        self.locked().tokens.get(token).is_some_and(|token| token.is_good(now))
    }

    /// Whether a sensor enrols with this installation token, or with none: the customer demands none.
    pub(crate) fn enrols(&self, _installation_token: Option<&str>) -> bool {
        true
    }
}
