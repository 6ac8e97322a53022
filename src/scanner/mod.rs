//! The way to scan: a [`Scanner`], made once, looks at [`Source`]s and gives [`Report`]s.
//!
//! The command goes this way, too: what it adds are arguments, a progress bar and words for mistakes.

pub(crate) mod applied;
mod history;
mod run;
mod source;
pub(crate) mod terms;

use std::io;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use git2::{Oid, Repository};
use jiff::civil::Date;

use crate::baseline::{BaselineError, KnownFile};
use crate::config::glob::Pattern;
use crate::config::{ConfigError, Configuration, ScanSettings};
use crate::detect::rule::Ruleset;
use crate::detect::wanted::{self, Asked, Wanted, WantedError};
use crate::detect::{Detector, allow};
use crate::finding::{Artifact, Confidence, Finding, Severity};
use crate::mistake::Mistake;
use crate::report::json::Tool;
use crate::report::{self, Notice, NoticeKind, Report};
use crate::scan::comments::Unused;
use crate::scan::{Collector, Engine, Options, Place, Scanned, finding_of};
use crate::secret::FingerprintKey;
use crate::source::container;
use crate::source::git::objects::ObjectError;
use crate::source::git::range::RangeError;
use crate::source::git::repository::{self, OutsideError, RepositoryError};
use crate::source::git::staged::StagedError;
use crate::source::tree::TreeError;
pub use history::is_in_history;
use run::Run;
use source::Kind;
pub use source::{Pushed, Source};

/// Finds keys in [`Source`]s.
///
/// One is made with what is to be found and how, and can then look at any number of sources, also from several threads.
/// Making one costs next to nothing: built-in rules are tables of the program, and each is prepared when it is first
/// needed.
///
/// ```
/// use keytrail::{Scanner, Source};
/// # use keytrail::rules::Generator;
/// # use keytrail::Ruleset;
/// # use rand::SeedableRng as _;
/// # let rules = Ruleset::builtin();
/// # let rule = rules.find("github-personal-access-token").unwrap();
/// # let key = String::from_utf8(Generator::new(rule).key(&mut rand::rngs::StdRng::seed_from_u64(7))).unwrap();
///
/// let scanner = Scanner::new()?;
/// // `key` is a made-up one: no example holds what looks like a key.
/// let config = format!("host = example.org\ntoken = {key}\n");
/// let report = scanner.scan(Source::bytes("app.ini", config.as_bytes()))?;
///
/// assert_eq!(report.findings.len(), 1);
/// let finding = &report.findings[0];
/// assert_eq!(finding.rule, "github-personal-access-token");
/// assert_eq!(finding.locations[0].region.start.line, 2);
/// // Nothing that is for showing shows the key.
/// assert!(!finding.secret.redacted().contains(&key));
/// # Ok::<(), keytrail::ScanError>(())
/// ```
pub struct Scanner {
    pub(crate) engine: Engine,
    pub(crate) configuration: Arc<Configuration>,
    pub(crate) baseline: Option<KnownFile>,
    min_confidence: Confidence,
    jobs: NonZeroUsize,
    /// The folder that was given.
    folder: Option<PathBuf>,
    max_file_size: Option<u64>,
    pub(crate) today: Date,
}

/// What is told while a scan goes on. Every method does nothing unless it is written.
pub trait Watch: Sync {
    /// A part of the work begins. There may be several, one after the other.
    fn begins(&self, work: Work) {
        let _ = work;
    }

    /// So many more pieces (files, or changed files) and bytes are done. Comes from several threads at once.
    fn advances(&self, pieces: u64, bytes: u64) {
        let _ = (pieces, bytes);
    }

    /// The part of the work is done.
    fn ends(&self) {}

    /// Whether [`found`](Self::found) and [`noticed`](Self::noticed) are wanted, which costs a little.
    fn wants_findings(&self) -> bool {
        false
    }

    /// One place of a secret, as soon as it is known. The report has each secret once, with all its places.
    fn found(&self, finding: &Finding) {
        let _ = finding;
    }

    /// Something that was skipped or could not be read, as soon as it is known. Some notices come with the report only.
    fn noticed(&self, notice: &Notice) {
        let _ = notice;
    }
}

/// Nobody watches.
struct Nobody;

