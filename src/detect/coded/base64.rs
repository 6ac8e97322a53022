//! Base64 in either alphabet, with or without padding, on one line or several; and hexadecimal digits.
//!
//! Nearly everything that could be base64 is something else: digests, names, paths, pictures. What it would decode to
//! tells: the first twelve bytes of text are text.

use std::ops::Range;
use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};

/// Shortest base64 that is looked at, in characters: no key of fewer than 18 bytes stands by itself.
pub(super) const MIN: usize = 24;

/// How gzip begins: its two magic bytes, and the only method of compression (RFC 1952, section 2.3.1).
pub(super) const GZIP: [u8; 3] = [0x1f, 0x8b, 8];

/// Longest line of base64 in several lines; tools make 60 to 128 characters.
const MAX_LINE: usize = 256;
/// Most blanks in front of such a line.
const MAX_INDENT: usize = 64;

/// No character of base64.
const NONE: u8 = 0xff;

/// The six bits of each character of either alphabet.
static SEXTETS: [u8; 256] = {
    let mut table = [NONE; 256];
    let mut i = 0;
    while i < 26 {
        table[b'A' as usize + i] = i as u8;
        table[b'a' as usize + i] = 26 + i as u8;
        i += 1;
    }
    i = 0;
    while i < 10 {
        table[b'0' as usize + i] = 52 + i as u8;
        i += 1;
    }
    table[b'+' as usize] = 62;
    table[b'-' as usize] = 62;
    table[b'/' as usize] = 63;
    table[b'_' as usize] = 63;
    table
};

/// Either alphabet, without padding, whatever the last bits are.
static ENCODING: LazyLock<Option<Encoding>> = LazyLock::new(|| {
    let mut spec = Specification::new();
    spec.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    spec.translate.from.push_str("-_");
    spec.translate.to.push_str("+/");
    spec.check_trailing_bits = false;
    spec.encoding().ok()
});

fn sextet(b: u8) -> u8 {
    SEXTETS[usize::from(b)]
}

fn is_base64(b: &u8) -> bool {
    sextet(*b) != NONE
}

/// The three bytes that four characters stand for.
#[inline]
fn group(characters: &[u8]) -> Option<[u8; 3]> {
    let &[a, b, c, d] = characters else { return None };
    let (a, b, c, d) = (sextet(a), sextet(b), sextet(c), sextet(d));
    (a | b | c | d < 64).then_some([a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d])
}

fn is_text(b: u8) -> bool {
    matches!(b, 0x20..=0x7e | b'\t' | b'\n' | b'\r')
}

/// Whether the first characters decode to text, in UTF-8 or UTF-16, or to the beginning of gzip.
#[inline]
pub(super) fn is_promising(value: &[u8]) -> bool {
    let Some(head) = value.first_chunk::<16>() else { return false };
    let Some(first) = group(&head[..4]) else { return false };
    let rest = |accept: fn(usize, u8) -> bool| {
        head[4..].chunks_exact(4).enumerate().all(|(i, characters)| {
            group(characters).is_some_and(|bytes| (0..).zip(bytes).all(|(j, b)| accept(3 * (i + 1) + j, b)))
        })
    };
    match first {
        GZIP | [0xef, 0xbb, 0xbf] => true,
        [0xff, 0xfe, b] if is_text(b) => true,
        [a, b, c] if is_text(a) && is_text(b) && is_text(c) => rest(|_, b| is_text(b)),
        [a, 0, c] if is_text(a) && is_text(c) => rest(|i, b| if i % 2 == 0 { is_text(b) } else { b == 0 }),
        _ => false,
    }
}

/// Whether hexadecimal digits begin as those of text do.
#[inline]
pub(super) fn is_promising_hex(value: &[u8]) -> bool {
    let nibble = |b: u8| char::from(b).to_digit(16).map_or(NONE, |digit| digit as u8);
    // Twelve bytes of text again. Few digests have them: one in 100 000.
    value.len() >= 32
        && value[..24].chunks_exact(2).all(|pair| {
            let (high, low) = (nibble(pair[0]), nibble(pair[1]));
            high < 16 && low < 16 && is_text(high << 4 | low)
        })
        && value.iter().all(u8::is_ascii_hexdigit)
}

/// Whether the base64 that begins on this line may go on in the next one.
pub(super) fn may_go_on(text: &[u8], first: &Range<usize>) -> bool {
    first.len() <= MAX_LINE
        && text[first.end - 1] != b'='
        && matches!(text.get(first.end), Some(b'\n' | b'\r'))
        && !goes_on_here(text, first)
}

/// Whether the line above seems to be base64 that goes on in this line.
fn goes_on_here(text: &[u8], line: &Range<usize>) -> bool {
    let before = &text[..line.start];
    let before = &before[..before.len() - before.iter().rev().take(MAX_INDENT).take_while(|b| is_blank(b)).count()];
    let Some(before) = before.strip_suffix(b"\n") else { return false };
    let before = before.strip_suffix(b"\r").unwrap_or(before);
    let above = before.iter().rev().take(MAX_LINE + 1).take_while(|b| is_base64(b)).count();
    (MIN.max(line.len())..=MAX_LINE).contains(&above)
}

