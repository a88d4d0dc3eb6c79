//! `falconer worker`: polls the activities until it is told to stop.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use aws_config::SdkConfig;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use falconer_activities::accounts::Hub;
use falconer_activities::clock::Clock;
use falconer_activities::falcon::FalconCloud;
use falconer_activities::firewall::{BlockGroups, HuntRuleGroup, LedgerWriter};
use falconer_activities::measures::Measures;
use falconer_activities::registry::{self, MadeOfServices, Services, Visitor};
use falconer_activities::switch::AutomaticSwitch;
use falconer_falcon::{Https, Transport};
use falconer_runtime::{Drained, Shutdown, Worker, shutdown_on_signals};

use crate::aws::{self, AwsCallError};
use crate::config::Parsed;
use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::health;
use crate::organization::Organization;

/// Work on the tasks of the activities until SIGTERM, then finish what runs.
#[derive(Args, Debug)]
#[command(after_help = "Logs go to standard error, metrics (CloudWatch embedded metric format) to standard output.\n\
                  Each service's endpoint can be set by itself.\n\n\
                  Examples:\n  falconer worker --activities PlanCheck,CheckPlace,SummarizeCheck\n  AWS_ENDPOINT_URL=http://127.0.0.1:4599 AWS_REGION=us-east-1 \\\n  \
                  AWS_ACCESS_KEY_ID=sandbox AWS_SECRET_ACCESS_KEY=sandbox falconer worker")]
pub struct WorkerArgs {
    /// The activities whose tasks it works on, separated by commas; all of them if not given. Overrides `worker.activities`.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    activities: Vec<String>,
}

impl WorkerArgs {
    /// What is said here, as variables of the configuration: it is held to the same rules.
    #[must_use]
    pub fn overrides(&self) -> Option<(String, String)> {
        (!self.activities.is_empty()).then(|| ("FALCONER_WORKER_ACTIVITIES".to_owned(), self.activities.join(",")))
    }
}

/// Carries out the command.
///
/// # Errors
/// Activities that are not deployed, and a configuration that the runtime refuses.
pub async fn run(config: Parsed) -> Result<Exit, CommandFailure> {
    let sdk = aws::from_environment().await?;
    let shutdown = shutdown_on_signals().map_err(|error| CommandFailure::usage("signals", error.to_string()))?;
    work(&sdk, https()?, config, Clock::system(), io::stdout(), shutdown).await?;
    Ok(Exit::Done)
}

/// The way to the Falcon cloud, with this machine's trusted certificates.
///
/// # Errors
/// A machine without any.
pub fn https() -> Result<Arc<dyn Transport>, CommandFailure> {
    let https = Https::new().map_err(|error| CommandFailure::usage("HTTPS", error.to_string()))?;
    Ok(Arc::new(https))
}

/// Works until `shutdown` is requested and everything is reported. Falcon is behind `falcon`; metrics go to `metrics`.
///
/// # Errors
/// See [`run`].
pub async fn work(
    sdk: &SdkConfig,
    falcon: Arc<dyn Transport>,
    config: Parsed,
    clock: Clock,
    metrics: impl Write + Send + 'static,
    shutdown: Shutdown,
) -> Result<Drained, CommandFailure> {
    let health = config.health;
    let worker = build(sdk, falcon, config, clock, metrics).await?;
    let _health_server = health::serve(worker.health(), health).await?;
    worker.run(shutdown).await.map_err(|error| CommandFailure::usage("worker", error.to_string()))
}

