//! Private keys of Ethereum and its kin: a number from 1 to below the order of secp256k1, in 64 hexadecimal digits.
//!
//! SEC 2, section 2.4.1, has the order. What is none is a mask or a greatest number.

use super::Verdict;

const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, //
    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

pub(super) fn check(key: &[u8]) -> Verdict {
    let number = hex::decode(key.strip_prefix(b"0x").unwrap_or(key)).ok().and_then(|it| <[u8; 32]>::try_from(it).ok());
    match number {
        Some(number) if number != [0; 32] && number < ORDER => {
            Verdict::plausible("number below the order of secp256k1")
        }
        _ => Verdict::Rejected("it is no number below the order of secp256k1"),
    }
}

pub(super) fn seal(_: &mut Vec<u8>) {
    // By chance no number is too great.
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn numbers_are_below_the_order() {
        for key in samples::sealed("cryptocurrency-ethereum-private-key", 20) {
            assert!(matches!(check(&key), Verdict::Plausible(_)));
        }
        let mut last = ORDER;
        last[31] -= 1;
        assert!(matches!(check(hex::encode(last).as_bytes()), Verdict::Plausible(_)));
        for wrong in [ORDER, [0; 32], [0xff; 32]] {
            assert!(matches!(check(hex::encode(wrong).as_bytes()), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
