//! From traces to places: the version that a report shows is read and scanned under its path.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gix_hash::ObjectId;
use gix_object::{CommitRef, Kind, TagRef};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use super::super::{Buffer, Engine, Place, Scanned};
use super::names::NameTrace;
use super::objects::{Found, ValueId, value_id};
use super::{Marked, Options, Since, Source, shown_path, within};
use crate::finding::{Artifact, Commit, History, Reach};
use crate::report::Notice;
use crate::source::git::attribution::Traces;
use crate::source::git::commits::Graph;
use crate::source::git::references::{Reference, Starts, id_of};
use crate::source::git::store::Store;

/// So many tags may name each other until one names something else.
const TAGS: usize = 32;

/// Versions that are read before what was found in them is put beside the rest.
const AT_ONCE: usize = 256;

/// Makes places.
pub struct Reporter<'a> {
    scanner: &'a Engine,
    source: &'a Source<'a>,
    graph: &'a Graph,
    tags: &'a HashMap<ObjectId, (ObjectId, Kind)>,
    options: &'a Options,
    references: &'a [Reference],
    /// References and the number of the commit that each leads to.
    tips: Vec<(&'a Reference, u32)>,
    /// From where each commit can be reached.
    reach: Vec<Reach>,
    /// Commits that `--since` and `--branch` let through.
    wanted: &'a [bool],
    head: Option<u32>,
    commits: HashMap<u32, Commit>,
    buffer: Buffer,
    pub places: Vec<Place>,
    pub notices: Vec<Notice>,
}

/// Versions to be shown: blobs under their paths, with the secrets in them and their stories.
type Shown = BTreeMap<(Vec<u8>, u32), Vec<(u32, History)>>;

/// A version to be shown.
struct Version {
    /// As reports name it.
    path: String,
    blob: u32,
    stories: Vec<(u32, History)>,
}

impl Version {
    /// Reads the blob once more. Returns the places of the secrets that are asked for, and what is to be said about what
    /// was left out.
    fn places(
        self,
        scanner: &Engine,
        store: &Store,
        marked: &Marked,
        buffer: &mut Buffer,
    ) -> (Vec<Place>, Vec<Notice>) {
        let (mut places, mut notices) = (Vec::new(), Vec::new());
        // It was read before; where it cannot be read now, that has been said.
        let Ok((_, bytes)) = store.read(&marked.blobs[self.blob as usize]) else { return (places, notices) };
        let scanned = scanner.blob(&bytes, &Artifact::file(self.path), buffer);
        for (mark, history) in &self.stories {
            match marked.values[*mark as usize] {
                Some(value) => {
                    for place in &scanned.places {
                        if value_id(place.detected, place.secret.expose()) == value {
                            let mut place = place.clone();
                            place.location.history = Some(Box::new(history.clone()));
                            places.push(place);
                        }
                    }
                }
                None => notices.extend(scanned.notices.iter().cloned()),
            }
        }
        (places, notices)
    }
}

