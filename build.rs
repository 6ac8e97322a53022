//! Turns `rules/*.toml` into the constant tables of `detect::rule::builtin`, with the library's own reader of rules.
//! A mistake in a rule file stops the build with its file, line and column.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, process};

#[allow(dead_code)]
#[path = "src/detect/rule"]
mod rule {
    //! The parts of the library that the build needs.
    pub mod anchor;
    pub mod fact_group;
    pub mod layout;
    pub mod probes;
    pub mod spec;
    pub mod steps;
}

use rule::anchor::ByteSet;
use rule::layout::{Entry, Layout};
use rule::probes::Planned;
use rule::spec::{self, Checked, Vocabulary};
use rule::steps::{Behind, Step};

fn main() {
    let mut rules: Vec<Checked> = Vec::new();
    let families = stems("src/detect/verify", "rs");
    let detectors = stems("src/detect/detector", "rs");
    let vocabulary = Vocabulary {
        families: &families.iter().map(String::as_str).collect::<Vec<_>>(),
        detectors: &detectors.iter().map(String::as_str).collect::<Vec<_>>(),
    };
    let mut failed = false;
    for name in stems("rules", "toml") {
        let path = format!("rules/{name}.toml");
        let text = read(&path);
        match spec::read(&text, vocabulary) {
            Ok(found) => rules.extend(found),
            Err(errors) => {
                for error in errors {
                    let (line, column) = place(&text, error.span.as_ref().map_or(0, |span| span.start));
                    println!("cargo::error={path}:{line}:{column}: {error}");
                }
                failed = true;
            }
        }
    }
    rules.sort_by(|a, b| a.spec.id.get_ref().cmp(b.spec.id.get_ref()));
    for pair in rules.windows(2) {
        if pair[0].spec.id.get_ref() == pair[1].spec.id.get_ref() {
            println!("cargo::error=rule `{}` stands in two files", pair[0].spec.id.get_ref());
            failed = true;
        }
    }
    if failed {
        process::exit(1);
    }
    let out = env::var("OUT_DIR").unwrap_or_default();
    let path = Path::new(&out).join("builtin_rules.rs");
    if let Err(error) = fs::write(&path, print(&rules)) {
        println!("cargo::error={}: {error}", path.display());
        process::exit(1);
    }
}

/// File names without their extension, in order, `mod` left out; `snake_case` reads as `kebab-case`.
fn stems(folder: &str, extension: &str) -> Vec<String> {
    println!("cargo::rerun-if-changed={folder}");
    let mut stems: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .filter(|stem| stem != "mod")
        .map(|stem| if extension == "rs" { stem.replace('_', "-") } else { stem })
        .collect();
    stems.sort();
    stems
}

fn read(path: &str) -> String {
    println!("cargo::rerun-if-changed={path}");
    fs::read_to_string(path).unwrap_or_else(|error| {
        println!("cargo::error={path}: {error}");
        process::exit(1);
    })
}

fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..offset.min(text.len())];
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

fn print(rules: &[Checked]) -> String {
    let mut out = String::new();
    let w = &mut out;
    let _ = writeln!(w, "pub(super) static RULES: [Rule; {}] = [", rules.len());
    for rule in rules {
        print_rule(w, rule);
    }
    let _ = writeln!(w, "];");
    let layout = Layout::new(rules.iter().map(|rule| rule.derived.as_ref()), |literal| literal.to_vec());
    let _ = writeln!(w, "pub(super) static FIRST_TWO: [u16; {}] = {:?};", layout.first_two.len(), layout.first_two);
    let _ = writeln!(w, "pub(super) static BUCKETS: [(u16, u16); {}] = {:?};", layout.buckets.len(), layout.buckets);
    print_entries(w, "BOUNDARY", &layout.boundary);
    print_entries(w, "INSIDE", &layout.inside);
    print_entries(w, "ANYWHERE", &layout.anywhere);
    print_plan(w, "PLAN", &layout.plan);
    print_behind(w, "BEHIND", &layout.behind);
    let _ = writeln!(w, "pub(super) static SHAPES: [ShapeEntry; {}] = [", layout.shapes.len());
    for shape in &layout.shapes {
        let alphabet = bytes(&shape.alphabet);
        let _ = writeln!(
            w,
            "ShapeEntry {{ alphabet: {alphabet}, min: {}, max: {}, rule: {} }},",
            shape.min, shape.max, shape.rule
        );
    }
    let _ = writeln!(w, "];");
    out
}

