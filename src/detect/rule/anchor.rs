//! Anchors: from a pattern's syntax tree to the literal bytes, lengths and alphabets that find its candidates.
//!
//! Shared with the build script; depends on nothing else of keytrail.

use std::ops::Range;

use regex_syntax::hir::{Capture, Class, Hir, HirKind, Repetition};

use super::fact_group;
use super::steps::{Behind, STEPS, Step};

/// Whether a byte is a key character: the alphabet of runs (design: letters, digits, `_ - + / = .`).
#[must_use]
pub const fn is_key_byte(b: u8) -> bool {
    matches!(b, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'+' | b'/' | b'=' | b'.')
}

/// Shortest run that is looked at, in bytes.
pub const MIN_RUN: usize = 16;

/// A set of bytes as a bit map.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ByteSet(pub [u64; 4]);

impl ByteSet {
    /// The set without a byte.
    pub const EMPTY: ByteSet = ByteSet([0; 4]);

    /// Whether the byte is in the set.
    #[must_use]
    pub const fn contains(&self, b: u8) -> bool {
        self.0[(b >> 6) as usize] >> (b & 63) & 1 == 1
    }

    /// Adds a byte.
    pub const fn insert(&mut self, b: u8) {
        self.0[(b >> 6) as usize] |= 1 << (b & 63);
    }

    /// Bytes of either set.
    #[must_use]
    pub fn union(&self, other: &ByteSet) -> ByteSet {
        ByteSet(std::array::from_fn(|i| self.0[i] | other.0[i]))
    }

    /// Whether every byte is in the other set, too.
    #[must_use]
    pub fn is_subset(&self, other: &ByteSet) -> bool {
        self.0.iter().zip(other.0).all(|(own, other)| own & !other == 0)
    }

    /// Number of bytes in the set.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether the set has no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes, in rising order.
    pub fn iter(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=255u8).filter(|&b| self.contains(b))
    }

    fn all_key_bytes(&self) -> bool {
        self.iter().all(is_key_byte)
    }
}

impl std::fmt::Debug for ByteSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ByteSet({} bytes)", self.len())
    }
}

impl FromIterator<u8> for ByteSet {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> Self {
        let mut set = ByteSet::default();
        bytes.into_iter().for_each(|b| set.insert(b));
        set
    }
}

/// Where the bytes that reveal a candidate stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnchorKind {
    /// At the start of a run, or inside it behind a byte that is no letter or digit.
    Boundary,
    /// Anywhere inside a run.
    Inside,
    /// Anywhere in the text: the key is no run.
    Anywhere,
}

/// Literal bytes that every key of (a part of) the pattern has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Anchor {
    /// Where it stands.
    pub kind: AnchorKind,
    /// The bytes.
    pub literal: Vec<u8>,
    /// How many of them stand before the run: `https:` of `https://hooks.…`.
    pub lead: usize,
    /// Least distance from the start of the match to the literal.
    pub offset_min: usize,
    /// Greatest distance.
    pub offset_max: usize,
    /// What may follow on the literal, one of these; anything where there is none.
    pub behind: Vec<Behind<Vec<u8>>>,
}

/// A pattern without a literal: candidates are recognised by alphabet and length.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape {
    /// Every byte that can occur.
    pub alphabet: ByteSet,
    /// Least length.
    pub min: usize,
    /// Greatest length.
    pub max: usize,
}

/// What a pattern says about its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// One or more anchors; every match has one of them. Empty where `shapes` are given.
    pub anchors: Vec<Anchor>,
    /// Shapes, for the parts of the pattern that have no literal.
    pub shapes: Vec<Shape>,
    /// Least length of a match in bytes.
    pub min_len: usize,
    /// Bytes that would make a match longer: behind a match none of them may follow. Empty where any byte would.
    pub tail: ByteSet,
    /// Whether what decides about a match may lie farther than [`NEAR`] bytes away, outside of its run.
    pub far: bool,
}

/// Greatest least length of a pattern: no key is longer, and far longer ones cannot be compiled.
const LONGEST: usize = 1 << 16;

/// A pattern that never matches more bytes than this needs no other look than at its surroundings.
pub const NEAR: usize = 256;

impl Derived {
    /// Whether a match alone says too little to be reported.
    #[must_use]
    pub fn needs_evidence(&self) -> bool {
        !self.shapes.is_empty()
    }
}

/// Why a pattern cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// What is wrong.
    pub message: String,
    /// Bytes of the pattern that it concerns.
    pub span: Option<Range<usize>>,
}

