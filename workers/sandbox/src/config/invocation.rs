//! The event with which Config invokes the function of a custom rule.
//!
//! <https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Config;
use super::item::INSTANCE;
use super::tokens::ResultToken;

/// Why Config invokes the rule of an account and region.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Invocation {
    /// Twelve digits.
    account: String,
    region: String,
    #[serde(default = "sensor_rule")]
    rule: String,
    trigger: Cause,
    /// Whether the hub's state machine that judges the fleet starts with the event.
    #[serde(default)]
    pub(crate) start: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Cause {
    /// The time has come.
    Scheduled,
    /// An instance has changed: its id.
    Instance(String),
    /// An instance has changed, and what is recorded of it is too large for a message: its id.
    Oversized(String),
}

impl Config {
    /// The event that the rule's function gets, with a token for its answer.
    ///
    /// # Errors
    /// What is wrong with the request, as a sentence.
    pub(crate) fn invoke(&self, invocation: Invocation) -> Result<Value, String> {
        let Invocation { account, region, rule: name, trigger: cause, .. } = invocation;
        let message = self.message(&account, &region, &cause)?;
        let message_type = message["messageType"].as_str().unwrap_or_default();
        self.locked(|state| {
            let key = (account.clone(), region, name.clone());
            let rule = state.rules.get(&key);
            let rule = rule.ok_or_else(|| format!("account {account} has no rule {name} in region {}", key.1))?;
            if !rule.hears(message_type) {
                return Err(format!("rule {name} is not triggered by {message_type}"));
            }
            let event = json!({
                "version": "1.0",
                "invokingEvent": message.to_string(),
                "ruleParameters": rule.parameters(),
                "resultToken": self.identifiers.uuid(),
                "eventLeftScope": false,
                "executionRoleArn": self.organization.arn("iam", "", &account, "role/config-role"),
                "configRuleArn": rule.arn,
                "configRuleName": name,
                "configRuleId": rule.id,
                "accountId": account,
            });
            let token = event["resultToken"].as_str().unwrap_or_default().to_owned();
            state.tokens.add(token, ResultToken { rule: key, invoked: self.clock.now() });
            Ok(event)
        })
    }

    /// Ends every token that was handed out.
    pub(crate) fn end_result_tokens(&self) {
        self.locked(|state| state.tokens.end());
    }

    fn message(&self, account: &str, region: &str, cause: &Cause) -> Result<Value, String> {
        let now = format!("{:.3}", self.clock.now());
        let (id, oversized) = match cause {
            Cause::Scheduled => {
                return Ok(json!({
                    "awsAccountId": account,
                    "notificationCreationTime": now,
                    "messageType": "ScheduledNotification",
                    "recordVersion": "1.0",
                }));
            }
            Cause::Instance(id) => (id, false),
            Cause::Oversized(id) => (id, true),
        };
        if !self.locked(|state| state.places.record(account, region, INSTANCE)) {
            return Err(format!("Config does not record the instances of account {account} in region {region}"));
        }
        self.fleet.of(account, Some(region), |mut instances| {
            let instance = Iterator::find(&mut instances, |instance| instance.id == *id);
            let instance =
                instance.ok_or_else(|| format!("account {account} has no instance {id} in region {region}"))?;
            let mut message = if oversized {
                let mut summary = self.items().summary(instance, &now);
                summary.insert("changeType".to_owned(), "UPDATE".into());
                json!({ "configurationItemSummary": summary })
            } else {
                json!({ "configurationItem": self.items().notified(instance, &now) })
            };
            let kind = if oversized {
                "OversizedConfigurationItemChangeNotification"
            } else {
                "ConfigurationItemChangeNotification"
            };
            message["messageType"] = kind.into();
            message["notificationCreationTime"] = now.as_str().into();
            message["recordVersion"] = "1.3".into();
            Ok(message)
        })
    }
}

/// The rule that the seed puts.
fn sensor_rule() -> String {
    crate::seed::SENSOR_RULE.to_owned()
}
