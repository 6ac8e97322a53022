//! The words for a place in a repository's history, which the formats for people share.
//!
//! Nothing here escapes anything: texts of commits and names of branches are those of the repository, and each format
//! makes them safe in its own way.

use std::collections::BTreeSet;

use crate::finding::{Commit, Finding, History, Location, Reach};

/// How many branches are named; the rest are counted.
pub const MAX_BRANCHES: usize = 3;

/// Said of what is not at HEAD.
pub const GONE: &str = "it is not at HEAD, but the repository still holds it: deleting a key does not help, revoke it";

/// The first ten digits of an object's id, which tell the objects of the largest repositories apart.
pub fn short(id: &str) -> String {
    id.chars().take(10).collect()
}

/// The day of an RFC 3339 date, with the author's offset.
pub fn day(date: &str) -> String {
    date.chars().take_while(|c| *c != 'T').take(10).collect()
}

/// `1a2b3c4d5e of 2024-05-01 by Ann Example <ann@example.com>: Add the settings`.
pub fn described(commit: &Commit) -> String {
    format!("{} of {} by {}: {}", short(&commit.id), day(&commit.date), commit.author, commit.subject)
}

/// The commit that brought it, and the day: `1a2b3c4d5e (2024-05-01)`.
pub fn version(commit: &Commit) -> String {
    format!("{} ({})", short(&commit.id), day(&commit.date))
}

/// Where it can still be reached: `no longer at HEAD, on legacy, next, v1 and 4 more`.
pub fn exposure(place: &Location, history: &History) -> String {
    let head = match history.at_head {
        true => "still at HEAD",
        // Messages and loose blobs never were in the files of HEAD.
        false if history.introduced.is_none() || !place.is_file() => "not at HEAD",
        false => "no longer at HEAD",
    };
    let mut text = match (history.reach, history.branches.as_slice()) {
        (Reach::Reference, []) => head.to_owned(),
        (Reach::Reference, branches) => format!("{head}, on {}", named(branches)),
        (Reach::Reflog, _) => format!("{head}, reachable from a reflog only"),
        (Reach::Unreachable, _) if history.introduced.is_some() => format!("{head}, in an unreachable commit"),
        (Reach::Unreachable, _) => "unreachable: git holds it until it prunes".to_owned(),
    };
    if history.versions.len() > 1 {
        text.push_str(&format!(", in {} versions", history.versions.len()));
    }
    text
}

fn named(branches: &[String]) -> String {
    // Naming one more takes no more room than counting it.
    let shown = if branches.len() == MAX_BRANCHES + 1 { branches.len() } else { MAX_BRANCHES.min(branches.len()) };
    let (named, more) = branches.split_at(shown);
    match (named, more.len()) {
        ([one], 0) => one.clone(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (named, more) => format!("{} and {more} more", named.join(", ")),
    }
}

/// The earliest commit that introduced it at any place. Dates count by their moment, whatever their offset; those that
/// are none count last.
pub fn earliest(finding: &Finding) -> Option<&Commit> {
    let commits = finding.locations.iter().filter_map(|place| place.history.as_ref()?.introduced.as_ref());
    commits.min_by_key(|commit| moment(commit))
}

/// The earliest commit that introduced it, where that is another one than the one which brought it to this place: after
/// a rename, this is where it leaked.
pub fn first<'f>(finding: &'f Finding, place: &Location) -> Option<&'f Commit> {
    let own = place.history.as_ref()?.introduced.as_ref()?;
    earliest(finding).filter(|first| first.id != own.id && moment(first) < moment(own))
}

/// When a commit was made; what is no date comes last.
fn moment(commit: &Commit) -> (bool, Option<jiff::Timestamp>) {
    let moment = commit.date.parse().ok();
    (moment.is_none(), moment)
}

/// The last commit that held it, of what is not at HEAD any more; nothing of what still is, or where that is not known.
pub fn latest(finding: &Finding) -> Option<&Commit> {
    if finding.is_at_head() {
        return None;
    }
    let commits = finding.locations.iter().filter_map(|place| place.history.as_ref()?.last.as_ref());
    commits.max_by_key(|commit| commit.date.parse::<jiff::Timestamp>().ok())
}

/// The places that count ([`Finding::places`]), without those at HEAD that only repeat one of the same file in the
/// working tree. Formats for people show these.
pub fn places(finding: &Finding) -> Vec<&Location> {
    let mut places = finding.places();
    let checked_out: BTreeSet<_> =
        places.iter().filter(|place| place.history.is_none()).map(|place| &place.artifact).collect();
    places.retain(|place| {
        let at_head = place.history.as_ref().is_some_and(|history| history.at_head);
        !at_head || !checked_out.contains(&place.artifact)
    });
    places
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn branches_are_named_and_counted() {
        let names = |count: usize| (1..=count).map(|n| format!("b{n}")).collect::<Vec<_>>();
        assert_eq!(named(&names(1)), "b1");
        assert_eq!(named(&names(2)), "b1 and b2");
        assert_eq!(named(&names(4)), "b1, b2, b3 and b4");
        assert_eq!(named(&names(9)), "b1, b2, b3 and 6 more");
    }

    #[test]
    fn the_place_at_head_is_that_of_the_working_tree() {
        let finding = sample::historic().findings.remove(4);
        let paths: Vec<_> = places(&finding).iter().map(|place| place.artifact.path.as_str()).collect();
        assert_eq!(paths, ["src/settings.py", "dist/old.zip", "settings.py"]);
        assert_eq!(finding.places().len(), 4);
    }

    #[test]
    fn a_renamed_file_did_not_bring_the_key() {
        let mut finding = sample::many(1).findings.remove(0);
        let place = |digit: char, date: &str| {
            let mut commit = sample::commit(digit, "", "");
            commit.date = date.to_owned();
            Location {
                history: Some(Box::new(sample::history('a', Some(commit)))),
                ..sample::many(1).findings.remove(0).locations.remove(0)
            }
        };
        let (leak, rename, unknown) = ("2024-05-01T01:00:00Z", "2024-06-01T01:00:00Z", "soon");
        finding.locations = vec![place('2', rename), place('1', leak), place('3', unknown)];
        let of = |at: usize| first(&finding, &finding.locations[at]).map(|commit| commit.date.as_str());
        assert_eq!((of(0), of(1), of(2)), (Some(leak), None, Some(leak)));
        // Of two commits of one moment, neither is the earlier one.
        finding.locations = vec![place('2', leak), place('1', leak)];
        assert!(finding.locations.iter().all(|place| first(&finding, place).is_none()));
    }

    #[test]
    fn the_earliest_commit_is_that_of_the_earliest_moment() {
        let mut finding = sample::many(1).findings.remove(0);
        let dates = ["2024-05-01T01:00:00+00:00", "2024-05-01T02:00:00+02:00", "2024-04-30T23:30:00-05:00", "soon"];
        finding.locations = dates
            .map(|date| {
                let mut commit = sample::commit('1', "", "");
                commit.date = date.to_owned();
                let history = Some(Box::new(sample::history('a', Some(commit))));
                Location { history, ..finding.locations[0].clone() }
            })
            .to_vec();
        assert_eq!(earliest(&finding).unwrap().date, dates[1]);
    }
}
