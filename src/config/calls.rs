//! The section `[calls]`: how call logs are read that keytrail does not know, and from where on something in them is
//! worth saying.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::Wrong;
use super::glob::{self, Pattern};
use crate::calls::Options;
use crate::calls::format::mapped::{CallField, CallMapping, Plan};
use crate::calls::judge::Limits;
use crate::inventory::time::DateOrder;

/// How call logs are read and judged.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CallsConfig {
    /// So many failed attempts within `burst-minutes` are a burst; 10 unless given.
    #[schemars(with = "Option<u64>", range(min = 1))]
    pub burst_attempts: Option<Spanned<u64>>,
    /// The minutes that a burst takes at most; 5 unless given.
    #[schemars(with = "Option<u32>", range(min = 1))]
    pub burst_minutes: Option<Spanned<u32>>,
    /// The first days of a log, in which it is learnt from where keys are used; 14 unless given.
    pub baseline_days: Option<u32>,
    /// A log that covers fewer days says nothing about keys and scopes that are not used; 30 unless given.
    pub unused_days: Option<u32>,
    /// How logs of certain names are read; the first that fits a file is used.
    pub mapping: Vec<LogMapping>,
}

/// How the logs of certain names are read.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LogMapping {
    /// Pattern of the files' paths as they are given, or of their names: `gateway-*.jsonl`.
    #[schemars(with = "String")]
    pub files: Spanned<String>,
    /// Who issued the keys. Without it a key that no inventory lists cannot be called unknown, since it may belong to
    /// anybody.
    #[serde(default)]
    pub provider: Option<String>,
    /// Where the rows of a JSON document are: the names of the members on the way to them with dots between.
    #[serde(default)]
    pub rows: Option<String>,
    /// How dates made of numbers are ordered: `day-first` or `month-first`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub date_order: Option<DateOrder>,
    /// The zone of times that name none, as `Europe/Berlin` or `+01:00`; UTC unless given.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Heading of the column of each field; in JSON the member's name, with dots for members inside members.
    #[serde(default)]
    pub fields: BTreeMap<CallField, String>,
    /// More words of the outcome that mean that the call was done.
    #[serde(default)]
    pub success: Vec<String>,
    /// More words of the outcome that mean that the key or its rights were refused.
    #[serde(default)]
    pub denied: Vec<String>,
}

impl LogMapping {
    /// What the reader of logs takes.
    #[must_use]
    pub fn mapping(&self) -> CallMapping {
        CallMapping {
            provider: self.provider.clone(),
            rows: self.rows.clone(),
            date_order: self.date_order,
            time_zone: self.time_zone.clone(),
            fields: self.fields.clone(),
            success: self.success.clone(),
            denied: self.denied.clone(),
        }
    }
}

impl CallsConfig {
    /// Puts a section that comes later over this one.
    pub(super) fn overlay(&mut self, later: CallsConfig) {
        self.burst_attempts = later.burst_attempts.or(self.burst_attempts.take());
        self.burst_minutes = later.burst_minutes.or(self.burst_minutes.take());
        self.baseline_days = later.baseline_days.or(self.baseline_days);
        self.unused_days = later.unused_days.or(self.unused_days);
        // The first mapping that fits a file is used.
        self.mapping.splice(..0, later.mapping);
    }

    /// From where on something is worth saying. How long an old key may be used beside its successor is a matter of
    /// `audit.overlap`.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            burst_attempts: self.burst_attempts.as_ref().map_or(usual.burst_attempts, |number| *number.get_ref()),
            burst_minutes: self.burst_minutes.as_ref().map_or(usual.burst_minutes, |number| *number.get_ref()),
            baseline_days: self.baseline_days.unwrap_or(usual.baseline_days),
            unused_days: self.unused_days.unwrap_or(usual.unused_days),
            ..usual
        }
    }

    /// How logs are read. Patterns that [`check`](Self::check) complains about are left out.
    #[must_use]
    pub fn options(&self) -> Options {
        let by_name =
            self.mapping.iter().filter_map(|log| Some((Pattern::new(log.files.get_ref()).ok()?, log.mapping())));
        Options { by_name: by_name.collect(), ..Options::default() }
    }

    /// Says what cannot be meant.
    pub fn check(&self, wrong: &mut Vec<Wrong>) {
        let none =
            |span: std::ops::Range<usize>| Wrong { span, message: "`0` is no limit; write 1 or more".to_owned() };
        wrong.extend(
            self.burst_attempts.iter().filter(|number| *number.get_ref() == 0).map(|number| none(number.span())),
        );
        wrong.extend(
            self.burst_minutes.iter().filter(|number| *number.get_ref() == 0).map(|number| none(number.span())),
        );
        for log in &self.mapping {
            glob::check(&log.files, wrong);
            if let Err(error) = Plan::new(&log.mapping()) {
                wrong.push(Wrong { span: log.files.span(), message: error.to_string() });
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_given_is_usual_and_what_cannot_be_meant_is_said() {
        let config: CallsConfig = toml::from_str("burst-attempts = 3\n[[mapping]]\nfiles = \"gateway-*\"\n").unwrap();
        assert_eq!(config.limits(), Limits { burst_attempts: 3, ..Limits::default() });
        assert_eq!(config.options().by_name.len(), 1);
        let text = "burst-attempts = 0\nburst-minutes = 0\n[[mapping]]\nfiles = \"a[\"\ntime-zone = \"Mars/Base\"\n";
        let config: CallsConfig = toml::from_str(text).unwrap();
        let mut wrong = Vec::new();
        config.check(&mut wrong);
        assert_eq!(wrong.len(), 4, "{wrong:?}");
        assert!(wrong[3].message.contains("Mars/Base"));
    }
}
