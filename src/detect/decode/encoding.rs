//! Character encodings: what a blob is written in, UTF-16 and UTF-32 to UTF-8, and legacy encodings for display.
//!
//! Keys are ASCII. Encodings that hold ASCII as it is (UTF-8 and nearly every 8-bit one) need no decoding to be
//! scanned; only those with wider units do.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::View;
use super::offsets::Builder;

/// What the bytes of a blob are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextKind {
    /// UTF-8, with or without a mark; ASCII is.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// UTF-32, low byte first.
    Utf32Le,
    /// UTF-32, high byte first.
    Utf32Be,
    /// An 8-bit encoding that holds ASCII as it is; scanned without decoding.
    Legacy,
    /// No text.
    Binary,
}

/// Tells by the start of a blob what it is written in; `head` should be its first 8 KiB or more, cut at a multiple of
/// four bytes unless it is all of it.
///
/// A byte order mark decides. Without one, NUL bytes do: if they stand as ASCII in UTF-16 or UTF-32 would put them and
/// the text is sound in that encoding, without control characters, it is that; NUL bytes of any other kind make it
/// [`TextKind::Binary`].
#[must_use]
pub fn classify(head: &[u8]) -> TextKind {
    // UTF-32 first: its little-endian mark starts with that of UTF-16.
    for kind in [TextKind::Utf32Le, TextKind::Utf32Be, TextKind::Utf16Le, TextKind::Utf16Be] {
        if head.starts_with(mark(kind)) {
            return kind;
        }
    }
    if memchr::memchr(0, head).is_none() {
        // Most text is ASCII, which is told much faster than UTF-8.
        if head.is_ascii() {
            return TextKind::Utf8;
        }
        return match simdutf8::compat::from_utf8(head) {
            Ok(_) => TextKind::Utf8,
            // A character that is cut by the end of `head`.
            Err(error) if error.error_len().is_none() => TextKind::Utf8,
            Err(_) => TextKind::Legacy,
        };
    }
    for kind in [TextKind::Utf32Le, TextKind::Utf32Be] {
        if looks_like_utf32(kind, head) {
            return kind;
        }
    }
    for kind in [TextKind::Utf16Le, TextKind::Utf16Be] {
        if looks_like_utf16(kind, head) {
            return kind;
        }
    }
    TextKind::Binary
}

/// The byte order mark of an encoding; empty for those that are not transcoded.
fn mark(kind: TextKind) -> &'static [u8] {
    match kind {
        TextKind::Utf32Le => b"\xff\xfe\0\0",
        TextKind::Utf32Be => b"\0\0\xfe\xff",
        TextKind::Utf16Le => b"\xff\xfe",
        TextKind::Utf16Be => b"\xfe\xff",
        TextKind::Utf8 | TextKind::Legacy | TextKind::Binary => b"",
    }
}

fn is_text(c: char) -> bool {
    !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\x0c' | '\x1b' | '\u{85}')
}

fn unit32(kind: TextKind, unit: [u8; 4]) -> Option<char> {
    char::from_u32(if kind == TextKind::Utf32Be { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) })
}

fn looks_like_utf32(kind: TextKind, head: &[u8]) -> bool {
    let (units, _) = head.as_chunks::<4>();
    // Nothing is assigned in the planes 4 to 13. UTF-16 read as UTF-32 is in them where a tab or a line end is followed
    // by another character.
    let assigned = |c: char| !(0x4_0000..0xe_0000).contains(&u32::from(c));
    units.len() >= 2 && units.iter().all(|&unit| unit32(kind, unit).is_some_and(|c| is_text(c) && assigned(c)))
}

