//! Objects as they are stored: blobs, trees and commits by their id, from any thread.
//!
//! Everything is taken from the object's own bytes. libgit2 would replace the parents of commits by what `info/grafts`
//! and `shallow` say; here a commit has the parents that its id stands for. Replacement references are not looked at.

use git2::{ErrorCode, ObjectFormat, ObjectType, Odb, Oid, Repository};
use jiff::Timestamp;
use jiff::tz::Offset;

use crate::finding::Commit;

/// The objects of a repository. Shared by all threads.
pub struct Objects<'r> {
    odb: Odb<'r>,
    format: ObjectFormat,
}

/// An object that cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// It is not there.
    #[error("the {kind} {id} is missing")]
    Missing {
        /// What it should be: `blob`, `tree`, `commit`.
        kind: &'static str,
        /// Its id.
        id: Oid,
    },
    /// It is there and cannot be read.
    #[error("the {kind} {id} cannot be read: {reason}")]
    Damaged {
        /// What it should be.
        kind: &'static str,
        /// Its id.
        id: Oid,
        /// What is wrong with it.
        reason: String,
    },
}

/// What a tree has under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name, one component of a path.
    pub name: Vec<u8>,
    /// What kind of object it is.
    pub kind: EntryKind,
    /// Its id.
    pub id: Oid,
}

/// Kinds of entries in trees and in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A folder.
    Tree,
    /// A file, or a symbolic link: its target is a blob like any other.
    Blob,
    /// A submodule: a commit of another repository.
    Submodule,
}

impl EntryKind {
    /// The kind of a mode, by its upper bits as in `stat.h`: 04 is a folder, 16 a submodule; git knows no others but
    /// 10 and 12, and whatever a hand-made tree holds beside these is looked at as a blob.
    #[must_use]
    pub fn of(mode: u32) -> Self {
        match mode & 0o170_000 {
            0o040_000 => EntryKind::Tree,
            0o160_000 => EntryKind::Submodule,
            _ => EntryKind::Blob,
        }
    }
}

/// A commit as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawCommit {
    /// Its id.
    pub id: Oid,
    /// Its tree.
    pub tree: Oid,
    /// Its parents, whatever grafts or a shallow clone say of them.
    pub parents: Vec<Oid>,
    /// Name and address of the author, and the time: `Name <address> 1700000000 +0100`.
    pub author: Vec<u8>,
    /// The same of the committer.
    pub committer: Vec<u8>,
    /// The encoding of its texts, where it is not UTF-8.
    pub encoding: Option<Vec<u8>>,
    /// The whole message.
    pub message: Vec<u8>,
}

impl<'r> Objects<'r> {
    /// The objects of a repository, alternates included.
    ///
    /// # Errors
    /// When the folder of the objects cannot be opened.
    pub fn new(repository: &'r Repository) -> Result<Self, git2::Error> {
        Ok(Objects { odb: repository.odb()?, format: repository.object_format() })
    }

    /// Length of an id in bytes: 20 or 32.
    fn id_len(&self) -> usize {
        if self.format == ObjectFormat::Sha1 { 20 } else { 32 }
    }

    /// The id that these bytes are; `None` if there are too few or too many.
    #[must_use]
    pub fn id(&self, bytes: &[u8]) -> Option<Oid> {
        Oid::from_bytes(bytes).ok().filter(|_| bytes.len() == self.id_len())
    }

    fn parse_id(&self, text: &[u8]) -> Option<Oid> {
        let text = str::from_utf8(text).ok().filter(|text| text.len() == 2 * self.id_len())?;
        Oid::from_str_ext(text, self.format).ok()
    }

    /// Whether an object is there.
    #[must_use]
    pub fn has(&self, id: Oid) -> bool {
        self.odb.exists(id)
    }

