//! Means of a metric over columns: of probabilities and of numbers. Log loss by columns is in `probability`.
//!
//! Every column counts the same; a column on which the metric has no value leaves the mean without one.
//! Source: scikit-learn 1.9 (`roc_auc_score` and `average_precision_score` with `average="macro"`, errors with
//! `multioutput="uniform_average"`), MCRMSE and column-mean RMSLE as in Kaggle's competitions of that metric.
//! Overridden on purpose: where scikit-learn returns NaN or 0 for a column of one class, there is no value.

use std::borrow::Cow;

use super::binary_ranking::{Formula, Ranked};
use super::{correlations, regression};
use crate::weights::{Weighted, Weights};
use crate::{Metric, MultiNumbers, MultiProbabilities, Undefined};

/// The mean of a score over columns.
pub(super) struct ColumnMean<'a> {
    columns: Vec<Box<dyn Weighted + 'a>>,
}

impl<'a> ColumnMean<'a> {
    pub(super) fn new<W: Weighted + 'a>(columns: impl Iterator<Item = W>) -> Self {
        let columns = columns.map(|column| Box::new(column) as Box<dyn Weighted + 'a>);
        Self {
            columns: columns.collect(),
        }
    }
}

impl Weighted for ColumnMean<'_> {
    fn score(&self, weights: Weights<'_>) -> Result<f64, Undefined> {
        let mut sum = 0.0;
        for column in &self.columns {
            sum += column.score(weights)?;
        }
        Ok(sum / self.columns.len() as f64)
    }
}

/// The metric on columns of probabilities.
pub(crate) fn of_probabilities(
    metric: Metric,
    rows: &MultiProbabilities,
) -> Result<Box<dyn Weighted + '_>, Undefined> {
    let formula = match metric {
        Metric::ColumnMeanRocAuc => Formula::Area,
        Metric::ColumnMeanAveragePrecision => Formula::AveragePrecision,
        _ => return Err(Undefined::Form(metric)),
    };
    let columns = rows.columns();
    let ranked = (0..columns).map(|column| {
        let truth = column_of(rows.truth(), columns, column);
        let scores = column_of(rows.scores(), columns, column);
        Ranked::new(metric, formula, Cow::Owned(truth), Cow::Owned(scores))
    });
    Ok(Box::new(ColumnMean::new(ranked)))
}

/// The metric on columns of numbers.
pub(crate) fn of_numbers(
    metric: Metric,
    rows: &MultiNumbers,
) -> Result<Box<dyn Weighted + '_>, Undefined> {
    let columns = rows.columns();
    let made = (0..columns).map(|column| {
        let truth = Cow::Owned(column_of(rows.truth(), columns, column));
        let predicted = Cow::Owned(column_of(rows.predicted(), columns, column));
        if metric == Metric::ColumnMeanSpearman {
            return Ok(correlations::spearman(metric, truth, predicted));
        }
        regression::column(metric, truth, predicted)
    });
    Ok(Box::new(ColumnMean {
        columns: made.collect::<Result<_, _>>()?,
    }))
}

fn column_of<T: Copy>(cells: &[T], columns: u32, column: u32) -> Vec<T> {
    let column = cells.iter().skip(column as usize);
    column.step_by(columns as usize).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Aligned;

    fn numbers(truth: &[[f64; 2]], predicted: &[[f64; 2]]) -> Aligned {
        Aligned::MultiNumbers(MultiNumbers::new(truth.concat(), predicted.concat(), 2))
    }

    fn check(metric: Metric, rows: &Aligned, expected: f64) {
        let score = metric.evaluate(rows).unwrap();
        assert!(
            (score - expected).abs() < 1e-12,
            "{metric}: {score} is not {expected}"
        );
    }

    #[test]
    fn errors_of_columns() {
        let rows = numbers(
            &[[1.0, 10.0], [2.0, 20.0], [3.0, 40.0]],
            &[[1.0, 13.0], [4.0, 16.0], [3.0, 40.0]],
        );
        let mcrmse = ((4.0_f64 / 3.0).sqrt() + (25.0_f64 / 3.0).sqrt()) / 2.0;
        check(Metric::Mcrmse, &rows, mcrmse);
        check(Metric::ColumnMeanMae, &rows, (2.0 / 3.0 + 7.0 / 3.0) / 2.0);
        let r2 = (1.0 - 4.0 / 2.0) + (1.0 - 25.0 / (1400.0 / 3.0));
        check(Metric::ColumnMeanR2, &rows, r2 / 2.0);
        // Ranks 1, 3, 2 beside 1, 2, 3 correlate ½; the second column is in the right order.
        check(Metric::ColumnMeanSpearman, &rows, 0.75);
        let log = |a: f64, b: f64| (a.ln_1p() - b.ln_1p()).powi(2);
        let rmsle =
            (log(4.0, 2.0) / 3.0).sqrt() + ((log(13.0, 10.0) + log(16.0, 20.0)) / 3.0).sqrt();
        check(Metric::ColumnMeanRmsle, &rows, rmsle / 2.0);
    }

    #[test]
    fn logarithms_stop_at_minus_one_in_any_column() {
        let metric = Metric::ColumnMeanRmsle;
        let rows = numbers(&[[1.0, 1.0], [1.0, 1.0]], &[[1.0, 1.0], [1.0, -1.0]]);
        assert_eq!(
            metric.evaluate(&rows),
            Err(Undefined::OutOfDomain { metric, row: 1 })
        );
    }

    #[test]
    fn areas_of_columns() {
        let rows = |truth: &[[bool; 2]]| {
            let scores = vec![0.1, 0.9, 0.2, 0.9, 0.3, 0.1];
            Aligned::MultiProbabilities(MultiProbabilities::new(truth.concat(), scores, 2))
        };
        let mixed = rows(&[[false, true], [true, false], [true, false]]);
        check(Metric::ColumnMeanRocAuc, &mixed, (1.0 + 0.75) / 2.0);
        check(
            Metric::ColumnMeanAveragePrecision,
            &mixed,
            (1.0 + 0.5) / 2.0,
        );
        let log_loss = -(0.9_f64 * 0.9 * 0.2 * 0.1 * 0.3 * 0.9).ln() / 6.0;
        check(Metric::ColumnMeanLogLoss, &mixed, log_loss);
        let constant = rows(&[[false, true], [true, true], [true, true]]);
        assert_eq!(
            Metric::ColumnMeanRocAuc.evaluate(&constant),
            Err(Undefined::OneClass(Metric::ColumnMeanRocAuc))
        );
    }
}
