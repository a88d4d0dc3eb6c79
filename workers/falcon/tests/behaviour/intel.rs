//! Indicators of Falcon Intelligence, page by page.

use std::time::Duration;

use falconer_falcon::{FalconError, IntelIndicator};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::wire::{Line, answer};

const INDICATORS: &str = "/intel/combined/indicators/v1";

fn indicator(marker: &str, rest: Value) -> Value {
    let mut record = json!({ "_marker": marker, "type": "domain", "indicator": format!("{marker}.example") });
    record.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    record
}

/// All pages of a filter: what was found, and how many records could not be read.
async fn all(line: &Line, filter: &str) -> Result<(Vec<IntelIndicator>, usize), FalconError> {
    let (mut found, mut malformed) = (Vec::new(), 0);
    let mut pages = line.falcon.indicators(filter);
    while let Some(page) = pages.next_page().await? {
        found.extend(page.found);
        malformed += page.malformed;
    }
    Ok((found, malformed))
}

fn names(found: &[IntelIndicator]) -> Vec<&str> {
    found.iter().map(|one| one.indicator.as_str()).collect()
}

/// A line on which the pages are these, one after the other, and the last one again and again.
fn playing(pages: Vec<Value>) -> Line {
    let played = std::sync::Mutex::new(pages.into_iter());
    let last = std::sync::Mutex::new(Value::Null);
    Line::interfered(move |request| {
        (request.uri().path() == INDICATORS).then(|| {
            let mut last = last.lock().unwrap();
            if let Some(page) = played.lock().unwrap().next() {
                *last = page;
            }
            answer(200, &*last)
        })
    })
}

fn page(total: usize, records: &[Value]) -> Value {
    json!({ "meta": { "pagination": { "total": total, "limit": 10_000, "offset": 0 } }, "resources": records })
}

#[tokio::test(start_paused = true)]
async fn an_indicator_is_what_falcon_tells_of_it_and_any_of_it_may_be_missing() {
    let line = Line::open();
    let told = json!({"id": "domain_evil.example", "malicious_confidence": "high", "last_updated": 1_768_471_200,
        "published_date": 1_700_000_000, "actors": ["FANCYBEAR"], "reports": ["CSIT-24001"], "malware_families": ["Mofksys"],
        "threat_types": ["Criminal"], "kill_chains": ["C2"], "deleted": false});
    let nothing = json!({"malicious_confidence": null, "last_updated": null, "actors": null, "deleted": null});
    line.control("POST", "falcon/indicators", json!([indicator("17a", told), indicator("17b", nothing)])).await;
    let (found, malformed) = all(&line, "").await.unwrap();
    let expected = IntelIndicator {
        id: Some("domain_evil.example".to_owned()),
        indicator: "17a.example".to_owned(),
        kind: "domain".to_owned(),
        malicious_confidence: Some("high".to_owned()),
        last_updated: Some("2026-01-15T10:00:00Z".parse().unwrap()),
        published_date: Some("2023-11-14T22:13:20Z".parse().unwrap()),
        actors: vec!["FANCYBEAR".to_owned()],
        reports: vec!["CSIT-24001".to_owned()],
        malware_families: vec!["Mofksys".to_owned()],
        threat_types: vec!["Criminal".to_owned()],
        kill_chains: vec!["C2".to_owned()],
        deleted: false,
        marker: "17a".to_owned(),
    };
    let bare = IntelIndicator {
        indicator: "17b.example".to_owned(),
        kind: "domain".to_owned(),
        marker: "17b".to_owned(),
        ..IntelIndicator::default()
    };
    assert_eq!((found, malformed), (vec![expected, bare], 0));
}

#[tokio::test(start_paused = true)]
async fn sixty_thousand_indicators_come_once_each_in_order_with_as_few_calls_as_can_be() {
    let line = Line::open();
    let template = json!({ "type": "domain", "indicator": "{n}.example", "actors": ["FANCYBEAR"] });
    line.control("POST", "falcon/indicators", json!([{ "template": template, "count": 60_000 }])).await;
    line.control("POST", "falcon/indicators", json!([indicator("1", json!({ "actors": ["OTHERBEAR"] }))])).await;
    let (found, malformed) = all(&line, "actors:'FANCYBEAR'+type:['domain','ip_address']").await.unwrap();
    let expected: Vec<String> = (0..60_000).map(|number| format!("{number}.example")).collect();
    assert!(names(&found) == expected, "{} indicators", found.len());
    // Each page but the first begins with a record that is known: 10,000 and then 9,999 each.
    assert_eq!((malformed, line.count(INDICATORS)), (0, 7));
}

#[tokio::test(start_paused = true)]
async fn a_list_that_fills_its_pages_is_not_asked_for_more() {
    let template = json!({ "type": "url", "indicator": "https://{n}.example/" });
    for (count, calls) in [(0, 1), (10_000, 1), (10_001, 2), (19_999, 2)] {
        let line = Line::open();
        line.control("POST", "falcon/indicators", json!([{ "template": template, "count": count }])).await;
        assert_eq!(all(&line, "").await.unwrap().0.len(), count);
        assert_eq!(line.count(INDICATORS), calls, "{count}");
    }
}

