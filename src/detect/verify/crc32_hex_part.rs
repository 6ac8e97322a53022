//! CRC-32 of the part before the last `_`, without the prefix in front of it, as eight hexadecimal digits: Cashfree.
//!
//! Recomputed on four secrets in public code.

use super::Verdict;

/// Where the summed part begins, and where the checksum does.
fn split(token: &[u8]) -> Option<(usize, usize)> {
    let mark = token.iter().rposition(|&b| b == b'_')?;
    let body = token[..mark].iter().rposition(|&b| b == b'_')? + 1;
    (mark > body && token.len() == mark + 9).then_some((body, mark + 1))
}

fn checksum(body: &[u8]) -> Vec<u8> {
    format!("{:08x}", crc32fast::hash(body)).into_bytes()
}

pub(super) fn check(token: &[u8]) -> Verdict {
    match split(token) {
        Some((body, check)) if checksum(&token[body..check - 1]) == token[check..] => {
            Verdict::confirmed("CRC-32 checksum")
        }
        _ => Verdict::Rejected("the CRC-32 checksum is wrong"),
    }
}

#[expect(clippy::ptr_arg, reason = "all families have this signature")]
pub(super) fn seal(token: &mut Vec<u8>) {
    if let Some((body, check)) = split(token) {
        let sum = checksum(&token[body..check - 1]);
        token[check..].copy_from_slice(&sum);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn sealed_tokens_are_confirmed_and_changed_ones_rejected() {
        let rule = "cashfree-secret-key";
        for token in samples::sealed(rule, 20) {
            assert_eq!(check(&token), Verdict::confirmed("CRC-32 checksum"));
            // The prefix is not summed, and the pattern has two of them.
            for changed in samples::changed(rule, &token).iter().filter(|changed| changed[..13] == token[..13]) {
                assert!(matches!(check(changed), Verdict::Rejected(_)));
            }
        }
    }

    #[test]
    fn the_sum_is_that_of_the_part_before_it() {
        // 0xCBF43926 is the check value of CRC-32 in every catalogue.
        assert_eq!(check(b"a_b_123456789_cbf43926"), Verdict::confirmed("CRC-32 checksum"));
        assert!(matches!(check(b"a_b_12345678_cbf43926"), Verdict::Rejected(_)));
        assert!(matches!(check(b"123456789_cbf43926"), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(prop_oneof![Just(b'_'), any::<u8>()], 0..60)) {
            let _ = check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
