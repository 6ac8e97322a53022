//! Passwords that a person chose, behind words that say that they are passwords: what manuals and test set-ups have in
//! that place, names, and what is filled in later, are weeded out. No proof, so it confirms nothing.

use super::Verdict;
use super::support::random;
use crate::detect::chosen;

pub(super) fn check(password: &[u8]) -> Verdict {
    // `settings.smtp.password`, `DB_PASS`, `some-name`: words and what joins them.
    let words = password.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b'_' | b'-' | b':' | b'/'));
    let named = words && !chosen::is_drawn(password) && !chosen::has_drawn_letters(password) && !chosen::is_passphrase(password);
    if chosen::is_digest_of_database(password) {
        Verdict::Rejected("it is the digest of a password, which another rule finds")
    } else if memchr::memmem::find(password, b"://").is_some() {
        Verdict::Rejected("it is an address")
    } else if !(chosen::is_personal(password) && (password.len() >= 8 || !words))
        && !chosen::is_weak(password)
        && (named || chosen::is_template(password) || chosen::is_usual(password))
    {
        Verdict::Rejected("it is a usual word, a name, or filled in later")
    } else {
        Verdict::plausible("mixture of characters")
    }
}

pub(super) fn seal(password: &mut Vec<u8>) {
    seal_for(check, password);
}

/// Makes a password that a check takes for plausible.
pub(super) fn seal_for(check: fn(&[u8]) -> Verdict, password: &mut Vec<u8>) {
    // By chance a few have what examples have, too.
    for attempt in ["", "2", "3", "4", "5"] {
        if matches!(check(password), Verdict::Plausible(_)) {
            return;
        }
        // A length that every pattern with this check allows.
        let mut made = hex::encode(random::bytes(password, &format!("password{attempt}"), 10)).into_bytes();
        made.truncate(password.len().clamp(8, 20));
        made[..2].copy_from_slice(b"k7");
        *password = made;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn what_people_write_is_told_from_what_they_choose() {
        for chosen in ["Tr0ub4dor&3", "correct7horse", "x9!kfQ#2", "1f0c3a77"] {
            assert_eq!(check(chosen.as_bytes()), Verdict::plausible("mixture of characters"), "{chosen}");
        }
        for other in ["secret", "changeme1", "${DB_PASS}", "settings.smtp.value", "{{ value1 }}", "admin123", "DB_PASS_2"] {
            assert!(matches!(check(other.as_bytes()), Verdict::Rejected(_)), "{other}");
        }
    }

    #[test]
    fn what_is_sealed_passes_nearly_always() {
        // By chance a few hold a word that only examples have.
        let sealed = (0..500u64).filter(|seed| {
            let mut rng = rand::rngs::StdRng::seed_from_u64(*seed);
            let mut sealed: Vec<u8> = (0..12).map(|_| rng.random_range(b'!'..=b'~')).collect();
            seal(&mut sealed);
            check(&sealed) == Verdict::plausible("mixture of characters")
        });
        assert!(sealed.count() >= 450);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