impl PatternError {
    fn new(message: impl Into<String>) -> Self {
        PatternError { message: message.into(), span: None }
    }
}

/// Parses a pattern as rules have it: bytes, ASCII classes, `.` without line ends. Its [fact groups](fact_group) are
/// left out, since they change nothing about what matches.
///
/// # Errors
/// Syntax errors with their span, and fact groups that tell nothing.
pub fn parse(pattern: &str) -> Result<Hir, PatternError> {
    let hir = syntax_tree(pattern)?;
    if hir.properties().explicit_captures_len() == 0 { Ok(hir) } else { without_facts(hir, &mut 0) }
}

/// The tree without fact groups; `groups` counts the others.
fn without_facts(hir: Hir, groups: &mut u32) -> Result<Hir, PatternError> {
    let all = |subs: Vec<Hir>, groups: &mut u32| -> Result<Vec<Hir>, PatternError> {
        subs.into_iter().map(|sub| without_facts(sub, groups)).collect()
    };
    Ok(match hir.into_kind() {
        HirKind::Capture(Capture { name: Some(name), sub, .. }) if fact_group::is_fact(&name) => {
            if let Some(Err(message)) = fact_group::read(&name) {
                return Err(PatternError::new(message));
            }
            without_facts(*sub, groups)?
        }
        HirKind::Capture(Capture { name, sub, .. }) => {
            *groups += 1;
            let index = *groups;
            Hir::capture(Capture { index, name, sub: Box::new(without_facts(*sub, groups)?) })
        }
        HirKind::Repetition(Repetition { min, max, greedy, sub }) => {
            Hir::repetition(Repetition { min, max, greedy, sub: Box::new(without_facts(*sub, groups)?) })
        }
        HirKind::Concat(subs) => Hir::concat(all(subs, groups)?),
        HirKind::Alternation(subs) => Hir::alternation(all(subs, groups)?),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Empty => Hir::empty(),
    })
}

fn syntax_tree(pattern: &str) -> Result<Hir, PatternError> {
    regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).map_err(|error| match &error {
        regex_syntax::Error::Parse(e) => {
            PatternError { message: e.kind().to_string(), span: Some(e.span().start.offset..e.span().end.offset) }
        }
        regex_syntax::Error::Translate(e) => {
            PatternError { message: e.kind().to_string(), span: Some(e.span().start.offset..e.span().end.offset) }
        }
        _ => PatternError::new(error.to_string()),
    })
}

/// Derives everything from a pattern.
///
/// # Errors
/// Patterns that do not parse, use assertions, can match less than eight bytes, or have no literal and no bounded
/// shape to be found by.
pub fn derive(pattern: &str) -> Result<Derived, PatternError> {
    let hir = parse(pattern)?;
    if !hir.properties().look_set().is_empty() {
        return Err(PatternError::new(
            "assertions (^, $, \\b) are not supported; a key always stands between bytes that do not continue it",
        ));
    }
    let Some(min_len) = hir.properties().minimum_len() else {
        return Err(PatternError::new("the pattern can never match"));
    };
    if min_len > LONGEST {
        return Err(PatternError::new("the pattern asks for more than 65,536 bytes"));
    }
    if min_len < 8 {
        return Err(PatternError::new("the pattern can match fewer than eight bytes"));
    }
    let (mut anchors, mut shapes, mut tail) = (Vec::new(), Vec::new(), ByteSet::default());
    for variant in variants(&hir) {
        tail = tail.union(&tail_of(&variant));
        match best_anchor(&variant) {
            Some(anchor) => anchors.push(anchor),
            None => shapes.push(shape_of(&variant)?),
        }
    }
    // Where any byte can go on, none says where a match ends.
    if tail.len() == 256 {
        tail = ByteSet::EMPTY;
    }
    let anchors = told_once(anchors);
    shapes.sort();
    shapes.dedup();
    let far = hir.properties().maximum_len().is_none_or(|max| max > NEAR)
        && !variants(&hir).iter().flatten().all(Item::stays_in_run);
    Ok(Derived { anchors, shapes, min_len, tail, far })
}

/// A piece of a variant: exactly one byte, or between `min` and `max` bytes of a set.
#[derive(Clone, Debug)]
enum Item {
    Byte(u8),
    Set { set: ByteSet, min: usize, max: Option<usize> },
}

