//! The CSV of an audit (RFC 4180), for spreadsheets: a row for each finding. No cell is a formula.

use std::io;

use crate::audit::{Audit, Finding};
use crate::inventory::output::safe;
use crate::report::format::Style;

/// The names of the columns, which the first row holds.
pub const COLUMNS: [&str; 19] = [
    "state",
    "severity",
    "check",
    "provider",
    "kind",
    "key",
    "subject",
    "message",
    "remedy",
    "path",
    "line",
    "leaked_at",
    "exposed_since",
    "certainty",
    "rotation_step",
    "rotation_due",
    "open_since",
    "accepted_because",
    "fingerprint",
];

pub(super) fn write(audit: &Audit, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    let mut rows = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    rows.write_record(COLUMNS)?;
    let keys: std::collections::HashMap<&str, &crate::audit::KeyRecord> =
        audit.keys.iter().map(|key| (key.key.as_str(), key)).collect();
    for finding in &audit.findings {
        let key = finding.key.as_deref().and_then(|key| keys.get(key).copied());
        rows.write_record(row(finding, key).iter().map(|cell| safe(cell).into_owned()))?;
    }
    rows.flush()
}

fn row(finding: &Finding, key: Option<&crate::audit::KeyRecord>) -> [String; COLUMNS.len()] {
    let place = finding.places.first();
    let leak = finding.leaks.first();
    let leaked: Vec<String> = finding
        .leaks
        .iter()
        .flat_map(|leak| &leak.places)
        .map(|place| format!("{}:{}", place.artifact, place.line))
        .collect();
    let since = leak.and_then(|leak| leak.since.as_ref()).map(|commit| commit.date.clone());
    [
        if finding.is_open() { "open" } else { "accepted" }.to_owned(),
        finding.severity.to_string(),
        finding.check.to_string(),
        key.map(|key| key.provider.to_string()).unwrap_or_default(),
        key.map(|key| key.kind.to_string()).unwrap_or_default(),
        finding.key.as_deref().unwrap_or_default().to_owned(),
        finding.subject.to_string(),
        finding.message.to_string(),
        finding.remedy.to_string(),
        place.map(|place| place.path.to_string()).unwrap_or_default(),
        place.map(|place| place.line.to_string()).unwrap_or_default(),
        leaked.join(" "),
        since.unwrap_or_default(),
        leak.and_then(|leak| leak.certainty).map(|certainty| certainty.as_str().to_owned()).unwrap_or_default(),
        key.map(|key| key.rotation.step.as_str().to_owned()).unwrap_or_default(),
        key.and_then(|key| key.rotation.due).map(|due| due.to_string()).unwrap_or_default(),
        finding.open_since.as_deref().unwrap_or_default().to_owned(),
        finding.accepted.as_ref().map(|accepted| accepted.reason.clone()).unwrap_or_default(),
        finding.fingerprint.to_string(),
    ]
}
