//! Tokens of Kubernetes' service accounts: JWTs whose subject is `system:serviceaccount:` with a namespace and a name.
//!
//! Kubernetes' documentation, "Managing Service Accounts".

use base64::Engine;

use super::support::base64::BASE64URL;
use super::support::{jwt as support, random};
use super::{Verdict, jwt};

const SUBJECT: &str = "system:serviceaccount:";

pub(super) fn check(token: &[u8]) -> Verdict {
    let read = match support::decode(token) {
        Ok(read) => read,
        Err(reason) => return Verdict::Rejected(reason),
    };
    let subject = read.text("sub").and_then(|subject| subject.strip_prefix(SUBJECT)).and_then(|it| it.split_once(':'));
    match subject.and_then(|(namespace, account)| Some((jwt::shown(namespace)?, jwt::shown(account)?))) {
        Some((namespace, account)) => jwt::check(token).with_fact("namespace", namespace).with_fact("account", account),
        None => Verdict::Rejected("its subject is no service account"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let part = |json: String| BASE64URL.encode(json);
    let id = hex::encode(random::bytes(token, "id", 20));
    let header = part(format!(r#"{{"alg":"RS256","kid":"{id}"}}"#));
    // In this order, since the issuer has to come first.
    let claims = part(format!(r#"{{"iss":"kubernetes/serviceaccount","sub":"{SUBJECT}build:robot","jti":"{id}"}}"#));
    let signature = BASE64URL.encode(random::bytes(token, "signature", 256));
    *token = [header, claims, signature].join(".").into_bytes();
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn tokens_name_their_account() {
        for token in samples::sealed("configuration-file-kubernetes-service-account-token", 20) {
            let Verdict::Plausible(verification) = check(&token) else { panic!("rejected") };
            let facts: Vec<&str> = verification.facts.iter().map(|fact| fact.value.as_str()).collect();
            assert!(facts.ends_with(&["build", "robot"]), "{facts:?}");
        }
        let other = support::made_of(b"x", &serde_json::json!({"alg": "RS256"}), &serde_json::json!({"sub": "me"}));
        assert!(matches!(check(&other), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
