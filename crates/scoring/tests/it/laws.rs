//! Row order does not matter, perfect is the optimum exactly, and being wrong more often is never better.

use proptest::prelude::*;
use scoring::{Aligned, Input, Labels, Metric, Numbers, Probabilities};

/// Truth and predictions for every form, from one list of random pairs.
fn rows(metric: Metric, pairs: &[(f64, f64)]) -> Aligned {
    let side = |pick: fn(&(f64, f64)) -> f64| pairs.iter().map(pick).collect::<Vec<f64>>();
    let (truth, predicted) = (side(|pair| pair.0), side(|pair| pair.1));
    let classes = |values: &[f64]| {
        values
            .iter()
            .map(|value| (value * 4.0) as u32)
            .collect::<Vec<u32>>()
    };
    match metric.input() {
        Input::Labels | Input::OrderedLabels => Aligned::Labels(Labels::new(
            classes(&truth),
            classes(&predicted),
            4,
            Some(1),
        )),
        Input::Probability => {
            // Rounded, so that ties occur.
            let scores = predicted
                .iter()
                .map(|value| (value * 20.0).round() / 20.0)
                .collect();
            Aligned::Probabilities(Probabilities::new(
                truth.iter().map(|value| *value > 0.6).collect(),
                scores,
            ))
        }
        Input::Numbers => Aligned::Numbers(Numbers::new(truth, predicted)),
        other => unreachable!("no metric compares {other:?}"),
    }
}

fn perfect(metric: Metric, truth: &[f64]) -> Aligned {
    let positives: Vec<bool> = truth.iter().map(|value| *value > 0.6).collect();
    match metric.input() {
        Input::Probability => {
            let scores = positives
                .iter()
                .map(|positive| f64::from(u8::from(*positive)))
                .collect();
            Aligned::Probabilities(Probabilities::new(positives, scores))
        }
        _ => rows(
            metric,
            &truth
                .iter()
                .map(|value| (*value, *value))
                .collect::<Vec<_>>(),
        ),
    }
}

fn pairs() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64), 1..60)
}

proptest! {
    #[test]
    fn row_order_does_not_matter(pairs in pairs(), shift in 0..60_usize) {
        for metric in Metric::ALL {
            let mut moved = pairs.clone();
            moved.rotate_left(shift % pairs.len());
            moved.reverse();
            match (metric.evaluate(&rows(metric, &pairs)), metric.evaluate(&rows(metric, &moved))) {
                (Ok(a), Ok(b)) => prop_assert!((a - b).abs() <= 1e-12 * a.abs().max(1.0), "{}: {} {}", metric, a, b),
                (a, b) => prop_assert_eq!(a.is_err(), b.is_err()),
            }
        }
    }

    #[test]
    fn scores_lie_between_worst_and_optimum(pairs in pairs()) {
        for metric in Metric::ALL {
            let Ok(score) = metric.evaluate(&rows(metric, &pairs)) else { continue };
            prop_assert!(!metric.direction().better(score, metric.optimum()), "{}: {}", metric, score);
            if let Some(worst) = metric.worst() {
                prop_assert!(metric.direction().orient(score - worst) > -1e-12, "{}: {}", metric, score);
            }
        }
    }

    /// Every class occurs: without that, F1, MCC and kappa have other values or none.
    #[test]
    fn perfect_is_the_optimum_exactly(mut truth in prop::collection::vec(0.0..1.0_f64, 0..60)) {
        truth.extend([0.1, 0.3, 0.55, 0.9]);
        for metric in Metric::ALL {
            let score = metric.evaluate(&perfect(metric, &truth)).unwrap();
            prop_assert_eq!(score, metric.optimum(), "{}", metric);
        }
    }

    #[test]
    fn one_more_wrong_row_is_worse(mut truth in prop::collection::vec(0.0..1.0_f64, 0..40), wrong in 0..40_usize) {
        truth.extend([0.1, 0.3, 0.55, 0.9]);
        let mut pairs: Vec<(f64, f64)> = truth.iter().map(|value| (*value, *value)).collect();
        let wrong = wrong % pairs.len();
        for pair in pairs.iter_mut().take(wrong) {
            pair.1 = (pair.0 + 0.25) % 1.0;
        }
        let metrics = [Metric::Accuracy, Metric::BalancedAccuracy, Metric::Rmse, Metric::Mae, Metric::R2];
        let before = metrics.map(|metric| metric.evaluate(&rows(metric, &pairs)).unwrap());
        pairs[wrong].1 = (pairs[wrong].0 + 0.25) % 1.0;
        for (metric, before) in metrics.into_iter().zip(before) {
            let after = metric.evaluate(&rows(metric, &pairs)).unwrap();
            prop_assert!(metric.direction().better(before, after), "{}: {} then {}", metric, before, after);
        }
    }

    /// The area counted pair by pair.
    #[test]
    fn roc_auc_is_a_share_of_pairs(pairs in pairs()) {
        let aligned = rows(Metric::RocAuc, &pairs);
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
