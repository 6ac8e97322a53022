//! Which `keytrail.toml` a scan obeys, and where it is read from: with `--trusted-config REV`, from a revision. What it
//! then does to findings is the library's business.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::ValueHint;
use keytrail::config::files::{Files as _, Revision};
use keytrail::config::glob::Pattern;
use keytrail::config::{Loaded, plain};
use keytrail::detect::rule::{RuleFileError, Ruleset};
use keytrail::scanner::applied::{Configuration, KnownFile, MAX_FILE};
use keytrail::source::git::repository::{self, Paths};

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
        Ok(Configuration::new(loaded, &base, &here, trusted))
    }
}

fn trusted(name: &str, here: &Path) -> anyhow::Result<Revision> {
    let repository = repository::open_here().context("--trusted-config needs a repository")?;
    let top = Paths::new(&repository, here, &[])?.top().unwrap_or(here).to_owned();
    Revision::new(repository, name, top).map_err(|error| anyhow!("--trusted-config: {error}"))
}

/// Reads a baseline.
///
/// # Errors
/// When it cannot be read, or is none.
pub fn read_baseline(path: PathBuf) -> anyhow::Result<KnownFile> {
    KnownFile::read(path.clone()).with_context(|| format!("the baseline `{}` cannot be used", path.display()))
}

/// Reads a baseline, as the revision that is trusted has it.
///
/// # Errors
/// When it cannot be read, or is none.
pub fn baseline(configuration: &Configuration, path: PathBuf) -> anyhow::Result<KnownFile> {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    let whole = here.join(&path);
    let shown = whole.strip_prefix(&here).map(Path::to_owned).unwrap_or(path);
    let Some(read) = configuration.revision(|trusted| trusted.read(&whole, MAX_FILE)) else {
        return read_baseline(shown);
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
pub fn add_rules(
    configuration: &Configuration,
    rules: &mut Ruleset,
    path: &Path,
) -> anyhow::Result<Vec<RuleFileError>> {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    let whole = plain(&here.join(path));
    let listed = configuration.revision(|trusted| {
        let names = trusted.listed(&whole)?;
        let read = |name: PathBuf| trusted.read(&name, MAX_FILE).map(|bytes| (name, bytes));
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
pub fn selection(configuration: &Configuration) -> (Vec<String>, Vec<String>) {
    let texts = |list: &[toml::Spanned<String>]| list.iter().map(|text| text.get_ref().clone()).collect();
    let scan = &configuration.loaded.config.scan;
    (texts(&scan.only), texts(&scan.disable))
}

/// Says which names of rules in the configuration fit no rule.
///
/// # Errors
/// When one fits none.
pub fn check_rules(configuration: &Configuration, rules: &Ruleset) -> anyhow::Result<()> {
    let config = &configuration.loaded.config;
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
            mistakes.push(configuration.loaded.mistake(name.span(), message));
        }
    }
    super::audit::told(if mistakes.is_empty() { Ok(Loaded::default()) } else { Err(mistakes) }).map(drop)
}

/// How a file of the configuration is called: relative to the current folder where it lies below it.
#[must_use]
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).to_string_lossy().replace('\\', "/")
}
