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
