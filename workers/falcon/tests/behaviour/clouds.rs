//! Finding the customer's cloud, and keeping the secret from everybody else.

use bytes::Bytes;
use falconer_falcon::{FalconError, Patience};
use http::{Request, Response};

use crate::wire::{CLIENT, Line, TOKEN, answer};

const US_1: &str = "api.crowdstrike.com";

/// Asked for a token, the first cloud redirects to a place.
fn redirecting(to: &'static str) -> impl Fn(&Request<Bytes>) -> Option<Response<Bytes>> {
    move |request| {
        (request.uri().host() == Some(US_1)).then(|| {
            let mut redirect = answer(308, "");
            redirect.headers_mut().insert("location", to.parse().unwrap());
            redirect
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_customer_of_another_cloud_is_followed_there_once() {
    // The sandbox says that it is us-1, so whoever plays us-2 must say otherwise.
    let line = Line::interfered(redirecting("https://api.us-2.crowdstrike.com/oauth2/token"));
    let refused = line.alerts().await.unwrap_err();
    assert!(refused.to_string().contains("circle"), "{refused}");
    let there = "api.us-2.crowdstrike.com";
    let line = Line::interfered(move |request| {
        if request.uri().host() == Some(there) && request.uri().path() == TOKEN {
            return Some(answer(201, r#"{"access_token": "t", "expires_in": 1799}"#));
        }
        if request.uri().host() == Some(there) {
            return Some(answer(200, r#"{"resources": []}"#));
        }
        redirecting("https://api.us-2.crowdstrike.com/oauth2/token")(request)
    });
    line.alerts().await.unwrap();
    tokio::time::advance(std::time::Duration::from_secs(1799)).await;
    line.alerts().await.unwrap();
    let expected = [
        format!("{US_1} /oauth2/token"),
        format!("{there} /oauth2/token"),
        format!("{there} /alerts/entities/alerts/v2"),
        format!("{there} /oauth2/token"),
        format!("{there} /alerts/entities/alerts/v2"),
    ];
    assert_eq!(line.sent(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_names_another_cloud_is_asked_for_there() {
    // The sandbox, which is us-1, answers for every host.
    let line = Line::with(CLIENT, "eu-1", Patience::default(), |_| None);
    line.alerts().await.unwrap();
    let hosts: Vec<String> = line.sent();
    let expected = [
        "api.eu-1.crowdstrike.com /oauth2/token".to_owned(),
        format!("{US_1} /oauth2/token"),
        format!("{US_1} /alerts/entities/alerts/v2"),
    ];
    assert_eq!(hosts, expected);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_to_an_unknown_place_is_refused_and_nothing_is_sent_there() {
    for location in [
        "https://evil.example/oauth2/token",
        "https://api.us-2.crowdstrike.com.evil.example/oauth2/token",
        "http://api.us-2.crowdstrike.com/oauth2/token",
        "https://api.laggar.gcw.crowdstrike.com/oauth2/token",
    ] {
        let line = Line::interfered(redirecting(location));
        let refused = line.alerts().await.unwrap_err();
        assert!(matches!(refused, FalconError::Malformed { .. }), "{refused}");
        assert!(!refused.is_transient());
        assert_eq!(line.sent(), [format!("{US_1} /oauth2/token")], "{location}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cloud_with_a_url_of_its_own_is_never_left() {
    let line = Line::with(CLIENT, "https://falcon.proxy.example", Patience::default(), |_| None);
    line.alerts().await.unwrap();
    let hosts = line.sent();
    assert!(hosts.iter().all(|sent| sent.starts_with("falcon.proxy.example ")), "{hosts:?}");
}
