//! The scan of a whole history: every blob, commit and tag of an object database, reachable or not.
//!
//! Three steps. [`objects`] finds out which objects hold which secrets, without knowing their names. The
//! [attribution](crate::source::git::attribution) finds out, for these few, which paths and commits hold them. Then one
//! version of each is read once more and scanned under its path, as a file would be: that gives lines, snippets and
//! comments for the report.

mod names;
pub mod objects;
mod report;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use gix_hash::ObjectId;
use gix_object::Kind;
use rayon::prelude::*;

use super::{Engine, Hide, Place, secrets_of};
use crate::detect::wanted::MIN_KEY;
use crate::report::{Notice, NoticeKind, Objects};
use crate::source::git::attribution::{Asked, Folders, Marks, TreeVisitor};
use crate::source::git::commits::Graph;
use crate::source::git::references::{self, Starts};
use crate::source::git::staged;
use crate::source::git::store::{ObjectError, Store};
use crate::source::git::walk::Walk;
use objects::{Found, ObjectVisitor, Outcome, ValueId};

/// Only what was introduced since then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// By commits that this one does not have in its history.
    Commit(ObjectId),
    /// At this time or later, in seconds since 1970.
    Time(i64),
}

/// Which history to scan, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// How to look at objects.
    pub objects: objects::Options,
    /// Only what was introduced since then.
    pub since: Option<Since>,
    /// Only what the histories of these references hold, given by their targets.
    pub branches: Vec<ObjectId>,
    /// Only paths that begin with one of these folders, or are one of these files; relative to the root of the
    /// repository, with `/` separators. Everything when there are none.
    pub paths: Vec<String>,
    /// Directory that shown paths are relative to. Absolute.
    pub base: PathBuf,
    /// How files are named that do not lie below `base`: this and their path in the repository. The whole path where it
    /// is absent.
    pub top: Option<String>,
}

/// What the scan of a history says.
#[derive(Debug, Default)]
pub struct History {
    /// Places of secrets, in a fixed order.
    pub places: Vec<Place>,
    /// What could not be read or was left out.
    pub notices: Vec<Notice>,
    /// Counts of objects.
    pub objects: Objects,
    /// Distinct secrets that are less certain than what is reported.
    pub below: u64,
    /// Members of containers that were scanned.
    pub members: u64,
}

/// A repository whose history is scanned.
pub struct Source<'a> {
    /// The repository.
    pub repository: &'a git2::Repository,
    /// Its objects.
    pub walk: &'a Walk<'a>,
    /// The threads that read and tell them.
    pub pool: &'a rayon::ThreadPool,
}

/// The object database of a repository.
#[must_use]
pub fn open_store(repository: &git2::Repository) -> Store {
    let format = match repository.object_format() {
        git2::ObjectFormat::Sha256 => gix_hash::Kind::Sha256,
        _ => gix_hash::Kind::Sha1,
    };
    Store::open(&repository.commondir().join("objects"), format)
}

