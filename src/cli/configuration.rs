//! Which `keytrail.toml` a scan obeys, where it is read from, and what a change may not say about itself.
//!
//! With `--trusted-config REV`, the configuration, the baseline, rule files and inline allowances are those of a
//! revision, usually the base of a pull request: files inside of the work tree are read from its tree, and a comment
//! allows a key only where that revision has it allowed in the same file already.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context as _, anyhow};
use clap::ValueHint;
use git2::Oid;
use keytrail::baseline::{self, Baseline};
use keytrail::config::files::{Files as _, Revision};
use keytrail::config::glob::Pattern;
use keytrail::config::treatment::Treatment;
use keytrail::config::{FILE, Loaded, loosened, plain};
use keytrail::detect::allow;
use keytrail::detect::rule::{RuleFileError, Ruleset};
use keytrail::finding::Artifact;
use keytrail::report::{Notice, NoticeKind};
use keytrail::scan::{Buffer, Scanned, Scanner};
use keytrail::secret::{FingerprintKey, Secret};
use keytrail::source::git::compare::Compare;
use keytrail::source::git::diff;
use keytrail::source::git::objects::Objects;
use keytrail::source::git::repository::{self, Paths};

use super::scan::KnownFile;
use super::selection::{alternatives, similar};

/// Which configuration applies.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Configuration")]
pub struct ConfigArgs {
    /// Read this file instead of the nearest keytrail.toml above the current folder
    #[arg(long, value_name = "FILE", conflicts_with = "no_config", value_hint = ValueHint::FilePath)]
    config: Option<PathBuf>,
    /// Read no keytrail.toml
    #[arg(long)]
    no_config: bool,
    /// Take keytrail.toml, the baseline and inline allowances as this revision has them: the base of a pull request,
    /// which then cannot weaken its own check
    #[arg(long, value_name = "REV", conflicts_with = "no_config")]
    trusted_config: Option<String>,
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

/// Baselines and rule files are at most so large, in bytes.
const MAX_FILE: u64 = 64 << 20;

impl ConfigArgs {
    /// Reads the configuration. Mistakes in it are shown on standard error.
    ///
    /// # Errors
    /// When there is a mistake in it, or no such file or revision.
    pub fn load(&self) -> anyhow::Result<Configuration> {
        let here = std::env::current_dir().context("the current folder cannot be found")?;
        let here = here.canonicalize().unwrap_or(here);
        if self.no_config {
            return Ok(Configuration::default());
        }
        let trusted = self.trusted_config.as_deref().map(|name| trusted(name, &here)).transpose()?;
        let named = self.config.as_ref().map(|path| plain(&here.join(path)));
        let loaded = match &trusted {
            Some(revision) => match named.or_else(|| revision.find(&here)) {
                Some(path) => super::audit::told(Loaded::read_from(&path, revision))?,
                None => Loaded::default(),
            },
            None => super::audit::configuration(named.as_deref())?,
        };
        let folder = loaded.folder().to_owned();
        // A file from elsewhere speaks of the repository that it is used in.
        let base = if self.config.is_some() && !here.starts_with(&folder) {
            let top = repository::discover(&here).ok().and_then(|found| found.workdir().map(Path::to_owned));
            top.and_then(|top| top.canonicalize().ok()).unwrap_or_else(|| here.clone())
        } else {
            folder
        };
        let treatment = Treatment::new(&loaded, &base, &here);
        let trusted = trusted.map(|revision| Mutex::new(Trusted { revision, allowed: HashMap::new() }));
        Ok(Configuration { loaded, treatment, trusted })
    }
}

fn trusted(name: &str, here: &Path) -> anyhow::Result<Revision> {
    let repository = repository::open_here().context("--trusted-config needs a repository")?;
    let top = Paths::new(&repository, here, &[])?.top().unwrap_or(here).to_owned();
    Revision::new(repository, name, top).map_err(|error| anyhow!("--trusted-config: {error}"))
}

impl Configuration {
    /// The revision that is trusted.
    fn revision<T>(&self, of: impl FnOnce(&mut Trusted) -> T) -> Option<T> {
        let trusted = self.trusted.as_ref()?;
        Some(of(&mut trusted.lock().unwrap_or_else(std::sync::PoisonError::into_inner)))
    }

    /// Whether a revision is trusted.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.trusted.is_some()
    }

