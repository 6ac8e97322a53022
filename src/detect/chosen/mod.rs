//! Passwords that people chose: which of them are filled in later, which ones manuals and test set-ups have, and which
//! look like those that somebody uses.
//!
//! One place for this judgement, so that addresses, assignments and command lines are judged alike. Values that were
//! drawn by chance are the business of [`entropy`](super::entropy), and what stands where any key would is that of
//! [`placeholder`](super::placeholder).

mod drawn;
mod personal;
mod phrase;
mod signing;
mod template;
mod usual;
mod worded;

pub use self::drawn::{has_drawn_letters, is_alternating, is_drawn, is_drawn_with_marks, is_mixed, is_of_someone};
pub use self::personal::{is_number_or_walk, is_personal, is_weak};
pub use self::phrase::{is_passphrase, is_sentence};
pub use self::signing::is_worded_secret;
pub use self::template::is_template;
pub use self::usual::{is_base64_of_words, is_usual};
pub use self::worded::is_worded;

/// Whether it is what PostgreSQL or MySQL keeps of a password, where statements take a password, too: `md5` and a digest,
/// `*` and one.
#[must_use]
pub fn is_digest_of_database(value: &[u8]) -> bool {
    let digest = match value.len() {
        35 => value.strip_prefix(b"md5"),
        41 => value.strip_prefix(b"*"),
        _ => None,
    };
    digest.is_some_and(|digest| digest.iter().all(u8::is_ascii_hexdigit))
}

/// `ann@example.com2`, `name@1.2`: an address, or a version of something.
fn is_address(value: &[u8]) -> bool {
    memchr::memchr(b'@', value).is_some_and(|at| value[at..].contains(&b'.')) || is_host(value)
}

/// `api.acme.com`: the name of a host, by the ending that most have.
fn is_host(value: &[u8]) -> bool {
    const ENDINGS: &[&[u8]] = &[b"com", b"org", b"net", b"io", b"dev", b"local", b"lan", b"internal"];
    let label = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-');
    let ending = value.rsplit(|b| *b == b'.').next().unwrap_or_default();
    ending.len() < value.len() && ENDINGS.contains(&ending) && value.iter().all(label)
}
