//! The visit of all blobs, commits and tags: what is found in which object.
//!
//! An object that git stores as a difference to another one is looked at only where it is new; see
//! [`Detector::examine_changes`](crate::detect::Detector::examine_changes). Nothing is known here of paths and commits:
//! they are worked out later, for objects with hits only, and these are then read once more for the report.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use gix_hash::ObjectId;
use gix_object::{CommitRef, Kind, TagRef};
use rayon::slice::ParallelSliceMut;
use sha2::{Digest as _, Sha256};

use super::super::parts::Role;
use super::super::{Buffer, Engine};
use crate::detect::decode::{self, TextKind};
use crate::detect::{Examined, Match, verify};
use crate::finding::{Artifact, Confidence};
use crate::report::{Notice, Objects};
use crate::source::document;
use crate::source::git::commits::CommitNode;
use crate::source::git::per_thread::PerThread;
use crate::source::git::store::ObjectError;
use crate::source::git::walk::{Object, Origin, Visitor};

/// What decides about the kind of text stands in so many bytes at the start of a blob.
pub const HEAD: usize = 8 << 10;

/// Identifies the pair of a rule and a value for the length of a run, and does not hold the value.
pub type ValueId = [u8; 16];

/// The id of a value under a rule.
#[must_use]
pub fn value_id(rule: u16, value: &[u8]) -> ValueId {
    let canonical = verify::canonical(value);
    let value = canonical.as_deref().unwrap_or(value);
    let digest = Sha256::new().chain_update(rule.to_le_bytes()).chain_update(value).finalize();
    let mut id = ValueId::default();
    id.copy_from_slice(&digest[..16]);
    id
}

/// A secret in an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Index of its rule.
    pub rule: u16,
    /// Its bytes in the object. For what was found in a container, the whole object.
    pub span: Range<u64>,
    /// Which secret it is.
    pub value: ValueId,
}

/// An object with hits, or with something that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub id: ObjectId,
    /// Blob, commit or tag.
    pub kind: Kind,
    /// In order.
    pub hits: Vec<Hit>,
    /// Members of a container that were left out; their artifact is named after the object.
    pub notices: Vec<Notice>,
}

/// What all objects together say.
#[derive(Default)]
pub struct Outcome {
    /// In the order of their ids.
    pub found: Vec<Found>,
    /// All commits, in the order of their ids.
    pub commits: Vec<CommitNode>,
    /// What annotated tags point at, and what that is.
    pub tags: HashMap<ObjectId, (ObjectId, Kind)>,
    /// Values that are less certain than what is reported.
    pub below: HashSet<ValueId>,
    /// Objects that could not be read, and why; in order.
    pub problems: Vec<(ObjectId, ObjectError)>,
    /// Objects on which keytrail itself failed.
    pub failed: Vec<ObjectId>,
    /// Objects above the limit, and their sizes.
    pub skipped: Vec<(ObjectId, u64)>,
    /// Counts.
    pub objects: Objects,
    /// Members of containers that were scanned.
    pub members: u64,
}

impl Outcome {
    /// What these and other objects say, in any order.
    fn with(mut self, mut other: Self) -> Self {
        self.found.append(&mut other.found);
        self.commits.append(&mut other.commits);
        self.tags.extend(other.tags);
        self.below.extend(other.below);
        self.problems.append(&mut other.problems);
        self.failed.append(&mut other.failed);
        self.skipped.append(&mut other.skipped);
        self.objects.scanned += other.objects.scanned;
        self.objects.bytes += other.objects.bytes;
        self.members += other.members;
        self
    }
}

/// How to look at objects.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What is less certain is only counted.
    pub min_confidence: Confidence,
    /// Larger blobs are left out.
    pub max_blob_size: Option<u64>,
    /// Whether only what is new in an object is looked at.
    pub by_changes: bool,
}

/// The visitor.
pub struct ObjectVisitor<'a> {
    scanner: &'a Engine,
    options: Options,
    format: gix_hash::Kind,
    advance: &'a (dyn Fn(u64) + Sync),
    outcome: PerThread<Outcome>,
    buffers: PerThread<Buffer>,
}

