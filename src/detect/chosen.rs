//! Passwords that people chose: which of them are filled in later, which ones manuals and test set-ups have, and which
//! look like those that somebody uses.
//!
//! One place for this judgement, so that addresses, assignments and command lines are judged alike. Values that were
//! drawn by chance are the business of [`entropy`], and what stands where any key would is that of [`placeholder`].

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::within::{Within, automaton};
use super::{bigrams, entropy, placeholder};

/// Passwords that stand in manuals and test set-ups. Digits are read as the letters that they are written for.
const USUAL: &[&str] = &[
    "pw",
    "pwd",
    "user",
    "username",
    "test",
    "testing",
    "foo",
    "bar",
    "baz",
    "token",
    "key",
    "admin",
    "root",
    "postgres",
    "guest",
    "mysql",
    "redis",
    "mongo",
    "rabbitmq",
    "hunter2",
    "abc",
    "abc123",
    "123",
    "1234",
    "12345",
    "123456",
    "toor",
    "demo",
    "default",
    "none",
    "null",
    "api",
    "apikey",
    "word",
    "test123",
    "admin123",
    "minioadmin",
    // The password of archives of malware, and what GitHub takes for one beside a token.
    "infected",
    "x-oauth-basic",
    "anonymous",
    "sekrit",
];

/// What passwords of manuals and test set-ups have in them, and hardly any other one. Of letters alone, as digits and
/// marks are read as the letters that they are written for.
const WITHIN: &[&str] = &[
    "assword",
    "passwort",
    "passwd",
    "passphrase",
    "secret",
    "example",
    "changeme",
    "changeit",
    "mypass",
    "testpass",
    "xxx",
    "foobar",
    "barfoo",
    "dummy",
    "sample",
    "insert",
    "replace",
    "entery",
    "enter_",
    "enter-",
    "yourp",
    "testing",
    "correcthorse",
    "notreal",
    "pazzw",
    // Names of what goes with it.
    "token",
    "apikey",
    // What Crowdin puts in for a translation.
    "crwdn",
    // What translations say beside the field of a password.
    "kennwort",
    "wachtwoord",
    "contras",
    "senha",
    "heslo",
    "haslo",
    "parola",
    "salas",
    "jelsz",
    "slapta",
    "lykilor",
    "pasahitz",
    "katasandi",
    "nenosiri",
    "senord",
    "adgangskode",
    "passord",
    "lozinka",
    "palavra",
    "motdepass",
    "mot_de_pass",
];

/// Words that many people have in their passwords. Those who use them have more letters beside them.
const LIKED: &[&str] = &[
    "letmein", "qwerty", "welcome", "hello", "hunter", "abcde", "asdf", "monkey", "dragon", "iloveyou", "whatever",
    "secure",
];

/// Those of [`WITHIN`], those of [`LIKED`], and both.
static FEIGNED: Within = Within::new(|| automaton(WITHIN));
static LIKES: Within = Within::new(|| automaton(LIKED));
static COMMON: Within = Within::new(|| automaton(WITHIN.iter().chain(LIKED)));

/// Programs, which set-ups of theirs have as passwords.
const PROGRAMS: &[&str] = &[
    "wordpress",
    "nextcloud",
    "owncloud",
    "keycloak",
    "airflow",
    "grafana",
    "postgresql",
    "mariadb",
    "sonarqube",
    "jenkins",
    "gitlab",
    "github",
    "drupal",
    "joomla",
    "magento",
    "prestashop",
    "odoo",
    "openerp",
    "rabbitmq",
    "elastic",
    "elasticsearch",
    "kibana",
    "logstash",
    "influxdb",
    "zabbix",
    "openstack",
    "kubernetes",
    "docker",
    "laravel",
    "symfony",
    "django",
    "flask",
    "spring",
    "springboot",
    "tomcat",
    "oracle",
    "sqlserver",
    "strapi",
    "mattermost",
    "redmine",
    "metabase",
    "superset",
    "hasura",
    "directus",
    "consul",
    "bitnami",
    "homestead",
    "vagrant",
    "ubuntu",
    "debian",
    "centos",
    "raspberry",
    "hibernate",
    "android",
    "quarkus",
    "micronaut",
    "liquibase",
    "flyway",
    "mongodb",
    "cassandra",
    "clickhouse",
    "cockroach",
    "nodejs",
    "express",
    "nestjs",
    "prisma",
    "activemq",
    "artemis",
    "kafka",
    "zookeeper",
    "hadoop",
    "prestodb",
    "trino",
    "spark",
];

/// Whether something is filled in later: `${PASSWORD}`, `{{ pass }}`, `%s`, `***`, `[...]`, `:password`. So is what was
/// left out: `…`, as keytrail's own reports show a password.
///
/// Marks alone tell nothing, since those who draw passwords draw marks as well: `Xk29$fjwq!`. What is filled in has names
/// between its marks, and these follow their characters as words do.
#[must_use]
pub fn is_template(value: &[u8]) -> bool {
    let percent = || {
        value.iter().enumerate().any(|(i, &b)| {
            // `%s`, `%-10s` and `%{name}` of formats, `%NAME%` of Windows.
            let rest = &value[i + 1..];
            let digits = rest.iter().take_while(|b| b.is_ascii_digit() || **b == b'-').count();
            let format =
                matches!(rest.get(digits), Some(b's' | b'd' | b'v' | b'q' | b'r' | b'w' | b'i' | b'@' | b'(' | b'{'));
            let ends = rest.get(digits + 1).is_none_or(|b| !b.is_ascii_alphanumeric());
            b == b'%' && (rest.is_empty() && i == 0 || format && ends || rest.contains(&b'%') && !is_escaped(value))
        })
    };
    // A `$` at the end names nothing.
    let body = value.strip_suffix(b"$").filter(|body| !matches!(body.first(), None | Some(b'^'))).unwrap_or(value);
    let marked = body.iter().any(|b| matches!(b, b'$' | b'{' | b'}' | b'<' | b'>' | b'[' | b'('))
        || memchr::memmem::find(value, b"**").is_some()
        || memchr::memmem::find(value, b"..").is_some()
        || percent();
    // Encrypted, as Jasypt, Hiera and Maven write it.
    let sealed = [&b"ENC("[..], b"ENC["].iter().any(|mark| value.starts_with(mark))
        || value.starts_with(b"{") && value.ends_with(b"}");
    // `%Y-%m-%d`, as dates are written.
    let dates = value.windows(2).filter(|pair| pair[0] == b'%' && b"YymdHMSBbjIp".contains(&pair[1])).count() >= 3;
    // `#application.dbPass#` of ColdFusion.
    let inner = value.strip_prefix(b"#").and_then(|it| it.strip_suffix(b"#"));
    let hashes = inner.is_some_and(|name| {
        name.contains(&b'.') && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_'))
    });
    sealed
        || dates
        || hashes
        || memchr::memmem::find(value, "…".as_bytes()).is_some()
        || value.ends_with(b"...")
        || marked && (!is_drawn_with_marks(value) || is_expression(value) || has_reference(value))
}

