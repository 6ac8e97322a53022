//! DocBits: one API key on its page Settings, Integration, which lists nothing. Its users keep a table.
//!
//! The table is read by its headings, in English, German or Dutch, like any other; what makes it DocBits' is a column
//! that names the provider or the name of the file. Here only the page's own labels are recognised: `API Key` and the
//! date of a renewal (DocBits' manual, "API key management").

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key};
use crate::inventory::cells::set_key;
use crate::inventory::problem::Kind;
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "docbits",
    title: "DocBits API key, in a table kept by hand",
    provider: "docbits",
    export: "note the first and last characters of the key of Settings, Integration, as ab12…yz89, in a table: \
             DocBits key, Owner, Created, Rotation due",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

/// Headings of the table that the documentation proposes, in three languages.
const NAMES: &[&str] = &["DocBits key", "DocBits API key", "DocBits-Schlüssel", "DocBits API-Schlüssel", "DocBits-sleutel"];

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.table && sample.any(NAMES), 60)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("docbits", "api-key");
    key.name = row.first(&["Name", "Label", "Bezeichnung", "Naam"]);
    // What the page shows is the key itself. Whoever gives it a name instead is understood too.
    NAMES.iter().filter_map(|name| row.str(name)).for_each(|cell| set_key(&mut key, cell.trim()));
    key.owner = row.first(&["Owner", "Eigentümer", "Inhaber", "Verantwortlich", "Eigenaar"]);
    let time = |names: &[&str]| names.iter().fold(Field::Unknown, |field, name| field.or(row.time(name)));
    key.created = time(&["Created", "Created at", "Erstellt", "Erstellt am", "Aangemaakt", "Aangemaakt op"]);
    key.rotated = time(&["Last rotated", "Renewed", "Erneuert am", "Letzte Rotation", "Vernieuwd op"]);
    key.rotation_due = time(&["Rotation due", "Rotation fällig", "Rotatie vervalt"]);
    key.reviewed = time(&["Reviewed", "Geprüft am", "Gecontroleerd"]);
    key.integrations = ["Integration", "Integrations", "Integratie"].iter().fold(Field::Unknown, |list, name| list.or(row.list(name)));
    key.environment = row.first(&["Environment", "Umgebung", "Omgeving"]);
    if key.name.is_unknown() && key.shown.is_empty() {
        return row.problem(Kind::BadRow, "it has neither a key nor a name");
    }
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, inventory, named_keys};
    use super::*;

    #[test]
    fn a_table_kept_by_hand() {
        let keys = named_keys(
            "docbits",
            "keys.csv",
            "DocBits-Schlüssel;Eigentümer;Erstellt am;Rotation fällig\nProduktion;a@example.com;01.01.2024;31.03.2024\n",
        );
        assert_eq!((keys[0].created, keys[0].rotation_due), (at("2024-01-01T00:00:00Z"), at("2024-03-31T00:00:00Z")));
    }

    #[test]
    fn the_key_itself_is_kept_as_a_secret_and_never_shown() {
        let key = "rQ4".repeat(10) + "Zx";
        let table = format!("DocBits key,Owner,Created\n{key},ann,2026-06-01\nrQ4…Zx,bob,2026-06-01\n");
        let inventory = inventory("db.csv", &table);
        let keys = inventory.keys();
        assert_eq!(inventory.sources()[0].format, Some("docbits"));
        assert!(keys[0].is_in_plaintext() && !format!("{keys:?} {}", keys[0].label()).contains(&key));
        assert!(inventory.problems().iter().any(|problem| problem.kind == Kind::Plaintext));
        assert_eq!(keys[1].shown[0].to_string(), "mask rQ4…Zx");
    }

    #[test]
    fn a_table_of_several_providers_names_it_in_a_column() {
        let inventory = inventory(
            "keys.csv",
            "Provider;Name;Eigentümer;Erstellt am;Rotation fällig\nDocBits;API-Schlüssel;a@example.com;01.01.2024;31.03.2024\n",
        );
        let key = &inventory.keys()[0];
        assert_eq!((key.provider.as_str(), &key.name), ("docbits", &Field::Known("API-Schlüssel".into())));
        assert_eq!(key.rotation_due, at("2024-03-31T00:00:00Z"));
    }
}
