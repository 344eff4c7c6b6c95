//! Metrics of ordered labels: Cohen's kappa with weights. Without weights it is in `classification`.
//!
//! **Weighted kappa**: 1 − Σ d(i, j) O(i, j) / (Σ d(i, j) t(i) p(j) / n) over grades i, j, with O the counts of
//! (true, predicted) pairs, t and p the counts of each side, and d(i, j) = |i − j| (linear) or (i − j)² (quadratic).
//! A grade is its position in the declared order, so a grade
//! that occurs on neither side still takes its place; that is scikit-learn 1.9's `cohen_kappa_score` with `labels` set to
//! the declared order, and differs from its default, which closes such gaps. Undefined when both sides are one and the
//! same grade (scikit-learn: NaN).

use crate::weights::{Weighted, Weights};
use crate::{Labels, Metric, Undefined};

/// The metric on `labels`.
pub(crate) fn ready(metric: Metric, labels: &Labels) -> Result<Box<dyn Weighted + '_>, Undefined> {
    let distance = match metric {
        Metric::LinearWeightedKappa => Distance::Linear,
        Metric::QuadraticWeightedKappa => Distance::Quadratic,
        _ => return Err(Undefined::Form(metric)),
    };
    Ok(Box::new(Kappa {
        metric,
        labels,
        distance,
    }))
}

/// What a miss costs.
#[derive(Clone, Copy)]
enum Distance {
    Linear,
    Quadratic,
}

struct Kappa<'a> {
    metric: Metric,
    labels: &'a Labels,
    distance: Distance,
}

impl Weighted for Kappa<'_> {
    fn score(&self, weights: Weights<'_>) -> Result<f64, Undefined> {
        let grades = self.labels.classes() as usize;
        let (mut truths, mut predictions) = (vec![0.0; grades], vec![0.0; grades]);
        let mut observed = 0.0;
        let pairs = self.labels.truth().iter().zip(self.labels.predicted());
        for (row, (&truth, &predicted)) in pairs.enumerate() {
            let weight = weights.of(row);
            truths[truth as usize] += weight;
            predictions[predicted as usize] += weight;
            let distance = f64::from(truth.abs_diff(predicted));
            observed += weight
                * match self.distance {
                    Distance::Linear => distance,
                    Distance::Quadratic => distance * distance,
                };
        }
        let rows: f64 = truths.iter().sum();
        if rows == 0.0 {
            return Err(Undefined::NoRows);
        }
        let expected = match self.distance {
            Distance::Linear => linear(&truths, &predictions),
            Distance::Quadratic => quadratic(&truths, &predictions),
        };
        if expected == 0.0 {
            return Err(Undefined::OneClass(self.metric));
        }
        Ok(1.0 - observed * rows / expected)
    }
}

/// Σ |i − j| t(i) p(j): a pair is |i − j| apart when that many borders between grades lie between its two sides.
fn linear(truths: &[f64], predictions: &[f64]) -> f64 {
    let rows: f64 = truths.iter().sum();
    let (mut truths_below, mut predictions_below, mut sum) = (0.0, 0.0, 0.0);
    for (truth, predicted) in truths.iter().zip(predictions) {
        truths_below += truth;
        predictions_below += predicted;
        sum +=
            truths_below * (rows - predictions_below) + (rows - truths_below) * predictions_below;
    }
    sum
}

/// Σ (i − j)² t(i) p(j) without a matrix: n Σ i² t(i) + n Σ j² p(j) − 2 Σ i t(i) Σ j p(j). All sums are of whole numbers,
/// exact in `f64` up to 2⁵³.
fn quadratic(truths: &[f64], predictions: &[f64]) -> f64 {
    let rows: f64 = truths.iter().sum();
    let moment = |counts: &[f64], power: fn(f64) -> f64| -> f64 {
        let grades = counts.iter().enumerate();
        grades
            .map(|(grade, count)| power(grade as f64) * count)
            .sum()
    };
    let squares = |counts: &[f64]| moment(counts, |grade| grade * grade);
    let sum = |counts: &[f64]| moment(counts, |grade| grade);
    rows * (squares(truths) + squares(predictions)) - 2.0 * sum(truths) * sum(predictions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Aligned;

    fn kappa(truth: &[u32], predicted: &[u32], classes: u32) -> Result<f64, Undefined> {
        let rows = Aligned::Labels(Labels::new(
            truth.to_vec(),
            predicted.to_vec(),
            classes,
            None,
        ));
        Metric::QuadraticWeightedKappa.evaluate(&rows)
    }

    /// Expected values: scikit-learn 1.9.1 with `labels` given.
    #[test]
    fn as_scikit_learn() {
        let truth = [0, 1, 2, 2, 1, 0, 2, 1, 1, 0];
        let predicted = [0, 2, 2, 1, 1, 0, 2, 0, 1, 0];
        let score = kappa(&truth, &predicted, 3).unwrap();
        assert!((score - 0.769_230_769_230_769_2).abs() < 1e-12, "{score}");
        assert_eq!(kappa(&[0, 2, 2, 0], &[0, 2, 0, 0], 3), Ok(0.5));
        assert_eq!(kappa(&[1, 1], &[2, 2], 3), Ok(0.0));
        assert_eq!(kappa(&[0, 1], &[1, 1], 3), Ok(0.0));
    }

    /// Expected value by hand: distances 0, 1, 0, 1, 0, 0, 0, 1, 0, 0 are 3; expected Σ |i − j| t(i) p(j) with counts
    /// (3, 4, 3) and (4, 3, 3) is 88.
    #[test]
    fn linear_weights() {
        let truth = vec![0, 1, 2, 2, 1, 0, 2, 1, 1, 0];
        let predicted = vec![0, 2, 2, 1, 1, 0, 2, 0, 1, 0];
        let rows = Aligned::Labels(Labels::new(truth, predicted, 3, None));
        let score = Metric::LinearWeightedKappa.evaluate(&rows).unwrap();
        assert!((score - (1.0 - 3.0 * 10.0 / 88.0)).abs() < 1e-12, "{score}");
    }

    #[test]
    fn one_grade_on_both_sides_has_no_value() {
        assert_eq!(
            kappa(&[1, 1], &[1, 1], 3),
            Err(Undefined::OneClass(Metric::QuadraticWeightedKappa))
        );
    }
}
