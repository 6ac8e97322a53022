//! AWS IAM credential report: one row per user, with up to two access keys each.
//!
//! The report shows no key ids: a key's id is the user's ARN and the number of its slot. The listing of access keys
//! names users and creation times, by which the two meet. Columns are read by their headings, since reports differ in
//! how many they have. The JSON answer of `get-credential-report`, with the report in base64, is taken as well.
//!
//! Confirmed by the column descriptions of the IAM user guide, "Get credential reports for your AWS account".

use base64::Engine as _;
use serde_json::Value;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::problem::{Kind, quoted};
use crate::inventory::row::Row;
use crate::inventory::words;

/// See the module.
pub const FORMAT: Format = Format {
    name: "aws-credential-report",
    title: "AWS IAM credential report",
    provider: "aws",
    export: "aws iam get-credential-report --query Content --output text | base64 -d",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

/// Since this day AWS knows when a key was last used (IAM user guide).
const LAST_USE_KNOWN_SINCE: i64 = 1_429_660_800; // 2015-04-22

fn fits(sample: &Sample<'_>) -> u8 {
    let table = sample.all(&["user", "arn", "access_key_1_active"]);
    when(table || sample.all(&["Content", "ReportFormat"]), 100)
}

/// The table inside the answer of `get-credential-report`, which has it in base64.
pub fn content(value: &Value) -> Option<Result<Vec<u8>, &'static str>> {
    let content = value.get("Content")?.as_str()?;
    let compact: String = content.split_whitespace().collect();
    let report = base64::engine::general_purpose::STANDARD.decode(compact);
    Some(report.map_err(|_| "`Content` is no base64"))
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let (user, arn) = (row.text("user"), row.text("arn"));
    if user.is_unknown() && arn.is_unknown() {
        return row.problem(Kind::BadRow, "it names no user");
    }
    let mut unread = false;
    for slot in ["1", "2"] {
        let column = |name: &str| format!("access_key_{slot}_{name}");
        let Some(cell) = row.str(&column("active")) else {
            // Of a row that is cut short nobody knows whether its user has keys.
            if slot == "1" {
                unread = true;
                row.problem(Kind::BadRow, "it ends before it says whether its user has access keys");
            }
            continue;
        };
        let active = row.flag(&column("active"));
        let created = row.time(&column("last_rotated"));
        let neither = active.is_none() && !words::is_blank(cell);
        if neither {
            row.problem(Kind::BadValue, format!("`{}`: {} is neither yes nor no", column("active"), quoted(cell)));
        }
        // A slot that is switched off and has no date is empty; one with a date holds an inactive key.
        if active != Some(true) && created.known().is_none() {
            if neither {
                unread = true;
                row.problem(Kind::BadRow, format!("nobody can tell whether its user has access key {slot}"));
            }
            continue;
        }
        let mut key = row.key("aws", "access-key");
        key.id = arn.clone().map(|arn| format!("{arn}#access-key-{slot}").into());
        key.owner = user.clone();
        key.owner_kind = OwnerKind::User;
        key.account = arn.clone().map(|arn| row.context.shared(arn.split(':').nth(4).unwrap_or_default()));
        key.status = match active {
            Some(true) => Field::Known(Status::Active),
            Some(false) => Field::Known(Status::Inactive),
            None => Field::Unknown,
        };
        key.created = created;
        key.last_used = last_used(row, &column("last_used_date"), &key);
        if let (Field::Known(service), Field::Known(region)) =
            (row.text(&column("last_used_service")), row.text(&column("last_used_region")))
        {
            key.note(format!("last used for {service} in {region}"));
        }
        if let Field::Known(name) = &user
            && name.as_str() == "<root_account>"
        {
            key.owner_kind = OwnerKind::Team;
            key.scopes = row.texts(["root"]);
        }
        key.alias = super::aws_access_keys::alias(&key);
        out.push(key);
    }
    if out.is_empty() && !unread {
        row.skip("users without access keys");
    }
    let more = row.text("additional_credentials_info").known().and_then(|text| text.parse::<u32>().ok());
    if let Some(more) = more.filter(|more| *more > 0) {
        row.problem(Kind::Incomplete, format!("the user has {more} more keys, which the report leaves out"));
    }
}

