//! Git hooks that call keytrail, put beside what is there and taken away again.
//!
//! A hook that someone else wrote is kept: it gets another name, and keytrail's calls it first. Taking keytrail's away
//! gives it its name back.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Repository;

/// Which hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Asked before a commit is made.
    PreCommit,
    /// Asked before commits are pushed.
    PrePush,
}

impl Kind {
    /// The name of its file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::PreCommit => "pre-commit",
            Kind::PrePush => "pre-push",
        }
    }
}

/// What the name of a hook that was there before gets behind it.
const BEFORE: &str = ".before-keytrail";

/// The line by which a hook of keytrail is recognised.
const MARK: &str = "# keytrail hook 1: written by `keytrail hook install`, taken away by `keytrail hook uninstall`.";

/// Said in a hook whose folder was not there before.
const FOLDER_MADE: &str = "# The folder was made for it.";

/// Larger files are no hooks of keytrail.
const MAX_SCRIPT: u64 = 16 << 10;

/// Why a hook was not touched.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// A file or folder cannot be read or written.
    #[error("`{}` cannot be {what}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// What went wrong.
        source: io::Error,
    },
    /// There is a hook, and its other name is taken.
    #[error(
        "there is a hook `{}`, and one that was set aside before, `{}`; make one of them, or delete one",
        hook.display(), before.display()
    )]
    BothThere {
        /// The hook.
        hook: PathBuf,
        /// The one that was set aside.
        before: PathBuf,
    },
    /// It is keytrail's, and someone changed it.
    #[error("the hook `{}` was changed by hand since keytrail wrote it; take out what should stay, and delete it", .0.display())]
    Changed(PathBuf),
    /// Another program has given keytrail's hook another name and calls it.
    #[error("`{}` is keytrail's hook under another name, called by the hook of another program; take that out first", .0.display())]
    Moved(PathBuf),
    /// The configuration says that there are no hooks.
    #[error(
        "core.hooksPath is empty, and so git runs no hooks here; `git config --show-origin core.hooksPath` says where \
         that is set, and `git config --unset core.hooksPath` takes it out"
    )]
    Off,
}

/// What came of putting a hook in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Installed {
    /// There was none.
    New,
    /// There was one, which is called first now.
    Chained,
    /// There was none, but one that was set aside before, which is called first again.
    Adopted,
    /// It was there already.
    Already,
    /// It was there, and called a program in another place.
    Renewed,
}

/// What came of taking a hook away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// There was none of keytrail.
    Nothing,
    /// It is gone.
    Gone,
    /// It is gone, and the one before it is back.
    Restored,
}

/// The folder in which git looks for the hooks of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hooks {
    folder: PathBuf,
    configured: bool,
}

impl Hooks {
    /// That of a repository: what `core.hooksPath` says, or `hooks` in the folder that all its worktrees share. Git
    /// itself is asked, which alone knows every way to set that, and where there is no git, its configuration files.
    ///
    /// # Errors
    /// When the configuration says that there are no hooks.
    pub fn of(repository: &Repository) -> Result<Self, HookError> {
        let repository = repository.git();
        // Git starts hooks at the top of the work tree, and takes the path from there.
        let base = repository.workdir().unwrap_or_else(|| repository.path());
        let by_files = || repository.config().and_then(|config| config.get_path("core.hooksPath")).ok();
        match said_by_git(repository, base).unwrap_or_else(by_files) {
            None => Ok(Hooks { folder: repository.commondir().join("hooks"), configured: false }),
            Some(path) if path.as_os_str().is_empty() => Err(HookError::Off),
            Some(path) => Ok(Hooks { folder: base.join(path), configured: true }),
        }
    }

