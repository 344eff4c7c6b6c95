//! A02: the manifest follows its schema and agrees with itself.

use std::collections::BTreeSet;
use std::error::Error;

use scoring::{Input, Metric};
use task_format::{MANIFEST, Manifest, Prediction, SCHEMA_VERSION, SplitPolicy};

use crate::context::{Context, Judgement};
use crate::format::{counted, joined};

/// A02: `task.toml` parses, and its parts don't contradict each other or the catalogue of metrics.
pub(crate) fn manifest(cx: Context<'_>) -> Judgement {
    let manifest = match cx.subject.manifest {
        Some(Ok(manifest)) => manifest,
        Some(Err(error)) => {
            // The cause names line, column and what was expected there; its own layout has several lines.
            let cause = error.source().map(|cause| {
                cause
                    .to_string()
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
            });
            let message = [Some(error.to_string()), cause]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(": ");
            return Ok(cx.rule.fail("unreadable", message).seen_in(MANIFEST));
        }
        None => return Err(cx.skip("there is no manifest yet")),
    };
    let mut problems = Vec::new();
    columns(manifest, &mut problems);
    submission(manifest, &mut problems);
    metric(manifest, cx.threshold("digits"), &mut problems);
    numbers(manifest, &mut problems);
    Ok(match problems.is_empty() {
        true => cx
            .rule
            .pass(format!("schema version {}", manifest.schema_version)),
        false => cx
            .rule
            .fail(counted(problems.len(), "problem"), joined(&problems))
            .seen_in(MANIFEST),
    })
}

fn columns(manifest: &Manifest, problems: &mut Vec<String>) {
    let data = &manifest.data;
    let mut seen = BTreeSet::new();
    for column in std::iter::once(&data.id_column)
        .chain(&data.target_columns)
        .chain(&data.feature_columns)
    {
        if column.is_empty() {
            problems.push("`data` has a column without a name".to_owned());
        } else if !seen.insert(column) {
            problems.push(format!(
                "column `{column}` has two roles or stands twice in `data`"
            ));
        }
    }
    if data.target_columns.is_empty() {
        problems.push("`data.target_columns` is empty".to_owned());
    }
    if data.feature_columns.is_empty() {
        problems.push("`data.feature_columns` is empty".to_owned());
    }
    if let Some(column) = data
        .dropped_columns
        .keys()
        .find(|column| data.feature_columns.contains(column))
    {
        problems.push(format!("column `{column}` is both dropped and a feature"));
    }
}

fn submission(manifest: &Manifest, problems: &mut Vec<String>) {
    let submission = &manifest.submission;
    if submission.columns.first() != Some(&manifest.data.id_column) || submission.columns.len() < 2
    {
        problems.push(
            "`submission.columns` must be the id column and at least one prediction".to_owned(),
        );
    }
    let labels: BTreeSet<&String> = submission.labels.iter().collect();
    if labels.len() != submission.labels.len() {
        problems.push("`submission.labels` has a label twice".to_owned());
    }
    match submission.prediction {
        Prediction::Number if !labels.is_empty() => {
            problems.push("numbers have no `submission.labels`".to_owned())
        }
        Prediction::Label | Prediction::Probability if labels.len() < 2 => {
            problems.push("`submission.labels` needs at least two labels".to_owned());
        }
        Prediction::Label | Prediction::Probability | Prediction::Number => {}
    }
    match &submission.positive_label {
        Some(label) if !labels.contains(label) => problems.push(format!(
            "`positive_label` `{label}` is not one of the labels"
        )),
        None if submission.prediction == Prediction::Probability => {
            problems.push("a probability needs `positive_label`: of what?".to_owned());
        }
        Some(_) | None => {}
    }
}

