//! Which key replaces which: what the inventory says, and what the dates of keys that come in series tell.
//!
//! Checks, rotations and the judgement of call logs ask here, so that none of them has another opinion.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::key::{Key, Text};

/// Which key replaces another, and why that is thought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Successor {
    /// Index of the newer key.
    pub key: usize,
    /// Whether the inventory says so; otherwise it is told by owner and dates.
    pub stated: bool,
}

/// The key that replaces each key as the inventory has it, by [`Key::supersedes`]: the id of a key of the same provider,
/// else a name that only one of them has. Where several replace one, the first that was made counts; keys that replace
/// each other in a circle replace nothing.
#[must_use]
pub fn stated(keys: &[Key]) -> Vec<Option<Successor>> {
    let mut successors = said(keys);
    // One of the rows of a circle is wrong, and nobody knows which.
    for at in circles(&successors) {
        successors[at] = None;
    }
    successors
}

fn said(keys: &[Key]) -> Vec<Option<Successor>> {
    let mut successors: Vec<Option<Successor>> = vec![None; keys.len()];
    if keys.iter().all(|key| key.supersedes.known().is_none()) {
        return successors;
    }
    let mut ids: HashMap<(&Text, &Text), usize> = HashMap::new();
    let mut names: HashMap<(&Text, &Text), Option<usize>> = HashMap::new();
    for (at, key) in keys.iter().enumerate() {
        if let Some(id) = key.id.known() {
            ids.entry((&key.provider, id)).or_insert(at);
        }
        if let Some(name) = key.name.known() {
            names.entry((&key.provider, name)).and_modify(|place| *place = None).or_insert(Some(at));
        }
    }
    // What has no date may be younger than everything else.
    let made = |at: usize| keys.get(at).and_then(|key| key.created.known()).map_or((true, None), |t| (false, Some(*t)));
    for (at, key) in keys.iter().enumerate() {
        let Some(old) = key.supersedes.known() else { continue };
        let wanted = (&key.provider, old);
        let old = ids.get(&wanted).copied().or_else(|| names.get(&wanted).copied().flatten());
        let Some(old) = old.filter(|old| *old != at) else { continue };
        if successors[old].is_none_or(|known| made(at) < made(known.key)) {
            successors[old] = Some(Successor { key: at, stated: true });
        }
    }
    successors
}

/// The keys that stand in a circle of replacements.
fn circles(successors: &[Option<Successor>]) -> Vec<usize> {
    let mut found = Vec::new();
    // In which walk a key was passed first; every key is passed once.
    let mut walks = vec![0usize; successors.len()];
    for start in 0..successors.len() {
        let mut at = start;
        while walks[at] == 0 {
            walks[at] = start + 1;
            let Some(next) = successors[at] else { break };
            at = next.key;
        }
        if walks[at] != start + 1 || successors[at].is_none() || found.contains(&at) {
            continue;
        }
        let first = at;
        while let Some(next) = successors[at] {
            found.push(at);
            at = next.key;
            if at == first {
                break;
            }
        }
    }
    found
}

/// Why what a key is said to replace cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistaken {
    /// No key of the provider has the id or the name.
    Unknown,
    /// It is replaced itself by the key that it is to replace, be it by way of others.
    Circle,
}

/// The keys whose [`Key::supersedes`] says nothing that can be used, by their index.
#[must_use]
pub fn mistakes(keys: &[Key]) -> Vec<(usize, Mistaken)> {
    if keys.iter().all(|key| key.supersedes.known().is_none()) {
        return Vec::new();
    }
    let mut known: HashSet<(&Text, &Text)> = HashSet::new();
    for key in keys {
        known.extend([&key.id, &key.name].into_iter().filter_map(|field| Some((&key.provider, field.known()?))));
    }
    let circles: HashSet<usize> = circles(&said(keys)).into_iter().collect();
    let mistaken = |(at, key): (usize, &Key)| {
        let old = key.supersedes.known()?;
        if circles.contains(&at) || key.id.known() == Some(old) {
            return Some((at, Mistaken::Circle));
        }
        (!known.contains(&(&key.provider, old))).then_some((at, Mistaken::Unknown))
    };
    keys.iter().enumerate().filter_map(mistaken).collect()
}

