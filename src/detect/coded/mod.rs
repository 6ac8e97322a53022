//! Keys that are written in another form: encoded, escaped, or as strings that are joined.
//!
//! A stretch of text that may be such a form is decoded, and what comes out is searched like any other text, by the same
//! rules: a key counts that its own look or its check reveals, or a name beside it in the decoded text. The match stands
//! for the encoded bytes; its value is the key. What was decoded may hold another form, down to [`DEPTH`] levels. The
//! name that base64 or hexadecimal digits of one word are assigned to is that word's name, as in manifests of Kubernetes.
//!
//! No pass over all bytes is made for this. Cheap questions at the runs that are found anyway decide what is decoded:
//!
//! - [`base64`] and hexadecimal digits are runs themselves. Twelve decoded bytes tell text (and gzip) from the rest, so
//!   that images, fonts, certificates and digests cost next to nothing.
//! - Escapes ([`escape`]: percent-encoding, HTML entities, those of string literals, quoted-printable) break a key into
//!   pieces. One of them that is a run has the escape beside it.
//! - So has a piece of joined strings ([`joined`]) its quotation mark.
//! - Text that consists of escapes has no runs. It is long, so every 64th byte is enough to find it.
//!
//! How far a form reaches is bounded, so that windows of large files and differences between versions give the same
//! outcome as looking at the whole: see [`changes`](super::changes).

mod base64;
pub(super) mod escape;
mod joined;

use std::borrow::Cow;
use std::io::Read as _;
use std::ops::Range;

use super::context::{self, NameSays, REACH_AFTER, REACH_BEFORE};
use super::decode::{self, OffsetMap, TextKind};
use super::matcher::{Decoded, FarAnchor, Judged, Search, value_of};
use super::rule::anchor::NEAR;
use super::trace::Observer;
use super::verify::IN_MANIFEST;
use crate::secret::Secret;
use escape::Kind;

/// Forms within forms are followed so many levels deep; gzip within base64 is one.
pub(super) const DEPTH: u8 = 3;

/// Bytes of a form of several lines or pieces that are looked at. Less than [`MAX_MATCH`](super::MAX_MATCH), which
/// bounds what a difference may reach.
const REACH: usize = 24 << 10;

/// Bytes of one run that are decoded. With what stands around it, less than the half of what neighbouring windows of a
/// large file share.
const MAX_RUN: usize = 96 << 10;

/// What may come out of gzip in one form of the text, in bytes: so many, and [`GROWTH`] for each of its own.
const INFLATED: usize = 64 << 10;
/// Settings and manifests shrink to a tenth; a bomb to a thousandth.
const GROWTH: usize = 64;

/// What a stretch of text decodes to.
struct Plain {
    bytes: Vec<u8>,
    back: Back,
    /// The stretch, where all of it is to be hidden: what is beside a key in it says something about it.
    whole: Option<Range<usize>>,
    form: Cow<'static, str>,
    /// So many of the bytes are the name that the stretch is assigned to, put in front of what was decoded.
    heading: usize,
}

/// The way from decoded bytes to the encoded ones.
enum Back {
    /// Three bytes to four characters, in lines: for each the characters in front of it, and where it begins. Behind the
    /// last of so many bytes there is padding up to `end`.
    Base64 { lines: Vec<(usize, usize)>, bytes: usize, end: usize },
    /// One byte to two digits, which begin here.
    Hex(usize),
    /// Character by character.
    Map(OffsetMap),
    /// Every byte stands for all.
    Whole(Range<usize>),
}

impl Back {
    fn range(&self, span: Range<usize>) -> Range<usize> {
        match self {
            Back::Base64 { lines, bytes, end } => {
                let place = |character: usize| {
                    let line = lines.partition_point(|(before, _)| *before <= character).saturating_sub(1);
                    lines.get(line).map_or(0, |(before, start)| start + (character - before))
                };
                // The first character that holds a bit of the span, and the last one.
                let last = || place((span.end * 8).div_ceil(6).max(1) - 1) + 1;
                place(span.start * 8 / 6)..if span.end == *bytes { *end } else { last() }
            }
            Back::Hex(start) => start + 2 * span.start..start + 2 * span.end,
            Back::Map(map) => map.range_to_original(span),
            Back::Whole(whole) => whole.clone(),
        }
    }
}

/// What the byte at the edge of a run may begin or end.
const ESCAPE: u8 = 1;
const QUOTE: u8 = 2;
const LINE: u8 = 4;

/// For the byte behind a run.
static BEHIND: [u8; 256] = edges(b"%&\\", b"\r\n");
/// For the byte in front of a run.
static BEFORE: [u8; 256] = edges(b"%;\\", b"\n");

