//! A scan: streams of bytes go through detection and come out as places of secrets, then as a report.
//!
//! Large streams are read in overlapping windows, so that memory depends on the number of threads and not on the size
//! of files. A window owns the matches that start in its middle part; the parts of two windows meet, and the overlap on
//! either side is longer than any match with all that decides about it. So the outcome is that of scanning the whole.

mod beside;
mod buffer;
pub mod changes;
mod collect;
pub mod comments;
mod containers;
mod counterpart;
mod documents;
mod explain;
mod hide;
pub mod history;
mod known;
mod matches;
mod member;
pub mod parallel;
mod parts;
mod place;
pub(crate) mod project;
mod shown;
mod stream;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod windows;

use std::fs::File;
use std::io::{self, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::SpooledTempFile;

pub use collect::{Collector, finding_of};
use counterpart::Folders;
pub use explain::Explained;
use hide::{Hide, secrets_of};
pub(crate) use member::Found;

pub use self::buffer::Buffer;
use self::containers::Behind;
use crate::detect::context::{self, PathSays};
use crate::detect::wanted::Wanted;
use crate::detect::{Detector, MAX_MATCH, Match};
use crate::finding::{Artifact, Confidence, Location, Part, Verification};
use crate::report::{Notice, NoticeKind};
use crate::secret::{FingerprintKey, Secret};
use crate::source::container;

/// Bytes of a stream in memory at once, per thread.
pub const WINDOW: usize = 8 << 20;
/// Bytes that neighbouring windows share. Half of it is more than the longest match and all that decides about it.
pub const OVERLAP: usize = 256 << 10;
const _: () = assert!(OVERLAP / 2 > MAX_MATCH + context::REACH_BEFORE + context::REACH_AFTER + (4 << 10));

/// How to scan.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Files above this many bytes are skipped, with a notice.
    pub max_file_size: Option<u64>,
    /// How far containers are unpacked.
    pub limits: container::Limits,
    /// Window size in bytes; [`WINDOW`] unless a test wants smaller ones.
    pub window: Option<usize>,
    /// The folder that the names of blobs are relative to; the current one unless another was given.
    pub folder: Option<PathBuf>,
}

/// What speaks for a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Its own form, or that of what stands around it.
    Itself,
    /// No more than a name and randomness: less in a test or a manual.
    Name,
    /// A name that says it is a password, and a form that passwords have and samples in manuals hardly ever: less in a
    /// test.
    Form,
}

/// One place of a secret, as found in one blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the rule.
    pub rule: u16,
    /// Index of the rule by which it was found, whatever the file is called: another one where its path told more.
    pub detected: u16,
    /// The key.
    pub secret: Secret,
    /// How sure this is.
    pub confidence: Confidence,
    /// What speaks for it.
    pub ground: Ground,
    /// What an offline check said.
    pub verification: Option<Verification>,
    /// Remarks.
    pub notes: Vec<String>,
    /// Parts of the same credential beside it.
    pub parts: Vec<Part>,
    /// Where.
    pub location: Location,
}

/// What came out of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// Places of secrets, members of containers in their order.
    pub places: Vec<Place>,
    /// What was skipped or could not be read.
    pub notices: Vec<Notice>,
    /// Files read: 0 or 1.
    pub files: u64,
    /// Members of containers read.
    pub members: u64,
    /// Bytes scanned.
    pub bytes: u64,
    /// Comments of keytrail that allow none of the places.
    pub unused: Vec<comments::Unused>,
}

/// Scans blobs. Made once and shared by all threads.
pub struct Engine {
    detector: Detector,
    /// The keys that alone are looked for; all that the detector finds where there are none.
    wanted: Option<Wanted>,
    /// Keys that are looked for besides all that the detector finds.
    also: Option<Wanted>,
    /// One for all rules, where some are switched off: built when something is shown. What nobody asked for stays
    /// secret.
    complete: OnceLock<Option<Detector>>,
    /// What is beside private keys.
    folders: Folders,
    key: FingerprintKey,
    options: Options,
}

impl Engine {
    /// A scanner.
    #[must_use]
    pub fn new(detector: Detector, key: FingerprintKey, options: Options) -> Self {
        Engine {
            detector,
            wanted: None,
            also: None,
            complete: OnceLock::new(),
            folders: Folders::default(),
            key,
            options,
        }
    }

    /// A scanner that finds the places of certain keys and nothing else. `detector` is one for the same rules as that
    /// of [`Wanted::new`].
    #[must_use]
    pub fn locating(detector: Detector, wanted: Wanted, key: FingerprintKey, options: Options) -> Self {
        Engine { wanted: Some(wanted), ..Engine::new(detector, key, options) }
    }

    /// The same scanner, which also finds these keys wherever rules do not see them: without a name, or encoded. Only
    /// keys that are known themselves are looked for, not those of which there is a digest or a mask.
    #[must_use]
    pub fn also_locating(self, wanted: Wanted) -> Self {
        Engine { also: Some(wanted), ..self }
    }

