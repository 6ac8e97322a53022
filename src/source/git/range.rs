//! What the commits of a range add, each to its parents.
//!
//! A range is named as git names it. Each of its commits is looked at by itself, so that a key which one adds and the
//! next one removes is found; a key that was there before is not. A merge adds what none of its parents has. A range
//! with three dots begins at the merge base, which makes no difference for what it contains: whatever both ends have in
//! common lies before a merge base; only ends without a common past are an error then.

use std::collections::{BTreeSet, BinaryHeap, HashMap, HashSet};
use std::num::NonZeroUsize;

use git2::{ErrorCode, ObjectType, Oid, Repository};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::compare::{Compare, CompareError, Problem, Revision};
use super::objects::{ObjectError, Objects, RawCommit};
use super::repository::Paths;
use crate::report::{Notice, NoticeKind};

/// Commits are looked at in the order of their dates, which clocks that go wrong can make differ from the order in
/// which they were made; so the earlier side is followed for as many seconds beyond the oldest commit found.
const SLACK: i64 = 7 * 24 * 3600;

/// A range as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// What the range does not contain, with everything before it.
    pub base: String,
    /// Where it ends.
    pub end: String,
    /// Whether both must have a common past.
    pub from_merge_base: bool,
    /// Whether it is a single commit, however many parents it has: `REV^!`.
    pub single: bool,
}

/// Why a range cannot be scanned.
#[derive(Debug, thiserror::Error)]
pub enum RangeError {
    /// It names no commit at all.
    #[error("`{0}` is no range; write `BASE..HEAD`, or `BASE` for what is new since")]
    Syntax(String),
    /// One of its ends is not known.
    #[error("the revision `{revision}` is not known here: {help}")]
    Unknown {
        /// The end.
        revision: String,
        /// What to do.
        help: String,
    },
    /// One of its ends is something else.
    #[error("`{revision}` is a {kind}, not a commit")]
    NotACommit {
        /// The end.
        revision: String,
        /// What it is.
        kind: &'static str,
    },
    /// Nothing has a name that was given.
    #[error("no file `{0}` is in the work tree or in a commit of the range")]
    NoSuchPath(String),
    /// One of its ends cannot be read.
    #[error("`{revision}` cannot be read: {error}")]
    Unreadable {
        /// The end.
        revision: String,
        /// What is wrong.
        error: ObjectError,
    },
    /// The ends have no commit in common.
    #[error("`{base}` and `{end}` have no commit in common: {help}")]
    Unrelated {
        /// One end.
        base: String,
        /// The other one.
        end: String,
        /// What to do.
        help: String,
    },
}

impl Spec {
    /// Takes a range apart: `A..B`, `A...B`, `A..`, `..B`, `A^!` for that commit alone, or `A` for
    /// `A..HEAD`. What is left out is HEAD.
    ///
    /// # Errors
    /// When both ends are left out.
    pub fn parse(text: &str) -> Result<Self, RangeError> {
        if let Some(commit) = text.strip_suffix("^!").filter(|commit| !commit.is_empty() && !commit.contains("..")) {
            let (base, end) = (format!("{commit}^"), commit.to_owned());
            return Ok(Spec { base, end, from_merge_base: false, single: true });
        }
        let (base, rest) = match text.split_once("..") {
            Some((base, rest)) => (base, Some(rest)),
            None => (text, None),
        };
        let from_merge_base = rest.is_some_and(|rest| rest.starts_with('.'));
        let end = rest.map(|rest| rest.strip_prefix('.').unwrap_or(rest)).unwrap_or_default();
        if base.is_empty() && end.is_empty() || end.ends_with("^!") || base.ends_with("^!") {
            return Err(RangeError::Syntax(text.to_owned()));
        }
        let or_head = |name: &str| if name.is_empty() { "HEAD".to_owned() } else { name.to_owned() };
        Ok(Spec { base: or_head(base), end: or_head(end), from_merge_base, single: false })
    }
}

