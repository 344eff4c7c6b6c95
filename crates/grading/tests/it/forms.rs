//! Every form of prediction: what a good submission scores, and what a bad one is told.

use grading::{Answers, Grade, GradeError, Structure};
use task_format::Prediction;

use crate::task::Task;

fn score(task: &Task, submission: &str) -> f64 {
    match task.grade(submission) {
        Grade::Score { value, .. } => value,
        Grade::Invalid(invalid) => panic!("{submission:?}: {invalid}"),
    }
}

fn reason(task: &Task, submission: &str) -> String {
    match task.grade(submission) {
        Grade::Score { value, .. } => panic!("{submission:?} scored {value}"),
        Grade::Invalid(invalid) => format!("{}: {invalid}", invalid.code()),
    }
}

#[test]
fn answers_are_perfect_in_every_form() {
    for task in [
        Task::class_probabilities(),
        Task::multi_probabilities(),
        Task::multi_numbers(),
        Task::label_sets(),
        Task::ranking(),
        Task::texts(),
        Task::survival(),
    ] {
        let answers = Answers::read(&task.path("answers.csv"), &task.manifest).unwrap();
        let grade = answers.score(&answers.perfect()).unwrap();
        let optimum = answers.metric().optimum();
        let rows = answers.rows();
        assert_eq!(
            grade,
            Grade::Score {
                value: optimum,
                rows
            },
            "{}",
            answers.metric()
        );
    }
}

#[test]
fn probabilities_of_classes() {
    let task = Task::class_probabilities();
    let quarter = score(
        &task,
        "high,id,mid,low\n0.25,a,0.25,0.5\n0.25,b,0.5,0.25\n0.5,c,0.25,0.25\n",
    );
    assert!((quarter - 2.0_f64.ln()).abs() < 1e-12, "{quarter}");
    assert_eq!(
        reason(&task, "id,low,mid\na,1,0\n"),
        "missing_columns: the header must be `id,low,mid,high`; `high` is missing"
    );
    assert_eq!(
        reason(&task, "id,low,mid,high\na,1,0,0\nb,0,1.5,0\nc,0,0,1\n"),
        "out_of_range: line 3 (id `b`): `1.5` is not allowed, predictions must be from 0 to 1"
    );
    assert_eq!(
        reason(&task, "id,low,mid,high\na,1,0,0\nb,0,,0\nc,0,0,1\n"),
        "missing_value: line 3 (id `b`) has no value, or NaN"
    );
    // Nothing for every class is nothing for the true one: the worst a row can cost, and no division by 0.
    let nothing = score(&task, "id,low,mid,high\na,1,0,0\nb,0,0,0\nc,0,0,1\n");
    let worst = scoring::Metric::MulticlassLogLoss.worst().unwrap();
    assert!((nothing - worst / 3.0).abs() < 1e-9, "{nothing}");
}

#[test]
fn several_probabilities() {
    let task = Task::multi_probabilities();
    let half = score(&task, "id,cold,wet\nc,0.5,0.5\na,0.5,0.5\nb,0.5,0.5\n");
    assert!((half - 2.0_f64.ln()).abs() < 1e-12, "{half}");
    assert_eq!(
        reason(&task, "id,wet,cold\na,1,0\nb,0,-0.1\nc,1,1\n"),
        "out_of_range: line 3 (id `b`): `-0.1` is not allowed, predictions must be from 0 to 1"
    );
    task.write("answers.csv", b"id,wet,cold\na,1,yes\n");
    let error = Answers::read(&task.path("answers.csv"), &task.manifest).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the answers are damaged: line 2 has no valid target: `yes`"
    );
}

#[test]
fn several_numbers() {
    let task = Task::multi_numbers();
    assert_eq!(score(&task, "z,x,id\n10,2,a\n20,3,b\n33,4,c\n"), 1.0);
    assert_eq!(
        reason(&task, "id,x,z\na,1,10\nb,2,inf\nc,3,30\n"),
        "infinite: line 3 (id `b`): `inf` is not a finite number"
    );
}

