//! Passwords that people chose, assigned to a name which says so: `DB_PASSWORD=…`, `"password": "…"`,
//! `<password>…</password>`, `--password …`, `setPassword("…")`.
//!
//! Found by the `pass` or `pwd` of the name, since such a value has nothing else to be found by: it may have any
//! character, and be short. Random values without marks are found by [`assignment`](super::assignment), too, under any
//! name that says that they are secret.

mod bare;
mod behind;
mod below;
mod beside;
mod declared;
mod form;
mod forward;
mod markup;
mod name;
mod other;
mod rows;
mod secret;
mod sentence;
#[cfg(test)]
mod tests;

use std::ops::Range;

use self::behind::value_behind;
use self::beside::{has_account_beside, is_named_beside};
use self::form::{
    is_drawn_with_a_blank, is_in_groups, is_label, is_number_of_no_order, is_set_to_a_sentence, without_accents,
};
use self::name::{is_foreign, is_of_a_form, name_around, opens_something, without_widget};
use self::other::{is_distinguished_name, is_method, is_said_of, plainly_other};
pub use self::rows::{Table, cells_below, column, for_users, inserted};
pub use self::secret::secret_at;
use super::super::chosen;
use super::super::context::{self, NameSays, name_says};
use super::Candidate;
use super::assignment::is_in_list_of_digests;
use crate::finding::Confidence;

/// Longest name, in bytes, in front of the mark and behind it.
const NAME: usize = 48;
/// Longest gap between a name and its value, in bytes.
const GAP: usize = 48;
/// Lengths of passwords, in bytes.
const LENS: std::ops::RangeInclusive<usize> = 8..=64;
/// The least length of one whose name or neighbours tell what it opens, in bytes.
const SHORT: usize = 6;

/// How the value that follows a name is written.
struct Value {
    span: Range<usize>,
    /// What opens and closes it.
    quoted: bool,
    /// Whether something that has no place in a program's text closes it: a tag, the end of a line of configuration.
    closed: bool,
    /// Whether nothing but blanks stands between it and its name.
    spaced: bool,
}

impl Value {
    /// The field of a table.
    fn field(span: Range<usize>) -> Self {
        Value { span, quoted: true, closed: true, spaced: false }
    }
}

/// The password that is assigned to the name in which one of [`PASSWORD_MARKS`](crate::detect::rule::layout::PASSWORD_MARKS) stands at `mark`.
///
/// # Errors
/// Why there is none.
pub fn at(text: &[u8], mark: usize) -> Result<Candidate, &'static str> {
    // What stands in front of ` pw `, `$pw `, `'pw'` and `.pw=` is no part of the name.
    let mark = mark + usize::from(matches!(text[mark], b' ' | b'$' | b'\'' | b'"' | b'.' | b'\n'));
    let name = name_around(text, mark);
    let value = value_behind(text, &name).ok_or("nothing is assigned to it here")?;
    judged(text, name, value, false)
}

