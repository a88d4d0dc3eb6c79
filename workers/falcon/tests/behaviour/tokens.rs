//! One token for everybody, renewed in time.

use std::time::Duration;

use falconer_falcon::{FalconError, Patience};
use serde_json::Value;

use crate::wire::{ALERTS, Line, TOKEN, indicators};

const WRONG: &str = r#"{"clientId": "0000000000000000000000000sandbox", "clientSecret": "guessed"}"#;

#[tokio::test(start_paused = true)]
async fn a_token_is_kept_and_renewed_before_its_end() {
    let line = Line::open();
    line.alerts().await.unwrap();
    // It lasts 1,799 s, and is renewed 120 s before.
    tokio::time::advance(Duration::from_secs(1678)).await;
    line.alerts().await.unwrap();
    assert_eq!(line.count(TOKEN), 1);
    tokio::time::advance(Duration::from_secs(1)).await;
    line.alerts().await.unwrap();
    assert_eq!((line.count(TOKEN), line.count(ALERTS)), (2, 3));
}

#[tokio::test(start_paused = true)]
async fn credentials_are_tried_before_the_first_question() {
    let line = Line::open();
    line.falcon.sign_in().await.unwrap();
    line.alerts().await.unwrap();
    assert_eq!((line.count(TOKEN), line.count(ALERTS)), (1, 1));
    let line = Line::with(WRONG, "us-1", Patience::default(), |_| None);
    let refused = line.falcon.sign_in().await;
    assert!(matches!(refused, Err(FalconError::AccessDenied { .. })), "{refused:?}");
    assert_eq!((line.count(TOKEN), line.count(ALERTS)), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_hundred_calls_at_once_ask_for_one_token() {
    let line = Line::open();
    line.fault("delay:250", "falcon.Token", None).await;
    assert!(line.alerts_at_once(100).await.iter().all(Result::is_ok));
    assert_eq!((line.count(TOKEN), line.count(ALERTS)), (1, 100));
}

#[tokio::test(start_paused = true)]
async fn a_hundred_calls_at_once_share_a_refusal_and_a_later_one_asks_again() {
    let line = Line::with(WRONG, "us-1", Patience::default(), |_| None);
    line.fault("delay:250", "falcon.Token", None).await;
    let refused = line.alerts_at_once(100).await;
    assert!(refused.iter().all(|one| matches!(one, Err(FalconError::AccessDenied { .. }))), "{refused:?}");
    assert_eq!((line.count(TOKEN), line.count(ALERTS)), (1, 0));
    line.alerts().await.unwrap_err();
    assert_eq!(line.count(TOKEN), 2);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_gives_up_waiting_for_its_token_leaves_the_way_free() {
    let line = Line::open();
    line.fault("delay:20000", "falcon.Token", Some(1)).await;
    let falcon = line.falcon.clone();
    let first = tokio::spawn(async move { falcon.alerts(&["id"]).await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    first.abort();
    line.alerts().await.unwrap();
    assert_eq!(line.count(TOKEN), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ends_in_the_middle_is_replaced_and_the_call_repeated() {
    let line = Line::open();
    line.alerts().await.unwrap();
    let first = line.last_token();
    line.control("DELETE", "falcon/tokens", Value::Null).await;
    assert_eq!(indicators(&line.alerts().await.unwrap()), ["evil.example"]);
    assert_ne!(line.last_token(), first);
    assert_eq!((line.count(TOKEN), line.count(ALERTS)), (2, 3));
}

#[tokio::test(start_paused = true)]
async fn ten_calls_whose_token_ends_replace_it_once() {
    let line = Line::open();
    line.alerts().await.unwrap();
    line.control("DELETE", "falcon/tokens", Value::Null).await;
    line.fault("delay:250", "falcon.*", None).await;
    assert!(line.alerts_at_once(10).await.iter().all(Result::is_ok));
    assert_eq!((line.count(TOKEN), line.count(ALERTS)), (2, 21));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_again_and_again_ends_the_call() {
    let line = Line::open();
    line.fault("error:401", "falcon.Alerts", None).await;
    let refused = line.alerts().await.unwrap_err();
    assert!(matches!(refused, FalconError::AccessDenied { .. }), "{refused}");
    assert_eq!((line.count(TOKEN), line.count(ALERTS)), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_revoked_token_is_worth_nothing_and_the_next_call_has_another() {
    let line = Line::open();
    line.falcon.revoke().await.unwrap();
    assert_eq!(line.sent(), Vec::<String>::new());
    line.alerts().await.unwrap();
    let first = line.last_token();
    line.falcon.revoke().await.unwrap();
    let stolen = http::Request::post(format!("/falcon{ALERTS}")).header("authorization", format!("Bearer {first}"));
    let stolen = stolen.body(r#"{"composite_ids": ["id"]}"#.into()).unwrap();
    assert_eq!(line.sandbox.handle(stolen).await.unwrap().status(), 401);
    line.alerts().await.unwrap();
    assert_ne!(line.last_token(), first);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_falcon_will_not_revoke_is_forgotten_all_the_same() {
    let line = Line::open();
    line.alerts().await.unwrap();
    line.fault("error:403", "falcon.Revoke", Some(1)).await;
    assert!(matches!(line.falcon.revoke().await.unwrap_err(), FalconError::AccessDenied { .. }));
    line.alerts().await.unwrap();
    assert_eq!(line.count(TOKEN), 2);
}
