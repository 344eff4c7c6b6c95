//! Metrics that look at the order of predictions only; any finite score will do. Probabilities are in `probability`.
//!
//! | metric | formula | edge cases |
//! |---|---|---|
//! | ROC AUC | (pairs of a positive above a negative + ½ tied pairs) / all such pairs | ties ½; one class: undefined |
//! | Gini | 2 AUC − 1 | as ROC AUC |
//! | average precision | Σ (R(n) − R(n−1)) P(n) over distinct scores from high to low | tied scores are one threshold; no positives: undefined |
//!
//! The column means and the one-against-the-rest mean of them are in `columns` and `multiclass`.
//! Source: scikit-learn 1.9 (`roc_auc_score`, `average_precision_score`). Overridden on purpose: without a positive row
//! scikit-learn gives an average precision of 0, and with one class an AUC that is NaN; ours have no value.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::sort;
use crate::weights::{Weighted, Weights};
use crate::{Metric, Probabilities, Undefined};

/// The metric on `rows`.
pub(crate) fn ready(
    metric: Metric,
    rows: &Probabilities,
) -> Result<Box<dyn Weighted + '_>, Undefined> {
    let formula = match metric {
        Metric::RocAuc => Formula::Area,
        Metric::Gini => Formula::Gini,
        Metric::AveragePrecision => Formula::AveragePrecision,
        _ => return Err(Undefined::Form(metric)),
    };
    Ok(Box::new(Ranked::new(
        metric,
        formula,
        Cow::Borrowed(rows.truth()),
        Cow::Borrowed(rows.scores()),
    )))
}

#[derive(Clone, Copy)]
pub(super) enum Formula {
    Area,
    Gini,
    AveragePrecision,
}

/// Scores of one class against the rest.
pub(super) struct Ranked<'a> {
    metric: Metric,
    formula: Formula,
    truth: Cow<'a, [bool]>,
    scores: Cow<'a, [f64]>,
    /// Sorted when weights are given for the first time.
    order: OnceCell<Order>,
}

impl<'a> Ranked<'a> {
    pub(super) fn new(
        metric: Metric,
        formula: Formula,
        truth: Cow<'a, [bool]>,
        scores: Cow<'a, [f64]>,
    ) -> Self {
        Self {
            metric,
            formula,
            truth,
            scores,
            order: OnceCell::new(),
        }
    }

    fn of_ties(&self, ties: impl Iterator<Item = Tie>) -> Result<f64, Undefined> {
        match self.formula {
            Formula::Area => area(self.metric, ties),
            Formula::Gini => Ok(2.0 * area(self.metric, ties)? - 1.0),
            Formula::AveragePrecision => average_precision(self.metric, ties),
        }
    }
}

impl Weighted for Ranked<'_> {
    fn score(&self, weights: Weights<'_>) -> Result<f64, Undefined> {
        match weights {
            Weights::Equal => self.of_ties(Merged::new(&self.truth, &self.scores)),
            Weights::Each(weights) => {
                let order = self
                    .order
                    .get_or_init(|| Order::new(&self.truth, &self.scores));
                self.of_ties(order.ties(weights).into_iter())
            }
        }
    }
}

/// Weight of the rows that share a score.
#[derive(Clone, Copy, Default)]
struct Tie {
    positives: f64,
    negatives: f64,
}

/// Ties from the highest score to the lowest, each row counting once: the two classes sorted apart and merged.
struct Merged {
    positives: Vec<u64>,
    negatives: Vec<u64>,
}

impl Merged {
    fn new(truth: &[bool], scores: &[f64]) -> Self {
        let count = truth.iter().filter(|positive| **positive).count();
        let mut positives = Vec::with_capacity(count);
        let mut negatives = Vec::with_capacity(truth.len() - count);
        for (&positive, &score) in truth.iter().zip(scores) {
            let class = if positive {
                &mut positives
            } else {
                &mut negatives
            };
            class.push(sort::key(score));
        }
        sort::sort_keys(&mut positives);
        sort::sort_keys(&mut negatives);
        Self {
            positives,
            negatives,
        }
    }
}

impl Iterator for Merged {
    type Item = Tie;

    fn next(&mut self) -> Option<Tie> {
        let key = *self.positives.last().max(self.negatives.last())?;
        Some(Tie {
            positives: pop_equal(&mut self.positives, key),
            negatives: pop_equal(&mut self.negatives, key),
        })
    }
}

/// Removes keys equal to `key` from the end of a sorted list and counts them.
fn pop_equal(keys: &mut Vec<u64>, key: u64) -> f64 {
    let mut count = 0.0;
    while keys.last() == Some(&key) {
        keys.pop();
        count += 1.0;
    }
    count
}

/// Rows from the highest score to the lowest.
struct Order {
    rows: Vec<OrderedRow>,
    /// Number of distinct scores.
    ties: usize,
}

