//! What is wrong with the calls that logs tell of.
//!
//! A pure function of summaries, keys and a day: nothing is read here. What is not known is never taken for something
//! that did not happen:
//! - a revoked key is accused of calls after an export that says that it was revoked, or of attempts that were refused
//!   after its last success; older calls may have been made while it still worked;
//! - a key is unknown only where the inventory has keys that such a log could have named;
//! - a scope is unused only where the log says for every call which scopes it needed;
//! - a source is new only for a key that was used in the days before, which the finding names.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::call::Identity;
use super::index::replaced;
use super::summary::{CallSummary, Tally, Texts};
use super::{Calls, Span};
use crate::inventory::Inventory;
use crate::inventory::key::{Field, Key, List, Shown, Status, Text};

/// From where on something is worth saying.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Limits {
    /// So many failed attempts within `burst-minutes` are a burst.
    pub burst_attempts: u64,
    /// The time that a burst takes at most.
    pub burst_minutes: u32,
    /// The first days of a log, in which it is learnt from where keys are used.
    pub baseline_days: u32,
    /// How long an old key may still be used beside its successor.
    pub overlap_days: u32,
    /// A log that covers fewer days says nothing about keys and scopes that are not used.
    pub unused_days: u32,
}

impl Default for Limits {
    /// Ten attempts in five minutes; 14 days of learning; 7 days beside the successor; 30 days unused.
    fn default() -> Self {
        Limits { burst_attempts: 10, burst_minutes: 5, baseline_days: 14, overlap_days: 7, unused_days: 30 }
    }
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallKind {
    /// A key was used after it was revoked, switched off or seen leaked, or somebody still tries to.
    RevokedKey,
    /// A key was used after it expired, or somebody still tries to.
    ExpiredKey,
    /// A key was used that the inventory does not list.
    UnknownKey,
    /// The old secret was used after its rotation, or the old key beside its successor for too long.
    AfterRotation,
    /// Many attempts failed within a short time.
    Burst,
    /// A key was used from where it never was before.
    NewSource,
    /// A key was used for something that its scopes do not name.
    BeyondScopes,
    /// A key has scopes that no call needed.
    UnusedScopes,
    /// No call was made with a key in all the time that the log covers.
    Unused,
}

impl CallKind {
    /// Every kind, in the order in which findings are listed.
    pub const ALL: &[CallKind] = &[
        CallKind::RevokedKey,
        CallKind::ExpiredKey,
        CallKind::UnknownKey,
        CallKind::AfterRotation,
        CallKind::Burst,
        CallKind::NewSource,
        CallKind::BeyondScopes,
        CallKind::UnusedScopes,
        CallKind::Unused,
    ];
}

/// Whose calls they are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// A key of the inventory, by its place in [`Inventory::keys`].
    Key(usize),
    /// A key that the inventory does not list.
    Stranger(Identity),
}

/// What a finding is founded on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// How many of the calls were refused.
    pub denied: u64,
    /// The date that they contradict: of expiry, of rotation, of the successor, of the export that calls it revoked.
    pub since: Option<Timestamp>,
    /// From where they came, at most [`MAX_LISTED`], in alphabetical order.
    pub sources: Vec<Text>,
    /// Which scopes it is about.
    pub scopes: Vec<Text>,
    /// Who the key acted for, at most [`MAX_LISTED`].
    pub principals: Vec<Text>,
    /// Whether lists here, or what they were made from, leave something out.
    pub has_more: bool,
    /// The time that the log covers.
    pub span: Option<Span>,
    /// When the days ended in which it was learnt from where the key is used.
    pub baseline_until: Option<Timestamp>,
    /// Whether there may be more calls than [`CallFinding::count`] says.
    pub at_least: bool,
    /// Whether the inventory is known to leave keys out.
    pub incomplete_inventory: bool,
    /// Whether `since` is the day on which the status of the key changed, rather than that of an export.
    pub changed: bool,
}

/// How many sources and principals a finding lists.
pub const MAX_LISTED: usize = 10;

