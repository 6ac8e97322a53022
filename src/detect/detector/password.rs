//! Passwords that people chose, assigned to a name which says so: `DB_PASSWORD=…`, `"password": "…"`,
//! `<password>…</password>`, `--password …`, `setPassword("…")`.
//!
//! Found by the `pass` or `pwd` of the name, since such a value has nothing else to be found by: it may have any
//! character, and be short. Random values without marks are found by [`assignment`](super::assignment), too, under any
//! name that says that they are secret.

mod below;
mod markup;
mod rows;

use std::ops::Range;

pub use self::rows::{cells_below, column, for_users, inserted};
use super::super::chosen;
use super::super::context::{self, NameSays, REACH_AFTER, REACH_BEFORE, name_says};
use super::super::placeholder;
use super::super::rule::anchor::{MIN_RUN, is_key_byte};
use super::super::within::{Within, automaton};
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
    let listed = span.start - name.end.min(span.start) <= GAP
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
        && (value[0].is_ascii_uppercase() && opens_something(&text[name.clone()]) || value.len() == 8 && born());
    // `passphrase = "…"`, and no sentence on one.
    let phrased = quoted && memchr::memmem::find(&text[name.clone()].to_ascii_lowercase(), b"passphrase").is_some();
    // `set password "…"` of expect.
    let set = text[..name.start].ends_with(b"\nset ");
    let opens =
        || account || phrased || set || opens_something(&text[name.clone()]) || has_account_beside(text, &name, &span);
    let called = text[name.end.min(span.start)..span.start].contains(&b'(');
    if short && (called || !((quoted || closed) && (chosen::is_personal(value) || chosen::is_mixed(value)) && opens()))
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
        && opens();
    let weak = (quoted || closed)
        && !listed
        && !named
        && chosen::is_weak(value)
        && !is_of_a_form(&text[name.clone()])
        && opens();
    // `_qvEGwXjXDI_NUHZYkIoHE`: drawn of letters and what joins words.
    let letters: Vec<u8> = value.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    let drawn = chosen::is_drawn(value) || letters.len() >= 16 && chosen::is_drawn(&letters);
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
        || value.len() >= 12 && chosen::is_drawn(value);
    let sure = (number
        || words && drawn && letters.len() >= 16
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
    let confidence = if sure { Confidence::Medium } else { Confidence::Low };
    Ok(Candidate { plain: said, ..Candidate::new(span, confidence) })
}

/// Whether a setting is set to some words with blanks between them, where no message stands: `PASSPHRASE="four little
/// ducks swim"`, and neither `password: "…"` of a form nor an attribute of HTML.
fn is_set_to_a_sentence(text: &[u8], name: &Range<usize>, span: &Range<usize>) -> bool {
    let front = &text[name.start.saturating_sub(REACH_AFTER)..name.start];
    let line = memchr::memrchr(b'\n', front).map_or(front, |at| &front[at + 1..]);
    matches!(&text[name.end.min(span.start)..span.start], b"=\"" | b"='")
        && !line.contains(&b'<')
        && chosen::is_sentence(&text[span.clone()])
}

/// Whether blanks stand around the sign between a name and its value, as they do in code: `password = helper`.
fn spaced_sign(text: &[u8], name: &Range<usize>, span: &Range<usize>) -> bool {
    text[name.end.min(span.start)..span.start] == *b" = "
}

/// Whether a name is that of something in a form, beside which a translation stands: `forgotPassword`.
fn is_of_a_form(name: &[u8]) -> bool {
    const WORDS: &[&str] = &[
        "forgot",
        "reset",
        "change",
        "confirm",
        "show",
        "hide",
        "new",
        "old",
        "current",
        "repeat",
        "retype",
        "enter",
        "invalid",
        "wrong",
        "incorrect",
        "missing",
        "required",
        "update",
        "recover",
        "lost",
        "error",
        "help",
        "text",
        "message",
        "again",
        "choose",
        "create",
        "verify",
        "weak",
        "strong",
        "hint",
        "label",
        "title",
        "prompt",
        "tooltip",
        "placeholder",
    ];
    static HELD: Within = Within::new(|| automaton(WORDS));
    HELD.any_in(name)
}

/// `Vergessen?`: one word as sentences begin with it.
fn is_label(value: &[u8]) -> bool {
    let word = value.strip_suffix(b"?").or_else(|| value.strip_suffix(b".")).unwrap_or(value);
    word[0].is_ascii_uppercase() && word[1..].iter().all(u8::is_ascii_lowercase)
}

/// Why a value is neither a password nor another secret, whatever it looks like.
fn plainly_other(text: &[u8], name: &Range<usize>, span: &Range<usize>) -> Option<&'static str> {
    let value = &text[span.clone()];
    if text[name.clone()].to_ascii_lowercase().ends_with(b"askpass") {
        Some("the name is that of a program which asks for passwords")
    } else if is_word_in_escapes(value) {
        Some("it is a word of another script than that of keys")
    } else if is_locale(&text[name.clone()]) {
        Some("the name is that of a language and a country")
    } else if is_colour(value) {
        Some("it is a colour")
    } else if value.starts_with(b"http://") || value.starts_with(b"https://") {
        Some("it is an address")
    } else if is_said_of_an_option(text, name, value) {
        Some("it says something of the option in front of it")
    } else if repeats_a_name(text, span) {
        Some("it is a part of the name in front of it")
    } else if ends_a_name(text, name, span) {
        Some("it is the end of the name of a setting")
    } else if is_in_list_of_words(text, name, span) {
        Some("it stands in a list of words")
    } else if is_name_of_function(value) {
        Some("it is the name of a function")
    } else {
        None
    }
}

/// `render2FaUserSettings`: a verb that programs have, and words behind it that begin with capitals.
fn is_name_of_function(value: &[u8]) -> bool {
    const VERBS: &[&[u8]] = &[
        b"add",
        b"build",
        b"check",
        b"clear",
        b"create",
        b"delete",
        b"fetch",
        b"find",
        b"format",
        b"generate",
        b"get",
        b"handle",
        b"has",
        b"init",
        b"is",
        b"load",
        b"make",
        b"on",
        b"parse",
        b"process",
        b"remove",
        b"render",
        b"reset",
        b"save",
        b"send",
        b"set",
        b"show",
        b"update",
        b"validate",
        b"verify",
    ];
    let verb = value.iter().take_while(|b| b.is_ascii_lowercase()).count();
    let rest = &value[verb..];
    let words = rest.windows(2).filter(|two| two[0].is_ascii_uppercase() && two[1].is_ascii_lowercase()).count();
    VERBS.contains(&&value[..verb])
        && words >= 2
        && rest.iter().all(u8::is_ascii_alphanumeric)
        && rest.iter().filter(|b| b.is_ascii_digit()).count() <= 1
        && !chosen::is_drawn(value)
}

/// `'password:isWrapped': 1`: whether a name in quotation marks, of which the value is the end, is set to something.
fn ends_a_name(text: &[u8], name: &Range<usize>, span: &Range<usize>) -> bool {
    let opened = name.start.checked_sub(1).map(|at| text[at]).filter(|b| matches!(b, b'"' | b'\''));
    let mut behind = Forward { text, at: span.end };
    text[name.end.min(span.start)..span.start] == *b":" && opened.is_some_and(|quote| behind.take(&[quote])) && {
        behind.blanks();
        behind.take(b":") || behind.take(b"=>")
    }
}

/// `"DECRYPTBYPASSPHRASE","ENCRYPTBYKEY",`: whether a value is one of many words in capitals, as lists of keywords have them.
fn is_in_list_of_words(text: &[u8], name: &Range<usize>, span: &Range<usize>) -> bool {
    let capitals = |word: &[u8]| word.iter().all(|b| b.is_ascii_uppercase() || *b == b'_');
    let between = &text[name.end.min(span.start)..span.start];
    let behind = text[span.end..].get(1);
    between.contains(&b',') && behind == Some(&b',') && capitals(&text[name.clone()]) && capitals(&text[span.clone()])
}

/// `Tajn\u00e9`: letters that JSON escapes, as translations have them.
fn is_word_in_escapes(value: &[u8]) -> bool {
    memchr::memmem::find_iter(value, b"\\u").any(|at| {
        let code = value.get(at + 2..at + 6).and_then(|code| std::str::from_utf8(code).ok());
        code.and_then(|code| u32::from_str_radix(code, 16).ok()).is_some_and(|code| code >= 0x80)
    })
}

/// `en_PW`: what is spoken in Palau.
fn is_locale(name: &[u8]) -> bool {
    matches!(name, [a, b, b'_' | b'-', b'P', b'W'] if a.is_ascii_lowercase() && b.is_ascii_lowercase())
}

/// `#33ccaa`.
fn is_colour(value: &[u8]) -> bool {
    value.strip_prefix(b"#").is_some_and(|code| matches!(code.len(), 6 | 8) && code.iter().all(u8::is_ascii_hexdigit))
}

/// `md5-crypt`, `SSHA512`: how passwords are kept, which settings of them tell.
fn is_method(value: &[u8]) -> bool {
    const METHODS: &[&str] = &[
        "md5",
        "sha",
        "sha1",
        "sha224",
        "sha256",
        "sha384",
        "sha512",
        "ssha",
        "ssha256",
        "ssha512",
        "smd5",
        "crypt",
        "bcrypt",
        "scrypt",
        "argon2",
        "argon2i",
        "argon2id",
        "pbkdf2",
        "blowfish",
        "des",
        "ext_des",
        "ntlm",
        "hmac",
        "base64",
        "hex",
        "plain",
        "clear",
        "cleartext",
        "hash",
        "ldap",
        "samba",
        "ad",
        "drupal",
        "cram",
    ];
    value.split(|b| matches!(b, b'-' | b'_' | b'/')).all(|word| {
        let word = String::from_utf8_lossy(word).to_ascii_lowercase();
        METHODS.contains(&word.as_str())
    })
}

