//! What an administrator of the Falcon console has set.

use serde::{Deserialize, Serialize};

use super::Falcon;
use super::releases::Updates;

/// The settings as a whole: what is left out is as in the beginning.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Settings {
    /// Whether a sensor must bring an installation token.
    pub(super) tokens_required: bool,
    /// The installation token that is valid, if one is.
    pub(super) installation_token: Option<String>,
    /// Which release the default update policies bring.
    pub(super) updates: Updates,
}

impl Default for Settings {
    fn default() -> Self {
        Self { tokens_required: false, installation_token: Some("5A4DB0C5".to_owned()), updates: Updates::default() }
    }
}

impl Falcon {
    /// Replaces the settings.
    pub(crate) fn set(&self, settings: Settings) {
        self.locked().settings = settings;
    }
}
