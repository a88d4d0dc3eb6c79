//! The fleet that every sandbox begins with: an instance for each thing that can be the matter with one.

use jiff::{SignedDuration, Timestamp};

use crate::fleet::{Agent, CommandFate, Health, Instance, Platform, Sensor, State};
use crate::organization::Organization;

/// How long the stale sensor has been silent.
const SILENCE: SignedDuration = SignedDuration::from_hours(45 * 24);

/// The version of the sensors that are there.
const VERSION: &str = "7.19.18110.0";
/// That of one which nobody has updated.
const OLD_VERSION: &str = "6.54.15110.0";

/// The instances of the first two members.
pub(super) fn instances(organization: &Organization, now: Timestamp) -> Vec<Instance> {
    let last_seen = now.checked_sub(SILENCE).ok();
    let amazon_linux = || platform("Linux", "Amazon Linux", "2023", "x86_64");
    let windows = |year: &str, version: &str| {
        platform("Windows", &format!("Microsoft Windows Server {year} Datacenter"), version, "x86_64")
    };
    let of_first = [
        with_sensor(instance('1', amazon_linux()), VERSION),
        instance('2', platform("Linux", "Ubuntu", "22.04", "arm64")),
        with_sensor(instance('3', windows("2022", "10.0.20348")), VERSION),
        Instance { agent: Agent::None, ..instance('4', platform("Linux", "Amazon Linux", "2", "x86_64")) },
        Instance {
            tags: [("falconer:exclude".to_owned(), "appliance".to_owned())].into(),
            ..instance('5', platform("Linux", "Red Hat Enterprise Linux", "9.4", "x86_64"))
        },
        changed(with_sensor(instance('6', amazon_linux()), VERSION), |sensor| sensor.last_seen = last_seen),
    ];
    let of_second = [
        changed(with_sensor(instance('7', platform("Linux", "Debian GNU/Linux", "12", "x86_64")), VERSION), |sensor| {
            sensor.health = Health::Reduced;
        }),
        instance('8', platform("Linux", "Amazon Linux AMI", "2018.03", "x86_64")),
        Instance { state: State::Stopped, ..instance('9', amazon_linux()) },
        Instance { agent: Agent::ConnectionLost, ..instance('a', windows("2019", "10.0.17763")) },
        with_sensor(instance('b', platform("Linux", "SLES", "15.5", "x86_64")), OLD_VERSION),
        instance('c', platform("Linux", "Ubuntu", "24.04", "x86_64")),
    ];
    let accounts = organization.members().into_iter().zip([of_first.to_vec(), of_second.to_vec()]);
    accounts
        .flat_map(|(account, instances)| {
            let place =
                |instance| Instance { account: account.clone(), region: organization.region.clone(), ..instance };
            instances.into_iter().map(place).collect::<Vec<_>>()
        })
        .collect()
}

/// A running instance without a sensor, of an account and region that are still to be said.
fn instance(last: char, platform: Platform) -> Instance {
    Instance {
        account: String::new(),
        region: String::new(),
        id: format!("i-0f1a2b3c4d5e6f70{last}"),
        state: State::Running,
        platform,
        tags: [("Name".to_owned(), format!("web-{last}"))].into(),
        agent: Agent::Online,
        sensor: None,
        command: CommandFate::Succeeds,
    }
}

fn with_sensor(instance: Instance, version: &str) -> Instance {
    let sensor = Sensor { version: version.to_owned(), health: Health::Working, reports_from: None, last_seen: None };
    Instance { sensor: Some(sensor), ..instance }
}

fn changed(mut instance: Instance, change: impl FnOnce(&mut Sensor)) -> Instance {
    instance.sensor.as_mut().map(change);
    instance
}

fn platform(kind: &str, name: &str, version: &str, architecture: &str) -> Platform {
    let [kind, name, version, architecture] = [kind, name, version, architecture].map(str::to_owned);
    Platform { kind, name, version, architecture }
}
