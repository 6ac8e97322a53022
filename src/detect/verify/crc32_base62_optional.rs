//! The checksum of [`crc32_base62`](super::crc32_base62) or one of its relatives, where tokens without it are in use
//! too or where it is not known for certain: Polar's tokens from before it was added, Vercel's, the younger kinds of
//! Apify, Datadog and Deno, GitHub's refresh tokens.
//!
//! A fitting checksum confirms a token; one that does not fit says nothing against it. That one of the four forms fits
//! by chance happens once in ten thousand million times.

use super::support::crc32::{BASE62_LEN, CAPITALS_FIRST, SMALL_FIRST, base62};
use super::{Verdict, crc32_base62};

/// Whether the last characters are a checksum of what stands in front of them: of all of it, or of what follows the
/// prefix, in either order of the digits.
fn fits(token: &[u8]) -> bool {
    let Some((body, sum)) = token.split_last_chunk::<BASE62_LEN>() else { return false };
    let behind_prefix = body.iter().rposition(|&b| b == b'_').map_or(body, |mark| &body[mark + 1..]);
    let summed = |part: &[u8]| [CAPITALS_FIRST, SMALL_FIRST].into_iter().any(|digits| base62(part, digits) == *sum);
    !behind_prefix.is_empty() && (summed(behind_prefix) || summed(body))
}

pub(super) fn check(token: &[u8]) -> Verdict {
    if fits(token) { Verdict::confirmed("CRC-32 checksum") } else { Verdict::plausible("token form; no checksum fits") }
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
        for rule in ["vercel-personal-access-token", "polar-webhook-secret", "apify-ui-token", "github-refresh-token"] {
            for token in samples::sealed(rule, 20) {
                assert!(matches!(check(&token), Verdict::Confirmed(_)));
                for changed in samples::changed(rule, &token) {
                    assert!(matches!(check(&changed), Verdict::Plausible(_)));
                }
            }
        }
    }

    #[test]
    fn each_form_of_the_checksum_fits() {
        for (summed, digits) in [
            ("a_123456789", CAPITALS_FIRST),
            ("a_123456789", SMALL_FIRST),
            ("123456789", CAPITALS_FIRST),
            ("123456789", SMALL_FIRST),
        ] {
            let token = [b"a_123456789", &base62(summed.as_bytes(), digits)[..]].concat();
            assert!(matches!(check(&token), Verdict::Confirmed(_)), "{summed}");
        }
        assert!(!fits(&base62(b"", CAPITALS_FIRST)) && !fits(b"_000000"));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
