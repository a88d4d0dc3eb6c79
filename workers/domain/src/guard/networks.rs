//! Which addresses must never be blocked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::config::ProtectedLists;
use super::{GuardConfig, Objection, RefusalReason};

/// The networks that the guard keeps, with the reason of each.
#[derive(Clone, Debug)]
pub(super) struct ProtectedNetworks {
    /// In the order in which they are told.
    networks: Vec<(IpNet, RefusalReason)>,
    widest_ipv4_prefix: u8,
    widest_ipv6_prefix: u8,
}

impl ProtectedNetworks {
    pub(super) fn new(config: &GuardConfig, lists: &ProtectedLists) -> Self {
        let lets_pass =
            |reason: RefusalReason| config.allow_documentation_ranges && reason == RefusalReason::Documentation;
        let special = SPECIAL_IPV4.iter().chain(SPECIAL_IPV6).copied();
        let special = special.filter(|(_, reason)| !lets_pass(*reason));
        let aws = AWS_ADDRESSES.iter().map(|address| (IpNet::from(*address), RefusalReason::AwsEndpoint));
        Self {
            networks: aws.chain(lists.networks.iter().copied()).chain(special).collect(),
            widest_ipv4_prefix: config.widest_ipv4_prefix,
            widest_ipv6_prefix: config.widest_ipv6_prefix,
        }
    }

    /// A network is refused when it shares a single address with a protected one, whichever of the two is wider.
    pub(super) fn objection(&self, net: IpNet) -> Option<Objection> {
        let hit = self.networks.iter().find(|(protected, _)| protected.contains(&net) || net.contains(protected));
        if let Some((protected, reason)) = hit {
            return Some(Objection::new(*reason, protected));
        }
        let widest = match net {
            IpNet::V4(_) => self.widest_ipv4_prefix,
            IpNet::V6(_) => self.widest_ipv6_prefix,
        };
        let too_wide = net.prefix_len() < widest;
        too_wide.then(|| Objection::new(RefusalReason::TooWide, format!("at most a /{widest}")))
    }
}

/// Addresses on which AWS answers inside every VPC: the Route 53 resolver, the instance metadata service, the time
/// service, and the credentials and metadata of containers
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html>,
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-options.html>,
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html>,
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>,
/// <https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html>).
const AWS_ADDRESSES: &[IpAddr] = &[
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 253)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 123)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x123)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
];

/// A special range. It is evaluated when this is compiled, so that a wrong prefix is no panic at run time.
const fn v4(address: [u8; 4], prefix: u8, reason: RefusalReason) -> (IpNet, RefusalReason) {
    let [a, b, c, d] = address;
    (IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)), reason)
}

/// As [`v4`].
const fn v6(address: [u16; 8], prefix: u8, reason: RefusalReason) -> (IpNet, RefusalReason) {
    let [a, b, c, d, e, f, g, h] = address;
    (IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), prefix)), reason)
}

/// <https://www.iana.org/assignments/iana-ipv4-special-registry/>, and multicast of
/// <https://www.iana.org/assignments/ipv4-address-space/>.
const SPECIAL_IPV4: &[(IpNet, RefusalReason)] = &[
    v4([0, 0, 0, 0], 8, RefusalReason::Unspecified),
    v4([10, 0, 0, 0], 8, RefusalReason::Private),
    v4([172, 16, 0, 0], 12, RefusalReason::Private),
    v4([192, 168, 0, 0], 16, RefusalReason::Private),
    v4([100, 64, 0, 0], 10, RefusalReason::CarrierGradeNat),
    v4([127, 0, 0, 0], 8, RefusalReason::Loopback),
    v4([169, 254, 0, 0], 16, RefusalReason::LinkLocal),
    v4([192, 0, 2, 0], 24, RefusalReason::Documentation),
    v4([198, 51, 100, 0], 24, RefusalReason::Documentation),
    v4([203, 0, 113, 0], 24, RefusalReason::Documentation),
    v4([192, 0, 0, 0], 24, RefusalReason::Reserved),
    v4([192, 88, 99, 0], 24, RefusalReason::Reserved),
    v4([198, 18, 0, 0], 15, RefusalReason::Reserved),
    v4([224, 0, 0, 0], 4, RefusalReason::Multicast),
    v4([240, 0, 0, 0], 4, RefusalReason::Reserved),
];

/// <https://www.iana.org/assignments/iana-ipv6-special-registry/>, and multicast of
/// <https://www.iana.org/assignments/ipv6-address-space/>.
const SPECIAL_IPV6: &[(IpNet, RefusalReason)] = &[
    v6([0, 0, 0, 0, 0, 0, 0, 1], 128, RefusalReason::Loopback),
    v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96, RefusalReason::Translated),
    v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, RefusalReason::Translated),
    // The unspecified address, IPv4-mapped and IPv4-compatible ones, and everything else that is not assigned.
    v6([0, 0, 0, 0, 0, 0, 0, 0], 8, RefusalReason::Unspecified),
    v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64, RefusalReason::Reserved),
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32, RefusalReason::Translated),
    v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48, RefusalReason::Reserved),
    v6([0x2001, 0x10, 0, 0, 0, 0, 0, 0], 28, RefusalReason::Reserved),
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, RefusalReason::Documentation),
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, RefusalReason::Documentation),
    v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, RefusalReason::Translated),
    v6([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16, RefusalReason::Reserved),
    v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, RefusalReason::Private),
    v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, RefusalReason::LinkLocal),
    v6([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, RefusalReason::Reserved),
    v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, RefusalReason::Multicast),
];
