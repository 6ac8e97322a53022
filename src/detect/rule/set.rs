//! The rules of a run: the built-in ones, those of `--rules`, and which of them are switched on.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::anchor::ByteSet;
use super::layout::{Entry, Layout, ShapeEntry};
use super::pattern::Pattern;
use super::probes::Planned;
use super::spec::{self, Checked, Vocabulary};
use super::steps::Behind;
use super::{PartRole, Rule};
use crate::detect::detector;
use crate::detect::verify;
use crate::finding::{Confidence, Severity};
use crate::mistake::Mistake;

mod builtin {
    use super::super::steps::Step;
    use super::{Behind, ByteSet, Confidence, Entry, PartRole, Planned, Rule, Severity, ShapeEntry};
    use crate::detect::verify;
    include!(concat!(env!("OUT_DIR"), "/builtin_rules.rs"));
}

/// A set of rules with its search tables.
pub struct Ruleset {
    rules: Cow<'static, [Rule]>,
    enabled: Vec<bool>,
    /// Those that were switched off by choice, by their indices.
    off: Vec<u16>,
    patterns: Vec<OnceLock<Option<Pattern>>>,
    boundary: Cow<'static, [Entry<&'static [u8]>]>,
    first_two: Cow<'static, [u16]>,
    buckets: Cow<'static, [(u16, u16)]>,
    inside: Cow<'static, [Entry<&'static [u8]>]>,
    anywhere: Cow<'static, [Entry<&'static [u8]>]>,
    plan: Cow<'static, [Planned<&'static [u8]>]>,
    behind: Cow<'static, [Behind<&'static [u8]>]>,
    shapes: Cow<'static, [ShapeEntry]>,
}

impl Ruleset {
    /// The built-in rules. Costs one allocation per table of flags; nothing is parsed or compiled.
    #[must_use]
    pub fn builtin() -> Self {
        Ruleset {
            rules: Cow::Borrowed(&builtin::RULES),
            enabled: vec![true; builtin::RULES.len()],
            off: Vec::new(),
            patterns: vec![const { OnceLock::new() }; builtin::RULES.len()],
            boundary: Cow::Borrowed(&builtin::BOUNDARY),
            first_two: Cow::Borrowed(&builtin::FIRST_TWO),
            buckets: Cow::Borrowed(&builtin::BUCKETS),
            inside: Cow::Borrowed(&builtin::INSIDE),
            anywhere: Cow::Borrowed(&builtin::ANYWHERE),
            plan: Cow::Borrowed(&builtin::PLAN),
            behind: Cow::Borrowed(&builtin::BEHIND),
            shapes: Cow::Borrowed(&builtin::SHAPES),
        }
    }

    /// No rules: for what is asked of texts besides keys, such as which other texts stand encoded in them.
    #[must_use]
    pub(crate) fn none() -> Self {
        Ruleset {
            rules: Cow::Borrowed(&[]),
            enabled: Vec::new(),
            off: Vec::new(),
            patterns: Vec::new(),
            boundary: Cow::Borrowed(&[]),
            first_two: Cow::Borrowed(&[]),
            buckets: Cow::Borrowed(&[]),
            inside: Cow::Borrowed(&[]),
            anywhere: Cow::Borrowed(&[]),
            plan: Cow::Borrowed(&[]),
            behind: Cow::Borrowed(&[]),
            shapes: Cow::Borrowed(&[]),
        }
    }