/// The commits of a range.
#[derive(Debug)]
pub struct Range {
    /// Where it ends.
    pub end: RawCommit,
    /// Its commits, parents before children.
    pub commits: Vec<RawCommit>,
    /// Commits of the range whose parents are not there: what they add cannot be told, and neither what lies before
    /// them.
    pub cut: BTreeSet<Oid>,
    /// What to do about those.
    pub help: String,
}

/// How to get the commits that a clone left out.
const DEEPEN: &str = "this is a shallow clone; get the whole history with `git fetch --unshallow`, or with \
    `fetch-depth: 0` for actions/checkout (`GIT_DEPTH: 0` on GitLab)";

impl Range {
    /// Finds the commits of a range.
    ///
    /// # Errors
    /// When one of its ends cannot be found or read, or they are unrelated and should not be.
    pub fn find(repository: &Repository, objects: &Objects<'_>, spec: &Spec) -> Result<Self, RangeError> {
        let end = resolve(repository, &spec.end)?;
        if spec.single {
            let commit = objects.commit(end);
            let read = |error| RangeError::Unreadable { revision: spec.end.clone(), error };
            return Self::beyond(repository, objects, end, &commit.map_err(read)?.parents);
        }
        let base = resolve(repository, &spec.base)?;
        let read = |id: Oid, revision: &str| {
            objects.commit(id).map_err(|error| RangeError::Unreadable { revision: revision.to_owned(), error })
        };
        read(base, &spec.base)?;
        let mut walk = Walk::new(objects);
        walk.mark(base, Side::Before);
        walk.mark(end, Side::Inside);
        walk.run();
        let shallow = repository.is_shallow();
        let cut: BTreeSet<Oid> = walk.cut();
        if spec.from_merge_base && !walk.met && cut.is_empty() {
            let help = if shallow { DEEPEN } else { "write `..` for all commits that the first one does not have" };
            return Err(RangeError::Unrelated {
                base: spec.base.clone(),
                end: spec.end.clone(),
                help: help.to_owned(),
            });
        }
        let help = if shallow { DEEPEN } else { "`git fsck` tells what else is missing" };
        let end = read(end, &spec.end)?;
        Ok(Range { end, commits: walk.in_order(), cut, help: help.to_owned() })
    }

    /// The commits that a push brings: those that `end` has and none of `known`. What of `known` is no commit that is
    /// there is passed over.
    ///
    /// # Errors
    /// When the end cannot be read.
    pub fn beyond(repository: &Repository, objects: &Objects<'_>, end: Oid, known: &[Oid]) -> Result<Self, RangeError> {
        let read = objects.commit(end);
        let end = read.map_err(|error| RangeError::Unreadable { revision: end.to_string(), error })?;
        let mut walk = Walk::new(objects);
        for &id in known.iter().filter(|&&id| objects.has(id)) {
            walk.mark(id, Side::Before);
        }
        walk.mark(end.id, Side::Inside);
        walk.run();
        let cut = walk.cut();
        let help = if repository.is_shallow() { DEEPEN } else { "`git fsck` tells what else is missing" };
        Ok(Range { end, commits: walk.in_order(), cut, help: help.to_owned() })
    }

    /// Makes sure that every path which was asked for is one of a file that the range knows, or of one that is there:
    /// a name with a typing error must not look like a clean scan.
    ///
    /// # Errors
    /// The first path that nothing knows.
    pub fn check(&self, objects: &Objects<'_>, paths: &Paths) -> Result<(), RangeError> {
        for limit in paths.limits() {
            let name = String::from_utf8_lossy(limit).into_owned();
            let there = paths.top().is_some_and(|top| std::fs::symlink_metadata(top.join(&name)).is_ok());
            let mut trees = std::iter::once(&self.end).chain(self.commits.iter().rev()).map(|commit| commit.tree);
            if !there && !trees.any(|tree| objects.has_path(tree, limit)) {
                return Err(RangeError::NoSuchPath(name));
            }
        }
        Ok(())
    }