/// What is kept of an object for those that are made of it.
pub enum Kept {
    /// Its candidates; `true` for binary data.
    Text(Examined, bool),
    /// It is looked at as a whole: a container, a notebook, text that has to be decoded.
    Whole,
}

impl<'a> ObjectVisitor<'a> {
    /// A visitor. `advance` is told about progress, in bytes of the object database.
    pub fn new(
        scanner: &'a Engine,
        format: gix_hash::Kind,
        options: Options,
        advance: &'a (dyn Fn(u64) + Sync),
    ) -> Self {
        ObjectVisitor {
            scanner,
            options,
            format,
            advance,
            outcome: PerThread::default(),
            buffers: PerThread::default(),
        }
    }

    fn outcome(&self) -> std::sync::MutexGuard<'_, Outcome> {
        self.outcome.here()
    }

    /// What was found, in an order that does not depend on threads.
    #[must_use]
    pub fn finish(self) -> Outcome {
        let mut outcome = self.outcome.into_values().fold(Outcome::default(), Outcome::with);
        outcome.found.par_sort_by_key(|found| found.id);
        outcome.found.dedup_by_key(|found| found.id);
        outcome.commits.par_sort_by_key(|commit| commit.id);
        outcome.commits.dedup_by_key(|commit| commit.id);
        outcome.problems.sort_by_key(|(id, _)| *id);
        outcome.problems.dedup_by_key(|(id, _)| *id);
        outcome.failed.sort();
        outcome.skipped.sort();
        outcome.skipped.dedup();
        let (damaged, skipped) = (outcome.problems.len() + outcome.failed.len(), outcome.skipped.len());
        outcome.objects.seen = outcome.objects.scanned + (damaged + skipped) as u64;
        outcome.objects.skipped = skipped as u64;
        outcome.objects.damaged = damaged as u64;
        outcome
    }

    fn blob(&self, object: &Object<'_>, origin: Option<Origin<'_, Kept>>) -> Kept {
        let bytes = object.bytes;
        let is_document = || document::recognise(bytes).is_some();
        if self.scanner.container_kind(bytes).is_some()
            || self.scanner.is_behind_stub(bytes)
            || is_notebook(bytes)
            || is_document()
        {
            self.whole(object);
            return Kept::Whole;
        }
        let kind = decode::classify(&bytes[..bytes.len().min(HEAD)]);
        if !matches!(kind, TextKind::Utf8 | TextKind::Legacy | TextKind::Binary) {
            self.whole(object);
            return Kept::Whole;
        }
        let binary = kind == TextKind::Binary;
        if binary && decode::has_wide(bytes) {
            self.whole(object);
            return Kept::Whole;
        }
        if self.scanner.wanted().is_some() {
            // Two passes over all bytes are quicker than finding out which of them are new.
            if !object.again {
                self.record(object, &self.scanner.find(object.bytes, binary));
            }
            return Kept::Whole;
        }
        let detector = self.scanner.detector();
        let examined = match origin {
            Some(Origin { state: Kept::Text(base, was_binary), len, copied })
                if *was_binary == binary && self.options.by_changes =>
            {
                detector.examine_changes(bytes, binary, base, len, copied)
            }
            _ => detector.examine(bytes, binary),
        };
        if !object.again {
            self.record(object, &self.scanner.with_known(detector.settle(&examined), bytes));
        }
        Kept::Text(examined, binary)
    }

    fn record(&self, object: &Object<'_>, matches: &[Match]) {
        if matches.is_empty() {
            return;
        }
        let (mut hits, mut below) = (Vec::new(), Vec::new());
        for (found, role) in matches.iter().zip(self.scanner.roles(matches)) {
            let Role::Reported(others) = role else { continue };
            let confidence = if others.is_empty() { found.confidence } else { found.confidence.max(Confidence::High) };
            let value = value_id(found.rule, found.value(object.bytes));
            if confidence >= self.options.min_confidence {
                let span = found.span.start as u64..found.span.end as u64;
                hits.push(Hit { rule: found.rule, span, value });
            } else {
                below.push(value);
            }
        }
        self.keep(object, hits, below, Vec::new());
    }

    fn keep(&self, object: &Object<'_>, hits: Vec<Hit>, below: Vec<ValueId>, notices: Vec<Notice>) {
        let mut outcome = self.outcome();
        outcome.below.extend(below);
        if !hits.is_empty() || !notices.is_empty() {
            outcome.found.push(Found { id: object.id, kind: object.kind, hits, notices });
        }
    }

    /// Looks at a blob as a file is looked at.
    fn whole(&self, object: &Object<'_>) {
        if object.again {
            return;
        }
        let artifact = Artifact::file(if is_notebook(object.bytes) { NOTEBOOK } else { UNNAMED });
        let scanned = self.scanner.unplaced(object.bytes, &artifact, &mut self.buffers.here());
        let (mut hits, mut below) = (Vec::new(), Vec::new());
        for place in scanned.places {
            let value = value_id(place.detected, place.secret.expose());
            if place.confidence >= self.options.min_confidence {
                let region = place.location.region;
                // Offsets in a member say nothing about the object.
                let span = if place.location.artifact.members.is_empty() {
                    region.byte_offset..region.byte_offset + region.byte_length
                } else {
                    0..object.bytes.len() as u64
                };
                hits.push(Hit { rule: place.detected, span, value });
            } else {
                below.push(value);
            }
        }
        self.outcome().members += scanned.members;
        self.keep(object, hits, below, scanned.notices);
    }

    fn commit(&self, object: &Object<'_>) {
        match CommitRef::from_bytes(object.bytes, self.format) {
            Ok(commit) => {
                let time = commit.time().map_or(0, |time| time.seconds);
                let node = CommitNode { id: object.id, tree: commit.tree(), parents: commit.parents().collect(), time };
                self.outcome().commits.push(node);
            }
            Err(_) => self.outcome().problems.push((object.id, ObjectError::Header)),
        }
        self.record(object, &self.scanner.find(object.bytes, false));
    }

    fn tag(&self, object: &Object<'_>) {
        match TagRef::from_bytes(object.bytes, self.format) {
            Ok(tag) => {
                self.outcome().tags.insert(object.id, (tag.target(), tag.target_kind));
            }
            Err(_) => self.outcome().problems.push((object.id, ObjectError::Header)),
        }
        self.record(object, &self.scanner.find(object.bytes, false));
    }
}

