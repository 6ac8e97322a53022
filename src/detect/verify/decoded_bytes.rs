//! Keys that are so many bytes in base64 or base58 and nothing more: what was checked is their length.

use super::Verdict;
use super::support::base64;

/// What stands in front of the coded bytes, how many there are, and how they begin.
struct Form {
    prefix: &'static [u8],
    lengths: std::ops::RangeInclusive<usize>,
    begins: &'static [u8],
    base58: bool,
}

const fn base64(prefix: &'static [u8], lengths: std::ops::RangeInclusive<usize>, begins: &'static [u8]) -> Form {
    Form { prefix, lengths, begins, base58: false }
}

/// The first one whose prefix fits is meant.
static FORMS: [Form; 8] = [
    base64(b"SWMKEY-1-", 32..=32, b""),
    base64(b"HRKU-", 45..=45, b"\0"),
    base64(b"whsec_", 24..=66, b""),
    base64(b"ptr_", 32..=32, b""),
    base64(b"base64:", 16..=32, b""),
    // JFrog's keys, whose prefix is a part of what is coded, and Unkey's, of a version and a kind.
    Form { prefix: b"", lengths: 54..=54, begins: b"", base58: true },
    Form { prefix: b"unkey_", lengths: 18..=18, begins: b"\x01\x10", base58: true },
    base64(b"", 16..=64, b""),
];

fn form(key: &[u8]) -> Option<&'static Form> {
    FORMS.iter().find(|form| {
        if form.prefix.is_empty() && form.base58 { key.starts_with(b"AKCp") } else { key.starts_with(form.prefix) }
    })
}

pub(super) fn check(key: &[u8]) -> Verdict {
    let Some(form) = form(key) else { return Verdict::Rejected("it has no known form") };
    let coded = &key[form.prefix.len()..];
    let bytes = if form.base58 { bs58::decode(coded).into_vec().ok() } else { base64::decode(coded) };
    match bytes {
        Some(bytes) if form.lengths.contains(&bytes.len()) && bytes.starts_with(form.begins) => {
            Verdict::plausible(&format!("{} bytes in {}", bytes.len(), if form.base58 { "base58" } else { "base64" }))
        }
        _ => Verdict::Rejected("it does not decode to as many bytes as such a key has"),
    }
}

pub(super) fn seal(key: &mut Vec<u8>) {
    let Some(form) = form(key) else { return };
    if form.begins.len() == 2 {
        // The prefix leaves open what follows the two bytes.
        let bytes = [form.begins, &super::support::random::bytes(key, "key", 16)].concat();
        key.truncate(form.prefix.len());
        key.extend(bs58::encode(bytes).into_vec());
    } else if !form.base58 {
        // Where the pattern leaves the length open: no number of bytes has 4n + 1 digits, and padding needs a number.
        if form.prefix == b"whsec_" {
            key.retain(|&b| b != b'=');
            if (key.len() - form.prefix.len()) % 4 == 1 {
                key.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn lengths_are_checked() {
        for (rule, what) in [
            ("docker-swarm-unlock-key", "32 bytes in base64"),
            ("heroku-oauth-token", "45 bytes in base64"),
            ("artifactory-api-key", "54 bytes in base58"),
            ("unkey-root-key-dashboard", "18 bytes in base58"),
            ("kraken-private-key", "64 bytes in base64"),
            ("influxdb-api-token", "64 bytes in base64"),
            ("token-format-fernet-key", "32 bytes in base64"),
            ("wireguard-preshared-key", "32 bytes in base64"),
            ("portainer-access-token", "32 bytes in base64"),
        ] {
            for key in samples::sealed(rule, 10) {
                assert_eq!(check(&key), Verdict::plausible(what), "{rule}");
            }
        }
        for wrong in ["SWMKEY-1-AAAA", "HRKU-_AAA", "AKCp1", "unkey_3Z", "whsec_AAAA", "%", ""] {
            assert!(matches!(check(wrong.as_bytes()), Verdict::Rejected(_)), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..90)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
