//! The configuration of gitleaks, carried over: its own rules become a rule file, and its allowlists entries of
//! `keytrail.toml`.
//!
//! The format is that which gitleaks' manual describes: `[[rules]]` with `id`, `description`, `regex`, `secretGroup`,
//! `entropy`, `path`, `keywords` and `[[rules.allowlists]]`; global `[[allowlists]]`; `[extend]`. Both programs look
//! for keys in different ways, so not everything has a counterpart. Whatever has none is told with its line, and
//! nothing is carried over that would allow more than it did.
//!
//! ```
//! use keytrail::Ruleset;
//! use keytrail::config::gitleaks::carry;
//!
//! let text = "[[rules]]\nid = \"acme-key\"\ndescription = \"Acme\"\nregex = 'acme-[0-9a-f]{16}'\n";
//! let carried = carry(text, ".gitleaks.toml", "our-rules.toml", &Ruleset::builtin())?;
//! assert_eq!(carried.counts.0, 1);
//! assert!(carried.rules.is_some_and(|rules| rules.contains("acme-key")));
//! # Ok::<(), keytrail::config::gitleaks::NotToml>(())
//! ```

mod paths;
mod pattern;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::detect::rule::Ruleset;
use crate::detect::rule::anchor;
use crate::report::visible;

/// What became of a configuration.
#[derive(Debug, Default)]
pub struct Carried {
    /// A rule file; nothing where there are no rules of its own.
    pub rules: Option<String>,
    /// What belongs into `keytrail.toml`; nothing where that is nothing.
    pub config: Option<String>,
    /// How many rules and allowances these hold.
    pub counts: (usize, usize),
    /// What could not be carried over, or only with a change, in the order of the lines.
    pub remarks: Vec<Remark>,
}

/// What is to be said about something in the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The line, from 1.
    pub line: usize,
    /// Whether it was left out; else it was carried over with a change.
    pub left_out: bool,
    /// What it is, and why, as a sentence without a full stop.
    pub message: String,
}

/// Why a file cannot be carried over at all.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct NotToml {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// A value of the file.
type Value<'a> = Spanned<DeValue<'a>>;

/// Carries a configuration over. `name` is that of the file, for reasons; `rules_file` that of the rule file which is
/// to be written, as `keytrail.toml` names it; `known` are keytrail's rules.
///
/// # Errors
/// When it is no TOML.
pub fn carry(text: &str, name: &str, rules_file: &str, known: &Ruleset) -> Result<Carried, NotToml> {
    let line = |offset: usize| 1 + text.bytes().take(offset).filter(|&byte| byte == b'\n').count();
    let table = DeTable::parse(text).map_err(|error| NotToml {
        line: error.span().map_or(1, |span| line(span.start)),
        message: error.message().trim().to_owned(),
    })?;
    let mut work = Work::new(name, known, &line);
    work.file(table.get_ref());
    let Work { rules, allow, only_in, disable, mut remarks, .. } = work;
    remarks.sort();
    let counts = (rules.len(), allow.len());
    let rules = (!rules.is_empty()).then(|| {
        let head = format!("# Rules carried over from {name}; docs/rules.md of keytrail explains every key.\n");
        format!("{head}provider = {}\n\n{}", quoted("In-house"), rules.join("\n"))
    });
    let mut config = String::new();
    if rules.is_some() || !disable.is_empty() {
        config.push_str("[scan]\n");
        if rules.is_some() {
            let _ = writeln!(config, "rules = [{}]", quoted(rules_file));
        }
        if !disable.is_empty() {
            let _ = writeln!(config, "disable = {}", list(&disable));
        }
    }
    for (id, patterns) in &only_in {
        let others: Vec<String> = std::iter::once("*".to_owned()).chain(outside(patterns)).collect();
        let _ = write!(config, "\n# `{id}` is looked for in some files only.\n[[scan.path]]\n");
        let _ = writeln!(config, "files = {}\ndisable = [{}]", list(&others), quoted(id));
    }
    for entry in &allow {
        let _ = write!(config, "\n{entry}");
    }
    let config = (!config.is_empty()).then(|| format!("# Carried over from {name}.\n\n{}", config.trim_start()));
    Ok(Carried { rules, config, counts, remarks })
}

