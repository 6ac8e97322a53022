//! Opening a repository, whoever owns it, and how reports call what lies in it.

use std::path::{Component, Path, PathBuf};
use std::sync::Once;

use crate::finding::Artifact;
use crate::source::tree;

/// A path in which no repository can be opened.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    /// There is none, in the folder or above it.
    #[error("`{}` is not in a git repository", path.display())]
    NotFound {
        /// The path.
        path: PathBuf,
    },
    /// There is one, and it cannot be read.
    #[error("the git repository of `{}` cannot be opened: {reason}", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// Opens the repository that `path` lies in; bare ones, linked worktrees and repositories of other users too.
///
/// # Errors
/// When there is none, or what is there is damaged.
pub fn discover(path: &Path) -> Result<git2::Repository, RepositoryError> {
    trust_nothing_and_anyone();
    let found = match git2::Repository::discover_path(path, &[] as &[&Path]) {
        Ok(found) => found,
        Err(error) if error.code() == git2::ErrorCode::NotFound => {
            return Err(RepositoryError::NotFound { path: path.to_owned() });
        }
        Err(error) => return Err(unreadable(path, &error)),
    };
    let repository = git2::Repository::open(found).map_err(|error| unreadable(path, &error))?;
    put_at_its_top(&repository, path);
    Ok(repository)
}

/// Opens the repository that a git command started here would use: the one that `GIT_DIR`, `GIT_WORK_TREE` and the
/// other variables name, as git sets them for its hooks, or else the one around the current folder.
///
/// # Errors
/// When there is none, or what is there is damaged.
pub fn open_here() -> Result<git2::Repository, RepositoryError> {
    trust_nothing_and_anyone();
    let path = || std::env::var_os("GIT_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
    let repository = git2::Repository::open_from_env().map_err(|error| match error.code() {
        git2::ErrorCode::NotFound => RepositoryError::NotFound { path: path() },
        _ => unreadable(&path(), &error),
    })?;
    if ["GIT_DIR", "GIT_WORK_TREE"].iter().all(|name| std::env::var_os(name).is_none()) {
        put_at_its_top(&repository, Path::new("."));
    }
    Ok(repository)
}

/// Takes the folder in which `.git` stands for the top of the work tree, whatever the configuration of the repository says:
/// a foreign `core.worktree` would make all of its files lie outside. Libgit2 knows that folder only where `.git` is no
/// file, as `git init --separate-git-dir` makes it.
fn put_at_its_top(repository: &git2::Repository, path: &Path) {
    let own = repository.path().canonicalize().ok();
    let top = real(path).ancestors().find(|above| above.join(".git").exists()).map(Path::to_owned);
    let (Some(own), Some(top), false) = (own, top, repository.is_bare()) else { return };
    let named = top.join(".git");
    let leads = if named.is_dir() {
        named.canonicalize().ok()
    } else {
        // `gitdir: PATH`, relative to the folder of the file.
        let written = std::fs::read_to_string(&named).unwrap_or_default();
        written.strip_prefix("gitdir:").and_then(|to| top.join(to.trim()).canonicalize().ok())
    };
    if leads.as_ref() == Some(&own) {
        // It fails where the folder is gone since, and then nothing is there to be scanned.
        let _ = repository.set_workdir(&top, false);
    }
}

/// What to do about objects that are missing.
#[must_use]
pub fn help_for_missing(repository: &git2::Repository) -> &'static str {
    let promised = repository.config().and_then(|config| {
        let mut entries =
            config.entries(Some("^(extensions\\.partialclone|remote\\..*\\.(promisor|partialclonefilter))$"))?;
        Ok(entries.next().is_some())
    });
    if promised.unwrap_or(false) {
        "this is a partial clone; get what it left out with `git fetch --refetch --no-filter`, or clone without \
         --filter"
    } else {
        "`git fsck` tells what else is missing; fetch or clone again"
    }
}

/// How reports call the files of a repository, and which of them were asked for.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The top of the work tree; `None` for bare repositories.
    top: Option<PathBuf>,
    /// The folder that names are relative to, when that lies in the work tree: its components below the top.
    here: Option<Vec<String>>,
    /// Where the command was started.
    base: PathBuf,
    /// Paths below the top, with `/`, that limit what is looked at; nothing means all. An empty one is the top itself.
    limits: Vec<Vec<u8>>,
}

