//! The common record of an issued key: what every importer fills and every check reads.
//!
//! Exports differ most in what they leave out. A [`Field`] therefore says which of three things is the case: the source
//! states a value, the source states that there is none (never used, never expires, no owner), or the source does not
//! say. No two of them are ever taken for each other, and there is no conversion that would lose the difference.

use std::fmt;
use std::sync::Arc;

use arcstr::ArcStr;
use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::secret::Secret;

/// A text of an inventory. One pointer; texts that repeat (owners, scopes) are stored once.
pub type Text = ArcStr;

/// Several texts in the order of the source; lists that repeat are stored once.
pub type List = Arc<Vec<Text>>;

/// What a source says about one property of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field<T> {
    /// The source does not say.
    #[default]
    Unknown,
    /// The source says that there is none: never used, never expires, no scopes.
    Empty,
    /// The source says this.
    Known(T),
}

impl<T> Field<T> {
    /// The value, where the source states one.
    pub fn known(&self) -> Option<&T> {
        match self {
            Field::Known(value) => Some(value),
            Field::Empty | Field::Unknown => None,
        }
    }

    /// Whether the source does not say.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Field::Unknown)
    }

    /// Whether the source says that there is none.
    pub fn is_empty(&self) -> bool {
        matches!(self, Field::Empty)
    }

    /// The same statement about something derived from the value.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Field::Known(value) => Field::Known(change(value)),
            Field::Empty => Field::Empty,
            Field::Unknown => Field::Unknown,
        }
    }

    /// This statement, or the other one where this source does not say.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        if self.is_unknown() { other } else { self }
    }
}

impl<T> From<Option<T>> for Field<T> {
    /// `None` is [`Field::Unknown`]: an absent value states nothing.
    fn from(value: Option<T>) -> Self {
        value.map_or(Field::Unknown, Field::Known)
    }
}

impl<T: Serialize> Serialize for Field<T> {
    /// The value, or null for [`Field::Empty`]; whoever holds an unknown field leaves it out.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Field::Known(value) => value.serialize(serializer),
            Field::Empty | Field::Unknown => serializer.serialize_none(),
        }
    }
}

/// Whether a key works, as the provider says. That a key's time has passed is worked out from [`Key::expires`] too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It works.
    Active,
    /// It is asked for and not yet granted.
    Pending,
    /// It is switched off, and can be switched on again.
    Inactive,
    /// Its time has passed.
    Expired,
    /// It is gone for good.
    Revoked,
    /// The provider itself has seen it leaked.
    Leaked,
}

impl Status {
    /// Every status.
    pub const ALL: &[Status] =
        &[Status::Active, Status::Pending, Status::Inactive, Status::Expired, Status::Revoked, Status::Leaked];

    /// The name used in reports and inventories.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Active => "active",
            Status::Pending => "pending",
            Status::Inactive => "inactive",
            Status::Expired => "expired",
            Status::Revoked => "revoked",
            Status::Leaked => "leaked",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What the date in [`Key::created`] stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The key was made then.
    #[default]
    Stated,
    /// The key was approved or authorised then; it is at least this old.
    Granted,
    /// The key is valid from then on, which whoever made it may have chosen.
    ValidFrom,
}

impl Basis {
    /// The name used in inventories.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Basis::Stated => "stated",
            Basis::Granted => "granted",
            Basis::ValidFrom => "valid-from",
        }
    }
}

/// Who a key acts for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnerKind {
    /// The source does not say.
    #[default]
    Unknown,
    /// A person.
    User,
    /// A service account, an application or a bot.
    Service,
    /// A team, an organisation or an account as a whole.
    Team,
}

impl OwnerKind {
    /// The name used in inventories; empty for unknown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            OwnerKind::Unknown => "",
            OwnerKind::User => "user",
            OwnerKind::Service => "service",
            OwnerKind::Team => "team",
        }
    }
}

/// How a digest of a key was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Digest {
    /// MD5, 16 bytes.
    Md5,
    /// SHA-1, 20 bytes.
    Sha1,
    /// SHA-256, 32 bytes.
    Sha256,
    /// SHA-512, 64 bytes.
    Sha512,
    /// HMAC with SHA-256, 32 bytes; the join needs its key.
    HmacSha256,
}

