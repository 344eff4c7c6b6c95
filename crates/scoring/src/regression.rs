//! Metrics of numbers.
//!
//! With e = prediction − truth:
//!
//! | metric | formula | edge cases |
//! |---|---|---|
//! | RMSE | √ mean e² | overflow has no value |
//! | MAE | mean \|e\| | – |
//! | RMSLE | √ mean (ln(1 + prediction) − ln(1 + truth))² | numbers at or below −1 have no value |
//! | R² | 1 − Σ e² / Σ (truth − mean)² | constant truth: 1 when perfect, else 0; one row: undefined |
//! | median absolute error | middle \|e\|; mean of the two middle ones for an even number of rows | – |
//! | MAPE | mean \|e\| / max(\|truth\|, 2⁻⁵²) | a zero in the truth makes it huge |
//!
//! Source: scikit-learn 1.9 (`root_mean_squared_error`, `mean_absolute_error`, `root_mean_squared_log_error`, `r2_score`,
//! `median_absolute_error`, `mean_absolute_percentage_error`); nothing is overridden.

use crate::evaluate::{RowMean, Weighted, finite};
use crate::{Metric, Numbers, Undefined};

/// The metric on `numbers`.
pub(crate) fn ready(
    metric: Metric,
    numbers: &Numbers,
) -> Result<Box<dyn Weighted + '_>, Undefined> {
    let absolute = |truth: f64, predicted: f64| (predicted - truth).abs();
    let squared = |truth: f64, predicted: f64| (predicted - truth) * (predicted - truth);
    Ok(match metric {
        Metric::Rmse => Box::new(RowMean::rooted(metric, losses(numbers, squared))),
        Metric::Mae => Box::new(RowMean::new(metric, losses(numbers, absolute))),
        Metric::Rmsle => {
            let pairs = numbers.truth().iter().zip(numbers.predicted());
            if let Some(row) = pairs
                .into_iter()
                .position(|(&truth, &predicted)| truth <= -1.0 || predicted <= -1.0)
            {
                return Err(Undefined::OutOfDomain { metric, row });
            }
            let logarithmic =
                |truth: f64, predicted: f64| squared(truth.ln_1p(), predicted.ln_1p());
            Box::new(RowMean::rooted(metric, losses(numbers, logarithmic)))
        }
        Metric::Mape => {
            let relative = |truth: f64, predicted: f64| {
                absolute(truth, predicted) / truth.abs().max(f64::EPSILON)
            };
            Box::new(RowMean::new(metric, losses(numbers, relative)))
        }
        Metric::R2 => Box::new(Determination {
            numbers,
            squares: losses(numbers, squared),
        }),
        Metric::MedianAbsoluteError => Box::new(MedianError::new(losses(numbers, absolute))),
        _ => return Err(Undefined::Form(metric)),
    })
}

fn losses(numbers: &Numbers, loss: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    numbers
        .truth()
        .iter()
        .zip(numbers.predicted())
        .map(|(&truth, &predicted)| loss(truth, predicted))
        .collect()
}

struct Determination<'a> {
    numbers: &'a Numbers,
    /// Squared error of each row.
    squares: Vec<f64>,
}

impl Weighted for Determination<'_> {
    fn score(&self, weights: &[u32]) -> Result<f64, Undefined> {
        let weighted = |values: &mut dyn Iterator<Item = f64>| -> f64 {
            values
                .zip(weights)
                .map(|(value, &weight)| value * f64::from(weight))
                .sum()
        };
        let truth = self.numbers.truth();
        let rows: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
        if rows < 2.0 {
            return Err(Undefined::TooFewRows(Metric::R2));
        }
        let mean = weighted(&mut truth.iter().copied()) / rows;
        let variation = weighted(&mut truth.iter().map(|value| (value - mean) * (value - mean)));
        let error = weighted(&mut self.squares.iter().copied());
        match (error == 0.0, variation == 0.0) {
            (true, _) => Ok(1.0),
            (false, true) => Ok(0.0),
            (false, false) => finite(Metric::R2, 1.0 - error / variation),
        }
    }
}

