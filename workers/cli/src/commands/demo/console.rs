//! What a person at the console would do and see: findings come in, one is chosen, executions appear.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_securityhub::types::{AwsSecurityFinding, AwsSecurityFindingFilters, StringFilter, StringFilterComparison};
use falconer_sandbox::Sandbox;
use serde_json::{Value, json};

use super::findings::{Arrival, Story};
use crate::aws::AwsCallError;
use crate::failure::CommandFailure;

/// An execution appears within a moment of its event; after this many looks something is wrong.
const LOOKS: u32 = 100;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
const BLOCK_ACTION: &str = "arn:aws:securityhub:us-east-1:111122223333:action/custom/falconerBlock";

/// The API client whose tokens installs are given.
const INSTALL_CLIENT: &str = "0000000000000000000000000install";

pub(super) struct Console {
    states: aws_sdk_sfn::Client,
    security_hub: aws_sdk_securityhub::Client,
    sandbox: Sandbox,
}

impl Console {
    pub(super) fn new(sdk: &SdkConfig, sandbox: Sandbox) -> Self {
        let (states, security_hub) = (aws_sdk_sfn::Client::new(sdk), aws_sdk_securityhub::Client::new(sdk));
        Self { states, security_hub, sandbox }
    }

    pub(super) fn states(&self) -> &aws_sdk_sfn::Client {
        &self.states
    }

    /// The story begins: in Falcon's event stream, or in Security Hub; a person then chooses the finding if that is how it goes.
    pub(super) async fn bring_in(&self, story: &Story) -> Result<(), CommandFailure> {
        match &story.arrival {
            Arrival::Streamed { event, host } => {
                self.control("POST", "falcon/hosts", host).await?;
                self.control("POST", "falcon/events", &json!({ "event": event })).await?;
            }
            Arrival::Imported(finding) => drop(self.control("POST", "findings", finding).await?),
            Arrival::Chosen(finding) => {
                self.control("POST", "findings", finding).await?;
                let identifier = json!({ "Id": finding["Id"], "ProductArn": finding["ProductArn"] });
                let choice = json!({ "ActionTargetArn": BLOCK_ACTION, "FindingIdentifiers": [identifier] });
                self.control("POST", "custom-actions", &choice).await?;
            }
        }
        Ok(())
    }

    /// The execution that this finding's event started.
    pub(super) async fn execution_of(&self, finding: &str) -> Result<String, CommandFailure> {
        self.execution_with(finding, |input| input["detail"]["findings"][0]["Id"] == finding).await
    }

    /// The execution that a check started for what it found missing in this account.
    pub(super) async fn install_in(&self, account: &str) -> Result<String, CommandFailure> {
        self.execution_with(account, |input| input["accountId"] == account && input["automatic"] == true).await
    }

    /// Every execution that this finding's events started, the oldest first.
    pub(super) async fn executions_of(&self, finding: &str) -> Result<Vec<String>, CommandFailure> {
        self.executions_with(|input| input["detail"]["findings"][0]["Id"] == finding).await
    }

    async fn execution_with(&self, about: &str, is_it: impl Fn(&Value) -> bool) -> Result<String, CommandFailure> {
        for _ in 0..LOOKS {
            if let Some(arn) = self.executions_with(&is_it).await?.into_iter().next() {
                return Ok(arn);
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Err(CommandFailure::Differs(format!("no execution was started for {about}")))
    }

    async fn executions_with(&self, is_it: impl Fn(&Value) -> bool) -> Result<Vec<String>, CommandFailure> {
        let machines = self.states.list_state_machines().send().await;
        let machines = machines.map_err(|error| AwsCallError::new("ListStateMachines", &error))?;
        let mut arns = Vec::new();
        for machine in machines.state_machines() {
            let executions = self.states.list_executions().state_machine_arn(machine.state_machine_arn()).send().await;
            let executions = executions.map_err(|error| AwsCallError::new("ListExecutions", &error))?;
            for execution in executions.executions {
                let described = self.states.describe_execution().execution_arn(&execution.execution_arn).send().await;
                let described = described.map_err(|error| AwsCallError::new("DescribeExecution", &error))?;
                let input = described.input().and_then(|text| serde_json::from_str(text).ok());
                if input.as_ref().is_some_and(&is_it) {
                    arns.push(execution.execution_arn);
                }
            }
        }
        arns.reverse();
        Ok(arns)
    }

    /// The finding as it stands in Security Hub now.
    pub(super) async fn finding(&self, finding: &str) -> Result<AwsSecurityFinding, CommandFailure> {
        let id = StringFilter::builder().value(finding).comparison(StringFilterComparison::Equals).build();
        let filters = AwsSecurityFindingFilters::builder().id(id).build();
        let found = self.security_hub.get_findings().filters(filters).send().await;
        let found = found.map_err(|error| AwsCallError::new("GetFindings", &error))?;
        let found = found.findings.unwrap_or_default().into_iter().next();
        found.ok_or_else(|| CommandFailure::Differs(format!("Security Hub does not know the finding {finding}")))
    }

    /// An instance's owner tags it, so that it needs no sensor.
    pub(super) async fn exclude(&self, account: &str, instance: &str) -> Result<(), CommandFailure> {
        let fleet = self.control("GET", &format!("instances?account={account}"), &Value::Null).await?;
        let known = fleet.as_array().into_iter().flatten().find(|one| one["id"] == instance).cloned();
        let mut tagged = known.ok_or_else(|| CommandFailure::Differs(format!("there is no instance {instance}")))?;
        tagged["tags"]["falconer:exclude"] = json!("retired next week");
        self.control("POST", "instances", &tagged).await.map(drop)
    }

    /// Where the connections go to that are open through the firewall.
    pub(super) async fn open_connections(&self) -> Result<Vec<String>, CommandFailure> {
        let flows = self.control("GET", "flows", &Value::Null).await?;
        let flows = flows.as_array().into_iter().flatten();
        Ok(flows.filter_map(|flow| flow["destination"].as_str().map(str::to_owned)).collect())
    }

    /// How many of the tokens are good that installs were given.
    pub(super) async fn good_tokens_of_installs(&self) -> Result<u64, CommandFailure> {
        let tokens = self.control("GET", "falcon/tokens", &Value::Null).await?;
        Ok(tokens[INSTALL_CLIENT].as_u64().unwrap_or_default())
    }

    async fn control(&self, method: &str, path: &str, body: &Value) -> Result<Value, CommandFailure> {
        let failed = |problem: String| CommandFailure::Differs(format!("{method} /sandbox/{path}: {problem}"));
        let request = http::Request::builder().method(method).uri(format!("/sandbox/{path}"));
        let request = request.body(body.to_string().into()).map_err(|error| failed(error.to_string()))?;
        let response = self.sandbox.handle(request).await.map_err(|error| failed(error.to_string()))?;
        let answer = serde_json::from_slice(response.body()).map_err(|error| failed(error.to_string()))?;
        if response.status().is_success() { Ok(answer) } else { Err(failed(answer.to_string())) }
    }
}
