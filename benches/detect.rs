//! Speed of detection on one thread and in memory: with all built-in rules, on texts of different kinds.
#![allow(missing_docs, reason = "what criterion's macros generate")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use keytrail::detect::Detector;
use keytrail::rules::{Generator, Rule, Ruleset};
use rand::RngExt;

mod texts;

fn bench(c: &mut Criterion) {
    let detector = Detector::new(Arc::new(Ruleset::builtin()));
    let rules: Vec<&Rule> = detector.ruleset().iter().collect();
    let planted = texts::with_keys(|rng| {
        let rule = rules[rng.random_range(0..rules.len())];
        Generator::new(rule).key(rng)
    });
    let mut group = c.benchmark_group("detect");
    group.sample_size(20);
    for (name, text) in [
        ("source", texts::source()),
        ("planted-keys", planted),
        ("minified", texts::minified()),
        ("base64", texts::base64()),
    ] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(name), &text, |b, text| {
            b.iter(|| detector.detect(black_box(text), false));
        });
    }
    group.finish();
}

/// The same text with more and more of the rules.
fn by_rules(c: &mut Criterion) {
    let text = texts::source();
    let mut group = c.benchmark_group("rules");
    group.sample_size(20);
    group.throughput(Throughput::Bytes(text.len() as u64));
    for one_in in [16, 4, 2, 1] {
        let mut ruleset = Ruleset::builtin();
        let (mut seen, mut kept) = (0, 0);
        ruleset.retain(|_| {
            seen += 1;
            kept += usize::from(seen % one_in == 0);
            seen % one_in == 0
        });
        let detector = Detector::new(Arc::new(ruleset));
        group
            .bench_function(BenchmarkId::from_parameter(kept), |b| b.iter(|| detector.detect(black_box(&text), false)));
    }
    group.finish();
}

criterion_group!(benches, bench, by_rules);
criterion_main!(benches);