    /// Size of a blob in bytes.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn size(&self, id: Oid) -> Result<u64, ObjectError> {
        let (size, kind) = self.odb.read_header(id).map_err(|error| failed(id, ObjectType::Blob, &error))?;
        right_kind(id, ObjectType::Blob, kind)?;
        Ok(size as u64)
    }

    /// The bytes of a blob.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn blob(&self, id: Oid) -> Result<git2::OdbObject<'_>, ObjectError> {
        self.read(id, ObjectType::Blob)
    }

    fn read(&self, id: Oid, wanted: ObjectType) -> Result<git2::OdbObject<'_>, ObjectError> {
        let object = self.odb.read(id).map_err(|error| failed(id, wanted, &error))?;
        right_kind(id, wanted, object.kind())?;
        Ok(object)
    }

    /// The entries of a tree, in the order in which they are stored.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn tree(&self, id: Oid) -> Result<Vec<Entry>, ObjectError> {
        // Git knows the empty tree without having it.
        if is_empty_tree(id) {
            return Ok(Vec::new());
        }
        let object = self.read(id, ObjectType::Tree)?;
        self.entries(object.data()).ok_or_else(|| damaged(id, ObjectType::Tree, "an entry is cut off"))
    }

    /// `MODE NAME\0ID`, again and again.
    fn entries(&self, mut data: &[u8]) -> Option<Vec<Entry>> {
        let mut entries = Vec::new();
        while !data.is_empty() {
            let space = memchr::memchr(b' ', data)?;
            let mode = u32::from_str_radix(str::from_utf8(&data[..space]).ok()?, 8).ok()?;
            let end = space + 1 + memchr::memchr(0, &data[space + 1..])?;
            let id = self.id(data.get(end + 1..end + 1 + self.id_len())?)?;
            entries.push(Entry { name: data[space + 1..end].to_vec(), kind: EntryKind::of(mode), id });
            data = &data[end + 1 + self.id_len()..];
        }
        Some(entries)
    }

    /// A commit.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn commit(&self, id: Oid) -> Result<RawCommit, ObjectError> {
        let object = self.read(id, ObjectType::Commit)?;
        self.parse_commit(id, object.data()).ok_or_else(|| damaged(id, ObjectType::Commit, "it names no tree"))
    }

    fn parse_commit(&self, id: Oid, data: &[u8]) -> Option<RawCommit> {
        let end = memchr::memmem::find(data, b"\n\n").unwrap_or(data.len());
        let mut tree = None;
        let mut commit = RawCommit {
            id,
            tree: id,
            parents: Vec::new(),
            author: Vec::new(),
            committer: Vec::new(),
            encoding: None,
            message: data.get(end + 2..).unwrap_or_default().to_vec(),
        };
        // Lines that continue a signature begin with a space, and so with no name.
        for line in data[..end].split(|&b| b == b'\n') {
            let Some(space) = memchr::memchr(b' ', line) else { continue };
            let value = &line[space + 1..];
            match &line[..space] {
                b"tree" if tree.is_none() => tree = Some(self.parse_id(value)?),
                b"parent" => commit.parents.push(self.parse_id(value)?),
                b"author" if commit.author.is_empty() => commit.author = value.to_vec(),
                b"committer" if commit.committer.is_empty() => commit.committer = value.to_vec(),
                b"encoding" => commit.encoding = Some(value.to_vec()),
                _ => {}
            }
        }
        commit.tree = tree?;
        Some(commit)
    }

    /// Whether a tree has a file or folder at a path; what cannot be read has none.
    #[must_use]
    pub fn has_path(&self, tree: Oid, path: &[u8]) -> bool {
        let mut tree = tree;
        let mut components = path.split(|&b| b == b'/').filter(|name| !name.is_empty()).peekable();
        while let Some(component) = components.next() {
            let entries = self.tree(tree).unwrap_or_default();
            match entries.into_iter().find(|entry| entry.name == component) {
                Some(_) if components.peek().is_none() => return true,
                Some(entry) => tree = entry.id,
                None => return false,
            }
        }
        path.is_empty()
    }

    /// What a tree has at a path; `None` where there is nothing, or only a folder or submodule.
    ///
    /// # Errors
    /// When a tree on the way is missing or damaged.
    pub fn blob_at(&self, tree: Oid, path: &[u8]) -> Result<Option<Oid>, ObjectError> {
        let mut tree = tree;
        let mut components = path.split(|&b| b == b'/').peekable();
        while let Some(component) = components.next() {
            let Some(entry) = self.tree(tree)?.into_iter().find(|entry| entry.name == component) else {
                return Ok(None);
            };
            match (entry.kind, components.peek()) {
                (EntryKind::Blob, None) => return Ok(Some(entry.id)),
                (EntryKind::Tree, Some(_)) => tree = entry.id,
                _ => return Ok(None),
            }
        }
        Ok(None)
    }
}

/// The tree without entries; its id is that of no bytes, under either hash.
fn is_empty_tree(id: Oid) -> bool {
    Oid::hash_object_ext(ObjectType::Tree, &[], id.object_format()).is_ok_and(|empty| empty == id)
}