/// Scans a history. `advance` is told about progress: in all, twice the [size](Walk::size) of the walk.
#[must_use]
pub fn scan(scanner: &Engine, source: &Source<'_>, options: &Options, advance: &(dyn Fn(u64) + Sync)) -> History {
    let store = source.walk.store();
    let visitor = ObjectVisitor::new(scanner, store.format, options.objects, advance);
    let pool = source.pool;
    source.walk.visit(pool, &visitor);
    let (mut outcome, ()) = pool.join(|| visitor.finish(), || store.prepare());
    let starts = references::starts(source.repository);

    let marked = Marked::new(&outcome.found);
    let by_name = |name: &[u8]| scanner.has_key_in_name(name);
    let asked = Asked { least: if scanner.wanted().is_some() { MIN_KEY } else { MIN_NAME }, by_name: &by_name };
    let trees = TreeVisitor::new(store, &marked.blobs, advance).asking(asked);
    source.walk.visit(pool, &trees);
    let commits = std::mem::take(&mut outcome.commits);
    let (mut folders, graph) = pool.join(|| trees.finish(), || Graph::new(commits));

    let mut history = History {
        objects: outcome.objects,
        members: outcome.members,
        below: outcome.below.len() as u64,
        ..History::default()
    };
    let indexes = indexes(source.repository, &starts, &mut history);
    missing_ends(store, &graph, &starts, &outcome, &indexes, pool, &mut folders);
    if !folders.missing.is_empty() {
        // References and indexes are read after the list of objects: what came meanwhile is there.
        let now = open_store(source.repository);
        folders.missing.retain(|id, _| !now.contains(id));
    }
    history.objects.missing = folders.missing.len() as u64;
    history.objects.shallow = !starts.shallow.is_empty();
    problems(store, &outcome, &folders, &starts, source.repository, &mut history);
    history.notices = std::mem::take(&mut history.notices).into_iter().map(|said| scanner.noticed(said)).collect();

    let head = starts.head.and_then(|head| graph.number(&head));
    let wanted = report::wanted(&graph, options);
    let traces = pool.install(|| folders.traces(&graph, &marked.marks, head, &wanted));
    let mut reporter = report::Reporter::new(scanner, source, &graph, &starts, &outcome.tags, &wanted, options);
    reporter.traces(&traces, &marked);
    let own = source.repository.path().join("index");
    let own = indexes.iter().find(|index| index.path() == own);
    reporter.untraced(&traces, &marked, &outcome.found, own);
    reporter.texts(&outcome.found);
    reporter.names(&names::traces(source.walk, pool, &folders.named, &graph, head, &wanted));
    history.places = reporter.places;
    let secrets = secrets_of(history.places.iter());
    let hide = Hide::new(&secrets);
    pool.install(|| history.places.par_iter_mut().for_each(|place| hide.place(place)));
    history.notices.extend(reporter.notices);
    history.notices.sort();
    history.notices.dedup();
    history
}

/// The blobs with hits, and a number for every secret in them.
struct Marked {
    blobs: Vec<ObjectId>,
    /// For each blob, the numbers of its secrets, and its own for what was left out in it.
    marks: Vec<Marks>,
    /// The secret of a number; absent for those that stand for what was left out.
    values: Vec<Option<ValueId>>,
    /// For each number that stands for what was left out, that.
    notices: HashMap<u32, Vec<Notice>>,
}

impl Marked {
    fn new(found: &[Found]) -> Self {
        let mut marked = Marked { blobs: Vec::new(), marks: Vec::new(), values: Vec::new(), notices: HashMap::new() };
        let mut numbers: HashMap<ValueId, u32> = HashMap::new();
        for found in found.iter().filter(|found| found.kind == Kind::Blob) {
            let mut marks: BTreeSet<u32> = BTreeSet::new();
            for hit in &found.hits {
                marks.insert(*numbers.entry(hit.value).or_insert_with(|| {
                    marked.values.push(Some(hit.value));
                    marked.values.len() as u32 - 1
                }));
            }
            if !found.notices.is_empty() {
                marked.values.push(None);
                marked.notices.insert(marked.values.len() as u32 - 1, found.notices.clone());
                marks.insert(marked.values.len() as u32 - 1);
            }
            marked.blobs.push(found.id);
            marked.marks.push(marks.into_iter().collect());
        }
        marked
    }
}

/// Reads the indexes of all worktrees: what they hold is a part of the repository, too.
fn indexes(repository: &git2::Repository, starts: &Starts, history: &mut History) -> Vec<gix_index::File> {
    let mut indexes = Vec::new();
    for file in &starts.indexes {
        match staged::read_index(repository, file) {
            Ok(index) => indexes.push(index),
            Err(error) => {
                let message = format!("what only the index names is not known: {error}");
                history.notices.push(Notice { artifact: None, kind: NoticeKind::Unreadable, message, help: None });
            }
        }
    }
    indexes
}

