//! A scan: streams of bytes go through detection and come out as places of secrets, then as a report.
//!
//! Large streams are read in overlapping windows, so that memory depends on the number of threads and not on the size
//! of files. A window owns the matches that start in its middle part; the parts of two windows meet, and the overlap on
//! either side is longer than any match with all that decides about it. So the outcome is that of scanning the whole.

pub mod changes;
mod collect;
pub mod comments;
mod explain;
mod hide;
pub mod history;
mod known;
mod member;
pub mod parallel;
mod parts;
mod place;
pub(crate) mod project;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod windows;

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tempfile::SpooledTempFile;

pub use collect::{Collector, finding_of};
pub use explain::Explained;
use hide::{Hide, secrets_of};
use known::Known;
pub(crate) use member::Found;
use parts::Role;
use place::{Cursor, Lines};

use crate::detect::context::PathSays;
use crate::detect::decode::{self, TextKind};
use crate::detect::wanted::Wanted;
use crate::detect::{Afar, Decoded, Detector, MAX_MATCH, Match, Named, allow, chosen, context};
use crate::finding::{Allowance, Artifact, Confidence, Location, Part, Position, Region, Verification};
use crate::report::{Notice, NoticeKind};
use crate::secret::{FingerprintKey, Redacted, Secret, redact};
use crate::source::{container, document};

/// Bytes of a stream in memory at once, per thread.
pub const WINDOW: usize = 8 << 20;
/// Bytes that neighbouring windows share. Half of it is more than the longest match and all that decides about it.
pub const OVERLAP: usize = 256 << 10;
const _: () = assert!(OVERLAP / 2 > MAX_MATCH + context::REACH_BEFORE + context::REACH_AFTER + (4 << 10));

/// Bytes on either side of a snippet that may belong to a key which it shows a part of, or decide about one.
const BESIDE: usize = 4 << 10;

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

/// The bytes of a stream that are in memory: room for a window, of which the first `len` bytes are filled. Kept from one
/// file to the next, so that nothing is allocated or cleared for each.
#[derive(Debug, Default)]
pub struct Buffer {
    room: Vec<u8>,
    len: usize,
}

impl Buffer {
    /// The bytes.
    fn bytes(&self) -> &[u8] {
        &self.room[..self.len]
    }

    /// Forgets everything and makes room for a window.
    fn reset(&mut self, window: usize) {
        // Fresh zeroed memory costs nothing until it is touched.
        if self.room.len() != window {
            self.room = vec![0; window];
        }
        self.len = 0;
    }