fn name_of(kind: ObjectType) -> &'static str {
    match kind {
        ObjectType::Blob => "blob",
        ObjectType::Tree => "tree",
        ObjectType::Commit => "commit",
        ObjectType::Tag => "tag",
        ObjectType::Any => "object",
    }
}

fn failed(id: Oid, wanted: ObjectType, error: &git2::Error) -> ObjectError {
    match error.code() {
        ErrorCode::NotFound => ObjectError::Missing { kind: name_of(wanted), id },
        _ => damaged(id, wanted, error.message()),
    }
}

fn damaged(id: Oid, wanted: ObjectType, reason: &str) -> ObjectError {
    ObjectError::Damaged { kind: name_of(wanted), id, reason: reason.to_owned() }
}

fn right_kind(id: Oid, wanted: ObjectType, kind: ObjectType) -> Result<(), ObjectError> {
    if kind == wanted { Ok(()) } else { Err(damaged(id, wanted, &format!("it is a {}", name_of(kind)))) }
}

impl RawCommit {
    /// Seconds since 1970 at which it was committed; 0 where that cannot be read.
    #[must_use]
    pub fn time(&self) -> i64 {
        who_and_when(&self.committer).1.map_or(0, |(seconds, _)| seconds)
    }

    /// As reports name it. `redact` is asked to take the keys out of its texts; out of the whole message first, since
    /// what stands below the first line may tell that there is one in it.
    #[must_use]
    pub fn described(&self, redact: impl Fn(&str) -> String) -> Commit {
        let (author, time) = who_and_when(&self.author);
        let message = redact(&self.decoded(&self.message));
        Commit {
            id: self.id.to_string(),
            author: redact(&self.decoded(author)),
            date: time.and_then(|(seconds, offset)| date(seconds, offset)).unwrap_or_default(),
            subject: redact(message.trim_start().lines().next().unwrap_or_default().trim_end()),
        }
    }

    /// A text of it, by the encoding that it names.
    #[must_use]
    pub fn decoded(&self, text: &[u8]) -> String {
        let encoding = self.encoding.as_deref().and_then(encoding_rs::Encoding::for_label);
        match encoding {
            Some(encoding) => encoding.decode_without_bom_handling(text).0.into_owned(),
            None => String::from_utf8_lossy(text).into_owned(),
        }
    }
}

/// Takes `Name <address> 1700000000 +0100` apart: who, and the seconds with the offset in seconds.
#[must_use]
pub fn who_and_when(line: &[u8]) -> (&[u8], Option<(i64, i32)>) {
    let Some(end) = memchr::memrchr(b'>', line) else { return (line, None) };
    let when = str::from_utf8(&line[end + 1..]).unwrap_or_default();
    let mut words = when.split_ascii_whitespace();
    let seconds = words.next().and_then(|word| word.parse().ok());
    let zone: i32 = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
    let offset = (zone / 100 * 60 + zone % 100) * 60;
    (&line[..=end], seconds.map(|seconds| (seconds, offset)))
}

/// A time in RFC 3339; `None` for what no calendar has.
fn date(seconds: i64, offset: i32) -> Option<String> {
    let offset = Offset::from_seconds(offset).unwrap_or(Offset::UTC);
    let time = Timestamp::from_second(seconds).ok()?;
    Some(time.display_with_offset(offset).to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn identities_come_apart() {
        let (who, when) = who_and_when(b"A <B> C <a@b.c> 1700000000 -0130");
        assert_eq!((who, when), (&b"A <B> C <a@b.c>"[..], Some((1_700_000_000, -5400))));
        let (seconds, offset) = when.unwrap();
        assert_eq!(date(seconds, offset).as_deref(), Some("2023-11-14T20:43:20-01:30"));
        assert_eq!(date(0, 0).as_deref(), Some("1970-01-01T00:00:00+00:00"));
        assert_eq!(who_and_when(b"nobody"), (&b"nobody"[..], None));
        assert_eq!(who_and_when(b"<> x y"), (&b"<>"[..], None));
        assert_eq!(date(i64::MAX, 0), None);
        assert_eq!(date(0, i32::MAX).as_deref(), Some("1970-01-01T00:00:00+00:00"));
    }

    #[test]
    fn modes_have_kinds() {
        for (mode, kind) in [
            (0o040_000, EntryKind::Tree),
            (0o160_000, EntryKind::Submodule),
            (0o100_644, EntryKind::Blob),
            (0o120_000, EntryKind::Blob),
            (0, EntryKind::Blob),
        ] {
            assert_eq!(EntryKind::of(mode), kind, "{mode:o}");
        }
    }
}
