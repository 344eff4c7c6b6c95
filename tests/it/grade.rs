//! `grade`: a score for a valid submission, a typed reason for any other, never a traceback.

use crate::support::{TestEnv, exit, published};

const SAMPLE: &str = "public/sample_submission.csv";

/// A user with the first parcel task, its path, and the text of its sample submission.
fn task() -> (TestEnv, String, String) {
    let env = published().env();
    let id = published().of("parcels")[0];
    let sample = fs_err::read_to_string(env.path(&format!("tasks/{id}/{SAMPLE}"))).unwrap();
    (env, format!("tasks/{id}"), sample)
}

#[test]
fn the_sample_submission_is_valid() {
    let (env, task, _) = task();
    let submission = format!("{task}/{SAMPLE}");
    insta::assert_snapshot!(
        env.smith(&["grade", &task, &submission])
            .expect(exit::OK)
            .document()
    );
    insta::assert_snapshot!(
        env.smith(&["grade", &task, &submission, "--json"])
            .expect(exit::OK)
            .document()
    );
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let (env, task, sample) = task();
    let (head, rows) = sample.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.reverse();
    env.write("reversed.csv", format!("{head}\n{}\n", rows.join("\n")));
    let score = |path: &str| {
        env.smith(&["grade", &task, path, "--json"])
            .expect(exit::OK)
            .stdout
    };
    assert_eq!(score("reversed.csv"), score(&format!("{task}/{SAMPLE}")));
}

#[test]
fn what_is_wrong_with_a_submission_is_said() {
    let (env, task, sample) = task();
    let (head, rows) = sample.split_once('\n').unwrap();
    let first = rows.lines().next().unwrap();
    let (id, value) = first.split_once(',').unwrap();
    let cases = [
        ("empty", String::new()),
        ("head-only", format!("{head}\n")),
        (
            "row-missing",
            format!("{head}\n{}", rows.split_once('\n').unwrap().1),
        ),
        ("row-twice", format!("{sample}{first}\n")),
        (
            "unknown-id",
            sample.replacen(&format!("\n{id},"), "\nnobody,", 1),
        ),
        (
            "not-a-number",
            sample.replacen(&format!("\n{id},{value}"), &format!("\n{id},NaN"), 1),
        ),
        (
            "infinite",
            sample.replacen(&format!("\n{id},{value}"), &format!("\n{id},-inf"), 1),
        ),
        (
            "text",
            sample.replacen(&format!("\n{id},{value}"), &format!("\n{id},soon"), 1),
        ),
        (
            "ragged",
            sample.replacen(
                &format!("\n{id},{value}"),
                &format!("\n{id},{value},{value}"),
                1,
            ),
        ),
        ("other-column", sample.replacen(head, "id,guess", 1)),
    ];
    let mut text = String::new();
    for (name, content) in cases {
        assert_ne!(content, sample, "{name}");
        env.write(&format!("{name}.csv"), content);
        let ran = env
            .smith(&["grade", &task, &format!("{name}.csv")])
            .expect(exit::REJECTED);
        assert!(!ran.stderr.contains("Traceback"), "{}", ran.document());
        text += &format!("{}\n\n", ran.document().trim_end());
    }
    env.write("binary.csv", b"PK\x03\x04\xff\xfe\x00\x00");
    env.smith(&["grade", &task, "binary.csv"])
        .expect(exit::REJECTED);
    insta::assert_snapshot!(text.replace(&task, "[TASK]"));
}

#[test]
fn a_link_is_no_submission() {
    let (env, task, _) = task();
    std::os::unix::fs::symlink(
        env.path(&format!("{task}/private/test_answer.csv")),
        env.path("link.csv"),
    )
    .unwrap();
    env.smith(&["grade", &task, "link.csv"])
        .expect(exit::REJECTED);
}

