//! The progress bar of long scans, on standard error.
//!
//! Workers count in two atomics; the bar itself is made only after half a second, so that a scan that is over by then
//! pays nothing and nothing flickers.

use std::io::{self, IsTerminal as _};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// When progress is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Mode {
    /// When standard error is a terminal
    #[default]
    Auto,
    /// Even when standard error is no terminal
    Always,
    /// Never
    Never,
}

/// Nothing is shown before.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often the bar is drawn at most.
const PER_SECOND: u8 = 10;
const INTERVAL: Duration = Duration::from_millis(1000 / PER_SECOND as u64);

/// Shown when the number of files is not known.
const COUNTERS: &str = "{spinner} {human_pos} files, {msg}";
/// Shown when it is.
const BAR: &str = "{wide_bar:.cyan/blue} {human_pos}/{human_len} files, {msg}, {eta} left";
/// Shown for a history, whose length is that of its packs.
const HISTORY: &str = "{wide_bar:.cyan/blue} {binary_bytes}/{binary_total_bytes} of history, {eta} left";

/// The progress of one scan. Shared by all threads.
pub struct Progress {
    wanted: Option<Mode>,
    total: u64,
    of_bytes: bool,
    files: AtomicU64,
    bytes: AtomicU64,
    started: Instant,
    /// Milliseconds since the start at which the bar is due to be drawn again.
    due: AtomicU64,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    /// A bar over so many files; 0 when their number is not known, which shows counters only.
    #[must_use]
    pub fn new(mode: Mode, total_files: u64) -> Self {
        Self::over(mode, total_files, false)
    }

    /// A bar over so many bytes of packs, of which [`advance`](Self::advance) counts.
    #[must_use]
    pub fn of_history(mode: Mode, bytes: u64) -> Self {
        Self::over(mode, bytes, true)
    }

    fn over(mode: Mode, total: u64, of_bytes: bool) -> Self {
        let wanted = match mode {
            Mode::Never => None,
            Mode::Auto => io::stderr().is_terminal().then_some(mode),
            Mode::Always => Some(mode),
        };
        Progress {
            wanted,
            total,
            of_bytes,
            files: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            started: Instant::now(),
            due: AtomicU64::new(PATIENCE.as_millis() as u64),
            bar: OnceLock::new(),
        }
    }

    /// Counts so many more files and bytes as done. Costs two additions and a look at the clock; one caller in a tenth
    /// of a second draws.
    pub fn advance(&self, files: u64, bytes: u64) {
        let Some(mode) = self.wanted else { return };
        let files = self.files.fetch_add(files, Ordering::Relaxed) + files;
        let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let now = self.started.elapsed().as_millis() as u64;
        let due = self.due.load(Ordering::Relaxed);
        let next = now + INTERVAL.as_millis() as u64;
        if now < due || self.due.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return;
        }
        let bar = self.bar.get_or_init(|| self.bar(mode));
        // The message draws; the position is to be right by then.
        bar.set_position(if self.of_bytes { bytes } else { files });
        bar.set_message(HumanBytes(bytes).to_string());
    }

    /// Takes the bar away. Also done when it is dropped, so that an error is not printed into it.
    pub fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }

    fn bar(&self, mode: Mode) -> ProgressBar {
        let target = match mode {
            // Hides itself where it is no terminal.
            Mode::Auto | Mode::Never => ProgressDrawTarget::stderr_with_hz(PER_SECOND),
            Mode::Always => {
                ProgressDrawTarget::term_like_with_hz(Box::new(console::Term::buffered_stderr()), PER_SECOND)
            }
        };
        let (length, template) = match self.total {
            total if self.of_bytes => (Some(total), HISTORY),
            0 => (None, COUNTERS),
            total => (Some(total), BAR),
        };
        let bar = ProgressBar::with_draw_target(length, target).with_elapsed(self.started.elapsed());
        // A template that does not parse is a defect, and no reason to end a scan: the usual one is shown then.
        match ProgressStyle::with_template(template) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_drawn_when_unwanted_or_early() {
        let unwanted = Progress::new(Mode::Never, 10);
        let early = Progress::new(Mode::Always, 10);
        for progress in [&unwanted, &early] {
            progress.advance(1, 100);
            progress.finish();
            assert!(progress.bar.get().is_none());
        }
    }

    #[test]
    fn counts_of_all_threads_arrive() {
        let mut progress = Progress::new(Mode::Always, 4000);
        // Not what a test prints, only what it counts.
        progress.bar = OnceLock::from(ProgressBar::hidden());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1000).for_each(|_| progress.advance(1, 3)));
            }
        });
        progress.due.store(0, Ordering::Relaxed);
        progress.advance(0, 0);
        let bar = progress.bar.get();
        assert_eq!(bar.map(ProgressBar::position), Some(4000));
        assert_eq!(bar.map(ProgressBar::message), Some(HumanBytes(12_000).to_string()));
    }

    #[test]
    fn templates_parse() {
        assert!(ProgressStyle::with_template(COUNTERS).is_ok());
        assert!(ProgressStyle::with_template(BAR).is_ok());
        assert!(ProgressStyle::with_template(HISTORY).is_ok());
    }
}
