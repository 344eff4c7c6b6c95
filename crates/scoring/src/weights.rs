//! How often each row counts, and scores that are means over rows. Once for all: a single evaluation neither allocates
//! weights nor keeps the loss of each row, a bootstrap computes every loss once.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::{Metric, Undefined};

/// How often each row counts.
#[derive(Clone, Copy)]
pub(crate) enum Weights<'a> {
    /// Every row once.
    Equal,
    /// As often as its entry says; 0 is an absent row.
    Each(&'a [u32]),
}

impl<'a> Weights<'a> {
    /// How often that row counts.
    pub(crate) fn of(self, row: usize) -> f64 {
        match self {
            Self::Equal => 1.0,
            Self::Each(weights) => f64::from(weights[row]),
        }
    }

    /// How often `rows` rows count together.
    pub(crate) fn total(self, rows: usize) -> f64 {
        match self {
            Self::Equal => rows as f64,
            Self::Each(weights) => weights.iter().map(|&weight| f64::from(weight)).sum(),
        }
    }

    /// One entry per row.
    pub(crate) fn entries(self, rows: usize) -> Cow<'a, [u32]> {
        match self {
            Self::Equal => Cow::Owned(vec![1; rows]),
            Self::Each(weights) => Cow::Borrowed(weights),
        }
    }
}

/// A metric on fixed rows, ready to be evaluated under any row weights.
///
/// What it gives may overflow; [`Finite`] looks after that.
///
/// A row of weight n counts as n equal rows, a row of weight 0 as absent.
pub(crate) trait Weighted {
    /// The score.
    fn score(&self, weights: Weights<'_>) -> Result<f64, Undefined>;
}

/// A score that is a weighted mean of one number per row, possibly transformed.
pub(crate) struct RowMean<F> {
    rows: usize,
    /// Of the row at an index.
    loss: F,
    finish: fn(f64) -> f64,
    /// Of all rows, computed when weights are given for the first time.
    losses: OnceCell<Vec<f64>>,
}

impl<F: Fn(usize) -> f64> RowMean<F> {
    pub(crate) fn new(rows: usize, loss: F) -> Self {
        Self {
            rows,
            loss,
            finish: |mean| mean,
            losses: OnceCell::new(),
        }
    }

    /// The square root of the mean.
    pub(crate) fn rooted(rows: usize, loss: F) -> Self {
        Self {
            finish: f64::sqrt,
            ..Self::new(rows, loss)
        }
    }
}

impl<F: Fn(usize) -> f64> Weighted for RowMean<F> {
    fn score(&self, weights: Weights<'_>) -> Result<f64, Undefined> {
        let (mut sum, mut total) = (0.0, 0.0);
        match weights {
            Weights::Equal => {
                for row in 0..self.rows {
                    sum += (self.loss)(row);
                }
                total = self.rows as f64;
            }
            Weights::Each(weights) => {
                let losses = self
                    .losses
                    .get_or_init(|| (0..self.rows).map(&self.loss).collect());
                for (loss, &weight) in losses.iter().zip(weights) {
                    sum += loss * f64::from(weight);
                    total += f64::from(weight);
                }
            }
        }
        if total == 0.0 {
            return Err(Undefined::NoRows);
        }
        Ok((self.finish)(sum / total))
    }
}

/// A score that is a sum over rows divided by another.
pub(crate) struct RowRatio {
    metric: Metric,
    /// Numerator and denominator of each row.
    parts: Vec<(f64, f64)>,
    /// Why there is no value when the denominators are all 0.
    empty: fn(Metric) -> Undefined,
}

impl RowRatio {
    pub(crate) fn new(
        metric: Metric,
        parts: Vec<(f64, f64)>,
        empty: fn(Metric) -> Undefined,
    ) -> Self {
        Self {
            metric,
            parts,
            empty,
        }
    }
}

impl Weighted for RowRatio {
    fn score(&self, weights: Weights<'_>) -> Result<f64, Undefined> {
        let (mut above, mut below) = (0.0, 0.0);
        for (row, part) in self.parts.iter().enumerate() {
            let weight = weights.of(row);
            above += weight * part.0;
            below += weight * part.1;
        }
        if below == 0.0 {
            return Err((self.empty)(self.metric));
        }
        Ok(above / below)
    }
}

/// A metric whose scores are finite: where arithmetic overflows on the way to one, there is none.
///
/// Every metric stands in one of these, so that no family has to think of it.
pub(crate) struct Finite<'a> {
    pub(crate) metric: Metric,
    pub(crate) inner: Box<dyn Weighted + 'a>,
}

impl Weighted for Finite<'_> {
    fn score(&self, weights: Weights<'_>) -> Result<f64, Undefined> {
        let score = self.inner.score(weights)?;
        if score.is_finite() {
            Ok(score)
        } else {
            Err(Undefined::Overflow(self.metric))
        }
    }
}