impl Watch for Nobody {}

/// A part of the work of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Work {
    /// So many files.
    Files(u64),
    /// So many changed files and messages of commits.
    Changes(u64),
    /// A history.
    History {
        /// What [`Watch::advances`] will count in all.
        bytes: u64,
    },
}

impl Scanner {
    /// What is large is read in windows of so many bytes, of which each thread holds one. The report is the same for
    /// any size of what is read.
    pub const WINDOW: usize = crate::scan::WINDOW;
    /// So many bytes at the end of a window stand at the start of the next one again.
    pub const OVERLAP: usize = crate::scan::OVERLAP;

    /// One with the built-in rules, that reports what is at least of [medium](Confidence::Medium) confidence.
    ///
    /// # Errors
    /// None that the defaults could cause.
    pub fn new() -> Result<Self, ScanError> {
        Self::builder().build()
    }

    /// For one that is to be like that only in part.
    #[must_use]
    pub fn builder() -> ScannerBuilder {
        ScannerBuilder::default()
    }

    /// Looks at a source. What could not be read is in the report's [coverage](Report::coverage).
    ///
    /// # Errors
    /// When there is nothing to look at: no such file, repository or revision. Whatever goes wrong with a part of the
    /// source is a notice of the report.
    pub fn scan(&self, source: Source<'_>) -> Result<Report, ScanError> {
        self.scan_watched(source, &Nobody)
    }

    /// Looks at a source, and tells how that goes on.
    ///
    /// # Errors
    /// As [`scan`](Self::scan).
    pub fn scan_watched(&self, source: Source<'_>, watch: &dyn Watch) -> Result<Report, ScanError> {
        let started = Instant::now();
        let root = self.root()?;
        let treatment = &self.configuration.treatment;
        let with_history = matches!(&source.kind, Kind::Paths { history: Some(_), .. });
        // Entries may be about anything below their file; less than all of it says nothing about them.
        let of_configuration = self.configuration.loaded.path.is_some()
            && self.engine.wanted().is_none()
            && self.min_confidence <= Confidence::Medium
            && self.covers(&source, self.configuration.loaded.folder());
        let of_files = of_configuration && matches!(&source.kind, Kind::Paths { tree: true, history: None, .. });
        let of_baseline = self.baseline.as_ref().is_some_and(|known| self.covers(&source, folder_of(&known.path)));

        let of_changes = matches!(&source.kind, Kind::Changes { .. } | Kind::Pushed(_));
        let (collector, none) = (Collector::default(), Vec::new());
        let mut run = Run { scanner: self, watch, root: &root, collector, loosened: none, unused: Vec::new() };
        let version_control = run.of(source.kind)?;
        let Run { collector, loosened, unused, .. } = run;
        // Branches are named after all kinds of things.
        let version_control = version_control.map(|mut at| {
            at.branch = at.branch.map(|branch| self.engine.redacted(&branch));
            let named = |path| self.engine.named(&Artifact::file(path)).path;
            (at.folder, at.top) = (at.folder.map(named), at.top.map(named));
            at
        });
        let mut outcome = collector.finish_by(&self.engine, &|place| self.least(place, &root));
        if treatment.asks_for_fingerprints() {
            report::identify(&outcome.findings);
        }
        let shown = |text: &str| self.engine.redacted(text);
        let mut told = Vec::new();
        for finding in &mut outcome.findings {
            told.extend(terms::settle(finding, self.today, &shown));
            treatment.settle(finding, &root, self.today);
            if of_changes {
                told.extend(treatment.by_place_only(finding, &shown));
            }
        }
        told.extend(self.unneeded(&unused));
        if of_files {
            told.extend(treatment.unused_patterns(&shown));
        }
        let complete = outcome.coverage.is_complete();
        let stale = treatment.notices(self.today, of_configuration && complete, with_history, &shown);
        outcome.coverage.notices.extend(stale);
        outcome.coverage.notices.extend(told);
        outcome.coverage.notices.extend(loosened);
        outcome.coverage.notices.sort();
        outcome.coverage.notices.dedup();
        let mut report = Report {
            findings: outcome.findings,
            rules: outcome.rules,
            below_confidence: outcome.below_confidence,
            min_confidence: self.min_confidence,
            coverage: outcome.coverage,
            baseline: None,
            version_control,
            root,
            tool: Tool::current(),
            command: "scan".into(),
            exit_code: 0,
            elapsed: started.elapsed(),
            show_secrets: false,
        };
        if let Some(known) = &self.baseline {
            report.identify();
            let judged = |entry: &_| of_baseline && complete && self.seeks(entry, with_history);
            known.baseline.apply(&mut report, &known.name, self.today, &judged, &shown);
        }
        report.exit_code = report.verdict(Some(Severity::Low), false);
        Ok(report)
    }

