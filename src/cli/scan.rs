//! `keytrail scan`: the arguments, turned once into a [`Plan`], and the run of it.

use std::ffi::OsString;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use anyhow::{anyhow, bail};
use clap::{Parser as _, ValueHint};
use keytrail::baseline::KnownFile;
pub use keytrail::config::FailOn;
use keytrail::config::{Configuration, Size};
use keytrail::hook::{Event, Reads};
use keytrail::{Asked, Confidence, Format, Pushed, Ruleset, ScannerBuilder, Severity};

use super::configuration::{self, ConfigArgs};
use super::history::HistoryArgs;
use super::selection::{RuleFiles, Selection, alternatives};
use super::{Cli, Command, Global, output, progress, session};

/// Scan a working tree, files, commits or standard input for leaked keys
///
/// In a git repository, tracked files are scanned, and untracked ones that git does not ignore. Archives and compressed
/// files are opened.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("changes").args(["staged", "range"])))]
#[command(after_help = "\
Examples:
  keytrail scan                                     the current folder
  keytrail scan src config.yaml                     a folder and a file
  keytrail scan --history                           the current folder and its whole history
  keytrail scan --history --since v1.2              what came into the history since a release
  git diff | keytrail scan --stdin                  what another program prints
  keytrail scan --staged                            what is about to be committed (pre-commit hook)
  keytrail scan --range origin/main...HEAD          what each commit of a pull request adds
  keytrail scan -o leaks.sarif -o leaks.json        two reports, and text on standard output
  keytrail scan --format jsonl --fail-on never      one finding per line, exit code 0
  keytrail scan --only 'github-*,aws-*'             keys of two providers
  keytrail scan --rules our-rules.toml              own rules besides the built-in ones")]
pub struct ScanArgs {
    /// Files and folders to scan; with --history also what was deleted [default: the current folder; with --staged and
    /// --range, the whole repository]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,

    /// Scan what is staged: the lines that the index adds to HEAD
    #[arg(long, help_heading = "What to scan")]
    staged: bool,
    /// Scan what each commit of a range adds
    #[arg(
        long,
        value_name = "RANGE",
        help_heading = "What to scan",
        long_help = "Scan what each commit of a range adds, and its message: BASE..HEAD, BASE...HEAD (which begins \
            where the two parted), COMMIT^! for that commit alone, or BASE for BASE..HEAD"
    )]
    range: Option<String>,
    /// With --staged and --range, report unchanged lines of changed files, too
    #[arg(long, requires = "changes", help_heading = "What to scan")]
    whole_files: bool,
    /// Scan what comes on standard input instead
    #[arg(long, conflicts_with_all = ["paths", "changes", "history"], help_heading = "What to scan")]
    stdin: bool,
    /// The file name that reports give standard input, and that decides what kind of file it is [default: stdin]
    #[arg(long, value_name = "NAME", requires = "stdin", help_heading = "What to scan")]
    stdin_name: Option<String>,
    /// Scan files that git ignores, too
    #[arg(long, help_heading = "What to scan")]
    no_ignore: bool,
    /// Leave out files larger than this, such as 10M or 1GiB; a plain number is bytes [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "What to scan")]
    max_file_size: Option<u64>,
    #[command(flatten)]
    history: HistoryArgs,
    /// Scan no history, even if keytrail.toml says so
    #[arg(long, conflicts_with = "history", help_heading = "What to scan")]
    no_history: bool,

    #[command(flatten, next_help_heading = "Rules")]
    rule_files: RuleFiles,
    #[command(flatten, next_help_heading = "Rules")]
    selection: Selection,
    /// Report what is at least as certain as this [default: medium]
    #[arg(
        long,
        value_name = "LEVEL",
        hide_possible_values = true,
        help_heading = "Rules",
        long_help = "Report what is at least as certain as this [default: medium]\n\n\
            confirmed: verified offline; high: a distinctive prefix and shape; medium: context and randomness; \
            low: a guess"
    )]
    min_confidence: Option<Confidence>,

    #[command(flatten)]
    config: ConfigArgs,
    /// Whether no baseline is read, also if the configuration names one.
    #[arg(skip)]
    pub without_baseline: bool,

    /// Hide the findings that this file lists, and show the others; `keytrail baseline create` makes one
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Reports")]
    baseline: Option<PathBuf>,
    /// Write a report to this file; its extension says the format: .txt, .json, .jsonl, .sarif, .csv, .md,
    /// .html, .junit.xml or gl-secret-detection-report.json
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Reports")]
    output: Vec<PathBuf>,
    /// Format of the report on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Reports")]
    format: Format,
    /// Show keys whole instead of redacted: the report is then as secret as they are
    #[arg(long, help_heading = "Reports")]
    show_secrets: bool,
    /// Show a progress bar on standard error
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true,
        help_heading = "Reports",
        long_help = "Show a progress bar on standard error: auto (when that is a terminal), always or never"
    )]
    progress: progress::Mode,
    /// Exit with 1 for findings of this severity or above [default: low]
    #[arg(long, value_name = "SEVERITY", help_heading = "Exit code")]
    fail_on: Option<FailOn>,
    /// Do not exit with 2 when something could not be read; the report still names it
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,

    /// How many threads scan [default: one for each core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Limits")]
    jobs: Option<u16>,
    /// How deep containers inside containers are opened; 0 opens none [default: 5]
    #[arg(long, value_name = "N", help_heading = "Limits")]
    max_depth: Option<u8>,
    /// How many bytes one file on disk may expand to, such as 10M or 1GiB [default: 1GiB]
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Limits")]
    max_expansion: Option<u64>,
    /// How many times its size one file on disk may expand to, if that is more than 64MiB [default: 1000]
    #[arg(long, value_name = "N", help_heading = "Limits")]
    max_ratio: Option<NonZeroU32>,
}