impl Item {
    fn min(&self) -> usize {
        match self {
            Item::Byte(_) => 1,
            Item::Set { min, .. } => *min,
        }
    }

    fn max(&self) -> Option<usize> {
        match self {
            Item::Byte(_) => Some(1),
            Item::Set { max, .. } => *max,
        }
    }

    fn set(&self) -> ByteSet {
        match self {
            Item::Byte(b) => ByteSet::from_iter([*b]),
            Item::Set { set, .. } => *set,
        }
    }

    fn stays_in_run(&self) -> bool {
        match self {
            Item::Byte(b) => is_key_byte(*b),
            Item::Set { set, .. } => set.all_key_bytes(),
        }
    }
}

type Variant = Vec<Item>;

/// At most so many variants of one pattern; beyond it, the later parts are summed up as sets.
const MAX_VARIANTS: usize = 64;
/// Classes up to this size are spelt out, larger ones are alphabets.
const SPELT_OUT: usize = 6;
/// Repetitions of one byte up to this often are spelt out.
const SPELT_REPEAT: usize = 64;

/// The pattern as alternatives of item sequences, with small classes and alternations spelt out.
fn variants(hir: &Hir) -> Vec<Variant> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![vec![]],
        HirKind::Literal(literal) => vec![literal.0.iter().map(|&b| Item::Byte(b)).collect()],
        HirKind::Class(class) => {
            let set = bytes_of(class);
            if set.len() <= SPELT_OUT {
                set.iter().map(|b| vec![Item::Byte(b)]).collect()
            } else {
                vec![vec![Item::Set { set, min: 1, max: Some(1) }]]
            }
        }
        HirKind::Capture(capture) => variants(&capture.sub),
        HirKind::Alternation(subs) => {
            let all: Vec<Variant> = subs.iter().flat_map(variants).collect();
            if all.len() > MAX_VARIANTS { vec![vec![sum_up(&all)]] } else { all }
        }
        HirKind::Repetition(repetition) => {
            let (min, max) = (repetition.min as usize, repetition.max.map(|max| max as usize));
            let subs = variants(&repetition.sub);
            let one_byte = subs.iter().all(|sub| sub.len() == 1 && sub[0].min() == 1 && sub[0].max() == Some(1));
            if let ([sub], Some(max)) = (subs.as_slice(), max)
                && let [Item::Byte(b)] = sub.as_slice()
                && min == max
                && max <= SPELT_REPEAT
            {
                return vec![vec![Item::Byte(*b); min]];
            }
            if one_byte {
                let set = subs.iter().fold(ByteSet::default(), |set, sub| set.union(&sub[0].set()));
                return vec![vec![Item::Set { set, min, max }]];
            }
            if (min, max) == (0, Some(1)) {
                return std::iter::once(vec![]).chain(subs).collect();
            }
            match sum_up(&subs) {
                Item::Set { set, min: least, max: most } => vec![vec![Item::Set {
                    set,
                    min: least.saturating_mul(min),
                    max: most.zip(max).and_then(|(most, max)| most.checked_mul(max)),
                }]],
                byte => vec![vec![byte]],
            }
        }
        HirKind::Concat(subs) => {
            let mut all: Vec<Variant> = vec![vec![]];
            for sub in subs {
                let mut next = variants(sub);
                if all.len() * next.len() > MAX_VARIANTS {
                    next = vec![vec![sum_up(&next)]];
                }
                all = all
                    .iter()
                    .flat_map(|head| next.iter().map(move |rest| head.iter().chain(rest).cloned().collect::<Variant>()))
                    .collect();
            }
            all
        }
    }
}

/// Least length of what the items match.
fn least(items: &[Item]) -> usize {
    items.iter().fold(0, |sum, item| sum.saturating_add(item.min()))
}

/// Greatest length of what the items match; none where there is no limit.
fn greatest(items: &[Item]) -> Option<usize> {
    items.iter().try_fold(0usize, |sum, item| sum.checked_add(item.max()?))
}

/// One item that every given variant fits.
fn sum_up(variants: &[Variant]) -> Item {
    let set = variants.iter().flatten().fold(ByteSet::default(), |set, item| set.union(&item.set()));
    let min = variants.iter().map(|v| least(v)).min().unwrap_or(0);
    let max = variants.iter().map(|v| greatest(v)).max_by_key(|max| max.unwrap_or(usize::MAX));
    Item::Set { set, min, max: max.flatten() }
}

