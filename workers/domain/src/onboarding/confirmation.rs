//! What is let go with an account, and the word that confirms that somebody has seen it.
//!
//! A dry run shows the list and a confirmation, which is a hash of all of it. Who hands the confirmation in has seen this list: if
//! anything has been added or taken away since, the confirmation is of another list, and there is a dry run again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::registration::RegistrationApi;
use crate::place::{AccountId, Region};

/// 16 hexadecimal digits. It is no secret: it says what was seen, not who may do it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[0-9a-f]{16}$"))]
pub struct Confirmation(String);

/// A text is no confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a confirmation is 16 hexadecimal digits in small letters, as the dry run shows it")]
pub struct ConfirmationError;

/// Everything of an account that is let go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// The account.
    pub account: AccountId,
    /// With which of Falcon's interfaces it is registered.
    pub registrations: BTreeSet<RegistrationApi>,
    /// The ids of our findings that stand, by region.
    pub findings: BTreeMap<Region, BTreeSet<String>>,
}

/// Why an account is not let go now.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unconfirmed {
    /// Nobody has seen it.
    #[error(
        "nobody has confirmed that account {account} is let go: see what the dry run shows, then confirm {expected}"
    )]
    NotSeen {
        /// The account.
        account: AccountId,
        /// The confirmation.
        expected: Confirmation,
    },
    /// It has changed.
    #[error(
        "what is let go with account {account} is not what {given} confirms: see what the dry run shows now, then confirm \
         {expected}"
    )]
    Changed {
        /// The account.
        account: AccountId,
        /// What was handed in.
        given: Confirmation,
        /// The confirmation.
        expected: Confirmation,
    },
}

impl Departure {
    /// The word that confirms this list, and no other.
    pub fn confirmation(&self) -> Confirmation {
        let account = [self.account.to_string()].into_iter();
        let registrations = self.registrations.iter().map(|api| api.name().to_owned());
        let findings =
            self.findings.iter().flat_map(|(region, ids)| ids.iter().map(move |id| format!("{region} {id}")));
        let mut hash = Sha256::new();
        for item in account.chain(registrations).chain(findings) {
            // With its length, so that no two lists are the same text.
            hash.update((item.len() as u64).to_be_bytes());
            hash.update(item);
        }
        Confirmation(hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect())
    }

    /// # Errors
    /// That nobody has seen this list, and what would confirm it.
    pub fn confirmed(&self, given: Option<&Confirmation>) -> Result<(), Unconfirmed> {
        let (account, expected) = (self.account, self.confirmation());
        match given {
            Some(given) if *given == expected => Ok(()),
            Some(given) => Err(Unconfirmed::Changed { account, given: given.clone(), expected }),
            None => Err(Unconfirmed::NotSeen { account, expected }),
        }
    }

    /// `the registration with cloud-security; 12 findings in us-east-1`.
    pub fn sentence(&self) -> String {
        let registrations = self.registrations.iter().map(|api| format!("the registration with {}", api.name()));
        let findings = self.findings.iter().filter(|(_, ids)| !ids.is_empty()).map(|(region, ids)| match ids.len() {
            1 => format!("1 finding in {region}"),
            many => format!("{many} findings in {region}"),
        });
        let parts: Vec<String> = registrations.chain(findings).collect();
        if parts.is_empty() { "nothing".to_owned() } else { parts.join("; ") }
    }
}

impl FromStr for Confirmation {
    type Err = ConfirmationError;

    fn from_str(text: &str) -> Result<Self, ConfirmationError> {
        let is_digits = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_digits.then(|| Self(text.to_owned())).ok_or(ConfirmationError)
    }
}

impl TryFrom<String> for Confirmation {
    type Error = ConfirmationError;

    fn try_from(text: String) -> Result<Self, ConfirmationError> {
        text.parse()
    }
}

impl From<Confirmation> for String {
    fn from(confirmation: Confirmation) -> Self {
        confirmation.0
    }
}

impl fmt::Display for Confirmation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn departure() -> Departure {
        let findings = ["falconer/a", "falconer/b"].map(str::to_owned).into();
        Departure {
            account: "444455556666".parse().unwrap(),
            registrations: [RegistrationApi::CloudSecurity].into(),
            findings: [("us-east-1".parse().unwrap(), findings)].into(),
        }
    }

    #[test]
    fn what_was_seen_is_confirmed_and_nothing_else_is() {
        let (seen, now) = (departure(), departure());
        assert_eq!(now.confirmed(Some(&seen.confirmation())), Ok(()));
        assert!(matches!(now.confirmed(None), Err(Unconfirmed::NotSeen { .. })));
        let other_account = Departure { account: "777788889999".parse().unwrap(), ..departure() };
        let deregistered = Departure { registrations: BTreeSet::new(), ..departure() };
        let elsewhere = ["falconer/a", "falconer/b"].map(str::to_owned).into();
        let elsewhere = Departure { findings: [("eu-west-1".parse().unwrap(), elsewhere)].into(), ..departure() };
        let mut one_more = departure();
        one_more.findings.values_mut().for_each(|ids| assert!(ids.insert("falconer/c".to_owned())));
        let joined = ["falconer/aus-east-1 falconer/b".to_owned()].into();
        let joined = Departure { findings: [("us-east-1".parse().unwrap(), joined)].into(), ..departure() };
        for changed in [other_account, deregistered, elsewhere, one_more, joined] {
            let refused = changed.confirmed(Some(&seen.confirmation())).unwrap_err();
            assert!(matches!(refused, Unconfirmed::Changed { .. }), "{changed:?}");
            assert!(refused.to_string().contains(&changed.confirmation().to_string()), "{refused}");
        }
    }

    #[test]
    fn a_list_is_told_in_a_sentence() {
        assert_eq!(departure().sentence(), "the registration with cloud-security; 2 findings in us-east-1");
        let nothing = Departure { registrations: BTreeSet::new(), findings: BTreeMap::new(), ..departure() };
        assert_eq!(nothing.sentence(), "nothing");
    }

    #[test]
    fn a_confirmation_has_its_form_and_nothing_else_has_it() {
        let good = departure().confirmation().to_string();
        assert_eq!(good.parse(), Ok(departure().confirmation()));
        for text in ["", "0f1e2d3c4b5a697", "0F1E2D3C4B5A6978", "0f1e2d3c4b5a69780", "0f1e2d3c4b5a697g"] {
            assert_eq!(text.parse::<Confirmation>(), Err(ConfirmationError), "{text}");
        }
    }
}
