//! Private members of JSON Web Keys (RFC 7517): `d` or `k` in base64url. Beside it the object says what key it is;
//! where its public point follows from `d`, the key is confirmed (P-256, Ed25519 and X25519: RFC 7518, section 6.2, RFC
//! 8037).

use std::ops::Range;

use base64::Engine;

use super::support::base64::BASE64URL;
use super::support::fields::Fields;
use super::{Surroundings, Verdict};
use crate::public_key::curve;

pub(super) fn check(member: &[u8]) -> Verdict {
    match BASE64URL.decode(member) {
        Ok(_) => Verdict::plausible("JSON Web Key member"),
        Err(_) => Verdict::Rejected("it is no base64url"),
    }
}

pub(super) fn seal(member: &mut Vec<u8>) {
    // No number of bytes has 4n + 1 characters.
    if member.len() % 4 == 1 {
        member.pop();
    }
}

/// What the key is, by the members beside the private one.
pub(super) fn beside(text: &[u8], whole: &Range<usize>) -> Surroundings {
    let fields = Fields::around(text, whole);
    let curve = fields.get("crv");
    let fits = curve.as_deref().zip(fields.get("x")).is_some_and(|(curve, x)| {
        let decoded = |text: &str| BASE64URL.decode(text).ok();
        let private = text[whole.clone()].rsplit(|&b| b == b'"').nth(1).and_then(|d| BASE64URL.decode(d).ok());
        let (Some(private), Some(x)) = (private, decoded(&x)) else { return false };
        match (curve, <[u8; 32]>::try_from(private.as_slice())) {
            ("Ed25519", Ok(seed)) => curve::ed25519(&seed)[..] == x,
            ("X25519", Ok(private)) => curve::x25519(private)[..] == x,
            ("P-256", Ok(_)) => {
                let y = fields.get("y").and_then(|y| decoded(&y));
                y.is_some_and(|y| curve::point(curve::P256, &private).is_some_and(|point| point[1..] == [x, y].concat()))
            }
            _ => false,
        }
    });
    Surroundings { proof: fits.then_some("private key of the public key beside it"), ..Surroundings::default() }
        .with_fact("kind", fields.get("kty"))
        .with_fact("curve", curve)
        .with_fact("key id", fields.get("kid"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    fn read(curve: &str, private: &[u8], x: &[u8], y: &[u8]) -> Surroundings {
        let coded = |bytes: &[u8]| BASE64URL.encode(bytes);
        let (x, y) = (coded(x), coded(y));
        let start = format!(r#"{{"kty": "OKP", "crv": "{curve}", "kid": "k-1", "y": "{y}", "#);
        let key = format!(r#""d": "{}""#, coded(private));
        let whole = start.len()..start.len() + key.len();
        beside(format!(r#"{start}{key}, "x": "{x}"}}"#).as_bytes(), &whole)
    }

    #[test]
    fn the_public_key_beside_a_private_one_confirms_it() {
        let private = [9; 32];
        let point = curve::point(curve::P256, &private).unwrap();
        for (curve, x, y) in [
            ("Ed25519", curve::ed25519(&private).to_vec(), Vec::new()),
            ("X25519", curve::x25519(private).to_vec(), Vec::new()),
            ("P-256", point[1..33].to_vec(), point[33..].to_vec()),
        ] {
            let found = read(curve, &private, &x, &y);
            assert!(found.proof.is_some(), "{curve}");
            let facts: Vec<(&str, &str)> =
                found.facts.iter().map(|fact| (fact.name.as_str(), fact.value.as_str())).collect();
            assert_eq!(facts, [("kind", "OKP"), ("curve", curve), ("key id", "k-1")]);
            for other in
                [read(curve, &[8; 32], &x, &y), read(curve, &private[1..], &x, &y), read("P-384", &private, &x, &y)]
            {
                assert!(other.proof.is_none(), "{curve}");
            }
        }
    }

    #[test]
    fn members_are_base64url() {
        for key in samples::sealed("private-key-json-web-key-with-private-part", 20) {
            assert!(matches!(check(&key), Verdict::Plausible(_)));
        }
        assert!(matches!(check(b"a"), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
