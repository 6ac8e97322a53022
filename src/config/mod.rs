//! `keytrail.toml`: the one file in which a project says how it wants to be scanned and audited.
//!
//! It is looked for from the current folder upwards to the root of the repository, or named. `docs/keytrail-toml.md`
//! explains every key, and `docs/config.schema.json` is their schema. A mistake in it is told at its line, and nothing
//! runs with half of a configuration.
//!
//! Most programs let a [`ScannerBuilder`](crate::ScannerBuilder) read it. A [`Configuration`] is for those that mix it
//! with what they know themselves, or ask it about [audits](crate::audit) and [inventories](crate::inventory) too;
//! [`Effective`] tells where each value comes from, and [`gitleaks`] carries another scanner's configuration over.
//!
//! ```
//! use keytrail::config::{Configuration, Effective};
//! use keytrail::{Confidence, rules::Ruleset};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let here = folder.path().canonicalize()?;
//!
//! std::fs::write(here.join("base.toml"), "[scan]\nmin-confidence = \"high\"\nonly = [\"github-*\"]\n")?;
//! let file = here.join("keytrail.toml");
//! std::fs::write(&file, "extends = [\"base.toml\"]\n\n[scan]\nonly = [\"gitlub-*\"]\n")?;
//! let configuration = Configuration::nearest(&here)?;
//! assert_eq!(configuration.scan().min_confidence, Some(Confidence::High));
//!
//! let (name, mistake) = configuration.unknown_rules(&Ruleset::builtin()).remove(0);
//! assert_eq!((name.as_str(), mistake.line), ("gitlub-*", 4));
//!
//! let all = Effective::of(&configuration, &|path| path.file_name().unwrap().to_string_lossy().into_owned());
//! assert!(all.to_toml().contains("min-confidence = \"high\"  # base.toml:2\n"));
//! # Ok(())
//! # }
//! ```

pub(crate) mod audit;
pub(crate) mod calls;
pub(crate) mod files;
pub mod gitleaks;
pub(crate) mod glob;
pub(crate) mod inventory;
pub(crate) mod loosened;
pub(crate) mod scan;
pub(crate) mod show;
pub(crate) mod treatment;
pub(crate) mod value;

use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use schemars::JsonSchema;
#[cfg(test)]
use schemars::{Schema, schema_for};
use serde::Deserialize;
use toml::Spanned;

use crate::inventory::{Mapping, Wanted};
use crate::mistake::Mistake;
use files::{Disk, Files};

pub use crate::scanner::applied::{ConfigError, Configuration};
pub use scan::{FailOn, ScanSettings};
pub use show::Effective;
pub use value::{DayOrTime, Period, Size};

/// The name under which the file is found.
pub const FILE: &str = "keytrail.toml";

/// Greatest size of the file in bytes: a device that is given by mistake ends here.
const MAX_FILE: u64 = 8 << 20;

/// What `keytrail.toml` may hold.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Config {
    /// Files that are read before this one, in this order, relative to it. What comes later wins; lists are joined.
    #[schemars(with = "Vec<String>")]
    pub extends: Vec<Spanned<String>>,
    /// How trees, changes and histories are scanned.
    pub scan: scan::ScanConfig,
    /// What was found and may stay.
    pub allow: Vec<scan::Allow>,
    /// How keys are audited: periods, exceptions, people.
    pub audit: audit::AuditConfig,
    /// How key inventories are read.
    pub inventory: inventory::InventoryConfig,
    /// How call logs are read and judged.
    pub calls: calls::CallsConfig,
}

impl Config {
    /// Puts a configuration that comes later over this one.
    fn overlay(&mut self, later: Config) {
        self.extends = later.extends;
        self.scan.overlay(later.scan);
        self.allow.extend(later.allow);
        self.audit.overlay(later.audit);
        // The first mapping that fits a file is used.
        self.inventory.mapping.splice(..0, later.inventory.mapping);
        self.calls.overlay(later.calls);
    }

    /// Makes paths of files, which are relative to the file that names them, fit for everybody.
    fn settle(&mut self, folder: &Path, main: bool) {
        let settle = |path: &mut Spanned<String>| {
            let whole = folder.join(path.get_ref()).to_string_lossy().into_owned();
            *path = Spanned::new(path.span(), whole);
        };
        self.scan.rules.iter_mut().chain(&mut self.scan.baseline).for_each(settle);
        if !main {
            self.audit.staff_file.iter_mut().for_each(settle);
        }
    }
}

