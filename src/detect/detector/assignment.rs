//! Random values that are assigned to a name which says that it holds a secret: `api_key = "…"`.

use std::ops::Range;

use super::super::chosen;
use super::super::context::{self, Before, NameSays, name_says};
use super::super::placeholder;
use super::{Candidate, ends_as_value};
use crate::finding::Confidence;

/// Judges a value that looks random by the name in front of it.
///
/// # Errors
/// Why it is no candidate.
pub fn judge(text: &[u8], before: &Before<'_>, value: Range<usize>) -> Result<Candidate, &'static str> {
    let bytes = &text[value.clone()];
    if !before.assigned && !before.name.starts_with(b"-") && before.name.is_empty() {
        return Err("it looks random, but is not assigned to a name");
    }
    if before.is_checksum(text) {
        return Err("the name in front says that it is a checksum");
    }
    let says = [before.name, before.outer].into_iter().any(|name| name_says(name) == NameSays::Secret);
    let said = says
        || before.is_key_of_query(text)
        || before.assigned
            && !before.name.is_empty()
            && (before.is_constant_key() && !is_uuid(bytes)
                || before.name.eq_ignore_ascii_case(b"api")
                || before.quoted && before.name.eq_ignore_ascii_case(b"key") && has_secret_beside(text, value.end)
                || context::under_secrets(text, value.start)
                || !is_uuid(bytes) && before.is_key_variable(text, value.start)
                || is_drawn_like_a_key(bytes) && before.is_variable(text, value.start));
    if !said {
        return Err("it looks random, but the name in front does not say that it is a secret");
    }
    if !ends_as_value(text, value.end) {
        return Err("it is a call, a reference or a piece of something longer");
    }
    if names_a_member(text, &value) {
        return Err("it names what follows it");
    }
    if let Some(reason) = placeholder::reason(bytes) {
        return Err(reason);
    }
    if context::under_encrypted(text, value.start) {
        return Err("it is encrypted, as the name of its block says");
    }
    if is_public_vapid_key(before.name, bytes) {
        return Err("it is the public key that browsers know a server by");
    }
    if before.name.eq_ignore_ascii_case(b"token") && context::under_signature(text, value.start) {
        return Err("it is what the signature beside it signs");
    }
    if before.name.eq_ignore_ascii_case(b"signingkey") && is_id_of_openpgp_key(bytes) {
        return Err("it is the id of the key that git signs with");
    }
    if is_object_id(bytes) && names_an_owner(before.name) {
        return Err("it is the id of an entry of a database");
    }
    if is_algorithm(bytes) {
        return Err("it is the name of an algorithm");
    }
    if is_uuid(bytes) && names_one_request(before.name) {
        return Err("it is a UUID that tells one request from others");
    }
    if is_uuid(bytes) && is_made_a_uuid(text, value.start) {
        return Err("it is a UUID that a call makes one of, which nobody does with a secret");
    }
    if is_digest_of_inventory(text, &value) {
        return Err("the name of a hash function stands beside it: a digest");
    }
    if !before.quoted && is_in_list_of_digests(text, &value) {
        return Err("it stands in a list of checksums");
    }
    // The key of Azure's emulator, which its documentation tells, and every installation has.
    let near = &text[value.start.saturating_sub(64)..value.start];
    if bytes.ends_with(b"==") && memchr::memmem::find(near, b"devstoreaccount1").is_some() {
        return Err("it is the key that every storage emulator has");
    }
    // `token = crypto.randomBytes16`: a reference, which an unquoted value with dots is.
    if !before.quoted && bytes.contains(&b'.') && bytes.iter().filter(|b| b.is_ascii_digit()).count() < 4 {
        return Err("it is not quoted and has dots, as a reference to something else has");
    }
    // `"https://host/name.git", "…"`: the commit that a lock file holds a dependency at.
    if before.quoted && bytes.len() == 40 && text[..value.start].ends_with(b".git\", \"") {
        return Err("it is the id of a commit, behind the address of a repository");
    }
    // A module of WebAssembly, a picture, a page or a font, in base64.
    if [&b"AGFzbQ"[..], b"iVBORw0KGgo", b"R0lGOD", b"JVBERi0", b"d09GR", b"d09GM"]
        .iter()
        .any(|magic| bytes.starts_with(magic))
    {
        return Err("it is the base64 of a file");
    }
    // Jenkins asks for what it keeps under a name or a UUID.
    let quote = value.start - usize::from(before.quoted);
    if before.quoted && text[..quote].ends_with(b"credentials(") {
        return Err("it names credentials that are kept elsewhere");
    }
    if bytes.len() == 20
        && (bytes.starts_with(b"AKIA") || bytes.starts_with(b"ASIA"))
        && !bytes.iter().any(u8::is_ascii_lowercase)
    {
        return Err("it is the id of an access key of AWS, which a rule of its own finds");
    }
    // What counts visitors, in every page that does.
    if memchr::memmem::find(near, b"data-cf-beacon").is_some() {
        return Err("it is the public token of a counter of visitors");
    }
    // What Mapbox calls a public token: it stands in every page with a map.
    if bytes.starts_with(b"pk.eyJ") {
        return Err("it is a public token of Mapbox");
    }
    if is_search_key_of_pages(text, &value) {
        return Err("it is the key with which every page of a site searches it");
    }
    if is_said_to_be_a_digest(text, &value) {
        return Err("a comment says what it is the digest of");
    }
    if is_path(bytes) || !before.quoted && text[..value.start].ends_with(b"< ") {
        return Err("it is the path of a file");
    }
    // What Sealed Secrets writes: the length of a wrapped key of 2,048 or 4,096 bits, and what that key encrypts.
    if bytes.len() > 160 && bytes.starts_with(b"Ag") {
        return Err("it is encrypted for a cluster, as a sealed secret");
    }
    // What Google Cloud KMS writes: a field of 36 or 37 bytes that begins with a zero names the version of its key.
    // What AWS KMS writes begins with the version of its form and the name of its key.
    if bytes.len() >= 80 && [&b"CiQA"[..], b"CiUA", b"AQICAH", b"AQECAH"].iter().any(|begin| bytes.starts_with(begin)) {
        return Err("it is encrypted by a key management service");
    }
    if names_parts(bytes) {
        return Err("it is made of words that hyphens join");
    }
    if !before.quoted && is_constant_beside(before.name, bytes) {
        return Err("it is a constant that is named like the one it is assigned to");
    }
    if context::is_deciphered(text, &value) {
        return Err("it is encrypted, and deciphered here");
    }
    if chosen::is_base64_of_words(bytes) {
        return Err("it is the base64 of a usual word or a name");
    }
    // Identifiers of a language are neither quoted nor alone on their lines, and hardly one has several digits.
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let alone = digits >= 2 && text.get(value.end).is_none_or(|b| matches!(b, b'\n' | b'\r' | b'<' | b' ' | b'&'));
    // `proxy_set_header X-Internal-Token …;` of nginx.
    let header = text[..before.start].ends_with(b"_set_header ") && text.get(value.end) == Some(&b';');
    let given = before.assigned || before.quoted || header || alone && before.is_announced(text);
    let sure = given
        && !context::is_in_manual(text, value.start)
        && (bytes.len() >= 20 || before.quoted || alone && before.assigned);
    Ok(Candidate::new(value, if sure { Confidence::Medium } else { Confidence::Low }))
}

/// `#define UART_TOKEN0_M (UART_TOKEN0_V << …)`: whether a value is a name in capitals that begins as the name in front does.
fn is_constant_beside(name: &[u8], value: &[u8]) -> bool {
    /// Letters that two names begin with alike, where they have that in common.
    const ALIKE: usize = 8;
    value.contains(&b'_')
        && value.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
        && name.iter().zip(value).take_while(|(a, b)| a == b).count() >= ALIKE
}

/// Whether a value is the public half of the keys that messages to browsers are signed with: a point on P-256 that is not
/// compressed, in base64 (RFC 8292, 3.2). The private half has 43 characters.
fn is_public_vapid_key(name: &[u8], value: &[u8]) -> bool {
    value.len() == 87 && value[0] == b'B' && memchr::memmem::find(&name.to_ascii_lowercase(), b"vapid").is_some()
}

/// Whether a quoted value is the key of a member of an object: `{ "wayToGetApiUrl": "…" }`.
fn names_a_member(text: &[u8], value: &Range<usize>) -> bool {
    /// How far the member before is, in bytes.
    const FAR: usize = 64;
    let [quote @ (b'"' | b'\''), rest @ ..] = &text[value.end..] else { return false };
    rest.iter().find(|b| !matches!(b, b' ' | b'\t')) == Some(&b':')
        && text[..value.start].strip_suffix(&[*quote]).is_some_and(|front| {
            matches!(front[front.len().saturating_sub(FAR)..].trim_ascii_end().last(), Some(b'{' | b','))
        })
}

/// Whether a secret follows a key of an object, so that both are what signs in: `"key": "VALUE", "secret": "…"`.
fn has_secret_beside(text: &[u8], end: usize) -> bool {
    let Some(rest) = text.get(end + 1..(end + 40).min(text.len())) else { return false };
    let Some(rest) = rest.trim_ascii_start().strip_prefix(b",") else { return false };
    let rest = rest.trim_ascii_start();
    [&b"\"secret\""[..], b"'secret'", b"secret:", b"secret ="].iter().any(|name| rest.starts_with(name))
}

/// Whether a random value is of letters of both cases and digits, as long as keys are, and of no other form that looks drawn by
/// chance: addresses of cryptocurrencies, contents of IPFS, ids of Google's documents and of channels.
fn is_drawn_like_a_key(value: &[u8]) -> bool {
    let count = |class: fn(&u8) -> bool| value.iter().filter(|b| class(b)).count();
    let base58 = || !value.iter().any(|b| matches!(b, b'0' | b'O' | b'I' | b'l' | b'-' | b'_'));
    let first = value.first().copied().unwrap_or_default();
    (24..=72).contains(&value.len())
        && value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        && count(u8::is_ascii_lowercase) >= 4
        && count(u8::is_ascii_uppercase) >= 4
        && count(u8::is_ascii_digit) >= 2
        && !(matches!(value.len(), 42..=46) && base58())
        && !(matches!(value.len(), 26..=35) && matches!(first, b'1' | b'3') && base58())
        && !(matches!(value.len(), 33 | 44) && first == b'1')
        && ![&b"PL"[..], b"UC", b"Qm", b"6L"].iter().any(|mark| value.starts_with(mark))
        && !is_prefixed_id(value)
}

/// `price_…`, `thread_…`, `org-…`: ids whose kind stands in front, unless that says that they are keys.
fn is_prefixed_id(value: &[u8]) -> bool {
    const KEYS: &[&[u8]] = &[b"sk", b"key", b"secret", b"pat", b"api", b"token", b"tok", b"live", b"access", b"prod"];
    let prefix = value.iter().take_while(|b| b.is_ascii_lowercase()).count();
    (2..=12).contains(&prefix)
        && value.get(prefix).is_some_and(|b| matches!(b, b'_' | b'-'))
        && !KEYS.contains(&&value[..prefix])
}

/// `etcd-cluster-k8s`: words, and pieces too short to be any. Groups of one length are those of a key.
fn names_parts(value: &[u8]) -> bool {
    let parts = || value.split(|b| matches!(b, b'-' | b'_'));
    let word = |part: &&[u8]| part.len() >= 4 && part.iter().all(u8::is_ascii_alphabetic);
    let short = |part: &[u8]| part.len() <= 4 || part.iter().all(u8::is_ascii_digit);
    let one_case = !value.iter().any(u8::is_ascii_uppercase) || !value.iter().any(u8::is_ascii_lowercase);
    one_case
        && parts().count() >= 3
        && parts().filter(word).count() >= 2
        && parts().all(|part| word(&part) || short(part))
        && parts().any(|part| part.len() != value.iter().position(|b| matches!(b, b'-' | b'_')).unwrap_or(0))
}

/// Whether it has the form of a UUID, which most often is an id.
fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36 && [8, 13, 18, 23].iter().all(|&i| value[i] == b'-')
}