/// Something that is wrong with the calls of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallFinding {
    /// Whose calls.
    pub caller: Caller,
    /// What is wrong.
    pub kind: CallKind,
    /// The first of the calls; for what did not happen the beginning of the log.
    pub first: Timestamp,
    /// The last of the calls; for what did not happen the end of the log.
    pub last: Timestamp,
    /// How many calls it is about; 0 for what did not happen.
    pub count: u64,
    /// What it is founded on.
    pub evidence: Evidence,
}

impl CallFinding {
    /// What is wrong, as a sentence without a subject and a full stop: "was used 3 times after it expired on …".
    #[must_use]
    pub fn sentence(&self) -> String {
        let evidence = &self.evidence;
        let day = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
        let since = evidence.since.map_or_else(|| "an unknown day".to_owned(), day);
        let least = if evidence.at_least { "at least " } else { "" };
        let times = match self.count {
            1 => format!("{least}once"),
            count => format!("{least}{count} times"),
        };
        let refused = match evidence.denied {
            0 => String::new(),
            denied if denied >= self.count && denied > 1 => ", each time refused".to_owned(),
            denied if denied >= self.count => ", and refused".to_owned(),
            denied => format!(", {denied} of them refused"),
        };
        let listed = |texts: &[Text]| {
            let list = texts.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
            if evidence.has_more { format!("{list} and more") } else { list }
        };
        match self.kind {
            CallKind::RevokedKey if evidence.since.is_some() && evidence.changed => {
                format!("was used {times} after it was revoked or switched off on {since}{refused}")
            }
            CallKind::RevokedKey if evidence.since.is_some() => {
                format!("was used {times} after an export of {since} called it revoked or inactive{refused}")
            }
            CallKind::RevokedKey => format!("is revoked or inactive, and was tried {times} without success"),
            CallKind::ExpiredKey => format!("was used {times} after it expired on {since}{refused}"),
            CallKind::UnknownKey => {
                let perhaps = if evidence.incomplete_inventory { ", which is known to be incomplete" } else { "" };
                format!("is in no inventory{perhaps}, and was used {times}{refused}")
            }
            CallKind::AfterRotation => format!("was used {times} after it was replaced on {since}{refused}"),
            CallKind::Burst => format!(
                "was refused {times} within {} seconds on {}",
                self.last.as_second() - self.first.as_second() + 1,
                day(self.first)
            ),
            CallKind::NewSource => {
                let until = evidence.baseline_until.map_or_else(String::new, day);
                format!(
                    "was used {times} from {}, a source that it did not have up to {until}{refused}",
                    listed(&evidence.sources)
                )
            }
            CallKind::BeyondScopes => {
                format!("was used {times} with rights that its scopes do not name: {}", listed(&evidence.scopes))
            }
            CallKind::UnusedScopes => {
                format!("never needed {} between {} and {}", listed(&evidence.scopes), day(self.first), day(self.last))
            }
            CallKind::Unused => format!("is not in the log between {} and {}", day(self.first), day(self.last)),
        }
    }
}

/// Everything that is wrong with calls, by key and kind; the keys of the inventory come first, in its order.
///
/// `as_of` is the day of the audit: a key that expires later has not expired.
#[cfg(test)]
pub fn judge(calls: &Calls, inventory: &Inventory, as_of: Timestamp, limits: &Limits) -> Vec<CallFinding> {
    let judge = Judge::new(calls, inventory, as_of);
    let of_keys = (0..inventory.keys().len()).flat_map(|at| judge.key(at, limits));
    of_keys.chain(judge.strangers(limits)).collect()
}

/// Whether logs can answer a question about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The question does not arise.
    Apart,
    /// They can.
    Can,
    /// They cannot; why, as a sentence without a full stop that fits many keys.
    Cannot(&'static str),
}

/// Judges the calls of one key after another.
pub struct Judge<'a> {
    calls: &'a Calls,
    inventory: &'a Inventory,
    as_of: Timestamp,
    /// For each key when its successor came into being.
    replaced: Vec<Option<Timestamp>>,
}

impl<'a> Judge<'a> {
    /// `as_of` is the day of the audit: a key that expires later has not expired.
    #[must_use]
    pub fn new(calls: &'a Calls, inventory: &'a Inventory, as_of: Timestamp) -> Self {
        Judge { calls, inventory, as_of, replaced: replaced(inventory.keys()) }
    }

