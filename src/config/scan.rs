//! The sections `[scan]` and `[[allow]]`: what is scanned, how findings are judged, and which of them may stay.
//!
//! Files are named by patterns as `.gitignore` writes them, relative to the folder of the `keytrail.toml` that applies:
//! `testdata/`, `*.min.js`, `/docs/**/*.md`, `!keep.js`. What they mean is git's business, and its rules are known.

use std::num::NonZeroU32;
use std::path::PathBuf;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::Wrong;
use super::glob;
use super::value::{Day, Size};
use crate::finding::{Confidence, Severity};
use crate::secret::Fingerprint;

/// How trees, changes and histories are scanned. What the command line says wins.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ScanConfig {
    /// Scan the whole history, too; not unless given.
    #[schemars(with = "Option<bool>")]
    pub history: Option<Spanned<bool>>,
    /// Files that are not scanned, as `.gitignore` writes patterns.
    #[schemars(with = "Vec<String>")]
    pub exclude: Vec<Spanned<String>>,
    /// Larger files are left out: bytes, or a text such as "10M"; no limit unless given.
    #[schemars(with = "Option<Size>")]
    pub max_file_size: Option<Spanned<Size>>,
    /// How deep containers inside containers are opened; 5 unless given, 0 opens none.
    #[schemars(with = "Option<u8>")]
    pub max_depth: Option<Spanned<u8>>,
    /// How many bytes one file may expand to; 1GiB unless given.
    #[schemars(with = "Option<Size>")]
    pub max_expansion: Option<Spanned<Size>>,
    /// How many times its size one file may expand to, if that is more than 64MiB; 1000 unless given.
    #[schemars(with = "Option<NonZeroU32>")]
    pub max_ratio: Option<Spanned<NonZeroU32>>,
    /// What is at least as certain as this is reported; medium unless given.
    #[schemars(with = "Option<Confidence>")]
    pub min_confidence: Option<Spanned<Confidence>>,
    /// Findings of this severity or above make exit code 1; low unless given.
    #[schemars(with = "Option<FailOn>")]
    pub fail_on: Option<Spanned<FailOn>>,
    /// Rule files, and folders with rule files, that are used besides the built-in rules; relative to this file.
    #[schemars(with = "Vec<String>")]
    pub rules: Vec<Spanned<String>>,
    /// Only these rules are used: ids, or patterns such as `github-*`. A list in a file that comes later replaces it.
    #[schemars(with = "Vec<String>")]
    pub only: Vec<Spanned<String>>,
    /// These rules are not used: ids, or patterns.
    #[schemars(with = "Vec<String>")]
    pub disable: Vec<Spanned<String>>,
    /// The baseline: findings that it lists are hidden; relative to this file.
    #[schemars(with = "Option<String>")]
    pub baseline: Option<Spanned<String>>,
    /// Other rules for some files; where several fit a file, the last one that says something counts.
    #[serde(rename = "path")]
    pub paths: Vec<PathRule>,
}

/// From which severity on findings make exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum FailOn {
    Note,
    Low,
    Medium,
    High,
    Critical,
    Never,
}

impl FailOn {
    /// The severity from which on findings count; `None` for never.
    #[must_use]
    pub fn severity(self) -> Option<Severity> {
        match self {
            FailOn::Note => Some(Severity::Note),
            FailOn::Low => Some(Severity::Low),
            FailOn::Medium => Some(Severity::Medium),
            FailOn::High => Some(Severity::High),
            FailOn::Critical => Some(Severity::Critical),
            FailOn::Never => None,
        }
    }

    /// The name used on the command line and in the file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.severity().map_or("never", Severity::as_str)
    }
}

/// Other rules for some files.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PathRule {
    /// Which files, as `.gitignore` writes patterns.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub files: Spanned<Vec<Spanned<String>>>,
    /// As `scan.min-confidence`, for these files.
    #[serde(default)]
    pub min_confidence: Option<Confidence>,
    /// The severity of what is found in these files. A key that stands elsewhere, too, has the greatest of its
    /// severities.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// Rules that are not used in these files: ids, or patterns.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub disable: Vec<Spanned<String>>,
}

