//! A small task, made here, and episodes of it.

use std::fmt::Write as _;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use executor::Executor;
use executor::episode::{Action, Episode, Feedback, Options, Step, Task};
use task_format::Manifest;
use tempfile::TempDir;

/// Test rows; every other one is a feedback row.
pub(crate) const TEST_ROWS: usize = 40;

/// A task: predict y = 3x + 1 of a number x, by RMSE. The floor is a constant, the best baseline is off by 0.5.
pub(crate) struct Ground {
    folder: TempDir,
    executor: Executor,
}

/// The true value of a test row.
pub(crate) fn truth(row: usize) -> f64 {
    3.0 * x(row) + 1.0
}

fn x(row: usize) -> f64 {
    (row * 7 % 23) as f64 / 2.0
}

impl Ground {
    /// The task, with scripts that run warm.
    pub(crate) async fn new() -> Self {
        let settings = environment::Settings::from_env().unwrap();
        let realised = environment::realise("tabular", &settings, &environment::Silent)
            .await
            .unwrap_or_else(|error| panic!("the environment can't be realised: {error:?}"));
        let ground = Self {
            folder: tempfile::tempdir().unwrap(),
            executor: Executor::new(Arc::new(realised), 4).warm(),
        };
        ground.write();
        ground
    }

    fn write(&self) {
        let (mut train, mut test) = ("id,x,y\n".to_owned(), "id,x\n".to_owned());
        let mut answers = "id,y,usage\n".to_owned();
        let mut sample = "id,y\n".to_owned();
        for row in 0..TEST_ROWS {
            writeln!(train, "a{row},{},{}", x(row + 3), truth(row + 3)).unwrap();
            writeln!(test, "b{row},{}", x(row)).unwrap();
            let usage = ["feedback", "final"][row % 2];
            writeln!(answers, "b{row},{},{usage}", truth(row)).unwrap();
            writeln!(sample, "b{row},0").unwrap();
        }
        for (path, text) in [
            ("public/train.csv", train.as_str()),
            ("public/test.csv", &test),
            ("public/sample_submission.csv", &sample),
            ("private/test_answer.csv", &answers),
            ("description.md", "# A line\n\nPredict y.\n"),
            ("metric.py", METRIC),
        ] {
            let path = self.package().join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        }
    }

    pub(crate) fn package(&self) -> Utf8PathBuf {
        self.path("task")
    }

    pub(crate) fn path(&self, name: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.folder.path()).unwrap().join(name)
    }

    pub(crate) fn executor(&self) -> &Executor {
        &self.executor
    }

    /// The task, its metric one of the catalogue.
    pub(crate) fn task(&self) -> Arc<Task> {
        self.task_with(self.executor.clone(), &manifest("rmse", 600))
    }

    pub(crate) fn task_with(&self, executor: Executor, manifest: &str) -> Arc<Task> {
        let manifest = Manifest::parse(manifest).unwrap();
        Task::open(executor, &self.package(), manifest).unwrap()
    }

    pub(crate) fn episode(&self, options: Options) -> Episode {
        Episode::new(self.task(), options).unwrap()
    }
}

/// The metric as the task's own script.
const METRIC: &str = r#"
import pandas as pd
from taskkit import CompetitionMetrics, InvalidSubmissionError, align, check_columns, check_ids, check_numbers


class Line(CompetitionMetrics):
    higher_is_better = False

    def evaluate(self, y_true: pd.DataFrame, y_pred: pd.DataFrame) -> float:
        truth, predicted = align(y_true, y_pred, "id", "y")
        return float(((truth.astype(float) - predicted.astype(float)) ** 2).mean() ** 0.5)

    def validate_submission(self, submission, ground_truth):
        check_columns(submission, ["id", "y"])
        check_ids(submission, ground_truth, "id")
        check_numbers(submission, "y")
        if submission["y"].astype(float).max() > 900:
            raise InvalidSubmissionError("a prediction is beyond 900", "out_of_range")
"#;

/// The manifest, with a metric and the seconds that a script may take.
pub(crate) fn manifest(metric: &str, wall_seconds: u64) -> String {
    format!(
        r#"
schema_version = 1
id = "lines--y-regression"
title = "A line"
digest = "0000000000000000000000000000000000000000000000000000000000000001"
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
train_rows = {TEST_ROWS}
test_rows = {TEST_ROWS}
dropped_rows = 0
dropped_columns = {{}}

[[data.files]]
path = "public/train.csv"
meaning = "labelled rows"

[[data.files]]
path = "public/test.csv"
meaning = "rows to predict"

[submission]
columns = ["id", "y"]
prediction = "number"
labels = []

[split]
policy = "random"
test_fraction = 0.5
seed = 1
reason = "a test"

[metric]
name = "{metric}"
direction = "minimize"
optimum = 0.0
digits = 5

[dataset]
name = "lines"
source = "made"
licence = "CC0-1.0"
redistribution = "data"
files = []

[limits]
wall_seconds = {wall_seconds}
memory_bytes = 1073741824
disk_bytes = 67108864
output_bytes = 1048576

[environment]
name = "tabular"
nar_hash = ""

[ladder.constant]
score = 10.0
interval = [9.0, 11.0]

[ladder.linear]
score = 2.0
interval = [1.5, 2.5]

[ladder.boosted]
score = 0.5
interval = [0.4, 0.6]

[milestones]
bronze = 0.5
silver = 0.4
gold = 0.3
derivation = "made"

[provenance]
engine = "test"
smith_version = "0"
policy_version = 1
attempts = {{}}
"#
    )
}

pub(crate) fn execute(code: &str) -> Action {
    Action::ExecuteCode {
        code: code.to_owned(),
    }
}

/// A script that is off by a number on every row.
pub(crate) fn off_by(number: f64) -> Action {
    execute(&format!(
        "import pandas as pd\ntest = pd.read_csv('public/test.csv')\ntest['y'] = 3 * test['x'] + 1 + {number}\n\
         test[['id', 'y']].to_csv('submission.csv', index=False)\n"
    ))
}

/// The score of a step that must have one.
pub(crate) fn score(step: &Step) -> f64 {
    match step.observation.feedback {
        Feedback::Scored { score, .. } => score,
        ref other => panic!("it must be scored: {other:?}"),
    }
}
