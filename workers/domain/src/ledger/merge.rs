//! From the text that stands in the rule group, and what is wanted, to the text that is to stand there.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caps::{Automatic, Caps};
use super::release::{Release, ReleaseReport, release};
use super::sid::{SidRange, Slots};
use super::{Held, Ledger, rule};
use crate::block::{Block, Causes, Entry, Requester};
use crate::indicator::Indicator;

/// What is to change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Blocks that are to be in force. Several for one indicator count as one, with the latest end and the strongest
    /// mode.
    pub wanted: Vec<Block>,
    /// Blocks that are to go. They go first: one that is wanted as well is blocked anew.
    pub released: Vec<Release>,
}

/// What the rule group can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The group's capacity, as it was created: each rule takes one.
    pub rules: usize,
    /// The longest `RulesString`, in bytes.
    pub bytes: usize,
    /// The signature ids for new blocks. Blocks in force keep theirs.
    pub sids: SidRange,
    /// Whether new blocks of domains have a rule for QUIC. Blocks in force keep the rules that they have.
    pub quic: bool,
    /// How many new blocks may come from findings at which nobody has looked; without them any number may.
    pub automatic: Option<Caps>,
}

impl Limits {
    /// The longest `RulesString`
    /// (<https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_RulesSource.html>).
    pub const RULES_STRING_BYTES: usize = 2_000_000;

    /// The limits of a group with this capacity, with the default signature ids, with QUIC and without caps.
    pub fn of_capacity(rules: usize) -> Self {
        Self { rules, bytes: Self::RULES_STRING_BYTES, sids: SidRange::default(), quic: true, automatic: None }
    }
}

/// The new text, and what became of each indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// What the group is to hold. If nothing changes it is the old text, byte for byte.
    pub text: String,
    /// What became of each indicator.
    pub report: Report,
}

/// What a merge does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// One for each wanted indicator, in their order.
    pub blocks: Vec<BlockReport>,
    /// One for each release, in their order.
    pub released: Vec<ReleaseReport>,
    /// Blocks whose time is over and which were taken out, in the order of the text.
    pub expired: Vec<Held>,
    /// Lines with Falconer's mark that a person has edited: they are kept, and no longer looked after.
    pub unreadable: usize,
    /// Rules in the new text, everybody's.
    pub rules: usize,
}

/// What became of one wanted indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlockReport {
    /// The indicator.
    pub indicator: Indicator,
    /// What became of it.
    pub outcome: BlockOutcome,
    /// The block as the new text holds it, if it does.
    pub held: Option<Held>,
}

/// What became of a wanted block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum BlockOutcome {
    /// It is new.
    Added,
    /// The one in force ends later now.
    Extended,
    /// The one in force drops now what it only reported, and perhaps ends later.
    Promoted,
    /// The one in force lasts as long already, and is as strong. Its causes may be more now.
    Kept,
    /// The group has no room for it: it is not blocked.
    RefusedForCapacity,
    /// Its own time is over already: it is not blocked.
    AlreadyOver,
    /// Nobody but a finding asks for it, and findings have made as many blocks within the hour as they may: it is not
    /// blocked until a person asks.
    BeyondCap,
}

/// Merges a change into the group's text, and takes out what has expired at `now`.
///
/// A block in force keeps its lines' place, its signature ids, its causes and its time of creation; it is never shortened
/// and never weakened. Whoever asks for it as well becomes one of its causes, unless the text is so full that not even
/// the few bytes of a reference fit: then the block is as if only the earlier ones had asked. New blocks are appended in
/// the order of their indicators. A block that does not fit is refused whole, and nothing in force is given up for it.
/// The same arguments give the same text, and merging the same wanted blocks again changes nothing.
pub fn merge(text: &str, change: &Change, now: Timestamp, limits: &Limits) -> Merged {
    let mut ledger = Ledger::read(text);
    let released = release(&mut ledger, &change.released);
    let expired = ledger.take_out(|held| held.entry.expires <= now);
    let unreadable = ledger.unreadable();
    let blocks = want(&mut ledger, strongest(&change.wanted), now, limits);
    let rules = ledger.rules();
    let report = Report { blocks, released, expired, unreadable, rules };
    Merged { text: ledger.into_text(), report }
}

