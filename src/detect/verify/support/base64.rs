//! Base64 as it stands in keys: padded or not, in either alphabet.

use ::base64::Engine;
use ::base64::alphabet::STANDARD;
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Padding may be missing, and bits behind the last byte may be set: neither changes what the text says.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

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
    LENIENT.decode(standard).ok()
}

/// Text in the standard alphabet, padded.
#[must_use]
pub(in crate::detect::verify) fn encode(bytes: &[u8]) -> Vec<u8> {
    LENIENT.encode(bytes).into_bytes()
}
