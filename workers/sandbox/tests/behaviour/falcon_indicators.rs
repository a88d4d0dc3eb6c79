//! Indicators of Falcon Intelligence: filters, orders, pages and depths.

use serde_json::{Value, json};

use crate::aws::Aws;
use crate::falcon::{Answered, get, install_token, worker_token};

const INDICATORS: &str = "/intel/combined/indicators/v1";
const TOO_DEEP: &str = "400 the sum of limit and offset params must be less than 50000";

/// A query with its quotes and brackets encoded, as every client does.
async fn query(aws: &Aws, token: &str, parameters: &[(&str, &str)]) -> Answered {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    get(aws, token, &format!("{INDICATORS}?{query}")).await
}

async fn put(aws: &Aws, sent: Value) {
    aws.control("POST", "falcon/indicators", sent).await.ok();
}

/// A record of an example domain; its marker is the second of its publication, and its name.
fn indicator(name: &str, published: i64, rest: Value) -> Value {
    let mut record = json!({
        "id": format!("domain_{name}"),
        "indicator": format!("{name}.example"),
        "type": "domain",
        "deleted": false,
        "published_date": published,
        "last_updated": published,
        "malicious_confidence": "high",
        "actors": ["FANCYBEAR"],
        "labels": [{ "name": "MaliciousConfidence/High", "created_on": published, "last_valid_on": published }],
        "relations": [{ "id": "domain_related.example", "indicator": "related.example", "type": "domain" }],
        "_marker": format!("{published}{name}"),
    });
    record.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    record
}

fn names(answer: &Value) -> Vec<&str> {
    let records = answer["resources"].as_array().unwrap();
    records.iter().map(|record| record["indicator"].as_str().unwrap_or("broken")).collect()
}

#[tokio::test(start_paused = true)]
async fn indicators_pass_by_what_is_asked_of_their_texts_times_and_lists() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    let records = json!([
        indicator("one", 1_714_000_001, json!({})),
        indicator("two", 1_714_000_002, json!({ "type": "ip_address", "indicator": "198.51.100.7" })),
        indicator("three", 1_714_000_003, json!({ "actors": ["SCULLYSPIDER", "FANCYBEAR"], "type": "url" })),
        indicator("four", 1_714_000_004, json!({ "malicious_confidence": "low", "actors": [] })),
    ]);
    put(&aws, records).await;
    let (one, two, three, four) = ("one.example", "198.51.100.7", "three.example", "four.example");
    for (filter, expected) in [
        ("_marker:>='1714000002two'", vec![two, three, four]),
        ("_marker:<'1714000002two'", vec![one]),
        ("last_updated:>1714000003", vec![four]),
        ("published_date:<='2024-04-24T23:06:42Z'", vec![one, two]),
        ("actors:'SCULLYSPIDER'", vec![three]),
        ("actors:!'FANCYBEAR'", vec![four]),
        ("type:['domain','ip_address']+malicious_confidence:'high'", vec![one, two]),
        ("type:!['domain','ip_address']", vec![three]),
        ("malicious_confidence:'low',indicator:'one.example'", vec![one, four]),
        ("labels.name:'MaliciousConfidence/High'+labels.created_on:>=1714000004", vec![four]),
    ] {
        let answer = query(&aws, &token, &[("filter", filter), ("sort", "_marker.asc")]).await;
        assert_eq!(answer.status, 200, "{filter}: {}", answer.body);
        assert_eq!(names(&answer.body), expected, "{filter}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_stands_in_the_order_that_was_asked_for_and_says_where_it_stands() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    let [a, b, c] = [("a", 3), ("b", 1), ("c", 2)].map(|(name, time)| indicator(name, 1_714_000_000 + time, json!({})));
    put(&aws, json!([a, b, c])).await;
    for (sort, expected) in [
        ("_marker.asc", ["b.example", "c.example", "a.example"]),
        ("last_updated|desc", ["a.example", "c.example", "b.example"]),
        ("indicator|asc", ["a.example", "b.example", "c.example"]),
    ] {
        let first = query(&aws, &token, &[("sort", sort), ("limit", "2")]).await.body;
        let second = query(&aws, &token, &[("sort", sort), ("limit", "2"), ("offset", "2")]).await.body;
        assert_eq!([names(&first), names(&second)].concat(), expected, "{sort}");
        assert_eq!(second["meta"]["pagination"], json!({ "limit": 2, "offset": 2, "total": 3 }));
    }
    put(&aws, json!({ "template": { "indicator": "g{n}.example" }, "count": 20 })).await;
    assert_eq!(query(&aws, &token, &[]).await.body["resources"].as_array().unwrap().len(), 10, "ten are the default");
}

#[tokio::test(start_paused = true)]
async fn sixty_thousand_are_reached_by_their_markers_and_by_offset_only_so_deep() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    let template = json!({ "type": "domain", "indicator": "d{n}.example", "labels": [{ "name": "Batch/{n}" }] });
    put(&aws, json!({ "template": template, "count": 60_000 })).await;
    let (mut markers, mut after) = (Vec::new(), "0".to_owned());
    loop {
        let filter = format!("_marker:>='{after}'");
        let page = query(&aws, &token, &[("filter", &filter), ("sort", "_marker|asc"), ("limit", "10000")]).await.body;
        let page = page["resources"].as_array().unwrap();
        let found: Vec<String> = page.iter().map(|record| record["_marker"].as_str().unwrap().to_owned()).collect();
        markers.extend(found.iter().filter(|marker| **marker != after).cloned());
        if page.len() < 10_000 {
            break;
        }
        found.last().unwrap().clone_into(&mut after);
    }
    assert_eq!(markers.len(), 60_000);
    assert!(markers.is_sorted_by(|one, other| one < other), "every marker is its record's own");
    let seconds = markers.iter().map(|marker| &marker[..10]).collect::<std::collections::BTreeSet<_>>();
    assert!(seconds.len() < 10_000, "many records are of one second: {}", seconds.len());
    let last = query(&aws, &token, &[("sort", "_marker.desc"), ("limit", "1")]).await.body["resources"][0].clone();
    assert_eq!((&last["indicator"], &last["labels"][0]["name"]), (&json!("d59999.example"), &json!("Batch/59999")));
    let deep = async |offset: &str, limit: &str| query(&aws, &token, &[("offset", offset), ("limit", limit)]).await;
    assert_eq!(deep("49989", "10").await.status, 200);
    assert_eq!(deep("49990", "10").await.error(), TOO_DEEP);
    assert_eq!(deep("18446744073709551615", "10").await.error(), TOO_DEEP);
}