fn looks_like_utf16(kind: TextKind, head: &[u8]) -> bool {
    let (pairs, _) = head.as_chunks::<2>();
    let big = kind == TextKind::Utf16Be;
    let (mut high_zero, mut low_zero, mut two_letters) = (0usize, 0usize, 0usize);
    for &[first, second] in pairs {
        let (high, low) = if big { (first, second) } else { (second, first) };
        high_zero += usize::from(high == 0);
        low_zero += usize::from(low == 0);
        two_letters += usize::from(high.is_ascii_graphic() && (low.is_ascii_graphic() || low == b' '));
    }
    // One unit in ten is ASCII or Latin-1 even in Chinese source files, for their line ends, digits and spaces; units
    // with a low byte of zero (U+4E00, "one") are rare. Seen from the other byte order the two counts are swapped.
    if pairs.len() < 2 || high_zero * 10 < pairs.len() || low_zero * 8 > high_zero {
        return false;
    }
    // ASCII with a NUL byte here and there reads as Chinese; in real Chinese a third of the units are two ASCII bytes.
    if two_letters * 4 > (pairs.len() - high_zero) * 3 {
        return false;
    }
    let units = pairs.iter().map(|&pair| if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) });
    let mut decoded = char::decode_utf16(units).peekable();
    while let Some(outcome) = decoded.next() {
        match outcome {
            Ok(c) if is_text(c) => {}
            // A pair of surrogates that is cut by the end of `head`.
            Err(error) if decoded.peek().is_none() && (0xd800..0xdc00).contains(&error.unpaired_surrogate()) => {}
            _ => return false,
        }
    }
    true
}

/// The UTF-8 form of a whole blob in UTF-16 or UTF-32; a byte order mark is left out of it.
///
/// Never fails on bad input: an unpaired surrogate, a number that is no character and bytes that are left over at the
/// end become U+FFFD. `None` for the other kinds, which need no transcoding, and beyond 1 GiB, which callers window.
#[must_use]
pub fn transcode(kind: TextKind, bytes: &[u8]) -> Option<View> {
    let start = if bytes.starts_with(mark(kind)) { mark(kind).len() } else { 0 };
    transcode_from(kind, bytes, start)
}

/// As [`transcode`], for a window inside a blob, which must start at a multiple of the code unit: what looks like a
/// mark is a character there. Offsets are those in the window. A surrogate pair that is cut by either end of the window
/// becomes U+FFFD on both sides.
#[must_use]
pub fn transcode_window(kind: TextKind, bytes: &[u8]) -> Option<View> {
    transcode_from(kind, bytes, 0)
}

fn transcode_from(kind: TextKind, bytes: &[u8], start: usize) -> Option<View> {
    // Both sides of the map have to fit 32 bits; UTF-8 takes at most 3 bytes for 2.
    if bytes.len() > 1 << 30 {
        return None;
    }
    let text = bytes.get(start..)?;
    match kind {
        TextKind::Utf16Le => Some(utf16(encoding_rs::UTF_16LE, text, start)),
        TextKind::Utf16Be => Some(utf16(encoding_rs::UTF_16BE, text, start)),
        TextKind::Utf32Le | TextKind::Utf32Be => Some(utf32(kind, text, start)),
        TextKind::Utf8 | TextKind::Legacy | TextKind::Binary => None,
    }
}

fn utf16(encoding: &'static encoding_rs::Encoding, bytes: &[u8], start: usize) -> View {
    let whole = bytes.len() & !1;
    let (text, _) = encoding.decode_without_bom_handling(bytes.get(..whole).unwrap_or_default());
    let mut decoded = text.into_owned();
    let mut map = Builder::starting_at(start);
    let mut original = start;
    for c in decoded.chars() {
        // An unpaired surrogate is one unit, and so is the U+FFFD it became.
        let (decoded_len, original_len) = (c.len_utf8() as u8, 2 * c.len_utf16() as u8);
        map.push(original, 1, decoded_len, original_len);
        original += usize::from(original_len);
    }
    left_over(&mut decoded, &mut map, original, bytes.len() - whole);
    View { bytes: decoded.into_bytes(), offsets: map.finish(), part: None }
}

fn utf32(kind: TextKind, bytes: &[u8], start: usize) -> View {
    let (units, rest) = bytes.as_chunks::<4>();
    let mut decoded = String::with_capacity(units.len());
    let mut map = Builder::starting_at(start);
    let mut original = start;
    for &unit in units {
        let c = unit32(kind, unit).unwrap_or(char::REPLACEMENT_CHARACTER);
        decoded.push(c);
        map.push(original, 1, c.len_utf8() as u8, 4);
        original += 4;
    }
    left_over(&mut decoded, &mut map, original, rest.len());
    View { bytes: decoded.into_bytes(), offsets: map.finish(), part: None }
}

/// Fewer bytes than a unit has, at the very end.
fn left_over(decoded: &mut String, map: &mut Builder, original: usize, count: usize) {
    if count > 0 {
        decoded.push(char::REPLACEMENT_CHARACTER);
        map.push(original, 1, 3, count as u8);
    }
}

