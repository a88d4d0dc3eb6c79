//! From the texts that stand in the rule groups, and what is wanted, to the texts that are to stand there.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::Ledger;
use super::caps::{Automatic, Caps};
use super::release::{Release, left, release};
use super::report::{BlockOutcome, BlockReport, Report};
use super::room::Room;
use crate::block::{Block, Entry};
use crate::indicator::Indicator;
use crate::rule_group::{Limits, SidRange};

/// What is to change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Blocks that are to be in force. Several for one indicator count as one, with the latest end and the strongest
    /// mode.
    pub wanted: Vec<Block>,
    /// Blocks that are to go. They go first: one that is wanted as well is blocked anew.
    pub released: Vec<Release>,
}

/// A rule group as it stands.
#[derive(Clone, Copy, Debug)]
pub struct Group<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its `RulesString`.
    pub text: &'a str,
    /// What it can hold.
    pub limits: Limits,
}

/// What the configuration says of new blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockRules {
    /// Their signature ids. Blocks in force keep theirs.
    pub sids: SidRange,
    /// Whether those of domains have a rule for QUIC. Blocks in force keep the rules that they have.
    pub quic: bool,
    /// How many may come from findings at which nobody has looked; without them any number may.
    pub automatic: Option<Caps>,
}

/// The default signature ids, with QUIC and without caps.
impl Default for BlockRules {
    fn default() -> Self {
        Self { sids: SidRange::BLOCKS, quic: true, automatic: None }
    }
}

/// The new texts, and what became of each indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// What each group is to hold. Of one in which nothing changes it is the old text, byte for byte.
    pub texts: Vec<String>,
    /// What became of each indicator.
    pub report: Report,
}

/// Merges a change into the groups' texts, and takes out what has expired at `now`.
///
/// A new block goes into the first group that has room for it, and so all that comes at once costs an update of as few
/// groups as can be; one in force is found in whichever group it stands, and stays there. A block in force keeps its lines'
/// place, its signature ids, its causes and its time of creation; it is never shortened and never weakened. Whoever asks for it as well becomes one of its causes, unless the text is so full that not even
/// the few bytes of a reference fit: then the block is as if only the earlier ones had asked. New blocks are appended in
/// the order of their indicators. A block that fits into no group is refused whole, and nothing in force is given up for it.
/// The same arguments give the same texts, and merging the same wanted blocks again changes nothing.
pub fn merge(groups: &[Group<'_>], change: &Change, now: Timestamp, rules: &BlockRules) -> Merged {
    let mut ledger = Ledger::read(groups.iter().map(|group| (group.name, group.text)));
    let released = release(&mut ledger, &change.released);
    let expired = ledger.take_out(|held| held.entry.expires <= now);
    let unreadable = ledger.unreadable();
    let blocks = want(&mut ledger, strongest(&change.wanted, now), now, groups, rules);
    let left = left(&ledger, &change.released);
    let report = Report { blocks, released, left, expired, unreadable, rules: ledger.rules() };
    Merged { texts: ledger.into_texts(), report }
}

/// One entry for each indicator: the oldest that a person asked for, or else the oldest, since what a person wants must not
/// be counted as automatic. Its causes stand in this order too, and so nothing depends on the order in which requests
/// came together. One whose time is over makes no other stronger.
fn strongest(wanted: &[Block], now: Timestamp) -> BTreeMap<Indicator, Entry> {
    let mut ordered: Vec<&Entry> = wanted.iter().map(Block::entry).collect();
    let order = |entry: &&Entry| {
        (entry.expires <= now, entry.by.is_automatic(), entry.created, entry.causes.clone(), entry.by, entry.account)
    };
    ordered.sort_by_cached_key(order);
    let mut strongest: BTreeMap<Indicator, Entry> = BTreeMap::new();
    for entry in ordered {
        let known = strongest.entry(entry.indicator.clone()).or_insert_with(|| entry.clone());
        if entry.expires <= now {
            continue;
        }
        *known = Entry { causes: known.causes.clone().and(&entry.causes), ..strengthened(known, entry) };
    }
    strongest
}

/// The first entry with the later end and the stronger mode of the two.
fn strengthened(entry: &Entry, by: &Entry) -> Entry {
    Entry { expires: entry.expires.max(by.expires), mode: entry.mode.max(by.mode), ..entry.clone() }
}

/// Strengthens what is in force, and only then adds causes and what is new: `drop` is shorter than `alert`, and the room
/// that this makes must not first be seen by the next merge.
fn want(
    ledger: &mut Ledger,
    wanted: BTreeMap<Indicator, Entry>,
    now: Timestamp,
    groups: &[Group<'_>],
    rules: &BlockRules,
) -> Vec<BlockReport> {
    let (over, wanted): (Vec<Entry>, Vec<Entry>) = wanted.into_values().partition(|entry| entry.expires <= now);
    let already_over =
        |entry: Entry| BlockReport { indicator: entry.indicator, outcome: BlockOutcome::AlreadyOver, held: None };
    let mut reports: Vec<BlockReport> = over.into_iter().map(already_over).collect();
    let in_force = in_force(ledger);
    let (known, new): (Vec<Entry>, Vec<Entry>) =
        wanted.into_iter().partition(|entry| in_force.contains_key(&entry.indicator));
    let outcomes: Vec<BlockOutcome> =
        known.iter().map(|entry| strengthen(ledger, in_force[&entry.indicator], entry)).collect();
    let mut room = Room::of(ledger, groups, rules);
    for (entry, outcome) in known.into_iter().zip(outcomes) {
        let held = room.add_causes(ledger, in_force[&entry.indicator], &entry.causes);
        reports.push(BlockReport { indicator: entry.indicator, outcome, held: Some(held) });
    }
    let mut automatic = Automatic::of(ledger, rules.automatic.as_ref());
    for entry in new {
        let indicator = entry.indicator.clone();
        let (outcome, held) = if automatic.is_beyond_cap(&entry) {
            (BlockOutcome::BeyondCap, None)
        } else {
            match room.take(ledger, entry) {
                Some(held) => (BlockOutcome::Added, Some(held)),
                None => (BlockOutcome::RefusedForCapacity, None),
            }
        };
        if let Some(held) = &held {
            automatic.add(&held.entry);
        }
        reports.push(BlockReport { indicator, outcome, held });
    }
    reports.sort_by(|one, other| one.indicator.cmp(&other.indicator));
    reports
}

/// The ledger's blocks by their indicator; of several for one the first.
fn in_force(ledger: &Ledger) -> HashMap<Indicator, usize> {
    let mut places = HashMap::new();
    for (place, held) in ledger.held().iter().enumerate() {
        places.entry(held.entry.indicator.clone()).or_insert(place);
    }
    places
}

/// The limits are not asked: what is in force is never refused, and it does not grow, because every time is written with
/// as many digits.
fn strengthen(ledger: &mut Ledger, place: usize, wanted: &Entry) -> BlockOutcome {
    let entry = &ledger.held()[place].entry;
    let stronger = strengthened(entry, wanted);
    if stronger == *entry {
        return BlockOutcome::Kept;
    }
    let outcome = if stronger.mode > entry.mode { BlockOutcome::Promoted } else { BlockOutcome::Extended };
    ledger.rewrite(place, stronger);
    outcome
}
