//! Logs of any origin: JSON Lines, JSON and tables, by an explicit [`CallMapping`] or by headings that say what they
//! are.
//!
//! Gateways and services of one's own write these, so that nothing is certain but what the mapping says. A key that
//! stands in such a log as it is becomes its SHA-256 at once; neither the key nor a part of it is kept.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::calls::call::{Call, Named, Outcome, Record};
use crate::inventory::key::{Digest, Field, Text};
use crate::inventory::mapping::{MappingError, Property};
use crate::inventory::problem::looks_secret;
use crate::inventory::row::{lookup, read_time, split_list, text_of};
use crate::inventory::time::{self, Clock, DateOrder, Reading};
use crate::inventory::words::{self, Meaning};

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $words:expr;)+) => {
        /// What a column of a log can hold.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        pub enum CallField {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }

        impl CallField {
            /// Every field.
            pub const ALL: &[CallField] = &[$(CallField::$variant,)+];

            /// The headings that say it, as [`words::fold`] makes them, in English, German and Dutch.
            fn words(self) -> &'static [&'static str] {
                match self { $(CallField::$variant => &$words,)+ }
            }
        }
    };
}

fields! {
    /// The provider's identifier of the key.
    KeyId = "key-id", ["key id", "api key id", "apikey id", "access key id", "token id", "credential id",
        "key identifier", "kid", "schlüssel id", "sleutel id"];
    /// A digest of the key, in hexadecimal or base64.
    KeyHash = "key-hash", ["key hash", "hashed key", "api key hash", "hashed token", "token hash", "key sha256",
        "token sha256"];
    /// The key itself; only its SHA-256 is used.
    Key = "key", ["key", "api key", "apikey", "token", "access token", "access key", "schlüssel", "api schlüssel",
        "sleutel", "api sleutel"];
    /// When the call was made.
    Time = "time", ["time", "timestamp", "@timestamp", "date", "datetime", "date time", "event time", "logged at",
        "occurred at", "requested at", "created at", "zeit", "zeitpunkt", "zeitstempel", "datum", "tijd", "tijdstip"];
    /// From where.
    Source = "source", ["source", "source ip", "source address", "source ip address", "ip", "ip address", "client ip",
        "client address", "remote ip", "remote addr", "remote address", "caller ip", "actor ip", "quelle", "herkunft",
        "bron", "herkomst"];
    /// What was asked.
    Action = "action", ["action", "event", "event name", "operation", "method name", "endpoint", "route", "path",
        "request", "aktion", "vorgang", "actie"];
    /// How it went: a word, or a status of HTTP.
    Outcome = "outcome", ["outcome", "result", "status", "status code", "http status", "response code",
        "response status", "success", "ergebnis", "resultaat", "uitkomst"];
    /// The right that was needed, or several.
    Scope = "scope", ["scope", "scopes", "permission", "permissions", "required scope", "berechtigung",
        "berechtigungen", "machtiging", "machtigingen"];
    /// Who the key acted for.
    Principal = "principal", ["principal", "actor", "user", "user name", "client", "client id", "service",
        "integration", "benutzer", "gebruiker"];
}

/// How to read a log that keytrail does not know.
///
/// ```toml
/// provider = "acme"
/// rows = "data.entries"
/// time-zone = "Europe/Berlin"
/// fields = { key-id = "auth.key", time = "at", source = "peer.ip", outcome = "code" }
/// denied = ["EXPIRED_KEY"]
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CallMapping {
    /// Who issued the keys. Without it a key that no inventory lists cannot be called unknown, since it may belong to
    /// anybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Where the rows of a JSON document are: the names of the members on the way to them with dots between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<String>,
    /// How dates made of numbers are ordered, where the day and the month cannot be told apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub date_order: Option<DateOrder>,
    /// The zone of times that name none, as `Europe/Berlin` or `+01:00`; UTC unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Heading of the column of each field; in JSON the member's name, with dots for members inside members.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<CallField, String>,
    /// More words of the outcome that mean that the call was done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub success: Vec<String>,
    /// More words of the outcome that mean that the key or its rights were refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub denied: Vec<String>,
}

