//! How anybody changes a rule group: read it, change the text, write it with the token that was read.

use aws_sdk_networkfirewall::Client;
use aws_sdk_networkfirewall::operation::describe_rule_group::DescribeRuleGroupError;
use aws_sdk_networkfirewall::operation::update_rule_group::UpdateRuleGroupError;
use aws_sdk_networkfirewall::types::RuleGroupType;

/// How one try went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Try {
    /// It stands there now.
    Written,
    /// It stood there already.
    NothingToDo,
    /// Somebody else wrote in between: nothing was changed.
    Conflict,
}

/// A call that did not go through, after the SDK's own retries.
#[derive(Debug)]
pub enum TryError {
    /// DescribeRuleGroup.
    Read(Box<DescribeRuleGroupError>),
    /// UpdateRuleGroup.
    Write(Box<UpdateRuleGroupError>),
}

/// Tries once to replace the group's rules with what `change` makes of them. Everything else of the group stays.
///
/// # Errors
/// See [`TryError`]. An update whose answer was lost may have been done.
pub async fn try_to_rewrite(
    client: &Client,
    group: &str,
    change: impl FnOnce(&str) -> String,
) -> Result<Try, TryError> {
    let read = client.describe_rule_group().rule_group_name(group).r#type(RuleGroupType::Stateful).send().await;
    let read = read.map_err(|error| TryError::Read(Box::new(error.into_service_error())))?;
    let mut rule_group = read.rule_group.unwrap();
    let source = rule_group.rules_source.as_mut().unwrap();
    let text = source.rules_string.take().unwrap_or_default();
    let changed = change(&text);
    if changed == text {
        return Ok(Try::NothingToDo);
    }
    source.rules_string = Some(changed);
    let update = client.update_rule_group().rule_group_name(group).r#type(RuleGroupType::Stateful);
    match update.update_token(read.update_token).rule_group(rule_group).send().await {
        Ok(_) => Ok(Try::Written),
        Err(error) => match error.into_service_error() {
            error if error.is_invalid_token_exception() => Ok(Try::Conflict),
            error => Err(TryError::Write(Box::new(error))),
        },
    }
}