/// The format that the name of a report file asks for.
pub fn format_of(path: &Path) -> anyhow::Result<Format> {
    if path.as_os_str() == "-" {
        bail!("`-o -` is not needed: standard output has a report anyway, in the format of --format");
    }
    Format::from_path(path).ok_or_else(|| {
        let known: Vec<&str> = Format::ALL.iter().flat_map(|format| format.extensions()).copied().collect();
        anyhow!("the name of the report `{}` does not end in {}", path.display(), alternatives(&known))
    })
}

/// The reports that files are asked for.
///
/// # Errors
/// When the name of a file does not say its format, or comes twice, or its folder is not there.
pub fn outputs(paths: Vec<PathBuf>) -> anyhow::Result<Vec<Output>> {
    let mut outputs: Vec<Output> = Vec::new();
    for path in paths {
        if outputs.iter().any(|output| output.path == path) {
            bail!("the report `{}` is asked for twice", path.display());
        }
        let format = format_of(&path)?;
        output::check_folder(&path)?;
        outputs.push(Output { format, path });
    }
    Ok(outputs)
}

/// When progress is shown: not by itself where only results are wanted.
#[must_use]
pub fn progress(asked: progress::Mode, global: Global) -> progress::Mode {
    match asked {
        progress::Mode::Auto if global.quiet => progress::Mode::Never,
        mode => mode,
    }
}

/// The number of threads: as asked, or one for each core.
#[must_use]
pub fn jobs(asked: Option<u16>) -> NonZeroUsize {
    match asked {
        Some(jobs) => NonZeroUsize::new(usize::from(jobs)).unwrap_or(NonZeroUsize::MIN),
        None => thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
    }
}

/// A number of bytes: `1500`, `10M` (10 million), `10MiB`.
pub fn size(text: &str) -> Result<u64, String> {
    text.parse::<Size>().map(|size| size.0)
}

/// What to scan.
#[derive(Debug, PartialEq, Eq)]
pub enum Input {
    /// These files and folders; at least one.
    Paths(Vec<PathBuf>),
    /// Standard input, under this name.
    Stdin(String),
    /// What is staged, or what commits add.
    Changes(Changes),
    /// What pushes bring.
    Pushed(Vec<Pushed>),
}

/// Changes in the repository of the current folder.
#[derive(Debug, PartialEq, Eq)]
pub struct Changes {
    /// The commits, as git names ranges; `None` for what is staged.
    pub range: Option<String>,
    /// Only in these files and folders; all if there are none.
    pub paths: Vec<PathBuf>,
    /// Whether unchanged lines count, too.
    pub whole_files: bool,
}