/// `--ssh-password requires --ssh-key`, `-password must be given`: what messages say of an option.
fn is_said_of_an_option(text: &[u8], name: &Range<usize>, value: &[u8]) -> bool {
    const SAID: &[&[u8]] = &[
        b"requires",
        b"require",
        b"required",
        b"must",
        b"should",
        b"cannot",
        b"needs",
        b"conflicts",
        b"implies",
        b"allows",
        b"option",
        b"argument",
        b"parameter",
        b"instead",
        b"together",
        b"because",
        b"without",
        b"unless",
    ];
    let front = &text[..name.start];
    let dashes = name.len() - text[name.clone()].iter().skip_while(|b| **b == b'-').count();
    (dashes > 0 || front.ends_with(b"-")) && SAID.contains(&value)
}

/// Whether a value stands within a longer name in front of it on its line, as those of enumerations do:
/// `Secret_ClientId Secret = "ClientId"`.
fn repeats_a_name(text: &[u8], span: &Range<usize>) -> bool {
    let front = &text[span.start.saturating_sub(REACH_AFTER)..span.start];
    let line = memchr::memrchr(b'\n', front).map_or(front, |at| &front[at + 1..]).to_ascii_lowercase();
    let value = text[span.clone()].to_ascii_lowercase();
    let joins = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    value.iter().all(u8::is_ascii_alphanumeric)
        && memchr::memmem::find_iter(&line, &value)
            .any(|at| joins(at.checked_sub(1).and_then(|before| line.get(before))) || joins(line.get(at + value.len())))
}

/// Whether a word says something of a password instead of telling it, as messages in any language do:
/// `Passwort ist erforderlich.`
fn is_said_of(text: &[u8], name: &Range<usize>, span: &Range<usize>) -> bool {
    let between = &text[name.end.min(span.start)..span.start];
    let value = &text[span.clone()];
    let word = value.strip_suffix(b".").or_else(|| value.strip_suffix(b"!")).unwrap_or(value);
    between.first() == Some(&b' ')
        && between.iter().any(u8::is_ascii_alphabetic)
        && word.iter().all(u8::is_ascii_lowercase)
}

/// Whether the same word stands beside a password: the user, the database or the program has that name, and who set it
/// up gave the password as well.
fn is_named_beside(text: &[u8], value: &Range<usize>) -> bool {
    const FAR: usize = 160;
    let word = text[value.clone()].to_ascii_lowercase();
    let front = text[value.start.saturating_sub(FAR)..value.start].to_ascii_lowercase();
    let behind = text[value.end..(value.end + FAR).min(text.len())].to_ascii_lowercase();
    [front, behind].iter().any(|near| memchr::memmem::find(near, &word).is_some())
}

/// Whether the name of a password tells what it opens: `DB_PASS`, `mqttPassword`, `keystorePass`.
fn opens_something(name: &[u8]) -> bool {
    const OPENED: &[&str] = &[
        "db",
        "mysql",
        "postgres",
        "pg",
        "mongo",
        "redis",
        "sql",
        "oracle",
        "smtp",
        "mail",
        "imap",
        "ftp",
        "ssh",
        "ldap",
        "admin",
        "root",
        "wifi",
        "wlan",
        "mqtt",
        "rcon",
        "store",
        "rabbitmq",
        "sonar",
        "proxy",
        "datasource",
        "database",
        "vpn",
        "bind",
        "sudo",
        "router",
        "requirepass",
        "basic",
        "connection",
        "hibernate",
        "wpa",
        "pppoe",
        "http",
        "cert",
        "zip",
        "borg",
        "restic",
        "gpg",
        "duplic",
        "backup",
        "psk",
        "release",
        "key_pass",
        "keypass",
    ];
    static HELD: Within = Within::new(|| automaton(OPENED));
    HELD.any_in(name)
}

/// Whether the settings beside a password tell whose it is, or where it is asked for: a name of a user, a host, a login.
fn has_account_beside(text: &[u8], name: &Range<usize>, value: &Range<usize>) -> bool {
    /// How far such settings are, in bytes and in lines.
    const FAR: usize = 200;
    const LINES: usize = 4;
    const _: () = assert!(FAR + NAME + GAP <= REACH_BEFORE && FAR <= REACH_AFTER);
    const NAMES: &[&str] = &[
        "user",
        "login",
        "uname",
        "email",
        "e-mail",
        "host",
        "server",
        "database",
        "jdbc",
        "smtp",
        "usr",
        "benutzer",
        "usuario",
        "usuário",
        "utilisateur",
        "ssid",
        "port",
        "driver",
        "account",
        "uid",
        "dsn",
        "utente",
        "utilizador",
        "gebruiker",
        "konto",
        "compte",
        "identifiant",
        "bruker",
        "användar",
        "käyttäjä",
        "uživatel",
        "użytkown",
        "felhaszn",
        "kullan",
        "пользовател",
        "логин",
        "ユーザー",
        "아이디",
        "用户",
        "账号",
    ];
    let front = &text[name.start.saturating_sub(FAR)..name.start];
    let front = memchr::memrchr_iter(b'\n', front).nth(LINES).map_or(front, |end| &front[end..]);
    let behind = &text[value.end..(value.end + FAR).min(text.len())];
    let behind = memchr::memchr_iter(b'\n', behind).nth(LINES).map_or(behind, |end| &behind[..end]);
    [front, behind].into_iter().any(|near| {
        let near = near.to_ascii_lowercase();
        NAMES.iter().any(|word| {
            memchr::memmem::find_iter(&near, word).any(|at| {
                // Something is given to it.
                let rest = &near[at + word.len()..];
                let of_name = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-') || **b >= 0x80;
                let name = rest.iter().take_while(of_name).count();
                let gap = rest[name..].iter().take_while(|b| matches!(b, b'"' | b'\'' | b' ' | b']')).count();
                let (gap, next) = (&rest[name..name + gap], rest.get(name + gap));
                // `USER "…"` of settings and definitions, `setUser("…")` of calls.
                let given = gap.len() >= 2 && gap[0] == b' ' && matches!(gap[gap.len() - 1], b'"' | b'\'');
                let called = next == Some(&b'(') && matches!(rest.get(name + gap.len() + 1), Some(b'"' | b'\''));
                given || called || matches!(next, Some(b'=' | b':' | b'>'))
            })
        })
    })
}

/// The value with a plain letter for each that has an accent; `None` where there is none, or any other character.
fn without_accents(value: &[u8]) -> Option<Vec<u8>> {
    if value.is_ascii() {
        return None;
    }
    // Latin letters: up to the end of Latin Extended-B.
    let plain = |c: char| match c {
        c if c.is_ascii() => Some(c as u8),
        c if c.is_alphabetic() && (c as u32) < 0x250 => Some(if c.is_uppercase() { b'E' } else { b'e' }),
        _ => None,
    };
    std::str::from_utf8(value).ok()?.chars().map(plain).collect()
}

/// `abcd efgh ijkl mnop`, as Google writes the passwords of applications: four groups of four small letters that no words
/// are made of.
fn is_in_groups(value: &[u8]) -> bool {
    let groups = || value.split(|&b| b == b' ');
    value.len() == 19
        && groups().all(|group| group.len() == 4 && group.iter().all(u8::is_ascii_lowercase))
        && chosen::is_drawn(&groups().collect::<Vec<_>>().concat())
        && placeholder::reason(&groups().collect::<Vec<_>>().concat()).is_none()
}

/// Whether a value with one blank in it, or two, was drawn by chance all the same: sentences have more of them.
fn is_drawn_with_a_blank(value: &[u8]) -> bool {
    let blanks = value.iter().filter(|b| **b == b' ').count();
    let others: Vec<u8> = value.iter().copied().filter(|b| *b != b' ').collect();
    blanks <= 2
        && !value.starts_with(b" ")
        && !value.ends_with(b" ")
        && others.iter().all(u8::is_ascii_graphic)
        && chosen::is_mixed(&others)
        && chosen::is_drawn_with_marks(&others)
}

/// `Contraseña`, `senha`, `пароль`, `hasło`: what settings and notes in other languages call a password.
fn is_foreign(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).to_lowercase();
    let last = name.rsplit(['_', '-', '.']).next().unwrap_or_default();
    const WORDS: &[&str] = &[
        "contraseña",
        "contrasena",
        "contrasenya",
        "senha",
        "пароль",
        "haslo",
        "hasło",
        "heslo",
        "kennwort",
        "wachtwoord",
        "parola",
        "parol",
        "salasana",
        "jelszo",
        "jelszó",
        "sifre",
        "şifre",
        "şifresi",
        "lozinka",
        "geslo",
        "clave",
        "kodeord",
        "adgangskode",
        "losenord",
        "lösenord",
        "matkhau",
        "khau",
        "passe",
        "passord",
        "mdp",
        "密码",
        "パスワード",
        "비밀번호",
        "κωδικός",
        "κωδικος",
        // `parola chiave`.
        "chiave",
        "المرور",
        "السر",
    ];
    // `motDePasse`, `cKennwort`: as the end of a longer name. `dbHeslo`: what begins with a capital is a word of its own.
    let ends = |word: &&str| word.len() >= 7 && last.ends_with(*word);
    WORDS.contains(&last) || WORDS.iter().any(ends) || last.ends_with("motdepasse")
}

