//! The forms in which a key is written down, and the search for all of them at once.
//!
//! Base64 turns three bytes into four characters, so what it makes of a key depends on where the key begins: there are
//! three *alignments*. In two of them the first character also holds bits of what stands in front of the key, and the
//! last one may hold bits of what follows. Only the characters in between are searched for; the others are compared bit
//! by bit.
//!
//! In percent-encoding and XML escapes, programs differ in which characters they escape and how. There, a part of the key
//! that none of them escapes is searched for, and what stands around it is decoded character by character.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, BuildError, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::super::coded::escape::{Kind, LONGEST_ENTITY, Value};

/// Bytes by which forms are searched for; the rest is compared. No form is shorter: see [`MIN_KEY`](super::MIN_KEY).
const PIECE: usize = 8;

/// Spaces in front of the lines of a key that has several.
const MAX_INDENT: usize = 16;

/// Bits of a key in a base64 character that holds other bits, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    /// Which of the six bits are the key's.
    mask: u8,
    /// Their values.
    bits: u8,
}

/// A form of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Number of the key.
    pub key: usize,
    /// Its name in reports; absent for the key as it is.
    pub name: Option<&'static str>,
    /// What it looks like.
    bytes: Zeroizing<Vec<u8>>,
    /// What the character in front of it holds of the key.
    before: Option<Edge>,
    /// What the character behind it holds of the key.
    behind: Option<Edge>,
    /// Where in `bytes` the part stands that is searched for.
    anchor: usize,
    /// How characters of `bytes` may be escaped; some have to be.
    escapes: Option<Kind>,
}

impl Form {
    /// The bytes of this form whose anchor stands at `at`, if it does.
    fn at(&self, text: &[u8], at: usize) -> Option<Range<usize>> {
        if let Some(kind) = self.escapes {
            return self.escaped(kind, text, at);
        }
        if !text[at..].starts_with(&self.bytes) {
            return None;
        }
        let mut span = at..at + self.bytes.len();
        if let Some(edge) = self.before {
            span.start = span.start.checked_sub(1)?;
            (sextet(text[span.start])? & edge.mask == edge.bits).then_some(())?;
        }
        if let Some(edge) = self.behind {
            (sextet(*text.get(span.end)?)? & edge.mask == edge.bits).then_some(())?;
            span.end += 1;
        }
        Some(span)
    }
}

impl Form {
    /// The bytes of the key around the anchor at `at`, some of them escaped.
    fn escaped(&self, kind: Kind, text: &[u8], at: usize) -> Option<Range<usize>> {
        let stands_for = |start: usize, byte: u8| {
            let (value, len) = kind.at(text, start)?;
            let same = match value {
                Value::Byte(b) => b == byte,
                Value::Char(c) => c == char::from(byte) && byte.is_ascii(),
                Value::Nothing => false,
            };
            same.then_some(len)
        };
        let mut escapes = 0;
        let mut end = at;
        for &byte in &self.bytes[self.anchor..] {
            end += match text.get(end)? {
                &b if b == byte && stands_for(end, byte).is_none() => 1,
                // As forms are sent.
                b'+' if byte == b' ' && kind == Kind::Percent => {
                    escapes += 1;
                    1
                }
                _ => {
                    escapes += 1;
                    stands_for(end, byte)?
                }
            };
        }
        let mut start = at;
        for &byte in self.bytes[..self.anchor].iter().rev() {
            let floor = start.saturating_sub(LONGEST_ENTITY);
            let escape =
                (floor..start).rev().find(|&from| stands_for(from, byte).is_some_and(|len| from + len == start));
            start = match escape {
                Some(from) => {
                    escapes += 1;
                    from
                }
                None => {
                    let before = start.checked_sub(1)?;
                    let sent = byte == b' ' && kind == Kind::Percent && text[before] == b'+';
                    escapes += usize::from(sent);
                    (sent || text[before] == byte).then_some(before)?
                }
            };
        }
        (escapes > 0).then_some(start..end)
    }
}

/// The six bits of a base64 character of either alphabet.
fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Collects the forms of one key.
struct Forms<'a> {
    key: usize,
    all: &'a mut Vec<Form>,
    /// Where this key's begin.
    from: usize,
}

