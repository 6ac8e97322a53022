//! From matches to places: what is reported of each, how sure it is, and where it stands.

use super::counterpart::{self, InText};
use super::parts::{self, Role};
use super::place::{self, Cursor, Lines};
use super::shown::Hidden;
use super::stream::Blob;
use super::{Engine, Ground, Place};
use crate::detect::decode::TextKind;
use crate::detect::{Afar, Match, Named, allow, chosen, context};
use crate::finding::{Allowance, Artifact, Confidence, Location, Part, Verification};
use crate::secret::{Redacted, Secret};

impl Engine {
    /// What becomes of matches; see [`parts`].
    pub(super) fn roles(&self, matches: &[Match]) -> Vec<Role> {
        match &self.wanted {
            // Who looks for the id of a credential wants to see it alone, too.
            Some(_) => vec![Role::Reported(Vec::new()); matches.len()],
            None => parts::group(matches, self.detector.ruleset()),
        }
    }

    pub(super) fn places(
        &self,
        blob: &Blob<'_>,
        text: &[u8],
        original: &dyn Fn(usize) -> usize,
        matches: &[(Match, Option<String>)],
        cursor: &mut Cursor,
    ) -> Vec<Place> {
        let rules = self.detector.ruleset();
        let plain: Vec<Match> = matches.iter().map(|(found, _)| found.clone()).collect();
        let roles = self.roles(&plain);
        let others = self.others(text, blob.kind == TextKind::Binary, Some(&plain));
        let hidden = self.hidden(text, &plain, &others);
        let named = Named::default();
        let told: Vec<Told> = plain.iter().map(|found| self.told(found, text, blob.artifact, &named)).collect();
        let first = plain.iter().map(|found| found.span.start).min();
        let last = plain.iter().map(|found| found.span.end).max();
        let marked = first.zip(last).is_some_and(|(first, last)| allow::stands_in(place::around(text, &(first..last))));
        let counterparts = InText::read(text, &plain);
        let mut lines = Lines::default();
        let locations: Vec<Location> = matches
            .iter()
            .zip(&told)
            .map(|((found, part), told)| {
                self.location(blob, text, original, found, told.rule, part.clone(), &hidden, marked, &mut lines, cursor)
            })
            .collect();
        let path = blob.artifact.to_string();
        let translation = context::is_translation(&path);
        let mut places = Vec::new();
        for (i, found) in plain.iter().enumerate() {
            let Role::Reported(others) = &roles[i] else { continue };
            if !blob.owned.contains(&original(found.span.start)) {
                continue;
            }
            let parts: Vec<Part> = others
                .iter()
                .map(|&j| {
                    let rule = rules.rule(plain[j].rule);
                    Part {
                        rule: rule.id.to_owned(),
                        role: rule.part.map_or("part", |part| part.role).to_owned(),
                        value: Redacted::of(Secret::new(plain[j].value(text).to_vec()), rule.secret),
                        is_secret: rule.secret,
                        location: locations[j].clone(),
                    }
                })
                .collect();
            // Hashes of passwords in tests are those of tests' passwords, as a name's value there is.
            let rule = rules.rule(found.rule);
            let by_name = rule.detector.is_some() || rule.id.starts_with("password-hash-");
            // What is random is translated nowhere, and resources of programs have their texts and keys in one file.
            let worded = || found.value(text).len() < 16 || !crate::detect::entropy::looks_random(found.value(text));
            let by_name = by_name && parts.is_empty() && self.wanted.is_none();
            let ground = match rule.detector {
                _ if !by_name => Ground::Itself,
                Some("password" | "uri") if chosen::is_of_someone(found.value(text)) => Ground::Form,
                _ => Ground::Name,
            };
            let confidence = if !parts.is_empty() {
                // Context and randomness spoke for the secret; its other half beside it settles the matter.
                found.confidence.max(Confidence::High)
            } else if by_name && found.confidence == Confidence::Medium && translation && worded() {
                Confidence::Low
            } else {
                found.confidence
            };
            let mut verification = with_parts(found.verification.clone(), others.iter().map(|&j| &plain[j]));
            let shown = &|name: &str| self.without_keys(name);
            let of = counterpart::Subject { verification: &mut verification, shown };
            counterparts.tell(i, &found.span, text.len(), of);
            places.push(Place {
                rule: told[i].rule,
                detected: found.rule,
                secret: Secret::new(found.value(text).to_vec()),
                confidence,
                ground,
                verification,
                notes: found.notes.iter().map(|note| note.clone().into_owned()).chain(told[i].note.clone()).collect(),
                parts,
                location: locations[i].clone(),
            });
        }
        places
    }

