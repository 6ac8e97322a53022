//! Rule files: the TOML that a person writes, and everything that is derived from it.
//!
//! Shared with the build script, which turns `rules/` into tables, and used at run time for `--rules DIR` and
//! `keytrail rules check`. For that reason it depends on nothing else of keytrail.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer, ValueDeserializer};

use super::anchor::{self, Derived};

/// Names of severities, in rising order; the same as [`Severity`](crate::finding::Severity).
pub const SEVERITIES: [&str; 5] = ["note", "low", "medium", "high", "critical"];
/// Names of confidences that a rule may state; `confirmed` is a verifier's word.
pub const CONFIDENCES: [&str; 3] = ["low", "medium", "high"];
/// Ways in which an inventory shows a key: the whole value, its SHA-256 digest, its first and last characters.
pub const INVENTORY_MATCHES: [&str; 4] = ["full-id", "sha256-base64", "sha256-hex", "mask"];

/// One rule file: the keys of one provider.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ProviderFile {
    /// Name of the provider as people write it.
    pub provider: Spanned<String>,
    /// The rules.
    #[serde(default)]
    pub rule: Vec<RuleSpec>,
}

/// One rule as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleSpec {
    /// Stable kebab-case id.
    pub id: Spanned<String>,
    /// What it finds.
    pub title: Spanned<String>,
    /// What a leaked one opens.
    pub description: Spanned<String>,
    /// Regular expression (bytes, no look-around) of the whole key. A capture group named `secret` narrows the key
    /// down to a part of the match. Absent for rules that a detector in the code finds.
    pub pattern: Option<Spanned<String>>,
    /// Name of a detector in the code, for what is no pattern: `uri`, `assignment`.
    pub detector: Option<Spanned<String>>,
    /// Name of a family of offline checks.
    pub verify: Option<Spanned<String>>,
    /// One of [`SEVERITIES`].
    pub severity: Spanned<String>,
    /// One of [`CONFIDENCES`]; by default high for patterns with a literal, medium for those found by context.
    pub confidence: Option<Spanned<String>>,
    /// Words of which one must stand near the key: in the name it is assigned to, on its line or those around.
    #[serde(default)]
    pub context: Vec<Spanned<String>>,
    /// Group of multi-part secrets and the role in it.
    pub part: Option<PartSpec>,
    /// Whether the value itself is a secret. Identifiers are not, and are never redacted.
    #[serde(default = "yes")]
    pub secret: bool,
    /// Whether it is reported when no other part of its group stands near. Identifiers usually are not.
    #[serde(default = "reported_alone")]
    pub alone: Spanned<bool>,
    /// How a key of the inventory can be matched.
    pub inventory: Option<InventorySpec>,
    /// Where or how to revoke.
    pub revoke: Option<String>,
    /// The provider's documentation.
    #[serde(default)]
    pub references: Vec<String>,
    /// Ids of the token kinds that the rule stands for; by default its own id.
    #[serde(default)]
    pub covers: Vec<String>,
    /// Weakness in MITRE's CWE list.
    #[serde(default = "hard_coded_credentials")]
    pub cwe: Spanned<u32>,
}

/// A role in a multi-part secret.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PartSpec {
    /// The group: rules of one group belong together.
    pub group: Spanned<String>,
    /// The role as reports name it: `id`, `secret`, `client-id`.
    pub role: Spanned<String>,
}

/// How an inventory shows a key of this kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct InventorySpec {
    /// The way to match: one of [`INVENTORY_MATCHES`].
    #[serde(rename = "match")]
    pub matched_by: Spanned<String>,
}

fn yes() -> bool {
    true
}

fn reported_alone() -> Spanned<bool> {
    Spanned::new(0..0, true)
}

fn hard_coded_credentials() -> Spanned<u32> {
    Spanned::new(0..0, 798)
}

/// Weaknesses have numbers from 1 to this one. MITRE's list had reached 1434 by the end of 2025 and grows by a few dozen
/// a year.
const LAST_CWE: u32 = 1999;

