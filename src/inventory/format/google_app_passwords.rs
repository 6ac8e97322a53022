//! Google Workspace application-specific passwords of a user, from the Admin SDK.
//!
//! Times are numbers in texts; `0` stands for never used. The members are those of the Directory API reference
//! (`asps.list`), which leaves the unit of the times open: it is told by their size.

use jiff::Timestamp;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "google-app-passwords",
    title: "Google Workspace application-specific passwords",
    provider: "google-oauth",
    export: "the Directory API: users/USER/asps",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["codeId", "creationTime"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("google-oauth", "app-password");
    let (code, user) = (row.text("codeId"), row.shared("userKey"));
    key.id = match (&code, &user) {
        (Field::Known(code), Field::Known(user)) => Field::Known(format!("{user}/{code}").into()),
        _ => code,
    };
    key.name = row.text("name");
    key.owner = user;
    key.owner_kind = OwnerKind::User;
    key.created = row.time("creationTime");
    key.last_used = match row.time("lastTimeUsed") {
        Field::Known(time) if time == Timestamp::UNIX_EPOCH => Field::Empty,
        time => time,
    };
    key.expires = Field::Empty;
    key.status = Field::Known(Status::Active);
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key};
    use super::*;

    #[test]
    fn zero_is_never() {
        let key = key(
            "google-app-passwords",
            r#"{"kind":"admin#directory#aspList","items":[{"codeId":1,"name":"fake","creationTime":"1700000000000",
            "lastTimeUsed":"0","userKey":"1"}]}"#,
        );
        assert_eq!((key.created, key.last_used), (at("2023-11-14T22:13:20Z"), Field::Empty));
        assert_eq!(key.id, Field::Known("1/1".into()));
    }
}
