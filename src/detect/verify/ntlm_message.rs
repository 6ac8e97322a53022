//! NTLM messages of the third kind in base64: `NTLMSSP`, the kind, and fields that say where in the message they lie.
//! They name the account that logs in; the response to the challenge can be tried against guesses.
//!
//! [MS-NLMP], section 2.2.1.3, "AUTHENTICATE_MESSAGE".

use super::Verdict;
use super::jwt::shown;
use super::support::{base64, random};

const SIGNATURE: &[u8] = b"NTLMSSP\0\x03\0\0\0";
/// Places of the descriptions of fields: a length, the room for it, and where it begins.
const RESPONSES: [usize; 2] = [12, 20];
const NAMES: [(&str, usize); 3] = [("domain", 28), ("user", 36), ("host", 44)];
const FLAGS: usize = 60;
/// The names are in UTF-16.
const UNICODE: u8 = 1;

fn field(message: &[u8], at: usize) -> Option<&[u8]> {
    let [low, high, _, _, start @ ..] = message.get(at..at + 8)? else { return None };
    let start = usize::try_from(u32::from_le_bytes(start.try_into().ok()?)).ok()?;
    message.get(start..start.checked_add(usize::from(u16::from_le_bytes([*low, *high])))?)
}

pub(super) fn check(message: &[u8]) -> Verdict {
    let Some(message) = base64::decode(message) else { return Verdict::Rejected("the message is no base64") };
    let whole = message.starts_with(SIGNATURE)
        && RESPONSES.into_iter().chain(NAMES.map(|(_, at)| at)).all(|at| field(&message, at).is_some());
    if !whole {
        return Verdict::Rejected("the message has not the fields of NTLM's third");
    }
    let wide = message.get(FLAGS).is_some_and(|flags| flags & UNICODE != 0);
    let mut verdict = Verdict::plausible("NTLM message structure");
    for (name, at) in NAMES {
        let bytes = field(&message, at).unwrap_or_default();
        let text = if wide {
            let units = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
            char::decode_utf16(units).collect::<Result<String, _>>().ok()
        } else {
            String::from_utf8(bytes.to_vec()).ok()
        };
        if let Some(text) = text.as_deref().and_then(shown) {
            verdict = verdict.with_fact(name, text);
        }
    }
    verdict
}

pub(super) fn seal(message: &mut Vec<u8>) {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let fields = [
        (12, Vec::new()),
        (20, random::bytes(message, "response", 48)),
        (28, wide("EXAMPLE")),
        (36, wide("build")),
        (44, wide("HOST")),
        (52, Vec::new()),
    ];
    let mut bytes = vec![0; 64];
    bytes[..SIGNATURE.len()].copy_from_slice(SIGNATURE);
    bytes[FLAGS] = UNICODE;
    for (at, content) in fields {
        let len = (content.len() as u16).to_le_bytes();
        let start = (bytes.len() as u32).to_le_bytes();
        bytes[at..at + 8].copy_from_slice(&[&len[..], &len, &start].concat());
        bytes.extend(content);
    }
    *message = base64::encode(&bytes);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn messages_name_the_account() {
        for message in samples::sealed("http-ntlm-message", 10) {
            let expected = Verdict::plausible("NTLM message structure")
                .with_fact("domain", "EXAMPLE")
                .with_fact("user", "build")
                .with_fact("host", "HOST");
            assert_eq!(check(&message), expected);
            // The last field is then cut off.
            assert!(matches!(check(&message[..message.len() - 8]), Verdict::Rejected(_)));
            let mut other = base64::decode(&message).unwrap();
            other[8] = 1;
            assert!(matches!(check(&base64::encode(&other)), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            check(&bytes);
            check(&base64::encode(&[SIGNATURE, &bytes].concat()));
            seal(&mut bytes.clone());
        }
    }
}
