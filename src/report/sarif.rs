//! The SARIF 2.1.0 format (OASIS), shaped for GitHub code scanning, Azure DevOps and the editors' viewers.
//!
//! Sections named below are those of the standard. Where it leaves a choice, GitHub's documentation decides ("SARIF
//! support for code scanning"): one location per result, with the further places as related locations; a physical
//! location that exists in the repository, so an archive stands for its members; and GitHub's limits.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::json;
use serde_sarif::sarif::{
    ArtifactContent, ArtifactLocation, Invocation, Location as SarifLocation, LogicalLocation, Message,
    MultiformatMessageString, Notification, PhysicalLocation, PropertyBag, Region as SarifRegion,
    ReportingConfiguration, ReportingDescriptor, ReportingDescriptorReference, ReportingDescriptorRelationship,
    Result as SarifResult, ResultKind, ResultLevel, Run, RunAutomationDetails, Sarif, Suppression, Tool, ToolComponent,
    ToolComponentReference, VersionControlDetails,
};

use super::format::Style;
use super::{Notice, NoticeKind, Report, RuleInfo, json, uri, visible};
use crate::finding::{Artifact, Confidence, Finding, Location, Severity};
use crate::secret::REDACTION;

/// GitHub rejects a run with more results than this, and of those it takes it stores 5,000, the most severe first
/// ("SARIF results exceed limits"). Other readers take more than 5,000, so no more than necessary is left out.
pub const MAX_RESULTS: usize = 25_000;

/// GitHub rejects a result with more than 1,000 locations and shows 100; so many related locations are written.
pub const MAX_RELATED: usize = 99;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The project's page.
const HOME: &str = "https://github.com/keytrail/keytrail";

/// Stands for the directory the scan was started in. Its value is not given: consumers know their checkout, and a path
/// of the scanning machine is nobody else's business.
const ROOT: &str = "SRCROOT";

/// Id of the notification that says how many results were left out.
const OMITTED: &str = "results-omitted";

/// Writes the report as indented SARIF and a line feed.
///
/// # Errors
///
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    json::write_pretty(&build(report, MAX_RESULTS), out)
}

/// The whole log, with at most `max_results` results.
fn build(report: &Report, max_results: usize) -> Sarif {
    let findings = most_important(&report.findings, max_results);
    let rules = Rules::of(report, &findings);
    let results = findings.iter().map(|finding| result(report, &rules, finding)).collect::<Vec<_>>();
    let mut driver = ToolComponent::builder()
        .name(env!("CARGO_PKG_NAME"))
        .organization("keytrail")
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .information_uri(HOME)
        .rules(rules.descriptors())
        .notifications(notification_descriptors())
        .build();
    if !rules.weaknesses.is_empty() {
        driver.supported_taxonomies = Some(vec![cwe_reference()]);
    }
    let mut run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .automation_details(RunAutomationDetails::builder().id(format!("keytrail/{}/", report.command)).build())
        .column_kind(json!("utf16CodeUnits"))
        .redaction_tokens(vec![REDACTION.to_owned()])
        .original_uri_base_ids(BTreeMap::from([(ROOT.to_owned(), root())]))
        .invocations(vec![invocation(report, report.findings.len() - findings.len())])
        .results(results)
        .build();
    if !rules.weaknesses.is_empty() {
        run.taxonomies = Some(vec![rules.taxonomy()]);
    }
    run.version_control_provenance = provenance(report).map(|details| vec![details]);
    Sarif::builder().schema(SCHEMA).version(json!("2.1.0")).runs(vec![run]).build()
}

/// The findings to report, in the order of the report: open ones before allowed ones, severe ones before others.
fn most_important(findings: &[Finding], max: usize) -> Vec<&Finding> {
    let mut chosen: Vec<(usize, &Finding)> = findings.iter().enumerate().collect();
    if chosen.len() > max {
        chosen.sort_by_key(|(index, finding)| {
            (finding.is_allowed(), Reverse(finding.severity), Reverse(finding.confidence), *index)
        });
        chosen.truncate(max);
        chosen.sort_by_key(|(index, _)| *index);
    }
    chosen.into_iter().map(|(_, finding)| finding).collect()
}

