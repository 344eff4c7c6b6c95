//! Metrics of unordered labels, all from three counts per class. Ordered labels are in `ordinal`.
//!
//! With t(k) rows of class k, p(k) rows predicted as k, c(k) rows of both, n rows:
//!
//! | metric | formula | edge cases |
//! |---|---|---|
//! | accuracy | Σ c / n | – |
//! | balanced accuracy | mean of c(k) / t(k) over classes with t(k) > 0 | classes that are only predicted don't enter |
//! | macro F1 | mean of 2 c(k) / (t(k) + p(k)) over classes with t(k) + p(k) > 0 | a class that is only predicted counts as 0 |
//! | F1 | 2 c / (t + p) of the positive class | 0 when it occurs on neither side |
//! | MCC | (n Σ c − Σ t p) / √((n² − Σ t²)(n² − Σ p²)), Gorodkin's R_K | 0 when a side has one class only |
//!
//! Source: scikit-learn 1.9 (`accuracy_score`, `balanced_accuracy_score`, `f1_score` with `zero_division=0`,
//! `matthews_corrcoef`); nothing is overridden.

use crate::evaluate::Weighted;
use crate::{Labels, Metric, Undefined};

/// The metric on `labels`.
pub(crate) fn ready(metric: Metric, labels: &Labels) -> Result<Box<dyn Weighted + '_>, Undefined> {
    let formula: Formula = match metric {
        Metric::Accuracy => accuracy,
        Metric::BalancedAccuracy => balanced_accuracy,
        Metric::MacroF1 => macro_f1,
        Metric::F1 if labels.positive().is_none() => {
            return Err(Undefined::PositiveUnknown(metric));
        }
        Metric::F1 => f1,
        Metric::Mcc => mcc,
        _ => return Err(Undefined::Form(metric)),
    };
    Ok(Box::new(Counted { labels, formula }))
}

type Formula = fn(&Counts) -> f64;

struct Counted<'a> {
    labels: &'a Labels,
    formula: Formula,
}

/// Rows by class; whole numbers, as `f64` because they are multiplied.
struct Counts {
    truth: Vec<f64>,
    predicted: Vec<f64>,
    correct: Vec<f64>,
    rows: f64,
    positive: Option<usize>,
}

impl Weighted for Counted<'_> {
    fn score(&self, weights: &[u32]) -> Result<f64, Undefined> {
        let classes = self.labels.classes() as usize;
        let mut counts = Counts {
            truth: vec![0.0; classes],
            predicted: vec![0.0; classes],
            correct: vec![0.0; classes],
            rows: 0.0,
            positive: self.labels.positive().map(|label| label as usize),
        };
        let pairs = self.labels.truth().iter().zip(self.labels.predicted());
        for ((&truth, &predicted), &weight) in pairs.zip(weights) {
            let weight = f64::from(weight);
            counts.rows += weight;
            counts.truth[truth as usize] += weight;
            counts.predicted[predicted as usize] += weight;
            if truth == predicted {
                counts.correct[truth as usize] += weight;
            }
        }
        if counts.rows == 0.0 {
            return Err(Undefined::NoRows);
        }
        Ok((self.formula)(&counts))
    }
}

fn accuracy(counts: &Counts) -> f64 {
    counts.correct.iter().sum::<f64>() / counts.rows
}

fn balanced_accuracy(counts: &Counts) -> f64 {
    let recalls = counts
        .truth
        .iter()
        .zip(&counts.correct)
        .filter(|(truth, _)| **truth > 0.0);
    mean(recalls.map(|(truth, correct)| correct / truth))
}

fn macro_f1(counts: &Counts) -> f64 {
    let classes = 0..counts.truth.len();
    mean(
        classes
            .filter(|&class| occurs(counts, class))
            .map(|class| f1_of(counts, class)),
    )
}

