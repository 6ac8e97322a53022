//! Allowing: comments beside a key that say it may stay.
//!
//! keytrail's own marker is `keytrail:allow`, followed by an optional rule id (or several, separated by commas) and a
//! reason: `# keytrail:allow stripe-test-secret-key used by the sandbox`. The markers that people already have are
//! honoured too. A marker stands on the line of the key, or alone in a comment on the line above it.

use super::within::{Within, automaton};
use crate::finding::Allowance;

/// Markers that allow everything on their line unless a rule id follows.
const MARKERS: &[&str] = &["keytrail:allow", "gitleaks:allow", "pragma: allowlist secret", "trufflehog:ignore"];
/// detect-secrets' marker for the line above.
const NEXT_LINE: &str = "pragma: allowlist nextline secret";
/// Markers of other linters, which mean all kinds of things: honoured only with the id of the rule.
const WITH_RULE_ONLY: &[&str] = &["nosec", "noqa:", "nolint:", "nosemgrep:", "nosonar"];

/// The allowance for a key of `rule` on `line`, with `above` the line before it. Neither has its line end.
#[must_use]
pub fn allowance(rule: &str, line: &[u8], above: &[u8]) -> Option<Allowance> {
    let line = String::from_utf8_lossy(line);
    if let Some(found) = on_line(rule, &line) {
        return Some(found);
    }
    let above = String::from_utf8_lossy(above);
    if let Some(at) = place(&above, NEXT_LINE) {
        return Some(Allowance {
            marker: NEXT_LINE.to_owned(),
            reason: reason(said(&above, at, NEXT_LINE)),
            configured: false,
        });
    }
    is_comment(&above).then(|| on_line(rule, &above)).flatten()
}

fn on_line(rule: &str, line: &str) -> Option<Allowance> {
    for marker in MARKERS {
        if let Some(at) = place(line, marker) {
            let behind = said(line, at, marker);
            let (rules, rest) = rules_and_reason(behind);
            let own = *marker == MARKERS[0];
            // Other tools' markers are followed by prose, never by keytrail's rule ids.
            if !own || rules.is_empty() || rules.iter().any(|named| names(named, rule)) {
                let reason = if own { rest } else { reason(behind) };
                return Some(Allowance { marker: (*marker).to_owned(), reason, configured: false });
            }
        }
    }
    let lower = line.to_ascii_lowercase();
    for marker in WITH_RULE_ONLY {
        if let Some(at) = place(&lower, marker) {
            let behind = &lower[at + marker.len()..];
            let words = behind.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '*'));
            if words.into_iter().any(|word| word == rule) {
                return Some(Allowance {
                    marker: marker.trim_end_matches(':').to_owned(),
                    reason: None,
                    configured: false,
                });
            }
        }
    }
    None
}

/// The marker on a line, whatever it is about.
#[must_use]
pub fn marker(line: &[u8]) -> Option<&'static str> {
    let markers = MARKERS.iter().chain([&NEXT_LINE]);
    let stands = |marker: &str| memchr::memmem::find(line, marker.as_bytes()).is_some();
    markers.copied().find(|marker| stands(marker) && place(&String::from_utf8_lossy(line), marker).is_some())
}

/// Whether a marker of any kind stands somewhere in a text. Hardly a text has one, and to look at a line of megabytes again
/// for each of its keys would take long.
#[must_use]
pub fn stands_in(text: &[u8]) -> bool {
    static MARKS: Within = Within::new(|| automaton(MARKERS.iter().chain([&NEXT_LINE]).chain(WITH_RULE_ONLY)));
    MARKS.any_in(text)
}

/// Where a marker stands on a line, and not a longer word with it inside: `keytrail:allowed` allows nothing.
fn place(line: &str, marker: &str) -> Option<usize> {
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    line.match_indices(marker).map(|(at, _)| at).find(|&at| {
        let (before, behind) = (&line[..at], &line[at + marker.len()..]);
        !before.ends_with(goes_on) && (marker.ends_with(':') || !behind.starts_with(goes_on))
    })
}

/// Whether the line holds a comment and nothing else.
fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    ["#", "//", "/*", "*", "--", ";", "<!--", "%", "'", "REM ", "{#", "(*", "\"\"\""]
        .iter()
        .any(|mark| line.starts_with(mark))
}

/// Rule ids directly behind the marker, and the reason behind those. A first word with a dash in it and no capital
/// letter is a rule id; anything else begins the reason. Ids may be in quotes, have `rule=` in front of them, and stand
/// in a list with blanks behind its commas.
fn rules_and_reason(rest: &str) -> (Vec<&str>, Option<String>) {
    const QUOTES: [char; 3] = ['"', '\'', '`'];
    let begun = rest.trim_start_matches([':', '=', ' ', '\t', '[', '(']);
    let named = ["rules", "rule", "ids", "id"].iter().find_map(|word| {
        let value = begun.strip_prefix(word)?.trim_start();
        value.strip_prefix(['=', ':']).map(str::trim_start)
    });
    let mut left = named.unwrap_or(begun);
    let mut ids = Vec::new();
    loop {
        let opened = left.trim_start_matches(QUOTES);
        let end = opened.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '*')));
        let id = &opened[..end.unwrap_or(opened.len())];
        if !(id.contains('-') && !id.starts_with("--") || id == "jwt" || id.len() > 1 && id.ends_with('*')) {
            break;
        }
        ids.push(id);
        left = opened[id.len()..].trim_start_matches(QUOTES);
        let Some(next) = left.trim_start().strip_prefix(',') else { break };
        left = next.trim_start();
    }
    // What was meant for a rule and is none allows nothing.
    if ids.is_empty() && named.is_some() {
        ids.push("");
    }
    (ids, reason(left))
}

