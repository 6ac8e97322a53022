//! What other scanners were told to let be: their ignore files and baselines, carried over into one of keytrail's.
//!
//! Those name places, not values, and so they are held against what a scan finds: an entry is carried over where a
//! finding is certainly the one that it speaks of. What tells that is the value itself or its digest where the file has
//! one, and else the file, line and commit. Everything that could not be carried over is told with its reason.
//!
//! The formats are those that the tools' manuals describe: gitleaks' `.gitleaksignore` (a line is
//! `commit:file:rule:line` or `file:rule:line`) and its JSON report, which it takes as a baseline; detect-secrets'
//! `.secrets.baseline` (JSON, with the SHA-1 of each value).
//!
//! ```
//! use keytrail::Ruleset;
//! use keytrail::baseline::import::{self, Outcome};
//!
//! let list = import::read("src/app.py:generic-api-key:12\n")?;
//! assert_eq!((list.entries[0].file.as_str(), list.entries[0].line), ("src/app.py", 12));
//!
//! // Held against the findings of a scan, of which there are none here.
//! let outcome = import::find(&list.entries[0], &[], &Ruleset::builtin());
//! assert!(!matches!(outcome, Outcome::Carried(_)) && outcome.reason().is_some());
//! # Ok::<(), import::ImportError>(())
//! ```

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sha1::{Digest as _, Sha1};

use crate::detect::rule::{Rule, Ruleset};
use crate::finding::{Finding, Location};
use crate::report::visible;
use crate::secret::Secret;

/// Which format a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `.gitleaksignore`.
    GitleaksIgnore,
    /// A JSON report of gitleaks.
    GitleaksReport,
    /// `.secrets.baseline` of detect-secrets.
    SecretsBaseline,
}

impl Kind {
    /// What messages call it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::GitleaksIgnore => "ignore file of gitleaks",
            Kind::GitleaksReport => "JSON report of gitleaks",
            Kind::SecretsBaseline => "baseline of detect-secrets",
        }
    }
}

/// Something that another scanner was told to let be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Old {
    /// The file, with `/`, from the top of the repository.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The other scanner's rule.
    pub rule: String,
    /// The commit that brought it.
    pub commit: Option<String>,
    /// The value, where the file has it in the clear.
    value: Option<Secret>,
    /// The SHA-1 of the value.
    digest: Option<[u8; 20]>,
    /// What someone who audited it said: whether it is a secret.
    pub audited: Option<bool>,
}

impl Old {
    /// What messages call it: `src/a.py:12 (aws-key)`.
    #[must_use]
    pub fn shown(&self) -> String {
        let commit = self.commit.as_deref().and_then(|id| id.get(..10)).map(|id| format!(" in {id}"));
        let text = format!("{}:{} ({}){}", self.file, self.line, self.rule, commit.unwrap_or_default());
        visible::line(&text).into_owned()
    }
}

/// Why a file cannot be carried over at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is JSON, and none of the known kinds.
    #[error("this is neither a JSON report of gitleaks nor a baseline of detect-secrets")]
    Unknown,
    /// It is JSON, and damaged.
    #[error("the JSON is damaged")]
    Json(#[from] serde_json::Error),
    /// No line of it is one of `.gitleaksignore`; the number is that of the first.
    #[error("line {0}: {FORM}")]
    Line(usize),
}

/// What is said of a line that is none of `.gitleaksignore`.
pub const FORM: &str = "a line of `.gitleaksignore` is `commit:file:rule:line` or `file:rule:line`";

/// What a file of another scanner holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldList {
    /// Which format it has.
    pub kind: Kind,
    /// What it was told to let be.
    pub entries: Vec<Old>,
    /// Lines that cannot be read, from 1.
    pub wrong: Vec<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GitleaksFinding {
    #[serde(rename = "RuleID")]
    rule: String,
    file: String,
    start_line: u32,
    #[serde(default)]
    commit: String,
    #[serde(default)]
    secret: String,
}

#[derive(Deserialize)]
struct SecretsBaseline {
    results: BTreeMap<String, Vec<SecretsEntry>>,
}

#[derive(Deserialize)]
struct SecretsEntry {
    r#type: String,
    hashed_secret: String,
    line_number: Option<u32>,
    is_secret: Option<bool>,
}

