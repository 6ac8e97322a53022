//! `keytrail rules list`: a table of the rules, or all that is known about them as JSON.

use std::io::{BufWriter, Write};
use std::process::ExitCode;

use anyhow::Context as _;
use globset::GlobBuilder;
use keytrail::rules::{Rule, Ruleset};
use keytrail::{Confidence, Severity};
use serde::Serialize;

use crate::cli::selection::{RuleFiles, counted};
use crate::cli::{Global, style};

/// List the rules
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail rules list                       all of them
  keytrail rules list aws                   those with `aws` in id, provider or title
  keytrail rules list 'github-*'            those whose id fits the pattern
  keytrail rules list --format json | jq -r '.[].id'")]
pub struct ListArgs {
    /// Only rules whose id, provider or title holds this; a pattern with `*` is matched with the whole id
    #[arg(value_name = "PATTERN")]
    pattern: Option<String>,
    /// How to print them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    rules: RuleFiles,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// A table
    Text,
    /// An array of objects
    Json,
}

/// A rule in JSON.
#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    title: &'a str,
    provider: &'a str,
    severity: Severity,
    confidence: Confidence,
    /// Literals by which its keys are recognised.
    prefixes: Vec<String>,
    /// Name of the offline check.
    verifier: Option<&'a str>,
    /// Words of which one must stand near.
    context: &'a [&'a str],
    /// Whether the value itself is secret.
    secret: bool,
    /// Its place in a multi-part secret.
    part: Option<ListedPart<'a>>,
    /// Ids of the token kinds it stands for.
    covers: &'a [&'a str],
    references: &'a [&'a str],
    revoke: Option<&'a str>,
    /// Least length of a match in bytes; 0 for rules without a pattern.
    min_length: usize,
}

#[derive(Serialize)]
struct ListedPart<'a> {
    group: &'a str,
    role: &'a str,
}

pub fn run(args: ListArgs, global: Global) -> anyhow::Result<ExitCode> {
    let rules = args.rules.load()?;
    let mut chosen = choose(&rules, args.pattern.as_deref())?;
    chosen.sort_by_key(|rule| rule.id);
    let mut out = BufWriter::new(anstream::stdout().lock());
    match args.format {
        Format::Text => table(&mut out, &chosen, global)?,
        Format::Json => {
            let listed: Vec<Listed<'_>> = chosen.iter().map(|rule| list(&rules, rule)).collect();
            serde_json::to_writer_pretty(&mut out, &listed).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn choose<'a>(rules: &'a Ruleset, pattern: Option<&str>) -> anyhow::Result<Vec<&'a Rule>> {
    let Some(pattern) = pattern else { return Ok(rules.iter().collect()) };
    if pattern.contains('*') {
        let glob = GlobBuilder::new(pattern)
            .case_insensitive(true)
            .build()
            .with_context(|| format!("`{pattern}` is no valid pattern of rule ids"))?
            .compile_matcher();
        return Ok(rules.iter().filter(|rule| glob.is_match(rule.id)).collect());
    }
    let part = pattern.to_lowercase();
    let holds = |text: &str| text.to_lowercase().contains(&part);
    Ok(rules.iter().filter(|rule| holds(rule.id) || holds(rule.provider) || holds(rule.title)).collect())
}

fn list<'a>(rules: &Ruleset, rule: &'a Rule) -> Listed<'a> {
    Listed {
        id: rule.id,
        title: rule.title,
        provider: rule.provider,
        severity: rule.severity,
        confidence: rule.confidence,
        prefixes: rules.prefixes(rule),
        verifier: rule.verifier(),
        context: rule.context,
        secret: rule.secret,
        part: rule.part.map(|part| ListedPart { group: part.group, role: part.role }),
        covers: rule.covers,
        references: rule.references,
        revoke: rule.revoke,
        min_length: rule.min_len,
    }
}

fn table(out: &mut impl Write, rules: &[&Rule], global: Global) -> std::io::Result<()> {
    let width = |column: fn(&Rule) -> &str, heading: &str| {
        rules.iter().map(|rule| console::measure_text_width(column(rule))).max().unwrap_or(0).max(heading.len())
    };
    let (ids, providers) = (width(|rule| rule.id, "RULE"), width(|rule| rule.provider, "PROVIDER"));
    let severities = "SEVERITY".len();
    let (name, heading, faint) = (style::NAME, style::HEADING, style::FAINT);
    if !global.quiet && !rules.is_empty() {
        writeln!(out, "{heading}{:ids$}  SEVERITY  {:providers$}  TITLE{heading:#}", "RULE", "PROVIDER")?;
    }
    for rule in rules {
        let severity = style::severity(rule.severity);
        // Padding counts characters; wide ones in the name of a provider take two columns.
        let gap = providers - console::measure_text_width(rule.provider);
        writeln!(
            out,
            "{name}{:ids$}{name:#}  {severity}{:severities$}{severity:#}  {}{:gap$}  {}",
            rule.id, rule.severity, rule.provider, "", rule.title
        )?;
    }
    if !global.quiet {
        let blank = if rules.is_empty() { "" } else { "\n" };
        writeln!(out, "{blank}{faint}{}{faint:#}", counted(rules.len(), "rule"))?;
    }
    Ok(())
}
