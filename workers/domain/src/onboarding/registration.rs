//! What is asked of Falcon's cloud security for an account, and what it gives.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::place::{AccountId, Region};

/// Which of Falcon's two interfaces knows the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RegistrationApi {
    /// `/cloud-security-registration-aws`, with products and their features.
    CloudSecurity,
    /// `/cloud-connect-cspm-aws`, the older one, with a switch for each feature.
    Cspm,
}

/// Products of Falcon's cloud security, each with its features.
pub type Products = BTreeMap<String, BTreeSet<String>>;

/// What is asked of Falcon for an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedRegistration {
    /// Of which interface.
    pub api: RegistrationApi,
    /// The account.
    pub account: AccountId,
    /// Whether the account is one of AWS GovCloud: Falcon knows only `gov` and `commercial`.
    pub government: bool,
    /// The organization's id, `o-…`. An organizational unit's is another thing.
    pub organization: Option<String>,
    /// The role by which Falcon reads the account, if it has a name of our choosing.
    pub role_arn: Option<String>,
    /// Where the account's CloudTrail has its home.
    pub trail_region: Region,
    /// Whether Falcon reads a trail that is there, instead of making one of its own.
    pub uses_existing_trail: bool,
    /// What Falcon is to do in the account.
    pub products: Products,
}

/// What a registration gives, as far as people hear of it. The external id, which goes to the one who makes the account's role and
/// nowhere else, is no part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// Which interface knows the account.
    pub api: RegistrationApi,
    /// Whether it did so before.
    pub already: bool,
    /// The role in the account that Falcon assumes, once somebody has made it.
    pub role_arn: Option<String>,
    /// Falcon's own role, which the account's role must trust.
    pub falcon_role_arn: Option<String>,
    /// What Falcon says of the account, such as `Event_DiscoverAccountStatusProvisioned`.
    pub status: Option<String>,
}

impl RegistrationApi {
    /// As the configuration writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::CloudSecurity => "cloud-security",
            Self::Cspm => "cspm",
        }
    }
}

impl Registered {
    /// What a registration gives, as far as it can be true: a role of another account is not this account's.
    pub fn of(
        wanted: &WantedRegistration,
        already: bool,
        role_arn: Option<&str>,
        falcon_role_arn: Option<&str>,
        status: Option<&str>,
    ) -> Self {
        let own = |arn: &&str| role_account(arn).is_some_and(|account| account == wanted.account.to_string());
        let role = |arn: &&str| role_account(arn).is_some();
        Self {
            api: wanted.api,
            already,
            role_arn: role_arn.filter(own).map(str::to_owned),
            falcon_role_arn: falcon_role_arn.filter(role).map(str::to_owned),
            status: status.map(crate::extract::readable),
        }
    }

    /// What was done, in a sentence.
    pub fn sentence(&self) -> String {
        let registered = if self.already { "was registered already" } else { "is registered" };
        let role = match &self.role_arn {
            Some(role) => format!("Falcon reads it by {role}"),
            None => "Falcon names no role by which it reads it".to_owned(),
        };
        format!("The account {registered} with {}; {role}.", self.api.name())
    }
}

/// The account in the ARN of a role, `arn:aws:iam::444455556666:role/CrowdStrikeCSPMReader`.
fn role_account(arn: &str) -> Option<&str> {
    let is_plain = arn.len() <= 2048 && arn.bytes().all(|byte| byte.is_ascii_graphic());
    match arn.splitn(6, ':').collect::<Vec<_>>().as_slice() {
        ["arn", partition, "iam", "", account, role] if is_plain && !partition.is_empty() => {
            role.strip_prefix("role/").filter(|name| !name.is_empty()).map(|_| *account)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::444455556666:role/FalconReader";
    const FALCON: &str = "arn:aws:iam::999988887777:role/CrowdStrikeCSPMConnector";

    fn wanted() -> WantedRegistration {
        WantedRegistration {
            api: RegistrationApi::CloudSecurity,
            account: "444455556666".parse().unwrap(),
            government: false,
            organization: None,
            role_arn: None,
            trail_region: "us-east-1".parse().unwrap(),
            uses_existing_trail: true,
            products: Products::new(),
        }
    }

    #[test]
    fn a_registration_gives_both_roles() {
        let registered = Registered::of(&wanted(), false, Some(ROLE), Some(FALCON), Some("Event_Provisioned"));
        assert_eq!(registered.role_arn.as_deref(), Some(ROLE));
        assert_eq!(registered.falcon_role_arn.as_deref(), Some(FALCON));
        assert_eq!(
            registered.sentence(),
            "The account is registered with cloud-security; Falcon reads it by arn:aws:iam::444455556666:role/FalconReader."
        );
    }

    #[test]
    fn what_is_no_role_of_the_account_is_not_handed_on() {
        for arn in [
            FALCON,
            "",
            "FalconReader",
            "arn:aws:iam::444455556666:user/FalconReader",
            "arn:aws:iam::444455556666:role/",
            "arn:aws:iam::444455556666:role/Falcon Reader",
            "arn:aws:iam::444455556666:role/Falcon\nReader",
            "arn::iam::444455556666:role/FalconReader",
            "arn:aws:sts::444455556666:role/FalconReader",
        ] {
            let registered = Registered::of(&wanted(), true, Some(arn), None, None);
            assert_eq!(registered.role_arn, None, "{arn:?}");
        }
    }
}
