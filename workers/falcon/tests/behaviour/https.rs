//! The real transport, over loopback sockets and in real time.

use std::net::SocketAddr;
use std::sync::Arc;

use falconer_falcon::clock::Clock;
use falconer_falcon::{Credentials, Falcon, FalconError, FeedError, Https, Patience, ReadFrom, Setup};
use falconer_sandbox::clock::Clock as SandboxClock;
use falconer_sandbox::{Sandbox, SandboxOptions};
use http::Request;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::wire::{CLIENT, DOMAIN, indicators};

fn client(address: SocketAddr) -> Falcon {
    Falcon::new(Setup {
        credentials: Credentials::from_json(CLIENT).unwrap(),
        cloud: format!("http://{address}/falcon").parse().unwrap(),
        transport: Arc::new(Https::new().unwrap()),
        clock: Clock::system(),
        patience: Patience { attempts: 1, ..Patience::default() },
    })
}

#[tokio::test]
async fn alerts_come_over_a_real_connection() {
    let sandbox = Sandbox::new(SandboxOptions::new(SandboxClock::system()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let falcon = client(listener.local_addr().unwrap());
    tokio::spawn(sandbox.serve(listener, std::future::pending()));
    assert_eq!(indicators(&falcon.alerts(&[DOMAIN]).await.unwrap()), ["evil.example"]);
    falcon.revoke().await.unwrap();
}

#[tokio::test]
async fn events_come_over_a_real_connection_until_they_are_cut() {
    let sandbox = Sandbox::new(SandboxOptions::new(SandboxClock::system()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let falcon = client(listener.local_addr().unwrap());
    tokio::spawn(sandbox.clone().serve(listener, std::future::pending()));
    let template =
        json!({ "metadata": { "eventType": "DetectionSummaryEvent" }, "event": { "CommandLine": "x".repeat(4000) } });
    control(&sandbox, "POST", "falcon/events", json!([{ "template": template, "count": 5000, "partition": 0 }])).await;
    let app = "falconer".parse().unwrap();
    let streams = falcon.event_streams(&app).await.unwrap();
    let stream = streams.iter().find(|stream| stream.partition() == 0).unwrap();
    let mut feed = falcon.open(stream, ReadFrom::Oldest, &["DetectionSummaryEvent"]).await.unwrap();
    for _ in 0..5000 {
        let line = feed.next().await.unwrap().unwrap();
        assert!(line.len() > 4000 && line.ends_with(b"}"), "{} bytes", line.len());
    }
    falcon.refresh(stream).await.unwrap();
    assert!(matches!(falcon.event_streams(&app).await, Err(FalconError::NoEventStreams { .. })));
    control(&sandbox, "DELETE", "falcon/streams", Value::Null).await;
    assert!(matches!(feed.next().await, Err(FeedError::Broken(_))));
}

async fn control(sandbox: &Sandbox, method: &str, path: &str, body: Value) {
    let request = Request::builder().method(method).uri(format!("/sandbox/{path}")).body(body.to_string().into());
    let answer = sandbox.handle(request.unwrap()).await.unwrap();
    assert!(answer.status().is_success(), "{method} {path}: {answer:?}");
}

#[tokio::test]
async fn a_cloud_that_is_not_there_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let falcon = client(listener.local_addr().unwrap());
    drop(listener);
    let error = falcon.alerts(&[DOMAIN]).await.unwrap_err();
    assert!(matches!(error, FalconError::Unavailable { .. }), "{error}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (here, there) =
        (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let (falcon, location) = (client(here.local_addr().unwrap()), there.local_addr().unwrap());
    let answering = tokio::spawn(async move {
        let (mut stream, _) = here.accept().await.unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await.unwrap();
        let answer =
            format!("HTTP/1.1 308 Permanent Redirect\r\nlocation: http://{location}/\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.unwrap();
    });
    let error = falcon.alerts(&[DOMAIN]).await.unwrap_err();
    assert!(matches!(error, FalconError::Malformed { .. }), "{error}");
    answering.await.unwrap();
    tokio::select! {
        biased;
        followed = there.accept() => panic!("the secret went to {followed:?}"),
        () = std::future::ready(()) => {}
    }
}
