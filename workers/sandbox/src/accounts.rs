//! Accounts that come to the organization, and accounts that are closed.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::config::Setup;
use crate::organization::Member;
use crate::seed::member;
use crate::services::Services;

/// An account that an account factory has just made: nothing is on in it, unless it is said.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewAccount {
    /// Twelve digits.
    account: String,
    name: Option<String>,
    email: Option<String>,
    /// When the role that the hub assumes comes to it; null for never.
    #[serde(default = "at_once")]
    role_after_seconds: Option<u32>,
    /// What that role trusts, in place of what it should.
    external_id: Option<String>,
    /// How Config stands in every region.
    #[serde(default)]
    config: Setup,
    /// Whether Security Hub is on.
    #[serde(default)]
    security_hub: bool,
    /// Whether the hub looks after the account in Security Hub, which is then on.
    #[serde(default)]
    member_of: bool,
}

impl NewAccount {
    /// Takes the account into the organization.
    ///
    /// # Errors
    /// A sentence on a number that cannot be an account's, or is one already.
    pub(crate) fn add(self, services: &Services) -> Result<(), String> {
        let Self { account, name, email, role_after_seconds, external_id, config, security_hub, member_of } = self;
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("account {account} is not twelve digits"));
        }
        if services.organization.holds(&account) {
            return Err(format!("account {account} is of the organization already"));
        }
        services.organization.add(&account, Member::of(&account, name, email));
        if let Some(seconds) = role_after_seconds {
            let wait = SignedDuration::from_secs(seconds.into());
            let there_from = services.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX);
            member::put_role(services, &account, external_id, there_from);
        }
        services.config.set_up(&account, config);
        if member_of {
            member::join_security_hub(services, &account);
        } else if security_hub {
            member::enable_security_hub(services, &account);
        }
        Ok(())
    }
}

/// Closes an account: nobody gets into it any more, whatever keys he has. What others know of it stays.
///
/// # Errors
/// A sentence on an account that is no member.
pub(crate) fn close(services: &Services, account: &str) -> Result<(), String> {
    if !services.organization.remove(account) {
        return Err(format!("account {account} is no member of the organization"));
    }
    services.sts.remove_roles(account);
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "serde wants the member's own type")]
fn at_once() -> Option<u32> {
    Some(0)
}
