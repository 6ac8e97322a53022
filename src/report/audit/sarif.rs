//! The SARIF of an audit: a result stands at the row of the inventory that it concerns, and names the key as a logical
//! location; where the key leaked are related locations. Leaks that no inventory knows stand where they leaked.
//!
//! Two taxonomies are in it, MITRE's CWE and OWASP's ten risks of identities that are no people, and every rule says
//! which of their entries it belongs to.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::json;
use serde_sarif::sarif::{
    ArtifactLocation, Invocation, Location, LogicalLocation, Message, Notification, PhysicalLocation, PropertyBag,
    Region, ReportingConfiguration, ReportingDescriptor, ReportingDescriptorReference, ReportingDescriptorRelationship,
    Result as SarifResult, ResultKind, Run, RunAutomationDetails, Sarif, Suppression, Tool, ToolComponent,
    ToolComponentReference,
};

use crate::audit::{Audit, CheckRecord, Finding, LeakPlace, Place};
use crate::finding::Severity;
use crate::report::format::Style;
use crate::report::json::write_pretty;
use crate::report::sarif::{
    HOME, MAX_RELATED, MAX_RESULTS, ROOT, SCHEMA, bag, cwe_tag, described, level, line, multiformat, plain_text,
    rule_name, security_severity, terminated,
};
use crate::report::uri;

pub(super) fn write(audit: &Audit, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    write_pretty(&build(audit, MAX_RESULTS), out)
}

/// The manual's page of all checks.
const MANUAL: &str = "https://github.com/keytrail/keytrail/blob/main/docs/audit.md";

fn build(audit: &Audit, max_results: usize) -> Sarif {
    // The gravest come first anyway.
    let findings: Vec<&Finding> = audit.findings.iter().take(max_results).collect();
    let rules = Rules::of(audit, &findings);
    let mut driver = ToolComponent::builder()
        .name(audit.tool.name.as_str())
        .organization("keytrail")
        .semantic_version(audit.tool.version.as_str())
        .information_uri(HOME)
        .rules(rules.checks.iter().map(|check| rules.descriptor(check)).collect::<Vec<_>>())
        .notifications(vec![
            notification_descriptor(NOTICE, "NoticeOfTheScan", "Something was not scanned as it should have been."),
            notification_descriptor(OMITTED, "ResultsOmitted", "There are more findings than services take."),
        ])
        .build();
    let taxonomies = rules.taxonomies();
    let references: Vec<ToolComponentReference> = rules.references();
    if !references.is_empty() {
        driver.supported_taxonomies = Some(references);
    }
    let mut run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .automation_details(RunAutomationDetails::builder().id("keytrail/audit/").build())
        .column_kind(json!("utf16CodeUnits"))
        .redaction_tokens(vec![crate::secret::REDACTION.to_owned()])
        .original_uri_base_ids(BTreeMap::from([(ROOT.to_owned(), described("The directory the scan was started in."))]))
        .invocations(vec![invocation(audit, audit.findings.len() - findings.len())])
        .results(findings.iter().map(|finding| result(audit, &rules, finding)).collect::<Vec<_>>())
        .properties(bag(BTreeMap::from([
            ("asOf".to_owned(), json!(audit.as_of)),
            ("summary".to_owned(), json!(audit.summary)),
        ])))
        .build();
    if !taxonomies.is_empty() {
        run.taxonomies = Some(taxonomies);
    }
    Sarif::builder().schema(SCHEMA).version(json!("2.1.0")).runs(vec![run]).build()
}

/// The checks of the results and what they belong to, each with its index.
struct Rules<'a> {
    checks: Vec<&'a CheckRecord>,
    worst: BTreeMap<&'a str, Severity>,
    weaknesses: BTreeSet<u32>,
    risks: BTreeSet<&'a str>,
}

