//! What is decided about candidates, for whoever asks why something is a finding or is none.
//!
//! The engine tells every decision to an [`Observer`] where it makes it, so that an explanation can never differ from a
//! scan. A scan has nobody who listens, and then nothing of this is left in the program: [`Silent`] is known at compile
//! time, and what there would be to tell is never put together.

use std::ops::Range;

use super::coded;
use crate::secret::redact;

/// A decision about one candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remark {
    /// What it is about.
    pub span: Range<usize>,
    /// Index of the rule; absent where it concerns several.
    pub rule: Option<u16>,
    /// The candidate, redacted.
    pub shown: String,
    /// The forms it was decoded from, as reports name them.
    pub form: Option<String>,
    /// Whether it is a match.
    pub is_match: bool,
    /// What decided, in the order in which it was asked.
    pub reasons: Vec<String>,
}

impl Remark {
    /// One that is no match.
    pub(super) fn no(text: &[u8], span: Range<usize>, rule: Option<u16>, reason: impl Into<String>) -> Self {
        Remark::new(text, span, rule, false, vec![reason.into()])
    }

    /// One that is.
    pub(super) fn yes(text: &[u8], span: Range<usize>, rule: u16, reasons: Vec<String>) -> Self {
        Remark::new(text, span, Some(rule), true, reasons)
    }

    fn new(text: &[u8], span: Range<usize>, rule: Option<u16>, is_match: bool, reasons: Vec<String>) -> Self {
        let shown = redact(&text[span.clone()]);
        Remark { span, rule, shown, form: None, is_match, reasons }
    }
}

/// Who is told.
pub(super) trait Observer {
    /// Whether only the texts are of interest that are decoded, and no value is judged.
    const TEXTS_ONLY: bool = false;

    /// Takes a decision, which is only put together for those who listen.
    fn tell(&mut self, remark: impl FnOnce() -> Remark);

    /// How many were told so far.
    fn told(&self) -> usize;

    /// This is what a form of the text was decoded to. What is told of it follows, and then [`decoded`](Self::decoded).
    fn opens(&mut self, text: &[u8]);

    /// Those from the given number on were about a form of the text: their places are made those of the text, and of
    /// those that are matches only what counts stays one.
    fn decoded(&mut self, from: usize, form: &str, back: impl Fn(Range<usize>) -> Range<usize>);

    /// The match of this rule with this span is none after all.
    fn revoke(&mut self, rule: u16, span: &Range<usize>, reason: impl FnOnce() -> String);
}

/// Nobody listens.
pub(super) struct Silent;

impl Observer for Silent {
    #[inline(always)]
    fn tell(&mut self, _: impl FnOnce() -> Remark) {}

    #[inline(always)]
    fn told(&self) -> usize {
        0
    }

    #[inline(always)]
    fn opens(&mut self, _: &[u8]) {}

    #[inline(always)]
    fn decoded(&mut self, _: usize, _: &str, _: impl Fn(Range<usize>) -> Range<usize>) {}

    #[inline(always)]
    fn revoke(&mut self, _: u16, _: &Range<usize>, _: impl FnOnce() -> String) {}
}

/// Keeps what it is told.
#[derive(Default)]
pub(super) struct Trace(pub(super) Vec<Remark>);

impl Observer for Trace {
    fn tell(&mut self, remark: impl FnOnce() -> Remark) {
        self.0.push(remark());
    }

    fn told(&self) -> usize {
        self.0.len()
    }

    fn opens(&mut self, _: &[u8]) {}

    fn decoded(&mut self, from: usize, form: &str, back: impl Fn(Range<usize>) -> Range<usize>) {
        for remark in &mut self.0[from..] {
            remark.span = back(remark.span.clone());
            remark.form = Some(match remark.form.take() {
                Some(inner) => coded::form_in(&inner, form),
                None => form.to_owned(),
            });
        }
    }

    fn revoke(&mut self, rule: u16, span: &Range<usize>, reason: impl FnOnce() -> String) {
        let told = self.0.iter_mut().rev();
        let mut same = told.filter(|remark| remark.is_match && remark.rule == Some(rule) && remark.span == *span);
        if let Some(remark) = same.next() {
            remark.is_match = false;
            remark.reasons.push(reason());
        }
    }
}
