//! Tables and JSON of any origin: which heading is which property of a key, by the words that people use or by an
//! explicit [`Mapping`].
//!
//! A mapping is what a configuration file or the command line says. Everything it leaves out is told by the headings.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::key::{Digest, Field, Key, Origin, Shown, Status, Text};
use super::problem::{Kind, quoted};
use super::row::{Context, Glimpse, PendingDate, Row, digest_of, glimpse, lookup, read_time, shown_of, text_of};
use super::time::{self, Clock, DateOrder, Reading};
use super::words::{self, Meaning};
use crate::secret::Secret;

macro_rules! properties {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)+) => {
        /// A property of a key that a column can hold.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        pub enum Property {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }

        impl Property {
            /// Every property, in the order in which tables show them.
            pub const ALL: &[Property] = &[$(Property::$variant,)+];

            /// The name used in mappings and as heading of keytrail's own tables.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Property::$variant => $name,)+ }
            }

            /// The property of that name.
            #[must_use]
            pub fn of_name(name: &str) -> Option<Property> {
                Property::ALL.iter().copied().find(|property| property.as_str() == name)
            }
        }
    };
}

properties! {
    /// Who issued the key.
    Provider = "provider";
    /// What kind of credential it is.
    Kind = "kind";
    /// The provider's identifier.
    Id = "id";
    /// The label that people gave it.
    Name = "name";
    /// Who answers for it.
    Owner = "owner";
    /// Organisation, project or workspace.
    Account = "account";
    /// Production, test.
    Environment = "environment";
    /// What uses it.
    Integrations = "integrations";
    /// What it may do.
    Scopes = "scopes";
    /// What it reaches.
    Resources = "resources";
    /// From where it may be used.
    Restrictions = "restrictions";
    /// Whether it works.
    Status = "status";
    /// When it was made.
    Created = "created";
    /// When its secret last changed.
    Rotated = "rotated";
    /// When it was last used.
    LastUsed = "last-used";
    /// When it stops working.
    Expires = "expires";
    /// When it was last reviewed.
    Reviewed = "reviewed";
    /// When it is to be rotated.
    RotationDue = "rotation-due";
    /// Which key it replaces.
    Supersedes = "supersedes";
    /// The key itself, masked or whole.
    Key = "key";
    /// Its first characters.
    Prefix = "prefix";
    /// Its last characters.
    Suffix = "suffix";
    /// A digest of it.
    Hash = "hash";
    /// The public half of a private key, or its fingerprint.
    PublicKey = "public-key";
}

impl Property {
    /// The field of a date; `None` for what is no date.
    pub(crate) fn date(self, key: &mut Key) -> Option<&mut Field<Timestamp>> {
        Some(match self {
            Property::Created => &mut key.created,
            Property::Rotated => &mut key.rotated,
            Property::LastUsed => &mut key.last_used,
            Property::Expires => &mut key.expires,
            Property::Reviewed => &mut key.reviewed,
            Property::RotationDue => &mut key.rotation_due,
            _ => return None,
        })
    }
}

/// How to read a table or a JSON file that keytrail does not know.
///
/// ```toml
/// provider = "acme"
/// date-order = "day-first"
/// time-zone = "Europe/Berlin"
/// columns = { name = "Label", created = "Made on", owner = "user.mail" }
/// constants = { environment = "production" }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Mapping {
    /// Who issued the keys, where no column says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Where the rows of a JSON file are: the names of the members on the way to them with dots between, as `data.keys`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<String>,
    /// How dates made of numbers are ordered, where the day and the month cannot be told apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub date_order: Option<DateOrder>,
    /// The zone of times that name none, as `Europe/Berlin` or `+01:00`; UTC unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// How the digests in the column of `hash` were made, where their length leaves it open.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub digest: Option<DigestName>,
    /// Heading of the column of each property; in JSON the member's name, with dots for members inside members.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<Property, String>,
    /// Values of properties that are the same for all keys.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub constants: BTreeMap<Property, String>,
}

/// Name of a digest in a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DigestName {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
    /// HMAC with SHA-256.
    HmacSha256,
}

impl From<DigestName> for Digest {
    fn from(name: DigestName) -> Self {
        match name {
            DigestName::Md5 => Digest::Md5,
            DigestName::Sha1 => Digest::Sha1,
            DigestName::Sha256 => Digest::Sha256,
            DigestName::Sha512 => Digest::Sha512,
            DigestName::HmacSha256 => Digest::HmacSha256,
        }
    }
}

/// A mapping that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// A zone that does not exist.
    #[error("there is no time zone `{0}`; zones are named as `Europe/Berlin`, `UTC` or `+01:00`")]
    Zone(String),
    /// A constant that is no value of its property.
    #[error("`{1}` is no value of `{0}`")]
    Constant(&'static str, String),
}

impl Mapping {
    /// The zone of times that name none.
    ///
    /// # Errors
    /// When there is no zone of the name given.
    pub(crate) fn zone(&self) -> Result<TimeZone, MappingError> {
        match &self.time_zone {
            None => Ok(TimeZone::UTC),
            Some(name) => time::zone(name).ok_or_else(|| MappingError::Zone(name.clone())),
        }
    }

