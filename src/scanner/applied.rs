//! The configuration of a scan, as it is applied to what was found, and what a change may not say about itself.
//!
//! With a revision that is trusted, usually the base of a pull request, the configuration, the baseline, rule files and
//! inline allowances are those of that revision: files inside of the work tree are read from its tree, and a comment
//! allows a key only where the revision has it allowed in the same file already.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use git2::Oid;

use crate::Mistake;
use crate::baseline::{self, Baseline, BaselineError, KnownFile};
use crate::config::files::{Files as _, Revision};
use crate::config::glob::Pattern;
use crate::config::treatment::Treatment;
use crate::config::{FILE, InventoryReading, Loaded, ScanSettings, loosened, plain};
use crate::detect::allow;
use crate::detect::rule::Ruleset;
use crate::finding::Artifact;
use crate::report::{Notice, NoticeKind};
use crate::scan::{Buffer, Engine, Scanned};
use crate::secret::{FingerprintKey, Secret};
use crate::source::git::compare::Difference;
use crate::source::git::diff;
use crate::source::git::objects::Objects;
use crate::source::git::repository::{self, Paths, RepositoryError};

/// Rule files and files of configurations are at most so large, in bytes.
const MAX_FILE: u64 = 64 << 20;

/// A `keytrail.toml` that was read, with the files that it extends, and where one is trusted, the revision that says
/// what counts. Without a file, everything is as by default.
///
/// A change cannot weaken the check that judges it where the configuration is that of the commit before: see
/// [`trusted`](Self::trusted).
#[derive(Default)]
pub struct Configuration {
    /// What the files say.
    pub(crate) loaded: Loaded,
    /// What they say about findings.
    pub(crate) treatment: Treatment,
    trusted: Option<Mutex<Trusted>>,
}

struct Trusted {
    revision: Revision,
    /// By path, the secrets that comments allow in the file as the revision has it, with their rules.
    allowed: HashMap<String, BTreeSet<(u16, Secret)>>,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There are mistakes in its files, each at its place. There is at least one.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Mistakes(Vec<Mistake>),
    /// A revision is to be trusted where there is no repository.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// There is no such revision, or it is no commit.
    #[error("{0}")]
    Revision(String),
}

impl Configuration {
    /// Reads a file. `here` is the absolute folder that reports are relative to, usually the current one. A file from
    /// elsewhere speaks of the repository that `here` lies in; any other one of its own folder and what is below.
    ///
    /// # Errors
    /// When it cannot be read or holds mistakes.
    pub fn read(file: &Path, here: &Path) -> Result<Self, ConfigError> {
        let loaded = Loaded::read(&called(file)).map_err(ConfigError::Mistakes)?;
        Ok(Self::about(loaded, true, here, None))
    }

    /// Reads the file that applies to a folder: the nearest one above it, up to the root of the repository. Outside of
    /// repositories, that in the folder itself.
    ///
    /// # Errors
    /// When it cannot be read or holds mistakes.
    pub fn nearest(here: &Path) -> Result<Self, ConfigError> {
        let loaded = Loaded::discover(here).map_err(ConfigError::Mistakes)?;
        Ok(Self::about(loaded, false, here, None))
    }

    /// Reads a file, or the nearest one of a folder, as a revision has it: that before the changes which are to be
    /// judged. Baselines, rule files and allowances in comments count as that revision has them, too. The repository is
    /// that which a git command started in the current folder would use; what lies outside of it is read as it is.
    ///
    /// # Errors
    /// When there is no repository or no such revision, and for mistakes in the file.
    pub fn trusted(revision: &str, file: Option<&Path>, here: &Path) -> Result<Self, ConfigError> {
        let repository = repository::open_here()?;
        let paths = Paths::new(&repository, here, &[]).map_err(|error| ConfigError::Revision(error.to_string()))?;
        let top = paths.top().unwrap_or(here).to_owned();
        let revision = Revision::new(repository, revision, top).map_err(ConfigError::Revision)?;
        let loaded = match file.map(called).or_else(|| revision.find(here)) {
            Some(path) => Loaded::read_from(&path, &revision).map_err(ConfigError::Mistakes)?,
            None => Loaded::default(),
        };
        Ok(Self::about(loaded, file.is_some(), here, Some(revision)))
    }

