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
