//! Many files at once, with the outcome in the order of the files.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Buffer, Engine, Scanned};
use crate::source::tree::File;

/// Hands results over in order although they come in any.
struct InOrder<'a> {
    next: usize,
    waiting: BTreeMap<usize, Scanned>,
    emit: &'a mut (dyn FnMut(Scanned) + Send),
}

impl InOrder<'_> {
    fn put(&mut self, index: usize, scanned: Scanned) {
        self.waiting.insert(index, scanned);
        while let Some(scanned) = self.waiting.remove(&self.next) {
            (self.emit)(scanned);
            self.next += 1;
        }
    }
}

/// Scans files, which were listed under `roots`, on `jobs` threads. `emit` gets the outcome of every file in the order of `files`, as early as that order
/// allows. Threads take one file after the other, so that few results wait for a slow one.
///
/// # Errors
/// When the threads cannot be started.
pub fn files(
    scanner: &Engine,
    files: &[File],
    roots: &[PathBuf],
    jobs: usize,
    emit: &mut (dyn FnMut(Scanned) + Send),
) -> Result<(), rayon::ThreadPoolBuildError> {
    let scan = |file: &File, buffer: &mut Buffer| scanner.file(&file.path, &file.artifact, roots, buffer);
    each(files.len(), jobs, &|index, buffer| scan(&files[index], buffer), emit)
}

/// Does `count` pieces of work on `jobs` threads, each of which has a buffer of its own. `emit` gets the outcomes in
/// the order of the pieces; see [`files`].
///
/// # Errors
/// When the threads cannot be started.
pub fn each(
    count: usize,
    jobs: usize,
    work: &(dyn Fn(usize, &mut Buffer) -> Scanned + Sync),
    emit: &mut (dyn FnMut(Scanned) + Send),
) -> Result<(), rayon::ThreadPoolBuildError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build()?;
    let next = AtomicUsize::new(0);
    let results = Mutex::new(InOrder { next: 0, waiting: BTreeMap::new(), emit });
    pool.scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|_| {
                let mut buffer = Buffer::default();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        return;
                    }
                    let scanned = work(index, &mut buffer);
                    // A poisoned lock means that `emit` failed for another file; this one still counts.
                    results.lock().unwrap_or_else(std::sync::PoisonError::into_inner).put(index, scanned);
                }
            });
        }
    });
    Ok(())
}
