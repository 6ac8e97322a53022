//! The checksum of [`crc32_base62`] where tokens without it are in use too: Polar's tokens from before it was added,
//! and Vercel's, for whose kinds it is not known for all.
//!
//! A fitting checksum confirms a token; one that does not fit says nothing against it.

use super::{Verdict, crc32_base62};

pub(super) fn check(token: &[u8]) -> Verdict {
    match crc32_base62::check(token) {
        Verdict::Rejected(_) => Verdict::plausible("token form; no checksum fits"),
        fits => fits,
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    crc32_base62::seal(token);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_checksum_confirms_and_nothing_rejects() {
        for rule in ["vercel-personal-access-token", "polar-webhook-secret"] {
            for token in samples::sealed(rule, 20) {
                assert!(matches!(check(&token), Verdict::Confirmed(_)));
                for changed in samples::changed(rule, &token) {
                    assert!(matches!(check(&changed), Verdict::Plausible(_)));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
