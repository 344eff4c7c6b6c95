//! The distribution of a numeric target, from the answers. What does not read as a number is passed over: that it is there
//! is another check's finding.

use camino::Utf8Path;
use facts::TargetNumbers;
use task_format::{ANSWERS, Manifest, Prediction};

/// The distribution of the target over the rows of the answers in the package at `root`; `None` for labels, several
/// targets, and answers that can't be read.
pub(crate) fn numbers(root: &Utf8Path, manifest: &Manifest) -> Option<TargetNumbers> {
    let [target] = manifest.data.target_columns.as_slice() else {
        return None;
    };
    if manifest.submission.prediction != Prediction::Number {
        return None;
    }
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(root.join(ANSWERS))
        .ok()?;
    let column = reader
        .headers()
        .ok()?
        .iter()
        .position(|name| name == target)?;
    let mut values: Vec<f64> = reader
        .records()
        .filter_map(Result::ok)
        .filter_map(|record| record.get(column)?.trim().parse().ok())
        .filter(|value: &f64| value.is_finite())
        .collect();
    values.sort_by(f64::total_cmp);
    summary(&values)
}

/// Summary of sorted values; `None` of none.
fn summary(sorted: &[f64]) -> Option<TargetNumbers> {
    let (first, last) = (*sorted.first()?, *sorted.last()?);
    let count = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / count;
    let moment = |power: i32| {
        sorted
            .iter()
            .map(|value| (value - mean).powi(power))
            .sum::<f64>()
            / count
    };
    let deviation = moment(2).sqrt();
    let skewness = if deviation > 0.0 {
        moment(3) / deviation.powi(3)
    } else {
        0.0
    };
    Some(TargetNumbers {
        rows: sorted.len(),
        min: first,
        low: quantile(sorted, 0.05),
        median: quantile(sorted, 0.5),
        high: quantile(sorted, 0.95),
        max: last,
        skewness,
    })
}

/// Quantile of sorted values, linear interpolation between neighbours.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_and_skewness() {
        let even: Vec<f64> = (0..=100).map(f64::from).collect();
        let summary_of_even = summary(&even).unwrap();
        assert_eq!(
            (
                summary_of_even.low,
                summary_of_even.median,
                summary_of_even.high
            ),
            (5.0, 50.0, 95.0)
        );
        assert!(summary_of_even.skewness.abs() < 1e-9);
        let amounts: Vec<f64> = (0..=10).map(|n| 4_f64.powi(n)).collect();
        assert!(summary(&amounts).unwrap().skewness > 2.0);
        assert_eq!(summary(&[3.0]).unwrap().skewness, 0.0);
        assert_eq!(summary(&[]), None);
    }
}
