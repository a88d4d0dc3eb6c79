//! The token that a sensor must bring when it is installed, if the customer demands one.
//!
//! <https://falconpy.io/Service-Collections/Installation-Tokens.html>; its records are
//! <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/api_token_details_resource_v1.go>. It outlives an
//! installation, and whoever has it can enrol sensors until somebody revokes it.

use serde::Deserialize;

use crate::call::{Endpoint, Falcon};
use crate::error::FalconError;
use crate::fql::{Filter, Literal};
use crate::secret::Secret;

const SCOPE: &str = "Installation Tokens: Read";
const SETTINGS: Endpoint = Endpoint {
    call: "GET /installation-tokens/entities/customer-settings/v1",
    path: "/installation-tokens/entities/customer-settings/v1",
    scope: SCOPE,
};
const IDS: Endpoint = Endpoint {
    call: "GET /installation-tokens/queries/tokens/v1",
    path: "/installation-tokens/queries/tokens/v1",
    scope: SCOPE,
};
const TOKENS: Endpoint = Endpoint {
    call: "GET /installation-tokens/entities/tokens/v1",
    path: "/installation-tokens/entities/tokens/v1",
    scope: SCOPE,
};

const VALID: &str = "valid";

/// An installation token. Its `Debug` shows nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallationToken(Secret);

impl InstallationToken {
    /// The token itself, for the command that needs it and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// Without its member the record is malformed: that nothing is said does not mean that nothing is demanded.
#[derive(Deserialize)]
struct Settings {
    tokens_required: bool,
}

#[derive(Deserialize)]
struct Written {
    status: String,
    value: Secret,
}

impl Falcon {
    /// The newest installation token that is valid; `None` if the customer demands none. Needs the scope
    /// "Installation Tokens: Read".
    ///
    /// # Errors
    /// [`FalconError::NoInstallationToken`] if one is demanded and none is valid; any other [`FalconError`].
    pub async fn installation_token(&self) -> Result<Option<InstallationToken>, FalconError> {
        let settings = self.get::<Settings>(&SETTINGS, &[]).await?;
        let Some(settings) = settings.read.first() else {
            let problem = "no record that says whether installation tokens are required".to_owned();
            return Err(FalconError::Malformed { call: SETTINGS.call, problem });
        };
        if !settings.tokens_required {
            return Ok(None);
        }
        let valid = Literal::of(VALID).map(|valid| Filter::is("status", valid));
        let filter = valid.as_ref().map_or("", Filter::as_str);
        let query = [("filter", filter), ("sort", "created_timestamp.desc"), ("limit", "1")];
        let ids = self.get::<String>(&IDS, &query).await?;
        let Some(id) = ids.read.first() else { return Err(FalconError::NoInstallationToken) };
        let tokens = self.get::<Written>(&TOKENS, &[("ids", id)]).await?;
        // Somebody may have revoked it since it was found.
        let token = tokens.read.into_iter().find(|token| token.status == VALID && !token.value.expose().is_empty());
        token.map(|token| Some(InstallationToken(token.value))).ok_or(FalconError::NoInstallationToken)
    }
}