impl Digest {
    /// The name used in inventories.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Digest::Md5 => "md5",
            Digest::Sha1 => "sha1",
            Digest::Sha256 => "sha256",
            Digest::Sha512 => "sha512",
            Digest::HmacSha256 => "hmac-sha256",
        }
    }

    /// Length of the digest in bytes.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            Digest::Md5 => 16,
            Digest::Sha1 => 20,
            Digest::Sha256 | Digest::HmacSha256 => 32,
            Digest::Sha512 => 64,
        }
    }

    /// The algorithm without a key whose digests have this many bytes.
    #[must_use]
    pub(crate) fn of_len(len: usize) -> Option<Digest> {
        [Digest::Md5, Digest::Sha1, Digest::Sha256, Digest::Sha512].into_iter().find(|digest| digest.bytes() == len)
    }
}

/// What an export shows of the secret itself: by this a leaked key is recognised.
#[derive(Clone, PartialEq, Eq)]
pub enum Shown {
    /// An identifier that stands whole inside the key or beside its secret: an AWS access key id. No secret.
    Id(Text),
    /// The first and the last characters, as a mask showed them; either may be empty, not both.
    Mask {
        /// The first characters.
        prefix: Text,
        /// The last characters.
        suffix: Text,
    },
    /// A digest of the whole key.
    Digest(Digest, Box<[u8]>),
    /// A fingerprint or a public key that belongs to a private key, as the source writes it.
    Public(Text),
    /// The key itself stood in the export.
    Plain(Secret),
}

impl Shown {
    /// How many characters of the key a mask shows; `None` for everything else.
    #[must_use]
    pub(crate) fn mask_len(&self) -> Option<usize> {
        match self {
            Shown::Mask { prefix, suffix } => Some(prefix.chars().count() + suffix.chars().count()),
            _ => None,
        }
    }
}

impl fmt::Display for Shown {
    /// `id …`, `mask ab…yz`, `sha256 …`: what a report may show. Never the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shown::Id(id) => write!(f, "id {id}"),
            Shown::Mask { prefix, suffix } => write!(f, "mask {prefix}…{suffix}"),
            Shown::Digest(digest, bytes) => write!(f, "{} {}", digest.as_str(), hex::encode(bytes)),
            Shown::Public(text) => write!(f, "public {text}"),
            Shown::Plain(secret) => write!(f, "plain {}", secret.redacted()),
        }
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shown({self})")
    }
}

/// Which of the files of an inventory, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// Where a record stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The file.
    pub source: SourceId,
    /// Line of its first character, from 1.
    pub line: u32,
    /// Column of its first character, from 1, in UTF-16 code units.
    pub column: u32,
    /// Which record of the file it is, from 1; the heading of a table does not count.
    pub row: u32,
}

/// The remark on a key whose provider says that its owner has lost the access that the key still has. Inventories that
/// are written keep remarks, and so the word of the provider is not lost with them.
pub const OWNER_GONE: &str = "its owner has lost access to the project, and the key still works";

