//! What is staged, or what commits add: new versions of files are scanned whole, and of what is found in them those
//! places count that touch an added line.
//!
//! A file is scanned whole because lines around a key help to judge it. A place is new if it is so against each parent:
//!
//! - In text it has to touch a line that the earlier version does not have there. A key on such a line counts also if
//!   it stood elsewhere in the file before: what `git diff` shows as added is what is reported.
//! - In containers and binary data, which have no lines, and where a file's encoding changed, a secret is new if the
//!   earlier version does not hold it.
//! - A file that is new under its name, while one like it is gone, is compared with that one.
//!
//! A comment that allows a key allows the one that it was given for: one that stood in the earlier version already does
//! so for the keys that it allowed there, and for no other.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Mutex, OnceLock, PoisonError};

use git2::{OdbObject, Oid};

use super::comments::Comment;
use super::{Buffer, Engine, Hide, Place, Scanned, comments, internal, parallel, secrets_of};
use crate::detect::decode::{self, TextKind};
use crate::finding::{Artifact, Commit, History, Location, Reach};
use crate::report::{Notice, NoticeKind};
use crate::secret::Secret;
use crate::source::git::compare::{Changed, CompareError, Revision};
use crate::source::git::diff::{self, Lines};
use crate::source::git::objects::{ObjectError, Objects, RawCommit, who_and_when};
use crate::source::git::repository::Paths;

/// Blobs above so many bytes are scanned one at a time, so that memory does not grow with the number of threads.
const HUGE: u64 = 64 << 20;
/// Bytes of removed files that are read to find the sources of renames, for each commit; beyond it files count as new.
const RENAME_BYTES: u64 = 64 << 20;
/// Lines shorter than this hold no key.
const SHORT_LINE: usize = 8;
/// Files that are compared whole to find the source of one rename, and files with the same line that are remembered.
const RENAME_CANDIDATES: usize = 32;

/// Revisions that are to be scanned.
pub struct Changes<'a> {
    objects: &'a Objects<'a>,
    paths: &'a Paths,
    revisions: Vec<Revision>,
    /// The commit in which the range ends.
    end: Option<RawCommit>,
    /// The tree before all revisions, where there is one.
    base: Option<Oid>,
    /// Whether unchanged lines of changed files count, too.
    whole_files: bool,
    /// What to do about missing objects.
    help: &'static str,
    jobs: Vec<Job>,
    /// For each revision and parent, the lines of the files that are gone.
    gone: Vec<Vec<OnceLock<Gone>>>,
    described: Vec<OnceLock<Commit>>,
    one_at_a_time: Mutex<()>,
}

/// A piece of work.
enum Job {
    /// The message of a commit, and who made it.
    Texts(usize),
    /// The names of files that have only another name now.
    Moved(usize),
    /// A version of a file, with the revisions that have it, and the place of the file in each.
    File(Vec<(usize, usize)>),
}

impl<'a> Changes<'a> {
    /// Prepares a scan. `end` is the end of a range; for what is staged there is none. `help` says what to do about
    /// missing objects.
    #[must_use]
    pub fn new(
        objects: &'a Objects<'a>,
        paths: &'a Paths,
        revisions: Vec<Revision>,
        end: Option<RawCommit>,
        whole_files: bool,
        help: &'static str,
    ) -> Self {
        let mut jobs = Vec::new();
        let mut known: HashMap<(&[u8], Oid), usize> = HashMap::new();
        for (number, revision) in revisions.iter().enumerate() {
            // Whoever asks for some files does not ask for messages.
            if revision.commit.is_some() && paths.all() {
                jobs.push(Job::Texts(number));
            }
            if !revision.moved.is_empty() {
                jobs.push(Job::Moved(number));
            }
            for (place, changed) in revision.changed.iter().enumerate() {
                let job = *known.entry((&changed.path, changed.blob)).or_insert_with(|| {
                    jobs.push(Job::File(Vec::new()));
                    jobs.len() - 1
                });
                if let Some(Job::File(uses)) = jobs.get_mut(job) {
                    uses.push((number, place));
                }
            }
        }
        let gone =
            revisions.iter().map(|revision| revision.removed.iter().map(|_| OnceLock::new()).collect()).collect();
        let described = revisions.iter().map(|_| OnceLock::new()).collect();
        let one_at_a_time = Mutex::new(());
        let base = None;
        Changes { objects, paths, revisions, end, base, whole_files, help, jobs, gone, described, one_at_a_time }
    }

