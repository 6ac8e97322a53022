//! The join: which finding of a scan is which key of the inventory.
//!
//! An export shows a key in one of several ways, and each way has its certainty. An id, a digest, the public half of a
//! private key or the key itself leave no doubt. A mask does: how much depends on how many characters it tells beyond the
//! prefix that all keys of its kind have, and a mask that fits several keys or several values says so. Parts count, too:
//! an AWS secret is recognised by the id that stands beside it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jiff::Timestamp;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

use super::public_key::{Digests, Registered, registered};
use super::run::Scan;
use super::{Certainty, How, Searchable};
use crate::detect::verify;
use crate::finding::{Commit, Finding, Location};
use crate::inventory::Inventory;
use crate::inventory::format;
use crate::inventory::key::{Digest, Key, Shown};
use crate::report::{RuleInfo, history};

/// A finding that is a key, or may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Index among [`Join::leaks`].
    pub leak: usize,
    /// Index of the key.
    pub key: usize,
    /// How it was recognised.
    pub how: How,
    /// How sure it is.
    pub certainty: Certainty,
    /// For a mask, how many keys it could be, and how many values the key could be: the larger number. Otherwise 1.
    pub candidates: usize,
}

/// Why nobody can say whether a finding is a key of the inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// There is no inventory of the provider.
    NoInventory,
    /// The export leaves keys out.
    Incomplete,
    /// So many keys of the provider show nothing that the finding could be recognised by.
    Unrecognisable(usize),
}

/// A distinct secret that leaked.
pub struct Leak<'a> {
    /// What the scan says of it.
    pub finding: &'a Finding,
    /// Its rule.
    pub rule: Option<&'a RuleInfo>,
    /// What it may be; empty for what is no key of the inventory.
    pub matches: Vec<Match>,
    /// Where it is no key of the inventory, why that may be wrong.
    pub doubt: Option<Doubt>,
    /// The repositories in which it stands, by name, where more than one was scanned.
    pub repositories: BTreeSet<String>,
}

impl Leak<'_> {
    /// The commit since which it is exposed, as far as the history was scanned.
    #[must_use]
    pub fn since(&self) -> Option<&Commit> {
        history::earliest(self.finding)
    }

    /// When the last of its places came into being; `None` where that is not known of each.
    #[must_use]
    pub fn latest(&self) -> Option<Timestamp> {
        let times = self
            .finding
            .locations
            .iter()
            .map(|place| place.history.as_ref()?.introduced.as_ref()?.date.parse::<Timestamp>().ok());
        times.collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    /// Its places in the working tree and at HEAD.
    #[must_use]
    pub fn at_head(&self) -> Vec<&Location> {
        history::places(self.finding).into_iter().filter(|place| place.is_at_head()).collect()
    }
}

/// What was found, and which key it is.
#[derive(Default)]
pub struct Join<'a> {
    leaks: Vec<Leak<'a>>,
    by_key: BTreeMap<usize, Vec<Match>>,
}

impl<'a> Join<'a> {
    /// Joins a scan with an inventory.
    #[must_use]
    pub fn new(inventory: &Inventory, scan: &Scan<'a>) -> Self {
        let index = Index::new(inventory.keys());
        let holdings = holdings(inventory);
        let mut join = Join::default();
        let mut values: HashMap<usize, BTreeSet<usize>> = HashMap::new();
        for finding in &scan.report.findings {
            let rule = scan.report.rules.get(&finding.rule);
            let leak = join.leaks.len();
            let ids = ids(finding, scan);
            let matches = index.find(inventory.keys(), finding, rule, &ids, leak);
            for found in matches.iter().filter(|found| found.how == How::Mask) {
                values.entry(found.key).or_default().insert(leak);
            }
            let doubt = matches.is_empty().then(|| doubt(&holdings, rule, &ids)).flatten();
            join.leaks.push(Leak { finding, rule, matches, doubt, repositories: repositories(finding, scan) });
        }
        // A mask that fits several values cannot be all of them.
        for leak in &mut join.leaks {
            for found in leak.matches.iter_mut().filter(|found| found.how == How::Mask) {
                let several = values.get(&found.key).map_or(1, BTreeSet::len);
                found.candidates = found.candidates.max(several);
                if found.candidates > 1 {
                    found.certainty = Certainty::Ambiguous;
                }
            }
        }
        for found in join.leaks.iter().flat_map(|leak| &leak.matches) {
            join.by_key.entry(found.key).or_default().push(*found);
        }
        // A key that was found without doubt is not, besides, perhaps something else.
        for matches in join.by_key.values_mut() {
            if matches.iter().any(|found| found.certainty == Certainty::Certain) {
                matches.retain(|found| found.certainty == Certainty::Certain);
            }
        }
        join
    }

