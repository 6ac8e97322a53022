//! Twilio SendGrid API keys: names, ids and, asked for one by one, scopes. No dates at all.
//!
//! The id is the middle part of the key. The members are those of SendGrid's API description.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, Shown, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "sendgrid",
    title: "SendGrid API keys",
    provider: "sendgrid",
    export: "curl https://api.sendgrid.com/v3/api_keys …",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.has("api_key_id"), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("sendgrid", "api-key");
    key.id = row.text("api_key_id");
    key.name = row.text("name");
    key.expires = Field::Empty;
    key.status = Field::Known(Status::Active);
    key.scopes = row.list("scopes");
    if let Field::Known(id) = &key.id {
        key.shown.push(Shown::Id(id.clone()));
    }
    key.shown.extend(row.shown("api_key"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{key, list, shown};
    use crate::inventory::{Inventory, Options};

    #[test]
    fn the_id_is_part_of_the_key() {
        let key = key("sendgrid", r#"{"result":[{"name":"fake","api_key_id":"fake-id-0001"}]}"#);
        assert_eq!(shown(&key), ["id fake-id-0001"]);
        assert!(key.created.is_unknown() && key.scopes.is_unknown());
    }

    #[test]
    fn a_listing_and_the_answers_for_single_keys_are_joined() {
        let mut inventory = Inventory::new(Options::default());
        inventory.read("list.json", &br#"{"result":[{"name":"fake","api_key_id":"fake-id-0001"}]}"#[..]);
        inventory.read("one.json", &br#"{"name":"fake","api_key_id":"fake-id-0001","scopes":["mail.send"]}"#[..]);
        inventory.finish();
        assert_eq!(inventory.problems(), []);
        assert_eq!(inventory.keys().len(), 1);
        assert_eq!(list(&inventory.keys()[0].scopes), ["mail.send"]);
    }
}
