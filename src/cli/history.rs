//! `keytrail scan --history`: the arguments.

use anyhow::bail;
use keytrail::Source;

use super::scan::size;

/// The options of a scan that concern histories.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct HistoryArgs {
    /// Scan the whole history, too: every object of the repository, reachable or not
    #[arg(long, conflicts_with = "changes", help_heading = "What to scan")]
    pub history: bool,
    /// Of the history, only what was introduced since then: a revision, or a date such as 2026-01-31 or "2 weeks ago"
    #[arg(long, value_name = "REV|DATE", requires = "history", help_heading = "What to scan")]
    since: Option<String>,
    /// Of the history, only what this branch (or tag, or revision) has in its own; may be given several times
    #[arg(long, value_name = "REV", requires = "history", help_heading = "What to scan")]
    branch: Vec<String>,
    /// Of the history, leave out blobs larger than this, such as 10M or 1GiB [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = size, requires = "history", help_heading = "What to scan")]
    max_blob_size: Option<u64>,
    /// Look at every object as a whole, also where git stores it as a difference to another one
    #[arg(long, requires = "history", hide = true)]
    no_delta_scan: bool,
    /// Whether paths that lie in no repository are passed over.
    #[arg(skip)]
    where_there_is_one: bool,
}

impl HistoryArgs {
    /// The whole history of every repository that the paths lie in, or none of it.
    #[must_use]
    pub fn where_there_is_one(history: bool) -> Self {
        HistoryArgs { history, where_there_is_one: true, ..HistoryArgs::default() }
    }

    /// Checks that there is a history for what limits it. Clap asks for `--history` only where nothing stands that excludes
    /// it. `scope` says what is scanned.
    ///
    /// # Errors
    /// For the first option that says nothing.
    pub fn check(&self, scope: &str) -> anyhow::Result<()> {
        let given = [
            ("--since", self.since.is_some()),
            ("--branch", !self.branch.is_empty()),
            ("--max-blob-size", self.max_blob_size.is_some()),
            ("--no-delta-scan", self.no_delta_scan),
        ];
        match given.into_iter().find(|(_, given)| *given && !self.history) {
            Some((option, _)) => bail!("`{option}` goes with --history, and says nothing {scope}"),
            None => Ok(()),
        }
    }

    /// Scans the history as a configuration asks for it, which a plain folder need not have.
    pub fn configured(&mut self, possible: bool) {
        self.history = possible;
        self.where_there_is_one = true;
    }

    /// A source with the history that is asked for.
    #[must_use]
    pub fn of<'s>(&self, source: Source<'s>) -> Source<'s> {
        if !self.history {
            return source;
        }
        let mut source = source.with_history();
        if let Some(since) = &self.since {
            source = source.since(since);
        }
        for branch in &self.branch {
            source = source.branch(branch);
        }
        if let Some(bytes) = self.max_blob_size {
            source = source.max_blob_size(bytes);
        }
        if self.no_delta_scan {
            source = source.objects_whole();
        }
        if self.where_there_is_one { source.where_there_is_one() } else { source }
    }
}