/// A report in a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Output {
    /// Where it goes.
    pub path: PathBuf,
    /// What it looks like.
    pub format: Format,
}

/// A scan as it was asked for, checked as far as it can be without starting it.
pub struct Plan {
    /// The command's name, for reports.
    pub command: &'static str,
    /// The keys that alone are looked for; everything that is a key where there are none.
    pub asked: Option<Asked>,
    /// What to scan.
    pub input: Input,
    /// Whether ignore files are obeyed.
    pub obey_ignore_files: bool,
    /// Larger files are left out, in bytes.
    pub max_file_size: Option<u64>,
    /// What of the history is scanned.
    pub history: HistoryArgs,
    /// How deep containers are opened; 0 for none.
    pub max_depth: u8,
    /// To how many bytes one file may expand.
    pub max_expansion: u64,
    /// To how many times its size one file may expand.
    pub max_ratio: NonZeroU32,
    /// The rules to look for; at least one.
    pub rules: Arc<Ruleset>,
    /// Findings below it are counted only.
    pub min_confidence: Confidence,
    /// What `keytrail.toml` says about findings, and what the changes may not change.
    pub configuration: Arc<Configuration>,
    /// The findings that are hidden because they are known.
    pub baseline: Option<KnownFile>,
    /// The baseline that a check like this one reads, whether it is there or not.
    pub reads: Option<Reads>,
    /// What git asked about, if it is not a scan like any other.
    pub event: Option<Event>,
    /// Reports in files.
    pub outputs: Vec<Output>,
    /// The report on standard output.
    pub format: Format,
    /// Whether reports show keys whole.
    pub show_secrets: bool,
    /// When progress is shown.
    pub progress: progress::Mode,
    /// Findings of this severity or above make exit code 1; `None` for never.
    pub fail_on: Option<Severity>,
    /// Whether an incomplete scan is no failure.
    pub allow_incomplete: bool,
    /// Number of threads.
    pub jobs: NonZeroUsize,
    /// The day by which allowances expire; `None` for today.
    pub today: Option<jiff::civil::Date>,
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Plan({:?}, {} rules, {:?})", self.input, self.rules.iter().count(), self.outputs)
    }
}

impl ScanArgs {
    /// The arguments of `keytrail scan` with these options.
    ///
    /// # Errors
    /// When they are none.
    pub fn parsed(options: impl IntoIterator<Item = OsString>) -> anyhow::Result<Self> {
        let words = ["keytrail".into(), "scan".into()].into_iter().chain(options);
        let Command::Scan(args) = Cli::try_parse_from(words)?.command else {
            bail!("`scan` is not the command that it should be")
        };
        Ok(*args)
    }

    /// The values that the command line gives, by their names in `keytrail.toml`, as TOML; lists element by element.
    pub fn given(&self) -> Vec<(&'static str, String)> {
        let text = |text: &str| toml::Value::from(text).to_string();
        let mut given = Vec::new();
        if self.history.history || self.no_history {
            given.push(("history", self.history.history.to_string()));
        }
        given.extend(self.max_file_size.map(|size| ("max-file-size", size.to_string())));
        given.extend(self.max_depth.map(|depth| ("max-depth", depth.to_string())));
        given.extend(self.max_expansion.map(|size| ("max-expansion", size.to_string())));
        given.extend(self.max_ratio.map(|times| ("max-ratio", times.to_string())));
        given.extend(self.min_confidence.map(|level| ("min-confidence", text(level.as_str()))));
        given.extend(self.fail_on.map(|level| ("fail-on", text(level.as_str()))));
        given.extend(self.baseline.as_ref().map(|path| ("baseline", text(&path.to_string_lossy()))));
        given
    }

