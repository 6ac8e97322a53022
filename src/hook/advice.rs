//! What to do when a commit or push was stopped. The report before it says what was found, where, and why it is believed.

use std::collections::BTreeSet;

use super::Event;
use crate::report::{Report, visible};

/// How many kinds of keys are named; the rest are counted.
const MAX_RULES: usize = 10;

/// The advice, of several lines, each with its end.
#[must_use]
pub fn text(report: &Report, event: Event) -> String {
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
    let out = match event {
        Event::Commit => {
            "have the program read it from its environment or a secret store, `git add` the file, and commit again"
        }
        Event::Push | Event::Receive => {
            "have the program read it from its environment or a secret store, and rewrite the commits that have it: \
             `git commit --amend` for the last one, `git rebase -i` for others; a commit on top does not remove it"
        }
    };
    text.push_str(&format!("To take {it} out: {out}.\n"));
    let rule = report.open_findings().next().map_or("RULE", |finding| finding.rule.as_str());
    text.push_str(&format!(
        "To allow {it}: put a comment beside the key, with the reason: `keytrail:allow {} WHY`\n",
        visible::line(rule)
    ));
    if event != Event::Receive {
        text.push_str(
            "  or list its fingerprint: `keytrail baseline update --reason WHY`, and commit .keytrail-baseline too.\n",
        );
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
    let rules: BTreeSet<&str> = report.open_findings().map(|finding| finding.rule.as_str()).collect();
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
            let text = text(&report, event);
            let always = ["2 keys", "keytrail:allow sample-token WHY", "https://example.com/sample-token/revoke"];
            for word in words.iter().chain(&always) {
                assert!(text.contains(word), "{event:?} {word}: {text}");
            }
        }
        assert!(!text(&report, Event::Receive).contains("--no-verify"));
        assert!(text(&sample::empty(), Event::Commit).contains("could not read everything"));
    }
}
