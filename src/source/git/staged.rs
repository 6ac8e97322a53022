//! What is staged: how the index differs from HEAD.
//!
//! Git's hooks may run with an index of their own (`git commit -a` and `git commit PATH` make one), which
//! `GIT_INDEX_FILE` names. The index is read with its cached trees: folders in which nothing is staged have the id that
//! HEAD has for them, and are passed over whole. Entries in conflict are not staged, since git commits nothing before
//! they are resolved; entries of `git add --intent-to-add` hold nothing yet.
//!
//! During a merge, what is about to be committed has several parents, HEAD and those in `MERGE_HEAD`. Only what none of
//! them has is new: the lines of the merged branch were committed there. Hooks are not told of `git commit --amend`,
//! so that HEAD is then the commit which is replaced, as for `git diff --staged`.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use git2::{ErrorCode, ObjectFormat, Oid, Repository};
use gix_index::entry::{Flags, Mode, Stage};
use gix_index::extension::Tree;
use gix_index::{Entry, State};

use super::compare::{Compare, Difference, Now, Revision, inside};
use super::objects::{EntryKind, ObjectError, Objects};
use super::repository::Paths;

/// Why it cannot be told what is staged.
#[derive(Debug, thiserror::Error)]
pub enum StagedError {
    /// There is no work tree, and so no index.
    #[error("this is a bare repository, which has no index; scan commits with --range")]
    Bare,
    /// The index is damaged, or of a kind that is not known.
    #[error(
        "git's index `{}` cannot be read ({reason}); if it is damaged, `git read-tree HEAD` makes it anew, and what was \
         staged has to be staged again",
        path.display()
    )]
    Index {
        /// Where it is.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// HEAD leads nowhere.
    #[error("HEAD cannot be read: {0}")]
    Head(String),
    /// The commit at HEAD, or one that is being merged, cannot be read.
    #[error("{0}, and so what is staged cannot be told from what was committed; `git fsck` tells more")]
    Object(#[from] ObjectError),
    /// Nothing in the repository has a name that was given.
    #[error("no file `{0}` is staged, committed or in the work tree")]
    NoSuchPath(String),
}

/// What is staged.
#[derive(Debug)]
pub struct Staged {
    /// The files.
    pub revision: Revision,
    /// Paths in conflict, in order, of those that were asked for.
    pub conflicts: Vec<Vec<u8>>,
    /// How the index differs from HEAD, and from all that is being merged, whatever paths were asked for.
    pub difference: Difference,
}

/// Compares the index with HEAD, and with what is being merged. `keep_renamed` counts files as changed that only have
/// another name.
///
/// # Errors
/// When index, HEAD or one of the paths cannot be had.
pub fn staged(
    repository: &Repository,
    objects: &Objects<'_>,
    paths: &Paths,
    keep_renamed: bool,
) -> Result<Staged, StagedError> {
    let file = index_file(repository, paths).ok_or(StagedError::Bare)?;
    let index = read_index(repository, &file)?;
    let mut trees = Vec::new();
    for parent in parents(repository)? {
        trees.push(Some(objects.commit(parent)?.tree));
    }
    if trees.is_empty() {
        trees.push(None);
    }
    for limit in paths.limits() {
        let known = |tree: &Option<Oid>| tree.is_some_and(|tree| objects.has_path(tree, limit));
        let there = paths.top().is_some_and(|top| std::fs::symlink_metadata(top.join(shown(limit))).is_ok());
        if !there && !has_entry(&index, limit) && !trees.iter().any(known) {
            return Err(StagedError::NoSuchPath(shown(limit)));
        }
    }
    let mut conflicts: Vec<Vec<u8>> = index
        .entries()
        .iter()
        .filter(|entry| entry.stage() != Stage::Unconflicted)
        .map(|entry| entry.path(&index).to_vec())
        .filter(|path| paths.wanted(path))
        .collect();
    conflicts.dedup();
    let differences: Vec<Difference> = trees.into_iter().map(|tree| difference(objects, &index, tree)).collect();
    let difference = from_all(&differences);
    let revision = Revision::new(None, differences, keep_renamed, |path| paths.wanted(path));
    Ok(Staged { revision, conflicts, difference })
}

/// Reads an index; one that is not there has no entries.
///
/// # Errors
/// When it is damaged, or may not be read.
pub fn read_index(repository: &Repository, file: &Path) -> Result<gix_index::File, StagedError> {
    let hash = match repository.object_format() {
        ObjectFormat::Sha256 => gix_index::hash::Kind::Sha256,
        _ => gix_index::hash::Kind::Sha1,
    };
    // Git does not check the sum over the whole file either, which would take as long as everything else.
    gix_index::File::at_or_default(file, hash, true, gix_index::decode::Options::default())
        .map_err(|error| StagedError::Index { path: file.to_owned(), reason: one_line(&error) })
}

fn one_line(error: &dyn std::fmt::Display) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

fn shown(path: &[u8]) -> String {
    crate::source::path_text(path).into_owned()
}

/// The index that git would use here; `None` in a bare repository.
fn index_file(repository: &Repository, paths: &Paths) -> Option<PathBuf> {
    match std::env::var_os("GIT_INDEX_FILE") {
        // Git goes to the top of the work tree before it opens it.
        Some(file) if !file.is_empty() => {
            let at_top = paths.top()?.join(&file);
            Some(if at_top.exists() { at_top } else { PathBuf::from(file) })
        }
        _ => paths.top().map(|_| repository.path().join("index")),
    }
}

/// The parents of what would be committed now; none for the first commit.
fn parents(repository: &Repository) -> Result<Vec<Oid>, StagedError> {
    let head = match repository.head() {
        Ok(head) => head.target().ok_or_else(|| StagedError::Head("it names no commit".to_owned()))?,
        Err(error) if error.code() == ErrorCode::UnbornBranch => return Ok(Vec::new()),
        Err(error) => return Err(StagedError::Head(error.message().to_owned())),
    };
    let mut parents = vec![head];
    // One id a line; git writes it, and nothing that a clone brings along.
    if let Ok(text) = std::fs::read_to_string(repository.path().join("MERGE_HEAD")) {
        for line in text.lines() {
            let merged = Oid::from_str_ext(line.trim(), repository.object_format());
            parents.push(merged.map_err(|error| StagedError::Head(format!("MERGE_HEAD: {}", error.message())))?);
        }
    }
    Ok(parents)
}

fn has_entry(index: &State, path: &[u8]) -> bool {
    index.entry_by_path(path.into()).is_some()
        || index.prefixed_entries_range([path, b"/"].concat().as_slice().into()).is_some()
}

/// What differs from all parents, as it does from the first.
fn from_all(differences: &[Difference]) -> Difference {
    let Some((first, others)) = differences.split_first() else { return Difference::default() };
    let mut all = Difference { changed: first.changed.clone(), removed: first.removed.clone(), problems: Vec::new() };
    for other in others {
        let changed: HashSet<(&[u8], Oid)> = other.changed.iter().map(|(path, now, _)| (&path[..], *now)).collect();
        all.changed.retain(|(path, now, _)| changed.contains(&(&path[..], *now)));
        let removed: HashSet<&[u8]> = other.removed.iter().map(|(path, _)| &path[..]).collect();
        all.removed.retain(|(path, _)| removed.contains(&path[..]));
    }
    all
}

/// How the index differs from a tree.
fn difference(objects: &Objects<'_>, index: &State, tree: Option<Oid>) -> Difference {
    let mut walk = Walk { index, compare: Compare::new(objects), objects };
    walk.folder(&mut Vec::new(), index.entries(), index.tree(), tree);
    walk.compare.difference
}

struct Walk<'a> {
    index: &'a State,
    objects: &'a Objects<'a>,
    compare: Compare<'a>,
}

