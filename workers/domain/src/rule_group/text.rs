//! One rule group's text, line by line: ours and everybody else's.

use std::collections::HashMap;

use super::{Limits, MARKER};

/// The text of one rule group. A line keeps its place for as long as the text is worked on; one that was taken out is
/// empty.
#[derive(Clone, Debug)]
pub(crate) struct GroupText {
    lines: Vec<Line>,
}

/// One line as it stands in the text.
#[derive(Clone, Debug)]
struct Line {
    /// With its line break, if it has one.
    text: String,
    /// Whether it is a rule of an entry.
    is_ours: bool,
}

impl GroupText {
    /// The text's lines, and the entries among them (blocks, or hunted indicators) with the places of their rules.
    ///
    /// `understand` takes the first rule of an entry for what it says, and renders all rules of it. An entry is ours when
    /// every one of its rules stands in the text exactly as it is rendered, wherever that is.
    pub(crate) fn read<Entry>(
        text: &str,
        understand: impl Fn(&str) -> Option<(Entry, Vec<String>)>,
    ) -> (Self, Vec<(Entry, Vec<usize>)>) {
        let line = |text: &str| Line { text: text.to_owned(), is_ours: false };
        let mut group = Self { lines: text.split_inclusive('\n').map(line).collect() };
        let marked = text.split_inclusive('\n').enumerate().filter(|(_, line)| line.contains(MARKER));
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (place, line) in marked.clone() {
            places.entry(line.trim()).or_insert(place);
        }
        let mut entries = Vec::new();
        for (_, line) in marked {
            let Some((entry, rules)) = understand(line.trim()) else {
                continue;
            };
            let found: Option<Vec<usize>> = rules.iter().map(|rule| places.get(rule.as_str()).copied()).collect();
            // A line belongs to one entry: a copy of an entry, or a second first line for the same further ones, is not ours.
            let is_free = |found: &Vec<usize>| found.iter().all(|&place| !group.lines[place].is_ours);
            if let Some(found) = found.filter(is_free) {
                for &place in &found {
                    group.lines[place].is_ours = true;
                }
                entries.push((entry, found));
            }
        }
        (group, entries)
    }

    /// Lines with Falconer's mark that are not as Falconer writes them.
    pub(crate) fn unreadable(&self) -> usize {
        self.lines.iter().filter(|line| !line.is_ours && line.text.contains(MARKER)).count()
    }

    /// How many lines count against the group's capacity: all but empty lines and comments
    /// (<https://docs.aws.amazon.com/network-firewall/latest/developerguide/nwfw-rule-group-capacity.html>).
    pub(crate) fn rules(&self) -> usize {
        self.lines.iter().filter(|line| line.counts()).count()
    }

    /// What of a group's limits is left beside the lines that are not ours.
    pub(crate) fn room_beside_others(&self, limits: Limits) -> Limits {
        let others = || self.lines.iter().filter(|line| !line.is_ours);
        let bytes = |line: &Line| line.text.len() + usize::from(!line.text.is_empty() && !line.text.ends_with('\n'));
        Limits {
            rules: limits.rules.saturating_sub(others().filter(|line| line.counts()).count()),
            // A last line without a line break is given one by whoever appends: it counts now, so that the room stays the same.
            bytes: limits.bytes.saturating_sub(others().map(bytes).sum()),
        }
    }

    /// Every signature id in the text, ours and others'. One in a comment or a quoted text is taken for one too: to avoid
    /// an id too many costs nothing.
    pub(crate) fn sids(&self) -> impl Iterator<Item = u32> {
        self.lines.iter().flat_map(|line| sids_in(&line.text))
    }

    /// The length of the text.
    pub(crate) fn bytes(&self) -> usize {
        self.lines.iter().map(|line| line.text.len()).sum()
    }

    /// How many bytes [`append`](Self::append) writes to end a last line that has no line break.
    pub(crate) fn missing_break(&self) -> usize {
        self.last().is_some_and(|line| !self.lines[line].text.ends_with('\n')).into()
    }

    /// Takes a line out.
    pub(crate) fn remove(&mut self, place: usize) {
        self.lines[place] = Line { text: String::new(), is_ours: false };
    }

    /// Writes another rule in the place of one.
    pub(crate) fn rewrite(&mut self, place: usize, rule: &str) {
        let text = &mut self.lines[place].text;
        // Only the rule: what stands around it is white space, and may be a line break of another system.
        *text = text.replace(text.trim(), rule);
    }

    /// Puts the rules of an entry at the end, and answers their places.
    pub(crate) fn append(&mut self, rules: Vec<String>) -> Vec<usize> {
        if self.missing_break() > 0
            && let Some(last) = self.last()
        {
            self.lines[last].text.push('\n');
        }
        let first = self.lines.len();
        self.lines.extend(rules.into_iter().map(|rule| Line { text: rule + "\n", is_ours: true }));
        (first..self.lines.len()).collect()
    }

    pub(crate) fn into_text(self) -> String {
        self.lines.into_iter().map(|line| line.text).collect()
    }

    /// The place of the last line that was not taken out.
    fn last(&self) -> Option<usize> {
        self.lines.iter().rposition(|line| !line.text.is_empty())
    }
}

impl Line {
    /// Whether it counts against the group's capacity.
    fn counts(&self) -> bool {
        !matches!(self.text.trim().bytes().next(), None | Some(b'#'))
    }
}

fn sids_in(line: &str) -> impl Iterator<Item = u32> {
    line.split("sid").skip(1).filter_map(|rest| {
        let number = rest.trim_start().strip_prefix(':')?.trim_start();
        let end = number.find(|character: char| !character.is_ascii_digit()).unwrap_or(number.len());
        number[..end].parse().ok()
    })
}
