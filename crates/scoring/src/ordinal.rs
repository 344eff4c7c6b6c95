//! Metrics of ordered labels.
//!
//! **Quadratic weighted kappa**: 1 − Σ (i − j)² O(i, j) / Σ (i − j)² t(i) p(j) / n over grades i, j, with O the counts of
//! (true, predicted) pairs and t, p the counts of each side. A grade is its position in the declared order, so a grade
//! that occurs on neither side still takes its place; that is scikit-learn 1.9's `cohen_kappa_score` with `labels` set to
//! the declared order, and differs from its default, which closes such gaps. Undefined when both sides are one and the
//! same grade (scikit-learn: NaN).

use crate::evaluate::Weighted;
use crate::{Labels, Metric, Undefined};

/// The metric on `labels`.
pub(crate) fn ready(metric: Metric, labels: &Labels) -> Result<Box<dyn Weighted + '_>, Undefined> {
    match metric {
        Metric::QuadraticWeightedKappa => Ok(Box::new(QuadraticKappa { labels })),
        _ => Err(Undefined::Form(metric)),
    }
}

struct QuadraticKappa<'a> {
    labels: &'a Labels,
}

impl Weighted for QuadraticKappa<'_> {
    fn score(&self, weights: &[u32]) -> Result<f64, Undefined> {
        // Σ (i − j)² t(i) p(j) needs no matrix: it is n Σ i² t(i) + n Σ j² p(j) − 2 Σ i t(i) Σ j p(j). All sums are of
        // whole numbers, exact in `f64` up to 2⁵³.
        let (mut rows, mut observed) = (0.0, 0.0);
        let (mut truth_sum, mut truth_squares) = (0.0, 0.0);
        let (mut predicted_sum, mut predicted_squares) = (0.0, 0.0);
        let pairs = self.labels.truth().iter().zip(self.labels.predicted());
        for ((&truth, &predicted), &weight) in pairs.zip(weights) {
            let (weight, truth, predicted) =
                (f64::from(weight), f64::from(truth), f64::from(predicted));
            rows += weight;
            observed += weight * (truth - predicted) * (truth - predicted);
            truth_sum += weight * truth;
            truth_squares += weight * truth * truth;
            predicted_sum += weight * predicted;
            predicted_squares += weight * predicted * predicted;
        }
        if rows == 0.0 {
            return Err(Undefined::NoRows);
        }
        let expected = rows * (truth_squares + predicted_squares) - 2.0 * truth_sum * predicted_sum;
        if expected == 0.0 {
            return Err(Undefined::OneClass(Metric::QuadraticWeightedKappa));
        }
        Ok(1.0 - observed * rows / expected)
    }
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

    #[test]
    fn one_grade_on_both_sides_has_no_value() {
        assert_eq!(
            kappa(&[1, 1], &[1, 1], 3),
            Err(Undefined::OneClass(Metric::QuadraticWeightedKappa))
        );
    }
}
