//! keytrail's own inventories, as `inventory convert` writes them: JSON, JSON Lines, CSV or TSV.
//!
//! What was known, known to be empty and unknown comes back as it was. A key that stood in plaintext in the first
//! export does not: keytrail never writes keys.

use serde_json::Value;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Basis as Age, Digest, Field, Key, List, OwnerKind, Shown, Status, Text};
use crate::inventory::output::{NEVER, NONE};
use crate::inventory::problem::{Kind, quoted};
use crate::inventory::row::{Row, text_of};

/// See the module.
pub const FORMAT: Format = Format {
    name: "keytrail",
    title: "keytrail's own inventory",
    provider: "keytrail",
    export: "keytrail inventory convert FILE -o keys.json",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let row = sample.all(&["provider", "kind", "origin"]);
    when(row && (if sample.table { sample.all(&["shown", "created-basis"]) } else { sample.has("origin/path") }), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let (Some(provider), Some(kind)) = (row.str("provider"), row.str("kind")) else {
        return row.problem(Kind::BadRow, "it names no provider or no kind");
    };
    let mut key = row.key(provider, kind);
    key.id = text(row, "id");
    key.name = text(row, "name");
    key.owner = text(row, "owner");
    key.account = text(row, "account");
    key.environment = text(row, "environment");
    key.supersedes = text(row, "supersedes");
    key.integrations = list(row, "integrations");
    key.scopes = list(row, "scopes");
    key.resources = list(row, "resources");
    key.restrictions = list(row, "restrictions");
    key.created = row.time_null_never("created");
    key.rotated = row.time_null_never("rotated");
    key.last_used = row.time_null_never("last-used");
    key.expires = row.time_null_never("expires");
    key.reviewed = row.time_null_never("reviewed");
    key.rotation_due = row.time_null_never("rotation-due");
    key.status = match row.str("status") {
        None | Some("") => Field::Unknown,
        Some(word) => match Status::ALL.iter().find(|status| status.as_str() == word) {
            Some(status) => Field::Known(*status),
            None => row.status("status"),
        },
    };
    key.basis = match row.str("created-basis") {
        Some("granted") => Age::Granted,
        Some("valid-from") => Age::ValidFrom,
        _ => Age::Stated,
    };
    key.owner_kind = match row.str("owner-kind") {
        Some("user") => OwnerKind::User,
        Some("service") => OwnerKind::Service,
        Some("team") => OwnerKind::Team,
        _ => OwnerKind::Unknown,
    };
    key.unused_days = row.text("unused-days").known().and_then(|days| days.parse().ok());
    match row.get("shown") {
        Some(Value::Array(list)) => key.shown.extend(list.iter().filter_map(shown_json)),
        Some(Value::String(cell)) => {
            for part in cell.split("; ").filter(|part| !part.is_empty()) {
                match shown_cell(part) {
                    Some(shown) => key.shown.push(shown),
                    None if part.starts_with("plain ") => {}
                    None => row.problem(Kind::BadValue, format!("`shown`: {} cannot be read", quoted(part))),
                }
            }
        }
        _ => {}
    }
    let notes: Vec<Text> = match row.get("notes") {
        Some(Value::Array(list)) => list.iter().filter_map(text_of).map(Text::from).collect(),
        Some(Value::String(cell)) => cell.split("; ").filter(|note| !note.is_empty()).map(Text::from).collect(),
        _ => Vec::new(),
    };
    notes.into_iter().for_each(|note| key.note(note));
    out.push(key);
}

/// Words and signs for what JSON can say by itself are in tables only.
fn is_table(row: &Row<'_>) -> bool {
    !row.has("origin/path")
}

fn text(row: &Row<'_>, name: &str) -> Field<Text> {
    match row.get(name) {
        Some(Value::Null) => Field::Empty,
        Some(Value::String(text)) if text.is_empty() => Field::Unknown,
        Some(Value::String(text)) if !is_table(row) => Field::Known(row.context.shared(text)),
        Some(Value::String(text)) if text == NONE => Field::Empty,
        Some(Value::String(text)) => Field::Known(row.context.shared(unescaped(text))),
        _ => Field::Unknown,
    }
}

/// Without the sign that keeps a cell from being a formula.
fn unescaped(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\'']) => rest,
        _ => cell,
    }
}

fn list(row: &Row<'_>, name: &str) -> Field<List> {
    match row.get(name) {
        Some(Value::Null) => Field::Empty,
        Some(Value::String(cell)) if cell == NONE || cell == NEVER => Field::Empty,
        Some(Value::String(cell)) if cell.is_empty() => Field::Unknown,
        Some(Value::String(cell)) => row.texts(unescaped(cell).split("; ")),
        Some(Value::Array(_)) => row.list(name),
        _ => Field::Unknown,
    }
}

fn shown_json(value: &Value) -> Option<Shown> {
    let text = |name: &str| value.get(name).and_then(text_of).map(Text::from).unwrap_or_default();
    match value.get("what")?.as_str()? {
        "id" => Some(Shown::Id(text("value"))),
        "mask" => Some(Shown::Mask { prefix: text("prefix"), suffix: text("suffix") }),
        "public" => Some(Shown::Public(text("value"))),
        "digest" => digest(&text("algorithm"), &text("value")),
        _ => None,
    }
}

fn shown_cell(cell: &str) -> Option<Shown> {
    let (what, value) = unescaped(cell).split_once(' ')?;
    match what {
        "id" => Some(Shown::Id(value.into())),
        "public" => Some(Shown::Public(value.into())),
        "mask" => {
            let (prefix, suffix) = value.split_once('…')?;
            Some(Shown::Mask { prefix: prefix.into(), suffix: suffix.into() })
        }
        _ => digest(what, value),
    }
}

fn digest(name: &str, value: &str) -> Option<Shown> {
    let all = [Digest::Md5, Digest::Sha1, Digest::Sha256, Digest::Sha512, Digest::HmacSha256];
    let digest = all.into_iter().find(|digest| digest.as_str() == name)?;
    let bytes = hex::decode(value).ok().filter(|bytes| bytes.len() == digest.bytes())?;
    Some(Shown::Digest(digest, bytes.into_boxed_slice()))
}
