//! Instances as a table, and as JSON.

use std::borrow::Cow;

use anstyle::Style;
use falconer_activities::fleet::Judged;
use falconer_domain::extract::printable;
use falconer_domain::fleet::{Compliance, InstanceId, SensorVersion, Unmanaged, Verdict};
use falconer_domain::place::Place;
use jiff::Timestamp;
use serde::Serialize;

use crate::paint::{self, BAD, DIM, GOOD, WARN, minute, paint};

const HEADER: [&str; 7] = ["ACCOUNT", "REGION", "INSTANCE", "PLATFORM", "VERDICT", "VERSION", "LAST SEEN"];

/// What is kept of an instance: an organization may have a hundred thousand.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    #[serde(flatten)]
    pub(super) place: Place,
    pub(super) instance: InstanceId,
    /// As Systems Manager knows it; `None` if it does not.
    platform: Option<String>,
    pub(super) verdict: Verdict,
    /// Of the sensor that reported last, whatever the verdict says of it.
    version: Option<SensorVersion>,
    last_seen: Option<Timestamp>,
}

impl Row {
    pub(super) fn of(place: &Place, Judged { instance, facts, verdict }: Judged) -> Self {
        let sensor = facts.sensor().given().copied().flatten();
        let (version, last_seen) = sensor.map_or((None, None), |sensor| (sensor.version.clone(), sensor.last_seen));
        let managed = facts.managed.given().and_then(Option::as_ref);
        let platform = managed.map(|managed| managed.platform.with(instance.architecture));
        Self { place: place.clone(), instance: instance.id, platform, verdict, version, last_seen }
    }

    /// Every cell has something in it, so that whoever counts columns can.
    fn cells(&self) -> Vec<String> {
        let or_none = |text: Option<String>| text.filter(|text| !text.is_empty()).unwrap_or_else(|| "-".to_owned());
        vec![
            self.place.account.to_string(),
            self.place.region.to_string(),
            self.instance.to_string(),
            or_none(self.platform.as_deref().map(printable)),
            words(&self.verdict).into_owned(),
            or_none(self.version.as_ref().map(SensorVersion::to_string)),
            or_none(self.last_seen.map(minute)),
        ]
    }
}

/// The instances, a line each, coloured by what is to be thought of them.
pub(super) fn table(rows: &[Row]) -> String {
    let table = paint::table(&HEADER, rows.iter().map(Row::cells));
    // A cell breaks no line, so that there is one for each row.
    let mut lines = table.lines();
    let header = lines.next().unwrap_or_default().to_owned();
    let rows = lines.zip(rows).map(|(line, row)| paint(style(&row.verdict), line));
    [header].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

/// The colour of a verdict.
pub(super) fn style(verdict: &Verdict) -> Style {
    match verdict.compliance() {
        Some(Compliance::Compliant) => GOOD,
        Some(Compliance::NonCompliant) => BAD,
        Some(Compliance::NotApplicable) => DIM,
        None => WARN,
    }
}

/// The verdict in some words: with the reason where the same verdict asks for different things.
pub(super) fn words(verdict: &Verdict) -> Cow<'static, str> {
    let kind = verdict.kind().words();
    match verdict {
        Verdict::Unmanaged { why } => {
            let why = match why {
                Unmanaged::NoAgent => "no agent",
                Unmanaged::ConnectionLost => "connection lost",
                Unmanaged::Stopped => "stopped",
            };
            format!("{kind}, {why}").into()
        }
        _ => kind.into(),
    }
}
