//! Offline verification: what can be checked about a candidate without a network.
//!
//! One file per checksum or structure family. A family is a pair of functions, registered by name in [`FAMILIES`]; a
//! rule names one with `verify = "…"`. `check` judges a candidate, `seal` turns a random string of the rule's pattern
//! into one that passes, which is what the generator of test tokens needs.

mod support;

use std::ops::Range;

use crate::finding::{Fact, Verification};
pub(crate) use kubernetes_secret::FORM as IN_MANIFEST;
pub(crate) use support::base64::decode as base64;
pub(crate) use support::private_key::{Packets, armour, pgp_fingerprint};
use support::private_key::{der, inspect};

use crate::public_key::PublicKey;

/// Whether a value has the beginning of a private key in armour.
fn is_armoured(value: &[u8]) -> bool {
    [&b"-----BEGIN "[..], b"---- BEGIN ", b"PuTTY-User-Key-File-"].iter().any(|head| value.starts_with(head))
}

/// The form by which a private key in armour is told from others, however its text is written; nothing for other
/// values.
pub(crate) fn canonical(value: &[u8]) -> Option<Vec<u8>> {
    if is_armoured(value) { support::private_key::canonical(value) } else { None }
}

/// The public half of a private key, however its text is written: in armour, in that encoded in base64 once more, or in
/// base64 alone. Nothing for other values, and for keys that are encrypted as a whole.
pub(crate) fn public_key(value: &[u8]) -> Option<PublicKey> {
    let key = if is_armoured(value) {
        inspect(value)
    } else if value.starts_with(b"LS0tLS1CRUdJTi") {
        inspect(base64(value)?.trim_ascii())
    } else if value.starts_with(b"MI") {
        der::inspect(&base64(value)?)
    } else {
        return None;
    };
    key.ok()?.public
}

/// The outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A checksum fits, or a private key parses: chance is ruled out, the finding is confirmed.
    Confirmed(Verification),
    /// The structure decodes as it should, which is no proof; the rule's own confidence stands.
    Plausible(Verification),
    /// Nothing speaks against it, and little for it: of low confidence, whatever its rule says.
    Doubtful(Verification),
    /// The candidate cannot be a key; the reason is for `explain`.
    Rejected(&'static str),
}

impl Verdict {
    /// A confirmed verdict without facts; `what` is a noun phrase such as `CRC-32 checksum`.
    #[must_use]
    pub fn confirmed(what: &str) -> Self {
        Verdict::Confirmed(Verification { what: what.to_owned(), facts: Vec::new() })
    }

    /// A plausible verdict without facts.
    #[must_use]
    pub fn plausible(what: &str) -> Self {
        Verdict::Plausible(Verification { what: what.to_owned(), facts: Vec::new() })
    }

    /// Adds what the key reveals about itself; rejected candidates reveal nothing.
    #[must_use]
    pub fn with_fact(mut self, name: &str, value: impl Into<String>) -> Self {
        if let Verdict::Confirmed(v) | Verdict::Plausible(v) | Verdict::Doubtful(v) = &mut self {
            v.facts.push(Fact { name: name.to_owned(), value: value.into() });
        }
        self
    }
}

/// A family of checks.
pub struct Family {
    /// The name rule files use.
    pub name: &'static str,
    /// Judges the secret's bytes as the rule's pattern matched them. Must not panic on any input.
    pub check: fn(&[u8]) -> Verdict,
    /// Makes a random string of the rule's pattern valid in place; may change its length within what the pattern
    /// allows.
    pub seal: fn(&mut Vec<u8>),
    /// Reads what stands beside the key and belongs to it or confirms it, no farther than `REACH_BEFORE` in front of the match and
    /// `REACH_AFTER` behind it, which bound what a difference between versions may reach.
    pub beside: Option<Beside>,
    /// The secret that the matched bytes are only a form of, and what reports call this form. What is found within that
    /// form by itself says more than such a match.
    pub opened: Option<Opened>,
    /// What the check goes by.
    pub judges: Judges,
}

/// What a check goes by, and so what else is asked of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judges {
    /// The form of a value, which tells it from others even where it does not look random.
    Form,
    /// The words in it, so that one which placeholders have does not speak against it.
    Words,
    /// Samples that everybody knows: it has to look random besides.
    Samples,
}

