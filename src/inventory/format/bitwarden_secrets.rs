//! Bitwarden Secrets Manager: `bws secret list`, with the values whole. The members are general knowledge.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "bitwarden-secrets",
    title: "Bitwarden Secrets Manager secrets",
    provider: "bitwarden",
    export: "bws secret list",
    basis: Basis::Unconfirmed,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["id", "key", "creationDate", "revisionDate"]) && sample.any(&["projectId", "value"]), 95)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("bitwarden", "stored-secret");
    key.id = row.text("id");
    // The name of the secret, not its value.
    key.name = row.text("key");
    key.account = row.first(&["projectId", "organizationId"]);
    key.created = row.time("creationDate");
    key.status = Field::Known(Status::Active);
    key.shown.extend(row.shown("value"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::key;
    use super::*;

    #[test]
    fn the_value_is_kept_as_a_secret() {
        let key = key(
            "bitwarden-secrets",
            r#"[{"object":"secret","id":"i","organizationId":"o","projectId":"p","key":"STRIPE_KEY","value":"FAKEFAKE",
            "note":"","creationDate":"2024-01-01T00:00:00Z","revisionDate":"2024-02-01T00:00:00Z"}]"#,
        );
        assert_eq!((key.is_in_plaintext(), key.name), (true, Field::Known("STRIPE_KEY".into())));
        assert_eq!(key.rotated, Field::Unknown);
    }
}