impl<'a> Reporter<'a> {
    pub fn new(
        scanner: &'a Engine,
        source: &'a Source<'a>,
        graph: &'a Graph,
        starts: &'a Starts,
        tags: &'a HashMap<ObjectId, (ObjectId, Kind)>,
        wanted: &'a [bool],
        options: &'a Options,
    ) -> Self {
        let commit_of = |id: &ObjectId| {
            let mut id = *id;
            for _ in 0..TAGS {
                match tags.get(&id) {
                    Some((target, _)) => id = *target,
                    None => break,
                }
            }
            graph.number(&id)
        };
        let tips: Vec<(&Reference, u32)> =
            starts.references.iter().filter_map(|reference| Some((reference, commit_of(&reference.target)?))).collect();
        let head = starts.head.and_then(|head| graph.number(&head));
        let references: Vec<u32> = tips.iter().map(|(_, tip)| *tip).chain(head).collect();
        let reflogs: Vec<u32> = starts.reflogs.iter().filter_map(commit_of).collect();
        let reach = graph.reach(&references, &reflogs);
        Reporter {
            scanner,
            source,
            graph,
            tags,
            options,
            references: &starts.references,
            tips,
            reach,
            wanted,
            head,
            commits: HashMap::new(),
            buffer: Buffer::default(),
            places: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// Places of what commits hold.
    pub fn traces(&mut self, traces: &Traces, marked: &Marked) {
        let wanted: Vec<_> = traces.told.iter().filter(|trace| within(&self.options.paths, &trace.path)).collect();
        let introducing: BTreeSet<u32> = wanted.iter().flat_map(|trace| trace.introduced.iter().copied()).collect();
        let branches = self.branches(&introducing.into_iter().collect::<Vec<_>>());
        let mut shown: Shown = BTreeMap::new();
        for trace in wanted {
            // The earliest of those that can be reached best.
            let best = trace.introduced.iter().map(|&commit| self.reach[commit as usize]).max();
            let reach = best.unwrap_or(Reach::Unreachable);
            let introduced = trace.introduced.iter().copied().find(|&commit| self.reach[commit as usize] == reach);
            let first = trace.versions.iter().find(|(_, commit)| Some(*commit) == introduced);
            let Some(blob) = trace.at_head.or(first.or(trace.versions.first()).map(|(blob, _)| *blob)) else {
                continue;
            };
            let names: BTreeSet<&str> =
                trace.introduced.iter().flat_map(|commit| branches.get(commit)).flatten().copied().collect();
            let versions: Vec<String> =
                trace.versions.iter().map(|(blob, _)| marked.blobs[*blob as usize].to_string()).collect();
            let history = History {
                object: marked.blobs[blob as usize].to_string(),
                versions: if versions.len() > 1 { versions } else { Vec::new() },
                introduced: introduced.and_then(|commit| self.commit(commit)),
                last: self.commit(trace.last),
                at_head: trace.at_head.is_some(),
                reach,
                branches: names.into_iter().map(|name| self.scanner.redacted(name)).collect(),
            };
            shown.entry((trace.path.clone(), blob)).or_default().push((trace.mark, history));
        }
        let shown = shown
            .into_iter()
            .map(|((path, blob), stories)| Version {
                path: shown_path(self.source.repository, self.options, &path),
                blob,
                stories,
            })
            .collect();
        self.versions(shown, marked);
    }

    /// Places of blobs that no commit holds: what was staged and never committed, or whose commit is gone.
    pub fn untraced(&mut self, traces: &Traces, marked: &Marked, found: &[Found], index: Option<&gix_index::File>) {
        // What a limit by branch or path asks for has a commit.
        if !self.options.branches.is_empty() {
            return;
        }
        let blobs = found.iter().filter(|found| found.kind == Kind::Blob);
        let untraced: Vec<(u32, &Found)> =
            (0u32..).zip(blobs).filter(|(blob, _)| !traces.held[*blob as usize]).collect();
        let index = index.filter(|_| !untraced.is_empty());
        let kept = if untraced.is_empty() { HashMap::new() } else { self.kept_by_references() };
        let staged: HashMap<&[u8], &[u8]> = index.map_or_else(HashMap::new, |index| {
            index.entries().iter().map(|entry| (entry.id.as_slice(), entry.path(index) as &[u8])).collect()
        });
        let mut versions: Vec<Version> = Vec::new();
        for (blob, found) in untraced {
            let path = staged.get(found.id.as_slice()).copied();
            if !path.is_none_or(|path| within(&self.options.paths, path))
                || path.is_none() && !self.options.paths.is_empty()
            {
                continue;
            }
            let shown = match path {
                Some(path) => shown_path(self.source.repository, self.options, path),
                None => format!(".git/blob/{}", found.id),
            };
            let names = kept.get(&found.id);
            let history = History {
                object: found.id.to_string(),
                versions: Vec::new(),
                introduced: None,
                last: None,
                at_head: false,
                reach: if names.is_some() { Reach::Reference } else { Reach::Unreachable },
                branches: names.into_iter().flatten().map(|name| self.scanner.redacted(name)).collect(),
            };
            let stories = marked.marks[blob as usize].iter().map(|&mark| (mark, history.clone())).collect();
            versions.push(Version { path: shown, blob, stories });
        }
        self.versions(versions, marked);
    }

    /// Blobs that references lead to without a commit, and the short names of these: a tag may be one of a blob or of a
    /// folder.
    fn kept_by_references(&self) -> HashMap<ObjectId, BTreeSet<&'a str>> {
        let mut kept: HashMap<ObjectId, BTreeSet<&str>> = HashMap::new();
        for reference in self.references {
            let mut target = reference.target;
            for _ in 0..TAGS {
                target = self.tags.get(&target).map_or(target, |(target, _)| *target);
            }
            if self.graph.number(&target).is_some() {
                continue;
            }
            let mut keep = |id: ObjectId| {
                kept.entry(id).or_default().insert(reference.short());
            };
            keep(target);
            // What is missing below it was counted when trees were read.
            let tree = git2::Oid::from_bytes(target.as_slice()).and_then(|id| self.source.repository.find_tree(id));
            let _ = tree.and_then(|tree| {
                tree.walk(git2::TreeWalkMode::PreOrder, |_, entry| {
                    keep(id_of(entry.id()));
                    git2::TreeWalkResult::Ok
                })
            });
        }
        kept
    }

    /// Places in the names of files and folders.
    pub fn names(&mut self, named: &[NameTrace]) {
        for name in named.iter().filter(|name| within(&self.options.paths, &name.path)) {
            let artifact = Artifact::file(shown_path(self.source.repository, self.options, &name.path));
            let places = self.scanner.in_name(&artifact, &self.scanner.named(&artifact));
            if places.is_empty() {
                continue;
            }
            let best = name.introduced.iter().map(|&commit| self.reach[commit as usize]).max();
            let reach = best.unwrap_or(Reach::Unreachable);
            let introduced = name.introduced.iter().copied().find(|&commit| self.reach[commit as usize] == reach);
            let branches: BTreeSet<&str> = self.branches(&name.introduced).into_values().flatten().collect();
            let history = History {
                object: name.object.to_string(),
                versions: Vec::new(),
                introduced: introduced.and_then(|commit| self.commit(commit)),
                last: self.commit(name.last),
                at_head: name.at_head,
                reach,
                branches: branches.into_iter().map(|branch| self.scanner.redacted(branch)).collect(),
            };
            for mut place in places {
                place.location.history = Some(Box::new(history.clone()));
                self.places.push(place);
            }
        }
    }

    /// Places in the texts of commits and tags.
    pub fn texts(&mut self, found: &[Found]) {
        if !self.options.paths.is_empty() {
            return;
        }
        for found in found.iter().filter(|found| found.kind != Kind::Blob) {
            let Ok((kind, bytes)) = self.source.walk.store().read(&found.id) else { continue };
            let wanted: BTreeSet<ValueId> = found.hits.iter().map(|hit| hit.value).collect();
            let (texts, commit) = match kind {
                Kind::Commit => (commit_texts(&bytes, self.source.walk.store().format), self.graph.number(&found.id)),
                _ => {
                    let target = self.tags.get(&found.id).and_then(|(target, _)| self.graph.number(target));
                    (tag_texts(&bytes, self.source.walk.store().format), target)
                }
            };
            if !commit.is_none_or(|commit| self.wanted[commit as usize]) {
                continue;
            }
            let branches = commit.map(|commit| self.branches(&[commit])).unwrap_or_default();
            let reach = match (kind, commit) {
                (Kind::Commit, Some(commit)) => self.reach[commit as usize],
                _ if self.tips.iter().any(|(reference, _)| reference.target == found.id) => Reach::Reference,
                _ => Reach::Unreachable,
            };
            let of_head = kind == Kind::Commit && self.head.is_some() && self.head == commit;
            let names = branches.into_values().flatten().map(|name| self.scanner.redacted(name)).collect();
            // Who tags a commit need not be who made it.
            let told = match kind {
                Kind::Commit => commit.and_then(|commit| self.commit(commit)),
                _ => tagged(self.scanner, found.id, &bytes, self.source.walk.store().format),
            };
            let history = History {
                object: found.id.to_string(),
                versions: Vec::new(),
                introduced: told.clone(),
                last: told,
                at_head: of_head,
                reach,
                branches: names,
            };
            let folder = if kind == Kind::Commit { "commit" } else { "tag" };
            let mut left = wanted.clone();
            for (name, text) in texts.into_iter().chain([("object", bytes.as_slice())]) {
                if left.is_empty() {
                    break;
                }
                let artifact = Artifact::file(format!(".git/{folder}/{}/{name}", found.id));
                for mut place in self.scan(&artifact, text).places {
                    let value = value_id(place.detected, place.secret.expose());
                    if wanted.contains(&value) && (name != "object" || left.contains(&value)) {
                        left.remove(&value);
                        place.location.history = Some(Box::new(history.clone()));
                        self.places.push(place);
                    }
                }
            }
        }
    }

    /// Reads blobs once more, on all threads, and keeps the places of the secrets that are asked for.
    fn versions(&mut self, versions: Vec<Version>, marked: &Marked) {
        let (scanner, store) = (self.scanner, self.source.walk.store());
        let look = |buffer: &mut Buffer, version: Version| version.places(scanner, store, marked, buffer);
        let mut versions = versions.into_iter();
        loop {
            let some: Vec<Version> = versions.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                break;
            }
            let each = || some.into_par_iter().with_max_len(1).map_init(Buffer::default, look);
            let shown: Vec<_> = self.source.pool.install(|| each().collect());
            for (places, notices) in shown {
                self.places.extend(places);
                self.notices.extend(notices);
            }
        }
    }