    fn about(loaded: Loaded, named: bool, here: &Path, trusted: Option<Revision>) -> Self {
        let folder = plain(&here.join(loaded.folder()));
        let base = if named && !here.starts_with(&folder) {
            let top = repository::discover(here).ok().and_then(|found| found.workdir().map(Path::to_owned));
            top.and_then(|top| top.canonicalize().ok()).unwrap_or_else(|| here.to_owned())
        } else {
            folder
        };
        Self::new(loaded, &base, here, trusted)
    }

    /// What the files say, for findings below `base`; reports are relative to `here`. Both are absolute.
    fn new(loaded: Loaded, base: &Path, here: &Path, trusted: Option<Revision>) -> Self {
        let treatment = Treatment::new(&loaded, base, here);
        let trusted = trusted.map(|revision| Mutex::new(Trusted { revision, allowed: HashMap::new() }));
        Configuration { loaded, treatment, trusted }
    }

    /// The files that were read, those that others extend in front of them.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.loaded.files()
    }

    /// What it says about scans as a whole.
    #[must_use]
    pub fn scan(&self) -> ScanSettings {
        ScanSettings::of(&self.loaded.config.scan)
    }

    /// How an inventory is to be read, where it says something about files of that name.
    #[must_use]
    pub fn inventory(&self, file: &Path) -> Option<InventoryReading> {
        let own = self.loaded.config.inventory.of_file(file)?;
        let exported = own.exported.map(|day| day.0);
        Some(InventoryReading { format: own.wanted(), mapping: own.mapping(), exported })
    }

    /// How call logs are to be read.
    #[must_use]
    pub fn call_options(&self) -> crate::calls::Options {
        self.loaded.config.calls.options()
    }

    /// From where on it is worth saying what call logs tell.
    #[must_use]
    pub fn call_limits(&self) -> crate::calls::Limits {
        self.loaded.config.calls.limits()
    }

    /// The names of rules in it that fit none of `rules`, each with its place.
    #[must_use]
    pub fn unknown_rules(&self, rules: &Ruleset) -> Vec<(String, Mistake)> {
        let config = &self.loaded.config;
        let scan = config.scan.only.iter().chain(&config.scan.disable);
        let paths = config.scan.paths.iter().flat_map(|path| &path.disable);
        let allow = config.allow.iter().flat_map(|allow| &allow.rules);
        let fits = |name: &str| Pattern::new(name).is_ok_and(|pattern| rules.iter().any(|rule| pattern.fits(rule.id)));
        let unknown = scan.chain(paths).chain(allow).filter(|name| !fits(name.get_ref()));
        unknown
            .map(|name| {
                let message = format!("no rule's id fits `{}`", name.get_ref());
                (name.get_ref().clone(), self.loaded.mistake(name.span(), message))
            })
            .collect()
    }

    /// Reads a baseline, as the revision that is trusted has it; a relative path is relative to the current folder. One
    /// that the revision does not have is empty: what changes add hides nothing.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub fn baseline(&self, path: PathBuf) -> Result<KnownFile, BaselineError> {
        let Some(read) = self.revision(|trusted| trusted.read(&here().join(&path), MAX_FILE)) else {
            return KnownFile::read(path);
        };
        match read {
            Ok(bytes) => KnownFile::read_from(path, &mut &*bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => KnownFile::read_from(path, &mut io::empty()),
            Err(error) => Err(error.into()),
        }
    }

    /// Adds the rules of a file, or of the `*.toml` files of a folder, as the revision that is trusted has them; a
    /// relative path is relative to the current folder. Gives the mistakes in them.
    ///
    /// # Errors
    /// When files of the revision cannot be read, or put where they can be read.
    pub fn add_rules(&self, rules: &mut Ruleset, path: &Path) -> io::Result<Vec<Mistake>> {
        let whole = plain(&here().join(path));
        let listed = self.revision(|trusted| {
            let names = trusted.listed(&whole)?;
            let read = |name: PathBuf| trusted.read(&name, MAX_FILE).map(|bytes| (name, bytes));
            Some(names.into_iter().map(read).collect::<io::Result<Vec<_>>>())
        });
        let Some(Some(files)) = listed else { return Ok(rules.add_files(path).err().unwrap_or_default()) };
        let told = |what: String| move |error: io::Error| io::Error::new(error.kind(), format!("{what}: {error}"));
        let not_written = || told("rule files of the trusted revision cannot be written".to_owned());
        let folder = tempfile::tempdir().map_err(not_written())?;
        let mut mistakes = Vec::new();
        let files = files.map_err(told(format!("the rules `{}` cannot be read", path.display())))?;
        if files.is_empty() {
            mistakes.push(Mistake::whole(path, "the trusted revision does not have it"));
        }
        for (name, bytes) in files.iter().filter(|(name, _)| name.extension().is_some_and(|end| end == "toml")) {
            let copy = folder.path().join(name.file_name().unwrap_or_default());
            std::fs::write(&copy, bytes).map_err(not_written())?;
            for mut mistake in rules.add_files(&copy).err().unwrap_or_default() {
                mistake.path.clone_from(name);
                mistakes.push(mistake);
            }
        }
        Ok(mistakes)
    }

    fn with_trusted<T>(&self, of: impl FnOnce(&mut Trusted) -> T) -> Option<T> {
        let trusted = self.trusted.as_ref()?;
        Some(of(&mut trusted.lock().unwrap_or_else(std::sync::PoisonError::into_inner)))
    }

    /// Asks the revision that is trusted; nothing where none is.
    fn revision<T>(&self, of: impl FnOnce(&Revision) -> T) -> Option<T> {
        self.with_trusted(|trusted| of(&trusted.revision))
    }

    /// Whether a revision is trusted.
    #[must_use]
    pub(crate) fn is_trusted(&self) -> bool {
        self.trusted.is_some()
    }

    /// Takes out what is not to be reported, and allowances that the trusted revision does not have. `root` is the
    /// folder that paths are relative to.
    pub(crate) fn treat(&self, engine: &Engine, scanned: &mut Scanned, root: &Path) {
        let treatment = &self.treatment;
        scanned.places.retain(|place| {
            let rule = engine.detector().ruleset().rule(place.rule).id;
            let artifact = &place.location.artifact;
            !treatment.is_excluded(root, artifact) && !treatment.is_disabled(root, artifact, rule)
        });
        scanned
            .notices
            .retain(|notice| notice.artifact.as_ref().is_none_or(|artifact| !treatment.is_excluded(root, artifact)));
        for place in scanned.places.iter_mut().filter(|place| place.location.allowed.is_some()) {
            let artifact = place.location.artifact.clone();
            let known = self.with_trusted(|trusted| {
                let Trusted { revision, allowed } = trusted;
                let allowed = allowed.entry(artifact.path.clone()).or_insert_with(|| {
                    let path = plain(&root.join(&artifact.path));
                    // What cannot be read allows nothing; what lies outside of the tree no change reaches.
                    let bytes = revision.read(&path, u64::MAX - 1).unwrap_or_default();
                    let then = engine.blob(&bytes, &artifact, &mut Buffer::default());
                    let places = then.places.into_iter().filter(|place| place.location.allowed.is_some());
                    places.map(|place| (place.rule, place.secret)).collect()
                });
                allowed.contains(&(place.rule, place.secret.clone()))
            });
            if known == Some(false) {
                place.location.allowed = None;
            }
        }
    }

    /// What changes loosen of the check that judges them: in `keytrail.toml`, in the baseline and by comments. What
    /// cannot be read is passed over: the scan of the same changes tells of it. `here` is the folder that paths are
    /// relative to.
    #[must_use]
    pub(crate) fn loosened(
        &self,
        objects: &Objects<'_>,
        paths: &Paths,
        difference: Difference,
        known: Option<&KnownFile>,
        here: &Path,
        shown: &dyn Fn(&str) -> String,
    ) -> Vec<Notice> {
        let here = here.canonicalize().unwrap_or_else(|_| here.to_owned());
        let top = paths.top().map_or_else(|| here.clone(), Path::to_owned);
        let configs: Vec<PathBuf> = self.loaded.files().map(plain).collect();
        let rules: Vec<PathBuf> =
            self.loaded.config.scan.rules.iter().map(|path| plain(&here.join(path.get_ref()))).collect();
        let known = known.map(|known| plain(&here.join(&known.path)));
        let so = if self.is_trusted() { ", which does not count" } else { "" };
        let mut notices = Vec::new();
        let mut say = |path: &[u8], message: String| {
            notices.push(Notice {
                artifact: Some(Artifact::file(shown(&paths.artifact(path).path))),
                kind: NoticeKind::Loosened,
                message: shown(&message),
                help: None,
            });
        };
        let read = |id: Option<Oid>| match id {
            Some(id) if objects.size(id).is_ok_and(|size| size <= MAX_FILE) => {
                objects.blob(id).ok().map(|blob| blob.data().to_vec())
            }
            Some(_) => None,
            None => Some(Vec::new()),
        };
        let changed = difference.changed.into_iter().map(|(path, now, then)| (path, Some(now), then));
        let removed = difference.removed.into_iter().map(|(path, then)| (path, None, Some(then)));
        let mut comments: Vec<(Vec<u8>, String)> = Vec::new();
        for (path, now, then) in changed.chain(removed) {
            let (Some(now), Some(then)) = (read(now), read(then)) else { continue };
            let name = String::from_utf8_lossy(&path).into_owned();
            let whole = top.join(&name);
            let named = |usual: &str| name.rsplit('/').next() == Some(usual);
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            if named(FILE) || configs.contains(&whole) {
                match (Loaded::parse_alone(&whole, text(&then)), Loaded::parse_alone(&whole, text(&now))) {
                    (Ok(then), Ok(now)) => {
                        let extends = |loaded: &Loaded| -> BTreeSet<String> {
                            loaded.config.extends.iter().map(|path| path.get_ref().clone()).collect()
                        };
                        for extended in extends(&now).symmetric_difference(&extends(&then)) {
                            let what =
                                format!("the change of the configuration extends other files (`{extended}`){so}");
                            say(&path, what);
                        }
                        for what in loosened::config(&then, &now) {
                            say(&path, format!("the change of the configuration {what}{so}"));
                        }
                    }
                    _ => say(&path, format!("the configuration is changed, and cannot be read before or after{so}")),
                }
            }
            // Where one is read, no other one hides anything.
            if known.as_ref().map_or_else(|| named(baseline::FILE_NAME), |known| *known == whole) {
                let key = FingerprintKey::from_env();
                match (Baseline::parse(&text(&then), &key), Baseline::parse(&text(&now), &key)) {
                    (Ok(then), Ok(now)) => {
                        let said = loosened::baseline(&then, &now);
                        for what in said.iter().take(NAMED) {
                            say(&path, format!("the change of the baseline {what}{so}"));
                        }
                        if said.len() > NAMED {
                            let more = said.len() - NAMED;
                            say(&path, format!("the change of the baseline hides {more} more{so}"));
                        }
                    }
                    _ => say(&path, format!("the baseline is changed, and cannot be read before or after{so}")),
                }
            }
            if rules.iter().any(|rules| whole.starts_with(rules)) {
                say(&path, format!("rules of the configuration are changed{so}"));
            }
            if allow::marker(&now).is_some() {
                for span in diff::added(&then, &now) {
                    let start = span.start;
                    let first = 1 + now[..start].iter().filter(|&&b| b == b'\n').count();
                    for (line, added) in (first..).zip(now[span].split(|&b| b == b'\n')) {
                        if let Some(marker) = allow::marker(added) {
                            comments.push((path.clone(), format!("line {line} adds the comment `{marker}`{so}")));
                        }
                    }
                }
            }
        }
        let more = comments.len().saturating_sub(NAMED);
        for (path, message) in comments.into_iter().take(NAMED) {
            say(&path, message);
        }
        if more > 0 {
            notices.push(Notice {
                artifact: None,
                kind: NoticeKind::Loosened,
                message: format!("{more} more lines add comments that allow keys{so}"),
                help: None,
            });
        }
        notices
    }
}

impl std::fmt::Debug for Configuration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Configuration({:?}, trusted: {})", self.files().collect::<Vec<_>>(), self.is_trusted())
    }
}

/// How a file of the configuration is called: a relative path as it was given, others without `.` and `..`.
fn called(file: &Path) -> PathBuf {
    if file.is_absolute() { plain(file) } else { file.to_owned() }
}

/// The current folder, without links.
fn here() -> PathBuf {
    std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default()
}

/// So many entries and comments are named; the others are counted.
const NAMED: usize = 50;
