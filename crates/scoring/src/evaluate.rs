//! From a metric and aligned rows to a score. Each family of metrics is made ready once and then evaluated under row
//! weights, so that a bootstrap does not sort the rows again for every resample.

use crate::{
    Aligned, Input, Metric, ParameterError, Parameters, classification, ordinal, probability,
    ranking, regression,
};

/// Why a metric has no value on some rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undefined {
    /// There is nothing to compare.
    #[error("there are no rows")]
    NoRows,
    /// The metric needs more rows.
    #[error("{0} needs at least two rows")]
    TooFewRows(Metric),
    /// The truth has one class where the metric compares classes.
    #[error("{0} needs rows of more than one class")]
    OneClass(Metric),
    /// The truth has no row of the positive class.
    #[error("{0} needs rows of the positive class")]
    NoPositives(Metric),
    /// No class was named as the positive one.
    #[error("{0} needs to know which class is the positive one")]
    PositiveUnknown(Metric),
    /// A prediction (or truth, for logarithms) lies where the metric has no meaning.
    #[error("{metric} has no value for the number in row {row}")]
    OutOfDomain {
        /// The metric.
        metric: Metric,
        /// The first such row, from 0.
        row: usize,
    },
    /// The numbers are so large that the score is not finite.
    #[error("{0} of such large numbers is not finite")]
    Overflow(Metric),
    /// The rows have another form than the metric asks for.
    #[error("{0} does not compare rows of this form")]
    Form(Metric),
    /// The parameters don't suit the metric.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
}

/// A metric on fixed rows, ready to be evaluated under any row weights.
///
/// A row of weight n counts as n equal rows, a row of weight 0 as absent.
pub(crate) trait Weighted {
    /// The score; `weights` has one entry per row.
    fn score(&self, weights: &[u32]) -> Result<f64, Undefined>;
}

impl Metric {
    /// The score of aligned rows, with the metric's default parameters.
    ///
    /// # Errors
    ///
    /// When the metric has no value on these rows, compares rows of another form, or needs a parameter.
    pub fn evaluate(self, aligned: &Aligned) -> Result<f64, Undefined> {
        self.evaluate_with(aligned, &Parameters::default())
    }

    /// The score of aligned rows.
    ///
    /// # Errors
    ///
    /// When the metric has no value on these rows, compares rows of another form, or the parameters don't suit it.
    pub fn evaluate_with(
        self,
        aligned: &Aligned,
        parameters: &Parameters,
    ) -> Result<f64, Undefined> {
        self.ready(aligned, parameters)?
            .score(&vec![1; aligned.rows()])
    }

    /// The metric made ready for many evaluations of the same rows.
    pub(crate) fn ready<'a>(
        self,
        aligned: &'a Aligned,
        parameters: &Parameters,
    ) -> Result<Box<dyn Weighted + 'a>, Undefined> {
        parameters.check(self)?;
        if aligned.rows() == 0 {
            return Err(Undefined::NoRows);
        }
        match (self.input(), aligned) {
            (Input::Labels, Aligned::Labels(labels)) => classification::ready(self, labels),
            (Input::OrderedLabels, Aligned::Labels(labels)) => ordinal::ready(self, labels),
            (Input::Probability, Aligned::Probabilities(rows)) if self.needs_unit_interval() => {
                probability::ready(self, rows)
            }
            (Input::Probability, Aligned::Probabilities(rows)) => ranking::ready(self, rows),
            (Input::Numbers, Aligned::Numbers(numbers)) => regression::ready(self, numbers),
            _ => Err(Undefined::Form(self)),
        }
    }
}

/// A score that is a weighted mean of one number per row, possibly transformed.
pub(crate) struct RowMean {
    metric: Metric,
    losses: Vec<f64>,
    finish: fn(f64) -> f64,
}

impl RowMean {
    pub(crate) fn new(metric: Metric, losses: Vec<f64>) -> Self {
        Self {
            metric,
            losses,
            finish: |mean| mean,
        }
    }

    /// The square root of the mean.
    pub(crate) fn rooted(metric: Metric, losses: Vec<f64>) -> Self {
        Self {
            metric,
            losses,
            finish: f64::sqrt,
        }
    }
}

impl Weighted for RowMean {
    fn score(&self, weights: &[u32]) -> Result<f64, Undefined> {
        let mut sum = 0.0;
        let mut total = 0.0;
        for (loss, &weight) in self.losses.iter().zip(weights) {
            sum += loss * f64::from(weight);
            total += f64::from(weight);
        }
        if total == 0.0 {
            return Err(Undefined::NoRows);
        }
        finite(self.metric, (self.finish)(sum / total))
    }
}

/// The score, unless arithmetic overflowed on the way to it.
pub(crate) fn finite(metric: Metric, score: f64) -> Result<f64, Undefined> {
    if score.is_finite() {
        Ok(score)
    } else {
        Err(Undefined::Overflow(metric))
    }
}
