//! Packs whose index is gone or damaged: one is made in memory.
//!
//! Git knows the objects of a pack by its index alone. Where a copy was cut off or a disk lost a file, they are in the
//! repository and git does not see them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use gix_pack::data::input::{BytesToEntriesIter, EntryDataMode, Mode};
use gix_pack::data::{self, EntryRange};
use gix_pack::index;
use gix_utils::progress::Discard;
use memmap2::{Mmap, MmapMut};

/// Bytes that the list of entries, or one object, may take. What a damaged header claims is not believed beyond.
const MAX_ALLOCATION: usize = 1 << 30;

/// An index that was made of a pack.
pub struct Made {
    /// The index of all objects that were read.
    pub index: index::File,
    /// Objects that the header of the pack announces and that could not be read: from the first damaged one on.
    pub lost: u32,
}

/// Makes an index for a pack by reading all of it. `pack` begins with a header; `path` is its file.
///
/// # Errors
/// When what can be read of it cannot be put together: a difference to an object that is in no entry, for instance.
pub fn index_of(pack: &Mmap, path: &Path, format: gix_hash::Kind) -> Result<Made, String> {
    let written = catch_unwind(AssertUnwindSafe(|| written(pack, format)));
    let bytes = written.unwrap_or_else(|_| Err("keytrail failed on it; please report this as a defect".to_owned()))?;
    // Anonymous memory, so that a pack has one type of index, whether it was read or made.
    let mut memory = MmapMut::map_anon(bytes.len()).map_err(|error| error.to_string())?;
    memory.copy_from_slice(&bytes);
    let memory = memory.make_read_only().map_err(|error| error.to_string())?;
    let index =
        index::File::from_data(memory, path.with_extension("idx"), format).map_err(|error| error.to_string())?;
    let announced = pack.get(8..).and_then(|rest| rest.first_chunk()).map_or(0, |count| u32::from_be_bytes(*count));
    Ok(Made { lost: announced.saturating_sub(index.num_objects()), index })
}

/// The bytes of an index as git would write it.
fn written(pack: &[u8], format: gix_hash::Kind) -> Result<Vec<u8>, String> {
    // Reads as far as entries are whole, whatever the checksum at the end says.
    let mut entries = BytesToEntriesIter::new_from_header(pack, Mode::Restore, EntryDataMode::Crc32, format)
        .map_err(|error| error.to_string())?;
    let mut out = Vec::new();
    index::write_data_iter_to_stream(
        index::Version::default(),
        || Ok((stored, pack)),
        &mut entries,
        None,
        &mut Discard,
        &mut out,
        &AtomicBool::new(false),
        format,
        Some(MAX_ALLOCATION),
        data::Version::default(),
    )
    .map_err(|error| error.to_string())?;
    Ok(out)
}

/// The bytes of an entry.
fn stored<'r>(range: EntryRange, pack: &'r &[u8]) -> Option<&'r [u8]> {
    pack.get(usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?)
}
