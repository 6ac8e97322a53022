//! Which files differ between two states of a repository: two trees, or a tree and the index.
//!
//! The outcome of either is a [`Revision`]: the files that a commit, or the index, has and none of its parents has as
//! they are, and what each parent has instead. Folders with the same id are not opened. Hand-made trees may be out of
//! order, have names twice, or expand without end: nothing here relies on order, and a budget bounds the work.

use std::collections::HashMap;

use git2::Oid;

use super::objects::{EntryKind, ObjectError, Objects, RawCommit};

/// Entries of trees that one comparison looks at; the largest repositories have some millions of files.
const BUDGET: usize = 5_000_000;
/// How often the same tree is opened in one comparison. A hand-made one that holds itself ten times over, and that ten
/// times, and so on, has more files than there are atoms and a few objects.
const REPEATS: u32 = 10_000;
/// Folders inside folders: far more than anybody has, and few enough for the stack of any thread.
const DEPTH: usize = 512;

/// A file that one of two states has and the other has not, or not like that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its path below the top, with `/`.
    pub path: Vec<u8>,
    /// What it is now.
    pub blob: Oid,
    /// What it is in each parent; `None` where there is nothing at that path.
    pub earlier: Vec<Option<Oid>>,
}

/// What a commit, or the index, adds to its parents.
#[derive(Clone, Debug, Default)]
pub struct Revision {
    /// The commit; `None` for the index.
    pub commit: Option<RawCommit>,
    /// Files that no parent has as they are, in the order of their paths.
    pub changed: Vec<Changed>,
    /// Paths and blobs of files that its only parent has as they are, under another name.
    pub moved: Vec<(Vec<u8>, Oid)>,
    /// For each parent, the files that it has and this has not: they may have been renamed.
    pub removed: Vec<Vec<(Vec<u8>, Oid)>>,
    /// What could not be compared.
    pub problems: Vec<Problem>,
}

/// Something that could not be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The folder or file, below the top; empty for the whole.
    pub path: Vec<u8>,
    /// What is wrong.
    pub error: CompareError,
}

/// Why something could not be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompareError {
    /// A folder of the state that is looked at cannot be read: its files are not scanned.
    #[error("{0}, and with it the files of this folder")]
    Folder(ObjectError),
    /// A folder of the earlier state cannot be read: all its files count as new.
    #[error("{0}, and so all files of this folder count as new")]
    Earlier(ObjectError),
    /// A path as long as no file system allows.
    #[error("its folders are nested deeper than {DEPTH} levels")]
    Depth,
    /// The same files again and again.
    #[error("the same folder stands in it more than {REPEATS} times; not all of them were looked at")]
    Repeated,
    /// More files than any repository has.
    #[error("it has more than {BUDGET} entries; the rest was not looked at")]
    Budget,
}

/// How one state differs from another.
#[derive(Debug, Default)]
pub struct Difference {
    /// Files that the earlier state has not, or not like that: path, blob now, blob then.
    pub changed: Vec<(Vec<u8>, Oid, Option<Oid>)>,
    /// Files that only the earlier state has.
    pub removed: Vec<(Vec<u8>, Oid)>,
    /// What could not be compared.
    pub problems: Vec<Problem>,
}

/// Compares, and gathers the [`Difference`].
pub struct Compare<'a> {
    objects: &'a Objects<'a>,
    entries: usize,
    depth: usize,
    /// How often each tree was opened.
    opened: HashMap<Oid, u32>,
    /// The outcome.
    pub difference: Difference,
}

/// A name in a folder: what it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Now {
    /// A file.
    Blob(Oid),
    /// A folder, of which the tree is known.
    Tree(Oid),
}

impl<'a> Compare<'a> {
    /// A comparison that has not begun.
    #[must_use]
    pub fn new(objects: &'a Objects<'a>) -> Self {
        Compare { objects, entries: 0, depth: 0, opened: HashMap::new(), difference: Difference::default() }
    }

    /// The entries of a folder of the earlier state, submodules left out. What cannot be read counts as empty, and is
    /// noted.
    pub fn earlier(&mut self, path: &[u8], tree: Option<Oid>) -> HashMap<Vec<u8>, (EntryKind, Oid)> {
        let Some(tree) = tree else { return HashMap::new() };
        match self.objects.tree(tree) {
            Ok(entries) => {
                let files = entries.into_iter().filter(|entry| entry.kind != EntryKind::Submodule);
                files.map(|entry| (entry.name, (entry.kind, entry.id))).collect()
            }
            Err(error) => {
                self.problem(path, CompareError::Earlier(error));
                HashMap::new()
            }
        }
    }

    fn problem(&mut self, path: &[u8], error: CompareError) {
        self.difference.problems.push(Problem { path: path.to_vec(), error });
    }

    /// Whether one more entry may be looked at.
    fn may_go_on(&mut self, path: &[u8]) -> bool {
        self.entries += 1;
        if self.entries == BUDGET {
            self.problem(path, CompareError::Budget);
        }
        self.entries < BUDGET
    }

    /// Whether a tree may be opened once more.
    fn may_open(&mut self, path: &[u8], tree: Oid) -> bool {
        let times = self.opened.entry(tree).or_default();
        *times = times.saturating_add(1);
        let times = *times;
        if times == REPEATS + 1 {
            self.problem(path, CompareError::Repeated);
        }
        times <= REPEATS
    }

