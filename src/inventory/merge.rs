//! Which records describe the same key, and what becomes of them: one key that says what all of them say, and a
//! problem for every contradiction.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::key::{Basis, Field, Key, List, Shown, Text};
use super::problem::quoted;

/// Finds keys by their identity. Holds hashes and positions only, so that millions of keys fit.
#[derive(Default)]
pub struct Index {
    by_id: HashMap<u64, u32>,
    by_alias: HashMap<u64, u32>,
}

fn hash(key: &Key, identity: &Text) -> u64 {
    let mut hasher = DefaultHasher::new();
    (key.provider.as_str(), key.kind.as_str(), identity.as_str()).hash(&mut hasher);
    hasher.finish()
}

impl Index {
    /// The key that a record describes, if there is one already.
    #[must_use]
    pub fn find(&self, keys: &[Key], record: &Key) -> Option<u32> {
        if let Field::Known(id) = &record.id
            && let Some(&at) = self.by_id.get(&hash(record, id))
            && keys.get(at as usize).is_some_and(|key| is_same(key, record))
        {
            return Some(at);
        }
        let alias = record.alias.as_ref()?;
        let at = *self.by_alias.get(&hash(record, alias))?;
        let key = keys.get(at as usize)?;
        // Two records with ids of the same sort that differ are two keys, whatever else they share.
        let both = has_whole_id(key) && has_whole_id(record) && key.id != record.id;
        (key.provider == record.provider && key.alias == record.alias && !both).then_some(at)
    }

    /// Takes note of where a key is.
    pub fn insert(&mut self, key: &Key, at: u32) {
        if let Field::Known(id) = &key.id {
            self.by_id.entry(hash(key, id)).or_insert(at);
        }
        if let Some(alias) = &key.alias {
            self.by_alias.entry(hash(key, alias)).or_insert(at);
        }
    }
}

fn has_whole_id(key: &Key) -> bool {
    key.shown.iter().any(|shown| matches!(shown, Shown::Id(_)))
}

fn is_same(key: &Key, record: &Key) -> bool {
    if key.provider != record.provider || key.kind != record.kind || key.id != record.id {
        return false;
    }
    // Numbers count from 1 in every installation of a product: two servers may both have a token 7.
    let number = key.id.known().is_some_and(|id| id.len() <= 12 && id.bytes().all(|b| b.is_ascii_digit()));
    let differ = |a: &Field<Text>, b: &Field<Text>| matches!((a, b), (Field::Known(a), Field::Known(b)) if a != b);
    let (created, together) = match (key.created, record.created) {
        (Field::Known(a), Field::Known(b)) => (a != b, a == b),
        _ => (false, false),
    };
    // The name of a file tells two servers apart only where nothing in the records says that they are one.
    let guessed = key.account_guessed || record.account_guessed;
    let accounts =
        differ(&key.account, &record.account) && (!guessed || (!together && differ(&key.name, &record.name)));
    !(number && (accounts || (created && key.basis == record.basis)))
}

/// Adds what a record says to the key that it describes; the contradictions, as sentences that go on with where the
/// other record is.
pub fn merge(key: &mut Key, record: Key, events: bool) -> Vec<String> {
    let mut conflicts = Vec::new();
    // An id that stands in the key itself says more than one that a report makes up.
    if has_whole_id(&record) && !has_whole_id(key) {
        key.id = record.id.clone();
    }
    text("name", &mut key.name, record.name, &mut conflicts);
    let Key { owner, owner_guessed, account, account_guessed, .. } = key;
    supposed("owner", (owner, owner_guessed), (record.owner, record.owner_guessed), &mut conflicts);
    supposed("account", (account, account_guessed), (record.account, record.account_guessed), &mut conflicts);
    text("environment", &mut key.environment, record.environment, &mut conflicts);
    text("supersedes", &mut key.supersedes, record.supersedes, &mut conflicts);
    list("integrations", &mut key.integrations, record.integrations, &mut conflicts);
    list("scopes", &mut key.scopes, record.scopes, &mut conflicts);
    list("resources", &mut key.resources, record.resources, &mut conflicts);
    list("restrictions", &mut key.restrictions, record.restrictions, &mut conflicts);
    match (key.created, record.created) {
        // When a key was granted or is valid from says less than when it was made.
        (Field::Known(_), Field::Known(_)) if key.basis != record.basis => {
            if record.basis < key.basis {
                (key.created, key.basis) = (record.created, record.basis);
            }
        }
        (Field::Unknown | Field::Empty, Field::Known(_)) => (key.created, key.basis) = (record.created, record.basis),
        _ => value("created", &mut key.created, record.created, &mut conflicts),
    }
    value("expires", &mut key.expires, record.expires, &mut conflicts);
    value("rotation due", &mut key.rotation_due, record.rotation_due, &mut conflicts);
    later(&mut key.rotated, record.rotated);
    later(&mut key.last_used, record.last_used);
    later(&mut key.reviewed, record.reviewed);
    if let (Field::Known(a), Field::Known(b)) = (key.status, record.status)
        && a != b
    {
        conflicts.push(format!("`status` is `{b}` here and `{a}`"));
        // Taking a key for dead that lives would be worse than the reverse, so that the earlier file stands.
    } else {
        key.status = key.status.or(record.status);
        if key.status == record.status {
            key.status_since = key.status_since.or(record.status_since);
        }
    }
    key.unused_days = key.unused_days.or(record.unused_days);
    for shown in record.shown {
        if !key.shown.contains(&shown) {
            key.shown.push(shown);
        }
    }
    for note in record.notes {
        if !key.notes.contains(&note) {
            key.note(note);
        }
    }
    key.alias = key.alias.take().or(record.alias);
    if key.owner_kind == super::key::OwnerKind::Unknown {
        key.owner_kind = record.owner_kind;
    }
    if events {
        // Thousands of events are no thousand places, and later ones may rightly say something else.
        return Vec::new();
    }
    let mut also = std::mem::take(&mut key.also).into_vec();
    also.push(record.origin);
    also.extend(record.also);
    key.also = also.into_boxed_slice();
    conflicts
}

