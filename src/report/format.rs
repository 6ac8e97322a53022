//! The registry of output formats: their names, their file extensions, and who writes them.
//!
//! A new format is a module with a `write` function like the others', and one line in the table below.

use std::io;
use std::path::Path;

use jiff::Timestamp;

use super::Report;

/// How a report is to look where a format has a choice. Whoever opens the output decides; formats look nothing up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Colours and weights, as ANSI escape sequences.
    pub color: bool,
    /// Paths and rule ids as hyperlinks (OSC 8 escape sequences).
    pub hyperlinks: bool,
    /// Frames of box-drawing characters rather than ASCII.
    pub unicode: bool,
    /// Every notice rather than the first 20 of each kind.
    pub verbose: bool,
    /// Columns of the terminal; longer source lines are cut around the secret.
    pub width: usize,
    /// Name of this machine, for hyperlinks to files; may be empty.
    pub host: String,
    /// When the report is written, for the formats that have to say so.
    pub now: Timestamp,
}

impl Default for Style {
    /// Plain text for a file or a pipe.
    fn default() -> Self {
        Style {
            color: false,
            hyperlinks: false,
            unicode: false,
            verbose: false,
            width: 120,
            host: String::new(),
            now: Timestamp::UNIX_EPOCH,
        }
    }
}

macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident = $module:ident, $extensions:expr;)+) => {
        /// An output format. Its name is that of its module and of its variant in lower case.
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

        /// Writes a report. The output is neither flushed nor closed.
        ///
        /// # Errors
        ///
        /// Those of `out`.
        pub fn write(format: Format, report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
            match format { $(Format::$variant => super::$module::write(report, out, style),)+ }
        }
    };
}

formats! {
    /// Annotated snippets and a summary, for people
    Text = text, [".txt"];
    /// One document with everything, for programs
    Json = json, [".json"];
    /// One object per line, for pipelines
    Jsonl = jsonl, [".jsonl", ".ndjson"];
    /// SARIF 2.1.0, for code scanning services and editors
    Sarif = sarif, [".sarif", ".sarif.json"];
    /// A row for each place, for spreadsheets
    Csv = csv, [".csv"];
    /// A table and remedies, for job summaries
    Markdown = markdown, [".md"];
    /// One page with filters and charts, for browsers
    Html = html, [".html", ".htm"];
    /// A failed test for each finding, for CI servers
    Junit = junit, [".junit.xml", "junit.xml"];
    /// Annotations, as a step of a GitHub workflow prints them
    Github = github, [];
    /// A secret detection report, for GitLab's merge requests and vulnerability list
    Gitlab = gitlab, ["gl-secret-detection-report.json"];
}

impl Format {
    /// Whether it shows the fingerprints of findings.
    #[must_use]
    pub fn shows_fingerprints(self) -> bool {
        !matches!(self, Format::Text | Format::Markdown)
    }

    /// The format that a file name asks for, whatever its case; the longest known ending counts.
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Format> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let endings = Format::ALL.iter().flat_map(|&format| format.extensions().iter().map(move |end| (end, format)));
        endings.filter(|(end, _)| name.ends_with(**end)).max_by_key(|(end, _)| end.len()).map(|(_, format)| format)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn endings_choose_the_format() {
        for (name, format) in [
            ("out/report.sarif", Some(Format::Sarif)),
            ("report.sarif.json", Some(Format::Sarif)),
            ("REPORT.JSON", Some(Format::Json)),
            ("report.jsonl", Some(Format::Jsonl)),
            ("report.ndjson", Some(Format::Jsonl)),
            ("report.txt", Some(Format::Text)),
            ("report.csv", Some(Format::Csv)),
            ("summary.md", Some(Format::Markdown)),
            ("report.html", Some(Format::Html)),
            ("report.junit.xml", Some(Format::Junit)),
            ("junit.xml", Some(Format::Junit)),
            ("out/gl-secret-detection-report.json", Some(Format::Gitlab)),
            ("report.xml", None),
            ("json", None),
            ("dir.json/report", None),
            ("..", None),
        ] {
            assert_eq!(Format::from_path(Path::new(name)), format, "{name}");
        }
    }

    #[test]
    fn names_are_those_of_the_command_line() {
        for format in Format::ALL {
            assert_eq!(format.to_possible_value().unwrap().get_name(), format.as_str());
        }
    }
}
