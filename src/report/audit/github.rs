//! The GitHub format of an audit: workflow commands that annotate rows of inventories, and code. They stand in the log
//! of a job, which may be public: no key is in them, and neither is more of an inventory than what a finding says.

use std::io;

use crate::audit::{Audit, Finding, LeakPlace};
use crate::report::format::Style;
use crate::report::github::{command, leads_out, level, remark};
use crate::report::visible;

/// Writes the open findings as workflow commands, the gravest first, and then what was not scanned.
pub(super) fn write(audit: &Audit, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    for finding in audit.findings.iter().filter(|finding| finding.is_open()) {
        writeln!(out, "{}", annotation(audit, finding))?;
    }
    for notice in audit.scan.iter().flat_map(|scan| &scan.notices) {
        writeln!(out, "{}", remark(notice))?;
    }
    Ok(())
}

fn annotation(audit: &Audit, finding: &Finding) -> String {
    let check = audit.checks.iter().find(|check| check.id == finding.check);
    let mut properties = place(finding);
    properties.push(("title", check.map_or(finding.check.as_str(), |check| check.title.as_str()).to_owned()));
    let at = super::position(finding);
    let subject = match finding.subject == at || at.is_empty() {
        true => finding.subject.to_string(),
        false => format!("{} ({at})", finding.subject),
    };
    let lines = [subject.as_str(), &finding.message, &finding.remedy].map(visible::line);
    command(level(finding.severity), &properties, &lines.join("\n"))
}

/// Where it stands in what is checked out, which is all that GitHub shows: in the inventory, else in the code.
fn place(finding: &Finding) -> Vec<(&'static str, String)> {
    if let Some(place) = finding.places.first() {
        if leads_out(&place.path) {
            return Vec::new();
        }
        let mut properties = vec![("file", place.path.to_string())];
        if place.line > 0 {
            properties.push(("line", place.line.to_string()));
        }
        return properties;
    }
    let here = |place: &&LeakPlace| place.at_head && !leads_out(&place.artifact.path);
    let Some(place) = finding.leaks.iter().flat_map(|leak| &leak.places).find(here) else { return Vec::new() };
    let mut properties = vec![("file", place.artifact.path.clone())];
    // The lines of a member are not those of its archive.
    if place.artifact.members.is_empty() {
        properties.push(("line", place.line.to_string()));
        properties.push(("endLine", place.end_line.to_string()));
    }
    properties
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::tests::text;
    use crate::report::audit_sample as sample;

    #[test]
    fn every_line_is_one_command_and_what_is_accepted_is_none() {
        let mut audit = sample::audit();
        let open = audit.findings.iter().filter(|finding| finding.is_open()).count();
        let notices = audit.scan.as_ref().map_or(0, |scan| scan.notices.len());
        for finding in &mut audit.findings {
            finding.message = "a\n::error::b%".into();
            finding.places = finding.places.iter().map(|place| super::super::tests::moved(place, "a,b:c\n")).collect();
        }
        let said = text(Format::Github, &audit);
        assert_eq!(said.lines().count(), open + notices, "{said}");
        assert!(said.lines().all(|line| line.starts_with("::")), "{said}");
        assert!(said.contains("file=a%2Cb%3Ac") && said.contains("b%25"), "{said}");
        for finding in &mut audit.findings {
            finding.places = finding.places.iter().map(|place| super::super::tests::moved(place, "../x")).collect();
        }
        assert!(!text(Format::Github, &audit).contains("file=.."));
    }
}
