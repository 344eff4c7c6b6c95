//! How far a score could be off because the test rows are a sample: percentile bootstrap over rows, seeded.
//!
//! Rows are drawn with replacement, 1,000 times by default, and every submission is scored on the same draws, so that
//! the difference of two submissions is paired. Efron & Tibshirani, *An Introduction to the Bootstrap*, chapter 13.
//! Nothing is assumed of the metric but that a row may count several times.

use crate::draws::Draws;
use crate::weights::{Finite, Weighted, Weights};
use crate::{Aligned, Direction, Metric, Parameters, Undefined};

/// How rows are drawn, and which interval is read off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resampling {
    /// Number of draws of all rows.
    pub resamples: usize,
    /// Probability mass of the interval, 0–1.
    pub level: f64,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for Resampling {
    fn default() -> Self {
        Self {
            resamples: 1_000,
            level: 0.95,
            seed: 0,
        }
    }
}

/// An interval, low and high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end, not below the lower.
    pub high: f64,
}

/// Scores of several submissions on the same resampled rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Bootstrap {
    /// By submission, then by resample; `None` where the metric has no value on the resample.
    replicates: Vec<Vec<Option<f64>>>,
    direction: Direction,
    level: f64,
}

impl Bootstrap {
    /// [`Bootstrap::run_with`] the metric's default parameters.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Panics
    ///
    /// As there.
    pub fn run(
        metric: Metric,
        submissions: &[&Aligned],
        plan: Resampling,
    ) -> Result<Self, Undefined> {
        Self::run_with(metric, &Parameters::default(), submissions, plan)
    }

    /// Scores `submissions`, which must be aligned with the same answers in the same order.
    ///
    /// A resample on which the metric has no value (one class only) is left out of the intervals.
    ///
    /// # Errors
    ///
    /// When the metric has no value on the rows of a submission as they are, or the parameters don't suit it.
    ///
    /// # Panics
    ///
    /// When submissions differ in their number of rows: they can't have been aligned with the same answers.
    pub fn run_with(
        metric: Metric,
        parameters: &Parameters,
        submissions: &[&Aligned],
        plan: Resampling,
    ) -> Result<Self, Undefined> {
        let rows = submissions
            .first()
            .map_or(0, |submission| submission.rows());
        assert!(
            submissions
                .iter()
                .all(|submission| submission.rows() == rows),
            "submissions have the same rows"
        );
        let ready: Vec<Finite<'_>> = submissions
            .iter()
            .map(|submission| metric.ready(submission, parameters))
            .collect::<Result<_, _>>()?;
        for submission in &ready {
            submission.score(Weights::Equal)?;
        }
        let mut draws = Draws::new(plan.seed);
        let mut weights = vec![0_u32; rows];
        let mut replicates = vec![Vec::with_capacity(plan.resamples); ready.len()];
        for _ in 0..plan.resamples {
            weights.fill(0);
            for _ in 0..rows {
                weights[draws.below(rows)] += 1;
            }
            for (submission, scores) in ready.iter().zip(&mut replicates) {
                scores.push(submission.score(Weights::Each(&weights)).ok());
            }
        }
        Ok(Self {
            replicates,
            direction: metric.direction(),
            level: plan.level,
        })
    }

    /// The interval of a submission's score; `None` when the metric had a value on fewer than half the resamples.
    ///
    /// # Panics
    ///
    /// When there is no submission of that index.
    pub fn interval(&self, submission: usize) -> Option<Interval> {
        self.percentiles(self.replicates[submission].iter().copied())
    }

    /// The interval of how much better `submission` is than `reference`, positive when it is better in the metric's
    /// direction; `None` when the metric had a value on fewer than half the resamples.
    ///
    /// # Panics
    ///
    /// When there is no submission of one of the indices.
    pub fn gain(&self, submission: usize, reference: usize) -> Option<Interval> {
        let pairs = self.replicates[submission]
            .iter()
            .zip(&self.replicates[reference]);
        self.percentiles(pairs.map(|(a, b)| Some(self.direction.orient(a.as_ref()? - b.as_ref()?))))
    }

