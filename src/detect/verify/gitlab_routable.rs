//! Routable tokens of GitLab (`glpat-…`, `glrt-…`): a payload in base64url, its length, and the CRC-32 of all of it.
//!
//! GitLab: "Routable tokens" (handbook, cells) and `Authn::TokenField::Generator::RoutableToken` (source). The token is
//! `<prefix><payload>.<length><CRC>`, or `<prefix><payload>.<version>.<length><CRC>`; length and CRC are base36, two
//! and seven digits. The payload has lines such as `u:2s` that say where the token belongs, and random bytes.

use base64::Engine;

use super::Verdict;
use super::support::base64::BASE64URL;

const CRC_LEN: usize = 7;
const LENGTH_LEN: usize = 2;
const RANDOM_LEN: usize = 16;

/// What the keys of the payload's lines stand for, in the order of the report; numbers are base36.
const KEYS: [(&str, &str, bool); 6] = [
    ("o", "organisation", true),
    ("g", "group", true),
    ("p", "project", true),
    ("u", "user", true),
    ("c", "cell", false),
    ("t", "type", false),
];

/// A number as base36, lower case, padded with zeros.
fn base36(mut number: u64, len: usize) -> Vec<u8> {
    let mut digits = vec![b'0'; len];
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[(number % 36) as usize];
        number /= 36;
    }
    digits
}

/// Where the payload, the version and the length begin and the CRC begins.
struct Layout {
    payload_end: usize,
    length: usize,
    crc: usize,
}

fn layout(token: &[u8]) -> Option<Layout> {
    let crc = token.len().checked_sub(CRC_LEN)?;
    let length = crc.checked_sub(LENGTH_LEN)?;
    let payload_end = token.iter().position(|&b| b == b'.').filter(|&dot| dot < length)?;
    Some(Layout { payload_end, length, crc })
}

fn sum(token: &[u8]) -> Vec<u8> {
    base36(u64::from(crc32fast::hash(token)), CRC_LEN)
}

/// The lines of the payload, key and value.
fn routing<'p>(payload: &'p [u8]) -> Option<Vec<(&'p str, &'p str)>> {
    let (&last, rest) = payload.split_last()?;
    // Either the random bytes come first and the last byte is the length of the lines, or the other way round.
    let versioned = (rest.len() == RANDOM_LEN + usize::from(last)).then(|| rest.get(RANDOM_LEN..)).flatten();
    let first = || {
        let end = rest.len().checked_sub(usize::from(last)).filter(|_| usize::from(last) == RANDOM_LEN)?;
        rest.get(..end)
    };
    let parse = |lines: &'p [u8]| -> Option<Vec<(&'p str, &'p str)>> {
        let lines = std::str::from_utf8(lines).ok()?;
        lines
            .split('\n')
            .map(|line| line.split_once(':').filter(|(key, _)| KEYS.iter().any(|(known, ..)| known == key)))
            .collect()
    };
    versioned.and_then(parse).or_else(|| first().and_then(parse))
}

/// The payload, as its length says where it begins: prefixes differ between instances.
fn payload(token: &[u8], layout: &Layout) -> Option<Vec<u8>> {
    let digits = std::str::from_utf8(&token[layout.length..layout.crc]).ok()?;
    let length = usize::from_str_radix(digits, 36).ok()?;
    let start = layout.payload_end.checked_sub(length)?;
    BASE64URL.decode(&token[start..layout.payload_end]).ok()
}