impl<'a> Rules<'a> {
    fn of(audit: &'a Audit, findings: &[&'a Finding]) -> Self {
        let mut worst: BTreeMap<&str, Severity> = BTreeMap::new();
        for finding in findings {
            let severity = worst.entry(&finding.check).or_insert(finding.severity);
            *severity = finding.severity.max(*severity);
        }
        let checks: Vec<&CheckRecord> =
            audit.checks.iter().filter(|check| worst.contains_key(check.id.as_str())).collect();
        Rules {
            weaknesses: checks.iter().flat_map(|check| check.cwe.iter().copied()).collect(),
            risks: checks.iter().flat_map(|check| check.owasp_nhi.iter().map(String::as_str)).collect(),
            checks,
            worst,
        }
    }

    fn index(&self, id: &str) -> i64 {
        self.checks.iter().position(|check| check.id == id).unwrap_or_default() as i64
    }

    fn cwe(&self) -> ToolComponentReference {
        ToolComponentReference::builder().name("CWE").index(0).build()
    }

    fn nhi(&self) -> ToolComponentReference {
        ToolComponentReference::builder().name("OWASP-NHI").index(i64::from(!self.weaknesses.is_empty())).build()
    }

    fn references(&self) -> Vec<ToolComponentReference> {
        let cwe = (!self.weaknesses.is_empty()).then(|| self.cwe());
        let nhi = (!self.risks.is_empty()).then(|| self.nhi());
        cwe.into_iter().chain(nhi).collect()
    }

    fn descriptor(&self, check: &CheckRecord) -> ReportingDescriptor {
        let relation = |id: String, index: usize, component: ToolComponentReference| {
            let target = ReportingDescriptorReference::builder().id(id).index(index as i64).tool_component(component);
            ReportingDescriptorRelationship::builder().target(target.build()).kinds(vec!["relevant".to_owned()]).build()
        };
        let weaknesses = check
            .cwe
            .iter()
            .map(|&number| relation(number.to_string(), self.weaknesses.range(..number).count(), self.cwe()));
        let risks = check
            .owasp_nhi
            .iter()
            .map(|risk| relation(risk.clone(), self.risks.range(..risk.as_str()).count(), self.nhi()));
        let severity = self.worst.get(check.id.as_str()).copied().unwrap_or(check.severity);
        let mut properties = BTreeMap::from([("precision".to_owned(), json!("very-high"))]);
        if let Some(score) = security_severity(severity) {
            properties.insert("security-severity".to_owned(), json!(score));
        }
        let mut tags = vec!["security".to_owned(), "key-audit".to_owned()];
        tags.extend(check.cwe.iter().map(|&number| cwe_tag(number)));
        let help = format!(
            "{}\n\nWhat to do: {}\n\nMaps to: {}.",
            check.why,
            check.remedy,
            if check.controls.is_empty() { "nothing".to_owned() } else { check.controls.join("; ") }
        );
        let mut descriptor = ReportingDescriptor::builder()
            .id(check.id.as_str())
            .name(rule_name(&check.id))
            .short_description(multiformat(&format!("{}.", check.title)))
            .full_description(multiformat(&check.why))
            .help(multiformat(&help))
            .help_uri(format!("{MANUAL}#{}", check.id))
            .default_configuration(ReportingConfiguration::builder().level(json!(level(severity))).build())
            .properties(PropertyBag::builder().tags(tags).additional_properties(properties).build())
            .build();
        let relations: Vec<_> = weaknesses.chain(risks).collect();
        if !relations.is_empty() {
            descriptor.relationships = Some(relations);
        }
        descriptor
    }

    fn taxonomies(&self) -> Vec<ToolComponent> {
        let mut all = Vec::new();
        if !self.weaknesses.is_empty() {
            let taxa = self.weaknesses.iter().map(|&number| {
                let mut taxon = ReportingDescriptor::builder()
                    .id(number.to_string())
                    .help_uri(format!("https://cwe.mitre.org/data/definitions/{number}.html"))
                    .build();
                taxon.short_description = weakness(number).map(|title| multiformat(&format!("{title}.")));
                taxon
            });
            all.push(
                ToolComponent::builder()
                    .name("CWE")
                    .organization("MITRE")
                    .short_description(multiformat("The MITRE Common Weakness Enumeration."))
                    .information_uri("https://cwe.mitre.org/")
                    .is_comprehensive(false)
                    .taxa(taxa.collect::<Vec<_>>())
                    .build(),
            );
        }
        if !self.risks.is_empty() {
            let taxa = self.risks.iter().map(|risk| {
                let mut taxon = ReportingDescriptor::builder().id(*risk).build();
                taxon.short_description = risk_title(risk).map(|title| multiformat(&format!("{title}.")));
                taxon
            });
            all.push(
                ToolComponent::builder()
                    .name("OWASP-NHI")
                    .organization("OWASP")
                    .short_description(multiformat("The OWASP Non-Human Identities Top 10 of 2025."))
                    .information_uri("https://owasp.org/www-project-non-human-identities-top-10/")
                    .is_comprehensive(false)
                    .taxa(taxa.collect::<Vec<_>>())
                    .build(),
            );
        }
        all
    }
}

