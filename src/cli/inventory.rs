//! `keytrail inventory`: shows key inventories as one table, and turns them into one format.

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use clap::{Subcommand, ValueHint};
use keytrail::Ruleset;
use keytrail::config::Configuration;
use keytrail::detect::Detector;
use keytrail::inventory::{DateOrder, EXPORTS, ExportBasis, Format, Inventory, Mapping, Options, Property, Wanted};
use keytrail::report::Style;

use super::output::{self, Readers};
use super::selection::{alternatives, similar};
use super::{Global, configuration, style};

/// Read key inventories that providers export
///
/// Exports of many providers, and any table or JSON with headings in English, German or Dutch, become one list of keys.
/// Files that describe the same keys are joined. No key is ever shown.
#[derive(Debug, clap::Args)]
#[command(
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = "\
Examples:
  keytrail inventory show report.csv keys.json      what is in these files
  keytrail inventory convert *.json -o keys.csv     one table of all of them
  keytrail inventory formats                        which exports are known, and how to get them"
)]
pub struct InventoryArgs {
    #[command(subcommand)]
    command: Sub,
}

#[derive(Debug, Subcommand)]
enum Sub {
    Show(ShowArgs),
    Convert(ConvertArgs),
    Formats(FormatsArgs),
}

/// Show what inventories hold, as a table
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail inventory show report.csv                        what the file is, is told by its content
  aws iam list-access-keys | keytrail inventory show -      standard input
  keytrail inventory show keys.xlsx.csv --date-order day-first --time-zone Europe/Berlin
  keytrail inventory show keys.csv --map name=Label --map created='Made on' --provider acme

Exit codes:
  0  every record is a key, or was left out for a reason that is said
  1  some records or values could not be read
  2  wrong use, or a file that could not be read or recognised")]
pub struct ShowArgs {
    #[command(flatten)]
    files: Files,
    /// Format on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    format: Format,
    /// Write this file too; its extension says the format: .txt, .json, .jsonl, .csv or .tsv
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    output: Vec<PathBuf>,
}

/// Turn inventories into one JSON, CSV or TSV file that keytrail reads back
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail inventory convert report.csv > keys.json           JSON on standard output
  keytrail inventory convert *.json -o keys.csv -o keys.tsv   nothing on standard output
  keytrail inventory convert keys.json --format csv           for a spreadsheet; no cell is a formula

Keys that stand in the exports in plaintext are left out of what is written.

Exit codes:
  0  every record is a key, or was left out for a reason that is said
  1  some records or values could not be read
  2  wrong use, or a file that could not be read or recognised")]
pub struct ConvertArgs {
    #[command(flatten)]
    files: Files,
    /// Format on standard output [default: json, or nothing when files are written]
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    format: Option<Format>,
    /// Write this file; its extension says the format: .txt, .json, .jsonl, .csv or .tsv
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    output: Vec<PathBuf>,
}

/// List the exports that are known, and how to get them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail inventory formats            all of them
  keytrail inventory formats github     those with `github` in name, title or provider")]
pub struct FormatsArgs {
    /// Only formats whose name, title or provider holds this
    #[arg(value_name = "WORD")]
    word: Option<String>,
}

/// Which files, and how they are read.
#[derive(Debug, clap::Args)]
struct Files {
    /// Exports of any providers; `-` is standard input
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

/// How inventories are read.
#[derive(Debug, clap::Args)]
pub struct Reading {
    /// All files are of this format, whatever they look like; `generic` reads a table or JSON by its headings
    #[arg(long, value_name = "FORMAT", help_heading = "Reading")]
    inventory_format: Option<String>,
    /// The configuration: how files of certain names are read (`[[inventory.mapping]]`), and for a schedule the periods of
    /// `[audit]` [default: keytrail.toml of this folder or one above it, up to the root of the repository]
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "no_config",
        value_hint = ValueHint::FilePath,
        help_heading = "Reading"
    )]
    config: Option<PathBuf>,
    /// Read no keytrail.toml
    #[arg(long, help_heading = "Reading")]
    no_config: bool,
    /// The column of a property: name=Label, or owner=user.mail in JSON; repeatable
    #[arg(long, value_name = "PROPERTY=HEADING", help_heading = "Reading")]
    map: Vec<String>,
    /// A property that is the same for all keys: environment=production; repeatable
    #[arg(long, value_name = "PROPERTY=VALUE", help_heading = "Reading")]
    set: Vec<String>,
    /// Who issued the keys, where the file does not say
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    provider: Option<String>,
    /// Where the rows of a JSON file are, such as data.keys
    #[arg(long, value_name = "PATH", help_heading = "Reading")]
    rows: Option<String>,
    /// How dates such as 01/02/2024 are ordered; told by the column where it can be
    #[arg(long, value_name = "ORDER", help_heading = "Reading")]
    date_order: Option<DateOrder>,
    /// The zone of times that name none, such as Europe/Berlin [default: UTC]
    #[arg(long, value_name = "ZONE", help_heading = "Reading")]
    time_zone: Option<String>,
}