impl Forms<'_> {
    fn add(&mut self, name: Option<&'static str>, bytes: Vec<u8>) {
        self.add_between(name, bytes, None, None);
    }

    fn add_between(&mut self, name: Option<&'static str>, bytes: Vec<u8>, before: Option<Edge>, behind: Option<Edge>) {
        // Most keys look the same in several forms; the first one gives the name.
        let known = self.all[self.from..]
            .iter()
            .any(|form| *form.bytes == bytes && (form.before, form.behind) == (before, behind));
        if bytes.len() >= PIECE && !known {
            let (key, bytes) = (self.key, Zeroizing::new(bytes));
            self.all.push(Form { key, name, bytes, before, behind, anchor: 0, escapes: None });
        }
    }

    /// Where a part of a key stands that no program escapes.
    fn anchor(value: &[u8]) -> Option<usize> {
        value.windows(PIECE).position(|piece| piece.iter().all(u8::is_ascii_alphanumeric))
    }

    /// What some escapes make of a key that has such a part.
    fn escaped(&mut self, name: &'static str, value: &[u8], escapes: Kind) {
        let Some(anchor) = Self::anchor(value) else { return };
        let (key, name, bytes) = (self.key, Some(name), Zeroizing::new(value.to_vec()));
        self.all.push(Form { key, name, bytes, before: None, behind: None, anchor, escapes: Some(escapes) });
    }

    /// What base64 makes of these bytes wherever they stand.
    fn base64(&mut self, standard: &'static str, url_safe: &'static str, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut cores = Vec::new();
        for (engine, name) in [(STANDARD_NO_PAD, standard), (URL_SAFE_NO_PAD, url_safe)] {
            for lead in 0..3 {
                let input = Zeroizing::new([&vec![0; lead], bytes].concat());
                let output = Zeroizing::new(engine.encode(&*input).into_bytes());
                let (first_bit, last_bit) = (8 * lead, 8 * (lead + bytes.len()));
                let (start, end) = (first_bit.div_ceil(6), last_bit / 6);
                let edge = |at: usize, mask: u8| {
                    output.get(at).and_then(|&byte| sextet(byte)).map(|bits| Edge { mask, bits: bits & mask })
                };
                let before = match first_bit % 6 {
                    0 => None,
                    others => edge(start - 1, 0x3f >> others),
                };
                let behind = match last_bit % 6 {
                    0 => None,
                    own => edge(end, 0x3f << (6 - own) & 0x3f),
                };
                let core = output[start..end].to_vec();
                self.add_between(Some(name), core.clone(), before, behind);
                cores.push(core);
            }
        }
        cores
    }
}

/// Adds all forms of a key.
pub fn add(key: usize, value: &[u8], all: &mut Vec<Form>) {
    let from = all.len();
    let mut forms = Forms { key, all, from };
    forms.add(None, value.to_vec());
    let crlf = value.contains(&b'\n').then(|| replaced(value, |b| (b == b'\n').then(|| "\r\n".to_owned())));
    if let Some(crlf) = &crlf {
        forms.add(None, crlf.clone());
        // A private key in a YAML file.
        for indent in (1..=MAX_INDENT).map(|width| " ".repeat(width)).chain(["\t".to_owned(), "\t\t".to_owned()]) {
            forms.add(Some("indented"), replaced(value, |b| (b == b'\n').then(|| format!("\n{indent}"))));
        }
    }
    json(value).into_iter().for_each(|bytes| forms.add(Some("in JSON escapes"), bytes));
    // JSON in a string of JSON.
    let twice = json(value).first().filter(|once| *once != value).and_then(|once| json(once).into_iter().next());
    twice.into_iter().for_each(|bytes| forms.add(Some("in JSON escapes, twice"), bytes));
    let wholly = [true, false].map(|upper| replaced(value, |b| Some(percent_of(b, upper))));
    wholly.into_iter().for_each(|bytes| forms.add(Some("in percent-encoding"), bytes));
    if Forms::anchor(value).is_some() {
        forms.escaped("in percent-encoding", value, Kind::Percent);
        forms.escaped("in XML escapes", value, Kind::Entity);
    } else {
        percent(value).into_iter().for_each(|bytes| forms.add(Some("in percent-encoding"), bytes));
        for quotes in [false, true] {
            forms.add(Some("in XML escapes"), replaced(value, |b| xml(b, quotes)));
        }
    }
    forms.add(Some("in hexadecimal"), hex::encode(value).into_bytes());
    forms.add(Some("in hexadecimal"), hex::encode_upper(value).into_bytes());
    let cores = forms.base64("in base64", "in URL-safe base64", value);
    // A JSON file with a key in it, as Kubernetes and CI systems want it.
    if let Some(escaped) = json(value).first().filter(|escaped| *escaped != value) {
        let name = "in base64 of JSON escapes";
        forms.base64(name, name, escaped);
    }
    if let Some(crlf) = &crlf {
        forms.base64("in base64", "in URL-safe base64", crlf);
    }
    // `user:key` in a Docker configuration in a Kubernetes secret.
    for core in cores {
        forms.base64("in base64, twice", "in base64, twice", &core);
    }
    if value.is_ascii() {
        let wide: Vec<u8> = value.iter().flat_map(|&b| [b, 0]).collect();
        // Without the last zero byte it is the same in either byte order.
        forms.add(Some("in UTF-16"), wide[..wide.len() - 1].to_vec());
        // What PowerShell takes as -EncodedCommand.
        forms.base64("in base64 of UTF-16", "in base64 of UTF-16", &wide);
    }
}

