//! CRC-32 of the random part as eight hexadecimal digits at the end: Cloudflare's tokens of 2026 and later.
//!
//! developers.cloudflare.com, "API token formats": prefix, 40 characters, and a checksum that identifies the token
//! offline. The prefix, which ends with `_`, is not part of what is summed.

use super::Verdict;

const CHECK_LEN: usize = 8;

fn split(token: &[u8]) -> Option<(usize, usize)> {
    let body = token.iter().position(|&b| b == b'_')? + 1;
    let check = token.len().checked_sub(CHECK_LEN)?;
    (check > body).then_some((body, check))
}

fn checksum(body: &[u8]) -> Vec<u8> {
    format!("{:08x}", crc32fast::hash(body)).into_bytes()
}

pub(super) fn check(token: &[u8]) -> Verdict {
    match split(token) {
        Some((body, check)) if checksum(&token[body..check]) == token[check..] => Verdict::confirmed("CRC-32 checksum"),
        _ => Verdict::Rejected("the CRC-32 checksum is wrong"),
    }
}

#[expect(clippy::ptr_arg, reason = "all families have this signature")]
pub(super) fn seal(token: &mut Vec<u8>) {
    if let Some((body, check)) = split(token) {
        let sum = checksum(&token[body..check]);
        token[check..].copy_from_slice(&sum);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn sealed_tokens_are_confirmed_and_changed_ones_rejected() {
        for rule in ["cloudflare-user-api-token", "cloudflare-account-api-token", "cloudflare-global-api-key"] {
            for token in samples::sealed(rule, 20) {
                assert!(matches!(check(&token), Verdict::Confirmed(_)));
                for changed in samples::changed(rule, &token) {
                    assert!(matches!(check(&changed), Verdict::Rejected(_)));
                }
            }
        }
    }

    #[test]
    fn the_sum_is_that_of_the_body_in_lower_case() {
        // 0xCBF43926 is the check value of CRC-32 in every catalogue.
        assert!(matches!(check(b"x_123456789cbf43926"), Verdict::Confirmed(_)));
        assert!(matches!(check(b"x_123456789CBF43926"), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
