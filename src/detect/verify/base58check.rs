//! Private keys of Bitcoin and its relatives: single ones (WIF) and extended ones (BIP 32), in Base58Check.
//!
//! Bitcoin wiki, "Wallet import format": version 0x80 (0xEF on test networks), 32 bytes, and 0x01 where the public key
//! is compressed. BIP 32: four bytes of version, 78 bytes in all; SLIP 132 lists the versions of `yprv` and `zprv`. The
//! private key of an extended one is led by a zero byte.

use bs58::Alphabet;

use super::Verdict;
use super::support::{base58check, random};

const EXTENDED_LEN: usize = 78;
/// Where the zero byte in front of an extended key's private part stands.
const LEAD: usize = 45;
/// `xprv`, `yprv`, `zprv`, `tprv`.
const VERSIONS: [(u8, [u8; 4]); 4] = [
    (b'x', [0x04, 0x88, 0xad, 0xe4]),
    (b'y', [0x04, 0x9d, 0x78, 0x78]),
    (b'z', [0x04, 0xb2, 0x43, 0x0c]),
    (b't', [0x04, 0x35, 0x83, 0x94]),
];
const MAIN: u8 = 0x80;
const TEST: u8 = 0xef;

fn is_single(payload: &[u8]) -> bool {
    let version = matches!(payload.first(), Some(&(MAIN | TEST)));
    version && (payload.len() == 33 || payload.len() == 34 && payload[33] == 1)
}

fn is_extended(payload: &[u8]) -> bool {
    payload.len() == EXTENDED_LEN && payload[LEAD] == 0 && VERSIONS.iter().any(|(_, v)| payload.starts_with(v))
}

pub(super) fn check(key: &[u8]) -> Verdict {
    match base58check::decode(key, Alphabet::BITCOIN) {
        Some(payload) if is_single(&payload) || is_extended(&payload) => Verdict::confirmed("Base58Check checksum"),
        Some(_) => Verdict::Rejected("it is no private key"),
        None => Verdict::Rejected("the Base58Check checksum is wrong"),
    }
}

pub(super) fn seal(key: &mut Vec<u8>) {
    let version = VERSIONS.iter().find(|(first, _)| key.first() == Some(first) && key.get(1) == Some(&b'p'));
    let payload = if let Some((_, version)) = version {
        let mut payload = [&version[..], &random::bytes(key, "extended", EXTENDED_LEN - 4)].concat();
        payload[LEAD] = 0;
        payload
    } else {
        let secret = random::bytes(key, "single", 32);
        match key.first() {
            Some(b'5') => [&[MAIN], &secret[..]].concat(),
            Some(b'9') => [&[TEST], &secret[..]].concat(),
            Some(b'c') => [&[TEST], &secret[..], &[1]].concat(),
            _ => [&[MAIN], &secret[..], &[1]].concat(),
        }
    };
    *key = base58check::encode(&payload, Alphabet::BITCOIN);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn one_changed_character_is_rejected() {
        for rule in ["cryptocurrency-bip-32-extended-private-key", "cryptocurrency-bitcoin-private-key-wif"] {
            for key in samples::sealed(rule, 20) {
                assert_eq!(check(&key), Verdict::confirmed("Base58Check checksum"));
                for changed in samples::changed(rule, &key) {
                    assert!(matches!(check(&changed), Verdict::Rejected(_)));
                }
            }
        }
    }

    #[test]
    fn addresses_are_no_keys() {
        // The address that the first block pays to.
        assert_eq!(check(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"), Verdict::Rejected("it is no private key"));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            let _ = check(&bytes);
            let _ = check(&base58check::encode(&bytes, Alphabet::BITCOIN));
            seal(&mut bytes.clone());
        }
    }
}
