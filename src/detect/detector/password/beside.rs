//! What stands beside a password: the name of its user, its host, its database.

use std::ops::Range;

use super::{GAP, NAME};
use crate::detect::context::{REACH_AFTER, REACH_BEFORE};

/// Whether the same word stands beside a password: the user, the database or the program has that name, and who set it
/// up gave the password as well.
pub(super) fn is_named_beside(text: &[u8], value: &Range<usize>) -> bool {
    const FAR: usize = 160;
    let word = text[value.clone()].to_ascii_lowercase();
    let front = text[value.start.saturating_sub(FAR)..value.start].to_ascii_lowercase();
    let behind = text[value.end..(value.end + FAR).min(text.len())].to_ascii_lowercase();
    [front, behind].iter().any(|near| memchr::memmem::find(near, &word).is_some())
}

/// Whether the settings beside a password tell whose it is, or where it is asked for: a name of a user, a host, a login.
pub(super) fn has_account_beside(text: &[u8], name: &Range<usize>, value: &Range<usize>) -> bool {
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
                // `char ssid[] = "…"`.
                let name = name + if rest[name..].starts_with(b"[]") { 2 } else { 0 };
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
