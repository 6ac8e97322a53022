//! Requests presigned with Signature Version 4: the query names the access key and says when the request expires.
//!
//! AWS: "Authenticating requests: using query parameters" (S3 API reference); `X-Amz-Expires` are seconds behind
//! `X-Amz-Date`. Short-term Bedrock keys are such a request in base64, behind `bedrock-api-key-`.

use std::borrow::Cow;

use base64::Engine;
use percent_encoding::percent_decode_str;

use super::support::base64::BASE64;
use super::support::time;
use super::{Verdict, aws_key_id};

const BEDROCK: &[u8] = b"bedrock-api-key-";

/// The value of a parameter, as written; the text may be a whole URL, a query or the rest of one.
fn parameter<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.split(['&', '?', ';']).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// When the request expires, as RFC 3339.
fn expires(text: &str) -> Option<String> {
    let made = time::basic_iso8601(parameter(text, "X-Amz-Date")?)?;
    let seconds: u32 = parameter(text, "X-Amz-Expires")?.parse().ok()?;
    time::rfc3339(made.checked_add(i64::from(seconds))?)
}

pub(super) fn check(request: &[u8]) -> Verdict {
    let text = match request.strip_prefix(BEDROCK) {
        Some(body) => match BASE64.decode(body) {
            Ok(text) => Cow::Owned(text),
            Err(_) => return Verdict::Rejected("the key is no base64"),
        },
        None => Cow::Borrowed(request),
    };
    let Ok(text) = std::str::from_utf8(&text) else {
        return Verdict::Rejected("the request is no text");
    };
    let (Some(credential), Some(_)) = (parameter(text, "X-Amz-Credential"), parameter(text, "X-Amz-Signature")) else {
        return Verdict::Rejected("the request has no credential or no signature");
    };
    let credential = percent_decode_str(credential).decode_utf8_lossy();
    let id = credential.split('/').next().unwrap_or_default();
    let mut verdict = Verdict::plausible("presigned request").with_fact("access key", id);
    if let Some(account) = aws_key_id::account(id.as_bytes()) {
        verdict = verdict.with_fact("account", account);
    }
    match expires(text) {
        Some(expires) => verdict.with_fact("expires", expires),
        None => verdict,
    }
}

pub(super) fn seal(request: &mut Vec<u8>) {
    // Random characters in the alphabets of an id, a token and a signature.
    let random = |alphabet: &'static [u8], len: usize| -> String {
        request.iter().rev().cycle().take(len).map(|&b| char::from(alphabet[usize::from(b) % alphabet.len()])).collect()
    };
    if request.is_empty() {
        return;
    }
    let mut id = format!("ASIA{}", random(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)).into_bytes();
    aws_key_id::seal(&mut id);
    let id = String::from_utf8_lossy(&id);
    let signature = random(b"0123456789abcdef", 64);
    let signed = |service: &str, seconds: u32, token: &str| {
        format!(
            "X-Amz-Credential={id}%2F20300102%2Feu-west-1%2F{service}%2Faws4_request&X-Amz-Date=20300102T030405Z\
             &X-Amz-Expires={seconds}{token}&X-Amz-SignedHeaders=host&X-Amz-Signature={signature}"
        )
    };
    if request.starts_with(BEDROCK) {
        let token = format!("&X-Amz-Security-Token={}", random(b"ABCDEFabcdef012345", 120));
        let url = format!(
            "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&{}&Version=1",
            signed("bedrock", 43_200, &token)
        );
        *request = [BEDROCK, BASE64.encode(url).as_bytes()].concat();
    } else {
        *request = signed("s3", 3600, "").into_bytes();
    }
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detect::rule::tests::secrets;

    #[test]
    fn sealed_requests_say_when_they_expire() {
        for (rule, expires) in [
            ("aws-presigned-url", "2030-01-02T04:04:05Z"),
            ("aws-bedrock-short-term-api-key", "2030-01-02T15:04:05Z"),
        ] {
            for request in secrets(rule) {
                let Verdict::Plausible(verification) = check(&request) else { panic!("{rule} rejected") };
                let names: Vec<&str> = verification.facts.iter().map(|fact| fact.name.as_str()).collect();
                assert_eq!(names, ["access key", "account", "expires"]);
                assert_eq!(verification.facts[0].value.len(), 20);
                assert_eq!(verification.facts[2].value, expires);
            }
        }
    }

    #[test]
    fn what_is_no_request_is_rejected() {
        let no_signature = format!("bedrock-api-key-{}", BASE64.encode("bedrock.amazonaws.com/?X-Amz-Credential=x"));
        for wrong in ["", "bedrock-api-key-", "bedrock-api-key-x", "X-Amz-Credential=x", &no_signature] {
            assert!(matches!(check(wrong.as_bytes()), Verdict::Rejected(_)), "{wrong}");
        }
    }

    #[test]
    fn entities_of_html_separate_too() {
        let text = "X-Amz-Credential=x/y&amp;X-Amz-Date=20300102T030405Z&amp;X-Amz-Expires=60&amp;X-Amz-Signature=0";
        let Verdict::Plausible(verification) = check(text.as_bytes()) else { panic!("rejected") };
        assert_eq!(verification.facts[1].value, "2030-01-02T03:05:05Z");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = check(&bytes);
            seal(&mut bytes.clone());
        }

        #[test]
        fn no_query_panics(date in "[0-9TZ]{0,20}", seconds in "-?[0-9]{0,12}", credential in "[%A-F0-9/]{0,20}") {
            let text = format!(
                "X-Amz-Credential={credential}&X-Amz-Date={date}&X-Amz-Expires={seconds}&X-Amz-Signature=0"
            );
            prop_assert!(!matches!(check(text.as_bytes()), Verdict::Rejected(_)));
        }
    }
}
