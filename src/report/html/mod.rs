//! The HTML format: one file that people open in a browser, print or pass on, and that needs nothing else.
//!
//! Templates (askama) make the whole page, rows included; the script only filters and sorts what is there, so that the
//! report can be read without it. Nothing is loaded: style and script stand in the page, and its content security
//! policy allows these two by their digests and nothing more. Whatever a page shows goes through the escaper of
//! `escape.rs`.
//!
//! Values are never in it, even on `--show-secrets`: it is made to be passed on. There is no time of the run in it, so
//! that equal reports give equal pages.

pub(super) mod audit;
mod chart;
mod escape;
mod scan;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::print_stderr)]
mod browser;

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::Report;
use super::format::Style;
use super::json::BySeverity;
use super::sarif::is_web_address;
use crate::finding::Severity;

/// How many findings a page holds, the most important ones; the rest are counted. Browsers take some seconds for more.
pub const MAX_FINDINGS: usize = 10_000;

/// How many keys the page of an audit holds, in the order of the inventory; the rest are counted.
pub const MAX_KEYS: usize = 10_000;

/// How many places of one secret are listed; the rest are counted.
pub const MAX_PLACES: usize = 20;

/// How many of these are shown with the lines around them.
pub const MAX_SNIPPETS: usize = 3;

/// How many notices are listed; the rest are counted.
pub const MAX_NOTICES: usize = 500;

/// Severities as pages list them.
const SEVERITIES: [Severity; 5] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Note];

/// Writes the report as an HTML page.
///
/// # Errors
///
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    scan::write(report, out)
}

/// How many there are of a severity.
struct Tally {
    name: &'static str,
    /// The severity as the script compares it: the greater, the worse.
    rank: u8,
    count: u64,
}

fn tallies(counts: &mut BySeverity) -> [Tally; 5] {
    SEVERITIES.map(|severity| Tally { name: severity.as_str(), rank: severity as u8, count: *counts.of(severity) })
}

/// What all pages have around their contents.
struct Frame {
    style: String,
    script: String,
    policy: String,
}

impl Frame {
    fn new() -> Self {
        // A browser takes the digest of what it has parsed, where each line ends with a line feed.
        let style = include_str!("report.css").replace("\r\n", "\n");
        let script = include_str!("report.js").replace("\r\n", "\n");
        let policy = format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
            digest(&style),
            digest(&script)
        );
        Frame { style, script, policy }
    }
}

/// A text's digest as a content security policy names it (CSP Level 3, section 2.3.1).
fn digest(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// For each of the texts its rank among them. The script sorts by such numbers, and so needs to know of no language.
fn ranks<T: Ord>(texts: Vec<T>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|&at| &texts[at]);
    let mut ranks = vec![0; texts.len()];
    for pair in order.windows(2) {
        ranks[pair[1]] = ranks[pair[0]] + usize::from(texts[pair[0]] != texts[pair[1]]);
    }
    ranks
}

/// Whether a page may link to an address: only to addresses on the web, never to `javascript:` or files.
fn is_link(address: &str) -> bool {
    match address.strip_prefix("http://") {
        Some(rest) => is_web_address(&format!("https://{rest}")),
        None => is_web_address(address),
    }
}

/// Text with an address to link it to, where it has one.
struct Linked<'a> {
    text: &'a str,
    address: Option<&'a str>,
}

impl<'a> Linked<'a> {
    fn new(text: &'a str) -> Self {
        Linked { text, address: is_link(text).then_some(text) }
    }

    /// A text in pieces, of which those are linked that are an address.
    fn all(text: &'a str) -> Vec<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("https://") {
            let end = rest[start..].find(char::is_whitespace).map_or(rest.len(), |length| start + length);
            // What ends the sentence is no part of the address.
            let address = rest[start..end].trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
            let end = start + address.len().max("https://".len());
            pieces.push(Linked { text: &rest[..start], address: None });
            pieces.push(Linked::new(&rest[start..end]));
            rest = &rest[end..];
        }
        pieces.push(Linked { text: rest, address: None });
        pieces.retain(|piece| !piece.text.is_empty());
        pieces
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod tests {
    use super::*;
    use crate::finding::Artifact;
    use crate::report::{sample, visible};

    #[test]
    fn addresses_inside_of_a_text_are_linked() {
        let told = |text: &str| {
            let pieces = Linked::all(text);
            assert_eq!(pieces.iter().map(|piece| piece.text).collect::<String>(), text);
            pieces.iter().filter_map(|piece| piece.address).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(told("Revoke it at https://example.com/keys now."), ["https://example.com/keys"]);
        assert_eq!(
            told("See https://example.com/a, https://example.com/b."),
            ["https://example.com/a", "https://example.com/b"]
        );
        assert!(told("https://. and https:// and no address").is_empty());
    }

    pub fn html(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out, &Style::default()).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// What stands between `<name>` and its end, of which there is one in the page.
    fn inside<'a>(page: &'a str, name: &str) -> &'a str {
        let (start, end) = (format!("<{name}>"), format!("</{name}>"));
        assert_eq!((page.matches(&start).count(), page.matches(&end).count()), (1, 1), "{name}");
        page.split_once(&start).unwrap().1.split_once(&end).unwrap().0
    }

    pub fn without_frame(page: &str) -> String {
        let policy = page.split_once("content=\"").unwrap().1.split_once('"').unwrap().0;
        page.replace(inside(page, "style"), "…").replace(inside(page, "script"), "…").replace(policy, "…")
    }