/// A configuration and where it comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loaded {
    /// What it says; all defaults where there is no file. Places inside it are offsets in the space of all its files
    /// together: see [`place`](Self::place).
    pub config: Config,
    /// The file; absent where there is none.
    pub path: Option<PathBuf>,
    /// It and the files that it extends, those that are read first in front.
    layers: Vec<Layer>,
}

/// One file of a configuration.
#[derive(Clone, Debug)]
struct Layer {
    path: PathBuf,
    text: String,
    /// The offset of its first byte in the space of all files.
    start: usize,
}

/// How long a chain of files that extend each other may be.
const MAX_CHAIN: usize = 16;

impl Loaded {
    /// Reads a file, and those that it extends.
    ///
    /// # Errors
    /// Every mistake that can be told apart, in the order of the file.
    pub fn read(path: &Path) -> Result<Self, Vec<Mistake>> {
        Self::read_from(path, &Disk)
    }

    /// Reads a file from somewhere else than the disk, with those that it extends.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_from(path: &Path, files: &dyn Files) -> Result<Self, Vec<Mistake>> {
        let text = text_of(path, files).map_err(|message| vec![Mistake::whole(path, message)])?;
        Self::parse_with(path, text, files)
    }

    /// Reads the text of a file of that name. What it extends is read from the disk.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    #[cfg(test)]
    pub fn parse(path: &Path, text: String) -> Result<Self, Vec<Mistake>> {
        Self::parse_with(path, text, &Disk)
    }

    /// Reads the text of a file of that name, without what it extends.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn parse_alone(path: &Path, text: String) -> Result<Self, Vec<Mistake>> {
        Self::parse_with(path, text, &files::Nothing)
    }

    fn parse_with(path: &Path, text: String, files: &dyn Files) -> Result<Self, Vec<Mistake>> {
        let mut loaded = Loaded { path: Some(path.to_owned()), ..Loaded::default() };
        loaded.add(path, text, files, &mut Vec::new())?;
        Ok(loaded)
    }

    /// Adds a file, behind those that it extends. `chain` are the files that led here.
    fn add(
        &mut self,
        path: &Path,
        text: String,
        files: &dyn Files,
        chain: &mut Vec<PathBuf>,
    ) -> Result<(), Vec<Mistake>> {
        // Offsets tell files apart: each one begins behind all that was read before.
        let before = |layers: &[Layer]| layers.last().map_or(0, |layer| layer.start + layer.text.len() + 1);
        let at = |span: Option<Range<usize>>, message: &str| match span {
            Some(span) => Mistake::at(path, &text, span, message),
            None => Mistake::whole(path, message),
        };
        let (_, syntax) = toml::de::DeTable::parse_recoverable(&text);
        if !syntax.is_empty() {
            return Err(syntax.iter().map(|error| at(error.span(), error.message().trim())).collect());
        }
        let own: Config = toml::from_str(&text).map_err(|error| vec![at(error.span(), error.message().trim())])?;
        let mut wrong = Vec::new();
        own.scan.check(&mut wrong);
        own.allow.iter().for_each(|allow| allow.check(&mut wrong));
        own.audit.check(&mut wrong);
        own.inventory.check(&mut wrong);
        own.calls.check(&mut wrong);
        if !wrong.is_empty() {
            wrong.sort_by_key(|wrong| wrong.span.start);
            return Err(wrong.iter().map(|wrong| at(Some(wrong.span.clone()), &wrong.message)).collect());
        }
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        chain.push(plain(path));
        for extended in &own.extends {
            let named = plain(&folder.join(extended.get_ref()));
            let wrong = |message: String| vec![at(Some(extended.span()), &message)];
            if chain.contains(&named) {
                return Err(wrong(format!("`{}` would extend itself; leave it out", named.display())));
            }
            if chain.len() >= MAX_CHAIN {
                return Err(wrong(format!("more than {MAX_CHAIN} files extend each other; put some of them together")));
            }
            // What two files extend counts once, where it comes first.
            if self.layers.iter().any(|layer| plain(&layer.path) == named) {
                continue;
            }
            let text = text_of(&named, files)
                .map_err(|error| wrong(format!("`{}` cannot be read: {error}", named.display())))?;
            self.add(&named, text, files, chain)?;
        }
        chain.pop();
        let start = before(&self.layers);
        // The same text behind so many line ends has its places where they belong in the space of all files.
        let shifted = "\n".repeat(start) + &text.replacen('\u{feff}', "   ", usize::from(text.starts_with('\u{feff}')));
        let mut own: Config = toml::from_str(&shifted).map_err(|error| vec![at(None, error.message().trim())])?;
        own.settle(&folder, chain.is_empty());
        self.config.overlay(own);
        self.layers.push(Layer { path: path.to_owned(), text, start });
        Ok(())
    }

    /// The file that applies to a folder, or the defaults where there is none.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn discover(folder: &Path) -> Result<Self, Vec<Mistake>> {
        match find(folder) {
            Some(path) => Self::read(&path),
            None => Ok(Loaded::default()),
        }
    }

    /// The folder that paths in the file are relative to.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""))
    }

    /// The files that were read, those that others extend in front of them.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.layers.iter().map(|layer| layer.path.as_path())
    }

    /// A mistake that comes to light when the configuration is used, at a place inside it.
    #[must_use]
    pub fn mistake(&self, span: Range<usize>, message: impl Into<String>) -> Mistake {
        match self.layers.iter().rev().find(|layer| layer.start <= span.start) {
            Some(layer) => {
                let own = span.start - layer.start..span.end.saturating_sub(layer.start);
                Mistake::at(&layer.path, &layer.text, own, message)
            }
            None => Mistake::whole(Path::new(FILE), message),
        }
    }

    /// The file that an offset belongs to, and its line and column there, both from 1; columns count UTF-16 code units,
    /// as reports do.
    #[must_use]
    pub fn place(&self, offset: usize) -> (&Path, u32, u32) {
        let Some(layer) = self.layers.iter().rev().find(|layer| layer.start <= offset) else {
            return (Path::new(FILE), 1, 1);
        };
        let before = layer.text.get(..offset - layer.start).unwrap_or(&layer.text);
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        let line = before.matches('\n').count() + 1;
        let column = before[start..].encode_utf16().count() + 1;
        (&layer.path, u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }
}

