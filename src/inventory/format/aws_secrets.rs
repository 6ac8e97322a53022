//! AWS Secrets Manager: the answer of `list-secrets`. A secret is no key of AWS, but a stored one of somebody.
//!
//! Times are seconds with a fraction in answers of the older command line, ISO 8601 in newer ones. `LastChangedDate`
//! moves on any edit and is no rotation; `LastAccessedDate` is left out for secrets that were never retrieved. Confirmed
//! against the examples of the AWS command line's reference for `secretsmanager list-secrets`.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "aws-secrets",
    title: "AWS Secrets Manager secrets",
    provider: "aws",
    export: "aws secretsmanager list-secrets",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let arn = sample.begins("ARN", "arn:") && sample.has("Name");
    when(arn && (sample.under("SecretList") || sample.any(&["SecretVersionsToStages", "LastChangedDate"])), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("aws", "stored-secret");
    key.id = row.text("ARN");
    key.name = row.text("Name");
    key.owner = row.first(&["OwningService"]);
    key.account = key.id.clone().map(|arn| row.context.shared(arn.split(':').nth(4).unwrap_or_default()));
    key.created = row.time("CreatedDate");
    // Absent where AWS does not rotate the secret; somebody may have done it by hand.
    key.rotated = row.time("LastRotatedDate");
    key.last_used = row.time_absent_never("LastAccessedDate");
    key.rotation_due = row.time("NextRotationDate");
    key.status = match row.time("DeletedDate") {
        Field::Known(_) => Field::Known(Status::Revoked),
        _ => Field::Known(Status::Active),
    };
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key};

    #[test]
    fn times_in_seconds_with_a_fraction() {
        let key = key(
            "aws-secrets",
            r#"{"SecretList":[{"ARN":"arn:aws:secretsmanager:eu-west-1:000000000000:secret:fake","Name":"prod/fake",
            "LastChangedDate":1700000001.123,"LastRotatedDate":1700000000.123,"LastAccessedDate":"2024-02-01T00:00:00Z","RotationEnabled":false,
            "CreatedDate":1600000000.0}]}"#,
        );
        assert_eq!((key.rotated, key.created), (at("2023-11-14T22:13:20.123Z"), at("2020-09-13T12:26:40Z")));
        assert_eq!(key.last_used, at("2024-02-01T00:00:00Z"));
    }
}