/// Known beats empty beats unknown; two known values that differ are a conflict, which the first one wins.
fn value<T: PartialEq + ToString>(name: &str, mine: &mut Field<T>, other: Field<T>, conflicts: &mut Vec<String>) {
    match (&*mine, &other) {
        (Field::Known(a), Field::Known(b)) if a != b => {
            conflicts.push(format!("`{name}` is {} here and {}", quoted(&b.to_string()), quoted(&a.to_string())));
        }
        (Field::Empty, Field::Known(b)) => {
            conflicts.push(format!("`{name}` is {} here and none", quoted(&b.to_string())));
            *mine = other;
        }
        (Field::Known(a), Field::Empty) => {
            conflicts.push(format!("`{name}` is none here and {}", quoted(&a.to_string())));
        }
        (Field::Unknown, _) => *mine = other,
        _ => {}
    }
}

fn text(name: &str, mine: &mut Field<Text>, other: Field<Text>, conflicts: &mut Vec<String>) {
    value(name, mine, other, conflicts);
}

/// A text that may be a guess: what a record says counts instead, and of two guesses that differ neither does.
fn supposed(
    name: &str,
    (mine, mine_guessed): (&mut Field<Text>, &mut bool),
    (other, other_guessed): (Field<Text>, bool),
    conflicts: &mut Vec<String>,
) {
    match (*mine_guessed, other_guessed) {
        (false, false) => text(name, mine, other, conflicts),
        (true, true) if *mine != other => *mine = Field::Unknown,
        (true, false) if !other.is_unknown() => (*mine, *mine_guessed) = (other, false),
        (false, true) if mine.is_unknown() => (*mine, *mine_guessed) = (other, true),
        _ => {}
    }
}

fn list(name: &str, mine: &mut Field<List>, other: Field<List>, conflicts: &mut Vec<String>) {
    let joined = |field: &Field<List>| field.clone().map(|list| list.join(", "));
    let mut before = joined(mine);
    let sorted = |field: &Field<List>| {
        field.clone().map(|list| {
            let mut list = list.to_vec();
            list.sort();
            list
        })
    };
    // The order of scopes means nothing.
    if sorted(mine) != sorted(&other) {
        let kept = before.clone();
        value(name, &mut before, joined(&other), conflicts);
        if before != kept {
            *mine = other;
        }
    }
}

/// Of two times of something that happens again the later one counts, and any time beats "never".
fn later(mine: &mut Field<jiff::Timestamp>, other: Field<jiff::Timestamp>) {
    *mine = match (*mine, other) {
        (Field::Known(a), Field::Known(b)) => Field::Known(a.max(b)),
        (Field::Known(a), _) => Field::Known(a),
        (_, Field::Known(b)) => Field::Known(b),
        (mine, other) => mine.or(other),
    };
}