/// The rules and weaknesses of the results, each with its index.
struct Rules<'a> {
    rules: BTreeMap<&'a str, (Cow<'a, RuleInfo>, Confidence)>,
    weaknesses: BTreeSet<u32>,
}

impl<'a> Rules<'a> {
    fn of(report: &'a Report, findings: &[&'a Finding]) -> Self {
        let mut rules = BTreeMap::new();
        let mut weaknesses = BTreeSet::new();
        for finding in findings {
            let (info, best) =
                rules.entry(finding.rule.as_str()).or_insert_with(|| (rule_of(report, finding), finding.confidence));
            weaknesses.insert(info.cwe);
            *best = finding.confidence.max(*best);
        }
        Rules { rules, weaknesses }
    }

    fn index(&self, id: &str) -> i64 {
        self.rules.range(..id).count() as i64
    }

    fn descriptors(&self) -> Vec<ReportingDescriptor> {
        self.rules.iter().map(|(id, (info, confidence))| self.descriptor(id, info, *confidence)).collect()
    }

    fn descriptor(&self, id: &str, info: &RuleInfo, confidence: Confidence) -> ReportingDescriptor {
        let weakness = ReportingDescriptorRelationship::builder()
            .target(
                ReportingDescriptorReference::builder()
                    .id(info.cwe.to_string())
                    .index(self.weaknesses.range(..info.cwe).count() as i64)
                    .tool_component(cwe_reference())
                    .build(),
            )
            .kinds(vec!["superset".to_owned()])
            .build();
        let mut properties = BTreeMap::from([("precision".to_owned(), json!(precision(confidence)))]);
        if let Some(score) = security_severity(info.severity) {
            properties.insert("security-severity".to_owned(), json!(score));
        }
        let tags = ["security".to_owned(), "secret".to_owned(), slug(&info.provider), cwe_tag(info.cwe)];
        let mut descriptor = ReportingDescriptor::builder()
            .id(id)
            .name(rule_name(id))
            .short_description(multiformat(&format!("Leaked {}.", line(&info.title))))
            .full_description(multiformat(&line(&info.description)))
            .help(help(info))
            .default_configuration(ReportingConfiguration::builder().level(json!(level(info.severity))).build())
            .relationships(vec![weakness])
            .properties(PropertyBag::builder().tags(Vec::from(tags)).additional_properties(properties).build())
            .build();
        descriptor.help_uri = info.references.iter().find(|url| is_web_address(url)).cloned();
        descriptor
    }

    fn taxonomy(&self) -> ToolComponent {
        let taxa = self.weaknesses.iter().map(|&number| {
            let mut taxon = ReportingDescriptor::builder()
                .id(number.to_string())
                .help_uri(format!("https://cwe.mitre.org/data/definitions/{number}.html"))
                .build();
            // Titles of the CWE list.
            let title = match number {
                259 => Some("Use of Hard-coded Password"),
                312 => Some("Cleartext Storage of Sensitive Information"),
                321 => Some("Use of Hard-coded Cryptographic Key"),
                522 => Some("Insufficiently Protected Credentials"),
                798 => Some("Use of Hard-coded Credentials"),
                _ => None,
            };
            taxon.short_description = title.map(|title| multiformat(&format!("{title}.")));
            taxon
        });
        ToolComponent::builder()
            .name("CWE")
            .organization("MITRE")
            .short_description(multiformat("The MITRE Common Weakness Enumeration."))
            .information_uri("https://cwe.mitre.org/")
            .is_comprehensive(false)
            .taxa(taxa.collect::<Vec<_>>())
            .build()
    }
}

/// The rule of a finding. Should the report not have it, which it ought to, the results still need a descriptor.
fn rule_of<'a>(report: &'a Report, finding: &Finding) -> Cow<'a, RuleInfo> {
    report.rule(finding).map(Cow::Borrowed).unwrap_or_else(|| {
        Cow::Owned(RuleInfo {
            id: finding.rule.clone(),
            title: "key".to_owned(),
            provider: "unknown".to_owned(),
            description: "A key stands in the clear.".to_owned(),
            severity: finding.severity,
            revoke: None,
            references: Vec::new(),
            cwe: 798,
        })
    })
}

