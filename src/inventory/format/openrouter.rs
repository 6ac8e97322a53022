//! OpenRouter API keys, which it lists by a digest.
//!
//! The members are general knowledge and read tolerantly.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Digest, Field, Key, Status};
use crate::inventory::row::{Row, digest_of};

/// See the module.
pub const FORMAT: Format = Format {
    name: "openrouter",
    title: "OpenRouter API keys",
    provider: "openrouter",
    export: "curl https://openrouter.ai/api/v1/keys …",
    basis: Basis::Unconfirmed,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["hash", "disabled", "created_at"]) && sample.any(&["label", "limit", "usage"]), 90)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("openrouter", "api-key");
    key.id = row.text("hash");
    key.name = row.text("name");
    key.created = row.time("created_at");
    key.expires = row.time_null_never("expires_at");
    key.status = match row.flag("disabled") {
        Some(true) => Field::Known(Status::Inactive),
        Some(false) => Field::Known(Status::Active),
        None => Field::Unknown,
    };
    key.shown.extend(row.shown("label").filter(|shown| shown.mask_len().is_some()));
    if key.name.is_unknown() && key.shown.is_empty() {
        key.name = row.text("label");
    }
    if let Some(hash) = row.str("hash") {
        key.shown.extend(digest_of(hash, Some(Digest::Sha256)));
    }
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{key, shown};

    #[test]
    fn a_digest_and_a_mask() {
        let hash = "ab".repeat(32);
        let text = format!(
            r#"{{"data":[{{"hash":"{hash}","name":"n","label":"sk-or-...yz1","disabled":false,"limit":null,"usage":0,
            "created_at":"2024-01-01T00:00:00Z"}}]}}"#
        );
        assert_eq!(shown(&key("openrouter", &text)), ["mask sk-or-…yz1".to_owned(), format!("sha256 {hash}")]);
    }
}
