//! What threads note down, each for itself.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Notes are kept in so many places; where there are more threads, some share one.
const PLACES: usize = 64;

/// One value for each thread of the pool that it is used in, so that hardly any thread waits for another.
pub struct PerThread<T>(Vec<Own<T>>);

/// Alone in what processors hand to each other.
#[repr(align(128))]
#[derive(Default)]
struct Own<T>(Mutex<T>);

impl<T: Default> Default for PerThread<T> {
    fn default() -> Self {
        PerThread(std::iter::repeat_with(Own::default).take(PLACES).collect())
    }
}

impl<T> PerThread<T> {
    /// The value of this thread.
    pub fn here(&self) -> MutexGuard<'_, T> {
        let own = &self.0[rayon::current_thread_index().unwrap_or(0) % self.0.len()];
        own.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The values of all threads, and those that none used.
    pub fn into_values(self) -> impl Iterator<Item = T> {
        self.0.into_iter().map(|own| own.0.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}
