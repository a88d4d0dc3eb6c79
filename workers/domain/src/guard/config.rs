//! What an organization tells the guard.

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::RefusalReason;
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
            identity_providers: owned(IDENTITY_PROVIDERS),
            package_mirrors: owned(PACKAGE_MIRRORS),
            public_resolvers: owned(PUBLIC_RESOLVERS),
            shared_networks: owned(SHARED_NETWORKS),
            aws_networks: true,
            allow_documentation_ranges: false,
            widest_ipv4_prefix: 24,
            widest_ipv6_prefix: 48,
        }
    }
}

/// Sign-in hosts of Microsoft Entra ID, Google, Okta, Auth0, Ping Identity, OneLogin, Duo and IAM Identity Center.
const IDENTITY_PROVIDERS: &[&str] = &[
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.windows.net",
    "login.microsoft.com",
    "accounts.google.com",
    "okta.com",
    "okta-gov.com",
    "oktacdn.com",
    "auth0.com",
    "pingidentity.com",
    "pingone.com",
    "onelogin.com",
    "duosecurity.com",
    "awsapps.com",
];

/// Where Debian, Ubuntu, Fedora, Red Hat, SUSE, Rocky, Alma and Windows, the common languages and containers are fetched
/// from. Amazon Linux comes from AWS endpoints, which are protected anyway.
const PACKAGE_MIRRORS: &[&str] = &[
    "deb.debian.org",
    "security.debian.org",
    "archive.ubuntu.com",
    "security.ubuntu.com",
    "ports.ubuntu.com",
    "mirrors.fedoraproject.org",
    "dl.fedoraproject.org",
    "cdn.redhat.com",
    "scc.suse.com",
    "updates.suse.com",
    "mirrors.rockylinux.org",
    "mirrors.almalinux.org",
    "windowsupdate.com",
    "update.microsoft.com",
    "packages.microsoft.com",
    "registry.npmjs.org",
    "pypi.org",
    "files.pythonhosted.org",
    "crates.io",
    "proxy.golang.org",
    "sum.golang.org",
    "rubygems.org",
    "repo.maven.apache.org",
    "repo1.maven.org",
    "api.nuget.org",
    "download.docker.com",
    "registry-1.docker.io",
    "auth.docker.io",
    "registry.k8s.io",
    "quay.io",
];

/// <https://developers.cloudflare.com/1.1.1.1/ip-addresses/>, <https://developers.google.com/speed/public-dns>,
/// <https://quad9.net/service/service-addresses-and-features/>, <https://www.opendns.com/setupguide/>.
const PUBLIC_RESOLVERS: &[&str] = &[
    "1.1.1.1",
    "1.0.0.1",
    "2606:4700:4700::1111",
    "2606:4700:4700::1001",
    "cloudflare-dns.com",
    "one.one.one.one",
    "8.8.8.8",
    "8.8.4.4",
    "2001:4860:4860::8888",
    "2001:4860:4860::8844",
    "dns.google",
    "9.9.9.9",
    "149.112.112.112",
    "2620:fe::fe",
    "2620:fe::9",
    "dns.quad9.net",
    "208.67.222.222",
    "208.67.220.220",
    "2620:119:35::35",
    "2620:119:53::53",
    "doh.opendns.com",
];

/// What Cloudflare (<https://www.cloudflare.com/ips/>) and Fastly (<https://api.fastly.com/public-ip-list>,
/// <https://www.fastly.com/documentation/reference/api/utils/public-ip-list/>) publish: behind each address stand very many
/// names of very many customers. The lists of Google and Microsoft are their whole clouds, and too long and too unsteady for
/// a default.
const SHARED_NETWORKS: &[&str] = &[
    // Cloudflare.
    "103.21.244.0/22",
    "103.22.200.0/22",
    "103.31.4.0/22",
    "104.16.0.0/13",
    "104.24.0.0/14",
    "108.162.192.0/18",
    "131.0.72.0/22",
    "141.101.64.0/18",
    "162.158.0.0/15",
    "172.64.0.0/13",
    "173.245.48.0/20",
    "188.114.96.0/20",
    "190.93.240.0/20",
    "197.234.240.0/22",
    "198.41.128.0/17",
    "2400:cb00::/32",
    "2405:8100::/32",
    "2405:b500::/32",
    "2606:4700::/32",
    "2803:f800::/32",
    "2a06:98c0::/29",
    "2c0f:f248::/32",
    // Fastly.
    "23.235.32.0/20",
    "43.249.72.0/22",
    "103.244.50.0/24",
    "103.245.222.0/23",
    "103.245.224.0/24",
    "104.156.80.0/20",
    "140.248.64.0/18",
    "140.248.128.0/17",
    "146.75.0.0/17",
    "151.101.0.0/16",
    "157.52.64.0/18",
    "167.82.0.0/17",
    "167.82.128.0/20",
    "167.82.160.0/20",
    "167.82.224.0/20",
    "172.111.64.0/18",
    "185.31.16.0/22",
    "199.27.72.0/21",
    "199.232.0.0/16",
    "2a04:4e40::/32",
    "2a04:4e42::/32",
];
