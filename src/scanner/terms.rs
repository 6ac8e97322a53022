//! What a comment of keytrail may say besides its reason: until when it holds, and for which value.
//!
//! `# keytrail:allow stripe-test-secret-key expires=2027-01-31 used by the sandbox` allows nothing from the day after
//! on, and one with `fingerprint=` allows that value and no other one, also in scans that know of no earlier version.
//! What cannot be read allows nothing, lest a misspelt date allow a key for ever.

use jiff::civil::Date;

use crate::finding::Finding;
use crate::report::{Notice, NoticeKind};
use crate::scan::comments::OWN;
use crate::secret::Fingerprint;

/// The terms of a comment.
#[derive(Debug, Default, PartialEq, Eq)]
struct Terms {
    expires: Option<Date>,
    fingerprints: Vec<Fingerprint>,
    /// A term that cannot be read.
    wrong: Option<String>,
}

impl Terms {
    /// The terms in the text behind a marker. Anything else in it is the reason.
    fn of(text: &str) -> Self {
        let mut terms = Terms::default();
        let mut words =
            text.split_whitespace().map(|word| word.trim_matches(['(', ')', ',', ';', '[', ']'])).peekable();
        while let Some(word) = words.next() {
            let Some(name) = ["expires", "fingerprint"]
                .into_iter()
                .find(|name| word.get(..name.len()).is_some_and(|begun| begun.eq_ignore_ascii_case(name)))
            else {
                continue;
            };
            // `expires=DAY` is how it is written; `expires = DAY` and `Expires: DAY` mean the same.
            let mut value = &word[name.len()..];
            if value.is_empty() {
                let Some(sign) = words.next_if(|next| next.starts_with(['=', ':'])) else { continue };
                value = sign;
            }
            let Some(written) = value.strip_prefix(['=', ':']) else { continue };
            let written = if written.is_empty() { words.next().unwrap_or_default() } else { written };
            let wrong = || Some(format!("{name}={written}"));
            match name {
                "expires" => match date(written) {
                    // Of two, the stricter one.
                    Some(day) => terms.expires = Some(terms.expires.map_or(day, |known| known.min(day))),
                    None => terms.wrong = wrong(),
                },
                _ => match Fingerprint::written(written) {
                    Some(print) => terms.fingerprints.push(print),
                    None => terms.wrong = wrong(),
                },
            }
        }
        terms
    }
}

/// A day as baselines write it.
fn date(text: &str) -> Option<Date> {
    let form = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    text.parse().ok().filter(|_| form)
}

/// Takes back what comments allow whose terms are not met, with a note for each, and gives what is to be said of those
/// that have expired. `shown` makes texts of files fit for a report.
#[must_use]
pub(crate) fn settle(finding: &mut Finding, today: Date, shown: &dyn Fn(&str) -> String) -> Vec<Notice> {
    let mut notices = Vec::new();
    for index in 0..finding.locations.len() {
        let Some(allowed) = finding.locations[index].allowed.as_ref().filter(|allowed| allowed.marker == OWN) else {
            continue;
        };
        let Some(reason) = allowed.reason.as_deref() else { continue };
        let terms = Terms::of(reason);
        let other = !terms.fingerprints.is_empty() && !terms.fingerprints.contains(&finding.fingerprint.get());
        let expired = terms.expires.filter(|last| *last < today);
        let note = match (terms.wrong, expired) {
            (Some(wrong), _) => {
                format!("The comment beside it allows nothing: `{}` cannot be read.", shown(&wrong))
            }
            (None, _) if other => "The comment beside it is for a key with another fingerprint.".to_owned(),
            (None, Some(last)) => format!("A comment allowed it until {last}: {}", shown(reason)),
            (None, None) => continue,
        };
        let location = &mut finding.locations[index];
        location.allowed = None;
        if let Some(last) = expired.filter(|_| !other) {
            notices.push(Notice {
                artifact: Some(location.artifact.clone()),
                kind: NoticeKind::Stale,
                message: format!("the comment beside line {} has expired on {last}", location.region.start.line),
                help: Some("set another date in the comment, or remove the key".to_owned()),
            });
        }
        if !finding.notes.contains(&note) {
            finding.notes.push(note);
        }
    }
    notices
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::finding::Allowance;
    use crate::report::sample;

    #[test]
    fn terms_stand_anywhere_in_the_reason() {
        let day = |text: &str| Some(text.parse().unwrap());
        assert_eq!(Terms::of("sandbox (expires=2027-01-31)").expires, day("2027-01-31"));
        assert_eq!(Terms::of("expires=2027-01-31 expires=2026-01-31 x").expires, day("2026-01-31"));
        for other in ["expires = 2027-01-31", "Expires: 2027-01-31", "expires:2027-01-31", "EXPIRES =2027-01-31 x"] {
            assert_eq!(Terms::of(other).expires, day("2027-01-31"), "{other}");
        }
        assert!(Terms::of("expires: soon").wrong.is_some() && Terms::of("fingerprint: 0000").wrong.is_some());
        for reason in ["it expires soon", "expiresAt=now", "its fingerprint is known"] {
            assert_eq!(Terms::of(reason), Terms::default(), "{reason}");
        }
        for wrong in ["expires=soon", "expires=2027-02-30", "expires=", "fingerprint=abc"] {
            assert_eq!(Terms::of(wrong).wrong.as_deref(), Some(wrong));
        }
        assert_eq!(Terms::of("fingerprint=01234567:89abcdef:01234567:89abcdef mine").fingerprints.len(), 1);
    }

    #[test]
    fn what_does_not_meet_its_terms_is_a_finding() {
        let of = |reason: &str| {
            let mut finding = sample::many(1).findings.pop().unwrap();
            let print = finding.fingerprint.get().to_string();
            finding.locations[0].allowed = Some(Allowance {
                marker: OWN.to_owned(),
                reason: Some(reason.replace("PRINT", &print)),
                configured: false,
            });
            let notices = settle(&mut finding, "2026-06-30".parse().unwrap(), &|text| text.to_owned());
            (finding.is_allowed(), finding.notes.last().cloned().unwrap_or_default(), notices.len())
        };
        assert!(of("sandbox").0 && of("expires=2026-06-30 sandbox").0 && of("sandbox fingerprint=PRINT").0);
        let (allowed, note, notices) = of("sandbox expires=2026-06-29");
        assert!(!allowed && note.contains("until 2026-06-29") && notices == 1, "{note}");
        let (allowed, note, notices) = of("fingerprint=01234567:89abcdef:01234567:89abcdef");
        assert!(!allowed && note.contains("another fingerprint") && notices == 0, "{note}");
        let (allowed, note, _) = of("expires=never");
        assert!(!allowed && note.contains("`expires=never` cannot be read"), "{note}");
    }
}
