//! The files of working trees, and of folders that belong to no repository.
//!
//! Listed are the files that git tracks (also when its ignore rules match them) and the untracked ones that it does not
//! ignore; hidden files are like any other. Git's own folder is left out but for its configuration files, in which
//! remotes may hold credentials. Symbolic links are not followed. Nothing is read from a repository but its index, and
//! no program that its configuration names is ever run.

use std::collections::{BTreeSet, HashSet};
use std::ffi::OsStr;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

use gix_index::entry::Mode;
use ignore::{WalkBuilder, WalkState};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use rayon::slice::ParallelSliceMut as _;

use super::git::staged;
use crate::finding::Artifact;
use crate::report::{Notice, NoticeKind, VersionControl};

/// What to list.
#[derive(Clone, Debug)]
pub struct Options {
    /// List files that git ignores, too.
    pub no_ignore: bool,
    /// Threads for the walk.
    pub jobs: usize,
    /// Directory that paths are shown relative to: the one the command was started in. Absolute.
    pub base: PathBuf,
}

/// A file to be scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where to open it.
    pub path: PathBuf,
    /// How it is called in reports.
    pub artifact: Artifact,
}

/// The files under some paths.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// In the order of their shown paths, each once.
    pub files: Vec<File>,
    /// What could not be listed, and what is no file.
    pub notices: Vec<Notice>,
}

/// A path that was named on the command line and cannot be scanned.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// It does not exist, or may not be looked at.
    #[error("`{}` cannot be scanned", path.display())]
    Unreachable {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Lists the files under `roots`, which may be folders and files.
///
/// # Errors
/// When one of the roots itself cannot be reached; anything below them becomes a notice.
pub fn list(roots: &[PathBuf], options: &Options) -> Result<Listing, TreeError> {
    let mut found = Found::default();
    // Real paths: a file may be named in several ways, of which the first one counts.
    let mut known: HashSet<PathBuf> = HashSet::new();
    for root in roots {
        let mut below = Found::default();
        let metadata =
            std::fs::metadata(root).map_err(|source| TreeError::Unreachable { path: root.clone(), source })?;
        if metadata.is_dir() {
            walk(root, options, &mut below);
        } else if metadata.is_file() {
            below.files.push(root.clone());
        } else {
            below.notices.push(Notice {
                artifact: Some(artifact(root, &options.base)),
                kind: NoticeKind::Unreadable,
                message: format!("it is {}, not a file", kind_of(metadata.file_type())),
                help: Some("pipe it into `keytrail scan --stdin`".to_owned()),
            });
        }
        if roots.len() > 1
            && let Ok(real_root) = root.canonicalize()
        {
            // No links are followed below a root, so that the rest of a path is real as it is.
            below.files.retain(|path| known.insert(rebase(path, root, &real_root)));
        }
        found.files.append(&mut below.files);
        found.notices.append(&mut below.notices);
    }
    let mut files: Vec<File> =
        found.files.into_par_iter().map(|path| File { artifact: artifact(&path, &options.base), path }).collect();
    // Names that are not UTF-8 may be shown alike; only the paths tell whether two files are the same.
    let whole = |file: &File| options.base.join(&file.path);
    files.par_sort_by(|a, b| a.artifact.cmp(&b.artifact).then_with(|| whole(a).cmp(&whole(b))));
    files.dedup_by(|a, b| a.artifact == b.artifact && whole(a) == whole(b));
    found.notices.sort();
    found.notices.dedup();
    Ok(Listing { files, notices: found.notices })
}

#[derive(Default)]
struct Found {
    files: Vec<PathBuf>,
    notices: Vec<Notice>,
    /// Folders that hold a `.git`.
    repositories: BTreeSet<PathBuf>,
}

fn walk(root: &Path, options: &Options, found: &mut Found) {
    let shared = Mutex::new(std::mem::take(found));
    let with_found = |f: &mut dyn FnMut(&mut Found)| {
        // A poisoned lock still holds what was found.
        f(&mut shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    };
    let respect = !options.no_ignore;
    let real_root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let walker = WalkBuilder::new(root)
        .standard_filters(false)
        .git_ignore(respect)
        .git_exclude(respect)
        .git_global(respect)
        .parents(respect)
        .threads(options.jobs)
        .build_parallel();
    walker.run(|| {
        let mut batch = Found::default();
        let (base, real_root) = (&options.base, &real_root);
        let with_found = &with_found;
        Box::new(move |entry| {
            let state = match &entry {
                Ok(entry) if is_of_kernel(real_root, entry.depth(), entry.file_name()) => {
                    batch.notices.push(Notice {
                        artifact: Some(artifact(entry.path(), base)),
                        kind: NoticeKind::Skipped,
                        message: "it shows the state of the kernel and its devices, and holds no files".to_owned(),
                        help: Some("name it, or what is in it, to scan that all the same".to_owned()),
                    });
                    WalkState::Skip
                }
                _ => visit(entry, base, &mut batch),
            };
            // Threads hand over what they have before they may end; single files would contend for the lock.
            with_found(&mut |all| {
                all.files.append(&mut batch.files);
                all.notices.append(&mut batch.notices);
                all.repositories.append(&mut batch.repositories);
            });
            state
        })
    });
    *found = shared.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    // The root may be one of them and be found from above, too: each has one name only.
    let mut repositories: BTreeSet<PathBuf> =
        std::mem::take(&mut found.repositories).iter().filter_map(|folder| folder.canonicalize().ok()).collect();
    for repository in &repositories {
        // Folders of git name each other by way of `..`; the real path is shorter, and the same from every side.
        let real = configurations(repository).into_iter().filter_map(|path| path.canonicalize().ok());
        found.files.extend(real.map(|path| rebase(&path, &real_root, root)));
    }
    if respect {
        repositories.extend(enclosing(root));
        add_tracked(root, &repositories, &options.base, found);
    }
}

/// Whether a folder below a root is one of those at the top of Linux's file system in which the kernel shows its state
/// and its devices. Reading all of that gives thousands of errors, and blocks or never ends in places.
fn is_of_kernel(real_root: &Path, depth: usize, name: &OsStr) -> bool {
    cfg!(target_os = "linux")
        && depth == 1
        && ["proc", "sys", "dev"].iter().any(|of_kernel| name == *of_kernel)
        && real_root == Path::new("/")
}

fn visit(entry: Result<ignore::DirEntry, ignore::Error>, base: &Path, found: &mut Found) -> WalkState {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => {
            found.notices.push(Notice {
                artifact: path_of(&error).map(|path| artifact(path, base)),
                kind: NoticeKind::Unreadable,
                message: error.to_string(),
                help: None,
            });
            return WalkState::Continue;
        }
    };
    if entry.file_name() == OsStr::new(".git") && entry.depth() > 0 {
        if let Some(parent) = entry.path().parent() {
            found.repositories.insert(parent.to_owned());
        }
        return WalkState::Skip;
    }
    match entry.file_type() {
        Some(kind) if kind.is_file() => found.files.push(entry.into_path()),
        Some(kind) if kind.is_dir() || kind.is_symlink() => {}
        Some(kind) => found.notices.push(Notice {
            artifact: Some(artifact(entry.path(), base)),
            kind: NoticeKind::Skipped,
            message: format!("it is {}, not a file", kind_of(kind)),
            help: None,
        }),
        None => {}
    }
    WalkState::Continue
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

#[cfg(unix)]
fn kind_of(kind: std::fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_block_device() || kind.is_char_device() {
        "a device"
    } else {
        "something else"
    }
}

#[cfg(not(unix))]
fn kind_of(_: std::fs::FileType) -> &'static str {
    "something else"
}

/// The folder above `root` (or `root` itself) that holds a `.git`.
fn enclosing(root: &Path) -> Option<PathBuf> {
    let root = root.canonicalize().ok()?;
    root.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned)
}

