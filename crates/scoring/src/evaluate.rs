//! From a metric and aligned rows to a score. Each family of metrics is made ready once and then evaluated under row
//! weights, so that a bootstrap does not sort the rows again for every resample.

use crate::families::{
    binary_ranking, classification, columns, correlations, label_ranking, label_sets, multiclass,
    ordinal, probability, rankings, regression, survival, texts,
};
use crate::weights::{Finite, Weighted, Weights};
use crate::{Aligned, Input, Metric, ParameterError, Parameters};

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
    /// The truth is the same in every row where the metric compares changes.
    #[error("{0} needs truth that is not the same in every row")]
    Constant(Metric),
    /// The truth has nothing in any row.
    #[error("{0} needs truth that is not empty in every row")]
    EmptyTruth(Metric),
    /// No two rows are known to be in some order.
    #[error("{0} needs two rows of which one is known to come first")]
    NoComparablePairs(Metric),
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
        self.ready(aligned, parameters)?.score(Weights::Equal)
    }

    /// The metric made ready for many evaluations of the same rows.
    pub(crate) fn ready<'a>(
        self,
        aligned: &'a Aligned,
        parameters: &Parameters,
    ) -> Result<Finite<'a>, Undefined> {
        let inner = self.of_family(aligned, parameters)?;
        Ok(Finite {
            metric: self,
            inner,
        })
    }

    fn of_family<'a>(
        self,
        aligned: &'a Aligned,
        parameters: &Parameters,
    ) -> Result<Box<dyn Weighted + 'a>, Undefined> {
        let settings = parameters.settings(self)?;
        if aligned.rows() == 0 {
            return Err(Undefined::NoRows);
        }
        match (self.input(), aligned) {
            (Input::Labels, Aligned::Labels(rows)) => classification::ready(self, rows, &settings),
            (Input::OrderedLabels, Aligned::Labels(rows)) => ordinal::ready(self, rows),
            (Input::Probability, Aligned::Probabilities(rows)) if self.needs_unit_interval() => {
                probability::ready(self, rows)
            }
            (Input::Probability, Aligned::Probabilities(rows)) => binary_ranking::ready(self, rows),
            (Input::Numbers, Aligned::Numbers(rows)) => match self {
                Self::Pearson | Self::Spearman | Self::KendallTauB | Self::NormalizedGini => {
                    correlations::ready(self, rows)
                }
                _ => regression::ready(self, rows, &settings),
            },
            (Input::ClassProbabilities, Aligned::ClassProbabilities(rows)) => {
                multiclass::ready(self, rows, &settings)
            }
            (Input::MultiProbabilities, Aligned::MultiProbabilities(rows)) => match self {
                Self::ColumnMeanLogLoss => probability::column_mean(self, rows),
                Self::Lwlrap | Self::LabelRankingAveragePrecision => {
                    label_ranking::ready(self, rows)
                }
                _ => columns::of_probabilities(self, rows),
            },
            (Input::MultiNumbers, Aligned::MultiNumbers(rows)) => match self {
                Self::Ndcg => label_ranking::ndcg(self, rows, &settings),
                _ => columns::of_numbers(self, rows),
            },
            (Input::LabelSets, Aligned::LabelSets(rows)) => {
                label_sets::ready(self, rows, &settings)
            }
            (Input::Ranking, Aligned::Rankings(rows)) => rankings::ready(self, rows, &settings),
            (Input::Text, Aligned::Texts(rows)) => texts::ready(self, rows),
            (Input::Survival, Aligned::Survival(rows)) => survival::ready(self, rows),
            _ => Err(Undefined::Form(self)),
        }
    }
}
