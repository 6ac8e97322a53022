//! The words of tables made for people, in English, German and Dutch: headings, states, "never" and "unknown".

use super::key::{Field, Status};
use super::mapping::Property;

/// A heading or a word as it is compared: lower case, without accents' differences in spacing and punctuation.
///
/// `Last_used`, `lastUsed`, `LAST-USED` and `Last used (UTC)` all become `last used`.
#[must_use]
pub fn fold(heading: &str) -> String {
    let heading = heading.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '"' | ':' | '*' | '\''));
    // A unit or a zone in brackets is no part of the name.
    let heading = match heading.find(['(', '[']) {
        Some(at) if at > 0 => &heading[..at],
        _ => heading,
    };
    let mut folded = String::with_capacity(heading.len() + 4);
    let mut before = ' ';
    let mut chars = heading.chars().peekable();
    while let Some(c) = chars.next() {
        let camel = c.is_uppercase()
            && (before.is_lowercase()
                || before.is_ascii_digit()
                || (before.is_uppercase() && chars.peek().is_some_and(|next| next.is_lowercase())));
        let gap = matches!(c, '_' | '-' | '.' | '/' | '\u{2010}'..='\u{2015}') || c.is_whitespace();
        if (gap || camel) && !folded.ends_with(' ') && !folded.is_empty() {
            folded.push(' ');
        }
        if !gap && !matches!(c, '\'' | '’' | '?') {
            folded.extend(c.to_lowercase());
        }
        before = c;
    }
    folded.truncate(folded.trim_end().len());
    // A decomposed umlaut is the same letter.
    folded.replace("u\u{308}", "ü").replace("a\u{308}", "ä").replace("o\u{308}", "ö")
}

/// The zone or unit in the brackets of a heading: `UTC` of `Created (UTC)`.
#[must_use]
pub fn bracketed(heading: &str) -> Option<&str> {
    let start = heading.find(['(', '['])? + 1;
    let end = heading[start..].find([')', ']'])? + start;
    Some(heading[start..end].trim())
}

fn is_one_of(text: &str, words: &[&str]) -> bool {
    let text = text.trim();
    text.len() <= 40 && {
        let lower = text.to_lowercase();
        words.contains(&lower.as_str())
    }
}

/// Whether a cell says nothing: empty, `N/A`, `no_information`.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    let text = text.trim();
    text.is_empty()
        || is_one_of(
            text,
            &[
                "n/a",
                "na",
                "n.a.",
                "none",
                "null",
                "nil",
                "nan",
                "-",
                "--",
                "—",
                "–",
                "?",
                "unknown",
                "not_supported",
                "not supported",
                "no_information",
                "no information",
                "unbekannt",
                "k.a.",
                "k. a.",
                "onbekend",
                "n.v.t.",
                "undefined",
                "#n/a",
            ],
        )
}

/// Whether a cell says that there is no such time: never used, never expires.
#[must_use]
pub fn is_never(text: &str) -> bool {
    is_one_of(
        text,
        &[
            "never",
            "never used",
            "never expires",
            "not used",
            "no expiration",
            "no expiry",
            "no expiration date",
            "does not expire",
            "doesn't expire",
            "non-expiring",
            "unlimited",
            "indefinite",
            "nie",
            "niemals",
            "noch nie",
            "nie verwendet",
            "nie benutzt",
            "läuft nicht ab",
            "läuft nie ab",
            "unbegrenzt",
            "unbefristet",
            "kein ablauf",
            "kein ablaufdatum",
            "keine",
            "keins",
            "nooit",
            "nooit gebruikt",
            "nog nooit",
            "verloopt niet",
            "verloopt nooit",
            "onbeperkt",
            "geen",
            "geen vervaldatum",
            "(none)",
        ],
    )
}

/// Whether a cell of a list or a text says that there is none.
#[must_use]
pub fn is_none(text: &str) -> bool {
    is_one_of(text, &["none", "(none)", "keine", "keiner", "kein", "keins", "niemand", "geen", "nobody", "no one"])
}

/// Whether a cell in the column of the owner says that nobody is: it was left empty, or it has one of the words for
/// that. `unknown` and `n/a` say that nobody knows.
#[must_use]
pub fn is_nobody(text: &str) -> bool {
    let text = text.trim();
    is_none(text) || is_one_of(text, &["", "-", "--", "—", "–", "null", "nil"])
}

