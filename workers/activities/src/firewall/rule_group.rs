//! One stateful rule group: read as a whole, written as a whole.

use aws_sdk_networkfirewall::Client;
use aws_sdk_networkfirewall::operation::describe_rule_group::DescribeRuleGroupOutput;
use aws_sdk_networkfirewall::types::{RuleGroup, RuleGroupResponse, RuleGroupType, RulesSource};
use falconer_domain::hunt::HuntGroup;
use falconer_domain::ledger::{Ledger, Limits};
use falconer_runtime::{ActivityError, ErrorName};
use thiserror::Error;

use super::error::FirewallError;
use crate::aws_failure::CallFailure;

/// Why a rule group cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ReadError {
    /// The call failed.
    #[error(transparent)]
    Call(#[from] FirewallError),
    /// `Firewall.GroupNotSuricata`.
    #[error(
        "rule group {group} does not hold Suricata rules (RulesString), so it cannot hold Falconer's. \
         Name one that does in the configuration (firewall.block_groups, hunt.group)"
    )]
    GroupNotSuricata {
        /// The rule group.
        group: String,
    },
}

/// The group holds a domain list or 5-tuples.
pub(crate) const GROUP_NOT_SURICATA: ErrorName =
    ErrorName::terminal("Firewall.GroupNotSuricata", "The configured rule group does not hold Suricata rules.");

impl ReadError {
    /// The error's name.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Call(error) => error.name(),
            Self::GroupNotSuricata { .. } => GROUP_NOT_SURICATA.name,
        }
    }
}

/// A rule group as it was at one moment, with the token that proves it.
#[derive(Clone, Debug)]
pub struct RuleGroupVersion {
    /// The group's name.
    pub name: String,
    /// The Suricata rules, one a line.
    pub text: String,
    /// Rules that the group can hold; fixed when it was created.
    pub capacity: usize,
    /// The optimistic lock: a write with this token fails if anybody wrote in between.
    pub token: String,
    response: RuleGroupResponse,
    rule_group: RuleGroup,
}

impl RuleGroupVersion {
    /// The group's ARN.
    #[must_use]
    pub fn arn(&self) -> &str {
        self.response.rule_group_arn()
    }

    /// How many firewall policies use it.
    #[must_use]
    pub fn policies(&self) -> usize {
        self.response.number_of_associations.and_then(|count| usize::try_from(count).ok()).unwrap_or_default()
    }

    /// What it defines as HOME_NET, if it does.
    #[must_use]
    pub fn home_net(&self) -> Option<&[String]> {
        let sets = self.rule_group.rule_variables.as_ref()?.ip_sets.as_ref()?;
        sets.get("HOME_NET").map(|set| set.definition())
    }

    /// What it holds.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        Ledger::read([(self.name.as_str(), self.text.as_str())])
    }

    /// The same of the hunt rule group.
    #[must_use]
    pub fn hunts(&self) -> HuntGroup {
        HuntGroup::read(&self.text)
    }

    /// How much it can hold.
    pub(crate) fn limits(&self) -> Limits {
        Limits::of_capacity(self.capacity)
    }

    /// Whether rule order, variables and reference sets are the same in both: what a write must leave alone.
    #[must_use]
    pub fn same_options_as(&self, other: &Self) -> bool {
        let options = |version: &Self| {
            let RuleGroup { rule_variables, reference_sets, stateful_rule_options, .. } = version.rule_group.clone();
            (rule_variables, reference_sets, stateful_rule_options)
        };
        options(self) == options(other)
    }
}

/// Why a write did not happen.
#[derive(Debug)]
pub(crate) enum WriteFailure {
    /// Somebody wrote after the version was read: read, merge and write again.
    Stale,
    /// Anything else.
    Failed(FirewallError),
}

/// What [`read`] must be allowed.
pub(super) const READ: &[&str] = &["network-firewall:DescribeRuleGroup"];

/// Reads the group and its token.
///
/// # Errors
/// `Firewall.GroupNotSuricata`, or what the call itself met.
pub(crate) async fn read(client: &Client, group: &str) -> Result<RuleGroupVersion, ReadError> {
    let call = client.describe_rule_group().rule_group_name(group).r#type(RuleGroupType::Stateful).send().await;
    let output = call.map_err(|error| {
        FirewallError::of_call("DescribeRuleGroup", &format!("rule group {group}"), CallFailure::from(&error))
    })?;
    version(output).ok_or_else(|| ReadError::GroupNotSuricata { group: group.to_owned() })
}

fn version(output: DescribeRuleGroupOutput) -> Option<RuleGroupVersion> {
    let rule_group = output.rule_group?;
    let response = output.rule_group_response?;
    let text = rule_group.rules_source.as_ref()?.rules_string.clone()?;
    let capacity = usize::try_from(response.capacity?).ok()?;
    let name = response.rule_group_name().to_owned();
    Some(RuleGroupVersion { name, text, capacity, token: output.update_token, response, rule_group })
}

/// Replaces the rules of `version` with `text` and answers the new token.
///
/// The whole rule group is sent back, not the bare rules: otherwise AWS drops its rule order, its variables (HOME_NET)
/// and its reference sets.
///
/// # Errors
/// [`WriteFailure::Stale`] when the token is no longer the group's.
pub(crate) async fn write(client: &Client, version: &RuleGroupVersion, text: &str) -> Result<String, WriteFailure> {
    let rule_group = RuleGroup::builder()
        .set_rule_variables(version.rule_group.rule_variables.clone())
        .set_reference_sets(version.rule_group.reference_sets.clone())
        .set_stateful_rule_options(version.rule_group.stateful_rule_options.clone())
        .rules_source(RulesSource::builder().rules_string(text).build())
        .build();
    let call = client
        .update_rule_group()
        .rule_group_arn(version.arn())
        .update_token(&version.token)
        .rule_group(rule_group)
        .set_description(version.response.description.clone())
        .set_encryption_configuration(version.response.encryption_configuration.clone())
        .set_source_metadata(version.response.source_metadata.clone())
        .send()
        .await;
    match call {
        Ok(output) => Ok(output.update_token),
        Err(error) if error.as_service_error().is_some_and(|e| e.is_invalid_token_exception()) => {
            Err(WriteFailure::Stale)
        }
        Err(error) => Err(WriteFailure::Failed(FirewallError::of_call(
            "UpdateRuleGroup",
            &format!("rule group {}", version.name),
            CallFailure::from(&error),
        ))),
    }
}
