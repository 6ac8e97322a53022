//! Names of providers, as people write them and as files are called after them.

/// The id of a provider as keytrail writes it: `GitHub` is `github`, `Terraform Cloud` is `terraform-cloud`.
#[must_use]
pub fn provider_word(name: &str) -> String {
    let lower: String = name.trim().to_lowercase();
    let word =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    match word.as_str() {
        "amazon" | "amazon-web-services" => "aws".to_owned(),
        "azure-ad" | "microsoft-entra" | "entra-id" => "entra".to_owned(),
        "google-cloud" => "gcp".to_owned(),
        "hugging-face" => "huggingface".to_owned(),
        "new-relic" => "newrelic".to_owned(),
        "hcp-terraform" | "terraform" => "terraform-cloud".to_owned(),
        "elasticsearch" => "elastic".to_owned(),
        "digital-ocean" => "digitalocean".to_owned(),
        "" => "generic".to_owned(),
        _ => word,
    }
}

/// Providers whose names people give to files.
const KNOWN: &[&str] = &[
    "docbits",
    "ownchat",
    "stripe",
    "openrouter",
    "huggingface",
    "digitalocean",
    "pagerduty",
    "telegram",
    "discord",
    "shopify",
    "notion",
    "linear",
    "hubspot",
    "mailgun",
    "pypi",
    "databricks",
    "dockerhub",
    "github",
    "gitlab",
    "aws",
    "azure",
    "entra",
    "gcp",
    "openai",
    "anthropic",
    "cloudflare",
    "datadog",
    "okta",
    "grafana",
    "elastic",
    "npm",
    "snyk",
    "slack",
    "twilio",
    "sendgrid",
    "vault",
    "kubernetes",
    "heroku",
    "vercel",
    "doppler",
    "sentry",
    "atlassian",
    "bitbucket",
    "newrelic",
];

/// Whether a word, in lower case, is the name of a provider.
pub(crate) fn is_provider(word: &str) -> bool {
    KNOWN.contains(&word)
}

/// The provider that a file is named after: `stripe-keys.csv`.
pub(super) fn provider_of_stem(stem: &str) -> Option<&'static str> {
    let lower = stem.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).find_map(|word| KNOWN.iter().copied().find(|known| *known == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_known_by_their_names() {
        assert_eq!(provider_word("Terraform Cloud"), "terraform-cloud");
        assert_eq!(provider_of_stem("2026-stripe-live"), Some("stripe"));
        assert_eq!(provider_of_stem("stripes"), None);
    }
}
