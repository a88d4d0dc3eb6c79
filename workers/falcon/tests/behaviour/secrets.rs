//! Nothing that is shown holds a secret.

use bytes::Bytes;
use falconer_falcon::{Credentials, IssuedToken, Patience};
use http::Request;
use serde_json::json;

use crate::wire::{ALERTS, CLIENT, INSTALL, INSTALL_SECRET, Line, SECRET, TOKEN, answer};

/// A hostile answer: all that the request held, in the words of an error.
fn echo(status: u16, request: &Request<Bytes>) -> http::Response<Bytes> {
    let authorization = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let body = String::from_utf8_lossy(request.body()).into_owned();
    answer(status, json!({"errors": [{"code": 400, "message": format!("{authorization:?} {body}")}]}))
}

#[tokio::test(start_paused = true)]
async fn no_error_repeats_a_secret_even_if_falcon_does() {
    for status in [200, 302, 400, 401, 403, 404, 418, 429, 500] {
        let line = Line::interfered(move |request| (request.uri().path() == TOKEN).then(|| echo(status, request)));
        let error = line.alerts().await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
    }
    for status in [200, 400, 401, 403, 404, 429, 500] {
        let line = Line::interfered(move |request| (request.uri().path() == ALERTS).then(|| echo(status, request)));
        let error = line.alerts().await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains(&line.last_token()), "{error:?}");
    }
    for status in [400, 403, 500] {
        let line =
            Line::interfered(move |request| request.uri().path().ends_with("/revoke").then(|| echo(status, request)));
        line.alerts().await.unwrap();
        let (error, token) = (line.falcon.revoke().await.unwrap_err(), line.last_token());
        let shown = format!("{error} {error:?}");
        let basic = "Tm90QVNlY3JldE5vdEFTZWNyZXROb3RBU2VjcmV0Tm90QVNlY3JldA";
        assert!(![SECRET, &token, basic].iter().any(|secret| shown.contains(secret)), "{shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_that_holds_a_secret_shows_it() {
    let line = Line::open();
    line.alerts().await.unwrap();
    let shown = format!("{:?} {:?}", line.falcon, Credentials::from_json(CLIENT).unwrap());
    assert!(!shown.contains(SECRET) && !shown.contains(&line.last_token()), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn what_an_installation_is_given_is_shown_to_nobody() {
    let line = Line::install();
    line.control("PUT", "falcon/settings", json!({"tokensRequired": true, "installationToken": "PL4N7ED0"})).await;
    let (issued, required) =
        (line.falcon.fresh_token().await.unwrap(), line.falcon.installation_token().await.unwrap());
    let read = IssuedToken::from_exposed(&issued.expose_whole()).unwrap();
    let shown = format!("{issued:?} {read:?} {required:?} {:?}", line.falcon);
    assert_eq!(required.unwrap().expose(), "PL4N7ED0");
    assert!(![issued.expose(), "PL4N7ED0", INSTALL_SECRET].iter().any(|secret| shown.contains(secret)), "{shown}");
    let line = Line::open();
    line.put_instance(json!({"account": "1", "region": "r", "id": "i-1", "sensor": {"version": "7.19.18110.0"}}));
    let host = line.falcon.hosts("1", &["i-1"]).await.unwrap().found.remove(0);
    let token =
        line.falcon.uninstall_token(&host.device_id.unwrap().parse().unwrap(), "a test").await.unwrap().unwrap();
    assert!(!token.expose().is_empty() && !format!("{token:?}").contains(token.expose()));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_given_back_is_in_no_error() {
    for status in [400, 403, 500] {
        let line = Line::with(INSTALL, "us-1", Patience::default(), move |request| {
            request.uri().path().ends_with("/revoke").then(|| echo(status, request))
        });
        let token = line.falcon.fresh_token().await.unwrap();
        let error = line.falcon.revoke_issued(&token).await.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(token.expose()) && !shown.contains(INSTALL_SECRET), "{shown}");
    }
}