    /// Adds the rules of a folder of rule files, or of a single file. A rule with the id of an existing one replaces
    /// it.
    ///
    /// # Errors
    /// Every mistake in every file.
    pub fn add_files(&mut self, path: &Path) -> Result<(), Vec<Mistake>> {
        let (files, mut errors) = read_files(path);
        let added: Vec<Checked> = files.into_iter().flat_map(|file| file.rules).collect();
        let first = self.rules.len();
        if first + added.len() >= usize::from(u16::MAX) {
            errors.push(Mistake::whole(path, format!("more than {} rules cannot be held", u16::MAX)));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        for checked in &added {
            if let Some(known) = self.position(checked.spec.id.get_ref()) {
                self.enabled[known] = false;
                self.off.retain(|&off| usize::from(off) != known);
            }
        }
        let layout = Layout::new(added.iter().map(|rule| rule.derived.as_ref()), |literal| {
            let held: &'static [u8] = Box::leak(literal.to_vec().into_boxed_slice());
            held
        });
        let mut all = Layout {
            boundary: self.boundary.to_vec(),
            first_two: Vec::new(),
            buckets: Vec::new(),
            inside: self.inside.to_vec(),
            anywhere: self.anywhere.to_vec(),
            plan: self.plan.to_vec(),
            behind: self.behind.to_vec(),
            shapes: self.shapes.to_vec(),
        };
        all.extend(layout, u16::try_from(first).unwrap_or(u16::MAX));
        self.rules.to_mut().extend(added.into_iter().map(keep));
        self.enabled.resize(self.rules.len(), true);
        self.patterns.resize_with(self.rules.len(), OnceLock::new);
        self.boundary = Cow::Owned(all.boundary);
        self.first_two = Cow::Owned(all.first_two);
        self.buckets = Cow::Owned(all.buckets);
        self.inside = Cow::Owned(all.inside);
        self.anywhere = Cow::Owned(all.anywhere);
        self.plan = Cow::Owned(all.plan);
        self.behind = Cow::Owned(all.behind);
        self.shapes = Cow::Owned(all.shapes);
        Ok(())
    }

    /// Adds a rule that nothing in a text leads to: something else than the search tables finds what it stands for.
    /// Its index; nothing when there is no room for one more.
    pub(crate) fn add(&mut self, rule: Rule) -> Option<u16> {
        let index = u16::try_from(self.rules.len()).ok().filter(|&index| index < u16::MAX)?;
        self.rules.to_mut().push(rule);
        self.enabled.push(true);
        self.patterns.push(OnceLock::new());
        Some(index)
    }

    /// Switches every rule off that `keep` does not want.
    pub fn retain(&mut self, mut keep: impl FnMut(&Rule) -> bool) {
        for (index, (rule, enabled)) in (0u16..).zip(self.rules.iter().zip(&mut self.enabled)) {
            if *enabled && !keep(rule) {
                *enabled = false;
                self.off.push(index);
            }
        }
    }

    /// The same rules with the same indices, all of them switched on but those that others replaced; nothing where they
    /// are so already. What nobody asked for is no finding, and still nothing that a report may show.
    #[must_use]
    pub fn complete(&self) -> Option<Self> {
        if self.off.is_empty() {
            return None;
        }
        let mut enabled = self.enabled.clone();
        for &index in &self.off {
            enabled[usize::from(index)] = true;
        }
        Some(Ruleset {
            rules: self.rules.clone(),
            enabled,
            off: Vec::new(),
            patterns: vec![const { OnceLock::new() }; self.rules.len()],
            boundary: self.boundary.clone(),
            first_two: self.first_two.clone(),
            buckets: self.buckets.clone(),
            inside: self.inside.clone(),
            anywhere: self.anywhere.clone(),
            plan: self.plan.clone(),
            behind: self.behind.clone(),
            shapes: self.shapes.clone(),
        })
    }

    /// The rules that are switched on, in the order of their indices.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().zip(&self.enabled).filter_map(|(rule, &enabled)| enabled.then_some(rule))
    }

