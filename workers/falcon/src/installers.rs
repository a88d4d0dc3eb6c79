//! Installers of the sensor: what can be downloaded for a platform.
//!
//! `GetCombinedSensorInstallersByQueryV2`, <https://falconpy.io/Service-Collections/Sensor-Download.html>; its records are
//! <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/domain_sensor_installer_v2.go>.

use serde::Deserialize;

use crate::call::{Endpoint, Falcon};
use crate::envelope::or_default;
use crate::error::FalconError;
use crate::fql::{Filter, Literal};

const INSTALLERS: Endpoint = Endpoint {
    call: "GET /sensors/combined/installers/v2",
    path: "/sensors/combined/installers/v2",
    scope: "Sensor Download: Read",
};

/// As many as Falcon gives, <https://falconpy.io/Service-Collections/Sensor-Download.html>.
const INSTALLERS_A_PAGE: usize = 500;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installers {
    /// The newest version first.
    pub found: Vec<Installer>,
    /// Records that could not be read.
    pub malformed: usize,
}

/// An installer. Any member may be missing.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Installer {
    /// The file's name.
    pub name: Option<String>,
    /// `Amazon Linux`, `Ubuntu`, `Windows`, ….
    pub os: Option<String>,
    /// `2023`, `2023 - arm64`, `18/20/22/24`; often empty on Windows.
    pub os_version: Option<String>,
    /// `x86_64`, `arm64`, ….
    #[serde(deserialize_with = "or_default")]
    pub architectures: Vec<String>,
    /// `7.19.18110`.
    pub version: Option<String>,
    /// By which it is downloaded.
    pub sha256: Option<String>,
}

impl Falcon {
    /// The installers for a platform: `linux`, `windows` or `mac`. Needs the scope "Sensor Download: Read". A text that can
    /// be no platform's name is not asked for, and has none.
    ///
    /// # Errors
    /// Any [`FalconError`].
    pub async fn installers(&self, platform: &str) -> Result<Installers, FalconError> {
        let platform = platform.to_ascii_lowercase();
        let Some(platform) = Literal::of(&platform) else { return Ok(Installers::default()) };
        let filter = Filter::is("platform", platform);
        let query = [("filter", filter.as_str()), ("sort", "version|desc")];
        let records = self.list_by_number(&INSTALLERS, &query, INSTALLERS_A_PAGE).await?;
        Ok(Installers { found: records.read, malformed: records.malformed })
    }
}
