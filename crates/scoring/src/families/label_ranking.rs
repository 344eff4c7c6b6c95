//! Metrics of the order of cells within a row: which of several columns come first.
//!
//! | metric | formula | edge cases |
//! |---|---|---|
//! | label ranking average precision | mean over rows of the mean over its true labels of L / R | a row without true labels counts as 1 |
//! | LWLRAP | the mean of L / R over all true labels of all rows | such a row does not enter; no true label at all: undefined |
//! | NDCG | mean over rows of DCG / ideal DCG, DCG = Σ gain / log2(1 + place) up to place k | a row without gain counts as 0; a negative gain has no value |
//!
//! R is how many labels of the row are predicted at least as high as the true one, L how many of those are true, so that
//! ties count against it. In NDCG tied columns share their places: each gets the mean gain of the group.
//! Source: scikit-learn 1.9 (`label_ranking_average_precision_score`, for LWLRAP weighted by true labels; `ndcg_score`
//! with `ignore_ties=False`); nothing is overridden but that a row of one column has an NDCG too.

use crate::parameters::Settings;
use crate::weights::{RowMean, RowRatio, Weighted};
use crate::{Metric, MultiNumbers, MultiProbabilities, Undefined, sort};

/// The metric on scores of yes-or-no labels.
pub(crate) fn ready(
    metric: Metric,
    rows: &MultiProbabilities,
) -> Result<Box<dyn Weighted + '_>, Undefined> {
    let parts = (0..rows.rows()).map(|row| {
        let (truth, scores) = rows.row(row);
        let labels = truth.iter().filter(|label| **label).count();
        (precisions(truth, scores), labels as f64)
    });
    Ok(match metric {
        Metric::Lwlrap => Box::new(RowRatio::new(
            metric,
            parts.collect(),
            Undefined::NoPositives,
        )),
        Metric::LabelRankingAveragePrecision => {
            let means = parts.map(|(sum, labels)| if labels == 0.0 { 1.0 } else { sum / labels });
            let means: Vec<f64> = means.collect();
            Box::new(RowMean::new(means.len(), move |row| means[row]))
        }
        _ => return Err(Undefined::Form(metric)),
    })
}

/// The sum of L / R over the true labels of a row.
fn precisions(truth: &[bool], scores: &[f64]) -> f64 {
    let order = sort::order(scores);
    let (mut labels, mut seen, mut sum) = (0.0, 0.0, 0.0);
    let mut rest = order.as_slice();
    while let Some(&highest) = rest.last() {
        let tied = tied_with(highest, rest, scores);
        let hits = tied.iter().filter(|label| truth[**label as usize]).count() as f64;
        labels += hits;
        seen += tied.len() as f64;
        sum += hits * (labels / seen);
        rest = &rest[..rest.len() - tied.len()];
    }
    sum
}

/// The end of `ascending` whose values equal that of `highest`.
fn tied_with<'a>(highest: u32, ascending: &'a [u32], values: &[f64]) -> &'a [u32] {
    let value = values[highest as usize];
    let lower = ascending.partition_point(|&index| values[index as usize] < value);
    &ascending[lower..]
}

/// NDCG of columns with graded relevance.
pub(crate) fn ndcg<'a>(
    metric: Metric,
    rows: &'a MultiNumbers,
    settings: &Settings,
) -> Result<Box<dyn Weighted + 'a>, Undefined> {
    let negative = rows.truth().iter().position(|gain| *gain < 0.0);
    if let Some(cell) = negative {
        let row = cell / rows.columns() as usize;
        return Err(Undefined::OutOfDomain { metric, row });
    }
    let places = settings.k.min(rows.columns() as usize);
    let discounts: Vec<f64> = (0..places).map(discount).collect();
    let gain = move |row: usize| {
        let (gains, scores) = rows.row(row);
        let best = discounted_gain(gains, gains, &discounts);
        if best == 0.0 {
            0.0
        } else {
            discounted_gain(gains, scores, &discounts) / best
        }
    };
    Ok(Box::new(RowMean::new(rows.rows(), gain)))
}

/// Of a place from 0: 1 / log2(2 + place).
pub(super) fn discount(place: usize) -> f64 {
    (place as f64 + 2.0).log2().recip()
}