fn result(report: &Report, rules: &Rules<'_>, finding: &Finding) -> SarifResult {
    let suppressed = finding.is_allowed();
    let mut places = finding.locations.iter().filter(|location| suppressed || location.allowed.is_none());
    let primary = places.next();
    let further: Vec<&Location> = places.collect();
    let related = related(report, finding, &further);

    let mut result = SarifResult::builder()
        .rule_id(finding.rule.as_str())
        .rule_index(rules.index(&finding.rule))
        .kind(ResultKind::Fail)
        .level(level(finding.severity))
        .message(message(report, finding, primary, further.len()))
        .locations(primary.map(|place| sarif_location(report, place)).into_iter().collect::<Vec<_>>())
        .properties(
            PropertyBag::builder()
                .additional_properties(BTreeMap::from([
                    ("severity".to_owned(), json!(finding.severity)),
                    ("confidence".to_owned(), json!(finding.confidence)),
                ]))
                .build(),
        )
        .build();
    let mut fingerprints = BTreeMap::from([("keytrail/value/v1".to_owned(), finding.fingerprint.to_string())]);
    if let Some(primary) = primary {
        // GitHub's own key. A colon and a number tell equal lines of one file apart; a place is one result here.
        fingerprints.insert("primaryLocationLineHash".to_owned(), format!("{}:1", primary.line_hash));
    }
    result.partial_fingerprints = Some(fingerprints);
    if !related.is_empty() {
        result.related_locations = Some(related);
    }
    if suppressed {
        result.suppressions = Some(finding.locations.first().map(suppression).into_iter().collect());
    }
    result
}

fn suppression(location: &Location) -> Suppression {
    let mut suppression = Suppression::builder().kind(json!("inSource")).build();
    suppression.justification = location.allowed.as_ref().map(|allowance| match &allowance.reason {
        Some(reason) => format!("{}: {}", line(&allowance.marker), line(reason)),
        None => line(&allowance.marker),
    });
    suppression
}

/// What was found and where, as plain text and as Markdown.
fn message(report: &Report, finding: &Finding, primary: Option<&Location>, further: usize) -> Message {
    let rule = report.rule(finding);
    let compose = |quote: &dyn Fn(&str) -> String, plain: &dyn Fn(&str) -> String| {
        let what = match rule {
            Some(rule) if rule.title.contains(&rule.provider) => plain(&rule.title),
            Some(rule) => format!("{} of {}", plain(&rule.title), plain(&rule.provider)),
            None => quote(&finding.rule),
        };
        let mut text = format!("{what} {}", quote(&finding.secret.redacted()));
        if let Some(place) = primary {
            text.push_str(&format!(" in {}", quote(&place.artifact.to_string())));
            if let Some(part) = &place.part {
                text.push_str(&format!(", {}", plain(part)));
            }
        }
        match further {
            0 => {}
            1 => text.push_str(" and one other place"),
            n => text.push_str(&format!(" and {n} other places")),
        }
        text.push('.');
        if let Some(verification) = &finding.verification {
            text.push_str(&format!(" Verified offline: {}", plain(&verification.what)));
            for fact in &verification.facts {
                text.push_str(&format!("; {} {}", plain(&fact.name), quote(&fact.value)));
            }
            text.push('.');
        }
        for part in &finding.parts {
            text.push_str(&format!(" Its {} is {}.", plain(&part.role), quote(&part.shown())));
        }
        for note in &finding.notes {
            text.push_str(&format!(" {}", plain(note)));
        }
        text
    };
    let text = compose(&|value| format!("'{}'", plain_text(value)), &plain_text);
    let markdown = compose(&code, &markdown);
    Message::builder().text(terminated(text)).markdown(terminated(markdown)).build()
}

/// Further places and other halves, each with an id and a message of its own.
fn related(report: &Report, finding: &Finding, further: &[&Location]) -> Vec<SarifLocation> {
    let parts = finding
        .parts
        .iter()
        .map(|part| (&part.location, format!("Its {} '{}'.", plain_text(&part.role), plain_text(&part.shown()))));
    let places = further.iter().map(|place| (*place, "The same value stands here.".to_owned()));
    parts
        .chain(places)
        .take(MAX_RELATED)
        .zip(1..)
        .map(|((place, text), id)| {
            let mut location = sarif_location(report, place);
            location.id = Some(id);
            location.message = Some(Message::builder().text(text).build());
            location
        })
        .collect()
}

