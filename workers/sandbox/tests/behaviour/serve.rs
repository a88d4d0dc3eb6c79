//! The sandbox on a real port, which needs real time.

use std::net::SocketAddr;

use falconer_sandbox::clock::Clock;
use falconer_sandbox::{Sandbox, SandboxOptions, Scenario};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

async fn exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    // A cut connection may end in a reset: what came until then counts.
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

#[tokio::test]
async fn a_port_answers_cuts_connections_as_faults_say_and_ends_when_told() {
    let sandbox = Sandbox::new(SandboxOptions::new(Clock::system()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(sandbox.clone().serve(listener, async {
        let _ = stopped.await;
    }));

    let health = "GET /sandbox/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    assert!(exchange(address, health).await.starts_with("HTTP/1.1 200 OK\r\n"));

    let scenario = r#"{"faults": [{"operation": "states.ListActivities", "fault": "drop"}]}"#;
    sandbox.apply(Scenario::parse(scenario).unwrap()).unwrap();
    let call = "POST / HTTP/1.1\r\nhost: x\r\nauthorization: AWS4-HMAC-SHA256 \
                Credential=AKIDEXAMPLE/20240501/us-east-1/states/aws4_request\r\n\
                x-amz-target: AWSStepFunctions.ListActivities\r\ncontent-length: 2\r\n\r\n{}";
    assert_eq!(exchange(address, call).await, "");

    let idle = TcpStream::connect(address).await.unwrap();
    stop.send(()).unwrap();
    served.await.unwrap().unwrap();
    let mut idle = idle;
    let mut rest = Vec::new();
    let _ = idle.read_to_end(&mut rest).await;
    assert!(rest.is_empty());
}

#[tokio::test]
async fn the_seeded_secrets_name_the_port_as_their_cloud() {
    let sandbox = Sandbox::new(SandboxOptions::new(Clock::system()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(sandbox.serve(listener, std::future::pending()));
    for secret in ["falconer/falcon", "falconer/falcon-install"] {
        let body = format!(r#"{{"Name":"/aws/reference/secretsmanager/{secret}","WithDecryption":true}}"#);
        let call = format!(
            "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: AWS4-HMAC-SHA256 \
             Credential=AKIDEXAMPLE/20240501/us-east-1/ssm/aws4_request\r\n\
             x-amz-target: AmazonSSM.GetParameter\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = exchange(address, &call).await;
        assert!(answer.contains(&format!("http://{address}/falcon")), "{answer}");
    }
}

#[tokio::test]
async fn the_ready_line_names_the_endpoints_and_all_accounts() {
    let sandbox = Sandbox::new(SandboxOptions::new(Clock::system()));
    let line = sandbox.ready_line("http://127.0.0.1:4599");
    let expected = r#"{"endpoint":"http://127.0.0.1:4599","falcon":"http://127.0.0.1:4599/falcon","region":"us-east-1","account":"111122223333","accounts":["111122223333","444455556666","777788889999"]}"#;
    assert_eq!(line.to_string(), expected);
}
