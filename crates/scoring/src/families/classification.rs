//! Metrics of unordered labels, all from three counts per class. Ordered labels are in `ordinal`.
//!
//! With t(k) rows of class k, p(k) rows predicted as k, c(k) rows of both, n rows:
//!
//! | metric | formula | edge cases |
//! |---|---|---|
//! | accuracy, error rate | Σ c / n, 1 − Σ c / n | – |
//! | balanced accuracy | mean of c(k) / t(k) over classes with t(k) > 0 | classes that are only predicted don't enter |
//! | precision, recall, Jaccard | c / p, c / t, c / (t + p − c) of the positive class | 0 where the denominator is |
//! | F1, Fβ | 2 c / (t + p), (1 + β²) c / (β² t + p) of the positive class | 0 when it occurs on neither side |
//! | macro | mean over classes with t(k) + p(k) > 0 | a class that is only predicted counts as 0 |
//! | micro | of the sums over classes | F1 equals accuracy |
//! | weighted | Σ t(k) f(k) / n | classes that are only predicted don't enter |
//! | MCC | (n Σ c − Σ t p) / √((n² − Σ t²)(n² − Σ p²)), Gorodkin's R_K | 0 when a side has one class only |
//! | Cohen's kappa | (n Σ c − Σ t p) / (n² − Σ t p) | both sides one and the same class: undefined |
//!
//! Source: scikit-learn 1.9 (`accuracy_score`, `balanced_accuracy_score`, `precision_recall_fscore_support` and
//! `jaccard_score` with `zero_division=0`, `matthews_corrcoef`, `cohen_kappa_score`); nothing is overridden but that
//! kappa's NaN is no value.

use crate::families::overlap::{Ratio, Tally};
use crate::parameters::Settings;
use crate::weights::{RowMean, Weighted, Weights};
use crate::{Labels, Metric, Undefined};

/// The metric on `labels`.
pub(crate) fn ready<'a>(
    metric: Metric,
    labels: &'a Labels,
    settings: &Settings,
) -> Result<Box<dyn Weighted + 'a>, Undefined> {
    let pairs = labels.truth().iter().zip(labels.predicted());
    let beta_squared = settings.beta * settings.beta;
    let formula = match metric {
        Metric::Accuracy | Metric::ErrorRate => {
            let right = f64::from(u8::from(metric == Metric::Accuracy));
            let (truth, predicted) = (labels.truth(), labels.predicted());
            let loss = move |row: usize| {
                if truth[row] == predicted[row] {
                    right
                } else {
                    1.0 - right
                }
            };
            return Ok(Box::new(RowMean::new(pairs.len(), loss)));
        }
        Metric::F1 => Formula::Positive(Ratio::F(1.0)),
        Metric::FBeta => Formula::Positive(Ratio::F(beta_squared)),
        Metric::Precision => Formula::Positive(Ratio::Precision),
        Metric::Recall => Formula::Positive(Ratio::Recall),
        Metric::Jaccard => Formula::Positive(Ratio::Jaccard),
        Metric::MacroF1 => Formula::Macro(Ratio::F(1.0)),
        Metric::MacroFBeta => Formula::Macro(Ratio::F(beta_squared)),
        Metric::MacroPrecision => Formula::Macro(Ratio::Precision),
        Metric::MacroRecall => Formula::Macro(Ratio::Recall),
        Metric::MacroJaccard => Formula::Macro(Ratio::Jaccard),
        Metric::MicroF1 => Formula::Micro(Ratio::F(1.0)),
        Metric::WeightedF1 => Formula::Weighted(Ratio::F(1.0)),
        Metric::WeightedFBeta => Formula::Weighted(Ratio::F(beta_squared)),
        Metric::BalancedAccuracy => Formula::BalancedAccuracy,
        Metric::Mcc => Formula::Mcc,
        Metric::CohenKappa => Formula::Kappa,
        _ => return Err(Undefined::Form(metric)),
    };
    if matches!(formula, Formula::Positive(_)) && labels.positive().is_none() {
        return Err(Undefined::PositiveUnknown(metric));
    }
    Ok(Box::new(Counted { labels, formula }))
}

