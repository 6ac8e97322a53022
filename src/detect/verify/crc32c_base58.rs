//! Root keys of Unkey, version 1: the last six characters are the CRC-32C of all before them, as a number in base58
//! with `1` for the zeros in front.
//!
//! Unkey's RFC on its key format describes it; since we had no key to recompute, one that does not fit is left
//! standing.

use super::Verdict;

const DIGITS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const CHECK_LEN: usize = 6;

fn checksum(body: &[u8]) -> [u8; CHECK_LEN] {
    let mut rest = crc::Crc::<u32>::new(&crc::CRC_32_ISCSI).checksum(body) as usize;
    let mut digits = [DIGITS[0]; CHECK_LEN];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[rest % 58];
        rest /= 58;
    }
    digits
}

pub(super) fn check(key: &[u8]) -> Verdict {
    match key.split_last_chunk::<CHECK_LEN>() {
        Some((body, sum)) if checksum(body) == *sum => Verdict::confirmed("CRC-32C checksum"),
        _ => Verdict::plausible("key form; no checksum fits"),
    }
}

#[expect(clippy::ptr_arg, reason = "all families have this signature")]
pub(super) fn seal(key: &mut Vec<u8>) {
    if let Some((body, sum)) = key.split_last_chunk_mut::<CHECK_LEN>() {
        *sum = checksum(body);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_checksum_confirms_and_nothing_rejects() {
        let rule = "unkey-root-key-version-1";
        for key in samples::sealed(rule, 20) {
            assert_eq!(check(&key), Verdict::confirmed("CRC-32C checksum"));
            for changed in samples::changed(rule, &key) {
                assert!(matches!(check(&changed), Verdict::Plausible(_)));
            }
        }
    }

    #[test]
    fn the_sum_is_a_number_in_base58() {
        // The check value of CRC-32C in every catalogue is 0xe3069283.
        let digits = checksum(b"123456789").map(|b| DIGITS.iter().position(|&digit| digit == b).unwrap_or_default());
        assert_eq!(digits.into_iter().fold(0, |sum, digit| sum * 58 + digit), 0xe306_9283);
        assert_eq!(checksum(b""), *b"111111");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..90)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
