//! `keytrail schedule`: when the keys of inventories are due for rotation, as a table and as a calendar.

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use clap::ValueHint;
use jiff::civil::Date;
use keytrail::config::Period;
use keytrail::inventory::Inventory;
use keytrail::report::Style;
use keytrail::schedule::{Format, Schedule};

use super::inventory::Reading;
use super::output::{self, Readers};
use super::selection::alternatives;
use super::{Global, session};

/// Say when keys are due for rotation, and write a calendar
///
/// A key is due on the earliest of the day that its inventory states, a period after its secret last changed, and the
/// day on which it expires. Periods and exceptions are those of keytrail.toml, as in an audit. Calendars have stable identities: importing one again moves events instead of doubling them.
#[derive(Debug, clap::Args)]
#[command(
    arg_required_else_help = true,
    after_help = "\
Examples:
  keytrail schedule --inventory keys.csv                        a table, the most urgent first
  keytrail schedule --inventory *.json -o rotation.ics          a calendar with reminders 14 and 3 days before
  keytrail schedule --inventory keys.csv --rotation-days 30 --as-of 2026-01-31 --format json

Keys without any known date are listed as such, and revoked ones are left out.

Exit codes:
  0  every record is a key, or was left out for a reason that is said
  1  some records or values could not be read
  2  wrong use, or a file that could not be read or recognised"
)]
pub struct ScheduleArgs {
    /// Export of issued keys of any provider; `-` is standard input
    #[arg(long, value_name = "FILE", required = true, num_args = 1.., value_hint = ValueHint::FilePath)]
    inventory: Vec<PathBuf>,
    /// So many days after its secret last changed any key is due [default: what keytrail.toml says, or 90]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    rotation_days: Option<u32>,
    /// So many days before that it is due soon [default: what keytrail.toml says, or 14]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=36_500))]
    notice: Option<u32>,
    /// The day that the schedule is seen from, such as 2026-01-31 [default: today, in UTC]
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    #[command(flatten)]
    reading: Reading,
    /// Format on standard output [default: text, or nothing when files are written]
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    format: Option<Format>,
    /// Write this file; its extension says the format: .ics, .txt, .json or .csv
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    output: Vec<PathBuf>,
}

/// Some records could not be read.
const FINDINGS: u8 = 1;
/// A file could not be read.
const FAILED: u8 = 2;

pub fn run(args: &ScheduleArgs, global: Global) -> anyhow::Result<ExitCode> {
    let outputs = args.output.iter().map(|path| Ok((path, format_of(path)?))).collect::<anyhow::Result<Vec<_>>>()?;
    args.output.iter().try_for_each(|path| output::check_folder(path))?;
    output::check_inputs(&args.inventory, &args.output)?;
    let loaded = args.reading.configuration()?;
    let inventory = args.reading.read_with(&args.inventory, &loaded)?;
    let mut policy = super::audit::policy(&loaded)?;
    policy.insist(args.rotation_days.map(Period::Days), args.notice.map(Period::Days));
    let as_of = args.as_of.unwrap_or_else(session::today);
    let schedule = Schedule::new(&inventory, &policy, as_of);
    for (path, format) in &outputs {
        write_file(&schedule, &inventory, *format, path)
            .with_context(|| format!("`{}` cannot be written", path.display()))?;
    }
    if let Some(format) = args.format.or(outputs.is_empty().then_some(Format::Text)) {
        let mut out = BufWriter::new(anstream::stdout().lock());
        schedule.write(format, &inventory, &mut out, &look(global, io::stdout().is_terminal()))?;
        out.flush()?;
    }
    // A schedule leaves out what could not be read; whoever relies on it has to know, whatever its format.
    let mut err = BufWriter::new(anstream::stderr().lock());
    if !global.quiet || !inventory.all_files_read() {
        inventory.write_problems(&mut err, &look(global, io::stderr().is_terminal()))?;
    }
    err.flush()?;
    let lost = inventory.problems().iter().any(|problem| problem.kind.is_loss());
    Ok(ExitCode::from(match (inventory.all_files_read(), lost) {
        (false, _) => FAILED,
        (true, true) => FINDINGS,
        (true, false) => 0,
    }))
}

/// [`anstream`] takes colours away where they are not wanted.
fn look(global: Global, terminal: bool) -> Style {
    Style { color: true, unicode: terminal, verbose: global.verbose, ..Style::default() }
}

fn format_of(path: &Path) -> anyhow::Result<Format> {
    Format::from_path(path).ok_or_else(|| {
        let known: Vec<&str> = Format::ALL.iter().map(|format| format.extension()).collect();
        anyhow!("the name of `{}` does not end in {}", path.display(), alternatives(&known))
    })
}

/// Writes a schedule to a file. It tells whose keys are old, and stays private to its owner.
fn write_file(schedule: &Schedule, inventory: &Inventory, format: Format, path: &Path) -> io::Result<()> {
    let style = Style { color: false, verbose: true, ..Style::default() };
    output::write(path, Readers::Owner, |out| schedule.write(format, inventory, out, &style))
}
