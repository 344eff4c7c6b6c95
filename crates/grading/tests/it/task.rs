//! A task of a few rows in a folder of its own.

use camino::{Utf8Path, Utf8PathBuf};
use grading::{Grade, grade};
use task_format::{Manifest, Prediction};
use tempfile::TempDir;

pub(crate) struct Task {
    folder: TempDir,
    pub(crate) manifest: Manifest,
}

impl Task {
    /// A task scored by `metric`, with these labels and answers (`id,label,usage`).
    pub(crate) fn new(
        metric: &str,
        prediction: Prediction,
        labels: &[&str],
        answers: &str,
    ) -> Self {
        let mut manifest = Manifest::parse(MANIFEST).unwrap();
        manifest.metric.name = metric.to_owned();
        manifest.submission.prediction = prediction;
        manifest.submission.labels = labels.iter().map(|&label| label.to_owned()).collect();
        manifest.submission.positive_label = labels.last().map(|&label| label.to_owned());
        let task = Self {
            folder: TempDir::new().unwrap(),
            manifest,
        };
        task.write("answers.csv", answers.as_bytes());
        task
    }

    /// A task with these columns in a submission and these targets.
    pub(crate) fn of_columns(
        metric: &str,
        prediction: Prediction,
        columns: &[&str],
        targets: &[&str],
        labels: &[&str],
        answers: &str,
    ) -> Self {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let mut task = Self::new(metric, prediction, labels, answers);
        task.manifest.submission.columns = texts(columns);
        task.manifest.submission.positive_label = None;
        task.manifest.data.target_columns = texts(targets);
        task
    }

    /// Three rows, labels low, mid, high, asked for a probability of each.
    pub(crate) fn class_probabilities() -> Self {
        Self::of_columns(
            "multiclass_log_loss",
            Prediction::ClassProbabilities,
            &["id", "low", "mid", "high"],
            &["y"],
            &["low", "mid", "high"],
            "id,y\na,low\nb,mid\nc,high\n",
        )
    }

    /// Three rows with two yes-or-no questions each.
    pub(crate) fn multi_probabilities() -> Self {
        Self::of_columns(
            "column_mean_log_loss",
            Prediction::Probability,
            &["id", "wet", "cold"],
            &["wet", "cold"],
            &[],
            "id,wet,cold\na,1,0\nb,0,0\nc,1,1\n",
        )
    }

    /// Three rows with two numbers each.
    pub(crate) fn multi_numbers() -> Self {
        Self::of_columns(
            "column_mean_mae",
            Prediction::Number,
            &["id", "x", "z"],
            &["x", "z"],
            &[],
            "id,x,z\na,1,10\nb,2,20\nc,3,30\n",
        )
    }

    /// Three rows with sets of the labels `p`, `q` and `r`.
    pub(crate) fn label_sets() -> Self {
        Self::of_columns(
            "samples_jaccard",
            Prediction::LabelSet,
            &["id", "y"],
            &["y"],
            &["p", "q", "r"],
            "id,y\na,p q\nb,\nc,r\n",
        )
    }

    /// Two rows with relevant items; any word may be an item.
    pub(crate) fn ranking() -> Self {
        Self::of_columns(
            "mean_reciprocal_rank",
            Prediction::Ranking,
            &["id", "y"],
            &["y"],
            &[],
            "id,y\na,i1 i2\nb,i3\n",
        )
    }

    /// Three rows of text, one of them empty.
    pub(crate) fn texts() -> Self {
        Self::of_columns(
            "levenshtein",
            Prediction::Text,
            &["id", "y"],
            &["y"],
            &[],
            "id,y\na,\"kitten, or\ncat\"\nb,\nc,nan\n",
        )
    }

    /// Four rows with times, of which one is censored.
    pub(crate) fn survival() -> Self {
        Self::of_columns(
            "concordance_index",
            Prediction::Number,
            &["id", "risk"],
            &["time", "event"],
            &[],
            "id,time,event\na,1.5,1\nb,2,0\nc,2,1\nd,7,1\n",
        )
    }

    /// Four rows, ids `a` to `d`, numbers 1 to 4.
    pub(crate) fn numbers() -> Self {
        let answers = "id,y,usage\na,1,feedback\nb,2,final\nc,3,final\nd,4,feedback\n";
        Self::new("mae", Prediction::Number, &[], answers)
    }

    /// Four rows, ids `a` to `d`, labels no, yes, yes, no.
    pub(crate) fn labels() -> Self {
        let answers = "id,y,usage\na,no,feedback\nb,yes,final\nc,yes,final\nd,no,feedback\n";
        Self::new("accuracy", Prediction::Label, &["no", "yes"], answers)
    }

    pub(crate) fn path(&self, name: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.folder.path()).unwrap().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        fs_err::write(self.path(name), bytes).unwrap();
    }

    /// Grades bytes as a submission.
    pub(crate) fn grade(&self, submission: impl AsRef<[u8]>) -> Grade {
        self.write("submission.csv", submission.as_ref());
        self.grade_file("submission.csv")
    }

    pub(crate) fn grade_file(&self, name: &str) -> Grade {
        grade(&self.path(name), &self.path("answers.csv"), &self.manifest).unwrap()
    }
}

const MANIFEST: &str = r#"
schema_version = 1
id = "tiny--y-regression"
title = "Tiny"
digest = ""
canary = ""

[task]
modality = "tabular"
objective = "regression"
domain = "general"
tags = []

[data]
id_column = "id"
target_columns = ["y"]
feature_columns = ["x"]
train_rows = 10
test_rows = 4
dropped_rows = 0
files = []

[data.dropped_columns]

[submission]
columns = ["id", "y"]
prediction = "number"
labels = []

[split]
policy = "random"
test_fraction = 0.2
seed = 1
reason = "rows are independent"

[metric]
name = "mae"
direction = "minimize"
optimum = 0.0
digits = 4

[dataset]
name = "tiny"
source = "made up"
licence = "CC0-1.0"
redistribution = "data"
files = []

[limits]
wall_seconds = 60
memory_bytes = 1000000000
disk_bytes = 1000000000
output_bytes = 100000

[environment]
name = "tabular"
nar_hash = "sha256-"

[ladder]

[milestones]
bronze = 1.0
silver = 0.8
gold = 0.6
derivation = "by hand"

[provenance]
engine = "rules"
smith_version = "0.1.0"
policy_version = 1

[provenance.attempts]
"#;
