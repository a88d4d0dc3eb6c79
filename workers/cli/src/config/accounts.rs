//! `[accounts]`: how the workers get into the organization's accounts.

use falconer_activities::accounts::MemberRole;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::ConfigProblem;

/// `[accounts]`
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountSettings {
    /// The role that the workers assume in every member account, by its name (with its path, if it has one). Default
    /// `falconer-member`.
    pub member_role: String,
    /// What the role's trust policy demands as `sts:ExternalId`, so that nobody else's service can use the role; empty if it
    /// demands none. Default empty.
    pub external_id: String,
    /// The Config aggregator in the hub that finds the organization's instances; empty if there is none: then a check must name
    /// its account and region. Default `falconer`.
    pub aggregator: String,
}

impl Default for AccountSettings {
    fn default() -> Self {
        let [member_role, external_id, aggregator] = ["falconer-member", "", "falconer"].map(str::to_owned);
        Self { member_role, external_id, aggregator }
    }
}

impl AccountSettings {
    pub(super) fn role(&self) -> Result<MemberRole, ConfigProblem> {
        if self.member_role.is_empty() {
            return Err(ConfigProblem::new("accounts.member_role", "must name the role in the member accounts"));
        }
        let external_id = (!self.external_id.is_empty()).then(|| self.external_id.clone());
        Ok(MemberRole { name: self.member_role.clone(), external_id })
    }
}