fn is_blank(b: &u8) -> bool {
    matches!(b, b' ' | b'\t')
}

/// The lines of base64 that begins with `first`, over `reach` bytes at most; the last one with its padding.
pub(super) fn lines(text: &[u8], first: Range<usize>, reach: usize) -> Vec<Range<usize>> {
    let line_start = text[..first.start].iter().rev().take(MAX_INDENT).take_while(|b| is_blank(b)).count();
    let named = first.start.checked_sub(line_start + 1).is_some_and(|i| text[i] != b'\n');
    let mut width = (!named).then_some(first.len());
    let end = (first.start + reach).min(text.len());
    let mut lines = vec![first];
    while let Some(last) = lines.last() {
        let rest = &text[last.end.min(end)..end];
        let Some(rest) = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")) else { break };
        let start = end - rest.len() + rest.iter().take(MAX_INDENT).take_while(|b| is_blank(b)).count();
        let len = text[start..end].iter().take(MAX_LINE + 1).take_while(|b| is_base64(b)).count();
        let padding = text[start + len..end].iter().take(2).take_while(|b| **b == b'=').count();
        let ends = matches!(text.get(start + len + padding), None | Some(b'\r' | b'\n' | b'"' | b'\'' | b'<' | b'`'));
        if len == 0 || len > MAX_LINE || !ends || width.is_some_and(|width| len > width) {
            break;
        }
        lines.push(start..start + len + padding);
        if padding > 0 || width.is_some_and(|width| len < width) {
            break;
        }
        width = Some(len);
    }
    lines
}

/// What lines of base64 stand for.
pub(super) fn decode(text: &[u8], lines: &[Range<usize>]) -> Option<Vec<u8>> {
    let mut characters: Vec<u8> = Vec::with_capacity(lines.iter().map(Range::len).sum());
    lines.iter().for_each(|line| characters.extend_from_slice(&text[line.clone()]));
    // Padding, and what else is no base64.
    let len = characters.iter().take_while(|b| is_base64(b)).count();
    let len = len - usize::from(len % 4 == 1);
    ENCODING.as_ref()?.decode(&characters[..len]).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_alphabet_is_decoded(bytes in prop::collection::vec(any::<u8>(), 1..100), which in 0..4usize) {
            let engine = [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD][which];
            let text = engine.encode(&bytes).into_bytes();
            let line = 0..text.len();
            prop_assert_eq!(decode(&text, std::slice::from_ref(&line)), Some(bytes));
        }

        #[test]
        fn text_is_promising(text in "[ -~\n\t]{18,80}", utf16: bool) {
            let bytes: Vec<u8> =
                if utf16 { text.encode_utf16().flat_map(u16::to_le_bytes).collect() } else { text.into_bytes() };
            prop_assert!(is_promising(STANDARD.encode(&bytes).as_bytes()));
            prop_assert!(is_promising_hex(hex::encode(&bytes).as_bytes()) != utf16);
        }

        #[test]
        fn lines_are_put_together(
            bytes in prop::collection::vec(any::<u8>(), 60..400), width in 24..100usize, indent in 0..5usize, crlf: bool
        ) {
            let plain = STANDARD.encode(&bytes);
            let end = format!("{}{}", if crlf { "\r\n" } else { "\n" }, " ".repeat(indent));
            let pieces: Vec<&str> = plain.as_bytes().chunks(width).map(|b| std::str::from_utf8(b).unwrap()).collect();
            let text = format!("{}\n", pieces.join(&end)).into_bytes();
            let first = 0..plain.trim_end_matches('=').len().min(width);
            prop_assert_eq!(decode(&text, &lines(&text, first, 1 << 20)), Some(bytes));
        }

        #[test]
        fn no_bytes_panic(text in prop::collection::vec(any::<u8>(), 1..200), start in 0..199usize, reach in 0..300usize) {
            let start = start.min(text.len() - 1);
            let _ = may_go_on(&text, &(start..text.len()));
            let _ = may_go_on(&text, &(start..start + 1));
            let _ = decode(&text, &lines(&text, start..start + 1, reach));
            let _ = is_promising(&text);
            let _ = is_promising_hex(&text);
        }
    }

    #[test]
    fn pictures_fonts_certificates_and_digests_are_not_promising() {
        for no_text in [
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB",
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBD",
            "R0lGODlhAQABAIAAAAAAAP///yH5BAEA",
            "d09GMgABAAAAAAzwAAwAAAAAGXwAAAyh",
            "AAEAAAASAQAABAAgR0RFRrRCsIIAAjwA",
            "MIIDdTCCAl2gAwIBAgILBAAAAAABFUtaw5Q",
            "AAAAB3NzaC1yc2EAAAADAQABAAABgQDb",
            "sha512-2M6Zk3Yl3tRz1yQ0iJc5J8vqO",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "some/long/path/with/4/parts/of/it",
        ] {
            assert!(!is_promising(no_text.as_bytes()), "{no_text}");
            assert!(!is_promising_hex(no_text.as_bytes()), "{no_text}");
        }
    }
}
