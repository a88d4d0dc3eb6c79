//! What there is to say of one instance, for a person and for a program.

use falconer_activities::clock::Clock;
use falconer_activities::fleet::{Judged, Silence, Standing};
use falconer_domain::extract::printable;
use falconer_domain::fleet::{Answer, Facts, Instance, InstanceState, Ping, SensorHost, SensorVersion, finding};
use falconer_domain::install::{Attempts, InstallRules};
use falconer_domain::place::Place;
use serde_json::{Map, Value, json};

use super::row::{style, words};
use crate::paint::{self, STRONG, WARN, minute, paint};

/// All that there is to say.
pub(super) struct Explanation {
    pub(super) place: Place,
    /// The instance, what the sources said of it, and the verdict.
    pub(super) judged: Judged,
    /// The active finding about it.
    pub(super) finding: Answer<Option<Standing>>,
    /// The sources that did not answer.
    pub(super) silence: Vec<Silence>,
}

/// The first line of each source stands beside its name.
const INDENT: usize = 17;

impl Explanation {
    /// Prints it for a person. Whoever tags instances, names an operating system or writes findings chooses words of it: they
    /// are printed without what would move a cursor.
    pub(super) fn tell(&self, install: &InstallRules) {
        let Judged { instance, facts, verdict } = &self.judged;
        let said = [
            ("Instance", vec![format!("{} in {}", instance.id, self.place)]),
            ("AWS Config", of_config(instance)),
            ("Systems Manager", of_systems_manager(facts)),
            ("Falcon", of_falcon(instance, facts)),
            ("Security Hub", self.of_security_hub(install)),
        ];
        for (source, lines) in said {
            for (index, line) in lines.iter().enumerate() {
                let source = if index == 0 { source } else { "" };
                anstream::println!("{}{}", paint(STRONG, format!("{source:INDENT$}")), printable(line));
            }
        }
        let sentence = format!("{}: {}", words(verdict), printable(&verdict.sentence()));
        anstream::println!("{}{}", paint(STRONG, format!("{:INDENT$}", "Verdict")), paint(style(verdict), sentence));
        anstream::println!("{}{}", paint(STRONG, format!("{:INDENT$}", "What to do")), verdict.remedy());
        for silence in &self.silence {
            anstream::println!("{} {}", paint(WARN, silence.error), printable(&silence.cause));
        }
    }

    fn of_security_hub(&self, install: &InstallRules) -> Vec<String> {
        let Answer::Given(finding) = &self.finding else { return did_not_answer() };
        let Some(Standing { description, severity, updated, fields, .. }) = finding else {
            return vec!["no active finding about it".to_owned()];
        };
        let severity = severity.as_ref().map_or("finding", |severity| severity.as_str());
        let updated = updated.map_or_else(String::new, |updated| format!(" ({})", minute(updated)));
        let mut lines = vec![format!("{severity}{updated}: {description}")];
        let attempts = Attempts::read(fields);
        if attempts.failures() > 0 {
            let at = attempts.failed_at().map_or_else(String::new, |at| format!(", the last at {}", minute(at)));
            let error = attempts.error().map_or_else(String::new, |error| format!(" ({error})"));
            let until = attempts.held_back_until(install.back_off, Clock::system().now());
            let until =
                until.map_or_else(String::new, |until| format!("; not tried again by itself before {}", minute(until)));
            lines.push(format!("installs failed in a row: {}{at}{error}{until}", attempts.failures()));
        }
        lines
    }

    /// Prints it for a program.
    pub(super) fn print_json(&self) {
        let Judged { instance, facts, verdict } = &self.judged;
        let silence: Vec<Value> =
            self.silence.iter().map(|one| json!({ "error": one.error, "cause": one.cause })).collect();
        let managed = facts.managed.given().map(|managed| {
            managed.as_ref().map(|managed| json!({ "ping": ping(managed.ping), "platform": managed.platform }))
        });
        let sensors = sensors(instance, facts).given().map(|sensors| sensors.iter().map(sensor).collect::<Vec<_>>());
        let finding = self.finding.given().map(|finding| finding.as_ref().map(|finding| self.finding_json(finding)));
        let value = json!({
            "account": self.place.account,
            "region": self.place.region,
            "instance": instance.id,
            "config": { "state": state(instance), "architecture": instance.architecture, "tags": instance.tags },
            "systemsManager": said([
                ("managed", managed.map(|managed| json!(managed))),
                ("installed", facts.installed.given().map(|installed| json!(installed))),
            ]),
            "falcon": said([("sensors", sensors.map(|sensors| json!(sensors)))]),
            "securityHub": said([("finding", finding.map(|finding| json!(finding)))]),
            "verdict": verdict,
            "sentence": verdict.sentence(),
            "remedy": verdict.remedy(),
            "silence": silence,
        });
        anstream::println!("{}", paint::json(&value));
    }