    /// The tree that was there before the first of the revisions: what one of them takes away and a later one brings
    /// back is held against it.
    #[must_use]
    pub fn since(self, base: Option<Oid>) -> Self {
        Changes { base, ..self }
    }

    /// How many pieces of work there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Scans on `jobs` threads. `emit` gets what could not be compared first, and then the outcomes in the order of the
    /// commits and paths. `done` is told the bytes of every piece of work as soon as it is finished.
    ///
    /// Places of commits are emitted when all is scanned: only then it is known what their subjects must not show.
    ///
    /// # Errors
    /// When the threads cannot be started.
    pub fn scan(
        &self,
        scanner: &Engine,
        jobs: usize,
        done: &(dyn Fn(u64) + Sync),
        emit: &mut (dyn FnMut(Scanned) + Send),
    ) -> Result<(), rayon::ThreadPoolBuildError> {
        emit(Scanned { notices: self.problems(scanner), ..Scanned::default() });
        let work = |index: usize, buffer: &mut Buffer| {
            let mut scanned = Scanned::default();
            let Some(job) = self.jobs.get(index) else { return scanned };
            // A defect must not lose the rest of the scan.
            let result = catch_unwind(AssertUnwindSafe(|| match job {
                Job::Texts(revision) => self.texts(scanner, *revision, buffer, &mut scanned),
                Job::Moved(revision) => {
                    let moved = self.revisions[*revision].moved.iter();
                    let found = moved.flat_map(|(path, blob)| self.in_name(scanner, path, *blob, &[*revision]));
                    scanned.places = found.collect();
                }
                Job::File(uses) => {
                    let mut names = self.names(scanner, uses);
                    self.file(scanner, uses, buffer, &mut scanned);
                    scanned.places.append(&mut names);
                }
            }));
            if result.is_err() {
                scanned.notices.push(internal(&scanner.named(&self.artifact_of(job))));
            }
            done(scanned.bytes);
            scanned
        };
        let threads = jobs.min(self.jobs.len()).max(1);
        if self.revisions.iter().all(|revision| revision.commit.is_none()) {
            return parallel::each(self.jobs.len(), threads, &work, emit);
        }
        let mut outcomes: Vec<Scanned> = Vec::with_capacity(self.jobs.len());
        parallel::each(self.jobs.len(), threads, &work, &mut |scanned| outcomes.push(scanned))?;
        let secrets = secrets_of(outcomes.iter().flat_map(|scanned| &scanned.places));
        let hide = Hide::new(&secrets);
        for mut scanned in outcomes {
            scanned.places.iter_mut().for_each(|place| hide.place(place));
            emit(scanned);
        }
        Ok(())
    }

    fn artifact_of(&self, job: &Job) -> Artifact {
        match job {
            Job::Texts(revision) | Job::Moved(revision) => {
                match self.revisions.get(*revision).and_then(|revision| revision.commit.as_ref()) {
                    Some(commit) => text_of(commit, "message"),
                    None => Artifact::file("."),
                }
            }
            Job::File(uses) => uses
                .first()
                .and_then(|&(revision, place)| self.revisions.get(revision)?.changed.get(place))
                .map_or_else(|| Artifact::file("."), |changed| self.paths.artifact(&changed.path)),
        }
    }

    fn problems(&self, scanner: &Engine) -> Vec<Notice> {
        let mut notices = Vec::new();
        for revision in &self.revisions {
            for problem in &revision.problems {
                let (kind, help) = match &problem.error {
                    CompareError::Folder(error) | CompareError::Earlier(error) => {
                        (NoticeKind::Unreadable, self.help_for(error))
                    }
                    CompareError::Depth | CompareError::Repeated | CompareError::Budget => (NoticeKind::TooLarge, None),
                };
                let message = match &revision.commit {
                    Some(commit) => format!("in commit {}: {}", commit.id, problem.error),
                    None => problem.error.to_string(),
                };
                let artifact = (!problem.path.is_empty()).then(|| self.paths.artifact(&problem.path));
                notices.push(scanner.noticed(Notice { artifact, kind, message, help }));
            }
        }
        notices
    }