    /// Checks what can be checked without a file.
    ///
    /// # Errors
    /// The first value that cannot be used.
    pub fn check(&self) -> Result<(), MappingError> {
        self.zone()?;
        for (&property, value) in &self.constants {
            let bad = match property {
                Property::Status => words::status(value).is_none(),
                // What is the same for all keys identifies none of them.
                Property::Id
                | Property::Key
                | Property::Prefix
                | Property::Suffix
                | Property::Hash
                | Property::PublicKey
                | Property::Kind => true,
                Property::Created
                | Property::Rotated
                | Property::LastUsed
                | Property::Expires
                | Property::Reviewed
                | Property::RotationDue => !matches!(time::read(value, &Clock::default()), Reading::Is(_)),
                _ => false,
            };
            if bad {
                return Err(MappingError::Constant(property.as_str(), value.clone()));
            }
        }
        Ok(())
    }
}

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

/// Sets a property that is the same for all keys, where the source does not say it. Values that are none were refused
/// by [`Mapping::check`].
pub(crate) fn set_constant(key: &mut Key, property: Property, value: &str) {
    if let Some(field) = property.date(key) {
        if let Reading::Is(time) = time::read(value, &Clock::default()) {
            *field = field.or(time);
        }
        return;
    }
    if let Some(list) = list_field(key, property) {
        if list.is_unknown() {
            let texts = super::row::split_list(value).into_iter().map(Text::from).collect();
            *list = if words::is_none(value) { Field::Empty } else { Field::Known(std::sync::Arc::new(texts)) };
        }
        return;
    }
    let field = match property {
        Property::Provider if key.provider.as_str() == "generic" => {
            key.provider = provider_word(value).into();
            show_id(key);
            return;
        }
        Property::Status => {
            key.status = key.status.or(words::status(value).unwrap_or_default());
            return;
        }
        Property::Name => &mut key.name,
        Property::Owner => &mut key.owner,
        Property::Account => &mut key.account,
        Property::Environment => &mut key.environment,
        Property::Supersedes => &mut key.supersedes,
        _ => return,
    };
    if field.is_unknown() {
        *field = Field::Known(value.into());
    }
}