fn sarif_location(report: &Report, place: &Location) -> SarifLocation {
    let artifact = &place.artifact;
    let physical = PhysicalLocation::builder().artifact_location(artifact_location(report, artifact));
    let physical = if artifact.members.is_empty() && place.region.byte_length > 0 {
        let (region, context) = regions(place);
        physical.region(region).context_region(context).build()
    } else {
        // The region is one of the member, and an archive has no lines, nor has the name of a file; but GitHub wants a
        // region, so it gets the empty one at the start.
        let start = SarifRegion::builder().start_line(1).start_column(1).end_line(1).end_column(1).build();
        physical.region(start).build()
    };
    let mut location = SarifLocation::builder().physical_location(physical).build();
    let mut logical = Vec::new();
    if !artifact.members.is_empty() {
        let start = place.region.start;
        logical.push(
            LogicalLocation::builder()
                .name(format!("{}:{}:{}", line(artifact.innermost()), start.line, start.column))
                .fully_qualified_name(line(&artifact.to_string()))
                .kind("member")
                .build(),
        );
    }
    if let Some(part) = &place.part {
        logical.push(
            LogicalLocation::builder()
                .name(line(part))
                .fully_qualified_name(format!("{}#{}", line(&artifact.to_string()), line(part)))
                .kind("element")
                .build(),
        );
    }
    if !logical.is_empty() {
        location.logical_locations = Some(logical);
    }
    location
}

/// The region of the secret and that of the lines around it, with their redacted texts.
fn regions(place: &Location) -> (SarifRegion, SarifRegion) {
    let (start, end, snippet) = (place.region.start, place.region.end, &place.snippet);
    let text = |text: &str| ArtifactContent::builder().text(text).build();
    let region = SarifRegion::builder()
        .start_line(i64::from(start.line))
        .start_column(i64::from(start.column))
        .end_line(i64::from(end.line))
        .end_column(i64::from(end.column))
        .snippet(text(snippet.highlighted()))
        .build();
    // Redaction may have joined the lines of a secret; the context has to contain the region all the same.
    let lines = snippet.text.matches('\n').count() as i64;
    let context = SarifRegion::builder()
        .start_line(i64::from(snippet.first_line.min(start.line)))
        .end_line((i64::from(snippet.first_line) + lines).max(i64::from(end.line)))
        .snippet(text(&snippet.text))
        .build();
    (region, context)
}

fn artifact_location(report: &Report, artifact: &Artifact) -> ArtifactLocation {
    match uri::reference(&report.root, &artifact.path) {
        uri::Reference::Relative(uri) => ArtifactLocation::builder().uri(uri).uri_base_id(ROOT).build(),
        uri::Reference::Absolute(uri) => ArtifactLocation::builder().uri(uri).build(),
    }
}

fn root() -> ArtifactLocation {
    let text = "The directory the scan was started in.";
    ArtifactLocation::builder().description(Message::builder().text(text).build()).build()
}

fn invocation(report: &Report, omitted: usize) -> Invocation {
    let mut notifications: Vec<Notification> =
        report.coverage.notices.iter().map(|notice| notification(report, notice)).collect();
    if omitted > 0 {
        let text = format!(
            "{omitted} findings of lower severity or confidence were left out, because code scanning services reject \
             more than {MAX_RESULTS} results; the JSON report has them all."
        );
        notifications.push(
            Notification::builder()
                .descriptor(notification_reference(OMITTED, NOTICE_KINDS.len()))
                .level(json!("warning"))
                .message(Message::builder().text(text).build())
                .build(),
        );
    }
    Invocation::builder()
        .execution_successful(report.coverage.is_complete())
        .exit_code(i64::from(report.exit_code))
        .tool_execution_notifications(notifications)
        .build()
}

