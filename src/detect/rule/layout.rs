//! The search tables of a set of rules: which anchors begin with which two bytes.
//!
//! Shared with the build script, which prints a [`Layout`] as constants; depends on nothing else of keytrail.

use std::collections::HashMap;

use super::anchor::{AnchorKind, ByteSet, Derived};
use super::probes::{self, Planned};
use super::steps::Behind;

/// What stands in every address, and is searched for with the literals that stand anywhere.
pub const ADDRESS_MARK: &[u8] = b"://";

/// What stands in the names of passwords: one of these, and is searched for with them, too.
pub const PASSWORD_MARKS: [&[u8]; 69] = [
    b"pass",
    b"Pass",
    b"PASS",
    b"pwd",
    b"Pwd",
    b"PWD",
    b"_pw",
    b".pw=",
    b"CONTRASE",
    b"_PW",
    b" pw ",
    b" PW ",
    b"pw: ",
    b"ontrase",
    b"senha",
    b"Senha",
    b"SENHA",
    "ароль".as_bytes(),
    b"haslo",
    "asło".as_bytes(),
    b"heslo",
    b"Heslo",
    b"arola",
    b"parol ",
    b"parol_",
    b"parol=",
    b"PAROL=",
    b"alasana",
    b"jelsz",
    b"lozinka",
    b"clave",
    b"senord",
    b"atKhau",
    b"$pw ",
    b"'pw'",
    b"\"pw\"",
    b"ennwort",
    b"achtwoord",
    b"mdp",
    b"dbpw",
    b"odeord",
    b"gangskode",
    b"HASLO",
    b"HESLO",
    b"PAROLA",
    b"LOZINKA",
    b"CLAVE",
    b"Clave",
    b"MDP",
    b"ENNWORT",
    b"CHTWOORD",
    b"ifre",
    b"IFRE",
    b"PW: ",
    b"ALASANA",
    b"\npw =",
    b"\npw <",
    "密码".as_bytes(),
    "パスワード".as_bytes(),
    "비밀번호".as_bytes(),
    "ωδικ".as_bytes(),
    "المرور".as_bytes(),
    "السر".as_bytes(),
    b"matkhau",
    b"_psk",
    b"_PSK",
    b"psw",
    b"Psw",
    b"PSW",
];

/// What stands in the names of other secrets; a value of letters and digits alone is found without them.
pub const SECRET_MARKS: [&[u8]; 2] = [b"ecret", b"ECRET"];

/// What allows a key in a comment beside it.
pub const COMMENT_MARK: &str = "keytrail:allow";

/// What stands in an address within a literal of JSON that escapes its slashes.
pub const ESCAPED_ADDRESS_MARK: &[u8] = b":\\/\\/";

/// Number of pairs of ASCII bytes.
pub const PAIRS: usize = 1 << 14;

/// The index of a pair of ASCII bytes in [`Layout::first_two`].
#[must_use]
pub const fn pair(a: u8, b: u8) -> usize {
    (a as usize & 0x7f) << 7 | (b as usize & 0x7f)
}

/// An anchor of a rule; `L` is how the literal's bytes are held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<L> {
    /// The bytes.
    pub literal: L,
    /// How many of them stand before the run.
    pub lead: u8,
    /// Least distance from the start of the match to the literal.
    pub offset_min: u16,
    /// Greatest distance.
    pub offset_max: u16,
    /// Index of the rule.
    pub rule: u16,
    /// What may follow on the literal: these of [`Layout::behind`], from the first to before the last; anything where
    /// there is none.
    pub behind: (u16, u16),
}

/// A shape of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeEntry {
    /// Every byte that can occur.
    pub alphabet: ByteSet,
    /// Least length.
    pub min: u16,
    /// Greatest length.
    pub max: u16,
    /// Index of the rule.
    pub rule: u16,
}

/// Tables for a set of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout<L> {
    /// Anchors at boundaries, ordered by the first two bytes inside the run.
    pub boundary: Vec<Entry<L>>,
    /// For each pair of bytes, one more than the index of its bucket, or 0: see [`pair`].
    pub first_two: Vec<u16>,
    /// Ranges of `boundary` that begin with the same pair.
    pub buckets: Vec<(u16, u16)>,
    /// Anchors inside runs.
    pub inside: Vec<Entry<L>>,
    /// Anchors anywhere in the text.
    pub anywhere: Vec<Entry<L>>,
    /// How the literals of both, and the marks above, are found: in one pass.
    pub plan: Vec<Planned<L>>,
    /// What may follow on the literals of anchors.
    pub behind: Vec<Behind<L>>,
    /// Shapes.
    pub shapes: Vec<ShapeEntry>,
}

