//! Everything a competitor can get wrong has a typed reason, with a message to act on.

use grading::{Grade, InvalidSubmission};
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
        reason(task.grade(b"\xff\xfei\0d\0,\0y\0")).code(),
        "not_utf8"
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