    fn finding_json(&self, Standing { description, severity, updated, fields, .. }: &Standing) -> Value {
        let attempts = Attempts::read(fields);
        json!({
            "id": finding::id(&self.place, &self.judged.instance.id),
            "description": description,
            "severity": severity.as_ref().map(|severity| severity.as_str()),
            "updated": updated,
            "installs": { "failures": attempts.failures(), "failedAt": attempts.failed_at(), "error": attempts.error() },
        })
    }
}

fn of_config(instance: &Instance) -> Vec<String> {
    let architecture = instance.architecture.map_or("of an unknown architecture", |architecture| architecture.as_str());
    let tags = instance.tags.iter().map(|(key, value)| format!("tag {key}={value}"));
    [format!("{}, {architecture}", state(instance))].into_iter().chain(tags).collect()
}

fn of_systems_manager(facts: &Facts) -> Vec<String> {
    let managed = match &facts.managed {
        Answer::Missing => "did not answer".to_owned(),
        Answer::Given(None) => "does not manage it".to_owned(),
        Answer::Given(Some(managed)) => format!("agent {}, {}", ping(managed.ping), managed.platform.with(None)),
    };
    let installed = match &facts.installed {
        Answer::Missing => "the inventory did not answer".to_owned(),
        Answer::Given(None) => "the inventory lists no Falcon sensor".to_owned(),
        Answer::Given(Some(version)) => format!("the inventory lists the Falcon sensor {version}"),
    };
    vec![managed, installed]
}

fn of_falcon(instance: &Instance, facts: &Facts) -> Vec<String> {
    if instance.state != InstanceState::Running {
        return vec!["not asked, since nothing on it can report".to_owned()];
    }
    match &facts.sensors {
        Answer::Missing => did_not_answer(),
        Answer::Given(sensors) if sensors.is_empty() => vec!["knows no sensor on it".to_owned()],
        Answer::Given(sensors) => sensors.iter().map(of_sensor).collect(),
    }
}

fn of_sensor(SensorHost { device, version, last_seen, reduced, wanted }: &SensorHost) -> String {
    let version = version.as_ref().map_or("of an unknown version", SensorVersion::as_str);
    let last_seen = last_seen.map_or_else(|| "at an unknown time".to_owned(), minute);
    let works = if *reduced { "in reduced functionality mode" } else { "works in full" };
    let wanted = match wanted {
        Answer::Missing => "what its update policy wants is unknown".to_owned(),
        Answer::Given(None) => "its update policy leaves the version alone".to_owned(),
        Answer::Given(Some(wanted)) => format!("its update policy wants {wanted}"),
    };
    format!("sensor {device} {version}, last seen {last_seen}, {works}, {wanted}")
}

fn did_not_answer() -> Vec<String> {
    vec!["did not answer".to_owned()]
}

fn sensor(SensorHost { device, version, last_seen, reduced, wanted }: &SensorHost) -> Value {
    said([
        ("device", Some(json!(device))),
        ("version", Some(json!(version))),
        ("lastSeen", Some(json!(last_seen))),
        ("reducedFunctionality", Some(json!(reduced))),
        ("wanted", wanted.given().map(|wanted| json!(wanted))),
    ])
}

/// Of an instance that does not run Falcon was not asked.
fn sensors<'a>(instance: &Instance, facts: &'a Facts) -> Answer<&'a [SensorHost]> {
    match &facts.sensors {
        Answer::Given(sensors) if instance.state == InstanceState::Running => Answer::Given(sensors),
        _ => Answer::Missing,
    }
}

/// An object of what was said: what was not is left out, which is something else than `null`.
fn said<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let members = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(members.collect::<Map<_, _>>())
}

fn state(instance: &Instance) -> &'static str {
    match instance.state {
        InstanceState::Running => "running",
        InstanceState::Stopped => "stopped",
        InstanceState::Terminated => "terminated",
    }
}

fn ping(ping: Ping) -> &'static str {
    match ping {
        Ping::Online => "online",
        Ping::ConnectionLost => "connection lost",
    }
}