    /// What to say about commits whose parents are missing; `None` if there are none.
    #[must_use]
    pub fn notice(&self) -> Option<Notice> {
        let first = self.cut.first()?;
        let others = match self.cut.len() {
            1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        Some(Notice {
            artifact: None,
            kind: NoticeKind::Unreadable,
            message: format!(
                "the parents of commit {first}{others} are missing: what it adds cannot be told, and commits of the \
                 range before it were not scanned"
            ),
            help: Some(self.help.clone()),
        })
    }

    /// What each commit of the range adds, in the order of the commits, found on so many threads.
    #[must_use]
    pub fn revisions(
        &self,
        objects: &Objects<'_>,
        paths: &Paths,
        keep_renamed: bool,
        jobs: NonZeroUsize,
    ) -> Vec<Revision> {
        let revision = |commit| self.revision(objects, commit, paths, keep_renamed);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.get().min(self.commits.len()).max(1));
        match pool.build() {
            Ok(pool) => pool.install(|| self.commits.par_iter().map(revision).collect()),
            // Whoever scans afterwards tells that there are no threads.
            Err(_) => self.commits.iter().map(revision).collect(),
        }
    }

    /// What a commit of the range adds. `keep_renamed` counts files as changed that only have another name.
    #[must_use]
    pub fn revision(&self, objects: &Objects<'_>, commit: &RawCommit, paths: &Paths, keep_renamed: bool) -> Revision {
        let mut revision = Revision { commit: Some(commit.clone()), ..Revision::default() };
        if self.cut.contains(&commit.id) {
            return revision;
        }
        let mut differences = Vec::new();
        let mut earlier: Vec<Option<Oid>> = Vec::new();
        for &parent in &commit.parents {
            match objects.commit(parent) {
                Ok(parent) => earlier.push(Some(parent.tree)),
                // The walk has seen them all; one that vanishes meanwhile is told like any other that is missing.
                Err(error) => {
                    let problem = CompareError::Earlier(error);
                    revision.problems.push(Problem { path: Vec::new(), error: problem });
                    return revision;
                }
            }
        }
        if earlier.is_empty() {
            earlier.push(None);
        }
        for tree in earlier {
            let mut compare = Compare::new(objects);
            compare.trees(&mut Vec::new(), tree, Some(commit.tree));
            differences.push(compare.difference);
        }
        Revision::new(Some(commit.clone()), differences, keep_renamed, |path| paths.wanted(path))
    }
}

/// The commit that a name stands for.
fn resolve(repository: &Repository, revision: &str) -> Result<Oid, RangeError> {
    let object = repository.revparse_single(revision).map_err(|error| RangeError::Unknown {
        revision: revision.to_owned(),
        help: match error.code() {
            ErrorCode::Ambiguous => "several objects have an id that begins like this".to_owned(),
            _ => unknown(repository, revision),
        },
    })?;
    let kind = object.kind();
    object.peel(ObjectType::Commit).map(|commit| commit.id()).map_err(|_| RangeError::NotACommit {
        revision: revision.to_owned(),
        kind: match kind {
            Some(ObjectType::Blob) => "file",
            Some(ObjectType::Tree) => "folder",
            Some(ObjectType::Tag) => "tag of something else",
            _ => "thing",
        },
    })
}

