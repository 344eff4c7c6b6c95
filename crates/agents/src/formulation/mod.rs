//! A task as someone proposes it who is not the engine of rules: what a model writes, and how it becomes a [`Proposal`].
//!
//! What can be known from a profile is checked here, so that the author hears of it at once. Whether the target can be
//! learned, and whether a column gives it away in a manner that no profile shows, is measured later.

mod columns;
mod metric;
mod problem;
mod split;
pub(crate) mod tables;
mod target;

use facts::Profile;
use schemars::JsonSchema;
use scoring::Direction;
use serde::{Deserialize, Serialize};
use task_format::{Objective, Prediction, SplitPolicy, TaskId};

use crate::Proposal;
use crate::rules::brainstorm::select::{id_column, seed_of};
use crate::rules::brainstorm::table::Table;

pub use metric::metrics_for;
pub use problem::Problem;

/// Most proposals of one dataset.
pub const MAX_PROPOSALS: usize = 3;

/// One task worth making of the dataset: what to predict, from what, how rows are divided and how predictions are scored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Formulation {
    /// Title of the task for people: the dataset and what is predicted, on one line of at most 120 characters.
    pub title: String,
    /// The table whose rows are the rows of the task, by the path of its file; null for the main one. Columns that are named below
    /// are columns of this table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The other tables from which features are made for these rows; empty when none is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// What is predicted: the exact name of a column of the table, or, where `derivation` is given, a new name that no column has.
    pub target: String,
    /// How the target is made from columns of the table; null when it is a column as it stands.
    #[serde(default)]
    pub derivation: Option<DerivedFrom>,
    /// `binary`: one of two classes. `multiclass`: one of three or more unordered classes. `ordinal`: one of three or more
    /// ordered grades. `detection`: one of two classes of which the positive one is rare. `regression`: a number.
    pub objective: Objective,
    /// The classes, exactly as they are spelled in the data, or as the derivation makes them; for `ordinal` from low to high.
    /// Rows of other classes are left out of the task. Empty for `regression`. May be empty for a column as it stands: then
    /// all classes with enough rows are taken.
    #[serde(default)]
    pub labels: Vec<String>,
    /// For `binary` and `detection` the class that is asked about, one of `labels`; else null.
    #[serde(default)]
    pub positive_label: Option<String>,
    /// Name of a metric of the catalogue, or `custom`.
    #[schemars(schema_with = "metric::names")]
    pub metric: String,
    /// The task's own metric when `metric` is `custom`, else null.
    #[serde(default)]
    pub custom_metric: Option<CustomMetric>,
    /// How rows are divided into train and test.
    pub split: Split,
    /// Columns of the table that competitors must not have: those that give the target away or are known only after it.
    /// Columns that number or name rows, are empty or hold one value are left out without being listed.
    #[serde(default)]
    pub left_out: Vec<ColumnNote>,
    /// Columns that look as if they gave the target away, or as if they only named rows, and are kept all the same, with
    /// the reason why they are known before the target and do not restate it. Usually empty.
    #[serde(default)]
    pub kept: Vec<ColumnNote>,
    /// Why someone would want this prediction, and what makes it possible but not easy: two or three sentences.
    pub rationale: String,
}

/// Another table of the dataset, from which features are made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Path of its file.
    pub table: String,
    /// What is made of it for one row of the task, in one or two sentences: by which key its rows are found, which of them count (only
    /// those known before the target), what is computed from them, and what a row has that finds none.
    pub features: String,
}

/// How a target is made from columns of the table, by a rule without chance or judgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DerivedFrom {
    /// The exact names of the columns that it is made from.
    pub from: Vec<String>,
    /// The rule, in one sentence that leaves nothing open: thresholds, units, what happens to missing cells.
    pub rule: String,
}

/// A metric that only the task itself knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomMetric {
    /// Its name for people.
    pub title: String,
    /// What it computes, in one sentence for competitors.
    pub formula: String,
    /// What a prediction cell holds: `label` (one of the classes), `probability` (of the positive class) or `number`.
    #[schemars(schema_with = "metric::predictions")]
    pub prediction: Prediction,
    /// Whether more (`maximize`) or less (`minimize`) is better.
    pub direction: Direction,
    /// Score of a perfect submission.
    pub optimum: f64,
    /// A bound that no submission's score is worse than; null when there is none.
    #[serde(default)]
    pub worst: Option<f64>,
}

