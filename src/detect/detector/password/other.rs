//! Values that are no passwords, whatever they look like: colours, messages, names of functions and of methods.

use std::ops::Range;

use super::GAP;
use super::forward::Forward;
use super::name::is_locale;
use crate::detect::chosen;
use crate::detect::context::REACH_AFTER;

/// Why a value is neither a password nor another secret, whatever it looks like.
pub(super) fn plainly_other(text: &[u8], name: &Range<usize>, span: &Range<usize>) -> Option<&'static str> {
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
    } else if is_type_of_graphql(text, name, value) {
        Some("it is the name of a type")
    } else {
        None
    }
}

/// `password: NonEmptyString!`: a field that may not be empty, in a schema of GraphQL.
fn is_type_of_graphql(text: &[u8], name: &Range<usize>, value: &[u8]) -> bool {
    let Some(kind) = value.strip_suffix(b"!") else { return false };
    text[name.end..].starts_with(b": ")
        && kind.first().is_some_and(u8::is_ascii_uppercase)
        && kind.iter().all(u8::is_ascii_alphanumeric)
        && [&b"String"[..], b"ID", b"Password", b"Secret", b"Input", b"Text", b"Hash"]
            .iter()
            .any(|it| kind.ends_with(it))
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

/// `#33ccaa`.
fn is_colour(value: &[u8]) -> bool {
    value.strip_prefix(b"#").is_some_and(|code| matches!(code.len(), 6 | 8) && code.iter().all(u8::is_ascii_hexdigit))
}

/// `md5-crypt`, `SSHA512`: how passwords are kept, which settings of them tell.
pub(super) fn is_method(value: &[u8]) -> bool {
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
        "scram",
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
pub(super) fn is_said_of(text: &[u8], name: &Range<usize>, span: &Range<usize>) -> bool {
    let between = &text[name.end.min(span.start)..span.start];
    let value = &text[span.clone()];
    let word = value.strip_suffix(b".").or_else(|| value.strip_suffix(b"!")).unwrap_or(value);
    between.first() == Some(&b' ')
        && between.iter().any(u8::is_ascii_alphabetic)
        && word.iter().all(u8::is_ascii_lowercase)
}

/// `cn=…,ou=…,dc=…`: an entry of LDAP, as `pwdPolicySubentry` names one. What is a value to others ends at its comma.
pub(super) fn is_distinguished_name(text: &[u8], span: &Range<usize>) -> bool {
    let begins = |text: &[u8]| {
        let name = text.iter().take(4).take_while(|b| b.is_ascii_alphabetic()).count();
        text.get(name) == Some(&b'=') && matches!(&text[..name], b"cn" | b"CN" | b"ou" | b"OU" | b"dc" | b"DC" | b"uid")
    };
    let rest = &text[span.start..(span.end + GAP).min(text.len())];
    let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
    begins(line) && line.split(|&b| b == b',').skip(1).any(|part| begins(part.trim_ascii_start()))
}
