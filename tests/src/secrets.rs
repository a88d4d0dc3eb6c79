//! What must not be said anywhere, and everything that was said.

use aws_sdk_securityhub::types::AwsSecurityFinding;
use serde_json::{Value, json};

use crate::fleet::MEMBER;
use crate::house::House;

/// What opens Falcon: the secrets of both API clients.
const OF_CLIENTS: [&str; 2] = ["NotASecretNotASecretNotASecretNotASecret", "NotAnInstallSecretNotAnInstallSecretNotA"];
/// The installation token that [`House::require_installation_tokens`] makes Falcon demand.
const INSTALLATION_TOKEN: &str = "DEADBEA7";
/// The customer's id, which enrols sensors.
const CUSTOMER: &str = "00000000000000000000000000000c1d";

impl House {
    /// Falcon takes no sensor without an installation token, of which one is valid.
    pub async fn require_installation_tokens(&self) {
        let settings = json!({ "tokensRequired": true, "installationToken": INSTALLATION_TOKEN });
        self.control("PUT", "falcon/settings", settings).await;
    }

    /// The secrets that stand in a history of the runbook, what came of it included, in a notification, or in a finding.
    pub async fn secrets_told(&self, runbook: &str) -> Vec<String> {
        self.secrets_in(&self.everything_said(runbook).await).await
    }

    /// The secrets that stand in a text.
    pub async fn secrets_in(&self, said: &str) -> Vec<String> {
        let mut secrets = [&OF_CLIENTS[..], &[INSTALLATION_TOKEN, CUSTOMER]].concat();
        let given = self.words_given_to_commands().await;
        // The bearer tokens, whatever they are called there: nothing else that a command is given is as long.
        secrets.extend(given.iter().map(String::as_str).filter(|word| word.len() >= 32));
        secrets.into_iter().filter(|secret| said.contains(secret)).map(str::to_owned).collect()
    }

    /// The histories of a runbook, the notifications, and the findings about sensors.
    pub async fn everything_said(&self, runbook: &str) -> String {
        let mut said = json!(self.notifications().await).to_string();
        for execution in self.executions_of(runbook).await {
            said += &self.history_on_the_wire(&execution).await;
        }
        let findings: Vec<AwsSecurityFinding> = self.sensor_findings(MEMBER).await;
        said + &format!("{findings:?}")
    }

    /// A history as it comes over the wire: the SDK hides what its model calls sensitive.
    async fn history_on_the_wire(&self, execution: &str) -> String {
        let mut history = String::new();
        let mut page = json!({ "executionArn": execution });
        loop {
            let request = http::Request::post("/")
                .header("content-type", "application/x-amz-json-1.0")
                .header("x-amz-target", "AWSStepFunctions.GetExecutionHistory")
                .header("authorization", "AWS4-HMAC-SHA256 Credential=story/20260115/us-east-1/states/aws4_request");
            let answer = self.sandbox.handle(request.body(page.to_string().into()).unwrap()).await.unwrap();
            let mut answer: Value = serde_json::from_slice(answer.body()).unwrap();
            history += &answer["events"].as_array().unwrap().iter().map(Value::to_string).collect::<String>();
            match answer["nextToken"].take() {
                Value::Null => return history,
                next => page["nextToken"] = next,
            }
        }
    }

    /// The words of what MEMBER's commands were given, which everyone may read who may list commands there.
    async fn words_given_to_commands(&self) -> Vec<String> {
        let commands = self.commands().await;
        let given = commands.iter().filter_map(|command| command.parameters()).flat_map(|given| given.values());
        let ends = |character: char| !character.is_ascii_alphanumeric();
        given.flatten().flat_map(|text| text.split(ends)).map(str::to_owned).collect()
    }

    /// MEMBER's commands.
    pub async fn commands(&self) -> Vec<aws_sdk_ssm::types::Command> {
        let client = aws_sdk_ssm::Client::new(&self.as_account(MEMBER));
        client.list_commands().send().await.unwrap().commands.unwrap_or_default()
    }

    /// The parameters in which secrets of installs stand now.
    pub async fn parameters_of_installs(&self) -> Vec<String> {
        let client = aws_sdk_ssm::Client::new(&self.sdk);
        let found = client.get_parameters_by_path().path("/falconer/install").recursive(true).send().await.unwrap();
        found.parameters().iter().filter_map(|parameter| parameter.name()).map(str::to_owned).collect()
    }

    /// How many tokens of the API client for installs are good now.
    pub async fn good_tokens_of_installs(&self) -> u64 {
        let tokens = self.control("GET", "falcon/tokens", Value::Null).await;
        tokens["0000000000000000000000000install"].as_u64().unwrap_or_default()
    }
}
