//! One domain or network, parsed: what a rule may be made of.
//!
//! Text is parsed once, strictly, and what comes out can hold nothing but letters, digits and the few signs of a name or
//! an address. Whatever a finding puts around it (quotes, parentheses, semicolons, line breaks) is a typed error.

mod defang;
mod domain_name;
mod network;

use std::fmt;
use std::str::FromStr;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

pub use defang::refang;
pub use domain_name::{DomainName, DomainNameError};

/// What can be blocked.
///
/// As JSON it is `{"type": "domain", "value": "evil.example"}`; reading it parses the value again, so that a value which
/// crossed a wire is as trustworthy as one parsed here.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "IndicatorText", into = "IndicatorText")]
pub enum Indicator {
    /// A domain with everything below it.
    Domain(DomainName),
    /// An address (as `/32` or `/128`) or a network, with no host bits set.
    Network(IpNet),
}

/// What somebody says that an indicator is. A value of another kind is refused rather than read in another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum IndicatorType {
    /// A domain name.
    Domain,
    /// One IPv4 address.
    Ipv4,
    /// One IPv6 address. An IPv4-mapped one is taken too and becomes the IPv4 address that it stands for.
    Ipv6,
    /// One address of either family.
    Ip,
    /// A network in CIDR notation, or one address.
    Network,
}

/// An indicator as it is written in JSON.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct IndicatorText {
    /// What the value is.
    #[serde(rename = "type")]
    kind: IndicatorType,
    /// The domain, address or network.
    value: String,
}

/// Why a text is not an indicator of the type that it claims.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IndicatorError {
    /// It is empty, or nothing but white space.
    #[error("it is empty")]
    Empty,
    /// Not a domain name.
    #[error("it is not a domain name: {0}")]
    Domain(#[from] DomainNameError),
    /// Not an address of the family that was asked for.
    #[error("it is not {expected}")]
    Address {
        /// With its article, as in "an IPv4 address".
        expected: &'static str,
    },
    /// Neither a network in CIDR notation nor an address.
    #[error("it is neither a network in CIDR notation nor an address")]
    Network,
    /// Not a URL of http, https or ftp with a host in it.
    #[error("it is not a URL of http, https or ftp with a host")]
    Url,
    /// None of them, where any would have done.
    #[error("it is neither a domain name nor an address nor a network")]
    Unknown,
}

impl Indicator {
    /// Reads a text as the type that it is said to be.
    ///
    /// White space around it is dropped and defanged writing is undone (see [`refang`]).
    ///
    /// # Errors
    /// The reason why it is not of that type; a text is never read as another type than the one asked for.
    pub fn parse(kind: IndicatorType, text: &str) -> Result<Self, IndicatorError> {
        let text = refang(text.trim());
        if text.is_empty() {
            return Err(IndicatorError::Empty);
        }
        match kind {
            IndicatorType::Domain => Ok(Self::Domain(DomainName::parse(&text)?)),
            IndicatorType::Ipv4 => Self::address(&text, "an IPv4 address", |net| matches!(net, IpNet::V4(_))),
            // An IPv4-mapped address is written in IPv6's way, so that a source may rightly call it IPv6.
            IndicatorType::Ipv6 => Self::address(&text, "an IPv6 address", |_| text.contains(':')),
            IndicatorType::Ip => Self::address(&text, "an IP address", |_| true),
            IndicatorType::Network => network::parse(&text).map(Self::Network).ok_or(IndicatorError::Network),
        }
    }

    fn address(text: &str, expected: &'static str, fits: impl Fn(&IpNet) -> bool) -> Result<Self, IndicatorError> {
        let net = network::parse_address(text).filter(|net| fits(net));
        net.map(Self::Network).ok_or(IndicatorError::Address { expected })
    }

    /// Whether a block of this one blocks the other too: it is the same, below the domain, or inside the network.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Domain(name), Self::Domain(other)) => other.is_within(name),
            (Self::Network(net), Self::Network(other)) => net.contains(other),
            (Self::Domain(_), Self::Network(_)) | (Self::Network(_), Self::Domain(_)) => false,
        }
    }

    /// A number that the indicator has wherever and whenever it is written: the first eight bytes of its text's SHA-256.
    pub(crate) fn number(&self) -> u64 {
        let digest = Sha256::digest(self.to_string());
        digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }

    /// The most exact type that fits: [`IndicatorType::Network`] only for more than one address.
    pub fn kind(&self) -> IndicatorType {
        match self {
            Self::Domain(_) => IndicatorType::Domain,
            Self::Network(net) if net.prefix_len() < net.max_prefix_len() => IndicatorType::Network,
            Self::Network(IpNet::V4(_)) => IndicatorType::Ipv4,
            Self::Network(IpNet::V6(_)) => IndicatorType::Ipv6,
        }
    }
}

/// Reads what a person types without a type: an address, else a network, else a domain.
impl FromStr for Indicator {
    type Err = IndicatorError;

    fn from_str(text: &str) -> Result<Self, IndicatorError> {
        match Self::parse(IndicatorType::Network, text) {
            Err(IndicatorError::Network) => {
                Self::parse(IndicatorType::Domain, text).map_err(|_| IndicatorError::Unknown)
            }
            parsed => parsed,
        }
    }
}

/// `evil.example`, `198.51.100.7`, `2001:db8::/48`: a single address without its prefix length.
impl fmt::Display for Indicator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Domain(name) => name.fmt(formatter),
            Self::Network(net) if net.prefix_len() == net.max_prefix_len() => net.addr().fmt(formatter),
            Self::Network(net) => net.fmt(formatter),
        }
    }
}

impl TryFrom<IndicatorText> for Indicator {
    type Error = IndicatorError;

    fn try_from(text: IndicatorText) -> Result<Self, IndicatorError> {
        Self::parse(text.kind, &text.value)
    }
}

impl From<Indicator> for IndicatorText {
    fn from(indicator: Indicator) -> Self {
        Self { kind: indicator.kind(), value: indicator.to_string() }
    }
}
