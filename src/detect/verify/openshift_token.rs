//! OAuth tokens of OpenShift: `sha256~` and 32 random bytes in base64url. The server keeps the token under the name
//! `sha256~` and the SHA-256 of what follows it, so that the object can be told, and deleted, by the token.

use base64::Engine;
use sha2::{Digest, Sha256};

use super::Verdict;
use super::support::base64::BASE64URL;

const PREFIX: &[u8] = b"sha256~";

pub(super) fn check(token: &[u8]) -> Verdict {
    match token.strip_prefix(PREFIX) {
        Some(random) => {
            let object = format!("sha256~{}", BASE64URL.encode(Sha256::digest(random)));
            Verdict::plausible("token structure").with_fact("key id", object)
        }
        None => Verdict::Rejected("it has another prefix"),
    }
}

pub(super) fn seal(_: &mut Vec<u8>) {
    // Whatever the pattern allows passes.
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn tokens_tell_their_object() {
        for token in samples::sealed("openshift-user-oauth-token", 10) {
            let Verdict::Plausible(verification) = check(&token) else { panic!("rejected") };
            assert_eq!((verification.facts[0].name.as_str(), verification.facts[0].value.len()), ("key id", 50));
            assert_ne!(verification.facts[0].value.as_bytes(), token);
        }
        // FIPS 180-2, appendix B.1: the SHA-256 of `abc`.
        let digest = "ba7816bf 8f01cfea 414140de 5dae2223 b00361a3 96177a9c b410ff61 f20015ad".replace(' ', "");
        let object = ["sha256~", &BASE64URL.encode(hex::decode(digest).unwrap_or_default())].concat();
        let expected = Verdict::plausible("token structure").with_fact("key id", object);
        assert_eq!(check(b"sha256~abc"), expected);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
