//! Values without a known prefix: found by their form and what stands near, or by the name they are assigned to.

use std::ops::Range;

use super::OfLen;
use super::context_words::names_a_key;
use super::ends::value_of;
use super::no_key::{is_head_of_token, names_an_entry, why_no_key};
use super::search::Search;
use crate::detect::context::{self, Before};
use crate::detect::detector::{assignment, authorization};
use crate::detect::digest::is_digest;
use crate::detect::rule::anchor::{ByteSet, MIN_RUN, is_key_byte};
use crate::detect::trace::{Observer, Remark};
use crate::detect::{afar, entropy, runs};
use crate::finding::Confidence;

/// Longest value of letters alone that is judged, in bytes.
const LETTERS: usize = 64;

impl<'a, O: Observer> Search<'a, O> {
    /// Values without a known prefix: by their shape, or by the name they are assigned to.
    pub(super) fn unprefixed(&mut self, run: Range<usize>, digits: usize) {
        let bytes = &self.text[run.clone()];
        // The base64 of a user and a password is no random value; only what stands in front of it tells.
        let before = &self.text[..run.start];
        let basic =
            before.last() == Some(&b' ') && before[before.len().saturating_sub(6)..].eq_ignore_ascii_case(b"basic ");
        if !basic && (digits == 0 && !is_letters_in_quotes(self.text, &run) || digits == bytes.len()) {
            self.reject(run, None, if digits == 0 { "it has no digit" } else { "it has nothing but digits" });
            return;
        }
        let value = value_of(bytes);
        let value = run.start + value.start..run.start + value.end;
        self.value = value.clone();
        if value.len() < MIN_RUN {
            self.reject(value, None, "it is shorter than 16 characters, and no known prefix stands in it");
            return;
        }
        // `"ghp_16C7…"`, as manuals shorten what they show: no more than the beginning of a key.
        if self.text[value.end..].starts_with(b"...") {
            self.reject(value, None, "an ellipsis follows: the rest of it is left out");
            return;
        }
        if is_head_of_token(&self.text[value.clone()]) {
            self.reject(value, None, "it is the header of a JSON Web Token, and nothing of what is signed follows");
            return;
        }
        if is_digest(self.text, &value) {
            self.reject(value, None, "the name of a hash function stands in front of it: a digest");
            return;
        }
        if context::is_encrypted(self.text, &value) {
            self.reject(value, None, "it is encrypted");
            return;
        }
        let before = self.done.in_runs.len();
        let mut random = None;
        self.shapes(value.clone(), &mut random);
        // Words of letters and digits inside it, such as 32 hexadecimal digits in a path.
        if value.len() > MIN_RUN {
            let (text, mut from) = (self.text, value.start);
            // Between the marks of long base64 stand pieces of every length.
            let joined = value.len() > LONG && memchr::memchr(b'+', &text[value.clone()]).is_some();
            let mut word = |end: usize| {
                if end - from >= MIN_RUN && end - from < value.len() && !joined {
                    self.shapes(from..end, &mut None);
                }
                from = end + 1;
            };
            runs::separators(text, value.clone(), &mut word);
            word(value.end);
        }
        // What says nothing without its other half does not settle what this is.
        if self.done.in_runs[before..].iter().any(|judged| self.rules.rule(judged.found.rule).alone) {
            return;
        }
        let text = self.text;
        let looks_random = || random.unwrap_or_else(|| entropy::looks_random(&text[value.clone()]));
        if !basic && !looks_random() && !entropy::has_random_tail(&text[value.clone()]) {
            self.not_random(value);
            return;
        }
        let before = context::before(text, value.start);
        let (rule, judged) = match before.scheme {
            Some(context::Scheme::Basic) => (self.detector.basic, authorization::basic(text, &before, value.clone())),
            Some(context::Scheme::Token) => (self.detector.bearer, authorization::token(text, &before, value.clone())),
            None => (self.detector.assignment, assignment::judge(text, &before, value.clone())),
        };
        match (rule, judged) {
            (Some(rule), Ok(candidate)) => {
                self.keep(rule, candidate, "it looks random, and the name in front says what it is")
            }
            (rule, Err(reason)) => self.reject(value, rule, reason),
            (None, Ok(_)) => {}
        }
    }

