//! Shared access signatures of Azure storage: a URL query that grants what its fields say until it expires.
//!
//! Fields and their meaning: learn.microsoft.com, "Create an account SAS" and "Create a service SAS". The signature is
//! an HMAC-SHA-256, so 32 bytes of base64, percent-encoded; it can be checked only with the account's key.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};

use super::Verdict;
use super::support::{base64, random};

/// The value of a field, percent-decoded; `&` may be written `&amp;`.
fn field(query: &[u8], name: &str) -> Option<Vec<u8>> {
    query.split(|&b| b == b'&' || b == b';').find_map(|pair| {
        let pair = pair.strip_prefix(b"amp;").unwrap_or(pair);
        let value = pair.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        Some(percent_decode(value).collect())
    })
}

/// A field of plain text.
fn text(query: &[u8], name: &str) -> Option<String> {
    String::from_utf8(field(query, name)?).ok().filter(|text| text.bytes().all(|b| b.is_ascii_graphic()))
}

/// A point in time as the fields write it: a date, or a date with a time in UTC with or without seconds.
fn time(text: &str) -> Option<Timestamp> {
    let full = match text.len() {
        10 => return text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp()),
        17 => format!("{}:00Z", text.strip_suffix('Z')?),
        _ => text.to_owned(),
    };
    full.parse().ok()
}

pub(super) fn check(token: &[u8]) -> Verdict {
    if text(token, "sv").is_none_or(|version| version.parse::<Date>().is_err()) {
        return Verdict::Rejected("it names no service version");
    }
    if field(token, "sig").and_then(|sig| base64::decode(&sig)).is_none_or(|sig| sig.len() != 32) {
        return Verdict::Rejected("its signature is no base64 of 32 bytes");
    }
    let mut verdict = Verdict::plausible("shared access signature");
    if let Some(permissions) = text(token, "sp") {
        verdict = verdict.with_fact("permissions", permissions);
    }
    if let Some(expires) = text(token, "se").as_deref().and_then(time) {
        verdict = verdict.with_fact("expires", expires.to_string());
        if expires < Timestamp::now() {
            verdict = verdict.with_fact("expired", "yes");
        }
    }
    verdict
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let signature = String::from_utf8_lossy(&base64::encode(&random::bytes(token, "sig", 32))).into_owned();
    *token = format!(
        "sv=2022-11-02&ss=b&srt=sco&sp=rl&se=2099-01-01T00:00:00Z&spr=https&sig={}",
        utf8_percent_encode(&signature, NON_ALPHANUMERIC)
    )
    .into_bytes();
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    fn facts(token: &[u8]) -> Vec<(String, String)> {
        let Verdict::Plausible(verification) = check(token) else { panic!("{:?}", check(token)) };
        verification.facts.into_iter().map(|fact| (fact.name, fact.value)).collect()
    }

    fn pairs(facts: &[(&str, &str)]) -> Vec<(String, String)> {
        facts.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn fields_are_read() {
        for token in samples::sealed("azure-storage-sas", 20) {
            assert_eq!(facts(&token), pairs(&[("permissions", "rl"), ("expires", "2099-01-01T00:00:00Z")]));
            let sig = token.iter().rposition(|&b| b == b'=').unwrap() + 1;
            let html = String::from_utf8(token.clone()).unwrap().replace('&', "&amp;");
            assert_eq!(facts(html.as_bytes()), facts(&token));
            let old = [b"st=2019-01-01&se=2020-01-01T10%3A00Z&sv=2019-02-02&sig=", &token[sig..]].concat();
            assert_eq!(facts(&old), pairs(&[("expires", "2020-01-01T10:00:00Z"), ("expired", "yes")]));
            assert!(matches!(check(&old[..old.len() - 10]), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            check(&bytes);
        }

        #[test]
        fn no_query_panics(text in "(sv|se|sp|sig)=[ -~]{0,30}&(sv|se|sp|sig)=[ -~]{0,60}") {
            check(text.as_bytes());
            time(&text);
        }
    }
}
