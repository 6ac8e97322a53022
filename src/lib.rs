//! keytrail finds leaked API keys and audits the keys that an organisation has issued.
//!
//! This is the library behind the `keytrail` command. A [`Scanner`] looks at a [`Source`] (files, bytes, what is
//! staged, what commits add, a whole history) and gives a [`Report`]: a [`Finding`] for each distinct key with all its
//! places, and what could not be read. It works offline; nothing that it reads leaves the machine.
//!
//! ```
//! use keytrail::{Format, Scanner, Severity, Source};
//! # use keytrail::rules::Generator;
//! # use rand::SeedableRng as _;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let rules = keytrail::Ruleset::builtin();
//! # let rule = rules.find("github-personal-access-token").unwrap();
//! # let key = String::from_utf8(Generator::new(rule).key(&mut rand::rngs::StdRng::seed_from_u64(7)))?;
//! # std::fs::write(folder.path().join("deploy.sh"), format!("export GITHUB_TOKEN={key}\n"))?;
//!
//! // A folder with a file that has a key on its first line.
//! let scanner = Scanner::builder().folder(folder.path()).build()?;
//! let report = scanner.scan(Source::tree("."))?;
//!
//! for finding in report.open_findings() {
//!     let place = finding.places()[0];
//!     println!("{}:{}: {}", place.artifact, place.region.start.line, report.rules[&finding.rule].title);
//! }
//! assert_eq!(report.open_findings().count(), 1);
//! assert_eq!(report.findings[0].severity, Severity::Critical);
//!
//! // Any of the command's formats; none shows a key.
//! let mut sarif = Vec::new();
//! report.write(Format::Sarif, &mut sarif)?;
//! assert!(!String::from_utf8(sarif)?.contains(&key));
//! # Ok(())
//! # }
//! ```
//!
//! # Repositories
//!
//! A history is every object of a repository's database, reachable or not: what was amended away is found as well.
//!
//! ```
//! use keytrail::{Scanner, Source};
//! # use keytrail::rules::Generator;
//! # use rand::SeedableRng as _;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let rules = keytrail::Ruleset::builtin();
//! # let rule = rules.find("github-personal-access-token").unwrap();
//! # let key = String::from_utf8(Generator::new(rule).key(&mut rand::rngs::StdRng::seed_from_u64(7)))?;
//! # let repository = git2::Repository::init(folder.path())?;
//! # let who = git2::Signature::new("Ada", "ada@example.org", &git2::Time::new(1_700_000_000, 0))?;
//! # let stage = |text: &str| -> Result<git2::Oid, Box<dyn std::error::Error>> {
//! #     std::fs::write(folder.path().join("deploy.sh"), text)?;
//! #     let mut index = repository.index()?;
//! #     index.add_path(std::path::Path::new("deploy.sh"))?;
//! #     index.write()?;
//! #     Ok(index.write_tree()?)
//! # };
//! # let commit = |tree: git2::Oid, message: &str| -> Result<(), Box<dyn std::error::Error>> {
//! #     let parent = repository.head().ok().and_then(|head| head.peel_to_commit().ok());
//! #     let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
//! #     repository.commit(Some("HEAD"), &who, &who, message, &repository.find_tree(tree)?, &parents)?;
//! #     Ok(())
//! # };
//! # commit(stage(&format!("export GITHUB_TOKEN={key}\n"))?, "Deploy")?;
//! # commit(stage("export GITHUB_TOKEN=$TOKEN\n")?, "Take the token from the environment")?;
//!
//! // A repository whose first commit has a key, which the second one takes out.
//! let scanner = Scanner::builder().folder(folder.path()).build()?;
//! assert!(scanner.scan(Source::tree("."))?.findings.is_empty());
//!
//! let report = scanner.scan(Source::tree(".").with_history())?;
//! let history = report.findings[0].locations[0].history.as_ref().unwrap();
//! assert_eq!(history.introduced.as_ref().unwrap().subject, "Deploy");
//! assert!(!history.at_head);
//!
//! // What the last commit adds, as a check of a pull request asks.
//! assert!(scanner.scan(Source::range("HEAD~1..HEAD"))?.findings.is_empty());
//!
//! // What is about to be committed, as a hook asks.
//! # stage(&format!("export GITHUB_TOKEN={key}\n"))?;
//! assert_eq!(scanner.scan(Source::staged())?.findings.len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Rules, configuration, baselines
//!
//! A [`ScannerBuilder`] takes what the command takes: which [rules](Ruleset) to use, how certain something has to be, a
//! `keytrail.toml` with its allowances, a baseline of findings that are known, limits.
//!
//! ```
//! use keytrail::{Scanner, Source};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let rules = folder.path().join("acme.toml");
//!
//! std::fs::write(&rules, r#"
//! provider = "Acme"
//!
//! [[rule]]
//! id = "acme-deploy-key"
//! title = "Acme deploy key"
//! description = "Deploys to every machine of Acme."
//! pattern = 'acme-dk-[0-9a-f]{12}'
//! severity = "high"
//! "#)?;
//! std::fs::write(folder.path().join("keytrail.toml"), r#"
//! [[allow]]
//! paths = ["docs/"]
//! rules = ["acme-deploy-key"]
//! reason = "keys in the manual open nothing"
//! "#)?;
//! let scanner = Scanner::builder().folder(folder.path()).rule_file(&rules).nearest_config().build()?;
//!
//! let text = ["key: acme-dk-", "0a1b2c3d4e5f\n"].concat();
//! let code = scanner.scan(Source::bytes("src/deploy.yml", text.as_bytes()))?;
//! assert_eq!(code.open_findings().count(), 1);
//! let manual = scanner.scan(Source::bytes("docs/deploy.yml", text.as_bytes()))?;
//! assert_eq!(manual.open_findings().count(), 0);
//! assert!(manual.findings[0].is_allowed());
//! # Ok(())
//! # }
//! ```
//!
//! # What for, and which item
//!
//! | What for | Item |
//! | --- | --- |
//! | finding keys in files, bytes, commits and histories | [`Scanner`], [`Source`] |
//! | what was found, in any format | [`Report`], [`Finding`], [`mod@report`], [`finding`], [`secret`] |
//! | which rules there are, and one's own | [`rules`], [`Ruleset`] |
//! | why something is a finding, or is none | [`Scanner::explain`], [`explain`] |
//! | where a known key stands | [`locate`], [`Asked`] |
//! | findings that are known already | [`baseline`] |
//! | `keytrail.toml` | [`config`] |
//! | before a commit or a push | [`hook`], [`Repository`] |
//! | what providers have issued | [`inventory`] |
//! | who has used it | [`calls`] |
//! | what is wrong with that | [`audit`] |
//! | when it is to be replaced | [`schedule`] |
//! | a text at hand, and nothing around it | [`detect`] |
//!
//! # What is stable
//!
//! Everything on these pages follows semantic versioning, and there is nothing else to use: the `keytrail` command is a
//! program like any other, which has only these items. Enumerations and structures may get more variants and fields in
//! a minor version where they are marked as `non_exhaustive`. Times and days are those of `jiff` 0.2, texts of
//! inventories and audits those of `arcstr` 1, JSON is that of `serde_json` 1, and generators of keys take the
//! randomness of `rand` 0.10.

pub mod audit;
pub mod baseline;
pub mod calls;
pub mod config;
pub mod detect;
pub mod explain;
pub mod finding;
pub mod hook;
pub mod inventory;
pub mod locate;
mod mistake;
mod public_key;
pub mod report;
mod repository;
pub mod rules;
mod scan;
mod scanner;
pub mod schedule;
pub mod secret;
mod source;

#[doc(inline)]
pub use finding::{Confidence, Finding, Location, Severity};
#[doc(inline)]
pub use locate::Asked;
pub use mistake::Mistake;
#[doc(inline)]
pub use report::{Format, Notice, NoticeKind, Report};
pub use repository::{Repository, RepositoryError};
#[doc(inline)]
pub use rules::Ruleset;
pub use scanner::{Pushed, ScanError, Scanner, ScannerBuilder, Source, Watch, Work};
#[doc(inline)]
pub use secret::{FingerprintKey, Secret};