fn notification(report: &Report, notice: &Notice) -> Notification {
    let mut text = plain_text(&notice.message);
    if let Some(artifact) = &notice.artifact {
        text = format!("'{}': {text}", plain_text(&artifact.to_string()));
    }
    if let Some(help) = &notice.help {
        text = format!("{}. {}", text, plain_text(help));
    }
    let index = NOTICE_KINDS.iter().position(|(kind, ..)| *kind == notice.kind).unwrap_or_default();
    let mut notification = Notification::builder()
        .descriptor(notification_reference(notice.kind.as_str(), index))
        .level(json!(notice_level(notice.kind)))
        .message(Message::builder().text(terminated(text)).build())
        .build();
    notification.locations = notice.artifact.as_ref().map(|artifact| {
        let physical = PhysicalLocation::builder().artifact_location(artifact_location(report, artifact)).build();
        vec![SarifLocation::builder().physical_location(physical).build()]
    });
    notification
}

/// Every kind of notice with its description and advice, in the order of their descriptors.
const NOTICE_KINDS: [(NoticeKind, &str, &str); 6] = [
    (NoticeKind::Unreadable, "Something could not be opened or read.", "Check that it exists and may be read."),
    (NoticeKind::Malformed, "Something is damaged.", "Restore it, or exclude it from the scan."),
    (NoticeKind::Encrypted, "Something needs a password.", "Unpack it and scan the files, or exclude it."),
    (NoticeKind::TooLarge, "Something would expand beyond the limits.", "Raise the limit, or exclude it."),
    (NoticeKind::Internal, "keytrail itself failed.", "Please report it as a defect of keytrail."),
    (NoticeKind::Skipped, "Something was left out as asked or by nature.", "Nothing has to be done."),
];

fn notification_descriptors() -> Vec<ReportingDescriptor> {
    let descriptor = |id: &str, text: &str, help: &str, level: &str| {
        ReportingDescriptor::builder()
            .id(notification_id(id))
            .name(pascal_case(id))
            .short_description(multiformat(text))
            .full_description(multiformat(text))
            .help(multiformat(help))
            .default_configuration(ReportingConfiguration::builder().level(json!(level)).build())
            .build()
    };
    let kinds =
        NOTICE_KINDS.iter().map(|(kind, text, help)| descriptor(kind.as_str(), text, help, notice_level(*kind)));
    let omitted = "There are more findings than code scanning services take.";
    kinds.chain([descriptor(OMITTED, omitted, "The JSON report has them all.", "warning")]).collect()
}

fn notification_reference(id: &str, index: usize) -> ReportingDescriptorReference {
    ReportingDescriptorReference::builder().id(notification_id(id)).index(index as i64).build()
}

/// Ids differ from names by more than their case, as section 3.49.7 wants.
fn notification_id(kind: &str) -> String {
    format!("keytrail/{kind}")
}

fn notice_level(kind: NoticeKind) -> &'static str {
    if kind.is_incomplete() { "error" } else { "note" }
}

/// The repository, where its address is one that everybody can resolve: section 3.23.3 wants an absolute URI, so the
/// short form of SSH addresses (`git@host:path`) is left out, and `mappedTo` ties it to the relative locations.
fn provenance(report: &Report) -> Option<VersionControlDetails> {
    let version_control = report.version_control.as_ref()?;
    let repository = version_control.repository.as_deref().filter(|address| is_absolute_uri(address))?;
    let mut details = VersionControlDetails::builder()
        .repository_uri(repository)
        .revision_id(version_control.revision.as_deref()?)
        .mapped_to(ArtifactLocation::builder().uri_base_id(ROOT).build())
        .build();
    details.branch.clone_from(&version_control.branch);
    Some(details)
}

fn is_absolute_uri(address: &str) -> bool {
    let Some((scheme, rest)) = address.split_once("://") else { return false };
    let letters = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(letters)
        && !rest.is_empty()
        && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&b))
}

fn is_web_address(address: &str) -> bool {
    address.starts_with("https://") && is_absolute_uri(address)
}

