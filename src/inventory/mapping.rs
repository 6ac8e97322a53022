//! What a configuration file or the command line says about tables and JSON of unknown origin: which heading is which
//! property of a key. Everything it leaves out is told by the headings, by the words that people use.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::key::{Digest, Field, Key};
use super::time::{self, Clock, DateOrder, Reading};
use super::words;

macro_rules! properties {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)+) => {
        /// A property of a key that a column can hold.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        pub enum Property {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }

        impl Property {
            /// Every property, in the order in which tables show them.
            pub const ALL: &[Property] = &[$(Property::$variant,)+];

            /// The name used in mappings and as heading of keytrail's own tables.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Property::$variant => $name,)+ }
            }

            /// The property of that name.
            #[must_use]
            pub fn of_name(name: &str) -> Option<Property> {
                Property::ALL.iter().copied().find(|property| property.as_str() == name)
            }
        }
    };
}

properties! {
    /// Who issued the key.
    Provider = "provider";
    /// What kind of credential it is.
    Kind = "kind";
    /// The provider's identifier.
    Id = "id";
    /// The label that people gave it.
    Name = "name";
    /// Who answers for it.
    Owner = "owner";
    /// Organisation, project or workspace.
    Account = "account";
    /// Production, test.
    Environment = "environment";
    /// What uses it.
    Integrations = "integrations";
    /// What it may do.
    Scopes = "scopes";
    /// What it reaches.
    Resources = "resources";
    /// From where it may be used.
    Restrictions = "restrictions";
    /// Whether it works.
    Status = "status";
    /// When it was made.
    Created = "created";
    /// When its secret last changed.
    Rotated = "rotated";
    /// When it was last used.
    LastUsed = "last-used";
    /// When it stops working.
    Expires = "expires";
    /// When it was last reviewed.
    Reviewed = "reviewed";
    /// When it is to be rotated.
    RotationDue = "rotation-due";
    /// Which key it replaces.
    Supersedes = "supersedes";
    /// The key itself, masked or whole.
    Key = "key";
    /// Its first characters.
    Prefix = "prefix";
    /// Its last characters.
    Suffix = "suffix";
    /// A digest of it.
    Hash = "hash";
    /// The public half of a private key, or its fingerprint.
    PublicKey = "public-key";
}

impl Property {
    /// The field of a date; `None` for what is no date.
    pub(crate) fn date(self, key: &mut Key) -> Option<&mut Field<Timestamp>> {
        Some(match self {
            Property::Created => &mut key.created,
            Property::Rotated => &mut key.rotated,
            Property::LastUsed => &mut key.last_used,
            Property::Expires => &mut key.expires,
            Property::Reviewed => &mut key.reviewed,
            Property::RotationDue => &mut key.rotation_due,
            _ => return None,
        })
    }
}

/// How to read a table or a JSON file that keytrail does not know.
///
/// ```toml
/// provider = "acme"
/// date-order = "day-first"
/// time-zone = "Europe/Berlin"
/// columns = { name = "Label", created = "Made on", owner = "user.mail" }
/// constants = { environment = "production" }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Mapping {
    /// Who issued the keys, where no column says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Where the rows of a JSON file are: the names of the members on the way to them with dots between, as `data.keys`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<String>,
    /// How dates made of numbers are ordered, where the day and the month cannot be told apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub date_order: Option<DateOrder>,
    /// The zone of times that name none, as `Europe/Berlin` or `+01:00`; UTC unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// How the digests in the column of `hash` were made, where their length leaves it open.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub digest: Option<DigestName>,
    /// Heading of the column of each property; in JSON the member's name, with dots for members inside members.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<Property, String>,
    /// Values of properties that are the same for all keys.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub constants: BTreeMap<Property, String>,
}

/// Name of a digest in a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DigestName {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
    /// HMAC with SHA-256.
    HmacSha256,
}

impl From<DigestName> for Digest {
    fn from(name: DigestName) -> Self {
        match name {
            DigestName::Md5 => Digest::Md5,
            DigestName::Sha1 => Digest::Sha1,
            DigestName::Sha256 => Digest::Sha256,
            DigestName::Sha512 => Digest::Sha512,
            DigestName::HmacSha256 => Digest::HmacSha256,
        }
    }
}

/// A mapping that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// A zone that does not exist.
    #[error("there is no time zone `{0}`; zones are named as `Europe/Berlin`, `UTC` or `+01:00`")]
    Zone(String),
    /// A constant that is no value of its property.
    #[error("`{1}` is no value of `{0}`")]
    Constant(&'static str, String),
}

impl Mapping {
    /// The zone of times that name none.
    ///
    /// # Errors
    /// When there is no zone of the name given.
    pub(crate) fn zone(&self) -> Result<TimeZone, MappingError> {
        match &self.time_zone {
            None => Ok(TimeZone::UTC),
            Some(name) => time::zone(name).ok_or_else(|| MappingError::Zone(name.clone())),
        }
    }

    /// Checks what can be checked without a file.
    ///
    /// # Errors
    /// The first value that cannot be used.
    pub fn check(&self) -> Result<(), MappingError> {
        self.zone()?;
        for (&property, value) in &self.constants {
            let bad = match property {
                Property::Status => words::status(value).is_none(),
                // What is the same for all keys identifies none of them.
                Property::Id
                | Property::Key
                | Property::Prefix
                | Property::Suffix
                | Property::Hash
                | Property::PublicKey
                | Property::Kind => true,
                Property::Created
                | Property::Rotated
                | Property::LastUsed
                | Property::Expires
                | Property::Reviewed
                | Property::RotationDue => !matches!(time::read(value, &Clock::default()), Reading::Is(_)),
                _ => false,
            };
            if bad {
                return Err(MappingError::Constant(property.as_str(), value.clone()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn property_names_are_read_back() {
        for &property in Property::ALL {
            assert_eq!(Property::of_name(property.as_str()), Some(property));
        }
    }
}
