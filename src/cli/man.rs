//! `keytrail man`: the manual pages, made of the same declarations as `--help`.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{CommandFactory as _, ValueHint};

/// Write the manual pages
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail man ~/.local/share/man/man1      afterwards, `man keytrail-scan` shows one
  keytrail man man/man1                     for a package")]
pub struct ManArgs {
    /// The folder they go into; it is made if it is not there
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: PathBuf,
}

/// Writes a page for the program and for each of its commands.
///
/// # Errors
/// When the folder or a page cannot be written.
pub fn run(args: &ManArgs) -> anyhow::Result<ExitCode> {
    let context = || format!("the pages cannot be written into `{}`", args.folder.display());
    fs::create_dir_all(&args.folder).with_context(context)?;
    clap_mangen::generate_to(super::Cli::command(), &args.folder).with_context(context)?;
    writeln!(anstream::stderr(), "the pages are in {}", args.folder.display())?;
    Ok(ExitCode::SUCCESS)
}
