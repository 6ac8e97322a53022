//! API tokens of PyPI: a macaroon (libmacaroons' binary format, version 2) in base64url behind `pypi-`.
//!
//! PyPI: "Secret reporting" (docs.pypi.org) and `warehouse.macaroons` (source). The location is the host, the identifier
//! is the token's UUID, which its owner sees in the list of tokens; caveats are JSON and say what the token may do.
//! The signature cannot be checked without PyPI's key.

use base64::Engine;
use serde_json::Value;

use super::Verdict;
use super::support::base64::BASE64URL;
use super::support::{macaroon, time};

const PREFIX: &[u8] = b"pypi-";
const LOCATIONS: [&[u8]; 2] = [b"pypi.org", b"test.pypi.org"];

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// What a caveat says, as a fact's name and value; `None` for what is not known.
fn restriction(caveat: &[u8]) -> Option<(&'static str, String)> {
    let texts = |value: &Value| -> Option<String> {
        let texts: Option<Vec<&str>> = value.as_array()?.iter().map(Value::as_str).collect();
        Some(texts?.join(", "))
    };
    match serde_json::from_slice(caveat).ok()? {
        // The form since 2022: a number for the kind, then its values.
        Value::Array(values) => match (values.first()?.as_u64()?, values.get(1)?) {
            (0, expires) => Some(("expires", time::numeric_date(expires)?)),
            (1, names) => Some(("projects", texts(names)?)),
            (2, ids) => Some(("project ids", texts(ids)?)),
            (3, user) => Some(("user id", user.as_str()?.to_owned())),
            _ => None,
        },
        Value::Object(object) => match (object.get("permissions"), object.get("exp")) {
            (Some(Value::String(everything)), _) => Some(("permissions", everything.clone())),
            (Some(permissions), _) => Some(("projects", texts(permissions.get("projects")?)?)),
            (None, Some(expires)) => Some(("expires", time::numeric_date(expires)?)),
            (None, None) => None,
        },
        _ => None,
    }
}

pub(super) fn check(token: &[u8]) -> Verdict {
    let Some(Ok(bytes)) = token.strip_prefix(PREFIX).map(|body| BASE64URL.decode(body)) else {
        return Verdict::Rejected("the token is no base64url");
    };
    let Some(macaroon) = macaroon::parse(&bytes) else {
        return Verdict::Rejected("the token is no macaroon");
    };
    if !LOCATIONS.contains(&macaroon.location) {
        return Verdict::Rejected("the macaroon is not for PyPI");
    }
    let Some(id) = std::str::from_utf8(macaroon.identifier).ok().filter(|id| is_uuid(id)) else {
        return Verdict::Rejected("the macaroon's identifier is no UUID");
    };
    let mut verdict = Verdict::plausible("macaroon structure").with_fact("key id", id);
    for (name, value) in macaroon.caveats.iter().filter_map(|caveat| restriction(caveat)) {
        verdict = verdict.with_fact(name, value);
    }
    verdict
}

/// A macaroon with that location and caveats; identifier and signature are made of `random`.
fn build(location: &[u8], caveats: &[String], random: &[u8; 48]) -> Vec<u8> {
    let (id, signature) = random.split_at(16);
    let id = hex::encode(id);
    let uuid = [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-");
    macaroon::build(location, uuid.as_bytes(), caveats, signature)
}

pub(super) fn seal(token: &mut Vec<u8>) {
    // The prefixes hold the location: 11 and 16 bytes of the macaroon.
    let location = if token.starts_with(b"pypi-AgEN") { LOCATIONS[1] } else { LOCATIONS[0] };
    let Some(random) = token.last_chunk::<48>().copied() else { return };
    let caveats = [r#"[0,1893557045,1893553445]"#.to_owned(), r#"[1,["example"]]"#.to_owned()];
    *token = PREFIX.to_vec();
    token.extend(BASE64URL.encode(build(location, &caveats, &random)).bytes());
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detect::rule::tests::secrets;

    #[test]
    fn sealed_tokens_say_what_they_may() {
        for rule in ["pypi-api-token", "testpypi-api-token"] {
            for token in secrets(rule) {
                let Verdict::Plausible(verification) = check(&token) else { panic!("{rule} rejected") };
                let facts: Vec<(&str, &str)> =
                    verification.facts.iter().map(|fact| (fact.name.as_str(), fact.value.as_str())).collect();
                assert!(is_uuid(facts[0].1));
                assert_eq!(facts[1..], [("expires", "2030-01-02T04:04:05Z"), ("projects", "example")]);
                for shorter in 1..8 {
                    let cut = &token[..token.len() - shorter];
                    assert!(matches!(check(cut), Verdict::Rejected(_)));
                }
            }
        }
    }

    #[test]
    fn caveats_of_both_generations_are_read() {
        let said = |caveat: &str| restriction(caveat.as_bytes()).map(|(name, value)| format!("{name}: {value}"));
        assert_eq!(said(r#"[1, ["a", "b"]]"#).as_deref(), Some("projects: a, b"));
        assert_eq!(said(r#"[3, "u"]"#).as_deref(), Some("user id: u"));
        assert_eq!(said(r#"{"version": 1, "permissions": "user"}"#).as_deref(), Some("permissions: user"));
        assert_eq!(said(r#"{"version": 1, "permissions": {"projects": ["a"]}}"#).as_deref(), Some("projects: a"));
        assert_eq!(said(r#"{"nbf": 0, "exp": 2000000000}"#).as_deref(), Some("expires: 2033-05-18T03:33:20Z"));
        for unknown in ["[9, 9]", "[]", "{}", "7", "", "[0, \"x\"]"] {
            assert_eq!(said(unknown), None);
        }
    }

    #[test]
    fn other_macaroons_are_rejected() {
        let token = |bytes: &[u8]| [PREFIX, BASE64URL.encode(bytes).as_bytes()].concat();
        let good = build(LOCATIONS[0], &[], &[7; 48]);
        assert!(matches!(check(&token(&good)), Verdict::Plausible(_)));
        assert!(matches!(check(&token(&build(b"example.org", &[], &[7; 48]))), Verdict::Rejected(_)));
        assert!(matches!(check(&token(&[&good[..], b"x"].concat())), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = check(&bytes);
            let _ = restriction(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
