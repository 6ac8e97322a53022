//! Any bytes as an inventory, a saved report or a baseline: an error, or what they say.

#![no_main]

use keytrail::Report;
use keytrail::baseline::KnownFile;
use keytrail::inventory::Inventory;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, mut bytes)) = data.split_first() else { return };
    match first % 4 {
        0 => drop(Report::read(&mut bytes)),
        1 => drop(KnownFile::read_from("known.json".into(), &mut bytes)),
        kind => {
            let mut inventory = Inventory::default();
            inventory.read(if kind == 2 { "keys.csv" } else { "keys.json" }, bytes);
            assert!(inventory.all_files_read() || !inventory.problems().is_empty());
        }
    }
});