#[derive(Clone, Copy)]
enum Formula {
    Positive(Ratio),
    Macro(Ratio),
    Micro(Ratio),
    Weighted(Ratio),
    BalancedAccuracy,
    Mcc,
    Kappa,
}

struct Counted<'a> {
    labels: &'a Labels,
    formula: Formula,
}

impl Weighted for Counted<'_> {
    fn score(&self, weights: Weights<'_>) -> Result<f64, Undefined> {
        let tallies = tallies(self.labels, weights);
        if !tallies.iter().any(Tally::occurs) {
            return Err(Undefined::NoRows);
        }
        Ok(match self.formula {
            Formula::Positive(ratio) => {
                let class = self.labels.positive();
                let class = class.expect("`ready` refuses such metrics without a positive class");
                ratio.of(tallies[class as usize])
            }
            Formula::Macro(ratio) => ratio.macro_mean(&tallies),
            Formula::Micro(ratio) => ratio.micro(&tallies),
            Formula::Weighted(ratio) => ratio.weighted_mean(&tallies),
            Formula::BalancedAccuracy => balanced_accuracy(&tallies),
            Formula::Mcc => mcc(&tallies),
            Formula::Kappa => return kappa(&tallies),
        })
    }
}

/// Rows by class; whole numbers, as `f64` because they are multiplied.
fn tallies(labels: &Labels, weights: Weights<'_>) -> Vec<Tally> {
    let mut tallies = vec![Tally::default(); labels.classes() as usize];
    let pairs = labels.truth().iter().zip(labels.predicted());
    for (row, (&truth, &predicted)) in pairs.enumerate() {
        let weight = weights.of(row);
        tallies[truth as usize].truth += weight;
        tallies[predicted as usize].predicted += weight;
        if truth == predicted {
            tallies[truth as usize].both += weight;
        }
    }
    tallies
}

fn balanced_accuracy(tallies: &[Tally]) -> f64 {
    let true_classes = tallies.iter().filter(|tally| tally.truth > 0.0);
    let (sum, count) = true_classes.fold((0.0, 0.0), |(sum, count), tally| {
        (sum + Ratio::Recall.of(*tally), count + 1.0)
    });
    sum / count
}

/// n Σ c − Σ t p, and Σ t p.
fn beyond_chance(tallies: &[Tally]) -> (f64, f64) {
    let all: Tally = tallies.iter().copied().sum();
    let chance: f64 = tallies
        .iter()
        .map(|tally| tally.truth * tally.predicted)
        .sum();
    (all.truth * all.both - chance, chance)
}

fn mcc(tallies: &[Tally]) -> f64 {
    let squares = |side: fn(&Tally) -> f64| {
        let sides = tallies.iter().map(side);
        let rows: f64 = sides.clone().sum();
        rows * rows - sides.map(|side| side * side).sum::<f64>()
    };
    let truth_variance = squares(|tally| tally.truth);
    let predicted_variance = squares(|tally| tally.predicted);
    if truth_variance == 0.0 || predicted_variance == 0.0 {
        return 0.0;
    }
    // One root of the product and not a product of roots: √(a·a) is a exactly, so a perfect score is exactly 1.
    beyond_chance(tallies).0 / (truth_variance * predicted_variance).sqrt()
}

