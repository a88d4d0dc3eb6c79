//! A reader of Falcon's event streams.

use bytes::Bytes;
use falconer_sandbox::{Body, ConnectionCut};
use http::{Request, Response};
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::falcon::{get, worker_token};

pub(crate) const APP: &str = "gateway1";

/// Falcon's path of a URL, as the sandbox takes it.
pub(crate) fn path(url: &Value) -> String {
    format!("/falcon{}", url.as_str().unwrap().split_once("/falcon").unwrap().1)
}

/// The streams that an appId may open.
pub(crate) async fn discover(aws: &Aws, app: &str) -> Vec<Value> {
    let token = worker_token(aws).await;
    let answer = get(aws, &token, &format!("/sensors/entities/datafeed/v2?appId={app}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["resources"].as_array().unwrap().clone()
}

/// Asks for a stream, with what is added to its URL.
pub(crate) async fn open(aws: &Aws, stream: &Value, rest: &str) -> Result<Response<Body>, ConnectionCut> {
    let token = stream["sessionToken"]["token"].as_str().unwrap();
    let request = Request::get(format!("{}{rest}", path(&stream["dataFeedURL"])));
    aws.sandbox.open(request.header("authorization", format!("Token {token}")).body(Bytes::new()).unwrap()).await
}

/// The status with which a stream is answered.
pub(crate) async fn status(aws: &Aws, stream: &Value, rest: &str) -> u16 {
    open(aws, stream, rest).await.unwrap().status().as_u16()
}

/// An open stream.
pub(crate) struct Reader {
    body: Body,
    unread: Vec<u8>,
}

impl Reader {
    pub(crate) async fn open(aws: &Aws, stream: &Value, rest: &str) -> Self {
        let response = open(aws, stream, rest).await.unwrap();
        assert_eq!(response.status(), 200);
        Self { body: response.into_body(), unread: Vec::new() }
    }

    /// Of the only partition.
    pub(crate) async fn of_one(aws: &Aws, rest: &str) -> Self {
        aws.control("PUT", "falcon/streams", json!({ "partitions": 1 })).await.ok();
        Self::open(aws, &discover(aws, APP).await[0], rest).await
    }

    /// The next line without its end; none if the connection was cut before it.
    pub(crate) async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                return Some(String::from_utf8(line[..end].to_vec()).unwrap());
            }
            match self.body.next().await.unwrap() {
                Ok(piece) => self.unread.extend_from_slice(&piece),
                Err(ConnectionCut) => return None,
            }
        }
    }

    /// The next event.
    pub(crate) async fn event(&mut self) -> Value {
        loop {
            let line = self.line().await.unwrap();
            if !line.is_empty() {
                return serde_json::from_str(&line).unwrap();
            }
        }
    }

    /// The next event that is not of the stream itself.
    pub(crate) async fn detection(&mut self) -> Value {
        loop {
            let event = self.event().await;
            if event["metadata"]["eventType"] != "AuthActivityAuditEvent" {
                return event;
            }
        }
    }

    /// What came of the line in which the connection was cut.
    pub(crate) fn unread(&self) -> &[u8] {
        &self.unread
    }
}

pub(crate) fn offset(event: &Value) -> u64 {
    event["metadata"]["offset"].as_u64().unwrap()
}

/// Lets events happen whose `Name` is theirs in this list.
pub(crate) async fn happen(aws: &Aws, names: &[&str]) {
    let events: Vec<Value> = names.iter().map(|name| json!({ "event": { "Name": name } })).collect();
    aws.control("POST", "falcon/events", json!(events)).await.ok();
}
