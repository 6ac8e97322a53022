//! The words for a leak of a key, which the checks about leaks share.

use jiff::Timestamp;

use super::check::Found;
use super::context::{Context, Subject, counted_days, day, days_between, quote};
use super::join::{Leak, Match, searchable};
use super::rotation::{named, position};
use super::{Certainty, How, Searchable};
use crate::inventory::key::Basis;
use crate::report::history;

/// What a check says of a key of which nothing was found.
#[must_use]
pub fn not_found(context: &Context<'_>, subject: &Subject<'_>) -> super::check::Verdict {
    use super::check::Verdict;
    match searchable(subject.key) {
        _ if !context.scanned => Verdict::Apart,
        Searchable::Not => Verdict::Unknown("the inventory shows nothing by which the key could be recognised"),
        Searchable::ByMask | Searchable::Exactly => Verdict::Pass,
    }
}

/// Whether what leaked was replaced before: the key was rotated under the same id after every place of the leak had
/// come into being.
#[must_use]
pub fn is_replaced(context: &Context<'_>, subject: &Subject<'_>, found: &Match) -> bool {
    // A digest, a mask or the key itself is that of the secret that is valid now.
    let by_id = matches!(found.how, How::Id | How::IdBeside);
    let latest = context.leak(found.leak).and_then(Leak::latest);
    // What comes after the moment of the audit has not happened yet.
    let rotated = subject.key.rotated.known().copied().filter(|rotated| *rotated <= context.as_of);
    by_id && latest.zip(rotated).is_some_and(|(latest, rotated)| latest < rotated)
}

/// Which of the leaks of a key are of what it is now: those that nothing allows, or all where all are allowed.
#[must_use]
pub fn current<'s>(context: &Context<'_>, subject: &Subject<'s>) -> Vec<&'s Match> {
    let mut leaks: Vec<_> = subject.matches.iter().filter(|found| !is_replaced(context, subject, found)).collect();
    if leaks.iter().any(|found| !is_allowed(context, found)) {
        leaks.retain(|found| !is_allowed(context, found));
    }
    leaks
}

/// Whether a comment, or the configuration, allows it wherever it stands.
#[must_use]
pub fn is_allowed(context: &Context<'_>, found: &Match) -> bool {
    context.leak(found.leak).is_some_and(|leak| leak.finding.is_allowed())
}

/// The moment since which it is exposed, as far as the history was scanned.
#[must_use]
pub fn since(context: &Context<'_>, found: &[&Match]) -> Option<Timestamp> {
    let commits = found.iter().filter_map(|found| context.leak(found.leak)?.since());
    commits.filter_map(|commit| commit.date.parse::<Timestamp>().ok()).min()
}

/// How the day since which it is exposed lies to that on which the key was made or last rotated, as a sentence behind a
/// blank; nothing where either is not known.
#[must_use]
pub fn against_its_dates(context: &Context<'_>, subject: &Subject<'_>, found: &[&Match]) -> String {
    // A rotation after the moment of the audit has not happened yet, and no more has a commit.
    let happened = |time: &Timestamp| *time <= context.as_of;
    let rotated = subject.key.rotated.known().copied().filter(happened).map(|time| (time, "last rotated on"));
    let made = match subject.key.basis {
        Basis::Stated => "made on",
        Basis::Granted => "granted on",
        Basis::ValidFrom => "valid from",
    };
    let dated = rotated.or(subject.key.created.known().copied().filter(happened).map(|time| (time, made)));
    let (Some((time, what)), Some(since)) = (dated, since(context, found)) else { return String::new() };
    let date = day(time);
    match days_between(time, since) {
        0 => format!(" It was {what} {date}, the same day."),
        days @ 1.. => format!(" It was {what} {date}, {} before that.", counted_days(days)),
        days => format!(" It was {what} {date}, {} after that.", counted_days(-days)),
    }
}

/// The best certainty of some matches.
#[must_use]
pub fn certainty(found: &[&Match]) -> Certainty {
    found.iter().map(|found| found.certainty).max().unwrap_or(Certainty::Ambiguous)
}