/// Rule ids may end in `*`.
fn names(named: &str, rule: &str) -> bool {
    match named.strip_suffix('*') {
        Some(prefix) => rule.starts_with(prefix),
        None => named == rule,
    }
}

/// What is said behind the marker at `at`, up to the end of its comment or of the string that the comment is, as in
/// JSON: what follows is no reason, and may be the key.
fn said<'l>(line: &'l str, at: usize, marker: &str) -> &'l str {
    const ENDS: [&str; 11] = ["*/", "-->", "#}", "*)", "]]", "#>", "%>", "?>", "--}}", "\\n", "\"\"\""];
    let (before, behind) = (&line[..at], &line[at + marker.len()..]);
    let escaped = |at: usize| before[..at].ends_with('\\');
    let quotes = before.match_indices('"').filter(|(at, _)| !escaped(*at)).count();
    // An apostrophe is one of a string only directly before the marker; elsewhere it begins a comment, or stands in a
    // word.
    let quote = if quotes % 2 == 1 { Some("\"") } else { before.ends_with('\'').then_some("'") };
    let ends = ENDS.into_iter().chain(quote).filter_map(|mark| behind.find(mark));
    &behind[..ends.min().unwrap_or(behind.len())]
}

/// The text behind a marker without separators. Signs alone are no reason.
fn reason(rest: &str) -> Option<String> {
    let rest = rest.trim_start_matches([':', ']', ')', '-', ',', ' ', '\t', '—', '–']);
    let text = rest.trim().trim_end_matches(['"', ',', '\'']);
    text.contains(char::is_alphanumeric).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(line: &str, above: &str) -> Option<(String, Option<String>)> {
        allowance("stripe-test-secret-key", line.as_bytes(), above.as_bytes()).map(|a| (a.marker, a.reason))
    }

    #[test]
    fn own_marker_with_rule_and_reason() {
        let own = "keytrail:allow".to_owned();
        assert_eq!(allowed("k # keytrail:allow", ""), Some((own.clone(), None)));
        assert_eq!(allowed("k // keytrail:allow sandbox only", ""), Some((own.clone(), Some("sandbox only".into()))));
        assert_eq!(
            allowed("k /* keytrail:allow stripe-test-secret-key: sandbox */", ""),
            Some((own.clone(), Some("sandbox".into())))
        );
        assert_eq!(allowed("k # keytrail:allow stripe-*", ""), Some((own.clone(), None)));
        assert_eq!(allowed("k # keytrail:allow github-personal-access-token", ""), None);
        assert_eq!(allowed("k", "  # keytrail:allow fixture"), Some((own, Some("fixture".into()))));
        assert_eq!(allowed("k", "x = 1 # keytrail:allow fixture"), None);
        let with = |rules: &str| allowed(&format!("k # keytrail:allow {rules}"), "");
        for rules in
            ["\"stripe-test-secret-key\"", "`stripe-test-secret-key`", "rule=stripe-test-secret-key", "a-b, stripe-*"]
        {
            assert!(
                with(&format!("{rules} why")).is_some_and(|(_, reason)| reason.as_deref() == Some("why")),
                "{rules}"
            );
            assert_eq!(with(&rules.replace("stripe", "other")), None, "{rules}");
        }
        assert_eq!(with("rule=Stripe"), None);
    }

    #[test]
    fn markers_are_words_of_their_own() {
        for word in ["keytrail:allowed", "notkeytrail:allow", "gitleaks:allowlist", "trufflehog:ignored never"] {
            assert_eq!(allowed(&format!("k # must never be {word}"), ""), None, "{word}");
            assert_eq!(marker(word.as_bytes()), None, "{word}");
        }
        assert_eq!(allowed("k # xnosec stripe-test-secret-key", ""), None);
        assert!(allowed("k # keytrail:allowed, and keytrail:allow", "").is_some());
    }

    #[test]
    fn reasons_end_with_their_comment() {
        let reason = |line: &str| allowed(line, "").and_then(|(_, reason)| reason);
        for line in [
            "{\"//\": \"keytrail:allow demo\", \"token\": \"k\"}",
            "{'//': 'keytrail:allow demo', 'token': 'k'}",
            "--[[ keytrail:allow demo ]] t = \"k\"",
            "<# keytrail:allow demo #> $t = \"k\"",
            "<%# keytrail:allow demo %> k",
            "{{!-- keytrail:allow demo --}} k",
            "<!-- keytrail:allow stripe-test-secret-key demo --><p>k</p>",
            "x = \"a \\\" b\" # keytrail:allow demo",
        ] {
            assert_eq!(reason(line).as_deref(), Some("demo"), "{line}");
        }
        assert_eq!(reason("k # keytrail:allow it isn't \"live\" yet").as_deref(), Some("it isn't \"live\" yet"));
        for line in [
            "<!-- keytrail:allow stripe-test-secret-key --> k",
            "<!-- keytrail:allow --><p>k</p>",
            "{\"//\": \"keytrail:allow\"}",
            "{\"//\": \"gitleaks:allow\", \"a\": \"k\"}",
            "k # keytrail:allow >",
        ] {
            assert!(allowed(line, "").is_some(), "{line}");
            assert_eq!(reason(line), None, "{line}");
        }
    }

    #[test]
    fn markers_of_others() {
        assert!(allowed("k # gitleaks:allow", "").is_some());
        assert!(allowed("k # pragma: allowlist secret", "").is_some());
        assert!(allowed("k", "# pragma: allowlist nextline secret").is_some());
        assert!(allowed("k # trufflehog:ignore", "").is_some());
        assert!(allowed("k # nosec", "").is_none());
        assert!(allowed("k # nosec B105", "").is_none());
        assert!(allowed("k # nosec stripe-test-secret-key", "").is_some());
    }
}
