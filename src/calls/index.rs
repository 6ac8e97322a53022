//! Finds the key of an inventory that a log means.
//!
//! A log names keys by their ids or by digests, never by masks: those fit several keys too easily to accuse one of them
//! of a call. A key that stands in the inventory in plaintext is found by its SHA-256.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::call::Named;
use super::summary::Marks;
use crate::inventory::Inventory;
use crate::inventory::key::{Digest, Field, Key, Shown, Text};
use crate::inventory::successor::{self, Successor};

/// What a name in a log comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// This key of the inventory, by its number. `other_secret` says that the log shows the digest of a secret that is
    /// not the one in the inventory.
    Key {
        /// Its place in [`Inventory::keys`].
        key: u32,
        /// Whether it was another secret of this key.
        other_secret: bool,
    },
    /// No key of the inventory.
    Unknown {
        /// Whether the inventory has keys of that provider which could have been found by such a name. Where it has
        /// none, that nothing was found says nothing.
        comparable: bool,
    },
    /// Several keys have this name.
    Ambiguous,
}

/// The keys of an inventory by what logs name them by.
#[derive(Clone, Debug, Default)]
pub struct Index {
    ids: HashMap<Text, Vec<u32>>,
    digests: HashMap<(Digest, Box<[u8]>), Vec<u32>>,
    keys: Vec<Entry>,
    /// Provider and kind of keys that can be found by id, and providers of those that can be found by digest.
    by_id: HashSet<(Text, Text)>,
    by_digest: HashSet<Text>,
}

#[derive(Clone, Debug)]
struct Entry {
    provider: Text,
    kind: Text,
    marks: Marks,
    /// Whether a digest of its secret is known.
    digest: bool,
}

impl Index {
    /// The index of an inventory.
    #[must_use]
    pub fn new(inventory: &Inventory) -> Self {
        Index::of(inventory.keys(), |key| {
            if let Some(since) = key.status_from() {
                return Some(since);
            }
            // The latest of its files: a status that two of them state is as old as the later one at most.
            let stated = key.origins().filter_map(|origin| inventory.source(origin.source)?.as_of.known().copied());
            stated.max()
        })
    }

    /// The index of keys; `stated` is when the export was made that says the status of a key, where that is known.
    #[must_use]
    pub fn of(keys: &[Key], stated: impl Fn(&Key) -> Option<Timestamp>) -> Self {
        let mut index = Index::default();
        for (at, key) in keys.iter().enumerate() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            let marks = Marks {
                expires: key.expires.known().copied(),
                stated: stated(key),
                rotated: key.rotated.known().copied(),
                replaced: None,
            };
            let entry = Entry { provider: key.provider.clone(), kind: key.kind.clone(), marks, digest: false };
            index.keys.push(entry);
            if let Field::Known(id) = &key.id {
                index.add_id(id, key, at);
            }
            for shown in &key.shown {
                match shown {
                    Shown::Id(id) => index.add_id(id, key, at),
                    Shown::Digest(Digest::HmacSha256, _) | Shown::Mask { .. } | Shown::Public(_) => {}
                    Shown::Digest(algorithm, bytes) => index.add_digest((*algorithm, bytes.clone()), key, at),
                    Shown::Plain(secret) => {
                        let digest = Sha256::digest(secret.expose()).to_vec().into_boxed_slice();
                        index.add_digest((Digest::Sha256, digest), key, at);
                    }
                }
            }
        }
        for (entry, replaced) in index.keys.iter_mut().zip(replaced(keys)) {
            entry.marks.replaced = replaced;
        }
        index
    }

    fn add_id(&mut self, id: &Text, key: &Key, at: u32) {
        let places = self.ids.entry(id.clone()).or_default();
        if places.last() != Some(&at) {
            places.push(at);
        }
        // A credential report knows keys by user and slot, which no log does.
        if !id.starts_with("arn:") {
            self.by_id.insert((key.provider.clone(), key.kind.clone()));
        }
    }

    fn add_digest(&mut self, digest: (Digest, Box<[u8]>), key: &Key, at: u32) {
        let places = self.digests.entry(digest).or_default();
        if places.last() != Some(&at) {
            places.push(at);
        }
        self.by_digest.insert(key.provider.clone());
        if let Some(entry) = self.keys.get_mut(at as usize) {
            entry.digest = true;
        }
    }

    /// The key that a log means.
    #[must_use]
    pub fn find(&self, named: &Named) -> Match {
        let of_provider = |entry: &Entry| named.provider.as_ref().is_none_or(|provider| *provider == entry.provider);
        let of_kind = |entry: &Entry| named.kinds.is_empty() || named.kinds.contains(&entry.kind.as_str());
        let fitting = |places: Option<&Vec<u32>>, kind: bool| -> Vec<u32> {
            let fits = |at: &u32| {
                self.keys.get(*at as usize).is_some_and(|entry| of_provider(entry) && (!kind || of_kind(entry)))
            };
            places.into_iter().flatten().copied().filter(fits).collect()
        };
        // A digest is of one secret, so that it tells a key apart from the one before its rotation.
        let by_digest =
            named.digest.as_ref().map(|digest| fitting(self.digests.get(digest), false)).unwrap_or_default();
        match by_digest.as_slice() {
            [key] => return Match::Key { key: *key, other_secret: false },
            [] => {}
            _ => return Match::Ambiguous,
        }
        let by_id = named.id.as_ref().map(|id| fitting(self.ids.get(id.as_str()), true)).unwrap_or_default();
        match by_id.as_slice() {
            [key] => {
                let known = self.keys.get(*key as usize).is_some_and(|entry| entry.digest);
                Match::Key { key: *key, other_secret: known && named.digest.is_some() }
            }
            [] => Match::Unknown { comparable: self.comparable(named) },
            _ => Match::Ambiguous,
        }
    }

    /// Whether a key of the inventory could have been found by such a name.
    fn comparable(&self, named: &Named) -> bool {
        let Some(provider) = &named.provider else { return false };
        let kinds = |kind: &Text| named.kinds.is_empty() || named.kinds.contains(&kind.as_str());
        (named.id.is_some() && self.by_id.iter().any(|(issuer, kind)| issuer == provider && kinds(kind)))
            || (named.digest.is_some() && self.by_digest.contains(provider))
    }

    /// The dates of a key after which its calls are counted apart.
    #[must_use]
    pub fn marks(&self, key: u32) -> Marks {
        self.keys.get(key as usize).map_or_else(Marks::default, |entry| entry.marks)
    }
}

