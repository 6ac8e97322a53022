//! What is wrong with an inventory: rows that are no keys, values that cannot be read, keys that two files describe
//! differently, pages that are missing. Nothing is dropped without one of these.

use serde::Serialize;

use super::key::Origin;

/// What kind of problem it is, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A file that cannot be read or that nothing recognises; none of its keys is in the inventory.
    BadFile,
    /// A row that is no key.
    BadRow,
    /// A value that cannot be read; its field is unknown, the key is there.
    BadValue,
    /// A date that can be read in two ways, and no other cell of its column tells which; its field is unknown.
    AmbiguousDate,
    /// Two records of one key contradict each other.
    Conflict,
    /// One file lists the same key twice.
    Duplicate,
    /// A key stands in the inventory in plaintext.
    Plaintext,
    /// The file is one page of several, or leaves keys out: what it does not list may exist.
    Incomplete,
    /// Something that was left out on purpose, or a guess worth knowing about.
    Note,
}

impl Kind {
    /// The name used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::BadFile => "bad-file",
            Kind::BadRow => "bad-row",
            Kind::BadValue => "bad-value",
            Kind::AmbiguousDate => "ambiguous-date",
            Kind::Conflict => "conflict",
            Kind::Duplicate => "duplicate",
            Kind::Plaintext => "plaintext",
            Kind::Incomplete => "incomplete",
            Kind::Note => "note",
        }
    }

    /// Whether something of the input is not in the inventory because of it.
    #[must_use]
    pub fn is_loss(self) -> bool {
        matches!(self, Kind::BadFile | Kind::BadRow | Kind::BadValue | Kind::AmbiguousDate)
    }
}

/// One problem, where it is and what to do about it. No text of it holds a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where; line 0 stands for the file as a whole.
    pub origin: Origin,
    /// What kind it is.
    pub kind: Kind,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What to do about it, where there is something.
    pub help: Option<String>,
}

/// How many problems of one kind are kept word for word for a file; the rest are counted.
pub const MAX_PROBLEMS: usize = 1000;

/// A piece of input as a message may quote it: short, without control characters, and without anything that may be a
/// key.
#[must_use]
pub fn quoted(text: &str) -> String {
    /// Dates, words and names of columns are shorter.
    const MAX: usize = 40;
    if looks_secret(text) {
        return format!("`{}`", crate::secret::redact(text.as_bytes()));
    }
    let line = crate::report::visible::line(text.trim());
    match line.char_indices().nth(MAX) {
        Some((cut, _)) => format!("`{}…`", &line[..cut]),
        None => format!("`{line}`"),
    }
}

/// Whether a text holds a run of key characters long and mixed enough for a key.
#[must_use]
pub fn looks_secret(text: &str) -> bool {
    /// The shortest keys have 16 characters; words of that length have no digits.
    const RUN: usize = 16;
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '/' | '=' | '~'))).any(|run| {
        run.len() >= RUN
            && run.bytes().any(|b| b.is_ascii_digit())
            && run.bytes().any(|b| b.is_ascii_alphabetic())
            && !is_dateish(run)
    })
}

/// `2024-01-31T10`: the part of a time before its first colon.
fn is_dateish(run: &str) -> bool {
    run.bytes().filter(u8::is_ascii_alphabetic).count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_quote_words_and_redact_keys() {
        assert_eq!(quoted("soon"), "`soon`");
        assert_eq!(quoted("a\u{1b}[31m"), "`a\\u{1b}[31m`");
        let key = format!("{}{}", "abcd", "1234".repeat(8));
        assert!(!quoted(&key).contains("1234123412341234"), "{}", quoted(&key));
        assert_eq!(quoted("2024-01-31T10:00:00+01:00"), "`2024-01-31T10:00:00+01:00`");
        assert!(quoted(&"word ".repeat(30)).chars().count() < 50);
    }
}
