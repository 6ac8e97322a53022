//! CRC-32 (IEEE) as providers write it behind a token: in base62, in several orders of its digits.

/// Digits of base62 as most providers have them: capitals before small letters.
pub(in crate::detect::verify) const CAPITALS_FIRST: &[u8; 62] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// The other order: small letters before capitals.
pub(in crate::detect::verify) const SMALL_FIRST: &[u8; 62] =
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// So many digits hold any CRC-32.
pub(in crate::detect::verify) const BASE62_LEN: usize = 6;

/// The CRC-32 of `bytes` in base62, most significant digit first, padded with `0` to six digits.
#[must_use]
pub(in crate::detect::verify) fn base62(bytes: &[u8], digits: &[u8; 62]) -> [u8; BASE62_LEN] {
    let mut rest = crc32fast::hash(bytes) as usize;
    let mut written = [b'0'; BASE62_LEN];
    for digit in written.iter_mut().rev() {
        *digit = digits[rest % 62];
        rest /= 62;
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_padded_and_most_significant_first() {
        // The check value of CRC-32 for `123456789` is 0xcbf43926, in base62 the digits 3 45 35 27 22 14.
        assert_eq!(&base62(b"123456789", CAPITALS_FIRST), b"3jZRME");
        assert_eq!(&base62(b"123456789", SMALL_FIRST), b"3Jzrme");
        assert_eq!(&base62(b"", SMALL_FIRST), b"000000");
    }
}
