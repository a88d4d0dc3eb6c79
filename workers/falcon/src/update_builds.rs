//! Builds of the sensor: which versions the newest release, and the two before it, are now.
//!
//! `queryCombinedSensorUpdateBuilds`, <https://falconpy.io/Service-Collections/Sensor-Update-Policy.html>; its records are
//! <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/sensor_update_build_resp_v1.go>.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::call::{Endpoint, Falcon};
use crate::envelope::or_default;
use crate::error::FalconError;
use crate::target::Target;
use crate::version::{Release, SensorVersion};

const BUILDS: Endpoint = Endpoint {
    call: "GET /policy/combined/sensor-update-builds/v1",
    path: "/policy/combined/sensor-update-builds/v1",
    scope: "Sensor update policies: Read",
};

/// The stage of builds that are for everybody; the other one is `early_adopter`.
const FOR_ALL: &str = "prod";

/// What the releases are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdateBuilds {
    released: BTreeMap<(Target, Release), SensorVersion>,
    /// Builds that could not be read.
    pub malformed: usize,
}

impl UpdateBuilds {
    /// The version that a release is for a target now; `None` if Falcon names none.
    #[must_use]
    pub fn version(&self, target: Target, release: Release) -> Option<&SensorVersion> {
        self.released.get(&(target, release))
    }
}

/// A build as it comes.
#[derive(Deserialize)]
struct Written {
    /// `20709|n-1|tagged|17`, or a number alone if it is no release by name.
    build: String,
    platform: String,
    sensor_version: String,
    #[serde(default, deserialize_with = "or_default")]
    stage: String,
}

impl Written {
    fn release(&self) -> Option<Release> {
        self.build.split('|').nth(1)?.parse().ok()
    }
}

impl Falcon {
    /// The builds that update policies can name, for all targets. Needs the scope "Sensor update policies: Read".
    ///
    /// # Errors
    /// Any [`FalconError`].
    pub async fn update_builds(&self) -> Result<UpdateBuilds, FalconError> {
        let records = self.get::<Written>(&BUILDS, &[]).await?;
        let mut builds = UpdateBuilds { malformed: records.malformed, ..UpdateBuilds::default() };
        for build in records.read.into_iter().filter(|build| build.stage.is_empty() || build.stage == FOR_ALL) {
            let (Some(target), Some(release)) = (Target::named(&build.platform), build.release()) else { continue };
            match build.sensor_version.parse() {
                Ok(version) => {
                    builds.released.insert((target, release), version);
                }
                Err(_) => builds.malformed += 1,
            }
        }
        Ok(builds)
    }
}