/// Whether letters, digits and marks follow each other as they do neither in words nor in the expressions of a language.
///
/// Bits of surprise that 97 of 100 random values of eight to sixteen characters of all that a keyboard has exceed
/// (measured on 4,000 values of each length); of references to settings and calls with names in them, hardly one does.
#[must_use]
pub fn is_drawn_with_marks(value: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| value.iter().any(kind);
    value.len() >= 8
        && has(u8::is_ascii_alphabetic)
        && (has(u8::is_ascii_digit) || value.len() >= 12 && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase))
        && bigrams::surprise(value) >= if value.len() < 12 { 7.4 } else { 7.6 }
        || has_words_and_marks(value)
}

/// `acmeCorp#2021$prod`: words and a number between marks that no reference has, and a `$` behind them; or
/// `Tiger$maple2048`.
fn has_words_and_marks(value: &[u8]) -> bool {
    let Some(dollar) = memchr::memchr(b'$', value).filter(|&i| i >= 2) else { return false };
    let front = &value[..dollar];
    let behind = &value[dollar + 1..];
    let capital = usize::from(behind.first().is_some_and(u8::is_ascii_uppercase));
    let end = capital + behind[capital..].iter().take_while(|b| b.is_ascii_lowercase()).count();
    let digits = behind[end..].iter().take_while(|b| b.is_ascii_digit()).count();
    // `$1` of a replacement has one digit, and no word of four letters in front of it.
    let year = end == 0 && digits == 4 && dollar >= 4 && front.iter().filter(|b| b.is_ascii_alphabetic()).count() >= 4;
    // `3tl_Andes$2015`: no name of a variable begins with a digit.
    let led = front[0].is_ascii_digit() && front.iter().any(u8::is_ascii_uppercase);
    if (front[0].is_ascii_uppercase() || led)
        && (front[1..].iter().all(u8::is_ascii_lowercase) && end >= 3
            || front.iter().all(|b| b.is_ascii_alphanumeric() || led && *b == b'_') && year)
        && (if capital == 1 { 1..=4 } else { 2..=4 }).contains(&digits)
        && behind.len() - end - digits <= 1
    {
        return true;
    }
    dollar >= 6
        && !value.iter().any(|b| matches!(b, b'{' | b'}' | b'<' | b'>' | b'[' | b'(' | b'%' | b'/' | b':' | b'='))
        && behind.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'!' | b'#' | b'@' | b'*' | b'?'))
        && front.iter().filter(|b| b.is_ascii_digit()).count() >= 2
        && front.iter().any(|b| matches!(b, b'!' | b'#' | b'@' | b'*' | b'?' | b'&' | b'+' | b'^'))
        && is_mixed(front)
}

/// Whether a value has a name where something is put in for it, whatever stands beside it: `${NAME}`, `{{ name }}`,
/// `<name>`, `{name}`, `$NAME`.
fn has_reference(value: &[u8]) -> bool {
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b' ' | b':' | b'?');
    value.iter().enumerate().any(|(i, &open)| {
        let close = match open {
            b'{' => b'}',
            b'<' => b'>',
            b'[' => b']',
            b'(' => b')',
            b'%' => b'%',
            b'$' => return i == 0 && is_variable(&value[1..]),
            _ => return false,
        };
        let Some(len) = memchr::memchr(close, &value[i + 1..]) else { return false };
        let name = &value[i + 1..i + 1 + len];
        let rest = [&value[..i], &value[i + 2 + len..]].concat();
        let shell = i > 0 && matches!(value[i - 1], b'$' | b'#' | b'{' | b'@' | b'%') && matches!(open, b'{' | b'(');
        let letters = name.iter().filter(|b| b.is_ascii_alphabetic()).count();
        // What two marks of a random value have between them is no name, and what is beside it goes on as random.
        name.iter().all(|&b| is_name(b))
            && (shell && letters >= 2 || !is_mixed(&rest) && (letters >= 2 || name.is_empty() && open != b'%'))
            && !is_drawn(name)
    })
}

/// Whether it is the name of a variable and nothing else, or what follows one in an expression: `dbPass`, `user->pass`.
fn is_variable(text: &[u8]) -> bool {
    let name = text.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let rest = &text[name..];
    name >= 2
        && !text[0].is_ascii_digit()
        && (rest.is_empty() && !is_drawn(&text[..name])
            || [&b"->"[..], b"::", b"["].iter().any(|mark| rest.starts_with(mark)))
}

/// Whether it is a pattern that values are held against, whose marks surprise as much as those of a random value:
/// `^[a-zA-Z0-9]{8,}$`.
fn is_expression(value: &[u8]) -> bool {
    [
        &b"A-Z"[..],
        b"a-z",
        b"0-9",
        b"[^",
        b"[:",
        b"[\\",
        b"(?=",
        b"(?!",
        b"(?:",
        b"(?P",
        b"\\d",
        b"\\w",
        b"\\s",
        b".*",
        b".+",
        b"{8,",
        b"{6,",
    ]
    .iter()
    .any(|mark| memchr::memmem::find(value, mark).is_some())
}

/// Whether every `%` of a value begins an escape of an address: `%40`.
fn is_escaped(value: &[u8]) -> bool {
    memchr::memchr_iter(b'%', value)
        .all(|i| value.get(i + 1..i + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)))
}

/// Whether a password is one that manuals and test set-ups have, or no more than a word.
#[must_use]
pub fn is_usual(password: &[u8]) -> bool {
    let lower = String::from_utf8_lossy(password).to_ascii_lowercase();
    let read: String = lower.chars().map(letter_meant).collect();
    let varied = password.iter().any(|b| !b.is_ascii_alphabetic()) && password.iter().any(u8::is_ascii_alphabetic);
    USUAL.contains(&lower.as_str())
        || placeholder::reason(password).is_some()
        || FEIGNED.any_in(password)
        || FEIGNED.any_in(read.as_bytes()) && WITHIN.iter().any(|word| is_little_more(&lower, &read, word))
        || (LIKES.any_in(password) || LIKES.any_in(read.as_bytes()))
            && LIKED.iter().any(|word| [&lower, &read].into_iter().any(|text| is_little_more(&lower, text, word)))
        || ["pass", "admin", "test", "demo", "user", "root"].iter().any(|word| {
            // Who writes digits for letters has chosen a password, and mostly another word for it as well.
            lower.starts_with(word) || read.starts_with(word) && is_little_more(&lower, &read, word)
        })
        || lower.strip_prefix("key").is_some_and(|rest| !rest.bytes().any(|b| b.is_ascii_alphabetic()))
        // API_TOKEN, PASSWORD_2: the name of what belongs there.
        || !password.iter().any(u8::is_ascii_lowercase) && password.contains(&b'_')
        || !varied && !is_drawn(password)
        || password.len() < 6
        // `svc/orders/signing/2023`: where it is kept.
        || password.iter().filter(|b| **b == b'/').count() >= 2
            && password.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'/' | b'-' | b'_'))
            && password.split(|b| *b == b'/').all(|name| !is_drawn(name))
        // `/search?query=word`: an address without its host.
        || password[0] == b'/' && password.contains(&b'?') && password.contains(&b'=')
        || is_key_of_message(password)
        // `anthropic-key`: what is meant to stand there.
        || ["-key", "_key", ".key"].iter().any(|end| lower.ends_with(end))
            && !password.iter().any(u8::is_ascii_digit)
            && !is_drawn_with_marks(password)
        || is_validation(&lower)
        || is_sum_of_names(password)
}

