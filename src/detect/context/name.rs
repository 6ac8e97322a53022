//! What a name says about the value assigned to it.

/// What a name says about the value assigned to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameSays {
    /// It holds a secret: `api_key`, `clientSecret`, `DB_PASSWORD`.
    Secret,
    /// It says nothing, or that the value is none: `token_url`, `public_key`, `cache_key`.
    Nothing,
}

/// Words that end a name which holds no secret, whatever comes before: `token_url`, `secret_name`.
pub(super) const HARMLESS_LAST: &[&str] = &[
    // Of games.
    "scene",
    "room",
    "door",
    "level",
    "hasher",
    "encoder",
    "encryption",
    "algorithm",
    "algo",
    "kdf",
    "set",
    "changed",
    "identity",
    "allowed",
    "mtime",
    "ctime",
    "id",
    "ids",
    "name",
    "names",
    "url",
    "uri",
    "urls",
    "path",
    "paths",
    "file",
    "files",
    "filename",
    "dir",
    "type",
    "types",
    "hash",
    "hashes",
    "signature",
    "signatures",
    "digest",
    "sha",
    "sha1",
    "sha256",
    "sha512",
    "md5",
    "checksum",
    "checksums",
    "version",
    "count",
    "length",
    "len",
    "size",
    "expiry",
    "expires",
    "expiration",
    "ttl",
    "at",
    "date",
    "time",
    "timeout",
    "range",
    "cell",
    "sheet",
    "format",
    "prefix",
    "suffix",
    "regex",
    "regexp",
    "pattern",
    "header",
    "headers",
    "field",
    "fields",
    "param",
    "params",
    "label",
    "labels",
    "title",
    "description",
    "hint",
    "placeholder",
    "endpoint",
    "host",
    "arn",
    "alias",
    "ref",
    "refs",
    "index",
    "limit",
    "class",
    "fingerprint",
    "integrity",
    "revision",
    "commit",
    "tag",
    "tags",
    "etag",
    "template",
    "selector",
    "address",
    "email",
    "user",
    "username",
    "policy",
    "manager",
    "provider",
    "store",
    "error",
    "message",
    "msg",
    "status",
    "state",
    "enabled",
    "required",
    "exists",
    "length",
    "model",
    "module",
    "service",
    "usage",
    "scope",
    "scopes",
    "env",
    "var",
    "variable",
    "input",
    "button",
    "form",
    "page",
    "link",
    "response",
    "request",
    "handler",
    "callback",
    "icon",
    "color",
    "test",
    "tests",
    "spec",
    "case",
    "uuid",
    "guid",
    "jar",
    "zip",
    "json",
    "yml",
    "yaml",
    "xml",
    "js",
    "css",
    "html",
    "png",
    "svg",
];

/// Words that make a name harmless wherever they stand in it.
pub(super) const HARMLESS_ANYWHERE: &[&str] = &[
    "authenticity",
    "preference",
    "pubkey",
    "public",
    "pub",
    "csrf",
    "xsrf",
    "nonce",
    "cursor",
    "pagination",
    "continuation",
    "cancellation",
    "tokenizer",
    "tokens",
    "primary",
    "foreign",
    "partition",
    "sort",
    "cache",
    "object",
    "idempotency",
    "translation",
    "dedup",
    "lookup",
    "shortcut",
    "row",
    "column",
    "etag",
    "checksum",
    "digest",
    "integrity",
    "encrypted",
    "hashed",
    "sealed",
    "captcha",
    "site",
    "publishable",
    "metrics",
    "unit",
    "next",
    "page",
    "sync",
    "bundle",
    "asset",
    "storage",
    "thumbprint",
    "verification",
    "gpg",
];

/// Words that make a name secret by themselves.
const SECRET: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "passwort",
    "requirepass",
    "masterauth",
    "secret",
    "secrets",
    "token",
    "apikey",
    "apitoken",
    "credential",
    "credentials",
    "bearer",
    "authorization",
    "secretkey",
    "accesskey",
    "privatekey",
    "authtoken",
    "accesstoken",
    "clientsecret",
    "appsecret",
    "authkey",
    "authenticationkey",
    "appkey",
    // Session keys of LoRaWAN.
    "nwkkey",
    "nwkskey",
    "appskey",
    "apisecret",
    "masterkey",
    "encryptionkey",
    "signingkey",
    "jwt",
    "pat",
    "psk",
    "psw",
    "passkey",
    "authtok",
    "sharedkey",
    "pepper",
    "pass",
    "pw",
];

