//! `keytrail baseline review`: findings one by one, in the terminal, each with a decision.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, bail};
use console::Term;
use keytrail::baseline::{Entry, KnownFile, name_from_the_top};
use keytrail::report::{Coverage, Style, one_line};
use keytrail::{Finding, Format, Report};

use super::{Looking, Merging, coming, read_or_empty};
use crate::cli::{Global, session, style};

/// What someone decides about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    Keep,
    Allow,
    Remove,
    Open,
    Skip,
    Quit,
}

/// How the findings were dealt with.
#[derive(Debug, Default)]
struct Tally {
    kept: usize,
    allowed: usize,
    removed: usize,
    skipped: usize,
    gone: usize,
}

/// Goes through the findings.
///
/// # Errors
/// Without a terminal, what ends a scan early, and a file that cannot be written.
pub fn run(mut looking: Looking, all: bool, merging: &Merging, global: Global) -> anyhow::Result<ExitCode> {
    let term = Term::stdout();
    if !term.is_term() || !io::IsTerminal::is_terminal(&io::stdin()) {
        bail!(
            "`review` asks its questions in a terminal, and there is none; `keytrail baseline update --reason WHY` \
             takes what is found as it is"
        );
    }
    let ready = looking.ready(global)?;
    let path = ready.path.clone();
    let looked = looking.look(ready)?;
    let mut is_new = matches!(path.try_exists(), Ok(false));
    let mut known = read_or_empty(&path)?;
    let today = session::today();
    let findings: Vec<&Finding> = looked
        .report
        .findings
        .iter()
        .filter(|finding| !finding.is_allowed())
        .filter(|finding| all || known.baseline.known(finding, today).is_none())
        .collect();
    let look = session::terminal_style(global);
    let (heading, error) = if look.color { (style::HEADING, style::ERROR) } else { Default::default() };
    let mut tally = Tally::default();
    for (number, finding) in (1..).zip(&findings) {
        writeln!(&term, "\n{heading}{number} of {}{heading:#}\n", findings.len())?;
        show(&term, &looked.report, finding, &look)?;
        if let Some(entry) = known.baseline.get(finding) {
            let text = looked.scanner.redacted(&described(entry));
            writeln!(&term, "  in the baseline: {text}")?;
        }
        loop {
            match ask(&term, known.baseline.get(finding).is_some())? {
                Decision::Keep => tally.kept += 1,
                Decision::Skip => tally.skipped += 1,
                Decision::Allow => {
                    let mut named = [(*finding).clone()];
                    if looked.scanned {
                        name_from_the_top(&looked.report.root, &mut named);
                    }
                    let [named] = named;
                    if !allow(&term, &mut known, &named, &|text| looked.scanner.redacted(text))? {
                        continue;
                    }
                    // Each decision is kept at once: whatever ends this, it is not lost.
                    super::write(&known)?;
                    if std::mem::take(&mut is_new) {
                        merging.see_to(&path, global)?;
                    }
                    tally.allowed += 1;
                }
                Decision::Remove => {
                    known.baseline.remove(finding);
                    super::write(&known)?;
                    tally.removed += 1;
                }
                Decision::Open => {
                    let before = still_there(finding);
                    if let Err(problem) = open(finding) {
                        writeln!(&term, "{error}error:{error:#} {problem:#}")?;
                    }
                    if before && !still_there(finding) {
                        writeln!(&term, "it is not there any more")?;
                        tally.gone += 1;
                        break;
                    }
                    continue;
                }
                Decision::Quit => {
                    finish(&term, &tally, findings.len() - number + 1, &known)?;
                    return super::incomplete(&looked);
                }
            }
            break;
        }
    }
    finish(&term, &tally, 0, &known)?;
    super::incomplete(&looked)
}

fn finish(term: &Term, tally: &Tally, left: usize, known: &KnownFile) -> io::Result<()> {
    let Tally { kept, allowed, removed, skipped, gone } = tally;
    let mut line = format!("\n{kept} left open, {allowed} allowed, {skipped} skipped");
    if *removed > 0 {
        line.push_str(&format!(", {removed} taken out"));
    }
    if *gone > 0 {
        line.push_str(&format!(", {gone} not there any more"));
    }
    if left > 0 {
        line.push_str(&format!(", {left} not looked at"));
    }
    writeln!(&mut &*term, "{line}; {} has {}", known.path.display(), super::counted_entries(known.baseline.len()))
}

/// The finding as the text report shows it.
fn show(term: &Term, report: &Report, finding: &Finding, style: &Style) -> anyhow::Result<()> {
    let one = Report { findings: vec![finding.clone()], coverage: Coverage::default(), ..report.clone() };
    let mut text = Vec::new();
    one.write_styled(Format::Text, &mut text, style)?;
    let text = String::from_utf8_lossy(&text);
    // Without the line that sums up.
    let lines: Vec<&str> = text.trim_end().lines().collect();
    for line in lines.iter().take(lines.len().saturating_sub(1)) {
        writeln!(&mut &*term, "{line}")?;
    }
    Ok(())
}

