//! What an organization tells the policy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::defaults;
use super::pattern::{ArnPattern, TypePattern};
use crate::block::{Mode, Ttl};
use crate::finding::{Severity, Tag};

/// Which findings act by themselves, and what blocks are like if nobody says. Every key has a default, and a list that is
/// given replaces its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyConfig {
    /// The products whose findings may act by themselves. By default CrowdStrike Falcon and GuardDuty. Never
    /// `product/<account>/default`, under which everybody in an account can write findings.
    pub products: Vec<TrustedProduct>,
    /// The types of findings that may act by themselves: patterns in which `*` stands for any characters. One of a
    /// finding's types must match. Empty by default, which lets every type act that is not refused: a list would not stop
    /// a forged finding, whose author writes what the list asks for.
    pub types: Vec<String>,
    /// Types that never act by themselves, whatever `types` says; the same patterns. By default those in which the remote
    /// side is the victim, or harmless, or shared, or not known to be bad: denial of service, scans, guessed passwords, mail,
    /// sinkholes, resolvers, young names, unusual traffic.
    pub refused_types: Vec<String>,
    /// The lowest severity that acts by itself, for products without one of their own. `LOW` by default: product and type
    /// already say that the remote side is known to be bad; the severity mostly says how bad it is for the host.
    pub min_severity: Severity,
    /// The lowest confidence, from 0 to 100, of findings that state one; most do not. 70 by default.
    pub min_confidence: u8,
    /// Tags, written `key=value`, any of which on any resource of a finding forbids automatic acts.
    /// `falconer:automatic=never` by default.
    pub forbidding_tags: Vec<String>,
    /// Tags, written `key=value`, of which a resource of the finding must bear one for an automatic act. None by default:
    /// no tag is needed.
    pub required_tags: Vec<String>,
    /// What blocks do, for products without a mode of their own: `drop`, or `alert` to look before you leap. `drop` by
    /// default.
    pub mode: Mode,
    /// How long blocks last, by the finding's severity.
    pub ttl: TtlBySeverity,
}

/// A product whose findings may act by themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustedProduct {
    /// Its `ProductArn`, in which `*` stands for any characters between two of `:` and `/`.
    pub arn: String,
    /// What its blocks do, if not the policy's `mode`.
    #[serde(default)]
    pub mode: Option<Mode>,
    /// The lowest severity that acts by itself, if not the policy's `min_severity`.
    #[serde(default)]
    pub min_severity: Option<Severity>,
}

/// How long blocks last, by severity: `90m`, `24h`, `7d`; from `5m` to `365d`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TtlBySeverity {
    /// For CRITICAL. `7d` by default.
    pub critical: String,
    /// For HIGH. `72h` by default.
    pub high: String,
    /// For MEDIUM. `24h` by default.
    pub medium: String,
    /// For all else, the manual form among it. `24h` by default.
    pub otherwise: String,
}

/// One mistake in a [`PolicyConfig`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{key}: {problem}")]
pub struct PolicyConfigProblem {
    /// The key, with the index of the entry where it is a list: `products[0].arn`.
    pub key: String,
    /// What is wrong with it, and what to write instead.
    pub problem: String,
}

impl Default for PolicyConfig {
    fn default() -> Self {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let trusted = |arn: &&str| TrustedProduct { arn: (*arn).to_owned(), mode: None, min_severity: None };
        Self {
            products: defaults::PRODUCTS.iter().map(trusted).collect(),
            types: Vec::new(),
            refused_types: owned(defaults::REFUSED_TYPES),
            min_severity: Severity::Low,
            min_confidence: 70,
            forbidding_tags: owned(&["falconer:automatic=never"]),
            required_tags: Vec::new(),
            mode: Mode::default(),
            ttl: TtlBySeverity::default(),
        }
    }
}

impl Default for TtlBySeverity {
    fn default() -> Self {
        let (critical, high, medium, otherwise) =
            ("7d".to_owned(), "72h".to_owned(), "24h".to_owned(), "24h".to_owned());
        Self { critical, high, medium, otherwise }
    }
}

/// A [`TtlBySeverity`], parsed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ttls {
    critical: Ttl,
    high: Ttl,
    medium: Ttl,
    otherwise: Ttl,
}

impl Ttls {
    pub(super) fn of(&self, severity: Option<Severity>) -> Ttl {
        match severity {
            Some(Severity::Critical) => self.critical,
            Some(Severity::High) => self.high,
            Some(Severity::Medium) => self.medium,
            Some(Severity::Low | Severity::Informational) | None => self.otherwise,
        }
    }
}

/// Reads a configuration's texts and collects what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) problems: Vec<PolicyConfigProblem>,
}

impl Reader {
    pub(super) fn types(&mut self, key: &str, texts: &[String]) -> Vec<TypePattern> {
        self.list(key, texts, |text| match text.trim_matches('*') {
            "" => Err("it matches every type: name the types that are meant"),
            _ => Ok(TypePattern::new(text)),
        })
    }

    pub(super) fn tags(&mut self, key: &str, texts: &[String]) -> Vec<Tag> {
        self.list(key, texts, |text| match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok(Tag { key: key.to_owned(), value: value.to_owned() }),
            _ => Err("it must be a tag, written `key=value`"),
        })
    }

    pub(super) fn arns(&mut self, products: &[TrustedProduct]) -> Vec<ArnPattern> {
        let read = |(index, product): (usize, &TrustedProduct)| {
            self.keep(&format!("products[{index}].arn"), &product.arn, ArnPattern::new(&product.arn))
        };
        products.iter().enumerate().filter_map(read).collect()
    }

    pub(super) fn confidence(&mut self, confidence: u8) {
        if confidence > 100 {
            self.keep::<()>("min_confidence", &confidence.to_string(), Err("it must be from 0 to 100"));
        }
    }

    /// `None` if one of the four has a problem.
    pub(super) fn ttls(&mut self, ttl: &TtlBySeverity) -> Option<Ttls> {
        let mut read = |key: &str, text: &str| self.keep(&format!("ttl.{key}"), text, text.parse::<Ttl>());
        let (critical, high) = (read("critical", &ttl.critical), read("high", &ttl.high));
        let (medium, otherwise) = (read("medium", &ttl.medium), read("otherwise", &ttl.otherwise));
        Some(Ttls { critical: critical?, high: high?, medium: medium?, otherwise: otherwise? })
    }

    fn list<T>(&mut self, key: &str, texts: &[String], read: impl Fn(&str) -> Result<T, &'static str>) -> Vec<T> {
        let entries = texts.iter().enumerate();
        entries.filter_map(|(index, text)| self.keep(&format!("{key}[{index}]"), text, read(text))).collect()
    }

    /// The value, or nothing and one problem more.
    fn keep<T>(&mut self, key: &str, text: &str, read: Result<T, impl ToString>) -> Option<T> {
        let problem = |error: String| PolicyConfigProblem {
            key: key.to_owned(),
            problem: format!("{text:?} cannot be used: {error}"),
        };
        read.map_err(|error| self.problems.push(problem(error.to_string()))).ok()
    }
}
