//! `keytrail rules show`: the page of one rule, for a terminal or as Markdown.
//!
//! The page is put together once, as blocks; the two renderings know nothing of rules.

use std::io::{BufWriter, Write};
use std::process::ExitCode;

use anyhow::bail;
use keytrail::Confidence;
use keytrail::rules::{Rule, Ruleset, Signs};

use crate::cli::selection::{RuleFiles, unknown};
use crate::cli::style;

/// Explain a rule: what it finds, how it recognises it, what to do about a leak
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail rules show github-personal-access-token
  keytrail rules show our-key --rules our-rules.toml
  keytrail rules show github-personal-access-token --format markdown > page.md")]
pub struct ShowArgs {
    /// Id of the rule
    #[arg(value_name = "RULE")]
    rule: String,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    rules: RuleFiles,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// For the terminal
    Text,
    /// A Markdown page
    Markdown,
}

pub fn run(args: ShowArgs) -> anyhow::Result<ExitCode> {
    let rules = args.rules.load()?;
    let Some(rule) = rules.find(&args.rule) else { bail!(unknown(&args.rule, &rules)) };
    let page = page(rule, &rules);
    let mut out = BufWriter::new(anstream::stdout().lock());
    match args.format {
        Format::Text => page.text(&mut out)?,
        Format::Markdown => page.markdown(&mut out)?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The page of a rule.
struct Page {
    title: String,
    facts: Vec<(&'static str, String)>,
    sections: Vec<(&'static str, Vec<Block>)>,
}

enum Block {
    Paragraph(String),
    List(Vec<String>),
    Code(String),
}

fn page(rule: &Rule, rules: &Ruleset) -> Page {
    let confidence = match (rule.confidence, rule.verifier()) {
        (Confidence::Confirmed, _) | (_, None) => rule.confidence.to_string(),
        (other, Some(_)) => format!("{other}; higher where the offline check proves it"),
    };
    let mut sections = vec![
        ("What a leaked one opens", vec![Block::Paragraph(rule.description.to_owned())]),
        ("How it is recognised", recognition(rule)),
    ];
    if let Some(parts) = parts(rule, rules) {
        sections.push(("What belongs to it", parts));
    }
    let revoke = match rule.revoke {
        Some(how) if how.starts_with("https://") => format!("Revoke it at {how}"),
        Some(how) => how.to_owned(),
        None => format!("Revoke it where {} issued it.", rule.provider),
    };
    let rest = "Taking it out of the file is not enough: whoever has a copy can still use it.";
    sections.push(("What to do about a leak", vec![Block::Paragraph(revoke), Block::Paragraph(rest.to_owned())]));
    sections.push(("In a key inventory", vec![Block::Paragraph(inventory(rule.inventory))]));
    let allow = format!(
        "Where it is meant to stand in the text, as an example that opens nothing, say so in a comment on its line: \
         `keytrail:allow {}`, and the reason behind it.",
        rule.id
    );
    sections.push(("How to allow one", vec![Block::Paragraph(allow)]));
    if !rule.references.is_empty() {
        let references = rule.references.iter().map(|&reference| reference.to_owned()).collect();
        sections.push(("References", vec![Block::List(references)]));
    }
    Page {
        title: rule.title.to_owned(),
        facts: vec![
            ("Rule", rule.id.to_owned()),
            ("Provider", rule.provider.to_owned()),
            ("Severity", rule.severity.to_string()),
            ("Confidence", confidence),
            ("Weakness", format!("CWE-{}", rule.cwe)),
        ],
        sections,
    }
}

fn recognition(rule: &Rule) -> Vec<Block> {
    let mut ways = Vec::new();
    let mut blocks = Vec::new();
    match rule.pattern {
        Some(pattern) => {
            if let Some(signs) = rule.signs() {
                ways.extend(literals(&signs));
                ways.push(length(&signs));
            }
            blocks.push(Block::Paragraph("The whole key fits this regular expression over bytes:".to_owned()));
            blocks.push(Block::Code(pattern.to_owned()));
        }
        None => ways.push(format!(
            "It is no pattern: keytrail's own code finds it (detector `{}`).",
            rule.detector.unwrap_or_default()
        )),
    }
    if let Some(verifier) = rule.verifier() {
        ways.push(format!("It passes the offline check `{verifier}`; what fails it is not reported."));
    }
    if !rule.context.is_empty() {
        let words: Vec<String> = rule.context.iter().map(|word| format!("`{word}`")).collect();
        ways.push(format!(
            "One of these words stands near, in the name it is assigned to, on its line or those around: {}.",
            words.join(", ")
        ));
    }
    if !rule.secret {
        ways.push("The value is an identifier and no secret; reports show it whole.".to_owned());
    }
    blocks.insert(0, Block::List(ways));
    blocks
}

/// Sentences about the literal text that gives keys away.
fn literals(signs: &Signs) -> Vec<String> {
    let named = |at_start: bool| -> Vec<String> {
        let matching = signs.literals.iter().filter(|literal| literal.at_start == at_start);
        matching.map(|literal| format!("`{}`", literal.text)).collect()
    };
    let mut sentences = Vec::new();
    let first = named(true);
    if !first.is_empty() {
        sentences.push(format!("It starts with {}.", first.join(" or ")));
    }
    let later = named(false);
    if !later.is_empty() {
        sentences.push(format!("It has {} in it.", later.join(" or ")));
    }
    if signs.by_context {
        sentences
            .push("Nothing in it is always the same, so its alphabet and length alone make a candidate.".to_owned());
    }
    sentences
}

fn length(signs: &Signs) -> String {
    let least = signs.min_len;
    match signs.max_len {
        Some(most) if most == least => format!("It has {least} bytes."),
        Some(most) => format!("It has {least} to {most} bytes."),
        None => format!("It has {least} bytes or more."),
    }
}

/// The other parts of the same credential.
fn parts(rule: &Rule, rules: &Ruleset) -> Option<Vec<Block>> {
    let part = rule.part?;
    let mut others: Vec<String> = rules
        .iter()
        .filter(|other| other.id != rule.id)
        .filter_map(|other| {
            let role = other.part.filter(|other| other.group == part.group)?.role;
            Some(format!("`{}`: the {role}", other.id))
        })
        .collect();
    others.sort();
    let mut text = format!("This is the {} of a credential that has several parts.", part.role);
    if !rule.alone {
        text.push_str(" It is reported only where another part stands near it.");
    }
    let mut blocks = vec![Block::Paragraph(text)];
    if !others.is_empty() {
        blocks.push(Block::List(others));
    }
    Some(blocks)
}

/// What `inventory = { match = "…" }` means for someone who looks for the key in an export.
fn inventory(way: Option<&str>) -> String {
    match way {
        Some("full-id") => "The provider's exports show the whole value, which is compared as it is.".to_owned(),
        Some("sha256-base64") => {
            "The provider's exports show the SHA-256 digest of the key in base64; a key that was found is hashed and \
             compared."
                .to_owned()
        }
        Some("sha256-hex") => {
            "The provider's exports show the SHA-256 digest of the key in hexadecimal; a key that was found is hashed \
             and compared."
                .to_owned()
        }
        Some("mask") => {
            "The provider's exports show the first and last characters of the key; a match narrows it down \
                         and proves nothing."
                .to_owned()
        }
        Some(other) => format!("The provider's exports show the key in the form `{other}`."),
        None => "No export of the provider is known to show enough of the key to recognise it.".to_owned(),
    }
}

/// Width of a page on the terminal: what reads well, whatever the window has.
const WIDTH: usize = 88;

impl Page {
    fn text(&self, out: &mut impl Write) -> std::io::Result<()> {
        let (heading, name) = (style::HEADING, style::NAME);
        writeln!(out, "{heading}{}{heading:#}\n", self.title)?;
        let column = self.facts.iter().map(|(fact, _)| fact.len()).max().unwrap_or(0);
        for (fact, value) in &self.facts {
            writeln!(out, "  {fact:column$}  {value}")?;
        }
        for (title, blocks) in &self.sections {
            writeln!(out, "\n{heading}{title}{heading:#}")?;
            for (i, block) in blocks.iter().enumerate() {
                if i > 0 {
                    writeln!(out)?;
                }
                match block {
                    Block::Paragraph(text) => writeln!(out, "{}", wrapped(text, "  ", "  "))?,
                    Block::Code(code) => writeln!(out, "    {name}{code}{name:#}")?,
                    Block::List(items) => {
                        for item in items {
                            writeln!(out, "{}", wrapped(item, "  - ", "    "))?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn markdown(&self, out: &mut impl Write) -> std::io::Result<()> {
        writeln!(out, "# {}\n", self.title)?;
        for (fact, value) in &self.facts {
            writeln!(out, "- {fact}: {value}")?;
        }
        for (title, blocks) in &self.sections {
            writeln!(out, "\n## {title}")?;
            for block in blocks {
                writeln!(out)?;
                match block {
                    Block::Paragraph(text) => writeln!(out, "{}", linked(text))?,
                    // Indented: a pattern may hold whatever would end a fence.
                    Block::Code(code) => writeln!(out, "    {code}")?,
                    Block::List(items) => {
                        for item in items {
                            writeln!(out, "- {}", linked(item))?;
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// A text in lines; addresses stay in one piece, so that they can be clicked on and copied.
fn wrapped(text: &str, first: &str, others: &str) -> String {
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(first)
        .subsequent_indent(others)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}

/// Addresses in angle brackets, as Markdown wants them. They are words of their own in all texts of a page.
fn linked(text: &str) -> String {
    let link = |word: &str| if word.starts_with("https://") { format!("<{word}>") } else { word.to_owned() };
    text.split(' ').map(link).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_lengths_are_told_apart() {
        let told = |pattern: &str| {
            let signs = Signs::of(pattern).unwrap();
            let mut all = literals(&signs);
            all.push(length(&signs));
            all.join(" ")
        };
        assert_eq!(told("ab[cd]_[0-9a-f]{32}"), "It starts with `abc_` or `abd_`. It has 36 bytes.");
        assert_eq!(told("[0-9]{8,10}:AA[0-9A-Za-z_-]{33}"), "It has `:AA` in it. It has 44 to 46 bytes.");
        assert!(told("[0-9a-f]{32}").starts_with("Nothing in it is always the same"));
        assert!(told("key_[0-9a-f]{32,}").ends_with("It has 36 bytes or more."));
    }

    #[test]
    fn every_builtin_rule_has_a_page() {
        let rules = Ruleset::builtin();
        for rule in rules.iter() {
            let (mut text, mut markdown) = (Vec::new(), Vec::new());
            page(rule, &rules).text(&mut text).unwrap();
            page(rule, &rules).markdown(&mut markdown).unwrap();
            for page in [text, markdown] {
                let page = String::from_utf8(page).unwrap();
                assert!(page.contains(rule.title) && page.contains(rule.id), "{page}");
                assert!(rule.references.iter().all(|reference| page.contains(reference)), "{page}");
            }
        }
    }

    #[test]
    fn markdown_links_addresses() {
        assert_eq!(linked("Revoke it at https://example.com/a"), "Revoke it at <https://example.com/a>");
    }
}
