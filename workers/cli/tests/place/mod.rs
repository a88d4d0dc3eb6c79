//! A sandbox on a loopback port, and the `falconer` binary as processes of their own against it.
#![allow(dead_code, reason = "each test file uses its part")]

use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Output, Stdio};
use std::time::Duration;

use aws_config::SdkConfig;
use falconer_activities::firewall::BlockGroups;
use falconer_cli::aws;
use falconer_cli::commands::sandbox;
use falconer_sandbox::clock::Clock;
use falconer_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

/// How often a condition is looked at, and how often before the test gives up: a minute.
const LOOK: Duration = Duration::from_millis(50);
const LOOKS: u32 = 1200;

/// Types `input` into a command and waits for its end: the exit code, standard output, standard error.
pub(crate) async fn ended(command: &mut Command, input: &str) -> (i32, String, String) {
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).await.unwrap();
    drop(stdin);
    let Output { status, stdout, stderr } = child.wait_with_output().await.unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

pub(crate) struct Place {
    sandbox: Sandbox,
    pub(crate) endpoint: String,
    sdk: SdkConfig,
}

impl Place {
    pub(crate) async fn open() -> Self {
        Self::around(sandbox::deployed().await.unwrap()).await
    }

    /// The same without runbooks.
    pub(crate) async fn without_runbooks() -> Self {
        Self::around(Sandbox::new(SandboxOptions::new(Clock::system()))).await
    }

    async fn around(sandbox: Sandbox) -> Self {
        let (listener, endpoint) = sandbox::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        tokio::spawn(sandbox.clone().serve(listener, std::future::pending()));
        let sdk = aws::sandbox(&endpoint).await;
        Self { sandbox, endpoint, sdk }
    }

    /// The binary with nothing in its environment but what points to the sandbox.
    pub(crate) fn falconer(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_falconer"));
        command
            .args(arguments)
            .env_clear()
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "AKIASANDBOX")
            .env("AWS_SECRET_ACCESS_KEY", "sandbox")
            .env("FALCONER_GUARD_ALLOW_DOCUMENTATION_RANGES", "true")
            .kill_on_drop(true)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn worker(&self) -> Child {
        self.falconer(&["worker"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    pub(crate) async fn control(&self, method: &str, path: &str, body: Value) -> Value {
        let request = http::Request::builder().method(method).uri(format!("/sandbox/{path}"));
        let response = self.sandbox.handle(request.body(body.to_string().into()).unwrap()).await.unwrap();
        let answer = serde_json::from_slice(response.body()).unwrap();
        assert!(response.status().is_success(), "{method} {path}: {answer}");
        answer
    }

    pub(crate) async fn fault(&self, fault: Value) {
        self.control("POST", "faults", fault).await;
    }

    /// Holds the next calls of an operation for longer than any test lasts.
    pub(crate) async fn hold(&self, operation: &str, times: u32) {
        self.fault(json!({ "operation": operation, "fault": "delay:600000", "times": times })).await;
    }

    pub(crate) async fn calls(&self, operation: &str) -> u64 {
        self.control("GET", "calls", Value::Null).await[operation].as_u64().unwrap_or_default()
    }

    /// Returns when the operation has been called so often.
    pub(crate) async fn called(&self, operation: &str, times: u64) {
        for _ in 0..LOOKS {
            if self.calls(operation).await >= times {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("{operation} was not called {times} times");
    }

    /// Returns when Falconer has written on the finding with this Id.
    pub(crate) async fn until_annotated(&self, id: &str) {
        for _ in 0..LOOKS {
            if self.finding(id).await["UserDefinedFields"]["falconerState"].is_string() {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("nothing was written on {id}");
    }

    /// The one execution, as soon as there is one.
    pub(crate) async fn execution(&self) -> String {
        let states = self.states();
        for _ in 0..LOOKS {
            let machines = states.list_state_machines().send().await.unwrap();
            let machine = machines.state_machines().iter().find(|machine| machine.name() == "contain-finding").unwrap();
            let machine = machine.state_machine_arn();
            let executions = states.list_executions().state_machine_arn(machine).send().await.unwrap();
            if let Some(execution) = executions.executions().first() {
                return execution.execution_arn().to_owned();
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("no execution was started");
    }

    pub(crate) fn states(&self) -> aws_sdk_sfn::Client {
        aws_sdk_sfn::Client::new(&self.sdk)
    }

    /// The block rule group's text.
    pub(crate) async fn rules(&self) -> String {
        let client = aws_sdk_networkfirewall::Client::new(&self.sdk);
        let name = "falconer-block".to_owned();
        BlockGroups::new(client, std::slice::from_ref(&name)).read_one(&name).await.unwrap().text
    }

    /// The finding with this Id, as far as the tests look at it.
    pub(crate) async fn finding(&self, id: &str) -> Value {
        use aws_sdk_securityhub::types::{AwsSecurityFindingFilters, StringFilter, StringFilterComparison};
        let equals = StringFilter::builder().value(id).comparison(StringFilterComparison::Equals).build();
        let filters = AwsSecurityFindingFilters::builder().id(equals).build();
        let client = aws_sdk_securityhub::Client::new(&self.sdk);
        let found = client.get_findings().filters(filters).send().await.unwrap();
        let finding = &found.findings()[0];
        json!({
            "UserDefinedFields": finding.user_defined_fields(),
            "Note": finding.note().and_then(|note| note.text()),
        })
    }
}