/// The value with some bytes written differently.
fn replaced(value: &[u8], instead: impl Fn(u8) -> Option<String>) -> Vec<u8> {
    value.iter().flat_map(|&b| instead(b).map_or_else(|| vec![b], String::into_bytes)).collect()
}

/// In URLs and forms: as programs and libraries do it, which differ in what they leave alone.
fn percent(value: &[u8]) -> Vec<Vec<u8>> {
    /// RFC 3986, section 2.3, beside letters and digits.
    const UNRESERVED: &str = "-._~";
    /// What base64 has besides, and programs leave alone in whatever combination: Python's `quote` the slash, a query the
    /// equals sign, a path all of them.
    const OF_BASE64: [&str; 8] = ["", "/", "+", "=", "/+", "/=", "+=", "/+="];
    /// ECMAScript's `encodeURIComponent`.
    const COMPONENT: &str = "-._~!*'()";
    /// ECMAScript's `encodeURI`.
    const URI: &str = "-._~!*'();/?:@&=+$,#";
    /// What may stand in a segment of a path, and in a query (RFC 3986, sections 3.3 and 3.4).
    const SEGMENT: &str = "-._~!$&'()*+,;=:@";
    const QUERY: &str = "-._~!$&'()*+,;=:@/?";
    /// The URL standard's `application/x-www-form-urlencoded`, with `+` for a space, and Python's `quote_plus`.
    const FORMS: [&str; 2] = ["-._*", "-._~"];
    let plain = OF_BASE64.map(|others| (format!("{UNRESERVED}{others}"), "%20"));
    let others = [COMPONENT, URI, SEGMENT, QUERY].map(|plain| (plain.to_owned(), "%20"));
    let sent = FORMS.map(|plain| (plain.to_owned(), "+"));
    let mut all = Vec::new();
    for (plain, space) in plain.into_iter().chain(others).chain(sent) {
        for upper in [true, false] {
            all.push(replaced(value, |b| match b {
                b if b.is_ascii_alphanumeric() || plain.as_bytes().contains(&b) => None,
                b' ' => Some(space.to_owned()),
                b => Some(percent_of(b, upper)),
            }));
        }
    }
    all
}

fn percent_of(b: u8, upper: bool) -> String {
    if upper { format!("%{b:02X}") } else { format!("%{b:02x}") }
}

/// In string literals: only what has to be escaped first, then as encoders do it that want their output to be safe
/// in HTML or in ASCII, then wholly.
fn json(value: &[u8]) -> Vec<Vec<u8>> {
    let Ok(text) = std::str::from_utf8(value) else { return Vec::new() };
    let escaped = |others: &dyn Fn(char) -> bool, slash: bool, upper: bool| -> Vec<u8> {
        let mut out = String::new();
        for c in text.chars() {
            match c {
                c if others(c) => {}
                '"' | '\\' => {
                    out.extend(['\\', c]);
                    continue;
                }
                '/' if slash => {
                    out.push_str("\\/");
                    continue;
                }
                '\n' | '\r' | '\t' => {
                    out.push_str(match c {
                        '\n' => "\\n",
                        '\r' => "\\r",
                        _ => "\\t",
                    });
                    continue;
                }
                c if !c.is_control() => {
                    out.push(c);
                    continue;
                }
                _ => {}
            }
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") });
            }
        }
        out.into_bytes()
    };
    // Go escapes the first three, Gson the others as well.
    let of = |set: &'static str| move |c: char| set.contains(c) || !c.is_ascii();
    let mut all = vec![escaped(&|_| false, false, false)];
    for upper in [false, true] {
        for slash in [false, true] {
            for set in ["", "<>&", "<>&='"] {
                all.push(escaped(&of(set), slash, upper));
            }
        }
        all.push(escaped(&|_| true, false, upper));
    }
    all
}