    /// Where it lies.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether `core.hooksPath` names it, and so other repositories may use it too.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        self.configured
    }

    /// The file of a hook.
    #[must_use]
    pub fn path(&self, kind: Kind) -> PathBuf {
        self.folder.join(kind.as_str())
    }

    /// The file of the hook that was there before keytrail's.
    #[must_use]
    pub fn before(&self, kind: Kind) -> PathBuf {
        self.folder.join(format!("{}{BEFORE}", kind.as_str()))
    }

    /// Puts a hook in place that calls `program`.
    ///
    /// # Errors
    /// When files cannot be written, or what is there cannot be kept.
    pub fn install(&self, kind: Kind, program: &Path) -> Result<Installed, HookError> {
        let (hook, before) = (self.path(kind), self.before(kind));
        // Whichever of the two goes last takes the folder along.
        let by_the_other = || -> Result<bool, HookError> {
            let others = [Kind::PreCommit, Kind::PrePush].into_iter().filter(|other| *other != kind);
            let mut scripts = others.map(|other| script_of(&self.path(other)));
            scripts.try_fold(false, |made, script| Ok(made || script?.is_some_and(|text| text.contains(FOLDER_MADE))))
        };
        let made = !self.folder.exists() || by_the_other()?;
        let outcome = match self.state(kind)? {
            State::Own { changed: true, .. } => return Err(HookError::Changed(hook)),
            State::Own { script, .. } => {
                let made = script.contains(FOLDER_MADE);
                if script == render(kind, program, made) {
                    return Ok(Installed::Already);
                }
                write(&hook, &render(kind, program, made))?;
                return Ok(Installed::Renewed);
            }
            State::None if exists(&before) => Installed::Adopted,
            State::None => Installed::New,
            State::Other => Installed::Chained,
        };
        if outcome == Installed::Chained {
            if exists(&before) {
                return Err(HookError::BothThere { hook, before });
            }
            fs::rename(&hook, &before).map_err(|source| failed(&hook, "renamed", source))?;
        }
        fs::create_dir_all(&self.folder).map_err(|source| failed(&self.folder, "made", source))?;
        let written = write(&hook, &render(kind, program, made));
        if let (Err(_), Installed::Chained) = (&written, outcome) {
            // Better the old hook alone than none.
            let _ = fs::rename(&before, &hook);
        }
        written.map(|()| outcome)
    }

    /// Takes a hook away and puts the one before it back.
    ///
    /// # Errors
    /// When files cannot be written, or the hook is not as keytrail wrote it.
    pub fn uninstall(&self, kind: Kind) -> Result<Removed, HookError> {
        let (hook, before) = (self.path(kind), self.before(kind));
        let State::Own { script, changed } = self.state(kind)? else {
            // What the framework pre-commit calls a hook that it found.
            let moved = self.folder.join(format!("{}.legacy", kind.as_str()));
            return if script_of(&moved)?.is_some() { Err(HookError::Moved(moved)) } else { Ok(Removed::Nothing) };
        };
        if changed {
            return Err(HookError::Changed(hook));
        }
        if exists(&before) {
            fs::rename(&before, &hook).map_err(|source| failed(&before, "renamed", source))?;
            return Ok(Removed::Restored);
        }
        fs::remove_file(&hook).map_err(|source| failed(&hook, "deleted", source))?;
        if script.contains(FOLDER_MADE) {
            // Whatever else is in it by now keeps it.
            let _ = fs::remove_dir(&self.folder);
        }
        Ok(Removed::Gone)
    }

    fn state(&self, kind: Kind) -> Result<State, HookError> {
        let path = self.path(kind);
        if !exists(&path) {
            return Ok(State::None);
        }
        let Some(script) = script_of(&path)? else { return Ok(State::Other) };
        let changed = !is_as_written(kind, &script);
        Ok(State::Own { script, changed })
    }
}

/// What git says of `core.hooksPath`: the folder, or nothing where it is not set. Nothing at all where there is no git
/// that answers.
fn said_by_git(repository: &git2::Repository, base: &Path) -> Option<Option<PathBuf>> {
    let ask = |words: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(base).arg("--git-dir").arg(repository.path()).args(words);
        let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
        let said = String::from_utf8(output.stdout).ok()?;
        Some((output.status.code()?, said.trim_end_matches(['\r', '\n']).to_owned()))
    };
    match ask(&["config", "--type=path", "--get", "core.hooksPath"])? {
        (0, path) => Some(Some(path.into())),
        (1, _) => Some(None),
        _ => None,
    }
}