/// `cn=…,ou=…,dc=…`: an entry of LDAP, as `pwdPolicySubentry` names one. What is a value to others ends at its comma.
fn is_distinguished_name(text: &[u8], span: &Range<usize>) -> bool {
    let begins = |text: &[u8]| {
        let name = text.iter().take(4).take_while(|b| b.is_ascii_alphabetic()).count();
        text.get(name) == Some(&b'=') && matches!(&text[..name], b"cn" | b"CN" | b"ou" | b"OU" | b"dc" | b"DC" | b"uid")
    };
    let rest = &text[span.start..(span.end + GAP).min(text.len())];
    let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
    begins(line) && line.split(|&b| b == b',').skip(1).any(|part| begins(part.trim_ascii_start()))
}

/// Digits alone, as the stickers of routers have them: no sequence, and hardly a date.
fn is_number_of_no_order(value: &[u8]) -> bool {
    let mut digits: Vec<u8> = value.to_vec();
    digits.sort_unstable();
    digits.dedup();
    value.iter().all(u8::is_ascii_digit)
        && digits.len() >= 5
        && placeholder::reason(value).is_none()
        && !(value.len() == 8 && (value.starts_with(b"19") || value.starts_with(b"20")))
}

/// The name of a field of a form without what kind of field it is: `passwordField`, `txtPassword`.
fn without_widget(name: &[u8]) -> &[u8] {
    const WIDGETS: &[&[u8]] = &[
        b"TextField",
        b"TextBox",
        b"TextInput",
        b"Field",
        b"Input",
        b"Box",
        b"Edit",
        b"-input",
        b"_input",
        b"-field",
        b"_field",
    ];
    WIDGETS.iter().find_map(|widget| name.strip_suffix(*widget)).unwrap_or(name)
}

fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.') || b >= 0x80
}

/// The name that the mark is a part of.
fn name_around(text: &[u8], mark: usize) -> Range<usize> {
    let before = text[..mark].iter().rev().take(NAME).take_while(|&&b| is_name_byte(b)).count();
    let after = text[mark..].iter().take(NAME).take_while(|&&b| b != b'.' && is_name_byte(b)).count();
    let colon = memchr::memmem::find(&text[mark..mark + after], WIDE_COLON);
    mark - before..mark + colon.unwrap_or(after)
}

/// The colon of Chinese and Japanese texts.
const WIDE_COLON: &[u8] = "：".as_bytes();

/// Steps over a text.
struct Forward<'t> {
    text: &'t [u8],
    at: usize,
}

impl Forward<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip(&mut self, most: usize, accept: impl Fn(u8) -> bool) -> usize {
        let len = self.text[self.at..].iter().take(most).take_while(|&&b| accept(b)).count();
        self.at += len;
        len
    }

    fn blanks(&mut self) -> usize {
        self.skip(GAP, |b| matches!(b, b' ' | b'\t'))
    }

    fn take(&mut self, word: &[u8]) -> bool {
        let here = self.text[self.at..].starts_with(word);
        self.at += if here { word.len() } else { 0 };
        here
    }
}