/// Where it stands, since when, and how it was recognised, as sentences.
#[must_use]
pub fn told(context: &Context<'_>, found: &[&Match]) -> String {
    let leaks: Vec<&Leak<'_>> = found.iter().filter_map(|found| context.leak(found.leak)).collect();
    let mut places: Vec<String> = leaks.iter().flat_map(|leak| history::places(leak.finding)).map(position).collect();
    places.dedup();
    let verb = match leaks.iter().any(|leak| leak.finding.is_at_head()) {
        true => "It stands in",
        false => "It is not at HEAD any more, but the history has it in",
    };
    let mut text = format!("{verb} {}", named(&places));
    let first = leaks
        .iter()
        .filter_map(|leak| leak.since())
        .min_by_key(|commit| (commit.date.parse::<Timestamp>().is_err(), commit.date.parse::<Timestamp>().ok()));
    if let Some(commit) = first {
        text.push_str(&format!(
            ", since {} of {} by {}",
            history::short(&commit.id),
            history::day(&commit.date),
            crate::report::visible::line(&commit.author)
        ));
    }
    text.push('.');
    if let Some(best) = found.iter().max_by_key(|found| found.certainty) {
        let sure = match best.certainty {
            Certainty::Certain => "This is certain".to_owned(),
            Certainty::Likely => "This is likely".to_owned(),
            Certainty::Possible => "This is possible".to_owned(),
            Certainty::Ambiguous => format!("This is one of {} possibilities", best.candidates),
        };
        text.push_str(&format!(" {sure}: {}.", best.how.words()));
    }
    text
}

/// The numbers behind it.
#[must_use]
pub fn evidence(mut found: Found, context: &Context<'_>, subject: &Subject<'_>, matches: &[&Match]) -> Found {
    found = found.fact("certainty", certainty(matches).as_str());
    if let Some(since) = since(context, matches) {
        found = found.fact("exposed since", day(since));
        if !is_later(context, since) {
            found = found.fact("exposed for days", days_between(since, context.as_of));
        }
    }
    if let Some(&made) = subject.key.created.known() {
        found = found.fact("key made", day(made));
    }
    if let Some(&rotated) = subject.key.rotated.known() {
        found = found.fact("key rotated", day(rotated));
    }
    found
}

/// Whether a commit came after the day of the audit: then nothing was exposed on that day.
fn is_later(context: &Context<'_>, since: Timestamp) -> bool {
    context.days_since(since) < 0
}

/// For how long it has been exposed, to go between two verbs: `, has been exposed for 12 days,`; that it came later
/// than the day of the audit; or nothing.
#[must_use]
pub fn duration(context: &Context<'_>, matches: &[&Match]) -> String {
    let since = since(context, matches);
    if since.is_some_and(|since| is_later(context, since)) {
        return format!(", in a commit that is later than {},", day(context.as_of));
    }
    since
        .map(|since| format!(", has been exposed for {},", counted_days(days_between(since, context.as_of))))
        .unwrap_or_default()
}

/// How to revoke it: what the key's provider says, and what always has to be done.
#[must_use]
pub fn remedy(context: &Context<'_>, matches: &[&Match]) -> String {
    let how = matches.iter().filter_map(|found| context.leak(found.leak)?.rule?.revoke.as_deref()).next();
    revoked(how.map(str::trim))
}

/// What always has to be done, with the address or the words of a rule that say how.
fn revoked(how: Option<&str>) -> String {
    const THEN: &str = "replace it, and look for use since it was exposed.";
    match how {
        Some(how) if how.starts_with("https://") => format!("Revoke it at {how} now, {THEN}"),
        // Some say what to do, and others where: neither can go on as a sentence.
        Some(how) => {
            let stop = if how.ends_with(['.', '!', '?']) { "" } else { "." };
            format!("Revoke it now, {THEN} How to revoke it: {how}{stop}")
        }
        None => format!("Revoke it where it was issued now, {THEN}"),
    }
}

/// How to name another key in a sentence.
#[must_use]
pub fn successor_name(context: &Context<'_>, index: usize) -> String {
    context.keys().get(index).map_or_else(String::new, |key| quote(&key.label()))
}

#[cfg(test)]
mod tests {
    use super::revoked;

    #[test]
    fn a_remedy_is_made_of_sentences() {
        const THEN: &str = "now, replace it, and look for use since it was exposed.";
        assert_eq!(revoked(None), format!("Revoke it where it was issued {THEN}"));
        let address = "https://acme.example/keys";
        assert_eq!(revoked(Some(address)), format!("Revoke it at {address} {THEN}"));
        for how in ["Take it off the servers, then make a new one.", "Take it off the servers, then make a new one"] {
            let wanted = format!("Revoke it {THEN} How to revoke it: Take it off the servers, then make a new one.");
            assert_eq!(revoked(Some(how)), wanted);
        }
    }
}