    fn help_for(&self, error: &ObjectError) -> Option<String> {
        Some(match error {
            ObjectError::Missing { .. } => self.help.to_owned(),
            ObjectError::Damaged { .. } => "`git fsck` tells what else is damaged; fetch or clone again".to_owned(),
        })
    }

    fn unreadable(&self, scanner: &Engine, artifact: &Artifact, error: &ObjectError, so: &str) -> Notice {
        scanner.noticed(Notice {
            artifact: Some(artifact.clone()),
            kind: NoticeKind::Unreadable,
            message: format!("{error}{so}"),
            help: self.help_for(error),
        })
    }

    /// The commit of a revision, as places name it.
    fn commit(&self, scanner: &Engine, revision: usize) -> Option<Commit> {
        let commit = self.revisions[revision].commit.as_ref()?;
        Some(self.described[revision].get_or_init(|| commit.described(|text| scanner.redacted(text))).clone())
    }

    /// Scans what a commit says beside its files.
    fn texts(&self, scanner: &Engine, revision: usize, buffer: &mut Buffer, out: &mut Scanned) {
        let Some(commit) = &self.revisions[revision].commit else { return };
        let decoded = |text: &[u8]| match commit.encoding {
            Some(_) => commit.decoded(text).into_bytes(),
            None => text.to_vec(),
        };
        let texts = [
            ("message", &commit.message[..]),
            ("author", who_and_when(&commit.author).0),
            ("committer", who_and_when(&commit.committer).0),
        ];
        for (name, text) in texts {
            let scanned = scanner.blob(&decoded(text), &text_of(commit, name), buffer);
            let at_head = self.end.as_ref().is_some_and(|end| end.id == commit.id);
            let history = self.history(scanner, revision, commit.id, at_head);
            out.places.extend(scanned.places.into_iter().map(|place| with_history(place, &history)));
            out.notices.extend(scanned.notices);
            out.members += scanned.members;
            out.bytes += scanned.bytes;
        }
    }

    fn history(&self, scanner: &Engine, revision: usize, object: Oid, at_head: bool) -> Option<Box<History>> {
        let introduced = self.commit(scanner, revision)?;
        Some(Box::new(History {
            object: object.to_string(),
            versions: Vec::new(),
            introduced: Some(introduced),
            last: None,
            at_head,
            reach: Reach::Reference,
            branches: Vec::new(),
        }))
    }

    /// The keys in the name of a file, for each revision that adds a file of that name.
    fn names(&self, scanner: &Engine, uses: &[(usize, usize)]) -> Vec<Place> {
        let adds = |&&(revision, place): &&(usize, usize)| {
            self.revisions[revision].changed[place].earlier.iter().all(Option::is_none)
        };
        let Some(&(revision, place)) = uses.iter().find(adds) else { return Vec::new() };
        let Changed { path, blob, .. } = &self.revisions[revision].changed[place];
        let adding: Vec<usize> = uses.iter().filter(adds).map(|&(revision, _)| revision).collect();
        self.in_name(scanner, path, *blob, &adding)
    }

    /// The keys in a path, for each of these revisions.
    fn in_name(&self, scanner: &Engine, path: &[u8], blob: Oid, revisions: &[usize]) -> Vec<Place> {
        let artifact = self.paths.artifact(path);
        let found = scanner.in_name(&artifact, &scanner.named(&artifact));
        if found.is_empty() {
            return found;
        }
        let at_head = self.end.as_ref().is_some_and(|end| self.objects.has_path(end.tree, path));
        let adding = revisions.iter().map(|&revision| self.history(scanner, revision, blob, at_head));
        adding.flat_map(|history| found.iter().map(move |place| with_history(place.clone(), &history))).collect()
    }

