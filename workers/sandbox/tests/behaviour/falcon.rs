//! The Falcon cloud under `/falcon`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use falconer_sandbox::{ConnectionCut, Scenario};
use http::{HeaderMap, Request};
use serde_json::{Value, json};

use crate::aws::Aws;

const ID: &str = "0000000000000000000000000sandbox";
const SECRET: &str = "NotASecretNotASecretNotASecretNotASecret";
const INSTALL_ID: &str = "0000000000000000000000000install";
const INSTALL_SECRET: &str = "NotAnInstallSecretNotAnInstallSecretNotA";
const ALERT: &str = "00000000000000000000000000000c1d:ind:00000000000000000000000000005e45:1-41002-1";
const TOKEN: &str = "/falcon/oauth2/token";
const REVOKE: &str = "/falcon/oauth2/revoke";
const ALERTS: &str = "/falcon/alerts/entities/alerts/v2";

pub(crate) struct Answered {
    pub(crate) status: u16,
    headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answered {
    /// The error's code and message, or nothing.
    pub(crate) fn error(&self) -> String {
        let error = &self.body["errors"][0];
        format!("{} {}", error["code"], error["message"].as_str().unwrap_or_default())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

async fn try_post(
    aws: &Aws,
    path: &str,
    authorization: &str,
    kind: &str,
    body: String,
) -> Result<Answered, ConnectionCut> {
    let request = Request::post(path).header("authorization", authorization).header("content-type", kind);
    let response = aws.sandbox.handle(request.body(Bytes::from(body)).unwrap()).await?;
    let body = serde_json::from_slice(response.body()).unwrap();
    Ok(Answered { status: response.status().as_u16(), headers: response.headers().clone(), body })
}

async fn form(aws: &Aws, path: &str, authorization: &str, body: &str) -> Answered {
    try_post(aws, path, authorization, "application/x-www-form-urlencoded", body.to_owned()).await.unwrap()
}

async fn alerts(aws: &Aws, token: &str, body: Value) -> Answered {
    try_post(aws, ALERTS, &format!("Bearer {token}"), "application/json", body.to_string()).await.unwrap()
}

/// A token of the API client that an installation uses.
pub(crate) async fn install_token(aws: &Aws) -> String {
    token_of(aws, INSTALL_ID, INSTALL_SECRET).await
}

/// A token of the API client that the workers use.
pub(crate) async fn worker_token(aws: &Aws) -> String {
    token_of(aws, ID, SECRET).await
}

async fn token_of(aws: &Aws, id: &str, secret: &str) -> String {
    let answer = form(aws, TOKEN, "", &format!("client_id={id}&client_secret={secret}")).await;
    answer.body["access_token"].as_str().unwrap().to_owned()
}

/// A GET with parameters that are encoded already.
pub(crate) async fn get(aws: &Aws, token: &str, path: &str) -> Answered {
    let request = Request::get(format!("/falcon{path}")).header("authorization", format!("Bearer {token}"));
    let response = aws.sandbox.handle(request.body(Bytes::new()).unwrap()).await.unwrap();
    let body = serde_json::from_slice(response.body()).unwrap();
    Answered { status: response.status().as_u16(), headers: response.headers().clone(), body }
}

/// A POST of JSON.
pub(crate) async fn post(aws: &Aws, token: &str, path: &str, body: Value) -> Answered {
    let path = format!("/falcon{path}");
    try_post(aws, &path, &format!("Bearer {token}"), "application/json", body.to_string()).await.unwrap()
}

fn basic() -> String {
    basic_of(ID, SECRET)
}

fn basic_of(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

#[tokio::test(start_paused = true)]
async fn a_token_is_something_new_for_half_an_hour_and_its_cloud_is_named() {
    let aws = Aws::hub();
    let answer = form(&aws, TOKEN, "", &format!("client_id={ID}&client_secret={SECRET}")).await;
    assert_eq!((answer.status, answer.header("x-cs-region")), (201, "us-1"));
    assert_eq!((&answer.body["expires_in"], &answer.body["token_type"]), (&json!(1799), &json!("bearer")));
    let token = answer.body["access_token"].as_str().unwrap();
    let ids = json!({"composite_ids": [ALERT]});
    tokio::time::advance(Duration::from_secs(1798)).await;
    assert_eq!(alerts(&aws, token, ids.clone()).await.status, 200);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(alerts(&aws, token, ids).await.error(), "401 access denied, invalid bearer token");
}

#[tokio::test(start_paused = true)]
async fn credentials_that_are_wrong_get_no_token() {
    let aws = Aws::hub();
    for (body, status) in [
        (format!("client_id={ID}&client_secret=guessed"), 403),
        (format!("client_id=somebody&client_secret={SECRET}"), 403),
        (format!("client_id={ID}"), 403),
        (format!("client_secret={SECRET}"), 400),
    ] {
        let answer = form(&aws, TOKEN, "", &body).await;
        assert_eq!((answer.status, &answer.body["errors"][0]["code"]), (status, &json!(status)), "{body}");
        assert!(!answer.body.to_string().contains(SECRET), "{}", answer.body);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_revoked_or_ended_is_worth_nothing() {
    let aws = Aws::hub();
    let ids = json!({"composite_ids": [ALERT]});
    let (first, second) = (worker_token(&aws).await, worker_token(&aws).await);
    assert_eq!(form(&aws, REVOKE, "Basic bm9ib2R5Om5vdGhpbmc=", &format!("token={first}")).await.status, 403);
    assert_eq!(form(&aws, REVOKE, &basic(), "").await.status, 400);
    assert_eq!(form(&aws, REVOKE, &basic(), &format!("token={first}")).await.status, 200);
    assert_eq!(alerts(&aws, &first, ids.clone()).await.status, 401);
    assert_eq!(alerts(&aws, &second, ids.clone()).await.status, 200);
    aws.control("DELETE", "falcon/tokens", json!(null)).await.ok();
    assert_eq!(alerts(&aws, &second, ids).await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn tokens_that_are_good_are_counted_by_their_api_client_which_alone_revokes_them() {
    let aws = Aws::hub();
    let (installing, working) = (install_token(&aws).await, worker_token(&aws).await);
    let count = async || aws.control("GET", "falcon/tokens", json!(null)).await.ok();
    assert_eq!(count().await, json!({INSTALL_ID: 1, ID: 1}));
    assert_eq!(form(&aws, REVOKE, &basic(), &format!("token={installing}")).await.status, 403);
    let own = basic_of(INSTALL_ID, INSTALL_SECRET);
    assert_eq!(form(&aws, REVOKE, &own, &format!("token={installing}")).await.status, 200);
    assert_eq!(form(&aws, REVOKE, &own, "token=unknown").await.status, 200);
    assert_eq!(count().await, json!({INSTALL_ID: 0, ID: 1}));
    assert_eq!(alerts(&aws, &working, json!({"composite_ids": [ALERT]})).await.status, 200);
    tokio::time::advance(Duration::from_secs(1799)).await;
    assert_eq!(count().await, json!({INSTALL_ID: 0, ID: 0}));
}

#[tokio::test(start_paused = true)]
async fn alerts_come_by_their_ids_and_the_unknown_are_left_out() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    let raised = json!([{"composite_id": "c:ind:a:1", "ioc_value": "one.example"}, {"composite_id": "c:ind:a:2"}]);
    aws.control("POST", "falcon/alerts", raised).await.ok();
    let scenario = json!({"alerts": [{"composite_id": "c:ind:a:3"}]}).to_string();
    aws.sandbox.apply(Scenario::parse(&scenario).unwrap()).unwrap();
    let ids = json!({"composite_ids": ["c:ind:a:3", "nobody", "c:ind:a:1", ALERT]});
    let answer = alerts(&aws, &token, ids).await;
    let found: Vec<_> = answer.body["resources"].as_array().unwrap().iter().map(|one| &one["composite_id"]).collect();
    assert_eq!(found, ["c:ind:a:3", "c:ind:a:1", ALERT]);
    assert_eq!(
        (&answer.body["errors"], &answer.body["resources"][2]["ioc_value"]),
        (&json!([]), &json!("evil.example"))
    );
    assert_eq!(answer.body["meta"]["trace_id"], answer.header("x-cs-traceid"));
    assert_eq!(aws.control("POST", "falcon/alerts", json!({"id": "c:ind:a:4"})).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn what_falcon_does_not_take_is_refused_in_its_envelope() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    for (body, status) in [
        (json!({}), 400),
        (json!({"composite_ids": []}), 400),
        (json!({"composite_ids": [7]}), 400),
        (json!({"composite_ids": vec!["id"; 1001]}), 400),
        (json!({"composite_ids": vec!["id"; 1000]}), 200),
        (json!([]), 400),
    ] {
        assert_eq!(alerts(&aws, &token, body).await.status, status);
    }
    for path in ["/falcon", "/falcon/", "/falcon/devices/entities/devices/v3"] {
        let answer = form(&aws, path, "", "").await;
        assert_eq!((answer.status, &answer.body["errors"][0]["code"]), (404, &json!(404)), "{path}");
    }
    assert_eq!(aws.hub_call("POST", "/falconry", json!({})).await.error(), "404 UnknownOperationException");
}

#[tokio::test(start_paused = true)]
async fn limits_are_told_and_a_refusal_names_the_second_of_the_next_minute() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    let ids = json!({"composite_ids": [ALERT]});
    let good = alerts(&aws, &token, ids.clone()).await;
    assert_eq!((good.header("x-ratelimit-limit"), good.header("x-ratelimit-remaining")), ("6000", "5999"));
    for left in (0..15).rev() {
        let answer = alerts(&aws, "guessed", ids.clone()).await;
        let limit = (answer.header("x-ratelimit-limit"), answer.header("x-ratelimit-remaining"));
        assert_eq!((answer.status, limit), (401, ("15", left.to_string().as_str())));
    }
    let refused = alerts(&aws, "guessed", ids.clone()).await;
    // 12:01:00 on the day that the clock shows.
    assert_eq!((refused.status, refused.header("x-ratelimit-retryafter")), (429, "1714564860"));
    assert_eq!(alerts(&aws, &token, ids.clone()).await.status, 200);
    tokio::time::advance(Duration::from_secs(60)).await;
    assert_eq!(alerts(&aws, "guessed", ids).await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn faults_and_counts_know_falcons_operations() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    let ids = json!({"composite_ids": [ALERT]});
    for (fault, status) in [("throttle", 429), ("error:503", 503), ("error:401", 401)] {
        let fault = json!({"operation": "falcon.Alerts", "fault": fault, "times": 1});
        aws.control("POST", "faults", fault).await.ok();
        let answer = alerts(&aws, &token, ids.clone()).await;
        assert_eq!((answer.status, &answer.body["errors"][0]["code"]), (status, &json!(status)));
        assert_eq!(answer.headers.contains_key("x-ratelimit-retryafter"), status == 429);
    }
    for fault in ["drop", "lose-answer"] {
        let fault = json!({"operation": "falcon.*", "fault": fault, "times": 1});
        aws.control("POST", "faults", fault).await.ok();
        let body = format!("client_id={ID}&client_secret={SECRET}");
        assert!(try_post(&aws, TOKEN, "", "application/x-www-form-urlencoded", body).await.is_err());
    }
    form(&aws, REVOKE, &basic(), &format!("token={token}")).await;
    let counts = aws.control("GET", "calls", json!(null)).await.ok();
    assert_eq!(counts, json!({"falcon.Alerts": 3, "falcon.Revoke": 1, "falcon.Token": 3}));
}
