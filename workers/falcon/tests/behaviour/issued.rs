//! A token for somebody else: fresh, written down, and given back from anywhere.

use std::time::Duration;

use falconer_falcon::{FalconError, IssuedToken, Patience};
use serde_json::Value;

use crate::wire::{BEGINNING, CLIENT, INSTALL, Line, TOKEN};

const INSTALL_ID: &str = "0000000000000000000000000install";
const REVOKE: &str = "/oauth2/revoke";

#[tokio::test(start_paused = true)]
async fn a_fresh_token_is_nobody_elses() {
    let line = Line::install();
    let (first, second) = (line.falcon.fresh_token().await.unwrap(), line.falcon.fresh_token().await.unwrap());
    line.falcon.ccid().await.unwrap();
    assert!(first != second && line.last_token() != first.expose() && line.last_token() != second.expose());
    assert_eq!((line.count(TOKEN), line.good_tokens(INSTALL_ID).await), (3, 3));
    assert_eq!(first.lifetime_left(BEGINNING.parse().unwrap()), Duration::from_secs(1799));
    assert_eq!(first.cloud().base_url(), "https://api.crowdstrike.com");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_was_written_down_is_given_back_by_another_process() {
    let line = Line::install();
    let kept = line.falcon.fresh_token().await.unwrap().expose_whole();
    let other = line.another(INSTALL);
    other.revoke_issued(&IssuedToken::from_exposed(&kept).unwrap()).await.unwrap();
    assert_eq!(line.good_tokens(INSTALL_ID).await, 0);
}

#[tokio::test(start_paused = true)]
async fn giving_back_twice_or_too_late_is_no_error() {
    let line = Line::install();
    let token = line.falcon.fresh_token().await.unwrap();
    line.falcon.revoke_issued(&token).await.unwrap();
    line.falcon.revoke_issued(&token).await.unwrap();
    let token = line.falcon.fresh_token().await.unwrap();
    tokio::time::advance(Duration::from_secs(1800)).await;
    assert_eq!(line.good_tokens(INSTALL_ID).await, 0);
    line.falcon.revoke_issued(&token).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_token_of_another_api_client_is_not_taken_back() {
    let line = Line::install();
    let token = line.falcon.fresh_token().await.unwrap();
    let refused = line.another(CLIENT).revoke_issued(&token).await.unwrap_err();
    assert!(matches!(refused, FalconError::AccessDenied { .. }), "{refused}");
    assert_eq!(line.good_tokens(INSTALL_ID).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_names_a_strange_cloud_takes_the_secret_nowhere() {
    let line = Line::install();
    let kept = line.falcon.fresh_token().await.unwrap().expose_whole();
    for strange in ["https://evil.example", "https://api.laggar.gcw.crowdstrike.com", "http://127.0.0.1:1"] {
        let forged = IssuedToken::from_exposed(&kept.replace("https://api.crowdstrike.com", strange)).unwrap();
        let refused = line.falcon.revoke_issued(&forged).await.unwrap_err();
        assert!(matches!(refused, FalconError::Malformed { .. }), "{refused}");
    }
    assert_eq!(line.count(REVOKE), 0);
    // The customer may have been found in another of the commercial clouds.
    let moved = IssuedToken::from_exposed(&kept.replace("api.", "api.us-2.")).unwrap();
    line.falcon.revoke_issued(&moved).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_passes_does_not_keep_a_token_from_being_given_back() {
    for fault in ["throttle", "error:500", "drop", "lose-answer"] {
        let line = Line::with(INSTALL, "us-1", Patience::default(), |_| None);
        let token = line.falcon.fresh_token().await.unwrap();
        line.fault(fault, "falcon.Revoke", Some(1)).await;
        line.falcon.revoke_issued(&token).await.unwrap();
        assert_eq!(line.good_tokens(INSTALL_ID).await, 0, "{fault}");
    }
    let line = Line::install();
    let token = line.falcon.fresh_token().await.unwrap();
    line.control("DELETE", "falcon/tokens", Value::Null).await;
    line.falcon.revoke_issued(&token).await.unwrap();
}
