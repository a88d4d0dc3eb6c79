//! What becomes of answers: the good, the odd and the refusals.

use falconer_falcon::{Alerts, FalconError};
use serde_json::{Value, json};

use crate::wire::{ADDRESS, ALERTS, DOMAIN, Line, answer, indicators};

/// A client to which every request for alerts is answered like this.
fn answering(status: u16, body: Value) -> Line {
    Line::interfered(move |request| (request.uri().path() == ALERTS).then(|| answer(status, &body)))
}

#[tokio::test(start_paused = true)]
async fn alerts_say_which_indicators_they_are_about() {
    let line = Line::open();
    let alerts = line.falcon.alerts(&[DOMAIN, ADDRESS, "nobody"]).await.unwrap();
    assert_eq!(indicators(&alerts), ["evil.example", "198.51.100.7"]);
    let alert = &alerts.found[0];
    assert_eq!((alert.composite_id.as_deref(), alert.severity), (Some(DOMAIN), Some(70)));
    assert_eq!(alert.ioc_type.as_deref(), Some("domain"));
    assert_eq!(alert.ioc_context[0].ioc_value.as_deref(), Some("evil.example"));
    assert_eq!(alert.dns_requests[0].domain_name.as_deref(), Some("evil.example"));
    assert_eq!(alert.network_accesses[0].remote_address.as_deref(), Some("10.0.0.2"));
    assert_eq!(alert.device.instance_id.as_deref(), Some("i-0f1a2b3c4d5e6f701"));
}

#[tokio::test(start_paused = true)]
async fn more_than_a_thousand_ids_are_several_requests_and_none_are_none() {
    let line = Line::open();
    let mut ids = vec!["nobody"; 2000];
    ids.push(DOMAIN);
    assert_eq!(indicators(&line.falcon.alerts(&ids).await.unwrap()), ["evil.example"]);
    assert_eq!(line.count(ALERTS), 3);
    assert_eq!(line.falcon.alerts::<&str>(&[]).await.unwrap(), Alerts::default());
    assert_eq!(line.count(ALERTS), 3);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_cannot_be_read_is_counted_and_costs_no_other() {
    let line = Line::open();
    let raised = json!([
        {"composite_id": "odd", "ioc_value": ["a", "list"]},
        {"composite_id": "bare"},
        {"composite_id": "null", "ioc_value": null, "ioc_values": null, "ioc_context": null, "network_accesses": null,
         "dns_requests": null, "device": null, "severity": null},
    ]);
    line.control("POST", "falcon/alerts", raised).await;
    let alerts = line.falcon.alerts(&["odd", "bare", "null", DOMAIN]).await.unwrap();
    assert_eq!((alerts.found.len(), alerts.malformed), (3, 1));
    assert_eq!(indicators(&alerts), ["evil.example"]);
    let odd = answering(200, json!({"resources": ["id", 7, null, ["id"], {"ioc_value": "evil.example"}]}));
    let alerts = odd.alerts().await.unwrap();
    assert_eq!((indicators(&alerts), alerts.malformed), (vec!["evil.example"], 4));
}

#[tokio::test(start_paused = true)]
async fn an_envelope_without_resources_holds_none() {
    for body in [
        json!({"meta": {}, "errors": null, "resources": null}),
        json!({"errors": []}),
        json!({}),
        json!({"errors": [{"code": 404, "message": "not found"}], "resources": null}),
    ] {
        assert_eq!(answering(200, body).alerts().await, Ok(Alerts::default()));
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_within_a_success_is_an_error_even_beside_resources() {
    for (code, resources) in [(400, json!(null)), (400, json!([{"composite_id": "c"}])), (0, json!([]))] {
        let error = json!({"code": code, "message": "a part was not searched"});
        let errors = json!([{"code": 404, "message": "one was not found"}, error]);
        let refused = answering(200, json!({"errors": errors, "resources": resources})).alerts().await.unwrap_err();
        let reason = "one was not found; a part was not searched".to_owned();
        assert_eq!(refused, FalconError::Rejected { call: "POST /alerts/entities/alerts/v2", status: code, reason });
    }
    for (code, transient) in [(429, true), (500, true), (403, false)] {
        let body = json!({"errors": [{"code": code, "message": "no"}], "resources": []});
        let refused = answering(200, body).alerts().await.unwrap_err();
        assert_eq!(refused.is_transient(), transient, "{refused}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_scope_is_named() {
    let body = json!({"errors": [{"code": 403, "message": "access denied, authorization failed"}]});
    let refused = answering(403, body).alerts().await.unwrap_err();
    let text = refused.to_string();
    assert!(matches!(refused, FalconError::AccessDenied { .. }) && !refused.is_transient(), "{text}");
    assert!(text.contains("access denied, authorization failed") && text.contains("\"Alerts: Read\""), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_in_falcons_own_words() {
    for status in [302, 400, 404, 409, 413] {
        let body = json!({"errors": [{"code": status, "message": "no\u{7}, not like this"}]});
        let refused = answering(status, body).alerts().await.unwrap_err();
        let FalconError::Rejected { status: said, reason, .. } = refused else { panic!("{refused}") };
        assert_eq!((said, reason.as_str()), (status, "no , not like this"));
    }
    let long = json!({"errors": [{"code": 400, "message": "x".repeat(10_000)}]});
    assert!(answering(400, long).alerts().await.unwrap_err().to_string().len() < 500);
    let page = Line::interfered(|request| (request.uri().path() == ALERTS).then(|| answer(400, "<html>")));
    assert!(page.alerts().await.unwrap_err().to_string().contains("400 Bad Request, without a reason"));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_falcons_is_named() {
    for body in ["<html>sign in to the proxy</html>", "", "[]", r#"{"resources": 7}"#] {
        let line = Line::interfered(move |request| (request.uri().path() == ALERTS).then(|| answer(200, body)));
        let refused = line.alerts().await.unwrap_err();
        assert!(matches!(refused, FalconError::Malformed { .. }), "{body}: {refused}");
    }
    for body in ["<html>", "{}", r#"{"access_token": "two\nlines", "expires_in": 1799}"#] {
        let line = Line::interfered(move |_| Some(answer(201, body)));
        let refused = line.alerts().await.unwrap_err();
        assert!(matches!(refused, FalconError::Malformed { call: "POST /oauth2/token", .. }), "{body}: {refused}");
    }
}
