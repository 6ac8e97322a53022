//! Seeds of the XRP Ledger: sixteen bytes in Base58Check with the ledger's own alphabet.
//!
//! xrpl.org, "base58 encodings": version 0x21, or 0x01 0xE1 0x4B where the seed is for Ed25519.

use bs58::Alphabet;

use super::Verdict;
use super::support::{base58check, random};

const SEED_LEN: usize = 16;
const VERSION: &[u8] = &[0x21];
const ED25519: &[u8] = &[0x01, 0xe1, 0x4b];

pub(super) fn check(seed: &[u8]) -> Verdict {
    let Some(payload) = base58check::decode(seed, Alphabet::RIPPLE) else {
        return Verdict::Rejected("the Base58Check checksum is wrong");
    };
    let fits = [VERSION, ED25519].iter().any(|v| payload.strip_prefix(*v).is_some_and(|s| s.len() == SEED_LEN));
    if fits { Verdict::confirmed("Base58Check checksum") } else { Verdict::Rejected("it is no seed") }
}

pub(super) fn seal(seed: &mut Vec<u8>) {
    let version = if seed.len() > 29 { ED25519 } else { VERSION };
    let payload = [version, &random::bytes(seed, "seed", SEED_LEN)].concat();
    *seed = base58check::encode(&payload, Alphabet::RIPPLE);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn one_changed_character_is_rejected() {
        let rule = "cryptocurrency-xrp-ledger-seed";
        for seed in samples::sealed(rule, 20) {
            assert_eq!(check(&seed), Verdict::confirmed("Base58Check checksum"));
            for changed in samples::changed(rule, &seed) {
                assert!(matches!(check(&changed), Verdict::Rejected(_)));
            }
        }
    }

    #[test]
    fn other_values_of_the_ledger_are_no_seeds() {
        // An address is version 0 and twenty bytes.
        let address = base58check::encode(&[0; 21], Alphabet::RIPPLE);
        assert_eq!(check(&address), Verdict::Rejected("it is no seed"));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
