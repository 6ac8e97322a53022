//! What a pattern's [fact groups](super::fact_group) tell about a key that it matched.
//!
//! Asked of findings only: while places are tried, these groups are not there.

use std::ops::Range;
use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, PatternID};

use super::fact_group::{self, Code};
use crate::finding::Fact;

/// A pattern with such groups; compiled when it has found something.
#[derive(Clone)]
pub struct Telling {
    pattern: String,
    compiled: OnceLock<Option<(Regex, Vec<Group>)>>,
}

#[derive(Clone)]
struct Group {
    index: usize,
    name: String,
    code: Code,
}

impl Telling {
    /// Of a pattern; nothing where it has no such groups.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        pattern.contains("<fact_").then(|| Telling { pattern: pattern.to_owned(), compiled: OnceLock::new() })
    }

    /// What a match of the pattern tells, in the order of its groups.
    pub(super) fn facts(&self, text: &[u8], whole: Range<usize>) -> Vec<Fact> {
        let Some((regex, groups)) = self.compiled.get_or_init(|| compile(&self.pattern)) else { return Vec::new() };
        let mut captures = regex.create_captures();
        regex.captures(Input::new(text).span(whole).anchored(Anchored::Yes), &mut captures);
        let fact = |group: &Group| {
            let value = decode(group.code, &text[captures.get_group(group.index)?.range()])?;
            Some(Fact { name: group.name.clone(), value })
        };
        groups.iter().filter_map(fact).collect()
    }
}

fn compile(pattern: &str) -> Option<(Regex, Vec<Group>)> {
    let syntax = syntax::Config::new().unicode(false).utf8(false);
    let config = Regex::config().utf8_empty(false);
    let regex = Regex::builder().syntax(syntax).configure(config).build(pattern).ok()?;
    let names = regex.group_info().pattern_names(PatternID::ZERO).enumerate();
    let groups = names
        .filter_map(|(index, name)| {
            let (name, code) = fact_group::read(name?)?.ok()?;
            Some(Group { index, name, code })
        })
        .collect();
    Some((regex, groups))
}

