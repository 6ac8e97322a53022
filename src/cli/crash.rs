//! What is said when keytrail itself fails.
//!
//! A panic's message may quote the bytes it was about, and those may be a key. So the hook prints the place in the
//! source, which is all that is needed to find the defect, and never the message.

use std::io::{self, Write as _};
use std::panic::{self, PanicHookInfo};

/// Replaces Rust's own hook, for every thread. Ending the process is left to the caller that unwinds: a panic over one
/// file need not end a scan.
pub fn install_hook() {
    panic::set_hook(Box::new(report));
}

fn report(info: &PanicHookInfo<'_>) {
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    // Nothing is left to be done when this cannot be written either.
    let _ = writeln!(
        io::stderr().lock(),
        "keytrail {} failed at {place}: this is a defect in keytrail; nothing of the scanned content is shown",
        env!("CARGO_PKG_VERSION"),
    );
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::process::Command;

    /// Run by the test below, in a process of its own.
    #[test]
    #[ignore = "panics on purpose"]
    fn panics_over_content() {
        super::install_hook();
        let content = String::from_utf8(b"drowssap".iter().rev().copied().collect()).unwrap();
        panic!("cannot read {content}");
    }

    #[test]
    fn a_panic_shows_its_place_and_not_its_message() {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "cli::crash::tests::panics_over_content", "--ignored", "--nocapture"])
            .output()
            .unwrap();
        assert!(!output.status.success());
        let stderr = String::from_utf8(output.stderr).unwrap();
        let everything = stderr.clone() + &String::from_utf8(output.stdout).unwrap();
        assert!(stderr.contains("failed at src/cli/crash.rs:"), "{everything}");
        assert!(stderr.contains("defect in keytrail"), "{everything}");
        assert!(!everything.contains("password") && !everything.contains("cannot read"), "{everything}");
    }
}
