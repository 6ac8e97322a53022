//! `keytrail config`: what the configuration comes to, where each value comes from, and the configuration of another
//! scanner carried over.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use clap::ValueHint;
use keytrail::config::{Effective, FILE, gitleaks};
use keytrail::{Format, Repository, Ruleset};
use serde_json::json;

use super::Global;
use super::configuration::shown;
use super::scan::ScanArgs;
use super::selection::counted;

/// Show what keytrail.toml comes to, or carry another scanner's configuration over
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, subcommand_value_name = "COMMAND", disable_help_subcommand = true)]
#[command(after_help = "\
Examples:
  keytrail config show
  keytrail config show --format json
  keytrail config import .gitleaks.toml")]
pub struct ConfigCommandArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ConfigCommand {
    Show(ShowArgs),
    Import(ImportArgs),
}

/// Carry the configuration of gitleaks over
///
/// Its own rules become a rule file, and its allowlists entries of keytrail.toml, at the top of the repository. Where
/// there is a keytrail.toml already, they go into a file beside it, which it can extend. Whatever cannot be carried over
/// is listed with its line. `keytrail baseline import` does the same for .gitleaksignore.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail config import .gitleaks.toml
  keytrail config import .gitleaks.toml --dry-run      print what would be written")]
struct ImportArgs {
    /// The file
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// Print what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Overwrite what an earlier import has written; keytrail.toml itself is never overwritten
    #[arg(long)]
    force: bool,
}

/// Print the effective configuration, with the place that each value comes from
///
/// The output is TOML, or JSON with --format json. It takes the options of `keytrail scan`, which win over the files.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail config show
  keytrail config show --format json
  keytrail config show --min-confidence high       with the options that a hook has
  keytrail config show --trusted-config origin/main")]
struct ShowArgs {
    /// Options of `keytrail scan`
    #[arg(value_name = "OPTION", trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

/// Does what was asked.
///
/// # Errors
/// Mistakes in the configuration and in the options.
pub fn run(args: ConfigCommandArgs, global: Global) -> anyhow::Result<ExitCode> {
    match args.command {
        ConfigCommand::Show(args) => show(args),
        ConfigCommand::Import(args) => import(&args, global),
    }
}

fn show(args: ShowArgs) -> anyhow::Result<ExitCode> {
    let scan = ScanArgs::parsed(args.options).context("`config show` takes the options of `keytrail scan`")?;
    let configuration = scan.config().load()?;
    let mut all = Effective::of(&configuration, &shown);
    for (key, value) in scan.given() {
        all.set(key, &value, COMMAND_LINE);
    }
    for (key, values) in scan.given_lists() {
        all.extend(key, values, COMMAND_LINE);
    }
    let files: Vec<String> = configuration.files().map(shown).collect();
    let mut out = anstream::stdout().lock();
    if scan.format() == Format::Json {
        let document = json!({ "files": files, "values": all.to_json() });
        writeln!(out, "{document:#}")?;
    } else {
        let read = if files.is_empty() { "no keytrail.toml".to_owned() } else { files.join(", ") };
        write!(out, "# {read}\n\n{}", all.to_toml())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Where a value comes from that the command line gives.
const COMMAND_LINE: &str = "command line";
/// The rule file that an import writes.
const RULES: &str = "keytrail-rules.toml";
/// The configuration that an import writes beside one that is there.
const BESIDE: &str = "keytrail-imported.toml";
/// Greatest size of a configuration, in bytes.
const MAX_FILE: u64 = 8 << 20;

fn import(args: &ImportArgs, global: Global) -> anyhow::Result<ExitCode> {
    let context = || format!("`{}` cannot be carried over", args.file.display());
    let mut bytes = Vec::new();
    File::open(&args.file).and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes)).with_context(context)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(anyhow!("it is larger than {} MiB", MAX_FILE >> 20)).with_context(context);
    }
    let text = String::from_utf8(bytes).map_err(|_| anyhow!("it is not UTF-8 text")).with_context(context)?;
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let carried = gitleaks::carry(&text, &name, RULES, &Ruleset::builtin()).with_context(context)?;

    let here = std::env::current_dir().context("the current folder cannot be found")?;
    let top = Repository::discover(&here).ok().and_then(|found| found.top()).unwrap_or(here);
    let beside = top.join(FILE).exists();
    let config = if beside { BESIDE } else { FILE };
    let files = [(RULES, &carried.rules), (config, &carried.config)];
    let files = files.into_iter().filter_map(|(file, text)| text.as_ref().map(|text| (file, text)));
    if args.dry_run {
        let mut out = anstream::stdout().lock();
        for (file, text) in files {
            writeln!(out, "# ---- {file}\n{text}")?;
        }
    } else {
        let mut written = Vec::new();
        for (file, text) in files {
            write(&top.join(file), text, args.force).inspect_err(|_| {
                // Half of an import would only be in the way of the next one.
                written.iter().for_each(|path: &PathBuf| drop(std::fs::remove_file(path)));
            })?;
            written.push(top.join(file));
            if !global.quiet {
                writeln!(anstream::stderr(), "{}: written", shown(&top.join(file)))?;
            }
        }
    }
    let (rules, allowances) = carried.counts;
    let mut err = anstream::stderr().lock();
    if !global.quiet {
        let (rules, allowances) = (counted(rules, "rule"), counted(allowances, "allowance"));
        writeln!(err, "{}: {rules} and {allowances} carried over", args.file.display())?;
        if beside && carried.config.is_some() {
            writeln!(err, "add this line to the top of {FILE}: extends = [\"{BESIDE}\"]")?;
        }
    }
    for (left_out, head) in [(true, "not carried over"), (false, "carried over with a change")] {
        let remarks: Vec<_> = carried.remarks.iter().filter(|remark| remark.left_out == left_out).collect();
        if remarks.is_empty() || (global.quiet && !left_out) {
            continue;
        }
        writeln!(err, "{head}:")?;
        for remark in remarks {
            writeln!(err, "  {name}:{}: {}", remark.line, remark.message)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, text: &str, force: bool) -> anyhow::Result<()> {
    let force = force && !path.ends_with(FILE);
    let file = OpenOptions::new().write(true).create_new(!force).create(force).truncate(force).open(path);
    if file.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::AlreadyExists) {
        bail!("`{}` is there already; --force overwrites it", path.display());
    }
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("`{}` cannot be written", path.display()))
}
