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