    /// Reads a baseline, as the revision that is trusted has it.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub fn baseline(&self, path: PathBuf) -> anyhow::Result<KnownFile> {
        let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
        let whole = here.join(&path);
        let shown = whole.strip_prefix(&here).map(Path::to_owned).unwrap_or(path);
        let Some(read) = self.revision(|trusted| trusted.revision.read(&whole, MAX_FILE)) else {
            return KnownFile::read(shown);
        };
        let context = || format!("the baseline `{}` cannot be used", shown.display());
        let known = match read {
            Ok(bytes) => KnownFile::read_from(shown.clone(), &mut &*bytes),
            // One that the changes add hides nothing.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                KnownFile::read_from(shown.clone(), &mut std::io::empty())
            }
            Err(error) => Err(error.into()),
        };
        known.with_context(context)
    }

    /// Adds the rules of a file, or of the files of a folder, as the revision that is trusted has them. The mistakes in
    /// them.
    ///
    /// # Errors
    /// When files of the revision cannot be put where they can be read.
    pub fn add_rules(&self, rules: &mut Ruleset, path: &Path) -> anyhow::Result<Vec<RuleFileError>> {
        let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
        let whole = plain(&here.join(path));
        let listed = self.revision(|trusted| {
            let names = trusted.revision.listed(&whole)?;
            let read = |name: PathBuf| trusted.revision.read(&name, MAX_FILE).map(|bytes| (name, bytes));
            Some(names.into_iter().map(read).collect::<Result<Vec<_>, _>>())
        });
        let Some(Some(files)) = listed else { return Ok(rules.add_files(path).err().unwrap_or_default()) };
        let folder = tempfile::tempdir().context("rule files of the trusted revision cannot be written")?;
        let mut mistakes = Vec::new();
        let files = files.with_context(|| format!("the rules `{}` cannot be read", path.display()))?;
        if files.is_empty() {
            mistakes.push(RuleFileError::whole(path, "the trusted revision does not have it"));
        }
        for (name, bytes) in files.iter().filter(|(name, _)| name.extension().is_some_and(|end| end == "toml")) {
            let copy = folder.path().join(name.file_name().unwrap_or_default());
            std::fs::write(&copy, bytes).context("rule files of the trusted revision cannot be written")?;
            for mut mistake in rules.add_files(&copy).err().unwrap_or_default() {
                mistake.path.clone_from(name);
                mistakes.push(mistake);
            }
        }
        Ok(mistakes)
    }

    /// The rules that alone are used, and those that are not used.
    #[must_use]
    pub fn selection(&self) -> (Vec<String>, Vec<String>) {
        let texts = |list: &[toml::Spanned<String>]| list.iter().map(|text| text.get_ref().clone()).collect();
        let scan = &self.loaded.config.scan;
        (texts(&scan.only), texts(&scan.disable))
    }

    /// Says which names of rules in the configuration fit no rule.
    ///
    /// # Errors
    /// When one fits none.
    pub fn check_rules(&self, rules: &Ruleset) -> anyhow::Result<()> {
        let config = &self.loaded.config;
        let scan = config.scan.only.iter().chain(&config.scan.disable);
        let paths = config.scan.paths.iter().flat_map(|path| &path.disable);
        let allow = config.allow.iter().flat_map(|allow| &allow.rules);
        let mut mistakes = Vec::new();
        for name in scan.chain(paths).chain(allow) {
            let fits = Pattern::new(name.get_ref()).is_ok_and(|pattern| rules.iter().any(|rule| pattern.fits(rule.id)));
            if !fits {
                let near = similar(name.get_ref(), rules.iter().map(|rule| rule.id));
                let help = match near.as_slice() {
                    [] => "`keytrail rules list` has them all".to_owned(),
                    near => format!("did you mean {}?", alternatives(near)),
                };
                let message = format!("no rule's id fits `{}`; {help}", name.get_ref());
                mistakes.push(self.loaded.mistake(name.span(), message));
            }
        }
        super::audit::told(if mistakes.is_empty() { Ok(Loaded::default()) } else { Err(mistakes) }).map(drop)
    }

    /// Takes out what is not to be reported, and allowances that the trusted revision does not have. `root` is the
    /// folder that paths are relative to.
    pub fn treat(&self, scanner: &Scanner, scanned: &mut Scanned, root: &Path) {
        let treatment = &self.treatment;
        scanned.places.retain(|place| {
            let rule = scanner.detector().ruleset().rule(place.rule).id;
            let artifact = &place.location.artifact;
            !treatment.is_excluded(root, artifact) && !treatment.is_disabled(root, artifact, rule)
        });
        scanned
            .notices
            .retain(|notice| notice.artifact.as_ref().is_none_or(|artifact| !treatment.is_excluded(root, artifact)));
        for place in scanned.places.iter_mut().filter(|place| place.location.allowed.is_some()) {
            let artifact = place.location.artifact.clone();
            let known = self.revision(|trusted| {
                let Trusted { revision, allowed } = trusted;
                let allowed = allowed.entry(artifact.path.clone()).or_insert_with(|| {
                    let path = plain(&root.join(&artifact.path));
                    // What cannot be read allows nothing; what lies outside of the tree no change reaches.
                    let bytes = revision.read(&path, u64::MAX - 1).unwrap_or_default();
                    let then = scanner.blob(&bytes, &artifact, &mut Buffer::default());
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

    /// What changes from one state of a repository to another loosen of the check that judges them: in `keytrail.toml`,
    /// in the baseline and by comments. `old` and `new` are trees; nothing was before where there is no old one. What
    /// cannot be read is passed over: the scan of the same changes tells of it.
    ///
    /// # Errors
    /// When the current folder cannot be found.
    pub fn loosened(
        &self,
        objects: &Objects<'_>,
        paths: &Paths,
        (old, new): (Option<Oid>, Oid),
        known: Option<&KnownFile>,
        shown: &dyn Fn(&str) -> String,
    ) -> anyhow::Result<Vec<Notice>> {
        let mut compare = Compare::new(objects);
        compare.trees(&mut Vec::new(), old, Some(new));
        let difference = compare.difference;
        let here = std::env::current_dir()?.canonicalize()?;
        let top = paths.top().map_or_else(|| here.clone(), Path::to_owned);
        let configs: Vec<PathBuf> = self.loaded.files().map(plain).collect();
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
            if named(baseline::FILE_NAME) || known.as_deref() == Some(whole.as_path()) {
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
        Ok(notices)
    }
}

/// So many entries and comments are named; the others are counted.
const NAMED: usize = 50;

/// How a file of the configuration is called: relative to the current folder where it lies below it.
#[must_use]
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).to_string_lossy().replace('\\', "/")
}
