//! The sandbox as its users hold it.

use std::future::Future;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::calls::Calls;
use crate::clock::Clock;
use crate::config::Config;
use crate::deployment::{DeployError, Deployed, Deployment};
use crate::events::EventBridge;
use crate::falcon::Falcon;
use crate::faults::Faults;
use crate::fleet::{Fleet, Instance};
use crate::front::{self, Body, ConnectionCut};
use crate::identifiers::Identifiers;
use crate::network_firewall::NetworkFirewall;
use crate::organization::Organization;
use crate::permissions::Permissions;
use crate::pipes::Pipes;
use crate::scenario::{Scenario, ScenarioError};
use crate::secrets_manager::SecretsManager;
use crate::security_hub::SecurityHub;
use crate::services::Services;
use crate::sns::Sns;
use crate::states::StepFunctions;
use crate::sts::Sts;
use crate::systems_manager::SystemsManager;
use crate::{delivery, deployment, falcon, seed};

/// What a sandbox is made of.
#[derive(Clone, Debug)]
pub struct SandboxOptions {
    /// What time it is.
    pub clock: Clock,
    /// The hub's twelve digits.
    pub account: String,
    /// Where the seeded resources are.
    pub region: String,
    /// `aws`, or another partition.
    pub partition: String,
    /// The same seed gives the same identifiers, tokens, jitter, and faults of chance.
    pub seed: u64,
    /// The members' twelve digits.
    pub members: Vec<String>,
}

impl SandboxOptions {
    /// Hub 111122223333 in us-east-1, with two members.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        let [account, region, partition] = ["111122223333", "us-east-1", "aws"].map(str::to_owned);
        Self { clock, account, region, partition, seed: 0, members: seed::MEMBERS.map(str::to_owned).to_vec() }
    }
}

/// A small organization in AWS, as far as Falconer's runbooks touch it. A clone is the same sandbox.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    services: Services,
    /// Ends the deliveries, the scheduler, the pipes and the agents with the last clone.
    _running: DropGuard,
}

impl Sandbox {
    /// A sandbox that holds the seeded organization.
    ///
    /// Must be called within a tokio runtime: tasks of it deliver events, fire schedules, read pipes and run commands.
    #[must_use]
    pub fn new(options: SandboxOptions) -> Self {
        let SandboxOptions { clock, account, region, partition, seed, members } = options;
        let organization = Arc::new(Organization::new(partition, region, account, members));
        let identifiers = Identifiers::new(seed);
        let faults = Faults::new(clock, seed);
        let fleet = Fleet::default();
        let (deliveries, delivered) = unbounded_channel();
        let (changes, changed) = unbounded_channel();
        let (ask, asked) = unbounded_channel();
        let (work, begun) = unbounded_channel();
        let pipes = Pipes::new(clock, Arc::clone(&organization), deliveries.clone());
        let events = EventBridge::new(clock, identifiers.clone(), Arc::clone(&organization), deliveries);
        let secrets_manager = SecretsManager::new(clock, identifiers.clone(), Arc::clone(&organization));
        let falcon = Falcon::new(clock, identifiers.clone(), fleet.clone(), &seed::API_CLIENTS);
        let services = Services {
            clock,
            calls: Calls::default(),
            states: StepFunctions::new(clock, Arc::clone(&organization), seed, changes, ask),
            network_firewall: NetworkFirewall::new(
                clock,
                identifiers.clone(),
                Arc::clone(&organization),
                faults.clone(),
            ),
            security_hub: SecurityHub::new(clock, Arc::clone(&organization), events.clone()),
            systems_manager: SystemsManager::new(
                clock,
                identifiers.clone(),
                Arc::clone(&organization),
                secrets_manager.clone(),
                falcon.clone(),
                fleet.clone(),
                work,
            ),
            secrets_manager,
            config: Config::new(clock, identifiers.clone(), Arc::clone(&organization), fleet.clone(), events.clone()),
            sns: Sns::new(clock, identifiers.clone(), Arc::clone(&organization)),
            sts: Sts::new(clock, identifiers.clone()),
            falcon,
            events,
            pipes,
            faults,
            permissions: Permissions::default(),
            fleet,
            identifiers,
            organization,
        };
        seed::fill(&services);
        let ended = CancellationToken::new();
        let delivering = delivery::run(services.clone(), delivered, changed, asked);
        tokio::spawn(ended.clone().run_until_cancelled_owned(delivering));
        let firing = services.events.clone().keep_schedules();
        tokio::spawn(ended.clone().run_until_cancelled_owned(firing));
        let reading = services.pipes.clone().keep_reading();
        tokio::spawn(ended.clone().run_until_cancelled_owned(reading));
        let obeying = services.systems_manager.clone().run_agents(begun);
        tokio::spawn(ended.clone().run_until_cancelled_owned(obeying));
        Self { inner: Arc::new(Inner { services, _running: ended.drop_guard() }) }
    }

