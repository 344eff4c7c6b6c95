//! The Brainstormer's output: what to predict, from what, how rows are divided and how predictions are scored.

use std::collections::BTreeMap;

use scoring::Metric;
use serde::{Deserialize, Serialize};
use task_format::{Objective, Prediction, SplitPolicy, TaskId};

/// One task worth making of a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// Id of the task.
    pub id: TaskId,
    /// Title for people.
    pub title: String,
    /// What is predicted.
    pub target: Target,
    /// Kind of prediction.
    pub objective: Objective,
    /// How predictions are scored.
    pub metric: Metric,
    /// What a prediction cell holds.
    pub prediction: Prediction,
    /// How rows are divided.
    pub split: SplitPlan,
    /// Name of the id column that `prepare.py` adds; no raw column has it.
    pub id_column: String,
    /// Columns that a competitor gets, in file order.
    pub features: Vec<FeaturePlan>,
    /// Raw columns that are left out, with the reason for people.
    pub dropped: BTreeMap<String, String>,
    /// Raw rows that are left out.
    pub dropped_rows: Vec<DroppedRows>,
    /// Why this is worth predicting, for people.
    pub rationale: String,
    /// Plausibility × learnability × distinctness, as far as a profile tells; 0–1, more is better.
    pub score: f64,
}

impl Proposal {
    /// Rows that the task leaves out, all reasons together.
    pub fn dropped_row_count(&self) -> usize {
        self.dropped_rows.iter().map(|dropped| dropped.rows).sum()
    }
}

/// What is predicted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Raw column, also its name in the task.
    pub column: String,
    /// How the published values are made from the raw ones; `None` when they are the same.
    pub derivation: Option<Derivation>,
    /// Classes as published: low to high for ordinal targets, else the most frequent last for two, sorted for more.
    /// Empty for numbers.
    pub labels: Vec<String>,
    /// Rows per class, in the order of `labels`.
    pub counts: Vec<usize>,
    /// The class whose probability is asked for.
    pub positive: Option<String>,
}

/// How published target values are made from raw ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Derivation {
    /// Classes are spelled differently, because readers would change the raw spelling on the way.
    Renamed {
        /// Raw spelling → published spelling.
        labels: BTreeMap<String, String>,
    },
    /// A count turned into a question: more than nothing, or nothing.
    Positive {
        /// The class of rows above zero.
        yes: String,
        /// The class of the others.
        no: String,
    },
}

/// How rows are divided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitPlan {
    /// The rule.
    pub policy: SplitPolicy,
    /// Column of groups or of time.
    pub column: Option<String>,
    /// Share of rows in test, 0–1.
    pub test_fraction: f64,
    /// Seed of everything random in `prepare.py`.
    pub seed: u64,
    /// Why this rule, for people.
    pub reason: String,
}

/// One column that a competitor gets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeaturePlan {
    /// Its name.
    pub column: String,
    /// How the baselines use it.
    pub kind: FeatureKind,
    /// Whether cells are missing.
    pub missing: bool,
}

/// How the baselines use a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FeatureKind {
    /// As a number.
    Number {
        /// Whether it spans orders of magnitude, so that a linear model should see its logarithm.
        skewed: bool,
    },
    /// As one of a few unordered values.
    Category,
    /// As a rank among ordered values.
    Grade {
        /// The values from low to high.
        order: Vec<String>,
    },
    /// As parts of a date.
    Date {
        /// How dates are written, as a `strptime` pattern.
        pattern: String,
        /// The parts that vary: `year`, `month`, `day_of_week`, `hour`.
        parts: Vec<String>,
    },
    /// Not at all: free text is left to competitors.
    Text,
    /// Not at all: it names the groups of a grouped split, whose values are new in test.
    Group,
}

/// Raw rows that are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DroppedRows {
    /// Number of rows.
    pub rows: usize,
    /// Why, for people.
    pub reason: String,
    /// The raw labels that are left out; empty when the rows have no label.
    pub labels: Vec<String>,
}