/// The bytes of a class.
pub(super) fn bytes_of(class: &Class) -> ByteSet {
    match class {
        Class::Bytes(class) => class.iter().flat_map(|range| range.start()..=range.end()).collect(),
        // In byte mode only ASCII classes come as Unicode ones.
        Class::Unicode(class) => class
            .iter()
            .flat_map(|range| (range.start() as u32)..=(range.end() as u32).min(0x7f))
            .filter_map(|c| u8::try_from(c).ok())
            .collect(),
    }
}

/// Bytes that could continue a match of this variant.
fn tail_of(variant: &[Item]) -> ByteSet {
    let mut tail = ByteSet::default();
    for item in variant.iter().rev() {
        tail = tail.union(&item.set());
        if item.min() > 0 {
            break;
        }
    }
    tail
}

/// Anchors in order, each literal with everything that may follow on it.
fn told_once(mut anchors: Vec<Anchor>) -> Vec<Anchor> {
    let place = |a: &Anchor| (a.kind, a.literal.clone(), a.lead, a.offset_min, a.offset_max);
    anchors.sort();
    anchors.dedup_by(|next, kept| {
        let same = place(next) == place(kept);
        if same {
            kept.behind.append(&mut next.behind);
        }
        same
    });
    for anchor in &mut anchors {
        anchor.behind.sort();
        anchor.behind.dedup();
        if anchor.behind.len() > FORMS_AT_MOST {
            anchor.behind = vec![first_in_common(&anchor.behind)];
        }
        if anchor.behind.iter().any(Behind::says_nothing) {
            anchor.behind.clear();
        }
    }
    anchors
}

/// More forms than this of what follows on a literal are summed up.
const FORMS_AT_MOST: usize = 8;

/// What all forms have in common: the bytes that each begins with are some of these.
fn first_in_common(forms: &[Behind<Vec<u8>>]) -> Behind<Vec<u8>> {
    let first = || forms.iter().map(|form| &form.steps[0]);
    let set = first().fold(ByteSet::EMPTY, |set, step| set.union(&step.set));
    let least = first().map(|step| step.min).min().unwrap_or(0);
    let mut steps = [Step::NONE; STEPS];
    steps[0] = Step { set, min: least, max: least };
    Behind { steps, literal: Vec::new(), within: 0 }
}

/// What follows on a literal when these items do.
fn behind(items: &[Item]) -> Behind<Vec<u8>> {
    let mut steps = [Step::NONE; STEPS];
    let (mut reach, mut taken) = (0, 0);
    for (step, (index, item)) in steps.iter_mut().zip(items.iter().enumerate()) {
        taken = index + 1;
        let (set, min) = (item.set(), item.min().min(NEAR - reach));
        // To take as many as there are is right where what follows begins with other bytes.
        let rest = &items[index + 1..];
        let next = rest.iter().position(|next| next.min() > 0).map_or(rest.len(), |certain| certain + 1);
        let decided = item.max() == Some(min) || !set.iter().any(|b| rest[..next].iter().any(|i| i.set().contains(b)));
        match item.max().filter(|max| decided && *max <= NEAR - reach) {
            Some(max) => *step = Step { set, min, max },
            None => {
                *step = Step { set, min, max: min };
                break;
            }
        }
        reach += step.max;
    }
    let (literal, within) = literal_behind(items, taken).unwrap_or_default();
    Behind { steps, literal, within }
}

/// The longest literal among items behind the first ones, if it is certain to end near, and how far behind the start of
/// all of them that is.
fn literal_behind(items: &[Item], taken: usize) -> Option<(Vec<u8>, u16)> {
    let mut best: Option<(Vec<u8>, u16)> = None;
    let mut at = taken;
    while at < items.len() {
        let byte = |item: &Item| if let Item::Byte(b) = item { Some(*b) } else { None };
        let literal: Vec<u8> = items[at..].iter().map_while(byte).collect();
        let end = at + literal.len();
        let near = greatest(&items[..end]).filter(|within| *within <= NEAR);
        if let Some(within) = near.and_then(|within| u16::try_from(within).ok())
            && literal.len() > best.as_ref().map_or(2, |(best, _)| best.len())
        {
            best = Some((literal, within));
        }
        at = end.max(at + 1);
    }
    best
}

/// More places than this for the start of a match are one literal's only where no other will do.
const STARTS_AT_MOST: usize = 40;

