//! Every script of good tasks, cold and warm: `prepare.py`, the baselines, the metric.
//!
//! The tasks are those of the end-to-end tests, one of each objective, and one made from them whose metric is in no
//! catalogue and whose submissions have a column for each class.

use camino::{Utf8Path, Utf8PathBuf};
use executor::RUNGS;
use sandbox::roles::{self, CODE, PRIVATE, RAW, WORK};
use sandbox::{Mount, Policy};
use task_format::{METRIC, PREPARE};

use crate::ground::{Ground, Way};
use crate::support::{fixtures, published};

const OTHER_FORM: &str = "parcels--service-probabilities";

#[tokio::test(flavor = "multi_thread")]
async fn every_script_of_a_task_gives_the_same_bytes_warm_and_cold() {
    let ground = Ground::new().await;
    let mut tasks: Vec<String> = published().tasks().into_keys().map(str::to_owned).collect();
    for (path, content) in &published().tree {
        write(&ground.path("tasks").join(path), content);
    }
    class_probabilities(&ground);
    tasks.push(OTHER_FORM.to_owned());
    for objective in ["binary", "multiclass", "regression"] {
        assert!(
            tasks.iter().any(|task| task.ends_with(objective)),
            "{tasks:?}"
        );
    }

    let mut complaints = Vec::new();
    let mut scripts = 0;
    for task in &tasks {
        let task = Task::new(&ground, task);
        for script in task.scripts() {
            complaints.extend(script.compare(&ground).await);
            scripts += 1;
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
    assert_eq!(scripts, tasks.len() * (RUNGS.len() + 2));
    assert!(ground.server.is_alive());
}

/// One run: what it sees, and Python's arguments.
struct Script {
    name: String,
    policy: Policy,
    arguments: Vec<String>,
    /// Files that it must leave, so that two runs that fail alike don't pass.
    leaves: Vec<&'static str>,
}

impl Script {
    async fn compare(&self, ground: &Ground) -> Vec<String> {
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        let (cold, mut complaints) = ground.compare(&self.name, &self.policy, &arguments).await;
        // What another fork of the same server gives, too.
        let again = ground.run(Way::Warm, &self.policy, &arguments).await;
        complaints.extend(crate::ground::differences(
            &format!("{}, a second time", self.name),
            &cold,
            &again,
        ));
        let files = cold.files.clone().unwrap_or_default();
        if !cold.outcome.is_success() || self.leaves.iter().any(|name| !files.contains_key(*name)) {
            complaints.push(format!(
                "{}: {}, and left {:?}\n{}",
                self.name,
                cold.outcome,
                files.keys(),
                cold.stderr.text()
            ));
        }
        complaints
    }
}

struct Task<'a> {
    ground: &'a Ground,
    id: String,
    root: Utf8PathBuf,
}

impl<'a> Task<'a> {
    fn new(ground: &'a Ground, id: &str) -> Self {
        Self {
            ground,
            id: id.to_owned(),
            root: ground.path("tasks").join(id),
        }
    }

    fn scripts(&self) -> Vec<Script> {
        let baselines = RUNGS.map(|rung| self.baseline(rung));
        [self.prepare(), self.grade()]
            .into_iter()
            .chain(baselines)
            .collect()
    }

    /// A folder with this file of the task alone.
    fn code(&self, name: &str) -> Utf8PathBuf {
        let folder = self.ground.path("code").join(&self.id).join(name);
        let content = fs_err::read(self.root.join(name)).unwrap();
        write(&folder.join(name), &content);
        folder
    }

    fn prepare(&self) -> Script {
        let dataset = self.id.split("--").next().unwrap();
        let raw = fixtures().join(dataset);
        let limits = roles::standard_limits();
        Script {
            name: format!("{} {PREPARE}", self.id),
            policy: roles::prepare(&self.ground.closure(), &raw, &self.code(PREPARE), limits),
            arguments: [
                "-m",
                "taskkit.prepare",
                &format!("{CODE}/{PREPARE}"),
                RAW,
                &format!("{WORK}/public"),
                &format!("{WORK}/private"),
            ]
            .map(str::to_owned)
            .into(),
            leaves: vec!["public/train.csv", "private/test_answer.csv"],
        }
    }

    fn baseline(&self, rung: &str) -> Script {
        let limits = roles::standard_limits();
        let (public, code) = (self.root.join("public"), self.root.join("baselines"));
        let mut policy = roles::solver(&self.ground.closure(), &public, &code, limits);
        // The product shows it by a link, but links are not taken out with the rest.
        policy.mounts.push(Mount::ReadOnly {
            host: public,
            inside: Utf8Path::new(WORK).join("public"),
        });
        Script {
            name: format!("{} {rung}.py", self.id),
            policy,
            arguments: vec![format!("{CODE}/{rung}.py")],
            leaves: vec!["submission.csv"],
        }
    }

    /// The metric on two valid submissions and one that is refused.
    fn grade(&self) -> Script {
        let submissions = self.ground.path("submissions").join(&self.id);
        let sample =
            fs_err::read_to_string(self.root.join("public/sample_submission.csv")).unwrap();
        let mut turned: Vec<&str> = sample.lines().collect();
        turned[1..].reverse();
        write(&submissions.join("0.csv"), sample.as_bytes());
        write(
            &submissions.join("1.csv"),
            (turned.join("\n") + "\n").as_bytes(),
        );
        write(&submissions.join("2.csv"), b"id\n");
        let question = self
            .ground
            .path("question")
            .join(&self.id)
            .join("draws.json");
        write(&question, br#"{"resamples": 20, "id_column": "id"}"#);
        let private = self.root.join("private");
        let mut policy = roles::grade(
            &self.ground.closure(),
            &submissions,
            &private,
            &self.code(METRIC),
            roles::standard_limits(),
        );
        policy.mounts.push(Mount::ReadOnly {
            host: question,
            inside: "/question/draws.json".into(),
        });
        Script {
            name: format!("{} {METRIC}", self.id),
            policy,
            arguments: [
                "-P",
                "-m",
                "taskkit.grade",
                "--metric",
                &format!("{CODE}/{METRIC}"),
                "--answers",
                &format!("{PRIVATE}/test_answer.csv"),
                "--submissions",
                &format!("{}/{}", roles::SUBMISSION, self.id),
                "--out",
                &format!("{WORK}/scores.json"),
                "--draws",
                "/question/draws.json",
            ]
            .map(str::to_owned)
            .into(),
            leaves: vec!["scores.json"],
        }
    }
}

fn write(path: &Utf8Path, content: &[u8]) {
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(path, content).unwrap();
}

/// A copy of a task with labels that asks for the probability of each class, and is scored by their log loss in Python.
fn class_probabilities(ground: &Ground) {
    let tasks = ground.path("tasks");
    for (path, content) in &published().tasks()["parcels--service-multiclass"] {
        write(&tasks.join(OTHER_FORM).join(path), content);
    }
    let root = tasks.join(OTHER_FORM);
    let replace = |file: &str, from: &str, to: &str| {
        let text = fs_err::read_to_string(root.join(file)).unwrap();
        assert!(text.contains(from), "`{from}` is not in `{file}`:\n{text}");
        write(&root.join(file), text.replace(from, to).as_bytes());
    };
    replace(
        "baselines/constant.py",
        "submission[TARGET] = train[TARGET].mode()[0]",
        "for label, share in train[TARGET].value_counts(normalize=True).sort_index().items():\n    submission[label] = share",
    );
    for rung in ["linear", "forest", "boosted"] {
        replace(
            &format!("baselines/{rung}.py"),
            "submission[TARGET] = model.predict(X_test)",
            "submission[list(model.classes_)] = model.predict_proba(X_test)",
        );
    }
    let sample = fs_err::read_to_string(root.join("public/sample_submission.csv")).unwrap();
    let rows = sample.lines().skip(1).zip(
        ["0.2,0.3,0.5", "0.7,0.2,0.1", "0.1,0.8,0.1"]
            .into_iter()
            .cycle(),
    );
    let rows: String = rows
        .map(|(row, shares)| format!("{},{shares}\n", row.split(',').next().unwrap()))
        .collect();
    let sample = format!("id,economy,express,standard\n{rows}");
    write(
        &root.join("public/sample_submission.csv"),
        sample.as_bytes(),
    );
    write(&root.join(METRIC), LOG_LOSS.as_bytes());
}

const LOG_LOSS: &str = r#""""Score submissions by the multi-class log loss."""

import numpy as np
import pandas as pd
from taskkit import CompetitionMetrics, check_columns, check_ids, check_numbers

LABELS = ["economy", "express", "standard"]


class ServiceMetric(CompetitionMetrics):
    """The mean of -ln(p), p the probability of the true class. Lower is better."""

    higher_is_better = False

    def validate_submission(self, submission: pd.DataFrame, answers: pd.DataFrame) -> None:
        """Accept one valid row for each row of the test file; raise otherwise."""
        check_columns(submission, ["id", *LABELS])
        check_ids(submission, answers, "id")
        for label in LABELS:
            check_numbers(submission, label, low=0, high=1)

    def evaluate(self, y_true: pd.DataFrame, y_pred: pd.DataFrame) -> float:
        """Score a valid submission against the answers."""
        truth = y_true.set_index("id")["Service"]
        shares = y_pred.set_index("id").loc[truth.index, LABELS].to_numpy(dtype="float64")
        of_truth = shares[np.arange(len(truth)), [LABELS.index(label) for label in truth]]
        return float(-np.log(np.maximum(of_truth, 1e-15)).mean())
"#;
