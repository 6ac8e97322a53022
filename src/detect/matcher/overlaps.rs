//! Which of the matches that overlap is meant.

use std::collections::HashSet;
use std::ops::Range;

use super::{GENERIC, Match, PART_RUN};
use crate::detect::rule::{PartRole, Ruleset};
use crate::detect::trace::Observer;
use crate::finding::Confidence;

/// The rules and places of secrets that say nothing without another part of their credential, which does not stand near.
/// They give way to what is reported alone.
fn lone_halves(found: &[Match], rules: &Ruleset) -> HashSet<(u16, usize)> {
    let part = |m: &Match| rules.rule(m.rule).part.map(|part| (m.span.start, part));
    let mut parts: Vec<(usize, PartRole)> = found.iter().filter_map(part).collect();
    parts.sort_by_key(|(at, _)| *at);
    let has_other = |(at, own): (usize, PartRole)| {
        let first = parts.partition_point(|(other, _)| *other + PART_RUN < at);
        let near = parts[first..].iter().take_while(|(other, _)| *other <= at + PART_RUN);
        near.into_iter().any(|(_, part)| part.group == own.group && part.role != own.role)
    };
    let lone = |m: &&Match| !rules.rule(m.rule).alone && part(m).is_some_and(|own| !has_other(own));
    found.iter().filter(lone).map(|m| (m.rule, m.span.start)).collect()
}

/// Keeps the best of matches that overlap: secrets before identifiers, patterns before guesses, those of a provider before
/// general ones, long before short.
pub(super) fn without_overlaps(mut found: Vec<Match>, rules: &Ruleset, observer: &mut impl Observer) -> Vec<Match> {
    if found.len() > 1 {
        let lone = lone_halves(&found, rules);
        let rank = |m: &Match| {
            let rule = rules.rule(m.rule);
            let told = rule.secret && !(lone.contains(&(m.rule, m.span.start)));
            let confirmed = m.confidence == Confidence::Confirmed;
            // Of two kinds of one shape, the one whose name stands near is meant.
            let named = !rule.context.is_empty();
            // What says only that there is something in a form gives way to what is found in it.
            let opened = rule.verify.is_some_and(|family| family.opened.is_some());
            let specific = rule.detector.is_none() && !opened;
            let form = match (m.decoded.is_some(), m.confidence > Confidence::Low) {
                (true, true) if !opened => 3,
                (true, true) => 2,
                (true, false) if !opened => 1,
                _ => 0,
            };
            // What was decoded says more than that something is encoded.
            (
                told,
                rule.secret,
                specific,
                specific && rule.provider != GENERIC,
                confirmed,
                form,
                m.whole.len(),
                m.confidence,
                named,
            )
        };
        found.sort_by(|a, b| rank(b).cmp(&rank(a)).then(a.span.start.cmp(&b.span.start)).then(a.rule.cmp(&b.rule)));
        let mut kept: Vec<Match> = Vec::new();
        // Spans that are taken, by start; they never overlap, so the neighbours decide.
        let mut taken = std::collections::BTreeMap::<usize, (usize, Option<Range<usize>>)>::new();
        for m in found {
            // Keys that one form holds are apart from each other, though they may share its characters.
            let form = m.decoded.is_some().then(|| m.whole.clone());
            let free = taken
                .range(..m.span.end)
                .next_back()
                .is_none_or(|(_, (end, other))| *end <= m.span.start || form.is_some() && *other == form);
            if free {
                let end = taken.get(&m.span.start).map_or(m.span.end, |(end, _)| m.span.end.max(*end));
                taken.insert(m.span.start, (end, form));
                kept.push(m);
            } else {
                observer.revoke(m.rule, &m.span, || {
                    let better = kept.iter().find(|kept| kept.span.start < m.span.end && m.span.start < kept.span.end);
                    match better {
                        Some(better) if better.rule == m.rule => "it was found twice".to_owned(),
                        Some(better) => format!("{} fits the same place better", rules.rule(better.rule).id),
                        None => "something else fits the same place better".to_owned(),
                    }
                });
            }
        }
        found = kept;
    }
    found.sort_by_key(|m| m.span.start);
    found
}
