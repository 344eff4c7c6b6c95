//! The catalogue of metrics: names, directions, ranges, what they compare. The arithmetic is in the files of the families.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Direction, Takes};

/// A metric of the catalogue.
///
/// Where scikit-learn 1.9 defines a value, ours is the same to 1e-9; each family's file lists the cases that are
/// overridden on purpose.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Share of rows whose label is right.
    Accuracy,
    /// Mean recall of the classes.
    BalancedAccuracy,
    /// Mean F1 of the classes.
    MacroF1,
    /// F1 of the positive class.
    F1,
    /// Matthews correlation coefficient, binary or multiclass.
    Mcc,
    /// Area under the receiver operating characteristic, binary.
    RocAuc,
    /// Area under the precision–recall curve as a step function, binary.
    AveragePrecision,
    /// Mean negative log-likelihood, binary.
    LogLoss,
    /// Mean squared error of probabilities, binary.
    Brier,
    /// Cohen's kappa with quadratic weights.
    QuadraticWeightedKappa,
    /// Root mean squared error.
    Rmse,
    /// Mean absolute error.
    Mae,
    /// Root mean squared error of `ln(1 + x)`.
    Rmsle,
    /// Coefficient of determination.
    R2,
    /// Median absolute error.
    MedianAbsoluteError,
    /// Mean absolute percentage error, as a share.
    Mape,
}

/// What a metric compares.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// One class per row.
    Labels,
    /// A probability of the positive class per row, or for ranking metrics any score that rises with it.
    Probability,
    /// A number per row.
    Numbers,
    /// One class per row, where classes are ordered.
    OrderedLabels,
    /// A score of every class per row; for metrics of probabilities they are non-negative and divided by their sum.
    ClassProbabilities,
    /// Several yes-or-no questions per row, and a probability (or any score that rises with it) of each.
    MultiProbabilities,
    /// Several numbers per row.
    MultiNumbers,
    /// A set of labels per row.
    LabelSets,
    /// A list of items per row, best first, of which a set is relevant.
    Ranking,
    /// A text per row.
    Text,
    /// A risk per row, higher for an earlier event, where events may be censored.
    Survival,
}

/// One row of the catalogue.
struct Entry {
    name: &'static str,
    title: &'static str,
    direction: Direction,
    optimum: f64,
    worst: Option<f64>,
    input: Input,
    formula: &'static str,
    parameters: &'static [Takes],
}

impl Metric {
    /// Every metric, in the order of the catalogue.
    pub const ALL: [Self; 16] = [
        Self::Accuracy,
        Self::BalancedAccuracy,
        Self::MacroF1,
        Self::F1,
        Self::Mcc,
        Self::RocAuc,
        Self::AveragePrecision,
        Self::LogLoss,
        Self::Brier,
        Self::QuadraticWeightedKappa,
        Self::Rmse,
        Self::Mae,
        Self::Rmsle,
        Self::R2,
        Self::MedianAbsoluteError,
        Self::Mape,
    ];

