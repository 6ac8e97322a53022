//! Files of the inventory that could not be read, or leave keys out.

use super::{Asks, Check, Found};
use crate::audit::context::Context;
use crate::audit::control;
use crate::finding::Severity;
use crate::inventory::problem::Kind;

/// See the module.
pub static CHECK: Check = Check {
    id: "inventory-file",
    title: "File of the inventory that is not whole",
    severity: Severity::High,
    what: "A file of the inventory cannot be read or recognised, or is one page of several.",
    why: "An audit of half of the keys says nothing about the others.",
    remedy: "Export the file again, with all pages; the manual lists the commands of every provider.",
    controls: control::INVENTORY,
    cwe: &[],
    asks: Asks::All(judge),
};

fn judge(context: &Context<'_>) -> Vec<Found> {
    let problems = context.inventory.problems().iter();
    problems
        .filter_map(|problem| {
            let severity = match problem.kind {
                Kind::BadFile => Severity::High,
                Kind::Incomplete => Severity::Low,
                _ => return None,
            };
            let place = context.place(problem.origin);
            let mut found = Found::new(format!("The file is not whole: {}.", problem.message)).severity(severity);
            found.remedy = problem.help.as_ref().map(|help| format!("Do this: {help}."));
            found.subject = Some(place.path.to_string());
            found.identity = Some(format!("{} {}", place.path, problem.kind.as_str()));
            found.places = vec![place];
            Some(found.fact("kind", problem.kind.as_str()))
        })
        .collect()
}
