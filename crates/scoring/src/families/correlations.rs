//! Metrics of whether predictions rise with the truth; errors are in `regression`. The statistics are those of
//! `correlation`.
//!
//! | metric | formula | edge cases |
//! |---|---|---|
//! | Pearson, Spearman, Kendall's τ-b | see `correlation` | constant truth: undefined; constant predictions: 0 |
//! | normalised Gini | G(prediction) / G(truth) | as above |
//!
//! G(x) orders rows from the highest x to the lowest and is Σ w (C + c / 2) / n − T / 2 over groups of equal x, with w and
//! c the rows and the truth of a group, C the truth before it, T all truth. For yes-or-no truth it is 2 AUC − 1.
//! Source: SciPy 1.17, whose correlation of constant predictions is NaN: overridden on purpose, because a constant is a
//! valid submission that says nothing. The Gini is Kaggle's, which takes tied rows in file order: overridden on purpose,
//! because a score must not depend on the order of rows.

use std::borrow::Cow;

use crate::correlation::{self, Levels, is_constant};
use crate::weights::{Weighted, Weights};
use crate::{Metric, Numbers, Undefined, sort};

/// The metric on `numbers`.
pub(crate) fn ready(
    metric: Metric,
    numbers: &Numbers,
) -> Result<Box<dyn Weighted + '_>, Undefined> {
    let truth = Cow::Borrowed(numbers.truth());
    let predicted = Cow::Borrowed(numbers.predicted());
    Ok(match metric {
        Metric::Pearson => Box::new(Correlated {
            metric,
            truth,
            predicted,
            levels: None,
        }),
        Metric::Spearman => spearman(metric, truth, predicted),
        Metric::KendallTauB => ranked(metric, truth, predicted),
        Metric::NormalizedGini => Box::new(Gini {
            best: sort::order(&truth),
            order: sort::order(&predicted),
            truth,
            predicted,
        }),
        _ => return Err(Undefined::Form(metric)),
    })
}

/// Spearman's ρ, for numbers and for one of several columns.
pub(super) fn spearman<'a>(
    metric: Metric,
    truth: Cow<'a, [f64]>,
    predicted: Cow<'a, [f64]>,
) -> Box<dyn Weighted + 'a> {
    ranked(metric, truth, predicted)
}

fn ranked<'a>(
    metric: Metric,
    truth: Cow<'a, [f64]>,
    predicted: Cow<'a, [f64]>,
) -> Box<dyn Weighted + 'a> {
    let levels = Some((Levels::new(&truth), Levels::new(&predicted)));
    Box::new(Correlated {
        metric,
        truth,
        predicted,
        levels,
    })
}

struct Correlated<'a> {
    metric: Metric,
    truth: Cow<'a, [f64]>,
    predicted: Cow<'a, [f64]>,
    /// Of both sides, for those that look at ranks.
    levels: Option<(Levels, Levels)>,
}

impl Weighted for Correlated<'_> {
    fn score(&self, weights: Weights<'_>) -> Result<f64, Undefined> {
        let metric = self.metric;
        let weights = weights.entries(self.truth.len());
        let statistic = match (&self.levels, metric) {
            (None, _) => correlation::pearson(&self.truth, &self.predicted, &weights),
            (Some((truth, predicted)), Metric::KendallTauB) => {
                correlation::kendall_tau_b(truth, predicted, &weights)
            }
            (Some((truth, predicted)), _) => correlation::spearman(truth, predicted, &weights),
        };
        match statistic {
            Some(value) => Ok(value),
            None if is_constant(&self.truth, &weights) => Err(Undefined::Constant(metric)),
            None => Ok(0.0),
        }
    }
}

struct Gini<'a> {
    truth: Cow<'a, [f64]>,
    predicted: Cow<'a, [f64]>,
    /// Rows from the lowest truth to the highest.
    best: Vec<u32>,
    /// Rows from the lowest prediction to the highest.
    order: Vec<u32>,
}

