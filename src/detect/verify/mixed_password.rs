//! Passwords in places where names and words stand as well: what [`written_password`](super::written_password) lets pass
//! is doubtful unless its characters are mixed as those of names are not, or it is made of words as people make theirs.
//! No proof, so it confirms nothing.

use super::{Verdict, written_password};
use crate::detect::chosen;

pub(super) fn check(password: &[u8]) -> Verdict {
    match written_password::check(password) {
        Verdict::Plausible(verification) if !is_made_as_passwords_are(password) => Verdict::Doubtful(verification),
        verdict => verdict,
    }
}

fn is_made_as_passwords_are(password: &[u8]) -> bool {
    chosen::is_mixed(password)
        || chosen::is_worded(password)
        || chosen::is_passphrase(password)
        || chosen::is_weak(password) && password.iter().any(|b| b"!@#$%&*".contains(b))
        // `row-activated`: names of events and of settings have no capitals.
        || chosen::is_personal(password)
            && (password.iter().any(|b| !b.is_ascii_alphabetic() && !matches!(b, b'-' | b'_' | b'.'))
                || password.iter().any(u8::is_ascii_uppercase) && password.iter().any(|b| !b.is_ascii_alphabetic()))
}

pub(super) fn seal(password: &mut Vec<u8>) {
    written_password::seal_for(check, password);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_doubtful_and_words_are_rejected() {
        assert!(matches!(check(["gFb51yBM", "!a2rog"].concat().as_bytes()), Verdict::Plausible(_)));
        assert!(matches!(check(b"newValue1"), Verdict::Doubtful(_)));
        assert!(matches!(check(b"row-activated"), Verdict::Doubtful(_)));
        assert!(matches!(check(b"settings.value"), Verdict::Rejected(_)));
    }

    #[test]
    fn what_is_sealed_passes() {
        for text in ["some-words-here", "abcdefghij", "kjhgfdsaqw"] {
            let mut password = text.as_bytes().to_vec();
            seal(&mut password);
            assert!(matches!(check(&password), Verdict::Plausible(_)), "{}", String::from_utf8_lossy(&password));
        }
    }
}
