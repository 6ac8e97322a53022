//! `keytrail hook`: git hooks put in place and taken away, and what they run.

use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Parser as _;
use keytrail::baseline::{self, KnownFile};
use keytrail::hook::{self, Event, Hooks, Installed, Kind, Reads, Removed};
use keytrail::{Pushed, Repository};

use super::scan::{Input, Plan};
use super::{Cli, Command, Global, configuration, session};

/// Have git ask keytrail before a commit or a push
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, subcommand_value_name = "COMMAND", disable_help_subcommand = true)]
#[command(after_help = "\
Examples:
  keytrail hook install                 before every commit
  keytrail hook install --pre-push      before every push
  keytrail hook uninstall")]
pub struct HookArgs {
    #[command(subcommand)]
    command: HookCommand,
}

#[derive(Debug, clap::Subcommand)]
enum HookCommand {
    Install(InstallArgs),
    Uninstall(UninstallArgs),
    PreCommit(PreCommitArgs),
    PrePush(PrePushArgs),
    PreReceive(PreReceiveArgs),
}

/// Put hooks into the repository of the current folder
///
/// They go where git looks for them: the folder of core.hooksPath, or .git/hooks. A hook that is there already is kept
/// and called first. Unless told otherwise, it is the hook before a commit.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail hook install                 before every commit
  keytrail hook install --pre-push      before every push
  keytrail hook install --pre-commit --pre-push")]
struct InstallArgs {
    #[command(flatten)]
    which: Which,
}

/// Take keytrail's hooks away, all unless told otherwise, and put those back that were there before
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail hook uninstall                 all of them
  keytrail hook uninstall --pre-push      this one")]
struct UninstallArgs {
    #[command(flatten)]
    which: Which,
}

/// Which hooks.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Which {
    /// The hook before a commit
    #[arg(long)]
    pre_commit: bool,
    /// The hook before a push
    #[arg(long)]
    pre_push: bool,
}

impl Which {
    fn kinds(self, unless_told: &[Kind]) -> Vec<Kind> {
        let told = [(self.pre_commit, Kind::PreCommit), (self.pre_push, Kind::PrePush)];
        let told: Vec<Kind> = told.into_iter().filter(|(asked, _)| *asked).map(|(_, kind)| kind).collect();
        if told.is_empty() { unless_told.to_vec() } else { told }
    }
}

/// Scan what is staged, as a pre-commit hook does
///
/// It is `keytrail scan --staged`, with the baseline at the top of the repository if there is one.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail hook pre-commit
  keytrail hook pre-commit --min-confidence high")]
struct PreCommitArgs {
    /// Options of `keytrail scan`
    #[arg(value_name = "OPTION", trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

/// Scan what is about to be pushed, as a pre-push hook does
///
/// Standard input has the lines that git gives to the hook. The commits that the remote does not have are scanned.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  #!/bin/sh
  exec keytrail hook pre-push \"$@\"")]
