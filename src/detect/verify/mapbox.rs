//! Access tokens of Mapbox: `sk.`, `tk.` or `pk.`, a payload in base64url, and a signature.
//!
//! docs.mapbox.com, "Tokens": the payload is a JSON object that names the account (`u`) and the token (`a`). The
//! signature is Mapbox's; nothing checks it offline.

use serde_json::{Map, Value, json};

use super::Verdict;
use super::support::{base64, jwt, random};

fn payload(token: &[u8]) -> Option<Map<String, Value>> {
    let body = token.split(|&b| b == b'.').nth(1)?;
    match serde_json::from_slice(&base64::decode(body)?).ok()? {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

pub(super) fn check(token: &[u8]) -> Verdict {
    let Some(payload) = payload(token) else { return Verdict::Rejected("the token's payload is no JSON object") };
    let text = |name: &str| payload.get(name).and_then(Value::as_str).filter(|value| !value.is_empty());
    match (text("u"), text("a")) {
        (Some(account), id) => {
            let verdict = Verdict::plausible("token structure").with_fact("account", account);
            if let Some(id) = id { verdict.with_fact("token id", id) } else { verdict }
        }
        (None, _) => Verdict::Rejected("the token names no account"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let id = hex::encode(random::bytes(token, "id", 13));
    let made = jwt::encode_part(&json!({"u": "surveyor", "a": &id[..25]}));
    let (Some(first), Some(last)) = (token.iter().position(|&b| b == b'.'), token.iter().rposition(|&b| b == b'.'))
    else {
        return;
    };
    token.splice(first + 1..last.max(first + 1), made);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_account_is_read() {
        for rule in ["mapbox-secret-token", "mapbox-temporary-token", "mapbox-public-token"] {
            for token in samples::sealed(rule, 20) {
                let Verdict::Plausible(verification) = check(&token) else { panic!("{rule}") };
                assert_eq!(verification.facts[0].value, "surveyor");
                assert_eq!(verification.facts[1].name, "token id");
            }
        }
    }

    #[test]
    fn other_payloads_are_rejected() {
        for value in [json!([]), json!({"a": "id"}), json!({"u": ""}), json!({"u": 1})] {
            let token = [b"sk.", &jwt::encode_part(&value)[..], b".signature"].concat();
            assert!(matches!(check(&token), Verdict::Rejected(_)), "{value}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }

        #[test]
        fn no_text_like_a_token_panics(text in "sk\\.eyJ[A-Za-z0-9_-]{0,90}\\.[A-Za-z0-9_-]{22}") {
            check(text.as_bytes());
        }
    }
}
