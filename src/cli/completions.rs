//! `keytrail completions`: a script that teaches a shell keytrail's commands and options.

use std::io::Write as _;
use std::process::ExitCode;

use clap::CommandFactory as _;
use clap_complete::Shell;

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail completions bash > ~/.local/share/bash-completion/completions/keytrail
  keytrail completions zsh > ~/.zfunc/_keytrail          (with ~/.zfunc in fpath)
  keytrail completions fish > ~/.config/fish/completions/keytrail.fish
  keytrail completions powershell >> $PROFILE
  keytrail completions elvish >> ~/.config/elvish/rc.elv")]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub fn run(args: CompletionsArgs) -> anyhow::Result<ExitCode> {
    // Made in memory first: the generator panics when a write fails, as it does when a pipe is closed.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::Cli::command(), "keytrail", &mut script);
    let mut out = std::io::stdout().lock();
    out.write_all(&script)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
