//! Secrets that people chose as they choose passwords, or that have marks in them: `jwtSecret: "…"`.

use std::ops::Range;

use super::behind::value_behind;
use super::name::name_around;
use super::other::plainly_other;
use super::{LENS, Value, markup};
use crate::detect::context::{self, NameSays, name_says};
use crate::detect::detector::Candidate;
use crate::detect::rule::anchor::{MIN_RUN, is_key_byte};
use crate::detect::{chosen, placeholder};
use crate::finding::Confidence;

/// The secret that is assigned to the name in which one of
/// [`SECRET_MARKS`](crate::detect::rule::layout::SECRET_MARKS) stands at `mark`, where it has marks in it as well as letters
/// and digits. Others are runs, and [`assignment`](super::assignment) judges them.
///
/// # Errors
/// Why there is none.
pub fn secret_at(text: &[u8], mark: usize) -> Result<Candidate, &'static str> {
    let name = name_around(text, mark);
    let Value { span, quoted, closed, .. } = value_behind(text, &name).ok_or("nothing is assigned to it here")?;
    let said = markup::said(text, &name, &span);
    let value = said.as_deref().unwrap_or(&text[span.clone()]);
    if let Some(reason) = plainly_other(text, &name, &span) {
        return Err(reason);
    }
    // `"acme_secret", "acme"`: words in a row, and no constant of PHP.
    let front = &text[name.start.saturating_sub(12)..name.start];
    let listed =
        text[name.end.min(span.start)..span.start].contains(&b',') && memchr::memmem::find(front, b"define(").is_none();
    if !listed && (quoted || closed) && is_chosen_secret(text, &name, value, quoted) {
        let manual = context::is_in_manual(text, name.start);
        let confidence = if manual { Confidence::Low } else { Confidence::Medium };
        return Ok(Candidate { plain: said, ..Candidate::new(span, confidence) });
    }
    // Drawn, but shorter than what is judged by itself.
    let short = (*LENS.start()..MIN_RUN).contains(&value.len())
        && (quoted || closed)
        && value.iter().all(u8::is_ascii_graphic)
        && if value.iter().any(u8::is_ascii_digit) {
            chosen::is_drawn(value) || value.len() >= 10 && chosen::is_mixed(value)
        } else {
            value.len() >= 10 && chosen::is_drawn(value)
        };
    if !short && (value.len() < MIN_RUN || value.len() > *LENS.end() || value.iter().all(|&b| is_key_byte(b))) {
        return Err("it is too short, or has no marks, so that it is judged by itself");
    }
    if name_says(&text[name.clone()]) != NameSays::Secret {
        return Err("the name does not say that it is a secret");
    }
    let drawn = short
        || value.iter().all(u8::is_ascii_graphic) && chosen::is_mixed(value) && chosen::is_drawn_with_marks(value);
    if !drawn || !(quoted || closed) || chosen::is_template(value) || placeholder::reason(value).is_some() {
        return Err("it is made of words, or filled in later");
    }
    let manual = context::is_in_manual(text, name.start);
    let confidence = if manual { Confidence::Low } else { Confidence::Medium };
    Ok(Candidate { plain: said, ..Candidate::new(span, confidence) })
}

/// Whether a secret that sessions, cookies or tokens are signed with is one that a person chose as people choose passwords:
/// `jwtSecret: "…"`, `session({ secret: "…" })`. Others may be the names of secrets that are kept elsewhere,
/// unless they have marks that no name has.
fn is_chosen_secret(text: &[u8], name: &Range<usize>, value: &[u8], quoted: bool) -> bool {
    const SIGNED: &[&str] = &["jwt", "session", "cookie", "sign", "hmac", "auth", "app", "flask", "token"];
    // `vault:data/app#key`: where it is kept.
    let graphic = |b: &u8| b.is_ascii_graphic() && !matches!(b, b'/' | b':');
    if !LENS.contains(&value.len()) || !value.iter().all(graphic) {
        return false;
    }
    let marked = value.iter().any(|b| b"!#$%&*@^?".contains(b));
    let mixed = chosen::is_mixed(value) && marked && value.len() >= 10;
    let own = String::from_utf8_lossy(&text[name.clone()]).to_ascii_lowercase();
    let near = String::from_utf8_lossy(&text[name.start.saturating_sub(24)..name.start]).to_ascii_lowercase();
    // `jwt: {⏎  secret: '…'`, `sessionSecret = "…"`: a sentence in one word.
    let placed = ["session", "jwt", "cookie"].iter().any(|word| own == "secret" && near.contains(word))
        || own.ends_with("secret") && ["session", "jwt", "cookie"].iter().any(|word| own.contains(word))
        || matches!(own.as_str(), "secret_key" | "secretkey");
    if placed && quoted && chosen::is_worded_secret(value) {
        return true;
    }
    // What joins the words of a name, too, unless it is handed to a session right here.
    let joined = value.contains(&b'-') && !(own == "secret" && near.contains("session"));
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    // Without marks around it, a value of letters may be the name of something, such as a type.
    let personal = (quoted || digits >= 3) && chosen::is_personal(value);
    if !mixed && (joined || !chosen::is_worded(value) && !personal) {
        return false;
    }
    let signs = SIGNED.iter().any(|word| own.contains(word)) || own == "secret" && near.contains("session");
    let key = ["secret_key", "secretkey"].iter().any(|word| own.ends_with(word));
    // Words and a number; names of secrets have marks.
    let plain =
        own == "secret" && digits >= 2 && value.len() >= digits + 5 && value.iter().all(u8::is_ascii_alphanumeric);
    (own.ends_with("secret") && (signs || mixed) || plain || key && !value.contains(&b'.'))
        && name_says(&text[name.clone()]) == NameSays::Secret
        && !chosen::is_template(value)
        && !chosen::is_usual(value)
}