/// One issued key, as far as the exports tell.
///
/// Two records describe the same key when provider, kind and id agree; see [`super::Inventory`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Who issued it, as one lower-case word: `github`, `aws`, `entra`; `generic` where nobody says.
    pub provider: Text,
    /// What kind of credential of that provider it is: `access-key`, `deploy-key`; ids are unique within a kind.
    pub kind: Text,
    /// The provider's identifier, as text.
    pub id: Field<Text>,
    /// The label that people gave it; not unique.
    pub name: Field<Text>,
    /// Who answers for it: an address, a login, a service account, as the source writes it.
    pub owner: Field<Text>,
    /// Organisation, project, tenant or workspace.
    pub account: Field<Text>,
    /// `production`, `test`: where it is used.
    pub environment: Field<Text>,
    /// What uses it.
    pub integrations: Field<List>,
    /// What it may do; [`Field::Empty`] where nothing was granted.
    pub scopes: Field<List>,
    /// What it reaches: repositories, zones, vaults, or `all`.
    pub resources: Field<List>,
    /// From where it may be used: addresses, referrers, applications; [`Field::Empty`] for from everywhere.
    pub restrictions: Field<List>,
    /// Whether it works.
    pub status: Field<Status>,
    /// When it was revoked, switched off or seen leaked, where the export has the date. Inventories that are written do
    /// not have it.
    pub status_since: Field<Timestamp>,
    /// When it came into being; [`Key::basis`] says what that means.
    pub created: Field<Timestamp>,
    /// When its secret last changed.
    pub rotated: Field<Timestamp>,
    /// When it was last used; [`Field::Empty`] for never.
    pub last_used: Field<Timestamp>,
    /// When it stops working; [`Field::Empty`] for never.
    pub expires: Field<Timestamp>,
    /// When somebody last confirmed that it is needed.
    pub reviewed: Field<Timestamp>,
    /// When its owner wants it rotated.
    pub rotation_due: Field<Timestamp>,
    /// Id or name of the key that this one replaces.
    pub supersedes: Field<Text>,
    /// What the export shows of the secret.
    pub shown: Vec<Shown>,
    /// Where else it is described.
    pub also: Box<[Origin]>,
    /// Remarks for a reader, as phrases: `last used for s3 in eu-west-1`.
    pub notes: Box<[Text]>,
    /// A second identity, by which exports without the id meet those with it.
    pub alias: Option<Text>,
    /// Where it stands first.
    pub origin: Origin,
    /// The source says only that it was not used in the so many days before it was written; [`Key::last_used`] is
    /// unknown then.
    pub unused_days: Option<u16>,
    /// What the date in [`Key::created`] means.
    pub basis: Basis,
    /// Who it acts for.
    pub owner_kind: OwnerKind,
    /// The account is no more than what the name of the file suggests.
    pub account_guessed: bool,
    /// The owner is no more than what the name of the file suggests.
    pub owner_guessed: bool,
    /// The record only adds to a key that another file lists: it has no id of its own.
    pub partial: bool,
}

impl Key {
    /// A key of which nothing is known but who issued it and what kind it is.
    #[must_use]
    pub fn new(provider: Text, kind: Text) -> Self {
        Key {
            provider,
            kind,
            id: Field::Unknown,
            name: Field::Unknown,
            owner: Field::Unknown,
            account: Field::Unknown,
            environment: Field::Unknown,
            integrations: Field::Unknown,
            scopes: Field::Unknown,
            resources: Field::Unknown,
            restrictions: Field::Unknown,
            status: Field::Unknown,
            status_since: Field::Unknown,
            created: Field::Unknown,
            rotated: Field::Unknown,
            last_used: Field::Unknown,
            expires: Field::Unknown,
            reviewed: Field::Unknown,
            rotation_due: Field::Unknown,
            supersedes: Field::Unknown,
            shown: Vec::new(),
            also: Box::default(),
            notes: Box::default(),
            alias: None,
            origin: Origin::default(),
            unused_days: None,
            basis: Basis::Stated,
            owner_kind: OwnerKind::Unknown,
            account_guessed: false,
            owner_guessed: false,
            partial: false,
        }
    }

