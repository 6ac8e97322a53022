//! How an audit of a million keys fits into memory: what repeats is stored once, and what is empty takes no room.
//!
//! Nearly everything that an audit says of a key, it says of many: the same check, the same remedy, the same sentence
//! about the same number of days. [`Interner`] finds what was said before; [`Text`], [`Shared`] and [`Evidence`] let
//! all who say it point to one copy. In JSON none of them is to be seen: they are strings and arrays there.

use std::borrow::{Borrow, Cow};
use std::collections::HashSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU64;
use std::ops::Deref;
use std::sync::Arc;

use arcstr::ArcStr;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::context::moment;
use crate::finding::Fact;
use crate::report::visible;

/// A text of an audit: one pointer.
pub type Text = ArcStr;

/// A list that several may hold: one pointer, and nothing where it is empty.
pub struct Shared<T>(Option<Arc<Box<[T]>>>);

impl<T> Shared<T> {
    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Shared(None)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(self.0.clone())
    }
}

impl<T> Deref for Shared<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_deref().map_or(&[], |list| list)
    }
}

impl<T> From<Vec<T>> for Shared<T> {
    fn from(list: Vec<T>) -> Self {
        Shared((!list.is_empty()).then(|| Arc::new(list.into_boxed_slice())))
    }
}

impl<T> FromIterator<T> for Shared<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        items.into_iter().collect::<Vec<T>>().into()
    }
}

impl<'a, T> IntoIterator for &'a Shared<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Shared<T> {}

impl<T: Hash> Hash for Shared<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl<T> Borrow<[T]> for Shared<T> {
    fn borrow(&self) -> &[T] {
        self
    }
}

impl<T: Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into())
    }
}

impl<T: JsonSchema> JsonSchema for Shared<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Vec::<T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<T>::json_schema(generator)
    }
}

/// Something that several may hold: one pointer.
pub struct One<T>(Arc<T>);

impl<T> Clone for One<T> {
    fn clone(&self) -> Self {
        One(self.0.clone())
    }
}

impl<T> Deref for One<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for One<T> {
    fn from(value: T) -> Self {
        One(Arc::new(value))
    }
}

impl<T: fmt::Debug> fmt::Debug for One<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: PartialEq> PartialEq for One<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for One<T> {}

impl<T: Serialize> Serialize for One<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for One<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(T::deserialize(deserializer)?.into())
    }
}

/// The identity of a finding of an audit: 128 bits, shown as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Print(pub [u8; 16]);

impl fmt::Display for Print {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0u8; 32];
        // The lengths agree, and hexadecimal digits are text.
        let _ = hex::encode_to_slice(self.0, &mut digits);
        f.write_str(std::str::from_utf8(&digits).unwrap_or_default())
    }
}

impl fmt::Debug for Print {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Print {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Print {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let mut bytes = [0u8; 16];
        hex::decode_to_slice(text.as_bytes(), &mut bytes)
            .map_err(|_| serde::de::Error::custom("a fingerprint has 32 hexadecimal digits"))?;
        Ok(Print(bytes))
    }
}

impl JsonSchema for Print {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        String::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

/// A date of a key: a moment in whole seconds, or `never`. One word, also where there may be none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(NonZeroU64);

impl Moment {
    /// Never used, never expires.
    pub const NEVER: Moment = Moment(NonZeroU64::MAX);

    /// Seconds are counted from so long before 1970, far outside of all calendars.
    const ORIGIN: i64 = 1 << 60;

    /// The moment; `None` for never.
    #[must_use]
    pub fn time(self) -> Option<Timestamp> {
        if self == Moment::NEVER {
            return None;
        }
        i64::try_from(self.0.get()).ok().and_then(|seconds| Timestamp::from_second(seconds - Moment::ORIGIN).ok())
    }

    /// The day, in UTC: `2026-01-31`; or `never`.
    #[must_use]
    pub fn day(self) -> String {
        self.time().map_or_else(|| self.to_string(), super::context::day)
    }
}

impl From<Timestamp> for Moment {
    fn from(time: Timestamp) -> Self {
        let seconds = u64::try_from(time.as_second() + Moment::ORIGIN).ok().and_then(NonZeroU64::new);
        Moment(seconds.unwrap_or(NonZeroU64::MIN))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.time() {
            None => f.write_str("never"),
            Some(time) => f.write_str(&moment(time)),
        }
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        match &*text {
            "never" => Ok(Moment::NEVER),
            text => text.parse::<Timestamp>().map(Moment::from).map_err(serde::de::Error::custom),
        }
    }
}

impl JsonSchema for Moment {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        String::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

/// The findings behind a control, by fingerprint and in their order: a choice among all findings of the audit, which
/// all controls share. A check maps to a dozen controls, and lists of their own would be the larger part of an audit.
#[derive(Clone, Default)]
pub struct Evidence {
    all: Arc<[(Print, u8)]>,
    /// Which groups of findings belong to it, by number; there are less than 256.
    groups: Box<[bool]>,
}

impl Evidence {
    /// Those of some groups. `all` has to be in order.
    #[must_use]
    pub(crate) fn new(all: Arc<[(Print, u8)]>, groups: Box<[bool]>) -> Self {
        Evidence { all, groups }
    }

