//! age identities (`AGE-SECRET-KEY-1…`): 32 bytes in Bech32 with its checksum of six characters.
//!
//! age-encryption.org/v1, "The X25519 recipient type"; the checksum is that of BIP 173. The recipient, which stands in
//! `.sops.yaml` and scripts, tells what was encrypted to it.

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};

use super::Verdict;
use super::support::random;
use crate::public_key::curve;

const PREFIX: &str = "age-secret-key-";
const RECIPIENT: &str = "age";

pub(super) fn check(token: &[u8]) -> Verdict {
    match std::str::from_utf8(token).ok().and_then(secret) {
        Some(secret) => {
            let recipient = Hrp::parse(RECIPIENT).ok();
            let point = curve::x25519(secret);
            let recipient = recipient.and_then(|prefix| bech32::encode_lower::<Bech32>(prefix, &point).ok());
            let verdict = Verdict::confirmed("Bech32 checksum");
            match recipient {
                Some(recipient) => verdict.with_fact("recipient", recipient),
                None => verdict,
            }
        }
        None => Verdict::Rejected("the Bech32 checksum is wrong"),
    }
}

/// The bytes of an identity.
fn secret(text: &str) -> Option<[u8; 32]> {
    let decoded = CheckedHrpstring::new::<Bech32>(text).ok()?;
    let is_identity = decoded.hrp().as_str().eq_ignore_ascii_case(PREFIX);
    if is_identity { decoded.byte_iter().collect::<Vec<u8>>().try_into().ok() } else { None }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let Ok(prefix) = Hrp::parse(PREFIX) else { return };
    if let Ok(text) = bech32::encode_upper::<Bech32>(prefix, &random::bytes(token, "age", 32)) {
        *token = text.into_bytes();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn sealed_identities_are_confirmed_and_changed_ones_rejected() {
        for token in samples::sealed("private-key-age-identity", 20) {
            assert!(matches!(check(&token), Verdict::Confirmed(_)));
            for changed in samples::changed("private-key-age-identity", &token) {
                assert!(matches!(check(&changed), Verdict::Rejected(_)));
            }
        }
        let other = bech32::encode_upper::<Bech32>(Hrp::parse("age-other-").unwrap(), &[7; 32]).unwrap();
        assert!(matches!(check(other.as_bytes()), Verdict::Rejected(_)));
    }

    #[test]
    fn the_recipient_is_the_point_of_the_identity() {
        let identity = |bytes: &[u8; 32]| bech32::encode_upper::<Bech32>(Hrp::parse(PREFIX).unwrap(), bytes).unwrap();
        // Once around the first step of RFC 7748, 5.2: the scalar 9 times the base point.
        let mut nine = [0; 32];
        nine[0] = 9;
        let Verdict::Confirmed(verification) = check(identity(&nine).as_bytes()) else { panic!() };
        let recipient = verification.facts.iter().find(|fact| fact.name == "recipient").unwrap();
        let (prefix, point) = bech32::decode(&recipient.value).unwrap();
        let after_one_step = "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079";
        assert_eq!((prefix.as_str(), hex::encode(point).as_str()), ("age", after_one_step));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            check(&bytes);
        }
    }
}