fn metric(manifest: &Manifest, most_digits: f64, problems: &mut Vec<String>) {
    let table = &manifest.metric;
    if f64::from(table.digits) > most_digits {
        problems.push(format!(
            "`metric.digits` is {}, more than {most_digits}",
            table.digits
        ));
    }
    if let Some(worst) = table
        .worst
        .filter(|worst| !table.direction.better(table.optimum, *worst))
    {
        problems.push(format!(
            "the worst score {worst} is not worse than the optimum {}",
            table.optimum
        ));
    }
    if table.name == "custom" {
        return;
    }
    let Some(metric) = Metric::from_name(&table.name) else {
        problems.push(format!(
            "metric `{}` is neither in the catalogue nor `custom`",
            table.name
        ));
        return;
    };
    if table.direction != metric.direction() {
        problems.push(format!("`{metric}` has the other direction"));
    }
    if table.optimum != metric.optimum() {
        problems.push(format!(
            "the optimum of `{metric}` is {}, not {}",
            metric.optimum(),
            table.optimum
        ));
    }
    let fits = matches!(
        (metric.input(), manifest.submission.prediction),
        (Input::Labels | Input::OrderedLabels, Prediction::Label)
            | (Input::Probability, Prediction::Probability)
            | (Input::Numbers, Prediction::Number)
    );
    if !fits {
        problems.push(format!("`{metric}` does not score that kind of prediction"));
    }
}

fn numbers(manifest: &Manifest, problems: &mut Vec<String>) {
    if manifest.schema_version != SCHEMA_VERSION {
        problems.push(format!(
            "`schema_version` is {}, not {SCHEMA_VERSION}",
            manifest.schema_version
        ));
    }
    let split = &manifest.split;
    if !(split.test_fraction > 0.0 && split.test_fraction < 1.0) {
        problems.push(format!(
            "`split.test_fraction` is {}, not between 0 and 1",
            split.test_fraction
        ));
    }
    if matches!(split.policy, SplitPolicy::Group | SplitPolicy::Time) && split.column.is_none() {
        problems.push("`split.column` is missing: a split by group or time has one".to_owned());
    }
    if split.reason.trim().is_empty() {
        problems.push("`split.reason` is empty".to_owned());
    }
    if manifest.data.train_rows == 0 || manifest.data.test_rows == 0 {
        problems.push("`data` has no rows in train or test".to_owned());
    }
    let limits = &manifest.limits;
    if [
        limits.wall_seconds,
        limits.memory_bytes,
        limits.disk_bytes,
        limits.output_bytes,
    ]
    .contains(&0)
    {
        problems.push("a limit in `limits` is 0".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use findings::Status;
    use scoring::Direction;
    use task_format::{FormatError, Manifest};

    use crate::testing::Good;

    #[test]
    fn a_good_manifest_passes() {
        assert_eq!(Good::new().judge("A02").status, Status::Pass);
        assert_eq!(Good::regression().judge("A02").status, Status::Pass);
    }

    #[test]
    fn names_the_line_of_a_manifest_that_is_none() {
        let error: FormatError = Manifest::parse("schema_version = 1\nid = 3\n").unwrap_err();
        let subject = crate::Subject {
            manifest: Some(Err(&error)),
            ..crate::Subject::default()
        };
        let finding = crate::testing::judge(&subject, "A02");
        assert_eq!(finding.status, Status::Fail);
        assert!(finding.message.contains("line 2"), "{}", finding.message);
    }

    #[test]
    fn contradictions_are_named() {
        type Break = fn(&mut Manifest);
        let cases: [(Break, &str); 11] = [
            (
                |m| m.metric.direction = Direction::Minimize,
                "`roc_auc` has the other direction",
            ),
            (
                |m| m.metric.optimum = 2.0,
                "the optimum of `roc_auc` is 1, not 2",
            ),
            (
                |m| m.metric.name = "auc".to_owned(),
                "metric `auc` is neither",
            ),
            (
                |m| m.metric.name = "accuracy".to_owned(),
                "`accuracy` does not score that kind",
            ),
            (
                |m| m.submission.columns.reverse(),
                "`submission.columns` must be",
            ),
            (
                |m| m.submission.positive_label = Some("x".to_owned()),
                "`positive_label` `x` is not",
            ),
            (
                |m| m.submission.positive_label = None,
                "a probability needs `positive_label`",
            ),
            (
                |m| m.data.feature_columns.push("outcome".to_owned()),
                "column `outcome` has two roles",
            ),
            (
                |m| m.split.test_fraction = 1.0,
                "`split.test_fraction` is 1",
            ),
            (|m| m.data.test_rows = 0, "no rows"),
            (|m| m.limits.wall_seconds = 0, "a limit"),
        ];
        for (change, expected) in cases {
            let mut good = Good::new();
            change(&mut good.manifest);
            let finding = good.judge("A02");
            assert_eq!(finding.status, Status::Fail, "{expected}");
            assert!(
                finding.message.contains(expected),
                "{expected}: {}",
                finding.message
            );
        }
    }
}
