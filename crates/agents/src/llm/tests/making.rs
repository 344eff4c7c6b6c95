//! Conversations with a Designer and a Refactor: what must have run before something is handed in.

use super::*;

#[tokio::test]
async fn a_draft_is_handed_in_only_as_it_ran() {
    let chat = Scripted::new(vec![
        call("submit_draft", json!({})),
        write("prepare.py", "raise"),
        write("metric.py", "# metric"),
        write("description.md", "# task"),
        write("test_task.py", "assert False"),
        call("run_prepare", json!({})),
        call("submit_draft", json!({})),
        call(
            "edit_file",
            json!({ "path": "prepare.py", "old": "raise", "new": "# fine" }),
        ),
        call("submit_draft", json!({})),
        call("run_prepare", json!({})),
        call("read_prepared", json!({ "path": "public/train.csv" })),
        call("run_metric", json!({ "submission": "id,mildew\n" })),
        call("run_test", json!({})),
        call("submit_draft", json!({})),
        write("test_task.py", "# test"),
        call("run_prepare", json!({})),
        write("description.md", "# the task"),
        call("run_test", json!({})),
        call("submit_draft", json!({ "notes": "none" })),
    ]);
    let conversed = design_with(&chat, 20, &Feedback::default()).await;
    let Outcome::Handed(draft) = conversed.outcome else {
        panic!("{:?}", conversed.outcome)
    };
    assert_eq!(draft.files["prepare.py"], "# fine");
    assert_eq!(draft.files.len(), 4);
    assert_eq!(draft.notes.as_deref(), Some("none"));
    let submissions: Vec<String> = chat
        .results()
        .into_iter()
        .filter(|(name, _)| name == "submit_draft")
        .map(|(_, text)| text)
        .collect();
    insta::assert_snapshot!(submissions.join("\n"), @"
    not handed in:
    - `prepare.py` is not written
    - `metric.py` is not written
    - `description.md` is not written
    - `test_task.py` is not written
    - `run_prepare` was not called
    - `run_test` was not called
    not handed in:
    - `run_prepare` failed with these files
    - `run_test` was not called
    not handed in:
    - the files changed after `run_prepare`; run it on those that you hand in
    - `run_test` was not called
    not handed in:
    - `run_test` failed with these files
    ");
}

#[tokio::test]
async fn files_stay_where_they_belong() {
    let chat = Scripted::new(vec![
        write("../x.py", ""),
        write("/etc/x", ""),
        write("raw/x.csv", ""),
        write(".hidden", ""),
        write("a b.py", ""),
        write("lib/cells.py", "a = 1\na = 1\n"),
        call(
            "edit_file",
            json!({ "path": "lib/cells.py", "old": "a = 1", "new": "b" }),
        ),
        call(
            "edit_file",
            json!({ "path": "lib/cells.py", "old": "c", "new": "b" }),
        ),
        call("read_file", json!({ "path": "lib/none.py" })),
        call("remove_file", json!({ "path": "lib/cells.py" })),
        call("list_own_files", json!({})),
    ]);
    let conversed = design_with(&chat, 12, &Feedback::default()).await;
    assert!(matches!(conversed.outcome, Outcome::GaveUp { .. }));
    assert_eq!(conversed.trace.failures["write_file"], 5);
    assert_eq!(conversed.trace.failures["edit_file"], 2);
    let last = chat.results().pop().unwrap().1;
    assert!(last.starts_with("You have no files yet."), "{last}");
}

#[tokio::test]
async fn files_that_can_not_lie_side_by_side_are_refused() {
    let chat = Scripted::new(vec![
        write("cells", ""),
        write("cells/a.py", ""),
        write("lib/a.py", ""),
        write("lib", ""),
        write("lib/a.py/b.py", ""),
        write("draft", ""),
        write("tested/a.py", ""),
        write("run_python_script.py", ""),
        write("cells.py", ""),
        write("lib.a", ""),
        call("list_own_files", json!({})),
    ]);
    let conversed = design_with(&chat, 30, &Feedback::default()).await;
    assert_eq!(conversed.trace.failures["write_file"], 6);
    insta::assert_snapshot!(chat.results().pop().unwrap().1, @"
    Your files:
    - cells (0 characters)
    - cells.py (0 characters)
    - lib.a (0 characters)
    - lib/a.py (0 characters)
    ");
    insta::assert_snapshot!(chat.results()[1].1, @"`cells/a.py` and your file `cells` can't both be there: one would be a folder of the other");
}

#[tokio::test]
async fn a_second_attempt_goes_on_from_the_first() {
    let policy = Policy::embedded();
    let rule = policy.rule(CheckId::new('D', 5)).unwrap();
    let feedback = Feedback {
        previous: files(&[("prepare.py", "# LEAK"), ("metric.py", "# metric")]),
        findings: vec![
            rule.fail("0.998 of rows", "`wilt` equals the target.")
                .compared_with("below 0.99"),
        ],
        issues: Vec::new(),
        notes: vec!["The first draft was rejected.".to_owned()],
    };
    let chat = Scripted::new(vec![call("read_file", json!({ "path": "prepare.py" }))]);
    design_with(&chat, 2, &feedback).await;
    assert!(chat.results()[0].1.contains("# LEAK"));
    let first = first_message(&chat);
    assert!(
        first.starts_with(
            "Agent: designer\nDataset: greenhouse\nTask: greenhouse--mildew-binary\nAttempt: 2\n"
        ),
        "{first}"
    );
    for said in [
        "D05 (rejects)",
        "D05 fail",
        "0.998 of rows",
        "below 0.99",
        "`wilt` equals the target.",
        &rule.hint,
        "The first draft was rejected.",
    ] {
        assert!(first.contains(said), "{said}");
    }
}

#[tokio::test]
async fn a_package_is_handed_in_only_as_it_was_checked() {
    let chat = Scripted::new(vec![
        call("read_file", json!({ "path": "draft/cells.py" })),
        write("prepare.py", "# LEAK"),
        write("metric.py", "# metric"),
        write("description.md", "# task"),
        write("cells.py", "# helper"),
        call("run_prepare", json!({})),
        call("submit_package", json!({})),
        call("remove_file", json!({ "path": "cells.py" })),
        call("run_prepare", json!({})),
        call("run_assertions", json!({})),
        call("submit_package", json!({})),
        write("prepare.py", "# repaired"),
        call("submit_package", json!({})),
        call("run_prepare", json!({})),
        call("run_assertions", json!({})),
        call("submit_package", json!({})),
    ]);
    let conversed = refactor_with(&chat, 20).await;
    assert!(first_message(&chat).contains("The helper reads cells."));
    let Outcome::Handed(package) = conversed.outcome else {
        panic!("{:?}", conversed.outcome)
    };
    assert_eq!(
        package.keys().collect::<Vec<_>>(),
        ["description.md", "metric.py", "prepare.py"]
    );
    assert!(chat.results()[0].1.contains("# helper"));
    let told: Vec<String> = chat
        .results()
        .into_iter()
        .filter(|(name, _)| name == "submit_package" || name == "run_assertions")
        .map(|(name, text)| format!("== {name}\n{text}"))
        .collect();
    insta::assert_snapshot!("refactor_hand_over", told.join("\n"));
}

#[tokio::test]
async fn what_cannot_be_repaired_is_handed_in_with_its_reason() {
    let chat = Scripted::new(vec![
        write("prepare.py", "# LEAK"),
        write("metric.py", "# metric"),
        write("description.md", "# task"),
        call("run_prepare", json!({})),
        call("run_assertions", json!({})),
        call(
            "submit_package",
            json!({ "unresolved": "the proposal keeps `wilt`" }),
        ),
    ]);
    assert!(matches!(
        refactor_with(&chat, 20).await.outcome,
        Outcome::Handed(_)
    ));
}

/// A draft that was handed in, and what was found in it.
fn sent_back(check: CheckId) -> Feedback {
    let policy = Policy::embedded();
    Feedback {
        previous: files(&[
            ("prepare.py", "# prepare"),
            ("metric.py", "# metric"),
            ("description.md", "# task"),
            ("test_task.py", "# test"),
        ]),
        findings: vec![policy.rule(check).unwrap().fail("0.01", "It is wrong.")],
        ..Feedback::default()
    }
}

#[tokio::test]
async fn what_was_rejected_is_not_handed_in_again() {
    let trying = || {
        vec![
            call("run_prepare", json!({})),
            call("run_test", json!({})),
            call("submit_draft", json!({})),
        ]
    };
    let noise = sent_back(CheckId::new('C', 1));
    let mut twice = trying();
    twice.push(call("submit_draft", json!({ "notes": "nothing helps" })));
    let chat = Scripted::new(twice);
    let conversed = design_with(&chat, 20, &noise).await;
    assert_eq!(conversed.outcome, Outcome::Declined { reason: None });
    insta::assert_snapshot!(chat.results().pop().unwrap().1, @"not handed in: these are the files that were rejected, unchanged. Change what was found wrong; where that can't be done honestly, end by `give_up` with the reason. Handed in once more as they are, they end the work.");

    // What was changed is no longer that, and what failed by chance may be tried again.
    let mut changed = trying();
    changed.push(write("test_task.py", "# more tests"));
    changed.extend(trying());
    let handed = design_with(&Scripted::new(changed), 20, &noise).await;
    assert!(matches!(handed.outcome, Outcome::Handed(_)));
    let by_chance = Feedback {
        findings: Vec::new(),
        notes: vec!["`test_task.py` failed".to_owned()],
        ..noise
    };
    let handed = design_with(&Scripted::new(trying()), 20, &by_chance).await;
    assert!(matches!(handed.outcome, Outcome::Handed(_)));
}

#[tokio::test]
async fn an_agent_may_say_that_nothing_can_be_made() {
    let give_up = |reason: &str| call("give_up", json!({ "reason": reason }));
    let script = || {
        vec![
            give_up(" "),
            give_up("AUC is 0.5,\nas with shuffled labels."),
        ]
    };
    let declined = Some("AUC is 0.5, as with shuffled labels.".to_owned());
    let chat = Scripted::new(script());
    let conversed = design_with(&chat, 20, &Feedback::default()).await;
    let Outcome::Declined { reason } = conversed.outcome else {
        panic!("{:?}", conversed.outcome)
    };
    assert_eq!(reason, declined);
    assert_eq!(conversed.trace.failures["give_up"], 1);
    let conversed = refactor_with(&Scripted::new(script()), 20).await;
    assert_eq!(conversed.outcome, Outcome::Declined { reason: declined });
}

#[test]
fn a_proposal_is_told_in_lines() {
    insta::assert_snapshot!(super::super::proposed::proposal(&proposal()), @r#"
    id: greenhouse--mildew-binary
    title: Greenhouse: which plants get mildew
    target: "mildew", classes "no" (130 rows), "yes" (70 rows), the positive one is "yes"
    objective: binary
    metric: "roc_auc"
    a prediction is: probability
    split: stratified, share of test 0.3, seed 805298: Plants are independent of each other.
    id column to add: "id"
    features: 3
    - "height": number
    - "light": number
    - "bed": category
    why it is worth predicting: Gardeners would treat plants early. Light and height tell something, not all.
    "#);
}
