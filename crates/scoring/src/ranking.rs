//! Metrics that look at the order of predictions only; any finite score will do. Probabilities are in `probability`.
//!
//! | metric | formula | edge cases |
//! |---|---|---|
//! | ROC AUC | (pairs of a positive above a negative + ½ tied pairs) / all such pairs | ties ½; one class: undefined |
//! | average precision | Σ (R(n) − R(n−1)) P(n) over distinct scores from high to low | tied scores are one threshold; no positives: undefined |
//!
//! Source: scikit-learn 1.9 (`roc_auc_score`, `average_precision_score`). Overridden on purpose: without a positive row
//! scikit-learn gives an average precision of 0, ours has no value.

use std::cmp::Ordering;

use crate::evaluate::Weighted;
use crate::{Metric, Probabilities, Undefined};

/// The metric on `rows`.
pub(crate) fn ready(
    metric: Metric,
    rows: &Probabilities,
) -> Result<Box<dyn Weighted + '_>, Undefined> {
    let formula: Formula = match metric {
        Metric::RocAuc => roc_auc,
        Metric::AveragePrecision => average_precision,
        _ => return Err(Undefined::Form(metric)),
    };
    Ok(Box::new(Ranked {
        order: Order::new(rows),
        formula,
    }))
}

type Formula = fn(&[Tie]) -> Result<f64, Undefined>;

struct Ranked {
    order: Order,
    formula: Formula,
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

/// Weight of the rows that share a score.
#[derive(Clone, Copy, Default)]
struct Tie {
    positives: f64,
    negatives: f64,
}

impl Order {
    fn new(rows: &Probabilities) -> Self {
        let scores = rows.scores();
        let mut indices: Vec<usize> = (0..scores.len()).collect();
        indices.sort_by(|&a, &b| scores[b].partial_cmp(&scores[a]).unwrap_or(Ordering::Equal));
        let mut ordered = Vec::with_capacity(indices.len());
        let mut ties = 0;
        let mut last = None;
        for index in indices {
            // `!=` and not the bits: −0 and 0 are the same score.
            if last != Some(scores[index]) {
                ties += 1;
                last = Some(scores[index]);
            }
            let narrow = |number: usize| {
                u32::try_from(number).expect("a submission has fewer than 2³² rows")
            };
            ordered.push(OrderedRow {
                index: narrow(index),
                tie: narrow(ties - 1),
                positive: rows.truth()[index],
            });
        }
        Self {
            rows: ordered,
            ties,
        }
    }
}

impl Weighted for Ranked {
    fn score(&self, weights: &[u32]) -> Result<f64, Undefined> {
        let mut ties = vec![Tie::default(); self.order.ties];
        for row in &self.order.rows {
            let weight = f64::from(weights[row.index as usize]);
            let tie = &mut ties[row.tie as usize];
            if row.positive {
                tie.positives += weight;
            } else {
                tie.negatives += weight;
            }
        }
        (self.formula)(&ties)
    }
}

fn roc_auc(ties: &[Tie]) -> Result<f64, Undefined> {
    let (mut positives, mut negatives, mut won) = (0.0, 0.0, 0.0);
    for tie in ties {
        won += tie.negatives * (positives + tie.positives / 2.0);
        positives += tie.positives;
        negatives += tie.negatives;
    }
    if positives == 0.0 || negatives == 0.0 {
        return Err(Undefined::OneClass(Metric::RocAuc));
    }
    Ok(won / (positives * negatives))
}

fn average_precision(ties: &[Tie]) -> Result<f64, Undefined> {
    let (mut positives, mut rows, mut sum) = (0.0, 0.0, 0.0);
    for tie in ties {
        positives += tie.positives;
        rows += tie.positives + tie.negatives;
        if tie.positives > 0.0 {
            sum += tie.positives * (positives / rows);
        }
    }
    if positives == 0.0 {
        return Err(Undefined::NoPositives(Metric::AveragePrecision));
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
