//! From the texts of the rule groups to blocks, and back.

use super::{Held, rule};
use crate::block::{Entry, FindingRef};
use crate::rule_group::GroupText;

/// The texts of the block rule groups, understood.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    names: Vec<String>,
    groups: Vec<GroupText>,
    held: Vec<Held>,
    /// Where the rules of each block stand, in the order of `held`.
    places: Vec<Place>,
}

/// Where a block stands.
#[derive(Clone, Debug)]
struct Place {
    group: usize,
    /// The lines of its rules, in their order.
    lines: Vec<usize>,
}

impl Ledger {
    /// Reads rule groups: of each its name and its `RulesString`.
    ///
    /// A block is ours when every one of its rules stands in one group exactly as Falconer writes it, wherever that is.
    /// A block of which a person has changed, commented out or removed a rule is that person's from then on: its lines
    /// are foreign, stay as they are, and are counted as [unreadable](Self::unreadable).
    pub fn read<'a>(groups: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut ledger = Self::default();
        for (name, text) in groups {
            let (group, blocks) = GroupText::read(text, |line| {
                let held = rule::read_head(name, line)?;
                let rules = rule::render(&held);
                Some((held, rules))
            });
            for (held, lines) in blocks {
                ledger.held.push(held);
                ledger.places.push(Place { group: ledger.groups.len(), lines });
            }
            ledger.names.push(name.to_owned());
            ledger.groups.push(group);
        }
        ledger
    }

    /// The blocks that stand in the texts, in their order, expired ones among them.
    pub fn held(&self) -> &[Held] {
        &self.held
    }

    /// The blocks that list this finding among their causes. One that only counts it is not found here: the finding names
    /// its own indicators, and [`Causes::include`](crate::block::Causes::include) tells of each.
    pub fn held_for(&self, finding: &FindingRef) -> impl Iterator<Item = &Held> {
        self.held.iter().filter(move |held| held.entry.causes.listed().contains(finding))
    }

    /// How many lines bear Falconer's mark and are not as Falconer writes them: somebody has edited them by hand, and
    /// must look after them.
    pub fn unreadable(&self) -> usize {
        self.groups.iter().map(GroupText::unreadable).sum()
    }

    /// How many rules each group holds, everybody's, in the order in which the groups were read.
    pub fn rules(&self) -> Vec<usize> {
        self.groups.iter().map(GroupText::rules).collect()
    }

    /// The group in which a block stands.
    pub(super) fn group_of(&self, block: usize) -> usize {
        self.places[block].group
    }

    pub(super) fn name_of(&self, group: usize) -> &str {
        &self.names[group]
    }

    pub(super) fn groups(&self) -> &[GroupText] {
        &self.groups
    }

    /// Takes out the blocks that `go`, with their lines.
    pub(super) fn take_out(&mut self, go: impl Fn(&Held) -> bool) -> Vec<Held> {
        let (mut gone, mut stays) = (Vec::new(), Self::default());
        for (held, place) in self.held.drain(..).zip(self.places.drain(..)) {
            if go(&held) {
                place.lines.iter().for_each(|&line| self.groups[place.group].remove(line));
                gone.push(held);
            } else {
                stays.held.push(held);
                stays.places.push(place);
            }
        }
        (self.held, self.places) = (stays.held, stays.places);
        gone
    }

    /// Gives a block another entry, in its place and with its signature ids. The indicator must be the same.
    pub(super) fn rewrite(&mut self, block: usize, entry: Entry) -> Held {
        let held = &mut self.held[block];
        held.entry = entry;
        let Place { group, lines } = &self.places[block];
        for (rule, &line) in rule::render(held).iter().zip(lines) {
            self.groups[*group].rewrite(line, rule);
        }
        held.clone()
    }

    /// Puts a new block, rendered as `rules`, at the end of a group.
    pub(super) fn append(&mut self, group: usize, held: Held, rules: Vec<String>) -> Held {
        let lines = self.groups[group].append(rules);
        self.places.push(Place { group, lines });
        self.held.push(held.clone());
        held
    }

    /// The texts, in the order in which they were read.
    pub(super) fn into_texts(self) -> Vec<String> {
        self.groups.into_iter().map(GroupText::into_text).collect()
    }
}
