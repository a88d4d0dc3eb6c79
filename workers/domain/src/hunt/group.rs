//! The text of the hunt rule group, understood.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Details, HuntName, rule};
use crate::indicator::Indicator;
use crate::rule_group::GroupText;

/// An indicator that stands in the hunt rule group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Hunted {
    /// What is looked for.
    pub indicator: Indicator,
    /// The hunts that look for it, at least one.
    pub hunts: BTreeSet<HuntName>,
    /// What its rules carry of the intelligence behind it.
    pub details: Details,
    /// The signature ids of its rules, as they come back in the firewall's alert log.
    pub sids: Vec<u32>,
}

/// The text of the hunt rule group, understood.
#[derive(Clone, Debug)]
pub struct HuntGroup {
    pub(super) text: GroupText,
    hunted: Vec<Hunted>,
    /// Where the rules of each indicator stand, in the order of `hunted`.
    lines: Vec<Vec<usize>>,
}

impl HuntGroup {
    /// Reads a `RulesString`. As in the block rule groups, an indicator is ours when every one of its rules stands exactly as
    /// Falconer writes it; everything else is foreign and stays as it is.
    pub fn read(text: &str) -> Self {
        let (text, entries) = GroupText::read(text, |line| {
            let hunted = rule::read_head(line)?;
            let rules = rule::render(&hunted);
            Some((hunted, rules))
        });
        let (hunted, lines) = entries.into_iter().unzip();
        Self { text, hunted, lines }
    }

    /// What is hunted, in the order of the text.
    pub fn hunted(&self) -> &[Hunted] {
        &self.hunted
    }

    /// How many lines bear Falconer's mark and are no rules of a hunt as Falconer writes them: somebody has edited them by
    /// hand, and must look after them.
    pub fn unreadable(&self) -> usize {
        self.text.unreadable()
    }

    /// How many rules the group holds, everybody's.
    pub fn rules(&self) -> usize {
        self.text.rules()
    }

    /// Lets each indicator keep only some of its hunts. One without any goes, with its lines.
    pub(super) fn keep(&mut self, kept: impl Fn(&Hunted) -> BTreeSet<HuntName>) {
        let standing = std::mem::take(&mut self.hunted).into_iter().zip(std::mem::take(&mut self.lines));
        for (hunted, lines) in standing {
            let hunts = kept(&hunted);
            if hunts.is_empty() {
                lines.iter().for_each(|&line| self.text.remove(line));
                continue;
            }
            let is_less = hunts != hunted.hunts;
            self.lines.push(lines);
            self.hunted.push(Hunted { hunts, ..hunted });
            if is_less {
                self.write(self.hunted.len() - 1);
            }
        }
    }

    /// Writes another entry in the place of one of the same indicator and the same signature ids.
    pub(super) fn rewrite(&mut self, place: usize, hunted: Hunted) {
        self.hunted[place] = hunted;
        self.write(place);
    }

    /// Puts a new entry, rendered as `rules`, at the end.
    pub(super) fn append(&mut self, hunted: Hunted, rules: Vec<String>) {
        self.lines.push(self.text.append(rules));
        self.hunted.push(hunted);
    }

    fn write(&mut self, place: usize) {
        for (rule, &line) in rule::render(&self.hunted[place]).iter().zip(&self.lines[place]) {
            self.text.rewrite(line, rule);
        }
    }
}
