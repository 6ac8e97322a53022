//! From where objects of a repository are reachable: its references, the heads of its worktrees, and its reflogs.
//!
//! References come from libgit2, which knows packed and loose ones and the newer formats. Reflogs are files of lines with
//! two ids at their start; those of references that were deleted are read, too.
//!
//! A reference that is damaged, as a crash may leave it, is told: what only it leads to looks unreachable otherwise.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use git2::ErrorCode;
use gix_hash::ObjectId;

/// A reference and the object it names, which may be a tag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Its name in full: `refs/heads/main`; `HEAD` for that of the worktree that was opened, `worktrees/NAME/HEAD` and
    /// `main-worktree/HEAD` for those of others, as git calls them.
    pub name: String,
    /// The object.
    pub target: ObjectId,
}

impl Reference {
    /// The name as people use it: `main`, `origin/main`, `stash`.
    #[must_use]
    pub fn short(&self) -> &str {
        ["refs/heads/", "refs/remotes/", "refs/tags/", "refs/"]
            .iter()
            .find_map(|prefix| self.name.strip_prefix(prefix))
            .unwrap_or(&self.name)
    }

    /// Whether what it names has to be there: what was fetched last, or merged, may have been pruned since.
    #[must_use]
    pub fn lasts(&self) -> bool {
        self.name.starts_with("refs/") || self.name.rsplit('/').next() == Some("HEAD")
    }

    /// Whether it is a branch, of this repository or of a remote one.
    #[must_use]
    pub fn is_branch(&self) -> bool {
        self.name.starts_with("refs/heads/") || self.name.starts_with("refs/remotes/")
    }
}

/// Where reachability begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Starts {
    /// All references, `HEAD` and the heads of all worktrees, by name.
    pub references: Vec<Reference>,
    /// The commit at `HEAD`; absent in a repository without commits.
    pub head: Option<ObjectId>,
    /// Ids that reflogs mention.
    pub reflogs: Vec<ObjectId>,
    /// Commits at which a shallow clone ends.
    pub shallow: Vec<ObjectId>,
    /// The indexes of all worktrees, whether they are there or not.
    pub indexes: Vec<PathBuf>,
    /// References that cannot be read, and why.
    pub problems: Vec<(String, String)>,
}

/// Reads where reachability begins.
#[must_use]
pub fn starts(repository: &git2::Repository) -> Starts {
    let mut starts = Starts::default();
    let mut known: HashSet<Vec<u8>> = HashSet::new();
    match repository.references() {
        Ok(all) => {
            for reference in all {
                match reference {
                    Ok(reference) => {
                        known.insert(reference.name_bytes().to_vec());
                        starts.add(&reference);
                    }
                    Err(error) => starts.problems.push(("refs".to_owned(), error.message().to_owned())),
                }
            }
        }
        Err(error) => starts.problems.push(("refs".to_owned(), error.message().to_owned())),
    }
    let common = repository.commondir();
    // Libgit2 passes over those that it cannot read.
    starts.unread(repository, &common.join("refs"), "refs", &known);
    match repository.head() {
        Ok(head) => starts.head = head.target().map(id_of),
        // Without commits there is none, and one that leads to a damaged branch was told.
        Err(error) if error.code() != ErrorCode::UnbornBranch && starts.problems.is_empty() => {
            starts.problems.push(("HEAD".to_owned(), error.message().to_owned()));
        }
        Err(_) => {}
    }
    let worktrees = fs::read_dir(common.join("worktrees")).into_iter().flatten().flatten().map(|entry| entry.path());
    for folder in std::iter::once(common.to_owned()).chain(worktrees) {
        starts.indexes.push(folder.join("index"));
        let prefix = match folder.file_name() {
            _ if folder.components().eq(repository.path().components()) => String::new(),
            _ if folder == common => "main-worktree/".to_owned(),
            name => format!("worktrees/{}/", name.unwrap_or_default().to_string_lossy()),
        };
        // A branch at the head comes as such; what a detached head names comes from here.
        for name in ["HEAD", "ORIG_HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD", "FETCH_HEAD"]
        {
            let Ok(text) = fs::read(folder.join(name)) else { continue };
            for line in text.split(|&b| b == b'\n') {
                if let Some(target) = leading_id(line) {
                    starts.references.push(Reference { name: format!("{prefix}{name}"), target });
                }
            }
        }
        reflogs(&folder.join("logs"), &mut starts.reflogs);
    }
    starts.shallow =
        fs::read(common.join("shallow")).unwrap_or_default().split(|&b| b == b'\n').filter_map(leading_id).collect();
    starts.references.sort();
    starts.references.dedup();
    starts.reflogs.sort();
    starts.reflogs.dedup();
    starts.problems.sort();
    starts.problems.dedup();
    starts
}

impl Starts {
    /// Takes what a reference names.
    fn add(&mut self, reference: &git2::Reference<'_>) {
        // Symbolic ones lead to others, which come by themselves.
        if let (Ok(name), Some(target)) = (reference.name(), reference.target()) {
            // Replacements are no part of the history; they are git's way of looking at it differently.
            if !name.starts_with("refs/replace/") {
                self.references.push(Reference { name: name.to_owned(), target: id_of(target) });
            }
        }
    }

    /// Takes note of the files below a folder of references that stand for none which is known.
    fn unread(&mut self, repository: &git2::Repository, folder: &Path, name: &str, known: &HashSet<Vec<u8>>) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.problems.push((name.to_owned(), error.to_string())),
        };
        for entry in entries.flatten() {
            // Names that git gives to no reference: locks, and what file managers leave behind.
            let Ok(own) = entry.file_name().into_string() else { continue };
            if own.starts_with('.') || own.ends_with(".lock") {
                continue;
            }
            let name = format!("{name}/{own}");
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.unread(repository, &entry.path(), &name, known);
            } else if !known.contains(name.as_bytes()) {
                match repository.find_reference(&name) {
                    // One that has come meanwhile.
                    Ok(reference) => self.add(&reference),
                    Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => {}
                    Err(error) => self.problems.push((name, error.message().to_owned())),
                }
            }
        }
    }
}

/// The id of libgit2 as that of the object crates.
#[must_use]
pub fn id_of(id: git2::Oid) -> ObjectId {
    ObjectId::try_from(id.as_bytes()).unwrap_or_else(|_| ObjectId::null(gix_hash::Kind::Sha1))
}

/// The id at the start of a line.
fn leading_id(line: &[u8]) -> Option<ObjectId> {
    let hex = line.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    ObjectId::from_hex(&line[..hex]).ok()
}

/// Adds all ids of the reflogs in a folder and those below it.
fn reflogs(folder: &Path, ids: &mut Vec<ObjectId>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => reflogs(&entry.path(), ids),
            Ok(kind) if kind.is_file() => {
                let text = fs::read(entry.path()).unwrap_or_default();
                for line in text.split(|&b| b == b'\n') {
                    // "old new name <address> time zone⇥message"
                    ids.extend(
                        line.splitn(3, |&b| b == b' ').take(2).filter_map(leading_id).filter(|id| !id.is_null()),
                    );
                }
            }
            _ => {}
        }
    }
}
