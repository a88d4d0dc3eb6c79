//! From the text that stands in the hunt rule group, and what some hunts look for, to the text that is to stand there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::intelligence::Entry;
use super::report::Holdings;
use super::share::Shares;
use super::{HuntGroup, HuntName, HuntReport, Hunted, Ranked, rule};
use crate::indicator::Indicator;
use crate::rule_group::{self, Limits, SidRange, Slots};

/// What is to change.
#[derive(Clone, Debug, Default)]
pub struct HuntChange {
    /// The lists of the hunts that are refreshed. Those of other hunts stay as they stand.
    pub refreshed: BTreeMap<HuntName, Ranked>,
    /// The hunts that there are, of each the most rules that it may hold; one without a number shares equally. Hunts that are
    /// neither here nor refreshed go. Without this, all that stand in the group stay.
    pub hunts: Option<BTreeMap<HuntName, Option<usize>>>,
}

/// What the configuration says of new rules. Those that stand keep what they have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HuntRules {
    /// Their signature ids.
    pub sids: SidRange,
    /// Whether those of domains have a rule for QUIC.
    pub quic: bool,
}

/// The default signature ids, with QUIC.
impl Default for HuntRules {
    fn default() -> Self {
        Self { sids: SidRange::HUNTS, quic: true }
    }
}

/// The new text, and what became of each hunt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergedHunts {
    /// What the group is to hold: the old text, byte for byte, if nothing changes.
    pub text: String,
    /// One for each hunt that was refreshed or went.
    pub hunts: BTreeMap<HuntName, HuntReport>,
    /// Rules in the new text, everybody's.
    pub rules: usize,
    /// Lines with Falconer's mark that a person has edited: they are kept, and no longer looked after.
    pub unreadable: usize,
}

impl MergedHunts {
    /// This and the reports of an earlier merge, whose text may have been written or not.
    #[must_use]
    pub fn after(mut self, mut earlier: BTreeMap<HuntName, HuntReport>) -> Self {
        for (hunt, report) in &mut self.hunts {
            if let Some(earlier) = earlier.remove(hunt) {
                *report = std::mem::take(report).after(earlier);
            }
        }
        // A hunt that has gone is not told of by a later merge.
        self.hunts.extend(earlier);
        self
    }
}

/// Merges the lists of some hunts into the group's text.
///
/// An indicator that several hunts look for has one set of rules, which names all of them and goes with the last. Each hunt
/// fills its share of the group with the best of its list, and leaves out the rest; the shares do not overlap, but a hunt
/// that holds more than its share, since there were fewer hunts before, keeps it until it is refreshed itself. Rules that stand
/// keep their lines' place and their signature ids; new ones are appended, the best first. The same arguments give
/// the same text, and merging the same lists again changes nothing.
pub fn merge(text: &str, limits: Limits, change: &HuntChange, rules: &HuntRules) -> MergedHunts {
    let mut group = HuntGroup::read(text);
    let before = Holdings::of(&group);
    let hunts = known(change, &before);
    let wanted = wanted(change, &Shares::of(group.text.room_beside_others(limits), &hunts), rules);
    drop_unwanted(&mut group, change, &hunts, &wanted);
    update(&mut group, &wanted, limits);
    add(&mut group, &wanted, limits, rules);
    let after = Holdings::of(&group);
    let gone = before.hunts().filter(|hunt| !hunts.contains_key(*hunt)).map(|hunt| (hunt, 0));
    let refreshed = change.refreshed.iter().map(|(hunt, ranked)| (hunt, ranked.len()));
    let report = |(hunt, wanted): (&HuntName, usize)| (hunt.clone(), before.report(&after, hunt, wanted));
    MergedHunts {
        hunts: gone.chain(refreshed).map(report).collect(),
        rules: group.rules(),
        unreadable: group.unreadable(),
        text: group.text.into_text(),
    }
}

/// The hunts that there are.
fn known(change: &HuntChange, standing: &Holdings) -> BTreeMap<HuntName, Option<usize>> {
    let mut hunts = match &change.hunts {
        Some(hunts) => hunts.clone(),
        None => standing.hunts().map(|hunt| (hunt.clone(), None)).collect(),
    };
    for hunt in change.refreshed.keys() {
        hunts.entry(hunt.clone()).or_default();
    }
    hunts
}

/// What the refreshed hunts look for within their shares.
type WantedByIndicator<'a> = HashMap<&'a Indicator, Wanted<'a>>;

struct Wanted<'a> {
    entry: &'a Entry,
    hunts: BTreeSet<HuntName>,
}