/// A rule with what was derived from its pattern.
#[derive(Debug)]
pub struct Checked {
    /// As written.
    pub spec: RuleSpec,
    /// Name of the provider.
    pub provider: String,
    /// Where candidates are looked for; `None` for rules with a detector.
    pub derived: Option<Derived>,
}

/// A mistake in a rule file.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct SpecError {
    /// What is wrong, and what would be right.
    pub message: String,
    /// Bytes of the file that it concerns.
    pub span: Option<Range<usize>>,
}

impl SpecError {
    fn at(span: Range<usize>, message: impl Into<String>) -> Self {
        SpecError { message: message.into(), span: Some(span) }
    }
}

/// What a rule file may name besides patterns.
#[derive(Clone, Copy)]
pub struct Vocabulary<'a> {
    /// Names of verifier families.
    pub families: &'a [&'a str],
    /// Names of detectors in the code.
    pub detectors: &'a [&'a str],
}

/// Reads and checks one rule file. All mistakes are returned, not only the first.
///
/// # Errors
/// Every mistake with the bytes it concerns, in the order of the file.
pub fn read(text: &str, vocabulary: Vocabulary<'_>) -> Result<Vec<Checked>, Vec<SpecError>> {
    let (file, mut errors) = parse(text)?;
    let mut rules = Vec::new();
    filled(&file.provider, "provider", "who issues the keys", &mut errors);
    for spec in file.rule {
        match check(&spec, text, vocabulary) {
            Ok(derived) => rules.push(Checked { spec, provider: file.provider.get_ref().clone(), derived }),
            Err(mut found) => errors.append(&mut found),
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    for rule in &rules {
        if !seen.insert(rule.spec.id.get_ref().clone()) {
            errors.push(SpecError::at(
                rule.spec.id.span(),
                format!("rule `{}` stands here twice", rule.spec.id.get_ref()),
            ));
        }
    }
    errors.sort_by_key(|error| error.span.as_ref().map_or(0, |span| span.start));
    if errors.is_empty() { Ok(rules) } else { Err(errors) }
}

/// The file as far as it can be read, with the mistakes that stopped the rest. Serde stops at the first mistake, so
/// each rule is read on its own, by [`rule`].
fn parse(text: &str) -> Result<(ProviderFile, Vec<SpecError>), Vec<SpecError>> {
    let (mut table, syntax) = DeTable::parse_recoverable(text);
    if !syntax.is_empty() {
        return Err(syntax.into_iter().map(own).collect());
    }
    let rules = table.get_mut().remove("rule");
    let mut errors = Vec::new();
    let mut file = ProviderFile::deserialize(Deserializer::from(table)).unwrap_or_else(|error| {
        errors.push(own(error));
        ProviderFile { provider: Spanned::new(0..0, "unnamed".to_owned()), rule: Vec::new() }
    });
    let Some(rules) = rules else { return Ok((file, errors)) };
    let span = rules.span();
    let DeValue::Array(rules) = rules.into_inner() else {
        errors.push(SpecError::at(span, "rules are written as `[[rule]]`, in double brackets"));
        return Ok((file, errors));
    };
    for (number, table) in rules.into_iter().enumerate() {
        file.rule.extend(rule(table, number, &mut errors));
    }
    Ok((file, errors))
}

/// A mistake of the TOML reader as one of keytrail's.
fn own(error: toml::de::Error) -> SpecError {
    SpecError { message: error.message().trim().to_owned(), span: error.span() }
}

/// Reads one rule, the `number`th from zero on. Serde stops at the first mistake, so what it stumbles over is taken out,
/// or replaced where a rule cannot do without it, until nothing is left to stumble over: the pattern of a rule without a
/// title is checked as well. What comes back stands for a rule of the file only where no mistake was added.
fn rule(mut rule: Spanned<DeValue<'_>>, number: usize, errors: &mut Vec<SpecError>) -> Option<RuleSpec> {
    let span = rule.span();
    without_unknown(&mut rule, errors);
    if let DeValue::Table(table) = rule.get_mut() {
        for key in NEEDED {
            if !table.contains_key(key) {
                errors.push(SpecError::at(span.clone(), format!("missing field `{key}`")));
                stand_in(table, key, number, span.clone());
            }
        }
    }
    loop {
        let error = match RuleSpec::deserialize(ValueDeserializer::from(rule.clone())) {
            Ok(spec) => return Some(spec),
            Err(error) => own(error),
        };
        let at = error.span.clone().unwrap_or(span.clone());
        errors.push(SpecError { span: Some(at.clone()), ..error });
        let DeValue::Table(table) = rule.get_mut() else { return None };
        let wrong = table.iter().find(|(key, value)| key.span().start <= at.start && at.end <= value.span().end);
        let key = wrong.map(|(key, _)| key.get_ref().to_string())?;
        table.remove(key.as_str());
        if NEEDED.contains(&key.as_str()) {
            stand_in(table, &key, number, at);
        }
    }
}

/// The keys that every rule has.
const NEEDED: [&str; 4] = ["id", "title", "description", "severity"];

/// Gives a rule a value that is right wherever one of [`NEEDED`] is asked for.
fn stand_in(table: &mut DeTable<'_>, key: &str, number: usize, span: Range<usize>) {
    let value = if key == "severity" { SEVERITIES[0].to_owned() } else { format!("unnamed-{}", number + 1) };
    table.insert(Spanned::new(span.clone(), key.to_owned().into()), Spanned::new(span, DeValue::String(value.into())));
}

/// The keys of a rule.
const KEYS: [&str; 17] = [
    "id",
    "title",
    "description",
    "pattern",
    "detector",
    "verify",
    "severity",
    "confidence",
    "context",
    "part",
    "secret",
    "alone",
    "inventory",
    "revoke",
    "references",
    "covers",
    "cwe",
];

/// Takes the keys out of a rule that no rule has, so that its other mistakes are seen as well.
fn without_unknown(rule: &mut Spanned<DeValue<'_>>, errors: &mut Vec<SpecError>) {
    let DeValue::Table(table) = rule.get_mut() else { return };
    let unknown: Vec<(String, Range<usize>)> = table
        .keys()
        .filter(|key| !KEYS.contains(&key.get_ref().as_ref()))
        .map(|key| (key.get_ref().to_string(), key.span()))
        .collect();
    for (key, span) in unknown {
        table.remove(key.as_str());
        let known = KEYS.map(|key| format!("`{key}`")).join(", ");
        errors.push(SpecError::at(span, format!("unknown field `{key}`, expected one of {known}")));
    }
}

fn check(spec: &RuleSpec, text: &str, vocabulary: Vocabulary<'_>) -> Result<Option<Derived>, Vec<SpecError>> {
    let mut errors = Vec::new();
    let id = spec.id.get_ref();
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        errors.push(SpecError::at(spec.id.span(), "an id has lower-case letters, digits and dashes only"));
    }
    filled(&spec.title, "title", "what the rule finds", &mut errors);
    filled(&spec.description, "description", "what a leaked key opens", &mut errors);
    if let Some(part) = &spec.part {
        filled(&part.group, "group", "which rules belong together", &mut errors);
        filled(&part.role, "role", "which part of the credential it is", &mut errors);
    } else if !spec.alone.get_ref() {
        let message =
            "what is not reported alone needs a `part`: the group of rules of which another one has to stand near";
        errors.push(SpecError::at(spec.alone.span(), format!("rule `{id}`: {message}")));
    }
    if !(1..=LAST_CWE).contains(spec.cwe.get_ref()) {
        let message = "there is no such weakness; `cwe` is a number of https://cwe.mitre.org, 798 unless given";
        errors.push(SpecError::at(spec.cwe.span(), format!("rule `{id}`: {message}")));
    }
    one_of(&spec.severity, &SEVERITIES, "severity", &mut errors);
    if let Some(confidence) = &spec.confidence {
        one_of(confidence, &CONFIDENCES, "confidence", &mut errors);
    }
    if let Some(verify) = &spec.verify {
        one_of(verify, vocabulary.families, "verifier", &mut errors);
    }
    if let Some(detector) = &spec.detector {
        one_of(detector, vocabulary.detectors, "detector", &mut errors);
    }
    if let Some(inventory) = &spec.inventory {
        one_of(&inventory.matched_by, &INVENTORY_MATCHES, "way to match a key of an inventory", &mut errors);
    }
    for word in spec.context.iter().filter(|word| word.get_ref().len() < 2) {
        errors.push(SpecError::at(word.span(), format!("rule `{id}`: context words have two characters or more")));
    }
    let derived = match (&spec.pattern, &spec.detector) {
        (Some(pattern), None) => match anchor::derive(pattern.get_ref()) {
            Ok(derived) => {
                if derived.needs_evidence() && spec.context.is_empty() && spec.verify.is_none() {
                    errors.push(SpecError::at(
                        pattern.span(),
                        format!("rule `{id}`: the pattern has no literal to recognise it by, so it needs `context` or `verify`"),
                    ));
                }
                Some(derived)
            }
            Err(error) => {
                let span = within(text, pattern.span(), error.span);
                errors.push(SpecError::at(span, format!("rule `{id}`: {}", error.message)));
                None
            }
        },
        (None, Some(_)) => None,
        (Some(pattern), Some(_)) => {
            errors.push(SpecError::at(
                pattern.span(),
                format!("rule `{id}` has both a pattern and a detector; one is enough"),
            ));
            None
        }
        (None, None) => {
            errors.push(SpecError::at(spec.id.span(), format!("rule `{id}` has no pattern")));
            None
        }
    };
    if errors.is_empty() { Ok(derived) } else { Err(errors) }
}

/// Places a span inside a pattern into the span of the TOML string that holds it: exact for literal strings
/// (`'…'`, `'''…'''`), near enough for those with escapes.
fn within(text: &str, string: Range<usize>, inner: Option<Range<usize>>) -> Range<usize> {
    let Some(inner) = inner else { return string };
    let written = text.get(string.clone()).unwrap_or_default();
    let long = ["'''", "\"\"\""].into_iter().any(|quotes| written.starts_with(quotes));
    // A line end right behind three quotes is not part of the string.
    let opened = match written.get(3..) {
        Some(rest) if long => {
            3 + rest.len() - rest.strip_prefix("\r\n").or(rest.strip_prefix('\n')).unwrap_or(rest).len()
        }
        _ => 1,
    };
    let start = (string.start + opened + inner.start).min(string.end);
    start..(string.start + opened + inner.end).clamp(start, string.end)
}

/// Checks that a text says something.
fn filled(value: &Spanned<String>, key: &str, what: &str, errors: &mut Vec<SpecError>) {
    if value.get_ref().trim().is_empty() {
        errors.push(SpecError::at(value.span(), format!("`{key}` is empty; it says {what}")));
    }
}

fn one_of(value: &Spanned<String>, names: &[&str], what: &str, errors: &mut Vec<SpecError>) {
    if !names.contains(&value.get_ref().as_str()) {
        errors.push(SpecError::at(
            value.span(),
            format!("`{}` is no {what}; there are {}", value.get_ref(), names.join(", ")),
        ));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_of_a_rule_is_told() {
        let text = "provider = \"P\"\n[[rule]]\nid = \"A b\"\ntitle = \"t\"\ndescription = \"d.\"\n\
                    pattern = \"key_[a\"\n\
                    sevrity = \"high\"\nseverity = \"loud\"\nverfy = \"x\"\n";
        let errors = read(text, Vocabulary { families: &[], detectors: &[] }).unwrap_err();
        let at = |error: &SpecError| text[error.span.clone().unwrap()].to_owned();
        let told: Vec<String> = errors.iter().map(at).collect();
        assert_eq!(told.len(), 5, "{errors:#?}");
        assert_eq!((told[0].as_str(), told[2].as_str(), told[3].as_str()), ("\"A b\"", "sevrity", "\"loud\""));
        assert!(errors[4].message.starts_with("unknown field `verfy`, expected one of `id`, `title`"));
    }

    #[test]
    fn a_missing_key_and_a_wrong_type_hide_no_other_mistake() {
        let text = "provider = \"P\"\n[[rule]]\npattern = \"key_[a\"\nseverity = 3\nalone = \"no\"\n\
                    [[rule]]\nid = \"a\"\ntitle = \"t\"\ndescription = \"d.\"\nseverity = \"low\"\n\
                    part = { group = \"g\" }\npattern = '''\nkey_)'''\n";
        let errors = read(text, Vocabulary { families: &[], detectors: &[] }).unwrap_err();
        let told: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        for part in ["`id`", "`title`", "`description`", "invalid type: integer", "invalid type: string", "`role`"] {
            assert!(told.iter().any(|message| message.contains(part)), "{part}: {told:#?}");
        }
        let spans = errors.iter().filter(|error| error.message.starts_with("rule `")).map(|error| error.span.clone());
        let patterns: Vec<&str> = spans.map(|span| &text[span.unwrap()]).collect();
        assert_eq!((told.len(), patterns.len()), (8, 2), "{told:#?}");
        assert_eq!(patterns, ["[", ")"]);
    }

    #[test]
    fn what_says_nothing_is_told_at_its_place() {
        let rule = |keys: &str| {
            format!("provider = \"P\"\n[[rule]]\nid = \"a-b\"\nseverity = \"low\"\npattern = 'acme_[a-z]{{9}}'\n{keys}")
        };
        let named = "title = \"t\"\ndescription = \"d.\"\n";
        let told = |text: &str| {
            let errors = read(text, Vocabulary { families: &[], detectors: &[] }).err().unwrap_or_default();
            let at = |error: SpecError| text[error.span.unwrap()].to_owned();
            errors.into_iter().map(at).collect::<Vec<_>>()
        };
        assert_eq!(told(&rule("title = \" \"\ndescription = ''\n")), ["\" \"", "''"]);
        let keys = [
            ("alone = false", "false"),
            ("cwe = 0", "0"),
            ("cwe = 99999", "99999"),
            ("context = [\"word\", \"x\"]", "\"x\""),
            ("part = { group = \"g\", role = \"\" }", "\"\""),
        ];
        for (key, place) in keys {
            assert_eq!(told(&rule(&format!("{named}{key}\n"))), [place], "{key}");
        }
        let right = "alone = false\npart = { group = \"g\", role = \"id\" }\ncwe = 1392\ncontext = [\"word\"]\n";
        assert!(told(&rule(&format!("{named}{right}"))).is_empty());
        assert_eq!(told(&rule(named).replace("\"P\"", "\"\"")), ["\"\""]);
    }

    #[test]
    fn the_needed_keys_are_those_that_are_needed() {
        let text = NEEDED.map(|key| format!("{key} = \"x\"\n"));
        assert!(toml::from_str::<RuleSpec>(&text.concat()).is_ok());
        for left_out in 0..NEEDED.len() {
            let mut text = text.clone();
            text[left_out].clear();
            let error = toml::from_str::<RuleSpec>(&text.concat()).unwrap_err();
            assert_eq!(error.message(), format!("missing field `{}`", NEEDED[left_out]));
        }
    }

    #[test]
    fn the_keys_are_those_that_are_read() {
        let error = toml::from_str::<RuleSpec>("none-such = 1").unwrap_err();
        let known = KEYS.map(|key| format!("`{key}`")).join(", ");
        assert_eq!(error.message(), format!("unknown field `none-such`, expected one of {known}"));
    }
}
