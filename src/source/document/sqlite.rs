//! SQLite databases: the rows of their tables, as text. In the file a record has the texts of all its columns without
//! anything in between, so that a key stands there in the middle of a word.
//!
//! Source: [Database File Format](https://www.sqlite.org/fileformat2.html), whose sections are named where they are
//! used. Only what tables hold is read: what was deleted stands in the bytes of the file, which are scanned as they are,
//! and so does what a write-ahead log has not handed over.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt::Write as _;

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::{MAX_EXPANSION, Part, Parts, Problem};

/// How a database begins (section 1.3).
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";

/// Trees are not deeper: with two children for each page, this many levels would be more pages than a file can have.
const MAX_DEPTH: usize = 40;

/// Why reading ended.
enum Stop {
    Damaged(&'static str),
    TooLarge,
}

pub(super) fn parts(bytes: &[u8]) -> Parts {
    let Some(database) = Database::of(bytes) else {
        let problem = Some(Problem::Damaged("its header does not fit its pages".to_owned()));
        return Parts { parts: Vec::new(), problem };
    };
    let mut parts = Parts::default();
    let mut problem = None;
    let mut tables = Vec::new();
    // Section 2.6: the table on the first page says where the others are.
    let mut schema = |record: &[Value<'_>]| {
        if let [kind, Value::Text(name), _, Value::Integer(root), Value::Text(sql), ..] = record
            && matches!(kind, Value::Text(kind) if kind == "table")
            && let Ok(root @ 1..) = u32::try_from(*root)
        {
            // Virtual tables have no page.
            tables.push((name.to_string(), root, Columns::of(sql)));
        }
        Ok(())
    };
    problem = database.rows(1, &mut schema).err().or(problem);
    let mut taken = 0;
    for (name, root, columns) in tables {
        let mut text = String::new();
        let read = database.rows(root, &mut |record| {
            columns.write(record, &mut text);
            if taken + text.len() > MAX_EXPANSION { Err(Stop::TooLarge) } else { Ok(()) }
        });
        taken += text.len();
        if !text.is_empty() {
            parts.parts.push(Part { name: format!("table {name}"), bytes: text.into_bytes() });
        }
        match read {
            Ok(()) => {}
            Err(Stop::TooLarge) => {
                problem = Some(Stop::TooLarge);
                break;
            }
            Err(damage) => problem = problem.or(Some(damage)),
        }
    }
    parts.problem = problem.map(|stop| match stop {
        Stop::Damaged(what) => Problem::Damaged(what.to_owned()),
        Stop::TooLarge => Problem::TooLarge,
    });
    parts
}

/// A value of a column.
enum Value<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
}

/// A database in memory.
struct Database<'a> {
    bytes: &'a [u8],
    page_size: usize,
    /// Bytes of a page that SQLite itself uses.
    usable: usize,
    /// The encoding of texts: 1 is UTF-8, 2 and 3 are UTF-16.
    encoding: u8,
    /// Bytes of all records so far: in a file made for it, many records may share their pages.
    taken: Cell<usize>,
}

