//! The `keytrail` command: parse, run, exit code. Everything else is in [`cli`] and in the library.

use std::io::{self, ErrorKind, Write as _};
use std::panic;
use std::process::ExitCode;

mod cli;

/// Wrong use, input that cannot be read, a scan that could not cover everything, or a defect. Clap ends with it too.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    cli::crash::install_hook();
    let cli = cli::parse();
    match panic::catch_unwind(|| cli::run(cli)) {
        Ok(Ok(code)) => code,
        // Whoever read the output has seen enough (`keytrail rules list | head -1`): that is no failure.
        Ok(Err(error)) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            // When standard error is closed as well, the exit code has to say it all.
            let _ = writeln!(anstream::stderr(), "{0}error:{0:#} {error:#}", cli::style::ERROR);
            ExitCode::from(FAILED)
        }
        // The hook has said where. The usual code of a panic, 101, would be one more for callers to know.
        Err(_) => ExitCode::from(FAILED),
    }
}

/// Whether writing failed because the reading end was closed.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}