/// The value that is assigned to a name.
fn value_behind(text: &[u8], name: &Range<usize>) -> Option<Value> {
    let verb = text[name.clone()].eq_ignore_ascii_case(b"pass");
    let option = text[..name.end][name.start..].starts_with(b"-");
    let mut on = Forward { text, at: name.end };
    // What closes the name: `"password"`, `\"password\"`, `["password"]`, `:password`.
    let entity = on.take(QUOTE_ENTITY);
    let quotes = usize::from(entity) + on.skip(2, |b| matches!(b, b'\\' | b'"' | b'\'' | b'`'));
    // `"AWS::Api::Password": "…"`: what is told by the name of a type.
    if quotes > 0 && text[..name.start].ends_with(b"::") {
        return None;
    }
    // `password string = "…"`, `Password { get; set; } = "…"`, `password[32] = "…"`, `password: &'static str = "…"`.
    if let Some(len) = (quotes == 0).then(|| context::type_len(&text[on.at..])).flatten() {
        on.at += len;
    }
    if let Some(value) = returned_by(text, on.at).or_else(|| typed_into(text, on.at)) {
        return Some(value);
    }
    if let Some(value) = variable_of_container(text, name.start, on.at) {
        return Some(value);
    }
    let brackets = on.skip(2, |b| matches!(b, b'[' | b']' | b')' | b'}' | b'?' | b'!'));
    // `string $password): ?Account`: the last parameter of a function of PHP, and what the function returns.
    if quotes == 0 && text[..on.at].ends_with(b")") && text[on.at..].starts_with(b": ?") {
        return None;
    }
    // `'input[name="password"]', "…"`: a selector, and what is typed into its field.
    let selected = quotes + brackets > 0 && on.skip(1, |b| matches!(b, b'"' | b'\'' | b'`')) > 0;
    // `passwordField.text = "…"`.
    let property = on.at;
    if !([&b".text"[..], b".Text", b".value", b".Value", b".stringValue"].iter().any(|word| on.take(word))
        && matches!(on.peek(), Some(b' ' | b'=')))
    {
        on.at = property;
    }
    let mut blanks = on.blanks();
    // `variable "db_password" {⏎  type = string⏎  default = "…"`.
    if quotes > 0 && on.peek() == Some(b'{') {
        return default_of(text, on.at);
    }
    // `"DBPassword": {⏎  "Default": "…"`, `DBPassword:⏎    Default: …`, as templates of CloudFormation have it.
    if on.peek() == Some(b':') {
        let rest = &text[on.at + 1..(on.at + 1 + GAP).min(text.len())];
        let first = rest.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\r'));
        match first.map(|first| rest[first]) {
            Some(b'{') if quotes > 0 => return default_of(text, on.at + 2),
            Some(b'\n') if quotes == 0 => {
                if let Some(value) = default_below(text, name.start, on.at + 1) {
                    return Some(value);
                }
            }
            _ => {}
        }
    }
    // `<add key="Password" value="…"/>`, `name="Password" value="…"`.
    if quotes > 0 && blanks > 0 && (on.take(b"value") || on.take(b"default")) {
        on.blanks();
    }
    // `{"name": "password", "value": "…"}`: what tells the name, and what tells the value.
    if quotes > 0 && matches!(text[..name.start].last(), Some(b'"' | b'\'')) && is_told_name(text, name.start) {
        let mark = on.at;
        on.skip(1, |b| b == b',');
        on.skip(GAP, |b| b.is_ascii_whitespace());
        if !(on.at > mark && (on.take(b"\"value\":") || on.take(b"\"Value\":"))) {
            on.at = mark;
        }
        blanks += on.blanks();
        if on.at > mark && on.peek() == Some(b'"') {
            let start = on.at + 1;
            let end = start + literal_len(&text[start..(start + LENS.end() + 2).min(text.len())], b'"', false)?;
            return Some(Value { span: start..end, quoted: true, closed: false, spaced: false });
        }
        on.at = mark;
    }
    // `<setting name="Password" serializeAs="String"><value>…</value>`.
    let setting = on.at;
    let element = quotes > 0
        && blanks > 0
        && on.take(b"serializeAs=\"String\">")
        && (on.skip(GAP, |b| b.is_ascii_whitespace()) < GAP)
        && text[on.at..].starts_with(b"<value>");
    on.at = if element { on.at } else { setting };
    // `<td>Password:</td><td>…`.
    if quotes == 0 && text[on.at..].starts_with(b":</") {
        on.at += 1;
    }
    // `<key>Password</key> <string>…</string>`, as lists of properties have it.
    if element || on.take(b"</") {
        if !element {
            on.skip(NAME, |b| b != b'>' && b != b'\n');
        }
        on.skip(1, |b| b == b'>');
        on.skip(GAP, |b| b.is_ascii_whitespace());
        // `<td><b>Password</b></td><td class="x"><code>…</code>`.
        if !element && on.take(b"</t") {
            on.skip(2, |b| b != b'>');
            on.take(b">");
            on.skip(GAP, |b| b.is_ascii_whitespace());
        }
        // `<Key>Password</Key><Value ProtectInMemory="True">…` of KeePass.
        let cell = [&b"<td"[..], b"<dd", b"<Value "].iter().any(|tag| text[on.at..].starts_with(tag));
        // `<source>Password</source> <translation>…`: what it is called in another language.
        if [&b"<translation"[..], b"<target"].iter().any(|tag| text[on.at..].starts_with(tag)) {
            return None;
        }
        let mut opened = on.take(b"<") && on.skip(24, |b| b.is_ascii_alphanumeric()) > 0;
        if cell {
            on.skip(NAME, |b| !matches!(b, b'>' | b'<' | b'\n'));
        }
        opened &= on.take(b">");
        if cell {
            on.skip(GAP, |b| b.is_ascii_whitespace());
            let mark = on.at;
            if !(on.take(b"<") && on.skip(8, |b| b.is_ascii_lowercase()) > 0 && on.take(b">")) {
                on.at = mark;
            }
        }
        let rest = &text[on.at..(on.at + 2 * LENS.end()).min(text.len())];
        let end = on.at + rest.iter().position(|&b| b == b'<' || b == b'\n')?;
        let value = Value { span: on.at..end, quoted: false, closed: true, spaced: false };
        return (opened && text[end..].starts_with(b"</")).then_some(value);
    }
    let from = on.at;
    // `"password" to "…"`, `"password" -> "…"`, `environ.get("PASSWORD") or "…"`.
    let pairs = [&b"to \""[..], b"-> \"", b"or \"", b"or '"];
    let paired = quotes > 0 && blanks > 0 && pairs.iter().any(|sign| on.take(sign));
    if paired {
        on.at -= 1;
    } else {
        on.skip(4, |b| matches!(b, b'=' | b':' | b'>' | b',' | b'(' | b'<' | b'-' | b'|' | b'?' | b'~' | b'{'));
    }
    // `PASSWORD=~k7…`: in a line of settings without blanks, the value begins behind the sign.
    let line_of_settings = quotes == 0
        && blanks == 0
        && text[from..on.at].first() == Some(&b'=')
        && !matches!(&text[from..on.at], b"=" | b"==" | b"===" | b"=>")
        && !text[name.clone()].iter().any(u8::is_ascii_lowercase)
        && (name.start == 0 || text[name.start - 1] == b'\n');
    if line_of_settings {
        on.at = from + 1;
    }
    // `Password=" + "…" + ";`: a connection string that is put together.
    if quotes == 0
        && &text[from..on.at] == b"="
        && [&b"\" + \""[..], b"\" & \"", b"\" . \""].iter().any(|mark| on.take(mark))
    {
        let end = on.at + literal_len(&text[on.at..(on.at + LENS.end() + 2).min(text.len())], b'"', false)?;
        return Some(Value { span: on.at..end, quoted: true, closed: false, spaced: false });
    }
    // `密码：…`.
    let wide = on.at == from && on.take(WIDE_COLON);
    // `The password is …`, `the password for staging was changed to …`.
    let statement = if on.at == from && quotes == 0 && blanks == 1 { statement_len(&text[on.at..]) } else { 0 };
    on.at += statement;
    let stated = statement > 0 || wide;
    let separators = if paired {
        &b"=>"[..]
    } else if stated {
        b":"
    } else {
        &text[from..on.at]
    };
    // `password=(⏎  "…"⏎)`.
    let separators = match separators {
        b"=(" | b":(" if matches!(on.peek(), Some(b'\n' | b'\r')) => &separators[..1],
        separators => separators,
    };
    // `a != b`, `->`, `--flag`: nothing is assigned.
    if !matches!(
        separators,
        b"" | b"="
            | b":"
            | b"=>"
            | b":="
            | b"=="
            | b"==="
            | b">"
            | b","
            | b"("
            | b"{"
            | b"<-"
            | b"||"
            | b"?:"
            | b"??"
            | b"~>"
            | b"|"
    ) {
        return None;
    }
    // `**Password:** …` of Markdown.
    if separators == b":" {
        on.skip(2, |b| b == b'*');
    }
    blanks += on.blanks() + usize::from(wide);
    if !stated && let Some(value) = below::value(text, name, separators, on.at) {
        return Some(value);
    }
    // `password: &anchor …` of YAML.
    let anchor = on.at;
    if separators == b":" && blanks > 0 && on.take(b"&") && (on.skip(GAP, is_name_byte) == 0 || on.blanks() == 0) {
        on.at = anchor;
    }
    // `**…**` of Markdown, `[[…]]` of Lua.
    let pair = match separators {
        b":" if on.take(b"**") => Some(b"**"),
        b"=" if on.take(b"[[") => Some(b"]]"),
        _ => None,
    };
    if let Some(pair) = pair
        && !matches!(on.peek(), Some(b'`' | b'"' | b'\''))
    {
        let rest = &text[on.at..(on.at + LENS.end() + pair.len()).min(text.len())];
        let end = on.at + memchr::memmem::find(rest, pair)?;
        return Some(Value { span: on.at..end, quoted: true, closed: true, spaced: false });
    }
    // `(const char*)"…"`.
    if separators == b"=" && on.peek() == Some(b'(') {
        let close = memchr::memchr(b')', &text[on.at..(on.at + GAP).min(text.len())]).map_or(on.at, |i| on.at + i);
        if matches!(text.get(close + 1), Some(b'"' | b'\'')) && context::cast_len(&text[..=close]) > 0 {
            on.at = close + 1;
        }
    }
    // Marks of string literals: b"…", r"…", @"…", L"…".
    let mark = on.at;
    if on.skip(2, |b| matches!(b, b'b' | b'r' | b'u' | b'f' | b'L' | b'@' | b'#' | b'R' | b'N')) > 0
        && !matches!(on.peek(), Some(b'"' | b'\''))
    {
        on.at = mark;
    }
    // `dbpwd = Some "…"` of OCaml and F#, `Just "…"` of Haskell.
    let held = on.at;
    if !((on.take(b"Some ") || on.take(b"Just ")) && on.peek() == Some(b'"')) {
        on.at = held;
    }
    // A function that hashes or keeps it: `Hash::make("…")`, `bcrypt('…')`.
    let call = on.at;
    on.take(b"[]");
    let name_of_call = on.skip(40, |b| is_name_byte(b) || matches!(b, b':' | b'\\' | b'>'));
    // `data.get("subscription_user")`: what is looked up is told by its name.
    let looked_up =
        [&b".get"[..], b"_get", b":get", b"getenv", b"getEnv"].iter().any(|word| text[..on.at].ends_with(word));
    if name_of_call < 2
        || looked_up
        || separators.is_empty()
        || !on.take(b"(")
        || !matches!(on.peek(), Some(b'"' | b'\'')) && !text[on.at..].starts_with(b"default=\"")
    {
        on.at = call;
    }
    // `Field(default="…")`.
    let argument = on.at;
    if !(argument > call && on.take(b"default=")) {
        on.at = argument;
    }
    if on.take(QUOTE_ENTITY) {
        let rest = &text[on.at..(on.at + LENS.end() + QUOTE_ENTITY.len()).min(text.len())];
        let end = on.at + memchr::memmem::find(rest, QUOTE_ENTITY)?;
        return Some(Value { span: on.at..end, quoted: true, closed: true, spaced: false });
    }
    let escaped = on.take(b"\\");
    match on.peek() {
        Some(quote @ (b'"' | b'\'' | b'`'))
            if opens(separators, blanks, quote, verb)
                || quote == b'`' && blanks == 1 && is_told_in_marks(text, name, &on) =>
        {
            // ``…`` of reStructuredText, """…""" of Python and of Grafana's settings.
            let marks = match quote {
                // An empty one is followed by the next field: `` otp:``,name:`` ``.
                b'`' if text[on.at..].starts_with(b"``")
                    && !matches!(text.get(on.at + 2), Some(b',' | b';' | b')' | b'}')) =>
                {
                    2
                }
                _ if text[on.at..].starts_with(&[quote; 3]) => 3,
                _ => 1,
            };
            let start = on.at + marks;
            let end = start + literal_len(&text[start..(start + LENS.end() + 2).min(text.len())], quote, escaped)?;
            // A literal within a literal: `"\"…\""`.
            let inner = text[start..end].strip_prefix(&[b'\\', quote]).and_then(|it| it.strip_suffix(&[b'\\', quote]));
            let span = inner.map_or(start..end, |inner| start + 2..start + 2 + inner.len());
            Some(Value { span, quoted: true, closed: false, spaced: false })
        }
        _ if escaped || selected || quotes > 0 && !matches!(separators, b":" | b">") => None,
        _ if matches!(separators, b"=" | b":" | b">" | b"=>" | b"|" | b"||") || separators.is_empty() && blanks > 0 => {
            bare_value(text, on.at, name, separators, option)
        }
        _ => None,
    }
}

/// Whether a drawn value between marks follows the word in a sentence: ``user `ann`, password `…` ``.
fn is_told_in_marks(text: &[u8], name: &Range<usize>, on: &Forward<'_>) -> bool {
    const NAMES: &[&[u8]] = &[b"password", b"Password", b"passphrase", b"pw"];
    let rest = &text[on.at + 1..(on.at + 2 + LENS.end()).min(text.len())];
    let value = memchr::memchr(b'`', rest).map_or(&rest[..0], |len| &rest[..len]);
    NAMES.contains(&&text[name.clone()]) && (chosen::is_drawn(value) || chosen::is_mixed(value))
}

/// What a function returns whose name ends at `at`, and which takes nothing: `getPassword() { return "…"`,
/// `def password(self):⏎  return "…"`, `getPassword = () => "…"`.
fn returned_by(text: &[u8], at: usize) -> Option<Value> {
    let literal = at + context::body_len(&text[at..(at + REACH_AFTER / 2).min(text.len())])?;
    let (start, quote) = (literal + 1, *text.get(literal)?);
    let end = start + literal_len(&text[start..(start + LENS.end() + 2).min(text.len())], quote, false)?;
    Some(Value { span: start..end, quoted: true, closed: false, spaced: false })
}

/// The value of an environment variable as Kubernetes has it, whose name begins at `name` and is closed at `at`:
/// `- name: DB_PASSWORD⏎  value: …`.
fn variable_of_container(text: &[u8], name: usize, at: usize) -> Option<Value> {
    let front = text[..name].strip_suffix(b"\"").unwrap_or(&text[..name]);
    if !front.ends_with(b"- name: ") {
        return None;
    }
    let mut on = Forward { text, at };
    on.skip(1, |b| b == b'\r');
    let below = on.take(b"\n") && on.blanks() > 0 && on.take(b"value: ");
    let rest = &text[on.at..(on.at + LENS.end() + 2).min(text.len())];
    match on.peek().filter(|_| below)? {
        quote @ (b'"' | b'\'') => {
            let end = on.at + 1 + literal_len(&rest[1..], quote, false)?;
            Some(Value { span: on.at + 1..end, quoted: true, closed: false, spaced: false })
        }
        _ => {
            let len = rest.iter().position(|b| b.is_ascii_whitespace()).unwrap_or(rest.len());
            Some(Value { span: on.at..on.at + len, quoted: false, closed: true, spaced: false })
        }
    }
}

