//! Findings of the new Security Hub, in OCSF: how they come in, what is written on them, and how they are found.

use serde_json::{Value, json};

use crate::aws::{Aws, HUB, MEMBER};
use crate::events::{deploy, inputs};

const GUARDDUTY: &str = "arn:aws:securityhub:us-east-1::productv2/aws/guardduty";

fn finding(uid: &str) -> Value {
    json!({
        "class_uid": 2004, "activity_id": 1, "severity": "High", "severity_id": 4, "status": "New", "status_id": 1,
        "cloud": {"account": {"uid": HUB}, "region": "us-east-1"},
        "finding_info": {"uid": format!("arn:{uid}"), "title": "A title", "created_time_dt": "2024-05-01T10:00:00Z"},
        "metadata": {"uid": uid, "product": {"uid": GUARDDUTY}},
        "resources": [{"uid": "i-0abc"}],
        "evidences": [{"dst_endpoint": {"ip": "198.51.100.7", "port": 443}}],
    })
}

async fn receive(aws: &Aws, finding: Value) {
    aws.control("POST", "findings", finding).await.ok();
}

async fn update(aws: &Aws, input: Value) -> Value {
    aws.hub_call("PATCH", "/findingsv2/batchupdatev2", input).await.ok()
}

async fn find(aws: &Aws, filters: Value) -> Vec<Value> {
    let found = aws.hub_call("POST", "/findingsv2", json!({"Filters": filters})).await.ok();
    found["Findings"].as_array().unwrap().clone()
}

/// Filters of one group.
fn group(group: Value) -> Value {
    json!({"CompositeFilters": [group]})
}

fn text(field: &str, comparison: &str, value: &str) -> Value {
    json!({"FieldName": field, "Filter": {"Value": value, "Comparison": comparison}})
}

#[tokio::test(start_paused = true)]
async fn each_arrival_and_each_update_emits_an_event_with_the_finding_as_it_is_then() {
    let aws = Aws::hub();
    let pattern = json!({"source": ["aws.securityhub"], "detail-type": ["Findings Imported V2"], "account": ["${AWS::AccountId}"]});
    deploy(&aws, &[("contain-finding", pattern)]).await;
    let mut of_member = finding("one");
    of_member["cloud"]["account"]["uid"] = json!(MEMBER);
    receive(&aws, of_member).await;
    update(&aws, json!({"MetadataUids": ["one"], "Comment": "seen"})).await;
    let events = inputs(&aws, "contain-finding").await;
    let comments: Vec<_> = events.iter().map(|event| &event["detail"]["findings"][0]["comment"]).collect();
    assert_eq!(comments, [&Value::Null, &json!("seen")]);
    assert_eq!(events[0]["resources"], json!(["one"]));
}

#[tokio::test(start_paused = true)]
async fn an_update_writes_comment_severity_and_status_with_their_texts() {
    let aws = Aws::hub();
    receive(&aws, finding("one")).await;
    receive(&aws, finding("two")).await;
    let parts = json!({"CloudAccountUid": HUB, "FindingInfoUid": "arn:two", "MetadataProductUid": GUARDDUTY});
    let answer = update(&aws, json!({"FindingIdentifiers": [parts], "SeverityId": 2, "StatusId": 2})).await;
    assert_eq!(answer, json!({"ProcessedFindings": [{"FindingIdentifier": parts}], "UnprocessedFindings": []}));
    let answer = update(&aws, json!({"MetadataUids": ["one", "nobody"], "Comment": "seen"})).await;
    assert_eq!(answer["ProcessedFindings"], json!([{"MetadataUid": "one"}]));
    assert_eq!(answer["UnprocessedFindings"][0]["MetadataUid"], "nobody");
    assert_eq!(answer["UnprocessedFindings"][0]["ErrorCode"], "ResourceNotFoundException");
    let found = find(&aws, json!({})).await;
    assert_eq!((&found[0]["comment"], &found[0]["status_id"]), (&json!("seen"), &json!(1)));
    let (id, name) = (&found[1]["status_id"], &found[1]["status"]);
    assert_eq!((id, name, &found[1]["severity"]), (&json!(2), &json!("In Progress"), &json!("Low")));
    assert_eq!(found[1]["finding_info"]["created_time_dt"], "2024-05-01T10:00:00Z");
}

