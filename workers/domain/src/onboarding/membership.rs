//! Whether an account's Security Hub is on, and its findings reach the administrator.

use crate::place::AccountId;

/// What Security Hub says of an account in a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubFacts {
    /// Whether it is on (`DescribeHub`).
    pub enabled: bool,
    /// Whose member the account is, with the status of the membership (`GetAdministratorAccount`); `None` if nobody's.
    pub administrator: Option<(AccountId, String)>,
}

/// What is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembershipDecision {
    /// What is missing is made; nothing, if both are false.
    Make {
        /// Security Hub is switched on in the account, without its default standards: they are a choice of the organization.
        enable: bool,
        /// The administrator adds the account. Of an organization's account nobody asks for consent
        /// (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_CreateMembers.html>).
        add: bool,
    },
    /// Another account is its administrator: a person is told, and it stays so.
    OtherAdministrator {
        /// Which one.
        account: AccountId,
    },
    /// It is a member that nobody hears of, and adding it again does not mend that: a person is told.
    Unreachable,
}

impl MembershipDecision {
    /// What is done about the Security Hub of `account`, whose findings are to reach `administrator`.
    pub fn of(account: AccountId, administrator: AccountId, facts: &HubFacts) -> Self {
        let enable = !facts.enabled;
        if account == administrator {
            return Self::Make { enable, add: false };
        }
        match &facts.administrator {
            Some((other, _)) if *other != administrator => Self::OtherAdministrator { account: *other },
            // AWS writes `AccountSuspended` in one place and `ACCOUNT_SUSPENDED` in another
            // (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Member.html>).
            Some((_, status)) => match status.replace('_', "").to_ascii_lowercase().as_str() {
                "enabled" => Self::Make { enable, add: false },
                // An invitation waits for somebody in the account; the others are AWS's own word that it cannot be.
                "invited" | "accountsuspended" | "regiondisabled" => Self::Unreachable,
                _ => Self::Make { enable, add: true },
            },
            None => Self::Make { enable, add: true },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(text: &str) -> AccountId {
        text.parse().unwrap()
    }

    fn decision(enabled: bool, administrator: Option<(&str, &str)>) -> MembershipDecision {
        let administrator = administrator.map(|(id, status)| (account(id), status.to_owned()));
        let facts = HubFacts { enabled, administrator };
        MembershipDecision::of(account("444455556666"), account("111122223333"), &facts)
    }

    #[test]
    fn what_is_missing_is_made_and_nothing_else() {
        const ADMINISTRATOR: &str = "111122223333";
        for (enabled, administrator, enable, add) in [
            (true, Some((ADMINISTRATOR, "Enabled")), false, false),
            (true, Some((ADMINISTRATOR, "ENABLED")), false, false),
            (true, None, false, true),
            (false, None, true, true),
            (false, Some((ADMINISTRATOR, "Enabled")), true, false),
            (true, Some((ADMINISTRATOR, "Removed")), false, true),
            (true, Some((ADMINISTRATOR, "Created")), false, true),
        ] {
            let expected = MembershipDecision::Make { enable, add };
            assert_eq!(decision(enabled, administrator), expected, "{enabled} {administrator:?}");
        }
    }

    #[test]
    fn what_only_a_person_can_mend_is_told() {
        let other = MembershipDecision::OtherAdministrator { account: account("777788889999") };
        assert_eq!(decision(true, Some(("777788889999", "Enabled"))), other);
        for status in ["Invited", "AccountSuspended", "REGION_DISABLED"] {
            assert_eq!(decision(true, Some(("111122223333", status))), MembershipDecision::Unreachable, "{status}");
        }
    }

    #[test]
    fn the_administrator_is_nobodys_member() {
        let facts = HubFacts { enabled: false, administrator: None };
        let hub = account("111122223333");
        assert_eq!(MembershipDecision::of(hub, hub, &facts), MembershipDecision::Make { enable: true, add: false });
    }
}
