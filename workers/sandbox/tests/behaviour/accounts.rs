//! Accounts that come and go, and what the management account reports of them.

use std::time::Duration;

use bytes::Bytes;
use falconer_sandbox::{Trigger, When};
use http::{Request, Response};
use serde_json::{Value, json};

use crate::aws::{Aws, HUB, MEMBER};
use crate::events::{deploy_triggers, inputs};

/// An account that nobody has yet.
pub(crate) const NEW: &str = "123412341234";

/// Adds it to the organization.
pub(crate) async fn add(aws: &Aws, more: Value) {
    let mut account = json!({"account": NEW});
    account.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    aws.control("POST", "accounts", account).await.ok();
}

async fn sts(aws: &Aws, form: String, key: &str) -> Response<Bytes> {
    let credential = format!("AWS4-HMAC-SHA256 Credential={key}/20240501/us-east-1/sts/aws4_request");
    let mut request = Request::post("/")
        .header("authorization", credential)
        .header("content-type", "application/x-www-form-urlencoded");
    if key.starts_with("ASIA") {
        request = request.header("x-amz-security-token", form.split("token=").nth(1).unwrap_or_default());
    }
    aws.sandbox.handle(request.body(Bytes::from(form)).unwrap()).await.unwrap()
}

/// The events of one state machine in the order in which they were sent, whatever the order in which they started it.
async fn received(aws: &Aws, machine: &str, ids: &[Value]) -> Vec<Value> {
    let events = inputs(aws, machine).await;
    let one = |id: &Value| events.iter().find(|event| event["id"] == *id).unwrap().clone();
    ids.iter().map(one).collect()
}

/// What hears of events that the management account forwards.
fn forwarded(machine: &str, pattern: Value) -> Trigger {
    Trigger {
        name: format!("{machine}-trigger"),
        when: When::Event(pattern.to_string()),
        bus: Some("falconer".to_owned()),
        state_machine: machine.to_owned(),
        input: None,
    }
}

