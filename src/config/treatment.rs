//! What `keytrail.toml` says about what was found: which places do not count at all, how sure and how severe a finding
//! in some files has to be, and which findings may stay.
//!
//! An allowance is bound to a value where it gives a fingerprint; one that names files or rules only says so of every
//! value in them. Allowances that have expired allow nothing, and those that nothing needs any more are told.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use ignore::gitignore::Gitignore;
use jiff::civil::Date;
use regex_automata::meta::Regex;

use super::glob::Pattern;
use super::scan::{self, matcher};
use super::value::Day;
use super::{Loaded, plain};
use crate::finding::{Allowance, Artifact, Confidence, Finding, Location, Severity};
use crate::report::{Notice, NoticeKind};
use crate::secret::Fingerprint;

/// What a configuration says about findings, prepared.
#[derive(Debug, Default)]
pub struct Treatment {
    /// The folder that patterns of files are relative to.
    base: PathBuf,
    exclude: Option<Gitignore>,
    paths: Vec<PathRule>,
    allow: Vec<Allow>,
    excluded: Vec<Pointed>,
}

/// A pattern of `exclude`, and whether it points at any file.
#[derive(Debug)]
struct Pointed {
    pattern: Gitignore,
    text: String,
    place: (String, u32),
    used: AtomicBool,
}

#[derive(Debug)]
struct PathRule {
    files: Gitignore,
    min_confidence: Option<Confidence>,
    severity: Option<Severity>,
    disable: Vec<Pattern>,
    /// What of it reports show: the patterns, and where they stand.
    shown: (String, (String, u32)),
    /// Whether it fits any file.
    used: AtomicBool,
}

#[derive(Debug)]
struct Allow {
    paths: Option<Gitignore>,
    rules: Vec<Pattern>,
    fingerprints: Vec<Fingerprint>,
    regexes: Vec<Regex>,
    commits: Vec<String>,
    /// Whether values are named at all; those that were complained about fit nothing.
    by_value: (bool, bool),
    reason: String,
    owner: Option<String>,
    expires: Option<Day>,
    history: bool,
    /// The file as reports name it, and the line.
    place: (String, u32),
    used: AtomicBool,
}

impl Treatment {
    /// Prepares what a configuration says. `base` is the folder that its patterns of files are relative to, and `here`
    /// the one that reports are relative to; both absolute.
    #[must_use]
    pub fn new(loaded: &Loaded, base: &Path, here: &Path) -> Self {
        let patterns = |list: &[toml::Spanned<String>]| {
            list.iter().filter_map(|text| Pattern::new(text.get_ref()).ok()).collect::<Vec<_>>()
        };
        let config = &loaded.config;
        let place = |span: Range<usize>| {
            let (file, line, _) = loaded.place(span.start);
            (file.strip_prefix(here).unwrap_or(file).to_string_lossy().replace('\\', "/"), line)
        };
        // A file that is extended may be that of many repositories, of which each needs a part.
        let extended = |span: Range<usize>| AtomicBool::new(Some(loaded.place(span.start).0) != loaded.path.as_deref());
        let path = |rule: &scan::PathRule| {
            let names: Vec<String> = rule.files.get_ref().iter().map(|name| format!("`{}`", name.get_ref())).collect();
            PathRule {
                files: matcher(rule.files.get_ref()),
                min_confidence: rule.min_confidence,
                severity: rule.severity,
                disable: patterns(&rule.disable),
                shown: (names.join(" "), place(rule.files.span())),
                used: extended(rule.files.span()),
            }
        };
        let pointed = |pattern: &toml::Spanned<String>| Pointed {
            pattern: matcher(std::slice::from_ref(pattern)),
            text: pattern.get_ref().clone(),
            place: place(pattern.span()),
            used: extended(pattern.span()),
        };
        // One that takes files out again says nothing by itself.
        let excluded = config.scan.exclude.iter().filter(|pattern| !pattern.get_ref().starts_with('!'));
        let allow = |entry: &scan::Allow| Allow {
            paths: (!entry.paths.is_empty()).then(|| matcher(&entry.paths)),
            rules: patterns(&entry.rules),
            fingerprints: entry.fingerprints.iter().filter_map(|text| Fingerprint::written(text.get_ref())).collect(),
            regexes: entry.regexes.iter().filter_map(|text| scan::regex(text.get_ref()).ok()).collect(),
            commits: entry.commits.iter().filter_map(|text| scan::commit(text.get_ref())).collect(),
            by_value: (!entry.fingerprints.is_empty(), !entry.regexes.is_empty()),
            reason: entry.reason.get_ref().trim().to_owned(),
            owner: entry.owner.clone(),
            expires: entry.expires,
            history: entry.history,
            place: place(entry.reason.span()),
            used: AtomicBool::new(false),
        };
        Treatment {
            base: base.to_owned(),
            exclude: (!config.scan.exclude.is_empty()).then(|| matcher(&config.scan.exclude)),
            paths: config.scan.paths.iter().map(path).collect(),
            allow: config.allow.iter().map(allow).collect(),
            excluded: excluded.map(pointed).collect(),
        }
    }

