//! Which rules take part: the built-in ones, those of `--rules`, and what `--only` and `--disable` leave of them.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use globset::{Glob, GlobMatcher};
use keytrail::config::Configuration;
use keytrail::{Mistake, Ruleset};

use super::configuration;
use super::rules::diagnostic;

/// Own rules besides the built-in ones.
#[derive(Debug, Default, clap::Args)]
pub struct RuleFiles {
    /// Use the rules of this file too, or of the *.toml files of this folder; one with a built-in rule's id replaces it
    #[arg(id = "rules", long, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

impl RuleFiles {
    /// The built-in rules and those of the files. Mistakes in the files are shown on standard error.
    ///
    /// # Errors
    /// When there is a mistake in a rule file.
    pub fn load(&self) -> anyhow::Result<Ruleset> {
        self.load_with(&Configuration::default())
    }

    /// The built-in rules, those that a configuration names, and those of the files.
    ///
    /// # Errors
    /// When there is a mistake in a rule file.
    pub fn load_with(&self, configuration: &Configuration) -> anyhow::Result<Ruleset> {
        let mut rules = Ruleset::builtin();
        let mut mistakes: Vec<Mistake> = Vec::new();
        for path in configuration.scan().rules.iter().chain(&self.paths) {
            mistakes.append(&mut configuration.add_rules(&mut rules, path)?);
        }
        complain(&mistakes)?;
        Ok(rules)
    }

    /// The files and folders that were named.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }
}

/// Shows mistakes in rule files on standard error.
///
/// # Errors
/// When there is one: a sentence that counts them.
pub fn complain(mistakes: &[Mistake]) -> anyhow::Result<()> {
    if mistakes.is_empty() {
        return Ok(());
    }
    let mut err = anstream::stderr().lock();
    for mistake in mistakes {
        writeln!(err, "{}\n", diagnostic::mistake(mistake))?;
    }
    let mut files: Vec<&Path> = mistakes.iter().map(|mistake| mistake.path.as_path()).collect();
    files.dedup();
    bail!("{} in {}", counted(mistakes.len(), "mistake"), counted(files.len(), "rule file"))
}

/// `1 rule`, `2 rules`.
pub fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Which rules are switched on.
#[derive(Debug, Default, clap::Args)]
pub struct Selection {
    /// Use these rules only; an id, or a pattern such as `github-*`
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    only: Vec<String>,
    /// Do not use these rules; an id, or a pattern such as `github-*`
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    disable: Vec<String>,
}

impl Selection {
    /// The patterns of `--only` and of `--disable`.
    pub fn patterns(&self) -> (&[String], &[String]) {
        (&self.only, &self.disable)
    }

    /// Switches off what neither a configuration nor the command line asked for. `--only` takes the place of the
    /// configuration's list.
    ///
    /// # Errors
    /// For a name or pattern that no rule has, and when no rule is left.
    pub fn apply_with(&self, rules: &mut Ruleset, configuration: &Configuration) -> anyhow::Result<()> {
        configuration::check_rules(configuration, rules)?;
        let own = configuration.scan();
        let mut only = matchers(&self.only, rules)?;
        if only.is_empty() {
            only = matchers(&own.only, rules)?;
        }
        let mut disable = matchers(&self.disable, rules)?;
        disable.extend(matchers(&own.disable, rules)?);
        rules.retain(|rule| {
            let wanted = only.is_empty() || only.iter().any(|glob| glob.is_match(rule.id));
            wanted && !disable.iter().any(|glob| glob.is_match(rule.id))
        });
        if rules.iter().next().is_none() {
            bail!("--only and --disable leave no rule to scan with");
        }
        Ok(())
    }
}

/// One matcher for each pattern; every one of them matches some rule.
fn matchers(patterns: &[String], rules: &Ruleset) -> anyhow::Result<Vec<GlobMatcher>> {
    patterns
        .iter()
        .map(|pattern| {
            let glob = Glob::new(pattern)
                .with_context(|| format!("`{pattern}` is no valid pattern of rule ids"))?
                .compile_matcher();
            if !rules.iter().any(|rule| glob.is_match(rule.id)) {
                bail!(unknown(pattern, rules));
            }
            Ok(glob)
        })
        .collect()
}

/// What to say about a name that no rule has.
pub fn unknown(name: &str, rules: &Ruleset) -> String {
    let near = similar(name, rules.iter().map(|rule| rule.id));
    match near.as_slice() {
        [] if name.contains('*') => {
            format!("no rule's id fits `{name}`; `keytrail rules list` has them all")
        }
        [] => format!("there is no rule `{name}`; `keytrail rules list` has them all"),
        near => format!("there is no rule `{name}`; did you mean {}?", alternatives(near)),
    }
}

/// `` `a` ``, `` `a` or `b` ``, `` `a`, `b` or `c` ``.
pub fn alternatives(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// Names that someone may have meant: those that resemble what was typed, or hold it as a part. At most three, the
/// nearest first.
pub fn similar<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    /// Where clap, too, stops guessing.
    const NEAR: f64 = 0.8;
    let typed = typed.to_lowercase();
    let mut near: Vec<(f64, &str)> = names
        .filter_map(|name| {
            let score = strsim::jaro_winkler(&typed, name);
            let part = typed.len() >= 3 && name.contains(&typed);
            (score >= NEAR || part).then_some((score, name))
        })
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    near.into_iter().map(|(_, name)| name).take(3).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const KNOWN: &str = "github-personal-access-token";

    fn select(only: &[&str], disable: &[&str]) -> Result<Vec<&'static str>, String> {
        let own = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let mut rules = Ruleset::builtin();
        let configuration = Configuration::default();
        let selection = Selection { only: own(only), disable: own(disable) };
        selection.apply_with(&mut rules, &configuration).map_err(|error| format!("{error:#}"))?;
        Ok(rules.iter().map(|rule| rule.id).collect())
    }

    #[test]
    fn rules_are_chosen_by_name_and_pattern() {
        let all = Ruleset::builtin().iter().count();
        assert_eq!(select(&[], &[]).unwrap().len(), all);
        assert_eq!(select(&[KNOWN], &[]).unwrap(), [KNOWN]);
        assert!(select(&["*-personal-access-token"], &[]).unwrap().contains(&KNOWN));
        assert!(select(&["github-*"], &[]).unwrap().iter().all(|id| id.starts_with("github-")));
        assert_eq!(select(&["github-*"], &["*"]).unwrap_err(), "--only and --disable leave no rule to scan with");
        let rest = select(&[], &[KNOWN]);
        assert!(if all == 1 { rest.is_err() } else { rest.unwrap().len() == all - 1 });
    }

    #[test]
    fn unknown_names_are_errors_with_a_suggestion() {
        let error = select(&["github-personal-acess-token"], &[]).unwrap_err();
        assert!(error.contains(&format!("did you mean `{KNOWN}`")), "{error}");
        let error = select(&[], &["personal-access"]).unwrap_err();
        assert!(error.contains("did you mean `"), "{error}");
        assert!(select(&["qqqq-*"], &[]).unwrap_err().contains("no rule's id fits `qqqq-*`"));
        assert!(select(&["a[", KNOWN], &[]).unwrap_err().contains("no valid pattern"));
        assert!(select(&[""], &[]).is_err());
    }

    #[test]
    fn lists_of_names_read_well() {
        assert_eq!(alternatives(&["a"]), "`a`");
        assert_eq!(alternatives(&["a", "b"]), "`a` or `b`");
        assert_eq!(alternatives(&["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(counted(1, "rule"), "1 rule");
        assert_eq!(counted(0, "rule"), "0 rules");
    }
}