fn print_rule(w: &mut String, rule: &Checked) {
    let spec = &rule.spec;
    let severity = variant(spec.severity.get_ref());
    let confidence = match (&spec.confidence, &rule.derived) {
        (Some(confidence), _) => variant(confidence.get_ref()),
        (None, Some(derived)) if !derived.needs_evidence() => "High".to_owned(),
        (None, _) => "Medium".to_owned(),
    };
    let verify = spec.verify.as_ref().map_or("None".to_owned(), |name| {
        format!("Some(&verify::{})", name.get_ref().replace('-', "_").to_uppercase())
    });
    let part = spec.part.as_ref().map_or("None".to_owned(), |part| {
        format!("Some(PartRole {{ group: {:?}, role: {:?} }})", part.group.get_ref(), part.role.get_ref())
    });
    let (min_len, tail) = rule.derived.as_ref().map_or((0, ByteSet::default()), |d| (d.min_len, d.tail));
    let covers = if spec.covers.is_empty() { vec![spec.id.get_ref().clone()] } else { spec.covers.clone() };
    let _ = writeln!(
        w,
        "Rule {{ id: {:?}, provider: {:?}, title: {:?}, description: {:?}, severity: Severity::{severity}, \
         confidence: Confidence::{confidence}, pattern: {:?}, detector: {:?}, verify: {verify}, context: &{:?}, \
         part: {part}, secret: {}, alone: {}, inventory: {:?}, revoke: {:?}, references: &{:?}, covers: &{covers:?}, \
         cwe: {}, min_len: {min_len}, tail: {}, far: {} }},",
        spec.id.get_ref(),
        rule.provider,
        spec.title.get_ref(),
        spec.description.get_ref().trim(),
        spec.pattern.as_ref().map(|p| p.get_ref()),
        spec.detector.as_ref().map(|d| d.get_ref()),
        spec.context.iter().map(|word| word.get_ref()).collect::<Vec<_>>(),
        spec.secret,
        spec.alone.get_ref(),
        spec.inventory.as_ref().map(|i| i.matched_by.get_ref()),
        spec.revoke,
        spec.references,
        spec.cwe.get_ref(),
        bytes(&tail),
        rule.derived.as_ref().is_some_and(|derived| derived.far),
    );
}

fn print_entries(w: &mut String, name: &str, entries: &[Entry<Vec<u8>>]) {
    let _ = writeln!(w, "pub(super) static {name}: [Entry<&'static [u8]>; {}] = [", entries.len());
    for entry in entries {
        let _ = writeln!(
            w,
            "Entry {{ literal: &{:?}, lead: {}, offset_min: {}, offset_max: {}, rule: {}, behind: {:?} }},",
            entry.literal, entry.lead, entry.offset_min, entry.offset_max, entry.rule, entry.behind
        );
    }
    let _ = writeln!(w, "];");
}

fn print_plan(w: &mut String, name: &str, plan: &[Planned<Vec<u8>>]) {
    let _ = writeln!(w, "pub(super) static {name}: [Planned<&'static [u8]>; {}] = [", plan.len());
    for Planned { literal, offset, group } in plan {
        let _ = writeln!(w, "Planned {{ literal: &{literal:?}, offset: {offset}, group: {group} }},");
    }
    let _ = writeln!(w, "];");
}

fn print_behind(w: &mut String, name: &str, all: &[Behind<Vec<u8>>]) {
    let _ = writeln!(w, "pub(super) static {name}: [Behind<&'static [u8]>; {}] = [", all.len());
    let step = |step: &Step| match *step {
        Step::NONE => "Step::NONE".to_owned(),
        Step { set, min, max } => format!("Step {{ set: {}, min: {min}, max: {max} }}", bytes(&set)),
    };
    for Behind { steps, literal, within } in all {
        let steps: Vec<String> = steps.iter().map(step).collect();
        let steps = steps.join(", ");
        let _ = writeln!(w, "Behind {{ steps: [{steps}], literal: &{literal:?}, within: {within} }},");
    }
    let _ = writeln!(w, "];");
}

fn bytes(set: &ByteSet) -> String {
    format!("ByteSet({:?})", set.0)
}

fn variant(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
