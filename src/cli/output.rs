//! Files that the command line asks for: written beside their place first, so that a reader never finds half of one.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::bail;

/// Who may read a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Its owner: what it holds tells whom to attack.
    Owner,
    /// Whoever may read any other new file.
    Everyone,
    /// Those who could read the file that was there, or everyone.
    AsBefore,
}

/// Checks that the folder of a report is there: nobody wants to learn that after a long scan.
///
/// # Errors
/// When it is not.
pub fn check_folder(path: &Path) -> anyhow::Result<()> {
    let target = target(path);
    match target.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        Some(folder) => {
            bail!("the report `{}` cannot be written: there is no folder `{}`", path.display(), folder.display())
        }
        None => Ok(()),
    }
}

/// Checks that no file is read and then overwritten, under whatever name.
///
/// # Errors
/// When one would be.
pub fn check_inputs<'p>(inputs: impl IntoIterator<Item = &'p PathBuf>, outputs: &[PathBuf]) -> anyhow::Result<()> {
    let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
    let written: Vec<PathBuf> = outputs.iter().map(real).collect();
    match inputs.into_iter().find(|path| written.contains(&real(path))) {
        Some(path) => bail!("`{}` would be read and overwritten", path.display()),
        None => Ok(()),
    }
}

/// Writes a file. Where it is a symbolic link, that stays one, and the file that it names is written.
///
/// # Errors
/// Those of the file.
pub fn write(path: &Path, readers: Readers, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let before = match fs::metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        // A circle of links, a folder that may not be looked at.
        Err(error) => return Err(error),
    };
    // Devices and pipes (`-o /dev/stderr`) have to be written in place.
    if before.as_ref().is_some_and(|metadata| !metadata.is_file()) {
        let mut out = BufWriter::new(File::create(path)?);
        content(&mut out)?;
        return out.flush();
    }
    let target = target(path);
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut out = BufWriter::new(tempfile::NamedTempFile::new_in(folder)?);
    content(&mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    // A temporary file is private to its owner.
    share(file.as_file(), readers, before.as_ref())?;
    file.persist(&target)?;
    Ok(())
}

/// What a path names where it is a symbolic link, which need not be there yet.
fn target(path: &Path) -> PathBuf {
    /// As many as Linux follows.
    const MAX_LINKS: usize = 40;
    let mut target = path.to_owned();
    for _ in 0..MAX_LINKS {
        let Ok(link) = fs::read_link(&target) else { break };
        target = target.parent().map_or_else(|| link.clone(), |folder| folder.join(&link));
    }
    target
}

#[cfg(unix)]
fn share(file: &File, readers: Readers, before: Option<&fs::Metadata>) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = match (readers, before) {
        (Readers::Owner, _) => return Ok(()),
        (Readers::AsBefore, Some(before)) => before.permissions().mode(),
        (Readers::Everyone | Readers::AsBefore, _) => 0o644,
    };
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn share(_: &File, _: Readers, _: Option<&fs::Metadata>) -> io::Result<()> {
    Ok(())
}