enum State {
    None,
    Own { script: String, changed: bool },
    Other,
}

fn failed(path: &Path, what: &'static str, source: io::Error) -> HookError {
    HookError::Io { path: path.to_owned(), what, source }
}

/// Whether there is anything of that name, a broken link included.
fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// The text of a hook of keytrail; `None` for what is none.
fn script_of(path: &Path) -> Result<Option<String>, HookError> {
    if !exists(path) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    match fs::File::open(path).and_then(|file| file.take(MAX_SCRIPT).read_to_end(&mut bytes)) {
        Ok(_) => {}
        // A link to nothing, or a folder.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::IsADirectory) => return Ok(None),
        Err(source) => return Err(failed(path, "read", source)),
    }
    let script = String::from_utf8(bytes).ok();
    Ok(script.filter(|script| script.lines().any(|line| line == MARK)))
}

fn is_as_written(kind: Kind, script: &str) -> bool {
    let line = script.lines().find_map(|line| line.strip_prefix("keytrail="));
    let Some(program) = line.and_then(unquoted) else { return false };
    script == render(kind, Path::new(&program), script.contains(FOLDER_MADE))
}

/// A word in single quotes, as the shell reads it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn unquoted(word: &str) -> Option<String> {
    Some(word.strip_prefix('\'')?.strip_suffix('\'')?.replace("'\\''", "'"))
}

fn render(kind: Kind, program: &Path, folder_made: bool) -> String {
    let name = kind.as_str();
    let made = if folder_made { format!("{FOLDER_MADE}\n") } else { String::new() };
    let program = program.to_string_lossy();
    let program = quoted(&if cfg!(windows) { program.replace('\\', "/") } else { program.into_owned() });
    let command = match kind {
        Kind::PreCommit => "commit",
        Kind::PrePush => "push",
    };
    // What git says on standard input has to reach both.
    let (read, pipe) = match kind {
        Kind::PreCommit => ("", ""),
        Kind::PrePush => ("updates=$(cat)\n", "printf '%s' \"${updates:+$updates\n}\" | "),
    };
    let exec = if pipe.is_empty() { "exec " } else { pipe };
    format!(
        "#!/bin/sh\n\
         {MARK}\n\
         {made}\
         # The hook that was here before is beside it, if there was one, and is called first.\n\
         before=$(dirname \"$0\")/{name}{BEFORE}\n\
         keytrail={program}\n\
         {read}\
         if [ -x \"$before\" ]; then\n    {pipe}\"$before\" \"$@\" || exit $?\nfi\n\
         command -v \"$keytrail\" > /dev/null 2>&1 || keytrail=keytrail\n\
         if ! command -v \"$keytrail\" > /dev/null 2>&1; then\n    \
         away=\"rm '$0'\"\n    \
         if [ -e \"$before\" ] || [ -L \"$before\" ]; then away=\"mv '$before' '$0'\"; fi\n    \
         echo \"keytrail is not installed any more; take its hook away: $away\" >&2\n    \
         echo \"To {command} without it, once: git {command} --no-verify\" >&2\n    \
         exit 2\nfi\n\
         {exec}\"$keytrail\" hook {name} \"$@\"\n"
    )
}

/// Writes a program, beside its place first, so that git never finds half of one.
fn write(path: &Path, script: &str) -> Result<(), HookError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let error = |source| failed(path, "written", source);
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(error)?;
    file.write_all(script.as_bytes()).map_err(error)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o755)).map_err(error)?;
    }
    file.persist(path).map_err(|failure| error(failure.error))?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn programs_with_any_name_are_recognised_again() {
        for kind in [Kind::PreCommit, Kind::PrePush] {
            for program in ["/usr/bin/keytrail", "/a b/it's/keytrail", "''", "$(x)`y`\"z"] {
                for made in [false, true] {
                    let script = render(kind, Path::new(program), made);
                    assert!(is_as_written(kind, &script), "{script}");
                    assert!(!is_as_written(kind, &(script.clone() + "echo more\n")));
                    assert!(!is_as_written(kind, &script.replace("exit 2", "exit 0")));
                }
            }
        }
    }
}
