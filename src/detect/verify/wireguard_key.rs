//! Private keys of WireGuard: 32 bytes in base64, clamped as Curve25519 wants it (RFC 7748, section 5).
//!
//! `wg genkey` clears the three lowest bits of the first byte and the highest of the last, and sets the one below it.
//! One in 32 of other 32-byte values has these bits too, which is why a rule asks for context as well.

use super::Verdict;
use super::support::base64;

pub(super) fn check(key: &[u8]) -> Verdict {
    match base64::decode(key).as_deref() {
        Some([first, .., last]) if key.len() == 44 && first & 7 == 0 && last & 0xc0 == 0x40 => {
            Verdict::plausible("clamped Curve25519 key")
        }
        Some(_) => Verdict::Rejected("the key is not clamped as private keys of WireGuard are"),
        None => Verdict::Rejected("the key is no base64"),
    }
}

pub(super) fn seal(key: &mut Vec<u8>) {
    let Some(mut bytes) = base64::decode(key) else { return };
    if let [first, .., last] = &mut bytes[..] {
        *first &= !7;
        *last = *last & 0x3f | 0x40;
        *key = base64::encode(&bytes);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn clamped_keys_are_keys() {
        for key in samples::sealed("wireguard-private-key", 20) {
            assert!(matches!(check(&key), Verdict::Plausible(_)));
            let mut other = key.clone();
            // `A` to `z` by turns: the second character has the lowest bits of the first byte.
            other[1] = if key[1] == b'Q' { b'R' } else { b'z' };
            other[42] = b'8';
            assert!(matches!(check(&other), Verdict::Rejected(_)));
        }
        for (first, last, good) in [(0, 0x40, true), (8, 0x7f, true), (1, 0x40, false), (0, 0, false), (0, 0xc0, false)] {
            let mut bytes = [9; 32];
            (bytes[0], bytes[31]) = (first, last);
            let verdict = check(&base64::encode(&bytes));
            assert_eq!(matches!(verdict, Verdict::Plausible(_)), good, "{first} {last}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
