//! DigitalOcean Spaces keys.
//!
//! The access key is the id half and stands whole; a grant with an empty bucket reaches all buckets. The members are
//! those of DigitalOcean's API description. Personal access tokens have a page only: keep a table of them.

use serde_json::Value;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, Shown, Status};
use crate::inventory::row::{Row, text_of};

/// See the module.
pub const FORMAT: Format = Format {
    name: "digitalocean-spaces",
    title: "DigitalOcean Spaces keys",
    provider: "digitalocean",
    export: "curl https://api.digitalocean.com/v2/spaces/keys …",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["access_key", "grants", "name"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("digitalocean", "spaces-key");
    key.id = row.text("access_key");
    key.name = row.text("name");
    key.created = row.time("created_at");
    key.expires = Field::Empty;
    key.status = Field::Known(Status::Active);
    let word = |grant: &Value, name: &str| grant.get(name).and_then(text_of).unwrap_or_default();
    let grants: Vec<(String, String)> =
        row.each("grants").map(|grant| (word(grant, "bucket"), word(grant, "permission"))).collect();
    key.scopes = row.texts(grants.iter().map(|(bucket, permission)| format!("{bucket}:{permission}")));
    let bucket = |bucket: &String| if bucket.is_empty() { "all".to_owned() } else { bucket.clone() };
    key.resources = row.texts(grants.iter().map(|(name, _)| bucket(name)));
    if let Field::Known(id) = &key.id {
        key.shown.push(Shown::Id(id.clone()));
    }
    key.shown.extend(row.shown("secret_key"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{key, list, shown};

    #[test]
    fn an_empty_bucket_is_every_bucket() {
        let key = key(
            "digitalocean-spaces",
            r#"{"keys":[{"name":"fake","access_key":"DO-FAKE-0001","grants":[{"bucket":"","permission":"fullaccess"}],
            "created_at":"2024-01-01T00:00:00Z"}],"links":{},"meta":{"total":1}}"#,
        );
        assert_eq!((list(&key.scopes), list(&key.resources)), (vec![":fullaccess".to_owned()], vec!["all".to_owned()]));
        assert_eq!(shown(&key), ["id DO-FAKE-0001"]);
    }
}
