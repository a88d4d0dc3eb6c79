//! The tokens that an installation and an uninstallation must bring.

use falconer_falcon::{DeviceId, FalconError};
use serde_json::{Value, json};

use crate::wire::{INSTALL, Line, answer};

const TOKENS: &str = "/installation-tokens/entities/tokens/v1";
const REVEAL: &str = "/policy/combined/reveal-uninstall-token/v1";

#[tokio::test(start_paused = true)]
async fn an_installation_token_is_fetched_only_if_one_is_demanded() {
    let line = Line::install();
    assert_eq!(line.falcon.installation_token().await, Ok(None));
    assert_eq!(line.sent().len(), 2);
    line.control("PUT", "falcon/settings", json!({"tokensRequired": true, "installationToken": "0A1B2C3D"})).await;
    let token = line.falcon.installation_token().await.unwrap().unwrap();
    assert_eq!(token.expose(), "0A1B2C3D");
}

#[tokio::test(start_paused = true)]
async fn a_demand_without_a_valid_token_is_named() {
    let line = Line::install();
    line.control("PUT", "falcon/settings", json!({"tokensRequired": true, "installationToken": null})).await;
    assert_eq!(line.falcon.installation_token().await, Err(FalconError::NoInstallationToken));
    // Revoked between the search and the look.
    for token in
        [json!({"status": "revoked", "value": "0A1B2C3D"}), json!({"status": "valid", "value": ""}), json!("t")]
    {
        let body = json!({ "resources": [token] });
        let line = Line::with(INSTALL, "us-1", falconer_falcon::Patience::default(), move |request| {
            (request.uri().path() == TOKENS).then(|| answer(200, &body))
        });
        line.control("PUT", "falcon/settings", json!({"tokensRequired": true})).await;
        assert_eq!(line.falcon.installation_token().await, Err(FalconError::NoInstallationToken));
    }
}

#[tokio::test(start_paused = true)]
async fn what_falcon_does_not_say_is_not_taken_for_a_no() {
    for body in
        [json!({"resources": [{}]}), json!({"resources": []}), json!({"resources": [{"tokens_required": null}]})]
    {
        let line = Line::interfered(move |request| {
            request.uri().path().ends_with("/customer-settings/v1").then(|| answer(200, &body))
        });
        let error = line.falcon.installation_token().await.unwrap_err();
        assert!(matches!(error, FalconError::Malformed { .. }), "{error}");
    }
    let denied = Line::open().falcon.installation_token().await.unwrap_err();
    assert!(denied.to_string().contains("\"Installation Tokens: Read\""), "{denied}");
}

#[tokio::test(start_paused = true)]
async fn an_uninstall_token_is_that_of_one_host() {
    let line = Line::open();
    for id in ["i-0a", "i-0b"] {
        line.put_instance(json!({"account": "1", "region": "r", "id": id, "sensor": {"version": "7.19.18110.0"}}));
    }
    let hosts = line.falcon.hosts("1", &["i-0a", "i-0b"]).await.unwrap().found;
    let devices: Vec<DeviceId> = hosts.iter().map(|host| host.device_id.as_ref().unwrap().parse().unwrap()).collect();
    let first = line.falcon.uninstall_token(&devices[0], "asked by a test").await.unwrap().unwrap();
    let second = line.falcon.uninstall_token(&devices[1], "asked by a test").await.unwrap().unwrap();
    assert_ne!(first, second);
    let nobody: DeviceId = "ffffffffffffffffffffffffffffffff".parse().unwrap();
    assert_eq!(line.falcon.uninstall_token(&nobody, "asked by a test").await, Ok(None));
    let denied = Line::install().falcon.uninstall_token(&nobody, "asked by a test").await.unwrap_err();
    assert!(denied.to_string().contains("\"Sensor update policies: Write\""), "{denied}");
}

#[tokio::test(start_paused = true)]
async fn a_token_of_another_host_is_not_taken() {
    let token = json!({"device_id": "MAINTENANCE", "seed_id": 1, "uninstall_token": "opens every host"});
    let body: Value = json!({ "resources": [token] });
    let line = Line::interfered(move |request| (request.uri().path() == REVEAL).then(|| answer(200, &body)));
    let device: DeviceId = "0123456789abcdef0123456789abcdef".parse().unwrap();
    assert_eq!(line.falcon.uninstall_token(&device, "asked by a test").await, Ok(None));
}
