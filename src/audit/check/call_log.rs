//! Call logs that could not be read to the last row.

use super::{Asks, Check};
use crate::audit::control;
use crate::finding::Severity;

/// See the module. [`crate::audit::calls`] judges.
pub static CHECK: Check = Check {
    id: "call-log",
    title: "Call log that is not whole",
    severity: Severity::Medium,
    what: "A row of a call log cannot be read, has a word of the outcome that is not known, or a file is empty. \
           Each has its line and reason. What could not be read was not judged, and the audit is incomplete.",
    why: "A call that is left out by a mistake in a file is one that nobody looks at.",
    remedy: "Export the log again, or say with `[[calls.mapping]]` how it is to be read.",
    controls: control::WATCHING,
    cwe: &[778],
    asks: Asks::Elsewhere,
};