/// Patterns that take files out of others.
fn outside(patterns: &[String]) -> Vec<String> {
    let named = patterns.iter().filter(|pattern| !pattern.starts_with('!'));
    named
        .flat_map(|pattern| {
            let below = if pattern.contains('/') { format!("!{pattern}/**") } else { format!("!**/{pattern}/**") };
            let inside = (!pattern.ends_with("/**")).then_some(below);
            std::iter::once(format!("!{pattern}")).chain(inside)
        })
        .collect()
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

/// What was carried over so far.
struct Work<'w> {
    name: &'w str,
    known: &'w Ruleset,
    line: &'w dyn Fn(usize) -> usize,
    /// Ids of rules that were carried over, as gitleaks and as keytrail has them.
    own: BTreeSet<(String, String)>,
    rules: Vec<String>,
    allow: Vec<String>,
    /// Rules that are looked for in some files only.
    only_in: Vec<(String, Vec<String>)>,
    disable: Vec<String>,
    remarks: Vec<Remark>,
}

/// What an allowlist allows.
#[derive(Default)]
struct List {
    paths: Vec<String>,
    regexes: Vec<String>,
    words: Vec<String>,
    commits: Vec<String>,
}

impl<'w> Work<'w> {
    fn new(name: &'w str, known: &'w Ruleset, line: &'w dyn Fn(usize) -> usize) -> Self {
        Work {
            name,
            known,
            line,
            own: BTreeSet::new(),
            rules: Vec::new(),
            allow: Vec::new(),
            only_in: Vec::new(),
            disable: Vec::new(),
            remarks: Vec::new(),
        }
    }

    fn say(&mut self, at: usize, left_out: bool, message: impl Into<String>) {
        let message = visible::line(&message.into()).into_owned();
        self.remarks.push(Remark { line: (self.line)(at), left_out, message });
    }

    fn left(&mut self, at: usize, message: impl Into<String>) {
        self.say(at, true, message);
    }

    fn changed(&mut self, at: usize, message: impl Into<String>) {
        self.say(at, false, message);
    }

