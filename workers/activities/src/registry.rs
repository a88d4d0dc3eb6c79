//! Every activity, in one list.

use std::sync::Arc;
use std::time::Duration;

use falconer_domain::guard::Guard;
use falconer_domain::hunt::Hunts;
use falconer_domain::install::InstallRules;
use falconer_domain::ledger::SidRange;
use falconer_domain::onboarding::OnboardingRules;
use falconer_domain::policy::Policy;
use falconer_runtime::{Activity, Contract};

use crate::accounts::Accounts;
use crate::check_compliance::{CheckPlace, PlanCheck, SummarizeCheck};
use crate::clock::Clock;
use crate::contain_finding::{
    BlockIndicators, CheckEnforcement, CheckFlush, FlushFlows, PlanContainment, RecordFailure, RecordOutcome,
};
use crate::expire_blocks::{PruneLedger, RecordExpiry};
use crate::falcon::FalconCloud;
use crate::firewall::{BlockGroups, HuntRuleGroup, LedgerWriter};
use crate::fleet::Fleet;
use crate::install_sensor::{
    AuthorizeInstall, CheckCommand, EndAuthorization, PlanInstall, RecordInstall, SendCommand, SummarizeInstall,
    VerifySensors,
};
use crate::measures::Measures;
use crate::onboard_account::{
    ArchiveFindings, CheckRole, DeregisterAccount, EnsureAssociation, EnsureMembership, EnsureRecorder, EnsureRule,
    PlanAccount, PlanDeparture, RegisterAccount, ReportAccount, VerifyBaseline,
};
use crate::refresh_hunt_list::RefreshHunts;
use crate::release_block::{PlanRelease, RecordRelease, ReleaseBlocks};
use crate::report_hits::ReportHits;
use crate::switch::AutomaticSwitch;

/// Everything that activities are made of.
#[derive(Clone, Debug)]
pub struct Services {
    /// Network Firewall.
    pub firewall: aws_sdk_networkfirewall::Client,
    /// Security Hub.
    pub security_hub: aws_sdk_securityhub::Client,
    /// Systems Manager of the hub.
    pub systems_manager: aws_sdk_ssm::Client,
    /// The Falcon cloud.
    pub falcon: FalconCloud,
    /// The same for the API client whose tokens installs are given.
    pub installer: FalconCloud,
    /// Every account of the organization.
    pub accounts: Accounts,
    /// The organization's instances.
    pub fleet: Fleet,
    /// The block rule groups.
    pub groups: BlockGroups,
    /// Their one writer in this process.
    pub writer: LedgerWriter,
    /// The hunt rule group.
    pub hunt_group: HuntRuleGroup,
    /// What is hunted.
    pub hunts: Arc<Hunts>,
    /// Whether anything may act by itself.
    pub switch: AutomaticSwitch,
    /// What must never be blocked.
    pub guard: Arc<Guard>,
    /// With what sensors are installed, and how carefully.
    pub install: Arc<InstallRules>,
    /// What is made of a new account.
    pub onboarding: Arc<OnboardingRules>,
    /// Which findings act by themselves.
    pub policy: Arc<Policy>,
    /// What the configuration decides.
    pub settings: Settings,
    /// What is told in numbers.
    pub measures: Measures,
    /// What time it is.
    pub clock: Clock,
}

/// What the configuration decides about the activities.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long zones may take until a block counts as not enforced.
    pub enforcement_patience: Duration,
    /// How long a flush may take until it counts as failed.
    pub flush_patience: Duration,
    /// The signature ids of blocks.
    pub block_sids: SidRange,
}

/// An activity that can be made of [`Services`].
pub trait MadeOfServices: Activity + for<'a> From<&'a Services> {}

impl<A: Activity + for<'a> From<&'a Services>> MadeOfServices for A {}

/// Does something with every activity.
pub trait Visitor {
    /// Why it stops.
    type Stop;

    /// Called once for each activity.
    ///
    /// # Errors
    /// Ends the visit.
    fn visit<A: MadeOfServices>(&mut self) -> Result<(), Self::Stop>;
}

/// Shows every activity to the visitor: the one list.
///
/// # Errors
/// The visitor's.
pub fn visit_all<V: Visitor>(visitor: &mut V) -> Result<(), V::Stop> {
    visitor.visit::<PlanContainment>()?;
    visitor.visit::<BlockIndicators>()?;
    visitor.visit::<CheckEnforcement>()?;
    visitor.visit::<FlushFlows>()?;
    visitor.visit::<CheckFlush>()?;
    visitor.visit::<RecordOutcome>()?;
    visitor.visit::<RecordFailure>()?;
    visitor.visit::<PlanRelease>()?;
    visitor.visit::<ReleaseBlocks>()?;
    visitor.visit::<RecordRelease>()?;
    visitor.visit::<PruneLedger>()?;
    visitor.visit::<RecordExpiry>()?;
    visitor.visit::<PlanCheck>()?;
    visitor.visit::<CheckPlace>()?;
    visitor.visit::<SummarizeCheck>()?;
    visitor.visit::<PlanInstall>()?;
    visitor.visit::<AuthorizeInstall>()?;
    visitor.visit::<SendCommand>()?;
    visitor.visit::<CheckCommand>()?;
    visitor.visit::<VerifySensors>()?;
    visitor.visit::<EndAuthorization>()?;
    visitor.visit::<RecordInstall>()?;
    visitor.visit::<SummarizeInstall>()?;
    visitor.visit::<PlanAccount>()?;
    visitor.visit::<CheckRole>()?;
    visitor.visit::<RegisterAccount>()?;
    visitor.visit::<EnsureRecorder>()?;
    visitor.visit::<EnsureMembership>()?;
    visitor.visit::<EnsureRule>()?;
    visitor.visit::<EnsureAssociation>()?;
    visitor.visit::<VerifyBaseline>()?;
    visitor.visit::<PlanDeparture>()?;
    visitor.visit::<DeregisterAccount>()?;
    visitor.visit::<ArchiveFindings>()?;
    visitor.visit::<ReportAccount>()?;
    visitor.visit::<RefreshHunts>()?;
    visitor.visit::<ReportHits>()
}

/// The name of every activity. Unlike the contracts it costs nothing.
#[must_use]
pub fn names() -> Vec<&'static str> {
    struct Names(Vec<&'static str>);
    impl Visitor for Names {
        type Stop = std::convert::Infallible;
        fn visit<A: MadeOfServices>(&mut self) -> Result<(), Self::Stop> {
            self.0.push(A::NAME);
            Ok(())
        }
    }
    let mut names = Names(Vec::new());
    let Ok(()) = visit_all(&mut names);
    names.0
}

/// The contract of every activity.
#[must_use]
pub fn contracts() -> Vec<Contract> {
    struct Contracts(Vec<Contract>);
    impl Visitor for Contracts {
        type Stop = std::convert::Infallible;
        fn visit<A: MadeOfServices>(&mut self) -> Result<(), Self::Stop> {
            self.0.push(Contract::of::<A>());
            Ok(())
        }
    }
    let mut contracts = Contracts(Vec::new());
    let Ok(()) = visit_all(&mut contracts);
    contracts.0
}