/// How an inventory is to be read.
#[derive(Clone, Debug)]
pub struct InventoryReading {
    /// Of which format it is; told by its content where it is absent.
    pub format: Option<Wanted>,
    /// By which mapping a table or JSON of unknown origin is read.
    pub mapping: Mapping,
    /// When it was exported, unless it says so itself.
    pub exported: Option<jiff::Timestamp>,
}

/// The text of a file of a configuration, or why there is none.
fn text_of(path: &Path, files: &dyn Files) -> Result<String, String> {
    let bytes = files.read(path, MAX_FILE).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(format!("larger than {} MiB, which no configuration is", MAX_FILE >> 20));
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
}

/// A path without `.` and `..`, by its text alone: of what a revision holds there are no links to follow.
#[must_use]
pub(crate) fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(plain.components().next_back(), Some(Component::Normal(_))) => {
                plain.pop();
            }
            component => plain.push(component),
        }
    }
    plain
}

/// Something that the types allow and that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// Bytes of the file that it concerns.
    pub span: std::ops::Range<usize>,
    /// What is wrong; what would be right stands behind `; `.
    pub message: String,
}

/// The file that applies to a folder: the nearest one above it, up to the root of the repository. Outside of
/// repositories only the folder itself counts, so that nobody's home decides about everything below it.
#[must_use]
pub(crate) fn find(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    let in_repository = folder.ancestors().any(|above| above.join(".git").exists());
    for above in folder.ancestors() {
        let file = above.join(FILE);
        if file.is_file() {
            return Some(file);
        }
        if !in_repository || above.join(".git").exists() {
            return None;
        }
    }
    None
}