    /// What the file says about a match from afar.
    fn told(&self, found: &Match, text: &[u8], artifact: &Artifact, named: &Named) -> Told {
        let afar = || self.detector.named_afar(found, text, artifact.innermost(), named);
        let title = |rule: u16| self.detector.ruleset().rule(rule).title;
        match self.wanted.is_none().then(afar).flatten() {
            Some((rule, Afar::Path)) => Told { rule, note: Some("the path of its file names the provider".to_owned()) },
            Some((rule, Afar::Text)) => {
                let note = format!("it has the form of another kind, which its file imports or names: {}", title(rule));
                Told { rule: found.rule, note: Some(note) }
            }
            None => Told { rule: found.rule, note: self.same_form(found, text) },
        }
    }

    /// Says whose key a match might be as well.
    fn same_form(&self, found: &Match, text: &[u8]) -> Option<String> {
        let others = self.detector.same_form(found, text);
        let titles: Vec<&str> = others.iter().map(|&rule| self.detector.ruleset().rule(rule).title).collect();
        (!titles.is_empty() && self.wanted.is_none())
            .then(|| format!("keys of another kind have the same form: {}", titles.join(", ")))
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn location(
        &self,
        blob: &Blob<'_>,
        text: &[u8],
        original: &dyn Fn(usize) -> usize,
        found: &Match,
        rule: u16,
        part: Option<String>,
        hidden: &Hidden<'_>,
        marked: bool,
        lines: &mut Lines,
        cursor: &mut Cursor,
    ) -> Location {
        let bytes = blob.base + original(found.span.start) as u64..blob.base + original(found.span.end) as u64;
        let region = place::region(text, &found.span, cursor, bytes);
        let snippet = place::snippet(text, &found.span, &hidden.spans, &hidden.known, region.start.line, lines);
        let name = |rule: u16| self.detector.ruleset().rule(rule).id;
        let allowance = |line: &[u8], above: &[u8]| {
            let of = |rule: u16| allow::allowance(name(rule), line, above);
            of(rule).or_else(|| of(found.rule))
        };
        // An allowed key is a leak that someone accepted; who asks where it is wants to see that place, too.
        let allowed = match &self.wanted {
            Some(_) => None,
            None if !marked => None,
            None => {
                let (above, first, last) = place::lines(text, &found.span);
                allowance(first, above).or_else(|| allowance(last, &[]))
            }
        };
        // A reason may name the key that it is about, or the one that took its place.
        let reason = |reason: String| self.reason(&hidden.known.hidden_in(&reason));
        let allowed = allowed.map(|allowed| Allowance { reason: allowed.reason.map(reason), ..allowed });
        let part = joined(part, found.decoded.as_ref().and_then(|decoded| decoded.form.as_deref()));
        let line_hash = self.key.digest("line", snippet.text.trim().as_bytes()).to_string();
        Location { artifact: blob.artifact.clone(), region, snippet, line_hash, part, history: None, allowed }
    }
}

/// What becomes of a match by what its file says.
struct Told {
    pub(super) rule: u16,
    note: Option<String>,
}

/// What was checked of a secret, with what the other parts of its credential reveal.
fn with_parts<'m>(own: Option<Verification>, parts: impl Iterator<Item = &'m Match>) -> Option<Verification> {
    let mut all = own?;
    for part in parts.filter_map(|part| part.verification.as_ref()).filter(|part| !part.facts.is_empty()) {
        all.what.push_str(&format!(", and {} beside it", part.what));
        all.facts.extend(part.facts.iter().filter(|fact| !all.facts.contains(fact)).cloned().collect::<Vec<_>>());
    }
    Some(all)
}

/// The part of a document, and the form in which a key stands there.
pub(super) fn joined(part: Option<String>, form: Option<&str>) -> Option<String> {
    match (part, form) {
        (Some(part), Some(form)) => Some(format!("{part}, {form}")),
        (part, form) => part.or(form.map(str::to_owned)),
    }
}
