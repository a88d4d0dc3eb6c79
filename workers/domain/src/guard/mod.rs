//! What must never be blocked.
//!
//! A finding is a claim. Whatever it names goes through here, and what comes out is [`Admitted`]: the only thing that a
//! [`Block`](crate::block::Block) can be made of, so that no rule exists without the guard. Some of what passes is reserved
//! for a person ([`Guard::reservation`]), because others would be cut off with it.

mod config;
mod defaults;
mod domains;
mod networks;
mod refusal;
mod shared_hosts;
mod shared_networks;

use crate::indicator::Indicator;

pub use config::{GuardConfig, GuardConfigProblem};
pub use refusal::{Refusal, RefusalReason};
pub use shared_networks::Reservation;

use domains::ProtectedDomains;
use networks::ProtectedNetworks;
use shared_networks::SharedNetworks;

/// The rules, ready to be asked.
#[derive(Clone, Debug)]
pub struct Guard {
    domains: ProtectedDomains,
    networks: ProtectedNetworks,
    shared: SharedNetworks,
}

/// An indicator that a guard has let pass. It cannot be made in another way, and so it is never read from JSON.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Admitted(Indicator);

impl Admitted {
    /// What was admitted.
    pub fn indicator(&self) -> &Indicator {
        &self.0
    }

    /// What was admitted, without the proof.
    pub fn into_indicator(self) -> Indicator {
        self.0
    }
}

impl Guard {
    /// A guard that keeps to this configuration and to the rules which no configuration changes.
    ///
    /// # Errors
    /// Every problem of the configuration at once, each with the key that has it.
    pub fn new(config: GuardConfig) -> Result<Self, Vec<GuardConfigProblem>> {
        let mut problems = Vec::new();
        let lists = config.parse_lists(&mut problems);
        let shared = config.parse_shared_networks(&mut problems);
        config.check_prefixes(&mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            domains: ProtectedDomains::new(&lists),
            networks: ProtectedNetworks::new(&config, &lists),
            shared: SharedNetworks::new(config.aws_networks, shared),
        })
    }

    /// Lets an indicator pass, or says why not. Of several reasons the hard ones are told first.
    ///
    /// # Errors
    /// The refusal, with its sentence for the finding's note.
    pub fn admit(&self, indicator: Indicator) -> Result<Admitted, Refusal> {
        let objection = match &indicator {
            Indicator::Domain(name) => self.domains.objection(name),
            Indicator::Network(net) => self.networks.objection(*net),
        };
        match objection {
            None => Ok(Admitted(indicator)),
            Some(objection) => Err(Refusal::new(indicator, objection)),
        }
    }

    /// Why a finding may not have this indicator blocked by itself although the guard admits it, if there is a reason.
    pub fn reservation(&self, indicator: &Indicator) -> Option<Reservation> {
        self.shared.reservation(indicator)
    }
}

/// Why something is protected, and what it is that an indicator would have hit.
#[derive(Clone, Debug)]
struct Objection {
    reason: RefusalReason,
    /// The protected thing, as the sentence names it.
    hit: String,
}

impl Objection {
    fn new(reason: RefusalReason, hit: impl ToString) -> Self {
        Self { reason, hit: hit.to_string() }
    }
}
