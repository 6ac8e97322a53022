//! Base58Check: base58 with the first four bytes of a double SHA-256 at the end, as Bitcoin and the XRP Ledger write
//! keys.

use bs58::Alphabet;
use sha2::{Digest, Sha256};

const CHECK_LEN: usize = 4;

fn checksum(payload: &[u8]) -> Vec<u8> {
    Sha256::digest(Sha256::digest(payload))[..CHECK_LEN].to_vec()
}

/// The bytes in front of the checksum; `None` where the text is no base58 or the checksum is wrong.
#[must_use]
pub(in crate::detect::verify) fn decode(text: &[u8], alphabet: &Alphabet) -> Option<Vec<u8>> {
    let mut bytes = bs58::decode(text).with_alphabet(alphabet).into_vec().ok()?;
    let at = bytes.len().checked_sub(CHECK_LEN)?;
    let fits = checksum(&bytes[..at]) == bytes[at..];
    bytes.truncate(at);
    fits.then_some(bytes)
}

/// Text with its checksum.
#[must_use]
pub(in crate::detect::verify) fn encode(payload: &[u8], alphabet: &Alphabet) -> Vec<u8> {
    bs58::encode([payload, &checksum(payload)].concat()).with_alphabet(alphabet).into_vec()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn checksums_are_those_of_bitcoin() {
        // The address that the first block pays to, a public one: version 0 and twenty bytes.
        let payload = decode(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", Alphabet::BITCOIN).unwrap_or_default();
        assert_eq!(payload.len(), 21);
        assert_eq!(decode(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", Alphabet::BITCOIN), None);
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(payload in proptest::collection::vec(any::<u8>(), 1..90)) {
            for alphabet in [Alphabet::BITCOIN, Alphabet::RIPPLE] {
                prop_assert_eq!(decode(&encode(&payload, alphabet), alphabet), Some(payload.clone()));
            }
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = decode(&bytes, Alphabet::BITCOIN);
        }
    }
}