/// Git's own folder of a working tree: `.git`, or where a `.git` file points to.
fn git_dir(repository: &Path) -> Option<PathBuf> {
    let dot_git = repository.join(".git");
    if dot_git.is_dir() {
        return Some(dot_git);
    }
    let text = std::fs::read_to_string(&dot_git).ok()?;
    let target = text.strip_prefix("gitdir:")?.trim();
    Some(repository.join(target))
}

/// Configuration files of a repository and of its submodules: the only places in git's own folder where people put
/// credentials, in the addresses of remotes and in extra headers.
fn configurations(repository: &Path) -> Vec<PathBuf> {
    let Some(git_dir) = git_dir(repository) else { return Vec::new() };
    let mut folders = vec![git_dir.clone()];
    // A linked worktree keeps its configuration in the folder of the main one.
    if let Ok(common) = std::fs::read_to_string(git_dir.join("commondir")) {
        folders.push(git_dir.join(common.trim()));
    }
    let mut modules = vec![git_dir.join("modules")];
    while let Some(folder) = modules.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                let inner = entry.path();
                // Modules of modules lie in their `modules`; names with slashes make folders in between.
                modules.push(if inner.join("HEAD").exists() { inner.join("modules") } else { inner.clone() });
                folders.push(inner);
            }
        }
    }
    folders
        .iter()
        .flat_map(|folder| [folder.join("config"), folder.join("config.worktree")])
        .filter(|path| path.is_file())
        .collect()
}

