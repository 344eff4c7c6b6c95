//! Everything a competitor can get wrong has a typed reason, with a message to act on.

use grading::{Grade, InvalidSubmission, MetricRefusal};
use task_format::Prediction;

use crate::task::Task;

fn reason(grade: Grade) -> InvalidSubmission {
    match grade {
        Grade::Invalid(invalid) => invalid,
        Grade::Score { value, .. } => panic!("scored {value}"),
    }
}

fn check(task: &Task, submission: &str, code: &str, message: &str) {
    let invalid = reason(task.grade(submission));
    assert_eq!(
        (invalid.code(), invalid.to_string().as_str()),
        (code, message),
        "{submission:?}"
    );
}

#[test]
fn ids() {
    let task = Task::numbers();
    check(
        &task,
        "id,y\na,1\nb,2\nc,3\n",
        "missing_ids",
        "1 id of the test file has no row: `d`",
    );
    check(
        &task,
        "id,y\na,1\nb,2\nc,3\nc,4\nd,4\n",
        "duplicate_ids",
        "1 row has an id that stands in an earlier row: `c`",
    );
    let unknown = "2 rows have an id that is not in the test file: `e`, ` d`";
    check(
        &task,
        "id,y\na,1\nb,2\nc,3\ne,4\n d,4\n",
        "unknown_ids",
        unknown,
    );
}

#[test]
fn ids_that_a_data_frame_turned_into_floats() {
    let task = Task::new("mae", Prediction::Number, &[], "id,y\n7,1\n8,2\n");
    let message = "2 rows have an id that is not in the test file: `7.0`, `8.0`; ids are compared as text: write `7`";
    check(&task, "id,y\n7.0,1\n8.0,2\n", "unknown_ids", message);
}

#[test]
fn values() {
    let task = Task::numbers();
    check(
        &task,
        "id,y\na,1\nb,\nc,3\nd,4\n",
        "missing_value",
        "line 3 (id `b`) has no value, or NaN",
    );
    check(
        &task,
        "id,y\na,1\nb,NaN\nc,3\nd,4\n",
        "missing_value",
        "line 3 (id `b`) has no value, or NaN",
    );
    check(
        &task,
        "id,y\na,inf\nb,2\nc,3\nd,4\n",
        "infinite",
        "line 2 (id `a`): `inf` is not a finite number",
    );
    check(
        &task,
        "id,y\na,-inf\nb,2\nc,3\nd,4\n",
        "infinite",
        "line 2 (id `a`): `-inf` is not a finite number",
    );
    check(
        &task,
        "id,y\na,1\nb,2\nc,3\nd,four\n",
        "not_a_number",
        "line 5 (id `d`): `four` is not a number",
    );
    let labels = Task::labels();
    let message = "line 3 (id `b`): `maybe` is not one of the labels, which are `no`, `yes`";
    check(
        &labels,
        "id,y\na,no\nb,maybe\nc,no\nd,no\n",
        "unknown_label",
        message,
    );
}

#[test]
fn values_beyond_the_metric() {
    let answers = "id,y\na,no\nb,yes\n";
    let task = Task::new("log_loss", Prediction::Probability, &["no", "yes"], answers);
    let message = "line 3 (id `b`): `1.5` is not allowed, predictions must be from 0 to 1";
    check(&task, "id,y\na,0.5\nb,1.5\n", "out_of_range", message);
    let ranked = Task::new("roc_auc", Prediction::Probability, &["no", "yes"], answers);
    assert_eq!(
        ranked.grade("id,y\na,0.5\nb,1.5\n"),
        Grade::Score {
            value: 1.0,
            rows: 2
        }
    );
    let squared = Task::new("rmse", Prediction::Number, &[], "id,y\na,1\n");
    let message = "the predictions are so large that the score is not finite";
    check(&squared, "id,y\na,1e308\n", "overflow", message);
}