/// A mapping that is ready to read rows.
#[derive(Clone, Debug)]
pub struct Plan {
    provider: Option<Text>,
    order: Option<DateOrder>,
    clock: Clock,
    /// Paths with `/`, as [`lookup`] takes them.
    fields: BTreeMap<CallField, String>,
    success: Vec<String>,
    denied: Vec<String>,
    /// What headings that came before mean. Bounded: members named by data would fill it.
    meanings: HashMap<String, Option<CallField>>,
}

/// Headings beyond these are looked up each time.
const MAX_MEANINGS: usize = 10_000;

impl Plan {
    /// Gets a mapping ready.
    ///
    /// # Errors
    /// For a time zone that does not exist.
    pub fn new(mapping: &CallMapping) -> Result<Self, MappingError> {
        let zone = match &mapping.time_zone {
            None => jiff::tz::TimeZone::UTC,
            Some(name) => time::zone(name).ok_or_else(|| MappingError::Zone(name.clone()))?,
        };
        let lower = |words: &[String]| words.iter().map(|word| word.trim().to_lowercase()).collect();
        Ok(Plan {
            provider: mapping.provider.as_deref().map(Text::from),
            order: mapping.date_order,
            clock: Clock { zone, end_of_day: false },
            fields: mapping.fields.iter().map(|(field, path)| (*field, path.clone())).collect(),
            success: lower(&mapping.success),
            denied: lower(&mapping.denied),
            meanings: HashMap::new(),
        })
    }

    fn meaning(&mut self, heading: &str) -> Option<CallField> {
        if let Some(meaning) = self.meanings.get(heading) {
            return *meaning;
        }
        let folded = words::fold(heading);
        let meaning = CallField::ALL.iter().copied().find(|field| field.words().contains(&folded.as_str()));
        if self.meanings.len() < MAX_MEANINGS {
            self.meanings.insert(heading.to_owned(), meaning);
        }
        meaning
    }

    /// The values of a row by what they are.
    fn values<'r>(&mut self, row: &'r Map<String, Value>, whole: &'r Value) -> BTreeMap<CallField, &'r Value> {
        let mut values = BTreeMap::new();
        for (heading, value) in row {
            if let Some(field) = self.meaning(heading)
                && !self.fields.contains_key(&field)
            {
                // Two headings may mean the same (`key`, `token`): the first that says something stands.
                let stands = values.get(&field).is_some_and(|value: &&Value| !is_blank(value));
                if !stands {
                    values.insert(field, value);
                }
            }
        }
        for (field, path) in &self.fields {
            if let Some(value) = row.get(path).or_else(|| lookup(whole, &path.replace('.', "/"))) {
                values.insert(*field, value);
            }
        }
        values
    }

    /// Whether a row with these members can be read: it has a time and names a key.
    pub fn fits(&mut self, row: &Value) -> bool {
        let Some(object) = row.as_object() else { return false };
        let values = self.values(object, row);
        let key = [CallField::KeyId, CallField::KeyHash, CallField::Key].iter().any(|field| values.contains_key(field));
        key && values.contains_key(&CallField::Time)
    }

