//! Errors of numbers. Correlations are in `correlations`.
//!
//! With e = prediction − truth:
//!
//! | metric | formula | edge cases |
//! |---|---|---|
//! | RMSE, MSE | √ mean e², mean e² | overflow has no value |
//! | MAE, MASE | mean \|e\|, divided by `scale` | – |
//! | RMSLE | √ mean (ln(1 + prediction) − ln(1 + truth))² | numbers at or below −1 have no value |
//! | R² | 1 − Σ e² / Σ (truth − mean)² | constant truth: 1 when perfect, else 0; one row: undefined |
//! | median absolute error | middle \|e\|; mean of the two middle ones for an even number of rows | – |
//! | MAPE | mean \|e\| / max(\|truth\|, 2⁻⁵²) | a zero in the truth makes it huge |
//! | SMAPE | mean 2 \|e\| / (\|truth\| + \|prediction\|) | 0 where both are 0 |
//! | RMSPE | √ mean (e / truth)² | a zero in the truth has no value |
//! | pinball | mean of −q e for e < 0, (1 − q) e for others | – |
//! | Poisson deviance | mean 2 (y ln(y / p) − y + p), p at least min(y, 2⁻⁵²) | 2 p for y = 0; negative numbers have no value |
//! | Gamma deviance | mean 2 (ln(p / y) + y / p − 1) | numbers at or below 0 have no value |
//!
//! Source: scikit-learn 1.9 (`root_mean_squared_error`, `mean_squared_error`, `mean_absolute_error`,
//! `root_mean_squared_log_error`, `r2_score`, `median_absolute_error`, `mean_absolute_percentage_error`,
//! `mean_pinball_loss`, `mean_poisson_deviance`, `mean_gamma_deviance`); SMAPE and RMSPE as Kaggle defines them, the former
//! as a share; MASE of Hyndman & Koehler, *Another look at measures of forecast accuracy*, 2006.
//! Overridden on purpose: scikit-learn refuses a Poisson prediction of 0, which is the perfect one where the truth is 0.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::parameters::Settings;
use crate::weights::{RowMean, Weighted, Weights};
use crate::{Domain, Metric, Numbers, Undefined, sort};

/// The metric on `numbers`.
pub(crate) fn ready<'a>(
    metric: Metric,
    numbers: &'a Numbers,
    settings: &Settings,
) -> Result<Box<dyn Weighted + 'a>, Undefined> {
    let sides = Sides {
        metric,
        truth: Cow::Borrowed(numbers.truth()),
        predicted: Cow::Borrowed(numbers.predicted()),
    };
    sides.check_domain()?;
    let Settings {
        quantile, scale, ..
    } = *settings;
    Ok(match metric {
        Metric::Rmse => sides.root_mean(squared),
        Metric::Mse => sides.mean(squared),
        Metric::Mae => sides.mean(absolute),
        Metric::Mase => sides.mean(move |truth, predicted| absolute(truth, predicted) / scale),
        Metric::Rmsle => sides.root_mean(logarithmic),
        Metric::Mape => sides
            .mean(|truth, predicted| absolute(truth, predicted) / truth.abs().max(f64::EPSILON)),
        Metric::Smape => sides.mean(symmetric),
        Metric::Rmspe => {
            if let Some(row) = numbers.truth().iter().position(|truth| *truth == 0.0) {
                return Err(Undefined::OutOfDomain { metric, row });
            }
            sides.root_mean(|truth, predicted| {
                let share = (predicted - truth) / truth;
                share * share
            })
        }
        Metric::Pinball => sides.mean(move |truth, predicted| {
            if predicted < truth {
                quantile * (truth - predicted)
            } else {
                (1.0 - quantile) * (predicted - truth)
            }
        }),
        Metric::PoissonDeviance => sides.mean(poisson),
        Metric::GammaDeviance => sides.mean(gamma),
        Metric::R2 => Box::new(Determination { sides }),
        Metric::MedianAbsoluteError => Box::new(MedianError {
            sides,
            order: OnceCell::new(),
        }),
        _ => return Err(Undefined::Form(metric)),
    })
}

/// The metric of a mean over columns, on one of them.
pub(super) fn column<'a>(
    metric: Metric,
    truth: Cow<'a, [f64]>,
    predicted: Cow<'a, [f64]>,
) -> Result<Box<dyn Weighted + 'a>, Undefined> {
    let sides = Sides {
        metric,
        truth,
        predicted,
    };
    sides.check_domain()?;
    Ok(match metric {
        Metric::Mcrmse => sides.root_mean(squared),
        Metric::ColumnMeanMae => sides.mean(absolute),
        Metric::ColumnMeanRmsle => sides.root_mean(logarithmic),
        Metric::ColumnMeanR2 => Box::new(Determination { sides }),
        _ => return Err(Undefined::Form(metric)),
    })
}