    fn percentiles(&self, values: impl Iterator<Item = Option<f64>>) -> Option<Interval> {
        let values: Vec<Option<f64>> = values.collect();
        let mut defined: Vec<f64> = values.iter().copied().flatten().collect();
        if defined.is_empty() || defined.len() * 2 < values.len() {
            return None;
        }
        defined.sort_by(f64::total_cmp);
        let tail = (1.0 - self.level) / 2.0;
        Some(Interval {
            low: quantile(&defined, tail),
            high: quantile(&defined, 1.0 - tail),
        })
    }
}

/// The quantile of sorted values with linear interpolation between neighbours (Hyndman & Fan's type 7, NumPy's default).
pub(crate) fn quantile(sorted: &[f64], probability: f64) -> f64 {
    let position = probability.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let below = position.floor();
    let (low, high) = (sorted[below as usize], sorted[position.ceil() as usize]);
    low + (high - low) * (position - below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Labels, Numbers, Probabilities};

    /// 100 rows, 80 of them right: the interval must be near the normal one, 0.8 ± 1.96 · √(0.8 · 0.2 / 100).
    #[test]
    fn an_accuracy_has_nearly_the_normal_interval() {
        let truth = vec![1; 100];
        let predicted = (0..100).map(|row| u32::from(row < 80)).collect();
        let rows = Aligned::Labels(Labels::new(truth, predicted, 2, None));
        let bootstrap = Bootstrap::run(Metric::Accuracy, &[&rows], Resampling::default()).unwrap();
        let interval = bootstrap.interval(0).unwrap();
        assert!(
            (interval.low - 0.7216).abs() < 0.015 && (interval.high - 0.8784).abs() < 0.015,
            "{interval:?}"
        );
    }

    #[test]
    fn the_same_seed_gives_the_same_interval() {
        let truth: Vec<f64> = (0..50).map(f64::from).collect();
        let predicted = truth.iter().map(|value| value * 0.9 + 1.0).collect();
        let rows = Aligned::Numbers(Numbers::new(truth, predicted));
        let interval = |seed| {
            let plan = Resampling {
                seed,
                ..Resampling::default()
            };
            Bootstrap::run(Metric::Rmse, &[&rows], plan)
                .unwrap()
                .interval(0)
        };
        assert_eq!(interval(1), interval(1));
        assert_ne!(interval(1), interval(2));
    }

    #[test]
    fn gains_are_paired_and_positive_when_better() {
        let truth: Vec<f64> = (0..40).map(f64::from).collect();
        let near = Aligned::Numbers(Numbers::new(
            truth.clone(),
            truth.iter().map(|value| value + 1.0).collect(),
        ));
        let far = Aligned::Numbers(Numbers::new(
            truth.clone(),
            truth.iter().map(|value| value + 3.0).collect(),
        ));
        let bootstrap = Bootstrap::run(Metric::Mae, &[&near, &far], Resampling::default()).unwrap();
        assert_eq!(
            bootstrap.gain(0, 1),
            Some(Interval {
                low: 2.0,
                high: 2.0
            })
        );
        assert_eq!(
            bootstrap.gain(1, 0),
            Some(Interval {
                low: -2.0,
                high: -2.0
            })
        );
        assert_eq!(
            bootstrap.gain(0, 0),
            Some(Interval {
                low: 0.0,
                high: 0.0
            })
        );
    }

    #[test]
    fn resamples_without_a_value_are_left_out() {
        let rows = |positives: usize| {
            let truth = (0..20).map(|row| row < positives).collect();
            Aligned::Probabilities(Probabilities::new(
                truth,
                (0..20).map(|row| f64::from(20 - row)).collect(),
            ))
        };
        // One positive of 20 is missing from (19/20)²⁰ = 36 % of resamples.
        let bootstrap = Bootstrap::run(Metric::RocAuc, &[&rows(1)], Resampling::default()).unwrap();
        assert_eq!(
            bootstrap.interval(0),
            Some(Interval {
                low: 1.0,
                high: 1.0
            })
        );
        assert!(Bootstrap::run(Metric::RocAuc, &[&rows(0)], Resampling::default()).is_err());
    }

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5), 2.5);
        assert_eq!(quantile(&[7.0], 0.975), 7.0);
    }
}