    /// The lists that the command line gives, by their names in `keytrail.toml`.
    pub fn given_lists(&self) -> [(&'static str, Vec<String>); 3] {
        let rules = self.rule_files.paths().iter().map(|path| path.to_string_lossy().into_owned()).collect();
        let (only, disable) = self.selection.patterns();
        [("rules", rules), ("only", only.to_vec()), ("disable", disable.to_vec())]
    }

    /// The configuration that is asked for.
    pub fn config(&self) -> &ConfigArgs {
        &self.config
    }

    /// The format of the report on standard output.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Checks that every option is about what is to be scanned. Clap asks for the option that another one goes with only
    /// where nothing stands that excludes it.
    fn check_scope(&self) -> anyhow::Result<()> {
        if self.paths.iter().any(|path| path.as_os_str() == "-") {
            bail!("`-` is no path; standard input is scanned with --stdin");
        }
        let scope = match &self.range {
            _ if self.stdin => "with --stdin",
            _ if self.staged => "with --staged",
            Some(_) => "with --range",
            None if self.history.history => "with --history",
            None if self.no_history => "with --no-history",
            None => "for files and folders",
        };
        self.history.check(scope)?;
        if self.whole_files && !self.staged && self.range.is_none() {
            bail!("`--whole-files` goes with --staged and --range, and says nothing {scope}");
        }
        if self.no_ignore && (self.stdin || self.staged || self.range.is_some()) {
            bail!("`--no-ignore` goes with files and folders, and says nothing {scope}");
        }
        match &self.stdin_name {
            Some(_) if !self.stdin => bail!("`--stdin-name` goes with --stdin, and says nothing {scope}"),
            Some(name) if name.trim().is_empty() => {
                bail!("`--stdin-name` is empty; reports need a name, such as `settings.yml`, or none for `stdin`")
            }
            _ => Ok(()),
        }
    }

    /// Checks the arguments against each other and reads the rule files.
    ///
    /// # Errors
    /// Report files of unknown format, mistakes in rule files, rule names that do not exist.
    pub fn plan(self, global: Global) -> anyhow::Result<Plan> {
        self.check_scope()?;
        let outputs = outputs(self.output)?;
        let configuration = self.config.load()?;
        let own = configuration.scan();
        let mut rules = self.rule_files.load_with(&configuration)?;
        self.selection.apply_with(&mut rules, &configuration)?;
        let reads = match (&self.baseline, &own.baseline) {
            (Some(path), _) => Some(Reads { name: path.to_string_lossy().into_owned(), by_option: true }),
            (None, Some(path)) => Some(Reads { name: configuration::shown(path), by_option: false }),
            (None, None) => None,
        };
        let baseline = match (self.baseline, &own.baseline) {
            (Some(path), _) => Some(configuration::baseline(&configuration, path)?),
            (None, Some(path)) if !self.without_baseline => {
                Some(configuration::baseline(&configuration, path.clone())?)
            }
            (None, _) => None,
        };
        let input = if self.stdin {
            Input::Stdin(self.stdin_name.unwrap_or_else(|| "stdin".to_owned()))
        } else if self.staged || self.range.is_some() {
            Input::Changes(Changes { range: self.range, paths: self.paths, whole_files: self.whole_files })
        } else if self.paths.is_empty() {
            Input::Paths(vec![".".into()])
        } else {
            Input::Paths(self.paths)
        };
        let mut history = self.history;
        if !history.history && own.history == Some(true) {
            history.configured(!self.no_history && matches!(input, Input::Paths(_)));
        }
        Ok(Plan {
            input,
            obey_ignore_files: !self.no_ignore,
            max_file_size: self.max_file_size.or(own.max_file_size),
            history,
            max_depth: self.max_depth.or(own.max_depth).unwrap_or(ScannerBuilder::MAX_DEPTH),
            max_expansion: self.max_expansion.or(own.max_expansion).unwrap_or(ScannerBuilder::MAX_EXPANSION),
            max_ratio: self.max_ratio.or(own.max_ratio).unwrap_or(ScannerBuilder::MAX_RATIO),
            rules: Arc::new(rules),
            min_confidence: self.min_confidence.or(own.min_confidence).unwrap_or(Confidence::Medium),
            outputs,
            format: self.format,
            show_secrets: self.show_secrets,
            progress: progress(self.progress, global),
            fail_on: self.fail_on.or(own.fail_on).unwrap_or(FailOn::Low).severity(),
            baseline,
            reads,
            configuration: Arc::new(configuration),
            event: (self.staged && self.format == Format::Text).then_some(Event::Commit),
            allow_incomplete: self.allow_incomplete,
            jobs: jobs(self.jobs),
            today: None,
            command: "scan",
            asked: None,
        })
    }
}

impl Plan {
    /// A plan with all defaults, for the current folder; no configuration is looked for.
    ///
    /// # Errors
    /// None that the defaults could cause.
    pub fn of_current_folder(global: Global) -> anyhow::Result<Self> {
        ScanArgs::parsed(["--no-config".into()])?.plan(global)
    }
}

/// Scans as the arguments say.
///
/// # Errors
/// Mistakes in the arguments, paths that cannot be reached, reports that cannot be written.
pub fn run(args: ScanArgs, global: Global) -> anyhow::Result<ExitCode> {
    session::run(args.plan(global)?, global)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use clap::Parser as _;
    use proptest::prelude::*;

    use super::*;

    fn plan(args: &[&str]) -> Result<Plan, String> {
        let words = ["keytrail", "scan"].iter().chain(args);
        let cli = Cli::try_parse_from(words).map_err(|error| error.to_string())?;
        let Command::Scan(args) = cli.command else { panic!("another command") };
        args.plan(cli.global).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn nothing_given_scans_the_current_folder() {
        let plan = plan(&[]).unwrap();
        assert_eq!(plan.input, Input::Paths(vec![".".into()]));
        assert_eq!((plan.format, plan.fail_on), (Format::Text, Some(Severity::Low)));
        assert_eq!((plan.min_confidence, plan.max_file_size), (Confidence::Medium, None));
        assert!(plan.obey_ignore_files && !plan.show_secrets && !plan.allow_incomplete);
        assert_eq!(plan.jobs, thread::available_parallelism().unwrap());
        assert_eq!((plan.max_expansion, plan.max_ratio.get()), (1 << 30, 1000));
    }

    #[test]
    fn every_option_arrives() {
        let plan = plan(&[
            "a",
            "b",
            "--no-ignore",
            "--show-secrets",
            "--allow-incomplete",
            "--fail-on",
            "never",
            "--jobs",
            "3",
            "--max-file-size",
            "10M",
            "--max-depth",
            "2",
            "--max-expansion",
            "1MiB",
            "--max-ratio",
            "20000",
            "--progress",
            "always",
            "--min-confidence",
            "low",
            "--format",
            "sarif",
        ])
        .unwrap();
        assert_eq!(plan.input, Input::Paths(vec!["a".into(), "b".into()]));
        assert!(!plan.obey_ignore_files && plan.show_secrets && plan.allow_incomplete);
        assert_eq!((plan.fail_on, plan.jobs.get(), plan.max_file_size), (None, 3, Some(10_000_000)));
        assert_eq!((plan.max_depth, plan.max_expansion, plan.max_ratio.get()), (2, 1 << 20, 20_000));
        assert_eq!((plan.progress, plan.min_confidence), (progress::Mode::Always, Confidence::Low));
        assert_eq!(plan.format, Format::Sarif);
    }

    #[test]
    fn standard_input_has_a_name_and_no_paths() {
        assert_eq!(plan(&["--stdin"]).unwrap().input, Input::Stdin("stdin".into()));
        assert_eq!(plan(&["--stdin", "--stdin-name", "a.env"]).unwrap().input, Input::Stdin("a.env".into()));
        assert!(plan(&["--stdin-name", "a.env"]).unwrap_err().contains("--stdin"));
        for elsewhere in [&["a"][..], &["--staged"], &["--range", "a"], &["--history"]] {
            let error = plan(&[&["--stdin-name", "a.env"], elsewhere].concat()).unwrap_err();
            assert!(error.contains("goes with --stdin"), "{elsewhere:?}: {error}");
        }
        assert!(plan(&["--stdin", "--stdin-name", ""]).unwrap_err().contains("is empty"));
        assert!(plan(&["--stdin", "a"]).unwrap_err().contains("cannot be used with"));
        assert!(plan(&["-"]).unwrap_err().contains("--stdin"));
    }

    #[test]
    fn ignored_files_are_files() {
        for (scope, said) in
            [(&["--stdin"][..], "with --stdin"), (&["--staged"], "with --staged"), (&["--range", "a"], "with --range")]
        {
            let error = plan(&[scope, &["--no-ignore"]].concat()).unwrap_err();
            assert!(
                error.contains(&format!("`--no-ignore` goes with files and folders, and says nothing {said}")),
                "{error}"
            );
        }
        assert!(plan(&["--no-ignore", "--history"]).is_ok());
    }

    #[test]
    fn changes_are_staged_or_a_range() {
        let changes = |range: Option<&str>, paths: &[&str], whole_files| {
            let paths = paths.iter().map(PathBuf::from).collect();
            Ok(Input::Changes(Changes { range: range.map(str::to_owned), paths, whole_files }))
        };
        let input = |args: &[&str]| plan(args).map(|plan| plan.input);
        assert_eq!(input(&["--staged"]), changes(None, &[], false));
        assert_eq!(input(&["--staged", "a", "--whole-files"]), changes(None, &["a"], true));
        assert_eq!(input(&["--range", "a..b", "c"]), changes(Some("a..b"), &["c"], false));
        for wrong in [
            &["--staged", "--range", "a"][..],
            &["--staged", "--stdin"],
            &["--range", "a", "--stdin"],
            &["--whole-files"],
            &["--whole-files", "--history"],
            &["--whole-files", "--stdin"],
        ] {
            assert!(input(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_limits_a_history_goes_with_one() {
        let scopes =
            [(&["--staged"][..], "with --staged"), (&["--range", "a"], "with --range"), (&["--stdin"], "with --stdin")];
        for (scope, said) in scopes {
            for limit in [&["--since", "a"][..], &["--branch", "a"], &["--max-blob-size", "3"], &["--no-delta-scan"]] {
                let error = plan(&[scope, limit].concat()).unwrap_err();
                assert!(
                    error.contains(&format!("`{}` goes with --history, and says nothing {said}", limit[0])),
                    "{error}"
                );
                assert!(plan(&[&["--history"], limit].concat()).is_ok(), "{limit:?}");
            }
        }
        for limit in [&["--since", "a"][..], &["--branch", "a", "b"], &["--since", "a", "--no-history"]] {
            assert!(plan(limit).unwrap_err().contains("--history"), "{limit:?}");
        }
    }

    #[test]
    fn the_extension_says_the_format() {
        let formats: Vec<Format> =
            plan(&["-o", "a.txt", "-o", "b.JSON", "-o", "c.jsonl", "-o", "d.sarif", "-o", "e.sarif.json"])
                .unwrap()
                .outputs
                .iter()
                .map(|output| output.format)
                .collect();
        assert_eq!(formats, [Format::Text, Format::Json, Format::Jsonl, Format::Sarif, Format::Sarif]);
        for wrong in ["a.xml", "json", "sarif.d/report", ".."] {
            let error = plan(&["-o", wrong]).unwrap_err();
            assert!(error.contains("does not end in") && error.contains("`.json`"), "{error}");
        }
        assert!(plan(&["-o", "-"]).unwrap_err().contains("--format"));
        assert!(plan(&["-o", "a.txt", "-o", "a.txt"]).unwrap_err().contains("twice"));
    }

    #[test]
    fn sizes_have_units() {
        let cases = [
            ("1500", 1500),
            ("10M", 10_000_000),
            ("10MB", 10_000_000),
            ("1GiB", 1 << 30),
            ("1.5K", 1500),
            ("2 kib", 2048),
        ];
        for (text, bytes) in cases {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for wrong in [
            "",
            "M",
            "0",
            "0M",
            "-1",
            "+1",
            "10X",
            "1e3",
            "1e-3",
            "1e+3",
            "ten",
            "99999999999999999999",
            "NaN",
            "inf",
            "1..2",
            "1\tM",
            "1\nM",
            "1\u{a0}M",
        ] {
            assert!(size(wrong).is_err(), "{wrong} is {:?}", size(wrong));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_size_or_an_error(text in "\\PC{0,12}") {
            let _ = size(&text);
        }

        #[test]
        fn plain_numbers_are_bytes(bytes in 1..1u64 << 52) {
            prop_assert_eq!(size(&bytes.to_string()), Ok(bytes));
        }
    }
}
