//! What the guard says when it refuses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Objection;
use crate::indicator::Indicator;

/// An indicator that must not be blocked, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refusal {
    /// What was refused.
    pub indicator: Indicator,
    /// Which rule refused it.
    pub reason: RefusalReason,
    /// One sentence for a person, which names what would have been hit.
    pub sentence: String,
    /// Whether no person may override it.
    pub hard: bool,
}

impl Refusal {
    pub(super) fn new(indicator: Indicator, objection: Objection) -> Self {
        let Objection { reason, hit } = objection;
        let sentence = format!("{indicator} is not blocked: it {} ({hit}).", reason.clause());
        Self { indicator, reason, sentence, hard: reason.is_hard() }
    }
}

/// Which of the guard's rules refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RefusalReason {
    /// Falcon's own cloud: the sensors would be cut off.
    FalconCloud,
    /// Endpoints of AWS, its resolver and the services on link-local addresses.
    AwsEndpoint,
    /// A configured identity provider: nobody could sign in to undo the block.
    IdentityProvider,
    /// A configured package mirror: machines could no longer be patched.
    PackageMirror,
    /// A configured public resolver: names would no longer be found.
    PublicResolver,
    /// A configured domain of the organization.
    OwnDomain,
    /// A configured network of the organization.
    OwnNetwork,
    /// Private addresses.
    Private,
    /// Loopback addresses.
    Loopback,
    /// Link-local addresses.
    LinkLocal,
    /// Multicast addresses.
    Multicast,
    /// Carrier-grade NAT's shared addresses.
    CarrierGradeNat,
    /// The unspecified address and "this network".
    Unspecified,
    /// Reserved addresses, the broadcast address among them.
    Reserved,
    /// IPv6 addresses that carry IPv4 addresses in them (NAT64, 6to4, Teredo).
    Translated,
    /// Documentation's addresses.
    Documentation,
    /// A network wider than the configuration allows.
    TooWide,
    /// A name of one label.
    SingleLabel,
    /// A name with a special use, which is not found in the public DNS.
    SpecialUse,
    /// A name under which others register theirs.
    PublicSuffix,
    /// A host that very many organizations share.
    SharedHost,
}

impl RefusalReason {
    /// Whether no person may override it.
    pub fn is_hard(self) -> bool {
        matches!(
            self,
            Self::FalconCloud | Self::AwsEndpoint | Self::IdentityProvider | Self::PackageMirror | Self::PublicResolver
        )
    }

    /// What follows "it" in the sentence.
    fn clause(self) -> &'static str {
        match self {
            Self::FalconCloud => "would cut the sensors off from the Falcon cloud",
            Self::AwsEndpoint => "would cut workloads off from AWS",
            Self::IdentityProvider => "would block the identity provider",
            Self::PackageMirror => "would block a package mirror",
            Self::PublicResolver => "would block a public resolver",
            Self::OwnDomain => "would block the organization's own domain",
            Self::OwnNetwork => "would block the organization's own network",
            Self::Private => "holds private addresses",
            Self::Loopback => "holds loopback addresses",
            Self::LinkLocal => "holds link-local addresses",
            Self::Multicast => "holds multicast addresses",
            Self::CarrierGradeNat => "holds shared addresses of carrier-grade NAT",
            Self::Unspecified => "holds addresses that name no host",
            Self::Reserved => "holds reserved addresses",
            Self::Translated => "holds IPv6 addresses that stand for IPv4 ones; name the IPv4 address instead",
            Self::Documentation => "is reserved for documentation",
            Self::TooWide => "is wider than the configuration allows",
            Self::SingleLabel => "is a name of one label, which would block a whole top-level domain",
            Self::SpecialUse => "is a name with a special use, which the public DNS does not know",
            Self::PublicSuffix => "would block a suffix under which others register their names",
            Self::SharedHost => "would block a host that many organizations share",
        }
    }
}
