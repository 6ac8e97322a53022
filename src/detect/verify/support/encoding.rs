//! Base64 as keys have it: with padding or without, and whatever the unused bits at the end are.

use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

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
