//! Datadog API keys and application keys, from version 1 of its API, which prints API keys whole.
//!
//! Times have no zone and are taken as UTC. Application keys have a digest of 40 hexadecimal digits, taken as SHA-1,
//! which is partly confirmed.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key};
use crate::inventory::row::{Row, digest_of};

/// See the module.
pub const FORMAT: Format = Format {
    name: "datadog-v1",
    title: "Datadog API and application keys (API version 1)",
    provider: "datadog",
    export: "curl https://api.datadoghq.com/api/v1/api_key … (version 2 shows no keys)",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let api = sample.under("api_keys") && sample.all(&["key", "name"]) && !sample.has("id");
    let application = sample.under("application_keys") && sample.all(&["hash", "name"]);
    when(api || application, 95)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("datadog", if row.has("hash") { "application-key" } else { "api-key" });
    key.name = row.text("name");
    key.owner = row.first(&["created_by", "owner"]);
    key.created = row.time("created");
    key.expires = Field::Empty;
    key.shown.extend(row.shown("key"));
    if let Some(hash) = row.str("hash") {
        key.id = Field::Known(hash.into());
        key.shown.extend(digest_of(hash, None));
    }
    out.push(key);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{at, key};

    #[test]
    fn whole_keys_are_kept_as_secrets() {
        let secret = "0123abcd".repeat(4);
        let text = format!(
            r#"{{"api_keys":[{{"name":"api","key":"{secret}","created":"2019-04-05 09:30:00","created_by":"a@example.com"}}]}}"#
        );
        let key = key("datadog-v1", &text);
        assert!(key.is_in_plaintext() && !format!("{key:?}").contains(&secret));
        assert_eq!(key.created, at("2019-04-05T09:30:00Z"));
    }

    #[test]
    fn application_keys_have_a_digest() {
        let hash = "ab".repeat(20);
        let text = format!(r#"{{"application_keys":[{{"name":"app","owner":"o","hash":"{hash}"}}]}}"#);
        assert_eq!(key("datadog-v1", &text).shown[0].to_string(), format!("sha1 {hash}"));
    }
}
