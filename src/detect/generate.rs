//! The generator: valid and nearly valid keys of a rule, made from its pattern at run time.
//!
//! Tests, benchmarks and `keytrail demo` use it, so that no file of the repository has to hold a string that looks
//! like a live key.

use std::ops::Range;

use rand::{Rng, RngExt};
use rand_regex::Regex;

use super::rule::pattern::SECRET_GROUPS;
use super::rule::{Rule, anchor};
use super::{entropy, placeholder};

/// Makes keys of one rule.
pub struct Generator<'r> {
    rule: &'r Rule,
    regex: Option<Regex>,
    /// Whether nothing but its context and its randomness speaks for a key.
    by_context: bool,
}

/// How a nearly valid key differs from a valid one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NearMiss {
    /// A wrong checksum: one character of the random part is another one of its kind.
    Checksum,
    /// The last character is missing.
    Short,
    /// A character more than the pattern allows.
    Long,
    /// A character that the alphabet does not have.
    Alphabet,
}

/// A typical key is found among so many with certainty: most are typical.
const TRIES: usize = 100;

/// How a pattern marks the part of a match that is the secret.
const SECRET_GROUP: &str = "(?P<secret>";

/// Unbounded repetitions are given at most so many characters more than they need.
const MAX_REPEAT: u32 = 24;

impl<'r> Generator<'r> {
    /// A generator for a rule. Rules that a detector finds get an example of what it finds.
    #[must_use]
    pub fn new(rule: &'r Rule) -> Self {
        let regex = rule
            .pattern
            .and_then(|pattern| anchor::parse(pattern).ok())
            .and_then(|hir| Regex::with_hir(hir, MAX_REPEAT).ok());
        let by_context = !rule.is_told_by_form()
            && rule
                .pattern
                .and_then(|pattern| anchor::derive(pattern).ok())
                .is_some_and(|found| found.needs_evidence());
        Generator { rule, regex, by_context }
    }

    /// A valid key: what the pattern matches as a whole.
    #[must_use]
    pub fn key(&self, rng: &mut impl Rng) -> Vec<u8> {
        let Some(regex) = &self.regex else { return self.example(rng) };
        // A few random values in a hundred have no digit, or look like words or a placeholder. They are no typical keys.
        let typical = |key: &Vec<u8>| {
            !self.by_context
                || key.iter().any(u8::is_ascii_digit)
                    && entropy::looks_random(key)
                    && placeholder::reason(key).is_none()
        };
        let mut tries = std::iter::repeat_with(|| rng.sample(regex)).take(TRIES);
        let mut key: Vec<u8> = tries.find(typical).unwrap_or_default();
        if let (Some(family), Some(secret)) = (self.rule.verify, self.secret(&key)) {
            // Families judge the secret; what the pattern has around it stays as it is.
            let mut sealed = key[secret.clone()].to_vec();
            (family.seal)(&mut sealed);
            key.splice(secret, sealed);
        }
        key
    }

    /// A key as most are: where words near it have to speak for it, one that looks random.
    #[must_use]
    pub fn typical_key(&self, rng: &mut impl Rng) -> Vec<u8> {
        let typical = |key: &Vec<u8>| self.rule.context.is_empty() || entropy::looks_random(key);
        std::iter::repeat_with(|| self.key(rng)).find(typical).unwrap_or_default()
    }

    fn example(&self, rng: &mut impl Rng) -> Vec<u8> {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        // An example has to be a typical one; a few values in a hundred have no digit, or look like words.
        let typical = |value: &Vec<u8>| entropy::looks_random(value) && entropy::looks_random(&value[..20]);
        let value = std::iter::repeat_with(|| random(rng, alphabet, 40)).find(typical).unwrap_or_default();
        match self.rule.detector {
            Some("uri") => [&b"postgres://billing:"[..], &value[..20], b"@db.keytrail-demo.net/main"].concat(),
            // Marks that no other detector takes for a part of a value.
            Some("password") => [b"password = \"", &value[..5], b"!9", &value[5..9], b"#kQ4\""].concat(),
            Some("authorization") => [b"Authorization: Bearer ", &value[..]].concat(),
            Some("authorization-basic") => {
                use base64::Engine;
                let pair = [&b"billing:"[..], &value[..20]].concat();
                let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
                [b"Authorization: Basic ", encoded.as_bytes()].concat()
            }
            _ => [b"api_key = ", &value[..]].concat(),
        }
    }

    /// The part of a key that is the secret: its group of that name, or the whole.
    fn secret(&self, key: &[u8]) -> Option<Range<usize>> {
        let pattern = self.rule.pattern?;
        if !pattern.contains(SECRET_GROUP) {
            return Some(0..key.len());
        }
        let regex = regex_automata::meta::Regex::builder()
            .syntax(regex_automata::util::syntax::Config::new().unicode(false).utf8(false))
            .build(pattern)
            .ok()?;
        let mut captures = regex.create_captures();
        regex.captures(key, &mut captures);
        let marked = SECRET_GROUPS.into_iter().find_map(|name| captures.get_group_by_name(name));
        let group = marked.or_else(|| captures.get_group(0))?;
        Some(group.range())
    }

    /// A key that is nearly valid, or `None` where the rule cannot tell: no checksum, or no fixed length.
    #[must_use]
    pub fn near_miss(&self, how: NearMiss, rng: &mut impl Rng) -> Option<Vec<u8>> {
        let mut key = self.key(rng);
        let tail = self.rule.tail;
        match how {
            NearMiss::Checksum => {
                let family = self.rule.verify?;
                let secret = self.secret(&key)?;
                // Not the very last characters: in base64 some of their bits count for nothing.
                let at = secret.end.checked_sub(8)?;
                let old = key[at];
                let others: &[u8] = match old {
                    b'0'..=b'9' => b"0123456789",
                    b'a'..=b'f' => b"abcdef",
                    b'A'..=b'F' => b"ABCDEF",
                    b'g'..=b'z' => b"ghijklmnopqrstuvwxyz",
                    b'G'..=b'Z' => b"GHIJKLMNOPQRSTUVWXYZ",
                    _ => return None,
                };
                key[at] = *others.iter().find(|&&b| b != old)?;
                matches!((family.check)(&key[secret]), super::verify::Verdict::Rejected(_)).then_some(key)
            }
            NearMiss::Short => {
                key.pop();
                // Where any byte may be the last one, what follows takes its place.
                let end =
                    self.rule.pattern?.trim_end_matches(|c: char| matches!(c, ')' | '}' | '{') || c.is_ascii_digit());
                (key.len() < self.rule.min_len && !end.ends_with(ANY_BYTE)).then_some(key)
            }
            NearMiss::Long => {
                let more = [b'a', b'0', b'A'].into_iter().find(|&b| tail.contains(b))?;
                key.push(more);
                Some(key)
            }
            NearMiss::Alphabet => {
                let at = key.len() - 2;
                // A key without a fixed length is still one when it is cut there, and passwords have any mark.
                if !tail.contains(key[at]) || tail.contains(b'!') || at >= self.rule.min_len {
                    return None;
                }
                key[at] = b'!';
                Some(key)
            }
        }
    }
}

/// The class of all bytes, as patterns of binary keys write it.
const ANY_BYTE: &str = r"[\x00-\xff]";

fn random(rng: &mut impl Rng, alphabet: &[u8], len: usize) -> Vec<u8> {
    (0..len).map(|_| alphabet[rng.random_range(0..alphabet.len())]).collect()
}