/// Stand for paths that are not known yet. No report shows them.
const UNNAMED: &str = "object";
const NOTEBOOK: &str = "object.ipynb";

/// Whether a blob looks like a Jupyter notebook, which is told by its path elsewhere: they begin with their cells.
pub fn is_notebook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"{") && memchr::memmem::find(&bytes[..bytes.len().min(64)], b"\"cells\"").is_some()
}

impl Visitor for ObjectVisitor<'_> {
    type State = Kept;

    fn wants(&self, kind: Kind) -> bool {
        kind != Kind::Tree
    }

    fn visit(&self, object: &Object<'_>, origin: Option<Origin<'_, Kept>>) -> Kept {
        if !object.again {
            let size = object.bytes.len() as u64;
            if self.options.max_blob_size.is_some_and(|max| object.kind == Kind::Blob && size > max) {
                self.outcome().skipped.push((object.id, size));
                return Kept::Whole;
            }
            let counts = &mut self.outcome().objects;
            counts.scanned += 1;
            counts.bytes += size;
        }
        match object.kind {
            Kind::Blob => return self.blob(object, origin),
            Kind::Commit if !object.again => self.commit(object),
            Kind::Tag if !object.again => self.tag(object),
            Kind::Commit | Kind::Tag | Kind::Tree => {}
        }
        Kept::Whole
    }

    fn wants_size(&self, id: ObjectId, kind: Kind, size: u64) -> bool {
        let too_large = self.options.max_blob_size.is_some_and(|max| kind == Kind::Blob && size > max);
        if too_large {
            self.outcome().skipped.push((id, size));
        }
        !too_large
    }

    fn problem(&self, id: ObjectId, error: ObjectError) {
        self.outcome().problems.push((id, error));
    }

    fn failed(&self, id: ObjectId) {
        self.outcome().failed.push(id);
    }

    fn advance(&self, bytes: u64) {
        (self.advance)(bytes);
    }
}
