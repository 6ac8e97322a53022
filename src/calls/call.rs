//! One call as a log tells of it: which key, when, from where, what was asked and how it went.
//!
//! Readers of formats make these, [`super::summary`] adds them up, and nothing keeps them. What a log leaves out stays
//! `None`; no reader guesses.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use jiff::Timestamp;

use crate::inventory::key::{Digest, Shown, Text};
use crate::inventory::row::digest_of;

/// How a log names the key of a call. At least one of `id` and `digest` is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Who issued the key, where the log is of one provider.
    pub provider: Option<Text>,
    /// The kinds of key that the id may belong to; any where empty. Providers count several kinds of things from 1.
    pub kinds: &'static [&'static str],
    /// The provider's identifier of the key.
    pub id: Option<String>,
    /// A digest of the key.
    pub digest: Option<(Digest, Box<[u8]>)>,
}

impl Named {
    /// Takes a digest as logs write it, in hexadecimal or base64; false where it is none. `algorithm` is told by the
    /// length where it is not given.
    pub fn set_digest(&mut self, text: &str, algorithm: Option<Digest>) -> bool {
        match digest_of(text, algorithm) {
            Some(Shown::Digest(algorithm, bytes)) => {
                self.digest = Some((algorithm, bytes));
                true
            }
            _ => false,
        }
    }

    /// What to call a key of which nothing else is known: its id, else its digest.
    #[must_use]
    pub fn identity(&self) -> Identity {
        let provider = self.provider.clone().unwrap_or_else(|| Text::from(GENERIC));
        let name = match (&self.id, &self.digest) {
            (Some(id), _) => Text::from(super::summary::shortened(id)),
            (None, Some((algorithm, bytes))) => digest_name(*algorithm, bytes),
            (None, None) => Text::new(),
        };
        Identity { provider, name }
    }
}

/// Stands for the provider of a log that names none.
pub const GENERIC: &str = "generic";

/// `sha256 …`, with the digest in hexadecimal.
#[must_use]
pub fn digest_name(algorithm: Digest, bytes: &[u8]) -> Text {
    format!("{} {}", algorithm.as_str(), hex::encode(bytes)).into()
}

/// A key that a log tells of and no inventory lists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// Who issued it; [`GENERIC`] where the log does not say.
    pub provider: Text,
    /// Its id, or `sha256` and its digest. Never the key itself.
    pub name: Text,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.provider, crate::report::visible::line(&self.name))
    }
}

/// How a call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It was done.
    Success,
    /// The key or its rights were refused: a failed attempt.
    Denied,
    /// It was not done for another reason: nothing there, too many calls, a mistake in it. The key was good.
    Error,
    /// The log does not say.
    Unknown,
}

impl Outcome {
    /// What a status of HTTP says (RFC 9110, section 15): 401, 403 and 407 refuse the caller.
    #[must_use]
    pub fn of_http(status: u64) -> Option<Outcome> {
        match status {
            100..400 => Some(Outcome::Success),
            401 | 403 | 407 => Some(Outcome::Denied),
            400..600 => Some(Outcome::Error),
            _ => None,
        }
    }

    /// What a word of a log says, or a status of HTTP as text. A failure without a reason counts as a failed attempt.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Outcome> {
        let word = word.trim().to_lowercase();
        if word.len() == 3
            && let Ok(status) = word.parse()
        {
            return Outcome::of_http(status);
        }
        Some(match word.as_str() {
            "success" | "successful" | "succeeded" | "ok" | "true" | "yes" | "granted" | "allow" | "allowed"
            | "accepted" | "permitted" | "pass" | "passed" | "erfolg" | "erfolgreich" | "ja" | "gelukt"
            | "geslaagd" => Outcome::Success,
            "failure" | "fail" | "failed" | "false" | "no" | "denied" | "deny" | "refused" | "rejected" | "blocked"
            | "unauthorized" | "unauthorised" | "unauthenticated" | "forbidden" | "access denied" | "invalid key"
            | "abgelehnt" | "verweigert" | "fehlgeschlagen" | "nein" | "geweigerd" | "mislukt" | "nee" => {
                Outcome::Denied
            }
            "error" | "timeout" | "not found" | "rate limited" | "throttled" | "bad request" | "fehler" | "fout" => {
                Outcome::Error
            }
            _ => return None,
        })
    }
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Which key.
    pub named: Named,
    /// When.
    pub time: Timestamp,
    /// From where: an address, or the service that called on behalf of somebody.
    pub source: Option<String>,
    /// What was asked.
    pub action: Option<String>,
    /// Who the key acted for.
    pub principal: Option<String>,
    /// How it went.
    pub outcome: Outcome,
    /// The rights that it needed; `None` where the log does not say.
    pub scopes: Option<Vec<String>>,
}

/// From where a call came, in one notation: an address without its port, in the shortest form, IPv4 where IPv6 only
/// wraps it; of a list of proxies (`X-Forwarded-For`) the first. Names of services stay as they are.
#[must_use]
pub fn origin(source: &str) -> String {
    let first = source.split(',').next().unwrap_or_default().trim();
    let bare = first.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(first);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return address.to_canonical().to_string();
    }
    match first.parse::<SocketAddr>() {
        Ok(address) => address.ip().to_canonical().to_string(),
        Err(_) => first.to_owned(),
    }
}

/// What a record of a log comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A call with a key.
    Call(Box<Call>),
    /// Something else: why it is left out, and when it was, which counts for the time that the log covers.
    Left(&'static str, Option<Timestamp>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_told_by_words_and_by_status() {
        for (word, outcome) in [
            ("200", Some(Outcome::Success)),
            ("204", Some(Outcome::Success)),
            ("401", Some(Outcome::Denied)),
            ("403", Some(Outcome::Denied)),
            ("404", Some(Outcome::Error)),
            ("503", Some(Outcome::Error)),
            ("999", None),
            ("OK", Some(Outcome::Success)),
            ("Denied ", Some(Outcome::Denied)),
            ("maybe", None),
            ("", None),
        ] {
            assert_eq!(Outcome::of_word(word), outcome, "{word}");
        }
    }

    #[test]
    fn one_address_has_one_notation() {
        for (source, wanted) in [
            ("192.0.2.1", "192.0.2.1"),
            (" 192.0.2.1:5123 ", "192.0.2.1"),
            ("192.0.2.1, 198.51.100.7", "192.0.2.1"),
            ("2001:DB8:0:0::1", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("cloudformation.amazonaws.com", "cloudformation.amazonaws.com"),
            ("", ""),
        ] {
            assert_eq!(origin(source), wanted, "{source}");
        }
    }

    #[test]
    fn digests_are_read_in_both_notations() {
        let mut named = Named::default();
        assert!(!named.set_digest("not a digest", Some(Digest::Sha256)));
        assert!(named.set_digest(&"ab".repeat(32), Some(Digest::Sha256)));
        assert_eq!(named.identity().to_string(), format!("generic sha256 {}", "ab".repeat(32)));
    }
}
