//! Multi-part secrets: which identifier belongs to which secret.
//!
//! An AWS secret key is useful only with its access key id. Matches of rules that share a group and stand together are
//! one finding: the secret, with the other parts beside it. What remains alone is reported when its rule wants that.

use crate::detect::Match;
use crate::detect::rule::Ruleset;

/// Farthest that parts of one credential stand from each other, in bytes.
const REACH: usize = 2048;

/// Roles of secrets that were issued together with the one of the role [`MAIN`], for a session, and open nothing without
/// it.
const OF_A_SESSION: [&str; 2] = ["session-token", "security-token"];
const MAIN: &str = "secret";

/// What becomes of a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is reported, together with the matches of these indices.
    Reported(Vec<usize>),
    /// It is a part of another one, or says nothing alone.
    Absorbed,
}

/// Groups the matches of one text, which are in the order of their place; the result has one role for each.
///
/// Of each other role a secret takes the match of its own entry: of lists, in which an id stands in front of every secret,
/// the one in front of it, and of those in which it stands behind, the one behind it. How a list begins tells which.
#[must_use]
pub fn group(matches: &[Match], rules: &Ruleset) -> Vec<Role> {
    let mut roles: Vec<Role> = matches.iter().map(|_| Role::Reported(Vec::new())).collect();
    let part = |m: &Match| rules.rule(m.rule).part;
    let id_first = id_first(matches, rules);
    for (i, m) in matches.iter().enumerate() {
        let Some(own) = part(m) else { continue };
        if !rules.rule(m.rule).secret {
            continue;
        }
        let mut taken: Vec<(&str, Beside)> = Vec::new();
        // Matches are in order, so those within reach are neighbours: a file of a million keys stays quick.
        let before =
            matches[..i].iter().enumerate().rev().map(|(j, other)| (j, m.span.start.saturating_sub(other.span.end)));
        let after = matches[i + 1..]
            .iter()
            .enumerate()
            .map(|(j, other)| (i + 1 + j, other.span.start.saturating_sub(m.span.end)));
        let in_reach = |&(_, distance): &(usize, usize)| distance <= REACH;
        let is_main = |(j, _): (usize, usize)| {
            part(&matches[j]).is_some_and(|theirs| theirs.group == own.group && theirs.role == MAIN)
        };
        // The secret of the session takes it, with the id.
        if OF_A_SESSION.contains(&own.role)
            && (before.clone().take_while(in_reach).any(is_main) || after.clone().take_while(in_reach).any(is_main))
        {
            continue;
        }
        for (is_before, beside) in [
            (true, before.take_while(in_reach).collect::<Vec<_>>()),
            (false, after.take_while(in_reach).collect::<Vec<_>>()),
        ] {
            // Behind another secret of the same kind an id is that one's.
            let mut foreign = false;
            for (j, distance) in beside {
                let Some(theirs) = part(&matches[j]).filter(|theirs| theirs.group == own.group) else { continue };
                let of_this = own.role == MAIN && OF_A_SESSION.contains(&theirs.role);
                if rules.rule(matches[j].rule).secret && !of_this {
                    foreign |= theirs.role == own.role;
                    continue;
                }
                if theirs.role == own.role {
                    continue;
                }
                let this = Beside { foreign, against: is_before != id_first[i], distance, index: j };
                match taken.iter_mut().find(|(role, _)| *role == theirs.role) {
                    Some((_, best)) if *best <= this => {}
                    Some((_, best)) => *best = this,
                    None => taken.push((theirs.role, this)),
                }
            }
        }
        let parts: Vec<usize> = taken.into_iter().map(|(_, beside)| beside.index).collect();
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

/// An id beside a secret, in the order of preference.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Beside {
    /// Whether another secret of the same kind stands in between.
    foreign: bool,
    /// Whether it stands on the other side of the secret than the ids of the list do.
    against: bool,
    /// Bytes in between.
    distance: usize,
    /// Index of its match.
    index: usize,
}

/// For each match, whether the row of parts that it stands in, of which none is out of the next one's reach, begins with
/// an id.
fn id_first(matches: &[Match], rules: &Ruleset) -> Vec<bool> {
    // The end of the last part of each group, and how its row began.
    let mut rows: Vec<(&str, usize, bool)> = Vec::new();
    matches
        .iter()
        .map(|m| {
            let rule = rules.rule(m.rule);
            let Some(part) = rule.part else { return true };
            let is_id = !rule.secret;
            match rows.iter_mut().find(|(group, ..)| *group == part.group) {
                Some((_, end, began)) => {
                    if m.span.start.saturating_sub(*end) > REACH {
                        *began = is_id;
                    }
                    *end = m.span.end;
                    *began
                }
                None => {
                    rows.push((part.group, m.span.end, is_id));
                    is_id
                }
            }
        })
        .collect()
}
