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
