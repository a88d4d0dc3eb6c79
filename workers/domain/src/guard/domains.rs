//! Which domains must never be blocked.

use super::config::ProtectedLists;
use super::shared_hosts::{HOSTING_DOMAINS, SHARED_SITES};
use super::{Objection, RefusalReason};
use crate::indicator::DomainName;

/// The domains that the guard keeps.
#[derive(Clone, Debug)]
pub(super) struct ProtectedDomains {
    /// Protected with everything below and above, in the order in which they are told.
    sites: Vec<(DomainName, RefusalReason)>,
    /// Protected with everything above: what stands below belongs to one customer and may be blocked.
    hosting: Vec<DomainName>,
}

impl ProtectedDomains {
    pub(super) fn new(lists: &ProtectedLists) -> Self {
        let before = [(FALCON_CLOUD, RefusalReason::FalconCloud), (AWS_ENDPOINTS, RefusalReason::AwsEndpoint)];
        let after = [(SPECIAL_USE, RefusalReason::SpecialUse), (SHARED_SITES, RefusalReason::SharedHost)];
        let sites = named(&before).chain(lists.domains.iter().cloned()).chain(named(&after)).collect();
        Self { sites, hosting: HOSTING_DOMAINS.iter().filter_map(|name| DomainName::parse(name).ok()).collect() }
    }

    pub(super) fn objection(&self, name: &DomainName) -> Option<Objection> {
        if let Some((protected, reason)) = self.sites.iter().find(|(protected, _)| reaches(name, protected)) {
            return Some(Objection::new(*reason, protected));
        }
        if name.labels().nth(1).is_none() {
            return Some(Objection::new(RefusalReason::SingleLabel, name));
        }
        if let Some(protected) = self.hosting.iter().find(|protected| protected.is_within(name)) {
            return Some(Objection::new(RefusalReason::PublicSuffix, protected));
        }
        is_public_suffix(name).then(|| Objection::new(RefusalReason::PublicSuffix, name))
    }
}

/// The names of this file's lists. Every one of them parses; a test holds them to it.
fn named(lists: &[(&[&str], RefusalReason)]) -> impl Iterator<Item = (DomainName, RefusalReason)> {
    let entries = lists.iter().flat_map(|(names, reason)| names.iter().map(move |name| (name, *reason)));
    entries.filter_map(|(name, reason)| DomainName::parse(name).ok().map(|name| (name, reason)))
}

/// Whether a block of `name` would reach `protected`: it is within it, or stands above it (a block covers everything
/// below its domain).
fn reaches(name: &DomainName, protected: &DomainName) -> bool {
    name.is_within(protected) || protected.is_within(name)
}

/// Whether the public suffix list (<https://publicsuffix.org/list/>, ICANN's and private part) knows the name as a suffix,
/// or as the parent of a wildcard such as `*.ck`, below which every label is a suffix of its own.
///
/// A top-level domain that the list does not know is taken for a domain like another: the list in this binary grows
/// old, new top-level domains come, and malware has its own.
fn is_public_suffix(name: &DomainName) -> bool {
    let is_known_suffix = |name: &str| {
        psl::suffix(name.as_bytes()).is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() == name.as_bytes())
    };
    is_known_suffix(name.as_str()) || is_known_suffix(&format!("any-label.{name}"))
}

/// The clouds that sensors and the API are reached at, commercial and government.
const FALCON_CLOUD: &[&str] = &["crowdstrike.com", "crowdstrike.mil", "cloudsink.net"];

/// Service endpoints of every partition, the console, sign-in and the certificate authority
/// (<https://docs.aws.amazon.com/general/latest/gr/rande.html>).
///
/// Names of customers under `amazonaws.com` (a bucket, an instance) are refused with them: a rule cannot tell them from
/// the service, and an instance's address can be blocked instead.
const AWS_ENDPOINTS: &[&str] = &[
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.aws",
    "api.amazonwebservices.com.cn",
    "api.amazonwebservices.eu",
    "aws.amazon.com",
    "signin.aws",
    "ecr.aws",
    "awsstatic.com",
    "amazonaws-us-gov.com",
    "amazonaws-eusc.eu",
    "amazonaws.cn",
    "amazontrust.com",
];

/// Names that are not found in the public DNS (<https://www.iana.org/assignments/special-use-domain-names/>), the
/// reserved `internal` among them, and the two zones of addresses written as names.
const SPECIAL_USE: &[&str] = &["alt", "arpa", "internal", "local", "localhost", "onion"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_lists_is_a_domain_name() {
        let lists = [FALCON_CLOUD, AWS_ENDPOINTS, SPECIAL_USE, SHARED_SITES, HOSTING_DOMAINS];
        for name in lists.into_iter().flatten() {
            assert_eq!(DomainName::parse(name).map(|name| name.to_string()), Ok((*name).to_owned()));
        }
    }
    #[test]
    fn hosting_that_the_public_suffix_list_knows_is_not_repeated() {
        let repeated = |name: &&&str| is_public_suffix(&DomainName::parse(name).unwrap());
        let repeated: Vec<_> = HOSTING_DOMAINS.iter().filter(repeated).collect();
        assert!(repeated.is_empty(), "{repeated:?}");
    }
}
