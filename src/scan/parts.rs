//! Multi-part secrets: which identifier belongs to which secret.
//!
//! An AWS secret key is useful only with its access key id. Matches of rules that share a group and stand together are
//! one finding: the secret, with the other parts beside it. What remains alone is reported when its rule wants that.

use crate::detect::Match;
use crate::detect::rule::Ruleset;

/// Farthest that parts of one credential stand from each other, in bytes.
const REACH: usize = 2048;

/// What becomes of a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is reported, together with the matches of these indices.
    Reported(Vec<usize>),
    /// It is a part of another one, or says nothing alone.
    Absorbed,
}

/// Groups the matches of one text, which are in the order of their place; the result has one role for each.
#[must_use]
pub fn group(matches: &[Match], rules: &Ruleset) -> Vec<Role> {
    let mut roles: Vec<Role> = matches.iter().map(|_| Role::Reported(Vec::new())).collect();
    let part = |m: &Match| rules.rule(m.rule).part;
    for (i, m) in matches.iter().enumerate() {
        let Some(own) = part(m) else { continue };
        if !rules.rule(m.rule).secret {
            continue;
        }
        // For each other role, the nearest match; in front of the secret rather than behind it when equally near.
        let mut nearest: Vec<(&str, usize, usize)> = Vec::new();
        // Matches are in order, so those within reach are neighbours: a file of a million keys stays quick.
        let before =
            matches[..i].iter().enumerate().rev().map(|(j, other)| (j, m.span.start.saturating_sub(other.span.end)));
        let after = matches[i + 1..]
            .iter()
            .enumerate()
            .map(|(j, other)| (i + 1 + j, other.span.start.saturating_sub(m.span.end)));
        let in_reach = |&(_, distance): &(usize, usize)| distance <= REACH;
        for (j, distance) in before.take_while(in_reach).chain(after.take_while(in_reach)) {
            let Some(theirs) = part(&matches[j]) else { continue };
            if theirs.group != own.group || theirs.role == own.role || rules.rule(matches[j].rule).secret {
                continue;
            }
            match nearest.iter_mut().find(|(role, _, _)| *role == theirs.role) {
                Some(best) if best.1 <= distance => {}
                Some(best) => *best = (theirs.role, distance, j),
                None => nearest.push((theirs.role, distance, j)),
            }
        }
        let parts: Vec<usize> = nearest.into_iter().map(|(_, _, j)| j).collect();
        for &j in &parts {
            roles[j] = Role::Absorbed;
        }
        roles[i] = Role::Reported(parts);
    }
    for (i, m) in matches.iter().enumerate() {
        let rule = rules.rule(m.rule);
        if !rule.alone && roles[i] == Role::Reported(Vec::new()) {
            roles[i] = Role::Absorbed;
        }
    }
    roles
}
