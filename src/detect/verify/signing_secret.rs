//! Secrets that tokens, cookies and sessions are signed with: what [`written_password`](super::written_password) lets pass,
//! and those that people make of words. No proof, so it confirms nothing.

use super::support::random;
use super::{Verdict, written_password};
use crate::detect::chosen;

pub(super) fn check(secret: &[u8]) -> Verdict {
    match written_password::check(secret) {
        _ if chosen::is_worded_secret(secret) => Verdict::plausible("words of somebody's choice"),
        Verdict::Plausible(_) if secret.contains(&b' ') => Verdict::Rejected("words that manuals have"),
        verdict => verdict,
    }
}

/// Words of which samples are made where blanks stand between words.
const WORDS: [&str; 16] = [
    "tulip", "lantern", "mosaic", "harbour", "pepper", "walnut", "meadow", "copper", "violin", "saffron", "glacier",
    "basalt", "thistle", "marble", "orchard", "plaza",
];

pub(super) fn seal(secret: &mut Vec<u8>) {
    if secret.contains(&b' ') {
        let drawn = random::bytes(secret, "words", 6);
        *secret = drawn.iter().map(|&b| WORDS[usize::from(b) % WORDS.len()]).collect::<Vec<_>>().join(" ").into_bytes();
    } else {
        written_password::seal_for(check, secret);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_ones_own_are_told_from_those_of_manuals() {
        for words in [&["this", "Is", "The", "Secret", "Of", "The", "Bakery"][..], &["tulip", "-elephant", "-seven"]] {
            assert!(matches!(check(words.concat().as_bytes()), Verdict::Plausible(_)), "{words:?}");
        }
        for other in ["mySuperSecretKeyForJWT", "your-256-bit-secret", "${JWT_SECRET}", "jwt-signing-secret-key", "keyboard cat"] {
            assert!(matches!(check(other.as_bytes()), Verdict::Rejected(_)), "{other}");
        }
    }

    #[test]
    fn what_is_sealed_passes() {
        for text in ["some words here", "some-words-here", "abcdefghij", "kjhgfdsaqw"] {
            let mut secret = text.as_bytes().to_vec();
            seal(&mut secret);
            assert!(matches!(check(&secret), Verdict::Plausible(_)), "{}", String::from_utf8_lossy(&secret));
        }
    }
}