#[tokio::test(start_paused = true)]
async fn what_customers_wrote_stays_when_the_provider_sends_the_finding_again() {
    let aws = Aws::hub();
    receive(&aws, finding("one")).await;
    update(&aws, json!({"MetadataUids": ["one"], "Comment": "seen", "StatusId": 3})).await;
    let mut again = finding("one");
    again["count"] = json!(2);
    again["severity_id"] = json!(5);
    receive(&aws, again).await;
    let found = find(&aws, json!({})).await.remove(0);
    assert_eq!((&found["count"], &found["severity_id"]), (&json!(2), &json!(5)));
    assert_eq!(
        (&found["comment"], &found["status_id"], &found["status"]),
        (&json!("seen"), &json!(3), &json!("Suppressed"))
    );
}

#[tokio::test(start_paused = true)]
async fn an_update_that_cannot_be_is_refused() {
    let aws = Aws::hub();
    receive(&aws, finding("one")).await;
    let parts = json!({"CloudAccountUid": HUB, "FindingInfoUid": "arn:one", "MetadataProductUid": GUARDDUTY});
    for input in [
        json!({"Comment": "nobody is named"}),
        json!({"MetadataUids": ["one"], "FindingIdentifiers": [parts], "Comment": "twice"}),
        json!({"MetadataUids": vec!["one"; 101], "Comment": "too many"}),
        json!({"MetadataUids": ["one"]}),
        json!({"MetadataUids": ["one"], "Comment": " "}),
        json!({"MetadataUids": ["one"], "Comment": "x".repeat(513)}),
        json!({"MetadataUids": ["one"], "SeverityId": 7}),
        json!({"MetadataUids": ["one"], "StatusId": 6}),
        json!({"FindingIdentifiers": [{"CloudAccountUid": HUB, "FindingInfoUid": "arn:one"}], "Comment": "x"}),
    ] {
        let answered = aws.hub_call("PATCH", "/findingsv2/batchupdatev2", input.clone()).await;
        assert_eq!(answered.error(), "400 ValidationException", "{input}");
    }
    let wrong = json!({"MetadataUids": ["one"], "StatusId": "New"});
    let answered = aws.hub_call("PATCH", "/findingsv2/batchupdatev2", wrong).await;
    assert_eq!(answered.error(), "400 SerializationException");
}

