//! The whole house in one process: sandbox, deployed runbooks and the real worker, with no sockets and virtual time.

use std::sync::Arc;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_networkfirewall::types::{
    RuleGroup, RuleGroupType, RuleOrder, RulesSource, StatefulRuleGroupReference, StatefulRuleOptions,
};
use aws_sdk_securityhub::types::{
    AwsSecurityFinding, AwsSecurityFindingFilters, CompositeFilter, OcsfFindingFilters, OcsfStringField,
    OcsfStringFilter, StringFilter, StringFilterComparison,
};
use aws_sdk_sfn::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_sfn::types::{ExecutionListItem, ExecutionStatus, HistoryEvent, HistoryEventType};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_types::Document;
use falconer_activities::clock::Clock;
use falconer_activities::firewall::{BlockGroups, LedgerVersion, RuleGroupVersion};
use falconer_activities::switch::AutomaticSwitch;
use falconer_cli::commands::worker;
use falconer_cli::config::{self, Place};
use falconer_cli::execution::{self, Ending};
use falconer_cli::runbooks;
use falconer_domain::policy::Switch;
use falconer_runtime::Shutdown;
use falconer_sandbox::clock::Clock as SandboxClock;
use falconer_sandbox::{Deployment, Sandbox, SandboxOptions};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::log_book::LogBook;
use crate::wire::InProcess;
use crate::witness;

/// When every story begins.
pub(crate) const BEGINNING: &str = "2026-01-15T10:00:00Z";
/// The account of the workers.
pub(crate) const HUB: &str = "111122223333";
/// The rule group that is the ledger.
pub const BLOCK_GROUP: &str = "falconer-block";
const SWITCH: &str = "/falconer/automatic";
const RUNBOOK: &str = "contain-finding";

/// Everything, running. Clients reach it through the real SDK.
pub struct House {
    /// The services.
    pub sandbox: Sandbox,
    /// Clients' configuration.
    pub sdk: SdkConfig,
    clock: SandboxClock,
    shutdown: Shutdown,
    metrics: LogBook,
    worker: Option<JoinHandle<()>>,
}

impl House {
    /// Sandbox, runbooks and a worker with the default configuration.
    pub async fn open() -> Self {
        Self::with("").await
    }

    /// The same with a configuration in TOML.
    pub async fn with(toml: &str) -> Self {
        let mut house = Self::without_a_worker().await;
        house.start_worker(toml);
        house
    }

    /// The same without anything that starts a runbook by itself.
    pub async fn without_triggers(toml: &str) -> Self {
        Self::with_deployment(&Deployment { triggers: Vec::new(), ..runbooks::deployment().unwrap() }, toml).await
    }

    /// Sandbox and runbooks: nobody does anything until a worker is started.
    pub async fn without_a_worker() -> Self {
        Self::deploying(&runbooks::deployment().unwrap()).await
    }

    /// The sandbox alone: no runbook is deployed.
    pub async fn without_runbooks() -> Self {
        Self::deploying(&Deployment::default()).await
    }

    /// With this deployed, and a worker.
    pub async fn with_deployment(deployment: &Deployment, toml: &str) -> Self {
        let mut house = Self::deploying(deployment).await;
        house.start_worker(toml);
        house
    }

    /// Sandbox and whatever this deploys: nobody does anything until a worker is started.
    pub async fn deploying(deployment: &Deployment) -> Self {
        let clock = SandboxClock::starting_at(BEGINNING.parse().unwrap());
        let sandbox = Sandbox::new(SandboxOptions::new(clock));
        sandbox.deploy(deployment).await.unwrap();
        Self::around(sandbox, clock)
    }

    /// A sandbox in which everything is deployed, and whose clock this is.
    pub(crate) fn around(sandbox: Sandbox, clock: SandboxClock) -> Self {
        let sdk = sdk(&sandbox);
        Self { sandbox, sdk, clock, shutdown: Shutdown::new(), metrics: LogBook::default(), worker: None }
    }

    /// Starts a worker, beside one that may be running.
    pub fn start_worker(&mut self, toml: &str) {
        let sdk = self.sdk.clone();
        self.start_worker_as(&sdk, toml);
    }

    /// The same with credentials of its own.
    pub(crate) fn start_worker_as(&mut self, sdk: &SdkConfig, toml: &str) {
        let cloud = ("FALCONER_FALCON_CLOUD".to_owned(), "https://sandbox.test/falcon".to_owned());
        let config = config::parse(toml, [cloud], Place::Sandbox).unwrap();
        let falcon = Arc::new(InProcess(self.sandbox.clone()));
        let (sdk, clock, metrics) = (witness::seeing(sdk), self.clock, self.metrics.clone());
        let shutdown = Shutdown::new();
        self.shutdown = shutdown.clone();
        self.worker = Some(tokio::spawn(async move {
            let clock = Clock::driven_by(move || clock.now());
            worker::work(&sdk, falcon, config, clock, metrics, shutdown).await.unwrap();
        }));
    }

