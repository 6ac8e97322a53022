//! age identities (`AGE-SECRET-KEY-1…`): 32 bytes in Bech32 with its checksum of six characters.
//!
//! age-encryption.org/v1, "The X25519 recipient type"; the checksum is that of BIP 173.

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};

use super::Verdict;
use super::support::random;

const PREFIX: &str = "age-secret-key-";

pub(super) fn check(token: &[u8]) -> Verdict {
    let decoded = std::str::from_utf8(token).ok().and_then(|text| CheckedHrpstring::new::<Bech32>(text).ok());
    match decoded {
        Some(decoded) if decoded.hrp().as_str().eq_ignore_ascii_case(PREFIX) && decoded.byte_iter().count() == 32 => {
            Verdict::confirmed("Bech32 checksum")
        }
        _ => Verdict::Rejected("the Bech32 checksum is wrong"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let Ok(prefix) = Hrp::parse(PREFIX) else { return };
    if let Ok(text) = bech32::encode_upper::<Bech32>(prefix, &random::bytes(token, "age", 32)) {
        *token = text.into_bytes();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
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

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            check(&bytes);
        }
    }
}