/// For each key when the one came into being that replaces it. Only what the inventory states counts: a younger key of
/// the same owner is no proof that the older one should not be used.
#[must_use]
pub fn replaced(keys: &[Key]) -> Vec<Option<Timestamp>> {
    let made = |successor: Successor| keys.get(successor.key)?.created.known().copied();
    successor::stated(keys).into_iter().map(|successor| successor.and_then(made)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn key(provider: &str, kind: &str, id: &str) -> Key {
        let mut key = Key::new(provider.into(), kind.into());
        key.id = Field::Known(id.into());
        key
    }

    fn by_id(provider: &str, id: &str) -> Named {
        Named { provider: Some(provider.into()), id: Some(id.to_owned()), ..Named::default() }
    }

    #[test]
    fn ids_are_looked_up_within_provider_and_kind() {
        let keys = [key("aws", "access-key", "A"), key("github", "token", "7"), key("github", "deploy-key", "7")];
        let index = Index::of(&keys, |_| None);
        assert_eq!(index.find(&by_id("aws", "A")), Match::Key { key: 0, other_secret: false });
        assert_eq!(index.find(&by_id("aws", "B")), Match::Unknown { comparable: true });
        assert_eq!(index.find(&by_id("gcp", "A")), Match::Unknown { comparable: false });
        assert_eq!(index.find(&by_id("github", "7")), Match::Ambiguous);
        let token = Named { kinds: &["token"], ..by_id("github", "7") };
        assert_eq!(index.find(&token), Match::Key { key: 1, other_secret: false });
        let any = Named { provider: None, ..by_id("", "A") };
        assert_eq!(index.find(&any), Match::Key { key: 0, other_secret: false });
    }

    #[test]
    fn a_digest_tells_the_secrets_of_a_key_apart() {
        let mut one = key("github", "token", "1");
        one.shown.push(Shown::Digest(Digest::Sha256, vec![1; 32].into()));
        let mut two = key("github", "token", "2");
        two.shown.push(Shown::Plain(Secret::new(b"FAKEFAKEFAKE".to_vec())));
        let index = Index::of(&[one, two], |_| None);
        let mut named = by_id("github", "1");
        named.digest = Some((Digest::Sha256, vec![1; 32].into()));
        assert_eq!(index.find(&named), Match::Key { key: 0, other_secret: false });
        named.digest = Some((Digest::Sha256, vec![9; 32].into()));
        assert_eq!(index.find(&named), Match::Key { key: 0, other_secret: true });
        named.id = None;
        assert_eq!(index.find(&named), Match::Unknown { comparable: true });
        named.digest = Some((Digest::Sha256, Sha256::digest(b"FAKEFAKEFAKE").to_vec().into()));
        assert_eq!(index.find(&named), Match::Key { key: 1, other_secret: false });
    }

    #[test]
    fn calls_count_apart_from_the_day_that_a_key_is_replaced() {
        let mut keys = vec![key("aws", "access-key", "old"), key("aws", "access-key", "new")];
        keys[1].supersedes = Field::Known("old".into());
        keys[1].created = Field::Known("2026-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(Index::of(&keys, |_| None).marks(0).replaced, keys[1].created.known().copied());
    }
}
