//! Laws that every metric of the catalogue keeps. Values are compared elsewhere.

mod generated;

use self::generated::{Row, aligned, complete, parameters, perfect, rows};
use crate::weights::{Weighted, Weights};
use crate::{
    Aligned, Bootstrap, Direction, Input, Metric, Parameter, ParameterError, Parameters,
    Resampling, Undefined,
};
use proptest::prelude::*;

fn score(metric: Metric, rows: &[Row]) -> Result<f64, Undefined> {
    metric.evaluate_with(&aligned(metric, rows), &parameters(metric))
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-11 * a.abs().max(1.0)
}

proptest! {
    #[test]
    fn row_order_does_not_matter(rows in rows(1..60), shift in 0..60_usize) {
        for metric in Metric::ALL {
            let mut moved = rows.clone();
            moved.rotate_left(shift % rows.len());
            moved.reverse();
            match (score(metric, &rows), score(metric, &moved)) {
                (Ok(a), Ok(b)) => prop_assert!(near(a, b), "{}: {} {}", metric, a, b),
                (a, b) => prop_assert_eq!(a.is_err(), b.is_err(), "{}", metric),
            }
        }
    }

    #[test]
    fn scores_lie_between_worst_and_optimum(rows in rows(1..60)) {
        for metric in Metric::ALL {
            let Ok(score) = score(metric, &rows) else { continue };
            let direction = metric.direction();
            prop_assert!(direction.orient(metric.optimum() - score) > -1e-12, "{}: {}", metric, score);
            if let Some(worst) = metric.worst() {
                prop_assert!(direction.orient(score - worst) > -1e-12, "{}: {}", metric, score);
            }
        }
    }

    /// Every class occurs: without that, F1, MCC and kappa have other values or none.
    #[test]
    fn perfect_is_the_optimum_exactly(rows in rows(0..60)) {
        let rows = complete(rows);
        for metric in Metric::ALL {
            let score = score(metric, &perfect(metric, &rows, &vec![false; rows.len()]));
            prop_assert_eq!(score, Ok(metric.optimum()), "{}", metric);
        }
    }

    #[test]
    fn nothing_improves_on_perfect(rows in rows(0..40), wrong in prop::collection::vec(any::<bool>(), 43)) {
        let rows = complete(rows);
        for metric in Metric::ALL {
            let Ok(score) = score(metric, &perfect(metric, &rows, &wrong)) else { continue };
            prop_assert!(!metric.direction().better(score, metric.optimum()), "{}: {}", metric, score);
        }
    }

    /// Lists of all items find all that are relevant, in whatever order.
    #[test]
    fn wrong_everywhere_is_not_perfect(rows in rows(0..40)) {
        let rows = complete(rows);
        for metric in Metric::ALL.into_iter().filter(|metric| !matches!(metric, Metric::HitRate | Metric::RecallAtK)) {
            let score = score(metric, &perfect(metric, &rows, &vec![true; rows.len()])).unwrap();
            prop_assert!(metric.direction().better(metric.optimum(), score), "{}: {}", metric, score);
        }
    }

    #[test]
    fn weights_are_repeated_rows(rows in rows(1..30), weights in prop::collection::vec(0..4_u32, 30)) {
        let weights = &weights[..rows.len()];
        let repeated = rows.iter().zip(weights);
        let repeated: Vec<Row> =
            repeated.flat_map(|(row, &weight)| std::iter::repeat_n(row.clone(), weight as usize)).collect();
        for metric in Metric::ALL {
            let once = aligned(metric, &rows);
            let Ok(ready) = metric.ready(&once, &parameters(metric)) else { continue };
            match (ready.score(Weights::Each(weights)), score(metric, &repeated)) {
                (Ok(a), Ok(b)) => prop_assert!(near(a, b), "{}: {} {}", metric, a, b),
                (a, b) => prop_assert_eq!(a.is_err(), b.is_err(), "{}: {:?} {:?}", metric, a, b),
            }
            let ones = vec![1; rows.len()];
            match (ready.score(Weights::Each(&ones)), ready.score(Weights::Equal)) {
                (Ok(a), Ok(b)) => prop_assert!(near(a, b), "{}: {} {}", metric, a, b),
                (a, b) => prop_assert_eq!(a, b, "{}", metric),
            }
        }
    }
}

