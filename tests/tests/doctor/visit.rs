//! The doctor in the house, and what it said.

use std::sync::Arc;

use falconer_activities::clock::Clock;
use falconer_cli::commands::doctor::{DoctorArgs, Examination, examine};
use falconer_cli::config::{self, Place};
use falconer_domain::doctor::{Check, Health, Subject};
use falconer_tests::house::House;
use falconer_tests::wire::InProcess;

/// The hub.
pub(crate) const HUB: &str = "111122223333";

/// A configuration in which Falcon is asked for no registration: nobody has registered the seeded accounts.
pub(crate) const UNREGISTERED: &str = "[onboarding]\nregistration = \"none\"\n";

/// What the doctor said.
pub(crate) struct Visit(pub(crate) Vec<Check>);

impl Visit {
    /// To the hub and everybody, with a configuration in TOML.
    pub(crate) async fn to_all(house: &House, toml: &str) -> Self {
        Self::with(house, toml, DoctorArgs::default()).await
    }

    /// To one account.
    pub(crate) async fn to(house: &House, toml: &str, account: &str) -> Self {
        Self::with(house, toml, DoctorArgs { account: vec![account.parse().unwrap()], ..DoctorArgs::default() }).await
    }

    pub(crate) async fn with(house: &House, toml: &str, args: DoctorArgs) -> Self {
        let cloud = ("FALCONER_FALCON_CLOUD".to_owned(), "https://sandbox.test/falcon".to_owned());
        let config = config::parse(toml, [cloud], Place::Sandbox).unwrap();
        let (falcon, clock) = (Arc::new(InProcess(house.sandbox.clone())), house.clock());
        let clock = Clock::driven_by(move || clock.now());
        let Examination { checks, .. } = Box::pin(examine(&house.sdk, falcon, &config, &clock, &args)).await.unwrap();
        Self(checks)
    }

    /// What is said of a subject of an account, which has one.
    pub(crate) fn of(&self, account: &str, subject: Subject) -> &Check {
        let mut of = self.0.iter().filter(|check| check.account.to_string() == account && check.subject == subject);
        match (of.next(), of.next()) {
            (Some(check), None) => check,
            _ => panic!("there is not one {subject:?} of {account} in {:#?}", self.0),
        }
    }

    /// The same of one among several of the hub.
    pub(crate) fn named(&self, subject: Subject, name: &str) -> &Check {
        let found = self.0.iter().find(|check| check.subject == subject && check.name.as_deref() == Some(name));
        found.unwrap_or_else(|| panic!("there is no {subject:?} {name} in {:#?}", self.0))
    }

    /// Everything that is not well, by account and subject.
    pub(crate) fn trouble(&self) -> Vec<(String, Subject)> {
        let trouble = self.0.iter().filter(|check| !check.diagnosis.is_ok());
        trouble.map(|check| (check.account.to_string(), check.subject)).collect()
    }
}

/// The check is so, and says these words of what is wrong and of how to mend it.
#[track_caller]
pub(crate) fn assert_told(check: &Check, health: Health, sentence: &str, remedy: &str) {
    let diagnosis = &check.diagnosis;
    assert_eq!(diagnosis.health, health, "{check:#?}");
    assert!(diagnosis.sentence.contains(sentence), "{sentence:?} is missing in {check:#?}");
    assert!(diagnosis.remedy.as_deref().unwrap_or_default().contains(remedy), "{remedy:?} is missing in {check:#?}");
}
