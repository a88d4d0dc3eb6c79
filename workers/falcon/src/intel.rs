//! Indicators of Falcon Intelligence, by a filter that people write.
//!
//! `QueryIntelIndicatorEntities`, <https://falconpy.io/Service-Collections/Intel.html#queryintelindicatorentities>. Offsets
//! reach no further than 50,000. So each page begins at the marker with which the one before ended, as in
//! <https://github.com/OpenCTI-Platform/connectors/pull/6531>, and the record of that marker comes twice.

use jiff::Timestamp;
use jiff::fmt::serde::timestamp::second::optional as seconds;
use serde::Deserialize;
use serde_json::Value;

use crate::call::{Endpoint, Falcon};
use crate::envelope::{or_default, typed};
use crate::error::FalconError;
use crate::fql::{Filter, Literal};

const INDICATORS: Endpoint = Endpoint {
    call: "GET /intel/combined/indicators/v1",
    path: "/intel/combined/indicators/v1",
    scope: "Indicators (Falcon Intelligence): Read",
};

/// The most that Falcon allows.
const RECORDS_A_PAGE: usize = 10_000;

const MARKER: &str = "_marker";

/// The indicators that pass a filter, from the oldest marker to the newest, page by page.
#[derive(Debug)]
pub struct IntelPages {
    falcon: Falcon,
    filter: String,
    /// The marker of the last record so far.
    last: Option<String>,
    ended: bool,
}

/// Some of the indicators.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntelPage {
    /// In the order of their markers.
    pub found: Vec<IntelIndicator>,
    /// Records that could not be read. One that has no marker may be counted on the next page too.
    pub malformed: usize,
}

/// An indicator as Falcon Intelligence has it: a text that says it is one.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct IntelIndicator {
    /// `domain_evil.example`.
    #[serde(default)]
    pub id: Option<String>,
    /// The indicator itself.
    pub indicator: String,
    /// `domain`, `ip_address`, `ip_address_block`, `url`, `hash_sha256`, ….
    #[serde(rename = "type")]
    pub kind: String,
    /// `high`, `medium`, `low` or `unverified`.
    #[serde(default)]
    pub malicious_confidence: Option<String>,
    /// When Falcon last learned something of it.
    #[serde(default, with = "seconds")]
    pub last_updated: Option<Timestamp>,
    /// When it came to be known.
    #[serde(default, with = "seconds")]
    pub published_date: Option<Timestamp>,
    /// `FANCYBEAR`.
    #[serde(default, deserialize_with = "or_default")]
    pub actors: Vec<String>,
    /// `CSIT-24001`.
    #[serde(default, deserialize_with = "or_default")]
    pub reports: Vec<String>,
    /// Names of malware.
    #[serde(default, deserialize_with = "or_default")]
    pub malware_families: Vec<String>,
    /// `Criminal`, `Ransomware`, ….
    #[serde(default, deserialize_with = "or_default")]
    pub threat_types: Vec<String>,
    /// `C2`, `Installation`, ….
    #[serde(default, deserialize_with = "or_default")]
    pub kill_chains: Vec<String>,
    /// Whether Falcon has taken it back.
    #[serde(default, deserialize_with = "or_default")]
    pub deleted: bool,
    /// Its place in the order of all of them.
    #[serde(rename = "_marker")]
    pub marker: String,
}

impl Falcon {
    /// The indicators that pass a filter in Falcon's query language; all of them if it is empty. Nothing is sent before the
    /// first page is asked for. Needs the scope "Indicators (Falcon Intelligence): Read".
    #[must_use]
    pub fn indicators(&self, filter: &str) -> IntelPages {
        IntelPages { falcon: self.clone(), filter: filter.trim().to_owned(), last: None, ended: false }
    }
}

impl IntelPages {
    /// The next page; `None` after the last.
    ///
    /// # Errors
    /// Any [`FalconError`]: `Rejected`, with Falcon's own words, if it does not take the filter; `Malformed` if there is more,
    /// but no marker to go on from. The same page can be asked for again.
    pub async fn next_page(&mut self) -> Result<Option<IntelPage>, FalconError> {
        if self.ended {
            return Ok(None);
        }
        let filter = self.filter()?;
        let limit = RECORDS_A_PAGE.to_string();
        let mut query = vec![
            ("limit", limit.as_str()),
            ("sort", "_marker.asc"),
            ("include_deleted", "false"),
            ("include_relations", "false"),
        ];
        query.extend((!filter.is_empty()).then_some(("filter", filter.as_str())));
        let page = self.falcon.get::<Value>(&INDICATORS, &query).await?;
        let (on_page, broken) = (page.seen(), page.malformed);
        let known = self.last.as_deref();
        let records: Vec<Value> =
            page.read.into_iter().filter(|record| known.is_none() || marker(record) != known).collect();
        if page.page.total.map_or(on_page == RECORDS_A_PAGE, |total| on_page < total) {
            let last = records.iter().rev().find_map(marker).filter(|last| known.is_none_or(|known| known < *last));
            self.last =
                Some(last.ok_or_else(|| malformed("a page of indicators that leads to no next one"))?.to_owned());
        } else {
            self.ended = true;
        }
        let fresh = records.len();
        let found: Vec<IntelIndicator> = records.into_iter().filter_map(typed).collect();
        Ok(Some(IntelPage { malformed: broken + fresh - found.len(), found }))
    }

    /// The filter of the next page.
    fn filter(&self) -> Result<String, FalconError> {
        let Some(last) = &self.last else { return Ok(self.filter.clone()) };
        let last = Literal::of(last).ok_or_else(|| malformed("an indicator whose marker is no word"))?;
        Ok(Filter::is_at_least(MARKER, last).within(&self.filter))
    }
}

fn marker(record: &Value) -> Option<&str> {
    record.get(MARKER)?.as_str()
}

fn malformed(problem: &str) -> FalconError {
    FalconError::Malformed { call: INDICATORS.call, problem: problem.to_owned() }
}
