//! One rule group's text, line by line: ours and everybody else's.

use std::collections::HashMap;

use super::{Held, rule};

/// The text of one rule group. A line keeps its place for as long as the text is worked on; one that was taken out is
/// empty.
#[derive(Clone, Debug)]
pub(super) struct GroupText {
    name: String,
    lines: Vec<Line>,
}

/// One line as it stands in the text.
#[derive(Clone, Debug)]
struct Line {
    /// With its line break, if it has one.
    text: String,
    /// Whether it is a rule of a block.
    is_ours: bool,
}

impl GroupText {
    /// The text's lines, and the blocks among them with the places of their rules.
    pub(super) fn read(name: &str, text: &str) -> (Self, Vec<(Held, Vec<usize>)>) {
        let line = |text: &str| Line { text: text.to_owned(), is_ours: false };
        let lines = text.split_inclusive('\n').map(line).collect();
        let mut group = Self { name: name.to_owned(), lines };
        let marked = text.split_inclusive('\n').enumerate().filter(|(_, line)| line.contains(rule::MARKER));
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (place, line) in marked.clone() {
            places.entry(line.trim()).or_insert(place);
        }
        let mut blocks = Vec::new();
        for (_, line) in marked {
            let Some(held) = rule::read_head(name, line.trim()) else {
                continue;
            };
            let rules = rule::render(&held);
            let found: Option<Vec<usize>> = rules.iter().map(|rule| places.get(rule.as_str()).copied()).collect();
            // A line belongs to one block: a copy of a block, or a second first line for the same further ones, is not ours.
            let is_free = |found: &Vec<usize>| found.iter().all(|&place| !group.lines[place].is_ours);
            if let Some(found) = found.filter(is_free) {
                for &place in &found {
                    group.lines[place].is_ours = true;
                }
                blocks.push((held, found));
            }
        }
        (group, blocks)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Lines with Falconer's mark that are not as Falconer writes them.
    pub(super) fn unreadable(&self) -> usize {
        self.lines.iter().filter(|line| !line.is_ours && line.text.contains(rule::MARKER)).count()
    }

    /// How many lines count against the group's capacity: all but empty lines and comments
    /// (<https://docs.aws.amazon.com/network-firewall/latest/developerguide/nwfw-rule-group-capacity.html>).
    pub(super) fn rules(&self) -> usize {
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
        self.last().is_some_and(|line| !self.lines[line].text.ends_with('\n')).into()
    }

    /// Takes a line out.
    pub(super) fn remove(&mut self, place: usize) {
        self.lines[place] = Line { text: String::new(), is_ours: false };
    }

    /// Writes another rule in the place of one.
    pub(super) fn rewrite(&mut self, place: usize, rule: &str) {
        let text = &mut self.lines[place].text;
        // Only the rule: what stands around it is white space, and may be a line break of another system.
        *text = text.replace(text.trim(), rule);
    }

    /// Puts the rules of a block at the end, and answers their places.
    pub(super) fn append(&mut self, rules: Vec<String>) -> Vec<usize> {
        if self.missing_break() > 0
            && let Some(last) = self.last()
        {
            self.lines[last].text.push('\n');
        }
        let first = self.lines.len();
        self.lines.extend(rules.into_iter().map(|rule| Line { text: rule + "\n", is_ours: true }));
        (first..self.lines.len()).collect()
    }

    pub(super) fn into_text(self) -> String {
        self.lines.into_iter().map(|line| line.text).collect()
    }

    /// The place of the last line that was not taken out.
    fn last(&self) -> Option<usize> {
        self.lines.iter().rposition(|line| !line.text.is_empty())
    }
}

fn sids_in(line: &str) -> impl Iterator<Item = u32> {
    line.split("sid").skip(1).filter_map(|rest| {
        let number = rest.trim_start().strip_prefix(':')?.trim_start();
        let end = number.find(|character: char| !character.is_ascii_digit()).unwrap_or(number.len());
        number[..end].parse().ok()
    })
}
