//! Passwords in addresses: `scheme://user:password@host`.

use super::super::chosen::{self, is_template, is_usual};
use super::super::entropy;
use super::Candidate;
use crate::detect::rule::layout::{ADDRESS_MARK, ESCAPED_ADDRESS_MARK};
use crate::finding::Confidence;

/// What every such address has.
pub const MARK: &[u8] = ADDRESS_MARK;

/// Longest user information that is looked at, in bytes.
const MAX_USERINFO: usize = 256;

/// The password of the address whose [`MARK`] stands at `mark`, or its form in JSON with escaped slashes.
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
    let escaped = text[mark..].starts_with(ESCAPED_ADDRESS_MARK);
    let from = mark + if escaped { ESCAPED_ADDRESS_MARK.len() } else { MARK.len() };
    let rest = &text[from..(from + MAX_USERINFO).min(text.len())];
    let authority = authority_of(rest);
    let at = memchr::memrchr(b'@', authority).ok_or(NO_PASSWORD)?;
    let colon = memchr::memchr(b':', &authority[..at]);
    let (user, password) = match colon {
        Some(colon) => (&authority[..colon], &authority[colon + 1..at]),
        None => (&authority[..at], &authority[at..at]),
    };
    // A token stands in the place of the user where there is no password: `https://TOKEN@host`, `https://TOKEN:@host`.
    let (start, user, password) = match (password, colon) {
        ([], _) | (b"x-oauth-basic" | b"x", _) if user.len() >= 16 && entropy::looks_random(user) => {
            (from, &[][..], user)
        }
        (_, Some(colon)) => (from + colon + 1, user, password),
        (_, None) => return Err(NO_PASSWORD),
    };
    let host = &authority[at + 1..];
    let host = match host.strip_prefix(b"[") {
        // Of version 6; its bracket ends what is looked at.
        Some(address) if address.iter().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.' | b'%')) => address,
        _ => &host[..memchr::memchr(b':', host).unwrap_or(host.len())],
    };
    if host.is_empty() || password.len() < 3 || password.len() > 200 || is_template(password) || is_template(host) {
        return Err("the password is too short, too long or filled in elsewhere");
    }
    let span = start..start + password.len();
    let web = matches!(&text[mark - scheme_len..mark], b"http" | b"https");
    let reports = web && user.is_empty() && is_report_address(password, &rest[authority.len()..]);
    Ok(Candidate::new(span, if reports { Confidence::Low } else { confidence(user, password, host) }))
}

/// User, password, host and port: up to the path. A password may have what would end them, where people did not escape
/// it: `user:k7/Vt#93@host`, `user:k7,Vt;93@host`.
fn authority_of(rest: &[u8]) -> &[u8] {
    let end = rest.iter().position(|&b| ends_address(b)).unwrap_or(rest.len());
    let is_path = |&b: &u8| matches!(b, b'/' | b'?' | b'#');
    let strict = &rest[..rest[..end].iter().position(is_path).unwrap_or(end)];
    let separated = |b: Option<&u8>| matches!(b, Some(b',' | b';'));
    if strict.contains(&b'@') || strict.len() == end && !separated(rest.get(end)) {
        return strict;
    }
    // Behind the colon of `host:8080/path@version` stands a number, and where a host would end in a path it has dots.
    let Some((user, password)) = strict.iter().position(|&b| b == b':').map(|i| (&strict[..i], &strict[i + 1..]))
    else {
        return strict;
    };
    if user.is_empty() || user.contains(&b'.') || password.iter().all(u8::is_ascii_digit) {
        return strict;
    }
    let far =
        || end + rest[end..].iter().position(|&b| ends_address(b) && !separated(Some(&b))).unwrap_or(rest.len() - end);
    let reach = if separated(rest.get(end)) && !rest[..end].contains(&b'@') { far() } else { end };
    let Some(at) = memchr::memchr(b'@', &rest[..reach]) else { return strict };
    let host = &rest[at + 1..reach];
    let host = &host[..host.iter().position(|b| is_path(b) || separated(Some(b))).unwrap_or(host.len())];
    let whole = &rest[user.len() + 1..at];
    // A list of addresses or of settings: `http://host:x,http://ann:…@host`, `jdbc:db://host:x;user=ann;password=…@…`.
    let listed = at > end && (memchr::memmem::find(whole, b"//").is_some() || rest[end..at].contains(&b'='));
    let is_host = host.contains(&b'.') || host.contains(&b':');
    if is_host && !listed && chosen::is_mixed(whole) { &rest[..at + 1 + host.len()] } else { strict }
}

/// Whether the address is one that programs send their errors to, as Sentry gives them: `https://KEY@host/42`. It is made
/// to be shipped, and the key in it may do nothing but send. `path` is what follows the host.
fn is_report_address(key: &[u8], path: &[u8]) -> bool {
    let Some(project) = path.strip_prefix(b"/") else { return false };
    let digits = project.iter().take_while(|b| b.is_ascii_digit()).count();
    key.len() == 32
        && key.iter().all(u8::is_ascii_hexdigit)
        && digits > 0
        && project.get(digits).is_none_or(|&b| ends_address(b))
}

