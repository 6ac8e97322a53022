//! API keys of Storm Glass: two UUIDs that share their last group, since one machine made both. Where they are of the
//! first version, they say when (RFC 9562, section 5.1).

use super::Verdict;
use super::support::time;

/// From 1582-10-15, from which the UUIDs count, to 1970-01-01, in seconds.
const GREGORIAN: i64 = 12_219_292_800;

/// When a UUID of version 1 was made.
fn created(uuid: &str) -> Option<String> {
    let mut groups = uuid.split('-');
    let mut group = || u64::from_str_radix(groups.next()?, 16).ok();
    let (low, middle, high) = (group()?, group()?, group()?);
    let count = (high & 0xfff) << 48 | middle << 32 | low;
    time::rfc3339((count / 10_000_000) as i64 - GREGORIAN).filter(|_| high >> 12 == 1)
}

pub(super) fn check(key: &[u8]) -> Verdict {
    let text = std::str::from_utf8(key).unwrap_or_default();
    let Some((first, second)) = text.split_at_checked(36) else {
        return Verdict::Rejected("the key is not two UUIDs");
    };
    let last = |uuid: &str| uuid.rsplit('-').next().map(str::to_owned);
    if last(first) != last(second) {
        return Verdict::Doubtful(super::Verification { what: "two UUIDs".to_owned(), facts: Vec::new() });
    }
    let verdict = Verdict::plausible("two UUIDs of one machine");
    match created(first) {
        Some(created) => verdict.with_fact("created", created),
        None => verdict,
    }
}

#[expect(clippy::ptr_arg, reason = "all families have this signature")]
pub(super) fn seal(key: &mut Vec<u8>) {
    if key.len() == 73 {
        key.copy_within(24..36, 61);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn both_parts_are_of_one_machine() {
        for key in samples::sealed("storm-glass-api-key", 20) {
            assert!(matches!(check(&key), Verdict::Plausible(_)));
            let mut other = key.clone();
            other[72] = if key[72] == b'0' { b'1' } else { b'0' };
            assert!(matches!(check(&other), Verdict::Doubtful(_)));
        }
        assert!(matches!(check(b"0-1"), Verdict::Rejected(_)));
    }

    #[test]
    fn the_first_version_has_a_time() {
        // RFC 9562, appendix A.1.
        assert_eq!(created("C232AB00-9414-11EC-B3C8-9F6BDECED846").as_deref(), Some("2022-02-22T19:22:22Z"));
        assert_eq!(created("C232AB00-9414-41EC-B3C8-9F6BDECED846"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..90)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
