//! The lines that git gives to hooks on standard input: which references are to point where.

use crate::report::visible;

/// What is to happen to a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Its name on the side that receives.
    pub reference: String,
    /// The object it points to there now; `None` if it is not there yet.
    pub old: Option<String>,
    /// The object it is to point to; `None` if it is to be deleted.
    pub new: Option<String>,
}

/// A line that git would not give.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("standard input is not what git gives to a {hook} hook: `{line}` is not of the form `{form}`")]
pub struct Malformed {
    hook: &'static str,
    form: &'static str,
    line: String,
}

/// The lines of `pre-push`: local name, local object, remote name, remote object (githooks(5)).
///
/// # Errors
/// The first line of another form.
pub fn pushed(text: &str) -> Result<Vec<Update>, Malformed> {
    let form = "LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID";
    lines(text, "pre-push", form, |words| match words {
        // A local name may be an expression with spaces; ids and remote names have none.
        [.., new, reference, old] if words.len() >= 4 => Some((old, new, reference)),
        _ => None,
    })
}

/// The lines of `pre-receive`: old object, new object, name (githooks(5)).
///
/// # Errors
/// The first line of another form.
pub fn received(text: &str) -> Result<Vec<Update>, Malformed> {
    lines(text, "pre-receive", "OLD-ID NEW-ID REF", |words| match words {
        [old, new, reference] => Some((old, new, reference)),
        _ => None,
    })
}

fn lines<'t>(
    text: &'t str,
    hook: &'static str,
    form: &'static str,
    take: impl Fn(&[&'t str]) -> Option<(&'t str, &'t str, &'t str)>,
) -> Result<Vec<Update>, Malformed> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            let update = take(&words).and_then(|(old, new, reference)| {
                Some(Update { reference: reference.to_owned(), old: id(old)?, new: id(new)? })
            });
            update.ok_or_else(|| Malformed {
                hook,
                form,
                line: visible::line(&line.chars().take(120).collect::<String>()).into_owned(),
            })
        })
        .collect()
}

/// An id of 40 or 64 hexadecimal digits; all zeros stand for nothing.
#[allow(clippy::option_option)]
fn id(text: &str) -> Option<Option<String>> {
    let digits = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
    digits.then(|| Some(text.to_owned()).filter(|text| text.bytes().any(|b| b != b'0')))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let [a, b, none] = ["a", "b", "0"].map(|digit| digit.repeat(40));
        let update = |old: &str, new: &str| {
            let real = |id: &str| Some(id.to_owned()).filter(|id| *id != none);
            Update { reference: "refs/heads/x".to_owned(), old: real(old), new: real(new) }
        };
        let text = format!("refs/heads/y {a} refs/heads/x {b}\n(delete) {none} refs/heads/x {a}\n");
        assert_eq!(pushed(&text).unwrap(), [update(&b, &a), update(&a, &none)]);
        assert_eq!(pushed(&format!("HEAD^{{/a b}} {a} refs/heads/x {none}")).unwrap(), [update(&none, &a)]);
        assert_eq!(received(&format!("{a} {b} refs/heads/x\n")).unwrap(), [update(&a, &b)]);
        assert_eq!(received("").unwrap(), []);
        for wrong in [format!("{a} {b}"), format!("{a} {b} refs/heads/x more"), format!("{a} x refs/heads/x")] {
            let error = received(&wrong).unwrap_err().to_string();
            assert!(error.contains("OLD-ID NEW-ID REF"), "{error}");
        }
        assert!(pushed(&format!("{a} refs/heads/x {b}")).is_err());
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics(text in "[0a-f \n]{0,200}") {
            let _ = (pushed(&text), received(&text));
        }
    }
}
