//! Key pairs of Ed25519: 64 bytes, the seed and the public key that follows from it (RFC 8032, section 5.1.5). Coinbase
//! writes them in base64, Solana in base58, where the public key is the address of the account.

use super::Verdict;
use super::support::{base64, random};
use crate::public_key::curve;

/// So long is the base64 of 64 bytes; base58 has no `=`.
const BASE64_LEN: usize = 88;

fn is_base64(key: &[u8]) -> bool {
    key.len() == BASE64_LEN && key.ends_with(b"==")
}

pub(super) fn check(key: &[u8]) -> Verdict {
    let pair = if is_base64(key) { base64::decode(key) } else { bs58::decode(key).into_vec().ok() };
    let Some(pair) = pair.and_then(|pair| <[u8; 64]>::try_from(pair).ok()) else {
        return Verdict::Rejected("the key is not 64 bytes long");
    };
    let Some((seed, public)) = pair.split_first_chunk::<32>() else { return Verdict::Rejected("the key is too short") };
    if curve::ed25519(seed) != *public {
        return Verdict::Rejected("its second half is not the public key of the first");
    }
    let verdict = Verdict::confirmed("Ed25519 key pair");
    if is_base64(key) { verdict } else { verdict.with_fact("address", bs58::encode(public).into_string()) }
}

pub(super) fn seal(key: &mut Vec<u8>) {
    let pair = |label: &str| {
        let mut seed = [0; 32];
        seed.copy_from_slice(&random::bytes(key, label, 32));
        // A small number would have fewer digits in base58.
        seed[0] |= 0x80;
        [seed, curve::ed25519(&seed)].concat()
    };
    *key = match is_base64(key) {
        true => base64::encode(&pair("base64")),
        false => bs58::encode(pair("base58")).into_vec(),
    };
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn pairs_are_confirmed_and_others_rejected() {
        for (rule, facts) in [("coinbase-cdp-api-key-ed25519", 0), ("cryptocurrency-solana-key-pair", 1)] {
            for key in samples::sealed(rule, 10) {
                let Verdict::Confirmed(verification) = check(&key) else { panic!("{rule}") };
                assert_eq!(verification.facts.len(), facts);
                for changed in samples::changed(rule, &key).iter().step_by(20) {
                    assert!(matches!(check(changed), Verdict::Rejected(_)));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
