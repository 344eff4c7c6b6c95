//! A bootstrap must not be what a user waits for.

use std::time::{Duration, Instant};

use scoring::{Aligned, Bootstrap, Metric, Probabilities, Resampling};

/// 1,000 resamples of 5,000 rows; 20 ms on the machine where it was written, so the bound only catches a
/// change of order, such as sorting for each resample.
#[test]
fn a_bootstrap_of_an_area_takes_no_time() {
    let truth: Vec<bool> = (0..5_000).map(|row| row % 3 == 0).collect();
    let scores = (0..5_000_u32)
        .map(|row| f64::from(row.wrapping_mul(2_654_435_761) >> 8))
        .collect();
    let rows = Aligned::Probabilities(Probabilities::new(truth, scores));
    let start = Instant::now();
    let bootstrap = Bootstrap::run(Metric::RocAuc, &[&rows], Resampling::default()).unwrap();
    assert!(bootstrap.interval(0).is_some());
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
}
