//! `keytrail rules`: what keytrail looks for, and a check of one's own rule files.

use std::process::ExitCode;

use clap::Subcommand;

use super::Global;

mod check;
pub mod diagnostic;
mod list;
mod show;

/// List and explain the rules, or check your own
#[derive(Debug, clap::Args)]
#[command(
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = "\
Examples:
  keytrail rules list github
  keytrail rules show github-personal-access-token
  keytrail rules check our-rules.toml"
)]
pub struct RulesArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Check(check::CheckArgs),
}

pub fn run(args: RulesArgs, global: Global) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::List(args) => list::run(args, global),
        Command::Show(args) => show::run(args),
        Command::Check(args) => check::run(args, global),
    }
}
