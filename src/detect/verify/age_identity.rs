//! age identities (`AGE-SECRET-KEY-1…`): 32 bytes in Bech32 with its checksum of six characters. So are those of the
//! post-quantum kind (`AGE-SECRET-KEY-PQ-1…`) and of plugins (`AGE-PLUGIN-NAME-1…`), with bytes of any number.
//!
//! age-encryption.org/v1, "The X25519 recipient type"; the checksum is that of BIP 173. The recipient, which stands in
//! `.sops.yaml` and scripts, tells what was encrypted to it.

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Checksum, Hrp};

use super::Verdict;
use super::support::random;
use crate::public_key::curve;

const PREFIX: &str = "age-secret-key-";
const RECIPIENT: &str = "age";
const POST_QUANTUM: &str = "age-secret-key-pq-";
const PLUGIN: &str = "age-plugin-";

pub(super) fn check(token: &[u8]) -> Verdict {
    let text = std::str::from_utf8(token).unwrap_or_default();
    let decoded = match CheckedHrpstring::new::<Bech32>(text) {
        Ok(decoded) => decoded,
        // So long a text is beyond what the checksum is good for.
        Err(_) if text.len() > Bech32::CODE_LENGTH => return Verdict::plausible("Bech32 text"),
        Err(_) => return Verdict::Rejected("the Bech32 checksum is wrong"),
    };
    let prefix = decoded.hrp().to_lowercase();
    let confirmed = Verdict::confirmed("Bech32 checksum");
    if let Some(plugin) = prefix.strip_prefix(PLUGIN).and_then(|rest| rest.strip_suffix('-')) {
        return confirmed.with_fact("plugin", plugin);
    }
    let secret: Option<[u8; 32]> = decoded.byte_iter().collect::<Vec<u8>>().try_into().ok();
    match secret.filter(|_| prefix == PREFIX) {
        Some(secret) => match recipient(secret) {
            Some(recipient) => confirmed.with_fact("recipient", recipient),
            None => confirmed,
        },
        None if prefix == POST_QUANTUM => confirmed,
        None => Verdict::Rejected("it is Bech32, but no age identity"),
    }
}

/// Whom those encrypt to who mean an identity.
fn recipient(secret: [u8; 32]) -> Option<String> {
    let prefix = Hrp::parse(RECIPIENT).ok()?;
    bech32::encode_lower::<Bech32>(prefix, &curve::x25519(secret)).ok()
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let starts_with =
        |prefix: &str| token.get(..prefix.len()).is_some_and(|it| it.eq_ignore_ascii_case(prefix.as_bytes()));
    let prefix = match [PLUGIN, POST_QUANTUM].into_iter().find(|prefix| starts_with(prefix)) {
        Some(PLUGIN) => "age-plugin-example-",
        Some(_) => POST_QUANTUM,
        None => PREFIX,
    };
    let Ok(prefix) = Hrp::parse(prefix) else { return };
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
        for token in samples::sealed("private-key-age-plugin-or-post-quantum-identity", 20) {
            let Verdict::Confirmed(verification) = check(&token) else { panic!("rejected") };
            assert_eq!(verification.facts.len(), usize::from(token.starts_with(b"AGE-PLUGIN-")));
            let mut other = token.clone();
            other[token.len() - 1] = if token.ends_with(b"Q") { b'P' } else { b'Q' };
            assert!(matches!(check(&other), Verdict::Rejected(_)));
        }
        for token in samples::sealed("private-key-age-plugin-or-post-quantum-identity", 20) {
            let Verdict::Confirmed(verification) = check(&token) else { panic!("rejected") };
            assert_eq!(verification.facts.len(), usize::from(token.starts_with(b"AGE-PLUGIN-")));
            let mut other = token.clone();
            other[token.len() - 1] = if token.ends_with(b"Q") { b'P' } else { b'Q' };
            assert!(matches!(check(&other), Verdict::Rejected(_)));
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