/// What a test types into the field that was looked up by a name, which ends at `at`: `password").send_keys("…")`,
/// `passwordInput.sendKeys("…")`, `Password', with: '…'`, `/password/i), '…'`.
fn typed_into(text: &[u8], at: usize) -> Option<Value> {
    const TYPES: &[&[u8]] = &[
        b".send_keys(",
        b".sendKeys(",
        b".fill(",
        b".type(",
        b".setValue(",
        b".set_value(",
        b".pressSequentially(",
        b".enterText(",
        b".typeText(",
        b".SendKeys(",
        b".perform(typeText(",
        b".perform(replaceText(",
    ];
    let mut on = Forward { text, at };
    let regex = on.take(b"/i") || on.take(b"/");
    on.skip(2, |b| b == b']');
    on.skip(1, |b| matches!(b, b'"' | b'\''));
    on.take(b" }");
    let closed = on.skip(3, |b| b == b')');
    for chained in [&b".first()"[..], b".clear()", b".click()"] {
        on.take(chained);
    }
    let typed = TYPES.iter().any(|call| on.take(call)) || on.take(b", with: ") || regex && closed > 0 && on.take(b", ");
    let quote = on.peek().filter(|b| typed && matches!(b, b'"' | b'\'' | b'`'))?;
    let start = on.at + 1;
    let len = literal_len(&text[start..(start + LENS.end() + 10).min(text.len())], quote, false)?;
    let value = &text[start..start + len];
    // The key that Cypress presses at the end.
    let len = value.strip_suffix(b"{enter}").or_else(|| value.strip_suffix(b"{Enter}")).map_or(len, <[u8]>::len);
    Some(Value { span: start..start + len, quoted: true, closed: false, spaced: false })
}

/// Whether what a literal at `at` holds is a name, and its value follows: `"name": "…`, `"key": "…`.
fn is_told_name(text: &[u8], at: usize) -> bool {
    let front = text[at.saturating_sub(24)..at - 1].trim_ascii_end();
    let Some(front) = front.strip_suffix(b":") else { return false };
    let front = front.trim_ascii_end();
    [&b"\"name\""[..], b"\"key\"", b"\"Name\"", b"\"Key\"", b"\"variable\""].iter().any(|word| front.ends_with(word))
}

/// A quotation mark in an attribute of HTML.
const QUOTE_ENTITY: &[u8] = b"&quot;";

/// Length of a literal that the mark in front of `rest` opened; what is escaped in it belongs to it. `escaped`: the
/// literal stands in another one, so that a backslash is in front of its own marks.
fn literal_len(rest: &[u8], quote: u8, escaped: bool) -> Option<usize> {
    let mut at = 0;
    while let Some(&b) = rest.get(at) {
        match b {
            b'\n' => return None,
            b'\\' if escaped && rest.get(at + 1) == Some(&quote) => return Some(at),
            // `\\\"`: a mark that is escaped in both.
            b'\\' if escaped && rest[at..].starts_with(&[b'\\', b'\\', b'\\', quote]) => at += 4,
            // The end of a line or a tabulator is a part of a message, not of a password.
            b'\\' if matches!(rest.get(at + 1), Some(b'n' | b'r' | b't' | b'\n')) && quote != b'\'' => return None,
            // A path of Windows may end with it; in `'…\'` of SQL or PHP it escapes the mark.
            b'\\' => at += 2,
            // It is doubled in YAML and SQL.
            b'\'' if quote == b'\'' && at > 0 && rest.get(at + 1) == Some(&b'\'') => at += 2,
            b if b == quote => return if escaped { None } else { Some(at) },
            _ => at += 1,
        }
    }
    None
}

/// Whether `=` and the value follow without a blank.
fn on_one(text: &[u8], end: usize) -> bool {
    text.get(end) == Some(&b'=') && text.get(end + 1).is_some_and(u8::is_ascii_graphic)
}

/// The default value of a variable of Terraform, whose block opens at `open`, or the value of a parameter of Azure:
/// `"adminPassword": { "value": "…" }`.
fn default_of(text: &[u8], open: usize) -> Option<Value> {
    let block = &text[open..(open + REACH_BEFORE / 2).min(text.len())];
    let block = &block[..memchr::memchr(b'}', block).unwrap_or(block.len())];
    let first = block.iter().position(|b| !b.is_ascii_whitespace() && *b != b'{').unwrap_or(0);
    let at = match block[first..].strip_prefix(b"\"value\"") {
        Some(_) => first + 6,
        None => memchr::memmem::find(block, b"efault")? + 6,
    };
    let at = at + usize::from(block[at..].starts_with(b"\""));
    let blanks = block[at..].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'=' | b':')).count();
    let start = at + blanks;
    let value = block[start..].strip_prefix(b"\"")?;
    let len = value.iter().position(|&b| matches!(b, b'"' | b'\\' | b'\n'))?;
    let span = open + start + 1..open + start + 1 + len;
    (text[span.end] == b'"').then_some(Value { span, quoted: true, closed: false, spaced: false })
}

/// The default value in the lines below a name of YAML that are indented more: `Password:⏎  Default: …`. The name begins
/// at `name`, and its colon ends at `colon`.
fn default_below(text: &[u8], name: usize, colon: usize) -> Option<Value> {
    let line = memchr::memrchr(b'\n', &text[name.saturating_sub(GAP)..name])
        .map_or(name, |i| name.saturating_sub(GAP) + i + 1);
    let indent = name - line;
    let block = &text[colon..(colon + REACH_BEFORE / 2).min(text.len())];
    let mut at = memchr::memchr(b'\n', block)? + 1;
    for _ in 0..6 {
        let len = memchr::memchr(b'\n', &block[at..]).unwrap_or(block.len() - at);
        let row = &block[at..at + len];
        let blanks = row.iter().take_while(|&&b| b == b' ').count();
        let written = row[blanks..].trim_ascii_end();
        if blanks <= indent {
            return None;
        }
        if let Some(value) = written.strip_prefix(b"Default: ").or_else(|| written.strip_prefix(b"default: ")) {
            let start = colon + at + blanks + 9;
            let quote =
                value.first().filter(|b| matches!(b, b'"' | b'\'') && value.len() > 2 && value.last() == Some(b));
            let cut = usize::from(quote.is_some());
            let span = start + cut..start + value.len() - cut;
            return Some(Value { span, quoted: quote.is_some(), closed: true, spaced: false });
        }
        at += len + 1;
        if at >= block.len() {
            return None;
        }
    }
    None
}

/// How many bytes of `text`, which begins behind a name and a blank, only say that its value follows: `is `,
/// `for staging is `, `was changed to `. Zero when they say something else.
fn statement_len(text: &[u8]) -> usize {
    const VERBS: &[&[u8]] = &[
        b"is: ",
        b"is ",
        b"was ",
        b"set to ",
        b"changed to ",
        b"ist ",
        b"lautet ",
        b"est ",
        b"es ",
        b"jest ",
        "è ".as_bytes(),
        "é ".as_bytes(),
        "är ".as_bytes(),
        b"er ",
        b"on ",
    ];
    let line = &text[..text.len().min(GAP)];
    let line = &line[..line
        .iter()
        .position(|b| !b.is_ascii_alphanumeric() && !b" .-_'/:()".contains(b) && *b < 0x80)
        .unwrap_or(line.len())];
    // What it is for.
    let of = [
        &b"for "[..],
        b"of ",
        b"on ",
        b"to ",
        b"in ",
        b"at ",
        b"f\xc3\xbcr ",
        b"del ",
        b"de ",
        b"do ",
        b"da ",
        b"du ",
        b"pour ",
        b"van ",
        b"voor ",
        b"di ",
        b"della ",
        b"der ",
        b"von ",
        b"(",
    ]
    .iter()
    .any(|word| line.starts_with(word));
    let places = memchr::memchr_iter(b' ', line).map(|i| i + 1);
    let Some(at) = std::iter::once(0)
        .chain(places.filter(|_| of))
        .find(|&at| VERBS.iter().any(|verb| line[at..].starts_with(verb)))
    else {
        // `password for the panel: …`, `Heslo správce: …`.
        let named = |colon: &usize| {
            let words = &line[..*colon];
            let letters = |b: &u8| b.is_ascii_alphanumeric() || *b >= 0x80 || b" ()".contains(b);
            of || words.iter().all(letters) && words.split(|b| *b == b' ').count() <= 3
        };
        let colon = memchr::memmem::find(line, b": ").filter(named);
        return colon.map_or(0, |colon| colon + 2);
    };
    let mut at = at;
    for words in [VERBS, &[b"now ", b"still ", b"currently ", b"always ", b"changed ", b"set "], &[b"to "]] {
        at += words.iter().find(|word| line[at..].starts_with(word)).map_or(0, |word| word.len());
    }
    at
}

/// Whether a quotation mark opens a value. Behind the word of a sentence it does not: ``pass `strict=True` ``.
fn opens(separators: &[u8], blanks: usize, quote: u8, verb: bool) -> bool {
    match separators {
        b"" => blanks > 0 && quote != b'`' && !verb,
        b"(" => !verb,
        _ => true,
    }
}