    /// A text with every key in it redacted. For what is to be shown beside findings and comes from elsewhere.
    #[must_use]
    pub fn redacted(&self, text: &str) -> String {
        self.engine.redacted(text)
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &Ruleset {
        self.engine.detector().ruleset()
    }

    /// Whether a scan had to find the key of an entry of a baseline if it was still there, provided that its source
    /// [covers](Self::covers) all that the baseline is about: it looks for keys of that rule, as certain as this one,
    /// and, `with_history`, for those that came from a history. Entries that a scan seeks and does not find are about
    /// nothing.
    #[must_use]
    pub fn seeks(&self, entry: &crate::baseline::Entry, with_history: bool) -> bool {
        entry.is_sought(self.min_confidence)
            && self.rules().find(&entry.rule).is_some()
            && (with_history || !entry.in_history)
    }

    /// Whether a scan of a source sees all of the repository that a folder lies in, or of the folder where there is
    /// none.
    #[must_use]
    pub fn covers(&self, source: &Source<'_>, folder: &Path) -> bool {
        let Kind::Paths { paths, tree: true, history, .. } = &source.kind else { return false };
        if self.max_file_size.is_some() || history.as_ref().is_some_and(source::Past::is_limited) {
            return false;
        }
        let top = repository::discover(folder).ok().and_then(|repository| repository.workdir().map(Path::to_owned));
        let Ok(top) = top.as_deref().unwrap_or(folder).canonicalize() else { return false };
        paths.iter().any(|path| self.placed(path.clone()).canonicalize().is_ok_and(|path| top.starts_with(path)))
    }

    /// The folder that paths of reports are relative to.
    pub(crate) fn root(&self) -> Result<PathBuf, Problem> {
        match &self.folder {
            Some(folder) => Ok(folder.clone()),
            None => std::env::current_dir().map_err(Problem::Here),
        }
    }

    /// A path of a source, as it has to be opened.
    fn placed(&self, path: PathBuf) -> PathBuf {
        match &self.folder {
            Some(folder) => folder.join(path),
            None => path,
        }
    }

    /// The repository of the folder; of the current one, that which a git command would use.
    fn repository(&self) -> Result<Repository, Problem> {
        Ok(match &self.folder {
            Some(folder) => repository::discover(folder)?,
            None => repository::open_here()?,
        })
    }

    /// Takes out what the configuration says is not to be reported.
    pub(crate) fn treat(&self, scanned: &mut Scanned, root: &Path) {
        self.configuration.treat(&self.engine, scanned, root);
    }

    /// What is said about comments that allow nothing. Those that may be about rules which were not used are passed
    /// over.
    fn unneeded(&self, unused: &[Unused]) -> Vec<Notice> {
        if unused.is_empty() {
            return Vec::new();
        }
        let all = Ruleset::builtin();
        let notices = unused.iter().filter_map(|comment| {
            let names = |rule: &str| allow::allowance(rule, comment.text.as_bytes(), b"").is_some();
            let mut named = all.iter().filter(|rule| names(rule.id));
            if named.any(|rule| self.rules().find(rule.id).is_none()) {
                return None;
            }
            let no_rule = !all.iter().chain(self.rules().iter()).any(|rule| names(rule.id));
            let why = if no_rule { "no rule has the id that it names" } else { "no such key is beside it" };
            // The engine has redacted it, and a part of a key is none that it could recognise.
            let text: String = comment.text.chars().take(100).collect();
            Some(Notice {
                artifact: Some(comment.artifact.clone()),
                kind: NoticeKind::Stale,
                message: format!("the comment of line {} (`{text}`) allows nothing: {why}", comment.line),
                help: Some("take comments out that nothing needs; a key put there later would need its own".to_owned()),
            })
        });
        notices.collect()
    }

    /// How certain a place has to be.
    pub(crate) fn least(&self, place: &Place, root: &Path) -> Confidence {
        let own = self.configuration.treatment.min_confidence(root, &place.location.artifact);
        own.unwrap_or(self.min_confidence)
    }

    /// Shows what came out of a file to whoever watches.
    fn show(&self, scanned: &Scanned, root: &Path, watch: &dyn Watch) {
        if !watch.wants_findings() {
            return;
        }
        for place in scanned.places.iter().filter(|place| place.confidence >= self.least(place, root)) {
            let mut finding = finding_of(place.clone(), &self.engine);
            let _ = terms::settle(&mut finding, self.today, &|text| self.engine.redacted(text));
            self.configuration.treatment.settle(&mut finding, root, self.today);
            finding.known = self.baseline.as_ref().and_then(|known| known.baseline.known(&finding, self.today));
            watch.found(&finding);
        }
        scanned.notices.iter().for_each(|notice| watch.noticed(notice));
    }
}

impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scanner({} rules, {})", self.rules().len(), self.min_confidence)
    }
}