    /// Stops the worker in the middle of whatever it does: nothing is reported.
    pub async fn kill_worker(&mut self) {
        if let Some(worker) = self.worker.take() {
            worker.abort();
            let _ = worker.await;
        }
    }

    /// Asks the worker to drain, and waits for it.
    pub async fn drain_worker(&mut self) {
        self.shutdown.request();
        if let Some(worker) = self.worker.take() {
            worker.await.unwrap();
        }
    }

    /// The house's clock.
    #[must_use]
    pub fn clock(&self) -> SandboxClock {
        self.clock
    }

    /// What time it is in the house.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The lines of the workers' metrics that hold one of this name, the oldest first.
    #[must_use]
    pub fn measured(&self, metric: &str) -> Vec<Value> {
        let lines = self.metrics.text();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line.get(metric).is_some()).collect()
    }

    /// A call of the control endpoint.
    pub async fn control(&self, method: &str, path: &str, body: Value) -> Value {
        control(&self.sandbox, method, path, body).await
    }

    /// Lets something go wrong.
    pub async fn fault(&self, fault: Value) {
        self.control("POST", "faults", fault).await;
    }

    /// The switch for automatic acts, as the command line sets it.
    pub async fn set_switch(&self, switch: &Switch) {
        let client = aws_sdk_ssm::Client::new(&self.sdk);
        AutomaticSwitch::new(client, SWITCH).write(switch).await.unwrap();
        // Until every worker has seen it.
        tokio::time::sleep(Duration::from_secs(2)).await;
    }

    /// Somebody deletes the switch.
    pub async fn delete_switch(&self) {
        aws_sdk_ssm::Client::new(&self.sdk).delete_parameter().name(SWITCH).send().await.unwrap();
        tokio::time::sleep(Duration::from_secs(2)).await;
    }

    /// The messages that people were sent, the oldest first.
    pub async fn notifications(&self) -> Vec<Value> {
        let published = self.control("GET", "notifications", Value::Null).await;
        published.as_array().unwrap().clone()
    }

    /// How often an operation was called.
    pub async fn calls(&self, operation: &str) -> u64 {
        self.control("GET", "calls", Value::Null).await[operation].as_u64().unwrap_or_default()
    }

    /// A finding arrives in Security Hub; its event may start executions.
    pub async fn import(&self, finding: &Value) {
        self.control("POST", "findings", finding.clone()).await;
    }

    /// A finding arrives that an analyst has written a note on before Falconer gets to it.
    pub async fn import_with_note(&self, finding: &Value, note: &str) {
        let mut finding = finding.clone();
        finding["Note"] = json!({ "Text": note, "UpdatedBy": "ana", "UpdatedAt": "2026-01-15T09:30:00Z" });
        self.import(&finding).await;
    }

    /// A person chooses the finding with the action "Falconer: block".
    pub async fn choose(&self, finding: &Value) {
        self.choose_with("falconerBlock", finding).await;
    }

    /// A person chooses the finding with the custom action of this id.
    pub async fn choose_with(&self, action: &str, finding: &Value) {
        let identifier = json!({ "Id": finding["Id"], "ProductArn": finding["ProductArn"] });
        let arn = format!("arn:aws:securityhub:us-east-1:111122223333:action/custom/{action}");
        let choice = json!({ "ActionTargetArn": arn, "FindingIdentifiers": [identifier] });
        self.control("POST", "custom-actions", choice).await;
    }

    /// Starts the runbook by hand and waits for its end.
    pub async fn run(&self, input: &Value) -> Ending {
        self.run_of(RUNBOOK, input).await
    }

    /// Starts another runbook by hand and waits for its end.
    pub async fn run_of(&self, runbook: &str, input: &Value) -> Ending {
        let states = self.states();
        let arn = execution::start(&states, runbook, &input.to_string()).await.unwrap();
        self.ending(&arn).await
    }

    /// Waits until every execution has ended, and answers how, the oldest first.
    pub async fn endings(&self) -> Vec<Ending> {
        self.endings_of(RUNBOOK).await
    }

    /// The same of another runbook.
    pub async fn endings_of(&self, runbook: &str) -> Vec<Ending> {
        let mut endings = Vec::new();
        for arn in self.executions_of(runbook).await {
            endings.push(self.ending(&arn).await);
        }
        endings
    }

    async fn ending(&self, execution: &str) -> Ending {
        let states = self.states();
        loop {
            if let Some(ending) = execution::ending(&states, execution).await.unwrap() {
                return ending;
            }
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    }

    /// The ARNs of all executions so far, the oldest first.
    pub async fn executions(&self) -> Vec<String> {
        self.executions_of(RUNBOOK).await
    }

    /// When the last execution so far ended.
    pub async fn last_end(&self) -> Option<Timestamp> {
        let ends = self.list(RUNBOOK).await.into_iter().filter_map(|execution| execution.stop_date);
        ends.max().map(|end| Timestamp::from_millisecond(end.to_millis().unwrap()).unwrap())
    }

    /// The ARNs of all executions of a runbook so far, the oldest first.
    pub async fn executions_of(&self, runbook: &str) -> Vec<String> {
        self.list(runbook).await.into_iter().map(|execution| execution.execution_arn).collect()
    }

    async fn list(&self, runbook: &str) -> Vec<ExecutionListItem> {
        // Events are delivered, and executions started, by tasks that have to get their turn.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let states = self.states();
        let machines = states.list_state_machines().send().await.unwrap();
        let machine = machines.state_machines().iter().find(|machine| machine.name() == runbook).unwrap();
        let mut executions = Vec::new();
        let mut pages =
            states.list_executions().state_machine_arn(machine.state_machine_arn()).into_paginator().items().send();
        while let Some(execution) = pages.next().await {
            executions.push(execution.unwrap());
        }
        executions.reverse();
        executions
    }

    /// The one execution that there is, to its end; it must have succeeded.
    pub async fn success(&self) -> Ending {
        let mut endings = self.endings().await;
        assert_eq!(endings.len(), 1, "{endings:#?}");
        let ending = endings.remove(0);
        assert_eq!(ending.status, ExecutionStatus::Succeeded, "{ending:#?}");
        ending
    }

    /// The one execution that there is, to its end; it must have failed.
    pub async fn failure(&self) -> Ending {
        let mut endings = self.endings().await;
        assert_eq!(endings.len(), 1, "{endings:#?}");
        let ending = endings.remove(0);
        assert_eq!(ending.status, ExecutionStatus::Failed, "{ending:#?}");
        ending
    }

    /// The block rule group.
    pub async fn rule_group(&self) -> RuleGroupVersion {
        self.ledger(&[BLOCK_GROUP]).await.0.remove(0)
    }

    /// The rule groups of these names.
    pub async fn ledger(&self, groups: &[&str]) -> LedgerVersion {
        let names: Vec<String> = groups.iter().map(|name| (*name).to_owned()).collect();
        BlockGroups::new(self.firewall(), &names).read().await.unwrap()
    }

    /// What the block rule group holds, as indicators.
    pub async fn blocked(&self) -> Vec<String> {
        self.blocked_in(BLOCK_GROUP).await
    }

    /// What another rule group holds, as indicators.
    pub async fn blocked_in(&self, group: &str) -> Vec<String> {
        let ledger = self.ledger(&[group]).await.ledger();
        ledger.held().iter().map(|held| held.entry.indicator.to_string()).collect()
    }

    /// The finding as it stands in Security Hub.
    pub async fn finding(&self, id: &str) -> AwsSecurityFinding {
        let equals = StringFilter::builder().value(id).comparison(StringFilterComparison::Equals).build();
        let client = aws_sdk_securityhub::Client::new(&self.sdk);
        let filters = AwsSecurityFindingFilters::builder().id(equals).build();
        let found = client.get_findings().filters(filters).send().await.unwrap();
        found.findings.unwrap_or_default().into_iter().next().unwrap()
    }

    /// What Falconer wrote on the finding: its state and its note.
    pub async fn told(&self, id: &str) -> (String, String) {
        let finding = self.finding(id).await;
        let state = finding.user_defined_fields().and_then(|fields| fields.get("falconerState")).cloned();
        let note = finding.note().and_then(|note| note.text()).map(str::to_owned);
        (state.unwrap_or_default(), note.unwrap_or_default())
    }

    /// The comment on a finding of the new Security Hub.
    pub async fn comment(&self, uid: &str) -> String {
        let equals = StringFilter::builder().value(uid).comparison(StringFilterComparison::Equals).build();
        let named = OcsfStringFilter::builder().field_name(OcsfStringField::MetadataUid).filter(equals).build();
        let named = CompositeFilter::builder().string_filters(named).build();
        let filters = OcsfFindingFilters::builder().composite_filters(named).build();
        let client = aws_sdk_securityhub::Client::new(&self.sdk);
        let found = client.get_findings_v2().filters(filters).send().await.unwrap();
        let comment = found.findings()[0].as_object().unwrap().get("comment");
        comment.and_then(Document::as_string).unwrap_or_default().to_owned()
    }

    /// A person writes a comment on a finding of the new Security Hub.
    pub async fn write_comment(&self, uid: &str, comment: &str) {
        let client = aws_sdk_securityhub::Client::new(&self.sdk);
        client.batch_update_findings_v2().metadata_uids(uid).comment(comment).send().await.unwrap();
    }

    /// The history events of one type.
    pub async fn history(&self, execution: &str, kind: HistoryEventType) -> Vec<HistoryEvent> {
        let mut events = self.whole_history(execution).await;
        events.retain(|event| event.r#type == kind);
        events
    }

    /// The history.
    pub async fn whole_history(&self, execution: &str) -> Vec<HistoryEvent> {
        let states = self.states();
        let pages = states.get_execution_history().execution_arn(execution).into_paginator().items().send();
        pages.try_collect().await.unwrap()
    }

    /// Creates a rule group of this capacity and uses it in the firewall's policy.
    pub async fn create_rule_group(&self, name: &str, capacity: i32) {
        let arn = self.create_unused_rule_group(name, capacity).await;
        self.change_policy(|references| {
            let priority = 300 + i32::try_from(references.len()).unwrap();
            let reference = StatefulRuleGroupReference::builder().resource_arn(arn).priority(priority);
            references.push(reference.build().unwrap());
        })
        .await;
        // Until the zones have taken the policy over.
        tokio::time::sleep(Duration::from_secs(60)).await;
    }

    /// Creates a rule group of this capacity, which no policy uses, and answers its ARN.
    pub async fn create_unused_rule_group(&self, name: &str, capacity: i32) -> String {
        let source = RulesSource::builder().rules_string("# empty\n").build();
        let options = StatefulRuleOptions::builder().rule_order(RuleOrder::StrictOrder).build();
        let group = RuleGroup::builder().rules_source(source).stateful_rule_options(options).build();
        let created = self.firewall().create_rule_group().rule_group_name(name).r#type(RuleGroupType::Stateful);
        let created = created.capacity(capacity).rule_group(group).send().await.unwrap();
        created.rule_group_response.unwrap().rule_group_arn
    }

    pub(crate) async fn change_policy(&self, change: impl FnOnce(&mut Vec<StatefulRuleGroupReference>)) {
        let firewall = self.firewall();
        let policy = firewall.describe_firewall_policy().firewall_policy_name("falconer-egress").send().await.unwrap();
        let mut changed = policy.firewall_policy.unwrap();
        change(changed.stateful_rule_group_references.get_or_insert_default());
        let update = firewall.update_firewall_policy().firewall_policy_name("falconer-egress");
        update.update_token(policy.update_token).firewall_policy(changed).send().await.unwrap();
    }

    /// Clients' configuration for somebody of this account.
    pub fn as_account(&self, account: &str) -> SdkConfig {
        // The sandbox takes an access key of twelve digits for that account's.
        let credentials = Credentials::new(account, "sandbox", None, None, "story");
        self.sdk.to_builder().credentials_provider(SharedCredentialsProvider::new(credentials)).build()
    }

    /// A Network Firewall client.
    pub fn firewall(&self) -> aws_sdk_networkfirewall::Client {
        aws_sdk_networkfirewall::Client::new(&self.sdk)
    }

    /// A Step Functions client.
    pub fn states(&self) -> aws_sdk_sfn::Client {
        aws_sdk_sfn::Client::new(&self.sdk)
    }
}

/// A call of the sandbox's control endpoint.
pub async fn control(sandbox: &Sandbox, method: &str, path: &str, body: Value) -> Value {
    let request = http::Request::builder().method(method).uri(format!("/sandbox/{path}"));
    let response = sandbox.handle(request.body(body.to_string().into()).unwrap()).await.unwrap();
    let answer = serde_json::from_slice(response.body()).unwrap();
    assert!(response.status().is_success(), "{method} {path}: {answer}");
    answer
}

/// A configuration whose requests end in the sandbox.
pub fn sdk(sandbox: &Sandbox) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .endpoint_url("http://sandbox.test")
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "AKIASANDBOX",
            "sandbox",
            None,
            None,
            "story",
        )))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .http_client(InProcess(sandbox.clone()))
        .build()
}