const fn edges(escapes: &[u8], lines: &[u8]) -> [u8; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < escapes.len() {
        table[escapes[i] as usize] = ESCAPE;
        i += 1;
    }
    i = 0;
    while i < lines.len() {
        table[lines[i] as usize] = LINE;
        i += 1;
    }
    table[b'"' as usize] = QUOTE;
    table[b'\'' as usize] = QUOTE;
    table[b'`' as usize] = QUOTE;
    table
}

/// Which decoded keys count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counts {
    /// All.
    All,
    /// Those that no search of the text as it stands can find: with an escape in them, or beside a name with one.
    Escaped,
    /// Those that stand in more than one piece and need nothing beside them.
    Joined,
}

impl<O: Observer> Search<'_, O> {
    /// Looks for forms in a run with so many digits, and at its edges. A rule that matched most of it says what it is.
    #[inline]
    pub(super) fn coded(&mut self, run: Range<usize>, digits: usize, covered: bool) {
        if run.len() < base64::MIN {
            // In the manifest of a Secret stands nothing but base64, short or long.
            if !covered && may_be_of_manifest(self.text, &run) && base64::is_promising(&self.text[run.clone()]) {
                self.short(&run);
            }
        } else if !covered {
            // The base64 of hexadecimal digits may have no digit; padding tells it from the names of things.
            if digits == 0 && self.text[run.end - 1] == b'=' {
                let value = value_of(&self.text[run.clone()]);
                self.value = run.start + value.start..run.start + value.end;
            }
            if digits > 0 || !self.value.is_empty() {
                self.in_run(run.clone());
            }
        }
        let behind = self.text.get(run.end).map_or(0, |&b| BEHIND[usize::from(b)]);
        let before = run.start.checked_sub(1).map_or(0, |i| BEFORE[usize::from(self.text[i])]);
        // Most runs at the end or the beginning of a line are whole.
        let behind = if behind == LINE && self.text[run.end - 1] != b'=' { 0 } else { behind };
        let breaks = |i: usize| matches!(self.text[i], b'=' | b'\\' | b'\r');
        let before = if before == LINE && !run.start.checked_sub(2).is_some_and(breaks) { 0 } else { before };
        let quoted = (behind | before) & QUOTE != 0 && joined::may_be_joined(self.text, &run);
        let edges = if quoted { u8::MAX } else { !QUOTE };
        if (behind | before) & edges != 0 {
            self.at_edges(run, behind & edges, before & edges);
        }
    }

    /// Base64 and hexadecimal digits.
    #[inline]
    fn in_run(&mut self, run: Range<usize>) {
        let text = self.text;
        let value = self.value.clone();
        if value.len() < base64::MIN {
            return;
        }
        if value.start > run.start && text[value.start..].starts_with(b"3D") {
            self.escaped(Kind::Quoted, run, true);
        }
        let mut start = value.start;
        for end in memchr::memchr_iter(b'.', &text[value.clone()]).map(|i| value.start + i).chain([value.end]) {
            let piece = &text[start..end];
            if piece.len() >= base64::MIN {
                if base64::is_promising(piece) {
                    self.base64(start..end);
                } else {
                    let mark = if piece.starts_with(b"0x") { 2 } else { 0 };
                    if base64::is_promising_hex(&piece[mark..]) {
                        self.hex(start + mark..end);
                    }
                }
            }
            start = end + 1;
        }
    }

    /// A value of a Kubernetes Secret that is too short to stand by itself.
    #[inline(never)]
    fn short(&mut self, run: &Range<usize>) {
        if is_kubernetes_secret(self.text, run) {
            self.base64(run.clone());
        }
    }

    #[inline(never)]
    fn base64(&mut self, first: Range<usize>) {
        let text = self.text;
        let first = first.start..first.end.min(first.start + MAX_RUN);
        let lines = if base64::may_go_on(text, &first) {
            self.reaches_far(first.start);
            base64::lines(text, first.clone(), REACH)
        } else {
            vec![first.clone()]
        };
        let Some(bytes) = base64::decode(text, &lines) else { return };
        let whole = first.start..lines.last().map_or(first.end, |line| line.end);
        let starts = lines.iter().scan(0, |before, line| {
            let start = (*before, line.start);
            *before += line.len();
            Some(start)
        });
        let starts = starts.collect();
        let back = Back::Base64 { lines: starts, bytes: bytes.len(), end: whole.end };
        let manifest = is_kubernetes_secret(text, &first);
        let form = if manifest { IN_MANIFEST } else { "in base64" };
        let heading = heading(text, whole.start, &bytes, manifest);
        self.unwrap(bytes, back, whole, form, heading.unwrap_or_default());
    }

    #[inline(never)]
    fn hex(&mut self, digits: Range<usize>) {
        let digits = digits.start..digits.end.min(digits.start + MAX_RUN);
        if let Ok(bytes) = hex::decode(&self.text[digits.start..digits.end - digits.len() % 2]) {
            let heading = heading(self.text, digits.start, &bytes, false);
            self.unwrap(bytes, Back::Hex(digits.start), digits, "in hexadecimal", heading.unwrap_or_default());
        }
    }

    /// Takes a layer of gzip off, where there is one, and looks into what comes out, behind `heading`.
    fn unwrap(&mut self, bytes: Vec<u8>, back: Back, whole: Range<usize>, form: &'static str, mut heading: Vec<u8>) {
        if self.depth == 0 {
            self.budget = INFLATED + GROWTH * whole.len();
        }
        let plain = if bytes.starts_with(&base64::GZIP) {
            let mut inflated = Vec::new();
            // What came out before an error counts: the data may be cut.
            let _ = flate2::read::MultiGzDecoder::new(&bytes[..]).take(self.budget as u64).read_to_end(&mut inflated);
            self.budget -= inflated.len().min(self.budget);
            let form = Cow::Owned(format!("in gzip {form}"));
            Plain { bytes: inflated, back: Back::Whole(whole.clone()), whole: Some(whole), form, heading: 0 }
        } else {
            let length = heading.len();
            heading.extend_from_slice(&bytes);
            Plain { bytes: heading, back, whole: Some(whole), form: Cow::Borrowed(form), heading: length }
        };
        self.look_into(plain, Counts::All);
    }

    /// What is broken off at an edge of a run.
    #[inline(never)]
    fn at_edges(&mut self, run: Range<usize>, behind: u8, before: u8) {
        let text = self.text;
        if (behind | before) & ESCAPE != 0 {
            let mut known = None;
            for kind in [
                Kind::behind(text, run.end).filter(|_| behind & ESCAPE != 0),
                Kind::before(text, run.start).filter(|_| before & ESCAPE != 0),
            ] {
                if let Some(kind) = kind.filter(|&kind| known != Some(kind)) {
                    known = Some(kind);
                    self.escaped(kind, run.clone(), true);
                }
            }
        }
        if (behind | before) & LINE != 0
            && let Some(kind) = escape::broken_line(text, &run)
        {
            self.escaped(kind, run.clone(), true);
        }
        if (behind | before) & QUOTE != 0
            && let Some(pieces) = joined::pieces(text, &run, REACH)
        {
            if pieces.last().is_some_and(|last| last.end > run.end + NEAR) {
                self.reaches_far(run.start);
            }
            let (bytes, map) = joined::join(text, &pieces);
            let form = Cow::Borrowed("in strings that are joined");
            self.look_into(Plain { bytes, back: Back::Map(map), whole: None, form, heading: 0 }, Counts::Joined);
        }
    }

    /// Looks at a stretch of key characters and escapes, if `run` is the first run in it.
    fn escaped(&mut self, kind: Kind, run: Range<usize>, only_first: bool) {
        let Some(stretch) = escape::stretch(kind, self.text, run.start, only_first, REACH) else { return };
        if stretch.end > run.end + NEAR {
            self.reaches_far(run.start);
        }
        let form = Cow::Borrowed(if stretch.only_lines { "over several lines" } else { kind.form() });
        let plain = Plain { bytes: stretch.bytes, back: Back::Map(stretch.map), whole: None, form, heading: 0 };
        self.look_into(plain, Counts::Escaped);
    }

    /// Looks for text in a window that consists of escapes.
    pub(super) fn chains_in(&mut self, window: Range<usize>) {
        if self.literals_only || self.depth >= DEPTH {
            return;
        }
        let before = self.done.in_runs.len();
        let text = self.text;
        escape::each_chain(text, window, |start, kind| {
            self.at = start;
            self.reaches_far(start);
            self.escaped(kind, start..start, false);
        });
        let mut chains = self.done.in_runs.split_off(before);
        self.done.chains.append(&mut chains);
    }

    /// Says that a difference farther behind than usual may concern what begins here.
    pub(in crate::detect) fn reaches_far(&mut self, start: usize) {
        let anchor = FarAnchor { at: self.at, start };
        if self.done.far.last() != Some(&anchor) {
            self.done.far.push(anchor);
        }
    }

    /// Searches what was decoded and takes over what counts.
    fn look_into(&mut self, plain: Plain, counts: Counts) {
        let kind = decode::classify(&plain.bytes[..plain.bytes.len().min(8 << 10)]);
        let view = decode::transcode(kind, &plain.bytes);
        let text = view.as_ref().map_or(&plain.bytes, |view| &view.bytes);
        let told = self.observer.told();
        self.observer.opens(text);
        let mut inner = Search::new(self.detector, text, kind == TextKind::Binary, &mut *self.observer);
        (inner.depth, inner.budget) = (self.depth + 1, self.budget);
        inner.all();
        let Search { done, budget, .. } = inner;
        self.budget = budget;
        let back = |span: Range<usize>| {
            let span = view.as_ref().map_or(span.clone(), |view| view.offsets.range_to_original(span));
            plain.back.range(span.start.saturating_sub(plain.heading)..span.end.saturating_sub(plain.heading))
        };
        for mut found in self.detector.settle_before(&done, self.observer) {
            if found.span.start < plain.heading {
                self.observer.revoke(found.rule, &found.span, || "it stands in the text as it is, too".to_owned());
                continue;
            }
            let value = found.value(text).to_vec();
            let span = back(found.span.clone());
            let rule = self.rules.rule(found.rule);
            let counts = match counts {
                Counts::All => true,
                Counts::Escaped => {
                    span.len() != found.span.len() || rule.detector.is_some() || !rule.context.is_empty()
                }
                Counts::Joined => span.len() != found.span.len() && rule.detector.is_none() && rule.context.is_empty(),
            };
            if !counts {
                self.observer.revoke(found.rule, &found.span, || "it stands in the text as it is, too".to_owned());
                continue;
            }
            let form = match found.decoded.take().and_then(|decoded| decoded.form) {
                None => plain.form.clone(),
                Some(inner) => form_in(&inner, &plain.form).into(),
            };
            found.decoded = Some(Box::new(Decoded { value: Secret::new(value), form: Some(form) }));
            found.whole = plain.whole.clone().unwrap_or_else(|| span.clone());
            found.span = span;
            // No part of a credential elsewhere rests on what had to be decoded.
            self.done.in_runs.push(Judged { found, at: self.at, by_part: true });
        }
        self.observer.decoded(told, &plain.form, back);
    }
}