/// A value without quotation marks, as configuration and command lines have them.
fn bare_value(text: &[u8], start: usize, name: &Range<usize>, separators: &[u8], option: bool) -> Option<Value> {
    let tag = separators == b">";
    // Entities are longer than what they say.
    let most = if tag { 2 * LENS.end() } else { LENS.end() + 2 };
    let rest = &text[start..(start + most).min(text.len())];
    let ends = |b: u8| b <= b' ' || matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>' | b';' | b',' | b')' | b'\\' | b'|');
    // `smtp_sasl_password_maps = static:user:…` of Postfix.
    let user = rest.strip_prefix(b"static:").and_then(|rest| memchr::memchr(b':', rest)).map_or(0, |i| 7 + i + 1);
    let (start, rest) = (start + user, &rest[user..]);
    // What ends a value elsewhere does not end the text of an element.
    let len = if tag { markup::text_len(rest) } else { rest.iter().position(|&b| ends(b)).unwrap_or(rest.len()) };
    let end = start + line_of_env(text, name, separators, start..start + len).unwrap_or(len);
    let value = Value { span: start..end, quoted: false, closed: false, spaced: separators.is_empty() };
    let next = text.get(end).copied();
    // What stands in front of the name on its line.
    let line = memchr::memrchr(b'\n', &text[name.start.saturating_sub(NAME)..name.start])
        .map_or(name.start.saturating_sub(NAME), |i| name.start.saturating_sub(NAME) + i + 1);
    let before = text[line..name.start].trim_ascii();
    if tag {
        // `<password>…<`, `<property name="connection.password">…</`.
        let element =
            before.ends_with(b"<") || memchr::memrchr(b'<', before).is_some() && text[end..].starts_with(b"</");
        return (next == Some(b'<') && element).then_some(Value { closed: true, ..value });
    }
    if option {
        let delimited = next.is_none_or(|b| b <= b' ' || matches!(b, b'"' | b'\'' | b'`' | b'\\' | b';' | b'|'));
        return (delimited && matches!(separators, b"" | b"=")).then_some(Value { closed: true, ..value });
    }
    // `Server=…;Uid=…;Password=…;`, `?user=…&password=…&`: one of several pairs.
    if separators == b"=" && (before.ends_with(b";") || before.ends_with(b"&") || before.ends_with(b"?")) {
        let span = match memchr::memchr(b'&', &text[start..end]) {
            Some(ampersand) if !before.ends_with(b";") => start..start + ampersand,
            _ => start..end,
        };
        return Some(Value { span, closed: true, ..value });
    }
    // `password=…&grant_type=password`: the first of several parameters.
    if separators == b"="
        && on_one(text, name.end)
        && let Some(ampersand) = memchr::memchr(b'&', &text[start..end])
        && is_parameter(&text[start + ampersand + 1..end])
    {
        return Some(Value { span: start..start + ampersand, closed: true, ..value });
    }
    // `docker run -e PASSWORD=… image`, `name=vpn password=… profile=x`: one of several settings of a line.
    let delimited = next.is_none_or(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'));
    let likely = |value: &[u8]| {
        chosen::is_mixed(value)
            || chosen::is_worded(value)
            || value.len() >= *LENS.start()
                && chosen::is_personal(value)
                && (value.iter().any(u8::is_ascii_digit) || opens_something(&text[name.clone()]))
            || !value.contains(&b'_') && chosen::is_passphrase(value.strip_suffix(b".").unwrap_or(value))
    };
    // `Zenit-Chempion`: words that begin with capitals, as no name in a sentence is written.
    let titled = |value: &[u8]| {
        let pieces = || value.split(|b| matches!(b, b'-' | b'_' | b'&' | b'!' | b'+' | b'.'));
        value.len() >= 10
            && pieces().count() == 2
            && pieces().all(|piece| {
                piece.len() >= 4 && piece[0].is_ascii_uppercase() && piece[1..].iter().all(u8::is_ascii_lowercase)
            })
            && chosen::is_personal(value)
    };
    // `username=ann,password=…,uid=1000`: options of a file system.
    if separators == b"="
        && before.ends_with(b",")
        && (delimited || next == Some(b','))
        && (likely(&text[start..end]) || titled(&text[start..end]))
    {
        return Some(Value { closed: true, ..value });
    }
    let last = before.rsplit(|&b| b == b' ').next().unwrap_or_default();
    let among = matches!(last, b"-e" | b"--env" | b"ENV" | b"--set" | b"--set-string")
        || memchr::memchr(b'=', last).is_some_and(|i| i > 0);
    if separators == b"=" && delimited && among && on_one(text, name.end) && likely(&text[start..end]) {
        return Some(Value { closed: true, ..value });
    }
    // `DB_PASSWORD=… ./run`: a variable of one command.
    let command = matches!(before, b"" | b"env" | b"export" | b"sudo" | b"exec" | b"$");
    let constant = !text[name.clone()].iter().any(u8::is_ascii_lowercase);
    if separators == b"=" && delimited && command && constant && on_one(text, name.end) && likely(&text[start..end]) {
        return Some(Value { closed: true, ..value });
    }
    // A line of configuration has nothing else on it.
    let rest = &text[end..text.len().min(end + GAP)];
    let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
    let ended = matches!(rest.get(blanks), None | Some(b'\n'))
        || blanks > 0 && (matches!(rest[blanks], b'#' | b';') || rest[blanks..].starts_with(b"\\\n"));
    // `export PASSWORD=…; command`.
    let ended = ended
        || separators == b"="
            && on_one(text, name.end)
            && (rest.starts_with(b"; ") || blanks > 0 && rest[blanks..].starts_with(b"&& "));
    // `Environment="PASSWORD=…"`, `echo 'password: …'`: a line of settings in quotation marks.
    let quote = name.start.checked_sub(1).map(|i| text[i]).filter(|b| matches!(b, b'"' | b'\''));
    if quote.is_some() && next == quote && !separators.is_empty() {
        return Some(Value { closed: true, ..value });
    }
    // `-e "PASSWORD=x(y)z"`: with marks that end a value elsewhere.
    if let Some(quote) = quote.filter(|_| separators == b"=" && on_one(text, name.end) && before.ends_with(b"-e \""))
        && let Some(len) = memchr::memchr(quote, &text[start..(start + LENS.end()).min(text.len())])
        && text[start..start + len].iter().all(u8::is_ascii_graphic)
    {
        return Some(Value { span: start..start + len, closed: true, ..value });
    }
    let words =
        [&b"${"[..], b"export", b"set", b"setx", b"env", b"ENV", b"ARG", b"-", b"-e", b"--env", b"- -", b"set -gx"];
    // A sentence or a comment: `vpn password: …`, `user: demo / pass: …`, `user is editor, pw …`.
    let told = match separators {
        b":" => value.span.start > name.end + 1 && !has_open_bracket(&text[line..name.start]),
        b"" => text[name.clone()].eq_ignore_ascii_case(b"pw") || is_told_to_use(text, name, before),
        _ => false,
    };
    let sentence = text[start..end].strip_suffix(b".").unwrap_or(&text[start..end]);
    let stated = told && !option && (likely(sentence) || separators == b":" && titled(sentence))
        // `giulia: password …`, `utente admin, pwd …`.
        || separators.is_empty()
            && (matches!(before.last(), Some(b':' | b',')) && text[..name.start].ends_with(b" ") || before.ends_with("，".as_bytes()))
            && (ended || next == Some(b','))
            && (chosen::is_worded(sentence) || chosen::is_personal(sentence))
            && sentence.iter().any(u8::is_ascii_digit)
            && sentence.iter().any(u8::is_ascii_uppercase);
    // A row of a table; without blanks, it may be one of many words to choose from.
    let row = separators == b"||" && before.starts_with(b"|") && ended
        || separators == b"|"
        && rest.get(blanks) == Some(&b'|')
        // `{{ .Values.password | b64enc | quote }}`.
        && memchr::memmem::find(before, b"{{").is_none()
        && (value.span.start > name.end + 1 || before.starts_with(b"|"));
    if stated || row {
        // What ends the sentence is no part of it.
        let end = end - usize::from(matches!(text[end - 1], b'.' | b':'));
        return Some(Value { span: start..end, closed: true, quoted: false, spaced: false });
    }
    // Keywords of Robot Framework, and commands of routers.
    let keyword = [&b"Input "[..], b"Fill ", b"username ", b"neighbor "].iter().any(|word| before.starts_with(word))
        && likely(&text[start..end]);
    let begun = before.is_empty() || words.contains(&before) || keyword;
    (ended && begun).then_some(Value { closed: separators != b"" || text[end..].is_empty() || begun, ..value })
}

/// Whether a bracket is open at the end of a text.
fn has_open_bracket(text: &[u8]) -> bool {
    memchr::memchr_iter(b'(', text).count() > memchr::memchr_iter(b')', text).count()
}

/// Whether a sentence says that a password is to be used, and which: `login as ann with password …`, `use password …`.
fn is_told_to_use(text: &[u8], name: &Range<usize>, before: &[u8]) -> bool {
    const NAMES: &[&[u8]] = &[b"password", b"passphrase", b"pass", b"pwd"];
    const FRONTS: &[&[u8]] = &[b"with", b"with the", b"use", b"Use", b"using", b"use the", b"and", b"and the"];
    let front = |word: &&[u8]| {
        before.strip_suffix(*word).is_some_and(|rest| rest.last().is_none_or(|b| !b.is_ascii_alphanumeric()))
    };
    NAMES.contains(&&text[name.clone()]) && text[..name.start].ends_with(b" ") && FRONTS.iter().any(front)
}