fn f1(counts: &Counts) -> f64 {
    let class = counts
        .positive
        .expect("`ready` refuses F1 without a positive class");
    if occurs(counts, class) {
        f1_of(counts, class)
    } else {
        0.0
    }
}

fn occurs(counts: &Counts, class: usize) -> bool {
    counts.truth[class] + counts.predicted[class] > 0.0
}

fn f1_of(counts: &Counts, class: usize) -> f64 {
    2.0 * counts.correct[class] / (counts.truth[class] + counts.predicted[class])
}

fn mcc(counts: &Counts) -> f64 {
    let squares = |sides: &[f64]| sides.iter().map(|side| side * side).sum::<f64>();
    let products: f64 = counts
        .truth
        .iter()
        .zip(&counts.predicted)
        .map(|(truth, predicted)| truth * predicted)
        .sum();
    let all = counts.rows * counts.rows;
    let covariance = counts.correct.iter().sum::<f64>() * counts.rows - products;
    let truth_variance = all - squares(&counts.truth);
    let predicted_variance = all - squares(&counts.predicted);
    if truth_variance == 0.0 || predicted_variance == 0.0 {
        return 0.0;
    }
    // One root of the product and not a product of roots: √(a·a) is a exactly, so a perfect score is exactly 1.
    covariance / (truth_variance * predicted_variance).sqrt()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Aligned;

    fn check(metric: Metric, truth: &[u32], predicted: &[u32], expected: f64) {
        let classes = truth.iter().chain(predicted).max().unwrap() + 1;
        let positive = (classes <= 2).then_some(1.min(classes - 1));
        let rows = Aligned::Labels(Labels::new(
            truth.to_vec(),
            predicted.to_vec(),
            classes,
            positive,
        ));
        let score = metric.evaluate(&rows).unwrap();
        assert!(
            (score - expected).abs() < 1e-12,
            "{metric}: {score} is not {expected}"
        );
    }

    /// Expected values: scikit-learn 1.9.1.
    #[test]
    fn three_classes_as_scikit_learn() {
        let truth = [0, 1, 2, 2, 1, 0, 2, 1, 1, 0];
        let predicted = [0, 2, 2, 1, 1, 0, 2, 0, 1, 0];
        check(Metric::Accuracy, &truth, &predicted, 0.7);
        check(
            Metric::BalancedAccuracy,
            &truth,
            &predicted,
            0.722_222_222_222_222_2,
        );
        check(Metric::MacroF1, &truth, &predicted, 0.698_412_698_412_698_3);
        check(Metric::Mcc, &truth, &predicted, 0.560_606_060_606_060_6);
    }

    #[test]
    fn two_classes_as_scikit_learn() {
        let truth = [0, 1, 1, 0, 1, 0, 0, 1];
        let predicted = [0, 1, 0, 0, 1, 1, 0, 1];
        check(Metric::F1, &truth, &predicted, 0.75);
        check(Metric::Mcc, &truth, &predicted, 0.5);
        check(Metric::BalancedAccuracy, &truth, &predicted, 0.75);
    }

    #[test]
    fn a_class_that_is_only_predicted() {
        check(
            Metric::MacroF1,
            &[0, 0, 1, 1],
            &[0, 2, 1, 1],
            0.555_555_555_555_555_5,
        );
        check(Metric::BalancedAccuracy, &[0, 0, 1, 1], &[0, 2, 1, 1], 0.75);
    }

    #[test]
    fn constants() {
        check(Metric::Mcc, &[0, 1, 1], &[1, 1, 1], 0.0);
        check(Metric::Mcc, &[1, 1], &[1, 1], 0.0);
        check(Metric::F1, &[0, 0, 1], &[0, 0, 0], 0.0);
    }

    #[test]
    fn f1_must_know_its_class() {
        let rows = Aligned::Labels(Labels::new(vec![0, 1], vec![0, 1], 2, None));
        assert_eq!(
            Metric::F1.evaluate(&rows),
            Err(Undefined::PositiveUnknown(Metric::F1))
        );
    }
}