pub(super) fn check(token: &[u8]) -> Verdict {
    let Some(layout) = layout(token) else {
        return Verdict::Rejected("the token has no checksum");
    };
    if sum(&token[..layout.crc]) != token[layout.crc..] {
        return Verdict::Rejected("the CRC-32 checksum is wrong");
    }
    let mut verdict = Verdict::confirmed("CRC-32 checksum");
    let payload = payload(token, &layout).unwrap_or_default();
    let lines = routing(&payload).unwrap_or_default();
    for (key, name, is_number) in KEYS {
        let Some((_, value)) = lines.iter().find(|(found, _)| *found == key) else { continue };
        let number = is_number.then(|| u64::from_str_radix(value, 36).ok()).flatten();
        verdict = verdict.with_fact(name, number.map_or_else(|| (*value).to_owned(), |number| number.to_string()));
    }
    verdict
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let Some(layout) = layout(token) else { return };
    let Some(dash) = token.iter().position(|&b| b == b'-') else { return };
    let mut start = dash + 1;
    // `glrt-t1_` is a prefix with the type of the runner in it.
    if token[start..].first() == Some(&b't') && token.get(start + 2) == Some(&b'_') && token.starts_with(b"glrt-") {
        start += 3;
    }
    // The first 24 characters are 18 bytes.
    let Some(Ok(bytes)) = token.get(start..start + 24).map(|body| BASE64URL.decode(body)) else { return };
    let (random, user) = bytes.split_at(RANDOM_LEN);
    let lines = format!("o:1\nu:{}", String::from_utf8_lossy(&base36(u64::from(user[0]), 3)));
    let version = &token[layout.payload_end..layout.length];
    let payload = if version.len() > 1 {
        [random, lines.as_bytes(), &[lines.len() as u8]].concat()
    } else {
        [lines.as_bytes(), random, &[RANDOM_LEN as u8]].concat()
    };
    let payload = BASE64URL.encode(payload);
    let mut sealed = [&token[..start], payload.as_bytes(), version].concat();
    sealed.extend(base36(payload.len() as u64, LENGTH_LEN));
    sealed.extend(sum(&sealed));
    *token = sealed;
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detect::rule::tests::secrets;

    #[test]
    fn sealed_tokens_say_where_they_belong() {
        for rule in ["gitlab-personal-access-token-routable", "gitlab-runner-token-routable"] {
            let mut users = std::collections::BTreeSet::new();
            for token in secrets(rule) {
                let Verdict::Confirmed(verification) = check(&token) else { panic!("{rule} rejected") };
                let names: Vec<&str> = verification.facts.iter().map(|fact| fact.name.as_str()).collect();
                assert_eq!(names, ["organisation", "user"]);
                assert_eq!(verification.facts[0].value, "1");
                users.insert(verification.facts[1].value.clone());
            }
            assert!(users.len() > 10);
        }
    }

    #[test]
    fn one_changed_character_is_rejected() {
        for token in secrets("gitlab-personal-access-token-routable") {
            for i in 0..token.len() {
                let mut other = token.clone();
                other[i] = if other[i] == b'a' { b'b' } else { b'a' };
                assert!(matches!(check(&other), Verdict::Rejected(_)), "character {i}");
            }
        }
    }

    #[test]
    fn both_orders_of_the_payload_are_read() {
        let lines = "c:1\ng:2s\no:z\np:10";
        let random = [200u8; RANDOM_LEN];
        let new = [&random[..], lines.as_bytes(), &[lines.len() as u8]].concat();
        let old = [lines.as_bytes(), &random[..], &[RANDOM_LEN as u8]].concat();
        for payload in [new, old] {
            assert_eq!(routing(&payload), Some(vec![("c", "1"), ("g", "2s"), ("o", "z"), ("p", "10")]));
        }
        assert_eq!(routing(&random), None);
    }

    #[test]
    fn numbers_are_base36() {
        assert_eq!(base36(35, 2), b"0z");
        assert_eq!(base36(36, 2), b"10");
        assert_eq!(base36(u64::from(u32::MAX), 7), b"1z141z3");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = check(&bytes);
            let _ = routing(&bytes);
            seal(&mut bytes.clone());
        }

        #[test]
        fn no_text_with_a_right_checksum_panics(head in "gl[a-z]{0,3}-[A-Za-z0-9_-]{0,40}\\.?[0-9a-z]{0,2}\\.[0-9a-z]{2}") {
            let mut token = head.into_bytes();
            let sum = sum(&token);
            token.extend(sum);
            prop_assert!(matches!(check(&token), Verdict::Confirmed(_)));
            seal(&mut token);
            prop_assert!(matches!(check(&token), Verdict::Confirmed(_)));
        }
    }
}
