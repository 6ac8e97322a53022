//! The command line: what may be typed, and one file per command that does it.
//!
//! Clap's structs are read once and turned into what the library takes; no command looks at the arguments of another.
//! Output goes through [`anstream`], which keeps colours where they are wanted, and every failed write is an error, so
//! that a closed pipe ends the program.

use std::process::ExitCode;

use clap::{ColorChoice, Parser, Subcommand};

mod audit;
mod baseline;
mod completions;
mod config;
mod configuration;
pub mod crash;
mod demo;
mod explain;
mod history;
mod hook;
mod init;
mod inventory;
mod locate;
mod man;
mod output;
mod progress;
mod report;
mod rules;
mod scan;
mod schedule;
mod selection;
mod session;
pub mod style;

/// Finds leaked API keys in working trees.
///
/// keytrail works offline: nothing it reads leaves the machine, and no report shows a whole key unless --show-secrets
/// is given.
#[derive(Debug, Parser)]
#[command(
    name = "keytrail",
    version,
    styles = style::HELP,
    max_term_width = 100,
    arg_required_else_help = true,
    subcommand_value_name = "COMMAND",
    disable_help_subcommand = true,
    after_help = "\
Examples:
  keytrail scan                                 scan the working tree
  keytrail scan --format sarif > leaks.sarif    report for a code scanning service
  pbpaste | keytrail locate                     where the key of the clipboard stands
  keytrail rules show github-personal-access-token

Exit codes:
  0  nothing at or above the threshold of --fail-on
  1  findings
  2  wrong use, unreadable input, or a scan that could not cover everything

`keytrail COMMAND --help` has the options and more examples of a command."
)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Clone, Copy, Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// When to use colours; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
    /// Say nothing but results and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more about what is done
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Scan(Box<scan::ScanArgs>),
    Audit(Box<audit::AuditArgs>),
    Locate(locate::LocateArgs),
    Explain(explain::ExplainArgs),
    Inventory(inventory::InventoryArgs),
    Schedule(schedule::ScheduleArgs),
    Rules(rules::RulesArgs),
    Baseline(baseline::BaselineArgs),
    Hook(hook::HookArgs),
    Init(init::InitArgs),
    Config(config::ConfigCommandArgs),
    Report(report::ReportArgs),
    Demo(demo::DemoArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// The arguments of the process, read. Ends it for help and for mistakes in them.
#[must_use]
pub fn parse() -> Cli {
    match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => locate::without_key(error, std::env::args_os()).exit(),
    }
}

/// Does what was asked; the code is that of the process.
///
/// # Errors
/// Whatever ends a command early: exit code 2, unless it is a closed pipe.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let Cli { global, command } = cli;
    match global.color {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
    .write_global();
    match command {
        Command::Scan(args) => scan::run(*args, global),
        Command::Audit(args) => audit::run(*args, global),
        Command::Locate(args) => locate::run(args, global),
        Command::Explain(args) => explain::run(args, global),
        Command::Inventory(args) => inventory::run(args, global),
        Command::Schedule(args) => schedule::run(&args, global),
        Command::Rules(args) => rules::run(args, global),
        Command::Baseline(args) => baseline::run(args, global),
        Command::Hook(args) => hook::run(args, global),
        Command::Init(args) => init::run(&args, global),
        Command::Config(args) => config::run(args, global),
        Command::Report(args) => report::run(args, global),
        Command::Demo(args) => demo::run(args, global),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(&args),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
