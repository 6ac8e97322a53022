//! `keytrail demo`: makes a repository with invented leaks and scans it.

use std::path::PathBuf;
use std::process::ExitCode;

use super::Global;

/// Make a small repository with invented leaks, and scan it
///
/// The keys in it are made up on the spot: they have the right shape and checksum, and open nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail demo               in a new temporary folder, which is kept and named
  keytrail demo leaky-shop    in ./leaky-shop")]
pub struct DemoArgs {
    /// Where to make it: a folder that does not exist yet, or is empty [default: a new temporary folder, which is kept]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub fn run(args: DemoArgs, global: Global) -> anyhow::Result<ExitCode> {
    let _ = (args.dir, global);
    anyhow::bail!("`demo` is not wired yet")
}
