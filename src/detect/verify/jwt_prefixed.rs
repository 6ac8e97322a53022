//! JWTs behind a prefix of their issuer: Workato (`wrka-`), and job tokens of GitLab (`glcbt-`), which are older than
//! their being JWTs and have another form as well.

use super::{Verdict, jwt};

/// Where the JWT begins: at the first `eyJ`, where three parts follow.
fn start(token: &[u8]) -> Option<usize> {
    let at = memchr::memmem::find(token, b"eyJ")?;
    (token[at..].iter().filter(|&&b| b == b'.').count() == 2).then_some(at)
}

pub(super) fn check(token: &[u8]) -> Verdict {
    match start(token) {
        Some(at) => jwt::check(&token[at..]),
        None => Verdict::plausible("token form"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    if let Some(at) = start(token) {
        let mut inner = token.split_off(at);
        jwt::seal(&mut inner);
        token.extend(inner);
    }
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn what_follows_the_prefix_is_judged() {
        for rule in ["workato-developer-api-token", "gitlab-job-token"] {
            for token in samples::sealed(rule, 20) {
                let facts = |verdict| match verdict {
                    Verdict::Plausible(verification) => verification.facts.len(),
                    _ => panic!("{rule}"),
                };
                assert_eq!(facts(check(&token)) > 0, token.contains(&b'.'), "{rule}");
            }
        }
        assert!(matches!(check(b"wrka-eyJh.eyJh.x"), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
