//! Time of a metric on rows in memory: 1 thousand, 100 thousand and 1 million of them. Reading files is not measured here.
//!
//! `cargo bench -p scoring`; inputs are made by a fixed rule, so that runs can be compared.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use scoring::{Aligned, Bootstrap, Labels, Metric, Numbers, Probabilities, Resampling};

const SIZES: [u32; 3] = [1_000, 100_000, 1_000_000];

/// Makes that many rows.
type Make = fn(u32) -> Aligned;

/// The `row`-th of a sequence without visible order, 0–1: SplitMix64's output function on a counter.
fn scatter(row: u32, stream: u64) -> f64 {
    let mut bits = (u64::from(row) + (stream << 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

fn labels(rows: u32) -> Aligned {
    let side = |stream| (0..rows).map(move |row| (scatter(row, stream) * 10.0) as u32);
    Aligned::Labels(Labels::new(side(1).collect(), side(2).collect(), 10, None))
}

fn probabilities(rows: u32) -> Aligned {
    let truth = (0..rows).map(|row| scatter(row, 1) < 0.3).collect();
    let scores = (0..rows).map(|row| scatter(row, 2)).collect();
    Aligned::Probabilities(Probabilities::new(truth, scores))
}

fn numbers(rows: u32) -> Aligned {
    let side = |stream| (0..rows).map(move |row| scatter(row, stream) * 100.0);
    Aligned::Numbers(Numbers::new(side(1).collect(), side(2).collect()))
}

fn metrics(criterion: &mut Criterion) {
    let table: [(Metric, Make); 4] = [
        (Metric::Accuracy, labels),
        (Metric::RocAuc, probabilities),
        (Metric::LogLoss, probabilities),
        (Metric::Rmse, numbers),
    ];
    for (metric, rows) in table {
        let mut group = criterion.benchmark_group(metric.name());
        group.sample_size(10);
        for size in SIZES {
            let aligned = rows(size);
            group.throughput(Throughput::Elements(u64::from(size)));
            group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
                bencher.iter(|| metric.evaluate(black_box(&aligned)));
            });
        }
        group.finish();
    }
}

/// 1,000 resamples, which sort the rows once and not each time.
fn bootstrap(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bootstrap of roc_auc");
    group.sample_size(10);
    let rows = probabilities(5_000);
    group.bench_function(BenchmarkId::from_parameter(5_000), |bencher| {
        bencher.iter(|| Bootstrap::run(Metric::RocAuc, &[black_box(&rows)], Resampling::default()));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default();
    targets = metrics, bootstrap
}
criterion_main!(benches);
