//! Words and names that are passwords where the text beside them tells whose.

use super::is_address;
use super::phrase::NAMING;
use super::template::is_template;
use super::usual::{LIKED, USUAL, WITHIN, is_little_more, letter_meant};
use super::worded::NAMED;
use crate::detect::placeholder;
use crate::detect::within::{Within, automaton};

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

/// Whether a password is what people choose where nobody asks them for more: a word or a name, or a few of them, with a
/// number and marks or without (`tequila77`, `sunrise2004mia`, `marigold`, `Kettle-Fog`, `tiger&maple`). Programmers make
/// names of the same, so that it is to be asked where the text beside it tells whose password it is, of what is no
/// [usual](super::is_usual) one.
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
    // `authentication_string_is_locked`: names of errors, which have more words than people join.
    let identifier = || password.split(|b| *b == b'_').count() >= 4;
    // `kettle.On`: a name is made of such words, a phrase has one of them beside others.
    let named: usize = words().filter(|piece| naming(piece)).map(<[u8]>::len).sum();
    (named == 0 || named * 3 <= letters && letters - named >= 6)
        && !USED.any_in(password)
        && !USED.any_in(read.as_bytes())
        && !liked()
        && !pass()
        && !identifier()
        && !PROGRAMS.iter().any(|program| is_little_more(&lower, &lower, program))
        && different(password) >= 5
        && placeholder::reason(password).is_none()
}

/// What a password is called in other languages, without accents.
const CALLED: &[&str] = &[
    "parola",
    "senha",
    "heslo",
    "haslo",
    "contrasena",
    "wachtwoord",
    "kennwort",
    "passwort",
    "passord",
    "losenord",
    "salasana",
    "jelszo",
    "sifre",
    "rahasia",
];

/// Whether a password has a [usual](super::is_usual) word in it and was made to pass for one all the same, as people do
/// who set up a machine: `Admin@2020`, `letmein99`, `Qwerty12#`. To be asked where the text beside it tells whose
/// password it is. What manuals and tests have in that place is none: those words themselves, and `pass` or `secret`
/// with a number.
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
        let words = ["admin", "root", "toor", "pass", "secret"];
        let mut words = words.iter().chain(LIKED).chain(PROGRAMS).chain(CALLED);
        words.any(|word| text.starts_with(word) || text.ends_with(word))
    };
    let usual = (held(core) || held(&read)) && !password.iter().any(|b| matches!(b, b'_' | b'-'));
    // `P@ssw0rd2018`, `Oslo2015Passord`: a year is none of a manual's.
    let year = |group: &[u8]| group.len() == 4 && (group.starts_with(b"19") || group.starts_with(b"20"));
    let dated = password.iter().rev().take_while(|b| b.is_ascii_digit()).count() == 4
        || password.split(|b| !b.is_ascii_digit()).any(year);
    let feigned = ["pass", "secret"].iter().chain(CALLED).any(|word| lower.contains(word) || read.contains(word));
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

/// Whether it is a number with little beside it, or walks along the keyboard with a number: `5201314abc`, `a123456789`,
/// `zxcvbnm123`. So do those write who are asked for letters and digits and want nothing to remember. To be asked where
/// the text beside it tells whose password it is; shorter ones stand in every manual.
#[must_use]
pub fn is_number_or_walk(password: &[u8]) -> bool {
    let letters = password.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let digits = password.iter().filter(|b| b.is_ascii_digit()).count();
    let marks = password.len() - letters - digits;
    let small = password.iter().all(|b| !b.is_ascii_uppercase());
    let piece = |piece: &[u8]| {
        piece.len() >= 6
            && (placeholder::walks_the_keyboard(piece)
                || piece.len().is_multiple_of(2) && {
                    let (front, behind) = piece.split_at(piece.len() / 2);
                    front == behind
                })
    };
    let walks = || password.split(|b| !b.is_ascii_alphabetic()).any(piece) && letters <= 10;
    (10..=20).contains(&password.len())
        && letters >= 1
        && digits >= 2
        && small
        && marks <= 1
        && password.iter().all(|b| b.is_ascii_alphanumeric() || b"!@#$%&*".contains(b))
        && (letters <= 3 && digits >= 6 && !password.starts_with(b"0x") || walks())
        && different(password) >= 4
}

/// How many different bytes it has.
fn different(value: &[u8]) -> usize {
    let mut bytes = value.to_vec();
    bytes.sort_unstable();
    bytes.dedup();
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "kettle_string_is_locked",
            "string",
        ] {
            assert!(!is_personal(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn usual_words_that_were_made_into_passwords_are_told_from_those_of_manuals() {
        for value in [
            "Qwerty12#",
            "letmein99",
            "dragon@mq",
            "mapleroot99",
            "P@ssw0rd2018",
            "Toor4321",
            "P@rola2022",
            "Brno2015heslo",
        ] {
            assert!(is_weak(value.as_bytes()), "{value}");
        }
        for value in
            ["password1", "P@ssw0rd!", "secret123", "admin123", "test1234!", "user@2020", "${WORD12}", "dragon"]
        {
            assert!(!is_weak(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn numbers_and_walks_are_told_from_what_manuals_have() {
        for value in ["5201314abc", "a123456789", "zxcvbnm123", "rootroot99", "abc123456!"] {
            assert!(is_number_or_walk(value.as_bytes()), "{value}");
        }
        for value in ["qwerty12", "abc123", "1234567890", "0x1234567890", "a1111111111", "user12345678", "sha256hash"] {
            assert!(!is_number_or_walk(value.as_bytes()), "{value}");
        }
    }
}