/// Whether it is what PostgreSQL or MySQL keeps of a password, where statements take a password, too: `md5` and a digest,
/// `*` and one.
#[must_use]
pub fn is_digest_of_database(value: &[u8]) -> bool {
    let digest = match value.len() {
        35 => value.strip_prefix(b"md5"),
        41 => value.strip_prefix(b"*"),
        _ => None,
    };
    digest.is_some_and(|digest| digest.iter().all(u8::is_ascii_hexdigit))
}

/// Whether it is base64, and what is encoded was not drawn by chance: words, or a password that manuals have.
#[must_use]
pub fn is_base64_of_words(value: &[u8]) -> bool {
    if !value.len().is_multiple_of(4) {
        return false;
    }
    STANDARD.decode(value).is_ok_and(|text| {
        // What `echo` writes ends its line.
        let text = text.trim_ascii_end();
        let word = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'.' | b'_' | b'-' | b':' | b'/' | b'@' | b' ');
        text.iter().all(|b| b.is_ascii_graphic() || *b == b' ') && (text.iter().all(word) || is_usual(text))
    })
}

/// Whether a text is a word and little more: `welcome2019`, `dragon!`, and neither `sunset@dragon48` nor
/// `qwerty12#EDC29`. `read` is the text, or the letters that its characters are written for.
fn is_little_more(lower: &str, read: &str, word: &str) -> bool {
    read.find(word).is_some_and(|at| {
        let beside = || lower.bytes().enumerate().filter(|(i, _)| *i < at || *i >= at + word.len()).map(|(_, b)| b);
        let letters = beside().filter(u8::is_ascii_alphabetic).count();
        let digits = beside().filter(u8::is_ascii_digit).count();
        let count = beside().count();
        let mixed = letters >= 2 && digits >= 2 && letters + digits < count && count >= 8;
        let numbers = digits >= 5 && letters + digits + 2 <= count;
        // `Welcome@2022`: a year and a mark, which nobody adds for a manual.
        let dated = digits >= 4 && letters + digits < count && letters <= 4;
        !dated && (letters < 4 && !mixed && !numbers || letters == 4 && digits < 2)
    })
}

/// `request.Name+Value`: names of fields, and a mark that adds them up.
fn is_sum_of_names(password: &[u8]) -> bool {
    password.contains(&b'.')
        && password.contains(&b'+')
        && password
            .split(|b| matches!(b, b'.' | b'+'))
            .all(|name| name.len() >= 2 && name.iter().all(u8::is_ascii_alphabetic))
        && !is_drawn_with_marks(password)
}

/// `policy.mod.not.allowed`: what a message is looked up by.
fn is_key_of_message(password: &[u8]) -> bool {
    password.split(|b| *b == b'.').count() >= 3
        && password.split(|b| *b == b'.').all(|word| word.len() >= 2 && word.iter().all(u8::is_ascii_lowercase))
}

/// `required|string|min:8`: what a framework asks of a password.
fn is_validation(lower: &str) -> bool {
    let is_rule = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part
                .split([':', ','])
                .next()
                .is_some_and(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
    };
    lower.contains('|') && lower.split('|').all(is_rule)
}

/// Whether letters, or letters and digits, follow each other as in no word and no name: they were drawn by chance.
///
/// Bits of surprise that 95 of 100 random values of eight to ten characters exceed, and names with a number in them do
/// not (measured on 4,000 values of each alphabet: 6.4 to 6.7 for small letters and digits, 7.3 for both cases, 5.5 for
/// small letters, and 5.8 for half of the 1,560 identifiers with digits in a sample of public projects).
#[must_use]
pub fn is_drawn(value: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| value.iter().any(kind);
    if value.len() < 8 || !value.iter().all(u8::is_ascii_alphanumeric) || value.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let least = match (has(u8::is_ascii_digit), has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase)) {
        (true, _) => 6.5,
        (false, true) => 7.0,
        // Words of letters alone have to be long to be told from abbreviations.
        (false, false) if value.len() >= 12 => 6.2,
        (false, false) => return false,
    };
    bigrams::surprise(value) >= least
}

