//! Keys that are the base64 of a readable text: a UUID (OneSignal's older keys, PubNub's secret keys), 26 letters or
//! digits and a UUID joined by a colon (NVIDIA NGC), or two times 32 hexadecimal digits joined by a colon (Mailjet's
//! key and secret as a header has them).
//!
//! The length of the text tells which of them it should be. Random text decodes to none of them.

use super::Verdict;
use super::support::{base64, random};

/// PubNub writes this in front of the base64.
const PUBNUB: &[u8] = b"sec-c-";

/// What a text is, by its length in bytes.
#[derive(Clone, Copy)]
enum Form {
    Uuid,
    IdAndUuid,
    TwoHalves,
}

impl Form {
    fn of(len: usize) -> Option<Form> {
        match len {
            36 => Some(Form::Uuid),
            63 => Some(Form::IdAndUuid),
            65 => Some(Form::TwoHalves),
            _ => None,
        }
    }

    fn fits(self, text: &[u8]) -> bool {
        let is_hex = |half: &[u8]| half.len() == 32 && half.iter().all(u8::is_ascii_hexdigit);
        let colon = |at: usize| text.get(at) == Some(&b':');
        match self {
            Form::Uuid => is_uuid(text),
            Form::IdAndUuid => colon(26) && text[..26].iter().all(u8::is_ascii_alphanumeric) && is_uuid(&text[27..]),
            Form::TwoHalves => colon(32) && is_hex(&text[..32]) && is_hex(&text[33..]),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Form::Uuid => "base64 of a UUID",
            Form::IdAndUuid => "base64 of an id and a UUID",
            Form::TwoHalves => "base64 of a key and its secret",
        }
    }
}

fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(i, &b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

pub(super) fn check(key: &[u8]) -> Verdict {
    let Some(text) = base64::decode(key.strip_prefix(PUBNUB).unwrap_or(key)) else {
        return Verdict::Rejected("the key is no base64");
    };
    match Form::of(text.len()) {
        Some(form) if form.fits(&text) => Verdict::plausible(form.name()),
        _ => Verdict::Rejected("the key is not the base64 of a text of its form"),
    }
}

pub(super) fn seal(key: &mut Vec<u8>) {
    let prefix = if key.starts_with(PUBNUB) { PUBNUB } else { b"" };
    let hex = hex::encode(random::bytes(key, "text", 48));
    let uuid = |hex: &str| format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32]);
    let text = match (key.len() - prefix.len()) / 4 * 3 {
        36 => uuid(&hex),
        63 => format!("{}:{}", &hex[32..58], uuid(&hex)),
        _ => format!("{}:{}", &hex[..32], &hex[32..64]),
    };
    *key = [prefix, &base64::encode(text.as_bytes())].concat();
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn keys_of_each_form_are_read() {
        for (rule, what) in [
            ("onesignal-rest-api-key-legacy", "base64 of a UUID"),
            ("pubnub-secret-key", "base64 of a UUID"),
            ("nvidia-ngc-legacy-api-key", "base64 of an id and a UUID"),
            ("mailjet-api-key-and-secret-as-basic-auth", "base64 of a key and its secret"),
        ] {
            for key in samples::sealed(rule, 20) {
                assert_eq!(check(&key), Verdict::plausible(what), "{rule}");
                assert!(matches!(check(&key[..key.len() - 4]), Verdict::Rejected(_)));
            }
        }
    }

    #[test]
    fn other_texts_are_rejected() {
        for text in ["", "6f1c4c2e-0000-4000-8000-00000000000g", "6f1c4c2e+0000-4000-8000-000000000000"] {
            assert!(matches!(check(&base64::encode(text.as_bytes())), Verdict::Rejected(_)), "{text}");
        }
        let halves = format!("{}:{}", "0f".repeat(16), "1e".repeat(16));
        assert!(matches!(check(&base64::encode(halves.as_bytes())), Verdict::Plausible(_)));
        assert!(matches!(check(&base64::encode(halves.replace(':', "0").as_bytes())), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn random_text_is_rejected(text in "[0-9A-Za-z]{48}|[0-9A-Za-z]{84}|[0-9A-Za-z]{88}") {
            prop_assert!(matches!(check(text.as_bytes()), Verdict::Rejected(_)));
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            check(&bytes);
        }
    }
}
