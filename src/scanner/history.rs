//! The histories of the repositories in which paths lie.

use std::collections::{BTreeMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use git2::{Oid, Repository};

use super::source::Past;
use super::{Problem, Scanner, Watch, Work};
use crate::scan::history::{self, History, Since, Source, objects};
use crate::source::git::objects::Objects;
use crate::source::git::references::{self, id_of};
use crate::source::git::repository::{self, RepositoryError};
use crate::source::git::walk::Walk;

/// Bytes after which the progress is told.
const STEP: u64 = 1 << 20;

/// A repository, and which of its paths are asked for; all of them when there are none.
pub(super) struct Asked {
    repository: Repository,
    paths: Vec<String>,
    /// How it was named, for messages.
    name: PathBuf,
}

/// The repositories in which the paths lie, each once.
///
/// # Errors
/// When one lies in none, unless those are to be passed over.
pub(super) fn repositories(paths: &[PathBuf], where_there_is_one: bool) -> Result<Vec<Asked>, Problem> {
    let mut all: BTreeMap<PathBuf, Asked> = BTreeMap::new();
    for path in paths {
        let repository = match repository::discover(nearest(path)) {
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
    in_trees(repository, path)
}

/// The path as trees have it, also when it is not there: below the root of the working tree, or below the folder of a
/// bare repository, which has none.
fn in_trees(repository: &Repository, path: &Path) -> Result<Option<String>, Problem> {
    let root = match repository.workdir() {
        Some(root) => root,
        None if !path.exists() => repository.path(),
        None => return Ok(None),
    };
    if path.exists() && is_inside_git(path) {
        return Ok(None);
    }
    let (root, path) = (root.canonicalize()?, real(path)?);
    let below = path.strip_prefix(&root).ok().filter(|below| !below.as_os_str().is_empty());
    Ok(below.map(slashed))
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// The path itself, or else the folder above it that is there: what was deleted, or is not checked out, lies in the
/// repository of that.
fn nearest(path: &Path) -> &Path {
    let here = Path::new(".");
    let above = path.ancestors().find(|path| path.exists());
    above.filter(|above| !above.as_os_str().is_empty()).unwrap_or(here)
}

/// The path without links and `..`, as far as it is there.
fn real(path: &Path) -> std::io::Result<PathBuf> {
    let above = nearest(path);
    let mut real = above.canonicalize()?;
    let rest = if above == Path::new(".") { path } else { path.strip_prefix(above).unwrap_or(Path::new("")) };
    for component in rest.components() {
        match component {
            Component::ParentDir => drop(real.pop()),
            Component::CurDir => {}
            component => real.push(component),
        }
    }
    Ok(real)
}

/// Whether a path that is not there is one of a file or folder that some commit has. Commits that neither a reference
/// nor a reflog leads to are not asked.
#[must_use]
pub fn is_in_history(path: &Path) -> bool {
    let Ok(repository) = repository::discover(nearest(path)) else { return false };
    let Ok(path) = in_trees(&repository, path) else { return false };
    path.is_some_and(|path| has_path(&repository, path.as_bytes()).unwrap_or(false))
}

fn has_path(repository: &Repository, path: &[u8]) -> Result<bool, git2::Error> {
    let objects = Objects::new(repository)?;
    let own = repository.path().join("index");
    let indexed = crate::source::git::staged::read_index(repository, &own).is_ok_and(|index| {
        let below = [path, b"/"].concat();
        index.entry_by_path(path.into()).is_some() || index.prefixed_entries_range(below.as_slice().into()).is_some()
    });
    if indexed {
        return Ok(true);
    }
    let starts = references::starts(repository);
    let mut walk = repository.revwalk()?;
    walk.set_sorting(git2::Sort::TIME)?;
    let targets = starts.references.iter().map(|reference| &reference.target).chain(&starts.head);
    for id in targets.chain(&starts.reflogs) {
        // What is missing, or no commit, leads nowhere.
        let commit = Oid::from_bytes(id.as_slice()).and_then(|id| repository.find_object(id, None)?.peel_to_commit());
        if let Ok(commit) = commit {
            walk.push(commit.id())?;
        }
    }
    let mut seen = HashSet::new();
    for commit in walk.flatten() {
        let Ok(commit) = objects.commit(commit) else { continue };
        if seen.insert(commit.tree) && objects.has_path(commit.tree, path) {
            return Ok(true);
        }
    }
    Ok(false)
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

/// Scans the histories of repositories, and hands over each.
pub(super) fn scan(
    scanner: &Scanner,
    repositories: Vec<Asked>,
    past: &Past,
    root: &Path,
    watch: &dyn Watch,
    take: &mut dyn FnMut(History),
) -> Result<(), Problem> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(scanner.jobs.get()).build()?;
    for asked in repositories {
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
        let source = Source { repository: &asked.repository, walk: &walk, pool: &pool };
        // Objects are small and many; the progress is told in steps that can be seen.
        let untold = AtomicU64::new(0);
        let advance = |bytes| {
            if untold.fetch_add(bytes, Ordering::Relaxed) + bytes >= STEP {
                watch.advances(0, untold.swap(0, Ordering::Relaxed));
            }
        };
        let history = history::scan(&scanner.engine, &source, &options, &advance);
        watch.advances(0, untold.into_inner());
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
