//! Twilio API keys. The account's own auth token is never listed.
//!
//! The `SK…` id is the user half of the pair and stands whole. The older answers have RFC 2822 times. The members are
//! those of Twilio's API descriptions.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, Shown, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "twilio",
    title: "Twilio API keys",
    provider: "twilio",
    export: "curl https://api.twilio.com/2010-04-01/Accounts/ACCOUNT/Keys.json …",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.begins("sid", "SK") && sample.all(&["friendly_name", "date_created"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("twilio", "api-key");
    key.id = row.text("sid");
    key.name = row.text("friendly_name");
    key.created = row.time("date_created");
    key.expires = Field::Empty;
    key.status = Field::Known(Status::Active);
    key.account = Field::from(account(row));
    key.scopes = if row.has("policy") { row.texts(["restricted"]) } else { row.list("flags") };
    if let Field::Known(id) = &key.id {
        key.shown.push(Shown::Id(id.clone()));
    }
    key.shown.extend(row.shown("secret"));
    out.push(key);
}

/// The account stands in the addresses of the pages only.
fn account(row: &Row<'_>) -> Option<crate::inventory::key::Text> {
    let uris = ["uri", "first_page_uri", "next_page_uri"];
    let uri = uris.iter().find_map(|name| row.document.get(name).and_then(serde_json::Value::as_str))?;
    let account = uri.split('/').find(|part| part.starts_with("AC"))?;
    Some(row.context.shared(account))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key, shown};
    use super::*;

    #[test]
    fn the_account_of_the_page_is_that_of_its_keys() {
        let key = key(
            "twilio",
            r#"{"keys":[{"sid":"SK-FAKE-0001","friendly_name":"fake","date_created":"Mon, 01 Jan 2024 10:00:00 +0000",
            "date_updated":"Mon, 01 Jan 2024 10:00:00 +0000"}],"next_page_uri":null,
            "uri":"/2010-04-01/Accounts/ACFAKE/Keys.json?PageSize=50"}"#,
        );
        assert_eq!(key.created, at("2024-01-01T10:00:00Z"));
        assert_eq!(shown(&key), ["id SK-FAKE-0001"]);
        // The address stands behind the keys here.
        assert_eq!(key.account, Field::Known("ACFAKE".into()));
    }
}
