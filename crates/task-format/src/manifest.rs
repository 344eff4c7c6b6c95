//! `task.toml`: everything a tool must know of a task without reading its code.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use schemars::JsonSchema;
use scoring::{Direction, Parameters};
use serde::{Deserialize, Serialize};

use crate::{FormatError, SCHEMA_VERSION, SubmissionTable, TaskId};

/// The manifest of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Major version of the format.
    pub schema_version: u32,
    /// `<dataset-slug>--<target>-<objective>`.
    pub id: TaskId,
    /// Title for people.
    pub title: String,
    /// SHA-256 that identifies the task: see [`crate::identify`]. Empty until published.
    pub digest: String,
    /// UUIDv5 of the digest, to be searched for in training corpora. Empty until published.
    pub canary: String,
    /// What kind of problem it is.
    pub task: TaskTable,
    /// Columns, rows, files.
    pub data: DataTable,
    /// What a submission holds.
    pub submission: SubmissionTable,
    /// How rows were divided.
    pub split: SplitTable,
    /// How submissions are scored.
    pub metric: MetricTable,
    /// The raw data.
    pub dataset: DatasetTable,
    /// Limits of one solver run.
    pub limits: LimitsTable,
    /// The pinned Python environment.
    pub environment: EnvironmentTable,
    /// Scores of the reference solvers, in order of the ladder.
    pub ladder: IndexMap<String, LadderRung>,
    /// Score thresholds.
    pub milestones: Milestones,
    /// How the task was made.
    pub provenance: ProvenanceTable,
}

/// What kind of problem a task is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskTable {
    /// Kind of data.
    pub modality: Modality,
    /// Kind of prediction.
    pub objective: Objective,
    /// Field of application in a word or two, e.g. `medicine`; `general` when unknown.
    pub domain: String,
    /// Free tags, sorted.
    pub tags: Vec<String>,
}

/// Kind of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// One table of rows and columns.
    Tabular,
}

/// Kind of prediction.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// One of two classes.
    Binary,
    /// One of several unordered classes.
    Multiclass,
    /// A number.
    Regression,
    /// One of several ordered grades.
    Ordinal,
    /// Rare positives among many negatives.
    Detection,
}

impl Objective {
    /// The objective as it stands in ids and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Multiclass => "multiclass",
            Self::Regression => "regression",
            Self::Ordinal => "ordinal",
            Self::Detection => "detection",
        }
    }
}

/// Columns, rows and files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataTable {
    /// Column that names a test row.
    pub id_column: String,
    /// Columns to predict.
    pub target_columns: Vec<String>,
    /// Columns of `test.csv` a solver may learn from, in file order.
    pub feature_columns: Vec<String>,
    /// Labelled rows.
    pub train_rows: u64,
    /// Rows to predict.
    pub test_rows: u64,
    /// Raw rows that the task leaves out on purpose, e.g. rows without a label.
    pub dropped_rows: u64,
    /// Raw columns that the task leaves out, with the reason.
    pub dropped_columns: BTreeMap<String, String>,
    /// Files that a solver sees.
    pub files: Vec<DataFile>,
}

/// One public file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataFile {
    /// Path inside the package.
    pub path: String,
    /// What it holds, in a few words.
    pub meaning: String,
}

/// How rows were divided into train and test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitTable {
    /// The rule.
    pub policy: SplitPolicy,
    /// Share of rows (or of groups) in test, 0–1.
    pub test_fraction: f64,
    /// Seed of the shuffle.
    pub seed: u64,
    /// Column of groups or of time, where the policy uses one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Why this policy.
    pub reason: String,
}

/// The rule of a split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SplitPolicy {
    /// The same class shares (or target quantiles) on both sides.
    Stratified,
    /// Uniform.
    Random,
    /// No group on both sides.
    Group,
    /// Test lies after train.
    Time,
    /// As published with the raw data.
    Official,
}

/// How submissions are scored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricTable {
    /// Name in the catalogue of `scoring`, or `custom`.
    pub name: String,
    /// Whether more is better.
    pub direction: Direction,
    /// Score of a perfect submission.
    pub optimum: f64,
    /// Worst possible score, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst: Option<f64>,
    /// Decimal digits that are printed.
    pub digits: u32,
    /// What the metric is told beside the rows, e.g. the k of `ndcg`; what is absent has the metric's default.
    #[serde(default, skip_serializing_if = "Parameters::is_empty")]
    pub parameters: Parameters,
}

/// The raw data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatasetTable {
    /// Short name.
    pub name: String,
    /// Where it came from, as stated; `sklearn:NAME` can be fetched again by `rerun`.
    pub source: String,
    /// Licence as stated, or `unstated`.
    pub licence: String,
    /// Whether the data may travel with the task.
    pub redistribution: Redistribution,
    /// A raw file of the table whose rows are the task's, where the dataset has several tables. Rows are counted against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The raw files that `prepare.py` reads.
    pub files: Vec<SourceFile>,
}