/// The secret that bytes are a form of, and what reports call this form.
pub type Opened = fn(&[u8]) -> Option<(Vec<u8>, &'static str)>;

/// Reads a text around a match in it.
pub type Beside = fn(&[u8], &Range<usize>) -> Surroundings;

/// What stands beside a key says about it.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// What belongs to the key.
    pub facts: Vec<Fact>,
    /// What confirms it, as [`Verification::what`]: a checksum or a public key that fits.
    pub proof: Option<&'static str>,
}

impl Surroundings {
    /// Adds a fact where there is a value for it.
    #[must_use]
    pub fn with_fact(mut self, name: &str, value: Option<String>) -> Self {
        self.facts.extend(value.map(|value| Fact { name: name.to_owned(), value }));
        self
    }
}

/// The family of that name.
#[must_use]
pub fn family(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().copied().find(|family| family.name == name)
}

/// The function that a line of the table names, if it does.
macro_rules! named {
    () => {
        None
    };
    ($function:path) => {
        Some($function)
    };
}

/// What a line of the table says that its family goes by.
macro_rules! judges {
    () => {
        Judges::Form
    };
    (words) => {
        Judges::Words
    };
    (samples) => {
        Judges::Samples
    };
}

/// Declares families: each a module of this folder with `check` and `seal`, and a constant that rules refer to.
macro_rules! families {
    ($($module:ident $constant:ident $name:literal $(beside $beside:ident)? $(opened $opened:ident)? $(judges $judges:ident)?),* $(,)?) => {
        $(mod $module;)*
        $(
            #[doc = concat!("The family `", $name, "`.")]
            pub static $constant: Family = Family {
                name: $name,
                check: $module::check,
                seal: $module::seal,
                beside: named!($($module::$beside)?),
                opened: named!($($module::$opened)?),
                judges: judges!($($judges)?),
            };
        )*
        /// All families, by name in alphabetical order.
        pub static FAMILIES: &[&Family] = &[$(&$constant),*];
    };
}