#[test]
fn a_missing_submission_is_invalid_and_a_missing_task_a_usage_error() {
    let (env, task, _) = task();
    let ran = env
        .smith(&["grade", &task, "nowhere.csv"])
        .expect(exit::REJECTED);
    assert!(ran.stdout.contains("no_file"), "{}", ran.document());
    env.smith(&["grade", "nowhere", &format!("{task}/{SAMPLE}")])
        .expect(exit::USAGE);
}

/// A metric that no catalogue has: a miss costs as much as its label has letters.
const METRIC: &str = r#""""Score submissions by the letters that were missed."""

import pandas as pd
from taskkit import CompetitionMetrics, align, check_columns, check_ids, check_labels

COLUMNS = ["id", "[TARGET]"]


class LettersMetric(CompetitionMetrics):
    """Letters of the true labels that were missed, a row. Lower is better."""

    higher_is_better = False

    def validate_submission(self, submission: pd.DataFrame, answers: pd.DataFrame) -> None:
        """Accept one valid prediction for each row of the test file; raise otherwise."""
        check_columns(submission, COLUMNS)
        check_ids(submission, answers, "id")
        check_labels(submission, COLUMNS[1], set(answers[COLUMNS[1]]))

    def evaluate(self, y_true: pd.DataFrame, y_pred: pd.DataFrame) -> float:
        """Score a valid submission against the answers."""
        truth, predicted = align(y_true, y_pred, "id", COLUMNS[1])
        return float((truth.str.len() * (truth != predicted)).mean())
"#;

#[test]
fn a_tasks_own_metric_scores_in_the_sandbox() {
    let (env, task, sample) = task();
    let manifest = fs_err::read_to_string(env.path(&format!("{task}/task.toml"))).unwrap();
    let custom = manifest
        .replace("name = \"accuracy\"", "name = \"custom\"")
        .replace("direction = \"maximize\"", "direction = \"minimize\"");
    assert!(custom.contains("\"custom\""), "{manifest}");
    env.write(&format!("{task}/task.toml"), custom);
    let (head, rows) = sample.split_once('\n').unwrap();
    let (_, target) = head.split_once(',').unwrap();
    env.write(
        &format!("{task}/metric.py"),
        METRIC.replace("[TARGET]", target),
    );

    let answers =
        fs_err::read_to_string(env.path(&format!("{task}/private/test_answer.csv"))).unwrap();
    let missed: usize = answers
        .lines()
        .skip(1)
        .zip(rows.lines())
        .map(|(answer, guess)| {
            let label = answer.split(',').nth(1).unwrap();
            if guess.ends_with(&format!(",{label}")) {
                0
            } else {
                label.len()
            }
        })
        .sum();
    let expected = missed as f64 / rows.lines().count() as f64;
    let submission = format!("{task}/{SAMPLE}");
    let ran = env.smith(&["grade", &task, &submission]).expect(exit::OK);
    assert_eq!(ran.stdout, format!("{expected:.5}\n"));

    let first = rows.lines().next().unwrap();
    let (id, _) = first.split_once(',').unwrap();
    env.write("soon.csv", sample.replacen(first, &format!("{id},soon"), 1));
    let ran = env
        .smith(&["grade", &task, "soon.csv"])
        .expect(exit::REJECTED);
    assert!(
        ran.stdout
            .starts_with("invalid submission (unknown_label): "),
        "{}",
        ran.document()
    );

    // What needs no metric is refused without Python, in the words of native grading.
    env.write("short.csv", sample.replacen(&format!("{first}\n"), "", 1));
    let ran = env
        .smith(&["grade", &task, "short.csv"])
        .expect(exit::REJECTED);
    let message =
        format!("invalid submission (missing_ids): 1 id of the test file has no row: `{id}`\n");
    assert_eq!(ran.stdout, message);

    env.write(
        &format!("{task}/metric.py"),
        "raise RuntimeError('never')\n",
    );
    let ran = env
        .smith(&["grade", &task, &submission])
        .expect(exit::REJECTED);
    assert!(ran.stderr.contains("metric.py"), "{}", ran.document());
}