/// The status and the body of AssumeRole on an account's role.
async fn assume(aws: &Aws, account: &str, external_id: &str) -> (u16, String) {
    let form = format!(
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::{account}:role/falconer-member&RoleSessionName=test&ExternalId={external_id}"
    );
    let response = sts(aws, form, "AKIDEXAMPLE").await;
    (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn the_role_of_a_new_account_opens_when_it_has_come_and_not_before() {
    let aws = Aws::hub();
    add(&aws, json!({"roleAfterSeconds": 600})).await;
    tokio::time::advance(Duration::from_secs(599)).await;
    let (status, refusal) = assume(&aws, NEW, "falconer-sandbox").await;
    assert!(status == 403 && refusal.contains("<Code>AccessDenied</Code>"), "{refusal}");
    tokio::time::advance(Duration::from_secs(1)).await;
    let (status, session) = assume(&aws, NEW, "falconer-sandbox").await;
    assert!(status == 200 && session.contains(&format!("sts::{NEW}:assumed-role/falconer-member/test")), "{session}");
}

#[tokio::test(start_paused = true)]
async fn a_role_can_trust_another_external_id_and_never_come_at_all() {
    let aws = Aws::hub();
    add(&aws, json!({"externalId": "of-somebody-else"})).await;
    assert_eq!(assume(&aws, NEW, "falconer-sandbox").await.0, 403);
    assert_eq!(assume(&aws, NEW, "of-somebody-else").await.0, 200);
    aws.control("POST", "accounts", json!({"account": "432143214321", "roleAfterSeconds": null})).await.ok();
    tokio::time::advance(Duration::from_secs(365 * 24 * 3600)).await;
    assert_eq!(assume(&aws, "432143214321", "falconer-sandbox").await.0, 403);
}

#[tokio::test(start_paused = true)]
async fn only_an_account_that_is_none_yet_can_be_added() {
    let aws = Aws::hub();
    for (account, problem) in [(MEMBER, "already"), (HUB, "already"), ("12345", "twelve digits")] {
        let refused = aws.control("POST", "accounts", json!({"account": account})).await;
        assert_eq!(refused.status, 400);
        assert!(refused.body["error"].as_str().unwrap().contains(problem), "{}", refused.body);
    }
}

#[tokio::test(start_paused = true)]
async fn a_closed_account_lets_nobody_in_with_whatever_keys() {
    let aws = Aws::hub();
    let (_, session) = assume(&aws, MEMBER, "falconer-sandbox").await;
    let between = |name: &str| {
        let after = session.split(&format!("<{name}>")).nth(1).unwrap();
        after.split('<').next().unwrap().to_owned()
    };
    let (key, token) = (between("AccessKeyId"), between("SessionToken"));
    let identity = format!("Action=GetCallerIdentity&Version=2011-06-15&token={token}");
    assert_eq!(sts(&aws, identity.clone(), &key).await.status(), 200);
    aws.control("DELETE", &format!("accounts/{MEMBER}"), json!(null)).await.ok();
    assert_eq!(assume(&aws, MEMBER, "falconer-sandbox").await.0, 403);
    assert_eq!(sts(&aws, identity, &key).await.status(), 403);
    let refused = aws.of(MEMBER).json("states", "ListActivities", json!({})).await;
    assert_eq!(refused.error(), "403 UnrecognizedClientException");
    for gone in [MEMBER, HUB] {
        assert_eq!(aws.control("DELETE", &format!("accounts/{gone}"), json!(null)).await.status, 400);
    }
}

#[tokio::test(start_paused = true)]
async fn a_role_that_is_limited_may_do_what_is_named_and_nothing_else() {
    let aws = Aws::hub();
    let allow = ["network-firewall:ListFirewalls", "securityhub:GetFindings"];
    aws.control("POST", "roles", json!({"role": "falconer-reader", "allow": allow})).await.ok();
    let form = format!(
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::{HUB}:role/falconer-reader&RoleSessionName=test"
    );
    let session = String::from_utf8(sts(&aws, form, "AKIDEXAMPLE").await.body().to_vec()).unwrap();
    let between =
        |name: &str| session.split(&format!("<{name}>")).nth(1).unwrap().split('<').next().unwrap().to_owned();
    let reader = aws.with_session(between("AccessKeyId"), between("SessionToken"));
    reader.firewall("ListFirewalls", json!({})).await.ok();
    // The new Security Hub's operation needs the same action.
    reader.hub_call("POST", "/findingsv2", json!({})).await.ok();
    let refused = reader.firewall("ListRuleGroups", json!({})).await;
    assert_eq!(refused.error(), "400 AccessDeniedException");
    assert!(
        refused.message().ends_with("is not authorized to perform: network-firewall:ListRuleGroups"),
        "{refused:?}"
    );
    let refused = reader.hub_call("POST", "/findings/import", json!({"Findings": []})).await;
    assert_eq!(refused.status, 403, "{refused:?}");
    aws.firewall("ListRuleGroups", json!({})).await.ok();
}

#[tokio::test(start_paused = true)]
async fn control_tower_reports_an_account_as_its_documentation_shows() {
    let aws = Aws::hub();
    add(&aws, json!({"name": "payments"})).await;
    deploy_triggers(&aws, vec![forwarded("onboard-account", json!({"source": ["aws.controltower"]}))]).await;
    let created = json!({"event": "CreateManagedAccount", "account": NEW});
    let failed = json!({"event": "UpdateManagedAccount", "account": "odd", "state": "FAILED"});
    let look_alike = json!({"event": "CreateManagedAccount", "account": NEW, "apiCall": true});
    let sent = aws.control("POST", "control-tower", json!([created, failed, look_alike])).await.ok();
    let events = received(&aws, "onboard-account", sent["EventIds"].as_array().unwrap()).await;
    let created = &events[0];
    assert_eq!(created["detail-type"], "AWS Service Event via CloudTrail");
    assert_eq!((&created["account"], &created["region"]), (&json!("222233334444"), &json!("us-east-1")));
    let expected = json!({
        "organizationalUnit": {"organizationalUnitName": "Workloads", "organizationalUnitId": "ou-a1b2-1a2b3c4d"},
        "account": {"accountName": "payments", "accountId": NEW},
        "state": "SUCCEEDED",
        "message": "AWS Control Tower successfully created a managed account.",
        "requestedTimestamp": "2024-05-01T12:00:00+0000",
        "completedTimestamp": "2024-05-01T12:00:00+0000",
    });
    assert_eq!(created["detail"]["serviceEventDetails"], json!({"createManagedAccountStatus": expected}));
    let failed = &events[1]["detail"]["serviceEventDetails"]["updateManagedAccountStatus"];
    assert_eq!((&failed["state"], &failed["account"]["accountId"]), (&json!("FAILED"), &json!("odd")));
    let look_alike = &events[2];
    assert_eq!(look_alike["detail-type"], "AWS API Call via CloudTrail");
    assert_eq!(look_alike["detail"]["eventName"], "CreateManagedAccount");
    assert!(look_alike["detail"].get("serviceEventDetails").is_none(), "{look_alike}");
}

#[tokio::test(start_paused = true)]
async fn organizations_reports_what_becomes_of_an_account() {
    let aws = Aws::hub();
    deploy_triggers(&aws, vec![forwarded("offboard-account", json!({"source": ["aws.organizations"]}))]).await;
    let changes = ["CloseAccount", "MoveAccount", "RemoveAccountFromOrganization", "CloseAccountResult"];
    let changes = changes.map(|event| json!({"event": event, "account": MEMBER}));
    let sent = aws.control("POST", "organizations", json!(changes)).await.ok();
    let events = received(&aws, "offboard-account", sent["EventIds"].as_array().unwrap()).await;
    let requests: Vec<_> = events.iter().map(|event| event["detail"]["requestParameters"].clone()).collect();
    let moved = json!({
        "accountId": MEMBER,
        "sourceParentId": "ou-a1b2-1a2b3c4d",
        "destinationParentId": "ou-a1b2-5e6f7a8b",
    });
    let account = json!({"accountId": MEMBER});
    assert_eq!(requests, [account.clone(), moved, account, Value::Null]);
    for event in &events[..3] {
        assert_eq!(event["detail-type"], "AWS API Call via CloudTrail");
        assert_eq!((&event["region"], &event["detail"]["eventType"]), (&json!("us-east-1"), &json!("AwsApiCall")));
    }
    let closed = &events[3]["detail"]["serviceEventDetails"]["closeAccountStatus"];
    assert_eq!((&closed["state"], &closed["accountId"]), (&json!("SUCCEEDED"), &json!(MEMBER)));
    assert_eq!(closed["completedTimestamp"], "May 1, 2024 12:00:00 PM");
    let unknown = json!({"event": "LeaveOrganization", "account": MEMBER});
    assert_eq!(aws.control("POST", "organizations", unknown).await.status, 400);
}