impl<'a> Database<'a> {
    /// Section 1.3.
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let header = bytes.first_chunk::<100>()?;
        let page_size = match u16::from_be_bytes([header[16], header[17]]) {
            1 => 1 << 16,
            size => usize::from(size),
        };
        let usable = page_size.checked_sub(usize::from(header[20]))?;
        let sound = page_size.is_power_of_two() && page_size >= 512 && usable >= 480;
        sound.then_some(Database { bytes, page_size, usable, encoding: header[59], taken: Cell::new(0) })
    }

    /// The usable bytes of a page; they are numbered from 1.
    fn page(&self, number: u32) -> Result<&'a [u8], Stop> {
        let start = (number as usize).checked_sub(1).and_then(|index| index.checked_mul(self.page_size));
        let page = start.and_then(|start| self.bytes.get(start..start.checked_add(self.usable)?));
        page.ok_or(Stop::Damaged("a page is missing"))
    }

    /// Calls `each` with every record of the tree whose topmost page is `root` (section 1.6).
    fn rows(&self, root: u32, each: &mut dyn FnMut(&[Value<'_>]) -> Result<(), Stop>) -> Result<(), Stop> {
        self.tree(root, 0, &mut HashSet::new(), each)
    }

    fn tree(
        &self,
        number: u32,
        depth: usize,
        seen: &mut HashSet<u32>,
        each: &mut dyn FnMut(&[Value<'_>]) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        const CUT: Stop = Stop::Damaged("a page ends in the middle of a row");
        if depth > MAX_DEPTH || !seen.insert(number) {
            return Err(Stop::Damaged("a page is its own child"));
        }
        let page = self.page(number)?;
        // The header of the file stands in front of that of the first page.
        let header = page.get(if number == 1 { 100 } else { 0 }..).ok_or(CUT)?;
        let kind = *header.first().ok_or(CUT)?;
        // Tables have their rows in leaves; those without row ids are kept as indices are, with rows in all pages.
        let (is_leaf, is_table) = match kind {
            2 => (false, false),
            5 => (false, true),
            10 => (true, false),
            13 => (true, true),
            _ => return Err(Stop::Damaged("a page is none of a table")),
        };
        let cells = header.get(3..5).and_then(two).ok_or(CUT)?;
        let pointers = header.get(if is_leaf { 8 } else { 12 }..).ok_or(CUT)?;
        let mut problem = None;
        for index in 0..usize::from(cells) {
            let cell = pointers.get(2 * index..2 * index + 2).and_then(two).ok_or(CUT)?;
            let mut cell = page.get(usize::from(cell)..).ok_or(CUT)?;
            if !is_leaf {
                let (child, rest) = cell.split_first_chunk::<4>().ok_or(CUT)?;
                cell = rest;
                self.child(u32::from_be_bytes(*child), depth, seen, each, &mut problem)?;
            }
            if is_table && !is_leaf {
                continue;
            }
            let row = self.payload(cell, is_table).and_then(|record| match self.record(&record) {
                Some(record) => each(&record),
                None => Err(CUT),
            });
            match row {
                Ok(()) => {}
                Err(Stop::TooLarge) => return Err(Stop::TooLarge),
                Err(damage) => problem = problem.or(Some(damage)),
            }
        }
        if !is_leaf {
            let last = header.get(8..12).and_then(|last| last.first_chunk::<4>()).ok_or(CUT)?;
            self.child(u32::from_be_bytes(*last), depth, seen, each, &mut problem)?;
        }
        problem.map_or(Ok(()), Err)
    }

    /// A page below another one; damage in it does not keep from reading its neighbours.
    fn child(
        &self,
        number: u32,
        depth: usize,
        seen: &mut HashSet<u32>,
        each: &mut dyn FnMut(&[Value<'_>]) -> Result<(), Stop>,
        problem: &mut Option<Stop>,
    ) -> Result<(), Stop> {
        match self.tree(number, depth + 1, seen, each) {
            Err(Stop::TooLarge) => Err(Stop::TooLarge),
            Err(damage) => {
                problem.get_or_insert(damage);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// The record of a cell, put together from the pages that it flows over to (section 1.6).
    fn payload(&self, cell: &'a [u8], is_table: bool) -> Result<Cow<'a, [u8]>, Stop> {
        const CUT: Stop = Stop::Damaged("a row is cut");
        let (length, mut rest) = varint(cell).ok_or(CUT)?;
        if is_table {
            (_, rest) = varint(rest).ok_or(CUT)?;
        }
        let length = usize::try_from(length).ok().filter(|length| *length <= self.bytes.len()).ok_or(CUT)?;
        self.taken.set(self.taken.get() + length);
        if self.taken.get() > MAX_EXPANSION {
            return Err(Stop::TooLarge);
        }
        let most = if is_table { self.usable - 35 } else { (self.usable - 12) * 64 / 255 - 23 };
        if length <= most {
            return rest.get(..length).map(Cow::Borrowed).ok_or(CUT);
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let whole_pages = least + (length - least) % (self.usable - 4);
        let here = if whole_pages <= most { whole_pages } else { least };
        let mut record = rest.get(..here).ok_or(CUT)?.to_vec();
        let mut next = rest.get(here..here + 4).and_then(|next| next.first_chunk::<4>()).ok_or(CUT)?;
        while record.len() < length {
            let page = self.page(u32::from_be_bytes(*next))?;
            let (following, content) = page.split_first_chunk::<4>().ok_or(CUT)?;
            record.extend_from_slice(&content[..content.len().min(length - record.len())]);
            next = following;
        }
        Ok(Cow::Owned(record))
    }

    /// The values of a record (section 2.1).
    fn record<'r>(&self, record: &'r [u8]) -> Option<Vec<Value<'r>>> {
        let (header, rest) = varint(record)?;
        let header = usize::try_from(header).ok()?;
        let mut types = record.get(record.len() - rest.len()..header)?;
        let mut content = record.get(header..)?;
        let mut values = Vec::new();
        while !types.is_empty() {
            let (kind, rest) = varint(types)?;
            types = rest;
            let length = match kind {
                0 | 8 | 9 => 0,
                1..=4 => kind as usize,
                5 => 6,
                6 | 7 => 8,
                10 | 11 => return None,
                _ => usize::try_from((kind - 12) / 2).ok()?,
            };
            let (bytes, rest) = content.split_at_checked(length)?;
            content = rest;
            values.push(match kind {
                0 => Value::Null,
                1..=6 => Value::Integer(integer(bytes)),
                7 => Value::Real(f64::from_be_bytes(*bytes.first_chunk()?)),
                8 => Value::Integer(0),
                9 => Value::Integer(1),
                _ if kind % 2 == 0 => Value::Bytes(bytes),
                _ => Value::Text(self.text(bytes)),
            });
        }
        Some(values)
    }

    fn text<'r>(&self, bytes: &'r [u8]) -> Cow<'r, str> {
        match self.encoding {
            2 => UTF_16LE.decode_without_bom_handling(bytes).0,
            3 => UTF_16BE.decode_without_bom_handling(bytes).0,
            _ => String::from_utf8_lossy(bytes),
        }
    }
}

fn two(bytes: &[u8]) -> Option<u16> {
    bytes.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))
}

/// An integer of one to eight bytes.
fn integer(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    bytes.iter().fold(if negative { -1 } else { 0 }, |value, b| value << 8 | i64::from(*b))
}

/// A number of one to nine bytes (section 1.6), and what follows it.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0u64;
    for (i, &b) in bytes.iter().enumerate().take(9) {
        if i == 8 {
            return Some((value << 8 | u64::from(b), &bytes[9..]));
        }
        value = value << 7 | u64::from(b & 0x7f);
        if b & 0x80 == 0 {
            return Some((value, &bytes[i + 1..]));
        }
    }
    None
}

/// The names of a table's columns, in the order of its records.
struct Columns(Vec<String>);

impl Columns {
    /// Those of a `CREATE TABLE` statement.
    fn of(sql: &str) -> Self {
        let Some(open) = sql.find('(') else { return Columns(Vec::new()) };
        let (definitions, options) = definitions(&sql[open + 1..]);
        let mut names = Vec::new();
        let mut key: Vec<String> = Vec::new();
        for definition in definitions {
            let upper = definition.to_ascii_uppercase();
            let Some(name) = identifier(definition) else { continue };
            let first = upper.split(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
            if matches!(first, "PRIMARY" | "UNIQUE" | "CHECK" | "FOREIGN" | "CONSTRAINT") {
                if let Some(at) = upper.find("PRIMARY KEY").and_then(|at| Some(at + upper[at..].find('(')? + 1)) {
                    key = definition
                        .get(at..)
                        .map(|rest| self::definitions(rest).0.into_iter().filter_map(identifier).collect())
                        .unwrap_or_default();
                }
                continue;
            }
            if upper.contains("PRIMARY KEY") {
                key = vec![name.clone()];
            }
            names.push(name);
        }
        // Section 2.4: a table without row ids has the columns of its key first.
        if options.to_ascii_uppercase().contains("WITHOUT") {
            let is_key = |name: &String| key.iter().any(|key| key.eq_ignore_ascii_case(name));
            names.retain(|name| !is_key(name));
            key.append(&mut names);
            names = key;
        }
        Columns(names)
    }

    /// Writes a row, each value behind the name of its column, as YAML has a list of objects.
    fn write(&self, record: &[Value<'_>], text: &mut String) {
        let mut mark = '-';
        for (index, value) in record.iter().enumerate() {
            let name = self.0.get(index).map_or("column", String::as_str);
            // Writing to a string does not fail.
            let _ = match value {
                Value::Text(value) if !value.is_empty() => writeln!(text, "{mark} {name}: {value}"),
                Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
                    Ok(value) if !value.is_empty() => writeln!(text, "{mark} {name}: {value}"),
                    // The bytes of the file have been looked at.
                    _ => continue,
                },
                Value::Integer(value) => writeln!(text, "{mark} {name}: {value}"),
                Value::Real(value) => writeln!(text, "{mark} {name}: {value}"),
                Value::Null | Value::Text(_) => continue,
            };
            mark = ' ';
        }
    }
}

/// What the commas of a list separate that ends with a closing bracket, and what follows that bracket.
fn definitions(list: &str) -> (Vec<&str>, &str) {
    let (mut depth, mut start, mut all) = (0usize, 0, Vec::new());
    let mut quote = None;
    for (at, c) in list.char_indices() {
        match (quote, c) {
            (Some(open), c) => quote = (c != open).then_some(open),
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '[') => quote = Some(']'),
            (None, '(') => depth += 1,
            (None, ')') if depth == 0 => {
                all.push(list[start..at].trim());
                return (all, &list[at + 1..]);
            }
            (None, ')') => depth -= 1,
            (None, ',') if depth == 0 => {
                all.push(list[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    all.push(list[start..].trim());
    (all, "")
}

/// The name that a definition begins with.
fn identifier(definition: &str) -> Option<String> {
    let first = definition.chars().next()?;
    let close = match first {
        '"' | '\'' | '`' => Some(first),
        '[' => Some(']'),
        _ => None,
    };
    Some(match close {
        Some(close) => definition[1..].split(close).next().unwrap_or_default().to_owned(),
        None => definition.split(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_columns_are_read() {
        let columns = |sql: &str| Columns::of(sql).0;
        assert_eq!(columns("CREATE TABLE t(id INTEGER PRIMARY KEY, value text)"), ["id", "value"]);
        assert_eq!(
            columns("CREATE TABLE \"a b\" (\"the key\" TEXT DEFAULT (a, b), [x,y] INT CHECK (x IN (1,2)), UNIQUE (x))"),
            ["the key", "x,y"]
        );
        let sql = "CREATE TABLE t(a, b, c, PRIMARY KEY(c, a)) WITHOUT ROWID";
        assert_eq!(columns(sql), ["c", "a", "b"]);
        assert_eq!(columns("CREATE TABLE t(a, b PRIMARY KEY) WITHOUT ROWID"), ["b", "a"]);
        assert!(columns("CREATE VIRTUAL TABLE t").is_empty());
    }

    #[test]
    fn numbers_are_read() {
        assert_eq!(varint(&[0x81, 0x00, 7]), Some((128, &[7][..])));
        assert_eq!(varint(&[0xff; 9]), Some((u64::MAX, &[][..])));
        assert_eq!(varint(&[0xff; 8]), None);
        assert_eq!((integer(&[0xff, 0xfe]), integer(&[1, 0]), integer(&[])), (-2, 256, 0));
    }

    #[test]
    fn what_is_no_database_is_damaged() {
        for bytes in [MAGIC.to_vec(), [MAGIC, &[0; 4096]].concat()] {
            assert!(matches!(parts(&bytes).problem, Some(Problem::Damaged(_))));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(
            kind in prop::sample::select(vec![2u8, 5, 10, 13]),
            page in proptest::collection::vec(any::<u8>(), 411..=411),
            more in proptest::collection::vec(any::<u8>(), 512..=512),
            sql in "[a-z(),'\"\\[ü ]{0,40}",
        ) {
            let mut bytes = [MAGIC, &[2, 0, 1, 1, 0], &[0; 79], &[kind][..], &page, &more].concat();
            bytes.truncate(1024);
            let _ = parts(&bytes);
            let _ = Columns::of(&sql);
        }
    }
}