/// Titles of the CWE list.
fn weakness(number: u32) -> Option<&'static str> {
    Some(match number {
        250 => "Execution with Unnecessary Privileges",
        256 => "Plaintext Storage of a Password",
        262 => "Not Using Password Aging",
        263 => "Password Aging with Long Expiration",
        269 => "Improper Privilege Management",
        272 => "Least Privilege Violation",
        284 => "Improper Access Control",
        286 => "Incorrect User Management",
        312 => "Cleartext Storage of Sensitive Information",
        324 => "Use of a Key Past its Expiration Date",
        522 => "Insufficiently Protected Credentials",
        540 => "Inclusion of Sensitive Information in Source Code",
        613 => "Insufficient Session Expiration",
        672 => "Operation on a Resource after Expiration or Release",
        708 => "Incorrect Ownership Assignment",
        732 => "Incorrect Permission Assignment for Critical Resource",
        778 => "Insufficient Logging",
        798 => "Use of Hard-coded Credentials",
        1059 => "Insufficient Technical Documentation",
        1391 => "Use of Weak Credentials",
        _ => return None,
    })
}

/// Titles of OWASP's list of 2025.
fn risk_title(id: &str) -> Option<&'static str> {
    Some(match id.split(':').next()? {
        "NHI1" => "Improper Offboarding",
        "NHI2" => "Secret Leakage",
        "NHI3" => "Vulnerable Third-Party NHI",
        "NHI4" => "Insecure Authentication",
        "NHI5" => "Overprivileged NHI",
        "NHI6" => "Insecure Cloud Deployment Configurations",
        "NHI7" => "Long-Lived Secrets",
        "NHI8" => "Environment Isolation",
        "NHI9" => "NHI Reuse",
        "NHI10" => "Human Use of NHI",
        _ => return None,
    })
}

fn result(audit: &Audit, rules: &Rules<'_>, finding: &Finding) -> SarifResult {
    let mut leaks: Vec<(String, &LeakPlace)> = finding
        .leaks
        .iter()
        .flat_map(|leak| {
            leak.places.iter().map(move |place| {
                let since = place
                    .introduced
                    .as_ref()
                    .map(|commit| format!(", since {} of {}", crate::report::history::short(&commit.id), commit.date));
                let text = format!("{} '{}' leaked here{}.", leak.title, leak.redacted, since.unwrap_or_default());
                (plain_text(&text), place)
            })
        })
        .collect();
    let mut places = finding.places.iter();
    let primary = match places.next() {
        Some(place) => Some(inventory_location(place)),
        // Services want a place of everything. What concerns the audit as a whole stands in its first file.
        None if leaks.is_empty() => audit
            .files
            .first()
            .map(|file| inventory_location(&Place { path: file.path.as_str().into(), line: 0, column: 0 })),
        None => Some(leak_location(leaks.remove(0).1)),
    };
    let primary = primary.map(|mut location| {
        location.logical_locations = Some(vec![logical(finding)]);
        location
    });
    let text =
        format!("{}: {} {}", plain_text(&finding.subject), plain_text(&finding.message), plain_text(&finding.remedy));
    let mut properties =
        BTreeMap::from([("severity".to_owned(), json!(finding.severity)), ("key".to_owned(), json!(finding.key))]);
    for fact in &finding.evidence {
        let known = properties.entry(fact.name.clone()).or_insert_with(|| json!([]));
        if let Some(list) = known.as_array_mut() {
            list.push(json!(fact.value));
        }
    }
    if let Some(since) = &finding.open_since {
        properties.insert("openSince".to_owned(), json!(since));
    }
    let mut result = SarifResult::builder()
        .rule_id(finding.check.as_str())
        .rule_index(rules.index(&finding.check))
        .kind(ResultKind::Fail)
        .level(level(finding.severity))
        .message(Message::builder().text(terminated(text)).build())
        .locations(primary.into_iter().collect::<Vec<_>>())
        .properties(bag(properties))
        .build();
    let identity = BTreeMap::from([
        ("keytrail/audit/v1".to_owned(), finding.fingerprint.to_string()),
        // GitHub's own key, which tells results of one place apart.
        ("primaryLocationLineHash".to_owned(), format!("{}:1", finding.fingerprint)),
    ]);
    result.partial_fingerprints = Some(identity);
    let further = places.map(|place| ("The inventory tells of it here, too.".to_owned(), inventory_location(place)));
    let related: Vec<Location> = leaks
        .iter()
        .map(|(text, place)| (text.clone(), leak_location(place)))
        .chain(further)
        .take(MAX_RELATED)
        .zip(1..)
        .map(|((text, mut location), id)| {
            location.id = Some(id);
            location.message = Some(Message::builder().text(text).build());
            location
        })
        .collect();
    if !related.is_empty() {
        result.related_locations = Some(related);
    }
    if let Some(accepted) = &finding.accepted {
        let kind = if accepted.in_source { "inSource" } else { "external" };
        let mut suppression = Suppression::builder().kind(json!(kind)).build();
        let until = accepted.expires.as_ref().map(|day| format!(" (until {day})")).unwrap_or_default();
        suppression.justification = Some(line(&format!("{}{until}", accepted.reason)));
        result.suppressions = Some(vec![suppression]);
    }
    result.baseline_state = audit.changes.as_ref().filter(|_| finding.is_open()).map(|_| {
        // What is new is open since this very audit.
        json!(if finding.open_since.as_deref() == Some(audit.as_of.as_str()) { "new" } else { "unchanged" })
    });
    result
}

