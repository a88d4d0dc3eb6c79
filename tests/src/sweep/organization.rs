//! Organizations of any size, whose accounts are all alike.

use falconer_sandbox::{Agent, Health, Instance, Sensor, State};
use serde_json::{Value, json};

use crate::fleet::{healthy, instance, sensor};

/// The number before that of the first account.
const BEFORE_THE_FIRST: u64 = 500_000_000_000;

/// When a stale sensor last reported.
const LONG_AGO: &str = "2026-01-01T10:00:00Z";

/// An organization, all in one region.
#[derive(Clone, Copy, Debug)]
pub struct Organization {
    /// Its members that hold instances.
    pub accounts: u64,
    /// The instances of each, in hundreds: of each hundred, the same are in the same state.
    pub hundreds: u64,
}

/// What is the matter with an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matter {
    Healthy,
    Missing,
    Stale,
    Reduced,
    NoAgent,
    Stopped,
    Excluded,
}

/// How many of a hundred there are of each.
const MIX: [(Matter, u64); 7] = [
    (Matter::Healthy, 90),
    (Matter::Missing, 4),
    (Matter::Stale, 2),
    (Matter::Reduced, 1),
    (Matter::NoAgent, 1),
    (Matter::Stopped, 1),
    (Matter::Excluded, 1),
];

impl Organization {
    /// The accounts' numbers.
    #[must_use]
    pub fn members(self) -> Vec<String> {
        (1..=self.accounts).map(|account| (BEFORE_THE_FIRST + account).to_string()).collect()
    }

    /// All instances.
    #[must_use]
    pub fn size(self) -> u64 {
        self.accounts * self.hundreds * 100
    }

    /// What the execution's output must say of the instances.
    #[must_use]
    pub fn tally(self) -> Value {
        let all = |matters: &[Matter]| self.accounts * self.in_account(matters);
        json!({
            "healthy": all(&[Matter::Healthy]),
            "missing": all(&[Matter::Missing]),
            "stale": all(&[Matter::Stale]),
            "reducedFunctionality": all(&[Matter::Reduced]),
            "unmanaged": all(&[Matter::NoAgent, Matter::Stopped]),
            "excluded": all(&[Matter::Excluded]),
        })
    }

    /// Findings that must stand.
    #[must_use]
    pub fn findings(self) -> u64 {
        self.accounts * self.in_account(&[Matter::Missing, Matter::Stale, Matter::Reduced, Matter::NoAgent])
    }

    /// How many instances of one account are in one of these states.
    pub(super) fn in_account(self, matters: &[Matter]) -> u64 {
        let shares = MIX.iter().filter(|(matter, _)| matters.contains(matter)).map(|(_, share)| share);
        shares.sum::<u64>() * self.hundreds
    }

    pub(super) fn fleet(self) -> impl Iterator<Item = Instance> {
        let mix: Vec<Matter> = MIX.iter().flat_map(|(matter, share)| (0..*share).map(|_| *matter)).collect();
        let in_account = self.hundreds * 100;
        self.members().into_iter().zip(0..).flat_map(move |(account, number)| {
            let first = number * in_account;
            let matters = mix.clone().into_iter().cycle();
            let instances = (first..first + in_account).zip(matters);
            instances.map(move |(number, matter)| Instance { account: account.clone(), ..one(number, matter) })
        })
    }
}

fn one(number: u64, matter: Matter) -> Instance {
    let with = |sensor: Sensor| Instance { sensor: Some(sensor), ..instance(number) };
    match matter {
        Matter::Healthy => healthy(number),
        Matter::Missing => instance(number),
        Matter::Stale => with(Sensor { last_seen: LONG_AGO.parse().ok(), ..sensor() }),
        Matter::Reduced => with(Sensor { health: Health::Reduced, ..sensor() }),
        Matter::NoAgent => Instance { agent: Agent::None, ..instance(number) },
        Matter::Stopped => Instance { state: State::Stopped, ..healthy(number) },
        Matter::Excluded => {
            Instance { tags: [("falconer:exclude".to_owned(), String::new())].into(), ..instance(number) }
        }
    }
}
