//! The events of one partition, each with its offset.

use std::sync::Arc;

use super::line::Line;

/// A piece is full when it has this many bytes; the line that fills it is whole.
const PIECE_BYTES: usize = 64 * 1024;

/// What a partition holds. Events of a pattern are not kept: their lines are made when they are read.
#[derive(Debug)]
pub(super) struct Log {
    first: u64,
    runs: Vec<Run>,
}

/// Events of one line, one after the other.
#[derive(Debug)]
struct Run {
    offset: u64,
    count: u64,
    line: Arc<Line>,
    /// The first one's number in the pattern, and how far it is from each to the next.
    number: u64,
    step: u64,
}

/// Lines that go out together.
pub(super) struct Piece {
    pub(super) bytes: Vec<u8>,
    pub(super) lines: u64,
}

impl Run {
    fn end(&self) -> u64 {
        self.offset.saturating_add(self.count)
    }
}

impl Log {
    pub(super) fn beginning_at(first: u64) -> Self {
        Self { first, runs: Vec::new() }
    }

    /// The oldest event's offset, or the first one's that will be.
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// The offset that comes next.
    pub(super) fn next(&self) -> u64 {
        self.runs.last().map_or(self.first, Run::end)
    }

    /// Adds `count` events, of which the first is number `number` of their pattern, the next number `number + step`, ….
    pub(super) fn append(&mut self, line: Arc<Line>, count: u64, number: u64, step: u64) {
        let offset = self.next();
        self.runs.push(Run { offset, count, line, number, step });
    }

    /// Reads one piece, at most `most` lines, and moves `position` behind what was read and what does not pass.
    pub(super) fn read(&self, position: &mut u64, most: u64, passes: impl Fn(&str) -> bool) -> Piece {
        let mut piece = Piece { bytes: Vec::new(), lines: 0 };
        let begun = self.runs.partition_point(|run| run.end() <= *position);
        for run in &self.runs[begun..] {
            if !passes(run.line.event_type()) {
                *position = run.end();
                continue;
            }
            for offset in (*position).max(run.offset)..run.end() {
                if piece.lines == most || piece.bytes.len() >= PIECE_BYTES {
                    return piece;
                }
                run.line.write(&mut piece.bytes, offset, run.number + (offset - run.offset) * run.step);
                piece.lines += 1;
                *position = offset + 1;
            }
        }
        piece
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;

    fn line(event_type: &str) -> Arc<Line> {
        let template = json!({ "metadata": { "eventType": event_type }, "event": { "Number": "{n}" } });
        Arc::new(Line::pattern(template, &[], Timestamp::UNIX_EPOCH).unwrap())
    }

    /// Offset and number of each line.
    fn read(log: &Log, position: &mut u64, most: u64, event_type: &str) -> Vec<(u64, String)> {
        let piece = log.read(position, most, |of| of == event_type);
        let lines = piece.bytes.split_inclusive(|byte| *byte == b'\n').map(|line| {
            let event: Value = serde_json::from_slice(line).unwrap();
            (event["metadata"]["offset"].as_u64().unwrap(), event["event"]["Number"].as_str().unwrap().to_owned())
        });
        lines.collect()
    }

    #[test]
    fn what_does_not_pass_leaves_a_gap() {
        let mut log = Log::beginning_at(100);
        log.append(line("A"), 2, 0, 2);
        log.append(line("B"), 1_000_000_000_000, 0, 1);
        log.append(line("A"), 1, 9, 1);
        let (mut position, named) = (0, |offset, number: &str| (offset, number.to_owned()));
        let first = read(&log, &mut position, 2, "A");
        assert_eq!((first, position), (vec![named(100, "0"), named(101, "2")], 1_000_000_000_102));
        assert_eq!(read(&log, &mut position, 9, "A"), [named(1_000_000_000_102, "9")]);
        assert_eq!(position, log.next());
        position = 103;
        assert_eq!(read(&log, &mut position, 1, "B"), [named(103, "1")]);
    }

    #[test]
    fn a_piece_has_a_size() {
        let mut log = Log::beginning_at(1);
        log.append(line("A"), u64::MAX / 2, 0, 1);
        let piece = log.read(&mut 1, u64::MAX, |_| true);
        assert!(piece.bytes.len() < PIECE_BYTES + 1024 && piece.lines > 100, "{} lines", piece.lines);
    }
}