/// DCG of gains in the order of scores.
fn discounted_gain(gains: &[f64], scores: &[f64], discounts: &[f64]) -> f64 {
    let order = sort::order(scores);
    let (mut rest, mut discounts, mut sum) = (order.as_slice(), discounts, 0.0);
    while let Some(&highest) = rest.last().filter(|_| !discounts.is_empty()) {
        let tied = tied_with(highest, rest, scores);
        // The mean of equal gains is that gain exactly, so that a perfect row divides a number by itself.
        let first = gains[highest as usize];
        let beyond: f64 = tied.iter().map(|item| gains[*item as usize] - first).sum();
        let mean = first + beyond / tied.len() as f64;
        let (places, others) = discounts.split_at(tied.len().min(discounts.len()));
        sum += places.iter().map(|discount| mean * discount).sum::<f64>();
        rest = &rest[..rest.len() - tied.len()];
        discounts = others;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Aligned, Parameters};

    fn labels(truth: &[[u8; 3]], scores: &[[f64; 3]]) -> Aligned {
        let truth = truth.concat().iter().map(|label| *label == 1).collect();
        Aligned::MultiProbabilities(MultiProbabilities::new(truth, scores.concat(), 3))
    }

    fn check(metric: Metric, rows: &Aligned, expected: f64) {
        let score = metric.evaluate(rows).unwrap();
        assert!(
            (score - expected).abs() < 1e-12,
            "{metric}: {score} is not {expected}"
        );
    }

    #[test]
    fn label_ranking() {
        // The first row: its label is second of the ranking; the second: its labels are first and third.
        let rows = labels(
            &[[1, 0, 0], [0, 1, 1]],
            &[[0.75, 0.5, 1.0], [0.5, 0.2, 0.9]],
        );
        let second = (1.0 + 2.0 / 3.0) / 2.0;
        check(
            Metric::LabelRankingAveragePrecision,
            &rows,
            (0.5 + second) / 2.0,
        );
        check(Metric::Lwlrap, &rows, (0.5 + 1.0 + 2.0 / 3.0) / 3.0);
    }

    #[test]
    fn ties_count_against() {
        let rows = labels(&[[1, 0, 0]], &[[0.5; 3]]);
        check(Metric::LabelRankingAveragePrecision, &rows, 1.0 / 3.0);
        check(Metric::Lwlrap, &rows, 1.0 / 3.0);
        check(Metric::Lwlrap, &labels(&[[1, 1, 1]], &[[0.5; 3]]), 1.0);
    }

    #[test]
    fn rows_without_labels() {
        let rows = labels(&[[0, 0, 0], [1, 0, 0]], &[[0.5; 3], [0.5; 3]]);
        check(
            Metric::LabelRankingAveragePrecision,
            &rows,
            (1.0 + 1.0 / 3.0) / 2.0,
        );
        check(Metric::Lwlrap, &rows, 1.0 / 3.0);
        assert_eq!(
            Metric::Lwlrap.evaluate(&labels(&[[0, 0, 0]], &[[0.5; 3]])),
            Err(Undefined::NoPositives(Metric::Lwlrap))
        );
    }

    fn gains(truth: &[[f64; 3]], scores: &[[f64; 3]]) -> Aligned {
        Aligned::MultiNumbers(MultiNumbers::new(truth.concat(), scores.concat(), 3))
    }

    #[test]
    fn ndcg_by_hand() {
        let rows = gains(&[[3.0, 0.0, 1.0]], &[[0.2, 0.9, 0.1]]);
        let second = 1.0 / 3.0_f64.log2();
        let best = 3.0 + second;
        check(Metric::Ndcg, &rows, (3.0 * second + 0.5) / best);
        let at = |k| {
            let parameters = Parameters {
                k: Some(k),
                ..Parameters::default()
            };
            Metric::Ndcg.evaluate_with(&rows, &parameters)
        };
        assert_eq!(at(1), Ok(0.0));
        assert!((at(2).unwrap() - 3.0 * second / best).abs() < 1e-12);
        assert_eq!(at(9), Metric::Ndcg.evaluate(&rows));
    }

    #[test]
    fn tied_columns_share_their_places() {
        let rows = gains(&[[3.0, 0.0, 1.0]], &[[0.5; 3]]);
        let second = 1.0 / 3.0_f64.log2();
        let mean = 4.0 / 3.0;
        check(Metric::Ndcg, &rows, mean * (1.5 + second) / (3.0 + second));
    }

    #[test]
    fn gains_of_no_row_and_negative_gains() {
        let rows = gains(&[[0.0; 3], [0.0, 0.0, 1.0]], &[[0.5; 3], [0.0, 0.0, 1.0]]);
        check(Metric::Ndcg, &rows, 0.5);
        let metric = Metric::Ndcg;
        assert_eq!(
            metric.evaluate(&gains(&[[1.0; 3], [1.0, -1.0, 0.0]], &[[0.5; 3]; 2])),
            Err(Undefined::OutOfDomain { metric, row: 1 })
        );
    }
}
