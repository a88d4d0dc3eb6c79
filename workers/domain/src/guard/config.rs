//! What an organization tells the guard.

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{RefusalReason, defaults};
use crate::indicator::{DomainName, Indicator, IndicatorError, IndicatorType};

/// What an organization tells the guard. Every key has a default, and a list that is given replaces its default.
///
/// The lists of domains, addresses and networks are texts, read by [`Guard::new`](super::Guard::new), so that all
/// mistakes are told at once and with their key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GuardConfig {
    /// Domains, addresses and networks of the organization: what its workloads and people need. The second address of
    /// each VPC (its resolver) is covered by naming the VPC's network. Empty by default.
    pub own: Vec<String>,
    /// Domains and addresses of the identity provider. By default the sign-in hosts of the widespread ones.
    pub identity_providers: Vec<String>,
    /// Domains and addresses from which machines get packages. By default those of the widespread distributions and
    /// languages.
    pub package_mirrors: Vec<String>,
    /// Public resolvers, by address and by the name of their DNS over HTTPS. By default Cloudflare, Google, Quad9 and
    /// OpenDNS.
    pub public_resolvers: Vec<String>,
    /// Networks and addresses that many unrelated services share: a person may have them blocked, a finding by itself may
    /// not. By default those that Cloudflare and Fastly publish.
    pub shared_networks: Vec<String>,
    /// Whether the same holds for the addresses that AWS publishes, of every service and Region. `true` by default.
    pub aws_networks: bool,
    /// Lets the addresses pass that are reserved for documentation: only for demonstrations and tests. Its names always
    /// pass, since nobody can need or own them.
    /// `false` by default.
    pub allow_documentation_ranges: bool,
    /// The shortest prefix that an IPv4 network may have, from 8 to 32. 24 by default.
    pub widest_ipv4_prefix: u8,
    /// The shortest prefix that an IPv6 network may have, from 16 to 128. 48 by default.
    pub widest_ipv6_prefix: u8,
}

/// One mistake in a [`GuardConfig`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{key}: {problem}")]
pub struct GuardConfigProblem {
    /// The key, with the index of the entry where it is a list: `own[3]`.
    pub key: String,
    /// What is wrong with it, and what to write instead.
    pub problem: String,
}

/// The configured lists, parsed.
#[derive(Debug, Default)]
pub(super) struct ProtectedLists {
    pub(super) domains: Vec<(DomainName, RefusalReason)>,
    pub(super) networks: Vec<(IpNet, RefusalReason)>,
}

impl GuardConfig {
    pub(super) fn parse_lists(&self, problems: &mut Vec<GuardConfigProblem>) -> ProtectedLists {
        // The hard reasons first: where two lists protect the same thing, the refusal must be the hard one.
        let lists = [
            ("identity_providers", &self.identity_providers, RefusalReason::IdentityProvider),
            ("package_mirrors", &self.package_mirrors, RefusalReason::PackageMirror),
            ("public_resolvers", &self.public_resolvers, RefusalReason::PublicResolver),
        ];
        let mut parsed = ProtectedLists::default();
        for (key, texts, reason) in lists {
            parsed.read(key, texts, reason, reason, problems);
        }
        parsed.read("own", &self.own, RefusalReason::OwnDomain, RefusalReason::OwnNetwork, problems);
        parsed
    }

    pub(super) fn parse_shared_networks(&self, problems: &mut Vec<GuardConfigProblem>) -> Vec<IpNet> {
        let read = |(index, text): (usize, &String)| match Indicator::parse(IndicatorType::Network, text) {
            Ok(Indicator::Network(net)) => Some(net),
            // What is read as a network is none of a domain.
            Ok(Indicator::Domain(_)) => None,
            Err(error) => {
                problems.push(unreadable("shared_networks", index, text, &error));
                None
            }
        };
        self.shared_networks.iter().enumerate().filter_map(read).collect()
    }

    pub(super) fn check_prefixes(&self, problems: &mut Vec<GuardConfigProblem>) {
        let prefixes = [
            ("widest_ipv4_prefix", self.widest_ipv4_prefix, 8..=32),
            ("widest_ipv6_prefix", self.widest_ipv6_prefix, 16..=128),
        ];
        for (key, prefix, range) in prefixes {
            if !range.contains(&prefix) {
                let problem = format!("it must be from {} to {}, not {prefix}", range.start(), range.end());
                problems.push(GuardConfigProblem { key: key.to_owned(), problem });
            }
        }
    }
}

impl ProtectedLists {
    fn read(
        &mut self,
        key: &str,
        texts: &[String],
        of_domains: RefusalReason,
        of_networks: RefusalReason,
        problems: &mut Vec<GuardConfigProblem>,
    ) {
        for (index, text) in texts.iter().enumerate() {
            match text.parse() {
                Ok(Indicator::Domain(name)) => self.domains.push((name, of_domains)),
                Ok(Indicator::Network(net)) => self.networks.push((net, of_networks)),
                Err(error) => problems.push(unreadable(key, index, text, &error)),
            }
        }
    }
}

fn unreadable(key: &str, index: usize, text: &str, error: &IndicatorError) -> GuardConfigProblem {
    GuardConfigProblem { key: format!("{key}[{index}]"), problem: format!("{text:?} cannot be read: {error}") }
}

impl Default for GuardConfig {
    fn default() -> Self {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Self {
            own: Vec::new(),
            identity_providers: owned(defaults::IDENTITY_PROVIDERS),
            package_mirrors: owned(defaults::PACKAGE_MIRRORS),
            public_resolvers: owned(defaults::PUBLIC_RESOLVERS),
            shared_networks: owned(defaults::SHARED_NETWORKS),
            aws_networks: true,
            allow_documentation_ranges: false,
            widest_ipv4_prefix: 24,
            widest_ipv6_prefix: 48,
        }
    }
}
