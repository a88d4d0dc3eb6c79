//! Installation tokens: whether they are demanded, and which there are.
//!
//! <https://falconpy.io/Service-Collections/Installation-Tokens.html>; the records are those of
//! <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/api_token_details_resource_v1.go>.

use serde_json::{Value, json};

use super::clients::Scope;
use super::envelope::{listed, page_by_number};
use super::query::Query;
use super::settings::Settings;
use super::{Falcon, State};
use crate::wire::{Answer, Call};

const SORTS: [&str; 2] = ["created_timestamp.asc", "created_timestamp.desc"];

impl Falcon {
    pub(super) fn token_settings(&self, state: &mut State, call: &Call) -> Answer {
        self.authorize(state, call, Scope::InstallationTokensRead)?;
        Query::of(call, &[])?;
        let required = state.settings.tokens_required;
        Ok(listed(vec![json!({ "tokens_required": required, "max_active_tokens": 10 })]))
    }

    pub(super) fn installation_token_ids(&self, state: &mut State, call: &Call) -> Answer {
        self.authorize(state, call, Scope::InstallationTokensRead)?;
        let query = Query::of(call, &["filter", "offset", "limit", "sort"])?;
        let filter = query.filter(&["id", "status"])?;
        let offset = query.number("offset", 0, 0..=usize::MAX)?;
        let limit = query.number("limit", 50, 1..=1000)?;
        let sort = query.one_of("sort", &SORTS)?;
        let mut tokens = tokens(&state.settings);
        if sort == Some("created_timestamp.desc") {
            tokens.reverse();
        }
        let found = tokens.into_iter().filter(|token| filter.passes(token)).map(|token| token["id"].clone());
        Ok(page_by_number(found.collect(), offset, limit))
    }

    /// Ids that are not found are left out.
    pub(super) fn installation_tokens(&self, state: &mut State, call: &Call) -> Answer {
        self.authorize(state, call, Scope::InstallationTokensRead)?;
        let query = Query::of(call, &["ids"])?;
        let tokens = tokens(&state.settings).into_iter().filter(|token| query.all("ids").any(|id| token["id"] == id));
        Ok(listed(tokens.collect()))
    }
}

/// One that was revoked, and after it the valid one, if there is one.
fn tokens(settings: &Settings) -> Vec<Value> {
    let token = |id: &str, status: &str, value: &str, created: &str, revoked: Option<&str>| {
        json!({
            "id": id,
            "label": "sandbox",
            "status": status,
            "type": "customer_managed",
            "value": value,
            "created_timestamp": created,
            "expires_timestamp": null,
            "revoked_timestamp": revoked,
            "last_used_timestamp": null,
        })
    };
    let revoked = "2023-06-01T00:00:00Z";
    let old = token("00000000000000000000000000000000", "revoked", "0DDBA115", "2023-01-01T00:00:00Z", Some(revoked));
    let valid = settings.installation_token.as_deref();
    let valid = valid.map(|value| token("11111111111111111111111111111111", "valid", value, revoked, None));
    std::iter::once(old).chain(valid).collect()
}