    /// Reads until the room is full or the stream ends.
    fn fill(&mut self, input: &mut dyn Read) -> io::Result<()> {
        while self.len < self.room.len() {
            match input.read(&mut self.room[self.len..]) {
                Ok(0) => break,
                Ok(n) => self.len += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Drops the first `n` bytes.
    fn advance(&mut self, n: usize) {
        self.room.copy_within(n..self.len, 0);
        self.len -= n;
    }
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
    key: FingerprintKey,
    options: Options,
}

/// Bytes behind a value that may belong to it, at most.
const MORE: usize = 64;

/// Whether a byte ends no value in any language or form of settings.
fn is_of_value(b: u8) -> bool {
    b.is_ascii_graphic() && !b"\"'`<>;,)]}|\\&".contains(&b)
}

impl Engine {
    /// A scanner.
    #[must_use]
    pub fn new(detector: Detector, key: FingerprintKey, options: Options) -> Self {
        Engine { detector, wanted: None, also: None, complete: OnceLock::new(), key, options }
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

    /// What becomes of matches; see [`parts`].
    fn roles(&self, matches: &[Match]) -> Vec<Role> {
        match &self.wanted {
            // Who looks for the id of a credential wants to see it alone, too.
            Some(_) => vec![Role::Reported(Vec::new()); matches.len()],
            None => parts::group(matches, self.detector.ruleset()),
        }
    }

    /// The detector for all rules, where some are switched off.
    fn complete(&self) -> Option<&Detector> {
        let rules = self.detector.ruleset();
        self.complete.get_or_init(|| rules.complete().map(|rules| Detector::new(Arc::new(rules)))).as_ref()
    }

    /// What nobody looks for and is a key nevertheless: other keys stay secret beside the one that is looked for.
    /// Where rules are switched off, only what reports show of a text beside `found` is looked at, or all of it where
    /// nothing is given.
    fn others(&self, text: &[u8], binary: bool, found: Option<&[Match]>) -> Vec<Match> {
        let Some(complete) = self.complete() else {
            return if self.wanted.is_some() { self.detector.detect(text, binary) } else { Vec::new() };
        };
        let Some(found) = found.filter(|_| self.wanted.is_none()) else { return complete.detect(text, binary) };
        let reach = place::SNIPPET_SIDE + BESIDE;
        let around = |found: &Match| found.span.start.saturating_sub(reach)..(found.span.end + reach).min(text.len());
        let mut others = Vec::new();
        for piece in place::joined(found.iter().map(around).collect()) {
            for mut other in complete.detect(&text[piece.clone()], binary) {
                other.span = other.span.start + piece.start..other.span.end + piece.start;
                other.whole = other.whole.start + piece.start..other.whole.end + piece.start;
                others.push(other);
            }
        }
        others
    }

    /// What of a text no report may show; `found` is what was found in it, and `others` what is a key besides.
    fn hidden<'t>(&self, text: &'t [u8], found: &'t [Match], others: &'t [Match]) -> Hidden<'t> {
        let rules = self.detector.ruleset();
        let secret = |found: &&Match| rules.rule(found.rule).secret;
        let asked = |found: &&Match| self.wanted.is_some() || secret(found);
        let all = || others.iter().filter(secret).chain(found.iter().filter(asked));
        // What a form holds besides the key says something about it.
        let is_form = |found: &Match| rules.rule(found.rule).verify.is_none_or(|family| family.opened.is_none());
        let hidden = |found: &Match| match &found.decoded {
            Some(_) if is_form(found) => found.whole.start.min(found.span.start)..found.whole.end.max(found.span.end),
            // What goes on behind a value that only a name told may be more of it.
            _ if rules.rule(found.rule).detector.is_some() => {
                let more = text[found.span.end..].iter().take(MORE).take_while(|&&b| is_of_value(b)).count();
                found.span.start..found.span.end + more
            }
            _ => found.span.clone(),
        };
        let decoded = all().filter_map(|found| found.decoded.as_ref().map(|decoded| decoded.value.expose()));
        let known = Known::new(all().map(|found| &text[found.span.clone()]).chain(decoded));
        Hidden { spans: place::joined(all().map(hidden).collect()), known }
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
        let result = catch_unwind(AssertUnwindSafe(|| self.open(path, artifact, buffer, &mut scanned)));
        match result {
            Ok(Ok(())) => {}
            Ok(Err(error)) => scanned.notices.push(unreadable(artifact, &error)),
            Err(_) => scanned.notices.push(internal(artifact)),
        }
        Self::weigh(&mut scanned.places, &|| project::path(path, roots));
        scanned
    }

    /// How reports call something: its names with every key in them redacted.
    ///
    /// Files named after the key in them are common enough (`AuthKey_….p8`, notes, backups by script), and a report
    /// must not show by its paths what it hides in its lines. Only kinds with a literal of their own are looked for;
    /// whether a random word in a path is a secret cannot be told.
    #[must_use]
    pub fn named(&self, artifact: &Artifact) -> Artifact {
        Artifact {
            path: self.without_keys(&artifact.path),
            members: artifact.members.iter().map(|member| self.without_keys(member)).collect(),
        }
    }

    /// Whether a name of a file or folder holds a key that is looked for.
    pub(crate) fn has_key_in_name(&self, name: &[u8]) -> bool {
        !self.find(name, true).is_empty()
    }

    /// The keys in the name of a file or member, which reports call `shown`: a key is no less leaked by a name. Their
    /// places are no bytes of the content, and are given as empty ones at its start.
    pub(crate) fn in_name(&self, artifact: &Artifact, shown: &Artifact) -> Vec<Place> {
        if artifact == shown {
            return Vec::new();
        }
        self.beside(shown, artifact.innermost().as_bytes(), true, "file name")
    }

    /// The keys in a text that stands beside the content of a file or member: its name, or a comment on it.
    fn beside(&self, shown: &Artifact, name: &[u8], literals_only: bool, what: &str) -> Vec<Place> {
        let rules = self.detector.ruleset();
        let mut keys = self.find(name, literals_only);
        keys.retain(|key| self.wanted.is_some() || rules.rule(key.rule).secret);
        if keys.is_empty() {
            return Vec::new();
        }
        let others = self.others(name, literals_only, None);
        let places = keys.clone();
        let hidden = self.hidden(name, &keys, &others);
        let start = Position { line: 1, column: 1 };
        let place = |key: Match| {
            let snippet = place::snippet(name, &key.span, &hidden.spans, &hidden.known, 1, &mut Lines::default());
            let form = key.decoded.as_ref().and_then(|decoded| decoded.form.as_deref());
            let part = joined(Some(what.to_owned()), form);
            Place {
                rule: key.rule,
                detected: key.rule,
                secret: Secret::new(key.value(name).to_vec()),
                confidence: key.confidence,
                ground: Ground::Itself,
                verification: key.verification,
                notes: key.notes.into_iter().map(Cow::into_owned).collect(),
                parts: Vec::new(),
                location: Location {
                    artifact: shown.clone(),
                    region: Region { start, end: start, byte_offset: 0, byte_length: 0 },
                    line_hash: self.key.digest("line", snippet.text.trim().as_bytes()).to_string(),
                    snippet,
                    part,
                    history: None,
                    allowed: None,
                },
            }
        };
        let alone = |key: &Match| self.wanted.is_some() || rules.rule(key.rule).alone;
        places.into_iter().filter(alone).map(place).collect()
    }

    /// A notice whose names and message show no key; see [`named`](Self::named).
    #[must_use]
    pub fn noticed(&self, notice: Notice) -> Notice {
        Notice {
            artifact: notice.artifact.as_ref().map(|artifact| self.named(artifact)),
            message: self.without_keys(&notice.message),
            ..notice
        }
    }

    /// A text that reports show beside findings, such as the subject of a commit, with every key in it redacted.
    #[must_use]
    pub fn redacted(&self, text: &str) -> String {
        self.without(text, false)
    }

    /// The reason of a comment with every key in it redacted. Its terms are read later, and the fingerprint that one
    /// may have in it has the form of a key and is none.
    fn reason(&self, mut reason: &str) -> String {
        const TERM: &str = "fingerprint=";
        let mut shown = String::new();
        while let Some(at) = reason.find(TERM).map(|at| at + TERM.len()) {
            let is_part = |c: char| c.is_ascii_hexdigit() || c == ':';
            let length = reason[at..].find(|c| !is_part(c)).unwrap_or(reason.len() - at);
            let (before, behind) = reason.split_at(at);
            let (print, behind) = behind.split_at(length);
            shown.push_str(&self.redacted(before));
            shown.push_str(print);
            reason = behind;
        }
        shown + &self.redacted(reason)
    }

    fn without_keys(&self, name: &str) -> String {
        self.without(name, true)
    }

    fn without(&self, name: &str, literals_only: bool) -> String {
        let found = self.find(name.as_bytes(), literals_only);
        let others = self.others(name.as_bytes(), literals_only, None);
        if found.is_empty() && others.is_empty() {
            return name.to_owned();
        }
        let keys = self.hidden(name.as_bytes(), &found, &others).spans;
        let mut shown = String::with_capacity(name.len());
        let mut at = 0;
        for span in keys {
            shown.push_str(&String::from_utf8_lossy(&name.as_bytes()[at..span.start]));
            shown.push_str(&redact(&name.as_bytes()[span.clone()]));
            at = span.end;
        }
        shown.push_str(&String::from_utf8_lossy(&name.as_bytes()[at..]));
        shown
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

    /// The container behind a script or program that unpacks it, and where it begins; `buffer` holds the first window,
    /// and `content` is at its end, which it is afterwards as well where there is none.
    fn behind_stub(
        &self,
        content: &mut (impl Read + Seek),
        buffer: &Buffer,
    ) -> io::Result<Option<(container::Kind, usize)>> {
        let head = buffer.bytes();
        if self.options.limits.max_depth == 0 || !container::may_be_stub(head) {
            return Ok(None);
        }
        if head.len() < self.window() {
            return Ok(container::behind_stub(head, &head[head.len().saturating_sub(container::TAIL_BYTES)..]));
        }
        let mut tail = Vec::new();
        let end = content.seek(io::SeekFrom::End(0))?;
        content.seek(io::SeekFrom::Start(end.saturating_sub(container::TAIL_BYTES as u64)))?;
        content.take(container::TAIL_BYTES as u64).read_to_end(&mut tail)?;
        content.seek(io::SeekFrom::Start(head.len() as u64))?;
        Ok(container::behind_stub(head, &tail))
    }

    fn container(
        &self,
        kind: container::Kind,
        artifact: &Artifact,
        start: container::Start,
        file: &mut (impl Read + Seek),
        buffer: &mut Buffer,
        out: &mut Scanned,
    ) -> io::Result<()> {
        let mut members = Members { scanner: self, buffer, out };
        container::walk(kind, artifact, start, file, &self.options.limits, &mut members);
        Ok(())
    }

    /// What kind of container begins like this; a depth limit of 0 means that none is one.
    fn container_kind(&self, head: &[u8]) -> Option<container::Kind> {
        (self.options.limits.max_depth > 0).then(|| container::recognise(head)).flatten()
    }

    /// Whether a script or program unpacks what stands behind it.
    fn is_behind_stub(&self, bytes: &[u8]) -> bool {
        self.container_behind_stub(bytes).is_some()
    }

    /// The container that a script or program unpacks, all of which is in memory, and where it begins.
    fn container_behind_stub(&self, bytes: &[u8]) -> Option<(container::Kind, usize)> {
        let tail = &bytes[bytes.len().saturating_sub(container::TAIL_BYTES)..];
        (self.options.limits.max_depth > 0).then(|| container::behind_stub(bytes, tail)).flatten()
    }

    /// What kind of document a blob is whose parts are scanned: they nest as containers do.
    fn document_kind(&self, bytes: &[u8], artifact: &Artifact) -> Option<document::Kind> {
        let fits = artifact.members.len() < self.options.limits.max_depth as usize;
        (fits && bytes.len() <= document::MAX_SIZE).then(|| document::recognise(bytes)).flatten()
    }

    fn window(&self) -> usize {
        // Even, so that UTF-16 and UTF-32 text stays aligned.
        self.options.window.map_or(WINDOW, |window| window.max(2 * OVERLAP)).next_multiple_of(4)
    }

    /// Scans the rest of a stream whose first window is already in `buffer`.
    fn stream(
        &self,
        artifact: &Artifact,
        input: &mut dyn Read,
        buffer: &mut Buffer,
        out: &mut Scanned,
    ) -> io::Result<()> {
        if self.options.limits.max_depth == 0
            && let Some(kind) = container::recognise(buffer.bytes())
        {
            let message = format!("{}: --max-depth 0 leaves its members unread", kind.as_str());
            out.notices.push(Notice {
                artifact: Some(artifact.clone()),
                kind: NoticeKind::Skipped,
                message,
                help: None,
            });
        }
        self.stream_from(0, place::start(buffer.bytes()), artifact, input, buffer, out)
    }

    /// [`stream`](Self::stream) for one that begins inside of something, with the byte at `at`.
    fn stream_from(
        &self,
        at: u64,
        mut position: Position,
        artifact: &Artifact,
        input: &mut dyn Read,
        buffer: &mut Buffer,
        out: &mut Scanned,
    ) -> io::Result<()> {
        let window = self.window();
        // As much as git looks at to tell text from binary data, and a prefix of whole code units.
        let kind = decode::classify(&buffer.bytes()[..buffer.len.min(8 << 10)]);
        let mut base = at;
        loop {
            let last = buffer.len < window;
            let owned =
                if base == at { 0 } else { OVERLAP / 2 }..if last { usize::MAX } else { buffer.len - OVERLAP / 2 };
            let whole = base == at && last;
            let blob = Blob { artifact, kind, base, owned, whole };
            let step = buffer.len.saturating_sub(OVERLAP);
            position = self.window_of(&blob, buffer.bytes(), position, (!last).then_some(step), out);
            let document = if base == 0 { document::recognise(buffer.bytes()) } else { None };
            if last {
                out.bytes += base - at + buffer.len as u64;
                if let Some(kind) = document {
                    self.document(kind, artifact, buffer.bytes(), out);
                }
                return Ok(());
            }
            if let Some(kind) = document.filter(|_| self.options.limits.max_depth > 0) {
                let size = document::MAX_SIZE >> 20;
                let message = format!("{} of more than {size} MiB; its parts were not read", kind.as_str());
                out.notices.push(Notice {
                    artifact: Some(artifact.clone()),
                    kind: NoticeKind::Skipped,
                    message,
                    help: None,
                });
            }
            buffer.advance(step);
            base += step as u64;
            if let Err(error) = buffer.fill(input) {
                out.bytes += base - at + buffer.len as u64;
                return Err(error);
            }
        }
    }

    /// Scans the parts of a document, whose own bytes have been scanned.
    fn document(&self, kind: document::Kind, artifact: &Artifact, bytes: &[u8], out: &mut Scanned) {
        // Documents nest as containers do.
        if artifact.members.len() >= self.options.limits.max_depth as usize {
            return;
        }
        let damaged = || document::Problem::Damaged("its decoder failed".to_owned());
        let document::Parts { parts, problem } = catch_unwind(|| document::parts(kind, bytes))
            .unwrap_or_else(|_| document::Parts { parts: Vec::new(), problem: Some(damaged()) });
        if let Some(problem) = problem {
            let kind = match problem {
                document::Problem::TooLarge => NoticeKind::TooLarge,
                // Its bytes have been read.
                document::Problem::Encrypted | document::Problem::Damaged(_) => NoticeKind::Skipped,
            };
            let (artifact, message) = (Some(artifact.clone()), problem.to_string());
            out.notices.push(self.noticed(Notice { artifact, kind, message, help: None }));
        }
        let known = out.places.len();
        let mut buffer = Buffer::default();
        for part in parts {
            let member = self.named(&artifact.member(part.name.as_str()));
            out.members += 1;
            let mut content = io::Cursor::new(part.bytes);
            // Reading from memory does not fail.
            let _ = self.content(&member, &mut content, &mut buffer, out);
        }
        // What base64 in the message itself showed is told once.
        let mut index = 0;
        let (before, parts) = out.places.split_at(known);
        let known_keys: Vec<bool> = parts
            .iter()
            .map(|part| {
                before.iter().any(|place| {
                    place.location.artifact == *artifact
                        && place.detected == part.detected
                        && place.secret == part.secret
                })
            })
            .collect();
        // What the end of a line cuts off in the message is no key of its own where a part holds all of it.
        let pieces: Vec<bool> = before
            .iter()
            .map(|place| {
                let region = place.location.region;
                let start = usize::try_from(region.byte_offset).unwrap_or(usize::MAX);
                let span = start..start.saturating_add(usize::try_from(region.byte_length).unwrap_or(usize::MAX));
                place.location.artifact == *artifact
                    && document::broken_off(kind, bytes, span).is_some_and(|piece| {
                        let whole = parts.iter().map(|part| part.secret.expose());
                        whole
                            .filter(|whole| whole.len() > piece.len())
                            .any(|whole| memchr::memmem::find(whole, &piece).is_some())
                    })
            })
            .collect();
        out.places.retain(|_| {
            index += 1;
            if index <= known { !pieces[index - 1] } else { !known_keys[index - known - 1] }
        });
    }

    /// Scans one window; returns the position of the byte `next` bytes into it, where the next window starts.
    fn window_of(
        &self,
        blob: &Blob<'_>,
        bytes: &[u8],
        position: Position,
        next: Option<usize>,
        out: &mut Scanned,
    ) -> Position {
        let view = if blob.base == 0 {
            decode::transcode(blob.kind, bytes)
        } else {
            decode::transcode_window(blob.kind, bytes)
        };
        let text = view.as_ref().map_or(bytes, |view| &view.bytes);
        let original = |offset: usize| view.as_ref().map_or(offset, |view| view.offsets.to_original(offset));
        let (found, commented) = self.find_with_comments(text, blob.kind == TextKind::Binary);
        let mut matches: Vec<(Match, Option<String>)> = found.into_iter().map(|found| (found, None)).collect();
        if blob.whole && view.is_none() && blob.artifact.innermost().ends_with(".ipynb") {
            self.notebook(text, &mut matches);
        }
        if blob.whole && view.is_none() && decode::office::is_text(blob.artifact.innermost()) {
            self.office(text, &mut matches);
        }
        if blob.kind == TextKind::Binary {
            self.wide(text, &mut matches);
        }
        let mut cursor = Cursor::new(position);
        let mut places = Vec::new();
        if !matches.is_empty() {
            places = self.places(blob, text, &original, &matches, &mut cursor);
        }
        // A window may end between a comment and its key.
        if commented && blob.whole && blob.kind != TextKind::Binary {
            let mut unused = comments::unused(text, blob.artifact, &places);
            if !unused.is_empty() {
                let found: Vec<Match> = matches.iter().map(|(found, _)| found.clone()).collect();
                let known = self.hidden(text, &found, &[]).known;
                unused.iter_mut().for_each(|comment| comment.text = self.redacted(&known.hidden_in(&comment.text)));
            }
            out.unused.append(&mut unused);
        }
        out.places.append(&mut places);
        let Some(next) = next else { return position };
        // The next window starts at a byte of the original; its place in the text follows from the map.
        let mut from_start = Cursor::new(position);
        let next_in_text = match &view {
            None => next,
            Some(view) => partition(view.bytes.len(), |offset| view.offsets.to_original(offset) < next),
        };
        from_start.position(text, next_in_text.min(text.len()))
    }

    /// Adds what the joined cells of a notebook hold beyond what its JSON shows line by line.
    fn notebook(&self, text: &[u8], matches: &mut Vec<(Match, Option<String>)>) {
        for cell in decode::notebook(text).unwrap_or_default() {
            for mut found in self.find(&cell.bytes, false) {
                let whole = cell.offsets.to_original(found.whole.start)..cell.offsets.to_original(found.whole.end);
                let span = cell.offsets.to_original(found.span.start)..cell.offsets.to_original(found.span.end);
                (found.whole, found.span) = (whole, span);
                // What the raw text shows as well is told by the cell, which knows its number.
                let same = |other: &Match| other.span.start < found.span.end && found.span.start < other.span.end;
                matches.retain(|(other, _)| !same(other));
                matches.push((found, cell.part.clone()));
            }
        }
        matches.sort_by_key(|(found, _)| found.span.start);
    }

    /// Adds what binary data holds in UTF-16.
    fn wide(&self, bytes: &[u8], matches: &mut Vec<(Match, Option<String>)>) {
        let Some(wide) = decode::wide(bytes) else { return };
        for mut found in self.find(&wide.bytes, true) {
            let value = Secret::new(found.value(&wide.bytes).to_vec());
            let form = found.decoded.and_then(|decoded| decoded.form).unwrap_or("in UTF-16".into());
            found.whole = wide.offsets.range_to_original(found.whole);
            found.span = wide.offsets.range_to_original(found.span);
            // Keys that are looked for are found in every form.
            let same = |other: &Match| other.span.start < found.span.end && found.span.start < other.span.end;
            if matches.iter().any(|(other, _)| same(other)) {
                continue;
            }
            found.decoded = Some(Box::new(Decoded { value, form: Some(form) }));
            matches.push((found, None));
        }
        matches.sort_by_key(|(found, _)| found.span.start);
    }

    /// Adds what the text of an office document holds beyond what its XML shows.
    fn office(&self, xml: &[u8], matches: &mut Vec<(Match, Option<String>)>) {
        let Some(plain) = decode::office(xml) else { return };
        for mut found in self.find(&plain.bytes, false) {
            let value = found.value(&plain.bytes).to_vec();
            found.whole = plain.offsets.range_to_original(found.whole);
            found.span = plain.offsets.range_to_original(found.span);
            let same = |other: &Match| other.span.start < found.span.end && found.span.start < other.span.end;
            if matches.iter().any(|(other, _)| same(other) && other.value(xml) == value) {
                continue;
            }
            matches.retain(|(other, _)| !same(other));
            if xml[found.span.clone()] != value {
                let form =
                    found.decoded.and_then(|decoded| decoded.form).unwrap_or("in pieces of formatted text".into());
                found.decoded = Some(Box::new(Decoded { value: Secret::new(value), form: Some(form) }));
            }
            matches.push((found, None));
        }
        matches.sort_by_key(|(found, _)| found.span.start);
    }

    fn places(
        &self,
        blob: &Blob<'_>,
        text: &[u8],
        original: &dyn Fn(usize) -> usize,
        matches: &[(Match, Option<String>)],
        cursor: &mut Cursor,
    ) -> Vec<Place> {
        let rules = self.detector.ruleset();
        let plain: Vec<Match> = matches.iter().map(|(found, _)| found.clone()).collect();
        let roles = self.roles(&plain);
        let others = self.others(text, blob.kind == TextKind::Binary, Some(&plain));
        let hidden = self.hidden(text, &plain, &others);
        let named = Named::default();
        let told: Vec<Told> = plain.iter().map(|found| self.told(found, text, blob.artifact, &named)).collect();
        let first = plain.iter().map(|found| found.span.start).min();
        let last = plain.iter().map(|found| found.span.end).max();
        let marked = first.zip(last).is_some_and(|(first, last)| allow::stands_in(place::around(text, &(first..last))));
        let mut lines = Lines::default();
        let locations: Vec<Location> = matches
            .iter()
            .zip(&told)
            .map(|((found, part), told)| {
                self.location(blob, text, original, found, told.rule, part.clone(), &hidden, marked, &mut lines, cursor)
            })
            .collect();
        let path = blob.artifact.to_string();
        let translation = context::is_translation(&path);
        let mut places = Vec::new();
        for (i, found) in plain.iter().enumerate() {
            let Role::Reported(others) = &roles[i] else { continue };
            if !blob.owned.contains(&original(found.span.start)) {
                continue;
            }
            let parts: Vec<Part> = others
                .iter()
                .map(|&j| {
                    let rule = rules.rule(plain[j].rule);
                    Part {
                        rule: rule.id.to_owned(),
                        role: rule.part.map_or("part", |part| part.role).to_owned(),
                        value: Redacted::of(Secret::new(plain[j].value(text).to_vec()), rule.secret),
                        is_secret: rule.secret,
                        location: locations[j].clone(),
                    }
                })
                .collect();
            // Hashes of passwords in tests are those of tests' passwords, as a name's value there is.
            let rule = rules.rule(found.rule);
            let by_name = rule.detector.is_some() || rule.id.starts_with("password-hash-");
            // What is random is translated nowhere, and resources of programs have their texts and keys in one file.
            let worded = || found.value(text).len() < 16 || !crate::detect::entropy::looks_random(found.value(text));
            let by_name = by_name && parts.is_empty() && self.wanted.is_none();
            let ground = match rule.detector {
                _ if !by_name => Ground::Itself,
                Some("password" | "uri") if chosen::is_of_someone(found.value(text)) => Ground::Form,
                _ => Ground::Name,
            };
            let confidence = if !parts.is_empty() {
                // Context and randomness spoke for the secret; its other half beside it settles the matter.
                found.confidence.max(Confidence::High)
            } else if by_name && found.confidence == Confidence::Medium && translation && worded() {
                Confidence::Low
            } else {
                found.confidence
            };
            places.push(Place {
                rule: told[i].rule,
                detected: found.rule,
                secret: Secret::new(found.value(text).to_vec()),
                confidence,
                ground,
                verification: with_parts(found.verification.clone(), others.iter().map(|&j| &plain[j])),
                notes: found.notes.iter().map(|note| note.clone().into_owned()).chain(told[i].note.clone()).collect(),
                parts,
                location: locations[i].clone(),
            });
        }
        places
    }

    /// What the file says about a match from afar.
    fn told(&self, found: &Match, text: &[u8], artifact: &Artifact, named: &Named) -> Told {
        let afar = || self.detector.named_afar(found, text, artifact.innermost(), named);
        let title = |rule: u16| self.detector.ruleset().rule(rule).title;
        match self.wanted.is_none().then(afar).flatten() {
            Some((rule, Afar::Path)) => Told { rule, note: Some("the path of its file names the provider".to_owned()) },
            Some((rule, Afar::Text)) => {
                let note = format!("it has the form of another kind, which its file imports or names: {}", title(rule));
                Told { rule: found.rule, note: Some(note) }
            }
            None => Told { rule: found.rule, note: self.same_form(found, text) },
        }
    }

    /// Says whose key a match might be as well.
    fn same_form(&self, found: &Match, text: &[u8]) -> Option<String> {
        let others = self.detector.same_form(found, text);
        let titles: Vec<&str> = others.iter().map(|&rule| self.detector.ruleset().rule(rule).title).collect();
        (!titles.is_empty() && self.wanted.is_none())
            .then(|| format!("keys of another kind have the same form: {}", titles.join(", ")))
    }

    #[allow(clippy::too_many_arguments)]
    fn location(
        &self,
        blob: &Blob<'_>,
        text: &[u8],
        original: &dyn Fn(usize) -> usize,
        found: &Match,
        rule: u16,
        part: Option<String>,
        hidden: &Hidden<'_>,
        marked: bool,
        lines: &mut Lines,
        cursor: &mut Cursor,
    ) -> Location {
        let bytes = blob.base + original(found.span.start) as u64..blob.base + original(found.span.end) as u64;
        let region = place::region(text, &found.span, cursor, bytes);
        let snippet = place::snippet(text, &found.span, &hidden.spans, &hidden.known, region.start.line, lines);
        let name = |rule: u16| self.detector.ruleset().rule(rule).id;
        let allowance = |line: &[u8], above: &[u8]| {
            let of = |rule: u16| allow::allowance(name(rule), line, above);
            of(rule).or_else(|| of(found.rule))
        };
        // An allowed key is a leak that someone accepted; who asks where it is wants to see that place, too.
        let allowed = match &self.wanted {
            Some(_) => None,
            None if !marked => None,
            None => {
                let (above, first, last) = place::lines(text, &found.span);
                allowance(first, above).or_else(|| allowance(last, &[]))
            }
        };
        // A reason may name the key that it is about, or the one that took its place.
        let reason = |reason: String| self.reason(&hidden.known.hidden_in(&reason));
        let allowed = allowed.map(|allowed| Allowance { reason: allowed.reason.map(reason), ..allowed });
        let part = joined(part, found.decoded.as_ref().and_then(|decoded| decoded.form.as_deref()));
        let line_hash = self.key.digest("line", snippet.text.trim().as_bytes()).to_string();
        Location { artifact: blob.artifact.clone(), region, snippet, line_hash, part, history: None, allowed }
    }
}

/// What of a text no report may show.
struct Hidden<'t> {
    /// Where keys stand, in order and without overlaps.
    spans: Vec<Range<usize>>,
    /// Their values, wherever else they stand.
    known: Known<'t>,
}

/// What becomes of a match by what its file says.
struct Told {
    rule: u16,
    note: Option<String>,
}

/// What is known about the bytes of a window.
struct Blob<'a> {
    artifact: &'a Artifact,
    kind: TextKind,
    /// Offset of the window in the blob.
    base: u64,
    /// Bytes of the window whose matches are its own.
    owned: Range<usize>,
    /// Whether the window is the whole blob.
    whole: bool,
}

/// What was checked of a secret, with what the other parts of its credential reveal.
fn with_parts<'m>(own: Option<Verification>, parts: impl Iterator<Item = &'m Match>) -> Option<Verification> {
    let mut all = own?;
    for part in parts.filter_map(|part| part.verification.as_ref()).filter(|part| !part.facts.is_empty()) {
        all.what.push_str(&format!(", and {} beside it", part.what));
        all.facts.extend(part.facts.iter().filter(|fact| !all.facts.contains(fact)).cloned().collect::<Vec<_>>());
    }
    Some(all)
}

