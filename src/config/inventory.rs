//! The section `[inventory]`: how exports are read that keytrail does not know.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::Wrong;
use super::glob::{self, Pattern};
use super::value::DayOrTime;
use crate::inventory::Wanted;
use crate::inventory::format::FORMATS;
use crate::inventory::mapping::{DigestName, Mapping, Property};
use crate::inventory::time::DateOrder;

/// How key inventories are read.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct InventoryConfig {
    /// How files of certain names are read; the first that fits a file is used.
    pub mapping: Vec<FileMapping>,
}

/// How the files of certain names are read.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FileMapping {
    /// Pattern of the files' paths as they are given, or of their names: `acme-*.csv`.
    #[schemars(with = "String")]
    pub files: Spanned<String>,
    /// The format, as `keytrail inventory formats` names them; `generic` reads a table or JSON by its headings.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub format: Option<Spanned<String>>,
    /// Who issued the keys, where no column says it.
    #[serde(default)]
    pub provider: Option<String>,
    /// Where the rows of a JSON file are: the names of the members on the way to them with dots between, as `data.keys`.
    #[serde(default)]
    pub rows: Option<String>,
    /// How dates made of numbers are ordered: `day-first` or `month-first`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub date_order: Option<DateOrder>,
    /// The zone of times that name none, as `Europe/Berlin` or `+01:00`; UTC unless given.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// How the digests in the column of `hash` were made, where their length leaves it open: `sha256`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub digest: Option<DigestName>,
    /// When the files were exported, where they do not say so themselves: a day, of which the end in UTC is meant, or a
    /// time with its zone. Calls with a revoked key count from then on.
    #[serde(default)]
    pub exported: Option<DayOrTime>,
    /// Heading of the column of each property; in JSON the member's name, with dots for members inside members.
    #[serde(default)]
    pub columns: BTreeMap<Property, String>,
    /// Values of properties that are the same for all keys.
    #[serde(default)]
    pub constants: BTreeMap<Property, String>,
}

impl FileMapping {
    /// What the readers of inventories take.
    #[must_use]
    pub fn mapping(&self) -> Mapping {
        Mapping {
            provider: self.provider.clone(),
            rows: self.rows.clone(),
            date_order: self.date_order,
            time_zone: self.time_zone.clone(),
            digest: self.digest,
            columns: self.columns.clone(),
            constants: self.constants.clone(),
        }
    }

    /// The format, where one is given.
    #[must_use]
    pub fn wanted(&self) -> Option<Wanted> {
        self.format.as_ref().and_then(|name| Wanted::of_name(name.get_ref()))
    }
}

impl InventoryConfig {
    /// What fits a file, where something does.
    #[must_use]
    pub fn of_file(&self, path: &Path) -> Option<&FileMapping> {
        let whole = path.to_string_lossy().replace('\\', "/");
        let name = whole.rsplit('/').next().unwrap_or(&whole);
        self.mapping.iter().find(|mapping| {
            Pattern::new(mapping.files.get_ref()).is_ok_and(|pattern| pattern.fits(&whole) || pattern.fits(name))
        })
    }

    /// Says what cannot be meant.
    pub fn check(&self, wrong: &mut Vec<Wrong>) {
        for mapping in &self.mapping {
            glob::check(&mapping.files, wrong);
            if let Some(format) = &mapping.format
                && Wanted::of_name(format.get_ref()).is_none()
            {
                let names: Vec<&str> = FORMATS.iter().map(|format| format.name).chain([Wanted::GENERIC]).collect();
                wrong.push(Wrong {
                    span: format.span(),
                    message: format!("`{}` is no inventory format; there are {}", format.get_ref(), names.join(", ")),
                });
            }
            if let Err(error) = mapping.mapping().check() {
                wrong.push(Wrong { span: mapping.files.span(), message: error.to_string() });
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_fits_path_or_name_is_used() {
        let config: InventoryConfig = toml::from_str(
            "[[mapping]]\nfiles = \"acme-*.csv\"\nprovider = \"acme\"\n[[mapping]]\nfiles = \"exports/*\"\nrows = \"a.b\"\n",
        )
        .unwrap();
        let of = |path: &str| config.of_file(Path::new(path)).map(|mapping| mapping.mapping());
        assert_eq!(of("exports/acme-1.csv").unwrap().provider.as_deref(), Some("acme"));
        assert_eq!(of("exports/x.json").unwrap().rows.as_deref(), Some("a.b"));
        assert_eq!(of("other/x.json"), None);
    }

    #[test]
    fn what_cannot_be_meant_is_said() {
        let config: InventoryConfig =
            toml::from_str("[[mapping]]\nfiles = \"a\"\nformat = \"aws-acces-keys\"\ntime-zone = \"Mars/Base\"\n")
                .unwrap();
        let mut wrong = Vec::new();
        config.check(&mut wrong);
        assert!(wrong[0].message.contains("no inventory format; there are"));
        assert!(wrong[1].message.contains("Mars/Base"));
    }
}
