//! Passwords that people note down beside a user's name, where names of other things stand as well: what
//! [`mixed_password`](super::mixed_password) lets pass is doubtful unless it has a digit, or a mark that no name has. No
//! proof, so it confirms nothing.

use super::{Verdict, mixed_password, written_password};

pub(super) fn check(password: &[u8]) -> Verdict {
    match mixed_password::check(password) {
        Verdict::Plausible(verification) if !password.iter().any(|b| b.is_ascii_digit() || b"!#$%*+=?@^".contains(b)) => {
            Verdict::Doubtful(verification)
        }
        verdict => verdict,
    }
}

pub(super) fn seal(password: &mut Vec<u8>) {
    written_password::seal_for(check, password);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_doubtful() {
        assert!(matches!(check(["gFb51yBM", "!a2rog"].concat().as_bytes()), Verdict::Plausible(_)));
        assert!(matches!(check(b"bookshelf-lantern7"), Verdict::Plausible(_)));
        assert!(!matches!(check(b"bookshelf_lantern"), Verdict::Plausible(_)));
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
