//! What a change of `keytrail.toml` or of a baseline takes away from the check that judges the change itself.
//!
//! A text for each thing that was loosened, which names it. What makes a check stricter is not told.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;

use super::Loaded;
use super::scan::{Allow, FailOn, PathRule, ScanConfig};
use crate::baseline::Baseline;
use crate::finding::Confidence;

/// What the configuration `new` lets pass that `old` did not, as phrases such as ``excludes `tests/` ``.
#[must_use]
pub fn config(old: &Loaded, new: &Loaded) -> Vec<String> {
    let mut said = scan(&old.config.scan, &new.config.scan, new.folder());
    let key = |allow: &Allow| {
        let texts = |list: &[toml::Spanned<String>]| list.iter().map(|text| text.get_ref().clone()).collect::<Vec<_>>();
        let what =
            [&allow.paths, &allow.rules, &allow.fingerprints, &allow.regexes, &allow.commits].map(|list| texts(list));
        (what, allow.expires.map(|day| day.0))
    };
    let known: Vec<_> = old.config.allow.iter().map(key).collect();
    for allow in &new.config.allow {
        let (what, expires) = key(allow);
        let covered = known.iter().any(|(known, last)| *known == what && lasts_no_longer(expires, *last));
        if !covered {
            let names = ["paths", "rules", "fingerprints", "regexes", "commits"].into_iter().zip(&what);
            let parts =
                names.filter(|(_, list)| !list.is_empty()).map(|(name, list)| format!("{name} {}", listed(list)));
            let parts: Vec<String> = parts.collect();
            said.push(format!("allows {} ({})", parts.join(", "), allow.reason.get_ref().trim()));
        }
    }
    // Places in the file are no part of this comparison.
    if old.config.audit != new.config.audit {
        said.push("changes `[audit]`".to_owned());
    }
    said
}

/// Whether what ends on `new` ends no later than what ends on `old`.
fn lasts_no_longer(new: Option<Date>, old: Option<Date>) -> bool {
    match (new, old) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(new), Some(old)) => new <= old,
    }
}

fn listed(list: &[String]) -> String {
    list.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(" ")
}

/// `folder` is the one that files are called from.
fn scan(old: &ScanConfig, new: &ScanConfig, folder: &Path) -> Vec<String> {
    let mut said = Vec::new();
    let added = |old: &[toml::Spanned<String>], new: &[toml::Spanned<String>]| {
        let known: BTreeSet<&String> = old.iter().map(|text| text.get_ref()).collect();
        new.iter().map(|text| text.get_ref()).filter(|text| !known.contains(text)).cloned().collect::<Vec<String>>()
    };
    let excluded = added(&old.exclude, &new.exclude);
    if !excluded.is_empty() {
        said.push(format!("excludes {}", listed(&excluded)));
    }
    let disabled = added(&old.disable, &new.disable);
    if !disabled.is_empty() {
        said.push(format!("disables {}", listed(&disabled)));
    }
    let missing = added(&new.only, &old.only);
    if !new.only.is_empty() && (old.only.is_empty() || !missing.is_empty()) {
        let only: Vec<String> = new.only.iter().map(|text| text.get_ref().clone()).collect();
        said.push(format!("uses only {}", listed(&only)));
    }
    let levels = |config: &ScanConfig| {
        let confidence = config.min_confidence.as_ref().map_or(Confidence::Medium, |level| *level.get_ref());
        let fail_on = config.fail_on.as_ref().map_or(FailOn::Low, |level| *level.get_ref());
        let size = config.max_file_size.as_ref().map_or(u64::MAX, |size| size.get_ref().0);
        let depth = config.max_depth.as_ref().map_or(5, |depth| *depth.get_ref());
        let expansion = config.max_expansion.as_ref().map_or(1 << 30, |size| size.get_ref().0);
        let ratio = config.max_ratio.as_ref().map_or(1000, |times| times.get_ref().get());
        (confidence, fail_on, size, depth, expansion, ratio)
    };
    let (then, now) = (levels(old), levels(new));
    if now.0 > then.0 {
        said.push(format!("raises `min-confidence` from {} to {}", then.0, now.0));
    }
    if rank(now.1) > rank(then.1) {
        said.push(format!("raises `fail-on` from {} to {}", then.1.as_str(), now.1.as_str()));
    }
    if now.2 < then.2 {
        said.push(format!("leaves out files above {} bytes", now.2));
    }
    if now.3 < then.3 {
        said.push(format!("lowers `max-depth` from {} to {}", then.3, now.3));
    }
    if now.4 < then.4 {
        said.push(format!("lowers `max-expansion` from {} to {}", then.4, now.4));
    }
    if now.5 < then.5 {
        said.push(format!("lowers `max-ratio` from {} to {}", then.5, now.5));
    }
    let history = |config: &ScanConfig| config.history.as_ref().is_some_and(|history| *history.get_ref());
    if history(old) && !history(new) {
        said.push("leaves out the history".to_owned());
    }
    let texts = |list: &[toml::Spanned<String>]| list.iter().map(|text| text.get_ref().clone()).collect::<Vec<_>>();
    let shown = |path: &str| {
        let below = Path::new(path).strip_prefix(folder).unwrap_or(Path::new(path));
        below.to_string_lossy().replace('\\', "/")
    };
    if texts(&old.rules) != texts(&new.rules) {
        let files: Vec<String> = texts(&new.rules).iter().map(|path| shown(path)).collect();
        said.push(match files.is_empty() {
            true => "uses no rule files any more".to_owned(),
            false => format!("uses other rule files: {}", listed(&files)),
        });
    }
    let baseline = |config: &ScanConfig| config.baseline.as_ref().map(|path| path.get_ref().clone());
    match (baseline(old), baseline(new)) {
        (old, Some(new)) if old.as_ref() != Some(&new) => said.push(format!("uses the baseline `{}`", shown(&new))),
        _ => {}
    }
    let key = |rule: &PathRule| (texts(rule.files.get_ref()), rule.min_confidence, rule.severity, texts(&rule.disable));
    let known: Vec<_> = old.paths.iter().map(key).collect();
    for rule in new.paths.iter().map(key).filter(|rule| !known.contains(rule)) {
        said.push(format!("has other rules for {}", listed(&rule.0)));
    }
    let kept: Vec<_> = new.paths.iter().map(key).collect();
    for rule in known.iter().filter(|rule| !kept.contains(rule)) {
        said.push(format!("drops the rules for {}", listed(&rule.0)));
    }
    said
}

fn rank(level: FailOn) -> u8 {
    level.severity().map_or(u8::MAX, |severity| severity as u8)
}

/// What the baseline `new` hides that `old` did not.
#[must_use]
pub fn baseline(old: &Baseline, new: &Baseline) -> Vec<String> {
    let mut said = Vec::new();
    for entry in new.entries() {
        let known = old.entries().find(|known| known.fingerprint == entry.fingerprint && known.rule == entry.rule);
        let path = entry.path.as_ref().map(|path| format!(" of {path}")).unwrap_or_default();
        match known {
            None => said.push(format!("hides {} {}{path}", entry.fingerprint, entry.rule)),
            Some(known) if !lasts_no_longer(entry.expires, known.expires) => {
                let until = entry.expires.map_or_else(|| "for ever".to_owned(), |last| format!("until {last}"));
                said.push(format!("hides {} {}{path} longer: {until}", entry.fingerprint, entry.rule));
            }
            Some(_) => {}
        }
    }
    said
}