/// Reads a file of one of the known kinds, which its content tells.
///
/// # Errors
/// When it is none of them, or damaged.
pub fn read(text: &str) -> Result<OldList, ImportError> {
    let list = |kind, entries| Ok(OldList { kind, entries, wrong: Vec::new() });
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.trim_start().chars().next() {
        Some('[') => {
            let findings: Vec<GitleaksFinding> = serde_json::from_str(text)?;
            list(Kind::GitleaksReport, findings.into_iter().map(of_gitleaks).collect())
        }
        Some('{') => {
            let document: serde_json::Value = serde_json::from_str(text)?;
            if document.get("results").is_none() {
                return Err(ImportError::Unknown);
            }
            let baseline: SecretsBaseline = serde_json::from_value(document)?;
            let entries = baseline
                .results
                .into_iter()
                .flat_map(|(file, entries)| entries.into_iter().map(move |entry| of_secrets_baseline(&file, entry)));
            list(Kind::SecretsBaseline, entries.collect())
        }
        _ => {
            let (mut entries, mut wrong) = (Vec::new(), Vec::new());
            for (number, line) in (1..).zip(text.lines().map(str::trim)) {
                if line.is_empty() || line.starts_with('#') {
                    continue;
                }
                match ignored(line) {
                    Some(old) => entries.push(old),
                    None => wrong.push(number),
                }
            }
            match wrong.first() {
                // Some other file, rather than one with mistakes.
                Some(&first) if entries.is_empty() => Err(ImportError::Line(first)),
                _ => Ok(OldList { kind: Kind::GitleaksIgnore, entries, wrong }),
            }
        }
    }
}

fn of_gitleaks(finding: GitleaksFinding) -> Old {
    // `--redact` leaves this word, or a value of which a part is replaced by dots.
    let redacted = finding.secret.is_empty() || finding.secret.contains("REDACTED") || finding.secret.ends_with("...");
    Old {
        file: path(&finding.file),
        line: finding.start_line,
        rule: finding.rule,
        commit: Some(finding.commit).filter(|commit| !commit.is_empty()),
        value: (!redacted).then(|| Secret::new(finding.secret.into_bytes())),
        digest: None,
        audited: None,
    }
}

fn of_secrets_baseline(file: &str, entry: SecretsEntry) -> Old {
    let mut digest = [0; 20];
    let known = hex::decode_to_slice(&entry.hashed_secret, &mut digest).is_ok();
    Old {
        file: path(file),
        line: entry.line_number.unwrap_or_default(),
        rule: entry.r#type,
        commit: None,
        value: None,
        // A digest that is none fits no value.
        digest: Some(if known { digest } else { [0; 20] }),
        audited: entry.is_secret,
    }
}

/// `commit:file:rule:line` or `file:rule:line`. The file may hold colons; a commit is 40 or 64 hexadecimal digits.
fn ignored(line: &str) -> Option<Old> {
    let (rest, number) = line.rsplit_once(':')?;
    let (rest, rule) = rest.rsplit_once(':')?;
    let is_id = |text: &str| matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
    let (commit, file) = match rest.split_once(':') {
        Some((commit, file)) if is_id(commit) => (Some(commit.to_lowercase()), file),
        _ => (None, rest),
    };
    if file.is_empty() || rule.is_empty() {
        return None;
    }
    Some(Old {
        file: path(file),
        line: number.parse().ok()?,
        rule: rule.to_owned(),
        commit,
        value: None,
        digest: None,
        audited: None,
    })
}

fn path(written: &str) -> String {
    written.replace('\\', "/").trim_start_matches("./").to_owned()
}

/// What becomes of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// These findings, by their index, are what it speaks of.
    Carried(Vec<usize>),
    /// Nothing was found there.
    NotFound,
    /// A key stands there, and it is not the one that the entry speaks of.
    OtherValue,
    /// A key stands there, and the entry speaks of one of another provider.
    OtherProvider,
    /// Several findings may be meant.
    Unclear,
}

impl Outcome {
    /// Why it was not carried over; nothing for what was.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Outcome::Carried(_) => None,
            Outcome::NotFound => Some("nothing is found there"),
            Outcome::OtherValue => Some("the key that stands there is another one than the file speaks of"),
            Outcome::OtherProvider => Some("the key that stands there is of another provider than the rule says"),
            Outcome::Unclear => Some("several keys are found there, and the file does not say which one it means"),
        }
    }
}

/// Words of rules' names that say nothing about whose key it is.
const COMMON: [&str; 26] = [
    "access",
    "account",
    "admin",
    "api",
    "app",
    "auth",
    "client",
    "cloud",
    "credential",
    "data",
    "generic",
    "id",
    "in",
    "integration",
    "key",
    "live",
    "pat",
    "password",
    "personal",
    "secret",
    "service",
    "test",
    "token",
    "url",
    "user",
    "webhook",
];
/// Names that other scanners give to providers, and those of keytrail's rules.
const OTHER_NAMES: [(&str, &str); 4] =
    [("gcp", "google"), ("hashicorp", "vault"), ("rapidapi", "rapid"), ("gh", "github")];

