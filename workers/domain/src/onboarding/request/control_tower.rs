//! Control Tower's lifecycle events, which the management account forwards
//! (<https://docs.aws.amazon.com/controltower/latest/userguide/lifecycle-events.html>).
//!
//! An account whose creation failed and is tried again is told as updated, so that both events mean the same. Their times are
//! written as `2019-11-15T11:45:18+0000`, which is not RFC 3339; nothing here needs them.

use serde_json::Value;

use super::{API_CALL, AccountRequest, Ignored, Label, Origin, account, event_name, shown};
use crate::request::InvalidRequest;

/// Who sends the events.
pub(super) const SOURCE: &str = "aws.controltower";
const LIFECYCLE: &str = "AWS Service Event via CloudTrail";
const SUCCEEDED: &str = "SUCCEEDED";

pub(super) fn read(event: &Value) -> Result<AccountRequest, InvalidRequest> {
    match event["detail-type"].as_str() {
        Some(LIFECYCLE) => lifecycle(event),
        Some(API_CALL) => Ok(Ignored::ApiCall { event: event_name(event)? }.into()),
        other => Ok(Ignored::OtherEvent { event: worded(other) }.into()),
    }
}

fn lifecycle(event: &Value) -> Result<AccountRequest, InvalidRequest> {
    let name = event_name(event)?;
    let (origin, member) = match name.as_str() {
        "CreateManagedAccount" => (Origin::Created, "createManagedAccountStatus"),
        "UpdateManagedAccount" => (Origin::Updated, "updateManagedAccountStatus"),
        _ => return Ok(Ignored::OtherEvent { event: name }.into()),
    };
    let field = format!("detail.serviceEventDetails.{member}");
    let status = &event["detail"]["serviceEventDetails"][member];
    match status["state"].as_str() {
        Some(SUCCEEDED) => {}
        Some(other) => return Ok(Ignored::NotSucceeded { state: worded(Some(other)) }.into()),
        None => {
            let problem = format!("it must say whether Control Tower has done it, as `{SUCCEEDED}` does");
            return Err(InvalidRequest::field(&format!("{field}.state"), problem));
        }
    }
    let (named, unit) = (&status["account"], &status["organizationalUnit"]);
    Ok(AccountRequest::Onboard {
        account: account(&named["accountId"], &format!("{field}.account.accountId"))?,
        label: Label {
            account_name: shown(&named["accountName"]),
            unit_name: shown(&unit["organizationalUnitName"]),
            unit_id: shown(&unit["organizationalUnitId"]),
        },
        origin,
        reason: None,
        dry_run: false,
    })
}

/// A text of the event that may be empty, fit to be shown.
fn worded(text: Option<&str>) -> String {
    shown(&Value::from(text)).unwrap_or_else(|| "nothing".to_owned())
}
