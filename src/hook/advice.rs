//! What to do when a commit or push was stopped. The report before it says what was found, where, and why it is believed.

use std::collections::BTreeSet;

use super::Event;
use crate::report::{Report, visible};

/// How many kinds of keys are named; the rest are counted.
const MAX_RULES: usize = 10;

/// How many fingerprints a command names; more are gone through one by one.
const MAX_FINGERPRINTS: usize = 8;

/// The baseline that the check reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reads {
    /// What messages call it.
    pub name: String,
    /// Whether an option named it, which other commands then have to be given, too.
    pub by_option: bool,
}

/// The advice, of several lines, each with its end. `baseline` is the one that is read, if one is.
#[must_use]
pub fn text(report: &Report, event: Event, baseline: Option<&Reads>) -> String {
    let count = report.open_findings().count();
    let what = match event {
        Event::Commit => "this commit",
        Event::Push | Event::Receive => "this push",
    };
    if count == 0 {
        return format!(
            "keytrail stopped {what}: it found no key, but could not read everything; see above.\n{}",
            once(event)
        );
    }
    let keys = if count == 1 { "a key".to_owned() } else { format!("{count} keys") };
    let it = if count == 1 { "it" } else { "them" };
    let mut text = format!("keytrail stopped {what}: it would add {keys}.\n\n");
    let paths = || report.open_findings().flat_map(|finding| finding.places()).map(|place| &*place.artifact.path);
    let is_tag = |path: &str| path.contains(".git/tag/");
    let is_text = |path: &str| is_tag(path) || path.contains(".git/commit/");
    let in_files = paths().any(|path| !is_text(path));
    if in_files {
        let out = match event {
            Event::Commit => "`git add` the file, and commit again",
            Event::Push | Event::Receive => {
                "and rewrite the commits that have it: `git commit --amend` for the last one, `git rebase -i` for \
                 others; a commit on top does not remove it"
            }
        };
        text.push_str(&format!(
            "To take {it} out: have the program read {it} from its environment or a secret store, {out}.\n"
        ));
    }
    if paths().any(|path| is_text(path) && !is_tag(path)) {
        text.push_str(
            "To take a key out of the message of a commit: `git commit --amend` for the last one, `git rebase -i` and \
             `reword` for others.\n",
        );
    }
    if paths().any(is_tag) {
        text.push_str(
            "To take a key out of the message of a tag: make the tag anew, `git tag -f -a NAME COMMIT`, with another \
             one.\n",
        );
    }
    let rules: BTreeSet<&str> = report.open_findings().map(|finding| finding.rule.as_str()).collect();
    if in_files {
        let beside = if count == 1 { "the key" } else { "each key" };
        text.push_str(&format!("To allow {it}: put a comment beside {beside}, with the reason:"));
        let comment = |rule: &str| format!("`keytrail:allow {} WHY`", visible::line(rule));
        if let [only] = rules.iter().collect::<Vec<_>>().as_slice() {
            text.push_str(&format!(" {}\n", comment(only)));
        } else {
            text.push('\n');
            rules.iter().take(MAX_RULES).for_each(|rule| text.push_str(&format!("    {}\n", comment(rule))));
        }
    }
    if event != Event::Receive {
        text.push_str(&listing(report, event, baseline, in_files));
    }
    text.push_str(match event {
        Event::Commit => {
            "If such a key was pushed or shared before, others may have it: revoke it, and make a new one:\n"
        }
        Event::Push => "If such a key was ever pushed or shared, others may have it: revoke it, and make a new one:\n",
        Event::Receive => {
            "It has been sent to this server, and perhaps to others before: revoke it, and make a new one:\n"
        }
    });
    for id in rules.iter().take(MAX_RULES) {
        let info = report.rules.get(*id);
        let title = info.map_or(*id, |rule| rule.title.as_str());
        let provider = info.map_or("the provider", |rule| rule.provider.as_str());
        let page = info.and_then(|rule| rule.revoke.as_deref());
        let how = page.map_or_else(|| format!("at {provider}"), str::to_owned);
        text.push_str(&format!("  {}: {}\n", visible::line(title), visible::line(&how)));
    }
    if rules.len() > MAX_RULES {
        text.push_str(&format!("  and {} more kinds, see above\n", rules.len() - MAX_RULES));
    }
    text.push_str(&once(event));
    text
}