/// What was found and may stay. All that is given has to fit: one of the paths, one of the rules, and so on.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Allow {
    /// In these files, as `.gitignore` writes patterns.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub paths: Vec<Spanned<String>>,
    /// Found by these rules: ids, or patterns.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub rules: Vec<Spanned<String>>,
    /// Values of these fingerprints, as reports have them: no other value is allowed then.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub fingerprints: Vec<Spanned<String>>,
    /// Values in which one of these regular expressions matches; `^` and `$` are the ends of the value.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub regexes: Vec<Spanned<String>>,
    /// Brought by these commits: whole ids. It is known of what a history, a range or a push brings, and of nothing
    /// else.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub commits: Vec<Spanned<String>>,
    /// Why it may stay. Reports show it.
    #[schemars(with = "String", length(min = 1))]
    pub reason: Spanned<String>,
    /// Who answers for that.
    #[serde(default)]
    pub owner: Option<String>,
    /// The last day on which it counts.
    #[serde(default)]
    pub expires: Option<Day>,
    /// What it allows is in the history only: a scan without it says nothing about whether the entry is needed.
    #[serde(default)]
    pub history: bool,
}

/// What a configuration says about scans as a whole. What it does not say is absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScanSettings {
    /// Whether histories are scanned, too.
    pub history: Option<bool>,
    /// Files of more bytes are left out.
    pub max_file_size: Option<u64>,
    /// How deep containers inside containers are opened; 0 opens none.
    pub max_depth: Option<u8>,
    /// How many bytes one file may expand to.
    pub max_expansion: Option<u64>,
    /// How many times its size one file may expand to.
    pub max_ratio: Option<NonZeroU32>,
    /// What is less certain is only counted.
    pub min_confidence: Option<Confidence>,
    /// From which severity on findings are a failure.
    pub fail_on: Option<FailOn>,
    /// Rule files, and folders with some, besides the built-in rules.
    pub rules: Vec<PathBuf>,
    /// The rules that alone are used: ids, or patterns such as `github-*`. All where there are none.
    pub only: Vec<String>,
    /// The rules that are not used: ids, or patterns.
    pub disable: Vec<String>,
    /// The baseline.
    pub baseline: Option<PathBuf>,
}

impl ScanSettings {
    pub(crate) fn of(config: &ScanConfig) -> Self {
        fn of<T: Copy>(value: &Option<Spanned<T>>) -> Option<T> {
            value.as_ref().map(|value| *value.get_ref())
        }
        let texts = |list: &[Spanned<String>]| list.iter().map(|text| text.get_ref().clone()).collect();
        let path = |text: &Spanned<String>| PathBuf::from(text.get_ref());
        ScanSettings {
            history: of(&config.history),
            max_file_size: of(&config.max_file_size).map(|size| size.0),
            max_depth: of(&config.max_depth),
            max_expansion: of(&config.max_expansion).map(|size| size.0),
            max_ratio: of(&config.max_ratio),
            min_confidence: of(&config.min_confidence),
            fail_on: of(&config.fail_on),
            rules: config.rules.iter().map(path).collect(),
            only: texts(&config.only),
            disable: texts(&config.disable),
            baseline: config.baseline.as_ref().map(path),
        }
    }
}

impl ScanConfig {
    /// Puts the section of a file that comes later over this one.
    pub(super) fn overlay(&mut self, later: ScanConfig) {
        self.history = later.history.or(self.history.take());
        self.exclude.extend(later.exclude);
        self.max_file_size = later.max_file_size.or(self.max_file_size.take());
        self.max_depth = later.max_depth.or(self.max_depth.take());
        self.max_expansion = later.max_expansion.or(self.max_expansion.take());
        self.max_ratio = later.max_ratio.or(self.max_ratio.take());
        self.min_confidence = later.min_confidence.or(self.min_confidence.take());
        self.fail_on = later.fail_on.or(self.fail_on.take());
        self.rules.extend(later.rules);
        if !later.only.is_empty() {
            self.only = later.only;
        }
        self.disable.extend(later.disable);
        self.baseline = later.baseline.or(self.baseline.take());
        self.paths.extend(later.paths);
    }