#[tokio::test(start_paused = true)]
async fn a_member_sees_and_updates_its_own_findings_only() {
    let aws = Aws::hub();
    receive(&aws, finding("hubs")).await;
    let mut own = finding("own");
    own["cloud"]["account"]["uid"] = json!(MEMBER);
    receive(&aws, own).await;
    let member = aws.of(MEMBER);
    let found = find(&member, json!({})).await;
    assert_eq!(found.iter().map(|finding| &finding["metadata"]["uid"]).collect::<Vec<_>>(), ["own"]);
    let answer = update(&member, json!({"MetadataUids": ["hubs", "own"], "Comment": "ours"})).await;
    assert_eq!(answer["ProcessedFindings"], json!([{"MetadataUid": "own"}]));
    assert_eq!(find(&aws, json!({})).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn filters_are_joined_by_their_operators() {
    let aws = Aws::hub();
    for (uid, comment) in [("a", "Falconer: blocked until noon"), ("b", "looked at"), ("c", "Falconer: released")] {
        receive(&aws, finding(uid)).await;
        update(&aws, json!({"MetadataUids": [uid], "Comment": comment})).await;
    }
    receive(&aws, finding("d")).await;
    let ours = text("comment", "PREFIX", "Falconer");
    let until = text("comment", "CONTAINS_WORD", "UNTIL");
    let port = json!({"FieldName": "evidences.dst_endpoint.port", "Filter": {"Eq": 443.0}});
    let network = json!({"FieldName": "evidences.dst_endpoint.ip", "Filter": {"Cidr": "198.51.100.0/24"}});
    let created =
        json!({"FieldName": "finding_info.created_time_dt", "Filter": {"DateRange": {"Value": 1, "Unit": "DAYS"}}});
    for (filters, expected) in [
        (group(json!({"StringFilters": [ours]})), vec!["a", "c"]),
        (group(json!({"StringFilters": [ours, until]})), vec!["a"]),
        (
            group(json!({"StringFilters": [until, text("metadata.uid", "EQUALS", "d")], "Operator": "OR"})),
            vec!["a", "d"],
        ),
        (group(json!({"StringFilters": [text("comment", "PREFIX_NOT_EQUALS", "Falconer")]})), vec!["b", "d"]),
        (group(json!({"StringFilters": [ours], "NestedCompositeFilters": [{"StringFilters": [until]}]})), vec!["a"]),
        (
            json!({"CompositeFilters": [
                {"StringFilters": [until]}, {"StringFilters": [text("metadata.uid", "EQUALS", "b")]},
            ], "CompositeOperator": "OR"}),
            vec!["a", "b"],
        ),
        (
            group(json!({"NumberFilters": [port], "IpFilters": [network], "DateFilters": [created]})),
            vec!["a", "b", "c", "d"],
        ),
        (json!({}), vec!["a", "b", "c", "d"]),
    ] {
        let found = find(&aws, filters.clone()).await;
        let uids: Vec<_> = found.iter().map(|finding| finding["metadata"]["uid"].as_str().unwrap()).collect();
        assert_eq!(uids, expected, "{filters}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_search_that_makes_no_sense_is_refused() {
    let aws = Aws::hub();
    let nested = json!({"NestedCompositeFilters": [{"NestedCompositeFilters": [{}]}]});
    for input in [
        json!({"MaxResults": 101}),
        json!({"NextToken": "invented"}),
        json!({"SortCriteria": [{"Field": "severity_id", "SortOrder": "upwards"}]}),
        json!({"Scopes": {"AwsOrganizations": []}}),
        json!({"Filters": group(json!({"StringFilters": [text("finding_info.colour", "EQUALS", "red")]}))}),
        json!({"Filters": group(json!({"StringFilters": [text("comment", "CONTAINS", "red")]}))}),
        json!({"Filters": group(json!({"StringFilters": [text("comment", "EQUALS", "red")], "Operator": "XOR"}))}),
        json!({"Filters": group(nested)}),
        json!({"Filters": {"CompositeFilters": vec![json!({}); 11]}}),
    ] {
        let answered = aws.hub_call("POST", "/findingsv2", input.clone()).await;
        assert_eq!(answered.error(), "400 ValidationException", "{input}");
    }
}

#[tokio::test(start_paused = true)]
async fn findings_come_in_order_and_page_by_page() {
    let aws = Aws::hub();
    for (uid, severity) in [("a", 1), ("b", 3), ("c", 2)] {
        let mut finding = finding(uid);
        finding["severity_id"] = json!(severity);
        receive(&aws, finding).await;
    }
    let mut input = json!({"MaxResults": 2, "SortCriteria": [{"Field": "severity_id", "SortOrder": "desc"}]});
    let first = aws.hub_call("POST", "/findingsv2", input.clone()).await.ok();
    input["NextToken"] = first["NextToken"].clone();
    let second = aws.hub_call("POST", "/findingsv2", input).await.ok();
    let pages = [&first, &second].map(|page| page["Findings"].as_array().unwrap().clone()).concat();
    let uids: Vec<_> = pages.iter().map(|finding| finding["metadata"]["uid"].as_str().unwrap()).collect();
    assert_eq!((uids, second.get("NextToken")), (vec!["b", "c", "a"], None));
}

#[tokio::test(start_paused = true)]
async fn a_finding_that_cannot_be_named_does_not_come_in() {
    let aws = Aws::hub();
    for (member, value, problem) in [
        ("metadata", json!({"uid": "one"}), "metadata.product.uid"),
        ("metadata", json!({"product": {"uid": GUARDDUTY}}), "metadata.uid"),
        ("finding_info", json!({}), "finding_info.uid"),
        ("cloud", json!({"account": {"uid": "999999999999"}}), "not of the organization"),
        ("status_id", json!(7), "status_id"),
        ("severity_id", json!("High"), "severity_id"),
    ] {
        let mut finding = finding("one");
        finding[member] = value;
        let answered = aws.control("POST", "findings", finding).await;
        let said = answered.body["error"].as_str().unwrap();
        assert!(answered.status == 400 && said.contains(problem), "{said}");
    }
    assert!(find(&aws, json!({})).await.is_empty());
}