    /// Scans a version of a file and adds what each revision that has it adds.
    fn file(&self, scanner: &Engine, uses: &[(usize, usize)], buffer: &mut Buffer, out: &mut Scanned) {
        let Some(&(revision, place)) = uses.first() else { return };
        let Changed { path, blob, .. } = &self.revisions[revision].changed[place];
        let artifact = self.paths.artifact(path);
        let size = match self.objects.size(*blob) {
            Ok(size) => size,
            Err(error) => return out.notices.push(self.unreadable(scanner, &artifact, &error, "")),
        };
        if let Some(max) = scanner.options.max_file_size.filter(|&max| size > max) {
            let message = format!("its {size} bytes are more than --max-file-size allows ({max})");
            let artifact = Some(scanner.named(&artifact));
            return out.notices.push(Notice { artifact, kind: NoticeKind::Skipped, message, help: None });
        }
        // What the lock protects is memory; there is nothing that a panic could leave half done.
        let _alone = (size > HUGE).then(|| self.one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner));
        let bytes = match self.objects.blob(*blob) {
            Ok(bytes) => bytes,
            Err(error) => return out.notices.push(self.unreadable(scanner, &artifact, &error, "")),
        };
        let mut scanned = scanner.blob(bytes.data(), &artifact, buffer);
        let places = std::mem::take(&mut scanned.places);
        *out = scanned;
        if places.is_empty() {
            return;
        }
        let (bytes, earlier, comments) = (bytes.data(), HashMap::new(), None);
        let mut file = File { scanner, changes: self, artifact, bytes, earlier, comments, buffer, out };
        let mut at_end: Option<Secrets> = None;
        for &(revision, at) in uses {
            let added = file.added(&places, revision, at);
            if added.is_empty() {
                continue;
            }
            let mut versions = None;
            for place in added {
                let at_head = self.end.as_ref().is_some_and(|end| {
                    let held = at_end.get_or_insert_with(|| file.secrets_at(end, path, *blob));
                    held.as_ref().is_none_or(|held| held.contains(&(place.detected, place.secret.clone())))
                });
                let history = self.history(scanner, revision, *blob, at_head);
                let mut kept = with_history(place.clone(), &history);
                if let Some(allowed) = &place.location.allowed
                    && file.is_under_old_comment(
                        place,
                        &places,
                        versions.get_or_insert_with(|| file.versions(&places, revision, at)),
                    )
                {
                    kept.notes.push(format!(
                        "The comment `{}` beside it was there before, for another key. If this one may stay, too, \
                         write a comment for it, with its own reason.",
                        allowed.marker
                    ));
                    kept.location.allowed = None;
                }
                file.out.places.push(kept);
            }
        }
    }
}

fn text_of(commit: &RawCommit, name: &str) -> Artifact {
    Artifact::file(format!(".git/commit/{}/{name}", commit.id))
}

fn with_history(mut place: Place, history: &Option<Box<History>>) -> Place {
    for part in &mut place.parts {
        part.location.history.clone_from(history);
    }
    place.location.history.clone_from(history);
    place
}

/// Secrets by rule; `None` stands for all those of the version that is looked at.
type Secrets = Option<HashSet<(u16, Secret)>>;

/// A version of a file while it is looked at.
struct File<'a> {
    scanner: &'a Engine,
    changes: &'a Changes<'a>,
    artifact: Artifact,
    bytes: &'a [u8],
    /// Versions that it was compared with.
    earlier: HashMap<Oid, Rc<Earlier<'a>>>,
    /// The comments that allow places of it, once they were asked for.
    comments: Option<Vec<Comment>>,
    buffer: &'a mut Buffer,
    out: &'a mut Scanned,
}

/// An earlier version of a file.
struct Earlier<'a> {
    bytes: OdbObject<'a>,
    /// What is new against it; `None` where lines say nothing.
    added: Option<Vec<Range<usize>>>,
    secrets: OnceCell<HashSet<(u16, Secret)>>,
    /// Secrets that comments allow in it.
    allowed: OnceCell<HashSet<Secret>>,
    /// Where comments of the version that is looked at begin that stood in it already.
    old_comments: OnceCell<HashSet<usize>>,
}

