//! Secret seeds of Stellar: base32 of a version byte, 32 bytes, and a CRC-16 in little-endian order.
//!
//! Stellar's SEP 23, "Strkeys": version 18 << 3 (`S`), CRC-16/XMODEM.

use data_encoding::BASE32;

use super::Verdict;
use super::support::random;

const VERSION: u8 = 18 << 3;
const SEED_LEN: usize = 32;

/// CRC-16/XMODEM: polynomial 0x1021, nothing reflected, start and final value zero.
fn checksum(bytes: &[u8]) -> [u8; 2] {
    let step = |crc: u16, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 };
    bytes.iter().fold(0u16, |crc, &b| (0..8).fold(crc ^ u16::from(b) << 8, step)).to_le_bytes()
}

pub(super) fn check(seed: &[u8]) -> Verdict {
    match BASE32.decode(seed) {
        Ok(bytes) if bytes.len() == SEED_LEN + 3 && bytes[0] == VERSION => {
            let (body, check) = bytes.split_at(SEED_LEN + 1);
            if checksum(body) == check {
                Verdict::confirmed("CRC-16 checksum")
            } else {
                Verdict::Rejected("the CRC-16 checksum is wrong")
            }
        }
        _ => Verdict::Rejected("it does not decode to a seed"),
    }
}

pub(super) fn seal(seed: &mut Vec<u8>) {
    let body = [&[VERSION], &random::bytes(seed, "stellar", SEED_LEN)[..]].concat();
    *seed = BASE32.encode(&[&body[..], &checksum(&body)].concat()).into_bytes();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn changed_seeds_are_rejected() {
        let rule = "cryptocurrency-stellar-secret-seed";
        for seed in samples::sealed(rule, 20) {
            assert_eq!(check(&seed), Verdict::confirmed("CRC-16 checksum"));
            for changed in samples::changed(rule, &seed) {
                assert!(matches!(check(&changed), Verdict::Rejected(_)));
            }
        }
    }

    #[test]
    fn the_sum_is_that_of_the_catalogues() {
        // The check value of CRC-16/XMODEM.
        assert_eq!(checksum(b"123456789"), 0x31c3u16.to_le_bytes());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60), text in "S[A-Z2-7]{55}") {
            let _ = check(&bytes);
            let _ = check(text.as_bytes());
            seal(&mut bytes.clone());
        }
    }
}
