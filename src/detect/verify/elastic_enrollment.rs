//! Enrollment tokens of Elasticsearch: base64 of a JSON object with the version, the addresses of the cluster, the
//! fingerprint of its certificate and a short-lived API key.

use serde_json::{Map, Value};

use super::Verdict;
use super::jwt::shown;
use super::support::{base64, random};

pub(super) fn check(token: &[u8]) -> Verdict {
    let object: Option<Map<String, Value>> =
        base64::decode(token).and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let Some(object) = object else { return Verdict::Rejected("the token is no base64 of a JSON object") };
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let (Some(addresses), Some(_), Some(key)) = (object.get("adr").and_then(Value::as_array), text("fgr"), text("key"))
    else {
        return Verdict::Rejected("the token has not the fields of an enrollment");
    };
    let addresses = addresses.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
    let id = key.split_once(':').map(|(id, _)| id);
    let facts = [("version", text("ver")), ("addresses", Some(addresses.as_str())), ("key id", id)];
    let known = facts.iter().filter_map(|(name, value)| Some((*name, value.and_then(shown)?)));
    known
        .fold(Verdict::plausible("enrollment token structure"), |verdict, (name, value)| verdict.with_fact(name, value))
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let print = hex::encode(random::bytes(token, "certificate", 32));
    let key = hex::encode(random::bytes(token, "key", 21));
    let (id, key) = key.split_at(20);
    // In this order, since the version has to come first.
    let object = format!(r#"{{"ver":"8.0.0","adr":["192.0.2.1:9200"],"fgr":"{print}","key":"{id}:{key}"}}"#);
    *token = base64::encode(object.as_bytes());
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn tokens_name_the_cluster_and_the_key() {
        for token in samples::sealed("elastic-enrollment-token", 20) {
            let Verdict::Plausible(verification) = check(&token) else { panic!("rejected") };
            let facts: Vec<(&str, usize)> =
                verification.facts.iter().map(|fact| (fact.name.as_str(), fact.value.len())).collect();
            assert_eq!(facts, [("version", 5), ("addresses", 14), ("key id", 20)]);
            assert!(matches!(check(&token[..token.len() - 8]), Verdict::Rejected(_)));
        }
        assert!(matches!(check(&base64::encode(br#"{"ver":"8"}"#)), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