impl<'a> Walk<'a> {
    /// Compares the entries below a folder with a tree. `cached` is what the index knows of the folder.
    fn folder(&mut self, path: &mut Vec<u8>, entries: &'a [Entry], cached: Option<&Tree>, tree: Option<Oid>) {
        // What git would commit is this very tree, if the index holds it for all the entries here.
        if let (Some(cached), Some(tree)) = (cached, tree)
            && cached.num_entries.is_some_and(|count| count as usize == entries.len())
            && self.objects.id(cached.id.as_bytes()) == Some(tree)
        {
            return;
        }
        let mut then = self.compare.earlier(path, tree);
        let below = if path.is_empty() { 0 } else { path.len() + 1 };
        let children: HashMap<&[u8], &Tree> =
            cached.into_iter().flat_map(|cached| &cached.children).map(|child| (&child.name[..], child)).collect();
        let mut rest = entries;
        while let Some(first) = rest.first() {
            let full: &[u8] = first.path(self.index);
            let name = full.get(below..).unwrap_or_default();
            let Some(slash) = memchr::memchr(b'/', name) else {
                rest = &rest[1..];
                self.file(path, name, first, then.remove(name));
                continue;
            };
            let (folder, start) = (&name[..slash], &full[..below + slash + 1]);
            let count = rest.partition_point(|entry| entry.path(self.index).starts_with(start));
            let (inner, others) = rest.split_at(count.max(1));
            rest = others;
            let old = then.remove(folder);
            if slash + 1 == name.len() {
                // A sparse index has one entry for a whole folder, whose name ends with a slash.
                if let (Some(id), true) = (self.id(first), first.stage() == Stage::Unconflicted) {
                    inside(path, folder, |path| self.compare.entry(path, old, Now::Tree(id)));
                }
                continue;
            }
            let tree = match old {
                Some((EntryKind::Tree, id)) => Some(id),
                Some((kind, id)) => {
                    self.compare.gone(path, HashMap::from([(folder.to_vec(), (kind, id))]));
                    None
                }
                None => None,
            };
            inside(path, folder, |path| {
                if self.compare.enter(path) {
                    self.folder(path, inner, children.get(folder).copied(), tree);
                    self.compare.leave();
                }
            });
        }
        self.compare.gone(path, then);
    }

    fn file(&mut self, path: &mut Vec<u8>, name: &[u8], entry: &Entry, old: Option<(EntryKind, Oid)>) {
        // Not gone, and nothing new either: in conflict, only announced, or another repository.
        if entry.stage() != Stage::Unconflicted
            || entry.flags.contains(Flags::INTENT_TO_ADD)
            || entry.mode == Mode::COMMIT
        {
            return;
        }
        if let Some(id) = self.id(entry) {
            inside(path, name, |path| self.compare.entry(path, old, Now::Blob(id)));
        }
    }

    fn id(&self, entry: &Entry) -> Option<Oid> {
        self.objects.id(entry.id.as_bytes())
    }
}
