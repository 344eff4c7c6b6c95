//! What was measured on the prepared files: train, test, sample submission and answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{AnswerSearch, ChannelFacts, NearDuplicateFacts, QualityFacts, ToldAnswers};

/// What `tabular` must know of a task to measure its split.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitQuestion {
    /// The id column of test, sample submission and answers.
    pub id_column: String,
    /// The target columns.
    pub targets: Vec<String>,
    /// Whether targets are classes (else numbers).
    pub classification: bool,
    /// The prediction columns of a submission that say something of one target; the sample submission need not have any.
    pub predictions: Vec<PredictionColumn>,
    /// The column by which rows were divided, as the task says.
    pub split_column: Option<String>,
}

/// A column of a submission and what it predicts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PredictionColumn {
    /// Its name.
    pub column: String,
    /// The target column that it predicts.
    pub target: String,
    /// The class whose probability it holds; `None` for labels, numbers and texts.
    pub class: Option<String>,
}

/// Facts about a prepared split.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SplitFacts {
    /// Every CSV of the package by path (`public/train.csv`): shape and defects.
    pub csvs: BTreeMap<String, CsvFacts>,
    /// Why the split could not be measured: a file or a column that is missing or unreadable. Everything below is then empty.
    pub incomplete: Option<String>,
    /// How ids agree between the files.
    pub ids: IdFacts,
    /// Target columns that stand in the test file.
    pub targets_in_test: Vec<String>,
    /// Rows that stand in train and in test.
    pub duplicates: DuplicateFacts,
    /// Test rows that nearly stand in train, by each measure that applies.
    #[serde(default)]
    pub near_duplicates: Vec<NearDuplicateFacts>,
    /// What the order of rows, ids and per-row files say about the first target.
    #[serde(default)]
    pub channels: Vec<ChannelFacts>,
    /// The answers, looked for in every public file.
    #[serde(default)]
    pub answer_search: AnswerSearch,
    /// Quality of the public tables.
    #[serde(default)]
    pub quality: QualityFacts,
    /// What each feature alone tells about the first target.
    pub features: Vec<FeatureFacts>,
    /// What the sample submission tells about the answers.
    pub sample: SampleFacts,
    /// Rows per class of the first target in train and test; empty for numbers.
    pub labels: Vec<LabelCount>,
    /// The same of every further target, as far as they were measured.
    #[serde(default)]
    pub further_targets: Vec<TargetFacts>,
    /// The values on either side of the column by which rows were divided; `None` when the task names none.
    #[serde(default)]
    pub split_column: Option<SplitColumnFacts>,
    /// Cells of the answers, as text, that could be looked for in the description: each distinct target value of a numeric
    /// target with at least five significant digits, at most 1,000.
    pub telltale_values: Vec<String>,
    /// Texts for competitors that say answers of the first target to test ids.
    #[serde(default)]
    pub told_answers: Vec<ToldAnswers>,
}

/// What was measured of a target beside the first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TargetFacts {
    /// Name of the target column.
    pub target: String,
    /// What order, ids and per-row files say about it.
    pub channels: Vec<ChannelFacts>,
    /// What each feature alone tells about it.
    pub features: Vec<FeatureFacts>,
    /// Rows per class in train and test; empty for numbers.
    pub labels: Vec<LabelCount>,
}

/// The values on either side of the column by which rows were divided, as the task says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitColumnFacts {
    /// Its name.
    pub column: String,
    /// Whether it stands in train and in test; the rest is empty when it does not.
    pub on_both_sides: bool,
    /// Distinct values of both sides.
    pub values: usize,
    /// Rows of both sides that have one.
    pub rows: usize,
    /// Test rows that have one.
    pub test_rows: usize,
    /// Of these, rows whose value train has too.
    pub crossing: usize,
    /// Where the values are numbers or dates, test rows that are later than the last of train.
    pub later: Option<usize>,
}

/// Shape and defects of one CSV.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CsvFacts {
    /// Header cells in order.
    pub columns: Vec<String>,
    /// Data rows.
    pub rows: usize,
    /// Header cells that are empty.
    pub empty_headers: usize,
    /// Header cells that repeat an earlier one.
    pub duplicate_headers: Vec<String>,
    /// Lines whose width differs from the header's (line from 1, width), at most 10.
    pub ragged: Vec<(u64, usize)>,
    /// Why it could not be read at all.
    pub error: Option<String>,
}

/// How ids agree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdFacts {
    /// Ids that repeat in the test file.
    pub repeated_in_test: usize,
    /// Ids of the test file that the sample submission lacks, or the other way round.
    pub sample_differs: usize,
    /// Ids of the test file that the answers lack, or the other way round.
    pub answers_differ: usize,
    /// Ids that stand in both train and test; `None` when train has no id column.
    pub in_train_and_test: Option<usize>,
}

/// Rows that stand in train and in test, ids and targets dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicateFacts {
    /// Test rows that equal a train row in every feature.
    pub test_rows_in_train: usize,
    /// Test rows.
    pub test_rows: usize,
    /// Test rows that equal a train row in every feature, where all features together have so few
    /// possible values that this is expected by chance (a survey of yes/no answers).
    pub expected_by_chance: bool,
    /// Of `test_rows_in_train`: those whose target equals that of the train row too (majority of equals).
    pub with_same_target: usize,
}

/// What one feature alone tells about the target: a predictor fitted on train (values binned, missing a bin of its
/// own), judged on test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureFacts {
    /// Name of the column.
    pub column: String,
    /// For classes: macro one-versus-rest ROC AUC on test, 0–1, the better of predicting from bins of equal size and from
    /// finer ones. For numbers: R² on test, ≤ 1, the best of these two and of a straight line.
    pub power: f64,
    /// Predictive power score, 0–1: 1 − error / error of the constant, on test, never below 0. Error: share of wrong classes
    /// against always naming the most frequent one of train; mean absolute error of bin medians against train's median.
    pub score: f64,
    /// |Spearman rho| with the target on train; `None` unless both are numbers. Dates count as numbers.
    pub rho: Option<f64>,
    /// Share of train rows whose target is the most frequent one among rows with the same value of the feature (missing is a
    /// value), counted over values with at least two rows; 0 when fewer than half the rows have such a value. Not
    /// corrected for the share that the most frequent class has anyhow.
    pub determines: f64,
    /// Share of train rows with the same text in feature and target.
    pub equal: f64,
    /// Where the feature could be a code of the classes, each having another value most often: for each class, rows that
    /// have its value and all rows, of train and test together. Empty otherwise and for numbers.
    #[serde(default)]
    pub code: Vec<(usize, usize)>,
}

/// What the sample submission tells about the answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SampleFacts {
    /// Association with the answers: |Spearman rho| for numbers and probabilities, Cramér's V for classes.
    pub association: f64,
    /// 99 % quantile of the same over 1,000 seeded permutations.
    pub permutation_high: f64,
    /// Rows compared.
    pub rows: usize,
}

/// Rows per class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelCount {
    /// The class.
    pub label: String,
    /// Rows in train.
    pub train: usize,
    /// Rows in test.
    pub test: usize,
}