/// The words of a name that say something.
fn words(name: &str) -> BTreeSet<String> {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1 && !COMMON.contains(word));
    let other = |word: &str| OTHER_NAMES.iter().find(|(theirs, _)| *theirs == word).map(|(_, ours)| *ours);
    words.map(|word| other(word).unwrap_or(word).to_owned()).collect()
}

/// Whether another scanner's rule may have found what one of keytrail's has found. One that names a provider is about
/// that provider's keys; one that names none that is known may be about anything.
fn may_be(theirs: &str, ours: &str, rules: &Ruleset) -> bool {
    let theirs = words(theirs);
    let of = |rule: &Rule| words(&format!("{} {}", rule.id, rule.provider));
    let same = rules.find(ours).is_some_and(|rule| !of(rule).is_disjoint(&theirs));
    let is_known = |word: &String| {
        let first = |rule: &Rule| rule.id.split('-').next().is_some_and(|first| first == word);
        rules.iter().any(first)
    };
    same || !theirs.iter().any(is_known)
}

/// Finds what an entry speaks of. `rules` are those of the findings.
#[must_use]
pub fn find(old: &Old, findings: &[Finding], rules: &Ruleset) -> Outcome {
    match placed(old, findings) {
        Outcome::Carried(found) if old.value.is_none() && old.digest.is_none() => {
            let fits = |index: &usize| findings.get(*index).is_some_and(|found| may_be(&old.rule, &found.rule, rules));
            if found.iter().all(fits) { Outcome::Carried(found) } else { Outcome::OtherProvider }
        }
        outcome => outcome,
    }
}