impl<'a> File<'a> {
    /// The places that are new against all parents of a revision.
    fn added<'p>(&mut self, places: &'p [Place], revision: usize, place: usize) -> Vec<&'p Place> {
        let mut added: Vec<&Place> = places.iter().collect();
        if self.changes.whole_files {
            return added;
        }
        let changes = self.changes;
        let changed = &changes.revisions[revision].changed[place];
        for (parent, earlier) in changed.earlier.iter().enumerate() {
            let earlier = earlier.or_else(|| self.renamed_from(revision, parent, &changed.path, places));
            let Some(earlier) = earlier.and_then(|earlier| self.earlier(earlier)) else { continue };
            added.retain(|place| self.is_new(place, &earlier));
        }
        added
    }

    fn is_new(&mut self, place: &Place, earlier: &Earlier<'_>) -> bool {
        let Some(added) = earlier.added.as_ref().filter(|_| place.location.artifact.members.is_empty()) else {
            let secrets = earlier.secrets.get_or_init(|| self.secrets(earlier.bytes.data()));
            return !secrets.contains(&(place.detected, place.secret.clone()));
        };
        // A half that is added to a credential makes it whole.
        let locations = std::iter::once(&place.location).chain(place.parts.iter().map(|part| &part.location));
        locations.map(span).any(|span| {
            let first = added.partition_point(|range| range.end <= span.start);
            added.get(first).is_some_and(|range| range.start < span.end)
        })
    }

    /// Whether the comment that allows a place was there before and was given for another key. In containers and
    /// where the encoding changed, lines say nothing, and every comment counts.
    fn is_under_old_comment(&mut self, place: &Place, places: &[Place], versions: &[Oid]) -> bool {
        if !place.location.artifact.members.is_empty() {
            return false;
        }
        let own = self.comments_of(place);
        if own.is_empty() {
            return false;
        }
        let all = self.comments.take().unwrap_or_else(|| {
            let plain = |place: &&Place| place.location.allowed.is_some() && place.location.artifact.members.is_empty();
            places.iter().filter(plain).flat_map(|place| self.comments_of(place)).collect()
        });
        let mut old = false;
        for id in versions {
            let Some(earlier) = self.earlier(*id) else { continue };
            let Some(added) = &earlier.added else { continue };
            let held = earlier.allowed.get_or_init(|| {
                let then = self.scanner.blob(earlier.bytes.data(), &self.artifact, self.buffer);
                let allowed = then.places.into_iter().filter(|place| place.location.allowed.is_some());
                allowed.map(|place| place.secret).collect()
            });
            if held.contains(&place.secret) {
                self.comments = Some(all);
                return false;
            }
            let then = earlier.bytes.data();
            let old_ones = earlier.old_comments.get_or_init(|| comments::old(then, self.bytes, added, &all, held));
            // One that is new is enough.
            old |= own.iter().all(|comment| old_ones.contains(&comment.at));
        }
        self.comments = Some(all);
        old
    }

    /// The versions that comments are held against: those of the parents of a revision, and the one before all.
    fn versions(&self, places: &[Place], revision: usize, at: usize) -> Vec<Oid> {
        let changes = self.changes;
        let Changed { path, earlier, .. } = &changes.revisions[revision].changed[at];
        let parents = earlier.iter().enumerate();
        let of_parent = |(parent, earlier): (usize, &Option<Oid>)| {
            earlier.or_else(|| self.renamed_from(revision, parent, path, places))
        };
        let mut versions: Vec<Oid> = parents.filter_map(of_parent).collect();
        // What cannot be read there is told by the comparison with the parents.
        versions.extend(changes.base.and_then(|base| changes.objects.blob_at(base, path).ok().flatten()));
        versions
    }

    /// The comments that allow a place.
    fn comments_of(&self, place: &Place) -> Vec<Comment> {
        let rules = self.scanner.detector().ruleset();
        let rules = [rules.rule(place.rule).id, rules.rule(place.detected).id];
        let all = comments::of(self.bytes, &span(&place.location), &rules).into_iter();
        all.map(|(at, marker)| Comment { at, marker, secret: place.secret.clone() }).collect()
    }

    /// The secrets that other bytes hold under the name of this file.
    fn secrets(&mut self, bytes: &[u8]) -> HashSet<(u16, Secret)> {
        let scanned = self.scanner.blob(bytes, &self.artifact, self.buffer);
        scanned.places.into_iter().map(|place| (place.detected, place.secret)).collect()
    }

    /// What the end of a range holds at this path.
    fn secrets_at(&mut self, end: &RawCommit, path: &[u8], blob: Oid) -> Secrets {
        let objects = self.changes.objects;
        let found = objects.blob_at(end.tree, path).and_then(|found| match found {
            Some(id) if id != blob => objects.blob(id).map(|bytes| Some(self.secrets(bytes.data()))),
            Some(_) => Ok(None),
            None => Ok(Some(HashSet::new())),
        });
        found.unwrap_or_else(|error| {
            let so = ", and so it is not known whether the last commit still holds it";
            self.out.notices.push(self.changes.unreadable(self.scanner, &self.artifact, &error, so));
            Some(HashSet::new())
        })
    }

    fn earlier(&mut self, id: Oid) -> Option<Rc<Earlier<'a>>> {
        if let Some(known) = self.earlier.get(&id) {
            return Some(known.clone());
        }
        let bytes = match self.changes.objects.blob(id) {
            Ok(bytes) => bytes,
            Err(error) => {
                let so = ", an earlier version, and so all of the file counts as new";
                let notice = self.changes.unreadable(self.scanner, &self.artifact, &error, so);
                self.out.notices.push(notice);
                return None;
            }
        };
        let kind = |bytes: &[u8]| decode::classify(&bytes[..bytes.len().min(8 << 10)]);
        let (then, now) = (kind(bytes.data()), kind(self.bytes));
        let added = (then == now && now != TextKind::Binary).then(|| diff::added(bytes.data(), self.bytes));
        let earlier = Rc::new(Earlier {
            bytes,
            added,
            secrets: OnceCell::new(),
            allowed: OnceCell::new(),
            old_comments: OnceCell::new(),
        });
        self.earlier.insert(id, earlier.clone());
        Some(earlier)
    }

    /// The file that is gone against a parent and looks like this one, which is new under its name.
    fn renamed_from(&self, revision: usize, parent: usize, path: &[u8], places: &[Place]) -> Option<Oid> {
        let changes = self.changes;
        let removed = changes.revisions[revision].removed.get(parent).filter(|removed| !removed.is_empty())?;
        let gone = changes.gone[revision].get(parent)?.get_or_init(|| Gone::new(changes.objects, removed));
        let mut votes: HashMap<u32, usize> = HashMap::new();
        for place in places.iter().filter(|place| place.location.artifact.members.is_empty()) {
            let span = span(&place.location);
            let start = memchr::memrchr(b'\n', self.bytes.get(..span.start)?).map_or(0, |i| i + 1);
            let Some(line) = Lines::of(&self.bytes[start..]).next() else { continue };
            for &file in gone.lines.get(&hash(&self.bytes[start..][line])).into_iter().flatten() {
                *votes.entry(file).or_default() += 1;
            }
        }
        let name = |path: &[u8]| memchr::memrchr(b'/', path).map_or(0, |i| i + 1);
        let mut candidates: Vec<(usize, bool, u32)> = votes
            .into_iter()
            .filter_map(|(file, votes)| {
                let old = &removed.get(file as usize)?.0;
                Some((usize::MAX - votes, old[name(old)..] != path[name(path)..], file))
            })
            .collect();
        candidates.sort_unstable();
        candidates.iter().take(RENAME_CANDIDATES).find_map(|&(_, _, file)| {
            let id = removed.get(file as usize)?.1;
            let bytes = changes.objects.blob(id).ok()?;
            diff::is_similar(bytes.data(), self.bytes).then_some(id)
        })
    }
}

