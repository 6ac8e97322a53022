//! The line of an entry: `FINGERPRINT RULE path=… found=history expires=YYYY-MM-DD owner=… reason="…"`.
//!
//! The fingerprint is written in four groups. Its 32 digits in one piece beside the name of a provider are what many
//! keys look like, to keytrail and to other scanners; they are read in that form, too, as reports have them.
//!
//! A value that is more than one plain word is written as a JSON string, which every language can read and which never
//! goes over the end of a line. Fields that are not known are mistakes: a field that is misspelt would otherwise let an
//! entry hide a key for ever.

use jiff::civil::Date;

use super::Entry;
use crate::finding::Confidence;
use crate::report::visible;

/// The fields, in the order in which they are written.
const FIELDS: [&str; 6] = ["path", "found", "confidence", "expires", "owner", "reason"];

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It does not begin with a fingerprint.
    #[error("an entry begins with a fingerprint, which has 32 hexadecimal digits, in four groups or none")]
    Fingerprint,
    /// There is no rule behind the fingerprint.
    #[error("there is no rule behind the fingerprint")]
    Rule,
    /// A word is no field.
    #[error("`{0}` is no field; write `name=value`, and texts of several words in quotation marks")]
    Word(String),
    /// There is no field of that name.
    #[error("there is no field `{name}`; did you mean `{near}`?")]
    Field {
        /// The name.
        name: String,
        /// The field that resembles it most.
        near: &'static str,
    },
    /// A field comes twice.
    #[error("the field `{0}` comes twice")]
    Twice(&'static str),
    /// A text in quotation marks is not complete, or followed by something else than a space.
    #[error("a text in quotation marks has to be a JSON string, closed by a quotation mark and followed by a space")]
    Quotes,
    /// A date is none.
    #[error("`{0}` is no date; write YYYY-MM-DD")]
    Date(String),
    /// A confidence is none.
    #[error("`{0}` is no confidence: confirmed, high, medium or low")]
    Confidence(String),
    /// The field `found` has another value than it can have.
    #[error("`found` can be `history` only")]
    Found,
    /// It was left by a merge.
    #[error("a merge left a conflict here; keep the entries of both sides and delete its markers")]
    Conflict,
    /// The file has a format of its own time.
    #[error("the file was written by a later version of keytrail")]
    Version,
}

/// Reads a line, which is trimmed and neither empty nor a comment.
pub(super) fn parse(line: &str) -> Result<Entry, Problem> {
    if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|marker| line.starts_with(marker)) {
        return Err(Problem::Conflict);
    }
    let (print, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    let grouped = print.split(':').map(str::len).eq([8; 4]);
    let digits = if grouped { print.replace(':', "") } else { print.to_owned() };
    let fingerprint = digits.parse().map_err(|_| Problem::Fingerprint)?;
    let rest = rest.trim_start();
    let (rule, mut rest) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if rule.is_empty() || !rule.bytes().all(plain) {
        return Err(Problem::Rule);
    }
    let mut values: [Option<String>; FIELDS.len()] = Default::default();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let word = || Problem::Word(short(rest.split([' ', '\t']).next().unwrap_or_default()));
        let (name, after) = rest.split_once('=').ok_or_else(word)?;
        if name.contains([' ', '\t', '"']) {
            return Err(word());
        }
        let Some(index) = FIELDS.iter().position(|field| *field == name) else {
            let likeness = |field: &&&str| (strsim::jaro_winkler(field, name) * 1e6) as u64;
            let near = FIELDS.iter().max_by_key(likeness).copied().unwrap_or("reason");
            return Err(Problem::Field { name: short(name), near });
        };
        let (value, after) = value(after)?;
        if values[index].replace(value).is_some() {
            return Err(Problem::Twice(FIELDS[index]));
        }
        rest = after;
    }
    let [path, found, confidence, expires, owner, reason] = values;
    Ok(Entry {
        fingerprint,
        rule: rule.to_owned(),
        path,
        in_history: match found.as_deref() {
            None => false,
            Some("history") => true,
            Some(_) => return Err(Problem::Found),
        },
        confidence: confidence.map(confidence_of).transpose()?,
        expires: expires.map(date).transpose()?,
        owner,
        reason,
        comments: Vec::new(),
    })
}

/// The value at the beginning of a text, and what follows it.
fn value(text: &str) -> Result<(String, &str), Problem> {
    if !text.starts_with('"') {
        let (word, after) = text.split_once([' ', '\t']).unwrap_or((text, ""));
        return if word.contains('"') { Err(Problem::Quotes) } else { Ok((word.to_owned(), after)) };
    }
    let mut strings = serde_json::Deserializer::from_str(text).into_iter::<String>();
    let Some(Ok(value)) = strings.next() else { return Err(Problem::Quotes) };
    let after = text.get(strings.byte_offset()..).unwrap_or_default();
    if after.is_empty() || after.starts_with([' ', '\t']) { Ok((value, after)) } else { Err(Problem::Quotes) }
}

/// A date as it is written in the file, and on the command line.
pub(super) fn date(text: String) -> Result<Date, Problem> {
    // The parser takes other forms of ISO 8601, too, which nobody should have to know.
    let form = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    text.parse().ok().filter(|_| form).ok_or(Problem::Date(text))
}

fn confidence_of(text: String) -> Result<Confidence, Problem> {
    let all = [Confidence::Low, Confidence::Medium, Confidence::High, Confidence::Confirmed];
    all.into_iter().find(|known| known.as_str() == text).ok_or(Problem::Confidence(text))
}

/// The start of a text that may be anything.
fn short(text: &str) -> String {
    visible::line(&text.chars().take(40).collect::<String>()).into_owned()
}

/// Writes a line, without its end.
pub(super) fn render(entry: &Entry) -> String {
    let found = entry.in_history.then(|| "history".to_owned());
    let confidence = entry.confidence.map(|confidence| confidence.as_str().to_owned());
    let expires = entry.expires.map(|date| date.to_string());
    let values = [&entry.path, &found, &confidence, &expires, &entry.owner, &entry.reason];
    let digits = entry.fingerprint.to_string();
    let groups: Vec<&str> = (0..4).filter_map(|n| digits.get(8 * n..8 * n + 8)).collect();
    let mut line = format!("{} {}", groups.join(":"), entry.rule);
    for (name, value) in FIELDS.iter().zip(values) {
        if let Some(value) = value {
            line.push_str(&format!(" {name}={}", quoted(value)));
        }
    }
    line
}

/// A plain word as it is, anything else as a JSON string of visible characters.
fn quoted(value: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && c != '"' && !visible::is_hidden(c);
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    visible::json(&serde_json::Value::from(value).to_string()).into_owned()
}