    /// What was detected in a text, with the keys that are looked for besides and stand where nothing was detected.
    fn with_known(&self, mut found: Vec<Match>, text: &[u8]) -> Vec<Match> {
        let Some(also) = &self.also else { return found };
        let mut known = also.known(text);
        known.retain(|known| {
            !found.iter().any(|found| found.span.start < known.span.end && known.span.start < found.span.end)
        });
        if !known.is_empty() {
            found.append(&mut known);
            found.sort_by_key(|found| (found.span.start, found.span.end));
        }
        found
    }

    /// The keys that alone are looked for, where there are such.
    #[must_use]
    pub fn wanted(&self) -> Option<&Wanted> {
        self.wanted.as_ref()
    }

    /// What is looked for and stands in a text, in the order of its place. `binary` says that it is no text.
    #[must_use]
    pub fn find(&self, text: &[u8], binary: bool) -> Vec<Match> {
        self.find_with_comments(text, binary).0
    }

    /// [`find`](Self::find), and whether keytrail's own comments stand in the text, where they mean anything.
    fn find_with_comments(&self, text: &[u8], binary: bool) -> (Vec<Match>, bool) {
        match &self.wanted {
            Some(wanted) => (wanted.find(&self.detector, text, binary), false),
            None => {
                let (found, commented) = self.detector.detect_with_comments(text, binary);
                (self.with_known(found, text), commented)
            }
        }
    }

    /// The detector.
    #[must_use]
    pub fn detector(&self) -> &Detector {
        &self.detector
    }

    /// The key of fingerprints.
    #[must_use]
    pub fn key(&self) -> &FingerprintKey {
        &self.key
    }

    /// Scans a file and, if it is a container, its members. Whatever goes wrong is in the notices. `roots` are the paths
    /// under which files were listed. `buffer` is kept by the caller from one file to the next.
    pub fn file(&self, path: &Path, artifact: &Artifact, roots: &[PathBuf], buffer: &mut Buffer) -> Scanned {
        let shown = self.named(artifact);
        let mut scanned = Scanned { places: self.in_name(artifact, &shown), ..Scanned::default() };
        let artifact = &shown;
        // A defect here or in a decoder must not lose the rest of the scan.
        let result = catch_unwind(AssertUnwindSafe(|| {
            let read = self.open(path, artifact, buffer, &mut scanned);
            self.folders.tell(path, &mut scanned.places, &|name| self.without_keys(name));
            read
        }));
        match result {
            Ok(Ok(())) => {}
            Ok(Err(error)) => scanned.notices.push(unreadable(artifact, &error)),
            Err(_) => scanned.notices.push(internal(artifact)),
        }
        Self::weigh(&mut scanned.places, &|| project::path(path, roots));
        scanned
    }

    fn open(&self, path: &Path, artifact: &Artifact, buffer: &mut Buffer, out: &mut Scanned) -> io::Result<()> {
        let mut file = File::open(path)?;
        if let Some(max) = self.options.max_file_size {
            let len = file.metadata()?.len();
            if len > max {
                out.notices.push(Notice {
                    artifact: Some(artifact.clone()),
                    kind: NoticeKind::Skipped,
                    message: format!("its {len} bytes are more than --max-file-size allows ({max})"),
                    help: None,
                });
                return Ok(());
            }
        }
        out.files += 1;
        self.content(artifact, &mut file, buffer, out)
    }

    /// Scans a blob that is in memory, just as a file with these bytes; containers are unpacked. Whatever goes wrong is
    /// in the notices.
    pub fn blob(&self, bytes: &[u8], artifact: &Artifact, buffer: &mut Buffer) -> Scanned {
        let mut scanned = self.unplaced(bytes, artifact, buffer);
        Self::weigh(&mut scanned.places, &|| self.in_project(artifact));
        scanned
    }

    /// [`blob`](Self::blob) for one of which it is not known yet where it stands.
    fn unplaced(&self, bytes: &[u8], artifact: &Artifact, buffer: &mut Buffer) -> Scanned {
        let mut scanned = Scanned { files: 1, ..Scanned::default() };
        let artifact = &self.named(artifact);
        let result = catch_unwind(AssertUnwindSafe(|| {
            self.content(artifact, &mut io::Cursor::new(bytes), buffer, &mut scanned)
        }));
        match result {
            Ok(Ok(())) => {}
            Ok(Err(error)) => scanned.notices.push(unreadable(artifact, &error)),
            Err(_) => scanned.notices.push(internal(artifact)),
        }
        scanned
    }

    /// The path of a blob in its project, by the name that reports give it.
    fn in_project(&self, artifact: &Artifact) -> Option<String> {
        // Git's own objects have no place among the files.
        let of_git = artifact.path.starts_with(".git/");
        let folder = self.options.folder.as_deref().unwrap_or(Path::new(""));
        if of_git { None } else { project::path(&folder.join(&artifact.path), &[]) }
    }

