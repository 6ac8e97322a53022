//! API keys of Xata: twenty random bytes and their CRC-32, four bytes with the lowest first, in a base62 that packs
//! bits.
//!
//! That base62 takes six bits for a character, from the end of the bytes on, and five where these are `1111` above the
//! last (the package `base62` of jxskiss for Go). Since we had no key to recompute, one that does not fit is left
//! standing.

use super::Verdict;
use super::support::random;

const DIGITS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Values with these bits stand for five bits.
const SHORT: u32 = 0b1_1110;
const RANDOM_LEN: usize = 20;
const PREFIX_LEN: usize = 4;

/// The bytes that a text stands for.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let (mut bytes, mut pending, mut held) = (Vec::new(), 0u32, 0u32);
    for (place, b) in text.iter().enumerate() {
        let value = DIGITS.iter().position(|digit| digit == b)? as u32;
        pending |= value << held;
        held += match value & SHORT {
            // The last character has what is left.
            _ if place + 1 == text.len() => u32::BITS - value.leading_zeros(),
            SHORT => 5,
            _ => 6,
        };
        while held >= 8 {
            bytes.push(pending as u8);
            (pending, held) = (pending >> 8, held - 8);
        }
    }
    if held > 0 {
        bytes.push(pending as u8);
    }
    bytes.reverse();
    Some(bytes)
}

fn encode(bytes: &[u8]) -> Vec<u8> {
    let bit = |at: usize| bytes.iter().rev().nth(at / 8).map_or(0, |byte| u32::from(byte >> (at % 8) & 1));
    let (mut text, mut at) = (Vec::new(), 0);
    while at < bytes.len() * 8 {
        let value = (0..6).fold(0, |value, i| value | bit(at + i) << i);
        let short = value & SHORT == SHORT && (at + 6 < bytes.len() * 8 || value > 31);
        at += if short { 5 } else { 6 };
        let value = if value & SHORT == SHORT { value & 31 } else { value };
        text.push(DIGITS[value as usize]);
    }
    text
}

fn checksum(random: &[u8]) -> [u8; 4] {
    crc32fast::hash(random).to_le_bytes()
}

pub(super) fn check(key: &[u8]) -> Verdict {
    match key.get(PREFIX_LEN..).and_then(decode).as_deref().and_then(<[u8]>::split_last_chunk) {
        Some((random, sum)) if random.len() == RANDOM_LEN && checksum(random) == *sum => {
            Verdict::confirmed("CRC-32 checksum")
        }
        _ => Verdict::plausible("key form; no checksum fits"),
    }
}

pub(super) fn seal(key: &mut Vec<u8>) {
    if key.len() < PREFIX_LEN {
        return;
    }
    let mut random = random::bytes(key, "random", RANDOM_LEN);
    // A first byte of zeros has no digits of its own.
    random[0] |= 0x80;
    let text = encode(&[&random[..], &checksum(&random)].concat());
    key.truncate(PREFIX_LEN);
    key.extend(text);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_checksum_confirms_and_nothing_rejects() {
        for rule in ["xata-organization-api-key", "xata-user-api-key"] {
            for key in samples::sealed(rule, 20) {
                assert_eq!(check(&key), Verdict::confirmed("CRC-32 checksum"));
                let fewer = &key[..key.len() - 1];
                assert!(matches!(check(fewer), Verdict::Plausible(_)));
            }
        }
    }

    #[test]
    fn bits_are_packed_from_the_end() {
        assert_eq!(encode(&[0b0000_0001]), b"BA");
        // The same with a bit above them.
        assert_eq!(encode(&[0b1000_0001]), b"BC");
        // Of these six only five are taken: 31, then three.
        assert_eq!(encode(&[0b1111_1111]), b"fH");
        assert_eq!(decode(b"fH"), Some(vec![0xff]));
        assert_eq!(decode(b"!"), None);
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_decoded(bytes in proptest::collection::vec(any::<u8>(), 24)) {
            prop_assume!(bytes[0] != 0);
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
