//! What a cell says, put into the key that its row tells of.

use jiff::Timestamp;
use serde_json::Value;

use super::key::{Field, Key, Shown, Status, Text};
use super::mapping::Property;
use super::provider::provider_word;
use super::row::{shown_of, text_of};
use super::time::{self, Clock, Reading};
use super::words;
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
pub(super) fn set_nobody(key: &mut Key) {
    key.owner = key.owner.clone().or(Field::Empty);
}

pub(super) fn list_field(key: &mut Key, property: Property) -> Option<&mut Field<super::key::List>> {
    Some(match property {
        Property::Scopes => &mut key.scopes,
        Property::Resources => &mut key.resources,
        Property::Integrations => &mut key.integrations,
        Property::Restrictions => &mut key.restrictions,
        _ => return None,
    })
}

/// A column that is itself a state turns its "no" round; of two such columns the graver state wins.
pub(super) fn set_state(key: &mut Key, status: Status, yes: bool, since: Field<Timestamp>) {
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
pub(super) fn add_end(key: &mut Key, text: Text, first: bool) {
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
pub(super) fn is_scientific(cell: &str) -> bool {
    let Some((mantissa, exponent)) = cell.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    digits(mantissa) && mantissa.contains(['.', ',']) && exponent.starts_with(['+', '-']) && digits(&exponent[1..])
}

/// What an object inside a row is called.
pub(super) fn named(value: &Value) -> Option<String> {
    ["email", "login", "username", "name", "displayName", "display_name", "id", "email_address", "value"]
        .iter()
        .find_map(|name| value.get(name).and_then(text_of))
}

/// An id that stands in the key itself or beside its secret is one by which a leak is recognised.
pub(super) fn show_id(key: &mut Key) {
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
