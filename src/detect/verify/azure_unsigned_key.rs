//! Azure keys from before the services signed them: 32 or 64 random bytes in base64, told by a connection string or by
//! context.
//!
//! Nothing of them can be checked but their length. What the check does is to leave out what is no such key: keys with
//! a signature, which the rule of their service judges, and the keys of Microsoft's emulators, which are the same on
//! every machine and stand in the documentation.

use sha2::{Digest, Sha256};

use super::support::base64;
use super::{Verdict, azure_his};

/// SHA-256 of the base64 texts: the well-known account keys of Azurite (learn.microsoft.com, "Use the Azurite
/// emulator") and of the Cosmos DB emulator (learn.microsoft.com, "Develop locally using the emulator").
const EMULATORS: [&str; 2] = [
    "0011cc25eb4320717494d2703e8cba85743e71b500283c21c8b88147992f9059",
    "aa6547439583c3a275d4542a0df6c1ad6a863971be9f2a2220f027cc02aef615",
];

pub(super) fn check(token: &[u8]) -> Verdict {
    if azure_his::is_signed(token) {
        return Verdict::Rejected("the key has a signature, which the rule of its service judges");
    }
    if EMULATORS.contains(&hex::encode(Sha256::digest(token)).as_str()) {
        return Verdict::Rejected("it is the published key of an emulator");
    }
    match base64::decode(token).map(|bytes| bytes.len()) {
        Some(32 | 64) => Verdict::plausible("base64 of 32 or 64 bytes"),
        _ => Verdict::Rejected("it is no base64 of 32 or 64 bytes"),
    }
}

/// Random text of the pattern is a key already.
pub(super) fn seal(_token: &mut Vec<u8>) {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn signed_keys_are_left_to_their_rules() {
        for token in samples::sealed("azure-storage-account-key", 20) {
            assert!(matches!(check(&token), Verdict::Rejected(_)));
        }
        for token in samples::sealed("azure-storage-account-key-legacy", 20) {
            assert!(matches!(check(&token), Verdict::Plausible(_)));
            assert!(matches!(check(&token[1..]), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            check(&bytes);
        }
    }
}