impl Reading {
    fn options(&self) -> anyhow::Result<Options> {
        let mapping = Mapping {
            provider: self.provider.clone(),
            rows: self.rows.clone(),
            date_order: self.date_order,
            time_zone: self.time_zone.clone(),
            digest: None,
            columns: pairs("--map", &self.map)?,
            constants: pairs("--set", &self.set)?,
        };
        mapping.check()?;
        let format = self.inventory_format.as_deref().map(wanted).transpose()?;
        // What people paste into names is looked for with all rules.
        let detector = Detector::new(Arc::new(Ruleset::builtin()));
        Ok(Options { format, mapping, detector: Some(detector), ..Options::default() })
    }

    /// Reads inventories; what is wrong with them is among their problems.
    ///
    /// # Errors
    /// When the options cannot be used, or standard input is named twice.
    pub fn read(&self, files: &[PathBuf]) -> anyhow::Result<Inventory> {
        self.read_with(files, &self.configuration()?)
    }

    /// The configuration that applies.
    ///
    /// # Errors
    /// When there is a mistake in it.
    pub fn configuration(&self) -> anyhow::Result<Configuration> {
        if self.no_config {
            return Ok(Configuration::default());
        }
        let here = std::env::current_dir().context("the current folder cannot be found")?;
        configuration::read(match &self.config {
            Some(file) => Configuration::read(file, &here),
            None => Configuration::nearest(&here),
        })
    }

    /// As [`read`](Self::read), with a configuration that was read before.
    ///
    /// # Errors
    /// When the options cannot be used, or standard input is named twice.
    pub fn read_with(&self, files: &[PathBuf], configuration: &Configuration) -> anyhow::Result<Inventory> {
        if files.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
            bail!("standard input can be read once only");
        }
        let options = self.options()?;
        let (format, mapping) = (options.format, options.mapping.clone());
        let mut inventory = Inventory::new(options);
        for path in files {
            let own = configuration.inventory(path);
            let format = format.or_else(|| own.as_ref().and_then(|own| own.format));
            inventory.exported_on(own.as_ref().and_then(|own| own.exported));
            // Who maps on the command line means that and nothing else.
            let as_told = own.filter(|_| mapping == Mapping::default()).map(|own| own.mapping);
            inventory.read_as(format, as_told.unwrap_or_else(|| mapping.clone()));
            inventory.read_path(path);
        }
        inventory.finish();
        Ok(inventory)
    }
}

/// The format of that name.
///
/// # Errors
/// When there is none; says what may have been meant.
pub fn wanted(name: &str) -> anyhow::Result<Wanted> {
    Wanted::of_name(name).ok_or_else(|| {
        let near = similar(name, EXPORTS.iter().map(|format| format.name));
        match near.as_slice() {
            [] => anyhow!("there is no inventory format `{name}`; `keytrail inventory formats` lists them"),
            near => anyhow!("there is no inventory format `{name}`; did you mean {}?", alternatives(near)),
        }
    })
}

fn pairs(option: &str, given: &[String]) -> anyhow::Result<std::collections::BTreeMap<Property, String>> {
    let mut pairs = std::collections::BTreeMap::new();
    for pair in given {
        let Some((name, value)) = pair.split_once('=') else {
            bail!("{option} takes a property, `=` and what it is, as in {option} name=Label");
        };
        let Some(property) = Property::of_name(name.trim()) else {
            let names = || Property::ALL.iter().map(|property| property.as_str());
            let near = similar(name, names());
            let near = if near.is_empty() { names().collect() } else { near };
            bail!("{option}: there is no property `{name}`; did you mean {}?", alternatives(&near));
        };
        if pairs.insert(property, value.to_owned()).is_some() {
            bail!("{option}: `{name}` is given twice");
        }
    }
    Ok(pairs)
}

pub fn run(args: InventoryArgs, global: Global) -> anyhow::Result<ExitCode> {
    match args.command {
        Sub::Show(args) => finish(&args.files, Some(args.format), &args.output, global),
        Sub::Convert(args) => {
            let usual = args.output.is_empty().then_some(Format::Json);
            finish(&args.files, args.format.or(usual), &args.output, global)
        }
        Sub::Formats(args) => formats(&args, global),
    }
}