/// `N/A` says "never" of keys that were made when AWS took note of uses, and nothing of older ones.
fn last_used(row: &Row<'_>, column: &str, key: &Key) -> Field<jiff::Timestamp> {
    let since = |time: &jiff::Timestamp| time.as_second() >= LAST_USE_KNOWN_SINCE;
    match row.str(column).map(str::trim) {
        Some(text) if text.eq_ignore_ascii_case("n/a") && key.created.known().is_some_and(since) => Field::Empty,
        _ => row.time(column),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{at, inventory, keys, list, named_keys};
    use super::*;

    const REPORT: &str = "user,arn,user_creation_time,password_enabled,access_key_1_active,access_key_1_last_rotated,\
        access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,\
        access_key_2_last_rotated,access_key_2_last_used_date\n\
        <root_account>,arn:aws:iam::000000000000:root,2020-01-01T00:00:00+00:00,not_supported,true,\
        2014-01-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A\n\
        fake-ci,arn:aws:iam::000000000000:user/fake-ci,2023-01-01T00:00:00+00:00,false,true,\
        2023-01-01T00:00:00+00:00,N/A,N/A,N/A,FALSE,2022-01-01T00:00:00+00:00,2022-06-01T00:00:00+00:00\n\
        person,arn:aws:iam::000000000000:user/person,2023-01-01T00:00:00+00:00,true,false,N/A,N/A,N/A,N/A,false,N/A,\
        no_information\n";

    #[test]
    fn both_slots_of_every_user() {
        let keys = named_keys("aws-credential-report", "report.csv", REPORT);
        assert_eq!(keys.len(), 3);
        let (root, first, second) = (&keys[0], &keys[1], &keys[2]);
        assert_eq!(root.last_used, Field::Unknown, "made before uses were noted");
        assert_eq!(list(&root.scopes), ["root"]);
        assert_eq!(first.id, Field::Known("arn:aws:iam::000000000000:user/fake-ci#access-key-1".into()));
        assert_eq!((first.created, first.last_used), (at("2023-01-01T00:00:00Z"), Field::Empty));
        assert_eq!(second.status, Field::Known(Status::Inactive));
        assert_eq!(second.last_used, at("2022-06-01T00:00:00Z"));
        assert_eq!((first.origin.line, first.origin.row), (3, 2));
        assert_eq!(first.account, Field::Known("000000000000".into()));
    }

    #[test]
    fn users_without_keys_are_counted() {
        let inventory = inventory("report.csv", REPORT);
        let source = &inventory.sources()[0];
        assert_eq!((source.rows, source.read, source.bad), (3, 2, 0));
        assert_eq!(source.skipped["users without access keys"], 1);
    }

    #[test]
    fn the_answer_with_the_report_inside() {
        let content = base64::engine::general_purpose::STANDARD.encode(REPORT);
        let json = format!("{{\"Content\":\"{content}\",\"ReportFormat\":\"text/csv\",\"GeneratedTime\":\"x\"}}");
        assert_eq!(keys("aws-credential-report", &json).len(), 3);
        let inventory = inventory("report.json", &json);
        let source = &inventory.sources()[0];
        assert_eq!((source.rows, source.read, source.bad), (3, 2, 0));
        assert_eq!(source.skipped["users without access keys"], 1);
        assert_eq!((inventory.keys()[2].origin.line, inventory.keys()[2].origin.row), (3, 2));
        assert!(inventory.problems()[0].message.contains("lines are those of the report"));
        let broken = super::super::tests::inventory("report.json", &json.replace("dXNl", "%%%%"));
        assert_eq!((broken.keys().len(), broken.problems()[0].kind), (0, Kind::BadRow));
    }

    #[test]
    fn rows_that_do_not_say_whether_there_is_a_key_are_said() {
        let rest = ",true,maybe,N/A,N/A,N/A,N/A,false,N/A,N/A\n";
        let text = format!(
            "{REPORT}cut,arn:aws:iam::000000000000:user/cut,2023-01-01T00:00:00+00:00\n\
             maybe,arn:aws:iam::000000000000:user/maybe,2023-01-01T00:00:00+00:00{rest}"
        );
        let inventory = inventory("report.csv", &text);
        let source = &inventory.sources()[0];
        assert_eq!((source.rows, source.read, source.bad), (5, 2, 2));
        let said: Vec<(Kind, u32)> = inventory.problems().iter().map(|p| (p.kind, p.origin.line)).collect();
        let wanted = [(Kind::BadRow, 5), (Kind::BadValue, 5), (Kind::BadRow, 6), (Kind::BadValue, 6)];
        assert_eq!(said, wanted, "{:#?}", inventory.problems());
    }
}