    /// The rule of that id, when it is switched on.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Rule> {
        self.iter().find(|rule| rule.id == id)
    }

    /// The rule of an index that a table names.
    #[must_use]
    pub fn rule(&self, index: u16) -> &Rule {
        &self.rules[index as usize]
    }

    /// Number of rules, switched on or not: one more than the greatest index.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there are no rules at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether the rule of that index is switched on.
    #[must_use]
    pub(crate) fn is_enabled(&self, index: u16) -> bool {
        self.enabled[index as usize]
    }

    /// Index of the first enabled rule with this detector.
    #[must_use]
    pub(crate) fn with_detector(&self, detector: &str) -> Option<u16> {
        let index =
            self.rules.iter().zip(&self.enabled).position(|(rule, &on)| on && rule.detector == Some(detector))?;
        u16::try_from(index).ok()
    }

    /// The pattern of a rule, made when first asked for.
    #[must_use]
    pub(crate) fn pattern(&self, index: u16) -> Option<&Pattern> {
        let rule = &self.rules[index as usize];
        self.patterns[index as usize].get_or_init(|| Pattern::new(rule.pattern?)).as_ref()
    }

    /// Anchors at boundaries that begin with this pair of bytes.
    #[inline]
    pub(crate) fn boundary(&self, pair: usize) -> Range<usize> {
        match self.first_two[pair] {
            0 => 0..0,
            bucket => {
                let (start, end) = self.buckets[bucket as usize - 1];
                start as usize..end as usize
            }
        }
    }

    /// All anchors at boundaries.
    pub(crate) fn boundaries(&self) -> &[Entry<&'static [u8]>] {
        &self.boundary
    }

    /// Anchors inside runs.
    pub(crate) fn inside(&self) -> &[Entry<&'static [u8]>] {
        &self.inside
    }

    /// How the literals of [`inside`](Self::inside) and [`anywhere`](Self::anywhere) and the marks of detectors are
    /// found.
    pub(crate) fn plan(&self) -> &[Planned<&'static [u8]>] {
        &self.plan
    }

    /// Anchors anywhere in the text.
    pub(crate) fn anywhere(&self) -> &[Entry<&'static [u8]>] {
        &self.anywhere
    }

    /// Whether a key may go on like this behind the literal of an anchor.
    #[inline]
    pub(crate) fn may_follow(&self, entry: &Entry<&'static [u8]>, text: &[u8]) -> bool {
        let (first, last) = entry.behind;
        first == last || self.behind[usize::from(first)..usize::from(last)].iter().any(|behind| behind.may_begin(text))
    }

    /// Shapes.
    pub(crate) fn shapes(&self) -> &[ShapeEntry] {
        &self.shapes
    }

    /// The literals by which a rule's keys are recognised, for `rules list`.
    #[must_use]
    pub fn prefixes(&self, rule: &Rule) -> Vec<String> {
        let mut literals: Vec<String> = [&self.boundary, &self.inside, &self.anywhere]
            .into_iter()
            .flat_map(|entries| entries.iter())
            .filter(|entry| self.is_enabled(entry.rule) && self.rule(entry.rule).id == rule.id)
            .map(|entry| String::from_utf8_lossy(entry.literal).into_owned())
            .collect();
        literals.sort();
        literals.dedup();
        literals
    }

    /// Index of the last rule of that id: those before it were replaced by it.
    fn position(&self, id: &str) -> Option<usize> {
        self.rules.iter().rposition(|rule| rule.id == id)
    }
}

/// A rule file without mistakes.
pub struct RuleFile {
    /// Where it was read.
    pub path: PathBuf,
    /// Its rules, in the order of the file.
    pub(crate) rules: Vec<Checked>,
    text: String,
}

impl RuleFile {
    /// A remark about some bytes of the file, as the spans of its rules name them.
    #[must_use]
    pub fn remark(&self, span: Range<usize>, message: impl Into<String>) -> Mistake {
        Mistake::at(&self.path, &self.text, span, message)
    }
}

/// Greatest size of a rule file in bytes. keytrail's own have far less all together; a device that is given by
/// mistake ends here.
const MAX_FILE: u64 = 8 << 20;

/// Reads and checks the rule files (`*.toml`) of a folder, in order of their names, or a single file.
///
/// Returns the files without mistakes, and every mistake of the others. Two rules of one id are a mistake.
#[must_use]
pub fn read_files(path: &Path) -> (Vec<RuleFile>, Vec<Mistake>) {
    let paths = match rule_files(path) {
        Ok(paths) if paths.is_empty() => {
            return (Vec::new(), vec![Mistake::whole(path, "the folder has no rule file (*.toml)")]);
        }
        Ok(paths) => paths,
        Err(error) => return (Vec::new(), vec![Mistake::whole(path, error.to_string())]),
    };
    let (mut files, mut errors): (Vec<RuleFile>, _) = (Vec::new(), Vec::new());
    for path in paths {
        match read_file(path) {
            Ok(file) => files.push(file),
            Err(mut found) => errors.append(&mut found),
        }
    }
    let mut homes: BTreeMap<&str, &Path> = BTreeMap::new();
    for file in &files {
        for rule in &file.rules {
            let id = rule.spec.id.get_ref();
            if let Some(home) = homes.insert(id, &file.path) {
                let message = format!("rule `{id}` stands in {} too", home.display());
                errors.push(file.remark(rule.spec.id.span(), message));
            }
        }
    }
    (files, errors)
}

