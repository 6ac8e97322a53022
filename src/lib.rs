//! keytrail finds leaked API keys and audits the keys that an organisation has issued.
//!
//! This is the library behind the `keytrail` command. A [`Scanner`] looks at a [`Source`] (files, bytes, what is
//! staged, what commits add, a whole history) and gives a [`Report`]: a [`Finding`] for each distinct key with all its
//! places, and what could not be read. It works offline; nothing that it reads leaves the machine.
//!
//! ```
//! use keytrail::{Format, Scanner, Severity, Source};
//! # use keytrail::detect::generate::Generator;
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
//! # use keytrail::detect::generate::Generator;
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
//! # What is stable
//!
//! The items of this page, what they lead to in [`finding`], [`report`] and [`secret`], and rules in [`detect`] follow
//! semantic versioning. Other modules are how the command is made, which uses them for audits, key inventories and
//! hooks; they are hidden from these pages, and change with any release.

#[doc(hidden)]
pub mod audit;
#[doc(hidden)]
pub mod baseline;
#[doc(hidden)]
pub mod calls;
#[doc(hidden)]
pub mod config;
pub mod detect;
pub mod finding;
#[doc(hidden)]
pub mod hook;
#[doc(hidden)]
pub mod inventory;
#[doc(hidden)]
pub mod mistake;
pub mod report;
#[doc(hidden)]
pub mod scan;
#[doc(hidden)]
pub mod scanner;
#[doc(hidden)]
pub mod schedule;
pub mod secret;
#[doc(hidden)]
pub mod source;

#[doc(inline)]
pub use detect::rule::Ruleset;
#[doc(inline)]
pub use detect::wanted::Asked;
#[doc(inline)]
pub use finding::{Confidence, Finding, Location, Severity};
#[doc(inline)]
pub use mistake::Mistake;
#[doc(inline)]
pub use report::format::Format;
#[doc(inline)]
pub use report::{Notice, NoticeKind, Report};
#[doc(inline)]
pub use scanner::{ScanError, Scanner, ScannerBuilder, Source, Watch, Work};
#[doc(inline)]
pub use secret::{FingerprintKey, Secret};