    /// Everything that leaked, in the order of the scan.
    #[must_use]
    pub fn leaks(&self) -> &[Leak<'a>] {
        &self.leaks
    }

    /// What is a certain key, or may be it.
    #[must_use]
    pub fn of_key(&self, index: usize) -> &[Match] {
        self.by_key.get(&index).map_or(&[], Vec::as_slice)
    }
}

/// How a key can be recognised.
#[must_use]
pub fn searchable(key: &Key) -> Searchable {
    let exact = |shown: &Shown| match shown {
        Shown::Id(_) | Shown::Plain(_) => true,
        // Nobody but the provider has the key of an HMAC.
        Shown::Digest(digest, _) => *digest != Digest::HmacSha256,
        Shown::Public(text) => registered(text).is_some(),
        Shown::Mask { .. } => false,
    };
    if key.shown.iter().any(exact) {
        Searchable::Exactly
    } else if key.shown.iter().any(|shown| matches!(shown, Shown::Mask { .. })) {
        Searchable::ByMask
    } else {
        Searchable::Not
    }
}

/// Ids that a finding carries: its own value and pieces of it, the other parts of the credential, and what a check
/// found inside.
struct Ids {
    own: Vec<String>,
    beside: Vec<String>,
    /// Whether there is an id by which a key could be recognised, known or not.
    told: bool,
}

/// Ids shorter than this stand by chance in many values.
const MIN_ID: usize = 6;

fn ids(finding: &Finding, scan: &Scan<'_>) -> Ids {
    const ANY: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let mut own = Vec::new();
    let mut told = scan.rules.find(&finding.rule).is_some_and(|rule| !rule.secret || rule.inventory == Some("full-id"));
    if let Some(text) = finding.secret.secret().and_then(|secret| std::str::from_utf8(secret.expose()).ok()) {
        own.push(text.to_owned());
        pieces(text, &mut own);
        // `id:key` in base64, as Elasticsearch encodes it.
        let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, ANY);
        let decoded = engine.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(decoded) = decoded.filter(|decoded| decoded.contains(':')) {
            pieces(&decoded, &mut own);
            told = true;
        }
    }
    for fact in finding.verification.iter().flat_map(|verification| &verification.facts) {
        if fact.name.contains("id") {
            own.push(fact.value.clone());
            told = true;
        }
    }
    let mut beside = Vec::new();
    for part in finding.parts.iter().filter(|part| !part.is_secret) {
        if let Some(text) = part.value.secret().and_then(|value| std::str::from_utf8(value.expose()).ok()) {
            beside.push(text.to_owned());
            told = true;
        }
    }
    own.retain(|id| id.len() >= MIN_ID);
    Ids { own, beside, told }
}

/// The stretches between separators.
fn pieces(text: &str, into: &mut Vec<String>) {
    into.extend(text.split(['.', ':']).filter(|piece| piece.len() < text.len()).map(str::to_owned));
    let parts: Vec<&str> = text.split('_').collect();
    into.extend(parts.iter().filter(|piece| piece.len() < text.len()).map(|piece| (*piece).to_owned()));
}