/// The JSON schema of the file (draft 2020-12), which `docs/config.schema.json` publishes; editors complete and check
/// TOML by it.
#[cfg(test)]
fn schema() -> Schema {
    let mut schema = schema_for!(Config);
    schema.insert(
        "$id".to_owned(),
        "https://raw.githubusercontent.com/keytrail/keytrail/main/docs/config.schema.json".into(),
    );
    schema.insert("title".to_owned(), "keytrail.toml".into());
    schema
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn mistakes(text: &str) -> Vec<Mistake> {
        Loaded::parse(Path::new(FILE), text.to_owned()).unwrap_err()
    }

    #[test]
    fn an_empty_file_is_all_defaults() {
        assert_eq!(Loaded::parse(Path::new(FILE), String::new()).unwrap().config, Config::default());
    }

    #[test]
    fn a_misspelt_key_is_shown_at_its_place_with_what_is_known() {
        let mistake = mistakes("# policy\n[audit]\nrotaton = 30\n").remove(0);
        assert_eq!((mistake.line, mistake.column), (3, 1));
        assert_eq!(&mistake.source_line[mistake.span.clone()], "rotaton");
        assert!(mistake.message.contains("unknown field `rotaton`") && mistake.message.contains("`rotation`"));
    }

    #[test]
    fn every_mistake_of_meaning_is_told() {
        let text = "[[audit.override]]\nprovider = \"a[\"\nrotation = 3\n\n[[audit.exception]]\ncheck = \"unsed\"\n\
                    key = \"x\"\nreason = \"\"\n";
        let found = mistakes(text);
        let lines: Vec<usize> = found.iter().map(|mistake| mistake.line).collect();
        assert_eq!(lines, [2, 6, 8], "{found:?}");
        assert!(found[1].message.contains("`unsed` is no check; there are "));
    }

    #[test]
    fn values_out_of_range_have_a_place() {
        for (text, said) in [
            ("[audit]\nrotation = 0\n", "days"),
            ("[audit]\nrotation = \"soon\"\n", "never"),
            (
                "[[audit.exception]]\ncheck=\"unused\"\nkey=\"x\"\nreason=\"y\"\nexpires = \"31.12.2026\"\n",
                "2026-12-31",
            ),
        ] {
            let mistake = mistakes(text).remove(0);
            assert!(mistake.line > 1 && mistake.message.contains(said), "{mistake:?}");
        }
    }

    #[test]
    fn the_nearest_file_up_to_the_root_of_the_repository_applies() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let inner = root.join("repository/a/b");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::write(root.join(FILE), "").unwrap();
        // Outside of a repository, a folder above has no say.
        assert_eq!(find(&inner), None);
        assert_eq!(find(&root), Some(root.join(FILE)));
        std::fs::create_dir(root.join("repository/.git")).unwrap();
        assert_eq!(find(&inner), None);
        let file = root.join("repository").join(FILE);
        std::fs::write(&file, "").unwrap();
        assert_eq!(find(&inner), Some(file));
        std::fs::write(inner.join(FILE), "").unwrap();
        assert_eq!(find(&inner), Some(inner.join(FILE)));
    }

    /// `KEYTRAIL_UPDATE=1 cargo test` writes the file anew.
    #[test]
    fn the_published_schema_is_that_of_the_types() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/config.schema.json");
        let derived = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
        if std::env::var_os("KEYTRAIL_UPDATE").is_some() {
            std::fs::write(&path, &derived).unwrap();
        }
        let published = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
        assert_eq!(published, derived, "KEYTRAIL_UPDATE=1 cargo test writes docs/config.schema.json anew");
    }

    /// Every key that the schema names anywhere.
    fn keys(schema: &serde_json::Value, into: &mut BTreeSet<String>) {
        match schema {
            serde_json::Value::Object(object) => {
                if let Some(serde_json::Value::Object(properties)) = object.get("properties") {
                    into.extend(properties.keys().cloned());
                }
                object.values().for_each(|value| keys(value, into));
            }
            serde_json::Value::Array(array) => array.iter().for_each(|value| keys(value, into)),
            _ => {}
        }
    }

    #[test]
    fn the_manual_explains_every_key() {
        let manual = include_str!("../../docs/keytrail-toml.md");
        let mut all = BTreeSet::new();
        keys(schema().as_value(), &mut all);
        assert!(all.len() > 30, "{all:?}");
        let missing: Vec<&String> = all.iter().filter(|key| !manual.contains(&format!("`{key}`"))).collect();
        assert!(missing.is_empty(), "docs/keytrail-toml.md says nothing of {missing:?}");
    }

    #[test]
    fn the_examples_of_the_manual_are_valid() {
        let manual = include_str!("../../docs/keytrail-toml.md").replace("\r\n", "\n");
        let examples: Vec<&str> =
            manual.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
        assert!(examples.len() > 3);
        let validator = jsonschema::validator_for(schema().as_value()).unwrap();
        for example in examples {
            let loaded = Loaded::parse(Path::new(FILE), example.to_owned());
            assert!(loaded.is_ok(), "{loaded:?}\n{example}");
            // Dates of TOML are strings to whoever validates it as JSON.
            let value: serde_json::Value = toml::from_str::<toml::Value>(example).map(json_of).unwrap();
            let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}\n{example}");
        }
    }

    fn json_of(value: toml::Value) -> serde_json::Value {
        match value {
            toml::Value::Datetime(date) => date.to_string().into(),
            toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json_of(value))).collect(),
            toml::Value::Array(array) => array.into_iter().map(json_of).collect(),
            other => serde_json::to_value(other).unwrap(),
        }
    }
}