async fn build(
    sdk: &SdkConfig,
    falcon: Arc<dyn Transport>,
    config: Parsed,
    clock: Clock,
    metrics: impl Write + Send + 'static,
) -> Result<Worker, CommandFailure> {
    let sdk = &aws::with_time_out(sdk);
    let states = aws_sdk_sfn::Client::new(sdk);
    let arns = ActivityArns::find(&states, &config.activity_arns).await?;
    let firewall = aws_sdk_networkfirewall::Client::new(sdk);
    let groups = BlockGroups::new(firewall.clone(), &config.block_groups);
    let writer = LedgerWriter::start(groups.clone(), config.rules, clock.clone());
    let hunt_group = HuntRuleGroup::new(firewall.clone(), &config.hunts.group, config.hunts.rules);
    let systems_manager = aws_sdk_ssm::Client::new(sdk);
    let organization = Organization::new(sdk, arns.hub()?, Arc::clone(&falcon), &config, &clock);
    let installer = FalconCloud::new(systems_manager.clone(), config.installer, falcon, clock.clone());
    let mut worker = Worker::new(states, config.worker);
    worker.metrics_to(metrics);
    let services = Services {
        accounts: organization.accounts,
        fleet: organization.fleet,
        firewall,
        security_hub: aws_sdk_securityhub::Client::new(sdk),
        groups,
        hunt_group,
        hunts: config.hunts,
        systems_manager: systems_manager.clone(),
        falcon: organization.falcon,
        installer,
        switch: AutomaticSwitch::new(systems_manager, &config.switch),
        writer,
        guard: config.guard,
        install: config.install,
        onboarding: config.onboarding,
        policy: config.policy,
        settings: config.settings,
        measures: Measures::new(worker.metrics()),
        clock,
    };
    let mut registration = Registration { worker, services, arns, activities: config.activities };
    registry::visit_all(&mut registration)?;
    Ok(registration.worker)
}

/// Where each activity is.
enum ActivityArns {
    /// The configuration says what their ARNs begin with.
    BeginningWith(String),
    /// Step Functions was asked, so that the same worker serves any account, region and engine.
    Listed(HashMap<String, String>),
}

impl ActivityArns {
    async fn find(client: &aws_sdk_sfn::Client, beginning: &str) -> Result<Self, AwsCallError> {
        if beginning.is_empty() {
            list(client).await.map(Self::Listed)
        } else {
            Ok(Self::BeginningWith(beginning.to_owned()))
        }
    }

    /// Where the workers are, which any of the ARNs tells.
    fn hub(&self) -> Result<Hub, CommandFailure> {
        let arn = match self {
            Self::BeginningWith(beginning) => beginning,
            Self::Listed(arns) => arns.values().next().ok_or_else(|| no_activity("activities"))?,
        };
        Hub::of_arn(arn).map_err(|error| CommandFailure::usage("worker.activity_arns", error.to_string()))
    }

    fn of(&self, activity: &str) -> Option<String> {
        match self {
            Self::BeginningWith(beginning) => Some(format!("{beginning}{activity}")),
            Self::Listed(arns) => arns.get(activity).cloned(),
        }
    }
}

fn no_activity(name: &'static str) -> CommandFailure {
    let problem = "there is no such activity in this account and region. Deploy Falconer there, or set AWS_ENDPOINT_URL to a sandbox";
    CommandFailure::usage(name, problem)
}

async fn list(client: &aws_sdk_sfn::Client) -> Result<HashMap<String, String>, AwsCallError> {
    let mut arns = HashMap::new();
    let mut activities = client.list_activities().into_paginator().items().send();
    while let Some(activity) = activities.next().await {
        let activity = activity.map_err(|error| AwsCallError::new("ListActivities", &error))?;
        arns.insert(activity.name, activity.activity_arn);
    }
    Ok(arns)
}

struct Registration {
    worker: Worker,
    services: Services,
    arns: ActivityArns,
    activities: Vec<&'static str>,
}

impl Visitor for Registration {
    type Stop = CommandFailure;

    fn visit<A: MadeOfServices>(&mut self) -> Result<(), CommandFailure> {
        if !self.activities.contains(&A::NAME) {
            return Ok(());
        }
        let arn = self.arns.of(A::NAME).ok_or_else(|| no_activity(A::NAME))?;
        let registered = self.worker.register(A::from(&self.services), arn);
        registered.map_err(|error| CommandFailure::usage(A::NAME, error.to_string()))?;
        Ok(())
    }
}