fn read_file(path: PathBuf) -> Result<RuleFile, Vec<Mistake>> {
    let mut text = String::new();
    let read = File::open(&path).and_then(|file| file.take(MAX_FILE + 1).read_to_string(&mut text));
    match read {
        Ok(length) if length as u64 > MAX_FILE => {
            let message = format!("larger than {} MiB, which no rule file is", MAX_FILE >> 20);
            return Err(vec![Mistake::whole(&path, message)]);
        }
        Ok(_) => {}
        Err(error) => return Err(vec![Mistake::whole(&path, error.to_string())]),
    }
    let families: Vec<&str> = verify::FAMILIES.iter().map(|family| family.name).collect();
    let vocabulary = Vocabulary { families: &families, detectors: detector::NAMES };
    match spec::read(&text, vocabulary) {
        Ok(rules) => Ok(RuleFile { path, rules, text }),
        Err(errors) => Err(errors
            .into_iter()
            .map(|error| match error.span {
                Some(span) => Mistake::at(&path, &text, span, error.message),
                None => Mistake::whole(&path, error.message),
            })
            .collect()),
    }
}

/// The rule files of a folder, in order, or the file itself.
fn rule_files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !std::fs::metadata(path)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Keeps a rule that was read at run time until the process ends: it is read once and used throughout.
fn keep(checked: Checked) -> Rule {
    fn text(s: String) -> &'static str {
        Box::leak(s.into_boxed_str())
    }
    fn texts(s: Vec<String>) -> &'static [&'static str] {
        Box::leak(s.into_iter().map(text).collect::<Vec<_>>().into_boxed_slice())
    }
    let Checked { spec, provider, derived } = checked;
    let id = text(spec.id.into_inner());
    let by_evidence = derived.as_ref().is_none_or(super::anchor::Derived::needs_evidence);
    Rule {
        id,
        provider: text(provider),
        title: text(spec.title.into_inner()),
        description: text(spec.description.into_inner()),
        severity: match spec.severity.get_ref().as_str() {
            "critical" => Severity::Critical,
            "high" => Severity::High,
            "medium" => Severity::Medium,
            "low" => Severity::Low,
            _ => Severity::Note,
        },
        confidence: match spec.confidence.as_ref().map(|c| c.get_ref().as_str()) {
            Some("high") => Confidence::High,
            Some("medium") => Confidence::Medium,
            Some(_) => Confidence::Low,
            None if by_evidence => Confidence::Medium,
            None => Confidence::High,
        },
        pattern: spec.pattern.map(|p| text(p.into_inner())),
        detector: spec.detector.map(|d| text(d.into_inner())),
        verify: spec.verify.and_then(|name| verify::family(name.get_ref())),
        context: texts(spec.context.into_iter().map(toml::Spanned::into_inner).collect()),
        part: spec
            .part
            .map(|part| PartRole { group: text(part.group.into_inner()), role: text(part.role.into_inner()) }),
        secret: spec.secret,
        alone: spec.alone.into_inner(),
        inventory: spec.inventory.map(|inventory| text(inventory.matched_by.into_inner())),
        revoke: spec.revoke.map(text),
        references: texts(spec.references),
        covers: if spec.covers.is_empty() { Box::leak(Box::new([id])) } else { texts(spec.covers) },
        cwe: spec.cwe.into_inner(),
        min_len: derived.as_ref().map_or(0, |d| d.min_len),
        tail: derived.as_ref().map_or(ByteSet::default(), |d| d.tail),
        far: derived.as_ref().is_some_and(|d| d.far),
    }
}