fn best_anchor(variant: &[Item]) -> Option<Anchor> {
    let mut best: Option<(bool, u8, usize, Anchor)> = None;
    let mut at = 0;
    while at < variant.len() {
        let Item::Byte(_) = variant[at] else {
            at += 1;
            continue;
        };
        let literal: Vec<u8> =
            variant[at..].iter().map_while(|item| if let Item::Byte(b) = item { Some(*b) } else { None }).collect();
        let end = at + literal.len();
        if let Some((rank, anchor)) = anchor_at(variant, at, &literal) {
            // Where a literal says little about the start of the match, each place that is possible has to be tried.
            let near = anchor.offset_max - anchor.offset_min <= STARTS_AT_MOST;
            let len = anchor.literal.len();
            if best.as_ref().is_none_or(|(n, r, l, _)| (near, rank, len) > (*n, *r, *l)) {
                best = Some((near, rank, len, anchor));
            }
        }
        at = end;
    }
    best.map(|(.., anchor)| anchor)
}

/// The anchor that the literal at `at` makes, with a rank that prefers cheap and certain ones.
fn anchor_at(variant: &[Item], at: usize, literal: &[u8]) -> Option<(u8, Anchor)> {
    let offset_min = least(&variant[..at]);
    let offset_max = greatest(&variant[..at])?;
    // The part of the literal inside a run: behind its last byte that is no key character, when the run that starts
    // there is long enough; otherwise before its first such byte.
    let lead = literal.iter().rposition(|&b| !is_key_byte(b)).map_or(0, |i| i + 1);
    let inside = &literal[lead..];
    let behind = vec![self::behind(&variant[at + literal.len()..])];
    let run_from = if lead > 0 { at + lead } else { run_start(variant, at) };
    if run_len(variant, run_from) >= MIN_RUN && inside.len() >= 2 {
        let bounded = lead > 0 || at == 0 || matches!(variant[at - 1], Item::Byte(b) if !b.is_ascii_alphanumeric());
        if bounded {
            let anchor =
                Anchor { kind: AnchorKind::Boundary, literal: literal.to_vec(), lead, offset_min, offset_max, behind };
            return Some((3, anchor));
        }
        if !inside[0].is_ascii_alphanumeric() && inside.len() >= 4 {
            // `.atlasv1.`: the byte behind its first one is at a boundary.
            let anchor = Anchor {
                kind: AnchorKind::Boundary,
                literal: inside[1..].to_vec(),
                lead: 0,
                offset_min: offset_min + 1,
                offset_max: offset_max + 1,
                behind,
            };
            return Some((2, anchor));
        }
        if inside.len() >= 4 {
            let anchor =
                Anchor { kind: AnchorKind::Inside, literal: inside.to_vec(), lead: 0, offset_min, offset_max, behind };
            return Some((2, anchor));
        }
    }
    // `PuTTY-User-Key-File-2: …`: the literal itself begins with a run that is long enough.
    let head = literal.iter().position(|&b| !is_key_byte(b)).unwrap_or(literal.len());
    if head >= MIN_RUN && at == 0 {
        let (literal, behind) = (literal[..head].to_vec(), vec![self::behind(&variant[at + head..])]);
        let anchor = Anchor { kind: AnchorKind::Boundary, literal, lead: 0, offset_min, offset_max, behind };
        return Some((3, anchor));
    }
    if literal.len() >= 3 {
        let anchor =
            Anchor { kind: AnchorKind::Anywhere, literal: literal.to_vec(), lead: 0, offset_min, offset_max, behind };
        return Some((1, anchor));
    }
    None
}

/// First item of the run that holds item `at`.
fn run_start(variant: &[Item], at: usize) -> usize {
    variant[..at].iter().rposition(|item| !item.stays_in_run()).map_or(0, |i| i + 1)
}

/// Least length of the run that starts at item `from`.
fn run_len(variant: &[Item], from: usize) -> usize {
    variant[from..].iter().take_while(|item| item.stays_in_run()).fold(0, |sum, item| sum.saturating_add(item.min()))
}