/// One entry for each indicator: the oldest that a person asked for, or else the oldest, since what a person wants must not
/// be counted as automatic. Its causes stand in this order too, and so nothing depends on the order in which requests
/// came together.
fn strongest(wanted: &[Block]) -> BTreeMap<Indicator, Entry> {
    let mut ordered: Vec<&Entry> = wanted.iter().map(Block::entry).collect();
    let order = |entry: &&Entry| {
        let is_automatic = entry.by == Requester::Imported;
        (is_automatic, entry.created, entry.causes.clone(), entry.by, entry.account)
    };
    ordered.sort_by_cached_key(order);
    let mut strongest: BTreeMap<Indicator, Entry> = BTreeMap::new();
    for entry in ordered {
        let known = strongest.entry(entry.indicator.clone()).or_insert_with(|| entry.clone());
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
fn want(ledger: &mut Ledger, wanted: BTreeMap<Indicator, Entry>, now: Timestamp, limits: &Limits) -> Vec<BlockReport> {
    let in_force = in_force(ledger);
    let (known, new): (Vec<Entry>, Vec<Entry>) =
        wanted.into_values().partition(|entry| in_force.contains_key(&entry.indicator));
    let outcomes: Vec<BlockOutcome> =
        known.iter().map(|entry| strengthen(ledger, in_force[&entry.indicator], entry)).collect();
    let mut room = Room::of(ledger, *limits);
    let mut reports = Vec::with_capacity(known.len() + new.len());
    for (entry, outcome) in known.into_iter().zip(outcomes) {
        let held = room.add_causes(ledger, in_force[&entry.indicator], &entry.causes);
        reports.push(BlockReport { indicator: entry.indicator, outcome, held: Some(held) });
    }
    let mut automatic = Automatic::of(ledger, limits.automatic.as_ref());
    for entry in new {
        let indicator = entry.indicator.clone();
        let (outcome, held) = if entry.expires <= now {
            (BlockOutcome::AlreadyOver, None)
        } else if automatic.is_beyond_cap(&entry) {
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

/// What is left in the rule group.
struct Room {
    rules: usize,
    bytes: usize,
    slots: Slots,
    quic: bool,
}

impl Room {
    fn of(ledger: &Ledger, limits: Limits) -> Self {
        Self {
            rules: limits.rules.saturating_sub(ledger.rules()),
            bytes: limits.bytes.saturating_sub(ledger.bytes()),
            slots: Slots::new(limits.sids, ledger.sids()),
            quic: limits.quic,
        }
    }

    /// Gives a block in force further causes, if they fit.
    fn add_causes(&mut self, ledger: &mut Ledger, place: usize, further: &Causes) -> Held {
        let held = &ledger.held()[place];
        let causes = held.entry.causes.clone().and(further);
        // They stand once, in the block's first rule.
        let growth = causes.to_string().len().saturating_sub(held.entry.causes.to_string().len());
        match self.bytes.checked_sub(growth) {
            Some(bytes) if causes != held.entry.causes => {
                self.bytes = bytes;
                let entry = Entry { causes, ..held.entry.clone() };
                ledger.rewrite(place, entry)
            }
            _ => held.clone(),
        }
    }

    /// Adds a block to the ledger, whole; `None` if it does not fit, in rules, in bytes or in signature ids.
    fn take(&mut self, ledger: &mut Ledger, entry: Entry) -> Option<Held> {
        let base = self.slots.free_for(&entry.indicator)?;
        let held = Held::new(entry, base, self.quic);
        let lines = rule::render(&held);
        let bytes = lines.iter().map(|line| line.len() + 1).sum::<usize>() + ledger.missing_break();
        // Both or neither: what one has room for the other may refuse.
        let (rules, bytes) = (self.rules.checked_sub(lines.len())?, self.bytes.checked_sub(bytes)?);
        (self.rules, self.bytes) = (rules, bytes);
        self.slots.occupy(base);
        Some(ledger.append(held, lines))
    }
}
