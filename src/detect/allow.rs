//! Allowing: comments beside a key that say it may stay.
//!
//! keytrail's own marker is `keytrail:allow`, followed by an optional rule id (or several, separated by commas) and a
//! reason: `# keytrail:allow stripe-test-secret-key used by the sandbox`. The markers that people already have are
//! honoured too. A marker stands on the line of the key, or alone in a comment on the line above it.

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
    if let Some(at) = above.find(NEXT_LINE) {
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
        if let Some(at) = line.find(marker) {
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
        if let Some(at) = lower.find(marker) {
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
    markers.copied().find(|marker| memchr::memmem::find(line, marker.as_bytes()).is_some())
}

/// Whether the line holds a comment and nothing else.
fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    ["#", "//", "/*", "*", "--", ";", "<!--", "%", "'", "REM ", "{#", "(*", "\"\"\""]
        .iter()
        .any(|mark| line.starts_with(mark))
}

/// Rule ids directly behind the marker, and the reason behind those. A first word with a dash in it and no capital
/// letter is a rule id; anything else begins the reason.
fn rules_and_reason(rest: &str) -> (Vec<&str>, Option<String>) {
    let rest = rest.trim_start_matches([':', '=', ' ', '\t', '[', '(']);
    let end = rest.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | ',' | '*')));
    let head = &rest[..end.unwrap_or(rest.len())];
    let ids: Vec<&str> = head.split(',').filter(|id| !id.is_empty()).collect();
    if !ids.is_empty() && ids.iter().all(|id| id.contains('-') && !id.starts_with("--") || *id == "jwt") {
        (ids, reason(&rest[head.len()..]))
    } else {
        (Vec::new(), reason(rest))
    }
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