impl<L: AsRef<[u8]> + Clone + Ord> Layout<L> {
    /// Lays out the anchors of rules, given in the order of their indices. `hold` turns literals into `L`.
    pub fn new<'a>(rules: impl Iterator<Item = Option<&'a Derived>>, mut hold: impl FnMut(&[u8]) -> L) -> Self {
        let mut layout = Layout {
            boundary: Vec::new(),
            first_two: Vec::new(),
            buckets: Vec::new(),
            inside: Vec::new(),
            anywhere: Vec::new(),
            plan: Vec::new(),
            behind: Vec::new(),
            shapes: Vec::new(),
        };
        let mut known: HashMap<Vec<Behind<Vec<u8>>>, (u16, u16)> = HashMap::new();
        for (rule, derived) in rules.enumerate() {
            let Some(derived) = derived else { continue };
            let rule = small(rule);
            for anchor in &derived.anchors {
                let behind = *known.entry(anchor.behind.clone()).or_insert_with(|| {
                    let first = small(layout.behind.len());
                    layout.behind.extend(anchor.behind.iter().map(|form| Behind {
                        steps: form.steps,
                        literal: hold(&form.literal),
                        within: form.within,
                    }));
                    (first, small(layout.behind.len()))
                });
                let entry = Entry {
                    literal: hold(&anchor.literal),
                    lead: anchor.lead.min(255) as u8,
                    offset_min: small(anchor.offset_min),
                    offset_max: small(anchor.offset_max),
                    rule,
                    behind,
                };
                match anchor.kind {
                    AnchorKind::Boundary => layout.boundary.push(entry),
                    AnchorKind::Inside => layout.inside.push(entry),
                    AnchorKind::Anywhere => layout.anywhere.push(entry),
                }
            }
            layout.shapes.extend(derived.shapes.iter().map(|shape| ShapeEntry {
                alphabet: shape.alphabet,
                min: small(shape.min),
                max: small(shape.max),
                rule,
            }));
        }
        let marks: Vec<L> = [ADDRESS_MARK, ESCAPED_ADDRESS_MARK]
            .into_iter()
            .chain(PASSWORD_MARKS)
            .chain(SECRET_MARKS)
            .chain([COMMENT_MARK.as_bytes()])
            .map(hold)
            .collect();
        layout.plan = probes::plan(literals(&layout.anywhere).chain(literals(&layout.inside)).chain(marks));
        layout.index();
        layout
    }

    /// Adds the tables of further rules, whose indices start at `first`.
    pub fn extend(&mut self, other: Layout<L>, first: u16) {
        let known = small(self.behind.len());
        let shift = |mut entry: Entry<L>| {
            entry.rule += first;
            entry.behind.0 += known;
            entry.behind.1 += known;
            entry
        };
        self.behind.extend(other.behind);
        self.plan = probes::plan_more(&self.plan, other.plan.iter().map(|planned| planned.literal.clone()));
        self.boundary.extend(other.boundary.into_iter().map(shift));
        self.inside.extend(other.inside.into_iter().map(shift));
        self.anywhere.extend(other.anywhere.into_iter().map(shift));
        self.shapes.extend(other.shapes.into_iter().map(|mut shape| {
            shape.rule += first;
            shape
        }));
        self.index();
    }

    fn index(&mut self) {
        let key = |entry: &Entry<L>| {
            let inside = &entry.literal.as_ref()[entry.lead as usize..];
            pair(inside[0], inside[1])
        };
        self.boundary.sort_by(|a, b| (key(a), &a.literal, a.rule).cmp(&(key(b), &b.literal, b.rule)));
        self.first_two = vec![0; PAIRS];
        self.buckets.clear();
        let mut start = 0;
        for bucket in self.boundary.chunk_by(|a, b| key(a) == key(b)) {
            self.buckets.push((small(start), small(start + bucket.len())));
            self.first_two[key(&bucket[0])] = small(self.buckets.len());
            start += bucket.len();
        }
    }
}

fn literals<L: Clone>(entries: &[Entry<L>]) -> impl Iterator<Item = L> {
    entries.iter().map(|entry| entry.literal.clone())
}

/// Counts of rules, anchors and lengths fit 16 bits by far; a larger one would be a mistake in a rule file.
fn small(n: usize) -> u16 {
    n.min(u16::MAX as usize) as u16
}
