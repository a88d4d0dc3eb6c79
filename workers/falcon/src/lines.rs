//! Lines out of a body that comes in pieces.

use bytes::{Buf, Bytes, BytesMut};
use memchr::memchr;

/// An event has some 4 kB. A line without an end would fill the memory.
pub(crate) const LONGEST_LINE: usize = 1024 * 1024;

/// Cuts pieces into lines. One that lies within a piece is not copied; it keeps the piece in memory as long as it is kept.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// What has not been cut yet.
    piece: Bytes,
    /// The beginning of a line whose end has not come.
    begun: BytesMut,
    /// The line at hand is too long, and its rest is passed over.
    too_long: bool,
}

/// A line of more than [`LONGEST_LINE`] bytes. The next line is the one after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LineTooLong;

impl Lines {
    /// The next line, without its end (LF, or CR and LF); `None` if that has not come: then another piece is needed.
    pub(crate) fn next(&mut self) -> Result<Option<Bytes>, LineTooLong> {
        let end = memchr(b'\n', &self.piece);
        let part = self.piece.split_to(end.unwrap_or(self.piece.len()));
        self.too_long |= self.begun.len() + part.len() > LONGEST_LINE;
        if self.too_long {
            self.begun = BytesMut::new();
        } else if end.is_none() || !self.begun.is_empty() {
            self.begun.extend_from_slice(&part);
        }
        if end.is_none() {
            return Ok(None);
        }
        self.piece.advance(1);
        if std::mem::take(&mut self.too_long) {
            return Err(LineTooLong);
        }
        let line = if self.begun.is_empty() { part } else { self.begun.split().freeze() };
        Ok(Some(match line.last() {
            Some(b'\r') => line.slice(..line.len() - 1),
            _ => line,
        }))
    }

    /// Goes on with a piece, after the one before has been cut to its end.
    pub(crate) fn go_on_with(&mut self, piece: Bytes) {
        self.piece = piece;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a body that comes in pieces of this size, and whether each could be read.
    fn cut(body: &[u8], size: usize) -> Vec<Result<Bytes, LineTooLong>> {
        let (mut lines, mut cut) = (Lines::default(), Vec::new());
        for piece in body.chunks(size) {
            lines.go_on_with(Bytes::copy_from_slice(piece));
            while let Some(line) = lines.next().transpose() {
                cut.push(line);
            }
        }
        cut
    }

    #[test]
    fn lines_are_the_same_however_the_pieces_are_cut() {
        let body = b"{\"a\":1}\n\n{\"b\":2}\r\n\r\n\xc3\xa9\n{\"never\":";
        let expected = [&b"{\"a\":1}"[..], b"", b"{\"b\":2}", b"", b"\xc3\xa9"];
        for size in 1..=body.len() {
            let lines = cut(body, size);
            let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_ref().unwrap().as_ref()).collect();
            assert_eq!(lines, expected, "{size}");
        }
    }

    #[test]
    fn a_line_within_a_piece_is_not_copied() {
        let piece = Bytes::from_static(b"one\ntwo\r\nthree");
        let mut lines = Lines::default();
        lines.go_on_with(piece.clone());
        assert_eq!(lines.next().unwrap().unwrap().as_ptr(), piece.as_ptr());
        assert_eq!(lines.next().unwrap().unwrap().as_ptr(), piece[4..].as_ptr());
        assert_eq!(lines.next(), Ok(None));
    }

    #[test]
    fn a_line_that_is_too_long_is_told_once_and_costs_no_other() {
        let longest = vec![b'x'; LONGEST_LINE];
        let body = [b"one\n", &longest[..], b"\n", &longest[..], b"x\n", b"two\n"].concat();
        let expected = [Ok(Bytes::from_static(b"one")), Ok(longest.into()), Err(LineTooLong), Ok("two".into())];
        for size in [1000, LONGEST_LINE + 5, body.len()] {
            assert!(cut(&body, size) == expected, "{size}");
        }
    }

    #[test]
    fn a_line_that_never_ends_is_not_kept() {
        let mut lines = Lines::default();
        for _ in 0..100 {
            lines.go_on_with(vec![b'x'; 64 * 1024].into());
            assert_eq!(lines.next(), Ok(None));
            assert!(lines.begun.capacity() <= 2 * LONGEST_LINE, "{}", lines.begun.capacity());
        }
    }
}
