//! Macaroons of any service: they say where they are for. What they allow stands in caveats, each service's in its own
//! way.

use super::Verdict;
use super::jwt::shown;
use super::support::{base64, macaroon, random};

pub(super) fn check(token: &[u8]) -> Verdict {
    let Some(bytes) = base64::decode(token) else { return Verdict::Rejected("the token is no base64") };
    let Some(macaroon) = macaroon::parse(&bytes) else { return Verdict::Rejected("the token is no macaroon") };
    let verdict = Verdict::plausible("macaroon structure");
    match std::str::from_utf8(macaroon.location).ok().and_then(shown) {
        Some(location) => verdict.with_fact("location", location),
        None => verdict,
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let (id, signature) = (hex::encode(random::bytes(token, "id", 16)), random::bytes(token, "signature", 32));
    // `MDAx`: the first packet is of the first version, and has 16 bytes or more.
    let bytes = if token.starts_with(b"M") {
        macaroon::build_packets(b"service.example", id.as_bytes(), &signature)
    } else {
        // Thirteen bytes of location make `AgEN`.
        macaroon::build(b"service.examp", id.as_bytes(), &[], &signature)
    };
    *token = base64::encode(&bytes)
        .into_iter()
        .map(|b| match b {
            b'+' => b'-',
            b'/' => b'_',
            other => other,
        })
        .collect();
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn macaroons_say_where_they_are_for() {
        for token in samples::sealed("token-format-macaroon", 30) {
            let Verdict::Plausible(verification) = check(&token) else { panic!("rejected") };
            assert_eq!(verification.facts[0].name, "location");
            assert!(verification.facts[0].value.contains("service.exam"));
            assert!(matches!(check(&token[..token.len() - 8]), Verdict::Rejected(_)));
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
