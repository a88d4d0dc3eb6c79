//! What is left in the rule groups.

use super::merge::Group;
use super::{BlockRules, Held, Ledger, rule};
use crate::block::{Causes, Entry};
use crate::rule_group::{self, GroupText, Limits, Slots};

/// What is left, in all groups.
pub(super) struct Room {
    groups: Vec<Limits>,
    /// Of all groups together: one firewall policy may use all of them, and a signature id should name one block.
    slots: Slots,
    quic: bool,
}

impl Room {
    pub(super) fn of(ledger: &Ledger, groups: &[Group<'_>], rules: &BlockRules) -> Self {
        let texts = || ledger.groups().iter();
        let left = |(text, group): (&GroupText, &Group<'_>)| Limits {
            rules: group.limits.rules.saturating_sub(text.rules()),
            bytes: group.limits.bytes.saturating_sub(text.bytes()),
        };
        Self {
            groups: texts().zip(groups).map(left).collect(),
            quic: rules.quic,
            slots: Slots::new(rules.sids, texts().flat_map(|text| text.sids())),
        }
    }

    /// Gives a block in force further causes, if they fit.
    pub(super) fn add_causes(&mut self, ledger: &mut Ledger, block: usize, further: &Causes) -> Held {
        let held = &ledger.held()[block];
        let causes = held.entry.causes.clone().and(further);
        if causes == held.entry.causes {
            return held.clone();
        }
        // They stand once, in the block's first rule.
        let growth = causes.to_string().len().saturating_sub(held.entry.causes.to_string().len());
        let left = &mut self.groups[ledger.group_of(block)];
        let Some(less) = left.less(0, growth) else {
            return held.clone();
        };
        *left = less;
        let entry = Entry { causes, ..held.entry.clone() };
        ledger.rewrite(block, entry)
    }

    /// Adds a block to the first group that has room for the whole of it; `None` if none has, in rules or in bytes, or if no
    /// signature ids are left.
    pub(super) fn take(&mut self, ledger: &mut Ledger, entry: Entry) -> Option<Held> {
        let base = self.slots.free_for(&entry.indicator)?;
        let sids = rule_group::sids(&entry.indicator, base, self.quic);
        let mut held = Held { group: String::new(), entry, sids };
        let rules = rule::render(&held);
        let bytes = rules.iter().map(|rule| rule.len() + 1).sum::<usize>();
        let fits = |(group, left): (usize, &Limits)| {
            let less = left.less(rules.len(), bytes + ledger.groups()[group].missing_break())?;
            Some((group, less))
        };
        let (group, less) = self.groups.iter().enumerate().find_map(fits)?;
        self.groups[group] = less;
        self.slots.occupy(base);
        ledger.name_of(group).clone_into(&mut held.group);
        Some(ledger.append(group, held, rules))
    }
}
