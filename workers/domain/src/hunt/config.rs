//! What an organization hunts.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{HuntName, HuntRules};
use crate::rule_group::SidRange;

/// Hunts that there can be: what an execution tells of each must fit together into what a state can hand on, 262,144 bytes
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>).
const MOST_HUNTS: usize = 32;

/// `[hunt]`: what of Falcon Intelligence is watched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HuntConfig {
    /// The stateful rule group of Suricata rules in which the hunts stand; no block rule group. Default `falconer-hunt`.
    pub group: String,
    /// The first signature id for hunts. Default 2,000,000,000.
    pub first_sid: u32,
    /// The last signature id for hunts. Default 2,099,999,999.
    pub last_sid: u32,
    /// The hunts, by their names: 1 to 32 small letters, digits, dots, underscores, colons and hyphens. None by default.
    pub lists: BTreeMap<String, HuntListConfig>,
}

/// `[hunt.lists.<name>]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HuntListConfig {
    /// Which indicators, in Falcon's query language, such as `actors:'FANCYBEAR'`.
    pub filter: String,
    /// Whether addresses and networks are hunted too; else only domains. Default false.
    pub addresses: bool,
    /// The most rules of the group that the hunt may take: a domain takes four, an address or network one. Without it, an equal
    /// share.
    pub most_rules: Option<usize>,
}

/// One mistake in a [`HuntConfig`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{key}: {problem}")]
pub struct HuntConfigProblem {
    /// The key.
    pub key: String,
    /// What is wrong with it, and what to write instead.
    pub problem: String,
}

/// What is hunted, parsed.
#[derive(Clone, Debug)]
pub struct Hunts {
    /// The name of the rule group.
    pub group: String,
    /// What new rules are like.
    pub rules: HuntRules,
    /// The hunts.
    pub lists: BTreeMap<HuntName, Hunt>,
}

/// A named filter, whose indicators stand in the hunt rule group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunt {
    /// In Falcon's query language.
    pub filter: String,
    /// Whether addresses and networks are hunted too.
    pub addresses: bool,
    /// The most rules that it may take, if somebody has said so.
    pub most_rules: Option<usize>,
}

impl Default for HuntConfig {
    fn default() -> Self {
        Self {
            group: "falconer-hunt".to_owned(),
            first_sid: 2_000_000_000,
            last_sid: 2_099_999_999,
            lists: BTreeMap::new(),
        }
    }
}

impl Hunts {
    /// The hunts of a configuration; `quic` says whether the rules of new domains have one for QUIC.
    ///
    /// # Errors
    /// Every mistake of the configuration, with its key.
    pub fn new(config: &HuntConfig, quic: bool) -> Result<Self, Vec<HuntConfigProblem>> {
        let mut problems = Vec::new();
        let mut refuse = |key: &str, problem: &dyn ToString| {
            problems.push(HuntConfigProblem { key: key.to_owned(), problem: problem.to_string() });
        };
        if config.group.is_empty() {
            refuse("group", &"must name a rule group");
        }
        if config.lists.len() > MOST_HUNTS {
            refuse(
                "lists",
                &format!("must be at most {MOST_HUNTS} hunts: join filters with a comma, which means `or`"),
            );
        }
        let mut lists = BTreeMap::new();
        for (name, list) in &config.lists {
            let HuntListConfig { filter, addresses, most_rules } = list;
            if filter.trim().is_empty() {
                refuse(&format!("lists.{name}.filter"), &"must say which indicators, such as actors:'FANCYBEAR'");
            }
            if *most_rules == Some(0) {
                refuse(
                    &format!("lists.{name}.most_rules"),
                    &"must be at least 1; take the hunt out if it is not wanted",
                );
            }
            let hunt = Hunt { filter: filter.trim().to_owned(), addresses: *addresses, most_rules: *most_rules };
            match name.parse::<HuntName>() {
                Ok(name) => drop(lists.insert(name, hunt)),
                Err(error) => refuse(&format!("lists.{name}"), &error),
            }
        }
        let sids = SidRange::new(config.first_sid, config.last_sid)
            .map_err(|error| refuse("first_sid, hunt.last_sid", &error));
        match sids {
            Ok(sids) if problems.is_empty() => {
                Ok(Self { group: config.group.clone(), rules: HuntRules { sids, quic }, lists })
            }
            _ => Err(problems),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(filter: &str) -> HuntListConfig {
        HuntListConfig { filter: filter.to_owned(), ..HuntListConfig::default() }
    }

    #[test]
    fn nothing_is_hunted_by_default() {
        let hunts = Hunts::new(&HuntConfig::default(), true).unwrap();
        assert_eq!((hunts.group.as_str(), hunts.lists.len(), hunts.rules), ("falconer-hunt", 0, HuntRules::default()));
    }

    #[test]
    fn every_mistake_is_named_with_its_key() {
        let lists = [
            ("Fancy Bear", list("actors:'FANCYBEAR'")),
            ("all", list(" ")),
            ("none", HuntListConfig { most_rules: Some(0), ..list("type:'domain'") }),
        ];
        let lists = lists.map(|(name, list)| (name.to_owned(), list)).into();
        let config = HuntConfig { group: String::new(), first_sid: 0, lists, ..HuntConfig::default() };
        let problems = Hunts::new(&config, true).unwrap_err();
        let keys: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
        let expected =
            ["group", "lists.Fancy Bear", "lists.all.filter", "lists.none.most_rules", "first_sid, hunt.last_sid"];
        assert_eq!(keys, expected);
        let lists = (0..33).map(|number| (format!("hunt-{number}"), list("type:'domain'"))).collect();
        let problems = Hunts::new(&HuntConfig { lists, ..HuntConfig::default() }, true).unwrap_err();
        assert_eq!(problems[0].key, "lists");
    }
}
