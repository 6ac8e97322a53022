//! Which `keytrail.toml` a scan obeys, and where it is read from: with `--trusted-config REV`, from a revision. What it
//! then does to findings is the library's business.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::ValueHint;
use keytrail::baseline::KnownFile;
use keytrail::config::{ConfigError, Configuration};
use keytrail::{Mistake, Ruleset};

use super::rules::diagnostic;
use super::selection::{alternatives, counted, similar};

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
        let named = self.config.as_ref().map(|path| here.join(path));
        read(match (&self.trusted_config, named) {
            (Some(revision), named) => Configuration::trusted(revision, named.as_deref(), &here),
            (None, Some(path)) => Configuration::read(&path, &here),
            (None, None) => Configuration::nearest(&here),
        })
    }
}

/// A configuration that was read. Mistakes in it are shown on standard error.
///
/// # Errors
/// When there is a mistake in it, or no such file or revision.
pub fn read(read: Result<Configuration, ConfigError>) -> anyhow::Result<Configuration> {
    match read {
        Ok(configuration) => Ok(configuration),
        Err(ConfigError::Mistakes(mistakes)) => Err(complain(&mistakes)?),
        Err(ConfigError::Repository(error)) => Err(error).context("--trusted-config needs a repository"),
        Err(ConfigError::Revision(error)) => Err(anyhow!("--trusted-config: {error}")),
    }
}

/// Shows mistakes in a configuration on standard error, and gives a sentence that counts them. There is at least one.
///
/// # Errors
/// Those of standard error.
pub fn complain(mistakes: &[Mistake]) -> std::io::Result<anyhow::Error> {
    let mut err = anstream::stderr().lock();
    for mistake in mistakes {
        writeln!(err, "{}\n", diagnostic::mistake(mistake))?;
    }
    let path = mistakes.first().map_or_else(String::new, |mistake| shown(&mistake.path));
    Ok(anyhow!("{} in {path}", counted(mistakes.len(), "mistake")))
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
    let known = configuration.baseline(shown.clone());
    known.with_context(|| format!("the baseline `{}` cannot be used", shown.display()))
}

/// Says which names of rules in the configuration fit no rule.
///
/// # Errors
/// When one fits none.
pub fn check_rules(configuration: &Configuration, rules: &Ruleset) -> anyhow::Result<()> {
    let with_help = |(name, mut mistake): (String, Mistake)| {
        let near = similar(&name, rules.iter().map(|rule| rule.id));
        let help = match near.as_slice() {
            [] => "`keytrail rules list` has them all".to_owned(),
            near => format!("did you mean {}?", alternatives(near)),
        };
        mistake.message = format!("{}; {help}", mistake.message);
        mistake
    };
    let mistakes: Vec<Mistake> = configuration.unknown_rules(rules).into_iter().map(with_help).collect();
    if mistakes.is_empty() { Ok(()) } else { Err(complain(&mistakes)?) }
}

/// How a file of the configuration is called: relative to the current folder where it lies below it.
#[must_use]
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).to_string_lossy().replace('\\', "/")
}