/// Some records could not be read.
const FINDINGS: u8 = 1;
/// A file could not be read.
const FAILED: u8 = 2;

fn finish(files: &Files, stdout: Option<Format>, outputs: &[PathBuf], global: Global) -> anyhow::Result<ExitCode> {
    let formats = outputs.iter().map(|path| format_of(path)).collect::<anyhow::Result<Vec<_>>>()?;
    outputs.iter().try_for_each(|path| output::check_folder(path))?;
    output::check_inputs(&files.files, outputs)?;
    let outputs: Vec<_> = outputs.iter().zip(formats).collect();
    let inventory = files.reading.read(&files.files)?;
    for (path, format) in outputs {
        write_file(&inventory, format, path).with_context(|| format!("`{}` cannot be written", path.display()))?;
    }
    if let Some(format) = stdout {
        let mut out = BufWriter::new(anstream::stdout().lock());
        inventory.write(format, &mut out, &look(io::stdout().is_terminal(), global))?;
        out.flush()?;
    }
    // The table has them already; whoever reads a format for programs still wants to see what is wrong.
    if stdout != Some(Format::Text) {
        let mut err = BufWriter::new(anstream::stderr().lock());
        if !global.quiet || !inventory.all_files_read() {
            inventory.write_problems(&mut err, &look(io::stderr().is_terminal(), global))?;
        }
        err.flush()?;
    }
    let lost = inventory.problems().iter().any(|problem| problem.kind.is_loss());
    Ok(ExitCode::from(match (inventory.all_files_read(), lost) {
        (false, _) => FAILED,
        (true, true) => FINDINGS,
        (true, false) => 0,
    }))
}

/// [`anstream`] takes colours away where they are not wanted.
fn look(terminal: bool, global: Global) -> Style {
    Style { color: true, hyperlinks: false, unicode: terminal, verbose: global.verbose, ..Style::default() }
}

fn format_of(path: &Path) -> anyhow::Result<Format> {
    Format::from_path(path).ok_or_else(|| {
        let known: Vec<&str> = Format::ALL.iter().flat_map(|format| format.extensions()).copied().collect();
        anyhow!("the name of `{}` does not end in {}", path.display(), alternatives(&known))
    })
}

/// Writes an inventory to a file. It tells whom to attack, and stays private to its owner.
fn write_file(inventory: &Inventory, format: Format, path: &Path) -> io::Result<()> {
    let style = Style { color: false, verbose: true, ..Style::default() };
    output::write(path, Readers::Owner, |out| inventory.write(format, out, &style))
}

fn formats(args: &FormatsArgs, global: Global) -> anyhow::Result<ExitCode> {
    let word = args.word.as_deref().unwrap_or_default().to_lowercase();
    let fits = |text: &str| text.to_lowercase().contains(&word);
    let mut out = BufWriter::new(anstream::stdout().lock());
    let (name, faint) = (style::NAME, style::FAINT);
    let mut number = 0;
    for format in EXPORTS.iter().filter(|format| fits(format.name) || fits(format.title) || fits(format.provider)) {
        number += 1;
        let unsure = if format.basis == ExportBasis::Unconfirmed { " (in part from general knowledge)" } else { "" };
        writeln!(out, "{name}{}{name:#}: {}{unsure}", format.name, format.title)?;
        writeln!(out, "    {faint}{}{faint:#}", format.export)?;
    }
    if !global.quiet {
        writeln!(
            out,
            "\n{faint}{}; any other table or JSON is read by its headings{faint:#}",
            super::selection::counted(number, "format")
        )?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_named() {
        let given = ["name=Label".to_owned(), "last-used=Used=when".to_owned()];
        let pairs = pairs("--map", &given).unwrap();
        assert_eq!(pairs[&Property::Name], "Label");
        assert_eq!(pairs[&Property::LastUsed], "Used=when");
    }

    #[test]
    fn mistakes_in_mappings_have_a_suggestion() {
        let error = |given: &str| pairs("--map", &[given.to_owned()]).unwrap_err().to_string();
        assert!(error("nmae=x").contains("`name`"), "{}", error("nmae=x"));
        assert!(error("zzz=x").contains("`rotation-due`"));
        assert!(error("name").contains("--map name=Label"));
        let twice = ["name=a".to_owned(), "name=b".to_owned()];
        assert!(super::pairs("--map", &twice).unwrap_err().to_string().contains("twice"));
    }

    #[test]
    fn the_extension_says_the_format() {
        assert_eq!(format_of(Path::new("a.tsv")).unwrap(), Format::Tsv);
        assert!(format_of(Path::new("a.xlsx")).unwrap_err().to_string().contains("`.csv`"));
    }
}
