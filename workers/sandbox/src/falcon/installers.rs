//! What an installation needs: the customer's id, and installers.
//!
//! <https://falconpy.io/Service-Collections/Sensor-Download.html>; the records are those of
//! <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/domain_sensor_installer_v2.go>, and what stands in `os`
//! and `os_version` is what the package of Systems Manager Distributor asks for
//! (<https://github.com/CrowdStrike/aws-ssm-distributor>).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::clients::Scope;
use super::envelope::{listed, page_by_number};
use super::query::Query;
use super::releases::{RELEASES, Release};
use super::{CUSTOMER, Falcon, State};
use crate::wire::{Answer, Call};

/// The checksum behind the customer's id.
const CHECKSUM: &str = "5D";

/// Operating system, its version, architecture, platform, and the kind of file.
const SYSTEMS: [(&str, &str, &str, &str, &str); 9] = [
    ("Amazon Linux", "2", "x86_64", "linux", "rpm"),
    ("Amazon Linux", "2 - arm64", "arm64", "linux", "rpm"),
    ("Amazon Linux", "2023", "x86_64", "linux", "rpm"),
    ("Amazon Linux", "2023 - arm64", "arm64", "linux", "rpm"),
    ("RHEL/CentOS/Oracle", "9", "x86_64", "linux", "rpm"),
    ("Ubuntu", "18/20/22/24", "x86_64", "linux", "deb"),
    ("Ubuntu", "18/20/22/24 - arm64", "arm64", "linux", "deb"),
    ("Windows", "", "x86_64", "windows", "exe"),
    ("macOS", "", "x86_64", "mac", "pkg"),
];

impl Falcon {
    pub(super) fn ccid(&self, state: &mut State, call: &Call) -> Answer {
        self.authorize(state, call, Scope::SensorDownloadRead)?;
        Query::of(call, &[])?;
        Ok(listed(vec![json!(format!("{}-{CHECKSUM}", CUSTOMER.to_ascii_uppercase()))]))
    }

    pub(super) fn installers(&self, state: &mut State, call: &Call) -> Answer {
        self.authorize(state, call, Scope::SensorDownloadRead)?;
        let query = Query::of(call, &["filter", "offset", "limit", "sort"])?;
        let filter = query.filter(&["os", "os_version", "platform", "version"])?;
        let offset = query.number("offset", 0, 0..=usize::MAX)?;
        let limit = query.number("limit", 100, 1..=500)?;
        let sort = query.one_of("sort", &["version|asc", "version|desc", "release_date|asc", "release_date|desc"])?;
        let installers =
            RELEASES.iter().flat_map(|release| SYSTEMS.iter().map(move |system| installer(release, system)));
        let mut installers: Vec<Value> = installers.filter(|installer| filter.passes(installer)).collect();
        if sort.is_some_and(|sort| sort.ends_with("asc")) {
            installers.reverse();
        }
        Ok(page_by_number(installers, offset, limit))
    }
}

fn installer(release: &Release, system: &(&str, &str, &str, &str, &str)) -> Value {
    let (os, os_version, architecture, platform, kind) = system;
    let name = format!(
        "falcon-sensor-{}-{}.{architecture}.{kind}",
        release.version,
        os.to_lowercase().replace(['/', ' '], "-")
    );
    let digest: String =
        Sha256::digest(format!("{name} {os_version}")).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "name": name,
        "description": format!("Falcon sensor for {os} {os_version}").trim_end(),
        "os": os,
        "os_version": os_version,
        "platform": platform,
        "architectures": [architecture],
        "version": release.version,
        "release_date": release.date,
        "file_type": kind,
        "file_size": 54_321_000,
        "sha256": digest,
    })
}