/// A field for an owner that is there and empty says that there is none, unless another one names somebody.
fn set_nobody(key: &mut Key) {
    key.owner = key.owner.clone().or(Field::Empty);
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

/// An id that stands in the key itself or beside its secret is one by which a leak is recognised.
fn show_id(key: &mut Key) {
    let Field::Known(id) = &key.id else { return };
    let shown = Shown::Id(id.clone());
    if stands_in_key(&key.provider, id) && !key.shown.contains(&shown) {
        key.shown.push(shown);
    }
}

/// Whether an id has the shape of those that a provider's keys hold, or that stand beside their secrets. The shapes are
/// those of the providers' documentation: access key ids of AWS and Spaces, `SK` and 32 digits of Twilio, the
/// `private_key_id` of Google's key files, the middle part of SendGrid's keys, and the ids of Elasticsearch.
fn stands_in_key(provider: &str, id: &str) -> bool {
    let hex = |text: &str, len: usize| {
        text.len() == len && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let word =
        |len: usize| id.len() == len && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    match provider {
        _ if super::format::is_aws_key_id(id) => true,
        "digitalocean" => {
            id.len() == 20 && id.starts_with("DO") && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        }
        "twilio" => id.strip_prefix("SK").is_some_and(|rest| hex(rest, 32)),
        "gcp" | "google" => hex(id, 40),
        "sendgrid" => word(22),
        "elastic" => word(20),
        _ => false,
    }
}

fn is_list(meaning: Meaning) -> bool {
    matches!(
        meaning,
        Meaning::Is(Property::Scopes | Property::Resources | Property::Integrations | Property::Restrictions)
    )
}

fn list_field(key: &mut Key, property: Property) -> Option<&mut Field<super::key::List>> {
    Some(match property {
        Property::Scopes => &mut key.scopes,
        Property::Resources => &mut key.resources,
        Property::Integrations => &mut key.integrations,
        Property::Restrictions => &mut key.restrictions,
        _ => return None,
    })
}

/// A column that is itself a state turns its "no" round; of two such columns the graver state wins.
fn set_state(key: &mut Key, status: Status, yes: bool, since: Field<Timestamp>) {
    let said = match (status, yes) {
        (Status::Active, true) => Status::Active,
        (Status::Active, false) => Status::Inactive,
        (status, true) => status,
        (_, false) => Status::Active,
    };
    if key.status.known().is_none_or(|before| *before < said) {
        key.status = Field::Known(said);
        key.status_since = since;
    }
}

/// What a column of keys holds: a mask, a whole key, or, where the column is only called so, a name.
pub(crate) fn set_key(key: &mut Key, cell: &str) {
    if words::is_blank(cell) {
        return;
    }
    if super::format::is_aws_key_id(cell) {
        key.id = Field::Known(cell.into()).or(key.id.clone());
        return;
    }
    // A line of `authorized_keys` is the public half.
    if ["ssh-", "ecdsa-sha2-", "sk-"].iter().any(|kind| cell.starts_with(kind)) && cell.contains(" AAAA") {
        key.shown.push(Shown::Public(cell.into()));
        return;
    }
    match shown_of(cell) {
        None => {}
        Some(Shown::Plain(secret)) => {
            let spaced = cell.contains(char::is_whitespace);
            let digits = cell.bytes().any(|b| b.is_ascii_digit());
            if spaced || cell.len() < 8 || (!digits && cell.len() < 20) {
                if key.name.is_unknown() {
                    key.name = Field::Known(cell.into());
                }
            } else {
                key.shown.push(Shown::Plain(secret));
            }
        }
        Some(mask) => key.shown.push(mask),
    }
}

/// Columns of first and of last characters are two halves of one mask.
fn add_end(key: &mut Key, text: Text, first: bool) {
    for shown in &mut key.shown {
        if let Shown::Mask { prefix, suffix } = shown {
            let half = if first { prefix } else { suffix };
            if half.is_empty() {
                *half = text;
                return;
            }
        }
    }
    let (prefix, suffix) = if first { (text, Text::new()) } else { (Text::new(), text) };
    key.shown.push(Shown::Mask { prefix, suffix });
}

/// `1.23E+15`: what spreadsheets make of long ids.
fn is_scientific(cell: &str) -> bool {
    let Some((mantissa, exponent)) = cell.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    digits(mantissa) && mantissa.contains(['.', ',']) && exponent.starts_with(['+', '-']) && digits(&exponent[1..])
}

/// What an object inside a row is called.
fn named(value: &Value) -> Option<String> {
    ["email", "login", "username", "name", "displayName", "display_name", "id", "email_address", "value"]
        .iter()
        .find_map(|name| value.get(name).and_then(text_of))
}

/// The id of a provider as keytrail writes it: `GitHub` is `github`, `Terraform Cloud` is `terraform-cloud`.
#[must_use]
pub fn provider_word(name: &str) -> String {
    let lower: String = name.trim().to_lowercase();
    let word =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    match word.as_str() {
        "amazon" | "amazon-web-services" => "aws".to_owned(),
        "azure-ad" | "microsoft-entra" | "entra-id" => "entra".to_owned(),
        "google-cloud" => "gcp".to_owned(),
        "hugging-face" => "huggingface".to_owned(),
        "new-relic" => "newrelic".to_owned(),
        "hcp-terraform" | "terraform" => "terraform-cloud".to_owned(),
        "elasticsearch" => "elastic".to_owned(),
        "digital-ocean" => "digitalocean".to_owned(),
        "" => "generic".to_owned(),
        _ => word,
    }
}

/// Providers whose names people give to files.
const KNOWN: &[&str] = &[
    "docbits",
    "ownchat",
    "stripe",
    "openrouter",
    "huggingface",
    "digitalocean",
    "pagerduty",
    "telegram",
    "discord",
    "shopify",
    "notion",
    "linear",
    "hubspot",
    "mailgun",
    "pypi",
    "databricks",
    "dockerhub",
    "github",
    "gitlab",
    "aws",
    "azure",
    "entra",
    "gcp",
    "openai",
    "anthropic",
    "cloudflare",
    "datadog",
    "okta",
    "grafana",
    "elastic",
    "npm",
    "snyk",
    "slack",
    "twilio",
    "sendgrid",
    "vault",
    "kubernetes",
    "heroku",
    "vercel",
    "doppler",
    "sentry",
    "atlassian",
    "bitbucket",
    "newrelic",
];

/// Whether a word, in lower case, is the name of a provider.
pub(crate) fn is_provider(word: &str) -> bool {
    KNOWN.contains(&word)
}

/// The provider that a file is named after: `stripe-keys.csv`.
fn provider_of_stem(stem: &str) -> Option<&'static str> {
    let lower = stem.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).find_map(|word| KNOWN.iter().copied().find(|known| *known == word))
}

/// A plaintext key that a text holds, as the rules see it: taken out of the text.
pub(crate) fn secret_in(text: &str, detector: &crate::detect::Detector) -> Option<Secret> {
    let found = detector.detect(text.as_bytes(), true);
    let found = found.iter().find(|found| detector.ruleset().rule(found.rule).secret)?;
    Some(Secret::new(text.as_bytes()[found.span.clone()].to_vec()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

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

    #[test]
    fn property_names_are_read_back() {
        for &property in Property::ALL {
            assert_eq!(Property::of_name(property.as_str()), Some(property));
        }
        assert_eq!(provider_word("Terraform Cloud"), "terraform-cloud");
        assert_eq!(provider_of_stem("2026-stripe-live"), Some("stripe"));
        assert_eq!(provider_of_stem("stripes"), None);
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