    fn file(&mut self, table: &DeTable<'_>) {
        let mut extends_default = false;
        let mut first_rule = None;
        // Rules first: allowlists name them.
        for (key, value) in table {
            if let ("rules", DeValue::Array(rules)) = (key.get_ref().as_ref(), value.get_ref()) {
                for rule in rules {
                    first_rule.get_or_insert(rule.span().start);
                    self.rule(rule);
                }
            }
        }
        for (key, value) in table {
            let at = key.span().start;
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("title" | "description" | "minVersion", _) | ("rules", DeValue::Array(_)) => {}
                ("allowlist", DeValue::Table(list)) => self.allowlist(list, at, &[]),
                ("allowlists", DeValue::Array(lists)) => {
                    for list in lists {
                        match list.get_ref() {
                            DeValue::Table(table) => self.allowlist(table, list.span().start, &[]),
                            _ => self.left(list.span().start, "this is no allowlist"),
                        }
                    }
                }
                ("extend", DeValue::Table(extend)) => extends_default |= self.extend(extend),
                (other, _) => self.left(at, format!("`{other}` is not known here")),
            }
        }
        if let Some(at) = first_rule.filter(|_| !extends_default) {
            self.changed(
                at,
                "gitleaks used these rules only, as the file does not extend its default; keytrail's own rules stay on, \
                 unless `only` of `[scan]` names others",
            );
        }
    }

    /// Whether the default of gitleaks is extended.
    fn extend(&mut self, extend: &DeTable<'_>) -> bool {
        let mut default = false;
        for (key, value) in extend {
            let at = key.span().start;
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("useDefault", DeValue::Boolean(used)) => default = *used,
                ("path" | "url", DeValue::String(from)) => {
                    self.left(at, format!("the file extends `{from}`; carry that over by itself"));
                }
                ("disabledRules", _) => {
                    for (id, at) in self.texts(value, "disabledRules") {
                        match self.known.find(&id) {
                            Some(_) => self.disable.push(id),
                            None => {
                                let message = format!(
                                    "the disabled rule `{id}` is one of gitleaks; no rule of keytrail has that id \
                                     (`keytrail rules list` has them all, `disable` of `[scan]` switches them off)"
                                );
                                self.left(at, message);
                            }
                        }
                    }
                }
                (other, _) => self.left(at, format!("`extend.{other}` is not known here")),
            }
        }
        default
    }

    /// The texts of a list, with their places.
    fn texts(&mut self, value: &Value<'_>, what: &str) -> Vec<(String, usize)> {
        let DeValue::Array(all) = value.get_ref() else {
            self.left(value.span().start, format!("`{what}` is no list"));
            return Vec::new();
        };
        let mut texts = Vec::new();
        for value in all {
            match value.get_ref() {
                DeValue::String(text) => texts.push((text.to_string(), value.span().start)),
                _ => self.left(value.span().start, format!("an element of `{what}` is no text")),
            }
        }
        texts
    }

    fn rule(&mut self, value: &Value<'_>) {
        let start = value.span().start;
        let DeValue::Table(table) = value.get_ref() else { return self.left(start, "this is no rule") };
        let text = |name: &str| match table.get(name).map(Spanned::get_ref) {
            Some(DeValue::String(text)) => Some(text.to_string()),
            _ => None,
        };
        let Some(old) = text("id").filter(|id| !id.is_empty()) else {
            return self.left(start, "a rule without an `id`");
        };
        let id = kebab(&old);
        if id.is_empty() {
            return self.left(start, format!("rule `{old}`: its id has neither a letter nor a digit"));
        }
        let what = |why: &str| format!("rule `{old}`: {why}");
        let at = |name: &str| table.get(name).map_or(start, |value| value.span().start);
        let mut lists: Vec<(usize, &DeTable<'_>)> = Vec::new();
        for (key, value) in table {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("id" | "description" | "regex" | "secretGroup" | "path" | "keywords" | "tags", _) => {}
                ("entropy", _) => self.changed(
                    value.span().start,
                    what("`entropy` has no counterpart; keytrail leaves out placeholders, and judges randomness by itself"),
                ),
                ("allowlist", DeValue::Table(list)) => lists.push((key.span().start, list)),
                ("allowlists", DeValue::Array(all)) => {
                    lists.extend(all.iter().filter_map(|value| match value.get_ref() {
                        DeValue::Table(list) => Some((value.span().start, list)),
                        _ => None,
                    }));
                }
                ("required" | "skipReport", _) => {}
                (other, _) => self.left(value.span().start, what(&format!("`{other}` is not known here"))),
            }
        }
        let reported = !matches!(table.get("skipReport").map(Spanned::get_ref), Some(DeValue::Boolean(true)));
        let carried = if table.contains_key("required") {
            self.left(
                at("required"),
                what("it needs other rules beside it (`required`), which keytrail's do not; left out"),
            );
            false
        } else if !reported {
            self.left(at("skipReport"), what("it is not reported by itself (`skipReport`); left out"));
            false
        } else {
            match text("regex") {
                Some(regex) => self.regex(table, &old, &id, &regex, text("description")),
                None if text("path").is_some() => {
                    self.left(start, what("it finds files by their names only; keytrail looks for keys in them"));
                    false
                }
                // One that only adds allowlists to a rule of the default.
                None => self.known.find(&id).is_some(),
            }
        };
        if carried {
            self.own.insert((old.clone(), id.clone()));
        }
        for (at, list) in lists {
            if carried {
                self.allowlist(list, at, std::slice::from_ref(&id));
            } else {
                self.left(at, what("its allowlist was left out, as keytrail has no such rule"));
            }
        }
    }

    /// Writes a rule with a regular expression. Whether there is one.
    fn regex(&mut self, table: &DeTable<'_>, old: &str, id: &str, regex: &str, description: Option<String>) -> bool {
        let start = table.get("regex").map_or(0, |value| value.span().start);
        let what = |why: &str| format!("rule `{old}`: {why}");
        let group = match table.get("secretGroup").map(Spanned::get_ref) {
            Some(DeValue::Integer(number)) => number.to_string().parse::<u32>().ok().filter(|&number| number > 0),
            _ => None,
        };
        let mut keywords: Vec<String> = Vec::new();
        if let Some(value) = table.get("keywords") {
            let texts = self.texts(value, "keywords");
            keywords.extend(texts.into_iter().map(|(text, _)| text.to_lowercase()));
        }
        let words: Vec<String> = keywords
            .iter()
            .map(|word| word.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned())
            .filter(|word| word.len() >= 2)
            .collect();
        let made = match pattern::carried(regex, group) {
            Ok(made) => made,
            Err(why) => {
                self.left(start, what(&format!("its regular expression cannot be carried over: {why}")));
                return false;
            }
        };
        for change in &made.changes {
            self.changed(start, what(change));
        }
        let mut pattern = made.whole.clone();
        let mut context = false;
        match (anchor::derive(&made.whole), &made.secret) {
            (Ok(derived), _) if derived.needs_evidence() => context = true,
            (Ok(_), _) => {
                let lower = regex.to_lowercase();
                if !words.is_empty() && !keywords.iter().any(|word| lower.contains(word.as_str())) {
                    context = true;
                }
            }
            // What stands in front of the key has to be words of its context.
            (Err(_), Some(secret)) if !words.is_empty() && anchor::derive(secret).is_ok() => {
                self.changed(
                    start,
                    what("what stands around the key in its regular expression is asked for by `context`"),
                );
                pattern.clone_from(secret);
                context = true;
            }
            (Err(error), _) => {
                self.left(start, what(&format!("its regular expression cannot be carried over: {}", error.message)));
                return false;
            }
        }
        if context && words.is_empty() {
            self.left(start, what("it has no literal to be found by, and no `keywords`"));
            return false;
        }
        if context {
            let at = table.get("keywords").map_or(start, |value| value.span().start);
            self.changed(at, what("one of its `keywords` has to stand near the key, and not just in the same file"));
        }
        if id != old {
            self.changed(start, what(&format!("its id is `{id}`: ids have lower-case letters, digits and dashes")));
        }
        if self.own.iter().any(|(_, own)| own == id) {
            self.left(start, what(&format!("there is a rule `{id}` already")));
            return false;
        }
        if self.known.find(id).is_some() {
            self.changed(start, what("it takes the place of keytrail's rule of that id"));
        }
        if let Some(value) = table.get("path")
            && let DeValue::String(path) = value.get_ref()
        {
            match paths::patterns(path) {
                Ok(files) => self.only_in.push((id.to_owned(), files)),
                Err(why) => {
                    let message = format!("its `path` is left out, and it is looked for in all files: {why}");
                    self.left(value.span().start, what(&message));
                }
            }
        }
        let title = description.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| id.replace('-', " "));
        let title = title.trim().trim_end_matches('.').to_owned();
        let line = (self.line)(start);
        let mut rule = format!("[[rule]]\nid = {}\ntitle = {}\n", quoted(id), quoted(&title));
        let _ =
            writeln!(rule, "description = {}", quoted(&format!("{title}. Carried over from {}:{line}.", self.name)));
        let _ = writeln!(rule, "pattern = {}\nseverity = \"high\"", quoted(&pattern));
        if context {
            let _ = writeln!(rule, "context = {}", list(&words));
        }
        self.rules.push(rule);
        true
    }

    /// Writes the allowances of an allowlist, for some rules or for all.
    fn allowlist(&mut self, table: &DeTable<'_>, start: usize, rules: &[String]) {
        let mut found = List::default();
        let mut rules = rules.to_vec();
        let (mut all, mut target, mut whole) = (false, false, true);
        let mut why = String::new();
        for (key, value) in table {
            let at = value.span().start;
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("description", DeValue::String(text)) => why = text.trim().trim_end_matches('.').to_owned(),
                ("condition", DeValue::String(how)) => match how.to_ascii_uppercase().as_str() {
                    "AND" | "&&" => all = true,
                    "OR" | "||" => {}
                    _ => self.left(at, format!("the condition `{how}` is not known; taken for OR")),
                },
                ("regexTarget", DeValue::String(of)) => {
                    target = !matches!(of.as_ref(), "secret" | "");
                    if target {
                        let message = format!(
                            "regular expressions of this allowlist are held against the {of}; keytrail's are held against \
                             the key"
                        );
                        self.left(at, message);
                    }
                }
                ("targetRules", _) => {
                    for (id, at) in self.texts(value, "targetRules") {
                        let own = self.own.iter().find(|(old, _)| *old == id).map(|(_, own)| own.clone());
                        match own.or_else(|| self.known.find(&id).map(|rule| rule.id.to_owned())) {
                            Some(id) => rules.push(id),
                            None => {
                                self.left(at, format!("no rule of keytrail is `{id}`, which the allowlist is about"))
                            }
                        }
                    }
                    // Without any, it would be about all rules.
                    whole = !rules.is_empty();
                }
                ("paths", _) => {
                    let mut each = Vec::new();
                    for (regex, at) in self.texts(value, "paths") {
                        match paths::patterns(&regex) {
                            Ok(patterns) => each.push(patterns),
                            Err(why) => self.left(at, format!("the path `{regex}`: {why}")),
                        }
                    }
                    found.paths = paths::together(each);
                }
                ("regexes", _) => {
                    for (regex, at) in self.texts(value, "regexes") {
                        let regex = ascii(regex);
                        match super::scan::regex(&regex) {
                            Ok(_) => found.regexes.push(regex),
                            Err(why) => self.left(at, why),
                        }
                    }
                }
                ("stopwords", _) => {
                    let words = self.texts(value, "stopwords");
                    found.words.extend(
                        words
                            .iter()
                            .filter(|(word, _)| !word.is_empty())
                            .map(|(word, _)| format!("(?i){}", regex_syntax::escape(word))),
                    );
                }
                ("commits", _) => {
                    for (id, at) in self.texts(value, "commits") {
                        match super::scan::commit(&id) {
                            Some(id) => found.commits.push(id),
                            None => self.left(at, format!("`{id}` is no whole id of a commit")),
                        }
                    }
                }
                (other, _) => self.left(key.span().start, format!("`{other}` of an allowlist is not known here")),
            }
        }
        if target {
            found.regexes.clear();
        }
        if !whole {
            return;
        }
        let kinds = |table: &DeTable<'_>| {
            ["paths", "regexes", "stopwords", "commits"].into_iter().filter(|kind| table.contains_key(*kind)).count()
        };
        if all && kinds(table) > 1 {
            let List { paths, regexes, words, commits } = &found;
            let given = [paths, regexes, words, commits].into_iter().filter(|list| !list.is_empty()).count();
            if given < kinds(table) {
                return self
                    .left(start, "all parts of this allowlist have to fit, and not all can be carried over; left out");
            }
            if !regexes.is_empty() && !words.is_empty() {
                let message = "this allowlist wants a regular expression and a stopword to fit one key; left out";
                return self.left(start, message);
            }
            let values = if regexes.is_empty() { words.clone() } else { regexes.clone() };
            return self.entry(start, &why, &rules, &found.paths, &values, &found.commits);
        }
        let List { paths, mut regexes, words, commits } = found;
        regexes.extend(words);
        for (paths, values, commits) in [(paths, vec![], vec![]), (vec![], regexes, vec![]), (vec![], vec![], commits)]
        {
            if !(paths.is_empty() && values.is_empty() && commits.is_empty()) {
                self.entry(start, &why, &rules, &paths, &values, &commits);
            }
        }
    }

    fn entry(
        &mut self,
        start: usize,
        why: &str,
        rules: &[String],
        paths: &[String],
        regexes: &[String],
        commits: &[String],
    ) {
        let from = format!("carried over from {}:{}", self.name, (self.line)(start));
        let reason = if why.is_empty() { from } else { format!("{why} ({from})") };
        let mut entry = String::from("[[allow]]\n");
        for (key, texts) in [("paths", paths), ("rules", rules), ("regexes", regexes), ("commits", commits)] {
            if !texts.is_empty() {
                let _ = writeln!(entry, "{key} = {}", list(texts));
            }
        }
        let _ = writeln!(entry, "reason = {}", quoted(&reason));
        self.allow.push(entry);
    }
}

