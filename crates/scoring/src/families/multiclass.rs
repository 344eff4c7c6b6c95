//! Metrics of a score of every class. With p(k) the score of class k in a row divided by the sum of the row, y the truth:
//!
//! | metric | formula | edge cases |
//! |---|---|---|
//! | log loss | mean of −ln max(p(y), 2⁻⁵²) | a row of zeros has p = 0 |
//! | Brier | mean of Σ (p(k) − [k = y])² | a row of zeros has p = 0 |
//! | ROC AUC, one against the rest | mean over classes of the AUC of the class's score | a class that is absent: undefined; scores are not divided |
//! | top-k accuracy | share of rows with fewer than k other classes at or above the true one's score | ties lose |
//!
//! Source: scikit-learn 1.9 (`log_loss` and `brier_score_loss` with `labels` given, `roc_auc_score` with
//! `multi_class="ovr"`, `top_k_accuracy_score`). Overridden on purpose:
//! rows are divided by their sum, as Kaggle does, where scikit-learn takes them as they are with a warning, so that ones
//! in every column would be a perfect log loss; a certain and right row costs exactly 0, not 2.2e-16;
//! among tied scores scikit-learn takes the classes with the higher index, ours takes none.

use std::borrow::Cow;

use super::binary_ranking::{Formula, Ranked};
use super::columns::ColumnMean;
use super::probability::{check_unit_interval, surprise};
use crate::parameters::Settings;
use crate::weights::{RowMean, Weighted};
use crate::{ClassProbabilities, Metric, Undefined};

/// The metric on `rows`.
pub(crate) fn ready<'a>(
    metric: Metric,
    rows: &'a ClassProbabilities,
    settings: &Settings,
) -> Result<Box<dyn Weighted + 'a>, Undefined> {
    if metric.needs_unit_interval() {
        check_unit_interval(metric, rows.scores(), rows.classes())?;
    }
    let truth = rows.truth();
    Ok(match metric {
        Metric::RocAucOvr => Box::new(one_against_the_rest(metric, rows)),
        Metric::MulticlassLogLoss => Box::new(RowMean::new(truth.len(), |row| {
            let scores = rows.row(row);
            surprise(scores[truth[row] as usize] / total(scores))
        })),
        Metric::MulticlassBrier => Box::new(RowMean::new(truth.len(), |row| {
            let scores = rows.row(row);
            let total = total(scores);
            let classes = (0..).zip(scores);
            let miss = |(class, score): (u32, &f64)| {
                score / total - f64::from(u8::from(class == truth[row]))
            };
            classes.map(miss).map(|miss| miss * miss).sum()
        })),
        Metric::TopKAccuracy => {
            let k = settings.k;
            Box::new(RowMean::new(truth.len(), move |row| {
                let scores = rows.row(row);
                let own = scores[truth[row] as usize];
                let place = scores.iter().filter(|score| **score >= own).count();
                f64::from(u8::from(place <= k))
            }))
        }
        _ => return Err(Undefined::Form(metric)),
    })
}

/// Sum of a row; 1 for a row of zeros, which no division makes a distribution.
fn total(scores: &[f64]) -> f64 {
    let sum: f64 = scores.iter().sum();
    if sum == 0.0 { 1.0 } else { sum }
}

fn one_against_the_rest(metric: Metric, rows: &ClassProbabilities) -> ColumnMean<'_> {
    let column = |class: u32| {
        let truth = rows.truth().iter().map(|&truth| truth == class).collect();
        let cells = rows.scores().iter().skip(class as usize);
        let scores = cells.step_by(rows.classes() as usize).copied().collect();
        Ranked::new(metric, Formula::Area, Cow::Owned(truth), Cow::Owned(scores))
    };
    ColumnMean::new((0..rows.classes()).map(column))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Aligned, Parameters};

    fn rows(truth: &[u32], scores: &[[f64; 3]]) -> Aligned {
        Aligned::ClassProbabilities(ClassProbabilities::new(truth.to_vec(), scores.concat(), 3))
    }

    fn check(metric: Metric, rows: &Aligned, expected: f64) {
        let score = metric.evaluate(rows).unwrap();
        assert!(
            (score - expected).abs() < 1e-12,
            "{metric}: {score} is not {expected}"
        );
    }

    const SCORES: [[f64; 3]; 4] = [
        [0.5, 0.25, 0.25],
        [0.2, 0.2, 0.6],
        [0.1, 0.3, 0.6],
        [0.3, 0.4, 0.3],
    ];

    #[test]
    fn by_hand() {
        let rows = rows(&[0, 1, 2, 1], &SCORES);
        let log_loss = -(0.5_f64 * 0.2 * 0.6 * 0.4).ln() / 4.0;
        check(Metric::MulticlassLogLoss, &rows, log_loss);
        let brier = (0.25 + 0.0625 + 0.0625)
            + (0.04 + 0.64 + 0.36)
            + (0.01 + 0.09 + 0.16)
            + (0.09 + 0.36 + 0.09);
        check(Metric::MulticlassBrier, &rows, brier / 4.0);
        // Class 0: its row is above all three others. Class 1: 0.2 and 0.4 against 0.25 and 0.3 win 2 of 4.
        // Class 2: 0.6 against 0.25, 0.6 and 0.3 wins 2½ of 3.
        check(Metric::RocAucOvr, &rows, (1.0 + 0.5 + 2.5 / 3.0) / 3.0);
    }

    #[test]
    fn rows_are_divided_by_their_sum() {
        let doubled = SCORES.map(|row| row.map(|score| score / 2.0));
        for metric in [Metric::MulticlassLogLoss, Metric::MulticlassBrier] {
            let expected = metric.evaluate(&rows(&[0, 1, 2, 1], &SCORES)).unwrap();
            check(metric, &rows(&[0, 1, 2, 1], &doubled), expected);
        }
        check(
            Metric::MulticlassLogLoss,
            &rows(&[0], &[[1.0; 3]]),
            3.0_f64.ln(),
        );
        let zeros = rows(&[0], &[[0.0; 3]]);
        check(
            Metric::MulticlassLogLoss,
            &zeros,
            Metric::MulticlassLogLoss.worst().unwrap(),
        );
        check(Metric::MulticlassBrier, &zeros, 1.0);
    }

    #[test]
    fn the_true_class_loses_ties() {
        let rows = rows(&[0, 1, 2, 1], &SCORES);
        let top = |k| {
            let parameters = Parameters {
                k: Some(k),
                ..Parameters::default()
            };
            Metric::TopKAccuracy.evaluate_with(&rows, &parameters)
        };
        // In the second row classes 0 and 1 share the second place.
        assert_eq!(top(1), Ok(0.75));
        assert_eq!(top(2), Ok(0.75));
        assert_eq!(top(3), Ok(1.0));
        assert_eq!(Metric::TopKAccuracy.evaluate(&rows), top(2));
    }

    #[test]
    fn an_absent_class_has_no_area() {
        let rows = rows(&[0, 1, 0, 1], &SCORES);
        assert_eq!(
            Metric::RocAucOvr.evaluate(&rows),
            Err(Undefined::OneClass(Metric::RocAucOvr))
        );
    }

    #[test]
    fn names_the_row_outside_the_unit_interval() {
        let metric = Metric::MulticlassLogLoss;
        let rows = rows(&[0, 1], &[[1.0, 0.0, 0.0], [0.5, 0.5, -0.1]]);
        assert_eq!(
            metric.evaluate(&rows),
            Err(Undefined::OutOfDomain { metric, row: 1 })
        );
    }
}
