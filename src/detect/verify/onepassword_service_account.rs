//! Service account tokens of 1Password: `ops_` and base64 of a JSON object with the account's address and keys.
//!
//! 1Password's documentation of service accounts names the prefix; the fields are those that decoded tokens show.

use serde_json::{Value, json};

use super::Verdict;
use super::support::{base64, random};

const PREFIX: &[u8] = b"ops_";

pub(super) fn check(token: &[u8]) -> Verdict {
    let object = token
        .strip_prefix(PREFIX)
        .and_then(base64::decode)
        .and_then(|bytes| serde_json::from_slice::<serde_json::Map<String, Value>>(&bytes).ok());
    let Some(object) = object else {
        return Verdict::Rejected("the token is no base64 of a JSON object");
    };
    if !object.contains_key("secretKey") && !object.contains_key("userAuth") {
        return Verdict::Rejected("the token has not the fields of a service account");
    }
    let verdict = Verdict::plausible("service account token structure");
    match object.get("signInAddress").and_then(Value::as_str) {
        Some(address) if address.len() < 100 && address.bytes().all(|b| b.is_ascii_graphic() && b != b'@') => {
            verdict.with_fact("account", address)
        }
        _ => verdict,
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let random = |label| hex::encode(random::bytes(token, label, 32));
    let object = json!({
        "deviceUuid": random("device"),
        "secretKey": random("secret"),
        "signInAddress": "team.1password.example",
        "throttleSecret": {"seed": random("seed")},
    });
    *token = [PREFIX, &base64::encode(object.to_string().as_bytes())].concat();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn tokens_name_their_account() {
        for token in samples::sealed("1password-service-account-token", 20) {
            let expected = Verdict::plausible("service account token structure");
            assert_eq!(check(&token), expected.with_fact("account", "team.1password.example"));
            assert!(matches!(check(&token[4..]), Verdict::Rejected(_)));
            assert!(matches!(check(&token[..token.len() - 8]), Verdict::Rejected(_)));
        }
        let other = [PREFIX, &base64::encode(b"{\"a\":1}")].concat();
        assert!(matches!(check(&other), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = check(&bytes);
            let _ = check(&[PREFIX, &bytes].concat());
            seal(&mut bytes.clone());
        }
    }
}