/// Adds what commits, tags, references and indexes name and is not there.
fn missing_ends(
    store: &Store,
    graph: &Graph,
    starts: &Starts,
    outcome: &Outcome,
    indexes: &[gix_index::File],
    pool: &rayon::ThreadPool,
    folders: &mut Folders,
) {
    let mut ends: Vec<(ObjectId, Kind)> = Vec::new();
    for node in graph.nodes() {
        ends.push((node.tree, Kind::Tree));
        // Where a shallow clone ends, parents are missing by intention.
        if starts.shallow.binary_search(&node.id).is_err() && !starts.shallow.contains(&node.id) {
            let unknown = node.parents.iter().filter(|parent| graph.number(parent).is_none());
            ends.extend(unknown.map(|parent| (*parent, Kind::Commit)));
        }
    }
    for reference in &starts.references {
        if reference.lasts() {
            ends.push((reference.target, Kind::Commit));
        }
    }
    ends.extend(outcome.tags.values().copied());
    for entry in indexes.iter().flat_map(|index| index.entries()) {
        // Nothing stands behind those that are only announced, and commits of submodules lie elsewhere.
        let announced = entry.flags.contains(gix_index::entry::Flags::INTENT_TO_ADD);
        if !announced && entry.mode != gix_index::entry::Mode::COMMIT {
            let is_folder = entry.mode == gix_index::entry::Mode::DIR;
            ends.push((entry.id, if is_folder { Kind::Tree } else { Kind::Blob }));
        }
    }
    let damaged: BTreeSet<ObjectId> = folders.problems.iter().map(|(id, _)| *id).collect();
    let missing = |(id, _): &(ObjectId, Kind)| !store.contains(id) && !id.is_empty_tree() && !damaged.contains(id);
    let missing: Vec<(ObjectId, Kind)> = pool.install(|| ends.into_par_iter().filter(missing).collect());
    folders.missing.extend(missing);
}

/// Least length of the name of a file that holds a key which no one asks for by itself.
const MIN_NAME: usize = 16;

/// Ids that one notice lists; the others are counted.
const LISTED: usize = 5;