/// Adds tracked files that the walk left out because ignore rules match them.
fn add_tracked(root: &Path, repositories: &BTreeSet<PathBuf>, base: &Path, found: &mut Found) {
    let Ok(real_root) = root.canonicalize() else { return };
    let mut known: HashSet<PathBuf> = HashSet::new();
    let mut added = Vec::new();
    for repository in repositories {
        let Some(index) = git_dir(repository).map(|dir| dir.join("index")).filter(|path| path.exists()) else {
            continue;
        };
        if known.is_empty() {
            known = found.files.iter().map(|path| rebase(path, root, &real_root)).collect();
        }
        let Ok(real_repository) = repository.canonicalize() else { continue };
        // By way of the repository, which knows whether its ids are those of SHA-1 or SHA-256.
        let opened = super::git::repository::discover(repository)
            .map_err(|error| error.to_string())
            .and_then(|repository| staged::read_index(&repository, &index).map_err(|error| error.to_string()));
        let index = match opened {
            Ok(index) => index,
            Err(message) => {
                found.notices.push(Notice {
                    artifact: Some(artifact(&index, base)),
                    kind: NoticeKind::Unreadable,
                    message,
                    help: Some("files that are tracked and ignored may be missing; scan with --no-ignore".to_owned()),
                });
                continue;
            }
        };
        for entry in index.entries() {
            // Links, submodules and sparse folders are other things.
            if !matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE) {
                continue;
            }
            let path = real_repository.join(path_from(entry.path(&index)));
            if path.starts_with(&real_root)
                && !known.contains(&path)
                && std::fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file())
            {
                added.push(rebase(&path, &real_root, root));
            }
        }
    }
    found.files.append(&mut added);
}

/// Replaces the leading `from` of a path by `to`.
fn rebase(path: &Path, from: &Path, to: &Path) -> PathBuf {
    match path.strip_prefix(from) {
        Ok(rest) if rest.as_os_str().is_empty() => to.to_owned(),
        Ok(rest) => to.join(rest),
        Err(_) => path.to_owned(),
    }
}

#[cfg(unix)]
fn path_from(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_from(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// The name of a path in reports: relative to `base` where it lies below it, with `/` separators, without `.`.
#[must_use]
pub fn artifact(path: &Path, base: &Path) -> Artifact {
    if let Some(name) = plain_name(path, base) {
        return Artifact::file(name);
    }
    by_components(path, base)
}

/// [`artifact`] for every path.
fn by_components(path: &Path, base: &Path) -> Artifact {
    let path = path.strip_prefix(base).unwrap_or(path);
    let mut name = String::new();
    for component in path.components() {
        match component {
            Component::CurDir => continue,
            Component::RootDir => name.push('/'),
            Component::Prefix(prefix) => name.push_str(&prefix.as_os_str().to_string_lossy()),
            Component::ParentDir | Component::Normal(_) => {
                if !name.is_empty() && !name.ends_with('/') {
                    name.push('/');
                }
                name.push_str(&super::name_text(component.as_os_str()));
            }
        }
    }
    Artifact::file(if name.is_empty() { ".".to_owned() } else { name })
}

/// The name of a path that needs no change but the removal of its base: nearly every one, and going through the
/// components of each is most of the work of listing. `None` says nothing.
fn plain_name<'p>(path: &'p Path, base: &Path) -> Option<&'p str> {
    if !cfg!(unix) {
        return None;
    }
    let (path, base) = (path.to_str()?, base.to_str()?.trim_end_matches('/'));
    let name = match path.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')) {
        Some(below) => below,
        None => path.strip_prefix("./").unwrap_or(path),
    };
    let odd = |path: &str| path.contains("//") || path.contains("/./") || path.ends_with("/.");
    let plain = base.starts_with('/')
        && !odd(base)
        && !odd(path)
        && !name.is_empty()
        && name != "."
        && path != base
        && !name.starts_with("./")
        && !name.ends_with('/');
    plain.then_some(name)
}

/// What a report whose paths are relative to `base` says about the repository around `path`; `None` outside of one.
#[must_use]
pub fn version_control(path: &Path, base: &Path) -> Option<VersionControl> {
    let repository = super::git::repository::discover(path).ok()?;
    Some(version_control_of(&repository, repository.workdir(), base, path.is_relative()))
}