/// In XML and HTML; quotes need to be escaped in attributes only.
fn xml(b: u8, quotes: bool) -> Option<String> {
    let entity = match b {
        b'&' => "&amp;",
        b'<' => "&lt;",
        b'>' => "&gt;",
        b'"' if quotes => "&quot;",
        b'\'' if quotes => "&apos;",
        _ => return None,
    };
    Some(entity.to_owned())
}

/// Searches for all forms at once.
pub struct Search {
    /// One pattern for each list of `by_piece`.
    automaton: AhoCorasick,
    /// Indices of the forms that begin with a piece.
    by_piece: Vec<Vec<usize>>,
    forms: Vec<Form>,
}

impl Search {
    /// A search for these forms.
    ///
    /// # Errors
    /// When there are more than an automaton can hold.
    pub fn new(forms: Vec<Form>) -> Result<Self, BuildError> {
        let mut pieces: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
        for (index, form) in forms.iter().enumerate() {
            pieces.entry(&form.bytes[form.anchor..][..PIECE]).or_default().push(index);
        }
        // Of equal length, so that at most one begins at a place. This kind of search is the one that has a vectorised
        // implementation.
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(pieces.keys())?;
        let by_piece = pieces.into_values().collect();
        Ok(Search { automaton, by_piece, forms })
    }