/// What a value is that was written behind a name in this way. `account` says that it is known whose it is.
fn judged(text: &[u8], name: Range<usize>, value: Value, account: bool) -> Result<Candidate, &'static str> {
    let Value { span, quoted, closed, spaced } = value;
    let said = markup::said(text, &name, &span);
    let value = said.as_deref().unwrap_or(&text[span.clone()]);
    let short = (SHORT..*LENS.start()).contains(&value.len());
    if !LENS.contains(&value.len()) && !short {
        return Err("the value is too short or too long for a password");
    }
    // A blank in it is one of a drawn value, or stands between the groups that providers of mail write theirs in.
    let spoken = quoted && value.contains(&b' ') && is_set_to_a_sentence(text, &name, &span);
    let spaced_out = spoken || quoted && value.contains(&b' ') && (is_in_groups(value) || is_drawn_with_a_blank(value));
    // Judged as if its letters had no accents.
    let unaccented = if quoted || closed { without_accents(value) } else { None };
    let value = unaccented.as_deref().unwrap_or(value);
    if !value.iter().all(u8::is_ascii_graphic) && !spaced_out {
        return Err("it has characters that hardly any password has");
    }
    if !quoted && memchr::memmem::find(value, b"::").is_some() {
        return Err("it is the path of a name");
    }
    // What costs most comes late: most names that have such a mark say nothing.
    if name_says(without_widget(&text[name.clone()])) != NameSays::Secret && !is_foreign(&text[name.clone()]) {
        return Err("the name does not say that it is a password");
    }
    let words =
        value.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b'_' | b'-' | b':' | b'/' | b'@' | b'\\'));
    if is_distinguished_name(text, &span) {
        return Err("it is the name of an entry of a directory");
    }
    if let Some(reason) = plainly_other(text, &name, &span) {
        return Err(reason);
    }
    if is_method(value) {
        return Err("it names how passwords are hashed or encoded");
    }
    if context::is_deciphered(text, &span) {
        return Err("it is encrypted, and deciphered here");
    }
    if chosen::is_digest_of_database(value) {
        return Err("it is the digest of a password, which another rule finds");
    }
    if !quoted && is_in_list_of_digests(text, &span) {
        return Err("it stands in a list of checksums");
    }
    if chosen::is_base64_of_words(value) {
        return Err("it is the base64 of a usual word or a name");
    }
    let grouped = spaced_out && is_in_groups(value);
    let number = quoted && is_number_of_no_order(value) || grouped;
    // What a mark joins that names have, too, may be the name of something unless quotation marks hold it.
    let phrase = (quoted || closed && !value.contains(&b'_')) && chosen::is_passphrase(value);
    // `"userpwd", "publishprofile"`: words in a row.
    // `{admin_password, "…"}` of Erlang is a pair.
    let listed = !account
        && span.start - name.end.min(span.start) <= GAP
        && text[name.end.min(span.start)..span.start].contains(&b',')
        && !(text[..name.start].ends_with(b"{") && text.get(name.end) == Some(&b','));
    // `mail.password=Kim40771`: initials or a short name, and a number that somebody gave out.
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    // Or initials and a birthday beside a user's name: `hm240768`.
    let born =
        || digits == 6 && value[..2].iter().all(u8::is_ascii_lowercase) && has_account_beside(text, &name, &span);
    let given = (quoted || closed)
        && digits >= 4
        && value.len() - digits >= 2
        && value.iter().all(u8::is_ascii_alphanumeric)
        && !chosen::is_usual(value)
        && (value[0].is_ascii_uppercase() && opens_something(&text[name.clone()]) || value.len() == 8 && born())
        || (quoted || closed) && chosen::is_alternating(value) && has_account_beside(text, &name, &span);
    // `passphrase = "…"`, and no sentence on one.
    let phrased = quoted && memchr::memmem::find(&text[name.clone()].to_ascii_lowercase(), b"passphrase").is_some();
    // `set password "…"` of expect.
    let set = text[..name.start].ends_with(b"\nset ");
    let opens =
        || account || phrased || set || opens_something(&text[name.clone()]) || has_account_beside(text, &name, &span);
    let called = text[name.end.min(span.start)..span.start].contains(&b'(');
    let lettered = (quoted || closed) && chosen::has_drawn_letters(value) && !is_label(value);
    if short
        && !(lettered && quoted)
        && (called || !((quoted || closed) && (chosen::is_personal(value) || chosen::is_mixed(value)) && opens()))
    {
        return Err("the value is too short for a password of which nothing tells what it opens");
    }
    // `password = helper.data`: the name of something else, in code.
    let named = !quoted && spaced_sign(text, &name, &span) && {
        let letters = value.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b'_'));
        let cased = value.windows(2).any(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase());
        letters && (cased || value.contains(&b'.') || !text[name.clone()].contains(&b'.'))
    };
    let personal = (quoted || closed)
        && !listed
        && !named
        && chosen::is_personal(value)
        && !is_of_a_form(&text[name.clone()])
        && (!is_label(value) || account || opens_something(&text[name.clone()]))
        && !is_said_of(text, &name, &span)
        && !(value.iter().all(u8::is_ascii_alphabetic) && is_named_beside(text, &span))
        && (opens() || quoted && value.len() >= 10 && digits >= 2);
    let weak = (quoted || closed)
        && !listed
        && !named
        && !is_of_a_form(&text[name.clone()])
        && (chosen::is_weak(value) && opens()
            || chosen::is_number_or_walk(value) && has_account_beside(text, &name, &span));
    // `_qvEGwXjXDI_NUHZYkIoHE`: drawn of letters and what joins words.
    let letters: Vec<u8> = value.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    let drawn = chosen::is_drawn(value) || letters.len() >= 16 && chosen::is_drawn(&letters) || lettered;
    if !number
        && !weak
        && (words && !phrase && !personal && !drawn
            || chosen::is_template(value)
            || !personal && chosen::is_usual(value))
    {
        return Err("it is a usual word, a name, or filled in later");
    }
    // A mark that names cannot have tells a value from a reference to one.
    let marked = value.iter().any(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'_' | b'-' | b'.' | b'/' | b':'));
    // `pass  *analysis.Pass`: a field and its type have no digits.
    let told = quoted
        || personal
        || weak
        || !spaced
        || value.iter().filter(|b| b.is_ascii_digit()).count() >= 2
        || marked && digits > 0 && !matches!(value[0], b'*' | b'&' | b'[' | b'(')
        || value.len() >= 12 && chosen::is_drawn(value);
    let sure = (number
        || words && drawn && letters.len() >= 16
        || lettered && !listed && !named && !is_of_a_form(&text[name.clone()])
        || phrase
        || spoken
        || personal
        || weak
        || given
        || chosen::is_mixed(value)
        || (quoted || closed) && chosen::is_worded(value))
        && told
        && (quoted || closed || marked)
        && !context::is_in_manual(text, name.start);
    let plain = (quoted || closed)
        && !short
        && !listed
        && !named
        && digits > 0
        && value.len() >= digits + 4
        && !is_of_a_form(&text[name.clone()])
        && !chosen::is_usual(value)
        && !context::is_in_manual(text, name.start)
        && opens();
    let sure = sure || plain;
    let confidence = if sure { Confidence::Medium } else { Confidence::Low };
    Ok(Candidate { plain: said, ..Candidate::new(span, confidence) })
}

/// Whether blanks stand around the sign between a name and its value, as they do in code: `password = helper`.
fn spaced_sign(text: &[u8], name: &Range<usize>, span: &Range<usize>) -> bool {
    text[name.end.min(span.start)..span.start] == *b" = "
}
