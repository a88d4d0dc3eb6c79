//! Which accounts the administrator looks after: CreateMembers, GetMembers, ListMembers, and what a member and the
//! administrator are told of each other.
//!
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_CreateMembers.html>. Security Hub is not set to take new
//! accounts of the organization in by itself, so somebody has to, region by region.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::hub::DEFAULT_GENERATOR;
use super::{SecurityHub, State, given, invalid};
use crate::paging::page;
use crate::wire::{Answer, Call, Caller, ServiceError};

/// Accounts of one call.
const MAX_ACCOUNTS: usize = 50;

/// A member of the organization is active as soon as it is one:
/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Member.html>.
const ENABLED: &str = "Enabled";

/// What is answered of an account that is a member already, as <https://github.com/aws-samples/aws-secure-environment-accelerator/issues/814>
/// quotes it.
const ALREADY: &str = "The request is rejected because the given account ID is already a member or associated member of the current account.";

/// Since when an account is a member, by account and region. Locked after the service's state, never before it.
#[derive(Clone, Debug, Default)]
pub(super) struct Members(Arc<Mutex<BTreeMap<(String, String), Timestamp>>>);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    only_associated: Option<String>,
    max_results: Option<String>,
    next_token: Option<String>,
}

impl Members {
    /// Whether the administrator looks after an account in a region.
    pub(super) fn hold(&self, account: &str, region: &str) -> bool {
        self.locked().contains_key(&(account.to_owned(), region.to_owned()))
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<(String, String), Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecurityHub {
    /// Security Hub goes on in an account that becomes a member.
    pub(super) fn create_members(&self, state: &mut State, call: &Call) -> Answer {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Input {
            account_details: Option<Vec<Details>>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Details {
            account_id: Option<String>,
        }
        let details = given("AccountDetails", call.input::<Input>()?.account_details)?;
        if details.is_empty() || details.len() > MAX_ACCOUNTS {
            return Err(invalid(format!("AccountDetails must have between 1 and {MAX_ACCOUNTS} entries")));
        }
        self.check_administrator(&call.caller)?;
        let region = &call.caller.region;
        let mut unprocessed = Vec::new();
        for account in details {
            let account = given("AccountId", account.account_id)?;
            let problem = if self.members.hold(&account, region) {
                Some(ALREADY)
            } else if self.organization.member(&account).is_none() {
                Some("The sandbox takes other accounts of the organization in, and nobody by invitation.")
            } else {
                None
            };
            match problem {
                Some(problem) => unprocessed.push(json!({ "AccountId": account, "ProcessingResult": problem })),
                None => {
                    self.switch_on(state, &account, region, DEFAULT_GENERATOR);
                    self.members.locked().insert((account, region.clone()), self.clock.now());
                }
            }
        }
        Ok(json!({ "UnprocessedAccounts": unprocessed }))
    }

    pub(super) fn get_members(&self, call: &Call) -> Answer {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Input {
            account_ids: Option<Vec<String>>,
        }
        let accounts = given("AccountIds", call.input::<Input>()?.account_ids)?;
        let known = self.of(&call.caller);
        let (found, unknown): (Vec<_>, Vec<_>) = accounts.into_iter().partition(|account| known.contains_key(account));
        let unprocessed = unknown.into_iter().map(|account| {
            let result = "The request is rejected because the given account ID is not a member of the current account.";
            json!({ "AccountId": account, "ProcessingResult": result })
        });
        Ok(json!({
            "Members": found.iter().map(|account| self.describe(account, known[account])).collect::<Vec<_>>(),
            "UnprocessedAccounts": unprocessed.collect::<Vec<_>>(),
        }))
    }

    /// Every member there is, is associated.
    pub(super) fn list_members(&self, call: &Call) -> Answer {
        let Listed { only_associated, max_results, next_token } = call.input()?;
        if only_associated.is_some_and(|only| !matches!(only.as_str(), "true" | "false")) {
            return Err(invalid("OnlyAssociated must be true or false"));
        }
        let size = max_results.map_or(Some(MAX_ACCOUNTS), |size| size.parse().ok());
        let size = size.filter(|size| (1..=MAX_ACCOUNTS).contains(size));
        let size = size.ok_or_else(|| invalid(format!("MaxResults must be between 1 and {MAX_ACCOUNTS}")))?;
        let members = self.of(&call.caller);
        let members = members.iter().map(|(account, since)| self.describe(account, *since));
        let page = page(members, size, next_token.as_deref()).map_err(|_| invalid("NextToken is not valid"))?;
        let mut answer = json!({ "Members": page.items });
        if let Some(next) = page.next {
            answer["NextToken"] = next.into();
        }
        Ok(answer)
    }

    /// An account that is no member is told of nobody.
    pub(super) fn get_administrator_account(&self, call: &Call) -> Answer {
        let Caller { account, region, .. } = &call.caller;
        let since = self.members.locked().get(&(account.clone(), region.clone())).copied();
        Ok(since.map_or_else(
            || json!({}),
            |since| {
                json!({
                    "Administrator": {
                        "AccountId": self.organization.hub,
                        "InvitedAt": text(since),
                        "MemberStatus": ENABLED,
                    },
                })
            },
        ))
    }

    /// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeOrganizationConfiguration.html>
    pub(super) fn describe_organization_configuration(&self, call: &Call) -> Answer {
        self.check_administrator(&call.caller)?;
        Ok(json!({
            "AutoEnable": false,
            "AutoEnableStandards": "NONE",
            "MemberAccountLimitReached": false,
            "OrganizationConfiguration": { "ConfigurationType": "LOCAL", "Status": "ENABLED" },
        }))
    }

    /// Worded as <https://github.com/hashicorp/terraform-provider-aws/issues/23079> quotes it.
    fn check_administrator(&self, caller: &Caller) -> Result<(), ServiceError> {
        if caller.account == self.organization.hub {
            return Ok(());
        }
        let message = format!("Account {} is not an administrator for this organization", caller.account);
        Err(ServiceError::new("InvalidAccessException", message))
    }

    /// The administrator's own account and its members, where the caller is.
    pub(super) fn administered(&self, caller: &Caller) -> BTreeSet<String> {
        self.of(caller).into_keys().chain([self.organization.hub.clone()]).collect()
    }

    /// The members of a caller, who has some only as the administrator, with the time since when.
    fn of(&self, caller: &Caller) -> BTreeMap<String, Timestamp> {
        let all = self.members.locked();
        let own =
            all.iter().filter(|((_, region), _)| caller.account == self.organization.hub && *region == caller.region);
        own.map(|((account, _), since)| (account.clone(), *since)).collect()
    }

    fn describe(&self, account: &str, since: Timestamp) -> Value {
        let mut member = json!({
            "AccountId": account,
            "AdministratorId": self.organization.hub,
            "MasterId": self.organization.hub,
            "MemberStatus": ENABLED,
            "UpdatedAt": text(since),
        });
        if let Some(known) = self.organization.member(account) {
            member["Email"] = known.email.into();
        }
        member
    }
}

fn text(time: Timestamp) -> String {
    format!("{time:.3}")
}
