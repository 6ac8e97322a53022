//! Microsoft's identifiable keys, version 1 (HIS v1): storage accounts, Cosmos DB, Batch, Redis, Service Bus and more.
//!
//! A key is random bytes, a signature of four base64 characters that names the service, and a [Marvin32](marvin32)
//! checksum in its last four bytes; the checksum's seed tells keys of one service apart. Signatures, positions and
//! seeds: documentation of github.com/microsoft/security-utilities.

use super::Verdict;
use super::support::{base64, marvin32};

/// A service's signature.
struct Signature {
    text: &'static [u8; 4],
    /// Names of seeds and what a key with that seed is for.
    seeds: &'static [(&'static [u8; 8], &'static str)],
    /// Whether the seeds are known to be complete: only then does a checksum that fits none of them rule the key out.
    complete: bool,
}

const RIGHTS: &[(&[u8; 8], &str)] =
    &[(b"Send0000", "send"), (b"Listen00", "listen"), (b"Manage00", "manage"), (b"System00", "system")];

const SIGNATURES: &[Signature] = &[
    Signature { text: b"+ASt", seeds: &[(b"Default0", "account key")], complete: true },
    Signature { text: b"+ABa", seeds: &[(b"AbAcct00", "account key")], complete: true },
    Signature { text: b"+AMC", seeds: &[(b"Classic0", "web service")], complete: true },
    Signature { text: b"+ACR", seeds: &[(b"ACRDflt0", "registry password")], complete: true },
    Signature {
        text: b"APIM",
        seeds: &[
            (b"IoTHub00", "subscription"),
            (b"Tenant00", "direct management"),
            (b"Gatewy00", "gateway"),
            (b"GitKey00", "repository"),
        ],
        complete: true,
    },
    Signature {
        text: b"ACDb",
        seeds: &[
            (b"MastRW00", "read and write"),
            (b"MastRO00", "read"),
            (b"SysAll00", "system, all"),
            (b"SystRW00", "system, read and write"),
            (b"SystRO00", "system, read"),
            (b"Resour00", "resource"),
            (b"Encryp00", "encryption"),
        ],
        complete: true,
    },
    Signature { text: b"AzCa", seeds: &[(b"Access00", "access key")], complete: false },
    Signature { text: b"AZEG", seeds: &[(b"SendRecv", "send and receive")], complete: false },
    Signature { text: b"+AEh", seeds: RIGHTS, complete: false },
    Signature { text: b"+ARm", seeds: RIGHTS, complete: false },
    Signature { text: b"+ASb", seeds: RIGHTS, complete: false },
    Signature {
        text: b"AIoT",
        seeds: &[(b"IoTHub00", "hub"), (b"Device00", "device"), (b"DpsKey00", "device provisioning")],
        complete: false,
    },
    Signature { text: b"AzSe", seeds: &[(b"Query000", "query"), (b"PAdmin00", "admin")], complete: false },
    Signature {
        text: b"AzFu",
        seeds: &[(b"Functi00", "function"), (b"System00", "system"), (b"Master00", "host master")],
        complete: false,
    },
];

/// Bytes of the checksum.
const CHECK_LEN: usize = 4;

/// The signature that a key of this length has at its place.
fn signature(token: &[u8]) -> Option<&'static Signature> {
    let unpadded = token.len() - token.iter().rev().take_while(|&&b| b == b'=').count();
    let at = match unpadded {
        86 => 76,
        43 => 33,
        52 => 42,
        54 => 44,
        _ => return None,
    };
    SIGNATURES.iter().find(|signature| token[at..at + 4] == *signature.text)
}

/// Whether the key is one of those that this family judges.
pub(super) fn is_signed(token: &[u8]) -> bool {
    signature(token).is_some()
}

/// Redis keys and those of AI Search hold letters and digits only; what the encoding makes of the checksum is
/// replaced.
fn alphanumeric(text: &[u8]) -> Vec<u8> {
    text.iter()
        .map(|&b| match b {
            b'+' => b'P',
            b'/' => b'F',
            other => other,
        })
        .collect()
}