#[tokio::test(start_paused = true)]
async fn deleted_indicators_and_relations_come_as_they_are_asked_for() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    let gone = indicator("gone", 1_714_000_002, json!({ "deleted": true }));
    put(&aws, json!([indicator("here", 1_714_000_001, json!({})), gone])).await;
    let plain = query(&aws, &token, &[]).await.body;
    assert_eq!(names(&plain), ["here.example"]);
    assert_eq!(plain["resources"][0]["relations"][0]["indicator"], "related.example");
    let all = query(&aws, &token, &[("include_deleted", "true"), ("include_relations", "false")]).await.body;
    assert_eq!(names(&all), ["here.example", "gone.example"]);
    assert_eq!(all["resources"][0]["relations"], json!([]));
    let deleted = query(&aws, &token, &[("include_deleted", "true"), ("filter", "deleted:true")]).await.body;
    assert_eq!(names(&deleted), ["gone.example"]);
}

#[tokio::test(start_paused = true)]
async fn a_broken_record_passes_every_filter_and_comes_last() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    let whole = indicator("whole", 1_714_000_001, json!({}));
    put(&aws, json!(["broken", null, whole, { "_marker": "17140000020", "indicator": 7 }])).await;
    let parameters = [("filter", "_marker:>'1'"), ("sort", "_marker.asc")];
    let found = query(&aws, &token, &parameters).await.body;
    assert_eq!(names(&found), ["whole.example", "broken", "broken", "broken"]);
    assert_eq!(found["resources"][1]["indicator"], 7, "an object is broken in its own place");
    aws.control("DELETE", "falcon/indicators", json!(null)).await.ok();
    assert_eq!(query(&aws, &token, &parameters).await.body["resources"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn what_falcon_intelligence_does_not_document_is_refused() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    for (name, value, status) in [
        ("limit", "10000", 200),
        ("limit", "10001", 400),
        ("limit", "0", 400),
        ("sort", "_marker", 400),
        ("sort", "_marker.up", 400),
        ("sort", "malicious_confidence.asc", 400),
        ("include_deleted", "yes", 400),
        ("q", "evil", 400),
        ("filter", "shoe_size:'46'", 400),
        ("filter", "indicator:'*.example'", 400),
    ] {
        let answer = query(&aws, &token, &[(name, value)]).await;
        assert_eq!(answer.status, status, "{name}={value}: {}", answer.body);
    }
    let refused = query(&aws, &token, &[("filter", "shoe_size:'46'")]).await.error();
    assert_eq!(refused, "400 Invalid filter expression supplied: unknown property shoe_size");
    let generator = json!({ "template": { "type": "domain" }, "count": "many" });
    assert_eq!(aws.control("POST", "falcon/indicators", generator).await.status, 400);
    let installing = install_token(&aws).await;
    assert_eq!(query(&aws, &installing, &[]).await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn a_throttle_of_the_indicators_says_when_to_come_again() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    aws.control("POST", "faults", json!({ "operation": "falcon.Indicators", "fault": "throttle", "times": 1 }))
        .await
        .ok();
    let throttled = query(&aws, &token, &[]).await;
    assert_eq!((throttled.status, throttled.header("x-ratelimit-retryafter")), (429, "1714564860"));
    assert_eq!(query(&aws, &token, &[]).await.status, 200);
}