    /// Reads a row. The flag says that its outcome is a word that means nothing here.
    ///
    /// # Errors
    /// Why it is no call: the continuation of "line 3: ".
    pub fn read(&mut self, row: &Value) -> Result<(Record, bool), String> {
        let Some(object) = row.as_object() else { return Err("it is no object".to_owned()) };
        let values = self.values(object, row);
        let text = |field: CallField| {
            let text = values.get(&field).copied().and_then(text_of)?;
            Some(text.trim().to_owned()).filter(|text| !words::is_blank(text))
        };
        let time = match values.get(&CallField::Time).map(|value| read_time(value, &self.clock)) {
            Some(Reading::Is(Field::Known(time)) | Reading::Decided(time, _)) => time,
            Some(Reading::Ambiguous(day_first, month_first)) => match self.order {
                Some(DateOrder::DayFirst) => day_first,
                Some(DateOrder::MonthFirst) => month_first,
                None => return Err("the day and the month of its time can be read in either order".to_owned()),
            },
            Some(Reading::Not(why)) => return Err(format!("its time cannot be read: {why}")),
            Some(Reading::Is(_)) | None => return Err("it has no time".to_owned()),
        };
        let mut named = Named { provider: self.provider.clone(), id: text(CallField::KeyId), ..Named::default() };
        if let Some(hash) = text(CallField::KeyHash)
            && !named.set_digest(&hash, None)
        {
            return Err("its digest of the key is none in hexadecimal or base64".to_owned());
        }
        if named.digest.is_none()
            && let Some(key) = text(CallField::Key)
        {
            let key = key.strip_prefix("Bearer ").unwrap_or(&key);
            named.digest = Some((Digest::Sha256, Sha256::digest(key.as_bytes()).to_vec().into_boxed_slice()));
        }
        if named.id.is_none() && named.digest.is_none() {
            return Ok((Record::Left("calls without a key", Some(time)), false));
        }
        let (outcome, unclear) = match text(CallField::Outcome) {
            None => (Outcome::Unknown, false),
            Some(word) => match self.outcome(&word) {
                Some(outcome) => (outcome, false),
                None => (Outcome::Unknown, true),
            },
        };
        let scopes = match values.get(&CallField::Scope) {
            Some(Value::Array(list)) => Some(list.iter().filter_map(text_of).collect()),
            Some(value) => text_of(value)
                .filter(|cell| !words::is_blank(cell))
                .map(|cell| split_list(&cell).into_iter().map(str::to_owned).collect()),
            None => None,
        };
        let call = Call {
            named,
            time,
            source: text(CallField::Source),
            action: text(CallField::Action).map(|action| without_secrets(&action)),
            principal: text(CallField::Principal).map(|principal| without_secrets(&principal)),
            outcome,
            scopes,
        };
        Ok((Record::Call(Box::new(call)), unclear))
    }

    fn outcome(&self, word: &str) -> Option<Outcome> {
        let lower = word.to_lowercase();
        if self.denied.contains(&lower) {
            return Some(Outcome::Denied);
        }
        if self.success.contains(&lower) {
            return Some(Outcome::Success);
        }
        Outcome::of_word(word)
    }
}

/// Whether headings are those of a call log, and of no list of keys: they name a key, a time, and from where or what
/// for, and none of them is a date in the life of a key.
#[must_use]
pub fn names_calls<'h>(headings: impl Iterator<Item = &'h str>) -> bool {
    let headings: Vec<String> = headings.map(words::fold).collect();
    let has = |field: CallField| headings.iter().any(|heading| field.words().contains(&heading.as_str()));
    let dated = headings.iter().any(|heading| match words::meaning(heading) {
        Some(Meaning::Is(property)) => DATES.contains(&property),
        Some(Meaning::Until) => true,
        _ => false,
    });
    let key = [CallField::KeyId, CallField::KeyHash, CallField::Key].into_iter().any(has);
    key && has(CallField::Time) && (has(CallField::Source) || has(CallField::Action)) && !dated
}

/// The dates in the life of a key that lists of keys have.
const DATES: [Property; 6] = [
    Property::Created,
    Property::Rotated,
    Property::LastUsed,
    Property::Expires,
    Property::Reviewed,
    Property::RotationDue,
];

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => words::is_blank(text),
        _ => false,
    }
}

