//! Keys of Postman, which say when they were made: API keys (`PMAK-`) by an object id of MongoDB, whose first four
//! bytes are seconds since 1970, collection access keys (`PMAT-`) by a ULID, whose first ten digits are milliseconds.
//!
//! There is no checksum. A time before Postman issued keys, or in the future, is none; the form of an API key tells
//! enough without it, that of a collection access key does not.

use jiff::Timestamp;

use super::Verdict;
use super::support::{random, time};

/// 2014-01-01: the company was founded in that year.
const EARLIEST: i64 = 1_388_534_400;
/// A day, for clocks that are behind.
const SLACK: i64 = 86_400;
/// Digits of a ULID (github.com/ulid/spec): base32 of Crockford.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Seconds since 1970 that the key names.
fn made(key: &[u8]) -> Option<i64> {
    if let Some(id) = key.strip_prefix(b"PMAK-") {
        return i64::from_str_radix(std::str::from_utf8(id.get(..8)?).ok()?, 16).ok();
    }
    let digits = key.strip_prefix(b"PMAT-")?.get(..10)?;
    let millis = digits.iter().try_fold(0i64, |millis, b| {
        let digit = CROCKFORD.iter().position(|digit| digit == b)?;
        Some(millis * 32 + i64::try_from(digit).ok()?)
    })?;
    Some(millis / 1000)
}

pub(super) fn check(key: &[u8]) -> Verdict {
    let now = Timestamp::now().as_second();
    match made(key).filter(|made| (EARLIEST..now + SLACK).contains(made)).and_then(time::rfc3339) {
        Some(made) => Verdict::plausible("key structure").with_fact("made", made),
        None if key.starts_with(b"PMAK-") => Verdict::plausible("key structure"),
        None => Verdict::Rejected("the key was made at no possible time"),
    }
}

#[expect(clippy::ptr_arg, reason = "all families have this signature")]
pub(super) fn seal(key: &mut Vec<u8>) {
    let [a, b, c] = random::bytes(key, "time", 3)[..] else { return };
    // 194 days behind 2020-01-01 at most.
    let made = 1_577_836_800 + i64::from(u32::from_be_bytes([0, a, b, c]));
    if key.starts_with(b"PMAK-") {
        if let Some(digits) = key.get_mut(5..13) {
            digits.copy_from_slice(format!("{made:08x}").as_bytes());
        }
    } else if let Some(digits) = key.get_mut(5..15) {
        let mut rest = usize::try_from(made * 1000).unwrap_or_default();
        for digit in digits.iter_mut().rev() {
            *digit = CROCKFORD[rest % 32];
            rest /= 32;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_time_is_read() {
        for rule in ["postman-api-key", "postman-collection-access-key"] {
            for key in samples::sealed(rule, 20) {
                let Verdict::Plausible(verification) = check(&key) else { panic!("{rule}") };
                assert!(verification.facts[0].value.starts_with("2020-"), "{}", verification.facts[0].value);
            }
        }
    }

    #[test]
    fn impossible_times_say_nothing() {
        // The ULID of the specification's own example of a time: 1469918176385 milliseconds.
        assert_eq!(made(b"PMAT-01ARYZ6S41"), Some(1_469_918_176));
        for key in ["PMAT-0000000000", "PMAT-7ZZZZZZZZZ", "PMAT-01ARYZ6S4U"] {
            assert!(matches!(check(key.as_bytes()), Verdict::Rejected(_)), "{key}");
        }
        for key in ["PMAK-00000000", "PMAK-ffffffff"] {
            assert_eq!(check(key.as_bytes()), Verdict::plausible("key structure"), "{key}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..70)) {
            check(&bytes);
            check(&[b"PMAK-", &bytes[..]].concat());
            check(&[b"PMAT-", &bytes[..]].concat());
            seal(&mut bytes.clone());
        }
    }
}