/// The part of a document, and the form in which a key stands there.
fn joined(part: Option<String>, form: Option<&str>) -> Option<String> {
    match (part, form) {
        (Some(part), Some(form)) => Some(format!("{part}, {form}")),
        (part, form) => part.or(form.map(str::to_owned)),
    }
}

/// The first offset below `len` for which `before` does not hold; `before` holds up to some offset and not after it.
fn partition(len: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Takes the members of a container.
struct Members<'a> {
    scanner: &'a Engine,
    buffer: &'a mut Buffer,
    out: &'a mut Scanned,
}

impl container::Visitor for Members<'_> {
    fn member(&mut self, artifact: &Artifact, content: &mut dyn Read) -> io::Result<()> {
        let shown = self.scanner.named(artifact);
        self.out.places.extend(self.scanner.in_name(artifact, &shown));
        let artifact = &shown;
        self.buffer.reset(self.scanner.window());
        self.out.members += 1;
        let read = self.buffer.fill(content);
        // What came before the damage is scanned like anything else.
        let rest: &mut dyn Read = if read.is_ok() { content } else { &mut io::empty() };
        self.scanner.stream(artifact, rest, self.buffer, self.out)?;
        read
    }

    fn outside(
        &mut self,
        artifact: &Artifact,
        at: u64,
        position: Option<Position>,
        content: &mut dyn Read,
    ) -> io::Result<bool> {
        let shown = self.scanner.named(artifact);
        let start = position.unwrap_or(Position { line: 1, column: 1 });
        let mut scanned = Scanned::default();
        self.buffer.reset(self.scanner.window());
        self.buffer.fill(content)?;
        self.scanner.stream_from(at, start, &shown, content, self.buffer, &mut scanned)?;
        if position.is_none() && !scanned.places.is_empty() {
            return Ok(true);
        }
        self.out.places.append(&mut scanned.places);
        self.out.notices.append(&mut scanned.notices);
        self.out.members += scanned.members;
        self.out.bytes += scanned.bytes;
        Ok(false)
    }

    fn comment(&mut self, artifact: &Artifact, text: &[u8]) {
        let shown = self.scanner.named(artifact);
        self.out.places.extend(self.scanner.beside(&shown, text, false, "comment"));
    }

    fn notice(&mut self, notice: Notice) {
        self.out.notices.push(self.scanner.noticed(notice));
    }
}

/// A file from one of its bytes on.
struct Behind<'a, R> {
    inner: &'a mut R,
    at: u64,
}

impl<R: Read> Read for Behind<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buf)
    }
}

impl<R: Seek> Seek for Behind<'_, R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let to = match to {
            io::SeekFrom::Start(to) => io::SeekFrom::Start(to.saturating_add(self.at)),
            to => to,
        };
        self.inner.seek(to).map(|now| now.saturating_sub(self.at))
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