/// The key, as something that stands in no file.
fn logical(finding: &Finding) -> LogicalLocation {
    let whole = finding.key.as_deref().unwrap_or(&finding.subject);
    let name = if finding.subject == whole { format!("key {}", finding.subject) } else { finding.subject.to_string() };
    LogicalLocation::builder().name(line(&name)).fully_qualified_name(line(whole)).kind("resource").build()
}

fn artifact(path: &str) -> ArtifactLocation {
    match uri::Base::default().reference(path) {
        uri::Reference::Relative(uri) => ArtifactLocation::builder().uri(uri).uri_base_id(ROOT).build(),
        uri::Reference::Absolute(uri) => ArtifactLocation::builder().uri(uri).build(),
    }
}

fn inventory_location(place: &Place) -> Location {
    // A row has no end that anybody knows; a region without one ends with its line.
    let region =
        Region::builder().start_line(i64::from(place.line.max(1))).start_column(i64::from(place.column.max(1))).build();
    let physical = PhysicalLocation::builder().artifact_location(artifact(&place.path)).region(region).build();
    Location::builder().physical_location(physical).build()
}

fn leak_location(place: &LeakPlace) -> Location {
    let region = if place.artifact.members.is_empty() && place.end_line > 0 {
        Region::builder()
            .start_line(i64::from(place.line))
            .start_column(i64::from(place.column))
            .end_line(i64::from(place.end_line))
            .end_column(i64::from(place.end_column))
            .build()
    } else {
        // An archive has no lines; GitHub wants a region all the same.
        Region::builder().start_line(1).start_column(1).end_line(1).end_column(1).build()
    };
    let physical = PhysicalLocation::builder().artifact_location(artifact(&place.artifact.path)).region(region).build();
    Location::builder().physical_location(physical).build()
}

/// Id of the notification about what was not covered.
const NOTICE: &str = "notice";
/// Id of the notification that says how many results were left out.
const OMITTED: &str = "results-omitted";

fn notification_descriptor(id: &str, name: &str, text: &str) -> ReportingDescriptor {
    ReportingDescriptor::builder()
        .id(format!("keytrail/{id}"))
        .name(name)
        .short_description(multiformat(text))
        .full_description(multiformat(text))
        .help(multiformat("The JSON report has everything."))
        .default_configuration(ReportingConfiguration::builder().level(json!("warning")).build())
        .build()
}

fn invocation(audit: &Audit, omitted: usize) -> Invocation {
    let said = |id: &str, index: i64, level: &str, text: String| {
        let descriptor = ReportingDescriptorReference::builder().id(format!("keytrail/{id}")).index(index).build();
        Notification::builder()
            .descriptor(descriptor)
            .level(json!(level))
            .message(Message::builder().text(terminated(text)).build())
            .build()
    };
    let notices = audit.scan.iter().flat_map(|scan| &scan.notices).map(|notice| {
        let place = notice.artifact.as_ref().map(|artifact| format!("'{artifact}': ")).unwrap_or_default();
        let level = if notice.kind.is_incomplete() { "error" } else { "note" };
        said(NOTICE, 0, level, plain_text(&format!("{place}{}", notice.message)))
    });
    let mut notifications: Vec<Notification> = notices.collect();
    if omitted > 0 {
        let text =
            format!("{omitted} findings of lower severity were left out, because code scanning services reject more");
        notifications.push(said(OMITTED, 1, "warning", text));
    }
    Invocation::builder()
        .execution_successful(audit.complete)
        .exit_code(i64::from(audit.exit_code))
        .tool_execution_notifications(notifications)
        .build()
}