families! {
    age_identity AGE_IDENTITY "age-identity",
    algolia_secured ALGOLIA_SECURED "algolia-secured",
    atlassian_data_center ATLASSIAN_DATA_CENTER "atlassian-data-center",
    aws_bedrock AWS_BEDROCK "aws-bedrock",
    aws_key_id AWS_KEY_ID "aws-key-id",
    aws_presigned AWS_PRESIGNED "aws-presigned",
    azure_cask AZURE_CASK "azure-cask",
    azure_cask_other AZURE_CASK_OTHER "azure-cask-other",
    azure_devops_pat AZURE_DEVOPS_PAT "azure-devops-pat",
    azure_his AZURE_HIS "azure-his",
    azure_sas AZURE_SAS "azure-sas",
    azure_unsigned_key AZURE_UNSIGNED_KEY "azure-unsigned-key",
    base58check BASE58CHECK "base58check",
    base64_pair BASE64_PAIR "base64-pair" judges samples,
    base64_text BASE64_TEXT "base64-text",
    bip39 BIP39 "bip39",
    bitlocker BITLOCKER "bitlocker",
    cfx_re CFX_RE "cfx-re",
    cisco_type7 CISCO_TYPE7 "cisco-type7",
    cloudflare_tunnel CLOUDFLARE_TUNNEL "cloudflare-tunnel",
    confluent CONFLUENT "confluent",
    crc32_base62 CRC32_BASE62 "crc32-base62",
    crc32_base62_lower CRC32_BASE62_LOWER "crc32-base62-lower",
    crc32_base62_optional CRC32_BASE62_OPTIONAL "crc32-base62-optional",
    crc32_base62_whole CRC32_BASE62_WHOLE "crc32-base62-whole",
    crc32_hex CRC32_HEX "crc32-hex",
    crc32_hex_optional CRC32_HEX_OPTIONAL "crc32-hex-optional",
    crc32_hex_part CRC32_HEX_PART "crc32-hex-part",
    crc32_hex_upper CRC32_HEX_UPPER "crc32-hex-upper",
    crc32_hex_whole CRC32_HEX_WHOLE "crc32-hex-whole",
    crc32c_base58 CRC32C_BASE58 "crc32c-base58",
    decoded_bytes DECODED_BYTES "decoded-bytes" judges samples,
    discord_bot DISCORD_BOT "discord-bot",
    discord_webhook DISCORD_WEBHOOK "discord-webhook",
    ed25519_pair ED25519_PAIR "ed25519-pair",
    elastic_api_key ELASTIC_API_KEY "elastic-api-key",
    elastic_enrollment ELASTIC_ENROLLMENT "elastic-enrollment",
    elastic_service_token ELASTIC_SERVICE_TOKEN "elastic-service-token",
    entra_client_secret ENTRA_CLIENT_SECRET "entra-client-secret",
    fernet_token FERNET_TOKEN "fernet-token",
    fly_macaroon FLY_MACAROON "fly-macaroon",
    gcp_service_account GCP_SERVICE_ACCOUNT "gcp-service-account" beside beside,
    gcp_user_credentials GCP_USER_CREDENTIALS "gcp-user-credentials" beside beside judges samples,
    github_stateless GITHUB_STATELESS "github-stateless",
    gitlab_routable GITLAB_ROUTABLE "gitlab-routable",
    grafana_json GRAFANA_JSON "grafana-json",
    grafana_service_account GRAFANA_SERVICE_ACCOUNT "grafana-service-account",
    group_policy GROUP_POLICY "group-policy",
    hubspot_key HUBSPOT_KEY "hubspot-key" judges samples,
    jfrog_reference JFROG_REFERENCE "jfrog-reference",
    jwe JWE "jwe",
    jwk_private JWK_PRIVATE "jwk-private" beside beside judges samples,
    jwt JWT "jwt",
    jwt_prefixed JWT_PREFIXED "jwt-prefixed",
    jwt_wrapped JWT_WRAPPED "jwt-wrapped",
    kubernetes_account KUBERNETES_ACCOUNT "kubernetes-account",
    kubernetes_secret KUBERNETES_SECRET "kubernetes-secret" opened opened,
    ldap_hash LDAP_HASH "ldap-hash",
    localstack LOCALSTACK "localstack",
    macaroon MACAROON "macaroon",
    mapbox MAPBOX "mapbox",
    mixed_base64 MIXED_BASE64 "mixed-base64",
    mixed_hex MIXED_HEX "mixed-hex",
    mixed_password MIXED_PASSWORD "mixed-password",
    monday_token MONDAY_TOKEN "monday-token",
    nats_nkey NATS_NKEY "nats-nkey",
    nostr NOSTR "nostr",
    noted_password NOTED_PASSWORD "noted-password",
    npmrc_auth NPMRC_AUTH "npmrc-auth" beside beside,
    ntlm_message NTLM_MESSAGE "ntlm-message",
    onepassword_service_account ONEPASSWORD_SERVICE_ACCOUNT "onepassword-service-account",
    openshift_token OPENSHIFT_TOKEN "openshift-token",
    otp_seed OTP_SEED "otp-seed" judges samples,
    palantir PALANTIR "palantir",
    pkcs12 PKCS12 "pkcs12",
    postman POSTMAN "postman",
    private_key PRIVATE_KEY "private-key",
    private_key_der PRIVATE_KEY_DER "private-key-der",
    private_key_open PRIVATE_KEY_OPEN "private-key-open",
    private_key_wrapped PRIVATE_KEY_WRAPPED "private-key-wrapped",
    protected_private_key PROTECTED_PRIVATE_KEY "protected-private-key",
    pypi_macaroon PYPI_MACAROON "pypi-macaroon",
    scalr_token SCALR_TOKEN "scalr-token",
    secp256k1_number SECP256K1_NUMBER "secp256k1-number" judges samples,
    sendgrid SENDGRID "sendgrid",
    sentry_org_token SENTRY_ORG_TOKEN "sentry-org-token",
    signing_secret SIGNING_SECRET "signing-secret" judges words,
    slack_token SLACK_TOKEN "slack-token",
    smartcaptcha SMARTCAPTCHA "smartcaptcha",
    stellar STELLAR "stellar",
    storm_glass STORM_GLASS "storm-glass",
    supabase_secret SUPABASE_SECRET "supabase-secret" beside beside judges samples,
    supabase_service_role SUPABASE_SERVICE_ROLE "supabase-service-role",
    teamcity TEAMCITY "teamcity",
    telegram_bot TELEGRAM_BOT "telegram-bot",
    temporal_cloud TEMPORAL_CLOUD "temporal-cloud",
    user_and_password USER_AND_PASSWORD "user-and-password",
    vapid VAPID "vapid" beside beside judges samples,
    wireguard_key WIREGUARD_KEY "wireguard-key",
    workos WORKOS "workos",
    written_password WRITTEN_PASSWORD "written-password",
    xata XATA "xata",
    xrp_seed XRP_SEED "xrp-seed",
    zuplo ZUPLO "zuplo",
}
