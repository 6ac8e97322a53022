//! What reads the rows of one table or JSON file of unknown origin: which of its headings is which property.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::cells::{add_end, is_scientific, list_field, named, set_key, set_nobody, set_state, show_id};
use super::key::{Digest, Field, Key, Origin, Shown, Text};
use super::mapping::{Mapping, Property};
use super::problem::{Kind, quoted};
use super::provider::{provider_of_stem, provider_word};
use super::row::{Context, Glimpse, PendingDate, Row, digest_of, glimpse, lookup, read_time, text_of};
use super::time::{self, Clock, DateOrder, Reading};
use super::words::{self, Meaning};
/// What reads rows of one file by their headings.
pub struct Plan {
    columns: Vec<Column>,
    mapping: Mapping,
    provider: Text,
    kind: Text,
    /// What members of JSON rows mean, by name.
    members: RefCell<HashMap<String, Option<Column>>>,
    /// What the columns have shown about the order of day and month.
    orders: RefCell<BTreeMap<Property, time::Column>>,
    clock: Clock,
}

#[derive(Clone, Debug)]
struct Column {
    index: usize,
    heading: String,
    meaning: Meaning,
    clock: Clock,
    /// Whether an explicit mapping names it.
    explicit: bool,
}

/// Headings of which a table has to have so many before it counts as an inventory.
pub const ENOUGH: usize = 2;

impl Plan {
    /// A plan for the headings of a table; `None` where too few of them are known, or some of the mapping's are absent.
    #[must_use]
    pub fn of_headings(headings: &[String], mapping: &Mapping, context: &Context) -> Option<Plan> {
        let mut plan = Plan::bare(mapping, context);
        for (&property, wanted) in &mapping.columns {
            let exact = headings.iter().position(|heading| heading.trim() == wanted.trim());
            let folded = || headings.iter().position(|heading| words::fold(heading) == words::fold(wanted));
            let index = exact.or_else(folded)?;
            plan.columns.push(plan.column(index, &headings[index], Meaning::Is(property), true));
        }
        for (index, heading) in headings.iter().enumerate() {
            let Some(meaning) = words::meaning(heading) else { continue };
            let taken = plan.columns.iter().any(|column| {
                column.index == index || (column.meaning == meaning && (column.explicit || !is_list(meaning)))
            });
            // A second column about the end says nothing new.
            let expires = |column: &Column| column.meaning == Meaning::Is(Property::Expires);
            let told = meaning == Meaning::Until && plan.columns.iter().any(expires);
            if !(taken || told) {
                plan.columns.push(plan.column(index, heading, meaning, false));
            }
        }
        let known = plan.columns.iter().filter(|column| column.meaning != Meaning::Nothing).count();
        let identified = plan.columns.iter().any(|column| {
            matches!(
                column.meaning,
                Meaning::Is(
                    Property::Id
                        | Property::Name
                        | Property::Key
                        | Property::Prefix
                        | Property::Suffix
                        | Property::Hash
                        | Property::PublicKey
                )
            )
        });
        (identified && (known >= ENOUGH || !mapping.columns.is_empty())).then_some(plan)
    }

    /// A plan for JSON rows, whose members are looked at row by row.
    #[must_use]
    pub fn of_members(mapping: &Mapping, context: &Context) -> Plan {
        Plan::bare(mapping, context)
    }

    fn bare(mapping: &Mapping, context: &Context) -> Plan {
        let provider = match &mapping.provider {
            Some(provider) => context.shared(&provider_word(provider)),
            None => {
                provider_of_stem(&context.stem).map_or_else(|| context.shared("generic"), |word| context.shared(word))
            }
        };
        Plan {
            columns: Vec::new(),
            mapping: mapping.clone(),
            provider,
            kind: context.shared("key"),
            members: RefCell::default(),
            orders: RefCell::default(),
            clock: context.clock.clone(),
        }
    }

    fn column(&self, index: usize, heading: &str, meaning: Meaning, explicit: bool) -> Column {
        let zone = words::bracketed(heading).and_then(time::zone);
        let end_of_day = meaning == Meaning::Until || words::meaning(heading) == Some(Meaning::Until);
        Column {
            index,
            heading: heading.trim().to_owned(),
            meaning,
            clock: Clock { zone: zone.unwrap_or_else(|| self.clock.zone.clone()), end_of_day },
            explicit,
        }
    }

    /// The order of day and month that each column of dates has shown.
    #[must_use]
    pub fn orders(&self) -> BTreeMap<Property, time::Column> {
        self.orders.borrow().clone()
    }

