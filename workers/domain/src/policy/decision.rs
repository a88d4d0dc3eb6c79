//! What a policy says of one finding.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::block::{Mode, Ttl};
use crate::guard::Reservation;

/// What is to be done with a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "decision")]
pub enum Decision {
    /// Its indicators are to be blocked.
    Act(Terms),
    /// A person decides, and the finding is told how.
    Wait(Waiting),
    /// Nothing, and the finding is told nothing.
    Ignore(Ignored),
}

/// What the blocks are like if the request does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Terms {
    /// How long they last.
    pub ttl: Ttl,
    /// What they do.
    pub mode: Mode,
}

/// Why a finding, or one of its indicators, does not act by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// Which rule says so.
    pub reason: WaitReason,
    /// For a person: what the rule met, and how to approve it.
    pub sentence: String,
}

/// Which rule makes a finding or an indicator wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum WaitReason {
    /// Its product is not on the list of those that may act by themselves.
    Product,
    /// Its type is one in which the remote side is the victim, or harmless.
    RefusedType,
    /// Its type is not on the list of those that may act by themselves.
    Type,
    /// It is less severe than asked for, or says nothing of its severity.
    Severity,
    /// It is less certain than asked for.
    Confidence,
    /// A resource bears a tag that forbids it.
    ForbiddenTag,
    /// No resource bears the tag that it needs.
    RequiredTag,
    /// It has more tags than are read, and so perhaps one that forbids it.
    TooManyTags,
    /// Security Hub does not say that it is active and new.
    State,
    /// Findings have made as many blocks within the hour as they may.
    Cap,
    /// A person has paused every automatic act.
    Paused,
    /// The indicator's network is one that many unrelated services share.
    SharedNetwork,
}

impl Waiting {
    /// `because` follows "it waits for a person, because".
    pub(super) fn new(reason: WaitReason, because: &str) -> Self {
        // The new Security Hub has no custom actions:
        // https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Operations.html
        let approval = "approve it with the custom action \"Falconer: block\" or by hand";
        Self { reason, sentence: format!("It waits for a person, because {because}; {approval}.") }
    }

    /// What the guard keeps for a person.
    pub fn reserved(reservation: &Reservation) -> Self {
        Self::new(WaitReason::SharedNetwork, &reservation.because())
    }

    /// What the ledger answered with [`BlockOutcome::BeyondCap`](crate::ledger::BlockOutcome::BeyondCap).
    pub fn beyond_cap() -> Self {
        Self::new(WaitReason::Cap, "findings have made as many blocks within the hour as they may")
    }
}

/// Why nothing is to be done with a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "reason")]
pub enum Ignored {
    /// Its provider has archived it.
    Archived,
    /// A person or a rule has suppressed it.
    Suppressed,
    /// A person has resolved it.
    Resolved,
    /// Falconer has dealt with it before: Security Hub sends a finding again after every update, and so after Falconer's
    /// own too.
    DealtWith,
}
