//! Consumer keys of Zuplo: `zpka_`, 32 letters and digits, `_`, and the CRC-32 of those 32 in eight hexadecimal digits.
//!
//! zuplo.com, "API key authentication", says that keys can be recognised offline; which bytes are summed was found by
//! computing it for published examples.

use super::Verdict;

const CHECK_LEN: usize = 8;

/// Where the random part and the checksum stand.
fn split(key: &[u8]) -> Option<(usize, usize, usize)> {
    let body = key.iter().position(|&b| b == b'_')? + 1;
    let check = key.len().checked_sub(CHECK_LEN)?;
    let end = check.checked_sub(1)?;
    (end > body && key[end] == b'_').then_some((body, end, check))
}

fn checksum(body: &[u8]) -> Vec<u8> {
    format!("{:08x}", crc32fast::hash(body)).into_bytes()
}

pub(super) fn check(key: &[u8]) -> Verdict {
    match split(key) {
        Some((body, end, check)) if checksum(&key[body..end]) == key[check..] => Verdict::confirmed("CRC-32 checksum"),
        _ => Verdict::Rejected("the CRC-32 checksum is wrong"),
    }
}

#[expect(clippy::ptr_arg, reason = "all families have this signature")]
pub(super) fn seal(key: &mut Vec<u8>) {
    if let Some((body, end, check)) = split(key) {
        let sum = checksum(&key[body..end]);
        key[check..].copy_from_slice(&sum);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn sealed_keys_are_confirmed_and_changed_ones_rejected() {
        for key in samples::sealed("zuplo-consumer-api-key", 20) {
            assert!(matches!(check(&key), Verdict::Confirmed(_)));
            for changed in samples::changed("zuplo-consumer-api-key", &key) {
                assert!(matches!(check(&changed), Verdict::Rejected(_)));
            }
        }
        // The check value of CRC-32 in every catalogue.
        assert!(matches!(check(b"x_123456789_cbf43926"), Verdict::Confirmed(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..70)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
