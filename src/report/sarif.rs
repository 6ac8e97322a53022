//! The SARIF 2.1.0 format (OASIS), shaped for GitHub code scanning, Azure DevOps and the editors' viewers.
//!
//! Sections named below are those of the standard. Where it leaves a choice, GitHub's documentation decides ("SARIF
//! support for code scanning"): one location per result, with the further places as related locations; a physical
//! location that exists in the repository, so an archive stands for its members; and GitHub's limits.
//!
//! GitHub shows alerts beside the files of the commit that was scanned, which do not hold what only the history holds.
//! A scan of a history therefore gives two runs of different categories ("Using `automationDetails.id`"): whoever
//! triages the one is not kept busy by the other, and a scan without history leaves the alerts of the second alone.
//! Runs of one file must not share a category (GitHub's change log of May 6, 2024).

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
use super::uri::{self, Base};
use super::{Notice, NoticeKind, Report, RuleInfo, VersionControl, commonmark, history, json, visible};
use crate::finding::{Artifact, Confidence, Finding, History, Known, Location, Severity};
use crate::secret::REDACTION;

/// GitHub rejects a run with more results than this, and of those it takes it stores 5,000, the most severe first
/// ("SARIF results exceed limits"). Other readers take more than 5,000, so no more than necessary is left out.
pub const MAX_RESULTS: usize = 25_000;

/// GitHub rejects a result with more than 1,000 locations and shows 100; so many related locations are written.
pub const MAX_RELATED: usize = 99;

pub(super) const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The project's page.
pub(super) const HOME: &str = "https://github.com/keytrail/keytrail";

/// Stands for the folder that addresses are relative to. Its value is not given: consumers know their checkout, and a path
/// of the scanning machine is nobody else's business.
pub(super) const ROOT: &str = "SRCROOT";

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

/// What a run holds, by where its findings stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// All of a scan without history.
    Everything,
    /// What a scan with history found in the working tree or at HEAD.
    Head,
    /// What only the history holds.
    History,
}

impl Scope {
    /// The category of the run, which is the id up to its last slash. It is the same with and without a history, so
    /// that the alerts of both kinds of scans are the same.
    fn automation(self, command: &str) -> RunAutomationDetails {
        let category = if command == "scan" { "keytrail/".to_owned() } else { format!("keytrail/{command}/") };
        let (id, text) = match self {
            Scope::Everything => return RunAutomationDetails::builder().id(category).build(),
            Scope::Head => (category, "Keys in the working tree or in the commit at HEAD."),
            Scope::History => (format!("{category}history/"), "Keys that stand in the history only."),
        };
        RunAutomationDetails::builder().id(id).description(Message::builder().text(text).build()).build()
    }
}

/// The whole log, with at most `max_results` results in each run.
fn build(report: &Report, max_results: usize) -> Sarif {
    let (head, history): (Vec<_>, Vec<_>) = report.findings.iter().partition(|finding| finding.is_at_head());
    // The run of the history is written even without results, which is what closes its alerts.
    let runs = if report.coverage.objects.is_some() || !history.is_empty() {
        vec![run(report, Scope::Head, head, max_results), run(report, Scope::History, history, max_results)]
    } else {
        vec![run(report, Scope::Everything, head, max_results)]
    };
    Sarif::builder().schema(SCHEMA).version(json!("2.1.0")).runs(runs).build()
}

fn run(report: &Report, scope: Scope, findings: Vec<&Finding>, max_results: usize) -> Run {
    let all = findings.len();
    let findings = most_important(findings, max_results);
    let rules = Rules::of(report, &findings);
    let base = base(report);
    let results = findings.iter().map(|finding| result(report, scope, &rules, &base, finding)).collect::<Vec<_>>();
    let mut driver = ToolComponent::builder()
        .name(report.tool.name.as_str())
        .organization("keytrail")
        .semantic_version(report.tool.version.as_str())
        .information_uri(HOME)
        .rules(rules.descriptors())
        .notifications(notification_descriptors())
        .build();
    if !rules.weaknesses.is_empty() {
        driver.supported_taxonomies = Some(vec![cwe_reference()]);
    }
    let mut run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .automation_details(scope.automation(&report.command))
        .column_kind(json!("utf16CodeUnits"))
        .redaction_tokens(vec![REDACTION.to_owned()])
        .original_uri_base_ids(BTreeMap::from([(ROOT.to_owned(), root(report, &base))]))
        .invocations(vec![invocation(report, &base, all - findings.len())])
        .results(results)
        .build();
    if !rules.weaknesses.is_empty() {
        run.taxonomies = Some(vec![rules.taxonomy()]);
    }
    run.version_control_provenance = provenance(report, &base, scope).map(|details| vec![details]);
    run
}