/// Whether it is Algolia's key of a site: 32 hexadecimal digits with the id of an application and the name of an index beside
/// them. Pages have the one that only searches; who may change an index needs no page's settings.
fn is_search_key_of_pages(text: &[u8], value: &Range<usize>) -> bool {
    /// How far the neighbours may be, in bytes.
    const FAR: usize = 200;
    let near = &text[value.start.saturating_sub(FAR)..(value.end + FAR).min(text.len())];
    let has = |word: &[u8]| memchr::memmem::find(near, word).is_some();
    value.len() == 32 && has(b"indexName") && has(b"appId") && text[value.clone()].iter().all(u8::is_ascii_hexdigit)
}

/// Whether a comment above or behind tells what hexadecimal digits are the digest of: `// md5 of the mail address`.
fn is_said_to_be_a_digest(text: &[u8], value: &Range<usize>) -> bool {
    const HASHES: &[&str] = &[
        "md5 of",
        "sha1 of",
        "sha-1 of",
        "sha256 of",
        "sha-256 of",
        "sha512 of",
        "sha-512 of",
        "hash of",
        "digest of",
        "checksum of",
    ];
    if !matches!(value.len(), 32 | 40 | 56 | 64 | 96 | 128) || !text[value.clone()].iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let front = &text[value.start.saturating_sub(context::REACH_BEFORE)..value.start];
    let above = front.rsplit(|&b| b == b'\n').nth(1).unwrap_or_default().trim_ascii();
    // `token: 5dad…  # sha256 of token.rs`.
    let behind = &text[value.end..(value.end + context::REACH_AFTER / 2).min(text.len())];
    let behind = behind.split(|&b| b == b'\n').next().unwrap_or_default().trim_ascii();
    let told = [&b"//"[..], b"#", b"--"].iter().find_map(|mark| behind.strip_prefix(*mark)).unwrap_or_default();
    let told = String::from_utf8_lossy(told).to_ascii_lowercase();
    if HASHES.iter().any(|hash| told.trim_start().starts_with(hash)) {
        return true;
    }
    let comment = [&b"//"[..], b"#", b"--", b";", b"*", b"/*", b"%"].iter().any(|mark| above.starts_with(mark));
    let above = String::from_utf8_lossy(above).to_ascii_lowercase();
    comment && HASHES.iter().any(|hash| above.contains(hash))
}