fn ends_address(b: u8) -> bool {
    b <= b' ' || matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b'|' | b',' | b';' | b')' | b']')
}

fn confidence(user: &[u8], password: &[u8], host: &[u8]) -> Confidence {
    let local = is_local_or_example(host);
    // One for one's own machine is often a word that names what it is for.
    let told = |b: &u8| !b.is_ascii_alphabetic();
    let personal = chosen::is_personal(password) && (!local || password.iter().any(told) && password.len() >= 10);
    let weak = chosen::is_weak(password) && !local;
    if is_usual(password) && !personal && !weak || password.eq_ignore_ascii_case(user) {
        return Confidence::Low;
    }
    let random = password.len() >= 16 && entropy::looks_random(password);
    match (local, random) {
        // Nobody makes up a random one for a manual, and those for one's own machine are used elsewhere, too.
        (true, true) => Confidence::Medium,
        (true, false) if password.len() >= 8 && (personal || chosen::is_mixed(password)) => Confidence::Medium,
        (true, false) => Confidence::Low,
        (false, true) => Confidence::High,
        (false, false) => Confidence::Medium,
    }
}

/// Hosts that exist on no network but the reader's own, or only in manuals (RFC 2606, RFC 6761).
fn is_local_or_example(host: &[u8]) -> bool {
    let host = String::from_utf8_lossy(host).to_ascii_lowercase();
    let last_two: Vec<&str> = host.rsplit('.').take(2).collect();
    // A service within a cluster of Kubernetes is no worse known to those who are in it.
    let in_cluster = host.ends_with(".svc.cluster.local");
    // `proxy.corp.local` is a machine of a company's network, `db.local` may be anybody's.
    let named = host.ends_with(".local") && host.split('.').count() > 2;
    matches!(last_two.first(), Some(&("localhost" | "test" | "invalid" | "example" | "local"))) && !in_cluster && !named
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
        assert_eq!(found(&make("app", "david1985", "localhost")).map(|f| f.1), Some(Confidence::Low));
        assert_eq!(found(&make("app", "k7Vt-93hq", "localhost")).map(|f| f.1), Some(Confidence::Medium));
        assert_eq!(
            found(&make("app", "k7Vt-93hqXz", "[2001:db8::5]:5432")).map(|f| f.0).as_deref(),
            Some("k7Vt-93hqXz")
        );
        assert_eq!(found(&make("app", "${DB_PASSWORD}", "db.corp.net")), None);
        assert_eq!(found(&make("app", "%s", "db.corp.net")), None);
        assert_eq!(found("https://host.net:8080/a@b"), None);
        assert_eq!(found("https://cdn.host.net/npm/pkg@1.2.3/a:b"), None);
        let raw = ["k7Vt", "#93/", "hqXz"].concat();
        assert_eq!(found(&make("app", &raw, "db.corp.net")), Some((raw, Confidence::Medium)));
        let signs = ["k7Vt", ",93;", "hqXz"].concat();
        for raw in [signs.clone(), ["a1,", "b2;", "c3"].concat(), ["k7,V", "/t;93"].concat()] {
            assert_eq!(found(&make("app", &raw, "db.corp.net")), Some((raw, Confidence::Medium)));
        }
        assert_eq!(found(&make("app", &signs, "db.corp.net,db2.corp.net")).map(|f| f.0), Some(signs.clone()));
        assert_eq!(found(&make("app", "k7Vt-93hq", "h1:1,h2:2")).map(|f| f.0).as_deref(), Some("k7Vt-93hq"));
        for list in
            ["kafka://one:9092,two:9092", "http://one.corp.net:a,mailto", "amqp://one:x9,amqp://two:y8z", "a:b,c;d"]
        {
            assert_eq!(found(&format!("{list}@x.net")), None, "{list}");
        }
        for text in ["foo://a:b,c;d@e.f", "jdbc:db://srv:in1;user=sa;{}=k7Vt93hq@corp.net", "x://a:k7Vt,93hq@host"] {
            assert_eq!(found(&text.replace("{}", "password")), None, "{text}");
        }
        // As JSON escapes it.
        let escaped = make("app", "k7Vt-93hq", "db.corp.net").replace('/', "\\/");
        let candidate = at(escaped.as_bytes(), escaped.find(":\\/").unwrap_or(0)).ok();
        assert_eq!(candidate.map(|found| escaped[found.span].to_owned()).as_deref(), Some("k7Vt-93hq"));
        let token = ["9be769a4bba6e1d9", "6f653e3c6a51af7c"].concat();
        assert_eq!(found(&make(&token, "", "pkgs.corp.net")), Some((token.clone(), Confidence::High)));
        assert_eq!(found(&format!("https://{token}@git.corp.net/a")), Some((token.clone(), Confidence::High)));
        assert_eq!(found(&format!("https://{token}@git.corp.net/42/a")).map(|f| f.1), Some(Confidence::High));
        let queue = format!("redis://:{token}@cache.corp.net:6379/2");
        assert_eq!(found(&queue), Some((token.clone(), Confidence::High)));
        assert_eq!(found(&format!("dsn: 'https://{token}@errors.corp.net/42'")), Some((token, Confidence::Low)));
    }
}