/// What may help when a name is not known.
fn unknown(repository: &Repository, revision: &str) -> String {
    if !revision.is_empty() && revision.bytes().all(|b| b == b'0') {
        return "it stands for a branch that did not exist; give the branch it came from, such as `origin/main..`"
            .to_owned();
    }
    let start = revision.find(['~', '^', '@', ':']).unwrap_or(revision.len());
    let (name, rest) = revision.split_at(if start == 0 { revision.len() } else { start });
    if repository.head().is_err_and(|error| error.code() == ErrorCode::UnbornBranch) && matches!(name, "HEAD" | "@") {
        return "there are no commits yet".to_owned();
    }
    let mut known: Vec<String> = Vec::new();
    for reference in repository.references().into_iter().flatten().flatten() {
        if let Ok(short) = reference.shorthand() {
            known.push(short.to_owned());
        }
    }
    known.sort();
    let exists = |revision: &str| repository.revparse_single(revision).is_ok();
    if !rest.is_empty() && exists(name) {
        return too_far(repository, name, rest);
    }
    let at_remote = |known: &&String| known.split_once('/').is_some_and(|(_, branch)| branch == name);
    if let Some(found) = known.iter().find(at_remote) {
        return match exists(&format!("{found}{rest}")) {
            true => format!("did you mean `{found}{rest}`?"),
            false => format!("there is `{found}`, but {}", too_far(repository, found, rest)),
        };
    }
    if repository.is_shallow() {
        let fetch = match name.strip_prefix("origin/") {
            Some(branch) => format!("`git fetch origin {branch}:refs/remotes/origin/{branch}`"),
            None => format!("`git fetch origin {name}`"),
        };
        return format!("{DEEPEN}; or this one with {fetch}");
    }
    if matches!(name.len(), 40 | 64) && name.bytes().all(|b| b.is_ascii_hexdigit()) {
        return format!("fetch it with `git fetch origin {name}`");
    }
    let near = known
        .iter()
        .map(|known| (strsim::normalized_damerau_levenshtein(known, name), known))
        .filter(|(likeness, _)| *likeness > 0.6)
        .filter(|(_, known)| exists(&format!("{known}{rest}")))
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)));
    match near {
        Some((_, near)) => format!("did you mean `{near}{rest}`?"),
        None => "`git branch --all` and `git log` list what is".to_owned(),
    }
}

/// What may help when a name is known, and what is to be found from there is not.
fn too_far(repository: &Repository, name: &str, rest: &str) -> String {
    if !rest.starts_with(['~', '^']) {
        return format!("nothing like that is to be found from `{name}`");
    }
    if repository.is_shallow() {
        return DEEPEN.to_owned();
    }
    let first = repository.revparse_single(name).and_then(|object| object.peel_to_commit()).ok();
    let count = std::iter::successors(first, |commit| commit.parent(0).ok()).count();
    let commits = if count == 1 { "1 commit".to_owned() } else { format!("{count} commits") };
    format!("the history of `{name}` has only {commits} along first parents")
}

/// On which side of the beginning a commit lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// The base has it.
    Before,
    /// The end has it.
    Inside,
}

struct Node {
    commit: Option<RawCommit>,
    before: bool,
    inside: bool,
}

/// The commits that one side has and the other has not, found from the newest backwards.
struct Walk<'a> {
    objects: &'a Objects<'a>,
    nodes: HashMap<Oid, Node>,
    /// Time and id of what is still to be followed.
    queue: BinaryHeap<(i64, Oid)>,
    queued: HashSet<Oid>,
    /// How many of these only the end has, as far as is known.
    open: usize,
    /// Whether a commit was seen that both have.
    met: bool,
}

impl<'a> Walk<'a> {
    fn new(objects: &'a Objects<'a>) -> Self {
        Walk { objects, nodes: HashMap::new(), queue: BinaryHeap::new(), queued: HashSet::new(), open: 0, met: false }
    }

    /// Notes that a side has a commit, and that its parents have to be told if that is new.
    fn mark(&mut self, id: Oid, side: Side) {
        let objects = self.objects;
        let node = self.nodes.entry(id).or_insert_with(|| Node {
            commit: objects.commit(id).ok(),
            before: false,
            inside: false,
        });
        let was_open = node.inside && !node.before;
        let known = match side {
            Side::Before => std::mem::replace(&mut node.before, true),
            Side::Inside => std::mem::replace(&mut node.inside, true),
        };
        self.met |= node.before && node.inside;
        if known {
            return;
        }
        let is_open = node.inside && !node.before;
        let time = node.commit.as_ref().map_or(0, RawCommit::time);
        let waiting = !self.queued.insert(id);
        if !waiting {
            self.queue.push((time, id));
        }
        match (waiting && was_open, is_open) {
            (false, true) => self.open += 1,
            (true, false) => self.open -= 1,
            _ => {}
        }
    }

