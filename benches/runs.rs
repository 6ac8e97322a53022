//! Speed of the run finder, which sees every byte: the variant that this processor gets beside the portable one.
#![allow(missing_docs, reason = "what criterion's macros generate")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use keytrail::detect::runs;

mod texts;

/// Adds up lengths, so that no run may be left out.
fn total(text: &[u8], find: impl Fn(&[u8], &mut dyn FnMut(usize))) -> usize {
    let mut sum = 0;
    find(text, &mut |len| sum += len);
    sum
}

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("runs");
    for (name, text) in [("source", texts::source()), ("minified", texts::minified()), ("base64", texts::base64())] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new(runs::variant(), name), &text, |b, text| {
            b.iter(|| total(black_box(text), |text, found| runs::for_each(text, |run| found(run.range.len()))));
        });
        group.bench_with_input(BenchmarkId::new("forced-portable", name), &text, |b, text| {
            b.iter(|| {
                total(black_box(text), |text, found| runs::for_each_portable(text, |run| found(run.range.len())))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
