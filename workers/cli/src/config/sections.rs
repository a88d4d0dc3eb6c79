//! The keys, their meaning and their defaults.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use falconer_activities::accounts::MemberRole;
use falconer_activities::falcon::FalconAccess;
use falconer_activities::registry::Settings;
use falconer_domain::fleet::{FleetConfig, FleetRules};
use falconer_domain::guard::{Guard, GuardConfig};
use falconer_domain::hunt::{HuntConfig, Hunts};
use falconer_domain::install::{InstallConfig, InstallRules};
use falconer_domain::ledger::{BlockRules, Caps, SidRange};
use falconer_domain::onboarding::{OnboardingConfig, OnboardingConfigProblem, OnboardingRules};
use falconer_domain::policy::{Policy, PolicyConfig};
use falconer_gateway::{GatewayConfig, GatewayConfigProblem, GatewayRules};
use falconer_runtime::WorkerConfig;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::accounts::AccountSettings;
use super::problem::ConfigProblem;
use super::worker::WorkerSettings;

/// Everything that can be configured. Each section has defaults that are safe, but `guard.own`, which only the
/// organization knows.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How the worker polls and stops.
    pub worker: WorkerSettings,
    /// The rule groups that are the ledger, and how long they may take to be enforced.
    pub firewall: FirewallSettings,
    /// What of Falcon Intelligence is watched for.
    pub hunt: HuntConfig,
    /// Where Falcon is, and where its credentials are.
    pub falcon: FalconSettings,
    /// How the workers get into the organization's accounts.
    pub accounts: AccountSettings,
    /// When a sensor counts as healthy, and which instances need none.
    pub fleet: FleetConfig,
    /// With what sensors are installed, and how carefully.
    pub install: InstallConfig,
    /// What is made of a new account.
    pub onboarding: OnboardingConfig,
    /// What the gateway reads of Falcon's event stream, and where its findings go.
    pub gateway: GatewayConfig,
    /// The switch that stops everything that nobody asked for.
    pub switch: SwitchSettings,
    /// Which findings act by themselves, and what blocks are like if nobody says.
    pub policy: PolicyConfig,
    /// How many blocks findings may make by themselves.
    pub caps: CapSettings,
    /// What must never be blocked.
    pub guard: GuardConfig,
}

/// `[firewall]`
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct FirewallSettings {
    /// The stateful rule groups of Suricata rules that hold the blocks, in the order in which they are filled: a block goes
    /// into the first with room. To grow, create a group, put it into the firewall policy, and add it at the end. Default
    /// `falconer-block` alone.
    pub block_groups: Vec<String>,
    /// The first signature id for blocks. Default 1,000,000,000.
    pub first_sid: u32,
    /// The last signature id for blocks. Default 1,999,999,999.
    pub last_sid: u32,
    /// Whether new blocks of domains have a rule for QUIC (HTTP/3) too. `false` only for a firewall that refuses such a rule,
    /// or that drops all of QUIC anyway: then a quarter more domains fit. Default true.
    pub quic: bool,
    /// Seconds that the zones may take to enforce a block. Default 600.
    pub enforcement_seconds: u64,
    /// Seconds that a flush of open flows may take. Default 600.
    pub flush_seconds: u64,
}

/// `[falcon]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct FalconSettings {
    /// The Systems Manager parameter that holds `{"clientId": "…", "clientSecret": "…", "cloud": "us-1"}`: a SecureString, or
    /// `/aws/reference/secretsmanager/<name>` for a secret of Secrets Manager. Empty if Falcon is not to be asked. Default
    /// empty.
    pub credentials: String,
    /// The same for a second API client, whose tokens installs are given: it may only have the scopes "Sensor Download: Read" and
    /// "Installation Tokens: Read", since whoever may read commands reads its tokens. Empty if no sensors are installed. Default
    /// empty.
    pub install_credentials: String,
    /// `us-1`, `us-2`, `eu-1`, `us-gov-1`, `us-gov-2`, or the URL of an API; empty for what the credentials name. Default
    /// empty.
    pub cloud: String,
}

/// `[switch]`
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SwitchSettings {
    /// The Systems Manager parameter in which `falconer pause` and `falconer resume` keep it. Where there is none, nothing
    /// acts by itself. Default `/falconer/automatic`.
    pub parameter: String,
}

