//! The JSON Lines format: one object per line, written as the scan goes along.
//!
//! [`JsonLines`] is the streaming writer; [`write()`] sends a finished report through it. Every line is a [`Line`]: a
//! `match` for each place of a secret, a `notice` for each thing that was not covered, and at last one `summary`. A
//! stream without a summary is that of a run that was cut off.

use std::io;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::format::Style;
use super::json::{KeyRecord, SCHEMA_VERSION, Summary, Tool};
use super::{Comparison, Notice, Objects, Report, RuleInfo, VersionControl, visible};
use crate::finding::{Finding, Location};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Line {
    /// One place of a secret.
    Match(Box<Match>),
    /// Something that was skipped or could not be read.
    Notice(Notice),
    /// The end of the run.
    Summary(Box<End>),
}

/// One place of a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Match {
    /// The secret; the same for each of its places.
    #[serde(flatten)]
    pub key: KeyRecord,
    /// The place.
    pub location: Location,
}

/// What is known only at the end of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct End {
    /// Version of the lines, as in the JSON format.
    pub schema_version: String,
    /// What wrote them.
    pub tool: Tool,
    /// The command, without its arguments.
    pub command: String,
    /// How the process ended.
    pub exit_code: u8,
    /// Whether everything that should have been covered was.
    pub complete: bool,
    /// Counts.
    pub summary: Summary,
    /// Files read.
    pub files: u64,
    /// Members of containers read.
    pub members: u64,
    /// Bytes scanned.
    pub bytes: u64,
    /// Objects of repositories; absent unless a history was scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objects: Option<Objects>,
    /// How the findings compare with the baseline, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Comparison>,
    /// The repository, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_control: Option<VersionControl>,
    /// The rules of the matches.
    pub rules: Vec<RuleInfo>,
}

/// Writes lines while a scan is under way. Each line reaches the output in a single write.
#[derive(Debug)]
pub struct JsonLines<W> {
    out: W,
    show_secrets: bool,
}

impl<W: io::Write> JsonLines<W> {
    /// A stream into `out`, with the values in the clear if `show_secrets` says so.
    pub fn new(out: W, show_secrets: bool) -> Self {
        JsonLines { out, show_secrets }
    }

    /// Writes one place of a secret. The finding's own list of places is not looked at, and may be unfinished.
    ///
    /// # Errors
    ///
    /// Those of the output, here and below.
    pub fn place(&mut self, finding: &Finding, location: &Location) -> io::Result<()> {
        let key = KeyRecord::of(finding, self.show_secrets);
        self.line(&Line::Match(Box::new(Match { key, location: location.clone() })))
    }

    /// Writes a notice.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn notice(&mut self, notice: &Notice) -> io::Result<()> {
        self.line(&Line::Notice(notice.clone()))
    }

    /// Writes the summary, flushes, and gives the output back. The places and notices of the report are not repeated.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn finish(mut self, report: &Report) -> io::Result<W> {
        self.line(&Line::Summary(Box::new(End {
            schema_version: SCHEMA_VERSION.to_owned(),
            tool: report.tool.clone(),
            command: report.command.to_string(),
            exit_code: report.exit_code,
            complete: report.coverage.is_complete(),
            summary: Summary::of(report),
            files: report.coverage.files,
            members: report.coverage.members,
            bytes: report.coverage.bytes,
            objects: report.coverage.objects,
            baseline: report.baseline,
            version_control: report.version_control.clone(),
            rules: report.rules.values().cloned().collect(),
        })))?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn line(&mut self, line: &Line) -> io::Result<()> {
        let mut text = visible::json(&serde_json::to_string(line)?).into_owned();
        text.push('\n');
        self.out.write_all(text.as_bytes())
    }
}

/// Writes a finished report: every place of every finding, then the notices, then the summary.
///
/// # Errors
///
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    let mut lines = JsonLines::new(out, report.show_secrets);
    for finding in &report.findings {
        for location in &finding.locations {
            lines.place(finding, location)?;
        }
    }
    for notice in &report.coverage.notices {
        lines.notice(notice)?;
    }
    lines.finish(report).map(drop)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn everything() {
        let mut out = Vec::new();
        write(&sample::full(), &mut out, &Style::default()).unwrap();
        let text = String::from_utf8(out).unwrap();
        insta::assert_snapshot!("full", text.replace(env!("CARGO_PKG_VERSION"), "[version]"));
    }

    #[test]
    fn every_line_is_one_object_and_the_last_one_sums_up() {
        let report = sample::full();
        let mut out = Vec::new();
        write(&report, &mut out, &Style::default()).unwrap();
        let lines: Vec<Line> =
            std::str::from_utf8(&out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let places: usize = report.findings.iter().map(|finding| finding.locations.len()).sum();
        let count = |wanted: fn(&Line) -> bool| lines.iter().filter(|line| wanted(line)).count();
        assert_eq!(count(|line| matches!(line, Line::Match(_))), places);
        assert_eq!(count(|line| matches!(line, Line::Notice(_))), report.coverage.notices.len());
        assert_eq!(count(|line| matches!(line, Line::Summary(_))), 1);
        assert!(matches!(lines.last(), Some(Line::Summary(end)) if end.exit_code == 2 && !end.complete));
    }

    #[test]
    fn a_line_is_written_at_once() {
        struct Writes(Vec<Vec<u8>>);
        impl io::Write for Writes {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.push(bytes.to_vec());
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let report = sample::many(2);
        let mut lines = JsonLines::new(Writes(Vec::new()), false);
        lines.place(&report.findings[0], &report.findings[0].locations[0]).unwrap();
        let writes = lines.finish(&report).unwrap().0;
        assert_eq!(writes.len(), 2);
        assert!(writes.iter().all(|line| line.ends_with(b"\n") && line.iter().filter(|&&b| b == b'\n').count() == 1));
    }
}