/// What the key is for, by the seed that fits.
fn purpose(token: &[u8], signature: &Signature) -> Option<&'static str> {
    let decoded = base64::decode(token)?;
    let (payload, check) = decoded.split_at_checked(decoded.len().checked_sub(CHECK_LEN)?)?;
    signature.seeds.iter().find_map(|(seed, purpose)| {
        let expected = marvin32::hash(payload, marvin32::seed(seed)).to_le_bytes();
        let fits = check == expected || {
            signature.text == b"AzCa" && alphanumeric(&base64::encode(&[payload, &expected].concat())) == token
        };
        fits.then_some(*purpose)
    })
}

pub(super) fn check(token: &[u8]) -> Verdict {
    let Some(signature) = signature(token) else {
        return Verdict::Rejected("there is no service's signature at its place");
    };
    match purpose(token, signature) {
        Some(purpose) => Verdict::confirmed("Marvin32 checksum").with_fact("purpose", purpose),
        None if signature.complete => Verdict::Rejected("the Marvin32 checksum is wrong"),
        None => Verdict::plausible("service signature"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let Some((signature, mut decoded)) = signature(token).zip(base64::decode(token)) else { return };
    let (padding, url_safe) = (token.iter().filter(|&&b| b == b'=').count(), signature.text == b"AzFu");
    let Some(body) = decoded.len().checked_sub(CHECK_LEN) else { return };
    // Where the pattern allows letters and digits only, another random byte is tried until the checksum has no others.
    for attempt in 0..=u8::MAX {
        decoded[0] = decoded[0].wrapping_add(u8::from(attempt > 0));
        let sum = marvin32::hash(&decoded[..body], marvin32::seed(signature.seeds[0].0));
        decoded[body..].copy_from_slice(&sum.to_le_bytes());
        let mut text = base64::encode(&decoded);
        text.truncate(text.iter().position(|&b| b == b'=').unwrap_or(text.len()));
        text.resize(text.len() + padding, b'=');
        if url_safe {
            for b in &mut text {
                *b = match *b {
                    b'+' => b'-',
                    b'/' => b'_',
                    other => other,
                };
            }
        }
        let fits = signature.text != b"AzSe" || text.iter().all(u8::is_ascii_alphanumeric);
        *token = text;
        if fits {
            return;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    const RULES: [&str; 14] = [
        "azure-apim-key",
        "azure-batch-key",
        "azure-container-registry-key",
        "azure-cosmosdb-key",
        "azure-event-grid-key",
        "azure-event-hub-key",
        "azure-function-key",
        "azure-iot-hub-key",
        "azure-ml-classic-key",
        "azure-redis-key",
        "azure-relay-key",
        "azure-search-key",
        "azure-service-bus-key",
        "azure-storage-account-key",
    ];

    #[test]
    fn sealed_keys_are_confirmed() {
        for rule in RULES {
            for token in samples::sealed(rule, 50) {
                let Verdict::Confirmed(verification) = check(&token) else { panic!("{rule}: {:?}", check(&token)) };
                assert_eq!(verification.facts[0].name, "purpose");
            }
        }
    }

    #[test]
    fn a_changed_character_is_noticed() {
        for rule in RULES {
            for token in samples::sealed(rule, 5) {
                for changed in samples::changed(rule, &token) {
                    // Two seeds of Cosmos DB differ in the half that the first word is added to, so a change there can
                    // make a key of the other purpose; it cannot make one of the same.
                    assert_ne!(check(&changed), check(&token), "{rule}");
                }
            }
        }
        for token in samples::sealed("azure-storage-account-key", 5) {
            for changed in samples::changed("azure-storage-account-key", &token) {
                assert!(matches!(check(&changed), Verdict::Rejected(_)));
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }

        #[test]
        fn no_text_like_a_key_panics(text in "[0-9A-Za-z+/]{33}(\\+ASb|AIoT)[0-9A-Za-z+/=]{5,7}") {
            check(text.as_bytes());
            seal(&mut text.into_bytes());
        }
    }
}