    #[test]
    fn everything() {
        insta::assert_snapshot!("full", without_frame(&html(&sample::full())));
        insta::assert_snapshot!("historic", without_frame(&html(&sample::historic())));
        insta::assert_snapshot!("baselined", without_frame(&html(&sample::baselined())));
        insta::assert_snapshot!("empty", without_frame(&html(&sample::empty())));
    }

    #[test]
    fn the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else() {
        let page = html(&sample::full());
        let policy = page.split_once("Content-Security-Policy\" content=\"").unwrap().1.split_once('"').unwrap().0;
        let expected = format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
            digest(inside(&page, "style")),
            digest(inside(&page, "script"))
        );
        assert_eq!(policy.replace("&#39;", "'"), expected);
        // The policy would block these, and the page would look wrong.
        for blocked in [" style=", " onclick=", " onload=", "<img", "<iframe", "@import", "url("] {
            assert!(!page.contains(blocked), "{blocked}");
        }
    }

    #[test]
    fn equal_texts_have_equal_ranks() {
        assert_eq!(ranks(vec!["b", "a", "c", "a"]), [1, 0, 2, 0]);
        assert_eq!(ranks::<&str>(Vec::new()), [0; 0]);
    }

    #[test]
    fn a_known_digest() {
        // The example of CSP Level 3, section 8.3: the script `alert('Hello, world.');`.
        assert_eq!(digest("alert('Hello, world.');"), "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
    }

    #[test]
    fn equal_reports_give_equal_pages() {
        for make in [sample::full, sample::historic, sample::empty] {
            assert_eq!(html(&make()), html(&make()));
        }
    }

    #[test]
    fn only_addresses_of_the_web_are_links() {
        for (address, link) in [
            ("https://example.com/a?b=c", true),
            ("http://example.com/", true),
            ("javascript:alert(1)", false),
            ("https://", false),
            ("http://", false),
            ("data:text/html,x", false),
            ("file:///etc/passwd", false),
            ("//example.com", false),
            ("HTTPS://example.com/\"><script>", false),
            ("https://example.com/\"><script>", false),
            ("https://example.com/\u{202e}", false),
            ("Revoke it in the console.", false),
        ] {
            assert_eq!(is_link(address), link, "{address}");
        }
        let mut report = sample::many(1);
        for rule in report.rules.values_mut() {
            rule.revoke = Some("javascript:alert(1)".to_owned());
            rule.references = vec!["data:text/html,x".to_owned()];
        }
        let page = html(&report);
        assert!(page.contains("javascript:alert(1)") && !page.contains("href=\"javascript:"), "{page}");
        assert!(!page.contains("href=\"data:text"), "{page}");
    }

    #[test]
    fn hostile_names_are_text_everywhere() {
        const MARKUP: &str = "</script></style><script>alert(1)</script><img src=x onerror=alert(2)>\"'\u{202e}";
        let mut report = sample::historic();
        report.command = MARKUP.into();
        report.tool.version = MARKUP.to_owned();
        let control = report.version_control.as_mut().unwrap();
        control.branch = Some(MARKUP.to_owned());
        control.repository = Some(format!("https://example.com/{MARKUP}"));
        for rule in report.rules.values_mut() {
            for text in [&mut rule.title, &mut rule.provider, &mut rule.description] {
                *text = MARKUP.to_owned();
            }
            rule.revoke = Some(format!("https://example.com/{MARKUP}"));
            rule.references = vec![MARKUP.to_owned()];
        }
        for finding in &mut report.findings {
            finding.notes.push(MARKUP.to_owned());
            for place in &mut finding.locations {
                place.artifact = Artifact::file(format!("{}{MARKUP}", place.artifact.path)).member(MARKUP);
                place.part = Some(MARKUP.to_owned());
                place.snippet.text.push_str(MARKUP);
                if let Some(history) = &mut place.history {
                    history.branches = vec![MARKUP.to_owned()];
                    if let Some(commit) = &mut history.introduced {
                        (commit.author, commit.subject) = (MARKUP.to_owned(), MARKUP.to_owned());
                    }
                }
            }
        }
        for notice in &mut report.coverage.notices {
            notice.message = MARKUP.to_owned();
            notice.help = Some(MARKUP.to_owned());
            notice.artifact = Some(Artifact::file(MARKUP));
        }
        let page = html(&report);
        assert!(page.matches("&#60;img src=x onerror=alert(2)&#62;").count() > 30, "{page}");
        assert_eq!(page.matches("<script").count(), 1);
        assert!(!page.contains("<img") && !page.contains("onerror=alert(2)>"));
        assert!(!page.contains(|c| visible::is_hidden(c) && !matches!(c, '\n' | '\t')));
        inside(&page, "script");
        inside(&page, "style");
    }

    #[test]
    fn values_are_never_shown() {
        let mut report = sample::full();
        report.show_secrets = true;
        let page = html(&report);
        for word in ["single-single", "several-several", "third-half-third", "everywhere-every", "hostile-hostile"] {
            assert!(!page.contains(word), "{word}");
        }
        assert!(page.contains("public-id-public-id-"), "identifiers are no secrets");
    }

    #[test]
    fn a_page_has_an_upper_limit_and_says_so() {
        let page = html(&sample::many(MAX_FINDINGS as u32 + 20));
        assert_eq!(page.matches("<tr role=\"row\" id=\"f-").count(), MAX_FINDINGS);
        assert!(page.contains("20 more findings of no higher severity"), "the rest is counted");
    }
}
