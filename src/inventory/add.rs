//! Adds what records have given to the keys that are known.

use std::collections::BTreeMap;

use super::cells::set_constant;
use super::key::{Field, Key, Origin, Shown, SourceId};
use super::mapping::Property;
use super::plan::Plan;
use super::problem::{Kind, looks_secret, quoted};
use super::row::PendingDate;
use super::time::DateOrder;
use super::{Inventory, merge};
use crate::secret::Secret;

impl Inventory {
    /// Takes over what a record has given.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn take(
        &mut self,
        id: SourceId,
        origin: Origin,
        keys: Vec<Key>,
        events: bool,
        problems: Vec<(Kind, String)>,
        skipped: Option<&'static str>,
        mut added: impl FnMut(u32),
    ) {
        let gave = !keys.is_empty();
        let bad = problems.iter().any(|(kind, _)| *kind == Kind::BadRow);
        for key in keys {
            let index = self.add(key, events);
            added(index);
        }
        if let Some(source) = self.source_mut(id) {
            if gave {
                source.read += 1;
            } else if let (false, Some(reason)) = (bad, skipped) {
                *source.skipped.entry(reason).or_default() += 1;
            } else {
                source.bad += 1;
            }
        }
        if !gave && skipped.is_none() && !bad {
            self.problem(origin, Kind::BadRow, "it holds no key".to_owned(), None);
        }
        for (kind, message) in problems {
            self.problem(origin, kind, message, None);
        }
    }

    /// Adds a key, or adds what its record says to the key that is there already; where that is.
    pub(super) fn add(&mut self, mut key: Key, events: bool) -> u32 {
        self.take_secrets_out(&mut key);
        for (&property, value) in &self.options.mapping.constants {
            set_constant(&mut key, property, value);
        }
        if key.partial {
            self.partial.push(key);
            return u32::MAX;
        }
        let origin = key.origin;
        if let Some(at) = self.index.find(&self.keys, &key) {
            self.join(at, key, events);
            return at;
        }
        let at = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        self.index.insert(&key, at);
        if key.is_in_plaintext() {
            let message = "the key itself stands in the inventory".to_owned();
            let help = "replace the key, and export inventories without secrets".to_owned();
            self.problem(origin, Kind::Plaintext, message, Some(help));
        }
        self.keys.push(key);
        at
    }

    pub(super) fn join(&mut self, at: u32, key: Key, events: bool) {
        let origin = key.origin;
        let Some(mine) = self.keys.get_mut(at as usize) else { return };
        let first = mine.origin;
        // An id that stands in tables whole is no secret in a sentence either.
        let id = mine.id.known().filter(|_| mine.name.known().is_none());
        let label = match id {
            Some(id) if mine.shown.iter().any(|shown| matches!(shown, Shown::Id(whole) if whole == id)) => {
                format!("`{}`", crate::report::visible::line(id))
            }
            _ => quoted(&mine.label()),
        };
        let conflicts = merge::merge(mine, key, events);
        let mine = mine.clone();
        self.index.insert(&mine, at);
        let place = match self.source(first.source) {
            Some(source) if first.source != origin.source => format!("in {}:{}", source.path, first.line),
            _ => format!("in line {}", first.line),
        };
        if first.source == origin.source && !events && conflicts.is_empty() {
            self.problem(origin, Kind::Duplicate, format!("{label} is listed {place} already"), None);
        }
        for conflict in conflicts {
            self.problem(origin, Kind::Conflict, format!("{label}: {conflict} {place}"), None);
        }
    }

    /// Joins a record that names no key of its own with the only key that it can mean.
    pub(super) fn attach(&mut self, partial: Key) {
        let fits =
            |key: &Key| key.provider == partial.provider && key.kind == partial.kind && key.owner == partial.owner;
        let mut found = self.keys.iter().enumerate().filter(|(_, key)| fits(key)).map(|(at, _)| at);
        let (first, second) = (found.next(), found.next());
        let owner = partial.owner.known().map_or_else(|| "nobody".to_owned(), |owner| quoted(owner));
        match (first, second) {
            (Some(at), None) => self.join(u32::try_from(at).unwrap_or(u32::MAX), partial, false),
            (first, _) => {
                let message = match first {
                    None => format!("it tells of a key of {owner}, and no listing has one"),
                    Some(_) => format!("it tells of a key of {owner}, who has several"),
                };
                let help = "name the file after the id of the key, or add the listing".to_owned();
                if let Some(source) = self.source_mut(partial.origin.source) {
                    source.read = source.read.saturating_sub(1);
                    source.bad += 1;
                }
                self.problem(partial.origin, Kind::BadRow, message, Some(help));
            }
        }
    }

    /// People paste keys into names and notes. What the rules see there is kept as a secret, and its text redacted.
    fn take_secrets_out(&mut self, key: &mut Key) {
        let Some(detector) = &self.options.detector else { return };
        let fields = [&mut key.name, &mut key.id, &mut key.owner, &mut key.account, &mut key.supersedes];
        for field in fields {
            let Field::Known(text) = &*field else { continue };
            if !looks_secret(text) || is_uuid(text) {
                continue;
            }
            if let Some(secret) = secret_in(text, detector) {
                let whole = String::from_utf8_lossy(secret.expose()).into_owned();
                *field = Field::Known(text.replace(&whole, &secret.redacted()).into());
                key.shown.push(Shown::Plain(secret));
            }
        }
    }

    /// Settles dates that their cells left open by what the other cells of their column have shown.
    pub(super) fn settle_dates(&mut self, id: SourceId, plan: Option<&Plan>, pending: Vec<(u32, PendingDate)>) {
        let orders = plan.map(Plan::orders).unwrap_or_default();
        let mut open: BTreeMap<Property, (u64, bool)> = BTreeMap::new();
        for (at, date) in pending {
            let column = orders.get(&date.property).copied().unwrap_or_default();
            let time = match column.order() {
                Some(DateOrder::DayFirst) => date.day_first,
                Some(DateOrder::MonthFirst) => date.month_first,
                None => {
                    let open = open.entry(date.property).or_default();
                    open.0 += 1;
                    open.1 = column.is_mixed();
                    continue;
                }
            };
            if let Some(key) = self.keys.get_mut(at as usize)
                && let Some(field) = date.property.date(key)
            {
                *field = field.or(Field::Known(time));
            }
        }
        for (property, (count, mixed)) in open {
            let why = if mixed { "its other dates contradict each other" } else { "no other date tells which" };
            let message = format!(
                "`{}`: the day and the month of {count} dates can be read in either order, and {why}; they stay unknown",
                property.as_str()
            );
            let help = "say the order: --date-order day-first, or month-first".to_owned();
            self.file_problem(id, Kind::AmbiguousDate, message, Some(help));
        }
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// A plaintext key that a text holds, as the rules see it: taken out of the text.
fn secret_in(text: &str, detector: &crate::detect::Detector) -> Option<Secret> {
    let found = detector.detect(text.as_bytes(), true);
    let found = found.iter().find(|found| detector.ruleset().rule(found.rule).secret)?;
    Some(Secret::new(text.as_bytes()[found.span.clone()].to_vec()))
}