struct Sides<'a> {
    metric: Metric,
    truth: Cow<'a, [f64]>,
    predicted: Cow<'a, [f64]>,
}

impl<'a> Sides<'a> {
    /// # Errors
    ///
    /// Names the first row with a number that the metric has no meaning for.
    fn check_domain(&self) -> Result<(), Undefined> {
        let domain = self.metric.domain();
        if domain == Domain::Any {
            return Ok(());
        }
        let mut pairs = self.truth.iter().zip(self.predicted.iter());
        let outside = |(&truth, &predicted): (&f64, &f64)| {
            !domain.contains(truth) || !domain.contains(predicted)
        };
        match pairs.position(outside) {
            None => Ok(()),
            Some(row) => Err(Undefined::OutOfDomain {
                metric: self.metric,
                row,
            }),
        }
    }

    fn mean(self, loss: impl Fn(f64, f64) -> f64 + 'a) -> Box<dyn Weighted + 'a> {
        let rows = self.truth.len();
        Box::new(RowMean::new(rows, move |row| {
            loss(self.truth[row], self.predicted[row])
        }))
    }

    fn root_mean(self, loss: impl Fn(f64, f64) -> f64 + 'a) -> Box<dyn Weighted + 'a> {
        let rows = self.truth.len();
        Box::new(RowMean::rooted(rows, move |row| {
            loss(self.truth[row], self.predicted[row])
        }))
    }

    fn absolute_errors(&self) -> Vec<f64> {
        let pairs = self.truth.iter().zip(self.predicted.iter());
        pairs
            .map(|(&truth, &predicted)| absolute(truth, predicted))
            .collect()
    }
}

fn absolute(truth: f64, predicted: f64) -> f64 {
    (predicted - truth).abs()
}

fn squared(truth: f64, predicted: f64) -> f64 {
    (predicted - truth) * (predicted - truth)
}

fn logarithmic(truth: f64, predicted: f64) -> f64 {
    squared(truth.ln_1p(), predicted.ln_1p())
}

fn symmetric(truth: f64, predicted: f64) -> f64 {
    // Halved, so that the sum of two large numbers does not overflow.
    let size = truth.abs() / 2.0 + predicted.abs() / 2.0;
    if size == 0.0 {
        0.0
    } else {
        2.0 * (predicted / 2.0 - truth / 2.0).abs() / size
    }
}

fn poisson(truth: f64, predicted: f64) -> f64 {
    if truth == 0.0 {
        return 2.0 * predicted;
    }
    // Not above the truth: a perfect prediction costs exactly 0, however small.
    let predicted = predicted.max(truth.min(f64::EPSILON));
    2.0 * (truth * (truth / predicted).ln() - truth + predicted)
}

fn gamma(truth: f64, predicted: f64) -> f64 {
    2.0 * ((predicted / truth).ln() + truth / predicted - 1.0)
}

struct Determination<'a> {
    sides: Sides<'a>,
}

impl Weighted for Determination<'_> {
    fn score(&self, weights: Weights<'_>) -> Result<f64, Undefined> {
        let (truth, predicted) = (&self.sides.truth, &self.sides.predicted);
        let rows = weights.total(truth.len());
        if rows < 2.0 {
            return Err(Undefined::TooFewRows(self.sides.metric));
        }
        let sum = |of: &dyn Fn(usize) -> f64| -> f64 {
            (0..truth.len()).map(|row| weights.of(row) * of(row)).sum()
        };
        let mean = sum(&|row| truth[row]) / rows;
        let variation = sum(&|row| squared(truth[row], mean));
        let error = sum(&|row| squared(truth[row], predicted[row]));
        // Not by the sum of squares, which rounding makes small but not 0.
        let first = (0..truth.len()).find(|&row| weights.of(row) > 0.0);
        let constant = |first: usize| {
            (0..truth.len()).all(|row| weights.of(row) == 0.0 || truth[row] == truth[first])
        };
        match (error == 0.0, first.is_none_or(constant)) {
            (true, _) => Ok(1.0),
            (false, true) => Ok(0.0),
            (false, false) => Ok(1.0 - error / variation),
        }
    }
}

struct MedianError<'a> {
    sides: Sides<'a>,
    /// Absolute error and row, from low to high; sorted when weights are given for the first time.
    order: OnceCell<Vec<(f64, u32)>>,
}

impl MedianError<'_> {
    fn order(&self) -> &[(f64, u32)] {
        self.order.get_or_init(|| {
            let errors = self.sides.absolute_errors();
            let rows = sort::order(&errors).into_iter();
            rows.map(|row| (errors[row as usize], row)).collect()
        })
    }

    /// The error of the row at `rank`, from 0, when each row stands as often as its weight says.
    fn at(&self, rank: u64, weights: &[u32]) -> f64 {
        let mut passed = 0;
        for &(error, row) in self.order() {
            passed += u64::from(weights[row as usize]);
            if passed > rank {
                return error;
            }
        }
        unreachable!("a rank is below the sum of the weights")
    }
}

