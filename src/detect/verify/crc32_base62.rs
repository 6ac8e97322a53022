//! CRC-32 of the random part, written in base62 as the last six characters: GitHub (`ghp_` and its relatives) and npm.
//!
//! GitHub: "Behind GitHub's new authentication token formats" (2021) describes the checksum; the digits are `0-9A-Za-z`,
//! most significant first, padded with `0`. The prefix up to `_` is not part of what is summed.

use super::Verdict;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECK_LEN: usize = 6;

fn checksum(body: &[u8]) -> [u8; CHECK_LEN] {
    let mut rest = crc32fast::hash(body) as usize;
    let mut digits = [b'0'; CHECK_LEN];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[rest % 62];
        rest /= 62;
    }
    digits
}

/// Where the random part and the checksum stand; the prefix ends with the last `_`.
fn split(token: &[u8]) -> Option<(usize, usize)> {
    let body = token.iter().rposition(|&b| b == b'_')? + 1;
    let check = token.len().checked_sub(CHECK_LEN)?;
    (check > body).then_some((body, check))
}

pub(super) fn check(token: &[u8]) -> Verdict {
    match split(token) {
        Some((body, check)) if checksum(&token[body..check]) == token[check..] => Verdict::confirmed("CRC-32 checksum"),
        _ => Verdict::Rejected("the CRC-32 checksum is wrong"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    if let Some((body, check)) = split(token) {
        let sum = checksum(&token[body..check]);
        token.truncate(check);
        token.extend_from_slice(&sum);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detect::rule::tests::secrets;

    #[test]
    fn digits_are_padded_and_most_significant_first() {
        // The check value of CRC-32 for `123456789` is 0xcbf43926, which in base62 is 3jZRME, counted by hand as
        // 3·62⁵ + 45·62⁴ + 35·62³ + 27·62² + 22·62 + 14.
        let value: u64 = [3, 45, 35, 27, 22, 14].iter().fold(0, |value, digit| value * 62 + digit);
        assert_eq!(value, 0xcbf4_3926);
        assert_eq!(&checksum(b"123456789"), b"3jZRME");
        assert_eq!(&checksum(b""), b"000000");
    }

    #[test]
    fn one_changed_character_is_rejected() {
        for rule in ["github-personal-access-token", "github-installation-token", "npm-access-token"] {
            for token in secrets(rule) {
                assert_eq!(check(&token), Verdict::confirmed("CRC-32 checksum"));
                for i in 4..token.len() {
                    let mut other = token.clone();
                    other[i] = if other[i] == b'a' { b'b' } else { b'a' };
                    assert!(matches!(check(&other), Verdict::Rejected(_)));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
