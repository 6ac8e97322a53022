//! A git repository, as far as those who scan one have to know it.

use std::path::{Path, PathBuf};

use git2::{ObjectType, Oid};

use crate::hook::Update;
use crate::scan::project;
use crate::scanner::{Problem, Pushed, ScanError};
use crate::source::git::repository;
pub use crate::source::git::repository::RepositoryError;

/// A git repository: where it lies, and what is new in it.
///
/// It is read without git, whoever owns it, and nothing that its configuration names is run. What is to be scanned of
/// it is said by a [`Source`](crate::Source).
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # git2::Repository::init(folder.path())?;
/// # let inner = folder.path().join("src");
/// # std::fs::create_dir(&inner)?;
/// let repository = keytrail::Repository::discover(&inner)?;
/// assert!(!repository.is_bare() && !repository.has_commits());
/// assert_eq!(repository.top(), Some(folder.path().canonicalize()?));
/// # Ok(())
/// # }
/// ```
pub struct Repository(git2::Repository);

impl Repository {
    /// The repository that a path lies in; bare ones, linked worktrees and repositories of other users too.
    ///
    /// # Errors
    /// When there is none, or what is there is damaged.
    pub fn discover(path: &Path) -> Result<Self, RepositoryError> {
        repository::discover(path).map(Repository)
    }

    /// The repository that a git command started here would use: the one that `GIT_DIR`, `GIT_WORK_TREE` and the other
    /// variables name, as git sets them for its hooks, or else the one around the current folder.
    ///
    /// # Errors
    /// When there is none, or what is there is damaged.
    pub fn open_here() -> Result<Self, RepositoryError> {
        repository::open_here().map(Repository)
    }

    /// The top of its work tree; nothing for a bare one.
    #[must_use]
    pub fn top(&self) -> Option<PathBuf> {
        self.0.workdir().map(|top| top.components().collect())
    }

    /// Whether it has no work tree, in which somebody could commit.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.0.is_bare()
    }

    /// Whether there is a commit at HEAD.
    #[must_use]
    pub fn has_commits(&self) -> bool {
        self.0.head().is_ok()
    }

    /// What is new by each of the updates that a hook was told of, in their order: what one brings, the next one does
    /// not bring again, and what is deleted brings nothing. The other side has what its references point to, whose
    /// names `is_known` picks: `refs/remotes/origin/…` before a push, all of them before one is accepted.
    ///
    /// # Errors
    /// When an id is none.
    pub fn pushes(&self, updates: Vec<Update>, is_known: &dyn Fn(&str) -> bool) -> Result<Vec<Pushed>, ScanError> {
        let id = |text: &str| Oid::from_str_ext(text, self.0.object_format()).map_err(Problem::Id);
        let mut known = self.targets(is_known);
        for old in updates.iter().filter_map(|update| update.old.as_deref()) {
            // It may be one that was never fetched.
            known.push(id(old)?);
        }
        let mut pushes = Vec::new();
        for update in updates {
            let Some(new) = update.new else { continue };
            let new = id(&new)?;
            pushes.push(Pushed { reference: update.reference, new, known: known.clone() });
            known.extend(self.0.find_object(new, None).and_then(|o| o.peel(ObjectType::Commit)).map(|o| o.id()).ok());
        }
        Ok(pushes)
    }

    /// The bytes of what a report calls `name`: a file as it is in a commit, or one of git's own objects, such as
    /// `.git/commit/ID/message`. Nothing where there is none.
    #[must_use]
    pub fn bytes_of(&self, name: &str, commit: Option<&str>) -> Option<Vec<u8>> {
        let Some(commit) = commit else { return self.text_of(name) };
        let tree = self.0.revparse_single(commit).and_then(|object| object.peel_to_tree()).ok()?;
        let path = project::path(Path::new(name), &[]).unwrap_or_else(|| name.to_owned());
        let blob = tree.get_path(Path::new(&path)).and_then(|entry| self.0.find_blob(entry.id())).ok()?;
        Some(blob.content().to_vec())
    }

    /// What one of git's own objects says, which reports call `.git/KIND/ID/TEXT`.
    fn text_of(&self, name: &str) -> Option<Vec<u8>> {
        let mut parts = name.strip_prefix(".git/")?.split('/');
        let (kind, id, text) = (parts.next()?, parts.next()?, parts.next());
        let object = self.0.find_object(Oid::from_str_ext(id, self.0.object_format()).ok()?, None).ok()?;
        let named = |who: &git2::Signature<'_>| [who.name_bytes(), b" <", who.email_bytes(), b">"].concat();
        match (kind, text) {
            ("blob", None) => Some(object.as_blob()?.content().to_vec()),
            ("commit", Some("message")) => Some(object.as_commit()?.message_raw_bytes().to_vec()),
            ("commit", Some("author")) => Some(named(&object.as_commit()?.author())),
            ("commit", Some("committer")) => Some(named(&object.as_commit()?.committer())),
            ("tag", Some("message")) => object.as_tag()?.message_bytes().map(<[u8]>::to_vec),
            ("tag", Some("name")) => Some(object.as_tag()?.name_bytes().to_vec()),
            ("commit" | "tag", Some("object")) => Some(self.0.odb().ok()?.read(object.id()).ok()?.data().to_vec()),
            _ => None,
        }
    }

    /// The commits of the references that are wanted.
    fn targets(&self, wanted: &dyn Fn(&str) -> bool) -> Vec<Oid> {
        let references = self.0.references().into_iter().flatten().flatten();
        let wanted = references.filter(|reference| reference.name().is_ok_and(wanted));
        let mut targets: Vec<Oid> =
            wanted.filter_map(|reference| reference.peel(ObjectType::Commit).ok().map(|commit| commit.id())).collect();
        targets.sort_unstable();
        targets.dedup();
        targets
    }

    /// What of it is read with libgit2.
    pub(crate) fn git(&self) -> &git2::Repository {
        &self.0
    }
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Repository({})", self.0.path().display())
    }
}
