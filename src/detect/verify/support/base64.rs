//! Base64 as keys have it: with padding or without, and whatever the unused bits at the end are.

use ::base64::Engine;
use ::base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const fn tolerant(alphabet: &Alphabet, padded: bool) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new()
        .with_encode_padding(padded)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(alphabet, config)
}

/// Base64 (RFC 4648, section 4); writes padding.
pub(in crate::detect::verify) const BASE64: GeneralPurpose = tolerant(&STANDARD, true);

/// Base64url (RFC 4648, section 5); writes no padding.
pub(in crate::detect::verify) const BASE64URL: GeneralPurpose = tolerant(&URL_SAFE, false);

/// The decoded bytes of text in either alphabet; `None` where it is neither.
#[must_use]
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
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