/// Words in front of `pass` where it is a way through something.
const PASSES: &[&str] = &[
    "first", "second", "third", "single", "two", "multi", "render", "by", "one", "per", "filter", "last", "next",
    "compiler", "shader", "depth", "shadow", "low", "high", "all", "test", "tests", "final", "post", "pre", "forward",
    "backward",
];

/// Endings of words that are written in one: `identitytoken`, `ossrhpassword`, `sessionsecret`.
/// What a password is one of, in words such as `dbpass`; other words end so, too: `compass`, `renderpass`.
const PASS_OF: &[&str] = &[
    "account", "admin", "api", "app", "auth", "basic", "bind", "bot", "cert", "cifs", "connect", "db", "default", "dn",
    "docker", "email", "enc", "ftp", "git", "host", "http", "jdbc", "jenkins", "jks", "key", "ldap", "login", "mail",
    "manager", "mongo", "mqtt", "my", "mysql", "nas", "nexus", "ora", "oracle", "pg", "postgres", "proxy", "rcon",
    "redis", "root", "router", "sasl", "server", "sftp", "smb", "smtp", "sonar", "sql", "ssh", "store", "svc",
    "tomcat", "trust", "user", "vpn", "web", "wifi", "wlan", "wpa", "zip",
];

const SECRET_ENDING: &[&str] = &["password", "passwd", "passphrase", "secret", "token", "apikey", "pwd"];

/// Words that make `key` secret when they stand before it: `api_key`, `access key`.
pub(super) const SECRET_KEY: &[&str] = &[
    "api",
    "access",
    "auth",
    "private",
    "secret",
    "encryption",
    "signing",
    "sign",
    "master",
    "account",
    "shared",
    "service",
    "admin",
    "app",
    "application",
    "license",
    "licence",
    "integration",
    "write",
    "ingest",
    "deploy",
    "subscription",
    "session",
    "jwt",
    "hmac",
    "crypt",
    "fernet",
    "cipher",
    "aes",
    "server",
    "root",
    "user",
    "rest",
    "management",
    "x",
    "sas",
    "cookie",
    "validation",
    "upgrade",
    "des",
    "preshared",
    "merchant",
    "signer",
    "dev",
    "pass",
];

/// Judges a name.
#[must_use]
pub fn name_says(name: &[u8]) -> NameSays {
    if !may_be_secret(name) {
        return NameSays::Nothing;
    }
    // What the last part of a path of names says, what stands in front of it does not take back:
    // `xpack.encryptedSavedObjects.encryptionKey`.
    if let Some(dot) = memchr::memrchr(b'.', name).filter(|dot| dot + 1 < name.len()) {
        let last = &name[dot + 1..];
        if words_of(last).len() >= 2 && name_says(last) == NameSays::Secret {
            return NameSays::Secret;
        }
    }
    // Only the last part of a path of names speaks for the value, unless it is too short to say anything.
    let words = words_of(name);
    let Some(last) = words.last() else { return NameSays::Nothing };
    // `cookie_hash_key`: what gorilla's cookies are signed with.
    let signs = || ["hash", "block"].iter().any(|kind| words.ends_with(&[*kind, "key"].map(str::to_owned)));
    if words.iter().any(|word| word == "cookie") && signs() {
        return NameSays::Secret;
    }
    // `WTF_CSRF_SECRET_KEY` signs what the tokens of forms are, which are none themselves.
    if words.ends_with(&["csrf", "secret", "key"].map(str::to_owned)) {
        return NameSays::Secret;
    }
    if HARMLESS_LAST.contains(&last.as_str()) || words.iter().any(|word| HARMLESS_ANYWHERE.contains(&word.as_str())) {
        return NameSays::Nothing;
    }
    let joined = |word: &String| {
        SECRET_ENDING.iter().any(|ending| word.len() > ending.len() && word.ends_with(ending))
            && !HARMLESS_ANYWHERE.iter().any(|harmless| word.starts_with(harmless))
            || word.strip_suffix("pass").is_some_and(|of| PASS_OF.contains(&of))
    };
    // The second of a row of passes is none that opens something.
    let counted = words.windows(2).any(|pair| pair[1] == "pass" && PASSES.contains(&pair[0].as_str()));
    if counted {
        return NameSays::Nothing;
    }
    // The public half of a pair, which browsers ask push services with: https://www.w3.org/TR/push-api/.
    if words.ends_with(&["application", "server", "key"].map(str::to_owned)) {
        return NameSays::Nothing;
    }
    // Algolia's keys that only search stand in every page that searches.
    if words.windows(2).any(|pair| pair == ["search", "only"]) {
        return NameSays::Nothing;
    }
    // `x-apisports-key`: a header of HTTP that a provider made up.
    let header = words.len() > 2 && words[0] == "x" && last == "key";
    let cookie = words.windows(2).any(|pair| pair == ["secure", "cookie"]);
    let secret = header
        || cookie
        || words == ["auth"]
        || words.iter().any(|word| SECRET.contains(&word.as_str()) || joined(word))
        || words
            .windows(2)
            .any(|pair| matches!(pair[1].as_str(), "key" | "keys") && SECRET_KEY.contains(&pair[0].as_str()));
    if secret { NameSays::Secret } else { NameSays::Nothing }
}