struct PrePushArgs {
    /// Name of the remote
    remote: String,
    /// Its address; it is not used
    url: Option<OsString>,
    /// Options of `keytrail scan`
    #[arg(value_name = "OPTION", trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

/// Scan what was pushed, as a pre-receive hook of a server does
///
/// Standard input has the lines that git gives to the hook. The commits that no reference has yet are scanned, from the
/// quarantine where git keeps them until the hook agrees.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  #!/bin/sh
  # hooks/pre-receive in the repository on the server
  exec keytrail hook pre-receive --min-confidence high")]
struct PreReceiveArgs {
    /// Options of `keytrail scan`
    #[arg(value_name = "OPTION", trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

/// Does what was asked.
///
/// # Errors
/// No repository, hooks that cannot be written or kept, input that git would not give.
pub fn run(args: HookArgs, global: Global) -> anyhow::Result<ExitCode> {
    match args.command {
        HookCommand::Install(args) => install(args.which, global),
        HookCommand::Uninstall(args) => uninstall(args.which, global),
        HookCommand::PreCommit(args) => {
            let (mut plan, global) = plan("hook pre-commit", &["--staged".into()], args.options, global)?;
            with_baseline(&mut plan)?;
            session::run(plan, global)
        }
        HookCommand::PrePush(args) => {
            let updates = hook::pushed(&read_updates()?)?;
            let repository = Repository::open_here()?;
            // One that has no name is given by its address.
            let own = format!("refs/remotes/{}/", args.remote);
            let pushes = repository.pushes(updates, &|name| name.starts_with(&own))?;
            let (plan, global) = plan("hook pre-push", &[], args.options, global)?;
            look_at(pushes, Event::Push, plan, global)
        }
        HookCommand::PreReceive(args) => {
            let updates = hook::received(&read_updates()?)?;
            let pushes = Repository::open_here()?.pushes(updates, &|_| true)?;
            let (plan, global) = plan("hook pre-receive", &[], args.options, global)?;
            look_at(pushes, Event::Receive, plan, global)
        }
    }
}

fn install(which: Which, global: Global) -> anyhow::Result<ExitCode> {
    let repository = Repository::discover(Path::new("."))?;
    let hooks = Hooks::of(&repository)?;
    let kinds = which.kinds(&[Kind::PreCommit]);
    if repository.is_bare() && kinds.contains(&Kind::PreCommit) {
        bail!(
            "this is a bare repository, in which nobody commits; what is pushed to it is checked by a hook of its own, \
             hooks/pre-receive, which runs `keytrail hook pre-receive`: see its --help"
        );
    }
    let program = std::env::current_exe().context("the path of keytrail cannot be found")?;
    for kind in kinds {
        let path = hooks.path(kind);
        let outcome = hooks.install(kind, &program)?;
        let told = match outcome {
            Installed::New => "installed".to_owned(),
            Installed::Chained => {
                format!("installed; the hook that was there is now {}, and called first", hooks.before(kind).display())
            }
            Installed::Adopted => {
                format!("installed; {}, which was set aside before, is called first", hooks.before(kind).display())
            }
            Installed::Already => "was there already".to_owned(),
            Installed::Renewed => "was there, and now calls this keytrail".to_owned(),
        };
        say(global, &format!("{}: {told}", path.display()))?;
    }
    if hooks.is_configured() {
        say(global, "core.hooksPath names that folder: other repositories that share it now ask keytrail, too")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn uninstall(which: Which, global: Global) -> anyhow::Result<ExitCode> {
    let repository = Repository::discover(Path::new("."))?;
    let hooks = Hooks::of(&repository)?;
    for kind in which.kinds(&[Kind::PreCommit, Kind::PrePush]) {
        let told = match hooks.uninstall(kind)? {
            Removed::Nothing => "there is no hook of keytrail",
            Removed::Gone => "taken away",
            Removed::Restored => "taken away; the hook that was there before is back",
        };
        say(global, &format!("{}: {told}", hooks.path(kind).display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn say(global: Global, text: &str) -> io::Result<()> {
    if global.quiet { Ok(()) } else { writeln!(anstream::stderr(), "{text}") }
}

/// The plan of a scan with these options.
fn plan(
    name: &'static str,
    first: &[OsString],
    options: Vec<OsString>,
    global: Global,
) -> anyhow::Result<(Plan, Global)> {
    let words = ["keytrail".into(), "scan".into()].into_iter().chain(first.iter().cloned()).chain(options);
    let cli = Cli::try_parse_from(words).with_context(|| format!("`{name}` takes the options of `keytrail scan`"))?;
    let Command::Scan(args) = cli.command else { bail!("`scan` is not the command that it should be") };
    let global =
        Global { quiet: global.quiet || cli.global.quiet, verbose: global.verbose || cli.global.verbose, ..global };
    Ok((args.plan(global)?, global))
}

/// Takes the baseline at the top of the work tree, unless another one was named or there is none.
fn with_baseline(plan: &mut Plan) -> anyhow::Result<()> {
    plan.reads.get_or_insert_with(|| Reads { name: baseline::FILE_NAME.to_owned(), by_option: false });
    if plan.baseline.is_none()
        && let Ok(repository) = Repository::open_here()
        && let Some(path) = repository.top().map(|top| top.join(baseline::FILE_NAME)).filter(|path| path.is_file())
    {
        plan.baseline = Some(KnownFile {
            name: baseline::FILE_NAME.to_owned(),
            ..configuration::baseline(&plan.configuration, path)?
        });
    }
    Ok(())
}

/// What git says on standard input. Ten thousand references are a megabyte.
fn read_updates() -> anyhow::Result<String> {
    const LIMIT: u64 = 256 << 20;
    let mut text = String::new();
    io::stdin().lock().take(LIMIT).read_to_string(&mut text).context("standard input cannot be read")?;
    Ok(text)
}

fn look_at(pushes: Vec<Pushed>, event: Event, mut plan: Plan, global: Global) -> anyhow::Result<ExitCode> {
    if pushes.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    if event == Event::Push {
        with_baseline(&mut plan)?;
    }
    plan.input = Input::Pushed(pushes);
    plan.event = Some(event);
    session::run(plan, global)
}