fn described(entry: &Entry) -> String {
    let mut said = vec![entry.reason.clone().unwrap_or_else(|| "without a reason".to_owned())];
    said.extend(entry.owner.as_ref().map(|owner| format!("owner {owner}")));
    said.extend(entry.expires.map(|day| format!("until {day}")));
    one_line(&said.join(", ")).into_owned()
}

fn ask(term: &Term, listed: bool) -> io::Result<Decision> {
    let remove = if listed { ", (r)emove from the baseline" } else { "" };
    loop {
        write!(&mut &*term, "(k)eep open, (a)llow with a reason, (o)pen in the editor, (s)kip{remove}, (q)uit? ")?;
        let Some(answer) = answer()? else {
            writeln!(&mut &*term)?;
            return Ok(Decision::Quit);
        };
        let decision = match answer.trim().chars().next().map(|c| c.to_ascii_lowercase()) {
            Some('k') => Decision::Keep,
            Some('a') => Decision::Allow,
            Some('o') => Decision::Open,
            Some('s') => Decision::Skip,
            Some('r') if listed => Decision::Remove,
            Some('q') => Decision::Quit,
            _ => continue,
        };
        return Ok(decision);
    }
}

/// The next line that was typed; nothing at the end of the input.
fn answer() -> io::Result<Option<String>> {
    let mut line = String::new();
    let read = io::stdin().read_line(&mut line)?;
    Ok((read > 0).then_some(line))
}

/// Asks for the reason and writes the entry. An empty reason takes the decision back. `redacted` is for texts that may
/// hold keys.
fn allow(
    term: &Term,
    known: &mut KnownFile,
    finding: &Finding,
    redacted: &dyn Fn(&str) -> String,
) -> anyhow::Result<bool> {
    let question = |text: &str| -> io::Result<String> {
        loop {
            write!(&mut &*term, "{text}: ")?;
            let said = answer()?.unwrap_or_default().trim().to_owned();
            if redacted(&said) == said {
                return Ok(said);
            }
            writeln!(&mut &*term, "it holds a key, and the baseline is for everybody to read; say it without the key")?;
        }
    };
    let reason = question("Why may it stay")?;
    if reason.is_empty() {
        writeln!(&mut &*term, "without a reason it stays open")?;
        return Ok(false);
    }
    let owner = question("Who answers for that (may be empty)")?;
    let expires = loop {
        let text = question("Until when, YYYY-MM-DD (may be empty)")?;
        if text.is_empty() {
            break None;
        }
        match coming(&text) {
            Ok(day) => break Some(day),
            Err(problem) => writeln!(&mut &*term, "{problem}")?,
        }
    };
    let comments = known.baseline.remove(finding).map(|old| old.comments).unwrap_or_default();
    known.baseline.insert(Entry {
        reason: Some(reason),
        owner: Some(owner).filter(|owner| !owner.is_empty()),
        expires,
        comments,
        ..Entry::of(finding)
    });
    Ok(true)
}

/// Whether one of the files in which the key stands holds its bytes. Not so for one that stands there in another form.
fn still_there(finding: &Finding) -> bool {
    let Some(secret) = finding.secret.secret() else { return false };
    let files = finding.places().into_iter().filter(|place| place.is_at_head() && place.is_file());
    files
        .map(|place| &place.artifact.path)
        .any(|path| fs::read(path).is_ok_and(|bytes| memchr::memmem::find(&bytes, secret.expose()).is_some()))
}

/// Opens the file in the editor that the environment names, at the line where it takes one.
fn open(finding: &Finding) -> anyhow::Result<()> {
    let places = finding.places();
    let place = places.iter().find(|place| place.history.as_ref().is_none_or(|history| history.at_head));
    let Some(place) = place.filter(|place| Path::new(&place.artifact.path).is_file()) else {
        bail!("it stands in the history only: there is no file to open");
    };
    let editor = ["VISUAL", "EDITOR"].into_iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    let editor = editor.context("set EDITOR to the editor that should be opened")?;
    // As git does it, arguments in the variable are the editor's.
    let mut words = editor.split_whitespace();
    let program = words.next().context("EDITOR names no program")?;
    let mut command = Command::new(program);
    command.args(words);
    let name = Path::new(program).file_stem().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    if ["vi", "vim", "nvim", "nano", "emacs", "emacsclient", "kak", "micro", "joe"].contains(&&*name) {
        command.arg(format!("+{}", place.region.start.line));
    }
    // A name that begins with a dash is no option.
    let status = command.arg(Path::new(".").join(&place.artifact.path)).status();
    let status = status.with_context(|| format!("the editor `{program}` cannot be started"))?;
    if status.success() { Ok(()) } else { bail!("the editor ended with {status}") }
}