/// Whether a time is given by its distance from a day that the file does not name: `3 days ago`, `gestern`.
#[must_use]
pub fn is_relative(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["ago", "yesterday", "today", "vor ", "gestern", "heute", "geleden", "gisteren", "vandaag", "in ", "last "]
        .iter()
        .any(|word| lower.ends_with(word.trim_end()) || lower.starts_with(word))
}

/// What a cell of a state column says; `None` for a word that is none of them.
#[must_use]
pub fn status(text: &str) -> Option<Field<Status>> {
    const STATES: &[(Status, &[&str])] = &[
        (
            Status::Active,
            &[
                "active",
                "enabled",
                "valid",
                "live",
                "ok",
                "in use",
                "allowed",
                "approved",
                "aktiv",
                "aktiviert",
                "gültig",
                "in gebrauch",
                "in benutzung",
                "actief",
                "ingeschakeld",
                "geactiveerd",
                "geldig",
                "in gebruik",
                "current",
            ],
        ),
        (
            Status::Inactive,
            &[
                "inactive",
                "disabled",
                "suspended",
                "paused",
                "blocked",
                "archived",
                "deactivated",
                "inaktiv",
                "deaktiviert",
                "gesperrt",
                "pausiert",
                "inactief",
                "uitgeschakeld",
                "gedeactiveerd",
                "geblokkeerd",
            ],
        ),
        (Status::Expired, &["expired", "abgelaufen", "verlopen"]),
        (
            Status::Revoked,
            &[
                "revoked",
                "deleted",
                "cancelled",
                "canceled",
                "removed",
                "invalidated",
                "destroyed",
                "widerrufen",
                "gelöscht",
                "entzogen",
                "zurückgezogen",
                "ingetrokken",
                "verwijderd",
            ],
        ),
        (Status::Pending, &["pending", "requested", "ausstehend", "beantragt", "in afwachting", "aangevraagd"]),
        (
            Status::Leaked,
            &["leaked", "compromised", "exposed", "kompromittiert", "geleakt", "gecompromitteerd", "gelekt"],
        ),
    ];
    let text = text.trim().to_lowercase();
    if is_blank(&text) {
        return Some(Field::Unknown);
    }
    STATES.iter().find(|(_, words)| words.contains(&text.as_str())).map(|&(status, _)| Field::Known(status))
}

/// Yes or no in the languages of the tables.
#[must_use]
pub fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "ja" | "j" | "wahr" | "waar" | "on" | "x" | "✓" | "✔" | "✅" => Some(true),
        "no" | "n" | "false" | "0" | "nein" | "nee" | "falsch" | "onwaar" | "off" | "✗" | "✘" | "❌" => {
            Some(false)
        }
        _ => None,
    }
}

/// What a heading means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The column of a property.
    Is(Property),
    /// The heading is itself a state, and its cells say yes or no.
    State(Status),
    /// A date of which only the last moment counts: `Gültig bis`, `valid until`.
    Until,
    /// Buttons and numbers of rows.
    Nothing,
}

/// What a heading means; `None` for one that no table of the three languages is known to use.
#[must_use]
pub fn meaning(heading: &str) -> Option<Meaning> {
    let folded = fold(heading);
    HEADINGS.iter().find(|(_, words)| words.contains(&folded.as_str())).map(|&(meaning, _)| meaning)
}