fn wanted<'a>(change: &'a HuntChange, shares: &Shares, rules: &HuntRules) -> WantedByIndicator<'a> {
    let mut wanted = WantedByIndicator::new();
    for (hunt, ranked) in &change.refreshed {
        let mut share = shares.of_hunt(hunt);
        for entry in &ranked.entries {
            // Each hunt pays for the whole of what it shares, so that no share depends on what other hunts look for.
            let alone = new_entry(entry, [hunt.clone()].into(), rules.sids.last_slot(), rules);
            let Some(left) = share.less(alone.sids.len(), bytes(&rule::render(&alone))) else {
                break;
            };
            share = left;
            let indicator = entry.indicator.indicator();
            let known = wanted.entry(indicator).or_insert_with(|| Wanted { entry, hunts: BTreeSet::new() });
            if entry.is_better_than(known.entry) {
                known.entry = entry;
            }
            known.hunts.insert(hunt.clone());
        }
    }
    wanted
}

/// Takes out what no hunt looks for any more, and the names of hunts from what others still look for.
fn drop_unwanted(
    group: &mut HuntGroup,
    change: &HuntChange,
    hunts: &BTreeMap<HuntName, Option<usize>>,
    wanted: &WantedByIndicator<'_>,
) {
    group.keep(|hunted| {
        let by = wanted.get(&hunted.indicator).map(|wanted| &wanted.hunts);
        let looks_for_it = |hunt: &&HuntName| {
            hunts.contains_key(*hunt)
                && (!change.refreshed.contains_key(*hunt) || by.is_some_and(|by| by.contains(*hunt)))
        };
        hunted.hunts.iter().filter(looks_for_it).cloned().collect()
    });
}

/// Writes what is new of what stands already: first what makes room, and then, the best first, what still finds some. So the
/// next merge finds no room that this one has not seen.
fn update(group: &mut HuntGroup, wanted: &WantedByIndicator<'_>, limits: Limits) {
    let mut growing = Vec::new();
    for place in 0..group.hunted().len() {
        let standing = &group.hunted()[place];
        let Some(wanted) = wanted.get(&standing.indicator) else {
            continue;
        };
        let hunts = standing.hunts.union(&wanted.hunts).cloned().collect();
        let details = wanted.entry.details.unless_only_the_day_is_new(&standing.details);
        let updated = Hunted { hunts, details, ..standing.clone() };
        if updated == *standing {
            continue;
        }
        let growth = bytes(&rule::render(&updated)).saturating_sub(bytes(&rule::render(standing)));
        if growth == 0 {
            group.rewrite(place, updated);
        } else {
            growing.push((wanted.entry, place, updated, growth));
        }
    }
    growing.sort_by(|(one, ..), (other, ..)| one.rank().cmp(&other.rank()));
    let mut room = limits.bytes.saturating_sub(group.text.bytes());
    for (_, place, updated, growth) in growing {
        if let Some(left) = room.checked_sub(growth) {
            room = left;
            group.rewrite(place, updated);
        }
    }
}

/// Appends what does not stand yet, the best first. The shares fit, but who holds more than his share leaves less.
fn add(group: &mut HuntGroup, wanted: &WantedByIndicator<'_>, limits: Limits, rules: &HuntRules) {
    let standing: BTreeSet<&Indicator> = group.hunted().iter().map(|hunted| &hunted.indicator).collect();
    let mut new: Vec<&Wanted<'_>> =
        wanted.values().filter(|wanted| !standing.contains(wanted.entry.indicator.indicator())).collect();
    new.sort_by(|one, other| one.entry.rank().cmp(&other.entry.rank()));
    let mut slots = Slots::new(rules.sids, group.text.sids());
    let mut room = Limits {
        rules: limits.rules.saturating_sub(group.rules()),
        bytes: limits.bytes.saturating_sub(group.text.bytes() + group.text.missing_break()),
    };
    for Wanted { entry, hunts } in new {
        let Some(base) = slots.free_for(entry.indicator.indicator()) else {
            return;
        };
        let hunted = new_entry(entry, hunts.clone(), base, rules);
        let text = rule::render(&hunted);
        if let Some(left) = room.less(text.len(), bytes(&text)) {
            room = left;
            slots.occupy(base);
            group.append(hunted, text);
        }
    }
}

/// What a list's entry becomes in the group. Its indicator has passed the guard.
fn new_entry(entry: &Entry, hunts: BTreeSet<HuntName>, base: u32, rules: &HuntRules) -> Hunted {
    let indicator = entry.indicator.indicator().clone();
    let sids = rule_group::sids(&indicator, base, rules.quic);
    Hunted { indicator, hunts, details: entry.details.clone(), sids }
}

/// The length of rules in a text, each with its line break.
fn bytes(rules: &[String]) -> usize {
    rules.iter().map(|rule| rule.len() + 1).sum()
}