/// Keys by what their exports show.
#[derive(Default)]
struct Index<'k> {
    ids: HashMap<&'k str, Vec<usize>>,
    digests: HashMap<(Digest, &'k [u8]), Vec<usize>>,
    plain: HashMap<[u8; 32], Vec<usize>>,
    masks: HashMap<(&'k str, &'k str), Vec<usize>>,
    /// Lengths of the two ends of the masks.
    lengths: BTreeSet<(usize, usize)>,
    kinds: BTreeSet<DigestKind>,
    /// Public keys by their SHA-256, and those of which only the MD5 is known.
    public: HashMap<[u8; 32], Vec<usize>>,
    public_md5: HashMap<[u8; 16], Vec<usize>>,
}

/// [`Digest`] without the one that needs a key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum DigestKind {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

impl DigestKind {
    fn of(digest: Digest) -> Option<Self> {
        Some(match digest {
            Digest::Md5 => DigestKind::Md5,
            Digest::Sha1 => DigestKind::Sha1,
            Digest::Sha256 => DigestKind::Sha256,
            Digest::Sha512 => DigestKind::Sha512,
            Digest::HmacSha256 => return None,
        })
    }

    fn digest(self, bytes: &[u8]) -> (Digest, Vec<u8>) {
        match self {
            DigestKind::Md5 => (Digest::Md5, Md5::digest(bytes).to_vec()),
            DigestKind::Sha1 => (Digest::Sha1, Sha1::digest(bytes).to_vec()),
            DigestKind::Sha256 => (Digest::Sha256, Sha256::digest(bytes).to_vec()),
            DigestKind::Sha512 => (Digest::Sha512, Sha512::digest(bytes).to_vec()),
        }
    }
}

impl<'k> Index<'k> {
    fn new(keys: &'k [Key]) -> Self {
        let mut index = Index::default();
        for (at, key) in keys.iter().enumerate() {
            for shown in &key.shown {
                match shown {
                    Shown::Id(id) if id.len() >= MIN_ID => index.ids.entry(id.as_str()).or_default().push(at),
                    Shown::Digest(digest, bytes) => {
                        index.kinds.extend(DigestKind::of(*digest));
                        index.digests.entry((*digest, bytes)).or_default().push(at);
                    }
                    Shown::Plain(secret) => {
                        index.plain.entry(Sha256::digest(secret.expose()).into()).or_default().push(at);
                    }
                    Shown::Mask { prefix, suffix } => {
                        index.lengths.insert((prefix.len(), suffix.len()));
                        index.masks.entry((prefix.as_str(), suffix.as_str())).or_default().push(at);
                    }
                    Shown::Public(text) => match registered(text) {
                        Some(Registered::Sha256(digest)) => index.public.entry(digest).or_default().push(at),
                        Some(Registered::Md5(digest)) => index.public_md5.entry(digest).or_default().push(at),
                        None => {}
                    },
                    Shown::Id(_) => {}
                }
            }
        }
        index
    }

    /// The digests of the public half of a private key, where there is something to compare them with.
    fn public_half(&self, value: &[u8]) -> Option<Digests> {
        if self.public.is_empty() && self.public_md5.is_empty() {
            return None;
        }
        Digests::of(&verify::public_key(value)?)
    }

