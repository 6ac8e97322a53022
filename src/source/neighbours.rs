//! The files beside a private key that may hold its certificate or its public key.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

/// Endings of files that hold certificates or public keys.
const ENDINGS: [&str; 9] = ["asc", "cer", "cert", "crt", "der", "gpg", "pem", "pgp", "pub"];

/// Files without an ending that hold public keys.
const NAMES: [&str; 1] = ["authorized_keys"];

/// Most entries that a folder may have to be looked at.
const MAX_ENTRIES: usize = 10_000;

/// Most files of a folder that are read.
pub(crate) const MAX_FILES: usize = 64;

/// Longest file that is read, in bytes.
const MAX_SIZE: u64 = 64 << 10;

/// The names of such files in a folder, in order: regular files, no links. None where the folder has very many entries.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    // The walk reports what cannot be read of the folder; here it only means that nothing is known.
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names = Vec::new();
    for (count, entry) in entries.flatten().enumerate() {
        if count >= MAX_ENTRIES {
            return Vec::new();
        }
        let Ok(name) = entry.file_name().into_string() else { continue };
        if fits(&name) && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            names.push(name);
        }
    }
    names.sort();
    names
}

fn fits(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)) || NAMES.contains(&name)
}

/// The content of such a file; nothing where it is too long for one, or cannot be read.
pub(crate) fn content(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(MAX_SIZE + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= MAX_SIZE).then_some(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_may_hold_public_keys_are_neighbours() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["server.key", "server.crt", "ID.PUB", "notes.txt", "authorized_keys"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        fs::create_dir(folder.path().join("folder.pem")).unwrap();
        assert_eq!(names(folder.path()), ["ID.PUB", "authorized_keys", "server.crt"]);
        assert_eq!(content(&folder.path().join("server.crt")).unwrap(), b"server.crt");
        fs::write(folder.path().join("long.pem"), vec![b'x'; MAX_SIZE as usize + 1]).unwrap();
        assert_eq!(content(&folder.path().join("long.pem")), None);
        assert!(names(&folder.path().join("absent")).is_empty());
    }
}
