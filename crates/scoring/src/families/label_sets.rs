//! Metrics of sets of labels. With t, p and c the numbers of true, predicted and common labels:
//!
//! | metric | formula | edge cases |
//! |---|---|---|
//! | subset accuracy | share of rows with equal sets | – |
//! | Hamming loss | (t + p − 2 c) over all rows / (rows · labels) | no labels at all: 0 |
//! | samples F1, Dice; Fβ; Jaccard | mean over rows of 2 c / (t + p); (1 + β²) c / (β² t + p); c / (t + p − c) | 1 where both are empty |
//! | macro F1, Fβ | mean over the labels that occur on either side | 0 when none does |
//! | micro F1, Fβ | of the counts of all labels | 0 when none occurs |
//! | weighted F1, Fβ | mean over labels in proportion to their t | 0 when none is true |
//!
//! Source: scikit-learn 1.9 (`accuracy_score`, `hamming_loss`, `fbeta_score`, `jaccard_score` of indicator matrices).
//! Overridden on purpose, so that a perfect submission has the optimum: a row that is empty on both sides counts as 1
//! (scikit-learn's `zero_division=1`; its default is 0), and the macro mean leaves out labels that occur on neither side,
//! as it does for single labels, where scikit-learn counts them as 0.

use std::cmp::Ordering;

use super::overlap::{Ratio, Tally};
use crate::parameters::Settings;
use crate::weights::{RowMean, Weighted, Weights};
use crate::{LabelSets, Metric, Undefined};

/// The metric on `sets`.
pub(crate) fn ready<'a>(
    metric: Metric,
    sets: &'a LabelSets,
    settings: &Settings,
) -> Result<Box<dyn Weighted + 'a>, Undefined> {
    let beta_squared = settings.beta * settings.beta;
    let rows = sets.truth().len();
    let per_row = move |ratio: Ratio| -> Box<dyn Weighted + 'a> {
        Box::new(RowMean::new(rows, move |row| {
            let tally = tally(&sets.truth()[row], &sets.predicted()[row]);
            if tally.occurs() { ratio.of(tally) } else { 1.0 }
        }))
    };
    let over_labels = |average: fn(Ratio, &[Tally]) -> f64, ratio| -> Box<dyn Weighted + 'a> {
        Box::new(OverLabels {
            sets,
            average,
            ratio,
        })
    };
    Ok(match metric {
        Metric::SubsetAccuracy => Box::new(RowMean::new(rows, |row| {
            f64::from(u8::from(sets.truth()[row] == sets.predicted()[row]))
        })),
        Metric::HammingLoss => {
            let labels = f64::from(sets.labels().max(1));
            Box::new(RowMean::new(rows, move |row| {
                let tally = tally(&sets.truth()[row], &sets.predicted()[row]);
                (tally.truth + tally.predicted - 2.0 * tally.both) / labels
            }))
        }
        Metric::SamplesF1 | Metric::Dice => per_row(Ratio::F(1.0)),
        Metric::SamplesFBeta => per_row(Ratio::F(beta_squared)),
        Metric::SamplesJaccard => per_row(Ratio::Jaccard),
        Metric::MultilabelMicroF1 => over_labels(Ratio::micro, Ratio::F(1.0)),
        Metric::MultilabelMicroFBeta => over_labels(Ratio::micro, Ratio::F(beta_squared)),
        Metric::MultilabelMacroF1 => over_labels(Ratio::macro_mean, Ratio::F(1.0)),
        Metric::MultilabelMacroFBeta => over_labels(Ratio::macro_mean, Ratio::F(beta_squared)),
        Metric::MultilabelWeightedF1 => over_labels(Ratio::weighted_mean, Ratio::F(1.0)),
        Metric::MultilabelWeightedFBeta => {
            over_labels(Ratio::weighted_mean, Ratio::F(beta_squared))
        }
        _ => return Err(Undefined::Form(metric)),
    })
}

/// The counts of one row.
fn tally(truth: &[u32], predicted: &[u32]) -> Tally {
    let mut both = 0.0;
    common(truth, predicted, |_| both += 1.0);
    Tally {
        truth: truth.len() as f64,
        predicted: predicted.len() as f64,
        both,
    }
}

/// Calls `found` for every label of both sorted sets.
fn common(mut a: &[u32], mut b: &[u32], mut found: impl FnMut(u32)) {
    while let ([first, a_rest @ ..], [second, b_rest @ ..]) = (a, b) {
        match first.cmp(second) {
            Ordering::Less => a = a_rest,
            Ordering::Greater => b = b_rest,
            Ordering::Equal => {
                found(*first);
                (a, b) = (a_rest, b_rest);
            }
        }
    }
}