/// `[caps]`
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct CapSettings {
    /// New blocks within an hour from findings at which nobody has looked, in all. Default 200.
    pub per_hour: usize,
    /// The same from findings about one account. Default 100.
    pub per_account_per_hour: usize,
}

impl Default for FirewallSettings {
    fn default() -> Self {
        Self {
            block_groups: vec!["falconer-block".to_owned()],
            first_sid: 1_000_000_000,
            last_sid: 1_999_999_999,
            quic: true,
            enforcement_seconds: 600,
            flush_seconds: 600,
        }
    }
}

impl Default for SwitchSettings {
    fn default() -> Self {
        Self { parameter: "/falconer/automatic".to_owned() }
    }
}

impl Default for CapSettings {
    fn default() -> Self {
        Self { per_hour: 200, per_account_per_hour: 100 }
    }
}

/// What the commands make of the configuration: everything parsed.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// For the runtime.
    pub worker: WorkerConfig,
    /// The activities whose tasks the worker works on.
    pub activities: Vec<&'static str>,
    /// What the activities' ARNs begin with; empty to ask for them.
    pub activity_arns: String,
    /// Where the worker's health endpoints answer, if anywhere.
    pub health: Option<SocketAddr>,
    /// The names of the block rule groups, in the order in which they are filled.
    pub block_groups: Vec<String>,
    /// What is hunted.
    pub hunts: Arc<Hunts>,
    /// Where Falcon is, and where its credentials are.
    pub falcon: FalconAccess,
    /// The same for installs.
    pub installer: FalconAccess,
    /// How the workers get into member accounts.
    pub member_role: MemberRole,
    /// The Config aggregator in the hub; empty if there is none.
    pub aggregator: String,
    /// For the verdicts.
    pub fleet: FleetRules,
    /// For installs.
    pub install: Arc<InstallRules>,
    /// What is made of a new account.
    pub onboarding: Arc<OnboardingRules>,
    /// For the gateway.
    pub gateway: GatewayRules,
    /// The parameter of the switch for automatic acts.
    pub switch: String,
    /// For the activities.
    pub settings: Settings,
    /// For the activities.
    pub guard: Arc<Guard>,
    /// For the activities.
    pub policy: Arc<Policy>,
    /// For the writer of the rule groups.
    pub rules: BlockRules,
}