    /// Tells why a value does not look random.
    fn not_random(&mut self, value: Range<usize>) {
        let text = self.text;
        self.observer.tell(|| {
            let reason = entropy::randomness(&text[value.clone()]).err().map(|reason| reason.to_string());
            Remark::no(text, value, None, format!("it does not look random: {}", reason.unwrap_or_default()))
        });
    }

    /// Tries the rules whose keys have this length and alphabet. `random` says whether the value looks random, once that
    /// is known.
    fn shapes(&mut self, value: Range<usize>, random: &mut Option<bool>) {
        let detector = self.detector;
        let Some(shapes) = detector.shapes_by_len.get(value.len()) else { return };
        let bytes = &self.text[value.clone()];
        if !shapes.alone.is_empty() {
            let alphabet: ByteSet = bytes.iter().copied().collect();
            for &index in &shapes.alone {
                let shape = &self.rules.shapes()[index as usize];
                if alphabet.is_subset(&shape.alphabet) {
                    self.pattern(shape.rule, value.start, Some(value.end), 0, false);
                }
            }
        }
        if !shapes.named.is_empty() {
            self.named_shapes(shapes, value, random);
        }
    }

    /// Tries the rules that ask for words near a value. There are many, so that everything which decides about all of
    /// them comes first.
    fn named_shapes(&mut self, shapes: &OfLen, value: Range<usize>, random: &mut Option<bool>) {
        let detector = self.detector;
        let bytes = &self.text[value.clone()];
        // Context alone would also speak for the names of things.
        let random = *random.get_or_insert_with(|| entropy::looks_random(bytes)) || entropy::has_random_tail(bytes);
        if !random && !shapes.verified {
            self.not_random(value);
            return;
        }
        // `uses: owner/action@…`, `/commit/…`, `….tgz#…`: the id of a commit or of an object, or a digest.
        let reference = value.start > 0 && matches!(self.text[value.start - 1], b'@' | b'/' | b'#');
        // Behind the version of an interface stands a key: `/v6/KEY/latest`.
        let reference = reference && !is_behind_version(&self.text[..value.start]);
        // `strip_prefix = "name-…"`: what an archive of a commit has as its folder.
        let folder = value.len() == 40 && self.text[..value.start].ends_with(b"-");
        if (reference || folder) && bytes.iter().all(u8::is_ascii_hexdigit) {
            let reason = "`@`, `/` or `-` in front of hexadecimal digits: the id of a commit or an object";
            self.reject(value, None, reason);
            return;
        }
        if names_an_entry(self.text, &value) {
            self.reject(value, None, "hexadecimal digits that an entry of a table is found by: a digest");
            return;
        }
        let mut named = std::mem::take(&mut self.named);
        detector.context().named(self.text, value.clone(), &mut self.seen, &mut named);
        if random {
            self.called(shapes, value.clone(), &mut named);
        }
        if !named.is_empty() || !self.done.in_runs.is_empty() {
            // Asked here, where a word speaks for a key at last: it takes a look at the lines around.
            if let Some(reason) = why_no_key(self.text, &value) {
                self.reject(value, None, reason);
            } else {
                self.tried_by_name(&shapes.named, value, random, &named);
            }
        } else {
            let text = self.text;
            self.observer.tell(|| {
                let rules = shapes.named.len();
                let reason = format!("{rules} rules have keys of this length, and none of their context words is near");
                Remark::no(text, value, None, reason)
            });
        }
        self.named = named;
    }

    /// Adds to `named` the rules whose provider's function or class has the value as an argument.
    fn called(&self, shapes: &OfLen, value: Range<usize>, named: &mut Vec<u64>) {
        let Some(call) = self.call_around(value.start) else { return };
        let context = self.detector.context();
        for &index in &shapes.named {
            let rule = self.rules.shapes()[index as usize].rule;
            if self.rules.rule(rule).secret && context.is_provider(rule, &call) {
                named.resize(context.providers.len().div_ceil(64), 0);
                named[usize::from(rule) / 64] |= 1 << (rule % 64);
            }
        }
    }

