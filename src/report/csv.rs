//! The CSV format (RFC 4180), for spreadsheets: a row for each place of a secret, and one for each notice.
//!
//! Values are never in it, even on `--show-secrets`: spreadsheets are passed around, and what protects a cell from
//! being run as a formula would alter them.

use std::io;

use super::format::Style;
use super::{Notice, Report, visible};
use crate::finding::{Finding, Location};

/// The names of the columns, which the first row holds.
pub const COLUMNS: [&str; 20] = [
    "type",
    "fingerprint",
    "severity",
    "confidence",
    "rule",
    "title",
    "provider",
    "redacted",
    "path",
    "line",
    "column",
    "part",
    "commit",
    "date",
    "author",
    "at_head",
    "reach",
    "branches",
    "message",
    "revoke",
];

/// Writes the report as CSV.
///
/// # Errors
///
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    let mut rows = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    rows.write_record(COLUMNS)?;
    for finding in &report.findings {
        for place in &finding.locations {
            rows.write_record(place_row(report, finding, place).map(|cell| safe(&cell)))?;
        }
    }
    for notice in &report.coverage.notices {
        rows.write_record(notice_row(notice).map(|cell| safe(&cell)))?;
    }
    rows.flush()
}

fn place_row(report: &Report, finding: &Finding, place: &Location) -> [String; COLUMNS.len()] {
    let rule = report.rule(finding);
    let start = place.region.start;
    let history = place.history.as_deref();
    let commit = history.and_then(|history| history.introduced.as_ref());
    let kind = match (&place.allowed, &finding.known) {
        (Some(_), _) => "allowed",
        (None, Some(_)) => "known",
        (None, None) => "finding",
    };
    let message = match (&place.allowed, &finding.known) {
        (Some(allowance), _) => {
            [Some(allowance.marker.as_str()), allowance.reason.as_deref()].map(Option::unwrap_or_default)
        }
        (None, Some(known)) => ["in the baseline", known.reason.as_deref().unwrap_or_default()],
        (None, None) => [finding.verification.as_ref().map_or("", |checked| checked.what.as_str()), ""],
    };
    let said = message.into_iter().chain(finding.notes.iter().map(String::as_str)).filter(|text| !text.is_empty());
    [
        kind.to_owned(),
        // Far from any sentence that speaks of keys, lest a scan of the report take it for one.
        finding.fingerprint.to_string(),
        finding.severity.to_string(),
        finding.confidence.to_string(),
        finding.rule.clone(),
        rule.map(|rule| rule.title.clone()).unwrap_or_default(),
        rule.map(|rule| rule.provider.clone()).unwrap_or_default(),
        finding.secret.redacted().to_owned(),
        place.artifact.to_string(),
        start.line.to_string(),
        start.column.to_string(),
        place.part.clone().unwrap_or_default(),
        commit.map(|commit| commit.id.clone()).unwrap_or_default(),
        commit.map(|commit| commit.date.clone()).unwrap_or_default(),
        commit.map(|commit| commit.author.clone()).unwrap_or_default(),
        place.is_at_head().to_string(),
        history.map(|history| history.reach.as_str().to_owned()).unwrap_or_default(),
        history.map(|history| history.branches.join(" ")).unwrap_or_default(),
        said.collect::<Vec<_>>().join("; "),
        rule.and_then(|rule| rule.revoke.clone()).unwrap_or_default(),
    ]
}

fn notice_row(notice: &Notice) -> [String; COLUMNS.len()] {
    let mut row = [const { String::new() }; COLUMNS.len()];
    let set = |row: &mut [String], column: &str, text: String| {
        if let Some(at) = COLUMNS.iter().position(|name| *name == column) {
            row[at] = text;
        }
    };
    set(&mut row, "type", notice.kind.as_str().to_owned());
    set(&mut row, "path", notice.artifact.as_ref().map(ToString::to_string).unwrap_or_default());
    let help = notice.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    set(&mut row, "message", format!("{}{help}", notice.message));
    row
}

/// A cell that no spreadsheet takes for a formula: OWASP ("CSV Injection") has a single quote put before a cell that
/// begins with one of these. Tabs and line ends, which it names besides, are escaped here anyway.
fn safe(cell: &str) -> String {
    let cell = visible::line(cell);
    let formula = cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if formula { format!("'{cell}") } else { cell.into_owned() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::finding::Artifact;
    use crate::report::sample;

    fn csv(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out, &Style::default()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn everything() {
        insta::assert_snapshot!("full", csv(&sample::full()).replace('\r', ""));
        insta::assert_snapshot!("historic", csv(&sample::historic()).replace('\r', ""));
    }

    #[test]
    fn every_place_and_notice_is_a_row_of_all_columns() {
        let report = sample::full();
        let text = csv(&report);
        assert!(text.lines().count() > 20 && text.split("\r\n").count() == text.lines().count() + 1);
        let rows: Vec<::csv::StringRecord> =
            ::csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect();
        let places: usize = report.findings.iter().map(|finding| finding.locations.len()).sum();
        assert_eq!(rows.len(), places + report.coverage.notices.len());
        assert!(rows.iter().all(|row| row.len() == COLUMNS.len()));
    }

    proptest::proptest! {
        #[test]
        fn no_cell_is_a_formula(path in "[ =+@\t\r\n'\",;-]{0,3}.{0,10}", note in "[=＝|-].{0,10}") {
            let mut report = sample::many(1);
            report.findings[0].locations[0].artifact = Artifact::file(path.clone());
            report.findings[0].notes.push(note.clone());
            let text = csv(&report);
            let row = ::csv::Reader::from_reader(text.as_bytes()).records().next().unwrap().unwrap();
            for cell in &row {
                let first = cell.trim_start().chars().next();
                proptest::prop_assert!(!first.is_some_and(|c| "=+-@＝＋－＠\t\r".contains(c)), "{:?}", cell);
            }
            proptest::prop_assert_eq!(row[8].strip_prefix('\'').unwrap_or(&row[8]), {
                let shown = visible::line(&path).into_owned();
                shown.strip_prefix('\'').map(str::to_owned).unwrap_or(shown)
            });
        }
    }
}
