//! What the line says that a value stands on.

use std::ops::Range;

use super::NAME_REACH;

/// Where the line begins that has `at` on it, or `reach` bytes in front of it.
pub(super) fn line_start(text: &[u8], at: usize, reach: usize) -> usize {
    let from = at.saturating_sub(reach);
    memchr::memrchr(b'\n', &text[from..at]).map_or(from, |i| from + i + 1)
}

/// Whether `at` stands in a comment that documents code: ` * …`, `/// …`, `#    …`, as examples of use do, or `# Example: …`.
/// A line that was commented out has no more than one blank behind its mark.
#[must_use]
pub fn is_in_manual(text: &[u8], at: usize) -> bool {
    let from = at.saturating_sub(NAME_REACH);
    let line = memchr::memrchr(b'\n', &text[from..at]).map_or(from, |i| from + i + 1);
    let line = text[line..at].trim_ascii_start();
    let marked = [&b"* "[..], b"///", b"//!", b"#   ", b"//   ", b"//\t"].iter().any(|mark| line.starts_with(mark));
    let said = line.iter().position(|b| !b"#/*;- \t".contains(b)).filter(|marks| *marks > 0);
    let shows = |text: &[u8]| {
        [&b"example:"[..], b"e.g.", b"usage:"]
            .iter()
            .any(|word| text.get(..word.len()).is_some_and(|here| here.eq_ignore_ascii_case(word)))
    };
    marked || said.is_some_and(|marks| shows(&line[marks..]))
}

/// Whether a value is what Pulumi encrypted: `secure: v1:NONCE:VALUE`.
#[must_use]
pub fn is_encrypted(text: &[u8], value: &Range<usize>) -> bool {
    let before = &text[value.start.saturating_sub(64)..value.start];
    let line = &before[memchr::memrchr(b'\n', before).map_or(0, |i| i + 1)..];
    line.last() == Some(&b':') && memchr::memmem::find(line, b"secure: v1:").is_some()
}

/// Whether nothing stands in front of `at` on its line but words that set something.
pub(super) fn begins_line(text: &[u8], at: usize) -> bool {
    const SETTING: &[&[u8]] = &[
        b"", b"set", b"setx", b"set -x", b"set -gx", b"set -Ux", b"setenv", b"export", b"ENV", b"ARG", b"#define",
        b"%define", b"SetEnv",
    ];
    let from = at.saturating_sub(40);
    let line = memchr::memrchr(b'\n', &text[from..at]).map(|i| from + i + 1);
    line.or((from == 0).then_some(0)).is_some_and(|line| SETTING.contains(&text[line..at].trim_ascii()))
}
