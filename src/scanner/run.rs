//! The run of a scan: from a [`Source`](super::Source) to what was found in it.

use std::io::Read;
use std::path::{Path, PathBuf};

use git2::{ObjectType, Oid, Repository};

use super::source::{Kind, Past, Pushed};
use super::{Problem, Scanner, Watch, Work, history};
use crate::finding::Artifact;
use crate::report::{Notice, NoticeKind, VersionControl};
use crate::scan::changes::Changes;
use crate::scan::comments::Unused;
use crate::scan::{Buffer, Collector, Scanned, parallel};
use crate::source::git::compare::{Compare, Difference, Revision};
use crate::source::git::objects::Objects;
use crate::source::git::range::{Range, Spec};
use crate::source::git::repository::{self, Paths};
use crate::source::git::staged;
use crate::source::tree;

/// One scan.
pub(super) struct Run<'a> {
    pub scanner: &'a Scanner,
    pub watch: &'a dyn Watch,
    /// The folder that paths are relative to; absolute.
    pub root: &'a Path,
    /// What was found so far.
    pub collector: Collector,
    /// What the changes that are judged loosen.
    pub loosened: Vec<Notice>,
    /// Comments of files that allow nothing.
    pub unused: Vec<Unused>,
}

impl Run<'_> {
    /// Looks at a source. The state of the repository, where there is one.
    pub(super) fn of(&mut self, kind: Kind<'_>) -> Result<Option<VersionControl>, Problem> {
        match kind {
            Kind::Paths { paths, tree, ignored, history } => {
                let paths: Vec<PathBuf> = paths.into_iter().map(|path| self.scanner.placed(path)).collect();
                let mut gone = Vec::new();
                if history.is_some() {
                    gone.extend(paths.iter().filter(|path| !path.exists()));
                    if let Some(path) = gone.iter().find(|path| !history::is_in_history(path)) {
                        return Err(Problem::NoSuchPath { path: path.to_path_buf() });
                    }
                }
                // Whoever asks for a history does not want to learn after a long scan of files that there is none.
                let asked = match &history {
                    Some(past) => Some(history::repositories(&paths, past.where_there_is_one)?),
                    None => None,
                };
                if tree {
                    let in_files = |path: &&PathBuf| !gone.contains(path) && !history::is_inside_git(path);
                    let trees = paths.iter().filter(|path| history.is_none() || in_files(path));
                    self.files(&trees.cloned().collect::<Vec<_>>(), ignored)?;
                }
                if let (Some(past), Some(asked)) = (&history, asked) {
                    self.histories(asked, past)?;
                }
                Ok(paths.first().and_then(|path| tree::version_control(path, self.root)))
            }
            Kind::Content { name, mut content } => {
                self.content(&name, &mut *content);
                Ok(None)
            }
            Kind::Changes { range: Some(range), paths, whole_files } => {
                self.range(&range, &paths, whole_files).map(Some)
            }
            Kind::Changes { range: None, paths, whole_files } => self.staged(&paths, whole_files).map(Some),
            Kind::Pushed(pushes) => self.pushed(&pushes).map(Some),
        }
    }

    /// Takes what came out of a file, or of several.
    fn take(&mut self, mut scanned: Scanned) {
        self.scanner.treat(&mut scanned, self.root);
        self.scanner.show(&scanned, self.root, self.watch);
        self.collector.add(scanned);
    }

    /// Takes notices of a source, which knows no rules, so that its names may hold keys.
    fn take_notices(&mut self, notices: impl IntoIterator<Item = Notice>) {
        let notices = notices.into_iter().map(|notice| self.scanner.engine.noticed(notice)).collect();
        self.take(Scanned { notices, ..Scanned::default() });
    }

    fn files(&mut self, paths: &[PathBuf], ignored: bool) -> Result<(), Problem> {
        let Run { scanner, watch, root, .. } = *self;
        let jobs = scanner.jobs.get();
        let mut listing = tree::list(paths, &tree::Options { no_ignore: ignored, jobs, base: root.to_owned() })?;
        let all = listing.files.len();
        let treatment = &scanner.configuration.treatment;
        listing.files.iter().for_each(|file| treatment.note_file(root, &file.artifact));
        listing.files.retain(|file| !treatment.is_excluded(root, &file.artifact));
        let left_out = all - listing.files.len();
        if left_out > 0 {
            let files = if left_out == 1 { "1 file".to_owned() } else { format!("{left_out} files") };
            listing.notices.push(Notice {
                artifact: None,
                kind: NoticeKind::Skipped,
                message: format!("{files} not scanned: `exclude` of keytrail.toml"),
                help: None,
            });
        }
        self.take_notices(listing.notices);
        watch.begins(Work::Files(listing.files.len() as u64));
        parallel::files(&scanner.engine, &listing.files, paths, jobs, &mut |mut scanned: Scanned| {
            watch.advances(1, scanned.bytes);
            self.unused.append(&mut scanned.unused);
            self.take(scanned);
        })?;
        watch.ends();
        Ok(())
    }

    fn histories(&mut self, asked: Vec<history::Asked>, past: &Past) -> Result<(), Problem> {
        let Run { scanner, watch, root, .. } = *self;
        history::scan(scanner, asked, past, root, watch, &mut |mut history| {
            let (places, notices) = (std::mem::take(&mut history.places), std::mem::take(&mut history.notices));
            let mut scanned = Scanned { places, notices, ..Scanned::default() };
            scanner.treat(&mut scanned, root);
            scanner.show(&scanned, root, watch);
            (history.places, history.notices) = (scanned.places, scanned.notices);
            self.collector.add_history(history);
        })
    }

    fn content(&mut self, name: &str, content: &mut dyn Read) {
        let artifact = self.scanner.engine.named(&Artifact::file(name));
        let mut scanned = Scanned::default();
        if let Err(error) = self.scanner.engine.input(&artifact, content, &mut scanned) {
            scanned.notices.push(Notice {
                artifact: Some(artifact),
                kind: NoticeKind::Unreadable,
                message: error.to_string(),
                help: None,
            });
        }
        self.take(scanned);
    }

    fn staged(&mut self, limits: &[PathBuf], whole_files: bool) -> Result<VersionControl, Problem> {
        let repository = self.scanner.repository()?;
        let objects = Objects::new(&repository).map_err(Problem::Objects)?;
        let paths = Paths::new(&repository, self.root, limits)?;
        let staged = staged::staged(&repository, &objects, &paths, whole_files)?;
        self.loosens(&objects, &paths, staged.difference);
        self.take_notices(staged.conflicts.iter().map(|path| Notice {
            artifact: Some(paths.artifact(path)),
            kind: NoticeKind::Skipped,
            message: "it is in conflict, and so nothing of it is staged".to_owned(),
            help: None,
        }));
        self.changes(&repository, &objects, &paths, vec![staged.revision], None, None, whole_files)?;
        Ok(tree::version_control_of(&repository, paths.top(), self.root, false))
    }

    fn range(&mut self, range: &str, limits: &[PathBuf], whole_files: bool) -> Result<VersionControl, Problem> {
        let repository = self.scanner.repository()?;
        let objects = Objects::new(&repository).map_err(Problem::Objects)?;
        let paths = Paths::new(&repository, self.root, limits)?;
        let spec = Spec::parse(range)?;
        let range = Range::find(&repository, &objects, &spec)?;
        range.check(&objects, &paths)?;
        let base = repository.revparse_single(&spec.base).and_then(|base| base.peel_to_commit());
        // Without a common past, as in a shallow clone, the base itself has to do.
        let before = base.ok().map(|base| repository.merge_base(base.id(), range.end.id).unwrap_or(base.id()));
        if before.is_some() {
            self.loosens_since(&objects, &paths, before, &range);
        }
        self.take_notices(range.notice());
        let revisions = range.revisions(&objects, &paths, whole_files, self.scanner.jobs);
        self.changes(&repository, &objects, &paths, revisions, Some(range), before, whole_files)?;
        Ok(tree::version_control_of(&repository, paths.top(), self.root, false))
    }

    fn pushed(&mut self, pushes: &[Pushed]) -> Result<VersionControl, Problem> {
        let repository = self.scanner.repository()?;
        let objects = Objects::new(&repository).map_err(Problem::Objects)?;
        let paths = Paths::new(&repository, self.root, &[])?;
        for push in pushes {
            let object = repository.find_object(push.new, None).map_err(|source| Problem::Pushed {
                id: push.new,
                reference: push.reference.clone(),
                source,
            })?;
            let mut buffer = Buffer::default();
            if let Some(tag) = object.as_tag() {
                let named = Artifact::file(format!(".git/tag/{}/message", tag.id()));
                let message = tag.message_bytes().unwrap_or_default();
                self.take(self.scanner.engine.blob(message, &named, &mut buffer));
            }
            let (revisions, range, before) = match object.peel(ObjectType::Commit) {
                Ok(commit) => {
                    let range = Range::beyond(&repository, &objects, commit.id(), &push.known)?;
                    self.take_notices(range.notice());
                    let before = before(&repository, &range);
                    self.loosens_since(&objects, &paths, before, &range);
                    (range.revisions(&objects, &paths, false, self.scanner.jobs), Some(range), before)
                }
                // A reference may point to anything; what is a tag of something else is looked at as that.
                Err(_) => match object.peel(ObjectType::Tree).or_else(|_| object.peel(ObjectType::Blob)) {
                    Ok(other) if other.kind() == Some(ObjectType::Tree) => {
                        let mut compare = Compare::new(&objects);
                        compare.trees(&mut Vec::new(), None, Some(other.id()));
                        (vec![Revision::new(None, vec![compare.difference], false, |_| true)], None, None)
                    }
                    Ok(other) => {
                        let blob = objects.blob(other.id()).map_err(Problem::PushedBlob)?;
                        let named = Artifact::file(format!(".git/blob/{}", other.id()));
                        self.take(self.scanner.engine.blob(blob.data(), &named, &mut buffer));
                        continue;
                    }
                    Err(_) => return Err(Problem::PushedOther(push.reference.clone())),
                },
            };
            self.changes(&repository, &objects, &paths, revisions, range, before, false)?;
        }
        Ok(tree::version_control_of(&repository, paths.top(), self.root, false))
    }

    #[allow(clippy::too_many_arguments)]
    fn changes(
        &mut self,
        repository: &Repository,
        objects: &Objects<'_>,
        paths: &Paths,
        revisions: Vec<Revision>,
        range: Option<Range>,
        before: Option<Oid>,
        whole_files: bool,
    ) -> Result<(), Problem> {
        let Run { scanner, watch, .. } = *self;
        let help = repository::help_for_missing(repository);
        let base = before.and_then(|id| objects.commit(id).ok()).map(|commit| commit.tree);
        let changes = Changes::new(objects, paths, revisions, range.map(|range| range.end), whole_files, help);
        let changes = changes.since(base);
        watch.begins(Work::Changes(changes.len() as u64));
        let done = |bytes| watch.advances(1, bytes);
        changes.scan(&scanner.engine, scanner.jobs.get(), &done, &mut |scanned| self.take(scanned))?;
        watch.ends();
        Ok(())
    }

    /// Notes what a range loosens of the check that judges it, against the commit before it; against nothing where
    /// there is none.
    fn loosens_since(&mut self, objects: &Objects<'_>, paths: &Paths, before: Option<Oid>, range: &Range) {
        let old = match before.map(|id| objects.commit(id)) {
            // Without the commit before, everything would seem to be added; the scan tells that it is missing.
            Some(Err(_)) => return,
            Some(Ok(commit)) => Some(commit.tree),
            None => None,
        };
        let mut compare = Compare::new(objects);
        compare.trees(&mut Vec::new(), old, Some(range.end.tree));
        self.loosens(objects, paths, compare.difference);
    }

    fn loosens(&mut self, objects: &Objects<'_>, paths: &Paths, difference: Difference) {
        let Scanner { engine, configuration, baseline, .. } = self.scanner;
        let shown = |text: &str| engine.redacted(text);
        let said = configuration.loosened(objects, paths, difference, baseline.as_ref(), self.root, &shown);
        self.loosened.extend(said);
    }
}

/// The last commit that was there before, following first parents; nothing where all are new.
fn before(repository: &Repository, range: &Range) -> Option<Oid> {
    let new: std::collections::HashSet<Oid> = range.commits.iter().map(|commit| commit.id).collect();
    let mut id = range.end.id;
    while new.contains(&id) {
        id = repository.find_commit(id).ok()?.parent_id(0).ok()?;
    }
    repository.find_commit(id).is_ok().then_some(id)
}