    /// How many headings mean something.
    #[must_use]
    pub fn known_columns(&self) -> usize {
        self.columns.len()
    }

    /// Reads a row of a table.
    pub fn read_cells<'r>(
        &self,
        cell: &dyn Fn(usize) -> Option<&'r str>,
        origin: Origin,
        context: &Context,
        say: &mut dyn FnMut(Kind, String),
        pending: &mut Vec<PendingDate>,
    ) -> Result<Key, Unread> {
        let mut key = self.start(origin);
        for column in &self.columns {
            if let Some(text) = cell(column.index) {
                self.set(&mut key, column, text, context, say, pending);
            }
        }
        finish(key)
    }

    /// Reads a JSON row.
    pub fn read_object(
        &self,
        row: &Row<'_>,
        say: &mut dyn FnMut(Kind, String),
        pending: &mut Vec<PendingDate>,
    ) -> Result<Key, Unread> {
        let Some(object) = row.value.as_object() else { return Err(Unread::Not("it is no object")) };
        let mut key = self.start(row.origin);
        for (&property, path) in &self.mapping.columns {
            let value = row.value.get(path).or_else(|| lookup(row.value, &path.replace('.', "/")));
            if let Some(value) = value {
                let column = self.column(0, path, Meaning::Is(property), true);
                self.set_value(&mut key, &column, value, row.context, say, pending);
            }
        }
        for (name, value) in object {
            let column = {
                let mut members = self.members.borrow_mut();
                match members.get(name) {
                    Some(column) => column.clone(),
                    None => {
                        let column = words::meaning(name)
                            .filter(|meaning| {
                                !matches!(meaning, Meaning::Is(property) if self.mapping.columns.contains_key(property))
                            })
                            .map(|meaning| self.column(0, name, meaning, false));
                        // The names of rows that are all different would fill the memory.
                        if members.len() < 1000 {
                            members.insert(name.clone(), column.clone());
                        }
                        column
                    }
                }
            };
            if let Some(column) = column {
                self.set_value(&mut key, &column, value, row.context, say, pending);
            }
        }
        if key.id.is_unknown()
            && let Some(name) = row.name
        {
            key.id = Field::Known(name.into());
        }
        finish(key)
    }

    fn start(&self, origin: Origin) -> Key {
        let mut key = Key::new(self.provider.clone(), self.kind.clone());
        key.origin = origin;
        key
    }

    fn set_value(
        &self,
        key: &mut Key,
        column: &Column,
        value: &Value,
        context: &Context,
        say: &mut dyn FnMut(Kind, String),
        pending: &mut Vec<PendingDate>,
    ) {
        match (value, column.meaning) {
            (Value::Null, Meaning::Is(Property::Owner)) => set_nobody(key),
            (Value::Array(values), Meaning::Is(Property::Owner)) => {
                let names: Vec<String> =
                    values.iter().filter_map(|value| text_of(value).or_else(|| named(value))).collect();
                if names.is_empty() == values.is_empty() {
                    self.set(key, column, &names.join(", "), context, say, pending);
                }
            }
            (Value::Null, _) => {}
            (Value::Array(values), Meaning::Is(property)) => {
                if let Some(list) = list_field(key, property) {
                    let texts = values.iter().map(|value| text_of(value).or_else(|| named(value)));
                    let texts = texts.map(|text| text.unwrap_or_else(|| "(structured)".to_owned()));
                    *list = context.shared_list(texts.map(|text| context.shared(&text)).collect());
                }
            }
            (Value::Object(_), Meaning::Is(_)) => {
                if let Some(text) = named(value) {
                    self.set(key, column, &text, context, say, pending);
                }
            }
            // A number in the column of dates may be a time that a text would not be.
            (Value::Number(_), Meaning::Is(property)) if property.date(key).is_some() => {
                self.set_date(key, column, property, read_time(value, &column.clock), &value.to_string(), say, pending);
            }
            (value, _) => {
                if let Some(text) = text_of(value) {
                    self.set(key, column, &text, context, say, pending);
                }
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn set_date(
        &self,
        key: &mut Key,
        column: &Column,
        property: Property,
        reading: Reading,
        cell: &str,
        say: &mut dyn FnMut(Kind, String),
        pending: &mut Vec<PendingDate>,
    ) {
        let value = match reading {
            Reading::Is(field) => field,
            Reading::Decided(time, order) => {
                self.orders.borrow_mut().entry(property).or_default().saw(order);
                Field::Known(time)
            }
            Reading::Ambiguous(day_first, month_first) => match self.mapping.date_order {
                Some(DateOrder::DayFirst) => Field::Known(day_first),
                Some(DateOrder::MonthFirst) => Field::Known(month_first),
                None => {
                    pending.push(PendingDate { property, day_first, month_first });
                    return;
                }
            },
            Reading::Not(why) => {
                say(Kind::BadValue, format!("`{}`: {} is no time: {why}", column.heading, quoted(cell)));
                return;
            }
        };
        if let Some(field) = property.date(key) {
            *field = value.or(*field);
        }
    }

    fn set(
        &self,
        key: &mut Key,
        column: &Column,
        cell: &str,
        context: &Context,
        say: &mut dyn FnMut(Kind, String),
        pending: &mut Vec<PendingDate>,
    ) {
        // What spreadsheets put before a cell to keep it from being a formula.
        let cell = match cell.trim().strip_prefix('\'') {
            Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
            _ => cell.trim(),
        };
        let property = match column.meaning {
            Meaning::Nothing => return,
            Meaning::State(status) => {
                match words::boolean(cell) {
                    Some(yes) => set_state(key, status, yes, Field::Unknown),
                    None if words::is_blank(cell) => {}
                    // `Revoked: 2024-05-01`: a date says yes.
                    None => match time::read(cell, &column.clock) {
                        Reading::Not(_) => match words::status(cell) {
                            Some(status) => key.status = status.or(key.status),
                            None => say(
                                Kind::BadValue,
                                format!("`{}`: {} is neither yes nor no", column.heading, quoted(cell)),
                            ),
                        },
                        Reading::Is(Field::Empty | Field::Unknown) => {}
                        Reading::Is(since) => set_state(key, status, true, since),
                        Reading::Decided(since, _) => set_state(key, status, true, Field::Known(since)),
                        Reading::Ambiguous(..) => set_state(key, status, true, Field::Unknown),
                    },
                }
                return;
            }
            Meaning::Until => Property::Expires,
            Meaning::Is(property) => property,
        };
        if property.date(key).is_some() {
            let reading = time::read(cell, &column.clock);
            return self.set_date(key, column, property, reading, cell, say, pending);
        }
        if let Some(list) = list_field(key, property) {
            *list = context.list(cell).or(list.clone());
            return;
        }
        if property == Property::Owner && words::is_nobody(cell) {
            return set_nobody(key);
        }
        let none = words::is_none(cell) && cell != "none" && cell != "None";
        if words::is_blank(cell) && !none {
            return;
        }
        let text = |field: &mut Field<Text>, text: Text| {
            if field.is_unknown() {
                *field = if none { Field::Empty } else { Field::Known(text) };
            }
        };
        match property {
            Property::Provider => key.provider = context.shared(&provider_word(cell)),
            Property::Kind => key.kind = context.shared(&words::fold(cell).replace(' ', "-")),
            Property::Id => {
                if is_scientific(cell) {
                    say(
                        Kind::BadValue,
                        format!(
                            "`{}`: {} was an id before a spreadsheet rounded it; export it again as text",
                            column.heading,
                            quoted(cell)
                        ),
                    );
                } else {
                    text(&mut key.id, cell.into());
                }
            }
            Property::Name => text(&mut key.name, cell.into()),
            Property::Owner if key.owner.known().is_none() => key.owner = Field::Known(context.shared(cell)),
            Property::Owner => {}
            Property::Account => text(&mut key.account, context.shared(cell)),
            Property::Environment => text(&mut key.environment, context.shared(cell)),
            Property::Supersedes => text(&mut key.supersedes, cell.into()),
            Property::Status => match words::status(cell) {
                Some(status) => key.status = status.or(key.status),
                None => say(Kind::BadValue, format!("`{}`: {} is no known state", column.heading, quoted(cell))),
            },
            Property::Key => set_key(key, cell),
            Property::Prefix | Property::Suffix => {
                let bare = match glimpse(cell) {
                    Glimpse::Mask(Shown::Mask { prefix, suffix }) => {
                        if prefix.is_empty() {
                            suffix
                        } else {
                            prefix
                        }
                    }
                    Glimpse::Nothing => return,
                    _ => Text::from(cell),
                };
                add_end(key, bare, property == Property::Prefix);
            }
            Property::Hash => match digest_of(cell, self.mapping.digest.map(Digest::from)) {
                Some(digest) => key.shown.push(digest),
                None => say(
                    Kind::BadValue,
                    format!("`{}`: this is no digest in hexadecimal digits or base64", column.heading),
                ),
            },
            Property::PublicKey => key.shown.push(Shown::Public(cell.into())),
            _ => {}
        }
    }
}

/// Why a row is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is left out on purpose.
    Skipped(&'static str),
    /// It should have been one.
    Not(&'static str),
}

fn finish(mut key: Key) -> Result<Key, Unread> {
    const TOTALS: &[&str] = &["total", "totals", "sum", "summe", "gesamt", "totaal", "gesamtsumme"];
    let word = |field: &Field<Text>| field.known().map(|text| text.trim_end_matches(':').to_lowercase());
    let nothing = key.created.is_unknown() && key.owner.known().is_none() && key.shown.is_empty();
    let first = word(&key.name).or_else(|| word(&key.id));
    if nothing && first.as_deref().is_some_and(|first| TOTALS.contains(&first)) {
        return Err(Unread::Skipped("lines of totals"));
    }
    if key.name.is_unknown() && key.id.is_unknown() && key.shown.is_empty() {
        return Err(Unread::Not("it has neither a name nor an id nor anything of the key"));
    }
    if is_publishable(&key) {
        return Err(Unread::Skipped("publishable keys, which are no secrets"));
    }
    show_id(&mut key);
    Ok(key)
}

/// Whether it is a key that stands in web pages on purpose (Stripe documentation, "API keys": `pk_`).
fn is_publishable(key: &Key) -> bool {
    const START: &str = "pk_";
    key.provider == "stripe"
        && key.shown.iter().any(|shown| match shown {
            Shown::Mask { prefix, .. } => prefix.starts_with(START),
            Shown::Plain(secret) => secret.expose().starts_with(START.as_bytes()),
            _ => false,
        })
}

fn is_list(meaning: Meaning) -> bool {
    matches!(
        meaning,
        Meaning::Is(Property::Scopes | Property::Resources | Property::Integrations | Property::Restrictions)
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::cells::set_constant;
    use super::super::key::Status;
    use super::*;

    fn context(stem: &str) -> Context {
        Context::new(stem.into(), Clock::default(), None)
    }

    fn read(headings: &[&str], cells: &[&str], mapping: &Mapping) -> (Option<Key>, Vec<String>) {
        let context = context("keys");
        let headings: Vec<String> = headings.iter().map(|&heading| heading.to_owned()).collect();
        let plan = Plan::of_headings(&headings, mapping, &context).unwrap();
        let mut said = Vec::new();
        let key = plan.read_cells(
            &|index| cells.get(index).copied(),
            Origin::default(),
            &context,
            &mut |_, message| said.push(message),
            &mut Vec::new(),
        );
        (key.ok(), said)
    }

    #[test]
    fn german_and_dutch_tables_are_read_by_their_headings() {
        let (key, said) = read(
            &[
                "API-Schlüsselname",
                "Berechtigungen",
                "Status",
                "Erstellt am",
                "Zuletzt verwendet",
                "Gültig bis",
                "Inhaber",
            ],
            &["Beispiel", "Vollzugriff", "Aktiv", "01.02.2024", "nie", "31.12.2026", "a@example.com"],
            &Mapping::default(),
        );
        let key = key.unwrap();
        assert_eq!(said, Vec::<String>::new());
        assert_eq!(key.name, Field::Known("Beispiel".into()));
        assert_eq!(key.created, Field::Known("2024-02-01T00:00:00Z".parse().unwrap()));
        assert_eq!(key.last_used, Field::Empty);
        assert_eq!(key.expires, Field::Known("2026-12-31T23:59:59Z".parse().unwrap()));
        assert_eq!(key.status, Field::Known(Status::Active));
        let (key, _) = read(
            &["API-sleutelnaam", "Laatst gebruikt", "Verloopt op", "Ingetrokken", "Machtigingen"],
            &["Voorbeeld", "", "geen", "ja", "Lezen en schrijven"],
            &Mapping::default(),
        );
        let key = key.unwrap();
        assert_eq!((key.last_used, key.expires), (Field::Unknown, Field::Empty));
        assert_eq!(key.status, Field::Known(Status::Revoked));
        assert_eq!(key.scopes.known().unwrap().as_slice(), ["Lezen en schrijven"]);
    }

    #[test]
    fn a_column_called_key_may_hold_a_mask_a_name_or_the_key() {
        let headings = ["Key", "Created", "Owner"];
        let (key, _) = read(&headings, &["sk-...ab12", "2024-01-01", ""], &Mapping::default());
        assert_eq!(key.unwrap().shown[0].to_string(), "mask sk-…ab12");
        let (key, _) = read(&headings, &["Build server", "2024-01-01", ""], &Mapping::default());
        assert_eq!(key.unwrap().name, Field::Known("Build server".into()));
        let plain = format!("{}{}", "abcdefgh", "01234567");
        let (key, _) = read(&headings, &[&plain, "2024-01-01", ""], &Mapping::default());
        let key = key.unwrap();
        assert!(key.is_in_plaintext() && key.name.is_unknown());
    }

    #[test]
    fn a_mapping_names_columns_constants_and_more() {
        let mapping: Mapping = toml::from_str(
            "provider = 'Acme Inc'\ndate-order = 'month-first'\ntime-zone = 'Europe/Berlin'\n\
             [columns]\nname = 'Tag'\ncreated = 'Born'\n[constants]\nenvironment = 'production'\nstatus = 'active'\n",
        )
        .unwrap();
        assert_eq!(mapping.check(), Ok(()));
        let context =
            Context::new("x".into(), Clock { zone: mapping.zone().unwrap(), end_of_day: false }, mapping.date_order);
        let headings = ["Born".to_owned(), "Tag".to_owned()];
        let plan = Plan::of_headings(&headings, &mapping, &context).unwrap();
        let cells = ["02/03/2024 12:00", "one"];
        let mut key = plan
            .read_cells(&|i| cells.get(i).copied(), Origin::default(), &context, &mut |_, _| {}, &mut Vec::new())
            .unwrap();
        mapping.constants.iter().for_each(|(&property, value)| set_constant(&mut key, property, value));
        assert_eq!((key.provider.as_str(), key.name), ("acme-inc", Field::Known("one".into())));
        assert_eq!(key.created, Field::Known("2024-02-03T11:00:00Z".parse().unwrap()));
        assert_eq!((key.environment, key.status), (Field::Known("production".into()), Field::Known(Status::Active)));

        assert!(Plan::of_headings(&["Name".into(), "Created".into()], &mapping, &context).is_none());
        assert!(toml::from_str::<Mapping>("colums = {}").is_err());
        let bad = Mapping { time_zone: Some("Moon".into()), ..Mapping::default() };
        assert!(bad.check().unwrap_err().to_string().contains("Moon"));
        let bad = Mapping { constants: [(Property::Status, "asleep".into())].into(), ..Mapping::default() };
        assert!(bad.check().unwrap_err().to_string().contains("asleep"));
    }

    #[test]
    fn damage_of_spreadsheets_is_said() {
        let (key, said) = read(&["ID", "Name"], &["1.23E+15", "one"], &Mapping::default());
        assert!(key.unwrap().id.is_unknown() && said[0].contains("rounded"), "{said:?}");
        let (key, said) = read(&["ID", "Name", "Created"], &["'=1+1", "one", "soon"], &Mapping::default());
        let key = key.unwrap();
        assert_eq!((key.id, key.created), (Field::Known("=1+1".into()), Field::Unknown));
        assert!(said[0].contains("`Created`: `soon` is no time"), "{said:?}");
    }

    #[test]
    fn columns_that_are_states_are_turned_round() {
        let state =
            |heading: &str, cell: &str| read(&["Name", heading], &["one", cell], &Mapping::default()).0.unwrap().status;
        assert_eq!(state("Enabled", "no"), Field::Known(Status::Inactive));
        assert_eq!(state("Disabled", "no"), Field::Known(Status::Active));
        assert_eq!(state("Revoked", "2024-01-01"), Field::Known(Status::Revoked));
        assert_eq!(state("Revoked", ""), Field::Unknown);
    }

    proptest! {
        #[test]
        fn any_cells_make_a_key_or_a_reason(cells in proptest::collection::vec("\\PC{0,30}", 8)) {
            let headings = ["Name", "ID", "Key", "Created", "Status", "Scopes", "Revoked", "Hash"];
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let (key, said) = read(&headings, &cells, &Mapping::default());
            let whole = cells.iter().all(|cell| words::is_blank(cell));
            prop_assert!(key.is_some() || whole || !said.is_empty() || cells[..3].iter().all(|c| words::is_blank(c) || glimpse(c) == Glimpse::Nothing) || cells[0].to_lowercase().contains("tot") || cells[0].to_lowercase().contains("sum") || cells[0].to_lowercase().contains("gesamt"));
        }
    }
}