/// What a group's text stands for; nothing where it cannot.
fn decode(code: Code, text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?;
    match code {
        Code::Plain => (!text.is_empty()).then(|| text.to_owned()),
        Code::BasicTime => date("%Y%m%dT%H%M%SZ", text),
        Code::Minute => date("%Y%m%d%H%M", text),
        Code::ObjectId => time(i64::from_str_radix(text.get(..8)?, 16).ok()?),
        Code::Ulid => {
            // Ten digits of five bits are the milliseconds since 1970; Crockford's base32 has no I, L, O and U.
            let digits =
                text.get(..10)?.bytes().map(|b| digit(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", b.to_ascii_uppercase()));
            let millis = digits.into_iter().try_fold(0i64, |sum, digit| Some(sum << 5 | digit? as i64))?;
            time(millis / 1000)
        }
        Code::Ksuid => {
            // Twenty bytes in base62; the first four are the seconds since 2014-05-13.
            const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
            let mut words = [0u64; 5];
            for b in text.bytes() {
                let mut carry = digit(DIGITS, b)? as u64;
                for word in words.iter_mut().rev() {
                    let sum = *word * 62 + carry;
                    (*word, carry) = (sum & 0xffff_ffff, sum >> 32);
                }
            }
            time(words[0] as i64 + 1_400_000_000)
        }
        Code::Itsdangerous => {
            let bytes = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
            time(i64::from(u32::from_be_bytes(bytes.try_into().ok()?)))
        }
        Code::Base58Uuid => {
            let bytes: [u8; 16] = bs58::decode(text).into_vec().ok()?.try_into().ok()?;
            let hex = hex::encode(bytes);
            Some([&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
        }
    }
}

fn digit(digits: &[u8], wanted: u8) -> Option<usize> {
    digits.iter().position(|&digit| digit == wanted)
}

fn date(format: &str, text: &str) -> Option<String> {
    time(Offset::UTC.to_timestamp(DateTime::strptime(format, text).ok()?).ok()?.as_second())
}

/// Seconds since 1970 as RFC 3339, as far as a key can be of that time: from 2000 to 2099.
fn time(seconds: i64) -> Option<String> {
    const YEARS: Range<i64> = 946_684_800..4_102_444_800;
    let seconds = Some(seconds).filter(|seconds| YEARS.contains(seconds))?;
    Timestamp::from_second(seconds).ok().map(|time| time.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_are_read() {
        // 1 400 000 000 is 2014-05-13T16:53:20Z.
        for (code, text, value) in [
            (Code::Plain, "acme", "acme"),
            (Code::BasicTime, "20330518T033320Z", "2033-05-18T03:33:20Z"),
            (Code::Minute, "203305180333", "2033-05-18T03:33:00Z"),
            (Code::ObjectId, "77359400ffffffffffffffff", "2033-05-18T03:33:20Z"),
            (Code::Ulid, "01T6MMM800ZZZZZZZZZZZZZZZZ", "2033-05-18T03:33:20Z"),
            (Code::Ulid, "01t6mmm800zzzzzzzzzzzzzzzz", "2033-05-18T03:33:20Z"),
            (Code::Ksuid, "000000000000000000000000000", "2014-05-13T16:53:20Z"),
            (Code::Itsdangerous, "dzWUAA", "2033-05-18T03:33:20Z"),
            (Code::Base58Uuid, "1111111111111112", "00000000-0000-0000-0000-000000000001"),
        ] {
            assert_eq!(decode(code, text.as_bytes()).as_deref(), Some(value), "{code:?}");
        }
        for (code, text) in [
            (Code::Plain, ""),
            (Code::BasicTime, "20331318T033320Z"),
            (Code::Minute, "20330518"),
            (Code::ObjectId, "00000000ffffffffffffffff"),
            (Code::ObjectId, "xy"),
            (Code::Ulid, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
            (Code::Ulid, "01T6MMMSU0"),
            (Code::Ksuid, "-"),
            (Code::Itsdangerous, "AAAA"),
            (Code::Base58Uuid, "2222"),
        ] {
            assert_eq!(decode(code, text.as_bytes()), None, "{code:?} {text}");
        }
    }

    #[test]
    fn the_first_word_of_a_ksuid_is_its_time() {
        // 2³² · (2¹²⁸ / 2³²)… one second later is 2¹²⁸ more, here by long division in base62.
        let mut digits = Vec::new();
        let mut rest = [1u64, 0, 0, 0, 0];
        for _ in 0..27 {
            let mut carry = 0;
            for word in &mut rest {
                let whole = carry << 32 | *word;
                (*word, carry) = (whole / 62, whole % 62);
            }
            digits.push(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[carry as usize]);
        }
        digits.reverse();
        assert_eq!(decode(Code::Ksuid, &digits).as_deref(), Some("2014-05-13T16:53:21Z"));
    }

    #[test]
    fn groups_tell_in_their_order_and_only_what_matched() {
        let telling =
            Telling::new("key_(?:(?P<fact_user>[a-z]+)|(?P<fact_account>[0-9]+)-(?P<fact_user2>x+))_z").unwrap();
        let facts = |text: &str| {
            let facts = telling.facts(text.as_bytes(), 1..text.len() - 1);
            facts.into_iter().map(|fact| format!("{}={}", fact.name, fact.value)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(facts(" key_ab_z "), "user=ab");
        assert_eq!(facts(" key_12-xx_z "), "account=12 user=xx");
        assert!(Telling::new("key_(?P<secret>[a-z]+)").is_none());
    }

    proptest! {
        #[test]
        fn no_text_panics(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            for (_, code) in fact_group::CODES {
                let _ = decode(code, &bytes);
            }
        }
    }
}
