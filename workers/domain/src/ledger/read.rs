//! From the rule group's text to lines: ours, by block, and everybody else's.

use std::collections::HashMap;

use super::{Held, rule};
use crate::block::{Entry, FindingRef};

/// The rule group's text, understood.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    lines: Vec<Line>,
    held: Vec<Held>,
}

/// One line as it stands in the text.
#[derive(Clone, Debug)]
struct Line {
    /// With its line break, if it has one.
    text: String,
    /// What it is of, if it is ours.
    part: Option<Part>,
}

/// A place in a block.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// Which of the ledger's blocks.
    block: usize,
    /// Which of its rules.
    rule: usize,
}

impl Ledger {
    /// Reads a rule group's `RulesString`.
    ///
    /// A block is ours when every one of its rules stands in the text exactly as Falconer writes it, wherever that is.
    /// A block of which a person has changed, commented out or removed a rule is that person's from then on: its lines
    /// are foreign, stay as they are, and are counted as [unreadable](Self::unreadable).
    pub fn read(text: &str) -> Self {
        let line = |text: &str| Line { text: text.to_owned(), part: None };
        let mut ledger = Self { lines: text.split_inclusive('\n').map(line).collect(), held: Vec::new() };
        let marked = text.split_inclusive('\n').enumerate().filter(|(_, line)| line.contains(rule::MARKER));
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (place, line) in marked.clone() {
            places.entry(line.trim()).or_insert(place);
        }
        for (_, line) in marked {
            let Some(held) = rule::read_head(line.trim()) else {
                continue;
            };
            let rules = rule::render(&held);
            let found: Option<Vec<usize>> = rules.iter().map(|rule| places.get(rule.as_str()).copied()).collect();
            // A line belongs to one block: a copy of a block, or a second first line for the same further ones, is not ours.
            let is_free = |found: &Vec<usize>| found.iter().all(|&place| ledger.lines[place].part.is_none());
            if let Some(found) = found.filter(is_free) {
                ledger.claim(&found);
                ledger.held.push(held);
            }
        }
        ledger
    }

    /// The blocks that stand in the text, in its order, expired ones among them.
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
        self.lines.iter().filter(|line| line.part.is_none() && line.text.contains(rule::MARKER)).count()
    }

    /// How many lines count against the group's capacity: all but empty lines and comments
    /// (<https://docs.aws.amazon.com/network-firewall/latest/developerguide/nwfw-rule-group-capacity.html>).
    pub fn rules(&self) -> usize {
        let counts = |line: &&Line| !matches!(line.text.trim().bytes().next(), None | Some(b'#'));
        self.lines.iter().filter(counts).count()
    }

    /// Every signature id in the text, ours and others'. One in a comment or a quoted text is taken for one too: to avoid
    /// an id too many costs nothing.
    pub(super) fn sids(&self) -> impl Iterator<Item = u32> {
        self.lines.iter().flat_map(|line| sids_in(&line.text))
    }

    /// The length of the text.
    pub(super) fn bytes(&self) -> usize {
        self.lines.iter().map(|line| line.text.len()).sum()
    }

    /// How many bytes [`append`](Self::append) writes to end a last line that has no line break.
    pub(super) fn missing_break(&self) -> usize {
        self.lines.last().is_some_and(|line| !line.text.ends_with('\n')).into()
    }

    /// Takes out the blocks that `go`, with their lines.
    pub(super) fn take_out(&mut self, go: impl Fn(&Held) -> bool) -> Vec<Held> {
        let mut gone = Vec::new();
        let mut stays = Vec::new();
        // Where each block is afterwards; `None` for one that is gone.
        let mut moved = Vec::with_capacity(self.held.len());
        for held in self.held.drain(..) {
            let goes = go(&held);
            moved.push((!goes).then_some(stays.len()));
            if goes { &mut gone } else { &mut stays }.push(held);
        }
        self.held = stays;
        self.lines.retain_mut(|line| {
            let Some(part) = &mut line.part else { return true };
            let block = moved.get(part.block).copied().flatten();
            part.block = block.unwrap_or(part.block);
            block.is_some()
        });
        gone
    }

    /// Gives a block another entry, in its place and with its signature ids. The indicator must be the same.
    pub(super) fn rewrite(&mut self, block: usize, entry: Entry) -> Held {
        let held = &mut self.held[block];
        held.entry = entry;
        let rules = rule::render(held);
        for line in &mut self.lines {
            if let Some(part) = line.part.filter(|part| part.block == block) {
                // Only the rule: what stands around it is white space, and may be a line break of another system.
                line.text = line.text.replace(line.text.trim(), &rules[part.rule]);
            }
        }
        self.held[block].clone()
    }

    /// Puts a new block, rendered as `rules`, at the end.
    pub(super) fn append(&mut self, held: Held, rules: Vec<String>) -> Held {
        if let Some(last) = self.lines.last_mut().filter(|line| !line.text.ends_with('\n')) {
            last.text.push('\n');
        }
        let block = self.held.len();
        let line = |(rule, text): (usize, String)| Line { text: text + "\n", part: Some(Part { block, rule }) };
        self.lines.extend(rules.into_iter().enumerate().map(line));
        self.held.push(held.clone());
        held
    }

    pub(super) fn into_text(self) -> String {
        self.lines.into_iter().map(|line| line.text).collect()
    }

    /// Marks these lines as those of the block that is read next.
    fn claim(&mut self, places: &[usize]) {
        for (rule, &place) in places.iter().enumerate() {
            self.lines[place].part = Some(Part { block: self.held.len(), rule });
        }
    }
}

fn sids_in(line: &str) -> impl Iterator<Item = u32> {
    line.split("sid").skip(1).filter_map(|rest| {
        let number = rest.trim_start().strip_prefix(':')?.trim_start();
        let end = number.find(|character: char| !character.is_ascii_digit()).unwrap_or(number.len());
        number[..end].parse().ok()
    })
}
