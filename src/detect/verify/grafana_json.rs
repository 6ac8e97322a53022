//! Grafana's keys that are base64 of a JSON object: the older API keys (`k` the key, `n` its name, `id` the
//! organisation) and access policy tokens of Grafana Cloud (`glc_`; `o` the organisation, `n` the name, `k` the key,
//! `m` an object with the region).
//!
//! Grafana's documentation and code (`apikeygen`) describe the first, decoded tokens show the second.

use serde_json::{Value, json};

use super::Verdict;
use super::support::{base64, random};

const CLOUD: &[u8] = b"glc_";
/// Longest name that is shown, in bytes.
const MAX_SHOWN: usize = 100;

fn shown(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let fits = !text.is_empty() && text.len() <= MAX_SHOWN && !text.contains('@');
    (fits && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ')).then_some(text)
}

pub(super) fn check(token: &[u8]) -> Verdict {
    let body = token.strip_prefix(CLOUD).unwrap_or(token);
    let organisation = if body.len() < token.len() { "o" } else { "id" };
    let Some(Ok(object)) = base64::decode(body).map(|bytes| serde_json::from_slice::<Value>(&bytes)) else {
        return Verdict::Rejected("the token is no base64 of JSON");
    };
    if !object["k"].is_string() || object["n"].is_null() || object[organisation].is_null() {
        return Verdict::Rejected("the token has not the fields of a Grafana token");
    }
    let facts = [("name", &object["n"]), ("organisation", &object[organisation]), ("region", &object["m"]["r"])];
    facts.into_iter().filter_map(|(name, value)| Some((name, shown(value)?))).fold(
        Verdict::plausible("Grafana token structure"),
        |verdict, (name, value)| verdict.with_fact(name, value),
    )
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let key = hex::encode(random::bytes(token, "key", 16));
    let (prefix, object) = if token.starts_with(CLOUD) {
        let number = u32::from(random::bytes(token, "organisation", 1)[0]) + 100_000;
        let object = json!({"o": number.to_string(), "n": "stack-reader", "k": key, "m": {"r": "us"}});
        (CLOUD, object.to_string())
    } else {
        // The key comes first, as Grafana writes it.
        (&b""[..], format!("{{\"k\":\"{key}\",\"n\":\"reader\",\"id\":1}}"))
    };
    *token = [prefix, &base64::encode(object.as_bytes())].concat();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn tokens_name_themselves() {
        for token in samples::sealed("grafana-api-key", 20) {
            let expected =
                Verdict::plausible("Grafana token structure").with_fact("name", "reader").with_fact("organisation", "1");
            assert_eq!(check(&token), expected);
            assert!(matches!(check(&token[..token.len() / 2]), Verdict::Rejected(_)));
        }
        for token in samples::sealed("grafana-cloud-access-policy-token", 20) {
            assert!(matches!(check(&token), Verdict::Plausible(found) if found.facts.len() == 3));
            // Without its prefix it lacks the other kind's field.
            assert!(matches!(check(&token[4..]), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60), text in "[A-Za-z0-9]{0,80}") {
            let _ = check(&bytes);
            let _ = check(&[CLOUD, text.as_bytes()].concat());
            let _ = check(&base64::encode(format!("{{\"k\":{text}}}").as_bytes()));
            seal(&mut bytes.clone());
        }
    }
}