/// A path given on the command line that no file of the repository can have.
#[derive(Debug, thiserror::Error)]
#[error("`{}` is outside of the repository at `{}`", path.display(), top.display())]
pub struct OutsideError {
    /// The path as it was given.
    pub path: PathBuf,
    /// The top of the work tree.
    pub top: PathBuf,
}

impl Paths {
    /// The paths of a repository as seen from the folder `base`, which is absolute; `limits` are relative to it.
    ///
    /// # Errors
    /// When one of `limits` lies outside of the work tree.
    pub fn new(repository: &git2::Repository, base: &Path, limits: &[PathBuf]) -> Result<Self, OutsideError> {
        let base = real(base);
        let set = |name| std::env::var_os(name).is_some();
        // Git takes the current folder for the top when it is told only where its own folder is.
        let told = set("GIT_DIR") && !set("GIT_WORK_TREE");
        let top = match work_tree(repository) {
            Some(top) if told && !base.starts_with(&top) => Some(base.clone()),
            None if told && !repository.is_bare() => Some(base.clone()),
            top => top,
        };
        let here = top.as_ref().and_then(|top| base.strip_prefix(top).ok()).map(components);
        let limits = limits.iter().map(|path| limit(path, &base, top.as_deref())).collect::<Result<_, _>>()?;
        Ok(Paths { top, here, base, limits })
    }

    /// The top of the work tree; `None` for bare repositories.
    #[must_use]
    pub fn top(&self) -> Option<&Path> {
        self.top.as_deref()
    }

    /// Whether a path of the repository was asked for.
    #[must_use]
    pub fn wanted(&self, path: &[u8]) -> bool {
        self.limits.is_empty() || self.limits.iter().any(|limit| is_below(path, limit))
    }

    /// Whether everything was asked for.
    #[must_use]
    pub fn all(&self) -> bool {
        self.limits.is_empty() || self.limits.iter().any(Vec::is_empty)
    }

    /// The limits, as paths below the top.
    #[must_use]
    pub fn limits(&self) -> &[Vec<u8>] {
        &self.limits
    }

    /// How reports call the file at this path of the repository: relative to the folder in which the command was
    /// started, also when it lies beside or above it; relative to the root of the tree in a bare repository.
    #[must_use]
    pub fn artifact(&self, path: &[u8]) -> Artifact {
        let shown = crate::source::path_text(path);
        match (&self.top, &self.here) {
            (Some(_), Some(here)) => {
                let mut rest: &str = &shown;
                let mut shared = 0;
                for component in here {
                    match rest.strip_prefix(component.as_str()).and_then(|rest| rest.strip_prefix('/')) {
                        Some(below) => (rest, shared) = (below, shared + 1),
                        None => break,
                    }
                }
                Artifact::file("../".repeat(here.len() - shared) + rest)
            }
            (Some(top), None) => tree::artifact(&top.join(&*shown), &self.base),
            (None, _) => Artifact::file(shown),
        }
    }
}

/// The way from the folder `base` to another path, with `/` separators: `../shop/src`. Both are absolute, without `.`
/// and links.
#[must_use]
pub fn relative(path: &Path, base: &Path) -> String {
    let (path, base) = (components(path), components(base));
    let shared = path.iter().zip(&base).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", base.len() - shared);
    let parts: Vec<&str> = up.chain(path[shared..].iter().map(String::as_str)).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

/// The top of the work tree. Where no configuration says whether there is one, git goes by the name of its own folder;
/// libgit2 takes the folder around any other one for a work tree.
fn work_tree(repository: &git2::Repository) -> Option<PathBuf> {
    let top = repository.workdir()?;
    let own = repository.path();
    let inside = own.parent().is_some_and(|parent| parent.components().eq(top.components()));
    let named = own.file_name().is_some_and(|name| name == ".git")
        || repository.config().is_ok_and(|config| config.get_path("core.worktree").is_ok())
        || std::env::var_os("GIT_WORK_TREE").is_some();
    (named || !inside).then(|| real(top))
}

/// Whether a path is `limit` or lies below it.
fn is_below(path: &[u8], limit: &[u8]) -> bool {
    limit.is_empty() || path.strip_prefix(limit).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}

/// The path without symbolic links as far as it exists: what is staged or was committed once need not be there.
fn real(path: &Path) -> PathBuf {
    for above in path.ancestors() {
        if let (Ok(real), Ok(rest)) = (above.canonicalize(), path.strip_prefix(above)) {
            return if rest.as_os_str().is_empty() { real } else { real.join(rest) };
        }
    }
    path.to_owned()
}

fn limit(path: &Path, base: &Path, top: Option<&Path>) -> Result<Vec<u8>, OutsideError> {
    // In a bare repository, paths begin at the root of the tree.
    let top = top.unwrap_or(base);
    let mut plain = PathBuf::new();
    for component in base.join(path).components() {
        match component {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            component => plain.push(component),
        }
    }
    // The last component may be a symbolic link, which is then itself a file of the repository.
    let whole = match (plain.parent(), plain.file_name()) {
        (Some(parent), Some(name)) if !top.starts_with(&plain) => real(parent).join(name),
        _ => real(&plain),
    };
    let outside = || OutsideError { path: path.to_owned(), top: top.to_owned() };
    let below = whole.strip_prefix(top).map_err(|_| outside())?;
    Ok(bytes(below))
}

#[cfg(unix)]
fn bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.components().collect::<PathBuf>().as_os_str().as_bytes().to_vec()
}

