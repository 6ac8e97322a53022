//! Sentry client keys of a project, whose answer holds the older secret half whole.
//!
//! The public half is made to be published in applications; it identifies the key. The members are those of Sentry's
//! API reference ("List a project's client keys").

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, Shown};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "sentry-client-keys",
    title: "Sentry client keys of a project",
    provider: "sentry",
    export: "curl https://sentry.io/api/0/projects/ORG/PROJECT/keys/ …",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["public", "dsn", "isActive"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("sentry", "client-key");
    key.id = row.text("id");
    key.name = row.text("name").or(row.text("label"));
    key.account = row.shared("projectId").or(row.account_from_file());
    key.created = row.time("dateCreated");
    key.expires = Field::Empty;
    key.status = row.status("isActive");
    if let Field::Known(public) = row.text("public") {
        key.shown.push(Shown::Id(public));
    }
    key.shown.extend(row.shown("secret"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::key;

    #[test]
    fn the_public_half_identifies_the_key() {
        let secret = "0a".repeat(16);
        let text = format!(
            r#"[{{"id":"fake","name":"fake","public":"fakepublic","secret":"{secret}","isActive":true,
            "dateCreated":"2024-01-01T00:00:00Z","dsn":{{"public":"https://fakepublic@sentry.example/1"}}}}]"#
        );
        let key = key("sentry-client-keys", &text);
        assert_eq!(key.shown[0].to_string(), "id fakepublic");
        assert!(key.is_in_plaintext());
    }
}