impl Weighted for MedianError<'_> {
    fn score(&self, weights: Weights<'_>) -> Result<f64, Undefined> {
        let (lower, upper) = match weights {
            Weights::Equal => {
                let mut errors = self.sides.absolute_errors();
                let half = errors.len() / 2;
                let odd = !errors.len().is_multiple_of(2);
                let (below, &mut upper, _) = errors.select_nth_unstable_by(half, f64::total_cmp);
                let lower = below.iter().copied().max_by(f64::total_cmp);
                (lower.filter(|_| !odd).unwrap_or(upper), upper)
            }
            Weights::Each(weights) => {
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
                (lower, upper)
            }
        };
        Ok((lower + upper) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Aligned, Parameter, ParameterError, Parameters};

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
    fn errors_by_hand() {
        let truth = [2.0, 4.0, 1.0, 5.0];
        let predicted = [3.0, 2.0, 1.0, 10.0];
        for (metric, expected) in [
            (Metric::Mse, 30.0 / 4.0),
            (Metric::Smape, (2.0 / 5.0 + 4.0 / 6.0 + 10.0 / 15.0) / 4.0),
            (Metric::Rmspe, (0.25_f64 + 0.25 + 1.0).sqrt() / 2.0),
            (Metric::Pinball, 8.0 / 8.0),
            (
                Metric::PoissonDeviance,
                (2.0 * (2.0_f64 / 3.0).ln() + 4.0 * 2.0_f64.ln() - 5.0 * 2.0_f64.ln() + 4.0) / 2.0,
            ),
            (
                Metric::GammaDeviance,
                (1.5_f64.ln() + 2.0 / 3.0 + 0.5_f64.ln() + 2.0 + 2.0_f64.ln() + 0.5 - 3.0) / 2.0,
            ),
        ] {
            let score = score(metric, &truth, &predicted).unwrap();
            assert!(
                (score - expected).abs() < 1e-12,
                "{metric}: {score} is not {expected}"
            );
        }
    }

    #[test]
    fn parameters_count() {
        let rows = Aligned::Numbers(Numbers::new(vec![2.0, 4.0], vec![3.0, 2.0]));
        let with = |metric: Metric, parameters| metric.evaluate_with(&rows, &parameters);
        let none = Parameters::default();
        let quantile = |quantile| Parameters {
            quantile: Some(quantile),
            ..none
        };
        let low = with(Metric::Pinball, quantile(0.9)).unwrap();
        assert!((low - (0.1 * 1.0 + 0.9 * 2.0) / 2.0).abs() < 1e-15);
        let scale = |scale| Parameters {
            scale: Some(scale),
            ..none
        };
        assert_eq!(with(Metric::Mase, scale(3.0)), Ok(0.5));
        let parameter = Parameter::Scale;
        assert_eq!(
            with(Metric::Mase, none),
            Err(Undefined::Parameter(ParameterError::Missing {
                metric: Metric::Mase,
                parameter
            }))
        );
        assert_eq!(
            with(Metric::Mae, scale(3.0)),
            Err(Undefined::Parameter(ParameterError::NotTaken {
                metric: Metric::Mae,
                parameter
            }))
        );
        for wrong in [0.0, 1.0, f64::NAN, f64::INFINITY, -0.5] {
            assert_eq!(
                with(Metric::Pinball, quantile(wrong)),
                Err(Undefined::Parameter(ParameterError::OutOfRange(
                    Parameter::Quantile
                )))
            );
        }
    }

    #[test]
    fn zeros() {
        assert_eq!(score(Metric::Smape, &[0.0, 1.0], &[0.0, -1.0]), Ok(1.0));
        assert_eq!(
            score(Metric::PoissonDeviance, &[0.0, 1.0], &[0.0, 1.0]),
            Ok(0.0)
        );
        assert_eq!(
            score(Metric::PoissonDeviance, &[1e-20, 1.0], &[1e-20, 1.0]),
            Ok(0.0)
        );
        let missed = score(Metric::PoissonDeviance, &[1.0], &[0.0]).unwrap();
        assert!(
            (missed - 2.0 * (52.0 * 2.0_f64.ln() - 1.0)).abs() < 1e-12,
            "{missed}"
        );
        for (metric, truth, predicted) in [
            (Metric::Rmspe, [1.0, 0.0], [1.0, 1.0]),
            (Metric::PoissonDeviance, [1.0, 1.0], [1.0, -1.0]),
            (Metric::GammaDeviance, [1.0, 1.0], [1.0, 0.0]),
            (Metric::GammaDeviance, [1.0, 0.0], [1.0, 1.0]),
        ] {
            assert_eq!(
                score(metric, &truth, &predicted),
                Err(Undefined::OutOfDomain { metric, row: 1 })
            );
        }
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
