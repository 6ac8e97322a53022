//! Hugging Face: what `whoami-v2` says about one's own token. The tokens of an organisation have a page only, which is
//! kept as a table.
//!
//! The members are general knowledge and read tolerantly.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::{Row, text_of};

/// See the module.
pub const FORMAT: Format = Format {
    name: "huggingface",
    title: "Hugging Face token (whoami)",
    provider: "huggingface",
    export: "curl https://huggingface.co/api/whoami-v2 …",
    basis: Basis::Unconfirmed,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.has("auth/accessToken"), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("huggingface", "access-token");
    key.name = row.text("auth/accessToken/displayName");
    key.owner = row.first(&["email", "name"]);
    key.owner_kind = OwnerKind::User;
    key.id = match (&key.owner, &key.name) {
        (Field::Known(owner), Field::Known(name)) => Field::Known(format!("{owner}/{name}").into()),
        _ => Field::Unknown,
    };
    key.created = row.time("auth/accessToken/createdAt");
    let scoped = row.each("auth/accessToken/fineGrained/scoped").flat_map(|scope| {
        scope.get("permissions").and_then(serde_json::Value::as_array).into_iter().flatten().filter_map(text_of)
    });
    let scopes: Vec<String> = row.str("auth/accessToken/role").map(str::to_owned).into_iter().chain(scoped).collect();
    key.scopes = row.texts(scopes);
    key.status = Field::Known(Status::Active);
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key, list};

    #[test]
    fn ones_own_token() {
        let key = key(
            "huggingface",
            r#"{"type":"user","name":"fake","auth":{"type":"access_token","accessToken":{"displayName":"ci",
            "role":"write","createdAt":"2024-01-01T00:00:00.000Z"}},"orgs":[{"name":"o","isEnterprise":false}]}"#,
        );
        assert_eq!((key.created, list(&key.scopes)), (at("2024-01-01T00:00:00Z"), vec!["write".to_owned()]));
    }
}