    /// Answers one request as the AWS endpoint would, or the control endpoint under `/sandbox`. Only the path, the
    /// method, the headers and the body count: host and scheme do not, but for the URLs that Falcon's answers hold.
    ///
    /// # Errors
    /// [`ConnectionCut`] where a fault cuts the connection: a client must see what a broken connection looks like to it. An
    /// event stream ends with nothing else: it is for [`Sandbox::open`].
    pub async fn handle(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ConnectionCut> {
        let (head, body) = self.open(request).await?.into_parts();
        Ok(Response::from_parts(head, body.whole().await?))
    }

    /// The same, as soon as the answer's body begins: an event stream goes on for as long as it is read.
    ///
    /// # Errors
    /// [`ConnectionCut`].
    pub async fn open(&self, request: Request<Bytes>) -> Result<Response<Body>, ConnectionCut> {
        front::answer(&self.inner.services, request).await
    }

    /// Serves on a port until `shutdown` is ready; then open connections are cut, long polls included. The sandbox
    /// checks no signatures: listen on a loopback address only. From now on the seeded secret names this port as its
    /// cloud, so that whoever reads the secret finds the Falcon cloud that goes with it.
    ///
    /// # Errors
    /// Whatever ends the listener.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) -> io::Result<()> {
        seed::name_cloud(&self.inner.services, &format!("http://{}{}", listener.local_addr()?, falcon::PREFIX));
        front::serve(self, listener, shutdown).await
    }

    /// Creates activities, state machines and the rules and pipes that start them, in the hub. What is already there under the
    /// same name is updated.
    ///
    /// # Errors
    /// [`DeployError`]: what is wrong with the first part that is refused; the parts before it are deployed.
    pub async fn deploy(&self, deployment: &Deployment) -> Result<Deployed, DeployError> {
        deployment::deploy(&self.inner.services, deployment).await
    }

    /// Switches a scenario's faults on, puts its instances, opens its flows and brings its findings and alerts in.
    ///
    /// # Errors
    /// [`ScenarioError`]: the first part that is refused; the parts before it are applied.
    pub fn apply(&self, scenario: Scenario) -> Result<(), ScenarioError> {
        scenario.apply(&self.inner.services)
    }

    /// Adds an instance to the fleet, or replaces the one of the same account, region and id.
    pub fn put_instance(&self, instance: Instance) {
        self.inner.services.fleet.put(instance);
    }

    /// What a process prints, as one line of JSON, when it serves at `endpoint` (`http://127.0.0.1:4599`).
    #[must_use]
    pub fn ready_line(&self, endpoint: &str) -> Value {
        let organization = &self.inner.services.organization;
        json!({
            "endpoint": endpoint,
            "falcon": format!("{endpoint}{}", falcon::PREFIX),
            "region": organization.region,
            "account": organization.hub,
            "accounts": organization.accounts(),
        })
    }
}