/// The letter that a digit or mark is written for: `p@ssw0rd`.
fn letter_meant(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// Words that names have behind or in front of a number, and passwords hardly ever.
const NAMED: &[&str] = &[
    "sha",
    "utf",
    "base",
    "int",
    "uint",
    "float",
    "aes",
    "rsa",
    "ecdsa",
    "secp",
    "win",
    "crc",
    "blake",
    "hmac",
    "ipv",
    "field",
    "input",
    "label",
    "text",
    "string",
    "str",
    "param",
    "arg",
    "value",
    "val",
    "var",
    "name",
    "key",
    "token",
    "step",
    "page",
    "line",
    "row",
    "col",
    "column",
    "item",
    "index",
    "button",
    "form",
    "error",
    "code",
    "version",
    "log",
    "auth",
    "oauth",
    "web",
    "http",
    "level",
    "type",
    "option",
    "section",
    "group",
    "node",
    "id",
    "hash",
    "pwd",
    "pass",
    "identifier",
    "keyword",
    "module",
    "block",
    "point",
    "size",
    "length",
    "min",
    "max",
    "char",
    "chars",
    "digit",
    "digits",
    "new",
    "old",
];

/// Whether a password is one that a person made of words, as people do where letters, digits and marks are asked for:
/// words with a number behind them (`Winter_tiger4821`, `winter-tiger-maple48`, `tiger48!`), words with a mark that no
/// name has and a digit (`Tiger@2048`), or words with digits for some of their letters (`m4ple_tiger`).
///
/// Names end with one digit, if at all, or are of words that such names have; a year or a number of more than one
/// figure in a place where nothing but a password stands is none of a name. To be asked where the text says that a
/// password stands, of what is no [usual](is_usual) one.
#[must_use]
pub fn is_worded(password: &[u8]) -> bool {
    let joins = |b: &u8| matches!(b, b'_' | b'-' | b'.');
    let marks = |b: &u8| matches!(b, b'@' | b'!' | b'#' | b'$' | b'%' | b'&' | b'*' | b'?');
    let letters = password.iter().filter(|b| b.is_ascii_alphabetic()).count();
    if !(8..=40).contains(&password.len())
        || letters < 4 && !is_year_ended(password)
        || !password[0].is_ascii_alphanumeric()
        || !password.iter().all(|b| b.is_ascii_alphanumeric() || joins(b) || marks(b))
        || is_address(password)
    {
        return false;
    }
    let pieces = || password.split(|b| !b.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty());
    let marked = password.iter().filter(|b| marks(b)).count();
    let named = pieces().any(|piece| {
        let word = piece.iter().rposition(u8::is_ascii_alphabetic).map_or(&piece[..0], |end| &piece[..=end]);
        let word = &word[word.iter().rposition(u8::is_ascii_digit).map_or(0, |at| at + 1)..];
        // `InputFieldLabel`: the last word of several.
        let last = word.iter().skip(1).rposition(u8::is_ascii_uppercase).map_or(word, |at| &word[at + 1..]);
        NAMED.iter().any(|name| last.eq_ignore_ascii_case(name.as_bytes()))
    });
    let end = password.len() - password.iter().rev().take_while(|b| marks(b)).count();
    let digits = password[..end].iter().rev().take_while(|b| b.is_ascii_digit()).count();
    // `HTTPServer2024`: names of types have more capitals.
    let capitals = password.iter().filter(|b| b.is_ascii_uppercase()).count() <= 3;
    let has_word = |least: usize| password.split(|b| !b.is_ascii_alphabetic()).any(|word| word.len() >= least);
    // `david1985`: so may a programmer have named something.
    let long = marked > 0 || password.len() >= 10 || password.iter().any(u8::is_ascii_uppercase);
    let numbered = (2..=6).contains(&digits) && end - digits >= 5 && has_word(3) && capitals && long;
    let beside = marked >= 1 && password.len() - end <= 3 && password.iter().any(u8::is_ascii_digit) && has_word(3);
    // `Coatrack80mm`: and a unit, or the start of another word.
    let behind = password.iter().rev().take_while(|b| b.is_ascii_lowercase()).count();
    let front = &password[..password.len() - behind];
    let amid = front.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let word = &front[..front.len() - amid];
    let measured = (1..=3).contains(&behind)
        && (2..=4).contains(&amid)
        && word.len() >= 5
        && word.iter().all(u8::is_ascii_alphabetic)
        && word[0].is_ascii_uppercase();
    numbered && (!named || marked > 0)
        || measured && !named && capitals
        || beside
        || !named && capitals && (is_leet(password) || is_year_ended(password))
}

/// Whether a password is what people choose where nobody asks them for more: a word or a name, or a few of them, with a
/// number and marks or without (`tequila77`, `sunrise2004mia`, `marigold`, `Kettle-Fog`, `tiger&maple`). Programmers make
/// names of the same, so that it is to be asked where the text beside it tells whose password it is, of what is no
/// [usual](is_usual) one.
#[must_use]
pub fn is_personal(password: &[u8]) -> bool {
    let letters = password.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let digits = password.iter().filter(|b| b.is_ascii_digit()).count();
    let marks = password.len() - letters - digits;
    let formed = (6..=32).contains(&password.len())
        && letters >= 4
        && marks <= 3
        && password[0].is_ascii_alphanumeric()
        && password.iter().all(|b| b.is_ascii_alphanumeric() || b"._-!&#*+,@?".contains(b))
        && password.iter().any(u8::is_ascii_lowercase);
    if !formed || is_address(password) {
        return false;
    }
    let pieces = || password.split(|b| !b.is_ascii_alphabetic());
    let lower = String::from_utf8_lossy(password).to_ascii_lowercase();
    let naming = |piece: &[u8]| {
        let piece = String::from_utf8_lossy(piece).to_ascii_lowercase();
        let listed =
            |word: &str| NAMING.contains(&format!(" {word} ")) || NAMED.contains(&word) || USUAL.contains(&word);
        piece.len() >= 2 && (listed(&piece) || piece.len() > 4 && piece.strip_suffix('s').is_some_and(listed))
    };
    let read: String = lower.chars().map(letter_meant).collect();
    static USED: Within = Within::new(|| automaton(WITHIN.iter().chain(&["admin", "testuser", "demouser", "testdb"])));
    let liked = || {
        let words = || LIKED.iter().chain(&["test", "demo", "root"]);
        lower.ends_with("test")
            || pieces().any(|piece| [&b"test"[..], b"demo", b"root"].iter().any(|it| piece.eq_ignore_ascii_case(it)))
            || [&lower, &read].into_iter().any(|text| words().any(|word| is_little_more(&lower, text, word)))
    };
    // `dbpass1`, and not `youshallnotpass`.
    let ends = || ["_pass", "-pass", ".pass", "_key", "-key", ".key"].iter().any(|word| lower.ends_with(word));
    let pass = || lower.contains("pwd") || ends() || lower.contains("pass") && letters < 12;
    let words = || pieces().flat_map(|piece| piece.chunk_by(|_, next| !next.is_ascii_uppercase()));
    // `kettle.On`: a name is made of such words, a phrase has one of them beside others.
    let named: usize = words().filter(|piece| naming(piece)).map(<[u8]>::len).sum();
    (named == 0 || named * 3 <= letters && letters - named >= 6)
        && !USED.any_in(password)
        && !USED.any_in(read.as_bytes())
        && !liked()
        && !pass()
        && !PROGRAMS.iter().any(|program| is_little_more(&lower, &lower, program))
        && !bytes_repeat(password)
        && placeholder::reason(password).is_none()
}

/// Whether a password has a [usual](is_usual) word in it and was made to pass for one all the same, as people do who set
/// up a machine: `Admin@2020`, `letmein99`, `Qwerty12#`. To be asked where the text beside it tells whose password it is.
/// What manuals and tests have in that place is none: those words themselves, and `pass` or `secret` with a number.
#[must_use]
pub fn is_weak(password: &[u8]) -> bool {
    const MANUALS: &[&str] = &[
        "example", "changeme", "change", "dummy", "sample", "xxx", "foo", "bar", "your", "replace", "insert", "token",
        "api", "test", "demo", "fake", "mock", "_key", "-key", "key_", "key-", "mykey", "user", "1234", "abc123",
        "admin123",
    ];
    let lower = String::from_utf8_lossy(password).to_ascii_lowercase();
    let read: String = lower.chars().map(letter_meant).collect();
    let is_mark = |b: &u8| b"!@#$%&*+?".contains(b);
    let letters = password.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let digits = password.iter().filter(|b| b.is_ascii_digit()).count();
    // What names have as well joins nothing, and stands in front of no usual word.
    let core = lower.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
    let held = |text: &str| {
        ["admin", "root", "toor", "pass", "secret"].iter().any(|word| text.starts_with(word) || text.ends_with(word))
            || LIKED.iter().chain(PROGRAMS).any(|word| text.starts_with(word) || text.ends_with(word))
    };
    let usual = (held(core) || held(&read)) && !password.iter().any(|b| matches!(b, b'_' | b'-'));
    // `P@ssw0rd2018`: a year is none of a manual's.
    let dated = password.iter().rev().take_while(|b| b.is_ascii_digit()).count() == 4;
    let feigned = ["pass", "secret"].iter().any(|word| lower.contains(word) || read.contains(word));
    (8..=24).contains(&password.len())
        && letters >= 4
        && (digits >= 2 || password.iter().any(is_mark))
        && password[0].is_ascii_alphanumeric()
        && password.iter().any(u8::is_ascii_lowercase)
        && password.iter().all(|b| b.is_ascii_alphanumeric() || is_mark(b) || *b == b'.')
        && usual
        && (!feigned || dated)
        && !MANUALS.iter().any(|word| lower.contains(word))
        && !is_template(password)
        && !is_address(password)
        && placeholder::reason(password).is_none()
}

/// Words of which people make secrets that tokens and sessions are signed with, without which nothing is left of those
/// that manuals have: `mySuperSecretKey`. Longer ones first, so that none is left in pieces.
const FILLERS: &[&str] = &[
    "authentication",
    "authorization",
    "application",
    "credentials",
    "encryption",
    "jsonwebtoken",
    "production",
    "characters",
    "development",
    "signature",
    "password",
    "security",
    "webtoken",
    "signing",
    "private",
    "session",
    "default",
    "express",
    "backend",
    "refresh",
    "nobody",
    "random",
    "secret",
    "secure",
    "string",
    "cookie",
    "access",
    "server",
    "please",
    "strong",
    "client",
    "should",
    "really",
    "256bit",
    "super",
    "shhhh",
    "token",
    "nodejs",
    "local",
    "knows",
    "using",
    "extra",
    "value",
    "hs256",
    "hs512",
    "auth",
    "hash",
    "hmac",
    "json",
    "keys",
    "long",
    "pass",
    "safe",
    "shhh",
    "sign",
    "that",
    "this",
    "very",
    "with",
    "node",
    "prod",
    "more",
    "than",
    "must",
    "have",
    "jwt",
    "key",
    "app",
    "web",
    "for",
    "the",
    "and",
    "top",
    "not",
    "dev",
    "bit",
    "shh",
    "my",
    "is",
];

/// What stands in manuals where such a secret would, and is filled in later.
const FILLED_IN: &[&str] = &[
    "your",
    "change",
    "example",
    "placeholder",
    "replace",
    "insert",
    "dummy",
    "sample",
    "test",
    "demo",
    "fake",
    "xxx",
    "todo",
    "foo",
    "keyboard cat",
    "keyboardcat",
    "here",
    "config",
    "process.",
    "env",
    "undefined",
    "12345",
    "abcde",
    "qwerty",
    "lorem",
];

/// Whether a secret for signatures is made of words and has something of its own among them, so that somebody chose it:
/// `thisIsMySecretKeyOfTheBakery`, `tulip-elephant-7`, and neither `mySuperSecretKey` nor `your-256-bit-secret`. To
/// be asked where the text says that such a secret stands.
#[must_use]
pub fn is_worded_secret(value: &[u8]) -> bool {
    let lower = String::from_utf8_lossy(value).to_ascii_lowercase();
    let read: String = lower.chars().map(|c: char| if c.is_ascii_digit() { letter_meant(c) } else { c }).collect();
    let own = |text: &str| {
        let rest = FILLERS.iter().fold(text.to_owned(), |rest, word| rest.replace(word, " "));
        rest.split(|c: char| !c.is_ascii_alphanumeric()).filter(|piece| piece.len() >= 4).map(str::len).sum::<usize>()
    };
    // `pref_session_secret`: what joins the words of names joins those of others when they are many.
    let joined = value.iter().any(|b| matches!(b, b'_' | b'.'));
    let name = value.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-' | b'.'))
        && value.len() < if joined { 26 } else { 18 };
    (16..=100).contains(&value.len())
        && value.iter().all(|b| b.is_ascii_graphic() || *b == b' ')
        && !value.iter().any(|b| b"<>{}()[]/\\:;=".contains(b))
        && !name
        && !FILLED_IN.iter().any(|word| lower.contains(word))
        && own(&lower) >= 4
        && own(&read) >= 4
        && !is_template(value)
        && !is_address(value)
        && !is_key_of_message(value)
        // `JWT_SIGNING_KEY_V2`: the name of a constant.
        && value.iter().any(u8::is_ascii_lowercase)
}

/// Whether it has fewer than five different bytes.
fn bytes_repeat(value: &[u8]) -> bool {
    let mut bytes = value.to_vec();
    bytes.sort_unstable();
    bytes.dedup();
    bytes.len() < 5
}

/// Whether a word and a year, or as many digits, have an ending: `Tiger2024.`, `tiger4821-db`, `maple2048@pw`. Names of
/// types and versions have none, or a longer one.
fn is_year_ended(password: &[u8]) -> bool {
    let ending = password.iter().rev().take_while(|b| b.is_ascii_lowercase()).count();
    let Some((mark, front)) = password[..password.len() - ending].split_last() else { return false };
    let word = front.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let least = if front.first().is_some_and(u8::is_ascii_uppercase) && ending == 0 { 3 } else { 5 };
    matches!(ending, 0 | 2 | 3)
        && (matches!(mark, b'_' | b'-' | b'.') || *mark == b'@' && ending > 0)
        && word >= least
        && front.len() == word + 4
        && front[word..].iter().all(u8::is_ascii_digit)
        && front[1..word].iter().all(u8::is_ascii_lowercase)
}

/// Words of which programmers make names, labels and messages, and of which sentences are made. A phrase with one of
/// them may be any of these.
const NAMING: &str = " \
    a about above access account action add admin after all also and any api app application are area argon array as \
    asset async at auth aws azure back backend backup bad bar base batch bcrypt be been before below between bin \
    blank block body bold bool boolean border both bottom box branch bucket build but button by cache call can \
    cannot card case cell cert certificate change channel char characters check child cipher class clear cleartext \
    click client close cloud cluster code col color column command commit common compare component config \
    configuration confirm confirmation connect connection console container content context control controller \
    convert cookie copy core corner could count create created cred credential credentials creds crypto current \
    custom dark dashboard data database date day decrypt decryption default delete demo deploy deployment dev \
    developer development device dialog did digest digits dir directory disable disabled display do docker document \
    does domain double down drop dummy east edit else email empty enable enabled encrypt encrypted encryption end \
    endpoint engine enter entry env environment error event example execute exist exists expired external fail \
    failed failure fake false field file filter find first fix fixture flag flow folder font footer for forgot \
    forgotten form format found frame from front frontend full function gateway generate get given global go grant \
    grid group handle handler has hash hashed have he header height hello help here hidden hide high hint home hook \
    host how html http icon ident identifier identity if image import in incorrect index info inline inner input \
    insert inside instance int integer integration interface internal into invalid io is issue it item its job json \
    keep key keys kube label last layout left len length letters level lib library light line link list load loading \
    local lock log login logout long loop low mail main make manager manual map margin mark mask masked master match \
    max may md5 me menu message meta method middle migration min mismatch missing mock modal mode model module \
    monitor more msg multi must my name namespace navigation need network new next no node none north not note \
    nothing null nullable number numbers numeric object of off old once one only open operation operator option \
    optional options or order other our out outer outline output over overflow override owner pack package padding \
    page pair panel param parent parse part partial path pattern pending permission phone pid place plain plaintext \
    platform please plugin point policy pool port position post prefix preview previous primary print private \
    process prod product production profile project prompt prop property provider proxy public pull push put query \
    queue random read ready record redirect ref refresh region register registry release remember remote remove \
    render repeat replace repo repository request required reset resource response restart result retry return right \
    role root rotate rotation rounded route router row rule run runner safe salt same save schema scope screen \
    script scroll search second section secured security select selector send sent server service session set \
    setting settings setup sha shared shell short should show side sign signing signup single site size small so \
    some sort source south space spec special stack stage staging start state static status step sticky stop storage \
    store stored string strings strong style sub submit success suffix support switch symbols sync system tab table \
    tag target task team temp template temporary tenant term test tests text than that the their them theme then \
    there thick thin this thread time timeout title to toggle token too tool toolbar top total trigger true two type \
    undefined under unique unit unknown unset up update upgrade upload url us use used user username using valid \
    validate validation validator value var varchar variable vault verify version very view virtual visible wait \
    warning was we weak web webhook were west when where which while who whole widget width will window with within \
    without word work worker wrapper write wrong your zone ";

/// Whether a password is a phrase: four words or more that a mark joins, and of which no name, label or message is made
/// (`violet-hammer-ocean-train`). To be asked where the text says that a password stands, and where no name of a
/// program can stand.
#[must_use]
pub fn is_passphrase(password: &[u8]) -> bool {
    let Some(&mark) = password.iter().find(|b| !b.is_ascii_alphabetic()) else { return false };
    if !(18..=64).contains(&password.len()) || !matches!(mark, b'-' | b'_') {
        return false;
    }
    // A number among the words stands for one of them.
    let is_number = |piece: &&[u8]| piece.len() <= 4 && piece.iter().all(u8::is_ascii_digit);
    let numbers = password.split(|b| *b == mark).filter(is_number).count();
    let written = || password.split(|b| *b == mark).filter(|piece| !is_number(piece));
    let words: Vec<String> = written().map(|word| String::from_utf8_lossy(word).to_ascii_lowercase()).collect();
    // The case of names of types and of constants is another one: `HTTPHeader-…`, `USER_LOGIN`.
    let cased = written().all(|word| (3..=10).contains(&word.len()) && word[1..].iter().all(u8::is_ascii_lowercase));
    let naming = |word: &str| {
        let word = [" ", word, " "].concat();
        let plural = word.strip_suffix("s ").map(|one| [one, " "].concat());
        NAMING.contains(&word) || plural.is_some_and(|one| NAMING.contains(&one))
    };
    let mut different = words.clone();
    different.sort_unstable();
    different.dedup();
    let joined = words.concat();
    cased
        && numbers <= 1
        && different.len() + numbers >= 4
        && words.len() == different.len()
        && words.iter().all(|word| word.bytes().all(|b| b.is_ascii_lowercase()))
        && !words.iter().any(|word| naming(word) || NAMED.contains(&word.as_str()) || USUAL.contains(&word.as_str()))
        && !COMMON.any_in(joined.as_bytes())
        && placeholder::reason(password).is_none()
}

/// Whether a password is some words with blanks between them, of which no message of a program is made.
#[must_use]
pub fn is_sentence(password: &[u8]) -> bool {
    let words = || password.split(|b| *b == b' ');
    let naming = |word: &&[u8]| {
        let word = String::from_utf8_lossy(word).trim_matches([',', '!', '.']).to_ascii_lowercase();
        NAMING.contains(&format!(" {word} ")) || NAMED.contains(&word.as_str())
    };
    let count = words().count();
    // Letters in groups of as many are none.
    let first = words().next().map_or(0, <[u8]>::len);
    (12..=64).contains(&password.len())
        // A word and a number, or more words.
        && ((3..=10).contains(&count)
            || count == 2 && words().any(|word| word.len() >= 2 && word.iter().all(u8::is_ascii_digit)))
        && words().all(|word| {
            !word.is_empty() && word.len() <= 14 && word.iter().all(|b| b.is_ascii_alphanumeric() || b",!'".contains(b))
        })
        && words().any(|word| word.len() != first)
        && words().filter(naming).count() * 3 <= count
        && !COMMON.any_in(password)
        && placeholder::reason(password).is_none()
}

/// `ann@example.com2`, `name@1.2`: an address, or a version of something.
fn is_address(value: &[u8]) -> bool {
    memchr::memchr(b'@', value).is_some_and(|at| value[at..].contains(&b'.')) || is_host(value)
}

/// `api.acme.com`: the name of a host, by the ending that most have.
fn is_host(value: &[u8]) -> bool {
    const ENDINGS: &[&[u8]] = &[b"com", b"org", b"net", b"io", b"dev", b"local", b"lan", b"internal"];
    let label = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-');
    let ending = value.rsplit(|b| *b == b'.').next().unwrap_or_default();
    ending.len() < value.len() && ENDINGS.contains(&ending) && value.iter().all(label)
}

/// Whether words have digits for some of their letters: `m4ple_tiger`, and not `k8s-node`, `log4j_config`, `x2y`.
fn is_leet(value: &[u8]) -> bool {
    value.split(|b| !b.is_ascii_alphanumeric()).any(|piece| {
        let within = |i: usize| {
            i > 0
                && i + 1 < piece.len()
                // `render2FaSettings`: a word begins.
                && !(piece[i - 1].is_ascii_lowercase() && piece[i + 1].is_ascii_uppercase())
                && matches!(piece[i], b'0' | b'1' | b'3' | b'4' | b'5' | b'7')
                && piece[i - 1].is_ascii_alphabetic()
                && piece[i + 1].is_ascii_alphabetic()
        };
        let digits = piece.iter().filter(|b| b.is_ascii_digit()).count();
        let first = (0..piece.len()).find(|&i| within(i)).unwrap_or(0);
        // What numbers a word in front of it, or stands behind the letter of a kind.
        let numbers = NAMED.iter().any(|name| piece[..first].eq_ignore_ascii_case(name.as_bytes()));
        let inner = (0..piece.len()).filter(|&i| within(i)).count();
        let groups = piece.split(|b| !b.is_ascii_digit()).filter(|group| !group.is_empty()).count();
        let meant =
            piece.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'0' | b'1' | b'3' | b'4' | b'5' | b'7'));
        // `v1beta1`, `k8s`, `h264dec`: the letter of a kind.
        let kind = |letters: &[u8]| first == 1 && letters.contains(&(piece[0] | 0x20));
        let single = kind(b"vx") || kind(b"kph") && piece.len() < 6;
        // No name begins with a digit.
        let leads = piece.len() >= 6
            && matches!(piece[0], b'0' | b'1' | b'3' | b'4')
            && piece[1..].iter().all(u8::is_ascii_alphabetic)
            && piece[1] | 0x20 != b'x';
        let letters = piece.iter().filter(|b| b.is_ascii_alphabetic()).count();
        let amid = piece.len() >= 5 && inner >= 1 && !numbers && !single && letters >= 3;
        leads
            || amid && (inner >= 2 && digits <= inner + 2 || groups >= 2 && meant)
            || amid && meant && matches!(piece[first], b'0' | b'3' | b'4')
    })
}

