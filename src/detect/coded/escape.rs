//! Characters that are written as escapes: percent-encoding, HTML entities, escapes of string literals, and
//! quoted-printable; among the last two, line ends that do not count.

use std::ops::Range;

use super::super::context::REACH_BEFORE;
use super::super::decode::OffsetMap;
use super::super::decode::offsets::Builder;
use super::super::rule::anchor::{MIN_RUN, is_key_byte};

/// A kind of escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Kind {
    /// `%2F`.
    Percent,
    /// `&#47;`, `&#x2f;`, `&amp;`.
    Entity,
    /// `\u002f`, `\x2f`, `\057`, `\/`, and a line that goes on behind `\`.
    Backslash,
    /// `=2F`, and a line that goes on behind `=` (RFC 2045, section 6.7).
    Quoted,
}

/// Longest escape, in bytes: blanks behind the end of a line count.
const LONGEST: usize = 80;
/// Longest entity.
pub(in super::super) const LONGEST_ENTITY: usize = 12;

/// Text that consists of escapes counts from so many bytes on. Looking at eight bytes of every 64 finds one of its
/// escapes.
const CHAIN: usize = 72;
/// How far apart these looks are.
const STEP: usize = 64;
/// Longest escape that such text may have, where one of them begins in any eight bytes.
const SHORT_IN_CHAIN: usize = 8;
/// Longest one that it may have at all, `\U00000061`: where one look misses those, the next one does not, which needs two
/// looks.
const LONGEST_IN_CHAIN: usize = 10;
const LONG_CHAIN: usize = 2 * STEP + 2 * LONGEST_IN_CHAIN;
/// Escapes in a row that make a closer look worth while.
const IN_A_ROW: usize = 3;

/// What an escape stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Value {
    /// A byte of UTF-8.
    Byte(u8),
    Char(char),
    /// A line end that does not count.
    Nothing,
}

/// Entities with a name that stand for what keys and addresses have (HTML standard, section 13.5).
const ENTITIES: &[(&[u8], char)] = &[
    (b"amp;", '&'),
    (b"lt;", '<'),
    (b"gt;", '>'),
    (b"quot;", '"'),
    (b"apos;", '\''),
    (b"sol;", '/'),
    (b"plus;", '+'),
    (b"equals;", '='),
    (b"lowbar;", '_'),
    (b"period;", '.'),
    (b"colon;", ':'),
    (b"commat;", '@'),
];

/// The number that up to `most` digits stand for, and how many there are.
fn number(text: &[u8], radix: u32, most: usize) -> Option<(u32, usize)> {
    let mut value = 0u32;
    let mut len = 0;
    for &b in text.iter().take(most + 1) {
        let Some(digit) = char::from(b).to_digit(radix) else { break };
        value = value.checked_mul(radix)?.checked_add(digit)?;
        len += 1;
    }
    (1..=most).contains(&len).then_some((value, len))
}

/// The number that exactly so many digits stand for.
fn exactly(text: &[u8], radix: u32, len: usize) -> Option<u32> {
    number(text.get(..len)?, radix, len).filter(|(_, found)| *found == len).map(|(value, _)| value)
}

/// Length of a line end and the blanks behind it.
fn line_end(text: &[u8]) -> Option<usize> {
    let end = if text.starts_with(b"\r\n") { 2 } else { usize::from(text.starts_with(b"\n")) };
    let blanks = text[end..].iter().take(LONGEST - 4).take_while(|b| matches!(b, b' ' | b'\t')).count();
    (end > 0).then_some(end + blanks)
}

impl Kind {
    /// The kind of the escape at `at`, the byte behind a run.
    pub(super) fn behind(text: &[u8], at: usize) -> Option<Self> {
        let kind = match text.get(at)? {
            b'%' => Kind::Percent,
            b'&' => Kind::Entity,
            b'\\' => Kind::Backslash,
            _ => return None,
        };
        kind.at(text, at).map(|_| kind)
    }

    /// The kind of the escape that ends in front of a run, or reaches into it.
    pub(super) fn before(text: &[u8], start: usize) -> Option<Self> {
        let kind = match text.get(start.checked_sub(1)?)? {
            b'%' => Kind::Percent,
            b';' => Kind::Entity,
            b'\\' => Kind::Backslash,
            _ => return None,
        };
        kind.ending(text, start).map(|_| kind)
    }