struct OrderedRow {
    index: u32,
    /// Which distinct score it has, from 0 for the highest.
    tie: u32,
    positive: bool,
}

impl Order {
    fn new(truth: &[bool], scores: &[f64]) -> Self {
        let mut rows = Vec::with_capacity(scores.len());
        let mut tie = 0;
        let mut last = None;
        for index in sort::order(scores).into_iter().rev() {
            // `!=` and not the bits: −0 and 0 are the same score.
            let score = scores[index as usize];
            if last.is_some_and(|last| last != score) {
                tie += 1;
            }
            last = Some(score);
            rows.push(OrderedRow {
                index,
                tie,
                positive: truth[index as usize],
            });
        }
        Self {
            rows,
            ties: tie as usize + 1,
        }
    }

    fn ties(&self, weights: &[u32]) -> Vec<Tie> {
        let mut ties = vec![Tie::default(); self.ties];
        for row in &self.rows {
            let weight = f64::from(weights[row.index as usize]);
            let tie = &mut ties[row.tie as usize];
            if row.positive {
                tie.positives += weight;
            } else {
                tie.negatives += weight;
            }
        }
        ties
    }
}

fn area(metric: Metric, ties: impl Iterator<Item = Tie>) -> Result<f64, Undefined> {
    let (mut positives, mut negatives, mut won) = (0.0, 0.0, 0.0);
    for tie in ties {
        won += tie.negatives * (positives + tie.positives / 2.0);
        positives += tie.positives;
        negatives += tie.negatives;
    }
    if positives == 0.0 || negatives == 0.0 {
        return Err(Undefined::OneClass(metric));
    }
    Ok(won / (positives * negatives))
}

fn average_precision(metric: Metric, ties: impl Iterator<Item = Tie>) -> Result<f64, Undefined> {
    let (mut positives, mut rows, mut sum) = (0.0, 0.0, 0.0);
    for tie in ties {
        positives += tie.positives;
        rows += tie.positives + tie.negatives;
        if tie.positives > 0.0 {
            sum += tie.positives * (positives / rows);
        }
    }
    if positives == 0.0 {
        return Err(Undefined::NoPositives(metric));
    }
    Ok(sum / positives)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Aligned;

    fn score(metric: Metric, truth: &[u8], scores: &[f64]) -> Result<f64, Undefined> {
        let truth = truth.iter().map(|&label| label == 1).collect();
        metric.evaluate(&Aligned::Probabilities(Probabilities::new(
            truth,
            scores.to_vec(),
        )))
    }

    /// Expected values: scikit-learn 1.9.1.
    #[test]
    fn as_scikit_learn() {
        let truth = [0, 1, 1, 0, 1, 0, 0, 1];
        let scores = [0.1, 0.4, 0.35, 0.8, 0.8, 0.4, 0.2, 0.9];
        assert_eq!(score(Metric::RocAuc, &truth, &scores), Ok(0.75));
        let precision = score(Metric::AveragePrecision, &truth, &scores).unwrap();
        assert!(
            (precision - 0.733_333_333_333_333_3).abs() < 1e-12,
            "{precision}"
        );
        assert_eq!(
            score(Metric::AveragePrecision, &[0, 1, 1], &[0.5; 3]),
            Ok(2.0 / 3.0)
        );
    }

    #[test]
    fn ties_count_half() {
        assert_eq!(score(Metric::RocAuc, &[0, 1, 0, 1], &[3.0; 4]), Ok(0.5));
        assert_eq!(score(Metric::RocAuc, &[0, 1], &[0.0, -0.0]), Ok(0.5));
    }

    #[test]
    fn gini_is_the_area_stretched() {
        let truth = [0, 1, 1, 0, 1, 0, 0, 1];
        let scores = [0.1, 0.4, 0.35, 0.8, 0.8, 0.4, 0.2, 0.9];
        assert_eq!(score(Metric::Gini, &truth, &scores), Ok(0.5));
        assert_eq!(score(Metric::Gini, &[1, 0], &[0.0, 1.0]), Ok(-1.0));
        assert_eq!(
            score(Metric::Gini, &[1, 1], &[0.1, 0.2]),
            Err(Undefined::OneClass(Metric::Gini))
        );
    }

    #[test]
    fn any_scale_will_do() {
        assert_eq!(score(Metric::RocAuc, &[0, 1], &[-1e300, 7.0]), Ok(1.0));
    }

    #[test]
    fn one_class_has_no_value() {
        assert_eq!(
            score(Metric::RocAuc, &[1, 1], &[0.1, 0.2]),
            Err(Undefined::OneClass(Metric::RocAuc))
        );
        let metric = Metric::AveragePrecision;
        assert_eq!(
            score(metric, &[0, 0], &[0.1, 0.2]),
            Err(Undefined::NoPositives(metric))
        );
        assert_eq!(score(metric, &[1, 1], &[0.1, 0.2]), Ok(1.0));
    }
}