/// Metrics that one more wrong row may leave as they were, and never improves.
const MAY_STAY: &[Metric] = &[
    // They look at the rows of one class.
    Metric::F1,
    Metric::FBeta,
    Metric::Precision,
    Metric::Recall,
    Metric::Jaccard,
    // Lists of all items find all that are relevant, in whatever order.
    Metric::HitRate,
    Metric::RecallAtK,
    // Half of the rows may be as wrong as they like.
    Metric::MedianAbsoluteError,
    // The row may be in no pair of which it is known who comes first.
    Metric::ConcordanceIndex,
    // The opposite order may be as good: of cells that are all equal, or of labels that are all true.
    Metric::Ndcg,
    Metric::LabelRankingAveragePrecision,
    Metric::Lwlrap,
    Metric::MeanAveragePrecision,
    Metric::MeanReciprocalRank,
    Metric::RankingNdcg,
    // Other words of the same row may be the same set.
    Metric::WordJaccard,
];

/// Metrics that one more wrong row may improve.
const MAY_IMPROVE: &[Metric] = &[
    // Rows that are wrong in the same way agree with each other, and with the rest of the order.
    Metric::Pearson,
    Metric::Spearman,
    Metric::ColumnMeanSpearman,
    Metric::KendallTauB,
    Metric::NormalizedGini,
    // With many wrong rows another one changes what was expected by chance.
    Metric::LinearWeightedKappa,
    Metric::QuadraticWeightedKappa,
    // A wrong row may come to be tied with right ones, which are one threshold then.
    Metric::AveragePrecision,
    Metric::ColumnMeanAveragePrecision,
];

proptest! {
    /// Every metric gets worse with every row that is wrong, but for those that say why not.
    #[test]
    fn one_more_wrong_row_is_worse(rows in rows(0..40), wrong in 0..43_usize) {
        let rows = complete(rows);
        let wrong = wrong % rows.len();
        let with = |count: usize| (0..rows.len()).map(|row| row < count).collect::<Vec<bool>>();
        for metric in Metric::ALL.into_iter().filter(|metric| !MAY_IMPROVE.contains(metric)) {
            let before = score(metric, &perfect(metric, &rows, &with(wrong))).unwrap();
            let after = score(metric, &perfect(metric, &rows, &with(wrong + 1))).unwrap();
            let worse = metric.direction().better(before, after);
            let stays = MAY_STAY.contains(&metric) && before == after;
            prop_assert!(worse || stays, "{}: {} then {}", metric, before, after);
        }
    }

    /// Whatever finite numbers are handed in, and whatever parameters are allowed: a score is finite, or there is none.
    #[test]
    fn no_score_is_infinite(
        rows in rows(1..8),
        huge in prop::collection::vec(prop::sample::select(HUGE), 48),
        truth_too: bool,
        beta in prop::sample::select(&[1e-3, 0.7, 1e3][..]),
        scale in prop::sample::select(&[5e-324, 1.7, f64::MAX][..]),
    ) {
        for metric in Metric::ALL {
            let numbers = match metric.input() {
                Input::Numbers | Input::MultiNumbers => true,
                Input::Probability | Input::MultiProbabilities | Input::ClassProbabilities | Input::Survival => false,
                // Their rows hold no numbers; parameters reach them.
                _ => {
                    let parameters = extreme(metric, beta, scale);
                    let score = metric.evaluate_with(&aligned(metric, &rows), &parameters);
                    prop_assert!(score.is_ok_and(f64::is_finite) || score.is_err(), "{}: {:?}", metric, score);
                    continue;
                }
            };
            let mut rows = rows.clone();
            for (row, huge) in rows.iter_mut().zip(huge.chunks(6)) {
                row.predicted.copy_from_slice(&huge[..3]);
                if numbers && truth_too {
                    row.truth.copy_from_slice(&huge[3..]);
                }
            }
            let aligned = aligned(metric, &rows);
            let parameters = extreme(metric, beta, scale);
            let score = metric.evaluate_with(&aligned, &parameters);
            prop_assert!(score.is_err() || score.is_ok_and(f64::is_finite), "{}: {:?}", metric, score);
            if let Ok(ready) = metric.ready(&aligned, &parameters) {
                let weights: Vec<u32> = (0..3).cycle().take(rows.len()).collect();
                let score = ready.score(Weights::Each(&weights));
                prop_assert!(score.is_err() || score.is_ok_and(f64::is_finite), "{}: {:?}", metric, score);
            }
        }
    }
}