/// What the key opens, how to revoke it, and where to read more.
fn help(rule: &RuleInfo) -> MultiformatMessageString {
    let mut text = format!("{}\n\nRevoke the key first; deleting it from the code does not.", line(&rule.description));
    let mut rich =
        format!("{}\n\nRevoke the key first; deleting it from the code does not.", markdown(&rule.description));
    if let Some(revoke) = &rule.revoke {
        text.push_str(&format!("\n\nHow to revoke it: {}", line(revoke)));
        let revoke = if is_web_address(revoke) { format!("<{revoke}>") } else { markdown(revoke) };
        rich.push_str(&format!("\n\n**How to revoke it:** {revoke}"));
    }
    let references: Vec<&String> = rule.references.iter().filter(|url| is_web_address(url)).collect();
    if !references.is_empty() {
        text.push_str("\n\nReferences:");
        rich.push_str("\n\n**References**\n");
        for url in references {
            text.push_str(&format!("\n- {url}"));
            rich.push_str(&format!("\n- <{url}>"));
        }
    }
    MultiformatMessageString::builder().text(text).markdown(rich).build()
}

fn multiformat(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}

fn cwe_reference() -> ToolComponentReference {
    ToolComponentReference::builder().name("CWE").index(0).build()
}

/// The tag by which GitHub shows and filters weaknesses; it writes numbers with three digits at least.
fn cwe_tag(number: u32) -> String {
    format!("external/cwe/cwe-{number:03}")
}

fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Critical | Severity::High => ResultLevel::Error,
        Severity::Medium => ResultLevel::Warning,
        Severity::Low | Severity::Note => ResultLevel::Note,
    }
}

/// GitHub's score: over 9.0 is critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low.
fn security_severity(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("3.0"),
        Severity::Note => None,
    }
}

/// GitHub's precision is one of the rule, so it is that of the rule's surest finding.
fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Confirmed => "very-high",
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

/// `github-pat-classic` as `GithubPatClassic`, and `jwt` as `JwtSecret`: section 3.49.7 wants a readable name that is
/// not the id again, whatever its case.
fn rule_name(id: &str) -> String {
    let name = pascal_case(id);
    if name.eq_ignore_ascii_case(id) { name + "Secret" } else { name }
}

fn pascal_case(id: &str) -> String {
    id.split('-')
        .flat_map(|word| {
            let mut chars = word.chars();
            chars.next().map(|first| first.to_uppercase().chain(chars))
        })
        .flatten()
        .collect()
}

