//! The Brainstormer's output: what to predict, from what, how rows are divided and how predictions are scored.

use std::borrow::Cow;
use std::collections::BTreeMap;

use facts::Profile;
use scoring::{Direction, Metric};
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
    /// A raw file of the table whose rows are the task's, where the dataset has several tables and someone chose among them;
    /// `None` for the main one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Other tables from which features are made for these rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourcePlan>,
    /// What is predicted.
    pub target: Target,
    /// Kind of prediction.
    pub objective: Objective,
    /// How predictions are scored.
    pub metric: MetricPlan,
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
    /// Plausibility × learnability × distinctness, as far as a profile tells; 0–1, more is better. 0 when it was not
    /// appraised: then the order of a list is its author's.
    pub score: f64,
}

impl Proposal {
    /// Rows that the task leaves out, all reasons together.
    pub fn dropped_row_count(&self) -> usize {
        self.dropped_rows.iter().map(|dropped| dropped.rows).sum()
    }

    /// The profile with the table whose rows are the task's as the main one.
    pub fn seen_in<'a>(&self, profile: &'a Profile) -> Cow<'a, Profile> {
        self.table
            .as_deref()
            .and_then(|path| profile.of_table(path))
            .unwrap_or(Cow::Borrowed(profile))
    }
}

/// Another table that features are made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcePlan {
    /// A raw file of it.
    pub table: String,
    /// What is made of it for each row of the task, for people: by which key, from which of its rows.
    pub features: String,
}

/// What is predicted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its name in the task: that of the raw column, or a new one for [`Derivation::Rule`].
    pub column: String,
    /// How the published values are made from the raw ones; `None` when they are the same.
    pub derivation: Option<Derivation>,
    /// Classes as published: low to high for ordinal targets, else the positive one last for two, sorted for more.
    /// Empty for numbers.
    pub labels: Vec<String>,
    /// Rows per class, in the order of `labels`; empty for numbers, and where a rule makes the classes.
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
    /// A new column, made from raw ones without chance or judgement.
    Rule {
        /// The raw columns, as they are called in the profile.
        from: Vec<String>,
        /// How, in a sentence that leaves nothing open.
        rule: String,
    },
}

/// How predictions are scored.
///
/// In JSON a metric of the catalogue is its name, `"rmse"`, and one of the task's own an object with the fields of
/// [`MetricPlan::Custom`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum MetricPlan {
    /// By a metric of the catalogue, with its default parameters.
    Catalogue(Metric),
    /// By a metric that only the task's `metric.py` knows.
    Custom {
        /// Its name for people.
        title: String,
        /// What it computes, in a sentence for competitors.
        formula: String,
        /// Whether more or less is better.
        direction: Direction,
        /// Score of a perfect submission.
        optimum: f64,
        /// A bound that no valid submission's score is worse than; `None` when there is none.
        worst: Option<f64>,
    },
}

impl MetricPlan {
    /// Its name in a manifest: that of the catalogue, or `custom`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Catalogue(metric) => metric.name(),
            Self::Custom { .. } => CUSTOM,
        }
    }

    /// Its name for people.
    pub fn title(&self) -> &str {
        match self {
            Self::Catalogue(metric) => metric.title(),
            Self::Custom { title, .. } => title,
        }
    }

    /// What it computes, in a sentence for competitors.
    pub fn formula(&self) -> &str {
        match self {
            Self::Catalogue(metric) => metric.formula(),
            Self::Custom { formula, .. } => formula,
        }
    }

    /// Whether more or less is better.
    pub fn direction(&self) -> Direction {
        match self {
            Self::Catalogue(metric) => metric.direction(),
            Self::Custom { direction, .. } => *direction,
        }
    }

    /// Score of a perfect submission.
    pub fn optimum(&self) -> f64 {
        match self {
            Self::Catalogue(metric) => metric.optimum(),
            Self::Custom { optimum, .. } => *optimum,
        }
    }

    /// A bound that no valid submission's score is worse than; `None` when there is none.
    pub fn worst(&self) -> Option<f64> {
        match self {
            Self::Catalogue(metric) => metric.worst(),
            Self::Custom { worst, .. } => *worst,
        }
    }

    /// The metric of the catalogue, when it is one.
    pub fn catalogue(&self) -> Option<Metric> {
        match self {
            Self::Catalogue(metric) => Some(*metric),
            Self::Custom { .. } => None,
        }
    }
}

/// What stands in a manifest for the name of a metric that is not in the catalogue.
pub(crate) const CUSTOM: &str = "custom";

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