/// Whether a password has the mixture of characters that people and their programs give to those they use, and that
/// names and words with a number do not have: characters of three kinds that change three times, or letters and digits
/// in no order.
#[must_use]
pub fn is_mixed(password: &[u8]) -> bool {
    let kind = |b: u8| match b {
        b if b.is_ascii_lowercase() => 0,
        b if b.is_ascii_uppercase() => 1,
        b if b.is_ascii_digit() => 2,
        b'_' | b'-' | b'.' | b'/' | b':' => 4,
        _ => 3,
    };
    // What joins words says nothing.
    let mut kinds: Vec<u8> = password.iter().map(|&b| kind(b)).filter(|kind| *kind < 4).collect();
    let changes = kinds.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let digits = kinds.iter().filter(|kind| **kind == 2).count();
    let marked = kinds.contains(&3);
    kinds.sort_unstable();
    kinds.dedup();
    match kinds.len() {
        3.. => changes >= if marked { 3 } else { 4 },
        2 if marked => changes >= 4 && digits > 0,
        2 if digits >= 2 && changes >= 4 => true,
        2 if password.len() >= 16 && entropy::looks_random(password) => true,
        1 | 2 => is_drawn(password),
        _ => false,
    }
}

/// Whether a password is drawn by chance, or of mixed characters, and no digest or address of a part of a manual: nobody
/// makes up such a one for a manual.
#[must_use]
pub fn is_of_someone(password: &[u8]) -> bool {
    let digits = password.strip_prefix(b"0x").unwrap_or(password);
    let digest = (digits.len() < password.len() || digits.len() >= 32) && digits.iter().all(u8::is_ascii_hexdigit);
    let address = password.iter().any(|b| matches!(b, b'/' | b'[' | b'\\'));
    // `HttpSecurity#formLogin`: names of programs have no digits.
    let mixed = is_mixed(password) && password.iter().any(u8::is_ascii_digit);
    !digest && !address && password.len() >= 8 && (mixed || is_drawn(password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_makes_up_for_a_manual_is_known() {
        for password in ["Feuerwand!99", "k8JPa3HHdGOY", "OmH4rMA1VE"] {
            assert!(is_of_someone(password.as_bytes()), "{password}");
        }
        let others =
            ["sunflower", "0x70170db9ab2baad7ca", "form.adoc#servlet-Form[Userna", "HttpSecurity#formLogin", "Ab1!"];
        for password in others {
            assert!(!is_of_someone(password.as_bytes()), "{password}");
        }
    }

    #[test]
    fn what_is_filled_in_later_is_known() {
        for value in
            ["%s", "%-10s", "%(password)s", "%DB_PASS%", "${PASS}", "{{ pass }}", "********", "<pass>", "pa..rd"]
        {
            assert!(is_template(value.as_bytes()), "{value}");
        }
        for value in [
            "$DB_PASS",
            "$dbPassword1",
            "$this->password2",
            "{{ .Values.password }}",
            "user-$ENVIRONMENT-x1",
            "#{settings.password}",
            "$(cat /run/secrets/db1)",
            "{user}:{pw}",
            "Vec<u8>",
            "config[:password1]",
            "^[a-zA-Z0-9]{8,}$",
            "ENC(H2bGc4EiebJwmoR9)",
            "{cm9vdDpwYXNz9Q==}",
        ] {
            assert!(is_template(value.as_bytes()), "{value}");
        }
        for value in ["a%1hi9aQ", "k7*Vt93", "x%40y%2Fz", "Tr0ub4dor&3"] {
            assert!(!is_template(value.as_bytes()), "{value}");
        }
        // Marks that a drawn password has, each put into one.
        for mark in ["$", "{", "}", "<", ">", "[", "(", "**", "..", "<7j>", "$9f$", "{q9}", "%fj%8", "#3$"] {
            let value = ["Xk29", mark, "fjwq!"].concat();
            assert!(!is_template(value.as_bytes()), "{value}");
            assert!(!is_template([mark, "Xk29", "fjwq!"].concat().as_bytes()), "{mark} in front");
        }
        assert!(!is_template(["acmeCorp", "#2021", "$prod"].concat().as_bytes()));
        assert!(!is_template(["Maple", "$1987"].concat().as_bytes()));
        assert!(!is_template(["Waffle", "$Hague1"].concat().as_bytes()));
        assert!(!is_template(["3tl_Andes", "$2015"].concat().as_bytes()));
        assert!(is_template(b"Maple$1") && is_template(b"user$12") && is_template(b"#application.dbPass1#"));
    }

    #[test]
    fn hardly_any_drawn_password_is_taken_for_a_template() {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        let drawn = (0..2000).filter(|i| {
            let value: Vec<u8> = (0..12 + i % 21).map(|_| rng.random_range(b'!'..=b'~')).collect();
            !is_template(&value) && !is_usual(&value) && is_mixed(&value)
        });
        let drawn = drawn.count();
        assert!(drawn >= 1900, "{drawn}");
    }

    #[test]
    fn words_with_a_number_are_told_from_names() {
        for value in ["Winter_tiger4821", "Coatrack80mm", "Sunsetfalcon77", "Maple-river2019!"] {
            assert!(is_worded(value.as_bytes()) && !is_usual(value.as_bytes()), "{value}");
        }
        for value in ["Maple1987.", "Ivy2013_", "maplewood8261-pw", "tigerlily3630@db", "orchid7843.bg"] {
            assert!(is_worded(value.as_bytes()) && !is_usual(value.as_bytes()), "{value}");
        }
        for value in ["node2018-lts", "maple2048-linux", "ivy2013_", "Web2024-rc", "maple204-db"] {
            assert!(!is_year_ended(value.as_bytes()), "{value}");
        }
        for value in ["maple48!", "Tiger@2048", "winter-tiger-maple48", "m4ple_tiger", "0rchid_tiger", "tigermaple07$"]
        {
            let value = value.as_bytes();
            assert!(is_worded(value) && !is_usual(value) && !is_template(value), "{}", String::from_utf8_lossy(value));
        }
        for value in ["k8s-node", "log4j_config", "v1beta1", "identifier12", "ann@corp.net2", "tiger", "i18n_keys"] {
            assert!(!is_worded(value.as_bytes()), "{value}");
        }
        for value in ["newPass1", "vm_name_12", "InputFieldLabel12", "UTF8Name", "Hello1"] {
            assert!(!is_worded(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_people_choose_is_told_from_names() {
        for value in [
            "tequila77",
            "marigold",
            "kurosawa7",
            "sunrise2004mia",
            "trinity.7neo",
            "Kettle-Fog",
            "tiger&maple",
            "coldBrew",
            "kitten",
            "kettle.On",
            "youshallnotpass",
            "demonhelmet",
        ] {
            assert!(is_personal(value.as_bytes()), "{value}");
        }
        for value in [
            "password1",
            "new_value12",
            "userInput12",
            "changeme99",
            "database",
            "aaaaaaa1",
            "tiger",
            "testing12",
            "db-credentials",
            "config.password",
            "KETTLE_FOG",
            "ann@corp.net",
            "login.keytrail-demo.net",
            "ConvertTo-SecureString",
            "user.getPin",
            "render2FaSettings",
            "testuser12",
            "bookshelf-test",
            "sentinel_specific_pass",
            "string",
        ] {
            assert!(!is_personal(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn usual_words_that_were_made_into_passwords_are_told_from_those_of_manuals() {
        for value in ["Qwerty12#", "letmein99", "dragon@mq", "mapleroot99", "P@ssw0rd2018", "Toor4321"] {
            assert!(is_weak(value.as_bytes()), "{value}");
        }
        for value in
            ["password1", "P@ssw0rd!", "secret123", "admin123", "test1234!", "user@2020", "${WORD12}", "dragon"]
        {
            assert!(!is_weak(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn secrets_made_of_words_are_told_from_those_of_manuals() {
        for words in [
            &["This", "Is", "The", "Secret", "Key", "Of", "The", "Bakery"][..],
            &["keyboard", "-elephant", "-7"],
            &["my", "super", "secret", "shop", "key", "7"],
        ] {
            assert!(is_worded_secret(words.concat().as_bytes()), "{words:?}");
        }
        for value in [
            "mySuperSecretJwtKey",
            "your-256-bit-secret",
            "this-is-a-very-long-secret",
            "ChangeThisSecretKeyInProduction",
            "config.jwt.signing.secret",
            "JWT_SIGNING_KEY_OF_BAKERY",
            "keyboard cat keyboard cat",
            "application-credentials",
            "pref_session_secret",
        ] {
            assert!(!is_worded_secret(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn phrases_are_told_from_names_and_messages() {
        for words in [["violet", "hammer", "ocean", "train"], ["Copper", "Kettle", "Morning", "Fog"]] {
            assert!(
                is_passphrase(words.join("-").as_bytes()) && is_passphrase(words.join("_").as_bytes()),
                "{words:?}"
            );
            assert!(!is_passphrase(words.concat().as_bytes()) && !is_passphrase(words[..3].join("-").as_bytes()));
        }
        for value in [
            "correct-horse-battery-staple",
            "login-form-password-input",
            "the-cat-is-green",
            "KETTLE-COPPER-FOG-MORNING",
            "copper-kettle_morning-fog",
            "copper-copper-copper-copper",
            "wrong-user-or-password",
            "copper-kettle-morning-buttons",
        ] {
            assert!(!is_passphrase(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn sentences_that_people_choose_are_told_from_messages() {
        for words in [&["vier", "kleine", "Enten", "schwimmen"][..], &["popkorn", "i", "cola"]] {
            assert!(is_sentence(words.join(" ").as_bytes()), "{words:?}");
        }
        for value in ["Enter the user and password", "must not be empty", "two words", "the value is not set"] {
            assert!(!is_sentence(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_everybody_chooses_is_known() {
        for value in [
            "P@ssw0rd123",
            "Admin123!",
            "dragon202!",
            "Welcome2019",
            "hunter2",
            "S3cr3t!x",
            "test1234",
            "changeme1",
            "Qwerty!2",
        ] {
            assert!(is_usual(value.as_bytes()), "{value}");
        }
        for value in ["k7Vt-93hq", "gFb51yBM!a2rog", "x9!kfQ#2", "Sunset@dragon4821!", "hunter2falcon", "Welcome@2021"]
        {
            assert!(!is_usual(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_was_drawn_is_told_from_words() {
        for value in ["qk3xwzvthp", "hx9vqbtz", "JqWzkXvBtd", "xkqjvwzphtmb"] {
            assert!(is_drawn(value.as_bytes()) && !is_usual(value.as_bytes()), "{value}");
        }
        for value in
            ["david1985", "summer2019", "mysql5712", "getUserName", "correcthorsebattery", "20190412", "abcdefg"]
        {
            assert!(!is_drawn(value.as_bytes()), "{value}");
        }
        for value in
            ["required|string|min:8|confirmed", "sometimes|between:6,20", "request.Foo+Bar", "policy.not.allowed"]
        {
            assert!(is_usual(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn mixtures_are_told_from_names() {
        for value in ["gFb51yBM!a2rog", "Tr0ub4dor&3", "x9!kfQ#2", "1f0c3a77", "kqH8kQrP%s3u54"] {
            assert!(is_mixed(value.as_bytes()), "{value}");
        }
        for value in [
            "newPass1",
            "user1.input",
            "some-name-2",
            "david1985",
            "Hello1",
            "auth.step2.label",
            "UTF8Name",
            "planner.ts:535-751",
        ] {
            assert!(!is_mixed(value.as_bytes()), "{value}");
        }
    }
}