    fn facts(&self, at: usize) -> Option<KeyFacts<'a>> {
        let key = self.inventory.keys().get(at)?;
        let states = key.origins().filter_map(|origin| self.inventory.source(origin.source)?.as_of.known().copied());
        let stated = key.status_from().or(states.max());
        Some(KeyFacts { key, stated, replaced: self.replaced.get(at).copied().flatten() })
    }

    /// What is wrong with the calls of a key, by its place in the inventory.
    #[must_use]
    pub fn key(&self, at: usize, limits: &Limits) -> Vec<CallFinding> {
        let Some(facts) = self.facts(at) else { return Vec::new() };
        match self.calls.of(at) {
            Some(summary) => judge_key(at, &facts, summary, span_of(self.calls, summary), self.as_of, limits),
            None => {
                let span = self.calls.span(&facts.key.provider);
                span.and_then(|span| judge_unused(at, facts.key, span, limits)).into_iter().collect()
            }
        }
    }

    /// Whether the logs would have shown something of a kind: only then does it say something that
    /// [`key`](Self::key) found nothing.
    #[must_use]
    pub fn answer(&self, at: usize, kind: CallKind, limits: &Limits) -> Answer {
        const SHORT: &str = "the logs cover too short a time";
        const NAMELESS: &str = "the inventory shows nothing by which a log names the key";
        let Some(facts) = self.facts(at) else { return Answer::Apart };
        let (key, summary) = (facts.key, self.calls.of(at));
        let span = match summary {
            Some(summary) => span_of(self.calls, summary),
            None => self.calls.span(&key.provider),
        };
        let Some(span) = span else { return Answer::Apart };
        let named =
            |answer: Answer| if summary.is_some() || is_named_by_logs(key) { answer } else { Answer::Cannot(NAMELESS) };
        let or = |can: bool, why: &'static str| if can { Answer::Can } else { Answer::Cannot(why) };
        match (kind, summary) {
            (CallKind::RevokedKey, _) => match key.status {
                Field::Known(Status::Revoked | Status::Inactive | Status::Expired | Status::Leaked) => named(or(
                    facts.stated.is_some() || summary.is_none_or(|summary| summary.calls.not_denied() == 0),
                    "nobody says when the inventory was exported, and so which calls came later; `--exported` does",
                )),
                _ => Answer::Apart,
            },
            (CallKind::ExpiredKey, _) => match key.expires {
                Field::Known(expires) if expires <= self.as_of => named(Answer::Can),
                _ => Answer::Apart,
            },
            (CallKind::AfterRotation, _) if facts.replaced.is_some() => named(Answer::Can),
            (CallKind::Unused, _) if !is_expected(key) => Answer::Apart,
            (CallKind::Unused, Some(_)) => Answer::Can,
            (CallKind::Unused, None) => {
                let used = key.last_used.known().is_some_and(|used| *used >= span.first);
                named(or(used || is_long(key, span, limits), SHORT))
            }
            (_, None) | (CallKind::AfterRotation, _) => Answer::Apart,
            (CallKind::UnknownKey | CallKind::Burst, Some(_)) => Answer::Can,
            (CallKind::NewSource, Some(summary)) => or(
                is_learnt(summary, later(span.first, limits.baseline_days)),
                "the first days of the log do not tell from where the key is used",
            ),
            (CallKind::BeyondScopes, Some(summary)) => match &key.scopes {
                Field::Known(granted) if !granted.iter().any(|scope| is_broad(scope)) => {
                    or(same_words(granted, summary), "logs and inventory do not name scopes in the same words")
                }
                _ => Answer::Apart,
            },
            (CallKind::UnusedScopes, Some(summary)) => match &key.scopes {
                Field::Known(granted) if is_told(summary) => {
                    let long = span.days() >= i64::from(limits.unused_days);
                    match or(long, SHORT) {
                        Answer::Can => {
                            or(same_words(granted, summary), "logs and inventory do not name scopes in the same words")
                        }
                        short => short,
                    }
                }
                Field::Known(_) => Answer::Cannot("the logs do not say of every call which scopes it needed"),
                _ => Answer::Apart,
            },
        }
    }

    /// What is wrong with the calls of keys that the inventory does not list.
    #[must_use]
    pub fn strangers(&self, limits: &Limits) -> Vec<CallFinding> {
        let incomplete = self.inventory.sources().iter().any(|source| source.incomplete);
        let mut findings = Vec::new();
        for (identity, stranger) in self.calls.strangers() {
            let summary = &stranger.summary;
            let caller = Caller::Stranger(identity.clone());
            if stranger.comparable {
                let mut finding = of_tally(caller.clone(), CallKind::UnknownKey, &summary.calls, None);
                list(&summary.sources, &mut finding.evidence.sources, &mut finding.evidence.has_more, |_| true);
                list(&summary.principals, &mut finding.evidence.principals, &mut finding.evidence.has_more, |_| true);
                finding.evidence.span = span_of(self.calls, summary);
                finding.evidence.incomplete_inventory = incomplete;
                findings.push(finding);
            }
            findings.extend(burst(caller, summary, limits));
        }
        findings
    }
}

