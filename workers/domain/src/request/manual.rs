//! The form that a person writes.
//!
//! ```json
//! {
//!   "indicators": [{"type": "domain", "value": "evil.example"}],
//!   "reason": "C2 of incident 17",
//!   "ttl": "24h",
//!   "mode": "drop",
//!   "dryRun": true
//! }
//! ```
//!
//! A person is there to read the answer, so that everything is strict: an unknown field, or one value that is not what
//! its type says, refuses the whole.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::form::{optional, reason, refuse_unknown};
use super::{InvalidRequest, Origin, Request};
use crate::block::{Mode, Ttl};
use crate::extract::{self, Candidate};
use crate::indicator::{Indicator, IndicatorType};

const FIELDS: [&str; 5] = ["indicators", "reason", "ttl", "mode", "dryRun"];
const INDICATOR_FIELDS: [&str; 2] = ["type", "value"];

pub(super) fn read(form: &Map<String, Value>) -> Result<Request, InvalidRequest> {
    refuse_unknown(form, &FIELDS, "")?;
    Ok(Request {
        origin: Origin::Manual,
        findings: Vec::new(),
        candidates: candidates(form)?,
        remarks: Vec::new(),
        remarks_left_out: 0,
        lookups: Vec::new(),
        reason: Some(reason(form.get("reason"))?),
        ttl: optional(form, "ttl", "a text such as `24h`")?.map(ttl).transpose()?,
        mode: optional::<Mode>(form, "mode", "`drop` or `alert`")?,
        dry_run: optional(form, "dryRun", "`true` or `false`")?.unwrap_or_default(),
    })
}

fn candidates(form: &Map<String, Value>) -> Result<Vec<Candidate>, InvalidRequest> {
    let listed = form.get("indicators").and_then(Value::as_array).filter(|listed| !listed.is_empty());
    let listed = listed.ok_or_else(|| {
        InvalidRequest::field("indicators", r#"it must be a list such as [{"type":"domain","value":"evil.example"}]"#)
    })?;
    let mut seen = HashSet::new();
    let mut candidates = Vec::new();
    for (index, listed) in listed.iter().enumerate() {
        let source = format!("indicators[{index}]");
        let indicator = indicator(listed, &source)?;
        if seen.insert(indicator.clone()) {
            candidates.push(Candidate { indicator, findings: Vec::new(), source });
        }
    }
    extract::check_count(candidates.len())?;
    Ok(candidates)
}

fn indicator(listed: &Value, source: &str) -> Result<Indicator, InvalidRequest> {
    let object = listed.as_object().ok_or_else(|| {
        InvalidRequest::field(source, r#"it must be an object such as {"type":"domain","value":"evil.example"}"#)
    })?;
    refuse_unknown(object, &INDICATOR_FIELDS, &format!("{source}."))?;
    let kind = IndicatorType::deserialize(&listed["type"]).map_err(|_| {
        InvalidRequest::field(&format!("{source}.type"), "it must be domain, ipv4, ipv6, ip or network")
    })?;
    let field = format!("{source}.value");
    let value = listed["value"].as_str().ok_or_else(|| InvalidRequest::field(&field, "it must be a text"))?;
    Indicator::parse(kind, value).map_err(|error| InvalidRequest::field(&field, error))
}

fn ttl(text: String) -> Result<Ttl, InvalidRequest> {
    text.parse().map_err(|error| InvalidRequest::field("ttl", error))
}
