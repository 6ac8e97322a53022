//! Secret keys of Nostr (`nsec1…`): 32 bytes in Bech32 with its checksum of six characters (NIP 19, BIP 173).

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};

use super::Verdict;
use super::support::random;

const PREFIX: &str = "nsec";

pub(super) fn check(token: &[u8]) -> Verdict {
    let decoded = std::str::from_utf8(token).ok().and_then(|text| CheckedHrpstring::new::<Bech32>(text).ok());
    match decoded {
        Some(decoded) if decoded.hrp().as_str() == PREFIX && decoded.byte_iter().count() == 32 => {
            Verdict::confirmed("Bech32 checksum")
        }
        _ => Verdict::Rejected("the Bech32 checksum is wrong"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let Ok(prefix) = Hrp::parse(PREFIX) else { return };
    if let Ok(text) = bech32::encode_lower::<Bech32>(prefix, &random::bytes(token, "nostr", 32)) {
        *token = text.into_bytes();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn one_changed_character_is_rejected() {
        let rule = "cryptocurrency-nostr-secret-key";
        for key in samples::sealed(rule, 20) {
            assert_eq!(check(&key), Verdict::confirmed("Bech32 checksum"));
            for changed in samples::changed(rule, &key) {
                assert!(matches!(check(&changed), Verdict::Rejected(_)));
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