/// What is known of a key besides its calls.
#[derive(Clone, Copy, Debug)]
pub struct KeyFacts<'k> {
    /// The key.
    pub key: &'k Key,
    /// Since when it is known to have its status: when that changed, else when the export was made that says it.
    pub stated: Option<Timestamp>,
    /// When its successor came into being, where it has one.
    pub replaced: Option<Timestamp>,
}

/// What is wrong with the calls of one key of the inventory. `span` is the time that the logs cover which tell of it.
#[must_use]
pub fn judge_key(
    at: usize,
    facts: &KeyFacts<'_>,
    summary: &CallSummary,
    span: Option<Span>,
    as_of: Timestamp,
    limits: &Limits,
) -> Vec<CallFinding> {
    let key = facts.key;
    let caller = || Caller::Key(at);
    let mut findings = Vec::new();
    if let Field::Known(Status::Revoked | Status::Inactive | Status::Expired | Status::Leaked) = key.status {
        let (tried, first) = match summary.last_success {
            Some(success) => summary.failures.after(success),
            None => (summary.calls.denied, Some(summary.calls.first)),
        };
        if let Some(tally) = &summary.after_stated {
            let mut finding = of_tally(caller(), CallKind::RevokedKey, tally, facts.stated);
            finding.evidence.changed = key.status_from().is_some();
            findings.push(finding);
        } else if tried > 0
            && let Some(first) = first
        {
            findings.push(CallFinding {
                caller: caller(),
                kind: CallKind::RevokedKey,
                first,
                last: summary.calls.last,
                count: tried,
                evidence: Evidence { denied: tried, at_least: !summary.failures.is_exact(), ..Evidence::default() },
            });
        }
    }
    if let (Field::Known(expires), Some(tally)) = (key.expires, &summary.after_expiry)
        && expires <= as_of
    {
        findings.push(of_tally(caller(), CallKind::ExpiredKey, tally, Some(expires)));
    }
    if let (Field::Known(rotated), Some(tally)) = (key.rotated, &summary.after_rotation) {
        findings.push(of_tally(caller(), CallKind::AfterRotation, tally, Some(rotated)));
    }
    if let (Some(replaced), Some(tally)) = (facts.replaced, &summary.after_successor)
        && tally.last > later(replaced, limits.overlap_days)
    {
        findings.push(of_tally(caller(), CallKind::AfterRotation, tally, Some(replaced)));
    }
    findings.extend(burst(caller(), summary, limits));
    if let Some(span) = span {
        findings.extend(new_source(caller(), summary, span, limits));
    }
    if let Field::Known(granted) = &key.scopes {
        findings.extend(beyond_scopes(caller(), granted, summary));
        if let Some(span) = span {
            findings.extend(unused_scopes(caller(), granted, summary, span, limits));
        }
    }
    findings
}

fn of_tally(caller: Caller, kind: CallKind, tally: &Tally, since: Option<Timestamp>) -> CallFinding {
    CallFinding {
        caller,
        kind,
        first: tally.first,
        last: tally.last,
        count: tally.calls,
        evidence: Evidence { denied: tally.denied, since, ..Evidence::default() },
    }
}

