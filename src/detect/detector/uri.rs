//! Passwords in addresses: `scheme://user:password@host`.

use super::super::{entropy, placeholder};
use super::Candidate;
use crate::detect::rule::layout::ADDRESS_MARK;
use crate::finding::Confidence;

/// What every such address has.
pub const MARK: &[u8] = ADDRESS_MARK;

/// Longest user information that is looked at, in bytes.
const MAX_USERINFO: usize = 256;

/// Passwords that stand in manuals and test set-ups.
const USUAL: &[&str] = &[
    "pass",
    "passwd",
    "pwd",
    "pw",
    "secret",
    "user",
    "username",
    "test",
    "testing",
    "foo",
    "bar",
    "baz",
    "token",
    "key",
    "admin",
    "root",
    "postgres",
    "guest",
    "mysql",
    "redis",
    "mongo",
    "rabbitmq",
    "hunter2",
    "abc",
    "abc123",
    "123",
    "1234",
    "12345",
    "123456",
    "letmein",
    "qwerty",
    "p4ssw0rd",
    "passw0rd",
    "s3cr3t",
    "s3cret",
    "pass123",
    "test123",
    "admin123",
    "toor",
    "demo",
    "default",
    "none",
    "null",
    "api",
    "apikey",
    "word",
    "p@ss",
    "pass1",
    "qwerty123",
];

/// The password of the address whose [`MARK`] stands at `mark`.
///
/// # Errors
/// Why there is none.
pub fn at(text: &[u8], mark: usize) -> Result<Candidate, &'static str> {
    const NO_PASSWORD: &str = "the address has no password";
    let scheme_len = text[..mark]
        .iter()
        .rev()
        .take(24)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        .count();
    if scheme_len < 2 {
        return Err(NO_PASSWORD);
    }
    let from = mark + MARK.len();
    let rest = &text[from..(from + MAX_USERINFO).min(text.len())];
    let authority = &rest[..rest.iter().position(|&b| ends_authority(b)).unwrap_or(rest.len())];
    let at = memchr::memrchr(b'@', authority).ok_or(NO_PASSWORD)?;
    let colon = memchr::memchr(b':', &authority[..at]).ok_or(NO_PASSWORD)?;
    let (user, password) = (&authority[..colon], &authority[colon + 1..at]);
    let host = &authority[at + 1..];
    let host = &host[..memchr::memchr(b':', host).unwrap_or(host.len())];
    if host.is_empty() || password.len() < 3 || password.len() > 200 || is_template(password) || is_template(host) {
        return Err("the password is too short, too long or filled in elsewhere");
    }
    let span = from + colon + 1..from + at;
    Ok(Candidate::new(span, confidence(user, password, host)))
}

fn ends_authority(b: u8) -> bool {
    b <= b' '
        || matches!(
            b,
            b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b'|' | b',' | b';' | b')' | b']'
        )
}

/// Whether something is filled in later: `${PASSWORD}`, `{{ pass }}`, `%s`, `***`, `[...]`, `:password`. So is what was
/// left out: `…`, as keytrail's own reports show a password.
pub(in crate::detect) fn is_template(value: &[u8]) -> bool {
    let percent = value
        .iter()
        .enumerate()
        .any(|(i, &b)| b == b'%' && !value.get(i + 1..i + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)));
    percent
        // What a report of ours, or of others, has in place of a value.
        || memchr::memmem::find(value, "…".as_bytes()).is_some()
        || value.iter().any(|b| matches!(b, b'$' | b'{' | b'}' | b'<' | b'>' | b'*' | b'[' | b'('))
        || memchr::memmem::find(value, b"..").is_some()
        || memchr::memmem::find(value, "…".as_bytes()).is_some()
}

/// Whether a password is one that manuals and test set-ups have, or no more than a word.
pub(in crate::detect) fn is_usual(password: &[u8]) -> bool {
    let lower = String::from_utf8_lossy(password).to_ascii_lowercase();
    let varied = password.iter().any(|b| !b.is_ascii_alphabetic()) && password.iter().any(u8::is_ascii_alphabetic);
    USUAL.contains(&lower.as_str())
        || placeholder::reason(password).is_some()
        || ["password", "passwd", "secret", "example", "changeme", "mypass", "xxx"].iter().any(|w| lower.contains(w))
        || lower.starts_with("pass")
        // API_TOKEN, PASSWORD_2: the name of what belongs there.
        || !password.iter().any(u8::is_ascii_lowercase) && password.contains(&b'_')
        || !varied
        || password.len() < 6
}

fn confidence(user: &[u8], password: &[u8], host: &[u8]) -> Confidence {
    if is_usual(password) || password.eq_ignore_ascii_case(user) {
        return Confidence::Low;
    }
    let random = password.len() >= 16 && entropy::looks_random(password);
    match (is_local_or_example(host), random) {
        (true, _) => Confidence::Low,
        (false, true) => Confidence::High,
        (false, false) => Confidence::Medium,
    }
}

/// Hosts that exist on no network but the reader's own, or only in manuals (RFC 2606, RFC 6761).
fn is_local_or_example(host: &[u8]) -> bool {
    let host = String::from_utf8_lossy(host).to_ascii_lowercase();
    let last_two: Vec<&str> = host.rsplit('.').take(2).collect();
    matches!(last_two.first(), Some(&("localhost" | "test" | "invalid" | "example" | "local")))
        || matches!(last_two.get(1), Some(&("example" | "foo" | "bar" | "myhost" | "host" | "acme")))
        || host.starts_with("127.")
        || host.starts_with("0.0.0.0")
        || host.starts_with("example")
        || !host.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(String, Confidence)> {
        let candidate = at(text.as_bytes(), text.find("://")?).ok()?;
        Some((text[candidate.span].to_owned(), candidate.confidence))
    }

    #[test]
    fn passwords_in_addresses() {
        // Put together here, so that no address with a password stands in this file.
        let make = |user: &str, password: &str, host: &str| format!("postgres://{user}:{password}@{host}/db");
        let real = make("app", "k7Vt-93hq", "db.corp.net");
        assert_eq!(found(&real), Some(("k7Vt-93hq".to_owned(), Confidence::Medium)));
        assert_eq!(found(&make("app", "app", "db.corp.net")).map(|f| f.1), Some(Confidence::Low));
        assert_eq!(found(&make("app", "k7Vt-93hq", "localhost")).map(|f| f.1), Some(Confidence::Low));
        assert_eq!(found(&make("app", "${DB_PASSWORD}", "db.corp.net")), None);
        assert_eq!(found(&make("app", "%s", "db.corp.net")), None);
        assert_eq!(found("https://host.net:8080/a@b"), None);
    }
}