fn span(location: &Location) -> Range<usize> {
    let start = usize::try_from(location.region.byte_offset).unwrap_or(usize::MAX);
    start..start.saturating_add(usize::try_from(location.region.byte_length).unwrap_or(usize::MAX))
}

/// The lines of files that are gone: the number of the file in its list, by the hash of the line.
struct Gone {
    lines: HashMap<u64, Vec<u32>>,
}

impl Gone {
    fn new(objects: &Objects<'_>, removed: &[(Vec<u8>, Oid)]) -> Self {
        let mut lines: HashMap<u64, Vec<u32>> = HashMap::new();
        let mut left = RENAME_BYTES;
        for (number, (_, id)) in (0u32..).zip(removed) {
            // What cannot be read is no source; nothing is overlooked by that.
            let Some(rest) = objects.size(*id).ok().and_then(|size| left.checked_sub(size)) else { continue };
            let Ok(bytes) = objects.blob(*id) else { continue };
            left = rest;
            for line in Lines::of(bytes.data()).filter(|line| line.len() >= SHORT_LINE) {
                let files = lines.entry(hash(&bytes.data()[line])).or_default();
                if files.len() < RENAME_CANDIDATES && files.last() != Some(&number) {
                    files.push(number);
                }
            }
        }
        Gone { lines }
    }
}

fn hash(line: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    line.hash(&mut hasher);
    hasher.finish()
}