    fn scan(&mut self, artifact: &Artifact, bytes: &[u8]) -> Scanned {
        self.scanner.blob(bytes, artifact, &mut self.buffer)
    }

    /// The short names of the references that reach each of these commits: branches, or others where there are none, what
    /// git only remembers for a while last of all.
    fn branches(&self, commits: &[u32]) -> BTreeMap<u32, Vec<&'a str>> {
        let tips: Vec<u32> = self.tips.iter().map(|(_, tip)| *tip).collect();
        let (graph, pool) = (self.graph, self.source.pool);
        let reached = pool.install(|| graph.reached_by(&tips, commits));
        // The lower, the better.
        let kind = |reference: &Reference| match reference {
            branch if branch.is_branch() => 0,
            other if other.lasts() => 1,
            _ => 2,
        };
        let kinds: Vec<u8> = self.tips.iter().map(|(reference, _)| kind(reference)).collect();
        let of_commit = |(index, &commit): (usize, &u32)| {
            let reach = |tip: &usize| reached.reaches(*tip, index);
            let best = (0..tips.len()).filter(reach).map(|tip| kinds[tip]).min();
            let named = (0..tips.len()).filter(|&tip| Some(kinds[tip]) == best).filter(reach);
            (commit, named.map(|tip| self.tips[tip].0.short()).collect())
        };
        (0..).zip(commits).map(of_commit).collect()
    }

    /// What reports say about a commit.
    fn commit(&mut self, number: u32) -> Option<Commit> {
        if let Some(known) = self.commits.get(&number) {
            return Some(known.clone());
        }
        let store = self.source.walk.store();
        let id = self.graph.node(number).id;
        let (_, bytes) = store.read(&id).ok()?;
        let commit = told(self.scanner, id, &CommitRef::from_bytes(&bytes, store.format).ok()?);
        self.commits.insert(number, commit.clone());
        Some(commit)
    }
}

