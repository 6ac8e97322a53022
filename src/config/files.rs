//! Where the files of a configuration are read from: the disk, or a revision of a repository.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use git2::{ObjectType, Oid, Repository};

use super::{FILE, plain};

/// A place that files are read from.
pub trait Files {
    /// The content of a file; at most one byte more than `limit` of it.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>>;
}

/// The disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// Nothing: whatever is asked for is empty. For one file by itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Files for Nothing {
    fn read(&self, _: &Path, _: u64) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }
}

/// A revision of a repository: files of the work tree are read as that revision has them, all others from the disk,
/// where changes to the repository cannot reach them.
pub struct Revision {
    repository: Repository,
    /// How it was named.
    name: String,
    tree: Oid,
    top: PathBuf,
}

impl Revision {
    /// The revision of that name. `top` is the folder that stands for the root of its tree.
    ///
    /// # Errors
    /// When there is no such revision, or it is no commit: a sentence without a full stop.
    pub fn new(repository: Repository, name: &str, top: PathBuf) -> Result<Self, String> {
        let object = repository.revparse_single(name).map_err(|_| format!("there is no revision `{name}`"))?;
        let tree = object.peel_to_tree().map_err(|_| format!("`{name}` is no commit"))?.id();
        drop(object);
        Ok(Revision { repository, name: name.to_owned(), tree, top })
    }

    /// The path inside of the tree, with `/`; nothing for what lies outside.
    fn inside(&self, path: &Path) -> Option<PathBuf> {
        plain(path).strip_prefix(&self.top).ok().map(Path::to_owned)
    }

    fn entry(&self, path: &Path) -> Option<(Oid, ObjectType)> {
        let tree = self.repository.find_tree(self.tree).ok()?;
        if path.as_os_str().is_empty() {
            return Some((self.tree, ObjectType::Tree));
        }
        let entry = tree.get_path(path).ok()?;
        Some((entry.id(), entry.kind()?))
    }

    /// The `keytrail.toml` that applies to a folder in that revision.
    #[must_use]
    pub fn find(&self, folder: &Path) -> Option<PathBuf> {
        let inside = self.inside(folder)?;
        let mut above = inside.ancestors().map(|folder| folder.join(FILE));
        above.find(|file| matches!(self.entry(file), Some((_, ObjectType::Blob)))).map(|file| self.top.join(file))
    }

    /// The files that a path stands for in that revision, with their names: the file itself, or those of the folder.
    /// Nothing for a path outside of the tree.
    #[must_use]
    pub fn listed(&self, path: &Path) -> Option<Vec<PathBuf>> {
        let inside = self.inside(path)?;
        let names = match self.entry(&inside) {
            Some((_, ObjectType::Blob)) => vec![path.to_owned()],
            Some((id, ObjectType::Tree)) => {
                let tree = self.repository.find_tree(id).ok()?;
                let blobs = tree.iter().filter(|entry| entry.kind() == Some(ObjectType::Blob));
                blobs.filter_map(|entry| entry.name().ok().map(|name| path.join(name))).collect()
            }
            _ => Vec::new(),
        };
        Some(names)
    }
}

impl Files for Revision {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let Some(inside) = self.inside(path) else { return Disk.read(path, limit) };
        let missing = || io::Error::new(io::ErrorKind::NotFound, format!("`{}` does not have it", self.name));
        let Some((id, ObjectType::Blob)) = self.entry(&inside) else { return Err(missing()) };
        let blob = self.repository.find_blob(id).map_err(io::Error::other)?;
        let length = usize::try_from(limit + 1).unwrap_or(usize::MAX).min(blob.content().len());
        Ok(blob.content()[..length].to_vec())
    }
}