fn shape_of(variant: &[Item]) -> Result<Shape, PatternError> {
    if !variant.iter().all(Item::stays_in_run) {
        return Err(PatternError::new(
            "the pattern has no literal of three bytes, and its keys are not runs of key characters",
        ));
    }
    let (min, max) = (least(variant), greatest(variant));
    match max {
        Some(max) if min >= MIN_RUN => Ok(Shape {
            alphabet: variant.iter().fold(ByteSet::default(), |set, item| set.union(&item.set())),
            min,
            max,
        }),
        Some(_) => Err(PatternError::new("without a literal, a pattern has to be 16 bytes or longer")),
        None => Err(PatternError::new("without a literal, a pattern has to have a greatest length")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn literals(pattern: &str) -> Vec<(AnchorKind, String, usize, usize)> {
        let derived = derive(pattern).unwrap();
        derived
            .anchors
            .into_iter()
            .map(|a| (a.kind, String::from_utf8(a.literal).unwrap(), a.lead, a.offset_min))
            .collect()
    }

    #[test]
    fn prefixes_are_spelt_out() {
        use AnchorKind::{Anywhere, Boundary, Inside};
        assert_eq!(
            literals("gh[pu]_[0-9A-Za-z]{36}"),
            [(Boundary, "ghp_".into(), 0, 0), (Boundary, "ghu_".into(), 0, 0)]
        );
        assert_eq!(
            literals("https://hooks\\.example\\.com/[A-Z]{9}"),
            [(Boundary, "https://hooks.example.com/".into(), 6, 0)]
        );
        assert_eq!(literals("[0-9]{8,10}:AA[0-9A-Za-z_-]{33}"), [(Boundary, ":AA".into(), 1, 8)]);
        assert_eq!(literals("[0-9A-Za-z]{14}\\.atlasv1\\.[a-z]{60}"), [(Boundary, "atlasv1.".into(), 0, 15)]);
        assert_eq!(literals("[0-9A-Za-z]{52}JQQJ9[0-9A-Za-z]{20}"), [(Inside, "JQQJ9".into(), 0, 52)]);
        assert_eq!(literals("-----BEGIN KEY-----[\\s\\S]+?-----END"), [(Anywhere, "-----BEGIN KEY-----".into(), 0, 0)]);
    }

    #[test]
    fn shapes_have_alphabet_and_length() {
        let derived = derive("[0-9a-f]{32}").unwrap();
        assert!(derived.anchors.is_empty());
        assert_eq!((derived.shapes[0].min, derived.shapes[0].max, derived.shapes[0].alphabet.len()), (32, 32, 16));
        assert!(derive("[a-z]{20,}").is_err());
        assert!(derive("[ -~]{20}").is_err());
        assert!(derive("^abc_[a-z]{20}").is_err());
    }

    #[test]
    fn tails_are_what_would_continue_a_match() {
        let derived = derive("key_[0-9a-f]{32}").unwrap();
        assert!(derived.tail.contains(b'0') && !derived.tail.contains(b'g'));
        let derived = derive("key_[0-9A-Z]{32}(?:\\.[a-z]{5})?").unwrap();
        assert!(derived.tail.contains(b'Z') && derived.tail.contains(b'a'));
    }

    const PIECES: &[&str] = &[
        "acme_",
        "abcdefgh",
        "(",
        "(?:",
        ")",
        "|",
        "?",
        "*",
        "+",
        "{3}",
        "{0,2}",
        "{2,}",
        "{99}",
        "[a-z]",
        "[0-9]{16}",
        "[ab]",
        "[a&&b]",
        "a",
        ".",
        "-",
        "(?:)",
        "\\xff",
        "(?i:k)",
        "^",
    ];

    #[test]
    fn odd_patterns_are_judged_without_a_panic() {
        for pattern in ["acme_(?:)*[a-z]{20}", "acme_(?:a?)+[a-z]{20}", "acme_(a?b?){3}[0-9]{20}", "key_x{16}"] {
            assert!(!derive(pattern).unwrap().anchors.is_empty(), "{pattern}");
        }
        for pattern in ["acme_[a&&b]{20}", "a{4294967295}", "(?:acme_[a-z]{4000000000}){2}", ""] {
            assert!(derive(pattern).is_err(), "{pattern}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn any_pattern_is_judged_without_a_panic(pieces in proptest::collection::vec(prop::sample::select(PIECES), 1..12)) {
            let _ = derive(&pieces.concat());
        }

        #[test]
        fn any_text_is_judged_without_a_panic(pattern in "\\PC{0,24}") {
            let _ = derive(&pattern);
        }
    }

    #[test]
    fn binary_keys_have_no_tail() {
        assert!(derive("KEYS\\x00\\x01[\\x00-\\xff]{40}").unwrap().tail.is_empty());
    }

    #[test]
    fn errors_have_places() {
        let error = derive("abc[0-9").unwrap_err();
        assert_eq!(error.span, Some(3..4));
    }
}
