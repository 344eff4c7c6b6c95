//! Valid submissions, in all the shapes that are fine, and packages that can't be graded.

use grading::{Answers, Grade, GradeError, Usage, grade};
use scoring::Metric;
use task_format::Prediction;

use crate::task::Task;

fn score(value: f64, rows: usize) -> Grade {
    Grade::Score { value, rows }
}

#[test]
fn neither_rows_nor_columns_have_an_order() {
    let task = Task::numbers();
    for same in [
        "id,y\na,1\nb,2\nc,3\nd,6\n",
        "id,y\nd,6\nb,2\na,1\nc,3\n",
        "y,id\n6,d\n2,b\n1,a\n3,c\n",
        "id,y\r\na,1\r\nb,2\r\nc,3\r\nd,6",
        "\u{feff}id,y\na,1\n\nb,2\nc, 3.0 \n\"d\",\"6e0\"\n\n",
    ] {
        assert_eq!(task.grade(same), score(0.5, 4), "{same:?}");
    }
}

#[test]
fn each_form_of_prediction() {
    assert_eq!(
        Task::labels().grade("id,y\na,no\nb,yes\nc,no\nd,no\n"),
        score(0.75, 4)
    );
    let answers = "id,y\na,no\nb,yes\nc,yes\n";
    let brier = Task::new("brier", Prediction::Probability, &["no", "yes"], answers);
    assert_eq!(brier.grade("id,y\na,0\nb,0.5\nc,1\n"), score(0.25 / 3.0, 3));
    let f1 = Task::new("f1", Prediction::Label, &["no", "yes"], answers);
    assert_eq!(f1.grade("id,y\na,yes\nb,yes\nc,no\n"), score(0.5, 3));
    let kappa = Task::new(
        "quadratic_weighted_kappa",
        Prediction::Label,
        &["low", "mid", "high"],
        "id,y\na,low\nb,high\n",
    );
    assert_eq!(kappa.grade("id,y\na,low\nb,high\n"), score(1.0, 2));
}

#[test]
fn answers_as_a_submission_are_perfect() {
    for (task, optimum) in [(Task::numbers(), 0.0), (Task::labels(), 1.0)] {
        let answers = Answers::read(&task.path("answers.csv"), &task.manifest).unwrap();
        assert_eq!(
            answers.score(&answers.perfect()).unwrap(),
            score(optimum, 4)
        );
    }
    let answers = "id,y\na,no\nb,yes\n";
    let task = Task::new("log_loss", Prediction::Probability, &["no", "yes"], answers);
    let answers = Answers::read(&task.path("answers.csv"), &task.manifest).unwrap();
    assert_eq!(answers.metric(), Metric::LogLoss);
    assert_eq!(answers.score(&answers.perfect()).unwrap(), score(0.0, 2));
}

#[test]
fn usage_is_there_but_does_not_change_the_score() {
    let task = Task::numbers();
    let answers = Answers::read(&task.path("answers.csv"), &task.manifest).unwrap();
    let (feedback, last) = (Usage::Feedback, Usage::Final);
    assert_eq!(
        answers.usage(),
        Some([feedback, last, last, feedback].as_slice())
    );
    assert_eq!(answers.ids().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
}

#[test]
fn damaged_answers_are_our_error() {
    let task = Task::numbers();
    for (answers, problem) in [
        ("id,usage\na,final\n", "column `y` is missing"),
        ("id,y\na,1\na,2\n", "line 3 repeats the id `a`"),
        ("id,y\na,x\n", "line 2 has no valid target: `x`"),
        ("id,y,usage\na,1,later\n", "line 2 has the usage `later`"),
        ("id,y\n", "there are no rows"),
        (
            "id,y\na,\"1\n",
            "line 2 is not CSV: a quote is opened here and never closed",
        ),
        (
            "id,y\na,\u{1b}[2J\n",
            "line 2 has no valid target: `\u{fffd}[2J`",
        ),
    ] {
        task.write("answers.csv", answers.as_bytes());
        let error = Answers::read(&task.path("answers.csv"), &task.manifest).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the answers are damaged: {problem}")
        );
        assert!(error.hint().is_some());
    }
}

