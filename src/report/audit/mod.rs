//! Renderings of an [`Audit`]: the same data in every format, and never a key.
//!
//! A new format is a module with a `write` function like the others', and one line in the table below.

mod csv;
mod github;
pub(crate) mod json;
mod junit;
mod markdown;
mod sarif;
mod text;

use std::io;
use std::path::Path;

use super::format::Style;
use super::html::audit as html;
use crate::audit::calls::is_told_by_logs;
use crate::audit::{Acceptance, Audit, Finding, Searchable};

macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident = $module:ident, $extensions:expr;)+) => {
        /// An output format of audits.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
        pub enum Format {
            $($(#[$doc])* $variant,)+
        }

        impl Format {
            /// Every format, in the order in which they are listed to users.
            pub const ALL: &[Format] = &[$(Format::$variant,)+];

            /// The name used on the command line.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Format::$variant => stringify!($module),)+ }
            }

            /// The file name endings that stand for it, in lower case, the usual one first.
            #[must_use]
            pub fn extensions(self) -> &'static [&'static str] {
                match self { $(Format::$variant => &$extensions,)+ }
            }
        }

        /// Writes an audit. The output is neither flushed nor closed.
        ///
        /// # Errors
        /// Those of `out`.
        pub fn write(format: Format, audit: &Audit, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
            match format { $(Format::$variant => $module::write(audit, out, style),)+ }
        }
    };
}

formats! {
    /// What is wrong and what comes next, for people
    Text = text, [".txt"];
    /// One document with everything, for programs
    Json = json, [".json"];
    /// SARIF 2.1.0, for code scanning services and editors
    Sarif = sarif, [".sarif", ".sarif.json"];
    /// A row for each finding, for spreadsheets
    Csv = csv, [".csv"];
    /// Tables, for job summaries and comments
    Markdown = markdown, [".md"];
    /// One page with filters and charts, for browsers
    Html = html, [".html", ".htm"];
    /// A test for each check and key that failed, for CI servers
    Junit = junit, [".junit.xml", "junit.xml"];
    /// Annotations, as a step of a GitHub workflow prints them
    Github = github, [];
}

impl Format {
    /// The format that a file name asks for, whatever its case; the longest known ending counts.
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Format> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let endings = Format::ALL.iter().flat_map(|&format| format.extensions().iter().map(move |end| (end, format)));
        endings.filter(|(end, _)| name.ends_with(**end)).max_by_key(|(end, _)| end.len()).map(|(_, format)| format)
    }
}

/// Who or what accepts a finding: `ann@example.com`, `a comment beside it`.
pub(super) fn acceptor(accepted: &Acceptance) -> &str {
    match &accepted.owner {
        Some(owner) => owner,
        None if accepted.in_source => "a comment beside it",
        None => "the configuration",
    }
}

/// What call logs leave open about keys: the check, of how many keys, and why.
pub(super) fn unanswered(audit: &Audit) -> Vec<(&str, u64, &str)> {
    let of_logs = audit.checks.iter().filter(|check| is_told_by_logs(&check.id));
    of_logs
        .flat_map(|check| check.unknown_because.iter().map(|(why, count)| (check.id.as_str(), *count, why.as_str())))
        .collect()
}