/// The folder that a file lies in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The day by which allowances expire: that of Greenwich, so that it is the same everywhere.
fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Makes a [`Scanner`].
///
/// What is said here wins over what a configuration says, and that over the defaults.
///
/// ```
/// use keytrail::{Confidence, Scanner, Source};
///
/// let scanner = Scanner::builder()
///     .only(["github-*", "aws-*"])
///     .min_confidence(Confidence::High)
///     .max_file_size(10_000_000)
///     .build()?;
/// let report = scanner.scan(Source::bytes("empty.txt", b""))?;
/// assert!(report.findings.is_empty() && report.coverage.is_complete());
///
/// let unknown = Scanner::builder().only(["no-such-rule"]).build();
/// assert_eq!(unknown.unwrap_err().to_string(), "no rule's id fits `no-such-rule`");
/// # Ok::<(), keytrail::ScanError>(())
/// ```
#[derive(Default)]
pub struct ScannerBuilder {
    folder: Option<PathBuf>,
    rules: Option<Arc<Ruleset>>,
    rule_files: Vec<PathBuf>,
    only: Vec<String>,
    disable: Vec<String>,
    min_confidence: Option<Confidence>,
    config: Config,
    baseline: Option<PathBuf>,
    known: Option<KnownFile>,
    asked: Option<Asked>,
    also: Option<Asked>,
    jobs: Option<NonZeroUsize>,
    max_file_size: Option<u64>,
    max_depth: Option<u8>,
    max_expansion: Option<u64>,
    max_ratio: Option<NonZeroU32>,
    as_of: Option<Date>,
    key: Option<FingerprintKey>,
}

/// Which configuration applies.
#[derive(Default)]
enum Config {
    #[default]
    None,
    Nearest,
    File(PathBuf),
    /// One that was read, and taken account of, already.
    Applied(Arc<Configuration>),
}

impl ScannerBuilder {
    /// How deep containers inside containers are opened unless something [else](Self::max_depth) is said.
    pub const MAX_DEPTH: u8 = 5;
    /// How many bytes one file may expand to unless something [else](Self::max_expansion) is said: 1 GiB.
    pub const MAX_EXPANSION: u64 = 1 << 30;
    /// How many times its size one file may expand to unless something [else](Self::max_ratio) is said:
    /// 1000.
    pub const MAX_RATIO: NonZeroU32 = NonZeroU32::MIN.saturating_add(999);

    /// The folder that relative paths of sources are relative to, those of reports too, and whose repository
    /// [staged changes](Source::staged) and [ranges](Source::range) are of. By default, the current one.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// These rules, which are looked for together. By default, the [built-in ones](Ruleset::builtin).
    #[must_use]
    pub fn rules(mut self, rules: impl Into<Arc<Ruleset>>) -> Self {
        self.rules = Some(rules.into());
        self
    }

