//! From the member's document to an execution in the hub.

use bytes::Bytes;
use falconer_domain::install::{Asker, InstallRequest};
use falconer_tests::fleet::{EAST, MEMBER, OTHER};
use falconer_tests::house::House;
use serde_json::{Value, json};

use crate::INSTANCE;
use crate::document::{Document, Given};

fn given(more: &[(&'static str, &'static str)]) -> Given {
    let mut given = Given::from([
        ("AutomationAssumeRole", "arn:aws:iam::444455556666:role/ask-hub"),
        ("HubBusArn", "arn:aws:events:us-east-1:111122223333:event-bus/falconer"),
        ("InstanceId", INSTANCE),
    ]);
    given.extend(more.iter().copied());
    given
}

/// What the document gives PutEvents.
fn entries(more: &[(&'static str, &'static str)]) -> Value {
    json!({ "Entries": Document::member().inputs("askHub", &given(more))["Entries"] })
}

/// The same with another value for one member of the entry.
fn entries_with(member: &str, value: &str) -> Value {
    let mut entries = entries(&[]);
    entries["Entries"][0][member] = value.into();
    entries
}

/// PutEvents as this account, on the wire: the number of entries that failed.
async fn put(house: &House, account: &str, entries: &Value) -> u64 {
    let scope = format!("AWS4-HMAC-SHA256 Credential={account}/20260115/{EAST}/events/aws4_request");
    let request = http::Request::post("/").header("authorization", scope).header("x-amz-target", "AWSEvents.PutEvents");
    let answer = house.sandbox.handle(request.body(Bytes::from(entries.to_string())).unwrap()).await.unwrap();
    let answer: Value = serde_json::from_slice(answer.body()).unwrap();
    answer["FailedEntryCount"].as_u64().unwrap_or_else(|| panic!("{answer}"))
}

#[test]
fn the_hub_understands_what_the_document_asks() {
    for (more, asker, reason) in [
        (&[][..], Asker::Automatic, "AWS Config: falconer-sensor"),
        (&[("Automatic", "false"), ("Reason", "CHG-42 (ana@example.com)")], Asker::Person, "CHG-42 (ana@example.com)"),
    ] {
        let entry = &entries(more)["Entries"][0];
        let event = json!({
            "account": MEMBER, "region": EAST, "source": entry["Source"], "detail-type": entry["DetailType"],
            "detail": serde_json::from_str::<Value>(entry["Detail"].as_str().unwrap()).unwrap(),
        });
        let request = InstallRequest::read(&event).unwrap();
        assert_eq!((request.asker, request.reason.as_str()), (asker, reason));
        let instances = request.targets[0].instances.as_ref().unwrap();
        assert_eq!(instances.iter().map(|id| id.as_str()).collect::<Vec<_>>(), [INSTANCE]);
    }
}

#[test]
fn a_bus_that_takes_nothing_fails_the_document() {
    let document = Document::member();
    let counted = &document.step("askHub")["outputs"][0];
    assert_eq!((&counted["Name"], &counted["Selector"]), (&json!("FailedEntryCount"), &json!("$.FailedEntryCount")));
    assert_eq!(document.step("askHub")["nextStep"], "isRefused");
    let wanted = json!({ "NextStep": "refused", "Variable": "{{ askHub.FailedEntryCount }}", "NumericGreater": 0 });
    assert_eq!(document.step("isRefused")["inputs"]["Choices"], json!([wanted]));
    assert_eq!(document.step("isRefused")["isEnd"], true);
    let failure = crate::hub::run(document.step("refused"), &json!({})).unwrap_err();
    assert!(failure.contains("did not take the request"), "{failure}");
}

#[tokio::test(start_paused = true)]
async fn a_members_request_starts_an_install_in_the_account_that_sent_it() {
    for account in [MEMBER, OTHER] {
        let house = House::open().await;
        assert_eq!(put(&house, account, &entries(&[])).await, 0);
        let endings = house.endings_of("install-sensor").await;
        assert_eq!(endings.len(), 1);
        let places = endings[0].output["report"]["places"].as_array().unwrap();
        let places: Vec<&Value> = places.iter().map(|place| &place["place"]).collect();
        assert_eq!(places, [&json!({ "account": account, "region": EAST })], "{:#?}", endings[0]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_another_source_or_of_another_type_sends_starts_nothing() {
    let house = House::open().await;
    for other in [entries_with("Source", "somebody.else"), entries_with("DetailType", "Falconer Uninstall Requested")] {
        assert_eq!(put(&house, MEMBER, &other).await, 0);
    }
    assert!(house.endings_of("install-sensor").await.is_empty());
    assert_eq!(put(&house, MEMBER, &entries_with("Source", "aws.config")).await, 1, "only AWS speaks as aws.*");
}

#[tokio::test(start_paused = true)]
async fn a_member_that_names_another_account_is_refused_before_anybody_acts() {
    let house = House::open().await;
    let detail = json!({ "accountId": OTHER, "instances": [INSTANCE], "reason": "forged", "automatic": false });
    assert_eq!(put(&house, MEMBER, &entries_with("Detail", &detail.to_string())).await, 0);
    let ending = house.endings_of("install-sensor").await.remove(0);
    assert_eq!(ending.error.as_deref(), Some("Input.Invalid"), "{ending:#?}");
    assert_eq!((house.calls("sts.AssumeRole").await, house.calls("ssm.SendCommand").await), (0, 0));
}
