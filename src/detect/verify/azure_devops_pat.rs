//! Azure DevOps personal access tokens of 52 base32 characters: a CRC-32 scattered over the bytes is all that tells
//! them from any other base32.
//!
//! Bytes 22, 8, 7 and 2 of the 32, as a little-endian number, are the CRC-32 of the other 28 bytes, combined with a
//! constant that differs for tokens of users and of applications. Source: documentation of
//! github.com/microsoft/security-utilities.

use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};

use super::Verdict;

/// Places of the checksum's bytes, the lowest first.
const PLACES: [usize; 4] = [22, 8, 7, 2];
const USER: u32 = 0xE0B9_692D;
const APPLICATION: u32 = 0x1019_F92E;
/// Characters of a token: 32 bytes and four bits, which carry nothing.
const LEN: usize = 52;

/// Base32 (RFC 4648) in lower case, without padding, whatever the surplus bits are.
static BASE32: LazyLock<Option<Encoding>> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    specification.check_trailing_bits = false;
    specification.encoding().ok()
});

fn decode(token: &[u8]) -> Option<[u8; 32]> {
    if token.len() != LEN {
        return None;
    }
    BASE32.as_ref()?.decode(token).ok()?.try_into().ok()
}

/// The CRC-32 of the bytes that are no checksum.
fn sum(bytes: &[u8; 32]) -> u32 {
    let payload: Vec<u8> = (0..32).filter(|at| !PLACES.contains(at)).map(|at| bytes[at]).collect();
    crc32fast::hash(&payload)
}

pub(super) fn check(token: &[u8]) -> Verdict {
    let Some(bytes) = decode(token) else { return Verdict::Rejected("it is no base32 of 32 bytes") };
    match u32::from_le_bytes(PLACES.map(|at| bytes[at])) ^ sum(&bytes) {
        USER => Verdict::confirmed("CRC-32 checksum").with_fact("issued to", "user"),
        APPLICATION => Verdict::confirmed("CRC-32 checksum").with_fact("issued to", "application"),
        _ => Verdict::Rejected("the CRC-32 checksum is wrong"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let (Some(mut bytes), Some(base32)) = (decode(token), BASE32.as_ref()) else { return };
    let sum = (sum(&bytes) ^ USER).to_le_bytes();
    for (at, byte) in PLACES.into_iter().zip(sum) {
        bytes[at] = byte;
    }
    *token = base32.encode(&bytes).into_bytes();
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn sealed_tokens_are_confirmed_and_changed_ones_rejected() {
        for token in samples::sealed("azure-devops-pat-legacy", 50) {
            assert!(matches!(check(&token), Verdict::Confirmed(_)));
            for at in 0..LEN - 1 {
                let mut changed = token.clone();
                changed[at] = if changed[at] == b'a' { b'b' } else { b'a' };
                assert!(matches!(check(&changed), Verdict::Rejected(_)), "{at}");
            }
        }
    }

    proptest! {
        #[test]
        fn random_base32_is_rejected(text in "[a-z2-7]{52}") {
            prop_assert!(matches!(check(text.as_bytes()), Verdict::Rejected(_)));
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