impl Gini<'_> {
    /// n · G when rows are ordered by `values`, of which `order` is the ascending order.
    ///
    /// Truth counts from `origin`, which changes no area: from the mean, sums lose no digits to what all rows share.
    fn area(&self, order: &[u32], values: &[f64], origin: f64, weights: Weights<'_>) -> f64 {
        let (mut area, mut before, mut rows) = (0.0, 0.0, 0.0);
        let mut rest = order;
        while let Some(&highest) = rest.last() {
            let (mut group_rows, mut group_truth) = (0.0, 0.0);
            while let Some((&row, others)) = rest.split_last() {
                let row = row as usize;
                if values[row] != values[highest as usize] {
                    break;
                }
                group_rows += weights.of(row);
                group_truth += weights.of(row) * (self.truth[row] - origin);
                rest = others;
            }
            area += group_rows * (before + group_truth / 2.0);
            before += group_truth;
            rows += group_rows;
        }
        area - rows * before / 2.0
    }
}

impl Weighted for Gini<'_> {
    fn score(&self, weights: Weights<'_>) -> Result<f64, Undefined> {
        let metric = Metric::NormalizedGini;
        if is_constant(&self.truth, &weights.entries(self.truth.len())) {
            return Err(Undefined::Constant(metric));
        }
        let (mut sum, mut rows) = (0.0, 0.0);
        for (row, truth) in self.truth.iter().enumerate() {
            sum += weights.of(row) * truth;
            rows += weights.of(row);
        }
        let area = |order: &[u32], values: &[f64]| self.area(order, values, sum / rows, weights);
        let best = area(&self.best, &self.truth);
        Ok(area(&self.order, &self.predicted) / best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Aligned, Probabilities};

    fn score(metric: Metric, truth: &[f64], predicted: &[f64]) -> Result<f64, Undefined> {
        metric.evaluate(&Aligned::Numbers(Numbers::new(
            truth.to_vec(),
            predicted.to_vec(),
        )))
    }

    const ALL: [Metric; 4] = [
        Metric::Pearson,
        Metric::Spearman,
        Metric::KendallTauB,
        Metric::NormalizedGini,
    ];

    #[test]
    fn constants() {
        for metric in ALL {
            assert_eq!(
                score(metric, &[1.0, 2.0, 4.0], &[0.1; 3]),
                Ok(0.0),
                "{metric}"
            );
            assert_eq!(
                score(metric, &[0.1; 3], &[1.0, 2.0, 3.0]),
                Err(Undefined::Constant(metric))
            );
            assert_eq!(
                score(metric, &[1.0], &[1.0]),
                Err(Undefined::Constant(metric))
            );
        }
    }

    #[test]
    fn the_wrong_order_is_the_worst() {
        for metric in ALL {
            assert_eq!(
                score(metric, &[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]),
                Ok(-1.0),
                "{metric}"
            );
        }
    }

    /// By hand, rows in order of prediction: truth 5, 1, 3, 2 cumulates to 5, 6, 9, 11; the best order 5, 3, 2, 1 to
    /// 5, 8, 10, 11; both less the diagonal, 11 · 5 / 2.
    #[test]
    fn gini_by_hand() {
        let gini = score(
            Metric::NormalizedGini,
            &[2.0, 5.0, 1.0, 3.0],
            &[0.1, 0.9, 0.7, 0.4],
        );
        assert!((gini.unwrap() - (31.0 - 27.5) / (34.0 - 27.5)).abs() < 1e-12);
    }

    #[test]
    fn a_large_mean_takes_no_digits() {
        let (truth, predicted) = ([2.0, 5.0, 1.0, 3.0], [0.1, 0.9, 0.7, 0.4]);
        let raised = truth.map(|value| value + 1e12);
        for metric in ALL {
            let near = score(metric, &truth, &predicted).unwrap();
            let far = score(metric, &raised, &predicted).unwrap();
            assert!((near - far).abs() < 1e-12, "{metric}: {near} {far}");
        }
    }

    #[test]
    fn gini_of_yes_or_no_is_that_of_the_area() {
        let truth = [0.0, 1.0, 1.0, 0.0, 1.0, 0.0];
        let scores = [0.2, 0.4, 0.9, 0.4, 0.1, 0.3];
        let classes = truth.iter().map(|value| *value > 0.5).collect();
        let classes = Aligned::Probabilities(Probabilities::new(classes, scores.to_vec()));
        let expected = Metric::Gini.evaluate(&classes).unwrap();
        let gini = score(Metric::NormalizedGini, &truth, &scores).unwrap();
        assert!((gini - expected).abs() < 1e-12);
    }
}