    /// The path that patterns are held against; nothing for what lies outside of the folder that they are about. `root`
    /// is the folder that paths of artifacts are relative to.
    fn below(&self, root: &Path, path: &str) -> Option<PathBuf> {
        let below = plain(&root.join(path)).strip_prefix(&self.base).ok()?.to_owned();
        (!below.as_os_str().is_empty()).then_some(below)
    }

    fn fits(&self, files: &Gitignore, root: &Path, artifact: &Artifact) -> bool {
        // By its container, or by its own name inside of it.
        let names = [Some(artifact.path.clone()), (!artifact.members.is_empty()).then(|| artifact.to_string())];
        names.into_iter().flatten().filter_map(|name| self.below(root, &name)).any(|path| {
            // The crate wants paths that are relative, which these are.
            files.matched_path_or_any_parents(path, false).is_ignore()
        })
    }

    /// Notes which patterns of the configuration point at a file that was listed.
    pub fn note_file(&self, root: &Path, artifact: &Artifact) {
        for rule in self.paths.iter().filter(|rule| !rule.used.load(Ordering::Relaxed)) {
            if self.fits(&rule.files, root, artifact) {
                rule.used.store(true, Ordering::Relaxed);
            }
        }
        for exclude in self.excluded.iter().filter(|exclude| !exclude.used.load(Ordering::Relaxed)) {
            if self.fits(&exclude.pattern, root, artifact) {
                exclude.used.store(true, Ordering::Relaxed);
            }
        }
    }

    /// What is to be said about patterns that point at none of the files that were listed, all of them. What git
    /// ignores is listed nowhere, and folders that are there count as well.
    #[must_use]
    pub fn unused_patterns(&self, shown: &dyn Fn(&str) -> String) -> Vec<Notice> {
        let stale = |(file, line): &(String, u32), what: String, help: &str| Notice {
            artifact: Some(Artifact::file(file)),
            kind: NoticeKind::Stale,
            message: format!("{what} of line {line} fits no file"),
            help: Some(help.to_owned()),
        };
        let there = |text: &str| self.base.join(text.trim_matches('/')).exists();
        let excluded = self.excluded.iter().filter(|one| !one.used.load(Ordering::Relaxed) && !there(&one.text));
        let excluded = excluded.map(|one| {
            stale(&one.place, format!("`{}` in `exclude`", shown(&one.text)), "take the pattern out, or mend it")
        });
        let paths = self.paths.iter().filter(|rule| !rule.used.load(Ordering::Relaxed)).map(|rule| {
            let (names, place) = &rule.shown;
            stale(place, format!("`[[scan.path]]` for {}", shown(names)), "take the table out, or mend its patterns")
        });
        excluded.chain(paths).collect()
    }

    /// Whether a file is not to be scanned. What of a repository is no file, such as the message of a commit, is.
    #[must_use]
    pub fn is_excluded(&self, root: &Path, artifact: &Artifact) -> bool {
        let file = || !artifact.path.split('/').any(|segment| segment == ".git");
        self.exclude.as_ref().is_some_and(|exclude| file() && self.fits(exclude, root, artifact))
    }

