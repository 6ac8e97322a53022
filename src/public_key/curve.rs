//! The public half of a private key that is a number only: a point of its curve.

use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::montgomery::MontgomeryPoint;
use der::asn1::ObjectIdentifier;
use k256::elliptic_curve::sec1::ToSec1Point as _;
use sha2::{Digest as _, Sha512};

pub(crate) const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
pub(crate) const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
pub(crate) const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
pub(crate) const SECP256K1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.10");

/// The point of a named curve that belongs to a number, without compression.
pub(crate) fn point(curve: ObjectIdentifier, number: &[u8]) -> Option<Vec<u8>> {
    Some(match curve {
        P256 => p256::SecretKey::from_slice(number).ok()?.public_key().to_sec1_point(false).as_bytes().to_vec(),
        P384 => p384::SecretKey::from_slice(number).ok()?.public_key().to_sec1_point(false).as_bytes().to_vec(),
        P521 => p521::SecretKey::from_slice(number).ok()?.public_key().to_sec1_point(false).as_bytes().to_vec(),
        SECP256K1 => k256::SecretKey::from_slice(number).ok()?.public_key().to_sec1_point(false).as_bytes().to_vec(),
        _ => return None,
    })
}

/// The point of Ed25519 (RFC 8032, section 5.1.5) that belongs to a seed.
pub(crate) fn ed25519(seed: &[u8; 32]) -> [u8; 32] {
    let digest = Sha512::digest(seed);
    let mut number = [0; 32];
    number.copy_from_slice(&digest[..32]);
    EdwardsPoint::mul_base_clamped(number).compress().to_bytes()
}

/// The point of X25519 (RFC 7748, section 6.1) that belongs to a number.
pub(crate) fn x25519(number: [u8; 32]) -> [u8; 32] {
    MontgomeryPoint::mul_base_clamped(number).to_bytes()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn public_keys_are_those_of_the_standards() {
        // The key of a seed of zeros is known to everybody.
        assert_eq!(ed25519(&[0; 32])[..4], [0x3b, 0x6a, 0x27, 0xbc]);
        // RFC 7748, section 5.2: what comes of 9 and the base point after one round.
        let mut nine = [0; 32];
        nine[0] = 9;
        assert_eq!(x25519(nine)[..4], [0x42, 0x2c, 0x8e, 0x7a]);
    }

    #[test]
    fn the_point_of_one_is_the_base_point() {
        let mut one = [0; 32];
        one[31] = 1;
        let point = point_of(&one).unwrap();
        // FIPS 186-4, appendix D.1.2.3.
        assert_eq!((point.len(), &point[..5]), (65, &[4, 0x6b, 0x17, 0xd1, 0xf2][..]));
        assert_eq!(point_of(&[0; 32]), None);
        assert_eq!(point_of(&[0xff; 32]), None);
    }

    fn point_of(number: &[u8]) -> Option<Vec<u8>> {
        point(P256, number)
    }
}
