//! Accounts that are registered with Falcon Cloud Security, through either way in.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::aws::{Aws, MEMBER};
use crate::falcon::{install_token, worker_token};

const CLOUD: &str = "/cloud-security-registration-aws/entities/account/v1";
const VALIDATE: &str = "/cloud-security-registration-aws/entities/account/validate/v1";
const CSPM: &str = "/cloud-connect-cspm-aws/entities/account/v1";

/// The status and the body.
async fn call(aws: &Aws, token: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
    let request = Request::builder().method(method).uri(format!("/falcon{path}"));
    let request = request.header("authorization", format!("Bearer {token}")).header("content-type", "application/json");
    let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    let response = aws.sandbox.handle(request.body(body).unwrap()).await.unwrap();
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
}

fn account(more: Value) -> Value {
    let mut account = json!({"account_id": MEMBER});
    account.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"resources": [account]})
}

#[tokio::test(start_paused = true)]
async fn an_account_is_registered_once_and_what_falcon_needs_of_it_is_answered() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    let products = json!([{"product": "cspm", "features": ["iom", "ioa"]}]);
    let (status, body) = call(&aws, &token, "POST", CLOUD, account(json!({"products": products}))).await;
    assert_eq!((status, &body["errors"]), (201, &json!([])));
    let record = &body["resources"][0];
    let metadata = &record["resource_metadata"];
    assert_eq!(metadata["external_id"].as_str().unwrap().len(), 32);
    let role = metadata["iam_role_arn"].as_str().unwrap();
    assert!(role.starts_with("arn:aws:iam::444455556666:role/CrowdStrikeCSPMReader-"), "{role}");
    assert_eq!(metadata["intermediate_role_arn"], "arn:aws:iam::999988887777:role/CrowdStrikeCSPMConnector");
    let features = json!([{"feature": "iom", "status": "provisioned"}, {"feature": "ioa", "status": "provisioned"}]);
    assert_eq!(record["status"], json!([{"product": "cspm", "features": features}]));
    let (status, again) = call(&aws, &token, "POST", CLOUD, account(json!({}))).await;
    assert_eq!((status, &again["errors"][0]["code"], &again["resources"]), (207, &json!(409), &json!([])));
    let (status, found) = call(&aws, &token, "GET", &format!("{CLOUD}?ids={MEMBER}"), json!(null)).await;
    assert_eq!((status, &found["resources"][0]), (200, record));
}

#[tokio::test(start_paused = true)]
async fn the_older_way_in_shows_what_there_is_to_whoever_registers_again() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    let written = json!({"cloudtrail_region": "us-east-1", "iam_role_arn": "arn:aws:iam::444455556666:role/ours"});
    let (status, body) = call(&aws, &token, "POST", CSPM, account(written)).await;
    let record = &body["resources"][0];
    assert_eq!((status, &record["status"]), (201, &json!("Event_DiscoverAccountStatusProvisioned")));
    assert_eq!(
        (&record["iam_role_arn"], &record["is_custom_rolename"]),
        (&json!("arn:aws:iam::444455556666:role/ours"), &json!(true))
    );
    let (status, again) = call(&aws, &token, "POST", CSPM, account(json!({}))).await;
    assert_eq!((status, &again["errors"][0]["code"]), (409, &json!(409)));
    assert_eq!(again["resources"][0]["external_id"], record["external_id"]);
    // What is registered here is not there.
    let (status, other) = call(&aws, &token, "GET", &format!("{CLOUD}?ids={MEMBER}"), json!(null)).await;
    assert_eq!((status, &other["errors"][0]["code"]), (207, &json!(404)));
    let registered = aws.control("GET", "falcon/registrations", json!(null)).await.ok();
    assert_eq!(registered, json!([{"api": "cloud-connect-cspm-aws", "account": record}]));
}

#[tokio::test(start_paused = true)]
async fn an_account_is_changed_validated_and_deregistered_only_where_it_is_registered() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    let by_id = format!("{CLOUD}?ids={MEMBER}");
    let validate = format!("{VALIDATE}?account-id={MEMBER}");
    for (method, path, body) in [
        ("PATCH", CLOUD, account(json!({}))),
        ("DELETE", by_id.as_str(), json!(null)),
        ("POST", validate.as_str(), json!(null)),
    ] {
        let (status, body) = call(&aws, &token, method, path, body).await;
        assert_eq!((status, &body["errors"][0]["code"]), (207, &json!(404)), "{method} {path}");
    }
    let (_, created) = call(&aws, &token, "POST", CLOUD, account(json!({"account_type": "gov"}))).await;
    let role = created["resources"][0]["resource_metadata"]["iam_role_arn"].clone();
    assert!(role.as_str().unwrap().starts_with("arn:aws-us-gov:iam::"), "{role}");
    let (status, changed) = call(&aws, &token, "PATCH", CLOUD, account(json!({"csp_events": true}))).await;
    let changed = &changed["resources"][0];
    assert_eq!(
        (status, &changed["csp_events"], &changed["resource_metadata"]["iam_role_arn"]),
        (200, &json!(true), &role)
    );
    let (status, validated) = call(&aws, &token, "POST", &validate, json!(null)).await;
    assert_eq!((status, &validated["resources"][0]["status"]), (200, &changed["status"]));
    assert_eq!(call(&aws, &token, "DELETE", &by_id, json!(null)).await.0, 200);
    let (status, none) = call(&aws, &token, "GET", CLOUD, json!(null)).await;
    assert_eq!((status, &none["resources"]), (200, &json!([])));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_account_or_not_allowed_is_refused_as_a_whole() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    let two = json!({"resources": [{"account_id": MEMBER}, {"account_id": "4444"}]});
    for body in [
        two,
        json!({"resources": []}),
        json!({}),
        account(json!({"account_type": "china"})),
        account(json!({"products": [{"product": "cspm"}]})),
        account(json!({"surprise": true})),
    ] {
        let (status, answer) = call(&aws, &token, "POST", CLOUD, body.clone()).await;
        assert_eq!((status, answer["errors"][0]["message"].is_string()), (400, true), "{body}");
    }
    for (method, path) in
        [("GET", format!("{CLOUD}?ids=4444")), ("DELETE", CLOUD.to_owned()), ("POST", VALIDATE.to_owned())]
    {
        assert_eq!(call(&aws, &token, method, &path, json!(null)).await.0, 400, "{method} {path}");
    }
    let other = install_token(&aws).await;
    for (method, path) in [("GET", CLOUD), ("POST", CLOUD), ("GET", CSPM), ("DELETE", CSPM), ("POST", VALIDATE)] {
        assert_eq!(call(&aws, &other, method, path, json!(null)).await.0, 403, "{method} {path}");
    }
    assert_eq!(aws.control("GET", "falcon/registrations", json!(null)).await.ok(), json!([]));
}

#[tokio::test(start_paused = true)]
async fn faults_and_counts_know_the_operations_on_accounts() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    let fault = json!({"operation": "falcon.CreateCloudAccounts", "fault": "error:400", "times": 1});
    aws.control("POST", "faults", fault).await.ok();
    assert_eq!(call(&aws, &token, "POST", CLOUD, account(json!({}))).await.0, 400);
    assert_eq!(call(&aws, &token, "POST", CLOUD, account(json!({}))).await.0, 201);
    let counts = aws.control("GET", "calls", json!(null)).await.ok();
    assert_eq!(counts["falcon.CreateCloudAccounts"], 2);
}
