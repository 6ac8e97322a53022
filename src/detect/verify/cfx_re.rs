//! Server licence keys of Cfx.re: `cfxk_`, the random part, `_`, and its CRC-32 in base62 without padding.
//!
//! What is summed is the prefix and the random part, without the second `_`. Recomputed on two keys in public code.

use super::Verdict;
use super::support::crc32::{CAPITALS_FIRST, base62};

fn checksum(body: &[u8]) -> Vec<u8> {
    let digits = base62(body, CAPITALS_FIRST);
    let zeros = digits.iter().take_while(|&&b| b == b'0').count();
    digits[zeros..].to_vec()
}

fn split(token: &[u8]) -> Option<(&[u8], &[u8])> {
    let mark = token.iter().rposition(|&b| b == b'_')?;
    Some((&token[..mark], &token[mark + 1..]))
}

pub(super) fn check(token: &[u8]) -> Verdict {
    match split(token) {
        Some((body, check)) if !body.is_empty() && checksum(body) == check => Verdict::confirmed("CRC-32 checksum"),
        _ => Verdict::Rejected("the CRC-32 checksum is wrong"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let Some((body, _)) = split(token) else { return };
    let mut body = body.to_vec();
    // The pattern asks for four digits or more; one key in ten thousand has fewer, and gets another random part.
    for other in b'a'..=b'z' {
        if checksum(&body).len() >= 4 {
            break;
        }
        if let Some(last) = body.last_mut() {
            *last = other;
        }
    }
    *token = [&body[..], b"_", &checksum(&body)].concat();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn sealed_tokens_are_confirmed_and_changed_ones_rejected() {
        let rule = "cfx-re-server-key";
        for token in samples::sealed(rule, 20) {
            assert_eq!(check(&token), Verdict::confirmed("CRC-32 checksum"));
            for changed in samples::changed(rule, &token) {
                assert!(matches!(check(&changed), Verdict::Rejected(_)));
            }
        }
    }

    #[test]
    fn the_sum_is_not_padded() {
        assert_eq!(check(b"123456789_3jZRME"), Verdict::confirmed("CRC-32 checksum"));
        assert!(checksum(b"").is_empty());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(prop_oneof![Just(b'_'), any::<u8>()], 0..60)) {
            let _ = check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