/// Longest decoded value that is judged by the name in front of what it was decoded from.
const NAMED: usize = 512;

/// The name that an encoded value is assigned to, as the text in front of the plain value that the same name would have:
/// `API_KEY: `. Only where the name, or that the value stands in the manifest of a Kubernetes Secret, says that it is
/// secret, and the plain value is one word.
fn heading(text: &[u8], start: usize, plain: &[u8], manifest: bool) -> Option<Vec<u8>> {
    let value = plain.trim_ascii_end();
    let word = |b: &u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'`' | b'{' | b'}' | b'<' | b'>');
    if value.is_empty() || value.len() > NAMED || !value.iter().all(word) {
        return None;
    }
    let before = context::before(text, start);
    let names = [before.name, before.outer];
    let told = |name: &&[u8]| context::name_says(name) == NameSays::Secret;
    let (parent, name) = match names.into_iter().find(told) {
        Some(name) => (&b""[..], name),
        // Whatever it is called, that key of the object says it.
        None => (&b"secrets:\n  "[..], Some(before.name).filter(|name| manifest && !name.is_empty())?),
    };
    (before.assigned && name.is_ascii()).then(|| [parent, name, b": "].concat())
}

/// How reports name a form that stands within another one.
pub(super) fn form_in(inner: &str, outer: &str) -> String {
    if inner == outer { format!("{inner}, twice") } else { format!("{inner} {outer}") }
}

/// Whether a run fills its line behind a colon, or stands in quotation marks, as the values of a manifest do.
#[inline]
fn may_be_of_manifest(text: &[u8], run: &Range<usize>) -> bool {
    let before = run.start.checked_sub(1).map(|i| text[i]);
    matches!((before, text.get(run.end)), (Some(b' '), None | Some(b'\n' | b'\r')) | (Some(b'"'), Some(b'"')))
}

/// Whether a value stands in the manifest of a Kubernetes Secret, as far as its surroundings tell.
pub(super) fn is_kubernetes_secret(text: &[u8], value: &Range<usize>) -> bool {
    let near = &text[value.start.saturating_sub(REACH_BEFORE)..(value.end + REACH_AFTER).min(text.len())];
    memchr::memmem::find_iter(near, b"kind").any(|at| {
        let rest = near[at + 4..].iter().skip_while(|b| matches!(b, b'"' | b'\'' | b' ' | b':'));
        rest.take(6).eq(b"Secret")
    })
}
