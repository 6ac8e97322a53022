//! The look of what commands print: a few terminal styles, the same in the help, in errors and in tables.

use anstyle::{AnsiColor, Style};
use clap::builder::Styles;
use keytrail::Severity;

/// Names of things: rule ids, commands.
pub const NAME: Style = AnsiColor::Cyan.on_default();
/// Headings of tables and pages.
pub const HEADING: Style = Style::new().bold();
/// What may be overlooked.
pub const FAINT: Style = Style::new().dimmed();

/// The word before an error message.
pub const ERROR: Style = AnsiColor::Red.on_default().bold();

/// The help's styles.
pub const HELP: Styles = Styles::styled()
    .header(HEADING)
    .usage(HEADING)
    .literal(NAME)
    .error(ERROR)
    .valid(NAME)
    .invalid(AnsiColor::Yellow.on_default());

/// The style of a severity's name.
pub fn severity(severity: Severity) -> Style {
    match severity {
        Severity::Critical => AnsiColor::Red.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low => AnsiColor::Blue.on_default(),
        Severity::Note => FAINT,
    }
}