    /// Calls `found` with every form and its bytes, in the order of their places.
    pub fn each(&self, text: &[u8], mut found: impl FnMut(&Form, Range<usize>)) {
        let mut at = 0;
        while let Some(hit) = self.automaton.find(aho_corasick::Input::new(text).range(at..)) {
            at = hit.start() + 1;
            for &index in &self.by_piece[hit.pattern().as_usize()] {
                let form = &self.forms[index];
                if let Some(span) = form.at(text, hit.start()) {
                    found(form, span);
                }
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is found of a key, by name.
    fn found(key: &[u8], text: &[u8]) -> Vec<(Option<&'static str>, Range<usize>)> {
        let mut forms = Vec::new();
        add(0, key, &mut forms);
        let mut all = Vec::new();
        Search::new(forms).unwrap().each(text, |form, span| all.push((form.name, span)));
        all
    }

    proptest! {
        #[test]
        fn base64_shows_a_key_wherever_it_stands(
            key in prop::collection::vec(any::<u8>(), 8..60),
            before in prop::collection::vec(any::<u8>(), 0..7),
            behind in prop::collection::vec(any::<u8>(), 0..7),
            which in 0..4usize,
        ) {
            use base64::engine::general_purpose::{STANDARD, URL_SAFE};
            let plain = [before.as_slice(), &key, &behind].concat();
            let text = match which {
                0 => STANDARD.encode(&plain),
                1 => STANDARD_NO_PAD.encode(&plain),
                2 => URL_SAFE.encode(&plain),
                _ => URL_SAFE_NO_PAD.encode(&plain),
            };
            let hits = found(&key, text.as_bytes());
            let expected = 8 * before.len() / 6..(8 * (before.len() + key.len())).div_ceil(6);
            prop_assert!(
                hits.iter().any(|(name, span)| name.unwrap().contains("base64") && *span == expected),
                "{hits:?}, not {expected:?}"
            );
            let twice = STANDARD.encode(&text);
            prop_assert!(found(&key, twice.as_bytes()).iter().any(|(name, _)| *name == Some("in base64, twice")));
        }

        #[test]
        fn base64_of_another_key_is_told_apart(
            key in prop::collection::vec(any::<u8>(), 8..40),
            lead in 0..3usize,
            bit in any::<prop::sample::Index>(),
        ) {
            let mut other = key.clone();
            let bit = bit.index(8 * key.len());
            other[bit / 8] ^= 1 << (bit % 8);
            let text = STANDARD_NO_PAD.encode([&vec![0xa5; lead], other.as_slice(), &[0x5a; 3]].concat());
            prop_assert_eq!(found(&key, text.as_bytes()), vec![]);
        }

        #[test]
        fn escaped_forms_are_what_libraries_write(key in "[ -~äß€😀]{8,40}") {
            let urls = percent_encoding::utf8_percent_encode(&key, percent_encoding::NON_ALPHANUMERIC).to_string();
            // That crate has no set of what is unreserved.
            let plain = ["-", ".", "_", "~"];
            let urls = plain.iter().fold(urls, |url, c| url.replace(&format!("%{:02X}", c.as_bytes()[0]), c));
            prop_assert_eq!(found(key.as_bytes(), urls.as_bytes()).len(), 1);
            let quoted = serde_json::to_string(&key).unwrap();
            prop_assert!(!found(key.as_bytes(), quoted.as_bytes()).is_empty());
            let whole: String = key.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            prop_assert_eq!(found(key.as_bytes(), whole.as_bytes()), vec![(Some("in JSON escapes"), 0..whole.len())]);
            for text in [hex::encode(&key), hex::encode_upper(&key)] {
                prop_assert_eq!(found(key.as_bytes(), text.as_bytes()), vec![(Some("in hexadecimal"), 0..text.len())]);
            }
        }
    }

    #[test]
    fn whatever_is_escaped_is_found() {
        let key = "9f/brokenkey+91=a&b c";
        for text in [
            // Python leaves the slash, and Mustache escapes more than it has to.
            "9f/brokenkey%2B91%3Da%26b%20c",
            "9f%2fbrokenkey%2B91=a%26b+c",
            "9f%2Fbrokenkey+91=a&b c",
        ] {
            let padded = format!("x={text}&y=%41");
            assert_eq!(found(key.as_bytes(), padded.as_bytes()), [(Some("in percent-encoding"), 2..2 + text.len())]);
        }
        for text in
            ["9f&#x2F;brokenkey+91&#x3D;a&amp;b c", "9f/brokenkey&#43;91=a&#038;b c", "9f&sol;brokenkey&plus;91=a&b c"]
        {
            let padded = format!("<a>{text}</a>");
            assert_eq!(found(key.as_bytes(), padded.as_bytes()), [(Some("in XML escapes"), 3..3 + text.len())]);
        }
        for text in ["9f%2Fbrokenkey+91=a&b d", "9f%2Ebrokenkey+91=a&b c", "f%2Fbrokenkey+91=a&b c", "%2Fbrokenkey+91"]
        {
            assert_eq!(found(key.as_bytes(), text.as_bytes()), []);
        }
        // What reads as an escape by itself is one only where the key is escaped, too.
        assert_eq!(found(b"brokenkey%41bc", b"brokenkey%41bc"), [(None, 0..14)]);
        assert_eq!(found(b"brokenkey%41bc", b"brokenkey%2541bc"), [(Some("in percent-encoding"), 0..16)]);
    }

    #[test]
    fn a_key_without_a_part_that_none_escapes_is_found_as_programs_write_it() {
        let key = "aB3/x+Q/Ui+L==";
        for text in [
            "aB3/x%2BQ/Ui%2BL%3D%3D",
            "aB3/x%2bQ/Ui%2bL%3d%3d",
            "aB3%2Fx+Q%2FUi+L%3D%3D",
            "aB3%2fx%2bQ%2fUi%2bL==",
            "aB3/x+Q/Ui+L%3D%3D",
            "aB3/x%2BQ/Ui%2BL==",
            "aB3%2Fx+Q%2FUi+L==",
        ] {
            let padded = format!("u={text}&y=%41");
            assert_eq!(found(key.as_bytes(), padded.as_bytes()), [(Some("in percent-encoding"), 2..2 + text.len())]);
        }
        for (key, text) in [
            ("p@ss\"w<o>rd&/+=%x", "p%40ss%22w%3Co%3Erd%26/%2B%3D%25x"),
            ("a&b c:d;e", "a%26b+c%3Ad%3Be"),
            ("a&b c:d;e", "a&b%20c:d;e"),
        ] {
            assert_eq!(found(key.as_bytes(), text.as_bytes()), [(Some("in percent-encoding"), 0..text.len())]);
        }
    }

    #[test]
    fn a_key_as_it_is_has_no_name() {
        assert_eq!(found(b"broken-key", b"x broken-key broken-kex"), [(None, 2..12)]);
        let twice = serde_json::to_string(&serde_json::to_string("broken\"key").unwrap()).unwrap();
        assert_eq!(found(b"broken\"key", twice.as_bytes()), [(Some("in JSON escapes, twice"), 3..16)]);
        // Wide characters of either byte order.
        let wide: Vec<u8> = b"broken-key".iter().flat_map(|&b| [0, b]).collect();
        assert_eq!(found(b"broken-key", &wide), [(Some("in UTF-16"), 1..20)]);
        assert_eq!(found(b"line one\nline two", b"line one\r\nline two"), [(None, 0..18)]);
        assert_eq!(found(b"line one\nline two", b"  line one\n  line two"), [(Some("indented"), 2..21)]);
    }
}