    fn find(&self, keys: &[Key], finding: &Finding, rule: Option<&RuleInfo>, ids: &Ids, leak: usize) -> Vec<Match> {
        let mut found: BTreeMap<usize, Match> = BTreeMap::new();
        let mut add = |key: usize, how: How, certainty: Certainty, candidates: usize| {
            let new = Match { leak, key, how, certainty, candidates };
            let known = found.entry(key).or_insert(new);
            if (new.certainty, std::cmp::Reverse(new.how)) > (known.certainty, std::cmp::Reverse(known.how)) {
                *known = new;
            }
        };
        let is_of = |key: &usize| keys.get(*key).is_some_and(|key| same_provider(&key.provider, rule));
        if let Some(secret) = finding.secret.secret() {
            let value = secret.expose();
            if !self.plain.is_empty() {
                let digest: [u8; 32] = Sha256::digest(value).into();
                for &key in self.plain.get(&digest).into_iter().flatten() {
                    add(key, How::Plaintext, Certainty::Certain, 1);
                }
            }
            for kind in &self.kinds {
                let (digest, bytes) = kind.digest(value);
                for &key in self.digests.get(&(digest, bytes.as_slice())).into_iter().flatten() {
                    add(key, How::Digest, Certainty::Certain, 1);
                }
            }
            if let Some(Digests { sha256, md5 }) = self.public_half(value) {
                let by_md5 = self.public_md5.get(&md5);
                for &key in self.public.get(&sha256).into_iter().chain(by_md5).flatten() {
                    add(key, How::PublicKey, Certainty::Certain, 1);
                }
            }
            if let Ok(text) = std::str::from_utf8(value) {
                let fits = |&(prefix, suffix): &(usize, usize)| {
                    // What a mask shows is less than the whole; equal ends that overlap would be no mask.
                    if text.len() <= prefix + suffix {
                        return None;
                    }
                    self.masks.get(&(text.get(..prefix)?, text.get(text.len() - suffix..)?))
                };
                let fitting: BTreeSet<usize> =
                    self.lengths.iter().filter_map(fits).flatten().copied().filter(|key| is_of(key)).collect();
                for &key in &fitting {
                    let told = keys.get(key).map_or(0, |key| telling(key, text));
                    let certainty = match told {
                        _ if fitting.len() > 1 => Certainty::Ambiguous,
                        0..LIKELY => Certainty::Possible,
                        _ => Certainty::Likely,
                    };
                    add(key, How::Mask, certainty, fitting.len());
                }
            }
        }
        for (ids, how) in [(&ids.own, How::Id), (&ids.beside, How::IdBeside)] {
            for id in ids {
                for &key in self.ids.get(id.as_str()).into_iter().flatten().filter(|key| is_of(key)) {
                    add(key, how, Certainty::Certain, 1);
                }
            }
        }
        let mut matches: Vec<Match> = found.into_values().collect();
        if matches.iter().any(|found| found.certainty == Certainty::Certain) {
            matches.retain(|found| found.certainty == Certainty::Certain);
        }
        matches
    }
}

/// From so many random characters on, a mask that fits by chance is out of the question: eight of an alphabet of 32 or
/// more leave one chance in 10^12.
const LIKELY: usize = 8;

/// How many characters a mask tells beyond the prefix that all keys of a kind have, which ends in a separator.
fn telling(key: &Key, value: &str) -> usize {
    let masks = key.shown.iter().filter_map(|shown| match shown {
        Shown::Mask { prefix, suffix } if value.starts_with(prefix.as_str()) && value.ends_with(suffix.as_str()) => {
            let common = prefix.rfind(['-', '_', '.']).map_or(0, |at| at + 1);
            Some(prefix.len() - common + suffix.len())
        }
        _ => None,
    });
    masks.max().unwrap_or(0)
}

/// What the inventory has of one provider, for what may be its keys and is not recognised.
struct Holding<'k> {
    provider: &'k str,
    /// Whether one of its exports leaves keys out.
    incomplete: bool,
    /// Keys that show nothing by which anything could be recognised.
    dark: usize,
    /// Keys that show an id and nothing else, by which only a finding with an id is recognised.
    by_id: usize,
}

fn holdings(inventory: &Inventory) -> Vec<Holding<'_>> {
    let mut at: HashMap<&str, usize> = HashMap::new();
    let mut all: Vec<Holding<'_>> = Vec::new();
    for key in inventory.keys() {
        let index = *at.entry(key.provider.as_str()).or_insert_with(|| {
            all.push(Holding { provider: &key.provider, incomplete: false, dark: 0, by_id: 0 });
            all.len() - 1
        });
        let Some(holding) = all.get_mut(index) else { continue };
        holding.incomplete |= inventory.source(key.origin.source).is_some_and(|source| source.incomplete);
        let by_value = |shown: &Shown| match shown {
            Shown::Digest(digest, _) => *digest != Digest::HmacSha256,
            Shown::Mask { .. } | Shown::Plain(_) => true,
            // A private key with that public half is recognised, and nothing else can be it.
            Shown::Public(text) => registered(text).is_some(),
            Shown::Id(_) => false,
        };
        let by_id = key.shown.iter().any(|shown| matches!(shown, Shown::Id(_)));
        match key.shown.iter().any(by_value) {
            true => {}
            false if by_id => holding.by_id += 1,
            false => holding.dark += 1,
        }
    }
    // A file that is not whole may list nothing that could be read, and keys of its provider all the same. Records of
    // events only add to keys that other files list.
    for source in inventory.sources().iter().filter(|source| source.incomplete) {
        let format = source.format.and_then(format::by_name);
        if format.is_some_and(|format| format.events) {
            continue;
        }
        // A file that nothing recognises may be of any provider.
        let unknown = source.format.is_none();
        let its = |holding: &&mut Holding<'_>| unknown || format.is_some_and(|it| it.provider == holding.provider);
        all.iter_mut().filter(its).for_each(|holding| holding.incomplete = true);
    }
    all
}