/// Whether the data may travel with the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Redistribution {
    /// The licence is known and allows it.
    Data,
    /// Only the recipe and the digests may be passed on: whoever has the raw data makes the rest.
    Recipe,
}

/// One raw file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// Path inside the dataset's folder.
    pub path: String,
    /// SHA-256 of the contents, lower-case hex.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
}

impl MetricTable {
    /// A score with the digits that are printed, at most [`MetricTable::MOST_DIGITS`].
    pub fn shown(&self, score: f64) -> String {
        let digits = self.digits.min(Self::MOST_DIGITS) as usize;
        format!("{score:.digits$}")
    }

    /// More digits than a 64-bit float has say nothing; a manifest may ask for more than can be printed at all.
    pub const MOST_DIGITS: u32 = 17;
}

/// Limits of one solver run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitsTable {
    /// Wall clock.
    pub wall_seconds: u64,
    /// Memory of all processes together.
    pub memory_bytes: u64,
    /// Files written, together.
    pub disk_bytes: u64,
    /// Standard output and error that are kept.
    pub output_bytes: u64,
}

/// The pinned Python environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentTable {
    /// Its name, e.g. `tabular`.
    pub name: String,
    /// SHA-256 over the NAR of its store path, lower-case hex.
    pub nar_hash: String,
}

/// Score of one reference solver.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LadderRung {
    /// Its score on the answers.
    pub score: f64,
    /// 95 % bootstrap interval over test rows, low and high.
    pub interval: [f64; 2],
}

/// Score thresholds, each better than the one before. Where the best baseline is perfect, nothing is better: then all three
/// are the optimum, and `derivation` says so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Milestones {
    /// Best simple baseline.
    pub bronze: f64,
    /// A third of the way from bronze to an estimated ceiling.
    pub silver: f64,
    /// Two thirds of the way.
    pub gold: f64,
    /// How the ceiling was estimated.
    pub derivation: String,
}

/// How the task was made. No clock time: publishing twice gives the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProvenanceTable {
    /// Which engine wrote it: `rules` or `llm`.
    pub engine: String,
    /// Version of this program.
    pub smith_version: String,
    /// Version of the verification policy.
    pub policy_version: u32,
    /// Attempts per stage.
    pub attempts: BTreeMap<String, u32>,
    /// US dollars spent on models; absent when none was asked, or a price was unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// Digest of all prompt templates that the models were asked with; absent when none was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompts: Option<String>,
    /// Name of the model in each role; empty when none was asked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub models: BTreeMap<String, String>,
}

impl Manifest {
    /// Parses `task.toml`.
    ///
    /// # Errors
    ///
    /// When it is no TOML, lacks or mistypes a field, or has a newer major version.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        #[derive(Deserialize)]
        struct Version {
            schema_version: u32,
        }
        let version: Version =
            toml::from_str(text).map_err(|source| FormatError::NotAManifest { source })?;
        if version.schema_version > SCHEMA_VERSION {
            return Err(FormatError::Newer {
                found: version.schema_version,
                known: SCHEMA_VERSION,
            });
        }
        toml::from_str(text).map_err(|source| FormatError::NotAManifest { source })
    }

    /// Renders `task.toml`; the same manifest gives the same bytes.
    pub fn render(&self) -> String {
        toml::to_string_pretty(self)
            .expect("a manifest has string keys and no value that TOML lacks")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_manifest_reads_back_as_it_was_written() {
        let manifest = sample::manifest();
        assert_eq!(Manifest::parse(&manifest.render()).unwrap(), manifest);
        insta::assert_snapshot!(manifest.render());
    }

    #[test]
    fn a_newer_major_version_is_named_before_its_fields_are_looked_at() {
        let error = Manifest::parse("schema_version = 9\nfuture = true\n").unwrap_err();
        insta::assert_snapshot!(error, @"the task has format version 9, this program knows up to 1");
    }

    #[test]
    fn a_misspelt_field_is_an_error() {
        let text = sample::manifest()
            .render()
            .replace("train_rows", "train_row");
        let FormatError::NotAManifest { source } = Manifest::parse(&text).unwrap_err() else {
            panic!("wrong error")
        };
        assert!(source.to_string().contains("train_row"), "{source}");
    }

    #[test]
    fn the_schema_accepts_what_is_rendered() {
        let schema = jsonschema::validator_for(&crate::manifest_schema()).unwrap();
        let value: serde_json::Value = toml::from_str(&sample::manifest().render()).unwrap();
        assert!(
            schema.is_valid(&value),
            "{:?}",
            schema
                .iter_errors(&value)
                .map(|e| e.to_string())
                .collect::<Vec<_>>()
        );
    }
}