    /// The rules of a file, or of the `*.toml` files of a folder, besides the built-in ones; `docs/rules.md` tells how
    /// to write them. One with the id of another rule replaces it. They are not used where there are
    /// [others](Self::rules).
    #[must_use]
    pub fn rule_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.rule_files.push(path.into());
        self
    }

    /// Only these rules: ids, or patterns such as `github-*`.
    #[must_use]
    pub fn only(mut self, patterns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.only.extend(patterns.into_iter().map(Into::into));
        self
    }

    /// Not these rules: ids, or patterns such as `github-*`.
    #[must_use]
    pub fn disable(mut self, patterns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.disable.extend(patterns.into_iter().map(Into::into));
        self
    }

    /// What is less certain is only counted. By default, [medium](Confidence::Medium).
    #[must_use]
    pub fn min_confidence(mut self, confidence: Confidence) -> Self {
        self.min_confidence = Some(confidence);
        self
    }

    /// What this `keytrail.toml` says: rules, thresholds, limits, allowances, baseline, and files that are not scanned.
    #[must_use]
    pub fn config(mut self, file: impl Into<PathBuf>) -> Self {
        self.config = Config::File(file.into());
        self
    }

    /// What the nearest `keytrail.toml` says, from the folder upwards to the root of its repository; nothing where
    /// there is none. Without it, no configuration is looked for.
    #[must_use]
    pub fn nearest_config(mut self) -> Self {
        self.config = Config::Nearest;
        self
    }

    /// What a configuration that was read says about files and findings: which are not looked at, what may stay, how
    /// certain something has to be in some files. What it says about [scans as a whole](Configuration::scan) counts
    /// only as far as it is said here, by whoever has mixed it with what they know themselves.
    #[must_use]
    pub fn treat_by(mut self, configuration: impl Into<Arc<Configuration>>) -> Self {
        self.config = Config::Applied(configuration.into());
        self
    }

    /// The findings of this baseline are [known](Finding::known).
    #[must_use]
    pub fn baseline(mut self, file: impl Into<PathBuf>) -> Self {
        self.baseline = Some(file.into());
        self
    }

    /// The findings of this baseline, which was read, are [known](Finding::known); it wins over one that is
    /// [named](Self::baseline).
    #[must_use]
    pub fn known(mut self, baseline: KnownFile) -> Self {
        self.known = Some(baseline);
        self
    }

    /// Finds the places of these keys, and nothing else: as they are, and encoded. Whoever asks for a key wants to see
    /// all places, and so allowances do not count.
    ///
    /// ```
    /// use keytrail::{Asked, Confidence, Scanner, Source};
    ///
    /// let mut asked = Asked::default();
    /// asked.add_keys(b"correct horse battery staple")?;
    /// let scanner = Scanner::builder().locate(asked).min_confidence(Confidence::Low).build()?;
    /// // In base64, inside of something else.
    /// let text = "blob: Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ==\n";
    /// let report = scanner.scan(Source::bytes("notes.yml", text.as_bytes()))?;
    /// assert_eq!(report.findings[0].locations[0].part.as_deref(), Some("in base64"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn locate(mut self, keys: Asked) -> Self {
        self.asked = Some(keys);
        self
    }

    /// Finds the places of these keys besides what rules find.
    #[must_use]
    pub fn also_locate(mut self, keys: Asked) -> Self {
        self.also = Some(keys);
        self
    }

    /// How many threads scan. By default, one for each core. The report is the same for any number.
    #[must_use]
    pub fn jobs(mut self, jobs: NonZeroUsize) -> Self {
        self.jobs = Some(jobs);
        self
    }

    /// Leave out files of more bytes; the report tells which. By default, none.
    #[must_use]
    pub fn max_file_size(mut self, bytes: u64) -> Self {
        self.max_file_size = Some(bytes);
        self
    }

    /// How deep containers inside containers are opened; 0 opens none. By default, 5.
    #[must_use]
    pub fn max_depth(mut self, depth: u8) -> Self {
        self.max_depth = Some(depth);
        self
    }

    /// How many bytes one file may expand to. By default, 1 GiB.
    #[must_use]
    pub fn max_expansion(mut self, bytes: u64) -> Self {
        self.max_expansion = Some(bytes);
        self
    }

    /// How many times its size one file may expand to; so much as 64 MiB always. By default, 1000.
    #[must_use]
    pub fn max_ratio(mut self, times: NonZeroU32) -> Self {
        self.max_ratio = Some(times);
        self
    }

    /// The day by which allowances expire. By default, today in Greenwich.
    #[must_use]
    pub fn as_of(mut self, day: Date) -> Self {
        self.as_of = Some(day);
        self
    }

    /// The key under which fingerprints are made. By default, that of the environment variable
    /// [`KEYTRAIL_FINGERPRINT_KEY`](FingerprintKey::VARIABLE), or the common one.
    #[must_use]
    pub fn fingerprint_key(mut self, key: FingerprintKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Makes the scanner.
    ///
    /// # Errors
    /// For files that cannot be read or hold mistakes, patterns that no rule fits, and when no rule is left.
    pub fn build(self) -> Result<Scanner, ScanError> {
        let folder =
            self.folder.map(|folder| folder.canonicalize().map_err(|source| Problem::Folder { folder, source }));
        let folder = folder.transpose()?;
        let prepared = matches!(self.config, Config::Applied(_));
        let configuration = match self.config {
            Config::None => Arc::default(),
            Config::Applied(configuration) => configuration,
            other => {
                let here = match &folder {
                    Some(folder) => folder.clone(),
                    None => std::env::current_dir().and_then(|here| here.canonicalize()).map_err(Problem::Here)?,
                };
                let read = match other {
                    Config::File(path) => Configuration::read(&here.join(path), &here),
                    _ => Configuration::nearest(&here),
                };
                Arc::new(read.map_err(|error| match error {
                    ConfigError::Mistakes(mistakes) => Problem::Mistakes(mistakes),
                    other => Problem::Config(other),
                })?)
            }
        };
        // What was applied already counts no more.
        let own = if prepared { ScanSettings::default() } else { configuration.scan() };

        let mut rules = match self.rules {
            Some(rules) => rules,
            None => {
                let mut rules = Ruleset::builtin();
                let mut mistakes = Vec::new();
                for path in own.rules.into_iter().chain(self.rule_files) {
                    mistakes.extend(rules.add_files(&path).err().unwrap_or_default());
                }
                if !mistakes.is_empty() {
                    return Err(Problem::Mistakes(mistakes).into());
                }
                Arc::new(rules)
            }
        };
        let only = if self.only.is_empty() { own.only } else { self.only };
        let disable = [self.disable, own.disable].concat();
        if !only.is_empty() || !disable.is_empty() {
            let (only, disable) = (patterns(&only, &rules)?, patterns(&disable, &rules)?);
            let owned = Arc::get_mut(&mut rules).ok_or(Problem::Shared)?;
            let fits = |patterns: &[Pattern], id: &str| patterns.iter().any(|pattern| pattern.fits(id));
            owned.retain(|rule| (only.is_empty() || fits(&only, rule.id)) && !fits(&disable, rule.id));
            if owned.iter().next().is_none() {
                return Err(Problem::NoRule.into());
            }
        }
        if (self.asked.is_some() || self.also.is_some()) && rules.with_detector("locate").is_none() {
            wanted::add_rule(Arc::get_mut(&mut rules).ok_or(Problem::Shared)?).map_err(Problem::from)?;
        }

        let max_file_size = self.max_file_size.or(own.max_file_size);
        let limits = container::Limits {
            max_depth: u32::from(self.max_depth.or(own.max_depth).unwrap_or(Self::MAX_DEPTH)),
            max_expansion: self.max_expansion.or(own.max_expansion).unwrap_or(Self::MAX_EXPANSION),
            max_ratio: self.max_ratio.or(own.max_ratio).unwrap_or(Self::MAX_RATIO).get().into(),
            max_member_size: max_file_size,
            ..container::Limits::default()
        };
        let named = self.baseline.or(own.baseline);
        let baseline = match (self.known, named) {
            (Some(known), _) => Some(known),
            (None, Some(path)) => {
                let path = folder.as_ref().map_or_else(|| path.clone(), |folder| folder.join(&path));
                Some(KnownFile::read(path.clone()).map_err(|source| Problem::Baseline { path, source })?)
            }
            (None, None) => None,
        };
        let min_confidence = self.min_confidence.or(own.min_confidence).unwrap_or(Confidence::Medium);
        let key = self.key.unwrap_or_else(FingerprintKey::from_env);
        let options = Options { max_file_size, limits, window: None, folder: folder.clone() };
        let detector = Detector::new(rules);
        let mut engine = match &self.asked {
            Some(asked) => {
                let wanted = Wanted::new(asked, &detector).map_err(Problem::from)?;
                Engine::locating(detector, wanted, key, options)
            }
            None => Engine::new(detector, key, options),
        };
        if let Some(also) = &self.also {
            let wanted = Wanted::new(also, engine.detector()).map_err(Problem::from)?;
            engine = engine.also_locating(wanted);
        }
        let one_for_each_core = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Ok(Scanner {
            engine,
            configuration,
            baseline,
            min_confidence,
            jobs: self.jobs.unwrap_or_else(one_for_each_core),
            folder,
            max_file_size,
            today: self.as_of.unwrap_or_else(today),
        })
    }
}

