//! A client of raw HTTP requests.

use bytes::Bytes;
use falconer_sandbox::clock::Clock;
use falconer_sandbox::{ConnectionCut, Sandbox, SandboxOptions};
use http::{Request, Response};
use serde_json::Value;

pub(crate) const HUB: &str = "111122223333";
pub(crate) const MEMBER: &str = "444455556666";
/// What the clock shows when a test begins.
pub(crate) const BEGINNING: &str = "2024-05-01T12:00:00Z";

/// Somebody who signs with keys of one account.
#[derive(Clone)]
pub(crate) struct Aws {
    pub(crate) sandbox: Sandbox,
    key: String,
    /// Of a session.
    token: String,
    region: String,
}

/// An answer: its status and its JSON body.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answered {
    /// The body of a success.
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    /// The error's name, with the status in front.
    pub(crate) fn error(&self) -> String {
        let name = self.body.get("__type").or(self.body.get("Code")).and_then(Value::as_str);
        format!("{} {}", self.status, name.unwrap_or("no error"))
    }

    pub(crate) fn message(&self) -> &str {
        self.body.get("Message").or(self.body.get("message")).and_then(Value::as_str).unwrap_or_default()
    }
}

impl Aws {
    /// The hub, in a sandbox whose time is tokio's.
    pub(crate) fn hub() -> Self {
        Self::with_members(&[])
    }

    /// The same with these members in place of the seed's; without any, the seed's.
    pub(crate) fn with_members(members: &[String]) -> Self {
        let mut options = SandboxOptions::new(Clock::starting_at(BEGINNING.parse().unwrap()));
        if !members.is_empty() {
            options.members = members.to_vec();
        }
        Self {
            sandbox: Sandbox::new(options),
            key: "AKIDEXAMPLE".to_owned(),
            token: String::new(),
            region: "us-east-1".to_owned(),
        }
    }

    /// The same sandbox, with another account's keys.
    pub(crate) fn of(&self, account: &str) -> Self {
        Self { key: account.to_owned(), ..self.clone() }
    }

    /// The same sandbox, with a session's keys.
    pub(crate) fn with_session(&self, key: String, token: String) -> Self {
        Self { key, token, ..self.clone() }
    }

    /// The same account in another region.
    pub(crate) fn at(&self, region: &str) -> Self {
        Self { region: region.to_owned(), ..self.clone() }
    }

    pub(crate) fn authorization(&self, service: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential={}/20240501/{}/{service}/aws4_request, SignedHeaders=host, Signature=00",
            self.key, self.region
        )
    }

    /// One operation of a JSON service, which may lose its connection.
    pub(crate) async fn try_json(
        &self,
        service: &str,
        operation: &str,
        input: Value,
    ) -> Result<Answered, ConnectionCut> {
        let prefix = match service {
            "states" => "AWSStepFunctions",
            "events" => "AWSEvents",
            "ssm" => "AmazonSSM",
            "secretsmanager" => "secretsmanager",
            "config" => "StarlingDoveService",
            _ => "NetworkFirewall_20201112",
        };
        let request = Request::post("/")
            .header("authorization", self.authorization(service))
            .header("x-amz-security-token", &self.token)
            .header("x-amz-target", format!("{prefix}.{operation}"))
            .body(Bytes::from(input.to_string()));
        self.sandbox.handle(request.unwrap()).await.map(answered)
    }

    pub(crate) async fn json(&self, service: &str, operation: &str, input: Value) -> Answered {
        self.try_json(service, operation, input).await.unwrap()
    }

    pub(crate) async fn firewall(&self, operation: &str, input: Value) -> Answered {
        self.json("network-firewall", operation, input).await
    }

    /// One operation of Security Hub.
    pub(crate) async fn hub_call(&self, method: &str, path: &str, input: Value) -> Answered {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", self.authorization("securityhub"))
            .header("x-amz-security-token", &self.token)
            .body(Bytes::from(input.to_string()));
        answered(self.sandbox.handle(request.unwrap()).await.unwrap())
    }

    /// The control endpoint.
    pub(crate) async fn control(&self, method: &str, path: &str, input: Value) -> Answered {
        let request = Request::builder().method(method).uri(format!("/sandbox/{path}"));
        let request = request.body(Bytes::from(input.to_string())).unwrap();
        answered(self.sandbox.handle(request).await.unwrap())
    }
}

fn answered(response: Response<Bytes>) -> Answered {
    let status = response.status().as_u16();
    Answered { status, body: serde_json::from_slice(response.body()).unwrap() }
}
