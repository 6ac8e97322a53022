//! API secrets of Confluent Cloud in the form with the prefix `cflt`: 54 random characters, and six of the base64 of
//! their CRC-32, whose bytes stand in little-endian order.
//!
//! Recomputed on a secret in Confluent's documentation. The prefix is not summed.

use super::Verdict;
use super::support::base64;

const PREFIX: &[u8] = b"cflt";
const CHECK_LEN: usize = 6;

fn checksum(body: &[u8]) -> Vec<u8> {
    let mut written = base64::encode(&crc32fast::hash(body).to_le_bytes());
    written.truncate(CHECK_LEN);
    written
}

fn split(secret: &[u8]) -> Option<(&[u8], &[u8])> {
    let body = secret.strip_prefix(PREFIX)?;
    body.split_at_checked(body.len().checked_sub(CHECK_LEN)?).filter(|(body, _)| !body.is_empty())
}

pub(super) fn check(secret: &[u8]) -> Verdict {
    match split(secret) {
        Some((body, check)) if checksum(body) == check => Verdict::confirmed("CRC-32 checksum"),
        _ => Verdict::Rejected("the CRC-32 checksum is wrong"),
    }
}

pub(super) fn seal(secret: &mut Vec<u8>) {
    let Some((body, _)) = split(secret) else { return };
    let (at, sum) = (PREFIX.len() + body.len(), checksum(body));
    secret.truncate(at);
    secret.extend_from_slice(&sum);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn sealed_secrets_are_confirmed_and_changed_ones_rejected() {
        let rule = "confluent-cloud-api-secret";
        for secret in samples::sealed(rule, 20) {
            assert_eq!(check(&secret), Verdict::confirmed("CRC-32 checksum"));
            for changed in samples::changed(rule, &secret) {
                assert!(matches!(check(&changed), Verdict::Rejected(_)));
            }
        }
    }

    #[test]
    fn bytes_are_in_little_endian_order() {
        // The check value 0xCBF43926 of `123456789` is 26 39 F4 CB in that order, which is `Jjn0yw==` in base64.
        assert_eq!(check(b"cflt123456789Jjn0yw"), Verdict::confirmed("CRC-32 checksum"));
        assert!(matches!(check(b"cflt123456789y/Q5Jg"), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = check(&bytes);
            let _ = check(&[PREFIX, &bytes].concat());
            seal(&mut [PREFIX, &bytes].concat());
        }
    }
}
