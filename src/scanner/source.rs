//! What a [`Scanner`](super::Scanner) looks at.

use std::io::Read;
use std::path::PathBuf;

use git2::Oid;

/// What a scan looks at: files, bytes, or a part of a git repository.
///
/// Repositories are read without git, and nothing that their configuration names is run. Relative paths are relative to
/// the [folder](super::ScannerBuilder::folder) of the scanner.
///
/// ```
/// use keytrail::Source;
///
/// let tree = Source::tree("src");
/// let everything = Source::tree(".").with_history();
/// let release = Source::history(".").since("v1.2").branch("main");
/// let commit = Source::staged();
/// let request = Source::range("origin/main...HEAD");
/// let upload = Source::bytes("upload.zip", b"PK\x03\x04");
/// ```
pub struct Source<'a> {
    pub(super) kind: Kind<'a>,
}

/// What is looked at.
pub(super) enum Kind<'a> {
    /// Files and folders, or the histories of the repositories that they lie in, or both.
    Paths {
        paths: Vec<PathBuf>,
        tree: bool,
        /// Files that git ignores, too.
        ignored: bool,
        history: Option<Past>,
    },
    /// One blob, by its name.
    Content { name: String, content: Box<dyn Read + 'a> },
    /// What is staged, or what commits add.
    Changes { range: Option<String>, paths: Vec<PathBuf>, whole_files: bool },
    /// What pushes bring.
    Pushed(Vec<Pushed>),
}

/// Which part of a history.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    pub since: Option<String>,
    pub branches: Vec<String>,
    pub max_blob_size: Option<u64>,
    pub objects_whole: bool,
    pub where_there_is_one: bool,
}

impl Past {
    /// Whether a part is left out.
    pub(super) fn is_limited(&self) -> bool {
        self.since.is_some() || !self.branches.is_empty() || self.max_blob_size.is_some()
    }
}

/// Commits, or something else, that a reference is to point to, and what the other side has already. A
/// [`Repository`](crate::Repository::pushes) tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// The name of the reference.
    pub(crate) reference: String,
    /// What it is to point to.
    pub(crate) new: Oid,
    /// What the other side has already.
    pub(crate) known: Vec<Oid>,
}

impl<'a> Source<'a> {
    /// A file, or the files of a folder: in a repository, those that git tracks and the untracked ones that it does not
    /// ignore. Archives and compressed files are opened.
    pub fn tree(path: impl Into<PathBuf>) -> Self {
        Self::paths([path])
    }

    /// Several files and folders; see [`tree`](Self::tree). A file that lies in two of them is scanned once.
    pub fn paths(paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        let paths = paths.into_iter().map(Into::into).collect();
        Source { kind: Kind::Paths { paths, tree: true, ignored: false, history: None } }
    }

    /// The whole history of the repository that a path lies in, reachable or not: every version of every file, and the
    /// messages of commits and tags. A path below the top leaves out what lies elsewhere.
    pub fn history(path: impl Into<PathBuf>) -> Self {
        let history = Some(Past::default());
        Source { kind: Kind::Paths { paths: vec![path.into()], tree: false, ignored: false, history } }
    }

    /// Bytes that are at hand. The name is what reports call them, and says what kind of file they are.
    pub fn bytes(name: impl Into<String>, bytes: &'a [u8]) -> Self {
        Self::reader(name, bytes)
    }

    /// What a reader gives, until it ends. It is read in pieces, so that its length does not matter.
    pub fn reader(name: impl Into<String>, reader: impl Read + 'a) -> Self {
        Source { kind: Kind::Content { name: name.into(), content: Box::new(reader) } }
    }

    /// What is about to be committed: the lines that git's index adds to the commit at HEAD.
    #[must_use]
    pub fn staged() -> Self {
        Source { kind: Kind::Changes { range: None, paths: Vec::new(), whole_files: false } }
    }

    /// What each commit of a range adds, and its message: `BASE..HEAD`, `BASE...HEAD` (which begins where the two
    /// parted), or `BASE` for `BASE..HEAD`.
    pub fn range(range: impl Into<String>) -> Self {
        Source { kind: Kind::Changes { range: Some(range.into()), paths: Vec::new(), whole_files: false } }
    }

    /// What pushes bring to the repository of the scanner's folder: see
    /// [`Repository::pushes`](crate::Repository::pushes).
    #[must_use]
    pub fn pushed(pushes: Vec<Pushed>) -> Self {
        Source { kind: Kind::Pushed(pushes) }
    }

    /// Of what is staged, or of a range: only these files and folders. Elsewhere it changes nothing.
    #[must_use]
    pub fn only_in(mut self, limits: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        if let Kind::Changes { paths, .. } = &mut self.kind {
            paths.extend(limits.into_iter().map(Into::into));
        }
        self
    }

    /// Of what is staged, or of a range: unchanged lines of changed files, too. Elsewhere it changes nothing.
    #[must_use]
    pub fn whole_files(mut self) -> Self {
        if let Kind::Changes { whole_files, .. } = &mut self.kind {
            *whole_files = true;
        }
        self
    }

    /// Of folders: files that git ignores, too. Elsewhere it changes nothing.
    #[must_use]
    pub fn with_ignored(mut self) -> Self {
        if let Kind::Paths { ignored, .. } = &mut self.kind {
            *ignored = true;
        }
        self
    }

    /// Besides files and folders, the history of the repositories that they lie in; see [`history`](Self::history). A
    /// key that is still in a file has the commit that brought it, then. Elsewhere it changes nothing.
    #[must_use]
    pub fn with_history(self) -> Self {
        self.past(|_| {})
    }

    /// Of a history: only what was introduced since then, a revision or a date such as `2026-01-31` or `2 weeks ago`.
    #[must_use]
    pub fn since(self, since: impl Into<String>) -> Self {
        self.past(|past| past.since = Some(since.into()))
    }

    /// Of a history: only what this branch, tag or other revision has in its own. Of several, what any of them has.
    #[must_use]
    pub fn branch(self, name: impl Into<String>) -> Self {
        self.past(|past| past.branches.push(name.into()))
    }

    /// Of a history: leave out blobs of more bytes. The report counts them.
    #[must_use]
    pub fn max_blob_size(self, bytes: u64) -> Self {
        self.past(|past| past.max_blob_size = Some(bytes))
    }

    /// Of a history: pass over paths that lie in no repository, which otherwise are an error.
    #[must_use]
    pub fn where_there_is_one(self) -> Self {
        self.past(|past| past.where_there_is_one = true)
    }

    /// Of a history: look at every object as a whole, also where git stores it as a difference to another one. The
    /// report is the same, which can be tested so; it takes longer.
    #[must_use]
    pub fn objects_whole(self) -> Self {
        self.past(|past| past.objects_whole = true)
    }

    fn past(mut self, change: impl FnOnce(&mut Past)) -> Self {
        if let Kind::Paths { history, .. } = &mut self.kind {
            change(history.get_or_insert_default());
        }
        self
    }
}

impl std::fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.kind {
            Kind::Paths { paths, tree, history, .. } => {
                write!(f, "Source({paths:?}, tree: {tree}, history: {})", history.is_some())
            }
            // What the reader gives may be secret.
            Kind::Content { name, .. } => write!(f, "Source({name:?})"),
            Kind::Changes { range: Some(range), paths, .. } => write!(f, "Source(range {range:?}, {paths:?})"),
            Kind::Changes { range: None, paths, .. } => write!(f, "Source(staged, {paths:?})"),
            Kind::Pushed(pushes) => write!(f, "Source({pushes:?})"),
        }
    }
}