    /// What names the provider in the call that a value is an argument of: the function or class, and for a client that
    /// is called no more than that, the libraries taken in closely above.
    fn call_around(&self, start: usize) -> Option<Vec<u8>> {
        let mut call = context::signing_call(self.text, start)?.to_vec();
        let lower = call.to_ascii_lowercase();
        if [&b"client"[..], b"rest", b"api", b"sdk"].iter().any(|word| memchr::memmem::find(&lower, word).is_some()) {
            for import in afar::imports(&self.text[start.saturating_sub(context::REACH_BEFORE)..start]) {
                call.push(b' ');
                call.extend_from_slice(import);
            }
        }
        Some(call)
    }

    /// Whether a value is an argument of a function or class of the rule's provider.
    pub(super) fn is_called(&self, rule: u16, start: usize) -> bool {
        self.rules.rule(rule).secret
            && self.call_around(start).is_some_and(|call| self.detector.context().is_provider(rule, &call))
    }

    /// Tries those rules of which a word stands near, and those whose other part was found before. The name that the
    /// value is assigned to decides first: what stands beside it may be about its neighbours.
    fn tried_by_name(&mut self, shapes: &[u16], value: Range<usize>, random: bool, named: &[u64]) {
        let bytes = &self.text[value.clone()];
        // What stands in front of the whole counts for its parts, too.
        let whole = if self.value.contains(&value.start) { self.value.start } else { value.start };
        let before = context::before(self.text, whole);
        let other = names_other(&before);
        // A part of base64 that two of its own characters delimit is none.
        let joint = value.start.checked_sub(1).map(|i| self.text[i]).filter(|b| matches!(b, b'/' | b'+'));
        let alphabet: ByteSet = bytes.iter().copied().collect();
        // With each the longest of its rule's words that stands in the name of the value.
        let mut tried: Vec<(usize, u16)> = Vec::new();
        for &index in shapes {
            let shape = &self.rules.shapes()[index as usize];
            let may = is_in(named, shape.rule) || !self.done.in_runs.is_empty();
            if may && alphabet.is_subset(&shape.alphabet) {
                tried.push((0, index));
            }
        }
        let own = std::cell::LazyCell::new(|| match before.name.is_empty() {
            true => Vec::new(),
            false => self.text[before.start.min(whole)..whole].to_ascii_lowercase(),
        });
        let stands = |word: &&&str| memchr::memmem::find(&own, word.as_bytes()).is_some();
        if tried.len() > 1 {
            for (told, index) in &mut tried {
                let rule = self.rules.shapes()[*index as usize].rule;
                let words = if is_in(named, rule) { self.rules.rule(rule).context } else { &[] };
                *told = words.iter().filter(stands).map(|word| word.len()).max().unwrap_or_default();
            }
            tried.sort_by_key(|(told, _)| std::cmp::Reverse(*told));
        }
        let mut matched = 0;
        for (told, index) in tried {
            if told < matched {
                break;
            }
            let shape = &self.rules.shapes()[index as usize];
            let is_named = is_in(named, shape.rule);
            if joint.is_some_and(|joint| shape.alphabet.contains(joint)) {
                continue;
            }
            let rule = self.rules.rule(shape.rule);
            let named_other = other
                .as_ref()
                .is_some_and(|name| name.ends_with("ids") || !rule.context.iter().any(|word| name.contains(word)));
            if named_other || !rule.is_told_by_form() && !random {
                let reason = if named_other {
                    "the name in front says that it is a digest or an id"
                } else {
                    "it does not look random"
                };
                self.reject(value.clone(), Some(shape.rule), reason);
                continue;
            }
            if !is_named && !self.follows_its_part(rule, value.start) {
                continue;
            }
            let of_another = names_no_secret(&before)
                && !rule.context.iter().any(|word| stands(&word))
                && has_named_twin(self.text, &value, rule.context);
            if of_another {
                let reason = "what stands near is the name of another value of the same form, and its own is none";
                self.reject(value.clone(), Some(shape.rule), reason);
            } else {
                let before = self.done.in_runs.len();
                self.pattern(shape.rule, value.start, Some(value.end), 0, false);
                let kept = &self.done.in_runs[before..];
                if kept.iter().any(|judged| judged.found.confidence >= Confidence::Medium) {
                    matched = told;
                }
            }
        }
    }
}