    /// How reports name it.
    pub(in super::super) fn form(self) -> &'static str {
        match self {
            Kind::Percent => "in percent-encoding",
            Kind::Entity => "in HTML entities",
            Kind::Backslash => "in string escapes",
            Kind::Quoted => "in quoted-printable",
        }
    }

    /// What begins at `at`, and its length.
    pub(in super::super) fn at(self, text: &[u8], at: usize) -> Option<(Value, usize)> {
        let rest = text.get(at + 1..)?;
        let character = |code: u32, len: usize| Some((Value::Char(char::from_u32(code)?), len));
        match (self, text[at]) {
            (Kind::Percent, b'%') => Some((Value::Byte(exactly(rest, 16, 2)? as u8), 3)),
            (Kind::Quoted, b'=') => match line_end(rest) {
                // Here blanks count.
                Some(_) => Some((Value::Nothing, 1 + usize::from(rest[0] == b'\r') + 1)),
                None if rest.iter().take(2).any(u8::is_ascii_lowercase) => None,
                None => Some((Value::Byte(exactly(rest, 16, 2)? as u8), 3)),
            },
            (Kind::Entity, b'&') => {
                let (code, len) = match rest {
                    [b'#', b'x' | b'X', digits @ ..] => number(digits, 16, 6).map(|(code, len)| (code, len + 2))?,
                    [b'#', digits @ ..] => number(digits, 10, 7).map(|(code, len)| (code, len + 1))?,
                    _ => {
                        let (name, c) = ENTITIES.iter().find(|(name, _)| rest.starts_with(name))?;
                        return Some((Value::Char(*c), 1 + name.len()));
                    }
                };
                (rest.get(len) == Some(&b';')).then(|| character(code, len + 2))?
            }
            (Kind::Backslash, b'\\') => {
                // Literals within literals have two.
                let (lead, rest) = match rest {
                    [b'\\', rest @ ..] => (2, rest),
                    _ => (1, rest),
                };
                match rest {
                    [b'u', b'{', digits @ ..] => {
                        let (code, len) = number(digits, 16, 6)?;
                        (digits.get(len) == Some(&b'}')).then(|| character(code, lead + len + 3))?
                    }
                    [b'u', digits @ ..] => character(exactly(digits, 16, 4)?, lead + 5),
                    [b'U', digits @ ..] => character(exactly(digits, 16, 8)?, lead + 9),
                    [b'x', digits @ ..] => character(exactly(digits, 16, 2)?, lead + 3),
                    [b'/', ..] => character(u32::from(b'/'), lead + 1),
                    [b'0' | b'1', ..] => character(exactly(rest, 8, 3)?, lead + 3),
                    _ if lead == 1 => line_end(rest).map(|len| (Value::Nothing, 1 + len)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Where the escape begins that ends at `end`, or reaches beyond it into key characters.
    fn ending(self, text: &[u8], end: usize) -> Option<usize> {
        let previous = end.checked_sub(1)?;
        let reaches = |start: usize| self.at(text, start).is_some_and(|(_, len)| start + len >= end).then_some(start);
        match (self, text[previous]) {
            (Kind::Percent, b'%') => reaches(previous),
            (Kind::Backslash, b'\\') => {
                let first = if previous > 0 && text[previous - 1] == b'\\' { previous - 1 } else { previous };
                reaches(first)
            }
            // `\u{2f}` ends with a brace.
            (Kind::Backslash, b'}') => {
                let floor = end.saturating_sub(LONGEST_ENTITY);
                reaches(floor + memchr::memrchr(b'\\', &text[floor..end])?)
            }
            (Kind::Backslash, b' ' | b'\t' | b'\n') => {
                let floor = end.saturating_sub(LONGEST);
                reaches(floor + memchr::memrchr(b'\\', &text[floor..end])?)
            }
            (Kind::Entity, b';') => {
                let floor = end.saturating_sub(LONGEST_ENTITY);
                let start = floor + memchr::memrchr(b'&', &text[floor..end])?;
                self.at(text, start).is_some_and(|(_, len)| start + len == end).then_some(start)
            }
            // The sign itself is a key character.
            (Kind::Quoted, b'\n') => {
                let line = if previous > 0 && text[previous - 1] == b'\r' { previous - 1 } else { previous };
                (line > 0 && text[line - 1] == b'=').then_some(line)
            }
            _ => None,
        }
    }

    /// The length of the escape at `at`, if it stands for a character of plain text and may be a part of a chain.
    fn in_chain(self, text: &[u8], at: usize) -> Option<usize> {
        let is_text = |code: u32| matches!(code, 0x20..=0x7e | 9 | 10 | 13);
        match self.at(text, at)? {
            (Value::Byte(b), len) if is_text(u32::from(b)) => Some(len),
            // `\/` is found beside runs.
            (Value::Char(c), len) if is_text(u32::from(c)) && len > 2 => Some(len),
            _ => None,
        }
        .filter(|&len| len <= LONGEST_IN_CHAIN)
    }
}

/// Lines of quoted-printable that tools break have so many characters at least in front of the sign.
const FULL: usize = 70;

/// How many characters a line has in front of the sign at its end, up to one more than a line of quoted-printable may have.
fn line_len(text: &[u8], sign: usize) -> usize {
    text[sign.saturating_sub(77)..sign].iter().rev().take_while(|&&b| b != b'\n').count()
}

/// Whether a line is as long as tools break those of quoted-printable, which have 76 characters at most.
fn is_filled(text: &[u8], sign: usize) -> bool {
    (40..=76).contains(&line_len(text, sign))
}

/// Whether a line that goes on behind a sign breaks a run off at its end, or the one in front of it; and which sign.
pub(super) fn broken_line(text: &[u8], run: &Range<usize>) -> Option<Kind> {
    let filled = |sign: usize| {
        // `token: BASE64=` ends where it likes: the sign is its padding.
        let is_base64 = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
        let piece = || text[sign.saturating_sub(77)..sign].iter().rev().take_while(is_base64).count();
        let padding = |piece: usize| piece >= MIN_RUN && (piece + 1).is_multiple_of(4);
        is_filled(text, sign) && (line_len(text, sign) >= FULL || !padding(piece()))
    };
    // Two are the end of base64, and so is one where nothing goes on.
    let goes_on = |sign: usize| {
        let next = Kind::Quoted.at(text, sign).and_then(|(value, len)| (value == Value::Nothing).then_some(sign + len));
        let padding = sign > 0 && text[sign - 1] == b'=';
        next.and_then(|next| text.get(next)).is_some_and(|&b| is_key_byte(b)) && !padding && filled(sign)
    };
    if text[run.end - 1] == b'=' && goes_on(run.end - 1) {
        return Some(Kind::Quoted);
    }
    if Kind::Backslash.ending(text, run.start).is_some() {
        return Some(Kind::Backslash);
    }
    let line = Kind::Quoted.ending(text, run.start)?;
    goes_on(line - 1).then_some(Kind::Quoted)
}

/// Key characters and escapes in a row, decoded.
pub(super) struct Stretch {
    pub bytes: Vec<u8>,
    pub map: OffsetMap,
    /// Just behind it.
    pub end: usize,
    /// Whether all of its escapes are line ends that do not count.
    pub only_lines: bool,
}

/// The stretch around `at`, where a run or an escape begins, over `reach` bytes behind it at most. `None` where there is
/// no escape, and if `only_first`, where a run stands before in the same stretch. In quoted-printable the rest of its line
/// stands in front of it, which may name the key that the end of the line breaks.
pub(super) fn stretch(kind: Kind, text: &[u8], at: usize, only_first: bool, reach: usize) -> Option<Stretch> {
    let start = start_of(kind, text, at, only_first)?;
    let line = if kind == Kind::Quoted { start_of_line(text, start, floor(at)) } else { start };
    let end = (at + reach).min(text.len());
    let text = &text[..end];
    let (mut bytes, mut map) = (Vec::new(), Builder::default());
    let (mut at, mut escapes, mut lines) = (line, 0usize, 0usize);
    while at < end {
        if let Some((value, len)) = kind.at(text, at) {
            let mut utf8 = [0; 4];
            let decoded = match value {
                Value::Byte(b) => {
                    utf8[0] = b;
                    &utf8[..1]
                }
                Value::Char(c) => c.encode_utf8(&mut utf8).as_bytes(),
                Value::Nothing => &[],
            };
            bytes.extend_from_slice(decoded);
            if decoded.is_empty() {
                lines += 1;
            } else {
                map.push(at, 1, decoded.len() as u8, len as u8);
            }
            escapes += 1;
            at += len;
            continue;
        }
        // What is no escape may begin as one: `=` is a key character.
        let rest = &text[at..];
        let keys = rest.iter().skip(1).take_while(|&&b| is_key_byte(b) && (kind != Kind::Quoted || b != b'=')).count();
        if !is_key_byte(rest[0]) && at >= start {
            break;
        }
        bytes.extend_from_slice(&rest[..1 + keys]);
        map.push(at, 1 + keys, 1, 1);
        at += 1 + keys;
    }
    (escapes > 0).then(|| Stretch { bytes, map: map.finish(), end: at, only_lines: escapes == lines })
}

/// How far in front of `at` a stretch may begin: not farther away than what may decide about a key.
fn floor(at: usize) -> usize {
    at.saturating_sub(REACH_BEFORE - LONGEST)
}

/// Where the line of quoted-printable begins that `at` stands in.
fn start_of_line(text: &[u8], at: usize, floor: usize) -> usize {
    let mut start = at;
    while start > floor {
        start = memchr::memrchr(b'\n', &text[floor..start]).map_or(floor, |end| floor + end + 1);
        match Kind::Quoted.ending(text, start) {
            Some(line) if line > floor && is_filled(text, line - 1) => start = line - 1,
            _ => break,
        }
    }
    start
}

/// Where the stretch around `at` begins.
fn start_of(kind: Kind, text: &[u8], at: usize, only_first: bool) -> Option<usize> {
    let floor = floor(at);
    let (mut start, mut keys) = (at, 0);
    let breaks = |line: &usize| kind != Kind::Quoted || is_filled(text, line - 1);
    while start > floor {
        if is_key_byte(text[start - 1]) {
            start -= 1;
            keys += 1;
            if only_first && keys >= MIN_RUN {
                return None;
            }
        } else if let Some(escape) = kind.ending(text, start).filter(breaks) {
            start = escape;
            keys = 0;
        } else {
            break;
        }
    }
    Some(start)
}

/// Calls `found` with the beginning of every text that consists of escapes and begins in the window.
pub(super) fn each_chain(text: &[u8], window: Range<usize>, mut found: impl FnMut(usize, Kind)) {
    let end = (window.end + LONG_CHAIN).min(text.len());
    let mut at = window.start;
    while let Some(&word) = text[at.min(end)..end].first_chunk::<8>() {
        let mut next = at + STEP;
        let mut signs = signs_in(u64::from_le_bytes(word));
        while signs != 0 {
            if let Some((chain, kind)) = chain_at(text, at + signs.trailing_zeros() as usize / 8) {
                if window.contains(&chain.start) && (chain.len() >= LONG_CHAIN || is_chain(kind, text, &chain)) {
                    found(chain.start, kind);
                }
                next = next.max(chain.end);
                break;
            }
            signs &= signs - 1;
        }
        at = next;
    }
}

/// Whether escapes in a row are enough of them, none of which is a long one.
fn is_chain(kind: Kind, text: &[u8], chain: &Range<usize>) -> bool {
    let mut at = chain.start;
    while let Some(len) = kind.in_chain(text, at).filter(|&len| at < chain.end && len <= SHORT_IN_CHAIN) {
        at += len;
    }
    chain.len() >= CHAIN && at == chain.end
}

/// The highest bit of each of eight bytes that is a sign which begins an escape; more above the first one, perhaps.
#[inline]
fn signs_in(word: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    // The classical test for a zero byte (Warren, Hacker's Delight, 6-1).
    let has = |b: u8| {
        let differs = word ^ (ONES * b as u64);
        differs.wrapping_sub(ONES) & !differs & (ONES << 7)
    };
    has(b'%') | has(b'\\') | has(b'&')
}

/// The escapes in a row among which one begins at `place`.
fn chain_at(text: &[u8], mut place: usize) -> Option<(Range<usize>, Kind)> {
    let kind = match text[place] {
        b'%' => Kind::Percent,
        b'\\' => Kind::Backslash,
        b'&' => Kind::Entity,
        _ => return None,
    };
    // The second of two backslashes.
    if kind == Kind::Backslash && place > 0 && text[place - 1] == b'\\' && kind.in_chain(text, place - 1).is_some() {
        place -= 1;
    }
    let (mut start, mut end, mut count) = (place, place, 0);
    while let Some(len) = kind.in_chain(text, end) {
        end += len;
        count += 1;
    }
    if count == 0 {
        return None;
    }
    // The look may have met one of the last escapes.
    while let Some(len) =
        (3..=LONGEST_IN_CHAIN).rev().find(|&len| start >= len && kind.in_chain(text, start - len) == Some(len))
    {
        start -= len;
        count += 1;
    }
    (count >= IN_A_ROW).then_some((start..end, kind))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decoded(kind: Kind, text: &str, at: usize) -> Option<String> {
        let stretch = stretch(kind, text.as_bytes(), at, true, 1 << 12)?;
        Some(String::from_utf8(stretch.bytes).unwrap())
    }

    #[test]
    fn every_way_to_escape_is_decoded() {
        for (kind, text) in [
            (Kind::Percent, "ab%2Fcd%3d"),
            (Kind::Entity, "ab&#47;cd&#x3D;"),
            (Kind::Entity, "ab&sol;cd&equals;"),
            (Kind::Backslash, "ab\\u002fcd\\u003D"),
            (Kind::Backslash, "ab\\\\u002fcd\\\\u003d"),
            (Kind::Backslash, "ab\\u{2f}cd\\U0000003d"),
            (Kind::Backslash, "ab\\x2fcd\\075"),
            (Kind::Backslash, "ab\\/c\\\n    d="),
            (Kind::Quoted, "ab=2Fcd=3D"),
            (Kind::Quoted, "ab=2F=\r\ncd=3D"),
            (Kind::Quoted, "a=\nb/cd="),
        ] {
            assert_eq!(decoded(kind, text, 0).as_deref(), Some("ab/cd="), "{text}");
        }
        for (kind, no_escape) in [
            (Kind::Percent, "ab%d"),
            (Kind::Entity, "ab&cd"),
            (Kind::Entity, "ab&#47"),
            (Kind::Backslash, "ab\\n"),
            (Kind::Backslash, "ab\\ud83dcd"),
            (Kind::Quoted, "ab=cd"),
        ] {
            assert_eq!(decoded(kind, no_escape, 0), None, "{no_escape}");
        }
    }

    #[test]
    fn a_stretch_is_looked_at_once() {
        let text = "short%2F0123456789abcdef%2F0123456789abcdef%2Fshort";
        let whole = "short/0123456789abcdef/0123456789abcdef/short";
        let runs: Vec<usize> = text.match_indices("2F0").map(|(at, _)| at).collect();
        assert_eq!(decoded(Kind::Percent, text, runs[0]).as_deref(), Some(whole));
        assert_eq!(decoded(Kind::Percent, text, runs[1]), None);
    }

    fn chains(text: &[u8], window: Range<usize>) -> Vec<(usize, Kind)> {
        let mut all = Vec::new();
        each_chain(text, window, |start, kind| all.push((start, kind)));
        all
    }

    proptest! {
        #[test]
        fn chains_are_found_wherever_they_stand(
            before in "[a-z \\\\%&\n]{0,200}", text in "[!-~]{24,60}", behind in "[a-z \n]{0,100}", which in 0..6usize,
            cut in 0..400usize,
        ) {
            let escape = |b: u8| match which {
                0 => format!("%{b:02x}"),
                1 => format!("&#{b};"),
                2 => format!("&#x{b:X};"),
                3 => format!("\\u{b:04x}"),
                4 => format!("\\x{b:02X}"),
                _ => format!("\\\\u{b:04x}"),
            };
            // What stands in front must not become a part of it.
            let before = format!("{before}. ");
            let chain: String = text.bytes().map(escape).collect();
            let all = format!("{before}{chain} {behind}").into_bytes();
            let found = chains(&all, 0..all.len());
            prop_assert_eq!(found.len(), 1);
            prop_assert_eq!(found[0].0, before.len());
            // Windows find it once.
            let cut = cut.min(all.len());
            let both = chains(&all, 0..cut).into_iter().chain(chains(&all, cut..all.len()));
            prop_assert_eq!(both.collect::<Vec<_>>(), found.clone());
            let stretch = stretch(found[0].1, &all, found[0].0, false, 1 << 12).unwrap();
            prop_assert_eq!(String::from_utf8(stretch.bytes).unwrap(), text);
        }

        #[test]
        fn no_bytes_panic(text in prop::collection::vec(prop_oneof![
            any::<u8>(), Just(b'\\'), Just(b'%'), Just(b'='), Just(b'&'), Just(b'#'), Just(b'u'), Just(b'2'), Just(b'\n'),
        ], 1..300), at in 0..299usize, len in 0..40usize) {
            let at = at.min(text.len() - 1);
            for kind in [Kind::Percent, Kind::Entity, Kind::Backslash, Kind::Quoted] {
                if let Some(stretch) = stretch(kind, &text, at, len % 2 == 0, 100) {
                    prop_assert!(stretch.map.range_to_original(0..stretch.bytes.len()).end <= stretch.end);
                }
            }
            let _ = broken_line(&text, &(at..(at + len + 1).min(text.len())));
            let _ = Kind::before(&text, at);
            chains(&text, at..text.len());
        }
    }
}