    /// Says what cannot be meant.
    pub fn check(&self, wrong: &mut Vec<Wrong>) {
        self.exclude.iter().for_each(|pattern| check_files(pattern, wrong));
        self.only.iter().chain(&self.disable).for_each(|pattern| glob::check(pattern, wrong));
        for (path, what) in self
            .rules
            .iter()
            .map(|path| (path, "a rule file"))
            .chain(self.baseline.iter().map(|path| (path, "the baseline")))
        {
            if path.get_ref().is_empty() {
                wrong.push(Wrong { span: path.span(), message: format!("this is no path; {what} has a name") });
            }
        }
        for rule in &self.paths {
            rule.files.get_ref().iter().for_each(|pattern| check_files(pattern, wrong));
            rule.disable.iter().for_each(|pattern| glob::check(pattern, wrong));
            if rule.files.get_ref().is_empty() {
                let message = "this concerns no file; name some, or write `*` for all".to_owned();
                wrong.push(Wrong { span: rule.files.span(), message });
            }
        }
    }
}

impl Allow {
    /// Says what cannot be meant.
    pub fn check(&self, wrong: &mut Vec<Wrong>) {
        self.paths.iter().for_each(|pattern| check_files(pattern, wrong));
        self.rules.iter().for_each(|pattern| glob::check(pattern, wrong));
        for text in &self.fingerprints {
            if Fingerprint::written(text.get_ref()).is_none() {
                let message = "this is no fingerprint; it has 32 hexadecimal digits, as reports show it".to_owned();
                wrong.push(Wrong { span: text.span(), message });
            }
        }
        for text in &self.regexes {
            if let Err(message) = regex(text.get_ref()) {
                wrong.push(Wrong { span: text.span(), message });
            }
        }
        for text in &self.commits {
            if commit(text.get_ref()).is_none() {
                let message = "this is no whole id of a commit, which has 40 or 64 hexadecimal digits".to_owned();
                wrong.push(Wrong { span: text.span(), message });
            }
        }
        if self.reason.get_ref().trim().is_empty() {
            let message = "an allowance needs a reason; this one is empty".to_owned();
            wrong.push(Wrong { span: self.reason.span(), message });
        }
        let lists = [&self.paths, &self.rules, &self.fingerprints, &self.regexes, &self.commits];
        if lists.into_iter().all(Vec::is_empty) {
            let message =
                "this would allow everything; say what by `fingerprints`, `paths`, `rules`, `regexes` or `commits`";
            wrong.push(Wrong { span: self.reason.span(), message: message.to_owned() });
        }
    }
}

/// The whole id of a commit, in lower case.
#[must_use]
pub fn commit(text: &str) -> Option<String> {
    let whole = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    whole.then(|| text.to_ascii_lowercase())
}

/// A regular expression for values, which are bytes.
///
/// # Errors
/// What is wrong with it, as a sentence without a full stop.
pub fn regex(text: &str) -> Result<Regex, String> {
    // One that needs more memory is a mistake or an attack.
    const MAX: usize = 4 << 20;
    let config = Regex::config().utf8_empty(false).nfa_size_limit(Some(MAX));
    let built = Regex::builder().syntax(syntax::Config::new().utf8(false)).configure(config).build(text);
    built.map_err(|error| {
        let said = match (error.syntax_error(), error.size_limit()) {
            (Some(syntax), _) => {
                // The crate draws the place below several lines; its last one says what is wrong.
                let all = syntax.to_string();
                all.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
            }
            (None, Some(_)) => "it is too large".to_owned(),
            (None, None) => error.to_string(),
        };
        format!("`{text}` is no regular expression: {said}")
    })
}

fn check_files(pattern: &Spanned<String>, wrong: &mut Vec<Wrong>) {
    let text = pattern.get_ref();
    let problem = if text.trim().is_empty() || text.starts_with('#') {
        Some("`.gitignore` would pass it over".to_owned())
    } else {
        GitignoreBuilder::new("").add_line(None, text).err().map(|error| error.to_string())
    };
    if let Some(problem) = problem {
        let message = format!("`{text}` is no valid pattern of files: {problem}");
        wrong.push(Wrong { span: pattern.span(), message });
    }
}

/// Patterns of files, prepared. Those that were complained about fit nothing.
#[must_use]
pub fn matcher(patterns: &[Spanned<String>]) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for pattern in patterns {
        // The check of the file has told of those that are none.
        let _ = builder.add_line(None, pattern.get_ref());
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}