#[test]
fn sets_of_labels() {
    let task = Task::label_sets();
    assert_eq!(score(&task, "id,y\na,q p q\nb,\nc,r\n"), 1.0);
    assert_eq!(score(&task, "id,y\na,q\nb,\nc,r p\n"), 2.0 / 3.0);
    assert_eq!(
        reason(&task, "id,y\na,p s\nb,\nc,r\n"),
        "unknown_label: line 2 (id `a`): `s` is not one of the labels, which are `p`, `q`, `r`"
    );
}

#[test]
fn rankings() {
    let task = Task::ranking();
    assert_eq!(score(&task, "id,y\na,i9 i2\nb,\n"), 0.25);
    assert_eq!(score(&task, "id,y\na,i1\nb,i1 i8 i2 i3\n"), 0.625);
    let mut closed = Task::ranking();
    closed.manifest.submission.labels = ["i1", "i2", "i3", "i4"].map(str::to_owned).into();
    assert_eq!(score(&closed, "id,y\na,i4 i2\nb,\n"), 0.25);
    assert_eq!(
        reason(&closed, "id,y\na,i4 i2\nb,i5\n"),
        "unknown_label: line 3 (id `b`): `i5` is not one of the labels, which are `i1`, `i2`, `i3`, `i4`"
    );
}

#[test]
fn an_empty_cell_is_an_empty_text() {
    let task = Task::texts();
    assert_eq!(
        score(&task, "id,y\na,\"kitten, or\ncat\"\nb,\nc,nan\n"),
        0.0
    );
    assert_eq!(
        score(&task, "id,y\na,\"kitten, or\ncat\"\nb,NA\nc,\n"),
        5.0 / 3.0
    );
}

#[test]
fn risks() {
    let task = Task::survival();
    assert_eq!(score(&task, "id,risk\na,9\nb,1\nc,5\nd,-2\n"), 1.0);
    assert_eq!(score(&task, "id,risk\na,0\nb,0\nc,0\nd,0\n"), 0.5);
    assert_eq!(
        reason(&task, "id,risk\na,high\nb,1\nc,5\nd,-2\n"),
        "not_a_number: line 2 (id `a`): `high` is not a number"
    );
}

#[test]
fn parameters_reach_the_metric() {
    let mut task = Task::ranking();
    let submission = "id,y\na,i9 i2\nb,i3\n";
    assert_eq!(score(&task, submission), 0.75);
    task.manifest.metric.parameters.k = Some(1);
    assert_eq!(score(&task, submission), 0.5);
    task.manifest.metric.parameters.beta = Some(1.0);
    let error = Answers::read(&task.path("answers.csv"), &task.manifest).unwrap_err();
    assert!(matches!(error, GradeError::Manifest(_)), "{error}");
}

#[test]
fn a_custom_metric_leaves_its_predictions_alone() {
    let mut task = Task::of_columns(
        "custom",
        Prediction::Number,
        &["id", "low", "high"],
        &["y"],
        &[],
        "id,y\na,1\nb,2\n",
    );
    task.manifest.metric.name = "custom".to_owned();
    let structure = Structure::read(&task.path("answers.csv"), &task.manifest).unwrap();
    let check = |submission: &[u8]| {
        task.write("submission.csv", submission);
        let checked = structure.check(&task.path("submission.csv")).unwrap();
        checked.map_err(|invalid| invalid.to_string())
    };
    assert_eq!(check(b"high,id,low\n3,b,\nx,a,nan\n"), Ok(()));
    assert_eq!(
        check(b"id,low,high\na,1,2\n").unwrap_err(),
        "1 id of the test file has no row: `b`"
    );
    assert_eq!(
        check(b"id,low,high\na,1,2\nb,1,\xff\n").unwrap_err(),
        "line 3 is not UTF-8 text"
    );
    assert_eq!(
        check(b"id,low,high\na,1,2\nb,1\n").unwrap_err(),
        "line 3 has 2 cells, the header has 3"
    );
    assert_eq!(structure.ids().collect::<Vec<_>>(), ["a", "b"]);
}