    /// Goes into a folder, unless that is too deep. Whoever gets `true` calls [`leave`](Self::leave) in the end.
    pub fn enter(&mut self, path: &[u8]) -> bool {
        let may = self.depth < DEPTH;
        if may {
            self.depth += 1;
        } else {
            self.problem(path, CompareError::Depth);
        }
        may
    }

    /// Goes out of a folder.
    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    fn descend(&mut self, path: &mut Vec<u8>, inner: impl FnOnce(&mut Self, &mut Vec<u8>)) {
        if self.enter(path) {
            inner(self, path);
            self.leave();
        }
    }

    /// Compares two trees, either of which may be absent.
    pub fn trees(&mut self, path: &mut Vec<u8>, earlier: Option<Oid>, now: Option<Oid>) {
        if earlier == now || now.is_some_and(|now| !self.may_open(path, now)) {
            return;
        }
        let mut then = self.earlier(path, earlier);
        let entries = match now.map(|now| self.objects.tree(now)) {
            None => Vec::new(),
            Some(Ok(entries)) => entries,
            Some(Err(error)) => return self.problem(path, CompareError::Folder(error)),
        };
        for entry in entries {
            if !self.may_go_on(path) {
                return;
            }
            let now = match entry.kind {
                EntryKind::Submodule => continue,
                EntryKind::Blob => Now::Blob(entry.id),
                EntryKind::Tree => Now::Tree(entry.id),
            };
            let old = then.remove(&entry.name);
            inside(path, &entry.name, |path| self.entry(path, old, now));
        }
        self.gone(path, then);
    }

    /// Compares what stands under one name.
    pub fn entry(&mut self, path: &mut Vec<u8>, old: Option<(EntryKind, Oid)>, now: Now) {
        match (old, now) {
            (Some((EntryKind::Blob, old)), Now::Blob(now)) => {
                if old != now {
                    self.difference.changed.push((path.clone(), now, Some(old)));
                }
            }
            (Some((EntryKind::Tree, old)), Now::Tree(now)) => {
                self.descend(path, |all, path| all.trees(path, Some(old), Some(now)));
            }
            (old, now) => {
                match now {
                    Now::Blob(now) => self.difference.changed.push((path.clone(), now, None)),
                    Now::Tree(now) => self.descend(path, |all, path| all.trees(path, None, Some(now))),
                }
                if let Some((kind, id)) = old {
                    self.gone_entry(path, kind, id);
                }
            }
        }
    }

    /// Notes what only the earlier state has in a folder.
    pub fn gone(&mut self, path: &mut Vec<u8>, then: HashMap<Vec<u8>, (EntryKind, Oid)>) {
        // In order, so that two runs say the same.
        let mut then: Vec<_> = then.into_iter().collect();
        then.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, (kind, id)) in then {
            if !self.may_go_on(path) {
                return;
            }
            inside(path, &name, |path| self.gone_entry(path, kind, id));
        }
    }

    fn gone_entry(&mut self, path: &mut Vec<u8>, kind: EntryKind, id: Oid) {
        match kind {
            EntryKind::Blob => self.difference.removed.push((path.clone(), id)),
            EntryKind::Tree if !self.may_open(path, id) => {}
            EntryKind::Tree => self.descend(path, |all, path| {
                // What is gone matters only as the source of a rename; where it cannot be read, there is none.
                let then = all.objects.tree(id).unwrap_or_default();
                all.gone(path, then.into_iter().map(|entry| (entry.name, (entry.kind, entry.id))).collect());
            }),
            EntryKind::Submodule => {}
        }
    }
}

/// Lengthens a path by a name for as long as something is done.
pub fn inside<R>(path: &mut Vec<u8>, name: &[u8], inner: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    let length = path.len();
    if length > 0 {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    let result = inner(path);
    path.truncate(length);
    result
}

impl Revision {
    /// Of the differences to each parent: what no parent has. A file that a parent has under another name, unchanged,
    /// is not new either, unless `keep_renamed`.
    #[must_use]
    pub fn new(
        commit: Option<RawCommit>,
        differences: Vec<Difference>,
        keep_renamed: bool,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> Self {
        let parents = differences.len();
        let mut revision = Revision { commit, ..Revision::default() };
        let mut changed: HashMap<(Vec<u8>, Oid), Vec<Option<Oid>>> = HashMap::new();
        for (number, difference) in differences.into_iter().enumerate() {
            let renamed: HashMap<Oid, ()> = difference.removed.iter().map(|(_, id)| (*id, ())).collect();
            for (path, blob, old) in difference.changed {
                if !wanted(&path) {
                    continue;
                }
                if old.is_none() && !keep_renamed && renamed.contains_key(&blob) {
                    if parents == 1 {
                        revision.moved.push((path, blob));
                    }
                    continue;
                }
                let earlier = changed.entry((path, blob)).or_default();
                // A name that stands twice in a tree counts once; one that an earlier parent has alike, not at all.
                if earlier.len() == number {
                    earlier.push(old);
                }
            }
            let mut removed = difference.removed;
            removed.sort();
            revision.removed.push(removed);
            revision.problems.extend(difference.problems.into_iter().filter(|problem| {
                problem.path.is_empty() || wanted(&problem.path) || !matches!(problem.error, CompareError::Folder(_))
            }));
        }
        revision.changed = changed
            .into_iter()
            .filter(|(_, earlier)| earlier.len() == parents)
            .map(|((path, blob), earlier)| Changed { path, blob, earlier })
            .collect();
        revision.changed.sort_by(|a, b| (&a.path, a.blob).cmp(&(&b.path, b.blob)));
        revision
    }
}
