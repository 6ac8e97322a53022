//! Microsoft's common annotated security keys (CASK): 84 characters, or 88 with padding.
//!
//! 52 random characters, the standard signature `JQQJ9`, `9` (a key), `D` (derived from one) or `H` (its hash), year
//! (`A` is 2024) and month (`A` is January) of creation, 12 characters of the platform, 4 of the provider, the
//! provider's signature, and a checksum over everything before it. The checksum is [Marvin32](marvin32) with the seed
//! `Default0`, its little-endian bytes read as a big-endian number in base62, padded with `0` at the right to six
//! characters, of which the 84-character form keeps four; early keys have plain base64 of the bytes instead. Source:
//! documentation of github.com/microsoft/security-utilities.
//!
//! The layout alone rules chance out, and the checksum has changed its form once: what fits neither form is still
//! reported, only not as confirmed.

use super::Verdict;
use super::support::{base64, marvin32};

/// Characters before the checksum, 60 bytes.
const SUMMED: usize = 80;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Signatures of providers that have a rule of their own, in the case that customers' keys have.
const KNOWN: [&[u8; 4]; 9] = [b"ACOG", b"AZAC", b"AZCS", b"AZDO", b"AZEG", b"AZFR", b"AZMP", b"AZMR", b"MSQL"];

/// The checksum's six characters in today's form and in the early one.
fn checksums(summed: &[u8]) -> Option<[Vec<u8>; 2]> {
    let bytes = marvin32::hash(&base64::decode(summed)?, marvin32::seed(b"Default0")).to_le_bytes();
    let mut rest = u32::from_be_bytes(bytes) as usize;
    let mut base62 = Vec::with_capacity(6);
    while rest > 0 {
        base62.insert(0, DIGITS[rest % 62]);
        rest /= 62;
    }
    base62.resize(6, b'0');
    // Six characters are four bytes and four bits: the text is brought to the form that encodes these bytes.
    let base62 = base64::encode(&base64::decode(&base62)?);
    Some([base62[..6].to_vec(), base64::encode(&bytes)[..6].to_vec()])
}

/// Year and month, where they stand at their places.
fn created(token: &[u8]) -> Option<String> {
    let (year, month) = (*token.get(58)?, *token.get(59)?);
    (year.is_ascii_uppercase() && (b'A'..=b'L').contains(&month))
        .then(|| format!("{}-{:02}", 2024 + u16::from(year - b'A'), month - b'A' + 1))
}

pub(super) fn check(token: &[u8]) -> Verdict {
    let body = token.strip_suffix(b"==").unwrap_or(token);
    let is_whole = matches!((body.len(), token.len()), (84, 84) | (86, 88));
    let Some(created) = created(token).filter(|_| is_whole && &token[52..57] == b"JQQJ9") else {
        return Verdict::Rejected("it is no annotated key");
    };
    let sum = &body[SUMMED..];
    let fits = checksums(&body[..SUMMED]).is_some_and(|sums| sums.iter().any(|expected| expected.starts_with(sum)));
    let verdict = if fits { Verdict::confirmed("Marvin32 checksum") } else { Verdict::plausible("annotated key") };
    let verdict = verdict.with_fact("created", created);
    match token[57] {
        b'D' => verdict.with_fact("kind", "derived key"),
        b'H' => verdict.with_fact("kind", "hash of a key"),
        _ => verdict,
    }
}

/// Whether the provider's signature is one that has a rule of its own.
pub(super) fn is_known(token: &[u8]) -> bool {
    token.get(76..80).is_some_and(|signature| KNOWN.iter().any(|known| known.eq_ignore_ascii_case(signature)))
}

#[expect(clippy::ptr_arg, reason = "all families have this signature")]
pub(super) fn seal(token: &mut Vec<u8>) {
    let Some(sums) = token.get(..SUMMED).and_then(checksums) else { return };
    let kept = if token.ends_with(b"==") { 6 } else { 4 };
    if let Some(place) = token.get_mut(SUMMED..SUMMED + kept) {
        place.copy_from_slice(&sums[0][..kept]);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn sealed_keys_are_confirmed_and_changed_ones_are_not() {
        for rule in ["azure-devops-pat", "azure-openai-key", "azure-ai-services-key", "azure-sql-service-key"] {
            for token in samples::sealed(rule, 20) {
                assert!(matches!(check(&token), Verdict::Confirmed(_)), "{rule}");
                assert!(is_known(&token), "{rule}");
                for changed in samples::changed(rule, &token) {
                    assert!(matches!(check(&changed), Verdict::Plausible(_)), "{rule}");
                }
            }
        }
    }

    #[test]
    fn the_early_checksum_is_accepted() {
        for mut token in samples::sealed("azure-devops-pat", 10) {
            let kept = token.len() - SUMMED - token.iter().filter(|&&b| b == b'=').count();
            let early = checksums(&token[..SUMMED]).unwrap()[1].clone();
            token[SUMMED..SUMMED + kept].copy_from_slice(&early[..kept]);
            assert!(matches!(check(&token), Verdict::Confirmed(_)));
        }
    }

    #[test]
    fn the_date_is_read() {
        let token = [&[b'0'; 52][..], b"JQQJ99BC", &[b'0'; 24][..]].concat();
        let Verdict::Plausible(verification) = check(&token) else { panic!() };
        assert_eq!(verification.facts[0].value, "2025-03");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }

        #[test]
        fn no_text_like_a_key_panics(text in "[0-9A-Za-z]{52}JQQJ9[ -~]{20,32}") {
            check(text.as_bytes());
            seal(&mut text.into_bytes());
        }
    }
}
