//! Opening a repository, whoever owns it.

use std::path::{Path, PathBuf};
use std::sync::Once;

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
    git2::Repository::open(found).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &git2::Error) -> RepositoryError {
    RepositoryError::Unreadable { path: path.to_owned(), reason: error.message().to_owned() }
}

/// Opens repositories of other users, too. Git refuses those because it would run programs that their configuration
/// names; libgit2 runs none, and keytrail never asks it to check out or filter anything.
fn trust_nothing_and_anyone() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: this writes a global flag of libgit2, before anything of it is used from other threads: every use of
        // a repository begins here, and all others wait for the first one.
        let _ = unsafe { git2::opts::set_verify_owner_validation(false) };
    });
}