/// Whether a bit is set; none of an empty set is.
pub(super) fn is_in(bits: &[u64], index: u16) -> bool {
    bits.get(usize::from(index) / 64).is_some_and(|group| group >> (index % 64) & 1 == 1)
}

/// Longer values with a `+` in them are base64 as a whole, of which no part is anything by itself.
const LONG: usize = 400;

/// Whether a run is of letters of both cases alone, drawn by chance, and stands between quotation marks: one in thirty of
/// the keys of twenty letters and digits has no digit.
fn is_letters_in_quotes(text: &[u8], run: &Range<usize>) -> bool {
    let Some(&before) = run.start.checked_sub(1).and_then(|i| text.get(i)) else { return false };
    let bytes = &text[run.clone()];
    matches!(before, b'"' | b'\'' | b'`')
        && text.get(run.end) == Some(&before)
        && bytes.len() <= LETTERS
        && entropy::are_random_letters(bytes)
}

/// Whether a text ends with the version of an interface in a path: `/v6/`.
fn is_behind_version(text: &[u8]) -> bool {
    let Some(path) = text.strip_suffix(b"/") else { return false };
    let digits = path.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    matches!(digits, 1..=2) && path[..path.len() - digits].ends_with(b"/v")
}

/// The name in front, in lower case, when it says that the value is something else: a digest, an id. It does not when
/// the name is one that the rule asks for (`api_hash`).
fn names_other(before: &Before<'_>) -> Option<String> {
    const OTHER: &[&str] = &[
        "sha",
        "md5",
        "digest",
        "checksum",
        "hash",
        "integrity",
        "commit",
        "revision",
        "etag",
        "rev",
        "blob",
        "tree",
        "fingerprint",
        "trace",
        "publickey",
        "public_key",
        "public-key",
    ];
    let name = String::from_utf8_lossy(before.name).to_ascii_lowercase();
    (OTHER.iter().any(|word| name.contains(word)) || context::names_an_id(before.name)).then_some(name)
}

/// Whether a value is assigned to a name that tells no secret: `SENTRY_RELEASE=VALUE`, `build: VALUE`.
fn names_no_secret(before: &Before<'_>) -> bool {
    before.assigned && before.scheme.is_none() && !before.name.is_empty() && !names_a_key(before)
}

/// Whether another line near a value has one of the same length, to whose name one of the words belongs that a rule asks
/// for.
fn has_named_twin(text: &[u8], value: &Range<usize>, words: &[&str]) -> bool {
    let from = value.start.saturating_sub(context::REACH_BEFORE);
    let to = (value.end + context::REACH_AFTER).min(text.len());
    let (front, behind) = (&text[from..value.start], &text[value.end..to]);
    let front = &front[..memchr::memrchr(b'\n', front).unwrap_or(0)];
    let behind = &behind[memchr::memchr(b'\n', behind).unwrap_or(behind.len())..];
    let lines = front.split(|&b| b == b'\n').chain(behind.split(|&b| b == b'\n'));
    lines.into_iter().any(|line| {
        let line = line.trim_ascii();
        let twin = line.split(|&b| !is_key_byte(b) || b == b'=').rfind(|run| run.len() >= MIN_RUN);
        let Some(twin) = twin.filter(|twin| twin.len() == value.len()) else { return false };
        let name = String::from_utf8_lossy(&line[..line.len() - twin.len()]).to_ascii_lowercase();
        words.iter().any(|word| name.contains(word))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::Detector;
    use crate::detect::rule::Ruleset;

    #[test]
    fn what_an_ellipsis_shortens_is_no_key() {
        let detector = Detector::new(Arc::new(Ruleset::builtin()));
        let value = ["9be769a4bba6e1d96f65", "3e6c51af7c0b42d81e93"].concat();
        assert_eq!(detector.detect(format!("token: \"{value}\"").as_bytes(), false).len(), 1);
        assert!(detector.detect(format!("token: \"{value}...\"").as_bytes(), false).is_empty());
    }
}