/// What sets two bases apart for a reader.
#[must_use]
pub fn basis_text(basis: Basis) -> &'static str {
    match basis {
        Basis::Stated => "",
        Basis::Granted => " or earlier",
        Basis::ValidFrom => " (valid from)",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(id: &str) -> Key {
        let mut key = Key::new("p".into(), "k".into());
        key.id = Field::Known(id.into());
        key
    }

    #[test]
    fn what_one_record_leaves_out_the_other_adds() {
        let (mut listing, mut report) = (key("a"), key("a"));
        listing.name = Field::Known("one".into());
        listing.last_used = Field::Empty;
        report.last_used = Field::Known("2024-01-01T00:00:00Z".parse().unwrap());
        report.expires = Field::Empty;
        assert_eq!(merge(&mut listing, report, false), Vec::<String>::new());
        assert!(listing.last_used.known().is_some() && listing.expires.is_empty());
        assert_eq!(listing.origins().count(), 2);
    }

    #[test]
    fn contradictions_are_said_and_the_first_file_stands() {
        let (mut a, mut b) = (key("a"), key("a"));
        a.name = Field::Known("one".into());
        b.name = Field::Known("two".into());
        a.expires = Field::Empty;
        b.expires = Field::Known("2024-01-01T00:00:00Z".parse().unwrap());
        let conflicts = merge(&mut a, b, false);
        assert_eq!(conflicts.len(), 2, "{conflicts:?}");
        assert_eq!(conflicts[0], "`name` is `two` here and `one`");
        assert_eq!(a.name, Field::Known("one".into()));
        assert!(a.expires.known().is_some());
    }

    #[test]
    fn small_numbers_of_two_servers_are_two_keys() {
        let (mut a, mut b) = (key("7"), key("7"));
        let mut index = Index::default();
        a.account = Field::Known("one".into());
        index.insert(&a, 0);
        assert_eq!(index.find(std::slice::from_ref(&a), &b), Some(0));
        b.account = Field::Known("two".into());
        assert_eq!(index.find(std::slice::from_ref(&a), &b), None);
        let (long, mut other) = (key("key_0123456789"), key("key_0123456789"));
        other.account = Field::Known("two".into());
        index.insert(&long, 0);
        assert_eq!(index.find(&[long], &other), Some(0));
    }

    #[test]
    fn the_name_of_a_file_does_not_tell_keys_apart() {
        let (mut a, mut b) = (key("98716"), key("98716"));
        a.created = Field::Known("2023-05-16T08:47:09Z".parse().unwrap());
        b.created = a.created;
        for (key, month) in [(&mut a, "first"), (&mut b, "second")] {
            (key.account, key.account_guessed) = (Field::Known(month.into()), true);
        }
        b.name = Field::Known("renamed".into());
        let mut index = Index::default();
        index.insert(&a, 0);
        assert_eq!(index.find(std::slice::from_ref(&a), &b), Some(0));
        assert_eq!(merge(&mut a, b.clone(), false), Vec::<String>::new());
        assert_eq!(a.account, Field::Unknown, "of two guesses neither is known to be right");
        // Without a date, tokens of two servers with one number and different names are two.
        (a, b.created) = (key("98716"), Field::Unknown);
        (a.account, a.name) = (Field::Known("first".into()), Field::Known("one".into()));
        assert_eq!(index.find(&[a], &b), None);
        let (mut stated, mut guess) = (key("7"), key("7"));
        stated.account = Field::Known("acme".into());
        (guess.account, guess.account_guessed) = (Field::Known("other".into()), true);
        assert_eq!(merge(&mut guess, stated.clone(), false), Vec::<String>::new());
        assert_eq!((guess.account, guess.account_guessed), (stated.account, false));
    }

    #[test]
    fn an_alias_joins_what_ids_do_not() {
        let (mut report, mut listing) = (key("arn/1"), key("ID1"));
        report.alias = Some("user@time".into());
        listing.alias = report.alias.clone();
        listing.shown.push(Shown::Id("ID1".into()));
        let mut index = Index::default();
        index.insert(&report, 0);
        assert_eq!(index.find(std::slice::from_ref(&report), &listing), Some(0));
        merge(&mut report, listing.clone(), false);
        assert_eq!(report.id, Field::Known("ID1".into()));
        // A third key of the same user, made in the same second, is not the same key.
        listing.id = Field::Known("ID2".into());
        assert_eq!(index.find(&[report], &listing), None);
    }

    proptest! {
        #[test]
        fn merging_loses_no_statement(a in 0u8..3, b in 0u8..3) {
            let field = |n: u8| match n {
                0 => Field::Unknown,
                1 => Field::Empty,
                _ => Field::Known("2024-01-01T00:00:00Z".parse::<jiff::Timestamp>().unwrap()),
            };
            let (mut one, mut two) = (key("a"), key("a"));
            one.expires = field(a);
            two.expires = field(b);
            let conflicts = merge(&mut one, two, false);
            prop_assert_eq!(one.expires, field(a.max(b)));
            prop_assert_eq!(conflicts.len(), usize::from(a + b == 3));
        }
    }
}