fn burst(caller: Caller, summary: &CallSummary, limits: &Limits) -> Option<CallFinding> {
    let window = SignedDuration::from_mins(i64::from(limits.burst_minutes));
    let burst = summary.failures.worst(window).filter(|burst| burst.calls >= limits.burst_attempts.max(1))?;
    let mut evidence = Evidence { denied: burst.calls, at_least: !summary.failures.is_exact(), ..Evidence::default() };
    let during = |tally: &Tally| tally.denied > 0 && tally.first <= burst.last && tally.last >= burst.first;
    list(&summary.sources, &mut evidence.sources, &mut evidence.has_more, during);
    Some(CallFinding {
        caller,
        kind: CallKind::Burst,
        first: burst.first,
        last: burst.last,
        count: burst.calls,
        evidence,
    })
}

fn new_source(caller: Caller, summary: &CallSummary, span: Span, limits: &Limits) -> Option<CallFinding> {
    let until = later(span.first, limits.baseline_days);
    if !is_learnt(summary, until) {
        return None;
    }
    let sources = summary.sources.sorted();
    let new: Vec<&Tally> = sources.iter().map(|(_, tally)| *tally).filter(|tally| tally.first >= until).collect();
    let mut evidence = Evidence {
        denied: new.iter().map(|tally| tally.denied).sum(),
        span: Some(span),
        baseline_until: Some(until),
        ..Evidence::default()
    };
    list(&summary.sources, &mut evidence.sources, &mut evidence.has_more, |tally| tally.first >= until);
    Some(CallFinding {
        caller,
        kind: CallKind::NewSource,
        first: new.iter().map(|tally| tally.first).min()?,
        last: new.iter().map(|tally| tally.last).max()?,
        count: new.iter().map(|tally| tally.calls).sum(),
        evidence,
    })
}

/// Whether the log says from where the key was used before a day.
fn is_learnt(summary: &CallSummary, until: Timestamp) -> bool {
    summary.sources.sorted().iter().any(|(_, tally)| tally.first < until)
}

/// Whether the log says of every call which scopes it needed.
fn is_told(summary: &CallSummary) -> bool {
    summary.with_scopes == summary.calls.calls && !summary.scopes.has_more()
}

/// Whether a granted scope names a right that was needed: the same, or the one above it (`orders` of `orders:read`).
fn covers(granted: &str, needed: &str) -> bool {
    let (granted, needed) = (granted.trim(), needed.trim());
    match needed.get(..granted.len()) {
        Some(start) if start.eq_ignore_ascii_case(granted) => {
            needed.len() == granted.len() || needed[granted.len()..].starts_with([':', '.', '/'])
        }
        _ => false,
    }
}

/// Scopes that stand for many, and cannot be held against what was needed.
fn is_broad(scope: &str) -> bool {
    let scope = scope.trim().to_lowercase();
    scope.contains('*') || ["all", "full", "full access", "admin", "owner", "everything"].contains(&scope.as_str())
}

/// Whether the log and the inventory speak of scopes in the same words: one granted scope was needed at least.
fn same_words(granted: &List, summary: &CallSummary) -> bool {
    let needed = summary.scopes.sorted();
    granted.iter().any(|granted| needed.iter().any(|(needed, _)| covers(granted, needed)))
}

fn beyond_scopes(caller: Caller, granted: &List, summary: &CallSummary) -> Option<CallFinding> {
    if granted.iter().any(|scope| is_broad(scope)) || !same_words(granted, summary) {
        return None;
    }
    let needed = summary.scopes.sorted();
    let beyond: Vec<(&Text, &Tally)> = needed
        .into_iter()
        .filter(|(needed, tally)| tally.not_denied() > 0 && !granted.iter().any(|granted| covers(granted, needed)))
        .collect();
    Some(CallFinding {
        caller,
        kind: CallKind::BeyondScopes,
        first: beyond.iter().map(|(_, tally)| tally.first).min()?,
        last: beyond.iter().map(|(_, tally)| tally.last).max()?,
        count: beyond.iter().map(|(_, tally)| tally.calls).sum(),
        evidence: Evidence {
            denied: beyond.iter().map(|(_, tally)| tally.denied).sum(),
            scopes: beyond.iter().map(|(scope, _)| (*scope).clone()).collect(),
            has_more: summary.scopes.has_more(),
            ..Evidence::default()
        },
    })
}

