//! Calls of Organizations that let an account go, as CloudTrail tells them
//! (<https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-organizations.html>).
//!
//! None of them can do more than ask for a dry run: an account is let go by a person who has seen it.

use serde_json::Value;

use super::{API_CALL, AccountRequest, Ignored, Origin, account, event_name, shown};
use crate::request::InvalidRequest;

/// Who sends the events.
pub(super) const SOURCE: &str = "aws.organizations";

pub(super) fn read(event: &Value) -> Result<AccountRequest, InvalidRequest> {
    let name = event_name(event)?;
    let origin = match name.as_str() {
        "CloseAccount" => Some(Origin::Closed),
        "RemoveAccountFromOrganization" => Some(Origin::Removed),
        "MoveAccount" => None,
        _ => return Ok(Ignored::OtherEvent { event: name }.into()),
    };
    if event["detail-type"] != API_CALL {
        return Ok(Ignored::OtherEvent { event: name }.into());
    }
    if let Some(error) = shown(&event["detail"]["errorCode"]) {
        return Ok(Ignored::CallRefused { event: name, error }.into());
    }
    let parameters = &event["detail"]["requestParameters"];
    let account = account(&parameters["accountId"], "detail.requestParameters.accountId")?;
    let parent = |member: &str| shown(&parameters[member]).unwrap_or_else(|| "somewhere".to_owned());
    Ok(match origin {
        Some(origin) => AccountRequest::Offboard { account, origin, reason: None, confirm: None },
        None => Ignored::Moved { account, from: parent("sourceParentId"), to: parent("destinationParentId") }.into(),
    })
}