fn kappa(tallies: &[Tally]) -> Result<f64, Undefined> {
    let (covariance, chance) = beyond_chance(tallies);
    let rows: f64 = tallies.iter().map(|tally| tally.truth).sum();
    let room = rows * rows - chance;
    if room == 0.0 {
        return Err(Undefined::OneClass(Metric::CohenKappa));
    }
    Ok(covariance / room)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Aligned, Parameters};

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

    /// Expected values: scikit-learn 1.9.1.
    #[test]
    fn averages_as_scikit_learn() {
        let truth = [0, 1, 2, 2, 1, 0, 2, 1, 1, 0];
        let predicted = [0, 2, 2, 1, 1, 0, 2, 0, 1, 0];
        check(Metric::ErrorRate, &truth, &predicted, 0.3);
        check(Metric::MicroF1, &truth, &predicted, 0.7);
        // F1 is 6/7, 4/7 and 2/3 on 3, 4 and 3 rows.
        let weighted = (3.0 * 6.0 / 7.0 + 4.0 * 4.0 / 7.0 + 3.0 * 2.0 / 3.0) / 10.0;
        check(Metric::WeightedF1, &truth, &predicted, weighted);
        let precision = (3.0 / 4.0 + 2.0 / 3.0 + 2.0 / 3.0) / 3.0;
        check(Metric::MacroPrecision, &truth, &predicted, precision);
        let recall = (1.0 + 2.0 / 4.0 + 2.0 / 3.0) / 3.0;
        check(Metric::MacroRecall, &truth, &predicted, recall);
        let jaccard = (3.0 / 4.0 + 2.0 / 5.0 + 2.0 / 4.0) / 3.0;
        check(Metric::MacroJaccard, &truth, &predicted, jaccard);
        // Observed 0.7, expected (3·4 + 4·3 + 3·3) / 100.
        check(Metric::CohenKappa, &truth, &predicted, (0.7 - 0.33) / 0.67);
    }

    #[test]
    fn the_positive_class_counts() {
        // TP 3, FP 1, FN 2.
        let truth = [1, 1, 1, 1, 1, 0, 0];
        let predicted = [1, 1, 1, 0, 0, 1, 0];
        check(Metric::Precision, &truth, &predicted, 0.75);
        check(Metric::Recall, &truth, &predicted, 0.6);
        check(Metric::Jaccard, &truth, &predicted, 0.5);
        let rows = Aligned::Labels(Labels::new(truth.into(), predicted.into(), 2, Some(1)));
        let f = |metric: Metric, beta| {
            let parameters = Parameters {
                beta: Some(beta),
                ..Parameters::default()
            };
            metric.evaluate_with(&rows, &parameters).unwrap()
        };
        assert!((f(Metric::FBeta, 2.0) - 5.0 * 3.0 / (5.0 * 3.0 + 4.0 * 2.0 + 1.0)).abs() < 1e-15);
        assert_eq!(f(Metric::FBeta, 1.0), Metric::F1.evaluate(&rows).unwrap());
        assert_eq!(
            f(Metric::MacroFBeta, 1.0),
            Metric::MacroF1.evaluate(&rows).unwrap()
        );
        assert_eq!(
            f(Metric::WeightedFBeta, 1.0),
            Metric::WeightedF1.evaluate(&rows).unwrap()
        );
    }

    #[test]
    fn nothing_predicted_as_positive_is_zero() {
        for metric in [
            Metric::Precision,
            Metric::Recall,
            Metric::Jaccard,
            Metric::F1,
        ] {
            check(metric, &[0, 1, 1], &[0, 0, 0], 0.0);
        }
        // A class that is only predicted: precision 0 and recall 0, both in the mean.
        check(Metric::MacroRecall, &[0, 0, 1, 1], &[0, 2, 1, 1], 0.5);
        check(Metric::WeightedF1, &[0, 0, 1, 1], &[0, 2, 1, 1], 5.0 / 6.0);
    }

    #[test]
    fn kappa_of_one_class_has_no_value() {
        let rows = |predicted| Aligned::Labels(Labels::new(vec![1, 1], predicted, 2, None));
        assert_eq!(
            Metric::CohenKappa.evaluate(&rows(vec![1, 1])),
            Err(Undefined::OneClass(Metric::CohenKappa))
        );
        assert_eq!(Metric::CohenKappa.evaluate(&rows(vec![0, 1])), Ok(0.0));
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