#[cfg(not(unix))]
fn bytes(path: &Path) -> Vec<u8> {
    components(path).join("/").into_bytes()
}

fn components(path: &Path) -> Vec<String> {
    path.components().map(|component| crate::source::name_text(component.as_os_str()).into_owned()).collect()
}

fn unreadable(path: &Path, error: &git2::Error) -> RepositoryError {
    let message = error.message();
    // The only extension of those that git writes which libgit2 does not read.
    let reason = match message.contains("extensions.refstorage") {
        true => format!(
            "{message}: it keeps its branches in a reftable, which is not read; a copy made by `git clone --mirror` is, or \
             convert it with `git refs migrate --ref-format=files`"
        ),
        false => message.to_owned(),
    };
    RepositoryError::Unreadable { path: path.to_owned(), reason }
}

/// Opens repositories of other users, too. Git refuses those because it would run programs that their configuration
/// names; libgit2 runs none, and keytrail never asks it to check out or filter anything.
fn trust_nothing_and_anyone() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: this writes a global flag of libgit2, before anything of it is used from other threads: every use of
        // a repository begins here, and all others wait for the first one.
        let _ = unsafe { git2::opts::set_verify_owner_validation(false) };
        // These change nothing about how what is there is read: objects that a partial clone left out are missing, and
        // are told; ids of the other hash, and where modules lie, are not looked at.
        let extensions = ["partialclone", "compatobjectformat", "submodulepathconfig"];
        // SAFETY: as above, for a global list.
        let _ = unsafe { git2::opts::set_extensions(&extensions) };
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(here: Option<&[&str]>, limits: &[&str]) -> Paths {
        Paths {
            top: here.map(|_| PathBuf::from("/top")),
            here: here.map(|here| here.iter().map(|&name| name.to_owned()).collect()),
            base: PathBuf::from("/top"),
            limits: limits.iter().map(|limit| limit.as_bytes().to_vec()).collect(),
        }
    }

    #[test]
    fn names_are_relative_to_the_folder_of_the_command() {
        for (here, path, shown) in [
            (&[][..], "a/b", "a/b"),
            (&["a"], "a/b", "b"),
            (&["a"], "ab/c", "../ab/c"),
            (&["a", "b"], "a/c", "../c"),
            (&["a", "b"], "c", "../../c"),
        ] {
            assert_eq!(paths(Some(here), &[]).artifact(path.as_bytes()).path, shown);
        }
        assert_eq!(paths(None, &[]).artifact(b"a/b").path, "a/b");
    }

    #[test]
    fn the_way_to_a_path_leads_over_what_both_share() {
        for (path, base, way) in [
            ("/a/b", "/a/b", "."),
            ("/a/b", "/a", "b"),
            ("/a", "/a/b/c", "../.."),
            ("/a/shop/src", "/a/b", "../shop/src"),
            ("/x", "/a", "../x"),
        ] {
            assert_eq!(relative(Path::new(path), Path::new(base)), way, "{path} from {base}");
        }
    }

    #[test]
    fn limits_end_at_components() {
        let some = paths(None, &["a/b", "c"]);
        for (path, wanted) in [("a/b", true), ("a/b/x", true), ("a/bc", false), ("a", false), ("c", true), ("d", false)]
        {
            assert_eq!(some.wanted(path.as_bytes()), wanted, "{path}");
        }
        assert!(paths(None, &[]).wanted(b"x") && paths(None, &[""]).wanted(b"x") && paths(None, &[""]).all());
    }
}
