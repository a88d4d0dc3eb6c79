//! Falcon's event streams on a real port, which needs real time.

use std::net::SocketAddr;
use std::time::Duration;

use falconer_sandbox::clock::Clock;
use falconer_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

const CLIENT: &str =
    "client_id=0000000000000000000000000sandbox&client_secret=NotASecretNotASecretNotASecretNotASecret";

async fn serve() -> SocketAddr {
    let sandbox = Sandbox::new(SandboxOptions::new(Clock::system()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(sandbox.serve(listener, std::future::pending()));
    address
}

/// Sends a request; answers the connection behind the answer's head, and the head.
async fn send(address: SocketAddr, request: &str, headers: &str, body: &str) -> (BufReader<TcpStream>, String) {
    let mut connection = BufReader::new(TcpStream::connect(address).await.unwrap());
    let length = body.len();
    let request = format!("{request} HTTP/1.1\r\nhost: {address}\r\n{headers}content-length: {length}\r\n\r\n{body}");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(connection.read_line(&mut head).await.unwrap() > 0, "{head}");
    }
    (connection, head.to_lowercase())
}

async fn json_of(address: SocketAddr, request: &str, headers: &str, body: &str) -> Value {
    let headers = format!("{headers}connection: close\r\n");
    let (mut connection, _) = send(address, request, &headers, body).await;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    serde_json::from_slice(&answer).unwrap()
}

/// The streams that the appId may open.
async fn discover(address: SocketAddr) -> Vec<Value> {
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let token = json_of(address, "POST /falcon/oauth2/token", form, CLIENT).await;
    let bearer = format!("authorization: Bearer {}\r\n", token["access_token"].as_str().unwrap());
    let found = json_of(address, "GET /falcon/sensors/entities/datafeed/v2?appId=a", &bearer, "").await;
    found["resources"].as_array().unwrap().clone()
}

/// Opens a stream from its oldest event.
async fn open(address: SocketAddr, stream: &Value) -> BufReader<TcpStream> {
    let url = stream["dataFeedURL"].as_str().unwrap();
    let path = url.strip_prefix(&format!("http://{address}")).unwrap();
    let token = format!("authorization: Token {}\r\n", stream["sessionToken"]["token"].as_str().unwrap());
    let (connection, head) = send(address, &format!("GET {path}"), &token, "").await;
    assert!(head.starts_with("http/1.1 200 ok\r\n") && head.contains("transfer-encoding: chunked"), "{head}");
    connection
}

/// The next chunk of a chunked body; none where the body broke off.
async fn chunk(connection: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut size = String::new();
    connection.read_line(&mut size).await.ok()?;
    let mut chunk = vec![0; usize::from_str_radix(size.trim(), 16).ok()?];
    connection.read_exact(&mut chunk).await.ok()?;
    connection.read_exact(&mut [0; 2]).await.ok()?;
    Some(chunk)
}

/// Waits until no stream is open.
async fn hung_up(address: SocketAddr) {
    let noticed = async {
        while json_of(address, "GET /sandbox/falcon/streams", "", "").await[0]["connections"] != json!([]) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), noticed).await.unwrap();
}

#[tokio::test]
async fn a_port_sends_a_stream_in_chunks_as_it_is_read_and_notices_who_hangs_up() {
    let address = serve().await;
    let many = json!({ "template": { "Name": "{n}", "Padding": "x".repeat(4000) }, "count": 1_000_000_000_000_u64 });
    json_of(address, "POST /sandbox/falcon/events", "", &many.to_string()).await;
    let streams = discover(address).await;
    let mut connection = open(address, &streams[0]).await;
    let mut lines = Vec::new();
    while lines.len() < 1_000_000 {
        lines.extend(chunk(&mut connection).await.unwrap());
    }
    let numbers = lines.split(|byte| *byte == b'\n').take(200).map(|line| {
        let event: Value = serde_json::from_slice(line).unwrap();
        event["event"]["Name"].as_str().unwrap().parse::<u64>().unwrap()
    });
    assert!(numbers.eq((0..400).step_by(2)));
    drop(connection);
    hung_up(address).await;
}

#[tokio::test]
async fn a_port_notices_who_hangs_up_while_nothing_happens() {
    let address = serve().await;
    let mut connection = open(address, &discover(address).await[0]).await;
    chunk(&mut connection).await.unwrap();
    let shown = json_of(address, "GET /sandbox/falcon/streams", "", "").await;
    assert_eq!(shown[0]["connections"], json!([{ "appId": "a", "offset": null }]));
    drop(connection);
    hung_up(address).await;
}

#[tokio::test]
async fn a_stream_that_is_cut_breaks_off_on_the_port() {
    let address = serve().await;
    let stream = &discover(address).await[0];
    let mut connection = open(address, stream).await;
    let started = chunk(&mut connection).await.unwrap();
    assert!(String::from_utf8(started).unwrap().contains("streamStarted"));
    json_of(address, "DELETE /sandbox/falcon/streams", "", "").await;
    assert_eq!(chunk(&mut connection).await, None);
}