    /// The fingerprints.
    pub fn iter(&self) -> impl Iterator<Item = Print> + '_ {
        let mine = |group: u8| self.groups.get(usize::from(group)).is_some_and(|mine| *mine);
        self.all.iter().filter(move |(_, group)| mine(*group)).map(|(print, _)| *print)
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl PartialEq for Evidence {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Evidence {}

impl Serialize for Evidence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Evidence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let prints: Vec<Print> = Vec::deserialize(deserializer)?;
        Ok(Evidence { all: prints.into_iter().map(|print| (print, 0)).collect(), groups: Box::new([true]) })
    }
}

impl JsonSchema for Evidence {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Vec::<String>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<String>::json_schema(generator)
    }
}

/// Finds texts and facts that were said before.
#[derive(Default)]
pub struct Interner {
    texts: HashSet<Text>,
    facts: HashSet<Shared<Fact>>,
}

impl Interner {
    /// The one copy of a text.
    pub fn text(&mut self, text: impl AsRef<str>) -> Text {
        let text = text.as_ref();
        match self.texts.get(text) {
            Some(known) => known.clone(),
            None => {
                let new = Text::from(text);
                self.texts.insert(new.clone());
                new
            }
        }
    }

    /// The one copy of some facts.
    pub fn facts(&mut self, facts: Vec<Fact>) -> Shared<Fact> {
        if facts.is_empty() {
            return Shared::default();
        }
        match self.facts.get(facts.as_slice()) {
            Some(known) => known.clone(),
            None => {
                let new = Shared::from(facts);
                self.facts.insert(new.clone());
                new
            }
        }
    }
}

/// A text of the inventory on one line; the inventory's own copy where nothing in it is hidden.
#[must_use]
pub fn line(text: &Text) -> Text {
    match visible::line(text) {
        Cow::Borrowed(_) => text.clone(),
        Cow::Owned(shown) => shown.into(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn json_sees_lists_and_strings() {
        let list: Shared<u8> = vec![1, 2].into();
        assert_eq!(serde_json::to_string(&list).unwrap(), "[1,2]");
        assert_eq!(serde_json::from_str::<Shared<u8>>("[]").unwrap(), Shared::default());
        assert_eq!(serde_json::to_string_pretty(&Shared::<u8>::default()).unwrap(), "[]");
        let print = Print([0xab; 16]);
        let text = serde_json::to_string(&print).unwrap();
        assert_eq!((text.len(), serde_json::from_str::<Print>(&text).unwrap()), (34, print));
        assert!(serde_json::from_str::<Print>("\"abc\"").is_err());
        for text in ["\"never\"", "\"2026-01-31T10:00:00Z\""] {
            assert_eq!(serde_json::to_string(&serde_json::from_str::<Moment>(text).unwrap()).unwrap(), text);
        }
        assert!(serde_json::from_str::<Moment>("\"soon\"").is_err());
        for time in [Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH] {
            assert_eq!(Moment::from(time).time().map(Timestamp::as_second), Some(time.as_second()));
        }
        assert_eq!((Moment::NEVER.time(), size_of::<Option<Moment>>()), (None, 8));
        let one = One::from(7);
        assert_eq!(
            (serde_json::to_string(&one).unwrap(), serde_json::from_str::<One<i32>>("7").unwrap()),
            ("7".into(), one)
        );
    }

    #[test]
    fn evidence_is_a_choice_of_groups_in_order() {
        let all: Arc<[(Print, u8)]> = (0..9u8).map(|n| (Print([n; 16]), n % 3)).collect();
        let evidence = Evidence::new(all, Box::new([true, false, true]));
        let prints: Vec<u8> = evidence.iter().map(|print| print.0[0]).collect();
        assert_eq!(prints, [0, 2, 3, 5, 6, 8]);
        let text = serde_json::to_string_pretty(&evidence).unwrap();
        assert_eq!(serde_json::from_str::<Evidence>(&text).unwrap(), evidence);
        assert_eq!(serde_json::to_string_pretty(&Evidence::default()).unwrap(), "[]");
    }

    #[test]
    fn what_was_said_before_is_not_stored_again() {
        let mut interner = Interner::default();
        let (one, two) = (interner.text("a sentence"), interner.text(String::from("a sentence")));
        assert!(ArcStr::ptr_eq(&one, &two));
        let facts = || vec![Fact { name: "days".to_owned(), value: "3".to_owned() }];
        let (one, two) = (interner.facts(facts()), interner.facts(facts()));
        assert!(std::ptr::eq(one.as_ptr(), two.as_ptr()));
    }
}
