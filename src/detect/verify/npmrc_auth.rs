//! `_auth` and `_password` of .npmrc: base64 of user and password, and of the password alone.
//!
//! npm's documentation of npmrc says so. What is no text in base64 is mostly another tool's.

use std::ops::Range;

use super::jwt::shown;
use super::support::{base64, random};
use super::{Surroundings, Verdict, Verification};

fn text(value: &[u8]) -> Option<String> {
    String::from_utf8(base64::decode(value)?).ok().filter(|text| !text.contains(char::is_control))
}

pub(super) fn check(value: &[u8]) -> Verdict {
    match text(value) {
        Some(_) => Verdict::plausible("base64 of a text"),
        None => Verdict::Doubtful(Verification { what: "no text in base64".to_owned(), facts: Vec::new() }),
    }
}

pub(super) fn seal(value: &mut Vec<u8>) {
    let password = hex::encode(random::bytes(value, "password", 10));
    *value = base64::encode(format!("build:{password}").as_bytes());
}

/// The user that `_auth` names.
pub(super) fn beside(found: &[u8], whole: &Range<usize>) -> Surroundings {
    let found = &found[whole.clone()];
    let value = found.strip_prefix(b"_auth").and_then(|rest| {
        let start = rest.iter().position(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))?;
        text(&rest[start..])
    });
    let user = value.as_deref().and_then(|text| text.split_once(':')).and_then(|(user, _)| shown(user));
    Surroundings::default().with_fact("user", user.map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn users_are_told_where_there_is_one() {
        for value in samples::sealed("configuration-file-npmrc-basic-auth", 20) {
            assert!(matches!(check(&value), Verdict::Plausible(_)));
            let told = |name: &str| {
                let line = [name.as_bytes(), b" = ", &value].concat();
                beside(&line, &(0..line.len())).facts.into_iter().map(|fact| fact.value).collect::<Vec<_>>()
            };
            assert_eq!(told("_auth"), ["build"]);
            assert!(told("_password").is_empty());
        }
        assert!(matches!(check(&base64::encode(&[0xff; 12])), Verdict::Doubtful(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
