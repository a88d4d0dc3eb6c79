//! The input of the runbook `refresh-hunt-list`: the event of its schedule, or what a person wrote.
//!
//! ```json
//! {}
//! {"hunts": ["fancy-bear"], "dryRun": true}
//! ```

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Hunt, HuntName};
use crate::request::InvalidRequest;
use crate::request::form::{optional, refuse_unknown};

const FIELDS: [&str; 2] = ["hunts", "dryRun"];

/// Which hunts are to be refreshed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HuntRequest {
    /// The hunts: all that are configured, or those that a person named.
    pub hunts: BTreeMap<HuntName, Hunt>,
    /// Whether it was the schedule that asked, and no person.
    pub automatic: bool,
    /// Whether only to tell what would change.
    pub dry_run: bool,
}

impl HuntRequest {
    /// Reads an execution's input, where these hunts are configured.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(input: &Value, configured: &BTreeMap<HuntName, Hunt>) -> Result<Self, InvalidRequest> {
        let form = input.as_object().ok_or_else(|| {
            InvalidRequest::field("input", "it must be an object: {} for all hunts, or with `hunts`, `dryRun`")
        })?;
        if form.contains_key("detail-type") { scheduled(form, configured) } else { written(form, configured) }
    }
}

/// The event of a rule with a schedule
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html>).
fn scheduled(event: &Map<String, Value>, configured: &BTreeMap<HuntName, Hunt>) -> Result<HuntRequest, InvalidRequest> {
    for (field, wanted) in [("source", "aws.events"), ("detail-type", "Scheduled Event")] {
        if event.get(field).and_then(Value::as_str) != Some(wanted) {
            return Err(InvalidRequest::field(field, format!("of an event only `{wanted}` starts this runbook")));
        }
    }
    Ok(HuntRequest { hunts: configured.clone(), automatic: true, dry_run: false })
}

fn written(form: &Map<String, Value>, configured: &BTreeMap<HuntName, Hunt>) -> Result<HuntRequest, InvalidRequest> {
    refuse_unknown(form, &FIELDS, "")?;
    let named = optional::<Vec<String>>(form, "hunts", "a list of names such as [\"fancy-bear\"]")?;
    let hunts = match named {
        None => configured.clone(),
        Some(named) if named.is_empty() => {
            return Err(InvalidRequest::field("hunts", "name at least one, or leave it out for all"));
        }
        Some(named) => {
            let hunt = |(place, name): (usize, &String)| {
                let known = configured.iter().find(|(hunt, _)| hunt.as_str() == name);
                let known = known.map(|(name, hunt)| (name.clone(), hunt.clone()));
                known.ok_or_else(|| not_configured(place, configured))
            };
            named.iter().enumerate().map(hunt).collect::<Result<_, _>>()?
        }
    };
    let dry_run = optional(form, "dryRun", "`true` or `false`")?.unwrap_or_default();
    Ok(HuntRequest { hunts, automatic: false, dry_run })
}

fn not_configured(place: usize, configured: &BTreeMap<HuntName, Hunt>) -> InvalidRequest {
    let names: Vec<&str> = configured.keys().map(HuntName::as_str).collect();
    let names = if names.is_empty() { "none is".to_owned() } else { format!("name one of {}", names.join(", ")) };
    InvalidRequest::field(&format!("hunts[{place}]"), format!("no such hunt is configured (hunt.lists): {names}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(input: &Value) -> Result<HuntRequest, String> {
        let hunt = Hunt { filter: "actors:'FANCYBEAR'".to_owned(), addresses: false, most_rules: None };
        let configured = ["energy", "fancy-bear"].map(|name| (name.parse().unwrap(), hunt.clone())).into();
        HuntRequest::read(input, &configured).map_err(|error| error.to_string())
    }

    fn hunts(request: &HuntRequest) -> Vec<&str> {
        request.hunts.keys().map(HuntName::as_str).collect()
    }

    #[test]
    fn the_schedule_refreshes_all_and_is_nobodys_wish() {
        let event = json!({"source": "aws.events", "detail-type": "Scheduled Event", "resources": [], "detail": {}});
        let request = read(&event).unwrap();
        assert_eq!((hunts(&request), request.automatic), (vec!["energy", "fancy-bear"], true));
    }

    #[test]
    fn a_person_refreshes_all_or_some() {
        assert_eq!(hunts(&read(&json!({})).unwrap()), ["energy", "fancy-bear"]);
        let request = read(&json!({"hunts": ["energy"], "dryRun": true})).unwrap();
        assert_eq!((hunts(&request), request.automatic, request.dry_run), (vec!["energy"], false, true));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field() {
        for (input, field) in [
            (json!([]), "input"),
            (json!({"hunts": []}), "hunts"),
            (json!({"hunts": "energy"}), "hunts"),
            (json!({"hunts": ["energy", "cozy\u{7}-bear"]}), "hunts[1]: no such hunt is configured"),
            (json!({"hunts": ["energy"], "filter": "type:'domain'"}), "\"filter\""),
            (json!({"dryRun": "yes"}), "dryRun"),
            (json!({"source": "aws.securityhub", "detail-type": "Scheduled Event"}), "source"),
            (json!({"source": "aws.events", "detail-type": "Something else"}), "detail-type"),
        ] {
            let told = read(&input).unwrap_err();
            assert!(told.starts_with(field), "{told}");
        }
    }
}
