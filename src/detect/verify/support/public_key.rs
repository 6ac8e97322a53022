//! Public keys from private ones, on the curves that keys in short forms are of.

use curve25519_dalek::{EdwardsPoint, MontgomeryPoint};
use p256::elliptic_curve::sec1::ToSec1Point;
use sha2::{Digest, Sha512};

/// The public key of an Ed25519 seed (RFC 8032, section 5.1.5).
#[must_use]
pub(in crate::detect::verify) fn ed25519(seed: &[u8; 32]) -> [u8; 32] {
    let digest = Sha512::digest(seed);
    let mut scalar = [0; 32];
    scalar.copy_from_slice(&digest[..32]);
    EdwardsPoint::mul_base_clamped(scalar).compress().to_bytes()
}

/// The public key of X25519 (RFC 7748, section 6.1).
#[must_use]
pub(in crate::detect::verify) fn x25519(private: &[u8; 32]) -> [u8; 32] {
    MontgomeryPoint::mul_base_clamped(*private).to_bytes()
}

/// The public point on P-256, uncompressed as SEC 1 has it: `4`, then 32 bytes of each coordinate. Nothing for what is
/// no number below the curve's order.
#[must_use]
pub(in crate::detect::verify) fn p256(private: &[u8]) -> Option<Vec<u8>> {
    // The crate would take shorter ones.
    let key = p256::SecretKey::from_slice(Some(private).filter(|private| private.len() == 32)?).ok()?;
    Some(key.public_key().to_sec1_point(false).as_bytes().to_vec())
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
        assert_eq!(x25519(&nine)[..4], [0x42, 0x2c, 0x8e, 0x7a]);
    }

    #[test]
    fn the_point_of_one_is_the_base_point() {
        let mut one = [0; 32];
        one[31] = 1;
        let point = p256(&one).unwrap();
        // FIPS 186-4, appendix D.1.2.3.
        assert_eq!((point.len(), &point[..5]), (65, &[4, 0x6b, 0x17, 0xd1, 0xf2][..]));
        assert_eq!(p256(&[0; 32]), None);
        assert_eq!(p256(&[0xff; 32]), None);
        assert_eq!(p256(&[1; 31]), None);
    }
}
