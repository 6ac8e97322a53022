//! Groups of a pattern that only say what a key reveals: `(?P<fact_account>…)`, `(?P<fact_created_as_ulid>…)`.
//!
//! Shared with the build script; depends on nothing else of keytrail.

/// How the name of such a group begins.
const PREFIX: &str = "fact_";
/// What stands between the name of the fact and the way it is coded.
const CODED: &str = "_as_";

/// How a group's text stands for what it tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The text itself.
    Plain,
    /// A time as `20330518T033320Z`.
    BasicTime,
    /// A time as `203305180333`, in UTC.
    Minute,
    /// The time in the first eight hexadecimal digits of an ObjectId (BSON).
    ObjectId,
    /// The time in a ULID.
    Ulid,
    /// The time in a KSUID.
    Ksuid,
    /// The time in six characters of base64url, as itsdangerous writes it.
    Itsdangerous,
    /// A UUID in base58.
    Base58Uuid,
}

/// The codes by their names in rule files.
pub const CODES: [(&str, Code); 7] = [
    ("basic_time", Code::BasicTime),
    ("minute", Code::Minute),
    ("object_id", Code::ObjectId),
    ("ulid", Code::Ulid),
    ("ksuid", Code::Ksuid),
    ("itsdangerous", Code::Itsdangerous),
    ("base58_uuid", Code::Base58Uuid),
];

/// Whether a group is one of these.
#[must_use]
pub fn is_fact(group: &str) -> bool {
    group.starts_with(PREFIX)
}

/// The name of the fact that a group tells, as reports have it, and its code; nothing for other groups.
///
/// # Errors
/// Groups whose code is none of [`CODES`], or whose fact has no name: what is wrong, and what would be right.
pub fn read(group: &str) -> Option<Result<(String, Code), String>> {
    // A name stands in a pattern once: where two branches tell the same, the second one has a digit behind it.
    let told = group.strip_prefix(PREFIX)?.trim_end_matches(|c: char| c.is_ascii_digit());
    let (name, code) = match told.rsplit_once(CODED) {
        Some((name, wanted)) => (name, CODES.into_iter().find(|(known, _)| *known == wanted).map(|(_, code)| code)),
        None => (told, Some(Code::Plain)),
    };
    Some(match code {
        Some(code) if !name.is_empty() => Ok((name.replace('_', " "), code)),
        Some(_) => Err(format!("the group `{group}` tells nothing: `fact_account` would tell the account")),
        None => {
            let known = CODES.map(|(name, _)| name).join(", ");
            Err(format!("the group `{group}` has an unknown code; behind `{CODED}` stands one of {known}"))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_told_and_how() {
        let told = |group: &str| read(group).map(|read| read.map_err(drop));
        assert_eq!(told("fact_account"), Some(Ok(("account".to_owned(), Code::Plain))));
        assert_eq!(told("fact_key_id2"), Some(Ok(("key id".to_owned(), Code::Plain))));
        assert_eq!(told("fact_created_as_ulid"), Some(Ok(("created".to_owned(), Code::Ulid))));
        assert_eq!(told("fact_created_as_base58_uuid"), Some(Ok(("created".to_owned(), Code::Base58Uuid))));
        for wrong in ["fact_", "fact_created_as_sundial", "fact_created_as_", "fact__as_ulid2x"] {
            assert_eq!(told(wrong), Some(Err(())), "{wrong}");
        }
        for other in ["secret", "id", "facts", ""] {
            assert_eq!(told(other), None, "{other}");
        }
    }
}