/// An id as keytrail has them.
fn kebab(id: &str) -> String {
    let parts = id.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// An expression whose classes are those of Go, which have ASCII characters only.
fn ascii(regex: String) -> String {
    let classes = [r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", r"\b", r"\B"];
    let plain = regex.is_ascii() && !regex.contains(r"\p") && !regex.contains(r"\P");
    if plain && classes.iter().any(|class| regex.contains(class)) { format!("(?-u){regex}") } else { regex }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::config::Loaded;
    use crate::detect::rule::read_files;

    /// What becomes of a text; both files are read back.
    fn carried(text: &str) -> Carried {
        let carried = carry(text, "g.toml", "rules.toml", &Ruleset::builtin()).unwrap();
        if let Some(config) = &carried.config {
            let read = Loaded::parse(Path::new("keytrail.toml"), config.clone());
            assert!(read.is_ok(), "{read:?}\n{config}");
            assert_eq!(read.unwrap().config.allow.len(), carried.counts.1);
        }
        if let Some(rules) = &carried.rules {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("rules.toml");
            std::fs::write(&path, rules).unwrap();
            let (files, mistakes) = read_files(&path);
            assert_eq!(mistakes, [], "{rules}");
            assert_eq!(files[0].rules.len(), carried.counts.0);
        }
        carried
    }

    fn config(text: &str) -> String {
        carried(text).config.unwrap_or_default()
    }

    fn remarks(text: &str) -> Vec<String> {
        carried(text).remarks.into_iter().map(|remark| format!("{}: {}", remark.line, remark.message)).collect()
    }

    #[test]
    fn any_part_of_an_allowlist_is_an_entry_and_all_parts_are_one() {
        let list = "[[allowlists]]\ndescription = \"why\"\npaths = ['^docs/']\nstopwords = [\"Fake.\"]\n";
        let either = config(list);
        assert_eq!(either.matches("[[allow]]").count(), 2, "{either}");
        assert!(either.contains("reason = \"why (carried over from g.toml:1)\""), "{either}");
        let both = config(&format!("{list}condition = \"AND\"\n"));
        assert_eq!(both.matches("[[allow]]").count(), 1, "{both}");
        assert!(both.contains("paths = [\"/docs/**\"]\nregexes = ['(?i)Fake\\.']"), "{both}");
        let three = format!("{list}condition = \"AND\"\nregexes = ['x']\n");
        assert_eq!(config(&three), "");
        assert!(remarks(&three)[0].contains("a regular expression and a stopword to fit one key"));
    }

    #[test]
    fn what_would_allow_more_is_left_out() {
        for (text, said) in [
            ("[allowlist]\nregexTarget = \"line\"\nregexes = ['x']\n", "2: regular expressions of this allowlist"),
            ("[[allowlists]]\ntargetRules = [\"no-such\"]\nregexes = ['x']\n", "2: no rule of keytrail is `no-such`"),
            ("[allowlist]\npaths = ['\\bx']\n", "2: the path `\\bx`"),
            ("[allowlist]\nregexes = ['(?=x)']\n", "2: `(?=x)` is no regular expression"),
            ("[allowlist]\ncommits = [\"abc\"]\n", "2: `abc` is no whole id"),
            (
                "[[rules]]\nid = \"a\"\npath = 'id_rsa$'\n[[rules.allowlists]]\npaths = ['x']\n",
                "4: rule `a`: its allowlist",
            ),
            ("[[rules]]\nid = \"a\"\nregex = 'x{4}'\n", "3: rule `a`: its regular expression cannot be carried over"),
            ("[[rules]]\nid = \"a\"\nregex = 'acme-[0-9]{9}'\nskipReport = true\n", "4: rule `a`: it is not reported"),
            ("[[rules]]\nid = \"a\"\nregex = '[0-9a-f]{32}'\n", "3: rule `a`: it has no literal"),
            ("[extend]\npath = \"other.toml\"\n", "2: the file extends `other.toml`"),
            ("surprise = 1\n", "1: `surprise` is not known here"),
        ] {
            let all = carried(text);
            assert_eq!((all.config, all.counts), (None, (0, 0)), "{text}");
            let all = remarks(text);
            assert!(all.iter().any(|text| text.starts_with(said)), "{said}: {all:?}");
        }
        assert!(config("[allowlist]\nregexes = ['\\bx\\w']\n").contains("(?-u)"));
    }

    #[test]
    fn rules_get_what_keytrail_asks_of_them() {
        let rule = |text: &str| carried(&format!("[extend]\nuseDefault = true\n[[rules]]\nid = \"Own.Key\"\n{text}"));
        let named = rule("regex = '(?i)acme_?key[ =:]+([0-9a-f]{32})'\nkeywords = [\"acme\"]\n").rules.unwrap();
        assert!(named.contains("id = \"own-key\"") && named.contains("title = \"own key\""), "{named}");
        let shape = rule("regex = '[0-9a-f]{32}'\nkeywords = [\"ACME_\"]\n");
        assert!(shape.rules.unwrap().contains("context = [\"acme\"]"));
        assert!(shape.remarks.iter().any(|remark| !remark.left_out && remark.message.contains("stand near the key")));
        let only = rule("regex = 'acme-[0-9]{9}'\npath = '\\.tf$'\n");
        let config = only.config.unwrap();
        assert!(config.contains("files = [\"*\", \"!*.tf\", \"!**/*.tf/**\"]\ndisable = [\"own-key\"]"), "{config}");
        let known = rule("[[rules.allowlists]]\nstopwords = [\"x\"]\n");
        assert_eq!(known.counts, (0, 0), "no rule of keytrail has that id");
        let id = Ruleset::builtin().iter().next().unwrap().id;
        assert!(config_of_known(id).contains(&format!("rules = [\"{id}\"]")));
        assert!(config_of_disabled(id).contains(&format!("disable = [\"{id}\"]")));
    }

    fn config_of_known(id: &str) -> String {
        config(&format!("[[rules]]\nid = \"{id}\"\n[[rules.allowlists]]\nstopwords = [\"x\"]\n"))
    }

    fn config_of_disabled(id: &str) -> String {
        config(&format!("[extend]\ndisabledRules = [\"{id}\"]\n"))
    }

    #[test]
    fn what_is_no_toml_is_an_error_with_its_line() {
        let known = Ruleset::builtin();
        assert_eq!(carry("a = 1\nb", "g", "r", &known).unwrap_err().line, 2);
        for text in ["rules = 1", "[[rules]]\nid = 3", "allowlists = [1]", "[allowlist]\npaths = 1", "rules = [1]"] {
            assert!(!carried(text).remarks.is_empty(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn what_is_written_can_be_read(
            id in "[A-Za-z_.-]{1,8}",
            description in "[ -~]{0,20}",
            regex in "(acme[-_]|\\PC{0,3})([a-z0-9]\\{[0-9]{1,2}\\})?(\\(a\\|b\\))?[ -~]{0,6}",
            path in "[\\^a-z/.*$()|\\\\\\[\\]# ]{0,8}",
            word in "\\PC{0,6}",
        ) {
            let quoted = |text: &str| toml::Value::from(text).to_string();
            let text = format!(
                "[[rules]]\nid = {}\ndescription = {}\nregex = {}\npath = {path}\nkeywords = [{word}]\n\
                 [[rules.allowlists]]\npaths = [{path}]\n[allowlist]\nregexes = [{}]\nstopwords = [{word}]\npaths = [{path}]\n",
                quoted(&id), quoted(&description), quoted(&regex), quoted(&regex), path = quoted(&path), word = quoted(&word),
            );
            carried(&text);
        }
    }
}
