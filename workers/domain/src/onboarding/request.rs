//! The input of the runbook `onboard-account`: a lifecycle event of Control Tower, an event of Organizations, or what a person
//! wrote.
//!
//! Events bring more than what is to be acted on. What is not is a named outcome ([`Ignored`]), since nothing is wrong with it;
//! what cannot be read is refused, with the name of the field.

mod control_tower;
mod organizations;
mod written;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::confirmation::Confirmation;
use crate::extract::readable;
use crate::place::AccountId;
use crate::request::InvalidRequest;

/// CloudTrail tells of calls with this one, and of what a service did by itself with another
/// (<https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-controltower.html>).
const API_CALL: &str = "AWS API Call via CloudTrail";

/// What an execution is asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum AccountRequest {
    /// To protect an account. An account that is protected already stays as it is.
    Onboard {
        /// The account.
        account: AccountId,
        /// What it is called.
        label: Label,
        /// What asks.
        origin: Origin,
        /// Why, if a person said so.
        reason: Option<String>,
        /// Whether only to tell what would be done.
        dry_run: bool,
    },
    /// To let an account go.
    Offboard {
        /// The account.
        account: AccountId,
        /// What asks.
        origin: Origin,
        /// Why, if a person said so.
        reason: Option<String>,
        /// What the dry run showed. Without it there is only a dry run, and no event brings it.
        confirm: Option<Confirmation>,
    },
    /// Nothing, and that is no error.
    Ignored {
        /// Why.
        why: Ignored,
    },
}

/// What an account is called, as far as the event says so: bounded, and printable. It is shown, never used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Label {
    /// The account's name.
    pub account_name: Option<String>,
    /// The name of its organizational unit.
    pub unit_name: Option<String>,
    /// The id of its organizational unit, which is not the organization's.
    pub unit_id: Option<String>,
}

/// What asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// Control Tower has created the account.
    Created,
    /// Control Tower has updated the account, or has created it in a second attempt.
    Updated,
    /// Somebody has closed the account.
    Closed,
    /// Somebody has taken the account out of the organization.
    Removed,
    /// A person.
    Person,
}

/// Why nothing is done. What others wrote is bounded, and printable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "reason")]
pub enum Ignored {
    /// Control Tower did not do what it was asked for.
    NotSucceeded {
        /// What it says instead of `SUCCEEDED`.
        state: String,
    },
    /// A call of an API of Control Tower or of the Service Catalog, which has the name of the lifecycle event. The event itself
    /// comes when the account is there.
    ApiCall {
        /// The event's name.
        event: String,
    },
    /// An event that is about something else.
    OtherEvent {
        /// The event's name.
        event: String,
    },
    /// A call that Organizations refused.
    CallRefused {
        /// The event's name.
        event: String,
        /// The error's code.
        error: String,
    },
    /// The account has another parent. What is registered, recorded and found of it stays valid.
    Moved {
        /// The account.
        account: AccountId,
        /// From which root or organizational unit.
        from: String,
        /// To which.
        to: String,
    },
}

impl AccountRequest {
    /// Reads an execution's input.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(input: &Value) -> Result<Self, InvalidRequest> {
        let form = input.as_object().ok_or_else(|| {
            let problem = "it must be an event of Control Tower or Organizations, or an object with `accountId`";
            InvalidRequest::field("input", problem)
        })?;
        if !form.contains_key("detail-type") {
            return written::read(form);
        }
        match form.get("source").and_then(Value::as_str) {
            Some(control_tower::SOURCE) => control_tower::read(input),
            Some(organizations::SOURCE) => organizations::read(input),
            // A new account of the Service Catalog is one of Control Tower's, which sends an event of its own.
            Some(_) if input["detail-type"] == API_CALL => Ok(Ignored::ApiCall { event: event_name(input)? }.into()),
            _ => {
                let (tower, organizations) = (control_tower::SOURCE, organizations::SOURCE);
                let problem = format!("only events of `{tower}` and `{organizations}` are understood");
                Err(InvalidRequest::field("source", problem))
            }
        }
    }
}

impl Ignored {
    /// As it stands in results, and on the operator's page.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotSucceeded { .. } => "Event.NotSucceeded",
            Self::ApiCall { .. } => "Event.ApiCall",
            Self::OtherEvent { .. } => "Event.Other",
            Self::CallRefused { .. } => "Event.CallRefused",
            Self::Moved { .. } => "Account.Moved",
        }
    }

    /// It, in one sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotSucceeded { state } => {
                format!("Control Tower says {state} and not SUCCEEDED, so nothing is done.")
            }
            Self::ApiCall { event } => {
                format!("{event} is a call and not the lifecycle event, which comes when it has been carried out.")
            }
            Self::OtherEvent { event } => format!("{event} asks for nothing here."),
            Self::CallRefused { event, error } => {
                format!("Organizations refused {event} with {error}, so nothing has changed.")
            }
            Self::Moved { account, from, to } => {
                format!("Account {account} was moved from {from} to {to}: it stays as it is, in Falcon too.")
            }
        }
    }
}

impl From<Ignored> for AccountRequest {
    fn from(why: Ignored) -> Self {
        Self::Ignored { why }
    }
}

/// `detail.eventName`, fit to be shown.
fn event_name(event: &Value) -> Result<String, InvalidRequest> {
    let name = event["detail"]["eventName"].as_str().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| InvalidRequest::field("detail.eventName", "it must be the event's name"))?;
    Ok(readable(name))
}

/// The account that stands in a field of an event.
fn account(value: &Value, field: &str) -> Result<AccountId, InvalidRequest> {
    let account = value.as_str().and_then(|text| text.parse().ok());
    account.ok_or_else(|| InvalidRequest::field(field, "it must be the account's number, a text of twelve digits"))
}

/// A text of an event, fit to be shown, if there is one.
fn shown(value: &Value) -> Option<String> {
    value.as_str().map(readable).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