/// `1 key`, `2 keys`.
pub(super) fn counted(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Where a finding stands first: in the inventory, else in the code.
pub(super) fn position(finding: &Finding) -> String {
    if let Some(place) = finding.places.first() {
        return if place.line == 0 { place.path.to_string() } else { format!("{}:{}", place.path, place.line) };
    }
    let leak = finding.leaks.first().and_then(|leak| leak.places.first());
    leak.map_or_else(String::new, |place| format!("{}:{}", place.artifact, place.line))
}

/// What was looked at, as sentences.
pub(super) fn coverage(audit: &Audit) -> String {
    let mut text = format!("{} from {}", counted(audit.summary.keys, "key"), counted(audit.files.len() as u64, "file"));
    if !audit.logs.is_empty() {
        let calls = audit.logs.iter().map(|log| log.calls).sum();
        text.push_str(&format!("; {} from {}", counted(calls, "call"), counted(audit.logs.len() as u64, "log")));
    }
    match &audit.scan {
        None => text.push_str("; nothing was scanned"),
        Some(scan) => {
            text.push_str(&format!("; {} scanned", counted(scan.files + scan.members, "file")));
            if let Some(objects) = scan.objects {
                text.push_str(&format!(" and {} of the history", counted(objects.scanned, "object")));
            }
            text.push_str(&format!(", {} in them", counted(scan.secrets, "distinct secret")));
        }
    }
    text + "."
}

/// For how many keys it was shown that they stand nowhere, and for how many nobody can, as sentences.
pub(super) fn not_found(audit: &Audit) -> Option<String> {
    let scan = audit.scan.as_ref()?;
    let count = audit.summary.searched_and_not_found;
    let objects = scan.objects.map(|objects| format!(" and {} of the history", counted(objects.scanned, "object")));
    let sought = (count > 0).then(|| {
        format!(
            "{} {} looked for in {}{} and found nowhere.",
            counted(count, "key"),
            if count == 1 {
                "that leaves no doubt when it is found was"
            } else {
                "that leave no doubt when they are found were"
            },
            counted(scan.files + scan.members, "file"),
            objects.unwrap_or_default()
        )
    });
    let dark = audit.keys.iter().filter(|key| key.search.searchable == Searchable::Not).count() as u64;
    let dark = (dark > 0).then(|| {
        let them = if dark == 1 { "it" } else { "they" };
        format!(
            "{} could not be looked for: the inventory shows nothing by which {them} could be recognised.",
            counted(dark, "key")
        )
    });
    let said: Vec<String> = sought.into_iter().chain(dark).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::report::audit_sample as sample;

    /// The same place in another file.
    pub(super) fn moved(place: &crate::audit::Place, path: &str) -> crate::audit::Place {
        crate::audit::Place { path: path.into(), ..place.clone() }
    }

    pub(super) fn text(format: Format, audit: &Audit) -> String {
        let mut out = Vec::new();
        write(format, audit, &mut out, &Style::default()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_format_as_it_is() {
        let audit = sample::audit();
        for &format in Format::ALL {
            // The style and the script of a page are of no interest.
            let written = match format {
                Format::Html => crate::report::html::tests::without_frame(&text(format, &audit)),
                _ => text(format, &audit).replace('\r', ""),
            };
            insta::assert_snapshot!(format.as_str(), written);
        }
    }

    #[test]
    fn equal_audits_are_written_alike_and_nothing_is_a_control() {
        for &format in Format::ALL {
            let one = text(format, &sample::audit());
            assert_eq!(one, text(format, &sample::audit()));
            let hidden = |c: char| crate::report::visible::is_hidden(c) && !matches!(c, '\n' | '\r' | '\t');
            assert!(!one.contains(hidden), "{}", format.as_str());
        }
    }

    #[test]
    fn one_key_is_spoken_of_in_the_singular() {
        let mut audit = sample::audit();
        for (count, words) in
            [(1, "1 key that leaves no doubt when it is found was looked"), (2, "2 keys that leave no")]
        {
            audit.summary.searched_and_not_found = count;
            let said = not_found(&audit).unwrap();
            assert!(said.starts_with(words), "{said}");
        }
    }

    #[test]
    fn endings_choose_the_format() {
        for (name, format) in [
            ("a.sarif", Some(Format::Sarif)),
            ("A.JSON", Some(Format::Json)),
            ("a.junit.xml", Some(Format::Junit)),
            ("a.md", Some(Format::Markdown)),
            ("a.html", Some(Format::Html)),
            ("a.jsonl", None),
        ] {
            assert_eq!(Format::from_path(Path::new(name)), format, "{name}");
        }
    }
}