/// Why a finding that matches nothing may be a key of the inventory all the same.
fn doubt(holdings: &[Holding<'_>], rule: Option<&RuleInfo>, ids: &Ids) -> Option<Doubt> {
    let mut its = holdings.iter().filter(|holding| same_provider(holding.provider, rule)).peekable();
    if its.peek().is_none() || rule.is_none_or(|rule| is_generic(&rule.provider)) {
        return Some(Doubt::NoInventory);
    }
    let (mut incomplete, mut not) = (false, 0);
    for holding in its {
        incomplete |= holding.incomplete;
        not += holding.dark + if ids.told { 0 } else { holding.by_id };
    }
    if incomplete {
        return Some(Doubt::Incomplete);
    }
    (not > 0).then_some(Doubt::Unrecognisable(not))
}

/// Names of providers in rules that say nothing of who issued a key, folded.
const GENERIC: [&str; 8] =
    ["generic", "configurationfile", "http", "jwt", "tokenformat", "privatekey", "passwordhash", ""];

fn is_generic(provider: &str) -> bool {
    GENERIC.contains(&folded(provider).as_str())
}

/// Words of inventories for providers that rules call by other names, folded.
const NAMES: [(&str, &[&str]); 10] = [
    ("aws", &["aws", "amazon", "amazonwebservices"]),
    ("gcp", &["gcp", "google", "googlecloud", "firebase"]),
    ("gcpapikey", &["gcp", "google", "googlecloud", "firebase", "gemini"]),
    ("googleoauth", &["gcp", "google", "googlecloud"]),
    ("entra", &["entra", "microsoft", "azure", "microsoftentra", "microsoftazure"]),
    ("azure", &["entra", "microsoft", "azure", "azuredevops"]),
    ("vault", &["vault", "hashicorp"]),
    ("terraformcloud", &["terraformcloud", "hashicorp", "terraform"]),
    ("dockerhub", &["docker", "dockerhub"]),
    ("kubernetes", &["kubernetes", "jwt"]),
];

/// Letters and digits in lower case.
fn folded(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether a key of an inventory's provider can be what a rule finds.
#[must_use]
pub fn same_provider(provider: &str, rule: Option<&RuleInfo>) -> bool {
    let Some(rule) = rule else { return true };
    let (key, theirs) = (folded(provider), folded(&rule.provider));
    if GENERIC.contains(&key.as_str()) || GENERIC.contains(&theirs.as_str()) || key == theirs {
        return true;
    }
    match NAMES.iter().find(|(name, _)| *name == key) {
        Some((_, names)) => names.contains(&theirs.as_str()),
        None => false,
    }
}

/// The repositories in which it stands; none where one at most was scanned.
fn repositories(finding: &Finding, scan: &Scan<'_>) -> BTreeSet<String> {
    if scan.repositories.len() < 2 {
        return BTreeSet::new();
    }
    let of = |place: &Location| {
        let path = place.artifact.path.as_str();
        let inside = |prefix: &str| {
            prefix.is_empty() || path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let holding = scan.repositories.iter().filter(|repository| inside(&repository.prefix));
        holding.max_by_key(|repository| repository.prefix.len()).map(|repository| repository.name.clone())
    };
    finding.locations.iter().filter_map(of).collect()
}