/// Paths and queries of requests hold keys, which must not come into a report.
fn without_secrets(text: &str) -> String {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    if !looks_secret(path) {
        return path.to_owned();
    }
    let parts: Vec<&str> = path
        .split_inclusive(['/', ' '])
        .map(|part| if looks_secret(part) { if part.ends_with('/') { "…/" } else { "…" } } else { part })
        .collect();
    let joined = parts.concat();
    // A run of key characters may go across the slashes.
    if looks_secret(&joined) { "…".to_owned() } else { joined }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use serde_json::json;

    use super::*;

    fn call(plan: &mut Plan, row: &Value) -> Call {
        match plan.read(row).unwrap().0 {
            Record::Call(call) => *call,
            other @ Record::Left(..) => panic!("{other:?}"),
        }
    }

    fn usual() -> Plan {
        Plan::new(&CallMapping::default()).unwrap()
    }

    #[test]
    fn headings_tell_what_they_are() {
        let row = json!({"timestamp": "2026-01-02T03:04:05Z", "Key ID": "k1", "client_ip": "192.0.2.1",
            "endpoint": "/v1/orders?api_key=x", "statusCode": 403, "scopes": "orders:read, orders:write"});
        let mut plan = usual();
        assert!(plan.fits(&row));
        let call = call(&mut plan, &row);
        assert_eq!((call.named.id.as_deref(), call.outcome), (Some("k1"), Outcome::Denied));
        assert_eq!((call.source.as_deref(), call.action.as_deref()), (Some("192.0.2.1"), Some("/v1/orders")));
        assert_eq!(call.scopes.unwrap(), ["orders:read", "orders:write"]);
        assert!(!plan.fits(&json!({"timestamp": "2026-01-02T03:04:05Z", "message": "x"})));
        assert!(!plan.fits(&json!({"Key ID": "k1"})));
    }

    #[test]
    fn a_mapping_says_what_headings_do_not() {
        let mapping: CallMapping = toml::from_str(
            "provider = \"acme\"\nfields = { key-id = \"auth.key\", time = \"at\", outcome = \"verdict\" }\n\
             denied = [\"EXPIRED_KEY\"]\ntime-zone = \"+02:00\"\n",
        )
        .unwrap();
        let mut plan = Plan::new(&mapping).unwrap();
        let row = json!({"auth": {"key": 7}, "at": "2026-01-02 03:04:05", "verdict": "expired_key", "time": "no"});
        assert!(plan.fits(&row));
        let call = call(&mut plan, &row);
        assert_eq!((call.named.id.as_deref(), call.named.provider.as_deref()), (Some("7"), Some("acme")));
        assert_eq!((call.time.to_string().as_str(), call.outcome), ("2026-01-02T01:04:05Z", Outcome::Denied));
        assert!(toml::from_str::<CallMapping>("fields = { key = \"a\", tme = \"b\" }").is_err());
        assert!(Plan::new(&CallMapping { time_zone: Some("Nowhere".into()), ..CallMapping::default() }).is_err());
    }

    #[test]
    fn keys_become_digests_and_leave_paths() {
        let key = format!("{}{}", "fake", "A1b2".repeat(6));
        let row =
            json!({"time": 1_700_000_000, "api_key": format!("Bearer {key}"), "path": format!("/v1/{key}/orders")});
        let call = call(&mut usual(), &row);
        let digest = Sha256::digest(key.as_bytes()).to_vec().into_boxed_slice();
        assert_eq!(call.named.digest, Some((Digest::Sha256, digest)));
        assert_eq!(call.action.as_deref(), Some("/v1/…/orders"));
        assert!(!format!("{call:?}").contains("A1b2"), "{call:?}");
        assert_eq!(without_secrets("GET /v1/users/me"), "GET /v1/users/me");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let error = |row: Value| usual().read(&row).unwrap_err();
        assert_eq!(error(json!({"key_id": "k"})), "it has no time");
        assert!(error(json!({"key_id": "k", "time": "soon"})).contains("its time cannot be read"));
        assert!(error(json!({"key_id": "k", "time": "01/02/2026"})).contains("either order"));
        assert!(error(json!({"key_hash": "zz", "time": 1_700_000_000})).contains("digest"));
        assert!(error(json!(3)).contains("no object"));
        let left = usual().read(&json!({"key_id": "", "time": 1_700_000_000})).unwrap().0;
        assert!(matches!(left, Record::Left("calls without a key", Some(_))));
        let (_, unclear) = usual().read(&json!({"key_id": "k", "time": 1_700_000_000, "result": "perhaps"})).unwrap();
        assert!(unclear);
    }
}
