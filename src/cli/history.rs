//! `keytrail scan --history`: the arguments, and the scan of the repositories that the paths lie in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use git2::Repository;
use keytrail::finding::Confidence;
use keytrail::scan::history::{self, History, Since, Source};
use keytrail::scan::{Scanner, history::objects};
use keytrail::source::git::references::id_of;
use keytrail::source::git::repository::{self, RepositoryError};
use keytrail::source::git::walk::Walk;

use super::progress::{self, Progress};
use super::scan::size;

/// The options of a scan that concern histories.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct HistoryArgs {
    /// Scan the whole history, too: every object of the repository, reachable or not
    #[arg(long, conflicts_with = "changes", help_heading = "What to scan")]
    pub history: bool,
    /// Of the history, only what was introduced since then: a revision, or a date such as 2026-01-31 or "2 weeks ago"
    #[arg(long, value_name = "REV|DATE", requires = "history", help_heading = "What to scan")]
    since: Option<String>,
    /// Of the history, only what this branch (or tag, or revision) has in its own; may be given several times
    #[arg(long, value_name = "REV", requires = "history", help_heading = "What to scan")]
    branch: Vec<String>,
    /// Of the history, leave out blobs larger than this, such as 10M or 1GiB [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = size, requires = "history", help_heading = "What to scan")]
    max_blob_size: Option<u64>,
    /// Look at every object as a whole, also where git stores it as a difference to another one
    #[arg(long, requires = "history", hide = true)]
    no_delta_scan: bool,
    /// Whether paths that lie in no repository are passed over.
    #[arg(skip)]
    where_there_is_one: bool,
}

/// A repository, and which of its paths are asked for; all of them when there are none.
struct Asked {
    repository: Repository,
    paths: Vec<String>,
    /// How it was named, for messages.
    name: PathBuf,
}

/// The repositories in which the paths lie, each once.
fn repositories(paths: &[PathBuf], where_there_is_one: bool) -> anyhow::Result<Vec<Asked>> {
    let mut all: BTreeMap<PathBuf, Asked> = BTreeMap::new();
    for path in paths {
        let repository = match repository::discover(path) {
            Err(RepositoryError::NotFound { .. }) if where_there_is_one => continue,
            found => found
                .with_context(|| format!("--history needs a repository, and `{}` has none to scan", path.display()))?,
        };
        let below = path_in(&repository, path)?;
        let asked = all.entry(repository.commondir().to_owned()).or_insert_with(|| Asked {
            repository,
            paths: below.iter().cloned().collect(),
            name: path.clone(),
        });
        match below {
            Some(below) if !asked.paths.is_empty() => asked.paths.push(below),
            // One that asks for everything.
            None => asked.paths.clear(),
            Some(_) => {}
        }
    }
    Ok(all.into_values().collect())
}

/// The path inside the working tree, from its root; nothing for the root itself and for bare repositories.
fn path_in(repository: &Repository, path: &Path) -> anyhow::Result<Option<String>> {
    let Some(root) = repository.workdir().filter(|_| !is_inside_git(path)) else { return Ok(None) };
    let (root, path) = (root.canonicalize()?, path.canonicalize()?);
    let below = path.strip_prefix(&root).ok().filter(|below| !below.as_os_str().is_empty());
    Ok(below.map(|below| {
        let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        parts.join("/")
    }))
}

/// Whether a path lies in a repository's own folder, as all of a bare one does: there are no files to scan but git's.
#[must_use]
pub fn is_inside_git(path: &Path) -> bool {
    let real = path.canonicalize();
    repository::discover(path).is_ok_and(|repository| {
        repository.path().canonicalize().ok().zip(real.ok()).is_some_and(|(git, path)| path.starts_with(git))
    })
}

/// How histories are scanned.
pub struct How<'a> {
    /// What is less certain is only counted.
    pub min_confidence: Confidence,
    /// Number of threads.
    pub jobs: usize,
    /// When progress is shown.
    pub progress: progress::Mode,
    /// Directory that shown paths are relative to. Absolute.
    pub base: &'a Path,
}

impl HistoryArgs {
    /// The whole history of every repository that the paths lie in, or none of it.
    #[must_use]
    pub fn where_there_is_one(history: bool) -> Self {
        HistoryArgs { history, where_there_is_one: true, ..HistoryArgs::default() }
    }

    /// Scans the history as a configuration asks for it, which a plain folder need not have.
    pub fn configured(&mut self, possible: bool) {
        self.history = possible;
        self.where_there_is_one = true;
    }

    /// Whether a part of the history is left out.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.since.is_some() || !self.branch.is_empty() || self.max_blob_size.is_some()
    }

    /// Scans the histories of the repositories in which the paths lie, and hands over each.
    ///
    /// # Errors
    /// When a path lies in none, or a revision or date is not understood.
    pub fn scan(
        &self,
        scanner: &Scanner,
        paths: &[PathBuf],
        how: &How<'_>,
        take: &mut dyn FnMut(History),
    ) -> anyhow::Result<()> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(how.jobs)
            .build()
            .context("the threads of the scan cannot be started")?;
        for asked in repositories(paths, self.where_there_is_one)? {
            let branches = self
                .branch
                .iter()
                .map(|name| commit(&asked.repository, name).map(|commit| id_of(commit.id())))
                .collect::<anyhow::Result<Vec<_>>>()
                .with_context(|| format!("in the repository of `{}`", asked.name.display()))?;
            let options = history::Options {
                objects: objects::Options {
                    min_confidence: how.min_confidence,
                    max_blob_size: self.max_blob_size,
                    by_changes: !self.no_delta_scan,
                },
                since: self.since.as_deref().map(|since| parse_since(&asked.repository, since)).transpose()?,
                branches,
                paths: asked.paths,
                base: how.base.to_owned(),
            };
            let store = history::open_store(&asked.repository);
            let walk = Walk::new(&store);
            let progress = Progress::of_history(how.progress, 2 * walk.size());
            let source = Source { repository: &asked.repository, walk: &walk };
            let history = history::scan(scanner, &source, &options, &pool, &|bytes| progress.advance(0, bytes));
            progress.finish();
            take(history);
        }
        Ok(())
    }
}

fn commit<'r>(repository: &'r Repository, name: &str) -> anyhow::Result<git2::Commit<'r>> {
    let object = repository.revparse_single(name).map_err(|_| anyhow!("there is no revision `{name}`"))?;
    object.peel_to_commit().map_err(|_| anyhow!("`{name}` is no commit"))
}

/// A revision that exists, or else a date.
fn parse_since(repository: &Repository, text: &str) -> anyhow::Result<Since> {
    if let Ok(commit) = commit(repository, text) {
        return Ok(Since::Commit(id_of(commit.id())));
    }
    match gix_date::parse(text, Some(jiff::Zoned::now())) {
        Ok(time) => Ok(Since::Time(time.seconds)),
        Err(_) => bail!(
            "--since `{text}` is neither a revision of this repository nor a date; \
             dates are written 2026-01-31, 2026-01-31T12:00:00Z or \"2 weeks ago\""
        ),
    }
}
