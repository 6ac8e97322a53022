//! Service account tokens of Grafana: `glsa_`, 32 random characters, `_`, and the CRC-32 of all before that `_`.
//!
//! Grafana's own code (`satokengen`) writes the sum's bytes in little-endian order, as hexadecimal digits. Recomputed on
//! four tokens in public documentation and tests.

use super::Verdict;

const CHECK_LEN: usize = 8;

fn split(token: &[u8]) -> Option<(&[u8], &[u8])> {
    let mark = token.len().checked_sub(CHECK_LEN + 1)?;
    (mark > 0 && token[mark] == b'_').then(|| (&token[..mark], &token[mark + 1..]))
}

fn checksum(body: &[u8]) -> Vec<u8> {
    hex::encode(crc32fast::hash(body).to_le_bytes()).into_bytes()
}

pub(super) fn check(token: &[u8]) -> Verdict {
    match split(token) {
        Some((body, check)) if checksum(body) == check => Verdict::confirmed("CRC-32 checksum"),
        _ => Verdict::Rejected("the CRC-32 checksum is wrong"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let Some((body, _)) = split(token) else { return };
    let (at, sum) = (body.len() + 1, checksum(body));
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
        let rule = "grafana-service-account-token";
        for token in samples::sealed(rule, 20) {
            assert_eq!(check(&token), Verdict::confirmed("CRC-32 checksum"));
            for changed in samples::changed(rule, &token) {
                assert!(matches!(check(&changed), Verdict::Rejected(_)));
            }
        }
    }

    #[test]
    fn bytes_are_in_little_endian_order() {
        // 0xCBF43926 is the check value of CRC-32 in every catalogue.
        assert_eq!(check(b"123456789_2639f4cb"), Verdict::confirmed("CRC-32 checksum"));
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
