//! What small models, fitted to a task's rows in the sandbox, found: traces that only a learner sees. Scores are
//! cross-validated: ROC AUC, the mean over classes, or R²; nothing here is a judgement.

use serde::{Deserialize, Serialize};

use crate::RunFailure;

/// Facts from model fits on train and test with its answers, on a sample of bounded size drawn by a fixed seed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FitFacts {
    /// Why the run gave nothing; everything below is then empty.
    #[serde(default)]
    pub failure: Option<RunFailure>,
    /// Why nothing could be measured, such as a missing file or column; everything below is then empty.
    pub incomplete: Option<String>,
    /// Rows of train and test with a target.
    pub labelled_rows: usize,
    /// Rows that models were fitted to, of which each is asked about by models that have not seen it.
    pub fitted_rows: usize,
    /// Fitted rows of each class, most frequent first; the classes of few rows are one class. Empty for numbers.
    pub class_rows: Vec<usize>,
    /// What each feature alone tells about the first target.
    pub features: Vec<FeatureFit>,
    /// Columns that name an entity with several rows, at most two.
    pub entities: Vec<EntityFit>,
    /// Rows that agree exactly in several columns of many values, as rows of one entity do whose name is gone.
    pub hidden_entity: Option<HiddenEntityFit>,
    /// Columns that say when a row happened, for a split that does not respect time; at most one.
    pub times: Vec<TimeFit>,
    /// Times on both sides, for a split by a column that stands in the files.
    pub order: Option<TimeOrder>,
    /// How well test rows can be told from train rows; `None` for splits that differ on purpose and for few rows.
    pub shift: Option<ShiftFit>,
    /// Labels that contradict what models are sure of; `None` for numbers and for rare classes.
    pub label_noise: Option<LabelNoiseFit>,
}

/// What one feature alone tells: the best of a tree, of bins and of its order (for numbers, of a straight line), where the
/// folds keep apart what the task's split keeps apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureFit {
    /// Name of the column.
    pub column: String,
    /// ROC AUC, 0.5–1, or R², 0–1.
    pub power: f64,
    /// Predictive power score, 0–1: the share that it saves of the errors of the most frequent class, or of the absolute
    /// errors of the median.
    pub score: f64,
}

/// Scores of a cross-validation with random folds and of one whose folds keep something apart. Numbers are ranked first, so
/// that a few huge values decide nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FitGap {
    /// Mean score with random folds.
    pub random: f64,
    /// Mean score with the folds apart.
    pub apart: f64,
    /// Standard error of the difference, from the spread over folds.
    pub sigma: f64,
}

impl FitGap {
    /// By how much random folds flatter.
    pub fn size(&self) -> f64 {
        self.random - self.apart
    }
}

/// A column that names an entity, such as a patient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntityFit {
    /// Name of the column.
    pub column: String,
    /// Number of entities.
    pub groups: usize,
    /// Rows of an entity on average.
    pub rows_per_group: f64,
    /// Share of the test rows whose entity has rows in train, 0–1.
    pub crossing: f64,
    /// Random folds against folds of whole entities; `None` when there are too few folds with a score.
    pub gap: Option<FitGap>,
}

/// Rows that look like one entity's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HiddenEntityFit {
    /// The columns that they agree in.
    pub columns: Vec<String>,
    /// Number of such groups.
    pub groups: usize,
    /// Rows of a group on average.
    pub rows_per_group: f64,
    /// Random folds against folds of whole groups; `None` when there are too few folds with a score.
    pub gap: Option<FitGap>,
}

/// A column that says when a row happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeFit {
    /// Name of the column.
    pub column: String,
    /// Distinct times.
    pub times: usize,
    /// Blocks of rows in random order, each predicted from those before it, against the same in order of time; `None` when
    /// too few blocks have a score.
    pub gap: Option<FitGap>,
}

/// Times on both sides of a split by time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeOrder {
    /// Name of the column.
    pub column: String,
    /// The last time of train; `None` when the column can't be read as times or numbers.
    pub train_last: Option<String>,
    /// The first time of test.
    pub test_first: Option<String>,
    /// Test rows that are earlier than the last of train.
    pub early: usize,
    /// Rows of both sides at the last time of train; 0 when only train has such rows.
    pub tied: usize,
}

/// How well a model tells test rows from train rows, ids dropped and equal rows kept together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShiftFit {
    /// ROC AUC on rows that the model has not seen.
    pub auc: f64,
    /// Train rows among those fitted.
    pub train_rows: usize,
    /// Test rows among those fitted.
    pub test_rows: usize,
    /// The features that it used most, with their share of the gain, 0–1.
    pub top: Vec<(String, f64)>,
}

/// An estimate of wrong labels by confident learning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelNoiseFit {
    /// Share of rows off the diagonal of the confident joint, 0–1.
    pub share: f64,
    /// Rows that it rests on.
    pub rows: usize,
    /// Share of rows whose label the models, which have not seen them, name first.
    pub right: f64,
    /// Pairs of classes that are confused most: label given, label likely, share of all rows.
    pub pairs: Vec<(String, String, f64)>,
}