    /// The path rules of a file, the last one first.
    fn rules_of<'a>(&'a self, root: &'a Path, artifact: &'a Artifact) -> impl Iterator<Item = &'a PathRule> {
        self.paths.iter().rev().filter(move |rule| self.fits(&rule.files, root, artifact))
    }

    /// Whether a rule is not used in a file.
    #[must_use]
    pub fn is_disabled(&self, root: &Path, artifact: &Artifact, rule: &str) -> bool {
        self.rules_of(root, artifact).any(|path| path.disable.iter().any(|pattern| pattern.fits(rule)))
    }

    /// How certain something in a file has to be; nothing where the file is like all others.
    #[must_use]
    pub fn min_confidence(&self, root: &Path, artifact: &Artifact) -> Option<Confidence> {
        self.rules_of(root, artifact).find_map(|rule| rule.min_confidence)
    }

    /// The least that is certain enough anywhere, when it is `usual` where nothing else is said.
    #[must_use]
    pub fn lowest(&self, usual: Confidence) -> Confidence {
        self.paths.iter().filter_map(|rule| rule.min_confidence).fold(usual, Confidence::min)
    }

    /// Whether an allowance asks for the fingerprints of findings.
    #[must_use]
    pub fn asks_for_fingerprints(&self) -> bool {
        self.allow.iter().any(|allow| allow.by_value.0)
    }

    /// Says of each place whether it is allowed, and how severe the finding is by its places.
    pub fn settle(&self, finding: &mut Finding, root: &Path, today: Date) {
        for index in 0..finding.locations.len() {
            let mut allowed = None;
            for allow in &self.allow {
                if self.allows(allow, finding, &finding.locations[index], root) {
                    allow.used.store(true, Ordering::Relaxed);
                    if !allow.has_expired(today) {
                        allowed = allowed.or_else(|| Some(allow.allowance()));
                    }
                }
            }
            let location = &mut finding.locations[index];
            location.allowed = location.allowed.take().or(allowed);
        }
        let usual = finding.severity;
        let all = finding.is_allowed();
        let places = finding.locations.iter().filter(|location| all || location.allowed.is_none());
        let severity =
            |place: &Location| self.rules_of(root, &place.artifact).find_map(|rule| rule.severity).unwrap_or(usual);
        finding.severity = places.map(severity).max().unwrap_or(usual);
    }

    fn allows(&self, allow: &Allow, finding: &Finding, location: &Location, root: &Path) -> bool {
        let brought = || {
            let history = location.history.as_ref()?;
            Some(&history.introduced.as_ref()?.id)
        };
        let value = || finding.secret.secret().map(|secret| secret.expose());
        allow.paths.as_ref().is_none_or(|files| self.fits(files, root, &location.artifact))
            && (allow.rules.is_empty() || allow.rules.iter().any(|rule| rule.fits(&finding.rule)))
            && (allow.commits.is_empty() || brought().is_some_and(|commit| allow.commits.contains(commit)))
            && (!allow.by_value.1
                || value().is_some_and(|value| allow.regexes.iter().any(|regex| regex.is_match(value))))
            // Fingerprints of guessable values take a while, and come last for that.
            && (!allow.by_value.0 || allow.fingerprints.contains(&finding.fingerprint.get()))
    }

    /// What is to be said about places that entries allow without naming a value: what changes bring there is new, and
    /// nobody has looked at it. `shown` makes texts of the file fit for a report.
    #[must_use]
    pub fn by_place_only(&self, finding: &Finding, shown: &dyn Fn(&str) -> String) -> Vec<Notice> {
        let broad = |marker: &str| {
            let named = |allow: &&Allow| allow.marker() == marker;
            let by_value = |allow: &Allow| allow.by_value.0 || allow.by_value.1 || !allow.commits.is_empty();
            self.allow.iter().find(named).filter(|allow| !by_value(allow))
        };
        let places = finding.locations.iter().filter_map(|location| {
            let allowed = location.allowed.as_ref().filter(|allowed| allowed.configured)?;
            let allow = broad(&allowed.marker)?;
            let message = format!(
                "line {} brings a key ({}) that {} allows whatever its value is ({})",
                location.region.start.line,
                finding.rule,
                allow.marker(),
                shown(&allow.reason)
            );
            let kind = NoticeKind::Loosened;
            Some(Notice { artifact: Some(location.artifact.clone()), kind, message, help: None })
        });
        places.collect()
    }

    /// What is to be said about allowances: those that have expired, and, where `judged` says that the scan had to see
    /// everything that they could be about, those that nothing needs. `history` says whether histories were scanned,
    /// `shown` makes texts of the file fit for a report.
    #[must_use]
    pub fn notices(&self, today: Date, judged: bool, history: bool, shown: &dyn Fn(&str) -> String) -> Vec<Notice> {
        let mut notices = Vec::new();
        for allow in &self.allow {
            let used = allow.used.load(Ordering::Relaxed);
            let (file, line) = &allow.place;
            let stale = |message: String, help: &str| Notice {
                artifact: Some(Artifact::file(file)),
                kind: NoticeKind::Stale,
                message,
                help: Some(help.to_owned()),
            };
            let which = || format!("the allowance of line {line} ({})", shown(&allow.reason));
            if let Some(last) = allow.expires.filter(|_| allow.has_expired(today)) {
                let so = if used { ", and so what it allowed counts" } else { "" };
                let help = "set another date, or take the entry out";
                notices.push(stale(format!("{} has expired on {last}{so}", which()), help));
            } else if !used && judged && (history || !allow.is_of_history()) {
                let help = "take the entry out, or add `history = true` if it is about the history only";
                notices.push(stale(format!("{} is not needed: nothing that it allows was found", which()), help));
            }
        }
        notices
    }
}

impl Allow {
    /// Whether it is about the history only.
    fn is_of_history(&self) -> bool {
        self.history || !self.commits.is_empty()
    }

    fn has_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last.0 < today)
    }

    /// Where it stands, as reports name it.
    fn marker(&self) -> String {
        let (file, line) = &self.place;
        format!("{file}:{line}")
    }

    fn allowance(&self) -> Allowance {
        let mut reason = self.reason.clone();
        if let Some(owner) = &self.owner {
            reason.push_str(&format!("; owner: {owner}"));
        }
        if let Some(last) = self.expires {
            reason.push_str(&format!("; expires: {last}"));
        }
        Allowance { marker: self.marker(), reason: Some(reason), configured: true }
    }
}