/// Numbers whose squares, sums or quotients leave the range of `f64`, and some that don't.
const HUGE: &[f64] = &[
    f64::MAX,
    -f64::MAX,
    1e200,
    -1e200,
    8.9e153,
    5e-324,
    0.0,
    0.5,
    1.0,
];

fn extreme(metric: Metric, beta: f64, scale: f64) -> Parameters {
    let defaults = parameters(metric);
    Parameters {
        beta: defaults.beta.map(|_| beta),
        scale: defaults.scale.map(|_| scale),
        ..defaults
    }
}

/// A column whose score is −∞ in a mean of columns that is.
#[test]
fn a_mean_over_columns_overflows_too() {
    let truth = vec![0.0, 0.0, 1.0, 1.0];
    let predicted = vec![8.9e153, 8.9e153, 1.0, 1.0];
    let rows = Aligned::MultiNumbers(crate::MultiNumbers::new(truth, predicted, 2));
    let metric = Metric::ColumnMeanR2;
    assert_eq!(metric.evaluate(&rows), Err(Undefined::Overflow(metric)));
}

#[test]
fn beta_has_bounds() {
    let rows = aligned(Metric::FBeta, &complete(Vec::new()));
    for beta in [1e200, 1e-200, 0.0, -1.0, f64::NAN, f64::INFINITY] {
        let parameters = Parameters {
            beta: Some(beta),
            ..Parameters::default()
        };
        assert_eq!(
            Metric::FBeta.evaluate_with(&rows, &parameters),
            Err(Undefined::Parameter(ParameterError::OutOfRange(
                Parameter::Beta
            ))),
            "{beta}"
        );
    }
}

#[test]
fn another_form_is_refused() {
    let rows = complete(Vec::new());
    for metric in Metric::ALL {
        for other in Metric::ALL {
            let form = |input| match input {
                Input::OrderedLabels => Input::Labels,
                input => input,
            };
            let refused = metric.evaluate_with(&aligned(other, &rows), &parameters(metric))
                == Err(Undefined::Form(metric));
            assert_eq!(
                refused,
                form(metric.input()) != form(other.input()),
                "{metric} on the rows of {other}"
            );
        }
    }
}

#[test]
fn no_rows_have_no_score() {
    for metric in Metric::ALL {
        assert_eq!(score(metric, &[]), Err(Undefined::NoRows), "{metric}");
    }
}

/// The interval of a perfect submission is the optimum: every resample of it is perfect, whatever rows are drawn.
#[test]
fn a_perfect_submission_has_no_interval() {
    let rows: Vec<Row> = std::iter::repeat_n(complete(Vec::new()), 8)
        .flatten()
        .collect();
    let plan = Resampling {
        resamples: 50,
        ..Resampling::default()
    };
    for metric in Metric::ALL {
        let perfect = perfect(metric, &rows, &vec![false; rows.len()]);
        let perfect: Aligned = aligned(metric, &perfect);
        let bootstrap =
            Bootstrap::run_with(metric, &parameters(metric), &[&perfect], plan).unwrap();
        let interval = bootstrap.interval(0).unwrap();
        let far = match metric.direction() {
            Direction::Maximize => interval.low,
            Direction::Minimize => interval.high,
        };
        assert_eq!(far, metric.optimum(), "{metric}");
    }
}

proptest! {
    /// The area counted pair by pair.
    #[test]
    fn roc_auc_is_a_share_of_pairs(rows in rows(1..60)) {
        let aligned = aligned(Metric::RocAuc, &rows);
        let Aligned::Probabilities(sides) = &aligned else { unreachable!() };
        let (mut won, mut all) = (0.0, 0.0);
        for (positive, high) in sides.truth().iter().zip(sides.scores()) {
            for (other, low) in sides.truth().iter().zip(sides.scores()) {
                if *positive && !*other {
                    all += 1.0;
                    won += if high > low { 1.0 } else if high == low { 0.5 } else { 0.0 };
                }
            }
        }
        match Metric::RocAuc.evaluate(&aligned) {
            Ok(score) => prop_assert!((score - won / all).abs() < 1e-12),
            Err(_) => prop_assert_eq!(all, 0.0),
        }
    }
}
