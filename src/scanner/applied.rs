//! The configuration of a scan, as it is applied to what was found, and what a change may not say about itself.
//!
//! With a revision that is trusted, usually the base of a pull request, the configuration, the baseline, rule files and
//! inline allowances are those of that revision: files inside of the work tree are read from its tree, and a comment
//! allows a key only where the revision has it allowed in the same file already.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use git2::Oid;

use crate::baseline::{self, Baseline, BaselineError};
use crate::config::files::{Files as _, Revision};
use crate::config::treatment::Treatment;
use crate::config::{FILE, Loaded, loosened, plain};
use crate::detect::allow;
use crate::finding::Artifact;
use crate::report::{Notice, NoticeKind};
use crate::scan::{Buffer, Engine, Scanned};
use crate::secret::{FingerprintKey, Secret};
use crate::source::git::compare::Difference;
use crate::source::git::diff;
use crate::source::git::objects::Objects;
use crate::source::git::repository::Paths;

/// Baselines, rule files and files of configurations are at most so large, in bytes.
pub const MAX_FILE: u64 = 64 << 20;

/// A baseline that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFile {
    /// Where it lies.
    pub path: PathBuf,
    /// What reports call it.
    pub name: String,
    /// What it holds.
    pub baseline: Baseline,
}

impl KnownFile {
    /// Reads a baseline.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub fn read(path: PathBuf) -> Result<Self, BaselineError> {
        let mut file = File::open(&path)?;
        Self::read_from(path, &mut file)
    }

    /// Reads a baseline that lies at `path` from somewhere else.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub fn read_from(path: PathBuf, input: &mut dyn io::Read) -> Result<Self, BaselineError> {
        let baseline = Baseline::read(input, &FingerprintKey::from_env())?;
        Ok(KnownFile { name: path.to_string_lossy().replace('\\', "/"), baseline, path })
    }
}

/// A configuration that was read, and the revision that is trusted.
#[derive(Default)]
pub struct Configuration {
    /// What the files say.
    pub loaded: Loaded,
    /// What they say about findings.
    pub treatment: Treatment,
    trusted: Option<Mutex<Trusted>>,
}

struct Trusted {
    revision: Revision,
    /// By path, the secrets that comments allow in the file as the revision has it, with their rules.
    allowed: HashMap<String, BTreeSet<(u16, Secret)>>,
}

impl Configuration {
    /// What the files say, for findings below `base`; reports are relative to `here`. Both are absolute.
    #[must_use]
    pub fn new(loaded: Loaded, base: &Path, here: &Path, trusted: Option<Revision>) -> Self {
        let treatment = Treatment::new(&loaded, base, here);
        let trusted = trusted.map(|revision| Mutex::new(Trusted { revision, allowed: HashMap::new() }));
        Configuration { loaded, treatment, trusted }
    }

    fn with_trusted<T>(&self, of: impl FnOnce(&mut Trusted) -> T) -> Option<T> {
        let trusted = self.trusted.as_ref()?;
        Some(of(&mut trusted.lock().unwrap_or_else(std::sync::PoisonError::into_inner)))
    }

    /// Asks the revision that is trusted; nothing where none is.
    pub fn revision<T>(&self, of: impl FnOnce(&Revision) -> T) -> Option<T> {
        self.with_trusted(|trusted| of(&trusted.revision))
    }

    /// Whether a revision is trusted.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.trusted.is_some()
    }

    /// Takes out what is not to be reported, and allowances that the trusted revision does not have. `root` is the
    /// folder that paths are relative to.
    pub fn treat(&self, engine: &Engine, scanned: &mut Scanned, root: &Path) {
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
    pub fn loosened(
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

/// So many entries and comments are named; the others are counted.
const NAMED: usize = 50;
