//! Publish.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>; the form in which a message is delivered:
//! <https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html>.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::attributes::{Attribute, check};
use super::{Sns, State, invalid, missing, served};
use crate::wire::{Answer, Call, Caller, ServiceError};

/// Bytes of a message with its attributes.
const MAX_MESSAGE: usize = 262_144;
/// A subject has fewer characters than this.
const SUBJECT_LIMIT: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Publish {
    topic_arn: Option<String>,
    message: Option<String>,
    subject: Option<String>,
    #[serde(default)]
    message_attributes: BTreeMap<String, Attribute>,
}

impl Sns {
    pub(super) fn publish(&self, state: &mut State, call: &Call) -> Answer {
        let input: Publish = call.input()?;
        served(call, &["TopicArn", "Message", "Subject", "MessageAttributes"])?;
        let message = input.message.ok_or_else(|| missing("message"))?;
        let reason = "TopicArn or TargetArn Reason: no value for required parameter";
        let topic = input.topic_arn.ok_or_else(|| invalid(reason))?;
        check_topic(state, &call.caller, &topic)?;
        if message.is_empty() {
            return Err(invalid("Empty message"));
        }
        if input.subject.as_deref().is_some_and(|subject| !is_subject(subject)) {
            return Err(invalid("Subject"));
        }
        let attributes = input.message_attributes;
        let mut size = message.len();
        for (name, attribute) in &attributes {
            check(name, attribute)?;
            size += attribute.size(name);
        }
        if size > MAX_MESSAGE {
            return Err(invalid("Message too long"));
        }
        let id = self.identifiers.uuid();
        let mut notification = json!({
            "Type": "Notification",
            "MessageId": id,
            "TopicArn": topic,
            "Message": message,
            "Timestamp": format!("{:.3}", self.clock.now()),
        });
        if let Some(subject) = input.subject {
            notification["Subject"] = subject.into();
        }
        if !attributes.is_empty() {
            let delivered = attributes.iter().map(|(name, attribute)| (name.clone(), attribute.delivered()));
            notification["MessageAttributes"] = delivered.collect();
        }
        state.published.push(notification);
        Ok(json!({ "MessageId": id }))
    }
}

/// A topic's policy, as long as nobody changes it, lets its own account publish.
fn check_topic(state: &State, caller: &Caller, arn: &str) -> Result<(), ServiceError> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", _, "sns", region, account, _] = parts.as_slice() else {
        return Err(invalid("TopicArn"));
    };
    if *region != caller.region {
        return Err(invalid("TopicArn"));
    }
    if *account != caller.account {
        let message = format!("User: {} is not authorized to perform: SNS:Publish on resource: {arn}", caller.arn);
        return Err(ServiceError::new("AuthorizationError", message));
    }
    if !state.topics.contains(arn) {
        return Err(ServiceError::new("NotFound", "Topic does not exist"));
    }
    Ok(())
}

fn is_subject(text: &str) -> bool {
    let length = text.chars().count();
    (1..SUBJECT_LIMIT).contains(&length) && !text.chars().any(char::is_control)
}
