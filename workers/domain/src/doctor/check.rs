//! A subject in an account, with its diagnosis.

use serde::Serialize;

use super::diagnosis::Diagnosis;
use crate::place::{AccountId, Region};

/// What is looked at, in the order in which it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Subject {
    /// Who asks AWS.
    Credentials,
    /// Activities and state machines.
    Deployment,
    /// Whether anything may act by itself.
    Switch,
    /// Whether zones run a rule group.
    Enforcement,
    /// What a rule group has room for.
    Capacity,
    /// What HOME_NET means in a rule group.
    HomeNet,
    /// The organization's Config aggregator.
    Aggregator,
    /// What the members' roles demand of the workers.
    ExternalId,
    /// An API client of Falcon.
    ApiClient,
    /// What an API client may do.
    Scope,
    /// What an API client must not be able to do.
    Excess,
    /// The member's role.
    Role,
    /// Falcon's cloud security knows the account.
    Registration,
    /// Whether the region can be used at all.
    Region,
    /// AWS Config's recorder.
    Recorder,
    /// AWS Config's rule.
    Rule,
    /// Which instances there are.
    Instances,
    /// Security Hub.
    SecurityHub,
    /// Systems Manager.
    SystemsManager,
    /// Systems Manager's Run Command.
    Commands,
}

/// What is said of a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// In which account.
    pub account: AccountId,
    /// In which region; `None` if it is the account's, or the hub's, as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// What was looked at.
    pub subject: Subject,
    /// Which of several, such as a rule group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How it is.
    #[serde(flatten)]
    pub diagnosis: Diagnosis,
}

impl Check {
    /// What is said of a subject of the account as a whole.
    pub fn of_account(account: AccountId, subject: Subject, diagnosis: Diagnosis) -> Self {
        Self { account, region: None, subject, name: None, diagnosis }
    }

    /// The same in one region.
    #[must_use]
    pub fn in_region(self, region: &Region) -> Self {
        Self { region: Some(region.clone()), ..self }
    }

    /// The same of one among several.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// What was looked at, as people read it: `rule group falconer-block`.
    pub fn title(&self) -> String {
        let words = self.subject.words();
        self.name.as_ref().map_or_else(|| words.to_owned(), |name| format!("{words} {name}"))
    }
}

impl Subject {
    /// As people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Credentials => "AWS credentials",
            Self::Deployment => "deployed",
            Self::Switch => "switch",
            Self::Enforcement => "rule group",
            Self::Capacity => "room in",
            Self::HomeNet => "HOME_NET of",
            Self::Aggregator => "Config aggregator",
            Self::ExternalId => "external id",
            Self::ApiClient => "Falcon API client",
            Self::Scope => "Falcon scope for",
            Self::Excess => "other scopes of",
            Self::Role => "member role",
            Self::Registration => "Falcon registration",
            Self::Region => "region",
            Self::Recorder => "Config recorder",
            Self::Rule => "Config rule",
            Self::Instances => "Config queries",
            Self::SecurityHub => "Security Hub",
            Self::SystemsManager => "Systems Manager",
            Self::Commands => "Run Command",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_flat_json_and_what_is_not_there_is_left_out() {
        let account = "444455556666".parse().unwrap();
        let check = Check::of_account(account, Subject::Recorder, Diagnosis::broken("It is stopped.", "Start it."));
        let expected = serde_json::json!({
            "account": "444455556666", "region": "us-east-1", "subject": "recorder",
            "health": "broken", "sentence": "It is stopped.", "remedy": "Start it.",
        });
        assert_eq!(serde_json::to_value(check.in_region(&"us-east-1".parse().unwrap())).unwrap(), expected);
        let well = Check::of_account(account, Subject::Capacity, Diagnosis::ok("Room.")).named("falconer-block");
        let expected = serde_json::json!({
            "account": "444455556666", "subject": "capacity", "name": "falconer-block", "health": "ok", "sentence": "Room.",
        });
        assert_eq!(
            (serde_json::to_value(&well).unwrap(), well.title()),
            (expected, "room in falconer-block".to_owned())
        );
    }
}