/// Whether the next parameter of an address or a form begins a text: `grant_type=…`.
fn is_parameter(text: &[u8]) -> bool {
    let name = text.iter().take_while(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-')).count();
    name >= 2 && text.get(name) == Some(&b'=')
}

/// The length of a value that is all the rest of a line of settings, where no shell reads it: `DB_PASSWORD=k7<Vt;93|hq`,
/// `password: k7;Vt|93hq`.
fn line_of_env(text: &[u8], name: &Range<usize>, separators: &[u8], first: Range<usize>) -> Option<usize> {
    // Most values end their lines.
    if !matches!(separators, b"=" | b":") || text.get(first.end).is_none_or(|&b| b <= b' ') {
        return None;
    }
    let line = memchr::memrchr(b'\n', &text[name.start.saturating_sub(NAME)..name.start])
        .map_or(name.start.saturating_sub(NAME), |i| name.start.saturating_sub(NAME) + i + 1);
    let own = &text[name.clone()];
    let constant = !own.iter().any(u8::is_ascii_lowercase);
    let begins = line == name.start && (line == 0 || text[line - 1] == b'\n');
    let of_env = begins && constant && separators == b"=" && first.start == name.end + 1;
    // What ends the statements and the items of a language ends no line of settings.
    let of_settings = |rest: &[u8]| {
        text[line..name.start].iter().all(|b| matches!(b, b' ' | b'-'))
            && !matches!(
                rest.last(),
                Some(b';' | b',' | b')' | b'}' | b']' | b'{' | b'(' | b'\\' | b'"' | b'\'' | b'`')
            )
            && !rest.iter().any(|b| matches!(b, b'(' | b'"' | b'\'' | b'`' | b'\\' | b'<' | b'>'))
    };
    let rest = &text[first.start..(first.start + LENS.end() + 2).min(text.len())];
    let rest = rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())].trim_ascii_end();
    let drawn = rest.iter().all(u8::is_ascii_graphic) && (of_env || of_settings(rest));
    (drawn && !matches!(rest, [b'"' | b'\'' | b'`', ..]) && chosen::is_drawn_with_marks(rest)).then_some(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rule::layout::PASSWORD_MARKS;

    fn found(text: &str) -> Option<(String, Confidence)> {
        let mark = PASSWORD_MARKS.iter().filter_map(|mark| memchr::memmem::find(text.as_bytes(), mark)).min()?;
        let candidate = at(text.as_bytes(), mark).ok()?;
        Some((text[candidate.span].to_owned(), candidate.confidence))
    }

    /// Put together here, so that no password stands in this file.
    fn mixed() -> String {
        ["gFb51yBM", "!", "a2rog"].concat()
    }

    #[test]
    fn words_alone_count_where_the_text_tells_what_they_open() {
        // Filled in here, so that no password stands in this file.
        let told = |text: &str, value: &str| found(&text.replace("{}", value)).map(|(_, confidence)| confidence);
        for (text, value) in [
            ("DB_PASS = \"{}\"", "marigoldfog"),
            ("mqttPassword: '{}',", "Kettle-Fog"),
            ("user = \"ann\"\npassword = \"{}\"\n", "tiger&maple"),
            ("FTP_PASSWD={} \\\n", "maplewren7"),
        ] {
            assert_eq!(told(text, value), Some(Confidence::Medium), "{text}");
        }
        for (text, value) in [
            ("\"username\": \"Benutzer\",\n\"forgotPassword\": \"{}\"", "Vergessen?"),
            ("username: Benutzer\npassword: \"{}\"\n", "Zugangswort"),
            ("username: \"Benutzer\"\npassword: \"{}\"\n", "Datenbankkennwort"),
            ("POSTGRES_USER: {}\nPOSTGRES_PASSWORD: \"{}\"", "marigold"),
            ("password = \"{}\"", "marigold"),
            ("words = [\"dbpwd\", \"{}\"]", "marigoldfog"),
        ] {
            assert_ne!(told(text, value), Some(Confidence::Medium), "{text}");
        }
    }

    #[test]
    fn settings_with_marks_and_blanks_in_their_values() {
        // Filled in here, so that no password stands in this file.
        for (text, value) in [
            ("db.pw=VALUE\n", "seabass1004!"),
            ("[smtp]\nuser = ann\npassword = \"\"\"VALUE\"\"\"\n", "Mail#Tiger#9"),
            ("docker run -e \"SA_PASSWORD=VALUE\" -d mssql", "Xk29(fjwq)!7z"),
            ("helm upgrade -i prom --set grafana.adminPassword=VALUE\n", "messfuehler"),
            ("export BORG_PASSPHRASE='VALUE'\n", "vier kleine Enten schwimmen"),
            ("MAIL_PASSWORD=\"VALUE\"\n", "Ratatouille 2031"),
            ("spring.mail.password=VALUE\n", "Mrm03355"),
            ("user: kasse\npwd: \"VALUE\"\n", "aptekar"),
            ("user `ann`, password `VALUE`.", "fgzh7xccenan"),
        ] {
            let text = text.replace("VALUE", value);
            assert_eq!(found(&text), Some((value.to_owned(), Confidence::Medium)), "{text}");
        }
        for text in [
            "user = helper.user\npassword = helper.dataStore\n",
            "user, pw = data.get('subscriber'), data.get('subscriber_phrase')",
            "database-password: {{ .Values.password | b64enc | quote }}",
            "GitAskPass = \"acme-git-ask-pass\"",
            "expires = password_expires.format('%Y-%m-%d %H:%M:%S')",
            "<string name=\"hint_wifi_password\">WLAN-Zugang</string>",
            "you can pass `strict2=True` instead",
        ] {
            assert_ne!(found(text).map(|(_, confidence)| confidence), Some(Confidence::Medium), "{text}");
        }
    }

    #[test]
    fn what_is_plainly_something_else_is_no_password() {
        for text in [
            "\"password-required\": \"Passwort ist erforderlich.\",",
            "\"password-required\": \"Has\u{142}o jest wymagane.\",",
            "\"secret_password\": \"Tajn\\u00e9\",",
            "\"en_PW\":\"\\u82f1\\u6587\"",
            "\"en_PW\":\"anglais4Palau\"",
            "<color name=\"password_strength_bar_ok\">#FFF8E71C</color>",
            "Client Password: https://docs.keytrail-demo.net/rfc6749#section-2.3.1",
            "$config['password_ldap_encodage'] = 'md5-crypt';",
            "DbPassword_Argon2Wren DbPassword = \"Argon2Wren\"",
            "if ($old_password || preg_match('/[\\x00-\\x1F\\x7F]/', $password)) {",
            "\"injectNpmUser\",\"injectNpmPassword\",\"injectNpm2FaToken\",",
            "'password' => 'crwdns781:0crwdne781:0',",
            "'passwordHasher' => 'BlowfishConstant',",
            "return fmt.Errorf(\"--ssh-signing-password requires --ssh-signing-key-file\")",
        ] {
            assert_ne!(found(text).map(|(_, confidence)| confidence), Some(Confidence::Medium), "{text}");
        }
        for text in ["\"password\": \"{}\"", "DbPassword = \"{}\"", "the password is {}\n"] {
            assert_eq!(found(&text.replace("{}", &mixed())), Some((mixed(), Confidence::Medium)), "{text}");
        }
    }

    #[test]
    fn passwords_in_the_forms_that_code_and_configuration_have() {
        for form in [
            "password = \"VALUE\"",
            "DB_PASSWORD=VALUE",
            "export PGPASSWORD='VALUE'",
            "\"password\": \"VALUE\",",
            "{\\\"password\\\":\\\"VALUE\\\"}",
            "  'PASSWORD': 'VALUE',",
            "    password: VALUE\n",
            "ossrhPassword=VALUE\nnext=1",
            "<password>VALUE</password>",
            "<add key=\"DbPassword\" value=\"VALUE\" />",
            "const char* password = \"VALUE\";",
            "let password: String = \"VALUE\".into();",
            "#define MQTT_PASSWORD  \"VALUE\"",
            "define('DB_PASSWORD', 'VALUE');",
            "ds.setPassword(\"VALUE\");",
            "if (req.body.password === 'VALUE') {",
            "String getPassword() {\n    return \"VALUE\";\n}",
            "def get_password(self):\n    return 'VALUE'\n",
            "fun password(): String = \"VALUE\"",
            "const password = () => 'VALUE';",
            "func dbPassword() string { return \"VALUE\" }",
            "passwordInput.sendKeys(\"VALUE\");",
            "find_element(By.ID, 'password-field').clear().send_keys('VALUE')",
            "page.getByLabel(/password/i).fill('VALUE')",
            "await userEvent.type(getByLabelText(/password/i), 'VALUE');",
            "fill_in 'Password', with: 'VALUE'",
            "fill_in :password, with: \"VALUE\"",
            "cy.get('[data-cy=password-input]').type('VALUE{enter}')",
            "await page.fill('input[name=password]', 'VALUE');",
            "Input Text    password_field    VALUE\n",
            "username ann password VALUE\n",
            "Login as ann with password VALUE\n",
            "use the password VALUE to open the vault\n",
            "Server=db;Uid=app;Pwd=VALUE;Pooling=true",
            "mysqldump --password=VALUE --all-databases",
            "tool --password VALUE list",
            "ENV ADMIN_PASS VALUE\n",
            "admin_password = VALUE # of the panel\n",
            "db_pass := \"VALUE\"",
            "password <- \"VALUE\"",
            "config.password ||= 'VALUE'",
            "password VALUE\n",
            "Environment=\"MQTT_PASSWORD=VALUE\"\n",
            "echo 'password: VALUE' >> notes.txt",
            "char pass[] = \"VALUE\";",
            "${PASSWORD}       VALUE\n",
            "bind_pw   = \"VALUE\"",
            "'password' => Hash::make('VALUE'),",
            "<key>APIPassword</key>\n  <string>VALUE</string>",
            "setpref('Internet','SMTP_Password','VALUE');",
            "await page.fill('input[name=\"password\"]', 'VALUE');",
            "passwordField.text = \"VALUE\"",
            "variable \"vm_password\" {\n  type    = string\n  default = \"VALUE\"\n}",
            "Dim Pwd As String = \"VALUE\"",
            ":Password: ``VALUE``",
            "**Password:** `VALUE`",
            "; vpn password: VALUE",
            "user is editor, pw VALUE\n",
            "user: demo / pass: VALUE\n",
            "| Password | VALUE |",
            "docker run -d -e POSTGRES_PASSWORD=VALUE -p 5432:5432 postgres",
            "add name=vpn-user password=VALUE profile=default",
            "Contrase\u{f1}a: `VALUE`",
            "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}: VALUE\n",
            "senha = \"VALUE\"",
            "<property name=\"connection.password\">VALUE</property>",
            "var dbPassword string = \"VALUE\"",
            "static DB_PASSWORD: &'static str = \"VALUE\";",
            "const dbPassword: string | undefined = 'VALUE';",
            "PASSWORD: Optional[str] = \"VALUE\"",
            "password: str = Field(default=\"VALUE\")",
            "public string Password { get; init; } = \"VALUE\";",
            "char password[32] = \"VALUE\";",
            "std::string password{\"VALUE\"};",
            "Private Const Password As String = \"VALUE\"",
            "Config { password: String::from(\"VALUE\") }",
            "mapOf(\"password\" to \"VALUE\")",
            "Map(\"password\" -> \"VALUE\")",
            "CREATE LOGIN x WITH PASSWORD = N'VALUE';",
            "[\"redis-server\", \"--requirepass\", \"VALUE\"]",
            "pw = os.environ.get('DB_PASSWORD') or 'VALUE'",
            "data=\"{&quot;password&quot;:&quot;VALUE&quot;}\"",
            "{\"key\": \"db_password\", \"value\": \"VALUE\"}",
            "<setting name=\"Password\" serializeAs=\"String\"><value>VALUE</value></setting>",
            "smtp_sasl_password_maps = static:user:VALUE\n",
            "export PGPASSWORD=VALUE; psql",
            "The password is VALUE\n",
            "buildConfigField \"String\", \"DB_PASSWORD\", \"\\\"VALUE\\\"\"",
            "pw: VALUE\n",
            "The password for staging was changed to VALUE last week\n",
            "password: **VALUE**\n",
            "密码：VALUE\n",
            "pass =   VALUE    ; do not share\n",
            "ENV DB_PASSWORD=VALUE DB_NAME=app\n",
            "password=VALUE&grant_type=password\n",
            "\"DBPassword\": {\n  \"NoEcho\": \"true\",\n  \"Default\": \"VALUE\"\n}",
            "DBPassword:\n  Type: String\n  Default: VALUE\n",
            "char *password = (char*)\"VALUE\";",
            "local password = [[VALUE]]",
            "\"Server=.;Password=\" + \"VALUE\" + \";\"",
            "<tr><td>DB password</td><td>VALUE</td></tr>",
            "<tr><td class=\"n\"><b>Password:</b></td>\n  <td class=\"v\"><code>VALUE</code></td></tr>",
            "<dt>Password</dt><dd>VALUE</dd>",
        ] {
            if form.contains("||=") {
                continue;
            }
            let text = form.replace("VALUE", &mixed());
            assert_eq!(found(&text), Some((mixed(), Confidence::Medium)), "{form}");
        }
    }

    /// Drawn of all that a keyboard has.
    fn drawn(rng: &mut rand::rngs::StdRng, len: usize) -> String {
        use rand::RngExt as _;
        (0..len).map(|_| char::from(rng.random_range(b'!'..=b'~'))).collect()
    }

    #[test]
    fn drawn_passwords_are_found_whole_with_all_marks() {
        use rand::SeedableRng as _;
        let escaped =
            |quote: char| move |value: &str| value.replace('\\', "\\\\").replace(quote, &format!("\\{quote}"));
        let doubled = |value: &str| value.replace('\'', "''");
        type Write = Box<dyn Fn(&str) -> String>;
        let forms: [(&str, Write); 6] = [
            ("DB_PASSWORD = \"VALUE\"", Box::new(escaped('"'))),
            ("String password = \"VALUE\";", Box::new(escaped('"'))),
            ("{\"password\": \"VALUE\"}", Box::new(escaped('"'))),
            ("$password = 'VALUE';", Box::new(escaped('\''))),
            ("password: 'VALUE'\n", Box::new(doubled)),
            ("DB_PASSWORD=VALUE\n", Box::new(|value: &str| value.replace(['"', '\'', '`'], "x"))),
        ];
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        for (form, write) in &forms {
            let whole = (0..300).filter(|i| {
                let value = write(&drawn(&mut rng, 12 + i % 21));
                found(&form.replace("VALUE", &value)) == Some((value, Confidence::Medium))
            });
            let whole = whole.count();
            assert!(whole >= 275, "{form}: {whole} of 300");
        }
    }

    #[test]
    fn drawn_values_of_secrets_are_found_whole() {
        use rand::SeedableRng as _;
        let mut rng = rand::rngs::StdRng::seed_from_u64(2);
        for form in ["app.config['SECRET_KEY'] = 'VALUE'", "client_secret: 'VALUE'", "session({ secret: 'VALUE' })"] {
            let whole = (0..200).filter(|i| {
                let value = drawn(&mut rng, 24 + i % 9).replace(['\'', '\\'], "x");
                let text = form.replace("VALUE", &value);
                let mark = text.to_ascii_lowercase().find("ecret").unwrap_or(0);
                secret_at(text.as_bytes(), mark).is_ok_and(|found| text[found.span] == value)
            });
            let whole = whole.count();
            assert!(whole >= 190, "{form}: {whole} of 200");
        }
        for form in
            ["secret: 'a sentence, with 1 mark or 2'", "client_secret: \"${CLIENT_SECRET_2}\"", "secretName = 'k7$'"]
        {
            assert!(secret_at(form.as_bytes(), form.find("ecret").unwrap_or(0)).is_err(), "{form}");
        }
    }

    #[test]
    fn passwords_in_groups_of_letters() {
        let groups = ["qzkx", "wvhj", "tbpq", "xkzm"].join(" ");
        let text = format!("GMAIL_APP_PASSWORD=\"{groups}\"");
        assert_eq!(found(&text), Some((groups, Confidence::Medium)));
        assert_eq!(found("APP_PASSWORD=\"abcd efgh ijkl mnop\""), None);
        assert_eq!(found("password: \"this that with them\""), None);
    }

    #[test]
    fn phrases() {
        let phrase = ["violet", "hammer", "ocean", "train"].join("-");
        for form in ["password = \"VALUE\"", "password: VALUE\n", "DB_PASSWORD=VALUE\n"] {
            let text = form.replace("VALUE", &phrase);
            assert_eq!(found(&text), Some((phrase.clone(), Confidence::Medium)), "{form}");
        }
        let name = phrase.replace('-', "_");
        assert_eq!(found(&format!("password = \"{name}\"")), Some((name.clone(), Confidence::Medium)));
        assert_eq!(found(&format!("password = {name}\n")), None);
    }

    #[test]
    fn numbers_of_no_order() {
        assert_eq!(found(&format!("char pass[] = \"{}\";", 83_516_924)).map(|f| f.1), Some(Confidence::Medium));
        assert_eq!(found("char pass[] = \"12345678\";"), None);
        assert_eq!(found("password = 83516924"), None);
    }

    #[test]
    fn names_words_and_references_are_none() {
        for text in [
            "password = getPassword()",
            "password: String,",
            "password = os.environ[\"DB_PASSWORD_2\"]",
            "DB_PASSWORD=${DB_PASSWORD}",
            "password: '********'",
            "passwordHint: \"first pet 1980\"",
            "password_hash = \"k7Vt93hqk7\"",
            "pwdPolicySubentry: cn=expirein10,ou=policies,dc=acme,dc=com",
            "decryptPassword(\"k7Vt93hqk7\")",
            // The base64 of `postgres` and of `redis`, each with the end of its line.
            "postgresql-password: \"cG9zdGdyZXMK\"",
            "redis-password: cmVkaXMK\n",
            "\"password\": \"Password1!\"",
            "type=\"password\" id=\"field12a\"",
            "password != \"k7Vt93hqk7\"",
            "pub Password: super::super::super::Win32::Foundation::UNICODE_STRING,",
            "\"AWS::Api::Password\": \"k7Vt93hqk7\"",
            "(one|llPassTouches|AxisAngle2Rot|ModifyLand)",
            "password: \"Must have 8+ characters\"",
            "password: \"ENC[PKCS7,k7Vt93hqk7]\"",
            "getPassword(user) { return \"k7Vt93hqk7\"; }",
            "getPassword() { return \"settings.value\"; }",
            "log in with password authentication\n",
            "security:hash-password 'App\\\\Entity\\\\User'",
            "pass",
            "bypass = 'k7Vt93hqk7'",
            "you can pass `strict=True2` or \"k7Vt93hqk7\" to it",
            "hwScaleFilterFirstPass = \"vpp_rkrga=format=bgra:afbc=1\"",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
        assert_eq!(found("pass  &analysisOfPass\n").map(|f| f.1), Some(Confidence::Low));
        let manual = format!("  * connect(user: \"a\", password: \"{}\")", mixed());
        assert_eq!(found(&manual).map(|f| f.1), Some(Confidence::Low));
        // A person may have chosen it, and so may a programmer have named something.
        assert_eq!(found("password = \"david1985\"").map(|f| f.1), Some(Confidence::Low));
        assert_eq!(found("password = \"label201985\"").map(|f| f.1), Some(Confidence::Low));
        assert_eq!(found("password = newInput1\n").map(|f| f.1), Some(Confidence::Low));
    }
}
