//! Auth tokens of LocalStack: `ls-`, and five groups of which the last ends with the first four hexadecimal digits of
//! the MD5 of all between `ls-` and them, dashes included.
//!
//! Recomputed on four tokens in public code; LocalStack's documentation shows the groups.

use md5::{Digest, Md5};

use super::Verdict;

const PREFIX: &[u8] = b"ls-";
const CHECK_LEN: usize = 4;

fn split(token: &[u8]) -> Option<(usize, usize)> {
    let check = token.len().checked_sub(CHECK_LEN)?;
    (token.starts_with(PREFIX) && check > PREFIX.len()).then_some((PREFIX.len(), check))
}

fn checksum(body: &[u8]) -> Vec<u8> {
    let mut digits = hex::encode(Md5::digest(body)).into_bytes();
    digits.truncate(CHECK_LEN);
    digits
}

pub(super) fn check(token: &[u8]) -> Verdict {
    match split(token) {
        Some((body, check)) if checksum(&token[body..check]) == token[check..] => Verdict::confirmed("MD5 checksum"),
        _ => Verdict::Rejected("the MD5 checksum is wrong"),
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
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn sealed_tokens_are_confirmed_and_changed_ones_rejected() {
        let rule = "localstack-auth-token";
        let (mut changes, mut confirmed) = (0, 0);
        for token in samples::sealed(rule, 20) {
            assert_eq!(check(&token), Verdict::confirmed("MD5 checksum"));
            for changed in samples::changed(rule, &token) {
                changes += 1;
                confirmed += usize::from(check(&changed) != Verdict::Rejected("the MD5 checksum is wrong"));
            }
        }
        // Sixteen bits of checksum let one change in 65536 pass.
        assert!(changes > 500 && confirmed <= 1, "{confirmed} of {changes}");
    }

    #[test]
    fn the_sum_is_that_of_the_part_behind_the_prefix() {
        // RFC 1321, A.5: MD5 of `abc` begins with 9001.
        assert_eq!(check(b"ls-abc9001"), Verdict::confirmed("MD5 checksum"));
        assert!(matches!(check(b"abc9001"), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = check(&bytes);
            seal(&mut [PREFIX, &bytes].concat());
        }
    }
}