/// Patterns of rule ids, each of which fits some rule.
fn patterns(texts: &[String], rules: &Ruleset) -> Result<Vec<Pattern>, Problem> {
    texts
        .iter()
        .map(|text| {
            let pattern = Pattern::new(text).map_err(Problem::Pattern)?;
            if rules.iter().any(|rule| pattern.fits(rule.id)) {
                Ok(pattern)
            } else {
                Err(Problem::NoSuchRule(text.clone()))
            }
        })
        .collect()
}

/// Why there is no scanner, or no scan. Says what is wrong and, where there is something, what to do.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ScanError(Box<Problem>);

impl From<Problem> for ScanError {
    fn from(problem: Problem) -> Self {
        ScanError(Box::new(problem))
    }
}

impl ScanError {
    /// The mistakes in files that a person wrote, rule files or a configuration, if it is because of them.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        match &*self.0 {
            Problem::Mistakes(mistakes) => mistakes,
            _ => &[],
        }
    }
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("the current folder cannot be found")]
    Here(#[source] io::Error),
    #[error("the folder `{}` cannot be used", folder.display())]
    Folder { folder: PathBuf, source: io::Error },
    #[error("{}", told(.0))]
    Mistakes(Vec<Mistake>),
    #[error(transparent)]
    Config(ConfigError),
    #[error("{0}")]
    Pattern(String),
    #[error("no rule's id fits `{0}`")]
    NoSuchRule(String),
    #[error("no rule is left to scan with")]
    NoRule,
    #[error("rules that are used elsewhere, too, cannot be chosen from; choose before they are shared")]
    Shared,
    #[error("the baseline `{}` cannot be used", path.display())]
    Baseline { path: PathBuf, source: BaselineError },
    #[error(transparent)]
    Wanted(#[from] WantedError),
    #[error(transparent)]
    Tree(#[from] TreeError),
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    #[error(transparent)]
    Outside(#[from] OutsideError),
    #[error(transparent)]
    Staged(#[from] StagedError),
    #[error(transparent)]
    Range(#[from] RangeError),
    #[error("the objects of the repository cannot be opened")]
    Objects(#[source] git2::Error),
    #[error("an id that git gave is none")]
    Id(#[source] git2::Error),
    #[error("the object {id} of {reference} cannot be read")]
    Pushed { id: Oid, reference: String, source: git2::Error },
    #[error("what was pushed cannot be read")]
    PushedBlob(#[source] ObjectError),
    #[error("{0} is to point to something that is no commit, tree or file")]
    PushedOther(String),
    #[error("`{}` does not exist, and no commit that can be reached has a file or folder of that name", path.display())]
    NoSuchPath { path: PathBuf },
    #[error("--history needs a repository, and `{}` has none to scan", path.display())]
    NoHistory { path: PathBuf, source: RepositoryError },
    #[error("in the repository of `{}`", path.display())]
    In { path: PathBuf, source: Box<Problem> },
    #[error("there is no revision `{0}`")]
    NoRevision(String),
    #[error("`{0}` is no commit")]
    NoCommit(String),
    #[error(
        "--since `{0}` is neither a revision of this repository nor a date; dates are written 2026-01-31, \
         2026-01-31T12:00:00Z or \"2 weeks ago\""
    )]
    NoDate(String),
    #[error("the threads of the scan cannot be started")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Mistakes in one sentence.
fn told(mistakes: &[Mistake]) -> String {
    let all: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    all.join("; ")
}