/// The commits that `--since` and `--branch` let through, by number.
pub fn wanted(graph: &Graph, options: &Options) -> Vec<bool> {
    let history_of = |id: &ObjectId| graph.reach(&graph.number(id).into_iter().collect::<Vec<_>>(), &[]);
    let mut wanted = vec![true; graph.nodes().len()];
    match &options.since {
        Some(Since::Commit(id)) => {
            for (wanted, reach) in wanted.iter_mut().zip(history_of(id)) {
                *wanted &= reach == Reach::Unreachable;
            }
        }
        Some(Since::Time(time)) => {
            for (wanted, node) in wanted.iter_mut().zip(graph.nodes()) {
                *wanted &= node.time >= *time;
            }
        }
        None => {}
    }
    if !options.branches.is_empty() {
        let tips: Vec<u32> = options.branches.iter().filter_map(|id| graph.number(id)).collect();
        for (wanted, reach) in wanted.iter_mut().zip(graph.reach(&tips, &[])) {
            *wanted &= reach == Reach::Reference;
        }
    }
    wanted
}

/// A commit as reports name it.
pub fn told(scanner: &Engine, id: ObjectId, commit: &CommitRef<'_>) -> Commit {
    let (mut author, mut date) = (String::new(), String::new());
    if let Ok(signature) = commit.author() {
        author = format!("{} <{}>", signature.name, signature.email);
        date = signature.time().ok().and_then(|time| rfc3339(time.seconds, time.offset)).unwrap_or_default();
    }
    let subject = commit.message().summary().to_string();
    Commit { id: id.to_string(), author: scanner.redacted(&author), date, subject: scanner.redacted(&subject) }
}

/// A tag as reports name what brought a key: by whoever made it, with its name for a subject. Nothing for one that
/// nobody signed, as the oldest tags are.
fn tagged(scanner: &Engine, id: ObjectId, bytes: &[u8], format: gix_hash::Kind) -> Option<Commit> {
    let tag = TagRef::from_bytes(bytes, format).ok()?;
    let signature = tag.tagger().ok()??;
    let author = format!("{} <{}>", signature.name, signature.email);
    let date = signature.time().ok().and_then(|time| rfc3339(time.seconds, time.offset)).unwrap_or_default();
    let subject = format!("tag {}", tag.name);
    Some(Commit { id: id.to_string(), author: scanner.redacted(&author), date, subject: scanner.redacted(&subject) })
}

/// A time of git in RFC 3339, with its offset.
fn rfc3339(seconds: i64, offset: i32) -> Option<String> {
    let zone = TimeZone::fixed(Offset::from_seconds(offset).ok()?);
    let time = Timestamp::from_second(seconds).ok()?.to_zoned(zone);
    Some(time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

/// The texts that people write into a commit.
fn commit_texts(bytes: &[u8], format: gix_hash::Kind) -> Vec<(&'static str, &[u8])> {
    match CommitRef::from_bytes(bytes, format) {
        Ok(commit) => vec![("message", commit.message), ("author", commit.author), ("committer", commit.committer)]
            .into_iter()
            .map(|(name, text)| (name, text as &[u8]))
            .collect(),
        Err(_) => Vec::new(),
    }
}

/// The texts that people write into a tag.
fn tag_texts(bytes: &[u8], format: gix_hash::Kind) -> Vec<(&'static str, &[u8])> {
    match TagRef::from_bytes(bytes, format) {
        Ok(tag) => vec![("message", tag.message as &[u8]), ("name", tag.name as &[u8])],
        Err(_) => Vec::new(),
    }
}