fn unused_scopes(
    caller: Caller,
    granted: &List,
    summary: &CallSummary,
    span: Span,
    limits: &Limits,
) -> Option<CallFinding> {
    if !is_told(summary) || span.days() < i64::from(limits.unused_days) || !same_words(granted, summary) {
        return None;
    }
    let needed = summary.scopes.sorted();
    let unused: Vec<Text> = granted
        .iter()
        .filter(|granted| !is_broad(granted) && !needed.iter().any(|(needed, _)| covers(granted, needed)))
        .cloned()
        .collect();
    (!unused.is_empty()).then(|| CallFinding {
        caller,
        kind: CallKind::UnusedScopes,
        first: span.first,
        last: span.last,
        count: 0,
        evidence: Evidence { scopes: unused, span: Some(span), ..Evidence::default() },
    })
}

/// Whether a log of this key's provider, covering `span`, would have shown a call, and shows none.
#[must_use]
pub fn judge_unused(at: usize, key: &Key, span: Span, limits: &Limits) -> Option<CallFinding> {
    // The log cannot know of a use that the inventory knows of: it does not show everything.
    let used = key.last_used.known().is_some_and(|used| *used >= span.first);
    let from = watched_from(key, span);
    (is_expected(key) && !used && is_long(key, span, limits) && is_named_by_logs(key)).then(|| CallFinding {
        caller: Caller::Key(at),
        kind: CallKind::Unused,
        first: from,
        last: span.last,
        count: 0,
        evidence: Evidence { span: Some(span), ..Evidence::default() },
    })
}

/// Whether a key works as far as anybody knows, so that calls may be expected.
fn is_expected(key: &Key) -> bool {
    matches!(key.status, Field::Known(Status::Active) | Field::Unknown)
}

/// A key that is younger than the log had less time to be used.
fn watched_from(key: &Key, span: Span) -> Timestamp {
    key.created.known().map_or(span.first, |created| (*created).max(span.first))
}

/// Whether a log covers so much of a key's life that silence says something.
fn is_long(key: &Key, span: Span, limits: &Limits) -> bool {
    let from = watched_from(key, span);
    Span { first: from, last: span.last.max(from) }.days() >= i64::from(limits.unused_days)
}

/// Whether the inventory knows a key by the name that the logs of its provider use.
fn is_named_by_logs(key: &Key) -> bool {
    let shows_id = key.shown.iter().any(|shown| matches!(shown, Shown::Id(_)));
    let shows_digest = key.shown.iter().any(|shown| matches!(shown, Shown::Digest(..) | Shown::Plain(_)));
    let has_id = key.id.known().is_some();
    match (key.provider.as_str(), key.kind.as_str()) {
        ("aws", "access-key") | ("gcp", "service-account-key") => shows_id,
        ("aws" | "gcp", "key") => has_id,
        ("github", "fine-grained-token") => has_id,
        ("github", _) => shows_digest,
        // Secrets of other kinds are no keys that these logs name.
        ("aws" | "gcp", _) => false,
        _ => has_id || shows_digest,
    }
}

fn span_of(calls: &Calls, summary: &CallSummary) -> Option<Span> {
    summary.logs.iter().filter_map(|log| calls.span(log)).reduce(Span::with)
}

fn later(time: Timestamp, days: u32) -> Timestamp {
    time.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}

/// Lists texts whose calls fit, in alphabetical order.
fn list(texts: &Texts, into: &mut Vec<Text>, more: &mut bool, fits: impl Fn(&Tally) -> bool) {
    let mut fitting = texts.sorted().into_iter().filter(|(_, tally)| fits(tally)).map(|(text, _)| text.clone());
    into.extend(fitting.by_ref().take(MAX_LISTED));
    *more |= fitting.next().is_some() || texts.has_more();
}
