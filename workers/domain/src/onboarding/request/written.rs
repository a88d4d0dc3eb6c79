//! The form that a person writes.
//!
//! ```json
//! {"accountId": "444455556666", "reason": "it was there before Falconer", "dryRun": true}
//! {"accountId": "444455556666", "action": "offboard", "reason": "sold"}
//! {"accountId": "444455556666", "action": "offboard", "confirm": "0f1e2d3c4b5a6978"}
//! ```

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{AccountRequest, Label, Origin};
use crate::onboarding::confirmation::Confirmation;
use crate::place::AccountId;
use crate::request::InvalidRequest;
use crate::request::form::{optional, reason, refuse_unknown};

const FIELDS: [&str; 5] = ["accountId", "action", "reason", "dryRun", "confirm"];

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Action {
    #[default]
    Onboard,
    Offboard,
}

pub(super) fn read(form: &Map<String, Value>) -> Result<AccountRequest, InvalidRequest> {
    refuse_unknown(form, &FIELDS, "")?;
    let account = optional::<AccountId>(form, "accountId", "a text of twelve digits")?
        .ok_or_else(|| InvalidRequest::field("accountId", "name the account, in twelve digits"))?;
    let action = optional::<Action>(form, "action", "`onboard` or `offboard`")?.unwrap_or_default();
    let reason = form.get("reason").map(|_| reason(form.get("reason"))).transpose()?;
    let dry_run = optional::<bool>(form, "dryRun", "`true` or `false`")?;
    let confirm = optional::<Confirmation>(form, "confirm", "the confirmation that the dry run showed")?;
    let origin = Origin::Person;
    match (action, dry_run, confirm) {
        (Action::Onboard, _, Some(_)) => {
            Err(InvalidRequest::field("confirm", "only `offboard` needs a confirmation: leave it out"))
        }
        (Action::Onboard, dry_run, None) => {
            let (label, dry_run) = (Label::default(), dry_run.unwrap_or_default());
            Ok(AccountRequest::Onboard { account, label, origin, reason, dry_run })
        }
        (Action::Offboard, Some(true), Some(_)) => {
            Err(InvalidRequest::field("dryRun", "a confirmation asks for the act itself: write one of both"))
        }
        (Action::Offboard, Some(false), None) => {
            let problem = "an account is not let go before a dry run was seen: write it as `confirm`";
            Err(InvalidRequest::field("confirm", problem))
        }
        (Action::Offboard, _, confirm) => Ok(AccountRequest::Offboard { account, origin, reason, confirm }),
    }
}
