//! Password hashes of LDAP (RFC 2307, and what OpenLDAP adds to it): a scheme in braces, then base64 of the digest, and
//! of a salt behind it where the scheme has one.

use super::Verdict;
use super::support::{base64, random};

/// The schemes, with the lengths of their digests and whether a salt follows.
const SCHEMES: [(&[u8], usize, bool); 5] = [
    (b"{SSHA512}", 64, true),
    (b"{SSHA256}", 32, true),
    (b"{SSHA}", 20, true),
    (b"{SHA}", 20, false),
    (b"{SMD5}", 16, true),
];

pub(super) fn check(hash: &[u8]) -> Verdict {
    let read = SCHEMES.iter().find_map(|(scheme, digest, salted)| {
        Some((base64::decode(hash.strip_prefix(*scheme)?)?.len(), *digest, *salted))
    });
    match read {
        Some((len, digest, true)) if len > digest => Verdict::plausible("digest and salt"),
        Some((len, digest, false)) if len == digest => Verdict::plausible("digest"),
        _ => Verdict::Rejected("what follows the scheme is no digest of it"),
    }
}

pub(super) fn seal(hash: &mut Vec<u8>) {
    let Some((scheme, digest, salted)) = SCHEMES.iter().find(|(scheme, ..)| hash.starts_with(scheme)) else { return };
    let bytes = random::bytes(hash, "hash", digest + if *salted { 8 } else { 0 });
    *hash = [*scheme, &base64::encode(&bytes)].concat();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn digests_have_their_length() {
        for hash in samples::sealed("password-hash-ldap-salted-sha", 40) {
            assert!(matches!(check(&hash), Verdict::Plausible(_)));
        }
        for (scheme, len, good) in [
            ("{SHA}", 20, true),
            ("{SHA}", 28, false),
            ("{SSHA}", 20, false),
            ("{SSHA}", 24, true),
            ("{SMD5}", 17, true),
            ("{SSHA512}", 64, false),
            ("{CRYPT}", 20, false),
        ] {
            let hash = [scheme.as_bytes(), &base64::encode(&vec![7; len])].concat();
            assert_eq!(matches!(check(&hash), Verdict::Plausible(_)), good, "{scheme} {len}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