/// How the keys are put into the baseline, and no others with them.
fn listing(report: &Report, event: Event, baseline: Option<&Reads>, in_files: bool) -> String {
    let prints: BTreeSet<String> =
        report.open_findings().map(|finding| finding.fingerprint.get().to_string()).collect();
    // What is pushed need not be in any file by now.
    let history = if event == Event::Commit { "" } else { " --history" };
    let option = match baseline {
        Some(Reads { name, by_option: true }) => format!(" --baseline {}", visible::line(name)),
        _ => String::new(),
    };
    let (its, command) = match prints.len() {
        0..=MAX_FINGERPRINTS => {
            let its = if prints.len() == 1 { "its fingerprint" } else { "their fingerprints" };
            let prints: Vec<String> = prints.into_iter().collect();
            (its, format!("update{history}{option} --fingerprint {} --reason WHY", prints.join(",")))
        }
        _ => ("their fingerprints, one by one", format!("review{history}{option}")),
    };
    let then = match baseline {
        Some(reads) => format!("and commit {} too", visible::line(&reads.name)),
        None => format!("and give this check `--baseline {}`", crate::baseline::FILE_NAME),
    };
    let or = if in_files { "  or list" } else { "To allow what may stay: list" };
    format!("{or} {its}, {then}:\n    keytrail baseline {command}\n")
}

fn once(event: Event) -> String {
    match event {
        Event::Commit => "To commit without this check, once: `git commit --no-verify`\n".to_owned(),
        Event::Push => "To push without this check, once: `git push --no-verify`\n".to_owned(),
        // A server has no way round, which is what it is there for.
        Event::Receive => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn every_event_says_how_to_get_on() {
        let report = sample::many(2);
        for (event, words) in [
            (Event::Commit, ["this commit", "git add", "git commit --no-verify"]),
            (Event::Push, ["this push", "git rebase", "git push --no-verify"]),
            (Event::Receive, ["this push", "git rebase", "sent to this server"]),
        ] {
            let reads = Reads { name: "ops/known".to_owned(), by_option: false };
            let text = text(&report, event, Some(&reads));
            let always = ["2 keys", "keytrail:allow sample-token WHY", "https://example.com/sample-token/revoke"];
            for word in words.iter().chain(&always) {
                assert!(text.contains(word), "{event:?} {word}: {text}");
            }
        }
        assert!(!text(&report, Event::Receive, None).contains("--no-verify"));
        assert!(text(&sample::empty(), Event::Commit, None).contains("could not read everything"));
    }

    #[test]
    fn the_baseline_takes_these_keys_and_no_others() {
        let report = sample::many(2);
        let prints: BTreeSet<String> = report.findings.iter().map(|f| f.fingerprint.get().to_string()).collect();
        let prints = prints.into_iter().collect::<Vec<_>>().join(",");
        let said = text(&report, Event::Commit, None);
        assert!(said.contains(&format!("baseline update --fingerprint {prints} --reason WHY")), "{said}");
        assert!(said.contains("and give this check `--baseline .keytrail-baseline`"), "{said}");
        let reads = Reads { name: "ops/known".to_owned(), by_option: true };
        let said = text(&report, Event::Push, Some(&reads));
        assert!(said.contains("update --history --baseline ops/known --fingerprint"), "{said}");
        assert!(said.contains("commit ops/known too") && said.contains("have the program read them from"), "{said}");
        let said = text(&sample::many(9), Event::Commit, None);
        assert!(said.contains("keytrail baseline review\n") && !said.contains("--fingerprint"), "{said}");
    }

    #[test]
    fn every_rule_has_its_comment_and_messages_have_their_own_way_out() {
        let mut report = sample::many(2);
        report.findings[1].rule = "other-token".to_owned();
        let said = text(&report, Event::Commit, None);
        for rule in ["sample-token", "other-token"] {
            assert!(said.contains(&format!("\n    `keytrail:allow {rule} WHY`\n")), "{said}");
        }
        for finding in &mut report.findings {
            finding.locations[0].artifact.path = ".git/tag/0123/message".to_owned();
        }
        let said = text(&report, Event::Push, None);
        assert!(said.contains("git tag -f -a NAME") && !said.contains("--amend"), "{said}");
        assert!(!said.contains("keytrail:allow"), "{said}");
    }
}
