//! Tokens that run a Cloudflare Tunnel: base64 of a JSON object with account (`a`), tunnel (`t`) and secret (`s`).
//!
//! The fields are those of cloudflared's own `TunnelToken` (github.com/cloudflare/cloudflared, connection package).

use serde_json::Value;

use super::Verdict;
use super::support::{base64, random};

pub(super) fn check(token: &[u8]) -> Verdict {
    let Some(Value::Object(fields)) = base64::decode(token).and_then(|text| serde_json::from_slice(&text).ok()) else {
        return Verdict::Rejected("it is no JSON object");
    };
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let (Some(account), Some(tunnel), Some(secret)) = (text("a"), text("t"), text("s")) else {
        return Verdict::Rejected("it has no account, tunnel and secret");
    };
    let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    if account.len() != 32 || !is_hex(account) || tunnel.len() != 36 || !is_hex(&tunnel.replace('-', "")) {
        return Verdict::Rejected("account or tunnel is no id");
    }
    if base64::decode(secret.as_bytes()).is_none_or(|secret| secret.len() < 16) {
        return Verdict::Rejected("its secret is too short");
    }
    Verdict::plausible("tunnel token").with_fact("account", account).with_fact("tunnel", tunnel)
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let id = hex::encode(random::bytes(token, "id", 32));
    let secret = String::from_utf8_lossy(&base64::encode(&random::bytes(token, "secret", 32))).into_owned();
    let tunnel = [&id[32..40], &id[40..44], &id[44..48], &id[48..52], &id[52..64]].join("-");
    *token = base64::encode(format!(r#"{{"a":"{}","t":"{tunnel}","s":"{secret}"}}"#, &id[..32]).as_bytes());
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn account_and_tunnel_are_read() {
        for token in samples::sealed("cloudflare-tunnel-token", 20) {
            let Verdict::Plausible(verification) = check(&token) else { panic!() };
            assert_eq!(verification.facts[0].value.len(), 32);
            assert!(matches!(check(&token[..token.len() - 8]), Verdict::Rejected(_)));
        }
    }

    #[test]
    fn other_objects_are_refused() {
        for object in [json!({"a": "x"}), json!({"a": "0".repeat(32), "t": "0".repeat(36), "s": "AAAA"}), json!([1])] {
            assert!(matches!(check(&base64::encode(object.to_string().as_bytes())), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            check(&bytes);
            check(&base64::encode(&bytes));
        }
    }
}
