//! Vercel tokens, with their first and last characters and with what Vercel itself has seen leaked.
//!
//! Times are milliseconds. The members are those of Vercel's API description ("List Auth Tokens").

use serde_json::Value;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Shown, Status, Text};
use crate::inventory::row::{Row, text_of};

/// See the module.
pub const FORMAT: Format = Format {
    name: "vercel",
    title: "Vercel access tokens",
    provider: "vercel",
    export: "curl https://api.vercel.com/v6/user/tokens …",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["id", "activeAt", "createdAt"]) && sample.any(&["scopes", "origin", "type"]), 95)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("vercel", "token");
    key.id = row.text("id");
    key.name = row.text("name");
    key.owner = row.account_from_file();
    key.owner_kind = OwnerKind::User;
    key.created = row.time("createdAt");
    key.last_used = row.time("activeAt");
    key.expires = row.time_absent_never("expiresAt");
    let is = |name: &str| row.time(name).known().is_some();
    key.status = Field::Known(match (is("leakedAt"), is("revokedAt")) {
        (_, true) => Status::Revoked,
        (true, false) => Status::Leaked,
        (false, false) => Status::Active,
    });
    key.status_since = row.time("revokedAt").or(row.time("leakedAt"));
    if let Field::Known(place) = row.text("leakedUrl") {
        key.note(format!("seen leaked at {place}"));
    }
    let scopes = row.each("scopes").filter_map(|scope| {
        let kind = scope.get("type").and_then(text_of)?;
        let team = scope.get("teamId").and_then(text_of);
        let sudo = scope.get("sudo").is_some_and(|sudo| !sudo.is_null() && *sudo != Value::Bool(false));
        Some(format!("{kind}{}{}", team.map(|team| format!(":{team}")).unwrap_or_default(), if sudo { ":sudo" } else { "" }))
    });
    key.scopes = if row.has("scopes") { row.texts(scopes) } else { Field::Unknown };
    let end = |name: &str| row.text(name).known().cloned().unwrap_or_else(Text::new);
    let (prefix, suffix) = (end("prefix"), end("suffix"));
    if !prefix.is_empty() || !suffix.is_empty() {
        key.shown.push(Shown::Mask { prefix, suffix });
    }
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, keys, list, shown};
    use super::*;

    #[test]
    fn what_the_provider_saw_leaked() {
        let keys = keys(
            "vercel",
            r#"{"tokens":[{"id":"fake","name":"fake","type":"token","prefix":"vcp_","suffix":"fakefk","scopes":[
            {"type":"user","createdAt":1700000000000},{"type":"team","teamId":"t1","createdAt":1700000000000}],
            "createdAt":1700000000000,"activeAt":1700000001000},{"id":"b","name":"b","type":"token","scopes":[],
            "createdAt":1700000000000,"activeAt":1700000001000,"leakedAt":1700000002000,
            "leakedUrl":"https://example.com/x"}],"pagination":{"count":2,"next":null,"prev":null}}"#,
        );
        assert_eq!((shown(&keys[0]), list(&keys[0].scopes)), (vec!["mask vcp_…fakefk".into()], vec!["user".into(), "team:t1".to_owned()]));
        assert_eq!((keys[0].last_used, keys[0].expires), (at("2023-11-14T22:13:21Z"), Field::Empty));
        assert_eq!(keys[1].status, Field::Known(Status::Leaked));
    }
}