    fn run(&mut self) {
        let mut oldest = i64::MAX;
        while let Some(&(time, id)) = self.queue.peek() {
            if self.open == 0 && time < oldest.saturating_sub(SLACK) {
                return;
            }
            self.queue.pop();
            self.queued.remove(&id);
            let Some(node) = self.nodes.get(&id) else { continue };
            let (before, inside) = (node.before, node.inside);
            if inside && !before {
                self.open -= 1;
                oldest = oldest.min(time);
            }
            let parents = node.commit.as_ref().map(|commit| commit.parents.clone()).unwrap_or_default();
            for parent in parents {
                if before {
                    self.mark(parent, Side::Before);
                }
                // What both have is of no interest, but a merge base is one only because both have it.
                if inside && !before {
                    self.mark(parent, Side::Inside);
                }
            }
        }
    }

    fn is_in(node: &Node) -> bool {
        node.inside && !node.before
    }

    /// Commits of the range with a parent that is not there.
    fn cut(&self) -> BTreeSet<Oid> {
        let missing = |id: &Oid| self.nodes.get(id).is_some_and(|node| node.commit.is_none());
        let inside = self.nodes.values().filter(|node| Self::is_in(node)).filter_map(|node| node.commit.as_ref());
        inside.filter(|commit| commit.parents.iter().any(missing)).map(|commit| commit.id).collect()
    }

    /// The commits of the range, parents before children, and the earlier one first where neither is a parent.
    fn in_order(self) -> Vec<RawCommit> {
        let mut commits: HashMap<Oid, RawCommit> = HashMap::new();
        for (id, node) in self.nodes {
            if node.inside
                && !node.before
                && let Some(commit) = node.commit
            {
                commits.insert(id, commit);
            }
        }
        let mut children: HashMap<Oid, Vec<Oid>> = HashMap::new();
        let mut waiting: HashMap<Oid, usize> = HashMap::new();
        let mut ready: BTreeSet<(i64, Oid)> = BTreeSet::new();
        for commit in commits.values() {
            let parents: HashSet<Oid> = commit.parents.iter().copied().filter(|id| commits.contains_key(id)).collect();
            for &parent in &parents {
                children.entry(parent).or_default().push(commit.id);
            }
            if parents.is_empty() {
                ready.insert((commit.time(), commit.id));
            } else {
                waiting.insert(commit.id, parents.len());
            }
        }
        let mut ordered = Vec::with_capacity(commits.len());
        while let Some((_, id)) = ready.pop_first() {
            for child in children.remove(&id).unwrap_or_default() {
                let Some(left) = waiting.get_mut(&child) else { continue };
                *left -= 1;
                if *left == 0
                    && let Some(commit) = commits.get(&child)
                {
                    ready.insert((commit.time(), child));
                }
            }
            ordered.extend(commits.get(&id).cloned());
        }
        ordered
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_written_as_for_git() {
        for (text, base, end, from_merge_base) in [
            ("a..b", "a", "b", false),
            ("a...b", "a", "b", true),
            ("a..", "a", "HEAD", false),
            ("..b", "HEAD", "b", false),
            ("...b", "HEAD", "b", true),
            ("a", "a", "HEAD", false),
            ("v1.0..v1.1", "v1.0", "v1.1", false),
        ] {
            let spec = Spec::parse(text).unwrap();
            assert_eq!((&*spec.base, &*spec.end, spec.from_merge_base), (base, end, from_merge_base), "{text}");
        }
        let single = Spec::parse("v1.1^!").unwrap();
        assert_eq!((&*single.base, &*single.end, single.single), ("v1.1^", "v1.1", true));
        for wrong in ["", "..", "...", "a..b^!"] {
            assert!(Spec::parse(wrong).is_err(), "{wrong}");
        }
    }
}