/// `Beta Cloud` as `beta-cloud`.
fn slug(provider: &str) -> String {
    let lower = provider.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// Text for one line, visible and owned.
fn line(text: &str) -> String {
    visible::line(text).into_owned()
}

/// Text inside a plain message, where square brackets begin a link and braces a placeholder (sections 3.11.5, 3.11.6).
fn plain_text(text: &str) -> String {
    let text = line(text);
    // Only the whole form of a link is one.
    let text = if text.contains("](") { text.replace('[', "\\[").replace(']', "\\]") } else { text };
    braces(text)
}

/// A brace before a digit would begin a placeholder, and is doubled; others stay, since few readers undo the doubling.
fn braces(text: String) -> String {
    let placeholder = text.match_indices('{').any(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
    if placeholder { text.replace('{', "{{").replace('}', "}}") } else { text }
}

/// Text inside Markdown, with everything escaped that Markdown or HTML would interpret.
fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in line(text).chars() {
        if "\\`*_[]<>&~|!#".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    braces(escaped)
}

/// A code span of Markdown, fenced by more backticks than the text has in a row (CommonMark, section 6.1).
fn code(text: &str) -> String {
    let text = braces(line(text));
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A message ends with a full stop.
fn terminated(mut text: String) -> String {
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn sarif(report: &Report) -> serde_json::Value {
        let mut out = Vec::new();
        write(report, &mut out, &Style::default()).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn everything() {
        let mut out = Vec::new();
        write(&sample::full(), &mut out, &Style::default()).unwrap();
        let text = String::from_utf8(out).unwrap();
        insta::assert_snapshot!("full", text.replace(env!("CARGO_PKG_VERSION"), "[version]"));
    }

    #[test]
    fn an_empty_report_has_an_empty_list_of_results() {
        let log = sarif(&sample::empty());
        assert_eq!(log["runs"][0]["results"], json!([]));
        assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], json!(true));
    }

    #[test]
    fn rule_indices_and_descriptors_agree() {
        let log = sarif(&sample::full());
        let run = &log["runs"][0];
        for result in run["results"].as_array().unwrap() {
            let index = result["ruleIndex"].as_u64().unwrap() as usize;
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
        let driver = &run["tool"]["driver"];
        for notification in run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap() {
            let index = notification["descriptor"]["index"].as_u64().unwrap() as usize;
            assert_eq!(driver["notifications"][index]["id"], notification["descriptor"]["id"]);
        }
        for rule in driver["rules"].as_array().unwrap() {
            let target = &rule["relationships"][0]["target"];
            let index = target["index"].as_u64().unwrap() as usize;
            assert_eq!(run["taxonomies"][0]["taxa"][index]["id"], target["id"]);
        }
    }

    #[test]
    fn allowed_places_are_suppressed_or_left_out() {
        let report = sample::full();
        let log = sarif(&report);
        let results = log["runs"][0]["results"].as_array().unwrap();
        for (finding, result) in report.findings.iter().zip(results) {
            assert_eq!(finding.is_allowed(), result.get("suppressions").is_some());
        }
        assert!(!results[0].to_string().contains("a.py"), "its place there is allowed");
    }

    #[test]
    fn the_least_important_results_are_left_out_and_counted() {
        let mut report = sample::many(9);
        for (finding, severity) in report.findings.iter_mut().zip([Severity::Low, Severity::Critical, Severity::Note]) {
            finding.severity = severity;
        }
        report.findings[3].confidence = Confidence::Low;
        let run = &build(&report, 6).runs[0];
        let prints: Vec<_> = run
            .results
            .iter()
            .flatten()
            .map(|r| &r.partial_fingerprints.as_ref().unwrap()["keytrail/value/v1"])
            .collect();
        let expected: Vec<_> = [1, 4, 5, 6, 7, 8].map(|n| report.findings[n].fingerprint.to_string()).to_vec();
        assert_eq!(prints, expected.iter().collect::<Vec<_>>());
        let notifications = run.invocations.as_ref().unwrap()[0].tool_execution_notifications.as_ref().unwrap();
        assert!(notifications[0].message.text.as_ref().unwrap().starts_with("3 findings "), "{notifications:?}");
    }

    #[test]
    fn related_locations_stay_within_the_limit() {
        let mut report = sample::many(1);
        report.findings[0].locations = vec![report.findings[0].locations[0].clone(); 1500];
        let log = sarif(&report);
        let result = &log["runs"][0]["results"][0];
        assert_eq!(result["relatedLocations"].as_array().unwrap().len(), MAX_RELATED);
        assert!(result["message"]["text"].as_str().unwrap().contains("1499 other places"));
    }

    #[test]
    fn message_text_is_taken_literally() {
        assert_eq!(plain_text("app/[id].tsx"), "app/[id].tsx");
        assert_eq!(plain_text("[a](1) {0}"), r"\[a\](1) {{0}}");
        assert_eq!(markdown("<b>*[x](y)"), r"\<b\>\*\[x\](y)");
        assert_eq!([code("a"), code("a``b"), code("`")], ["`a`", "```a``b```", "`` ` ``"]);
        assert_eq!([rule_name("github-pat-classic"), rule_name("jwt")], ["GithubPatClassic", "JwtSecret"]);
        assert_eq!(slug("Beta Cloud (EU)"), "beta-cloud-eu");
    }

    #[test]
    fn a_rule_that_is_missing_is_made_up() {
        let report = Report { rules: BTreeMap::new(), ..sample::full() };
        let log = sarif(&report);
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap().len(), 3);
        assert_eq!(log["runs"][0]["taxonomies"][0]["taxa"][0]["id"], "798");
    }

    #[test]
    fn provenance_needs_a_uri() {
        for (address, good) in [
            ("https://example.com/a.git", true),
            ("ssh://git@example.com/a", true),
            ("git@example.com:a/b.git", false),
            ("/srv/git/a", false),
            ("https://exa mple.com/", false),
        ] {
            assert_eq!(is_absolute_uri(address), good, "{address}");
        }
    }
}