/// The headings of dashboards and hand-made tables, folded.
const HEADINGS: &[(Meaning, &[&str])] = &[
    (
        Meaning::Is(Property::Name),
        &[
            "name",
            "key name",
            "api key name",
            "token name",
            "secret name",
            "label",
            "title",
            "description",
            "note",
            "friendly name",
            "display name",
            "displayname",
            "purpose",
            "bezeichnung",
            "schlüsselname",
            "api schlüsselname",
            "tokenname",
            "beschreibung",
            "titel",
            "zweck",
            "naam",
            "sleutelnaam",
            "api sleutelnaam",
            "tokennaam",
            "omschrijving",
            "beschrijving",
            "doel",
        ],
    ),
    (
        Meaning::Is(Property::Id),
        &[
            "id",
            "key id",
            "token id",
            "access key id",
            "api key id",
            "client id",
            "identifier",
            "uuid",
            "uid",
            "sid",
            "schlüssel id",
            "schlüsselkennung",
            "kennung",
            "token kennung",
            "sleutel id",
            "kenmerk",
            "hash id",
        ],
    ),
    (
        Meaning::Is(Property::Key),
        &[
            "key",
            "token",
            "api key",
            "api token",
            "secret",
            "value",
            "api schlüssel",
            "schlüssel",
            "api sleutel",
            "sleutel",
            "masked key",
            "masked token",
            "partial key",
            "redacted value",
            "key value",
            "access token",
            "client secret",
            "secret key",
            "password",
            "maskiert",
            "maskierter schlüssel",
            "gemaskeerd",
            "hint",
            "key hint",
            "obfuscated",
            "credential",
            "geheimnis",
            "geheim",
            "wert",
            "waarde",
            "keystring",
            "key string",
        ],
    ),
    (Meaning::Is(Property::Prefix), &["prefix", "key prefix", "starts with", "präfix", "voorvoegsel", "begint met"]),
    (
        Meaning::Is(Property::Suffix),
        &[
            "last 4",
            "last four",
            "last4",
            "last eight",
            "ending",
            "ends with",
            "suffix",
            "endziffern",
            "letzte 4",
            "endet auf",
            "laatste 4",
            "eindigt op",
            "token last characters",
            "key last 4",
            "last characters",
        ],
    ),
    (
        Meaning::Is(Property::Hash),
        &["hash", "sha256", "sha 256", "digest", "hashed token", "token hash", "key hash", "prüfsumme", "secret hash"],
    ),
    (
        Meaning::Is(Property::PublicKey),
        &[
            "public key",
            "ssh key",
            "ssh public key",
            "fingerprint",
            "key fingerprint",
            "ssh fingerprint",
            "öffentlicher schlüssel",
            "fingerabdruck",
            "publieke sleutel",
            "openbare sleutel",
            "vingerafdruk",
        ],
    ),
    (
        Meaning::Is(Property::Owner),
        &[
            "owner",
            "user",
            "username",
            "user name",
            "created by",
            "creator",
            "email",
            "e mail",
            "mail",
            "assignee",
            "contact",
            "responsible",
            "owned by",
            "issued to",
            "owner email",
            "inhaber",
            "besitzer",
            "eigentümer",
            "verantwortlich",
            "verantwortlicher",
            "verantwortliche",
            "benutzer",
            "benutzername",
            "erstellt von",
            "ersteller",
            "ansprechpartner",
            "eigenaar",
            "gebruiker",
            "gebruikersnaam",
            "verantwoordelijke",
            "gemaakt door",
            "aangemaakt door",
            "contactpersoon",
        ],
    ),
    (
        Meaning::Is(Property::Account),
        &[
            "account",
            "organization",
            "organisation",
            "org",
            "tenant",
            "team",
            "workspace",
            "project",
            "konto",
            "mandant",
            "projekt",
            "organisatie",
            "project id",
            "account id",
            "workspace id",
            "abteilung",
            "afdeling",
        ],
    ),
    (
        Meaning::Is(Property::Created),
        &[
            "created",
            "created at",
            "created date",
            "created on",
            "creation date",
            "creation time",
            "create date",
            "create time",
            "date created",
            "issued",
            "issued on",
            "issued at",
            "date added",
            "added",
            "added on",
            "generated",
            "created time",
            "creation",
            "start date",
            "valid from",
            "erstellt",
            "erstellt am",
            "erstellungsdatum",
            "angelegt",
            "angelegt am",
            "ausgestellt",
            "ausgestellt am",
            "erzeugt am",
            "gültig ab",
            "gültig von",
            "gemaakt",
            "gemaakt op",
            "aangemaakt",
            "aangemaakt op",
            "aanmaakdatum",
            "uitgegeven op",
            "geldig vanaf",
        ],
    ),
    (
        Meaning::Is(Property::Rotated),
        &[
            "last rotated",
            "last rotation",
            "rotated",
            "rotated at",
            "rotated on",
            "rotation date",
            "regenerated",
            "renewed",
            "renewed on",
            "zuletzt rotiert",
            "rotiert am",
            "erneuert am",
            "neu generiert am",
            "letzte rotation",
            "laatst geroteerd",
            "geroteerd op",
            "vernieuwd op",
            "laatste rotatie",
        ],
    ),
    (
        Meaning::Is(Property::RotationDue),
        &[
            "rotation due",
            "rotate by",
            "next rotation",
            "rotation due on",
            "rotation fällig",
            "fällig am",
            "nächste rotation",
            "rotatie vervalt",
            "te roteren voor",
            "volgende rotatie",
        ],
    ),
    (
        Meaning::Is(Property::LastUsed),
        &[
            "last used",
            "last used at",
            "last used on",
            "last use",
            "last activity",
            "last active",
            "last active at",
            "last seen",
            "last seen at",
            "last accessed",
            "last access",
            "last used date",
            "zuletzt verwendet",
            "zuletzt benutzt",
            "zuletzt genutzt",
            "letzte nutzung",
            "letzte verwendung",
            "letzter zugriff",
            "zuletzt aktiv",
            "laatst gebruikt",
            "laatst gezien",
            "laatste gebruik",
            "laatste toegang",
            "laatst actief",
            "used",
            "last usage",
        ],
    ),
    (
        Meaning::Is(Property::Expires),
        &[
            "expires",
            "expires at",
            "expires on",
            "expiry",
            "expiry date",
            "expiration",
            "expiration date",
            "expiration time",
            "expire time",
            "end date",
            "ablauf",
            "ablaufdatum",
            "läuft ab",
            "läuft ab am",
            "verfällt am",
            "ablauf am",
            "verloopt",
            "verloopt op",
            "vervaldatum",
            "vervalt op",
            "vervalt",
        ],
    ),
    (
        Meaning::Until,
        &[
            "valid until",
            "valid to",
            "valid till",
            "usable until",
            "gültig bis",
            "gültigkeit bis",
            "nutzbar bis",
            "geldig tot",
            "geldig t m",
            "geldig tot en met",
        ],
    ),
    (
        Meaning::Is(Property::Reviewed),
        &[
            "reviewed",
            "last reviewed",
            "last review",
            "reviewed at",
            "reviewed on",
            "review date",
            "last confirmed",
            "geprüft",
            "geprüft am",
            "zuletzt geprüft",
            "letzte prüfung",
            "überprüft am",
            "gecontroleerd",
            "laatst gecontroleerd",
            "laatste controle",
            "beoordeeld op",
        ],
    ),
    (
        Meaning::Is(Property::Status),
        &["status", "state", "key status", "zustand", "toestand", "schlüsselstatus", "sleutelstatus"],
    ),
    (
        Meaning::State(Status::Active),
        &["active", "enabled", "is active", "aktiv", "aktiviert", "actief", "ingeschakeld"],
    ),
    (
        Meaning::State(Status::Inactive),
        &[
            "disabled",
            "is disabled",
            "inactive",
            "suspended",
            "deaktiviert",
            "gesperrt",
            "inaktiv",
            "uitgeschakeld",
            "inactief",
        ],
    ),
    (Meaning::State(Status::Revoked), &["revoked", "is revoked", "deleted", "widerrufen", "gelöscht", "ingetrokken"]),
    (Meaning::State(Status::Leaked), &["leaked", "compromised", "kompromittiert", "gelekt"]),
    (
        Meaning::Is(Property::Scopes),
        &[
            "scope",
            "scopes",
            "access scope",
            "access scopes",
            "permission",
            "permissions",
            "access",
            "access level",
            "role",
            "roles",
            "rights",
            "privileges",
            "policies",
            "berechtigung",
            "berechtigungen",
            "zugriffsbereich",
            "geltungsbereich",
            "umfang",
            "rechte",
            "rolle",
            "rollen",
            "zugriff",
            "zugriffsebene",
            "machtiging",
            "machtigingen",
            "rechten",
            "bereik",
            "toegangsbereik",
            "toegang",
            "toegangsniveau",
            "rol",
            "rollen",
            "bevoegdheden",
        ],
    ),
    (
        Meaning::Is(Property::Resources),
        &[
            "resource",
            "resources",
            "repository",
            "repositories",
            "repo",
            "bucket",
            "zone",
            "ressource",
            "ressourcen",
            "bron",
            "bronnen",
        ],
    ),
    (
        Meaning::Is(Property::Integrations),
        &[
            "integration",
            "integrations",
            "application",
            "applications",
            "app",
            "used by",
            "used in",
            "consumer",
            "system",
            "anwendung",
            "anwendungen",
            "integrationen",
            "verwendet von",
            "verwendet in",
            "eingesetzt in",
            "toepassing",
            "integratie",
            "integraties",
            "gebruikt door",
            "gebruikt in",
        ],
    ),
    (Meaning::Is(Property::Environment), &["environment", "env", "stage", "umgebung", "omgeving"]),
    (
        Meaning::Is(Property::Provider),
        &["provider", "service", "vendor", "platform", "anbieter", "dienst", "plattform", "leverancier"],
    ),
    (
        Meaning::Is(Property::Restrictions),
        &[
            "allowed ips",
            "allowed ip addresses",
            "ip allowlist",
            "ip whitelist",
            "ip restrictions",
            "referrers",
            "restrictions",
            "cidr whitelist",
            "erlaubte ips",
            "ip einschränkung",
            "einschränkungen",
            "toegestane ips",
            "ip beperking",
            "beperkingen",
        ],
    ),
    (
        Meaning::Is(Property::Supersedes),
        &[
            "supersedes",
            "replaces",
            "predecessor",
            "ersetzt",
            "nachfolger von",
            "vorgänger",
            "vervangt",
            "opvolger van",
        ],
    ),
    (Meaning::Is(Property::Kind), &["kind", "type", "key type", "token type", "art", "typ", "soort"]),
    (
        Meaning::Nothing,
        &["actions", "action", "menu", "", "#", "no", "nr", "aktionen", "aktion", "acties", "actie", "edit", "delete"],
    ),
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn headings_are_folded_and_found_in_three_languages() {
        for (heading, property) in [
            ("API Key Name", Property::Name),
            ("lastUsedAt", Property::LastUsed),
            ("last_used", Property::LastUsed),
            ("Created (UTC)", Property::Created),
            ("Läuft ab am", Property::Expires),
            ("API-Schlüsselname", Property::Name),
            ("Eigentu\u{308}mer", Property::Owner),
            ("Zuletzt verwendet", Property::LastUsed),
            ("Toegestane IP's", Property::Restrictions),
            ("Aangemaakt op", Property::Created),
            (" \"Vervaldatum\" ", Property::Expires),
            ("E-Mail", Property::Owner),
            ("AccessKeyId", Property::Id),
            ("APIKeyName", Property::Name),
        ] {
            assert_eq!(meaning(heading), Some(Meaning::Is(property)), "{heading} is {:?}", fold(heading));
        }
        assert_eq!(meaning("Gültig bis"), Some(Meaning::Until));
        assert_eq!(meaning("Widerrufen?"), Some(Meaning::State(Status::Revoked)));
        assert_eq!(meaning("Aktionen"), Some(Meaning::Nothing));
        assert_eq!(meaning("favourite colour"), None);
    }

    #[test]
    fn every_heading_is_folded_and_means_one_thing() {
        let mut seen = BTreeSet::new();
        for (meaning, words) in HEADINGS {
            for word in *words {
                assert_eq!(fold(word), *word, "{meaning:?}");
                assert!(seen.insert(word) || *word == "rollen", "{word} twice");
            }
        }
    }

    #[test]
    fn states_are_words_of_three_languages() {
        assert_eq!(status("Aktiv"), Some(Field::Known(Status::Active)));
        assert_eq!(status("abgelaufen"), Some(Field::Known(Status::Expired)));
        assert_eq!(status(" Ingetrokken "), Some(Field::Known(Status::Revoked)));
        assert_eq!(status("n/a"), Some(Field::Unknown));
        assert_eq!(status("sleeping"), None);
        assert_eq!((boolean("Ja"), boolean("NEE"), boolean("maybe")), (Some(true), Some(false), None));
    }

    #[test]
    fn units_stand_in_brackets() {
        assert_eq!(bracketed("Created (UTC)"), Some("UTC"));
        assert_eq!(bracketed("Erstellt [Europe/Berlin]"), Some("Europe/Berlin"));
        assert_eq!(bracketed("Created (UTC"), None);
    }
}
