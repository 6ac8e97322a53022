//! How quickly inventories are read: a table with headings of its own, and a provider's JSON, a million records each
//! with `KEYTRAIL_BENCH_ROWS=1000000` (the target is 5 seconds and 600 MB), fewer by default; and how quickly the table is
//! audited and written as JSON, where every key has several findings.

#![allow(missing_docs, clippy::unwrap_used)]

use std::fmt::Write as _;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use keytrail::audit::{self, Format, Input, Policy, Told};
use keytrail::inventory::{Inventory, Options};
use keytrail::report::Style;

fn rows() -> usize {
    std::env::var("KEYTRAIL_BENCH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(20_000)
}

fn table(rows: usize) -> String {
    let mut text = String::from("ID,Name,Owner,Created,Last used,Expires,Status,Scopes\n");
    for row in 0..rows {
        let (day, owner) = (row % 28 + 1, row % 5000);
        let _ = writeln!(
            text,
            "{row:032x},Service key {row},user{owner}@example.com,2024-01-{day:02}T10:00:00Z,never,{day}.12.2026,active,\
             \"read, write\""
        );
    }
    text
}

fn json(rows: usize) -> String {
    let mut text = String::from("[");
    for row in 0..rows {
        let _ = writeln!(
            text,
            "{}{{\"id\":{row},\"name\":\"token {row}\",\"revoked\":false,\"created_at\":\"2020-07-23T14:31:47.729Z\",\
             \"scopes\":[\"api\"],\"user_id\":{},\"last_used_at\":null,\"active\":true,\"expires_at\":\"2026-01-01\"}}",
            if row == 0 { "" } else { "," },
            row % 5000
        );
    }
    text + "]"
}

fn read(c: &mut Criterion) {
    let rows = rows();
    let mut group = c.benchmark_group("inventory");
    group.throughput(Throughput::Elements(rows as u64)).sample_size(10);
    for (name, text) in [("table", table(rows)), ("json", json(rows))] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut inventory = Inventory::new(Options::default());
                inventory.read("keys", text.as_bytes());
                inventory.finish();
                assert_eq!(inventory.keys().len(), rows);
            });
        });
    }
    group.finish();
}

fn audit(c: &mut Criterion) {
    let rows = rows();
    let mut inventory = Inventory::new(Options::default());
    inventory.read("keys", table(rows).as_bytes());
    inventory.finish();
    let mut group = c.benchmark_group("audit");
    group.throughput(Throughput::Elements(rows as u64)).sample_size(10);
    group.bench_function("table", |bencher| {
        bencher.iter(|| {
            let audit = audit::run(&Input {
                inventory: &inventory,
                policy: &Policy::default(),
                as_of: "2026-11-21T00:00:00Z".parse().unwrap(),
                scan: None,
                told: Told::default(),
            });
            audit.write(Format::Json, &mut std::io::sink(), &Style::default()).unwrap();
            assert_eq!(audit.keys.len(), rows);
        });
    });
    group.finish();
}

criterion_group!(benches, read, audit);
criterion_main!(benches);