struct OverLabels<'a> {
    sets: &'a LabelSets,
    average: fn(Ratio, &[Tally]) -> f64,
    ratio: Ratio,
}

impl Weighted for OverLabels<'_> {
    fn score(&self, weights: Weights<'_>) -> Result<f64, Undefined> {
        let rows = self.sets.truth().len();
        if weights.total(rows) == 0.0 {
            return Err(Undefined::NoRows);
        }
        let mut tallies = vec![Tally::default(); self.sets.labels() as usize];
        let pairs = self.sets.truth().iter().zip(self.sets.predicted());
        for (row, (truth, predicted)) in pairs.enumerate() {
            let weight = weights.of(row);
            for &label in truth {
                tallies[label as usize].truth += weight;
            }
            for &label in predicted {
                tallies[label as usize].predicted += weight;
            }
            common(truth, predicted, |label| {
                tallies[label as usize].both += weight;
            });
        }
        Ok((self.average)(self.ratio, &tallies))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Aligned, Parameters};

    fn rows(truth: &[&[u32]], predicted: &[&[u32]], labels: u32) -> Aligned {
        let own = |sets: &[&[u32]]| sets.iter().map(|set| set.to_vec()).collect();
        Aligned::LabelSets(LabelSets::new(own(truth), own(predicted), labels))
    }

    fn check(metric: Metric, rows: &Aligned, expected: f64) {
        let score = metric.evaluate(rows).unwrap();
        assert!(
            (score - expected).abs() < 1e-12,
            "{metric}: {score} is not {expected}"
        );
    }

    /// Labels 0–2 have TP 1, 1, 0, FP 0, 1, 1 and FN 1, 0, 1.
    #[test]
    fn by_hand() {
        let rows = rows(&[&[1, 0], &[0, 2], &[]], &[&[0, 1, 1], &[1], &[2]], 3);
        check(Metric::SubsetAccuracy, &rows, 1.0 / 3.0);
        check(Metric::HammingLoss, &rows, 4.0 / 9.0);
        check(Metric::SamplesF1, &rows, 1.0 / 3.0);
        check(Metric::Dice, &rows, 1.0 / 3.0);
        check(Metric::SamplesJaccard, &rows, 1.0 / 3.0);
        check(Metric::MultilabelMicroF1, &rows, 4.0 / 8.0);
        check(
            Metric::MultilabelMacroF1,
            &rows,
            (2.0 / 3.0 + 2.0 / 3.0) / 3.0,
        );
        let weighted = (2.0 * 2.0 / 3.0 + 2.0 / 3.0) / 4.0;
        check(Metric::MultilabelWeightedF1, &rows, weighted);
        let beta = |metric: Metric| {
            let parameters = Parameters {
                beta: Some(2.0),
                ..Parameters::default()
            };
            metric.evaluate_with(&rows, &parameters).unwrap()
        };
        // 5 TP / (4 (TP + FN) + TP + FP).
        assert!((beta(Metric::MultilabelMicroFBeta) - 10.0 / 20.0).abs() < 1e-12);
        let (first, second) = (5.0 / 9.0, 5.0 / 6.0);
        assert!((beta(Metric::MultilabelMacroFBeta) - (first + second) / 3.0).abs() < 1e-12);
        let weighted = (2.0 * first + second) / 4.0;
        assert!((beta(Metric::MultilabelWeightedFBeta) - weighted).abs() < 1e-12);
        assert!((beta(Metric::SamplesFBeta) - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn empty_on_both_sides_is_right() {
        let rows = rows(&[&[], &[0]], &[&[], &[0]], 4);
        for metric in [
            Metric::SamplesF1,
            Metric::SamplesJaccard,
            Metric::Dice,
            Metric::SubsetAccuracy,
            Metric::MultilabelMacroF1,
        ] {
            check(metric, &rows, 1.0);
        }
    }

    #[test]
    fn no_label_anywhere() {
        let rows = rows(&[&[]], &[&[]], 0);
        check(Metric::HammingLoss, &rows, 0.0);
        check(Metric::MultilabelMicroF1, &rows, 0.0);
        check(Metric::MultilabelMacroF1, &rows, 0.0);
        check(Metric::MultilabelWeightedF1, &rows, 0.0);
    }
}