/// How rows are divided into train and test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// `stratified`: at random, with the same shares of classes (or of the target's range) on both sides. `random`: at random.
    /// `group`: all rows of one value of `column` on the same side. `time`: test rows are later, by `column`, than all of train.
    #[schemars(schema_with = "split::policies")]
    pub policy: SplitPolicy,
    /// For `group` and `time` the exact name of the column; else null.
    #[serde(default)]
    pub column: Option<String>,
    /// Share of rows in test, 0.1 to 0.5: more of a small table, so that a score means something.
    #[schemars(range(min = 0.1, max = 0.5))]
    pub test_fraction: f64,
    /// Why the rows are divided in this way, in one sentence.
    pub reason: String,
}

/// A column, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnNote {
    /// Exact name of the column.
    pub column: String,
    /// Why, in a few words that go on after the column's name: `is known only afterwards`.
    pub reason: String,
}

impl Formulation {
    /// The proposal that this formulates for a profiled dataset: with features, id, seed and counts of its table filled in.
    ///
    /// # Errors
    ///
    /// Every problem that the profile shows, in the order of the fields; of a table that does not exist, only that.
    pub fn propose(&self, profile: &Profile) -> Result<Proposal, Vec<Problem>> {
        let main = profile.path();
        let profile = &*tables::seen(self, profile).map_err(|problem| vec![problem])?;
        let table = Table::new(profile);
        let mut problems = Vec::new();
        problem::text("title", &self.title, Some(120), &mut problems);
        let sources = tables::sources(self, profile, &mut problems);
        let target = target::plan(self, &table, &mut problems);
        let metric = metric::plan(self, &table, &mut problems);
        split::check(self, &table, &mut problems);
        let columns = columns::plan(self, &table, &mut problems);
        problem::text(
            "rationale",
            &self.rationale,
            Some(problem::PROSE),
            &mut problems,
        );
        let (Some(target), Some((metric, prediction))) = (target, metric) else {
            assert!(!problems.is_empty(), "what can't be planned is a problem");
            return Err(problems);
        };
        if !problems.is_empty() {
            return Err(problems);
        }
        let of = tables::named_after(profile, main, &target.target.column);
        let id = TaskId::new(&profile.dataset.slug, &of, self.objective);
        let seed = seed_of(id.as_str());
        // Columns of any table may come to stand beside the id.
        let others = profile.others.iter().flat_map(|other| &other.columns);
        let all_columns = profile.columns.iter().chain(others);
        Ok(Proposal {
            title: problem::line(&self.title),
            // Where there is nothing to choose from, nothing was chosen.
            table: (!profile.others.is_empty()).then(|| profile.path().to_owned()),
            sources,
            id_column: id_column(all_columns, &target.target.column),
            objective: self.objective,
            metric,
            prediction,
            split: crate::SplitPlan {
                policy: self.split.policy,
                column: self.split.column.clone(),
                test_fraction: self.split.test_fraction,
                seed,
                reason: problem::line(&self.split.reason),
            },
            features: columns.features,
            dropped: columns.dropped,
            dropped_rows: target.dropped_rows,
            target: target.target,
            rationale: problem::line(&self.rationale),
            score: 0.0,
            id,
        })
    }

    /// Whether rows are divided by groups of that column.
    fn groups_by(&self, column: &str) -> bool {
        self.split.policy == SplitPolicy::Group && self.split.column.as_deref() == Some(column)
    }
}

/// The proposals without duplicates, in their order, at most [`MAX_PROPOSALS`]: those with the same table, target and objective,
/// or the same id, are one task, and the first of them stands for all.
pub fn merge(proposals: Vec<Proposal>) -> Vec<Proposal> {
    let mut merged: Vec<Proposal> = Vec::new();
    for proposal in proposals {
        let same = |known: &Proposal| {
            known.id == proposal.id
                || (known.table == proposal.table
                    && known.target.column == proposal.target.column
                    && known.objective == proposal.objective)
        };
        if merged.len() < MAX_PROPOSALS && !merged.iter().any(same) {
            merged.push(proposal);
        }
    }
    merged
}
