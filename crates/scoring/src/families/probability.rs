//! Metrics that read predictions as probabilities of the positive class, in 0–1. Those that only rank are in
//! `binary_ranking`; several classes in `multiclass`.
//!
//! | metric | formula | edge cases |
//! |---|---|---|
//! | log loss | mean of −ln max(q, ε), q the probability of the true class, ε = 2⁻⁵² | one class in truth is fine |
//! | column-mean log loss | its mean over columns | as above |
//! | Brier | mean of (p − y)² | one class in truth is fine |
//!
//! Source: scikit-learn 1.9 (`log_loss` with `labels` given, `brier_score_loss`). Overridden on purpose: scikit-learn clips
//! q from above too, so that a perfect submission scores 2.2e-16; ours scores 0 exactly.

use crate::weights::{RowMean, Weighted};
use crate::{Metric, MultiProbabilities, Probabilities, Undefined};

/// The metric on `rows`.
pub(crate) fn ready(
    metric: Metric,
    rows: &Probabilities,
) -> Result<Box<dyn Weighted + '_>, Undefined> {
    check_unit_interval(metric, rows.scores(), 1)?;
    let (truth, scores) = (rows.truth(), rows.scores());
    let of_true_class = |row: usize| probability(truth[row], scores[row]);
    let count = truth.len();
    Ok(match metric {
        Metric::LogLoss => Box::new(RowMean::new(count, move |row| surprise(of_true_class(row)))),
        Metric::Brier => Box::new(RowMean::new(count, move |row| {
            let miss = 1.0 - of_true_class(row);
            miss * miss
        })),
        _ => return Err(Undefined::Form(metric)),
    })
}

/// The mean log loss of columns. All have the same rows, so it is the mean over rows of the mean over their cells.
pub(crate) fn column_mean(
    metric: Metric,
    rows: &MultiProbabilities,
) -> Result<Box<dyn Weighted + '_>, Undefined> {
    if metric != Metric::ColumnMeanLogLoss {
        return Err(Undefined::Form(metric));
    }
    let columns = rows.columns();
    check_unit_interval(metric, rows.scores(), columns)?;
    let loss = move |row: usize| {
        let (truth, scores) = rows.row(row);
        let cells = truth.iter().zip(scores);
        let losses = cells.map(|(&truth, &score)| surprise(probability(truth, score)));
        losses.sum::<f64>() / f64::from(columns)
    };
    Ok(Box::new(RowMean::new(rows.rows(), loss)))
}

/// −ln of a probability, clipped. `0 -` and not a sign change: a certain and right prediction costs 0, not −0.
pub(super) fn surprise(probability: f64) -> f64 {
    0.0 - probability.max(f64::EPSILON).ln()
}

/// # Errors
///
/// Names the first row, of `columns` scores each, with a score outside 0–1.
pub(super) fn check_unit_interval(
    metric: Metric,
    scores: &[f64],
    columns: u32,
) -> Result<(), Undefined> {
    let outside = |score: &f64| !(0.0..=1.0).contains(score);
    match scores.iter().position(outside) {
        None => Ok(()),
        Some(cell) => Err(Undefined::OutOfDomain {
            metric,
            row: cell / columns as usize,
        }),
    }
}

/// Of what is true.
fn probability(truth: bool, score: f64) -> f64 {
    if truth { score } else { 1.0 - score }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Aligned;

    fn check(metric: Metric, truth: &[u8], scores: &[f64], expected: f64) {
        let truth = truth.iter().map(|&label| label == 1).collect();
        let rows = Aligned::Probabilities(Probabilities::new(truth, scores.to_vec()));
        let score = metric.evaluate(&rows).unwrap();
        assert!(
            (score - expected).abs() < 1e-12,
            "{metric}: {score} is not {expected}"
        );
    }

    /// Expected values: scikit-learn 1.9.1.
    #[test]
    fn as_scikit_learn() {
        let truth = [0, 1, 1, 0, 1, 0, 0, 1];
        let scores = [0.1, 0.4, 0.35, 0.8, 0.8, 0.4, 0.2, 0.9];
        check(Metric::LogLoss, &truth, &scores, 0.592_923_065_814_624_5);
        check(Metric::Brier, &truth, &scores, 0.210_312_5);
        check(
            Metric::LogLoss,
            &[1, 0],
            &[0.0, 0.0],
            18.021_826_694_558_577,
        );
    }

    #[test]
    fn the_worst_log_loss_is_the_clip() {
        check(
            Metric::LogLoss,
            &[1, 0],
            &[0.0, 1.0],
            Metric::LogLoss.worst().unwrap(),
        );
    }

    #[test]
    fn certain_and_right_is_exactly_zero() {
        let rows = Aligned::Probabilities(Probabilities::new(vec![true, false], vec![1.0, 0.0]));
        let score = Metric::LogLoss.evaluate(&rows).unwrap();
        assert!(score == 0.0 && score.is_sign_positive());
    }

    #[test]
    fn names_the_row_outside_the_unit_interval() {
        let rows = Aligned::Probabilities(Probabilities::new(vec![true, false], vec![0.5, 1.5]));
        for metric in [Metric::LogLoss, Metric::Brier] {
            assert_eq!(
                metric.evaluate(&rows),
                Err(Undefined::OutOfDomain { metric, row: 1 })
            );
        }
    }
}
