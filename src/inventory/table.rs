//! Tables: which character separates the cells, where the headings are, and in which line a record begins.

use std::collections::VecDeque;
use std::io::{self, Read};

/// The separators of tables, the likeliest first.
const SEPARATORS: &[u8] = b",;\t|";
/// So many records on top may be titles.
pub const TITLE_LINES: usize = 10;

/// The separator that stands equally often in most of the first records, outside quotes; a comma where none does.
#[must_use]
pub fn separator(head: &str) -> u8 {
    let mut counts = vec![[0usize; SEPARATORS.len()]];
    let mut quoted = false;
    for byte in head.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted && counts.len() == TITLE_LINES => break,
            b'\n' if !quoted => counts.push([0; SEPARATORS.len()]),
            _ if quoted => {}
            _ => {
                if let (Some(at), Some(line)) = (SEPARATORS.iter().position(|s| *s == byte), counts.last_mut()) {
                    line[at] += 1;
                }
            }
        }
    }
    let mut best = (0, b',');
    for (at, &separator) in SEPARATORS.iter().enumerate() {
        let widest = counts.iter().map(|line| line[at]).max().unwrap_or(0);
        let alike = counts.iter().filter(|line| line[at] == widest).count();
        let score = if widest > 0 { alike * 100 + widest.min(99) } else { 0 };
        if score > best.0 {
            best = (score, separator);
        }
    }
    best.1
}

/// The cells of the records of a text.
pub fn records(text: &[u8], separator: u8) -> impl Iterator<Item = Vec<String>> + use<'_> {
    let mut reader = reader(text, separator);
    let mut record = csv::StringRecord::new();
    std::iter::from_fn(move || match reader.read_record(&mut record) {
        Ok(true) => Some(record.iter().map(str::to_owned).collect()),
        _ => None,
    })
}

/// A reader that takes records of any length.
pub fn reader<R: Read>(text: R, separator: u8) -> csv::Reader<R> {
    csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(64 << 10)
        .from_reader(text)
}

/// Passes a table through and takes note of its quotes. The parser takes what it gets: a quote that nobody closes makes
/// one cell of all the rows behind it, and a quote inside a quoted cell that is not doubled ends the cell too early.
pub struct Quotes<R> {
    text: R,
    separator: u8,
    at: At,
    line: u32,
    opened: u32,
    ended: bool,
    stray: VecDeque<u32>,
}

/// Where the walk of [`Quotes`] is.
#[derive(Clone, Copy)]
enum At {
    /// Before the first character of a cell.
    Start,
    /// In a cell without quotes.
    Plain,
    /// In a cell in quotes.
    Quoted,
    /// Behind a quote in such a cell, which ends it or is the first of two.
    Closed,
}

impl<R: Read> Quotes<R> {
    /// A table with that separator.
    pub fn new(text: R, separator: u8) -> Self {
        let stray = VecDeque::new();
        Quotes { text, separator, at: At::Start, line: 1, opened: 0, ended: false, stray }
    }

    /// The line of the quote that is open where the table ends.
    pub fn unclosed(&self) -> Option<u32> {
        (self.ended && matches!(self.at, At::Quoted)).then_some(self.opened)
    }

    /// The line of the first quote in these lines that closes a cell which goes on behind it. Lines are asked for in
    /// ascending order.
    pub fn stray(&mut self, from: u32, to: u32) -> Option<u32> {
        while self.stray.front().is_some_and(|line| *line < from) {
            self.stray.pop_front();
        }
        self.stray.front().copied().filter(|line| *line < to)
    }

    fn walk(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.at = match (self.at, byte) {
                (At::Start, b'"') => {
                    self.opened = self.line;
                    At::Quoted
                }
                (At::Quoted, b'"') => At::Closed,
                (At::Quoted, _) => At::Quoted,
                (At::Closed, b'"') => At::Quoted,
                (_, b'\n') => At::Start,
                (_, byte) if byte == self.separator => At::Start,
                (At::Closed, _) => {
                    self.stray.push_back(self.line);
                    At::Plain
                }
                _ => At::Plain,
            };
            self.line = self.line.saturating_add(u32::from(byte == b'\n'));
        }
    }
}

impl<R: Read> Read for Quotes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.text.read(buffer)?;
        self.ended |= len == 0 && !buffer.is_empty();
        self.walk(&buffer[..len]);
        Ok(len)
    }
}

/// The line in which a record begins, from the line behind it: line breaks inside its cells count.
#[must_use]
pub fn start_line(behind: u64, record: &csv::StringRecord) -> u32 {
    let inside = memchr::memchr_iter(b'\n', record.as_slice().as_bytes()).count() as u64;
    u32::try_from(behind.saturating_sub(1 + inside).max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn separators_are_counted_outside_quotes() {
        assert_eq!(separator("a,b,c\n1,2,3\n"), b',');
        assert_eq!(separator("a;b;c\n1,5;2;3\n"), b';');
        assert_eq!(separator("a\tb\n1,2\t3;4\n"), b'\t');
        assert_eq!(separator("a|b\n\"x;y;z\"|2\n"), b'|');
        assert_eq!(separator("name,\"a;b;c;d\"\nx,\"1;2;3;4\"\n"), b',');
        assert_eq!(separator("one\ntwo\n"), b',');
        assert_eq!(separator(""), b',');
    }

    #[test]
    fn quotes_that_nobody_closes_are_known_by_their_line() {
        let quotes = |text: &str| {
            let mut quotes = Quotes::new(text.as_bytes(), b',');
            quotes.read_to_string(&mut String::new()).unwrap();
            (quotes.unclosed(), quotes.stray(1, 100))
        };
        for whole in ["a,b\n\"c\nd\",\"e \"\"f\"\"\"\n", "a\"b,c\"\n", "\"\",\"\"", ""] {
            assert_eq!(quotes(whole), (None, None), "{whole}");
        }
        assert_eq!(quotes("a,b\n\"c,d\ne,f\n"), (Some(2), None));
        assert_eq!(quotes("a,b\n1,\"c\n2,\"d\",e\n"), (None, Some(3)));
    }

    #[test]
    fn records_know_their_line() {
        let text = "a,b\n\n\n1,\"x\ny\nz\"\n2,3\n\n4,5";
        let mut reader = reader(text.as_bytes().chain(&b"\n"[..]), b',');
        let mut record = csv::StringRecord::new();
        let mut lines = Vec::new();
        while reader.read_record(&mut record).unwrap() {
            lines.push((record[0].to_owned(), start_line(reader.position().line(), &record)));
        }
        let wanted = [("a", 1), ("1", 4), ("2", 7), ("4", 9)];
        assert_eq!(lines, wanted.map(|(cell, line)| (cell.to_owned(), line)));
    }
}