/// Whether a name says that its value tells one thing from others: `eventID`, `ref`, `etag`.
#[must_use]
pub fn names_an_id(name: &[u8]) -> bool {
    const LAST: &[&str] = &[
        "id",
        "ids",
        "uuid",
        "guid",
        "uid",
        "ref",
        "head",
        "base",
        "tag",
        "from",
        "to",
        "parent",
        "nonce",
        "version",
        "etag",
        "cursor",
        "url",
        "uri",
        "path",
        "name",
        "ixid",
        "signature",
    ];
    words_of(name).last().is_some_and(|last| LAST.contains(&last.as_str()))
}

/// Whether a name has one of the beginnings of [`SECRET`], or a `key`. Most names have none, and taking them apart takes
/// long.
pub(super) fn may_be_secret(name: &[u8]) -> bool {
    const STARTS: [[u8; 3]; 14] = [
        *b"pas", *b"pwd", *b"sec", *b"tok", *b"key", *b"cre", *b"bea", *b"aut", *b"jwt", *b"pat", *b"psk", *b"api",
        *b"pep", *b"psw",
    ];
    let short = name.last_chunk::<2>().is_some_and(|last| last.eq_ignore_ascii_case(b"pw"));
    short
        || name.windows(3).any(|three| {
            let three = [0, 1, 2].map(|i| three[i].to_ascii_lowercase());
            STARTS.contains(&three)
        })
}

/// The words of an identifier in lower case: split at marks, at changes of case, and before digits.
pub(super) fn words_of(name: &[u8]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (i, &b) in name.iter().enumerate() {
        let previous = i.checked_sub(1).map(|i| name[i]);
        let next = name.get(i + 1);
        let starts = b.is_ascii_uppercase()
            && (previous.is_some_and(|p| p.is_ascii_lowercase() || p.is_ascii_digit())
                || (previous.is_some_and(|p| p.is_ascii_uppercase()) && next.is_some_and(u8::is_ascii_lowercase)));
        if (starts || !b.is_ascii_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if b.is_ascii_alphanumeric() {
            word.push(b.to_ascii_lowercase() as char);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    // `key2`, `password1`: the number says nothing.
    words.retain(|word| !word.bytes().all(|b| b.is_ascii_digit()));
    for word in &mut words {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        if letters >= 3 && !word.starts_with("sha") && !word.starts_with("md") {
            word.truncate(letters);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_whether_a_value_is_secret() {
        for name in [
            "api_key",
            "apiKey",
            "STRIPE_API_KEY",
            "clientSecret",
            "db.password",
            "ACCESS_TOKEN",
            "x-api-key",
            "identitytoken",
            "DB_PASS",
        ] {
            assert_eq!(name_says(name.as_bytes()), NameSays::Secret, "{name}");
        }
        for name in [
            "key",
            "token_url",
            "publicKey",
            "secretName",
            "cache_key",
            "nextPageToken",
            "sha256",
            "tokenizer",
            "bypass",
        ] {
            assert_eq!(name_says(name.as_bytes()), NameSays::Nothing, "{name}");
        }
    }

    #[test]
    fn every_secret_name_passes_the_first_look() {
        for word in SECRET.iter().chain(&["key", "keys"]) {
            assert!(may_be_secret(word.as_bytes()), "{word}");
            assert!(may_be_secret(format!("X_{}", word.to_ascii_uppercase()).as_bytes()), "{word}");
        }
        assert!(!may_be_secret(b"integrity"));
    }
}