#[test]
fn columns() {
    let task = Task::numbers();
    let missing = "the header must be `id,y`; `y` is missing; `z` is not expected";
    check(&task, "id,z\na,1\n", "missing_columns", missing);
    check(
        &task,
        "id,y,z\na,1,1\n",
        "extra_columns",
        "the header must be `id,y`; `z` is not expected",
    );
    check(
        &task,
        "id,y,y\na,1,1\n",
        "repeated_columns",
        "the header must be `id,y`; `y` is repeated",
    );
    check(
        &task,
        "id\na\n",
        "missing_columns",
        "the header must be `id,y`; `y` is missing",
    );
}

#[test]
fn shapes() {
    let task = Task::numbers();
    check(&task, "", "empty", "the file is empty");
    check(&task, "\n\n", "empty", "the file is empty");
    check(
        &task,
        "id,y\n",
        "header_only",
        "the file has a header but no rows",
    );
    check(
        &task,
        "id,y\na,1\nb,2,3\n",
        "ragged",
        "line 3 has 3 cells, the header has 2",
    );
    check(
        &task,
        "id,y\na\n",
        "ragged",
        "line 2 has 1 cell, the header has 2",
    );
    let many = format!("id,y\n{}", "a,1\n".repeat(400));
    check(
        &task,
        &many,
        "too_many_rows",
        "the file has more than twice the 4 rows that are to be predicted",
    );
}

#[test]
fn bytes() {
    let task = Task::numbers();
    assert_eq!(
        reason(task.grade(b"id,y\na,\xff1\n")).to_string(),
        "line 2 is not UTF-8 text"
    );
    assert_eq!(
        reason(task.grade(b"\xff\xfei\0d\0,\0y\0")).to_string(),
        "line 1 is not CSV: there is a NUL byte"
    );
    assert_eq!(
        reason(task.grade(b"PK\x03\x04rest")).to_string(),
        "the file is a zip archive or a workbook, it must be a plain CSV text"
    );
    assert_eq!(reason(task.grade(b"\x80\x04\x95\x0b")).code(), "not_csv");
    assert_eq!(
        reason(task.grade(b"cos\nsystem\n(S'true'\ntR.")).code(),
        "missing_columns"
    );
}

#[test]
fn quotes_and_nul_bytes() {
    let texts = Task::texts();
    for (submission, message) in [
        (
            "id,y\na,\"1\"2\nb,\nc,\n",
            "line 2 is not CSV: text follows the closing quote of a cell",
        ),
        (
            "id,y\na,x\nb,\nc,\"nan\n",
            "line 4 is not CSV: a quote is opened here and never closed",
        ),
        (
            "id,y\na,x\nb,\0\nc,nan\n",
            "line 3 is not CSV: there is a NUL byte",
        ),
    ] {
        check(&texts, submission, "not_csv", message);
    }
}

/// Each of these once took minutes or gigabytes.
#[test]
fn what_would_be_slow_or_large_is_refused_early() {
    let task = Task::numbers();
    let header = format!("{}{}\na,1\n", "x,".repeat(262_144), "y,".repeat(200_000));
    let message = "the header has 462145 columns, a submission to this task has 2";
    check(&task, &header, "extra_columns", message);
    let commas = format!("id,y\n{}\n", ",".repeat(900_000));
    let message = "line 2 has 900001 cells, the header has 2";
    check(&task, &commas, "ragged", message);

    let texts = Task::texts();
    let long = format!("id,y\na,\"{}\"\nb,\nc,nan\n", "é".repeat(1001));
    let message =
        "line 2 (id `a`): the text has more than 1000 characters, far more than any of the answers";
    check(&texts, &long, "text_too_long", message);
    let fits = format!("id,y\na,\"{}\"\nb,\nc,nan\n", "é".repeat(1000));
    assert!(matches!(texts.grade(&fits), Grade::Score { .. }));
}

#[test]
fn a_row_far_longer_than_any_other_ends_the_reading() {
    // Two megabytes of answers, so that a file of ten is read.
    let answers: String = (0..200_000).map(|id| format!("{id},1\n")).collect();
    let task = Task::new("mae", Prediction::Number, &[], &format!("id,y\n{answers}"));
    let long = format!("id,y\n0,1\n1,{}\n", "9".repeat(8 << 20));
    let message = "line 3 begins a row that is far longer than any row of this task";
    check(&task, &long, "row_too_long", message);
}

