//! The histories of the repositories in which paths lie.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use git2::Repository;

use super::source::Past;
use super::{Problem, Scanner, Watch, Work};
use crate::scan::history::{self, History, Since, Source, objects};
use crate::source::git::references::id_of;
use crate::source::git::repository::{self, RepositoryError};
use crate::source::git::walk::Walk;

/// A repository, and which of its paths are asked for; all of them when there are none.
struct Asked {
    repository: Repository,
    paths: Vec<String>,
    /// How it was named, for messages.
    name: PathBuf,
}

/// The repositories in which the paths lie, each once.
fn repositories(paths: &[PathBuf], where_there_is_one: bool) -> Result<Vec<Asked>, Problem> {
    let mut all: BTreeMap<PathBuf, Asked> = BTreeMap::new();
    for path in paths {
        let repository = match repository::discover(path) {
            Err(RepositoryError::NotFound { .. }) if where_there_is_one => continue,
            found => found.map_err(|source| Problem::NoHistory { path: path.clone(), source })?,
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
fn path_in(repository: &Repository, path: &Path) -> Result<Option<String>, Problem> {
    let Some(root) = repository.workdir().filter(|_| !is_inside_git(path)) else { return Ok(None) };
    let (root, path) = (root.canonicalize()?, path.canonicalize()?);
    let below = path.strip_prefix(&root).ok().filter(|below| !below.as_os_str().is_empty());
    Ok(below.map(|below| {
        let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        parts.join("/")
    }))
}

/// Whether a path lies in a repository's own folder, as all of a bare one does: there are no files to scan but git's.
pub(super) fn is_inside_git(path: &Path) -> bool {
    let real = path.canonicalize();
    repository::discover(path).is_ok_and(|repository| {
        repository.path().canonicalize().ok().zip(real.ok()).is_some_and(|(git, path)| path.starts_with(git))
    })
}

/// What the top of a work tree that lies beside or above the folder of the command is called: as its files are that are
/// scanned too, relative where the path was given so.
fn top(asked: &Asked, root: &Path) -> Option<String> {
    let top = asked.repository.workdir().filter(|_| asked.name.is_relative())?.canonicalize().ok()?;
    Some(repository::relative(&top, root))
}

/// Scans the histories of the repositories in which the paths lie, and hands over each.
pub(super) fn scan(
    scanner: &Scanner,
    paths: &[PathBuf],
    past: &Past,
    root: &Path,
    watch: &dyn Watch,
    take: &mut dyn FnMut(History),
) -> Result<(), Problem> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(scanner.jobs.get()).build()?;
    for asked in repositories(paths, past.where_there_is_one)? {
        let branches = past
            .branches
            .iter()
            .map(|name| commit(&asked.repository, name).map(|commit| id_of(commit.id())))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|source| Problem::In { path: asked.name.clone(), source: Box::new(source) })?;
        let top = top(&asked, root);
        let options = history::Options {
            objects: objects::Options {
                min_confidence: scanner.configuration.treatment.lowest(scanner.min_confidence),
                max_blob_size: past.max_blob_size,
                by_changes: !past.objects_whole,
            },
            since: past.since.as_deref().map(|since| parse_since(&asked.repository, since)).transpose()?,
            branches,
            paths: asked.paths,
            base: root.to_owned(),
            top,
        };
        let store = history::open_store(&asked.repository);
        let walk = Walk::new(&store);
        watch.begins(Work::History { bytes: 2 * walk.size() });
        let source = Source { repository: &asked.repository, walk: &walk };
        let history = history::scan(&scanner.engine, &source, &options, &pool, &|bytes| watch.advances(0, bytes));
        watch.ends();
        take(history);
    }
    Ok(())
}

fn commit<'r>(repository: &'r Repository, name: &str) -> Result<git2::Commit<'r>, Problem> {
    let object = repository.revparse_single(name).map_err(|_| Problem::NoRevision(name.to_owned()))?;
    object.peel_to_commit().map_err(|_| Problem::NoCommit(name.to_owned()))
}

/// A revision that exists, or else a date.
fn parse_since(repository: &Repository, text: &str) -> Result<Since, Problem> {
    if let Ok(commit) = commit(repository, text) {
        return Ok(Since::Commit(id_of(commit.id())));
    }
    let time = gix_date::parse(text, Some(jiff::Zoned::now())).map_err(|_| Problem::NoDate(text.to_owned()))?;
    Ok(Since::Time(time.seconds))
}