/// A foreign task may bring anything as its answers.
#[test]
fn answers_are_a_regular_file() {
    let task = Task::numbers();
    let problem = || {
        let error = Answers::read(&task.path("answers.csv"), &task.manifest).unwrap_err();
        error.to_string()
    };
    fs_err::remove_file(task.path("answers.csv")).unwrap();
    fs_err::os::unix::fs::symlink("/dev/zero", task.path("answers.csv")).unwrap();
    assert_eq!(
        problem(),
        "the answers are damaged: the file is a symbolic link"
    );
    fs_err::remove_file(task.path("answers.csv")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(task.path("answers.csv")).unwrap();
    assert_eq!(problem(), "the answers are damaged: the file is a socket");
    fs_err::remove_file(task.path("answers.csv")).unwrap();
    let endless = fs_err::File::create(task.path("answers.csv")).unwrap();
    endless.set_len(100 << 20).unwrap();
    assert_eq!(
        problem(),
        "the answers are damaged: line 1 is not CSV: there is a NUL byte"
    );
    endless.set_len(9 << 30).unwrap();
    assert!(
        problem().contains("more than the 8589934592"),
        "{}",
        problem()
    );
}

/// The answers' own numbers, and not the competitor's, are too large for the metric.
#[test]
fn an_overflow_by_the_answers_is_not_the_competitors() {
    let answers = "id,y\na,1.7e308\nb,1.6e308\nc,1.5e308\n";
    let task = Task::new("normalized_gini", Prediction::Number, &[], answers);
    task.write("submission.csv", b"id,y\na,3\nb,2\nc,1\n");
    let grade = grade(
        &task.path("submission.csv"),
        &task.path("answers.csv"),
        &task.manifest,
    );
    assert!(matches!(grade, Err(GradeError::NoValue(_))), "{grade:?}");
}

#[test]
fn some_manifests_cannot_be_graded_here() {
    let mut task = Task::numbers();
    let error = |task: &Task| {
        grade(
            &task.path("answers.csv"),
            &task.path("answers.csv"),
            &task.manifest,
        )
        .unwrap_err()
    };
    task.manifest.metric.name = "custom".to_owned();
    assert!(matches!(error(&task), GradeError::CustomMetric(_)));
    task.manifest.metric.name = "accuracy".to_owned();
    assert!(matches!(error(&task), GradeError::Manifest(_)));
    let mut which = Task::new(
        "f1",
        Prediction::Label,
        &["low", "mid", "high"],
        "id,y\na,low\n",
    );
    which.manifest.submission.positive_label = None;
    assert_eq!(
        error(&which).to_string(),
        "the manifest can't be graded by: `f1` needs `positive_label`: which of the 3 labels?"
    );
    let one_class = Task::new(
        "roc_auc",
        Prediction::Probability,
        &["no", "yes"],
        "id,y\na,yes\n",
    );
    one_class.write("submission.csv", b"id,y\na,1\n");
    let error = grade(
        &one_class.path("submission.csv"),
        &one_class.path("answers.csv"),
        &one_class.manifest,
    )
    .unwrap_err();
    assert!(matches!(error, GradeError::NoValue(_)));
}

#[test]
fn json_is_stable() {
    let task = Task::numbers();
    let valid = serde_json::to_string(&task.grade("id,y\na,1\nb,2\nc,3\nd,6\n")).unwrap();
    assert_eq!(valid, r#"{"valid":true,"score":0.5,"rows":4}"#);
    let invalid = serde_json::to_string(&task.grade("id,y\na,1\nb,2,3\n")).unwrap();
    insta::assert_snapshot!(invalid, @r#"{"valid":false,"code":"ragged","message":"line 3 has 3 cells, the header has 2","detail":{"line":3,"expected":2,"found":3}}"#);
}
