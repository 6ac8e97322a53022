//! Base64 whose alphabet is not known beforehand.

use ::base64::Engine;

use super::encoding::BASE64;

/// The decoded bytes of text in the standard or the URL-safe alphabet; `None` where it is neither.
#[must_use]
pub(in crate::detect::verify) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let standard: Vec<u8> = text
        .iter()
        .map(|&b| match b {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        })
        .collect();
    BASE64.decode(standard).ok()
}

/// Text in the standard alphabet, padded.
#[must_use]
pub(in crate::detect::verify) fn encode(bytes: &[u8]) -> Vec<u8> {
    BASE64.encode(bytes).into_bytes()
}
