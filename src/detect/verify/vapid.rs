//! Private keys of Web Push (VAPID, RFC 8292): a number below the order of P-256, in base64url. The public key is 65
//! bytes, and where it stands near the private one and follows from it, the key is confirmed.

use std::ops::Range;

use base64::Engine;

use super::support::base64::BASE64URL;
use super::{Surroundings, Verdict};
use crate::detect::context::{REACH_AFTER, REACH_BEFORE};
use crate::public_key::curve;

/// So long is the base64url of an uncompressed point.
const PUBLIC_LEN: usize = 87;

fn public(private: &[u8]) -> Option<Vec<u8>> {
    // The curve would take shorter ones.
    let private = BASE64URL.decode(private).ok().filter(|private| private.len() == 32)?;
    curve::point(curve::P256, &private)
}

pub(super) fn check(key: &[u8]) -> Verdict {
    match public(key) {
        Some(_) => Verdict::plausible("private key of P-256"),
        None => Verdict::Rejected("it is no private key of P-256"),
    }
}

#[expect(clippy::ptr_arg, reason = "all families have this signature")]
pub(super) fn seal(key: &mut Vec<u8>) {
    // One number in four thousand million lies beyond the order, which begins with 32 ones.
    if let Some(first) = key.first_mut().filter(|first| !first.is_ascii_alphanumeric()) {
        *first = b'A';
    }
}

/// The public key near it.
pub(super) fn beside(text: &[u8], whole: &Range<usize>) -> Surroundings {
    let near = &text[whole.start.saturating_sub(REACH_BEFORE)..(whole.end + REACH_AFTER).min(text.len())];
    let is_digit = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let mut points = near.split(|b| !is_digit(b)).filter(|word| word.len() == PUBLIC_LEN && word[0] == b'B').peekable();
    // To multiply is dear: only where there is something to compare with.
    let own = points.peek().and_then(|_| public(&text[whole.clone()]));
    let fits = own.is_some_and(|own| points.any(|point| BASE64URL.decode(point).is_ok_and(|point| point == own)));
    Surroundings { proof: fits.then_some("private key of the public key beside it"), ..Surroundings::default() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_public_key_beside_a_private_one_confirms_it() {
        for key in samples::sealed("private-key-vapid-private-key", 5) {
            assert!(matches!(check(&key), Verdict::Plausible(_)));
            let own = BASE64URL.encode(public(&key).unwrap());
            let other = BASE64URL.encode(curve::point(curve::P256, &[7; 32]).unwrap());
            for (point, fits) in [(own, true), (other, false), ("B".to_owned(), false)] {
                let text = [format!("VAPID_PUBLIC={point} VAPID_PRIVATE=").as_bytes(), &key].concat();
                let whole = text.len() - key.len()..text.len();
                assert_eq!(beside(&text, &whole).proof.is_some(), fits);
            }
        }
        for wrong in [BASE64URL.encode([0; 32]), BASE64URL.encode([0xff; 32]), "B".repeat(42)] {
            assert!(matches!(check(wrong.as_bytes()), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