/// Sixty probabilities of full length in 2,000 rows, to answers of ten kilobytes.
#[test]
fn wide_honest_submissions_are_read() {
    let labels: Vec<String> = (0..60).map(|n| format!("label {n}")).collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let columns = [&["id"], labels.as_slice()].concat();
    let row = |id: usize| format!("{id},{}\n", labels[id % 60]);
    let answers: String = (0..2000).map(row).collect();
    let task = Task::of_columns(
        "multiclass_log_loss",
        Prediction::ClassProbabilities,
        &columns,
        &["y"],
        &labels,
        &format!("id,y\n{answers}"),
    );
    let cells = vec!["0.016666666666666666"; 60].join(",");
    let rows: String = (0..2000).map(|id| format!("{id},{cells}\n")).collect();
    let submission = format!("{}\n{rows}", columns.join(","));
    assert!(submission.len() > 2_400_000);
    match task.grade(&submission) {
        Grade::Score { value, .. } => assert!((value - 60_f64.ln()).abs() < 1e-9, "{value}"),
        Grade::Invalid(invalid) => panic!("{invalid}"),
    }
}

#[test]
fn sizes() {
    let task = Task::numbers();
    let sparse = fs_err::File::create(task.path("huge.csv")).unwrap();
    sparse.set_len(1 << 30).unwrap();
    let message =
        "the file has 1073741824 bytes, a submission to this task can't need more than 1048576";
    assert_eq!(reason(task.grade_file("huge.csv")).to_string(), message);
}

#[test]
fn things_that_are_no_file() {
    let task = Task::numbers();
    assert_eq!(
        reason(task.grade_file("nothing.csv")),
        InvalidSubmission::NoFile
    );
    fs_err::os::unix::fs::symlink(task.path("answers.csv"), task.path("link.csv")).unwrap();
    assert_eq!(
        reason(task.grade_file("link.csv")),
        InvalidSubmission::NotAFile {
            found: "a symbolic link"
        }
    );
    task.write("mine.csv", b"id,y\na,1\nb,2\nc,3\nd,4\n");
    let locked = std::os::unix::fs::PermissionsExt::from_mode(0o000);
    fs_err::set_permissions(task.path("mine.csv"), locked).unwrap();
    // A superuser reads it all the same.
    if fs_err::File::open(task.path("mine.csv")).is_err() {
        assert_eq!(
            reason(task.grade_file("mine.csv")),
            InvalidSubmission::NotReadable
        );
    }
    fs_err::create_dir_all(task.path("folder.csv")).unwrap();
    assert_eq!(
        reason(task.grade_file("folder.csv")),
        InvalidSubmission::NotAFile { found: "a folder" }
    );
    let _socket = std::os::unix::net::UnixListener::bind(task.path("socket.csv")).unwrap();
    assert_eq!(
        reason(task.grade_file("socket.csv")),
        InvalidSubmission::NotAFile { found: "a socket" }
    );
}

#[test]
fn quotes_are_short_and_on_one_line() {
    let task = Task::numbers();
    let long = format!("id,y\na,\"{}\nx\"\n", "é".repeat(100));
    let message = format!("line 2 (id `a`): `{}…` is not a number", "é".repeat(60));
    check(&task, &long, "not_a_number", &message);
    check(
        &task,
        "id,y\na,\"1\n2\"\n",
        "not_a_number",
        "line 2 (id `a`): `1\u{fffd}2` is not a number",
    );
}

/// What a foreign `metric.py` says goes to a terminal.
#[test]
fn refusals_by_a_metric_are_made_fit_to_print() {
    let refusal = MetricRefusal::new(
        "bad\u{1b}[31m reason",
        &format!("a\u{1b}]0;title\u{7}\nb{}", "x".repeat(9000)),
    );
    let refused = InvalidSubmission::ByMetric(refusal);
    assert_eq!(refused.code(), "bad31mreason");
    let message = refused.to_string();
    assert!(
        message.starts_with("a\u{fffd}]0;title\u{fffd}\u{fffd}bxxx"),
        "{message}"
    );
    assert_eq!(message.chars().count(), 501);
    assert!(!message.chars().any(char::is_control));
}
