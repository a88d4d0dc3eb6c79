//! Protocols: what a request must look like, and how answers and errors look.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::json;

use crate::aws::{Aws, HUB, MEMBER};

async fn form(aws: &Aws, body: &str, token: Option<&str>) -> (u16, String) {
    let mut request = Request::post("/").header("authorization", aws.authorization("sts"));
    request = request.header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    if let Some(token) = token {
        request = request.header("x-amz-security-token", token);
    }
    let response = aws.sandbox.handle(request.body(Bytes::from(body.to_owned())).unwrap()).await.unwrap();
    (response.status().as_u16(), text(&response))
}

fn text(response: &Response<Bytes>) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}

fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let rest = xml.split(&format!("<{name}>")).nth(1).unwrap_or_default();
    rest.split(&format!("</{name}>")).next().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_json_service_names_its_error_in_the_body_and_every_answer_has_a_request_id() {
    let aws = Aws::hub();
    let request = Request::post("/")
        .header("authorization", aws.authorization("network-firewall"))
        .header("x-amz-target", "NetworkFirewall_20201112.DescribeRuleGroup")
        .body(Bytes::from_static(br#"{"RuleGroupName":"nobody","Type":"STATEFUL"}"#));
    let response = aws.sandbox.handle(request.unwrap()).await.unwrap();
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.0");
    assert_eq!(response.headers()["x-amzn-requestid"].len(), 36);
    assert!(text(&response).contains(r#""__type":"ResourceNotFoundException""#), "{}", text(&response));
}

#[tokio::test(start_paused = true)]
async fn a_rest_service_names_its_error_in_a_header() {
    let aws = Aws::hub();
    let request = Request::post("/accounts").header("authorization", aws.authorization("securityhub"));
    let response = aws.sandbox.handle(request.body(Bytes::from_static(b"{}")).unwrap()).await.unwrap();
    assert_eq!(response.status(), 409);
    assert_eq!(response.headers()["x-amzn-errortype"], "ResourceConflictException");
}

#[tokio::test(start_paused = true)]
async fn an_unsigned_request_and_an_unknown_service_are_refused() {
    let aws = Aws::hub();
    let request = Request::post("/").header("x-amz-target", "AWSStepFunctions.ListActivities");
    let response = aws.sandbox.handle(request.body(Bytes::from_static(b"{}")).unwrap()).await.unwrap();
    assert_eq!(response.status(), 403);
    assert!(text(&response).contains("MissingAuthenticationTokenException"));
    let request = Request::post("/").header("authorization", aws.authorization("dynamodb"));
    let response = aws.sandbox.handle(request.body(Bytes::from_static(b"{}")).unwrap()).await.unwrap();
    assert_eq!(response.status(), 403);
}

#[tokio::test(start_paused = true)]
async fn what_is_malformed_or_unknown_gets_the_services_own_kind_of_error() {
    let aws = Aws::hub();
    assert_eq!(aws.firewall("TagResource", json!({})).await.error(), "400 UnknownOperationException");
    assert_eq!(aws.json("events", "PutEvents", json!([])).await.error(), "400 SerializationException");
    assert_eq!(aws.json("events", "PutEvents", json!({"Entries": 7})).await.error(), "400 SerializationException");
    assert_eq!(aws.json("events", "PutEvents", json!({})).await.error(), "400 ValidationException");
    assert_eq!(aws.hub_call("GET", "/insights", json!({})).await.error(), "404 UnknownOperationException");
    assert_eq!(aws.hub_call("POST", "/findings/import", json!({})).await.error(), "400 InvalidInputException");
    let missing = aws.firewall("CreateRuleGroup", json!({"Type": "STATEFUL"})).await;
    assert!(missing.message().starts_with("2 validation errors detected: "), "{}", missing.message());
    assert!(form(&aws, "Action=GetSessionToken", None).await.1.contains("<Code>InvalidAction</Code>"));
}

#[tokio::test(start_paused = true)]
async fn keys_say_whose_account_it_is() {
    let aws = Aws::hub();
    for (aws, account) in [(aws.clone(), HUB), (aws.of(MEMBER), MEMBER)] {
        let (_, xml) = form(&aws, "Action=GetCallerIdentity&Version=2011-06-15", None).await;
        assert_eq!(element(&xml, "Account"), account, "{xml}");
    }
    let (status, xml) = form(&aws.of("999999999999"), "Action=GetCallerIdentity", None).await;
    assert_eq!((status, element(&xml, "Code")), (403, "InvalidClientTokenId"));
}

#[tokio::test(start_paused = true)]
async fn a_role_opens_only_for_its_external_id_and_only_for_as_long_as_asked() {
    let aws = Aws::hub();
    let assume = |rest: &str| {
        format!("Action=AssumeRole&RoleArn=arn:aws:iam::{MEMBER}:role/falconer-member&RoleSessionName=worker{rest}")
    };
    let (status, xml) = form(&aws, &assume(""), None).await;
    assert_eq!((status, element(&xml, "Code")), (403, "AccessDenied"));
    let (_, xml) = form(&aws, &assume("&ExternalId=falconer-sandbox&DurationSeconds=900"), None).await;
    assert_eq!(element(&xml, "Expiration"), "2024-05-01T12:15:00Z");
    let session = aws.of(element(&xml, "AccessKeyId"));
    let token = element(&xml, "SessionToken");
    let (_, identity) = form(&session, "Action=GetCallerIdentity", Some(token)).await;
    let arn = format!("arn:aws:sts::{MEMBER}:assumed-role/falconer-member/worker");
    assert_eq!((element(&identity, "Account"), element(&identity, "Arn")), (MEMBER, arn.as_str()));
    let (_, without_token) = form(&session, "Action=GetCallerIdentity", None).await;
    assert_eq!(element(&without_token, "Code"), "InvalidClientTokenId");
    tokio::time::advance(std::time::Duration::from_secs(901)).await;
    let (_, late) = form(&session, "Action=GetCallerIdentity", Some(token)).await;
    assert_eq!(element(&late, "Code"), "ExpiredToken");
}
