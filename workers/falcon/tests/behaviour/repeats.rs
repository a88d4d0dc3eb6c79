//! What is repeated, when, and for how long.

use std::time::Duration;

use falconer_falcon::{FalconError, Patience};
use tokio::time::Instant;

use crate::wire::{ALERTS, CLIENT, Line, TOKEN, answer};

#[tokio::test(start_paused = true)]
async fn a_call_over_the_limit_waits_for_the_second_that_falcon_names_and_no_longer() {
    for (operation, path) in [("falcon.Alerts", ALERTS), ("falcon.Token", TOKEN)] {
        let line = Line::open();
        line.fault("throttle", operation, Some(1)).await;
        let begun = Instant::now();
        line.alerts().await.unwrap();
        // From 10:00:12.5 to 10:01:00.
        assert_eq!(begun.elapsed(), Duration::from_millis(47_500), "{operation}");
        assert_eq!(line.count(path), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_too_long_ends_the_call_at_once_and_is_named() {
    for patience in [
        Patience { wait: Duration::from_secs(47), ..Patience::default() },
        Patience { call: Duration::from_secs(47), ..Patience::default() },
    ] {
        let line = Line::with(CLIENT, "us-1", patience, |_| None);
        line.fault("throttle", "falcon.Alerts", None).await;
        let begun = Instant::now();
        let until = Some("2026-01-15T10:01:00Z".parse().unwrap());
        let expected = FalconError::RateLimited { call: "POST /alerts/entities/alerts/v2", until };
        assert_eq!(line.alerts().await.unwrap_err(), expected);
        assert_eq!((begun.elapsed(), line.count(ALERTS)), (Duration::ZERO, 1));
        assert!(expected.is_transient() && expected.to_string().contains("2026-01-15T10:01:00Z"), "{expected}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_without_a_time_or_with_one_that_is_past_is_waited_out_with_growing_pauses() {
    for retry_after in ["", "0", "1768471200", "soon", "99999999999999999999"] {
        let line = Line::interfered(move |request| {
            (request.uri().path() == ALERTS).then(|| {
                let mut limited = answer(429, "{}");
                limited.headers_mut().insert("x-ratelimit-retryafter", retry_after.parse().unwrap());
                limited
            })
        });
        let begun = Instant::now();
        assert!(matches!(line.alerts().await.unwrap_err(), FalconError::RateLimited { .. }));
        assert_eq!(line.count(ALERTS), 5, "{retry_after}");
        // 1 + 2 + 4 + 8 s, each spread by half.
        assert!((7.5..22.5).contains(&begun.elapsed().as_secs_f64()), "{:?}", begun.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_repeated_until_it_has_passed() {
    for fault in ["error:500", "error:503", "drop", "lose-answer"] {
        for operation in ["falcon.Token", "falcon.Alerts"] {
            let line = Line::open();
            line.fault(fault, operation, Some(4)).await;
            line.alerts().await.unwrap();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_pass_ends_after_five_requests_with_a_transient_error() {
    for (fault, said) in [("error:503", "503 Service Unavailable"), ("drop", "cut the connection")] {
        let line = Line::open();
        line.fault(fault, "falcon.Alerts", None).await;
        let error = line.alerts().await.unwrap_err();
        assert!(matches!(error, FalconError::Unavailable { .. }) && error.is_transient(), "{error}");
        assert!(error.to_string().contains(said), "{error}");
        assert_eq!(line.count(ALERTS), 5);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_without_an_answer_is_given_up_and_repeated() {
    let line = Line::open();
    line.fault("delay:100000", "falcon.Alerts", Some(1)).await;
    let begun = Instant::now();
    line.alerts().await.unwrap();
    assert!((30.5..31.6).contains(&begun.elapsed().as_secs_f64()), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_when_its_time_is_over() {
    let patience = Patience { call: Duration::from_secs(40), ..Patience::default() };
    for operation in ["falcon.Alerts", "falcon.Token"] {
        let line = Line::with(CLIENT, "us-1", patience, |_| None);
        line.fault("delay:600000", operation, None).await;
        let begun = Instant::now();
        let errors = line.alerts_at_once(3).await;
        assert!(errors.iter().all(|one| matches!(one, Err(FalconError::Unavailable { .. }))), "{errors:?}");
        assert!(begun.elapsed() <= Duration::from_secs(40), "{:?}", begun.elapsed());
    }
}