/// Finds what an entry speaks of by its value, or else by its place.
fn placed(old: &Old, findings: &[Finding]) -> Outcome {
    let all = || (0..).zip(findings);
    if old.value.is_some() || old.digest.is_some() {
        let is_it = |secret: &Secret| {
            old.value.as_ref() == Some(secret)
                || old.digest.is_some_and(|digest| Sha1::digest(secret.expose()).as_slice() == digest)
        };
        let same: Vec<usize> =
            all().filter(|(_, finding)| finding.secret.secret().is_some_and(is_it)).map(|(index, _)| index).collect();
        if !same.is_empty() {
            return Outcome::Carried(same);
        }
        // Were the place enough, a new key on an old line would go in.
        let there = |place: &Location| place.artifact.path == old.file && place.region.start.line == old.line;
        let other = all().any(|(_, finding)| finding.locations.iter().any(there));
        return if other { Outcome::OtherValue } else { Outcome::NotFound };
    }
    let in_commit = |place: &Location| match (&old.commit, &place.history) {
        (None, _) => true,
        (Some(commit), Some(history)) => {
            [&history.introduced, &history.last].into_iter().flatten().any(|known| known.id == *commit)
        }
        (Some(_), None) => false,
    };
    let places = |exact: bool| -> Vec<usize> {
        let is_it = |place: &Location| {
            let line = place.region.start.line <= old.line && old.line <= place.region.end.line;
            place.artifact.path == old.file && in_commit(place) && (line || !exact)
        };
        all().filter(|(_, finding)| finding.locations.iter().any(is_it)).map(|(index, _)| index).collect()
    };
    match places(true).as_slice() {
        // The lines of a finding are those of one version, which need not be the one of that commit.
        [] if old.commit.is_some() => match places(false).as_slice() {
            [] => Outcome::NotFound,
            [one] => Outcome::Carried(vec![*one]),
            _ => Outcome::Unclear,
        },
        [] => Outcome::NotFound,
        [one] => Outcome::Carried(vec![*one]),
        _ => Outcome::Unclear,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::report::{Report, sample};

    fn report() -> Report {
        let mut report = sample::many(3);
        for (finding, line) in report.findings.iter_mut().zip([5, 5, 9]) {
            finding.locations[0].artifact.path = "src/a:b.py".to_owned();
            finding.locations[0].region.start.line = line;
            finding.locations[0].region.end.line = line;
        }
        report
    }

    fn one(text: &str) -> Old {
        let mut all = read(text).unwrap().entries;
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    #[test]
    fn lines_of_ignore_files_are_taken_apart() {
        let commit = "ab".repeat(20);
        let text = format!("# why\n\n{commit}:src/a:b.py:aws-key:12\n./src/c.py:generic:3\r\n");
        let OldList { kind, entries: all, .. } = read(&text).unwrap();
        assert_eq!(kind, Kind::GitleaksIgnore);
        let told: Vec<_> = all.iter().map(|old| (&*old.file, old.line, &*old.rule, old.commit.clone())).collect();
        assert_eq!(told, [("src/a:b.py", 12, "aws-key", Some(commit)), ("src/c.py", 3, "generic", None)]);
        for wrong in ["a.py", "a.py:rule", "a.py:rule:x", ":rule:3"] {
            let list = read(&format!("a:b:1\n{wrong}")).unwrap();
            assert_eq!((list.entries.len(), list.wrong), (1, vec![2]), "{wrong}");
            assert!(matches!(read(&format!("\n{wrong}")), Err(ImportError::Line(2))), "{wrong}");
        }
    }

    #[test]
    fn a_place_is_enough_where_one_key_stands_there() {
        let findings = report().findings;
        assert_eq!(placed(&one("src/a:b.py:r:9"), &findings), Outcome::Carried(vec![2]));
        assert_eq!(placed(&one("src/a:b.py:r:5"), &findings), Outcome::Unclear);
        assert_eq!(placed(&one("src/a:b.py:r:6"), &findings), Outcome::NotFound);
        let commit = "1".repeat(40);
        assert_eq!(placed(&one(&format!("{commit}:src/a:b.py:r:9")), &findings), Outcome::NotFound);
        let historic = sample::historic().findings;
        let carried = placed(&one(&format!("{commit}:conf/old [1].env:r:77")), &historic);
        let Outcome::Carried(found) = carried else { unreachable!("{carried:?}") };
        assert_eq!(historic[found[0]].locations[0].artifact.path, "conf/old [1].env");
    }

    #[test]
    fn a_rule_of_another_provider_is_about_another_key() {
        let rules = Ruleset::builtin();
        let ours = "stripe-live-secret-key";
        for (theirs, may) in [
            ("stripe-access-token", true),
            ("generic-api-key", true),
            ("acme-corp-internal", true),
            ("github-pat", false),
            ("gcp-api-key", false),
            ("private-key", false),
        ] {
            assert_eq!(may_be(theirs, ours, &rules), may, "{theirs}");
        }
        assert!(
            may_be("gcp-api-key", "google-api-key", &rules)
                && may_be("aws-access-token", "aws-secret-access-key", &rules)
        );
        assert!(may_be("github-fine-grained-pat", "github-personal-access-token", &rules));
    }

    #[test]
    fn a_digest_decides_and_not_the_place() {
        let findings = report().findings;
        let digest = |n: usize| hex::encode(Sha1::digest(findings[n].secret.secret().unwrap().expose()));
        let entry = |digest: &str, line: u32| {
            one(&serde_json::json!({ "version": "1.5.0", "results": { "moved.py": [
                { "type": "Secret Keyword", "hashed_secret": digest, "line_number": line, "is_secret": false },
            ] } })
            .to_string())
        };
        assert_eq!(placed(&entry(&digest(1), 1), &findings), Outcome::Carried(vec![1]));
        assert_eq!(entry(&digest(1), 1).audited, Some(false));
        let wrong = Old { file: "src/a:b.py".to_owned(), ..entry(&"0".repeat(40), 9) };
        assert_eq!(placed(&wrong, &findings), Outcome::OtherValue);
        assert_eq!(placed(&Old { line: 1, ..wrong }, &findings), Outcome::NotFound);
    }

    #[test]
    fn a_value_in_the_clear_decides_and_a_redacted_one_does_not() {
        let findings = report().findings;
        let value = String::from_utf8(findings[0].secret.secret().unwrap().expose().to_vec()).unwrap();
        let entry = |secret: &str, line: u32| {
            one(&serde_json::json!([{
                "RuleID": "r", "File": "src/a:b.py", "StartLine": line, "Commit": "", "Secret": secret, "Tags": [],
            }])
            .to_string())
        };
        assert_eq!(placed(&entry(&value, 5), &findings), Outcome::Carried(vec![0]));
        assert_eq!(placed(&entry("something else", 9), &findings), Outcome::OtherValue);
        assert_eq!(placed(&entry("REDACTED", 9), &findings), Outcome::Carried(vec![2]));
        assert_eq!(placed(&entry("REDACTED", 5), &findings), Outcome::Unclear);
    }

    #[test]
    fn other_files_are_refused() {
        assert!(matches!(read("{}"), Err(ImportError::Unknown)));
        assert!(matches!(read("[1]"), Err(ImportError::Json(_))));
        assert!(matches!(read("{\"results\": 1}"), Err(ImportError::Json(_))));
        assert_eq!(read("").unwrap().entries, []);
    }
}
