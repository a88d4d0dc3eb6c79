//! Falcon Intelligence: indicators by a filter, in an order, page by page.
//!
//! `QueryIntelIndicatorEntities`, <https://falconpy.io/Service-Collections/Intel.html>; the fields, the orders and the scope are
//! those of <https://github.com/CrowdStrike/psfalcon/wiki/Get-FalconIndicator>, a record's members those of
//! <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/domain_public_indicator_v3.go>.

mod generator;
mod order;

use serde_json::{Value, json};

use super::clients::Scope;
use super::envelope::paged;
use super::fql::Kind;
use super::query::Query;
use super::{Falcon, State, refused};
use crate::wire::{Answer, Call};
use generator::Generator;
use order::Order;

const PARAMETERS: [&str; 6] = ["filter", "sort", "offset", "limit", "include_deleted", "include_relations"];

/// Deeper than this no page goes: <https://github.com/OpenCTI-Platform/connectors/issues/6530>.
const DEEPEST: usize = 50_000;

impl Falcon {
    pub(super) fn indicators(&self, state: &mut State, call: &Call) -> Answer {
        self.authorize(state, call, Scope::IndicatorsRead)?;
        let query = Query::of(call, &PARAMETERS)?;
        let filter = query.filter_by(kind)?;
        let order = query.text("sort").map(Order::parse).transpose().map_err(|problem| refused(400, problem))?;
        let offset = query.number("offset", 0, 0..=usize::MAX)?;
        let limit = query.number("limit", 10, 1..=10_000)?;
        let with_deleted = query.one_of("include_deleted", &["true", "false"])? == Some("true");
        let with_relations = query.one_of("include_relations", &["true", "false"])? != Some("false");
        if limit.saturating_add(offset) >= DEEPEST {
            return Err(refused(400, "the sum of limit and offset params must be less than 50000"));
        }
        let passes = |record: &&Value| filter.passes(record) && (with_deleted || record["deleted"] != true);
        let mut found: Vec<&Value> = state.indicators.iter().filter(passes).collect();
        if let Some(order) = order {
            found.sort_by(|one, other| order.compare(one, other));
        }
        let pagination = json!({ "limit": limit, "offset": offset, "total": found.len() });
        let page = found.into_iter().skip(offset).take(limit).cloned();
        let page = page.map(|record| if with_relations { record } else { without_relations(record) });
        Ok(paged(page.collect(), pagination))
    }

    /// Takes in a record as it is, a broken one too; or as many as a generator makes.
    ///
    /// # Errors
    /// A sentence on a generator that is none.
    pub(crate) fn put_indicators(&self, sent: Value) -> Result<(), String> {
        let mut state = self.locked();
        match Generator::of(&sent)? {
            Some(generator) => {
                let first = state.indicators_made;
                state.indicators_made += generator.count;
                state.indicators.extend(generator.records(first));
            }
            None => state.indicators.push(sent),
        }
        Ok(())
    }

    /// Forgets every indicator.
    pub(crate) fn clear_indicators(&self) {
        self.locked().indicators.clear();
    }
}

/// What a filter may ask of a field.
fn kind(field: &str) -> Option<Kind> {
    match field {
        "_marker"
        | "actors"
        | "domain_types"
        | "id"
        | "indicator"
        | "ip_address_types"
        | "kill_chains"
        | "labels.name"
        | "malicious_confidence"
        | "malware_families"
        | "reports"
        | "targets"
        | "threat_types"
        | "type"
        | "vulnerabilities" => Some(Kind::Text),
        "labels.created_on" | "labels.last_valid_on" | "last_updated" | "published_date" => Some(Kind::Seconds),
        "deleted" => Some(Kind::Truth),
        _ => None,
    }
}

/// The member stays, as the model demands it, with nothing in it.
fn without_relations(mut record: Value) -> Value {
    if let Some(relations) = record.get_mut("relations") {
        *relations = json!([]);
    }
    record
}