/// Says what could not be read.
fn problems(
    store: &Store,
    outcome: &Outcome,
    folders: &Folders,
    starts: &Starts,
    repository: &git2::Repository,
    history: &mut History,
) {
    let mut say = |kind: NoticeKind, message: String, help: &str| {
        let help = (!help.is_empty()).then(|| help.to_owned());
        history.notices.push(Notice { artifact: None, kind, message, help });
    };
    let root = repository.commondir();
    for (path, reason) in &store.problems {
        let path = path.strip_prefix(root).unwrap_or(path);
        let message = format!("objects in `{}` cannot be read: {reason}", path.display());
        say(NoticeKind::Unreadable, message, "`git fsck` says more; another clone may have them whole");
    }
    for pack in &store.unindexed {
        let path = pack.path.strip_prefix(root).unwrap_or(&pack.path);
        let found = plural(pack.found as usize, "object");
        let lost = match pack.lost {
            0 => String::new(),
            lost => format!("; {} behind them cannot be read", plural(lost as usize, "object")),
        };
        let message = format!("`{}` was read without an index ({}): {found}{lost}", path.display(), pack.reason);
        say(NoticeKind::Malformed, message, "`git index-pack` makes one; until then git does not know these objects");
    }
    for (name, reason) in &starts.problems {
        let name = if name == "refs" { "references".to_owned() } else { format!("the reference `{name}`") };
        let message = format!("{name} cannot be read: {reason}; what only that leads to counts as unreachable");
        say(NoticeKind::Unreadable, message, "`git fsck` says more; another clone may have it whole");
    }
    // An object of which not even the kind can be read is met on both visits.
    let unread: BTreeMap<ObjectId, &ObjectError> =
        folders.problems.iter().chain(&outcome.problems).map(|(id, error)| (*id, error)).collect();
    let failed = outcome.failed.iter().filter(|&id| !unread.contains_key(id)).count();
    let lost: u64 = store.unindexed.iter().map(|pack| u64::from(pack.lost)).sum();
    let all = (unread.len() + failed) as u64 + lost;
    history.objects.seen = history.objects.seen + all - history.objects.damaged;
    history.objects.damaged = all;
    let mut damaged: BTreeMap<String, Vec<ObjectId>> = BTreeMap::new();
    for (id, error) in &unread {
        let reason = match error {
            // One sentence for all that hang on something that is not there.
            ObjectError::MissingBase(base) => format!("stored as a difference to {base}, which is not there"),
            error => error.to_string(),
        };
        damaged.entry(reason).or_default().push(*id);
    }
    for (reason, ids) in damaged {
        let what = plural(ids.len(), "object");
        let message = format!("{what} of the history cannot be read: {reason} ({})", listed(&ids));
        say(NoticeKind::Malformed, message, "`git fsck` says more; another clone may have them whole");
    }
    if !outcome.failed.is_empty() {
        let what = plural(outcome.failed.len(), "object");
        let message = format!("keytrail failed on {what} ({}); the rest was scanned", listed(&outcome.failed));
        say(NoticeKind::Internal, message, "please report this as a defect");
    }
    if !folders.missing.is_empty() {
        let partial = store.packs.iter().any(|pack| pack.promisor);
        let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
        folders.missing.values().for_each(|kind| *kinds.entry(*kind).or_default() += 1);
        let what: Vec<String> = kinds.iter().map(|(kind, count)| plural(*count, &kind.to_string())).collect();
        let ids: Vec<ObjectId> = folders.missing.keys().copied().collect();
        let (why, help) = if partial {
            ("partial clone: ", "`git fetch --refetch --no-filter` brings everything")
        } else {
            ("", "`git fsck` says more; another clone may have them")
        };
        let verb = if ids.len() == 1 { "is" } else { "are" };
        let message = format!("{why}{} {verb} not here ({})", what.join(" and "), listed(&ids));
        say(NoticeKind::Unreadable, message, help);
    }
    if !outcome.skipped.is_empty() {
        let ids: Vec<ObjectId> = outcome.skipped.iter().map(|(id, _)| *id).collect();
        let what = plural(ids.len(), "blob");
        let message = format!("{what} of the history larger than --max-blob-size allows ({})", listed(&ids));
        say(NoticeKind::Skipped, message, "");
    }
    if !starts.shallow.is_empty() {
        let what = plural(starts.shallow.len(), "commit");
        let message = format!("shallow clone: the history ends at {what}; what came before is not here");
        say(NoticeKind::Skipped, message, "`git fetch --unshallow` brings all of it");
    }
}

fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// The first ids, and how many more there are.
fn listed(ids: &[ObjectId]) -> String {
    let shown: Vec<String> = ids.iter().take(LISTED).map(|id| id.to_hex_with_len(10).to_string()).collect();
    match ids.len().saturating_sub(LISTED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A path of a repository as reports show it.
fn shown_path(repository: &git2::Repository, options: &Options, path: &[u8]) -> String {
    let path = crate::source::path_text(path);
    let Some(root) = repository.workdir() else { return path.into_owned() };
    let whole = root.join(path.as_ref());
    match &options.top {
        Some(top) if !whole.starts_with(&options.base) => format!("{top}/{path}"),
        _ => crate::source::tree::artifact(&whole, &options.base).path,
    }
}

/// Whether a trace is wanted by its path.
fn within(paths: &[String], path: &[u8]) -> bool {
    let inside = |folder: &String| {
        let folder = folder.as_bytes();
        path.starts_with(folder) && (path.len() == folder.len() || path[folder.len()] == b'/')
    };
    paths.is_empty() || paths.iter().any(inside)
}
