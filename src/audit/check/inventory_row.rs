//! Rows of the inventory that could not be read, and rows that contradict each other.

use super::{Asks, Check, Found};
use crate::audit::context::Context;
use crate::audit::control;
use crate::finding::Severity;
use crate::inventory::problem::Kind;

/// See the module.
pub static CHECK: Check = Check {
    id: "inventory-row",
    title: "Row of the inventory that cannot be read",
    severity: Severity::Medium,
    what: "A row of an inventory is no key, a value in it cannot be read or can be read in two ways, a file lists a \
           key twice, or two files contradict each other. Each has its line and reason; what could not be read is not \
           in the audit.",
    why: "A key that is left out of an audit by a mistake in a file is one that nobody looks at.",
    remedy: "Correct the row, or say with `[[inventory.mapping]]` how the file is to be read.",
    controls: control::INVENTORY,
    cwe: &[],
    asks: Asks::All(judge),
};

fn judge(context: &Context<'_>) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    for problem in context.inventory.problems() {
        let severity = match problem.kind {
            Kind::BadRow | Kind::BadValue | Kind::AmbiguousDate => Severity::Medium,
            Kind::Conflict => Severity::Low,
            Kind::Duplicate => Severity::Note,
            // Other checks have these.
            Kind::BadFile | Kind::Plaintext | Kind::Incomplete | Kind::Note => continue,
        };
        let place = context.place(problem.origin);
        let subject = format!("{}:{}", place.path, place.line);
        let mut found = Found::new(format!("The row cannot be used as it is: {}.", problem.message)).severity(severity);
        found.remedy = problem.help.as_ref().map(|help| format!("Do this: {help}."));
        found.identity = Some(format!("{subject} {}", problem.message));
        found.subject = Some(subject);
        found.places = vec![place];
        all.push(found.fact("kind", problem.kind.as_str()));
    }
    for source in context.inventory.sources() {
        for (kind, count) in source.more_problems.iter().filter(|(kind, _)| kind.is_loss()) {
            let place = crate::audit::Place { path: source.path.as_str().into(), line: 0, column: 0 };
            let mut found = Found::new(format!("{count} more rows have problems of the kind {}.", kind.as_str()));
            found.identity = Some(format!("{} {}", source.path, kind.as_str()));
            found.subject = Some(source.path.clone());
            found.places = vec![place];
            all.push(found);
        }
    }
    all
}