#[tokio::test(start_paused = true)]
async fn broken_records_are_counted_and_cost_no_other() {
    let line = Line::open();
    let broken = json!([
        indicator("17a", json!({})),
        { "_marker": "17b", "type": "domain" },
        { "_marker": "17c", "indicator": "17c.example" },
        indicator("17d", json!({ "last_updated": "yesterday" })),
        indicator("17e", json!({ "actors": "FANCYBEAR" })),
        { "type": "domain", "indicator": "markerless.example" },
        "not a record",
        7,
        indicator("17f", json!({ "vulnerabilities": null })),
    ]);
    line.control("POST", "falcon/indicators", broken).await;
    let (found, malformed) = all(&line, "").await.unwrap();
    assert_eq!((names(&found), malformed), (vec!["17a.example", "17f.example"], 7));
}

#[tokio::test(start_paused = true)]
async fn a_page_that_ends_with_broken_records_leads_on_from_the_last_marker() {
    let line = playing(vec![
        page(5, &[indicator("17a", json!({})), json!({ "_marker": "17b" }), json!(null)]),
        page(3, &[json!({ "_marker": "17b" }), indicator("17c", json!({})), indicator("17d", json!({}))]),
    ]);
    let (found, malformed) = all(&line, "").await.unwrap();
    assert_eq!((names(&found), malformed), (vec!["17a.example", "17c.example", "17d.example"], 2));
    assert!(line.urls(INDICATORS)[1].ends_with("&filter=_marker%3A%3E%3D%2717b%27"), "{:?}", line.urls(INDICATORS));
}

#[tokio::test(start_paused = true)]
async fn pages_that_lead_nowhere_end_the_list_with_an_error() {
    let (a, b) = (indicator("17a", json!({})), indicator("17b", json!({})));
    for pages in [
        vec![page(9, &[a.clone(), b.clone()])],
        vec![page(9, &[a.clone(), b.clone()]), page(9, std::slice::from_ref(&b))],
        vec![page(9, &[a.clone(), b.clone()]), page(9, &[b.clone(), a.clone()])],
        vec![page(9, &[a.clone(), b.clone()]), page(9, &[])],
        vec![page(9, &[json!("not a record"), json!({ "indicator": "markerless.example" })])],
        vec![page(9, &[indicator("17'+type:'url", json!({}))])],
    ] {
        let line = playing(pages.clone());
        let error = all(&line, "").await.unwrap_err();
        assert!(matches!(error, FalconError::Malformed { .. }), "{pages:?}: {error}");
        assert!(line.count(INDICATORS) <= 2, "{pages:?}");
        assert!(!line.urls(INDICATORS).concat().contains("url"), "{pages:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_filter_is_passed_on_as_people_wrote_it() {
    let filter = " actors:'FANCY BEAR',reports:[\"CSIT-24001\"]+last_updated:>'now-30d' ";
    let line = playing(vec![page(9, &[indicator("17a", json!({}))]), page(0, &[])]);
    assert_eq!(all(&line, filter).await.unwrap().0.len(), 1);
    let filters: Vec<String> = line.urls(INDICATORS).iter().map(|url| in_query(url, "filter").unwrap()).collect();
    let written = filter.trim();
    assert_eq!(filters, [written.to_owned(), format!("({written})+_marker:>='17a'")]);
    for (name, expected) in
        [("limit", "10000"), ("sort", "_marker.asc"), ("include_deleted", "false"), ("include_relations", "false")]
    {
        assert_eq!(in_query(&line.urls(INDICATORS)[0], name).as_deref(), Some(expected));
    }
    assert_eq!(in_query(&line.urls(INDICATORS)[0], "offset"), None);
}

fn in_query(url: &str, name: &str) -> Option<String> {
    let query = url.split_once('?').unwrap().1;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[tokio::test(start_paused = true)]
async fn a_filter_that_falcon_refuses_is_refused_in_falcons_own_words() {
    let line = Line::open();
    for filter in ["colour:'red'", "type:'domain", "type"] {
        let error = all(&line, filter).await.unwrap_err();
        let FalconError::Rejected { status: 400, reason, .. } = &error else { panic!("{error}") };
        assert!(!reason.contains("without a reason") && !error.is_transient(), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_waited_out_and_a_page_can_be_asked_for_again() {
    let line = Line::open();
    let template = json!({ "type": "domain", "indicator": "{n}.example" });
    line.control("POST", "falcon/indicators", json!([{ "template": template, "count": 15_000 }])).await;
    line.fault("throttle", "falcon.Indicators", Some(1)).await;
    let begun = Instant::now();
    let mut pages = line.falcon.indicators("");
    assert_eq!(pages.next_page().await.unwrap().unwrap().found.len(), 10_000);
    // From 10:00:12.5 to 10:01:00.
    assert_eq!(begun.elapsed(), Duration::from_millis(47_500));
    line.fault("error:500", "falcon.Indicators", Some(5)).await;
    assert!(pages.next_page().await.unwrap_err().is_transient());
    let rest = pages.next_page().await.unwrap().unwrap().found;
    assert_eq!((rest.len(), rest[0].indicator.as_str()), (5000, "10000.example"));
    assert_eq!(pages.next_page().await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn a_client_without_the_scope_is_told_which_one() {
    let denied = all(&Line::install(), "").await.unwrap_err();
    assert!(denied.to_string().contains("\"Indicators (Falcon Intelligence): Read\""), "{denied}");
}