/// Bytes of a snippet as text, for display only: UTF-8 if they are that, otherwise in the encoding that is likely.
#[must_use]
pub fn display_text(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = simdutf8::compat::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    Legacy::of(bytes).display(bytes)
}

/// The encoding that a text which is not UTF-8 is likely to have: for display only.
#[derive(Clone, Copy, Debug)]
pub struct Legacy(&'static encoding_rs::Encoding);

impl Legacy {
    /// What a text seems to be written in. The more of it there is, the better.
    #[must_use]
    pub fn of(sample: &[u8]) -> Self {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(sample, true);
        let guess = detector.guess(None, Utf8Detection::Deny);
        // A Spanish question and a quotation begin with what is a letter of central Europe in ISO-8859-2. Where nothing
        // else sets the two apart, they are what they are in the West.
        let marks = |b: &u8| matches!(b, 0xa1 | 0xab | 0xbb | 0xbf);
        let alike = |&b: &u8| {
            let one = [b];
            let read =
                |encoding: &'static encoding_rs::Encoding| encoding.decode_without_bom_handling(&one).0.chars().next();
            read(guess) == read(encoding_rs::WINDOWS_1252)
        };
        let western = matches!(guess.name(), "ISO-8859-2" | "windows-1250")
            && sample.iter().filter(|b| !b.is_ascii()).all(|b| marks(b) || alike(b));
        Legacy(if western { encoding_rs::WINDOWS_1252 } else { guess })
    }

    /// A piece of it as text: as UTF-8 if it is that.
    #[must_use]
    pub fn display<'b>(&self, bytes: &'b [u8]) -> Cow<'b, str> {
        match simdutf8::compat::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => self.0.decode_without_bom_handling(bytes).0,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WIDE: [TextKind; 4] = [TextKind::Utf16Le, TextKind::Utf16Be, TextKind::Utf32Le, TextKind::Utf32Be];

    fn encode_char(kind: TextKind, c: char) -> Vec<u8> {
        let mut units = [0; 2];
        match kind {
            TextKind::Utf16Le => c.encode_utf16(&mut units).iter().flat_map(|u| u.to_le_bytes()).collect(),
            TextKind::Utf16Be => c.encode_utf16(&mut units).iter().flat_map(|u| u.to_be_bytes()).collect(),
            TextKind::Utf32Le => u32::from(c).to_le_bytes().to_vec(),
            _ => u32::from(c).to_be_bytes().to_vec(),
        }
    }

    fn encode(kind: TextKind, text: &str) -> Vec<u8> {
        text.chars().flat_map(|c| encode_char(kind, c)).collect()
    }

    /// Text with many changes of length, and plenty of ASCII.
    fn texts() -> impl Strategy<Value = String> {
        prop::collection::vec(prop_oneof![4 => "[ -~\n]{1,8}", 1 => "\\PC{1,3}", 1 => "[é一𝄞😀]{1,4}"], 0..40)
            .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn every_character_leads_back(text in texts(), kind in prop::sample::select(&WIDE), marked: bool) {
            let mut bytes = if marked { mark(kind).to_vec() } else { Vec::new() };
            let start = bytes.len();
            bytes.extend(encode(kind, &text));
            // Without a mark, a text that starts with U+FEFF is one that has it.
            prop_assume!(marked || !text.starts_with('\u{feff}'));
            let view = transcode(kind, &bytes).unwrap();
            prop_assert_eq!(std::str::from_utf8(&view.bytes).unwrap(), &text);
            let mut original = start;
            for (at, c) in text.char_indices() {
                let length = encode_char(kind, c).len();
                for inside in at..at + c.len_utf8() {
                    prop_assert_eq!(view.offsets.to_original(inside), original);
                }
                prop_assert_eq!(view.offsets.range_to_original(at..at + c.len_utf8()), original..original + length);
                original += length;
            }
            prop_assert_eq!(view.offsets.to_original(text.len()), bytes.len());
            prop_assert!(view.offsets.len() <= text.chars().count() + 1);
        }

        #[test]
        fn windows_join_to_the_whole(text in texts(), kind in prop::sample::select(&WIDE), cut in 0usize..200) {
            let text = text.replace('\u{feff}', "");
            let bytes = encode(kind, &text);
            let cut = text.char_indices().nth(cut).map_or(bytes.len(), |(at, _)| encode(kind, &text[..at]).len());
            let mut joined = transcode_window(kind, &bytes[..cut]).unwrap().bytes;
            joined.extend(transcode_window(kind, &bytes[cut..]).unwrap().bytes);
            prop_assert_eq!(joined, text.into_bytes());
        }

        #[test]
        fn rubbish_is_decoded_without_losing_its_place(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0xd7..0xe0u8, Just(0)], 0..200),
            kind in prop::sample::select(&WIDE),
        ) {
            let view = transcode_window(kind, &bytes).unwrap();
            prop_assert!(std::str::from_utf8(&view.bytes).is_ok());
            prop_assert_eq!(view.offsets.to_original(view.bytes.len()), bytes.len());
            // Every sound character still stands where it is said to stand.
            for (at, c) in std::str::from_utf8(&view.bytes).unwrap().char_indices() {
                let range = view.offsets.range_to_original(at..at + c.len_utf8());
                prop_assert!(c == char::REPLACEMENT_CHARACTER || bytes[range] == encode_char(kind, c));
            }
            let _ = classify(&bytes);
            let _ = display_text(&bytes);
        }

        #[test]
        fn ascii_is_recognised_in_every_encoding(text in "[ -~\t\n]{2,300}", kind in prop::sample::select(&WIDE)) {
            prop_assert_eq!(classify(&encode(kind, &text)), kind);
            prop_assert_eq!(classify(&[mark(kind), &encode(kind, &text)].concat()), kind);
            prop_assert_eq!(classify(text.as_bytes()), TextKind::Utf8);
        }
    }

    #[test]
    fn chinese_source_without_a_mark_is_recognised() {
        let text = "// 一个配置文件，内容是中文\r\npassword = \"一二三\"\r\n# 一\r\n";
        for kind in WIDE {
            assert_eq!(classify(&encode(kind, text)), kind, "{kind:?}");
        }
        assert_eq!(classify(text.as_bytes()), TextKind::Utf8);
        // Cut inside a character.
        assert_eq!(classify(&text.as_bytes()[..4]), TextKind::Utf8);
    }

    #[test]
    fn kinds_that_are_not_wide() {
        assert_eq!(classify(b""), TextKind::Utf8);
        assert_eq!(classify(b"\xef\xbb\xbfx"), TextKind::Utf8);
        assert_eq!(classify(b"caf\xe9 au lait"), TextKind::Legacy);
        assert_eq!(classify(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0"), TextKind::Binary);
        assert_eq!(classify(&[0; 64]), TextKind::Binary);
        assert_eq!(classify(b"text with one\0 in it"), TextKind::Binary);
        for kind in [TextKind::Utf8, TextKind::Legacy, TextKind::Binary] {
            assert_eq!(transcode(kind, b"x"), None);
        }
    }

    #[test]
    fn unpaired_surrogates_and_halves_are_replaced() {
        let view = transcode(TextKind::Utf16Le, b"a\0\x00\xd8b\0\x00\xdcc\0\x7a").unwrap();
        assert_eq!(String::from_utf8(view.bytes).unwrap(), "a\u{fffd}b\u{fffd}c\u{fffd}");
        assert_eq!(view.offsets.range_to_original(4..5), 4..6);
        assert_eq!(view.offsets.range_to_original(9..12), 10..11);
    }

    #[test]
    fn snippets_are_shown_in_their_encoding() {
        assert_eq!(display_text("schlüssel".as_bytes()), "schlüssel");
        let (russian, _, _) = encoding_rs::WINDOWS_1251.encode("ключ доступа к базе данных");
        assert_eq!(display_text(&russian), "ключ доступа к базе данных");
        let (korean, _, _) = encoding_rs::EUC_KR.encode("데이터베이스 접근 키");
        assert_eq!(display_text(&korean), "데이터베이스 접근 키");
        assert_eq!(display_text(b"caf\xe9 cr\xe8me"), "café crème");
        assert_eq!(display_text(b"# configuraci\xf3n\n\xbfclave?="), "# configuración\n¿clave?=");
        assert_eq!(display_text(b"Schl\xfcssel:\n\xbbx\xab ist der Schl\xfcssel"), "Schlüssel:\n»x« ist der Schlüssel");
        let (polish, _, _) = encoding_rs::ISO_8859_2.encode("hasło do bazy, które każdy może znaleźć");
        assert_eq!(display_text(&polish), "hasło do bazy, które każdy może znaleźć");
    }
}
