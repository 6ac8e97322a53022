//! Decides about one candidate: whether its pattern matches, its context speaks for it, and its check lets it pass.

use std::borrow::Cow;
use std::ops::Range;

use super::ends::{begins_here, ends_here};
use super::no_key::is_piece_of_base64;
use super::search::Search;
use super::unprefixed::is_in;
use super::{Decoded, FarAnchor, MAX_MATCH, Match, PART_RUN};
use crate::detect::detector::Candidate;
use crate::detect::rule::anchor::MIN_RUN;
use crate::detect::rule::{Rule, pattern};
use crate::detect::trace::{Observer, Remark};
use crate::detect::verify::{self, Verdict};
use crate::detect::{chosen, coded, context, placeholder};
use crate::finding::{Confidence, Fact, Verification};
use crate::secret::Secret;

impl<'a, O: Observer> Search<'a, O> {
    /// Tries a rule's pattern at one place; whether it matched there, key or not. `fixed` bytes of a match are known
    /// beforehand. What is `apart` may begin behind a word.
    pub(super) fn pattern(&mut self, index: u16, start: usize, end: Option<usize>, fixed: usize, apart: bool) -> bool {
        let rule = self.rules.rule(index);
        if !apart && !begins_here(self.text, start) {
            self.no_pattern(index, start, fixed, "its prefix stands in the middle of a word");
            return false;
        }
        if rule.far && self.done.far.last() != Some(&FarAnchor { at: self.at, start }) {
            self.done.far.push(FarAnchor { at: self.at, start });
        }
        if self.text.len() - start < rule.min_len {
            self.no_pattern(index, start, fixed, "its prefix stands here, but the text ends before a key could");
            return false;
        }
        let Some(pattern) = self.rules.pattern(index) else { return false };
        let Some(hit) = pattern.at(self.text, start..(start + MAX_MATCH).min(self.text.len())) else {
            self.no_pattern(index, start, fixed, NO_MATCH);
            return false;
        };
        let pattern::Hit { whole, secret: span, id } = hit;
        // Another one, which ends in front of the literal that this was tried for.
        if whole.end < start + fixed {
            return false;
        }
        let open = span.end == whole.end;
        if end.is_some_and(|end| end != whole.end) || !ends_here(self.text, whole.end, rule, open) {
            self.no_pattern(index, start, fixed, "the pattern matches, but what follows continues the value");
            return false;
        }
        if !rule.is_told_by_form() && open && is_piece_of_base64(self.text, &whole) {
            self.no_pattern(index, start, fixed, "the pattern matches a piece of something in base64");
            return false;
        }
        self.judge(index, whole, span, id, fixed);
        true
    }

    /// Tells why a pattern that was tried behind `fixed` known bytes does not match.
    pub(super) fn no_pattern(&mut self, index: u16, start: usize, fixed: usize, reason: &'static str) {
        // Where only length and alphabet spoke for a rule, nobody expects it.
        if fixed > 0 && !self.quiet {
            self.reject(start..start + fixed, Some(index), reason);
        }
    }

    /// Tells why something is no match.
    #[inline]
    pub(super) fn reject(&mut self, span: Range<usize>, rule: Option<u16>, reason: &'static str) {
        let text = self.text;
        self.observer.tell(|| Remark::no(text, span, rule, reason));
    }

    /// Decides about a match of a pattern, which may have told the id of the key beside it.
    fn judge(&mut self, index: u16, whole: Range<usize>, span: Range<usize>, id: Option<Range<usize>>, fixed: usize) {
        let rule = self.rules.rule(index);
        let value = &self.text[span.clone()];
        let by_part =
            !rule.context.is_empty() && !self.has_context(index, span.clone()) && !self.is_called(index, whole.start);
        if by_part && !self.follows_its_part(rule, whole.start) {
            let text = self.text;
            self.observer.tell(|| {
                let reason = format!("none of its context words stands near: {}", rule.context.join(", "));
                Remark::no(text, span, Some(index), reason)
            });
            return;
        }
        let verdict = rule.verify.map(|family| (family.check)(value));
        let (mut confidence, mut verification) = match verdict {
            Some(Verdict::Rejected(reason)) => {
                let text = self.text;
                let told = || Remark::no(text, span, Some(index), format!("the pattern matches, but {reason}"));
                self.observer.tell(told);
                return;
            }
            Some(Verdict::Confirmed(verification)) => (Confidence::Confirmed, Some(verification)),
            Some(Verdict::Plausible(verification)) => (rule.confidence, Some(verification)),
            Some(Verdict::Doubtful(verification)) => (Confidence::Low, Some(verification)),
            None => (rule.confidence, None),
        };
        if let (Some(id), Some(verification)) = (id, verification.as_mut()) {
            let value = String::from_utf8_lossy(&self.text[id]).into_owned();
            verification.facts.push(Fact { name: "key id".to_owned(), value });
        }
        if let (Some(beside), Some(verification)) = (rule.verify.and_then(|family| family.beside), &mut verification) {
            let mut beside = beside(self.text, &whole);
            verification.facts.append(&mut beside.facts);
            if let Some(proof) = beside.proof {
                confidence = Confidence::Confirmed;
                proof.clone_into(&mut verification.what);
            }
        }
        // A prefix that every key of the kind has says nothing about this one.
        let chosen = &self.text[span.start.max((whole.start + fixed).min(span.end))..span.end];
        let chosen = if chosen.len() < 8 { value } else { chosen };
        // What a checksum confirms is a key, and so is what was decoded at length; else it may be a placeholder.
        let decoded = verification.is_some() && value.len() > 256;
        let judged = rule.verify.is_some_and(|family| family.judges == verify::Judges::Words);
        if confidence < Confidence::Confirmed
            && !decoded
            && !judged
            && let Some(reason) = placeholder::reason(chosen)
        {
            let text = self.text;
            let told =
                || Remark::no(text, span, Some(index), format!("the pattern matches, but {reason}: a placeholder"));
            self.observer.tell(told);
            return;
        }
        // What only the words near it tell may be any text.
        if rule.verify.is_none() && !rule.context.is_empty() && chosen::is_base64_of_words(value) {
            self.reject(span, Some(index), "it is the base64 of a usual word or a name");
            return;
        }
        if placeholder::is_documented(value) {
            self.reject(span, Some(index), placeholder::DOCUMENTED_SAMPLE);
            return;
        }
        let told = self.rules.pattern(index).map_or_else(Vec::new, |pattern| pattern.facts(self.text, whole.clone()));
        if !told.is_empty() {
            let parts = || Verification { what: PARTS.to_owned(), facts: Vec::new() };
            verification.get_or_insert_with(parts).facts.extend(told);
        }
        let opened = rule.verify.and_then(|family| family.opened).and_then(|opened| opened(value));
        let decoded = opened.map(decoded_as);
        let text = self.text;
        self.observer
            .tell(|| Remark::yes(text, span.clone(), index, why(rule, by_part, verification.as_ref(), confidence)));
        self.push(Match { rule: index, span, whole, confidence, verification, notes: Vec::new(), decoded }, by_part);
    }