/// What a report whose paths are relative to `base` says about a repository and the `top` of its work tree, which paths
/// beside `base` are called after as they were given: with `relative`, `../shop`.
#[must_use]
pub fn version_control_of(
    repository: &git2::Repository,
    top: Option<&Path>,
    base: &Path,
    relative: bool,
) -> VersionControl {
    let head = repository.head().ok();
    let remote = repository.find_remote("origin").ok().or_else(|| only_remote(repository));
    VersionControl {
        repository: remote.as_ref().and_then(|remote| remote.url().ok()).and_then(public_address),
        revision: head.as_ref().and_then(|head| head.peel_to_commit().ok()).map(|commit| commit.id().to_string()),
        branch: head.as_ref().filter(|head| head.is_branch()).and_then(|head| head.shorthand().ok().map(str::to_owned)),
        folder: top.and_then(|top| below(top, base)),
        top: top.and_then(|top| beside(top, base, relative)),
    }
}

/// How a report calls the top of a repository that its own folder does not lie in.
fn beside(top: &Path, base: &Path, relative: bool) -> Option<String> {
    let (top, base) = (top.canonicalize().ok()?, base.canonicalize().ok()?);
    match base.starts_with(&top) {
        true => None,
        false if relative => Some(super::git::repository::relative(&top, &base)),
        false => Some(artifact(&top, &base).path),
    }
}

/// The path from the top of a repository to a folder in it, with `/` separators.
fn below(top: &Path, folder: &Path) -> Option<String> {
    let (top, folder) = (top.canonicalize().ok()?, folder.canonicalize().ok()?);
    let below = folder.strip_prefix(top).ok()?;
    let names: Vec<_> = below.components().map(|part| super::name_text(part.as_os_str())).collect();
    Some(if names.is_empty() { ".".to_owned() } else { names.join("/") })
}

/// The remote of a repository that has one, whatever its name is.
fn only_remote(repository: &git2::Repository) -> Option<git2::Remote<'_>> {
    let names = repository.remotes().ok()?;
    let mut names = names.iter();
    let name = names.next()?.ok()??;
    if names.next().is_some() {
        return None;
    }
    repository.find_remote(name).ok()
}

/// An address without user and password; `git@host:path` becomes `ssh://host/path`. `None` for paths on this machine.
fn public_address(address: &str) -> Option<String> {
    if let Some((scheme, rest)) = address.split_once("://") {
        if scheme == "file" {
            return None;
        }
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let path = path.split(['?', '#']).next().unwrap_or_default();
        return Some(format!("{scheme}://{host}/{path}"));
    }
    let (authority, path) = address.split_once(':')?;
    let (_, host) = authority.rsplit_once('@')?;
    Some(format!("ssh://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shown_paths_are_relative_and_plain() {
        let base = Path::new("/home/me");
        for (path, shown) in [("./a/b", "a/b"), ("/home/me/a", "a"), ("/etc/x", "/etc/x"), ("../y", "../y"), (".", ".")]
        {
            assert_eq!(artifact(Path::new(path), base).path, shown);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_the_kernel_shows_is_passed_over_at_the_top_only() {
        let passed = |root: &str, depth, name: &str| is_of_kernel(Path::new(root), depth, OsStr::new(name));
        assert!(["proc", "sys", "dev"].into_iter().all(|name| passed("/", 1, name)));
        assert!(!passed("/", 1, "srv") && !passed("/", 2, "proc") && !passed("/", 0, "proc"));
        assert!(!passed("/home/me", 1, "dev") && !passed("/proc", 0, "proc"));
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_text_stay_apart() {
        let named = |name: &[u8]| artifact(&Path::new("/home/me/a").join(path_from(name)), Path::new("/home/me")).path;
        assert_eq!(named(b"cfg\xff.env"), "a/cfg\\xFF.env");
        assert_eq!(named(b"cfg\xfe\xc3\xbc.env"), "a/cfg\\xFEü.env");
    }

    proptest! {
        #[test]
        fn the_short_way_to_a_name_leads_to_the_same(
            path in "(/|/a|/a/b|/a/bc)?(/|\\.|\\.\\.|a|b|c/){0,6}",
            base in "(/|/a|/a/b|/a/b/|/a/./b|/a//b|/\\./a|a|)"
        ) {
            let (path, base) = (Path::new(&path), Path::new(&base));
            if let Some(name) = plain_name(path, base) {
                prop_assert_eq!(Artifact::file(name), by_components(path, base));
            }
        }
    }

    #[test]
    fn addresses_lose_their_credentials() {
        let token = "x".repeat(8);
        assert_eq!(
            public_address(&format!("https://user:{token}@host.net/a/b.git?x")),
            Some("https://host.net/a/b.git".to_owned())
        );
        assert_eq!(public_address("git@host.net:a/b.git"), Some("ssh://host.net/a/b.git".to_owned()));
        assert_eq!(public_address("/srv/git/a.git"), None);
    }
}