struct MedianError {
    /// Absolute error and row, from low to high.
    sorted: Vec<(f64, usize)>,
}

impl MedianError {
    fn new(errors: Vec<f64>) -> Self {
        let mut sorted: Vec<(f64, usize)> = errors.into_iter().zip(0..).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self { sorted }
    }

    /// The error of the row at `rank`, from 0, when each row stands as often as its weight says.
    fn at(&self, rank: u64, weights: &[u32]) -> f64 {
        let mut passed = 0;
        for &(error, row) in &self.sorted {
            passed += u64::from(weights[row]);
            if passed > rank {
                return error;
            }
        }
        unreachable!("a rank is below the sum of the weights")
    }
}

impl Weighted for MedianError {
    fn score(&self, weights: &[u32]) -> Result<f64, Undefined> {
        let rows: u64 = weights.iter().map(|&weight| u64::from(weight)).sum();
        if rows == 0 {
            return Err(Undefined::NoRows);
        }
        let upper = self.at(rows / 2, weights);
        let lower = if rows.is_multiple_of(2) {
            self.at(rows / 2 - 1, weights)
        } else {
            upper
        };
        finite(Metric::MedianAbsoluteError, (lower + upper) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Aligned;

    fn score(metric: Metric, truth: &[f64], predicted: &[f64]) -> Result<f64, Undefined> {
        metric.evaluate(&Aligned::Numbers(Numbers::new(
            truth.to_vec(),
            predicted.to_vec(),
        )))
    }

    /// Expected values: scikit-learn 1.9.1.
    #[test]
    fn as_scikit_learn() {
        let truth = [3.0, -0.5, 2.0, 7.0, 0.0];
        let predicted = [2.5, 0.0, 2.0, 8.0, 1.5];
        for (metric, expected) in [
            (Metric::Rmse, 0.866_025_403_784_438_6),
            (Metric::Mae, 0.7),
            (Metric::R2, 0.895_251_396_648_044_7),
            (Metric::MedianAbsoluteError, 0.5),
            (Metric::Rmsle, 0.519_950_996_833_615_8),
            (Metric::Mape, 1_351_079_888_211_149.0),
        ] {
            let score = score(metric, &truth, &predicted).unwrap();
            assert!(
                (score / expected - 1.0).abs() < 1e-12,
                "{metric}: {score} is not {expected}"
            );
        }
    }

    #[test]
    fn an_even_number_of_rows_has_two_middles() {
        let metric = Metric::MedianAbsoluteError;
        assert_eq!(
            score(metric, &[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 5.0, 8.0]),
            Ok(1.5)
        );
    }

    #[test]
    fn constant_truth() {
        assert_eq!(score(Metric::R2, &[2.0, 2.0], &[1.0, 2.0]), Ok(0.0));
        assert_eq!(score(Metric::R2, &[2.0, 2.0], &[2.0, 2.0]), Ok(1.0));
        assert_eq!(
            score(Metric::R2, &[2.0], &[2.0]),
            Err(Undefined::TooFewRows(Metric::R2))
        );
    }

    #[test]
    fn logarithms_stop_at_minus_one() {
        let metric = Metric::Rmsle;
        assert_eq!(
            score(metric, &[1.0, 1.0], &[1.0, -1.0]),
            Err(Undefined::OutOfDomain { metric, row: 1 })
        );
    }

    #[test]
    fn a_finite_prediction_can_make_a_score_that_is_not() {
        assert_eq!(
            score(Metric::Rmse, &[1.0], &[1e308]),
            Err(Undefined::Overflow(Metric::Rmse))
        );
        assert_eq!(
            score(Metric::MedianAbsoluteError, &[-1.7e308], &[1.7e308]).unwrap_err(),
            Undefined::Overflow(Metric::MedianAbsoluteError)
        );
    }
}