/// The last 8 or 16 hexadecimal digits of the fingerprint of an OpenPGP key, or all 40.
fn is_id_of_openpgp_key(value: &[u8]) -> bool {
    matches!(value.len(), 8 | 16 | 40) && value.iter().all(u8::is_ascii_hexdigit)
}

/// Whether it has the form of an id of MongoDB: 24 hexadecimal digits that begin with a time, here of 2008 to 2035.
fn is_object_id(value: &[u8]) -> bool {
    value.len() == 24
        && value.iter().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'))
        && matches!(&value[..2], [b'4', b'8'..=b'9' | b'a'..=b'f'] | [b'5' | b'6', _] | [b'7', b'0'..=b'9'])
}

/// Whether a name is that of the key of whom or what something belongs to, in a table: `userKey`, `account_key`.
fn names_an_owner(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase().replace(['_', '-'], "");
    ["userkey", "accountkey", "clientkey", "applicationkey", "servicekey", "subscriptionkey"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// `AWS4-HMAC-SHA256`, in the place of a scheme of HTTP; `PBKDF2WithHmacSHA1`, as Java asks for algorithms.
fn is_algorithm(value: &[u8]) -> bool {
    const JOINED: &[&[u8]] =
        &[b"withhmac", b"hmacsha", b"hmacmd5", b"pbewith", b"withrsa", b"withdsa", b"withecdsa", b"pkcs1padding"];
    let lower = value.to_ascii_lowercase();
    if JOINED.iter().any(|name| memchr::memmem::find(&lower, name).is_some()) {
        return true;
    }
    value.iter().all(|&b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
        && value.split(|&b| b == b'-').any(|word| word == b"HMAC" || word.starts_with(b"SHA"))
}

/// Whether a name is that of what tells a request from others, so that it is not done twice: `ChangeToken`,
/// `ClientRequestToken`.
fn names_one_request(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase().replace(['_', '-'], "");
    ["changetoken", "requesttoken", "clienttoken", "lifecycleactiontoken", "updatetoken"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// Whether a value is the argument of a call that makes a UUID of its text: `CBUUID(string: "…")`, `new Guid("…")`.
fn is_made_a_uuid(text: &[u8], start: usize) -> bool {
    let front = &text[start.saturating_sub(40)..start];
    let Some(open) = memchr::memrchr(b'(', front) else { return false };
    let label = front[open + 1..].iter().all(|&b| b.is_ascii_alphabetic() || matches!(b, b':' | b' ' | b'"' | b'\''));
    let name: Vec<u8> = front[..open]
        .rsplit(|b| !b.is_ascii_alphanumeric() && *b != b'.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    label && [&b"uuid"[..], b"guid"].iter().any(|word| memchr::memmem::find(&name, word).is_some())
}

/// Whether the digest of a component stands in an inventory of software, as CycloneDX has it:
/// `{"alg": "SHA-512", "content": "…"}`.
fn is_digest_of_inventory(text: &[u8], value: &Range<usize>) -> bool {
    let near = &text[value.start.saturating_sub(64)..value.start];
    let names = memchr::memmem::rfind(near, b"\"alg\"").map(|at| &near[at..]);
    let hash = |name: &[u8]| names.is_some_and(|names| memchr::memmem::find(names, name).is_some());
    matches!(value.len(), 32 | 40 | 64 | 96 | 128)
        && text[value.clone()].iter().all(u8::is_ascii_hexdigit)
        && (hash(b"SHA-") || hash(b"SHA3-") || hash(b"MD5") || hash(b"BLAKE"))
}

/// Whether forty hexadecimal digits stand between others of names that keep no secret, as the checksums of a lock file do.
pub(super) fn is_in_list_of_digests(text: &[u8], value: &Range<usize>) -> bool {
    const DIGITS: usize = 40;
    let hex = |text: &[u8]| text.len() == DIGITS && text.iter().all(u8::is_ascii_hexdigit);
    let digest_of = |line: &[u8]| {
        let line = line.trim_ascii_end();
        line.len() > DIGITS && hex(&line[line.len() - DIGITS..]) && line[..line.len() - DIGITS].ends_with(b": ")
    };
    if !hex(&text[value.clone()]) || !text[..value.start].ends_with(b": ") {
        return false;
    }
    let mut above = text[value.start.saturating_sub(context::REACH_BEFORE / 2)..value.start].rsplit(|&b| b == b'\n');
    let above = above.nth(1).unwrap_or_default();
    let mut below = text[value.end..(value.end + context::REACH_AFTER / 2).min(text.len())].split(|&b| b == b'\n');
    let below = below.nth(1).unwrap_or_default();
    above.trim_ascii_end().ends_with(b"CHECKSUMS:")
        || digest_of(above) && (digest_of(below) || below.trim_ascii().is_empty() || !below.starts_with(b" "))
}

/// `/static/js/token.a79d8e4f.js`, `pki/issuer/9be769a4-…`.
fn is_path(value: &[u8]) -> bool {
    if value.len() > 37 && value[value.len() - 37] == b'/' && is_uuid(&value[value.len() - 36..]) {
        return value[..value.len() - 36].iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'-' | b'_'));
    }
    let ending = value.iter().rev().position(|&b| b == b'.').unwrap_or(0);
    matches!(ending, 2..=5)
        && value.contains(&b'/')
        && value[value.len() - ending..].iter().all(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Result<Confidence, &'static str> {
        let start = text.find("VALUE").unwrap_or(0);
        // Put together here, so that no key stands in this file.
        let value = ["9be769a4bba6e1d96f65", "3e6c51af7c0b42d81e93"].concat();
        judged_as(text, start, &value)
    }

    fn judged_as(text: &str, start: usize, value: &str) -> Result<Confidence, &'static str> {
        let text = text.replace("VALUE", value);
        let before = context::before(text.as_bytes(), start);
        judge(text.as_bytes(), &before, start..start + value.len()).map(|found| found.confidence)
    }

    #[test]
    fn what_is_public_or_encrypted_is_no_secret() {
        assert_eq!(judged("applicationServerKey: \"VALUE\"").ok(), None);
        assert_eq!(judged("server_key: \"VALUE\""), Ok(Confidence::Medium));
        assert_eq!(judged("\"encrypted\": {\n  \"token\": \"VALUE\"\n}").ok(), None);
        assert_eq!(judged("\"registry\": {\n  \"token\": \"VALUE\"\n}"), Ok(Confidence::Medium));
        assert_eq!(judged("\"signature\": {\n  \"timestamp\": \"1\",\n  \"token\": \"VALUE\"\n}").ok(), None);
        assert_eq!(judged("[user]\n\tsigningkey = VALUE\n").ok(), None);
        assert_eq!(judged("[user]\n\tsigning_secret = VALUE\n"), Ok(Confidence::Medium));
    }

    #[test]
    fn the_public_half_of_the_keys_of_web_push_is_no_secret() {
        let text = "\"FCM_VAPID_KEY\": \"VALUE\"";
        let start = text.find("VALUE").unwrap_or_default();
        let drawn = ["OgQVPOMzIMXUpsYGpb", "VkZoEBc0ifKYf2kSU5", "DNDGYI6i"].concat();
        let (public, private) = (format!("B{}", drawn.repeat(2).get(..86).unwrap_or_default()), &drawn[..43]);
        assert!(judged_as(text, start, &public).is_err());
        assert_eq!(judged_as(text, start, private), Ok(Confidence::Medium));
    }

    #[test]
    fn what_names_a_member_is_no_secret() {
        assert_eq!(judged("{\"apiKey\": \"API key\",\n \"VALUE\": \"address\"}").ok(), None);
        assert_eq!(judged("{\"page\": 1,\n \"apiKey\": \"VALUE\"}"), Ok(Confidence::Medium));
    }

    #[test]
    fn a_variable_of_what_is_drawn_like_a_key_is_one() {
        let key = ["bkYjPzSsrw6p", "rch9GKGzj7EB"].concat();
        for (text, said) in [
            ("AK = 'VALUE'", true),
            ("bing <- \"VALUE\"", true),
            ("final String _k = \"VALUE\";", true),
            ("const yelp: string = 'VALUE';", true),
            ("private static String lastfmKey = \"VALUE\";", true),
            ("const clientId = 'VALUE';", false),
            ("cacheKey = 'VALUE'", false),
            ("playlist = 'VALUE'", false),
            ("<mxCell data-cell-x=\"VALUE\">", false),
            ("\"cell\": \"VALUE\"", false),
            ("signature = 'VALUE'", false),
        ] {
            let start = text.find("VALUE").unwrap_or_default();
            assert_eq!(judged_as(text, start, &key).is_ok(), said, "{text}");
        }
        // A digest may be anything's, unless it is called a key.
        assert!(judged("x = \"VALUE\"").is_err());
        assert!(judged("const key = \"VALUE\";").is_ok());
    }

    #[test]
    fn checksums_requests_and_algorithms_are_no_secrets() {
        assert_eq!(judged("  deploy_token: VALUE\n"), Ok(Confidence::Medium));
        let other = "1c0ffee0".repeat(5);
        for text in [
            "SPEC CHECKSUMS:\n  MixpanelToken: VALUE\n",
            "<script data-cf-beacon='{\"token\": \"VALUE\"}'></script>",
            &format!("  Alamofire: {other}\n  MixpanelToken: VALUE\n  Wrapper: {other}\n"),
            "\"AWS::ApiGateway::ApiKey\": \"VALUE\"",
        ] {
            assert!(judged(text).is_err(), "{text}");
        }
        let uuid = "9be769a4-bba6-41d9-8f65-3e6c51af7c0b";
        assert!(judged_as("client_secret: VALUE\n", 15, &format!("pki/issuer/{uuid}")).is_err());
        for (name, said) in [("ChangeToken", false), ("ClientRequestToken", false), ("AdminToken", true)] {
            let text = format!("\"{name}\": \"VALUE\"");
            assert_eq!(judged_as(&text, name.len() + 5, uuid).is_ok(), said, "{name}");
        }
        let algorithm = ["AWS4", "HMAC", "SHA256"].join("-");
        assert!(judged_as("Authorization: VALUE Credential=", 15, &algorithm).is_err());
        for algorithm in ["PBKDF2WithHmacSHA1", "PBEWithMD5AndDES", "SHA256withRSA"] {
            assert!(judged_as("newSecretKey(\"VALUE\", spec)", 14, algorithm).is_err(), "{algorithm}");
        }
    }

    #[test]
    fn ids_of_entries_are_no_secrets() {
        // Drawn in front of a time, and behind it.
        let id = ["64b8f3a1", "c2d4e5f6", "07182930"].concat();
        let key = ["c2d4e5f6", "64b8f3a1", "07182930"].concat();
        assert!(judged_as("{ userKey: \"VALUE\" }", 12, &id).is_err());
        assert_eq!(judged_as("{ userKey: \"VALUE\" }", 12, &key), Ok(Confidence::Medium));
        assert_eq!(judged_as("{ apiKey: \"VALUE\" }", 11, &id), Ok(Confidence::Medium));
    }

    #[test]
    fn words_that_hyphens_join_are_no_secrets() {
        for (value, said) in [
            ("etcd-cluster-k8s", false),
            ("acme-billing-service-v2", false),
            // Groups of one length, and words among drawn ones.
            ("qkzx-7b2w-vhjt-93dk", true),
            ("9x7kq2vb-acme-w8dz", true),
            ("Qk7-acme-Zx4Vb9wTq", true),
        ] {
            assert_eq!(judged_as("cluster_token: \"VALUE\"", 16, value).is_ok(), said, "{value}");
        }
    }
}
