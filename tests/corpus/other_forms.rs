//! Good packages of forms that the rules never write: made from a good package by another metric and other predictions, and
//! accepted like it.

use scoring::{Direction, Metric};
use task_format::{DESCRIPTION, LadderRung, METRIC, Prediction, SAMPLE_SUBMISSION};

use crate::broken::Base;
use crate::good::Draw;
use crate::package::Package;

/// A good package of another form.
pub(crate) struct OtherForm {
    pub(crate) name: &'static str,
    pub(crate) base: Base,
    pub(crate) change: fn(&mut Package),
}

/// Every one of them.
pub(crate) const OTHER_FORMS: &[OtherForm] = &[OtherForm {
    name: "a probability for each class, in a column of its name",
    base: Base::Labels,
    change: class_probabilities,
}];

impl OtherForm {
    /// Name of its folder.
    pub(crate) fn folder(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        self.name.chars().map(plain).collect()
    }
}

/// The multi-class log loss in place of accuracy.
fn class_probabilities(package: &mut Package) {
    let (id, target) = (package.id(), package.target());
    let labels = package.manifest.submission.labels.clone();
    let metric = Metric::MulticlassLogLoss;
    let table = &mut package.manifest.metric;
    table.name = metric.name().to_owned();
    table.direction = Direction::Minimize;
    (table.optimum, table.worst) = (metric.optimum(), metric.worst());
    let submission = &mut package.manifest.submission;
    submission.prediction = Prediction::ClassProbabilities;
    submission.columns = std::iter::once(id.clone()).chain(labels.clone()).collect();
    let scores = [
        ("constant", 1.58),
        ("linear", 0.45),
        ("forest", 0.62),
        ("boosted", 0.65),
    ];
    package.manifest.ladder = scores
        .map(|(name, score)| {
            let interval = [score - 0.1, score + 0.1];
            (name.to_owned(), LadderRung { score, interval })
        })
        .into();
    let milestones = &mut package.manifest.milestones;
    (milestones.bronze, milestones.silver, milestones.gold) = (0.45, 0.38, 0.31);

    let mut draw = Draw::new(31);
    let mut sample = package.table(SAMPLE_SUBMISSION);
    sample.header = package.manifest.submission.columns.clone();
    for row in &mut sample.rows {
        row.truncate(1);
        let weights: Vec<f64> = labels.iter().map(|_| draw.between(0.5, 1.5)).collect();
        let sum: f64 = weights.iter().sum();
        row.extend(weights.iter().map(|weight| format!("{:.4}", weight / sum)));
    }
    package.put(SAMPLE_SUBMISSION, &sample);

    let text = package.read(DESCRIPTION);
    let start = text.find("```csv\n").expect("it shows a submission");
    let end = start + text[start + 7..].find("```").expect("the block ends") + 7;
    let shown: Vec<String> = std::iter::once(&sample.header)
        .chain(&sample.rows[..3])
        .map(|row| row.join(","))
        .collect();
    package.write(
        DESCRIPTION,
        format!(
            "{}```csv\n{}\n{}",
            &text[..start],
            shown.join("\n"),
            &text[end..]
        ),
    );
    package.replace(
        DESCRIPTION,
        "Each prediction is one of the labels, spelled as in `train.csv`.",
        "Each prediction is the probability of the class that its column is named after, from 0 to 1; rows are divided by their sum.",
    );
    package.replace(
        DESCRIPTION,
        "Submissions are scored by **accuracy**: the share of rows whose predicted label equals the true one. Higher is better; a perfect submission scores 1.",
        "Submissions are scored by the **multi-class log loss**: the mean of −ln(p), where p is the predicted probability of the true class divided by the sum of the row, at least 2.2e-16. Lower is better; a perfect submission scores 0.",
    );
    package.write(METRIC, metric_script(&id, &target, &labels));
    package.replace(
        "baselines/constant.py",
        "submission[TARGET] = train[TARGET].mode()[0]",
        "for label, share in train[TARGET].value_counts(normalize=True).sort_index().items():\n    submission[label] = share",
    );
    for baseline in ["linear", "forest", "boosted"] {
        package.replace(
            &format!("baselines/{baseline}.py"),
            "submission[TARGET] = model.predict(X_test)",
            "submission[list(model.classes_)] = model.predict_proba(X_test)",
        );
    }
}

fn metric_script(id: &str, target: &str, labels: &[String]) -> String {
    format!(
        r#""""Score submissions by the multi-class log loss."""

import numpy as np
import pandas as pd
from taskkit import CompetitionMetrics, check_columns, check_ids, check_numbers

ID = "{id}"
TARGET = "{target}"
LABELS = {labels:?}


class SpeciesMetric(CompetitionMetrics):
    """The mean of -ln(p), p the probability of the true class divided by the row's sum. Lower is better."""

    higher_is_better = False

    def validate_submission(self, submission: pd.DataFrame, answers: pd.DataFrame) -> None:
        """Accept one valid row for each row of the test file; raise otherwise."""
        check_columns(submission, [ID, *LABELS])
        check_ids(submission, answers, ID)
        for label in LABELS:
            check_numbers(submission, label, low=0, high=1)

    def evaluate(self, y_true: pd.DataFrame, y_pred: pd.DataFrame) -> float:
        """Score a valid submission against the answers."""
        truth = y_true.set_index(ID)[TARGET]
        shares = y_pred.set_index(ID).loc[truth.index, LABELS].astype("float64")
        sums = shares.sum(axis=1).to_numpy()
        at = [LABELS.index(label) for label in truth]
        of_truth = shares.to_numpy()[np.arange(len(at)), at]
        p = np.divide(of_truth, sums, out=np.zeros_like(sums), where=sums > 0)
        return float(np.abs(np.log(np.maximum(p, np.finfo("float64").eps))).mean())
"#
    )
}