    /// Whether one of a rule's context words stands near a key, the name that its pattern may have in front included.
    fn has_context(&mut self, index: u16, key: Range<usize>) -> bool {
        self.detector.context().named(self.text, key, &mut self.seen, &mut self.named);
        is_in(&self.named, index)
    }

    pub(super) fn keep(&mut self, rule: u16, candidate: Candidate, reason: &'static str) {
        let Candidate { span, mut confidence, notes, plain } = candidate;
        let text = self.text;
        // In the manifest of a Kubernetes Secret, what base64 stands for is the value.
        let family = &verify::KUBERNETES_SECRET;
        let opened = || family.opened.and_then(|opened| opened(&text[span.clone()]));
        let mut decoded = if coded::is_kubernetes_secret(text, &span) { opened().map(decoded_as) } else { None };
        if decoded.is_some() {
            match (family.check)(&text[span.clone()]) {
                Verdict::Rejected(reason) => return self.reject(span, Some(rule), reason),
                // A run is decoded by itself.
                _ if span.len() >= MIN_RUN => {
                    return self.reject(
                        span,
                        Some(rule),
                        "it is base64 of a Kubernetes Secret: what that stands for counts",
                    );
                }
                Verdict::Doubtful(_) => confidence = confidence.min(Confidence::Low),
                _ => {}
            }
        }
        if placeholder::is_documented(plain.as_deref().unwrap_or(&text[span.clone()])) {
            self.reject(span, Some(rule), placeholder::DOCUMENTED_SAMPLE);
            return;
        }
        if let Some(plain) = plain {
            decoded = Some(decoded_as((plain, coded::escape::Kind::Entity.form())));
        }
        self.observer.tell(|| {
            let reasons = vec![reason.to_owned(), format!("its confidence is {}", confidence.as_str())];
            Remark::yes(text, span.clone(), rule, reasons)
        });
        self.push(Match { rule, whole: span.clone(), span, confidence, verification: None, notes, decoded }, false);
    }

    /// Whether another part of the same credential, an id, was found closely before: in a run, and by itself. So what is
    /// found here never rests on more than two places.
    pub(super) fn follows_its_part(&self, rule: &Rule, start: usize) -> bool {
        let Some(own) = rule.part else { return false };
        let in_runs = &self.done.in_runs;
        let before = &in_runs[..in_runs.partition_point(|judged| judged.at <= start)];
        before
            .iter()
            .rev()
            .take_while(|judged| start - judged.at <= context::REACH_BEFORE + PART_RUN)
            .filter(|judged| !judged.by_part && judged.found.span.end <= start)
            .filter(|judged| start - judged.found.span.end <= context::REACH_BEFORE)
            .filter_map(|judged| self.rules.rule(judged.found.rule).part)
            .any(|part| part.group == own.group && part.role != own.role)
    }
}

/// Where a prefix stands.
pub(super) const NO_MATCH: &str = "its prefix stands here, but what follows is no key of this kind";

/// What is said of a key of which the groups of its pattern tell something, and that no check was asked about.
const PARTS: &str = "key structure";

/// What speaks for a match of a pattern.
fn why(rule: &Rule, by_part: bool, verification: Option<&Verification>, confidence: Confidence) -> Vec<String> {
    let mut reasons = vec!["the pattern matches".to_owned()];
    if by_part {
        reasons.push("another part of the same credential stands in front of it".to_owned());
    } else if !rule.context.is_empty() {
        reasons.push("one of its context words stands near".to_owned());
    }
    if let Some(verification) = verification {
        let how = if confidence == Confidence::Confirmed { "verified" } else { "checked" };
        reasons.push(format!("{how} offline: {}", verification.what));
    }
    reasons.push(format!("its confidence is {}", confidence.as_str()));
    reasons
}

/// What bytes stand for, with what reports call their form.
fn decoded_as((value, form): (Vec<u8>, &'static str)) -> Box<Decoded> {
    Box::new(Decoded { value: Secret::new(value), form: Some(Cow::Borrowed(form)) })
}
