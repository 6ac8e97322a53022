//! CRC-32 of the whole token before it, prefix included, as six digits of base62 at the end, small letters before
//! capitals: Apify and Datadog.
//!
//! The order of the digits is `0-9a-zA-Z`. Recomputed on five tokens in public documentation and code.

use super::Verdict;
use super::support::crc32::{BASE62_LEN, SMALL_FIRST, base62};

const CHECK_LEN: usize = BASE62_LEN;

/// What stands in front of the checksum, and the checksum.
fn split(token: &[u8]) -> Option<(&[u8], &[u8])> {
    token.split_at_checked(token.len().checked_sub(CHECK_LEN)?).filter(|(body, _)| !body.is_empty())
}

fn checksum(body: &[u8]) -> [u8; CHECK_LEN] {
    base62(body, SMALL_FIRST)
}

pub(super) fn check(token: &[u8]) -> Verdict {
    match split(token) {
        Some((body, check)) if checksum(body) == *check => Verdict::confirmed("CRC-32 checksum"),
        _ => Verdict::Rejected("the CRC-32 checksum is wrong"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let Some((body, _)) = split(token) else { return };
    let (at, sum) = (body.len(), checksum(body));
    token.truncate(at);
    token.extend_from_slice(&sum);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn sealed_tokens_are_confirmed_and_changed_ones_rejected() {
        for rule in ["apify-api-token", "datadog-application-key"] {
            for token in samples::sealed(rule, 20) {
                assert_eq!(check(&token), Verdict::confirmed("CRC-32 checksum"));
                for changed in samples::changed(rule, &token) {
                    assert!(matches!(check(&changed), Verdict::Rejected(_)));
                }
            }
        }
    }

    #[test]
    fn the_sum_is_that_of_all_before_it() {
        // 0xCBF43926 is the check value of CRC-32 in every catalogue.
        assert_eq!(check(b"1234567893Jzrme"), Verdict::confirmed("CRC-32 checksum"));
        assert!(matches!(check(b"1234567893jZRME"), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
