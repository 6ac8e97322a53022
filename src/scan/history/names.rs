//! Keys in the names of files and folders.
//!
//! The visit of all trees collects the entries with such names, of which there are none in most repositories. Only where
//! there are some, the trees are visited once more, with the files that go by these names as what is attributed: so it is
//! known which commits brought the names and which took them away.

use std::collections::{BTreeMap, BTreeSet};

use gix_hash::ObjectId;
use gix_object::{Kind, TreeRefIter};

use crate::source::git::attribution::{Marks, Named, TreeVisitor};
use crate::source::git::commits::Graph;
use crate::source::git::store::Store;
use crate::source::git::walk::Walk;

/// Folders within folders are followed so far to find a file in them.
const MAX_DEPTH: usize = 64;

/// The story of a path with a key in its name.
pub struct NameTrace {
    /// The path, up to the file or folder with the key.
    pub path: Vec<u8>,
    /// A file that goes by it, or lies below it.
    pub object: ObjectId,
    /// Numbers of the commits that introduced it, the oldest first; not empty.
    pub introduced: Vec<u32>,
    /// The last commit that held it.
    pub last: u32,
    /// Whether the commit at HEAD holds it.
    pub at_head: bool,
}

/// The stories of these names, in the order of the paths, as the `wanted` commits tell them.
pub fn traces(
    walk: &Walk<'_>,
    pool: &rayon::ThreadPool,
    named: &[Named],
    graph: &Graph,
    head: Option<u32>,
    wanted: &[bool],
) -> Vec<NameTrace> {
    if named.is_empty() {
        return Vec::new();
    }
    let mut names: Vec<&[u8]> = named.iter().map(|named| &named.name[..]).collect();
    names.dedup();
    // A file stands for the folders above it.
    let mut of_blob: BTreeMap<ObjectId, BTreeSet<u32>> = BTreeMap::new();
    for entry in named {
        let blob = if entry.is_folder { file_in(walk.store(), entry.id, MAX_DEPTH) } else { Some(entry.id) };
        if let (Some(blob), Ok(name)) = (blob, names.binary_search(&&entry.name[..])) {
            of_blob.entry(blob).or_default().insert(name as u32);
        }
    }
    let blobs: Vec<ObjectId> = of_blob.keys().copied().collect();
    let marks: Vec<Marks> = of_blob.into_values().map(|names| names.into_iter().collect()).collect();
    let visitor = TreeVisitor::new(walk.store(), &blobs, &|_| {});
    walk.visit(pool, &visitor);
    let mut all: BTreeMap<Vec<u8>, NameTrace> = BTreeMap::new();
    let traces = pool.install(|| visitor.finish().traces(graph, &marks, head, wanted));
    for trace in traces.told {
        let Some(path) = up_to(&trace.path, names[trace.mark as usize]) else { continue };
        let Some(&(blob, _)) = trace.versions.first() else { continue };
        let story = all.entry(path.to_vec()).or_insert_with(|| NameTrace {
            path: path.to_vec(),
            object: blobs[blob as usize],
            introduced: Vec::new(),
            last: trace.last,
            at_head: false,
        });
        story.introduced.extend(&trace.introduced);
        story.at_head |= trace.at_head.is_some();
        if graph.rank(story.last) < graph.rank(trace.last) {
            story.last = trace.last;
        }
    }
    for story in all.values_mut() {
        story.introduced.sort_by_key(|&commit| graph.rank(commit));
        story.introduced.dedup();
    }
    all.into_values().collect()
}

/// The beginning of a path that ends with a component of this name.
fn up_to<'p>(path: &'p [u8], name: &[u8]) -> Option<&'p [u8]> {
    let mut end = 0;
    for component in path.split(|&b| b == b'/') {
        end += component.len();
        if component == name {
            return path.get(..end);
        }
        end += 1;
    }
    None
}

/// A file in a folder, or in one below it.
fn file_in(store: &Store, folder: ObjectId, depth: usize) -> Option<ObjectId> {
    let (Kind::Tree, bytes) = store.read(&folder).ok()? else { return None };
    let entries = || TreeRefIter::from_bytes(&bytes, store.format).filter_map(Result::ok);
    let file = entries().find(|entry| entry.mode.is_blob_or_symlink()).map(|entry| entry.oid.to_owned());
    let mut folders = entries().filter(|entry| entry.mode.is_tree() && depth > 0);
    file.or_else(|| folders.find_map(|entry| file_in(store, entry.oid.to_owned(), depth - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cut_behind_the_name() {
        for (path, cut) in [("a/key/b", Some("a/key")), ("key", Some("key")), ("a/key2/b", None), ("x/a.key", None)] {
            assert_eq!(up_to(path.as_bytes(), b"key"), cut.map(str::as_bytes), "{path}");
        }
    }
}
