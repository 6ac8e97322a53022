//! Stateless installation tokens of GitHub Apps: `ghs_`, the app's id, `_`, and a JWT that says when it expires.
//!
//! GitHub: changelog of April 2026 on the new format of installation tokens. The signature cannot be checked without
//! GitHub's key.

use super::Verdict;
use super::support::jwt;

/// Splits a token into the app's id and the JWT.
fn split(token: &[u8]) -> Option<(&str, &[u8])> {
    let rest = token.strip_prefix(b"ghs_")?;
    let end = rest.iter().position(|&b| b == b'_')?;
    let (app, jwt) = (&rest[..end], &rest[end + 1..]);
    let app = std::str::from_utf8(app).ok()?;
    (!app.is_empty() && app.bytes().all(|b| b.is_ascii_digit())).then_some((app, jwt))
}

pub(super) fn check(token: &[u8]) -> Verdict {
    let Some((app, rest)) = split(token) else {
        return Verdict::Rejected("the token names no app");
    };
    let jwt = match jwt::decode(rest) {
        Ok(jwt) => jwt,
        Err(reason) => return Verdict::Rejected(reason),
    };
    let mut verdict = Verdict::plausible("JWT structure").with_fact("app", app);
    if let Some(issued) = jwt.issued() {
        verdict = verdict.with_fact("issued", issued);
    }
    match jwt.expires() {
        Some(expires) => verdict.with_fact("expires", expires),
        None => verdict,
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let Some((app, rest)) = split(token) else { return };
    let Some(dot) = rest.iter().rposition(|&b| b == b'.') else { return };
    let signature = &rest[dot + 1..];
    let header = serde_json::json!({"alg": "RS256", "typ": "JWT"});
    let claims = serde_json::json!({"iat": 1_893_553_445, "exp": 1_893_557_045, "sub": format!("app:{app}")});
    let sealed = [b"ghs_", app.as_bytes(), b"_", &jwt::encode(&header, &claims, signature)].concat();
    *token = sealed;
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detect::rule::tests::secrets;

    #[test]
    fn sealed_tokens_name_app_and_expiry() {
        for token in secrets("github-installation-token-stateless") {
            let Verdict::Plausible(verification) = check(&token) else { panic!("rejected") };
            let names: Vec<&str> = verification.facts.iter().map(|fact| fact.name.as_str()).collect();
            assert_eq!(names, ["app", "issued", "expires"]);
            assert!(verification.facts[0].value.bytes().all(|b| b.is_ascii_digit()));
            assert_eq!(verification.facts[2].value, "2030-01-02T04:04:05Z");
            // Without the first character of the header, it is JSON no more.
            let at = token.iter().position(|&b| b == b'e').unwrap_or_default();
            assert!(matches!(check(&[&token[..at], &token[at + 1..]].concat()), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = check(&bytes);
            seal(&mut bytes.clone());
        }

        #[test]
        fn no_text_like_a_token_panics(text in "ghs_[0-9]{0,14}_?[A-Za-z0-9_.-]{0,80}") {
            let _ = check(text.as_bytes());
            seal(&mut text.into_bytes());
        }
    }
}