/// The findings to report, in the order of the report: open ones before allowed ones, severe ones before others.
pub(super) fn most_important(findings: Vec<&Finding>, max: usize) -> Vec<&Finding> {
    let mut chosen: Vec<(usize, &Finding)> = findings.into_iter().enumerate().collect();
    if chosen.len() > max {
        chosen.sort_by_key(|(index, finding)| {
            (!finding.is_open(), Reverse(finding.severity), Reverse(finding.confidence), *index)
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

fn result(report: &Report, scope: Scope, rules: &Rules<'_>, base: &Base, finding: &Finding) -> SarifResult {
    let mut places = history::places(finding).into_iter();
    let primary = places.next();
    let further: Vec<&Location> = places.collect();
    let related = related(base, finding, &further);
    let mut properties = BTreeMap::from([
        ("severity".to_owned(), json!(finding.severity)),
        ("confidence".to_owned(), json!(finding.confidence)),
    ]);
    if scope != Scope::Everything {
        properties.insert("atHead".to_owned(), json!(scope == Scope::Head));
    }

    let mut result = SarifResult::builder()
        .rule_id(finding.rule.as_str())
        .rule_index(rules.index(&finding.rule))
        .kind(ResultKind::Fail)
        .level(level(finding.severity))
        .message(message(report, finding, primary, further.len()))
        .locations(primary.map(|place| sarif_location(base, place)).into_iter().collect::<Vec<_>>())
        .properties(bag(properties))
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
    if report.baseline.is_some() {
        result.baseline_state = Some(json!(if finding.known.is_some() { "unchanged" } else { "new" }));
    }
    let mut suppressions = Vec::new();
    if finding.is_allowed() {
        suppressions.extend(finding.locations.first().map(suppression));
    }
    suppressions.extend(finding.known.as_ref().map(known));
    if !suppressions.is_empty() {
        result.suppressions = Some(suppressions);
    }
    result
}

/// A baseline is kept outside of the code that it speaks of, which makes its suppressions external (section 3.35.2).
fn known(known: &Known) -> Suppression {
    let mut suppression = Suppression::builder().kind(json!("external")).build();
    let mut said = vec![known.reason.as_deref().map_or_else(|| "in the baseline".to_owned(), line)];
    said.extend(known.owner.as_deref().map(|owner| format!("owner: {}", line(owner))));
    said.extend(known.expires.as_deref().map(|expires| format!("expires: {}", line(expires))));
    suppression.justification = Some(said.join("; "));
    suppression
}

fn suppression(location: &Location) -> Suppression {
    let configured = location.allowed.as_ref().is_some_and(|allowance| allowance.configured);
    let kind = if configured { "external" } else { "inSource" };
    let mut suppression = Suppression::builder().kind(json!(kind)).build();
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
        let mut text = format!("{what} {}", quote(finding.secret.redacted()));
        if let Some(place) = primary {
            text.push_str(&format!(" in {}", quote(&place.artifact.to_string())));
            if let Some(part) = &place.part {
                text.push_str(&format!(", {}", plain(part)));
            }
            match &place.history {
                Some(history) => {
                    let first = history::first(finding, place);
                    let first = first.map(|commit| {
                        format!("introduced by {} on {}, ", history::short(&commit.id), history::day(&commit.date))
                    });
                    let here = if first.is_some() { "here " } else { "" };
                    let past = format!("{}{here}{}", first.unwrap_or_default(), past(place, history));
                    text.push_str(&format!(", {}", plain(&past)));
                }
                None => {
                    let since = history::earliest(finding).map(history::version);
                    text.extend(since.map(|commit| format!(", in the history since {}", plain(&commit))));
                }
            }
        }
        match further {
            0 => {}
            1 => text.push_str(" and one other place"),
            n => text.push_str(&format!(" and {n} other places")),
        }
        text.push('.');
        if let Some(verification) = &finding.verification {
            // What only decodes as it should, or has the look of a key, is no proof.
            let how = if finding.confidence == Confidence::Confirmed { "Verified" } else { "Checked" };
            text.push_str(&format!(" {how} offline: {}", plain(&verification.what)));
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
        if !finding.is_at_head() {
            text.push_str(" Deleting a key does not help: revoke it.");
        }
        text
    };
    let text = compose(&|value| format!("'{}'", plain_text(value)), &plain_text);
    let markdown = compose(&code, &markdown);
    Message::builder().text(terminated(text)).markdown(terminated(markdown)).build()
}

/// Which commit brought it, and what holds it still: `introduced by 1a2b3c4d5e on 2024-05-01, no longer at HEAD, on next`.
fn past(place: &Location, history: &History) -> String {
    let exposure = history::exposure(place, history);
    match &history.introduced {
        Some(commit) => {
            format!("introduced by {} on {}, {exposure}", history::short(&commit.id), history::day(&commit.date))
        }
        None => exposure,
    }
}

/// Further places and other halves, each with an id and a message of its own.
fn related(base: &Base, finding: &Finding, further: &[&Location]) -> Vec<SarifLocation> {
    let parts = finding
        .parts
        .iter()
        .map(|part| (&part.location, format!("Its {} '{}'.", plain_text(&part.role), plain_text(&part.shown()))));
    let places = further.iter().map(|place| {
        let text = match &place.history {
            None => "The same value stands here.".to_owned(),
            Some(history) => {
                let verb = if history.at_head { "stands" } else { "stood" };
                format!("The same value {verb} here: {}.", plain_text(&past(place, history)))
            }
        };
        (*place, text)
    });
    parts
        .chain(places)
        .take(MAX_RELATED)
        .zip(1..)
        .map(|((place, text), id)| {
            let mut location = sarif_location(base, place);
            location.id = Some(id);
            location.message = Some(Message::builder().text(text).build());
            location
        })
        .collect()
}

fn sarif_location(base: &Base, place: &Location) -> SarifLocation {
    let artifact = &place.artifact;
    let physical = PhysicalLocation::builder().artifact_location(artifact_location(base, artifact));
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
    location.properties = place.history.as_deref().map(|history| bag(versions(history)));
    location
}

/// Which version of a file a place is one of, and who holds it. The region is that of `object`.
fn versions(history: &History) -> BTreeMap<String, serde_json::Value> {
    let mut properties = BTreeMap::from([
        ("object".to_owned(), json!(history.object)),
        ("atHead".to_owned(), json!(history.at_head)),
        ("reach".to_owned(), json!(history.reach)),
        ("branches".to_owned(), json!(history.branches)),
    ]);
    if !history.versions.is_empty() {
        properties.insert("versions".to_owned(), json!(history.versions));
    }
    for (name, commit) in [("introduced", &history.introduced), ("last", &history.last)] {
        if let Some(commit) = commit {
            properties.insert(name.to_owned(), json!(commit));
        }
    }
    properties
}

pub(super) fn bag(properties: BTreeMap<String, serde_json::Value>) -> PropertyBag {
    PropertyBag::builder().additional_properties(properties).build()
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

fn artifact_location(base: &Base, artifact: &Artifact) -> ArtifactLocation {
    match base.reference(&artifact.path) {
        uri::Reference::Relative(uri) => ArtifactLocation::builder().uri(uri).uri_base_id(ROOT).build(),
        uri::Reference::Absolute(uri) => ArtifactLocation::builder().uri(uri).build(),
    }
}

/// The folder that addresses are relative to. In a repository it is the top, as code scanning services have it; elsewhere
/// the folder of the scan, or the nearest one above it that everything lies in.
fn base(report: &Report) -> Base {
    if let Some(folder) = report.version_control.as_ref().and_then(|at| at.folder.as_deref()) {
        return Base::above(&report.root, folder);
    }
    let locations = report.findings.iter().flat_map(|finding| {
        let parts = finding.parts.iter().map(|part| &part.location);
        finding.locations.iter().chain(parts).map(|location| &location.artifact)
    });
    let notices = report.coverage.notices.iter().filter_map(|notice| notice.artifact.as_ref());
    let paths = locations.chain(notices).map(|artifact| artifact.path.as_str());
    Base::around(&report.root, paths.chain(report.version_control.as_ref().and_then(|at| at.top.as_deref())))
}

fn root(report: &Report, base: &Base) -> ArtifactLocation {
    let at = report.version_control.as_ref().and_then(|at| at.folder.as_ref());
    described(match at {
        Some(_) => "The top of the repository.",
        None if base.is_root() => "The directory the scan was started in.",
        None => "A directory above the one the scan was started in.",
    })
}

/// A base of addresses whose value consumers know.
pub(super) fn described(text: &str) -> ArtifactLocation {
    ArtifactLocation::builder().description(Message::builder().text(text).build()).build()
}

fn invocation(report: &Report, base: &Base, omitted: usize) -> Invocation {
    let mut notifications: Vec<Notification> =
        report.coverage.notices.iter().map(|notice| notification(base, notice)).collect();
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
    let mut invocation = Invocation::builder()
        .execution_successful(report.coverage.is_complete())
        .exit_code(i64::from(report.exit_code))
        .tool_execution_notifications(notifications)
        .build();
    // Both runs come from one invocation, and so each has the same one.
    invocation.properties =
        report.coverage.objects.map(|objects| bag(BTreeMap::from([("objects".to_owned(), json!(objects))])));
    invocation
}

fn notification(base: &Base, notice: &Notice) -> Notification {
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
        let physical = PhysicalLocation::builder().artifact_location(artifact_location(base, artifact)).build();
        vec![SarifLocation::builder().physical_location(physical).build()]
    });
    notification
}

/// Every kind of notice with its description and advice, in the order of their descriptors.
const NOTICE_KINDS: [(NoticeKind, &str, &str); 8] = [
    (NoticeKind::Unreadable, "Something could not be opened or read.", "Check that it exists and may be read."),
    (NoticeKind::Malformed, "Something is damaged.", "Restore it, or exclude it from the scan."),
    (NoticeKind::Encrypted, "Something needs a password.", "Unpack it and scan the files, or exclude it."),
    (NoticeKind::TooLarge, "Something would expand beyond the limits.", "Raise the limit, or exclude it."),
    (NoticeKind::Internal, "keytrail itself failed.", "Please report it as a defect of keytrail."),
    (NoticeKind::Skipped, "Something was left out as asked or by nature.", "Nothing has to be done."),
    (NoticeKind::Stale, "An allowance no longer does anything.", "Renew it, or take it out."),
    (NoticeKind::Loosened, "The changes that are judged loosen the check itself.", "Review what they let pass."),
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
/// short form of SSH addresses (`git@host:path`) is left out, and `mappedTo` ties its top to the locations.
///
/// The run of the history names no revision: its files are not those of any single one, and a viewer would show the
/// lines of the wrong version.
fn provenance(report: &Report, base: &Base, scope: Scope) -> Option<VersionControlDetails> {
    let version_control = report.version_control.as_ref()?;
    let repository = version_control.repository.as_deref().filter(|address| is_absolute_uri(address))?;
    let revision = version_control.revision.as_ref()?;
    let mut details =
        VersionControlDetails::builder().repository_uri(repository).mapped_to(top(version_control, base)).build();
    if scope != Scope::History {
        details.revision_id = Some(revision.clone());
        details.branch.clone_from(&version_control.branch);
    }
    Some(details)
}

/// The top of the repository: the folder that addresses are relative to, unless the scan was started outside of it. The
/// address of a folder ends in a slash (section 3.4.3).
fn top(version_control: &VersionControl, base: &Base) -> ArtifactLocation {
    let mut location = match &version_control.top {
        Some(top) => artifact_location(base, &Artifact::file(top)),
        None => ArtifactLocation::builder().uri_base_id(ROOT).build(),
    };
    location.uri = location.uri.filter(|uri| uri != ".").map(|uri| if uri.ends_with('/') { uri } else { uri + "/" });
    location
}

fn is_absolute_uri(address: &str) -> bool {
    let Some((scheme, rest)) = address.split_once("://") else { return false };
    let letters = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(letters)
        && !rest.is_empty()
        && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&b))
}

pub(super) fn is_web_address(address: &str) -> bool {
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

pub(super) fn multiformat(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}

fn cwe_reference() -> ToolComponentReference {
    ToolComponentReference::builder().name("CWE").index(0).build()
}

/// The tag by which GitHub shows and filters weaknesses; it writes numbers with three digits at least.
pub(super) fn cwe_tag(number: u32) -> String {
    format!("external/cwe/cwe-{number:03}")
}

pub(super) fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Critical | Severity::High => ResultLevel::Error,
        Severity::Medium => ResultLevel::Warning,
        Severity::Low | Severity::Note => ResultLevel::Note,
    }
}

/// GitHub's score: over 9.0 is critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low.
pub(super) fn security_severity(severity: Severity) -> Option<&'static str> {
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
pub(super) fn rule_name(id: &str) -> String {
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
pub(super) fn line(text: &str) -> String {
    visible::line(text).into_owned()
}

/// Text inside a plain message, where square brackets begin a link and braces a placeholder (sections 3.11.5, 3.11.6).
pub(super) fn plain_text(text: &str) -> String {
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

/// Text inside Markdown, as part of a message.
fn markdown(text: &str) -> String {
    braces(commonmark::text(text))
}

/// A code span of Markdown, as part of a message.
fn code(text: &str) -> String {
    braces(commonmark::code(text))
}

/// A message ends with a full stop.
pub(super) fn terminated(mut text: String) -> String {
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
        let mut out = Vec::new();
        write(&sample::historic(), &mut out, &Style::default()).unwrap();
        let text = String::from_utf8(out).unwrap();
        insta::assert_snapshot!("historic", text.replace(env!("CARGO_PKG_VERSION"), "[version]"));
    }

    #[test]
    fn what_only_the_history_holds_is_in_a_run_of_its_own() {
        let report = sample::historic();
        let log = sarif(&report);
        let runs = log["runs"].as_array().unwrap();
        let ids: Vec<_> = runs.iter().map(|run| run["automationDetails"]["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["keytrail/", "keytrail/history/"]);
        for (run, (at_head, count)) in runs.iter().zip([(true, 2), (false, 3)]) {
            let results = run["results"].as_array().unwrap();
            assert_eq!(results.len(), count);
            assert!(results.iter().all(|result| result["properties"]["atHead"] == at_head));
            let used: BTreeSet<_> = results.iter().map(|result| result["ruleId"].as_str().unwrap()).collect();
            let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
            let described: BTreeSet<_> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
            assert_eq!(used, described);
            assert_eq!(run["invocations"][0]["properties"]["objects"]["missing"], 2);
            let revision = &run["versionControlProvenance"][0]["revisionId"];
            assert_eq!(revision.as_str().is_some(), at_head);
        }
        // Without results too, or alerts would stay open for ever; and with the same category as without a history.
        let clean = Report { findings: Vec::new(), ..report };
        assert_eq!(sarif(&clean)["runs"][1]["results"], json!([]));
        let log = sarif(&sample::full());
        assert_eq!(log["runs"].as_array().unwrap().len(), 1);
        assert_eq!(log["runs"][0]["automationDetails"], json!({"id": "keytrail/"}));
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
    fn what_the_baseline_knows_is_unchanged_and_suppressed() {
        let report = sample::baselined();
        let log = sarif(&report);
        for (finding, result) in report.findings.iter().zip(log["runs"][0]["results"].as_array().unwrap()) {
            let state = if finding.known.is_some() { "unchanged" } else { "new" };
            assert_eq!(result["baselineState"], state);
            assert_eq!(result.get("suppressions").is_some(), !finding.is_open());
        }
        let suppression = &log["runs"][0]["results"][1]["suppressions"][0];
        assert_eq!(suppression["kind"], "external");
        let said = suppression["justification"].as_str().unwrap();
        assert!(said.ends_with("of the old shop; owner: ops; expires: 2031-01-01"), "{said}");
        assert!(sarif(&sample::full())["runs"][0]["results"][0].get("baselineState").is_none());
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
        // Each run has its own limit, and says what it left out.
        let log = build(&sample::historic(), 2);
        let sizes: Vec<_> = log.runs.iter().map(|run| run.results.as_ref().unwrap().len()).collect();
        assert_eq!(sizes, [2, 2]);
        let said = serde_json::to_value(&log).unwrap();
        assert!(!said["runs"][0].to_string().contains("were left out, because"));
        assert!(said["runs"][1].to_string().contains("1 findings of lower severity"));
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