    /// The metric of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.name() == name)
    }

    /// Its name in manifests, the same as serde's.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// Its name for people, e.g. `ROC AUC`.
    pub fn title(self) -> &'static str {
        self.entry().title
    }

    /// Whether more or less is better.
    pub fn direction(self) -> Direction {
        self.entry().direction
    }

    /// Score of a perfect submission.
    pub fn optimum(self) -> f64 {
        self.entry().optimum
    }

    /// The worst score that any valid submission can get; `None` when there is no bound.
    pub fn worst(self) -> Option<f64> {
        self.entry().worst
    }

    /// What it compares.
    pub fn input(self) -> Input {
        self.entry().input
    }

    /// One sentence that defines it for a competitor.
    pub fn formula(self) -> &'static str {
        self.entry().formula
    }

    /// The parameters that it takes, with what they are when a manifest gives none.
    pub fn parameters(self) -> &'static [Takes] {
        self.entry().parameters
    }

    /// Whether predictions outside 0–1 have no meaning for it. Ranking metrics look at the order only.
    pub fn needs_unit_interval(self) -> bool {
        matches!(self, Self::LogLoss | Self::Brier)
    }

    /// The bound below which (and at which) numbers have no meaning for it: −1 for the logarithm of `1 + x`.
    pub fn exclusive_lower_bound(self) -> Option<f64> {
        matches!(self, Self::Rmsle).then_some(-1.0)
    }

    fn entry(self) -> &'static Entry {
        match self {
            Self::Accuracy => &ACCURACY,
            Self::BalancedAccuracy => &BALANCED_ACCURACY,
            Self::MacroF1 => &MACRO_F1,
            Self::F1 => &F1,
            Self::Mcc => &MCC,
            Self::RocAuc => &ROC_AUC,
            Self::AveragePrecision => &AVERAGE_PRECISION,
            Self::LogLoss => &LOG_LOSS,
            Self::Brier => &BRIER,
            Self::QuadraticWeightedKappa => &QUADRATIC_WEIGHTED_KAPPA,
            Self::Rmse => &RMSE,
            Self::Mae => &MAE,
            Self::Rmsle => &RMSLE,
            Self::R2 => &R2,
            Self::MedianAbsoluteError => &MEDIAN_ABSOLUTE_ERROR,
            Self::Mape => &MAPE,
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

static ACCURACY: Entry = Entry {
    name: "accuracy",
    title: "accuracy",
    direction: Direction::Maximize,
    optimum: 1.0,
    worst: Some(0.0),
    input: Input::Labels,
    formula: "the share of rows whose predicted label equals the true one",
    parameters: &[],
};

static BALANCED_ACCURACY: Entry = Entry {
    name: "balanced_accuracy",
    title: "balanced accuracy",
    direction: Direction::Maximize,
    optimum: 1.0,
    worst: Some(0.0),
    input: Input::Labels,
    formula: "the recall of each class (the share of its rows that were predicted as that class), averaged over the classes",
    parameters: &[],
};

static MACRO_F1: Entry = Entry {
    name: "macro_f1",
    title: "macro F1",
    direction: Direction::Maximize,
    optimum: 1.0,
    worst: Some(0.0),
    input: Input::Labels,
    formula: "the F1 score of each class, 2·TP / (2·TP + FP + FN), averaged over the classes with equal weight",
    parameters: &[],
};

static F1: Entry = Entry {
    name: "f1",
    title: "F1",
    direction: Direction::Maximize,
    optimum: 1.0,
    worst: Some(0.0),
    input: Input::Labels,
    formula: "2·TP / (2·TP + FP + FN), counted for the positive class",
    parameters: &[],
};

static MCC: Entry = Entry {
    name: "mcc",
    title: "Matthews correlation coefficient",
    direction: Direction::Maximize,
    optimum: 1.0,
    worst: Some(-1.0),
    input: Input::Labels,
    formula: "the correlation between true and predicted labels: 1 is perfect, 0 is no better than guessing",
    parameters: &[],
};

static ROC_AUC: Entry = Entry {
    name: "roc_auc",
    title: "ROC AUC",
    direction: Direction::Maximize,
    optimum: 1.0,
    worst: Some(0.0),
    input: Input::Probability,
    formula: "the probability that a random positive row has a higher prediction than a random negative row; ties count half",
    parameters: &[],
};

static AVERAGE_PRECISION: Entry = Entry {
    name: "average_precision",
    title: "average precision",
    direction: Direction::Maximize,
    optimum: 1.0,
    worst: Some(0.0),
    input: Input::Probability,
    formula: "precision summed over all thresholds, each weighted by the increase of recall at that threshold",
    parameters: &[],
};

static LOG_LOSS: Entry = Entry {
    name: "log_loss",
    title: "log loss",
    direction: Direction::Minimize,
    optimum: 0.0,
    // −ln of the f64 machine epsilon, at which probabilities are clipped.
    worst: Some(36.043_653_389_117_15),
    input: Input::Probability,
    formula: "the mean of −ln(p), where p is the predicted probability of the true class, at least 2.2e-16",
    parameters: &[],
};

static BRIER: Entry = Entry {
    name: "brier",
    title: "Brier score",
    direction: Direction::Minimize,
    optimum: 0.0,
    worst: Some(1.0),
    input: Input::Probability,
    formula: "the mean of (p − y)², where p is the predicted probability of the positive class and y is 1 for positive rows, else 0",
    parameters: &[],
};

static QUADRATIC_WEIGHTED_KAPPA: Entry = Entry {
    name: "quadratic_weighted_kappa",
    title: "quadratic weighted kappa",
    direction: Direction::Maximize,
    optimum: 1.0,
    worst: Some(-1.0),
    input: Input::OrderedLabels,
    formula: "agreement beyond chance between true and predicted grades, where a miss costs the square of its distance in grades",
    parameters: &[],
};

static RMSE: Entry = Entry {
    name: "rmse",
    title: "root mean squared error (RMSE)",
    direction: Direction::Minimize,
    optimum: 0.0,
    worst: None,
    input: Input::Numbers,
    formula: "the square root of the mean of (prediction − truth)²",
    parameters: &[],
};

static MAE: Entry = Entry {
    name: "mae",
    title: "mean absolute error (MAE)",
    direction: Direction::Minimize,
    optimum: 0.0,
    worst: None,
    input: Input::Numbers,
    formula: "the mean of |prediction − truth|",
    parameters: &[],
};

static RMSLE: Entry = Entry {
    name: "rmsle",
    title: "root mean squared logarithmic error (RMSLE)",
    direction: Direction::Minimize,
    optimum: 0.0,
    worst: None,
    input: Input::Numbers,
    formula: "the square root of the mean of (ln(1 + prediction) − ln(1 + truth))²; predictions must be greater than −1",
    parameters: &[],
};

static R2: Entry = Entry {
    name: "r2",
    title: "coefficient of determination (R²)",
    direction: Direction::Maximize,
    optimum: 1.0,
    worst: None,
    input: Input::Numbers,
    formula: "1 − Σ(prediction − truth)² / Σ(truth − mean of truth)²: 1 is perfect, 0 is as good as the mean",
    parameters: &[],
};

static MEDIAN_ABSOLUTE_ERROR: Entry = Entry {
    name: "median_absolute_error",
    title: "median absolute error",
    direction: Direction::Minimize,
    optimum: 0.0,
    worst: None,
    input: Input::Numbers,
    formula: "the median of |prediction − truth|",
    parameters: &[],
};

static MAPE: Entry = Entry {
    name: "mape",
    title: "mean absolute percentage error (MAPE)",
    direction: Direction::Minimize,
    optimum: 0.0,
    worst: None,
    input: Input::Numbers,
    formula: "the mean of |prediction − truth| / |truth|, as a share and not in percent",
    parameters: &[],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_serde_and_read_back() {
        for metric in Metric::ALL {
            let written = serde_json::to_value(metric).unwrap();
            assert_eq!(written, serde_json::Value::from(metric.name()));
            assert_eq!(Metric::from_name(metric.name()), Some(metric));
        }
        assert_eq!(Metric::from_name("custom"), None);
    }

    #[test]
    fn the_optimum_is_better_than_the_worst() {
        for metric in Metric::ALL {
            if let Some(worst) = metric.worst() {
                assert!(
                    metric.direction().better(metric.optimum(), worst),
                    "{metric}"
                );
            }
        }
        assert_eq!(Metric::LogLoss.worst(), Some(-f64::EPSILON.ln()));
    }
}
