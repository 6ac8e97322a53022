//! Tokens of Fly.io: macaroons in MessagePack and base64, joined by commas. Each is an array of a nonce, the location,
//! the caveats and a signature (github.com/superfly/macaroon).

use rmpv::Value;
use rmpv::decode::read_value_with_max_depth;

use super::Verdict;
use super::jwt::shown;
use super::support::{base64, random};

/// Caveats hold others.
const MAX_DEPTH: usize = 32;

/// Where a macaroon is for.
fn location(token: &[u8]) -> Option<String> {
    let mark = token.iter().position(|&b| b == b'_')?;
    let bytes = base64::decode(&token[mark + 1..])?;
    let mut rest = &bytes[..];
    let Value::Array(parts) = read_value_with_max_depth(&mut rest, MAX_DEPTH).ok()? else { return None };
    match &parts[..] {
        [Value::Array(_), Value::String(location), Value::Array(_), Value::Binary(_)] if rest.is_empty() => {
            location.as_str().map(str::to_owned)
        }
        _ => None,
    }
}

pub(super) fn check(tokens: &[u8]) -> Verdict {
    let mut verdict = Verdict::plausible("macaroon structure");
    let mut known: Vec<String> = Vec::new();
    for token in tokens.split(|&b| b == b',') {
        let Some(location) = location(token) else { return Verdict::Rejected("the token is no macaroon of Fly.io") };
        if let Some(shown) = shown(&location).filter(|_| !known.contains(&location)) {
            verdict = verdict.with_fact("location", shown);
            known.push(location);
        }
    }
    verdict
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let Some(mark) = token.iter().position(|&b| b == b'_') else { return };
    let binary = |label: &str, len: usize| Value::Binary(random::bytes(token, label, len));
    let macaroon = Value::Array(vec![
        Value::Array(vec![binary("key", 16), binary("nonce", 16), Value::Boolean(false)]),
        Value::from("https://api.fly.io/v1"),
        Value::Array(Vec::new()),
        binary("tail", 32),
    ]);
    let mut bytes = Vec::new();
    if rmpv::encode::write_value(&mut bytes, &macaroon).is_ok() {
        token.truncate(mark + 1);
        token.extend(base64::encode(&bytes));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn macaroons_say_where_they_are_for() {
        for token in samples::sealed("fly-io-macaroon-token", 20) {
            let expected = Verdict::plausible("macaroon structure").with_fact("location", "https://api.fly.io/v1");
            assert_eq!(check(&token), expected);
            assert_eq!(check(&[&token[..], b",", &token].concat()), expected);
            assert!(matches!(check(&token[..token.len() - 8]), Verdict::Rejected(_)));
            assert!(matches!(check(&[&token[..], b",fm2_AAAA"].concat()), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