    /// Lowers the confidence of what only a name told and whose path is that of a test or a manual. `path` tells where its
    /// file stands in its project, whatever reports call it.
    fn weigh(places: &mut [Place], path: &dyn Fn() -> Option<String>) {
        let mut known = None;
        let doubtful = |place: &&mut Place| place.ground != Ground::Itself && place.confidence == Confidence::Medium;
        for place in places.iter_mut().filter(doubtful) {
            let artifact = &place.location.artifact;
            let path = known.get_or_insert_with(|| path().unwrap_or_else(|| artifact.path.clone()));
            let within = Artifact { path: path.clone(), members: artifact.members.clone() };
            place.confidence = match context::path_says(&within.to_string()) {
                PathSays::Nothing => place.confidence,
                PathSays::Manual if place.ground == Ground::Form => place.confidence,
                PathSays::Manual | PathSays::Test => Confidence::Low,
            };
        }
    }

    /// Scans a stream that is one blob, such as standard input; containers in it are unpacked.
    ///
    /// # Errors
    /// When reading fails; what was read until then has been scanned.
    pub fn input(&self, artifact: &Artifact, input: &mut dyn Read, out: &mut Scanned) -> io::Result<()> {
        let before = out.places.len();
        let read = self.bounded(&self.named(artifact), input, out);
        Self::weigh(&mut out.places[before..], &|| None);
        read
    }

    /// Scans a stream unless it is longer than files may be.
    fn bounded(&self, artifact: &Artifact, input: &mut dyn Read, out: &mut Scanned) -> io::Result<()> {
        let Some(max) = self.options.max_file_size else { return self.unbounded(artifact, input, out) };
        // How much it is shows only when it has been read, and then it may have to be left out.
        let mut held = SpooledTempFile::new(self.window());
        let size = io::copy(&mut input.take(max.saturating_add(1)), &mut held)?;
        if size > max {
            out.notices.push(Notice {
                artifact: Some(artifact.clone()),
                kind: NoticeKind::Skipped,
                message: format!("its bytes are more than --max-file-size allows ({max})"),
                help: None,
            });
            return Ok(());
        }
        held.rewind()?;
        self.unbounded(artifact, &mut held, out)
    }

    /// Scans a stream however long it is.
    fn unbounded(&self, artifact: &Artifact, input: &mut dyn Read, out: &mut Scanned) -> io::Result<()> {
        let mut buffer = Buffer::default();
        buffer.reset(self.window());
        buffer.fill(input)?;
        out.files += 1;
        if let Some(kind) = self.container_kind(buffer.bytes()) {
            // Unpacking needs to seek, so the input goes into a file that has no name.
            let mut file = tempfile::tempfile()?;
            io::Write::write_all(&mut file, buffer.bytes())?;
            io::copy(input, &mut file)?;
            file.rewind()?;
            return self.container(kind, artifact, container::Start::OF_FILE, &mut file, &mut buffer, out);
        }
        if buffer.len < self.window() && container::may_be_stub(buffer.bytes()) {
            let all = buffer.bytes().to_vec();
            return self.content(artifact, &mut io::Cursor::new(all), &mut buffer, out);
        }
        self.stream(artifact, input, &mut buffer, out)
    }

    /// Scans content that is at hand, such as an object of a repository, and its members if it is a container.
    ///
    /// # Errors
    /// When reading fails; what was read until then has been scanned.
    fn content(
        &self,
        artifact: &Artifact,
        content: &mut (impl Read + Seek),
        buffer: &mut Buffer,
        out: &mut Scanned,
    ) -> io::Result<()> {
        buffer.reset(self.window());
        buffer.fill(content)?;
        if let Some(kind) = self.container_kind(buffer.bytes()) {
            content.rewind()?;
            return self.container(kind, artifact, container::Start::OF_FILE, content, buffer, out);
        }
        if let Some((kind, at)) = self.behind_stub(content, buffer)? {
            let start = container::Start::behind(&buffer.bytes()[..at]);
            if at > 0 {
                // What unpacks it is a script.
                buffer.len = at;
                self.stream(artifact, &mut io::empty(), buffer, out)?;
            }
            let mut behind = Behind { inner: content, at: start.at };
            behind.rewind()?;
            return self.container(kind, artifact, start, &mut behind, buffer, out);
        }
        self.stream(artifact, content, buffer, out)
    }
}

fn unreadable(artifact: &Artifact, error: &io::Error) -> Notice {
    Notice {
        artifact: Some(artifact.clone()),
        kind: NoticeKind::Unreadable,
        message: error.to_string(),
        help: (error.kind() == io::ErrorKind::PermissionDenied)
            .then(|| "run as a user who may read it, or leave it out".to_owned()),
    }
}

fn internal(artifact: &Artifact) -> Notice {
    Notice {
        artifact: Some(artifact.clone()),
        kind: NoticeKind::Internal,
        message: "keytrail failed on it; the rest was scanned".to_owned(),
        help: Some("please report this as a defect, with the kind of file it is".to_owned()),
    }
}