    /// Every place that describes it, the first one first.
    pub fn origins(&self) -> impl Iterator<Item = Origin> + '_ {
        std::iter::once(self.origin).chain(self.also.iter().copied())
    }

    /// When its secret last changed or came into being, and whether it may be older than that.
    #[must_use]
    pub fn secret_since(&self) -> Option<(Timestamp, Basis)> {
        match (self.rotated, self.created) {
            (Field::Known(time), _) => Some((time, Basis::Stated)),
            (_, Field::Known(time)) => Some((time, self.basis)),
            _ => None,
        }
    }

    /// From when on it is known to have the status that it has: a date without a time means the end of that day.
    #[must_use]
    pub(crate) fn status_from(&self) -> Option<Timestamp> {
        const DAY: i64 = 86_400;
        let since = *self.status_since.known()?;
        let midnight = since.as_second().rem_euclid(DAY) == 0 && since.subsec_nanosecond() == 0;
        let end = Timestamp::from_second(since.as_second() + DAY - 1).ok().filter(|_| midnight);
        Some(end.unwrap_or(since))
    }

    /// Whether its provider says that its owner has lost the access that the key still has.
    #[must_use]
    pub(crate) fn has_lost_owner(&self) -> bool {
        self.notes.iter().any(|note| note == OWNER_GONE)
    }

    /// Whether the export held the key itself.
    #[must_use]
    pub fn is_in_plaintext(&self) -> bool {
        self.shown.iter().any(|shown| matches!(shown, Shown::Plain(_)))
    }

    /// What to call it: its name, else its id, else where it stands. Of an AWS key that a report knows by its user only,
    /// the user and which of the two it is: `ci-deploy, access-key-1`.
    #[must_use]
    pub fn label(&self) -> Text {
        match (&self.name, &self.id) {
            (Field::Known(name), _) => name.clone(),
            (_, Field::Known(id)) => match id.rsplit_once('#').filter(|_| id.starts_with("arn:aws")) {
                Some((user, slot)) => {
                    let user = user.rsplit_once(['/', ':']).map_or(user, |(_, user)| user);
                    format!("{user}, {slot}").into()
                }
                None => id.clone(),
            },
            _ => format!("the key in line {}", self.origin.line).into(),
        }
    }

    /// Adds a remark.
    pub(crate) fn note(&mut self, note: impl Into<Text>) {
        let mut notes = std::mem::take(&mut self.notes).into_vec();
        notes.push(note.into());
        self.notes = notes.into_boxed_slice();
    }

    /// Says that a list holds one thing more.
    pub(crate) fn add_to(list: &mut Field<List>, text: impl Into<Text>) {
        match list {
            Field::Known(list) => Arc::make_mut(list).push(text.into()),
            list => *list = Field::Known(Arc::new(vec![text.into()])),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_three_states_stay_apart() {
        let (known, empty, unknown) = (Field::Known(1), Field::<i32>::Empty, Field::<i32>::Unknown);
        assert_eq!((known.known(), empty.known(), unknown.known()), (Some(&1), None, None));
        assert!(empty.is_empty() && !empty.is_unknown() && unknown.is_unknown() && !unknown.is_empty());
        assert_eq!(unknown.or(empty), Field::Empty);
        assert_eq!(empty.or(known), Field::Empty);
        assert_eq!(empty.map(|n| n + 1), Field::Empty);
        assert_eq!(unknown.map(|n| n + 1), Field::Unknown);
        assert_eq!(Field::from(None::<i32>), Field::Unknown);
    }

    #[test]
    fn a_secret_is_never_printed() {
        let shown = Shown::Plain(Secret::new(b"correct horse battery staple".to_vec()));
        for text in [shown.to_string(), format!("{shown:?}"), format!("{:?}", vec![&shown])] {
            assert!(!text.contains("horse") && !text.contains("battery"), "{text}");
        }
    }

    #[test]
    fn a_record_is_small_enough_for_millions_of_them() {
        assert!(size_of::<Key>() <= 456, "{}", size_of::<Key>());
    }

    #[test]
    fn the_age_of_a_secret_is_that_of_its_last_change() {
        let mut key = Key::new("a".into(), "key".into());
        assert_eq!(key.secret_since(), None);
        key.created = Field::Known(Timestamp::UNIX_EPOCH);
        key.basis = Basis::Granted;
        assert_eq!(key.secret_since(), Some((Timestamp::UNIX_EPOCH, Basis::Granted)));
        let later = Timestamp::from_second(5).unwrap();
        key.rotated = Field::Known(later);
        assert_eq!(key.secret_since(), Some((later, Basis::Stated)));
    }

    #[test]
    fn lists_and_notes_grow() {
        let mut key = Key::new("a".into(), "key".into());
        Key::add_to(&mut key.scopes, "read");
        Key::add_to(&mut key.scopes, "write");
        key.note("one");
        key.note("two");
        assert_eq!(key.scopes.known().unwrap().as_slice(), ["read", "write"]);
        assert_eq!(&*key.notes, ["one", "two"]);
    }
}
