//! AWS service-specific credentials (CodeCommit, Keyspaces, Bedrock): the answer of
//! `list-service-specific-credentials`.
//!
//! Confirmed against the example of the AWS command line's reference for `iam list-service-specific-credentials`; an
//! expiry date of newer answers is general knowledge.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "aws-service-credentials",
    title: "AWS IAM service-specific credentials",
    provider: "aws",
    export: "aws iam list-service-specific-credentials --user-name USER",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["ServiceSpecificCredentialId", "ServiceName"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("aws", "service-credential");
    key.id = row.text("ServiceSpecificCredentialId");
    key.name = row.first(&["ServiceCredentialAlias", "ServiceUserName"]);
    key.owner = row.shared("UserName");
    key.owner_kind = OwnerKind::User;
    key.status = row.status("Status");
    key.created = row.time("CreateDate");
    key.expires = row.time("ExpirationDate");
    key.resources = match row.shared("ServiceName") {
        Field::Known(service) => row.texts([service]),
        _ => Field::Unknown,
    };
    key.shown.extend(row.shown("ServicePassword"));
    key.shown.extend(row.shown("ServiceCredentialSecret"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key, list};
    use super::*;

    #[test]
    fn a_credential_of_one_service() {
        let key = key(
            "aws-service-credentials",
            r#"{"ServiceSpecificCredentials":[{"UserName":"dev","ServiceName":"codecommit.amazonaws.com",
            "ServiceUserName":"dev-at-000000000000","ServiceSpecificCredentialId":"ACCA-FAKE","Status":"Active",
            "CreateDate":"2024-01-01T00:00:00Z"}]}"#,
        );
        assert_eq!(list(&key.resources), ["codecommit.amazonaws.com"]);
        assert_eq!((key.created, key.expires), (at("2024-01-01T00:00:00Z"), Field::Unknown));
    }
}
