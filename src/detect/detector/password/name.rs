//! Names of passwords: where one begins and ends, and what it says of its value.

use std::ops::Range;

use super::NAME;
use crate::detect::within::{Within, automaton};

/// Whether a name is that of something in a form, beside which a translation stands: `forgotPassword`.
pub(super) fn is_of_a_form(name: &[u8]) -> bool {
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

/// `en_PW`: what is spoken in Palau.
pub(super) fn is_locale(name: &[u8]) -> bool {
    matches!(name, [a, b, b'_' | b'-', b'P', b'W'] if a.is_ascii_lowercase() && b.is_ascii_lowercase())
}

/// Whether the name of a password tells what it opens: `DB_PASS`, `mqttPassword`, `keystorePass`.
pub(super) fn opens_something(name: &[u8]) -> bool {
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

/// `Contraseña`, `senha`, `пароль`, `hasło`: what settings and notes in other languages call a password.
pub(super) fn is_foreign(name: &[u8]) -> bool {
    let original = String::from_utf8_lossy(name);
    let name = original.to_lowercase();
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
    // `motDePasse`, `cKennwort`: as the end of a longer name.
    let ends = |word: &&str| word.len() >= 7 && last.ends_with(*word);
    // `dbHeslo`, `SmsSifre`: what begins with a capital is a word of its own. `palabraClave` is a word to search for.
    let capital = original.rfind(|c: char| c.is_uppercase()).filter(|at| {
        *at > 0
            && original.as_bytes()[at - 1].is_ascii_lowercase()
            && original.len() - at >= 5
            && original.is_char_boundary(*at)
    });
    let own =
        capital.map(|at| original[at..].to_lowercase()).filter(|word| !matches!(word.as_str(), "clave" | "passe"));
    if own.is_some_and(|own| WORDS.contains(&own.as_str())) {
        return true;
    }
    // `senhaAdmin`, `parol_admina`: the word, and what it opens.
    let begins = |word: &&str| {
        word.len() >= 5
            && name.strip_prefix(*word).is_some_and(|rest| {
                rest.starts_with('_') && rest.matches('_').count() == 1
                    || original.as_bytes().get(word.len()).is_some_and(u8::is_ascii_uppercase)
            })
    };
    WORDS.iter().any(begins) || WORDS.contains(&last) || WORDS.iter().any(ends) || last.ends_with("motdepasse")
}

/// The name of a field of a form without what kind of field it is: `passwordField`, `txtPassword`.
pub(super) fn without_widget(name: &[u8]) -> &[u8] {
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

pub(super) fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.') || b >= 0x80
}

/// The name that the mark is a part of.
pub(super) fn name_around(text: &[u8], mark: usize) -> Range<usize> {
    let before = text[..mark].iter().rev().take(NAME).take_while(|&&b| is_name_byte(b)).count();
    let after = text[mark..].iter().take(NAME).take_while(|&&b| b != b'.' && is_name_byte(b)).count();
    let colon = memchr::memmem::find(&text[mark..mark + after], WIDE_COLON);
    mark - before..mark + colon.unwrap_or(after)
}

/// The colon of Chinese and Japanese texts.
pub(super) const WIDE_COLON: &[u8] = "：".as_bytes();