/// The same, and for keys of one owner that come in series, what their dates say: each is replaced by the next one that
/// works, as `works` has it.
#[must_use]
pub fn told(keys: &[Key], works: impl Fn(&Key) -> bool) -> Vec<Option<Successor>> {
    let mut successors = stated(keys);
    // Keys that somebody has several of: the same kind and the same label, or, for AWS, whose users have two keys at
    // most in order to rotate them, the same user.
    type Series<'k> = (&'k str, &'k str, &'k str, &'k str, &'k str);
    let mut first: HashMap<Series<'_>, usize> = HashMap::new();
    // Most keys are alone: a list is made for the second one only.
    let mut series: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, key) in keys.iter().enumerate() {
        let owner = key.owner.known().map_or("", |owner| owner.as_str());
        let account = key.account.known().map_or("", |account| account.as_str());
        let pairs = key.provider == "aws" && key.kind == "access-key" && !owner.is_empty();
        let name = match key.name.known() {
            _ if pairs => "",
            Some(name) => name.as_str(),
            None => continue,
        };
        let of = (key.provider.as_str(), key.kind.as_str(), account, owner, name);
        let head = *first.entry(of).or_insert(index);
        if head != index {
            series.entry(head).or_insert_with(|| vec![head]).push(index);
        }
    }
    let since = |index: usize| -> Option<Timestamp> { keys[index].secret_since().map(|(time, _)| time) };
    for mut members in series.into_values() {
        members.retain(|index| since(*index).is_some());
        members.sort_by_key(|index| (since(*index), *index));
        for pair in members.windows(2) {
            let (old, new) = (pair[0], pair[1]);
            let newer = since(old) < since(new);
            // A key that was made and dropped again replaces nothing.
            if newer && successors[old].is_none() && works(&keys[new]) {
                successors[old] = Some(Successor { key: new, stated: false });
            }
        }
    }
    successors
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::inventory::key::{Field, Status};

    fn key(kind: &str, id: &str, owner: &str, created: &str) -> Key {
        let mut key = Key::new("aws".into(), kind.into());
        key.id = Field::Known(id.into());
        key.owner = Field::Known(owner.into());
        key.created = Field::Known(created.parse().unwrap());
        key
    }

    #[test]
    fn successors_are_stated_or_told_by_pairs() {
        let mut keys = vec![
            key("access-key", "one", "ann", "2026-01-01T00:00:00Z"),
            key("access-key", "two", "ann", "2026-02-01T00:00:00Z"),
            key("access-key", "three", "bob", "2026-02-01T00:00:00Z"),
            key("secret", "four", "bob", "2026-02-01T00:00:00Z"),
            key("secret", "five", "bob", "2026-03-01T00:00:00Z"),
        ];
        keys[4].supersedes = Field::Known("four".into());
        let works = |key: &Key| key.status != Field::Known(Status::Revoked);
        let found = told(&keys, works);
        assert_eq!(found[0], Some(Successor { key: 1, stated: false }));
        assert_eq!(found[3], Some(Successor { key: 4, stated: true }));
        assert_eq!((found[1], found[2], found[4]), (None, None, None));
        assert_eq!(stated(&keys)[0], None);
        keys[1].status = Field::Known(Status::Revoked);
        assert_eq!(told(&keys, works)[0], None);
    }

    #[test]
    fn keys_in_a_circle_replace_nothing_and_those_before_it_do() {
        let day = "2026-01-01T00:00:00Z";
        let mut keys: Vec<Key> = ["a", "b", "c", "d", "e"].map(|id| key("token", id, "ann", day)).into();
        // `b` replaces `a`, `c` replaces `b`, `a` replaces `c`; `d` replaces `e`, which nobody has otherwise.
        for (new, old) in [(1, "a"), (2, "b"), (0, "c"), (3, "e")] {
            keys[new].supersedes = Field::Known(old.into());
        }
        let found = stated(&keys);
        assert_eq!((found[0], found[1], found[2]), (None, None, None));
        assert_eq!(found[4], Some(Successor { key: 3, stated: true }));
        let circle = [0, 1, 2].map(|at| (at, Mistaken::Circle));
        assert_eq!(mistakes(&keys), circle);
        keys[3].supersedes = Field::Known("gone".into());
        keys[4].supersedes = Field::Known("e".into());
        assert_eq!(mistakes(&keys)[3..], [(3, Mistaken::Unknown), (4, Mistaken::Circle)]);
    }

    #[test]
    fn a_name_counts_where_one_key_has_it_and_the_first_of_several_replaces() {
        let mut keys = vec![
            key("token", "old", "ann", "2025-01-01T00:00:00Z"),
            key("token", "newer", "ann", "2026-02-01T00:00:00Z"),
            key("token", "new", "ann", "2026-01-01T00:00:00Z"),
        ];
        keys[0].name = Field::Known("deploy".into());
        keys[1].supersedes = Field::Known("deploy".into());
        keys[2].supersedes = Field::Known("old".into());
        assert_eq!(stated(&keys)[0], Some(Successor { key: 2, stated: true }));
        keys[2].supersedes = Field::Unknown;
        assert_eq!(stated(&keys)[0], Some(Successor { key: 1, stated: true }));
        keys[2].name = Field::Known("deploy".into());
        assert_eq!(stated(&keys), [None, None, None]);
        // Nothing replaces itself.
        keys[1].supersedes = Field::Known("newer".into());
        assert_eq!(stated(&keys)[1], None);
    }
}
