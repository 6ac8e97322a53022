//! `keytrail config`: what the configuration comes to, and where each value comes from.

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use keytrail::config::show::{self, COMMAND_LINE, Node};
use keytrail::report::format::Format;
use serde_json::json;

use super::Global;
use super::configuration::shown;
use super::scan::ScanArgs;

/// Show what keytrail.toml comes to
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, subcommand_value_name = "COMMAND", disable_help_subcommand = true)]
#[command(after_help = "\
Examples:
  keytrail config show
  keytrail config show --format json")]
pub struct ConfigCommandArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ConfigCommand {
    Show(ShowArgs),
}

/// Print the effective configuration, with the place that each value comes from
///
/// The output is TOML, or JSON with --format json. It takes the options of `keytrail scan`, which win over the files.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail config show
  keytrail config show --format json
  keytrail config show --min-confidence high       with the options that a hook has
  keytrail config show --trusted-config origin/main")]
struct ShowArgs {
    /// Options of `keytrail scan`
    #[arg(value_name = "OPTION", trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

/// Does what was asked.
///
/// # Errors
/// Mistakes in the configuration and in the options.
pub fn run(args: ConfigCommandArgs, _: Global) -> anyhow::Result<ExitCode> {
    let ConfigCommand::Show(args) = args.command;
    let scan = ScanArgs::parsed(args.options).context("`config show` takes the options of `keytrail scan`")?;
    let configuration = scan.config().load()?;
    let mut all = show::effective(&configuration.loaded, &shown);
    for (key, value) in scan.given() {
        show::set(&mut all, "scan", key, Node::Leaf(value, COMMAND_LINE.to_owned()));
    }
    for (key, values) in scan.given_lists() {
        let given = values.into_iter();
        let given = given.map(|value| Node::Leaf(toml::Value::from(value).to_string(), COMMAND_LINE.to_owned()));
        let given: Vec<Node> = given.collect();
        if given.is_empty() {
            continue;
        }
        match all.get_mut("scan") {
            // `--only` takes the place of the configuration's list; the others add to it.
            Some(Node::Table(scan)) if key != "only" => match scan.get_mut(key) {
                Some(Node::List(list)) => list.extend(given),
                _ => drop(scan.insert(key.to_owned(), Node::List(given))),
            },
            _ => show::set(&mut all, "scan", key, Node::List(given)),
        }
    }
    let files: Vec<String> = configuration.loaded.files().map(shown).collect();
    let mut out = anstream::stdout().lock();
    if scan.format() == Format::Json {
        let document = json!({ "files": files, "values": show::json(&all) });
        writeln!(out, "{document:#}")?;
    } else {
        let read = if files.is_empty() { "no keytrail.toml".to_owned() } else { files.join(", ") };
        write!(out, "# {read}\n\n{}", show::toml(&all))?;
    }
    Ok(ExitCode::SUCCESS)
}