impl Config {
    /// Everything parsed.
    ///
    /// # Errors
    /// Every value that is out of its range, with its key.
    pub(super) fn parse(self) -> Result<Parsed, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        let sids = SidRange::new(self.firewall.first_sid, self.firewall.last_sid);
        let sids = keep(sids.map_err(|error| problem("firewall.first_sid, firewall.last_sid", &error)), &mut problems);
        let within = |section, key, problem| ConfigProblem::new(&format!("{section}.{key}"), problem);
        let guard = Guard::new(self.guard)
            .map_err(|found| problems.extend(found.into_iter().map(|one| within("guard", one.key, one.problem))));
        let fleet = FleetRules::new(&self.fleet)
            .map_err(|found| problems.extend(found.into_iter().map(|one| within("fleet", one.key, one.problem))));
        let install = InstallRules::new(&self.install)
            .map_err(|found| problems.extend(found.into_iter().map(|one| within("install", one.key, one.problem))));
        let of_gateway = |one: &GatewayConfigProblem| ConfigProblem::new(&format!("gateway.{}", one.key), &one.problem);
        let gateway = GatewayRules::new(&self.gateway).map_err(|found| problems.extend(found.iter().map(of_gateway)));
        let of_onboarding =
            |one: &OnboardingConfigProblem| ConfigProblem::new(&format!("onboarding.{}", one.key), &one.problem);
        let onboarding =
            OnboardingRules::new(&self.onboarding).map_err(|found| problems.extend(found.iter().map(of_onboarding)));
        let policy = Policy::new(self.policy)
            .map_err(|found| problems.extend(found.into_iter().map(|one| within("policy", one.key, one.problem))));
        problems.extend(self.worker.out_of_range());
        let health = self.worker.health_address().map_err(|one| problems.push(one)).unwrap_or_default();
        problems.extend(self.firewall.problem_of_groups());
        let hunts = Hunts::new(&self.hunt, self.firewall.quic)
            .map_err(|found| problems.extend(found.into_iter().map(|one| within("hunt", one.key, one.problem))));
        if let (Some(sids), Ok(hunts)) = (sids, &hunts) {
            problems.extend(self.firewall.problems_with(sids, hunts));
        }
        if self.switch.parameter.is_empty() {
            problems.push(ConfigProblem::new("switch.parameter", "must name a parameter of Systems Manager"));
        }
        let falcon = keep(self.falcon.access(), &mut problems);
        let member_role = keep(self.accounts.role(), &mut problems);
        let (
            Some(sids),
            Some((falcon, installer)),
            Some(member_role),
            Ok(hunts),
            Ok(fleet),
            Ok(install),
            Ok(onboarding),
            Ok(gateway),
            Ok(guard),
            Ok(policy),
            true,
        ) = (sids, falcon, member_role, hunts, fleet, install, onboarding, gateway, guard, policy, problems.is_empty())
        else {
            return Err(problems);
        };
        Ok(Parsed {
            activities: self.worker.selected(),
            activity_arns: self.worker.activity_arns.clone(),
            worker: self.worker.into_runtime(),
            health,
            block_groups: self.firewall.block_groups,
            hunts: Arc::new(hunts),
            falcon,
            installer,
            member_role,
            aggregator: self.accounts.aggregator,
            fleet,
            install: Arc::new(install),
            onboarding: Arc::new(onboarding),
            gateway,
            switch: self.switch.parameter,
            settings: Settings {
                enforcement_patience: Duration::from_secs(self.firewall.enforcement_seconds),
                flush_patience: Duration::from_secs(self.firewall.flush_seconds),
                block_sids: sids,
            },
            guard: Arc::new(guard),
            policy: Arc::new(policy),
            rules: BlockRules {
                sids,
                quic: self.firewall.quic,
                automatic: Some(Caps {
                    per_hour: self.caps.per_hour,
                    per_account_per_hour: self.caps.per_account_per_hour,
                }),
            },
        })
    }
}

impl FirewallSettings {
    fn problem_of_groups(&self) -> Option<ConfigProblem> {
        let distinct: HashSet<&String> = self.block_groups.iter().collect();
        let rule = match distinct.len() {
            0 => "must name a rule group",
            count if count < self.block_groups.len() => "must name each rule group once",
            _ if distinct.iter().any(|name| name.is_empty()) => "must not hold an empty name",
            _ => return None,
        };
        Some(ConfigProblem::new("firewall.block_groups", rule))
    }

    /// What blocks and hunts must not share: one firewall uses the rules of both.
    fn problems_with(&self, sids: SidRange, hunts: &Hunts) -> Vec<ConfigProblem> {
        let of_blocks = "must not reach into those of blocks (firewall.first_sid, firewall.last_sid)";
        let shared_sids =
            sids.overlaps(hunts.rules.sids).then(|| ConfigProblem::new("hunt.first_sid, hunt.last_sid", of_blocks));
        let shared_group = self.block_groups.contains(&hunts.group);
        let shared_group = shared_group
            .then(|| ConfigProblem::new("hunt.group", "must be no block rule group (firewall.block_groups)"));
        shared_sids.into_iter().chain(shared_group).collect()
    }
}

impl FalconSettings {
    /// For the workers, and for installs.
    fn access(&self) -> Result<(FalconAccess, FalconAccess), ConfigProblem> {
        let cloud = (!self.cloud.is_empty()).then(|| self.cloud.parse()).transpose();
        let cloud = cloud.map_err(|error| problem("falcon.cloud", &error))?;
        let access = |credentials: &String| FalconAccess { credentials: credentials.clone(), cloud: cloud.clone() };
        Ok((access(&self.credentials), access(&self.install_credentials)))
    }
}

fn problem(key: &str, error: &impl ToString) -> ConfigProblem {
    ConfigProblem::new(key, error.to_string())
}

/// The value, or nothing and one problem more.
fn keep<T>(result: Result<T, ConfigProblem>, problems: &mut Vec<ConfigProblem>) -> Option<T> {
    result.map_err(|one| problems.push(one)).ok()
}
