//! A provider that is gone: the run ends cleanly, and the same command goes on when it is back.

use crate::{
    replayed::{course, events, of_kind, replayed, tasks},
    scripted::ScriptedModel,
    served::own_replies,
    support::{Ran, TestEnv, exit, first_difference, read_tree},
};

/// The dataset that is asked for.
const DATASET: &str = "greenhouse";

/// A user who waits two seconds for a provider, and not a quarter of an hour.
fn impatient() -> TestEnv {
    let env = TestEnv::with_data();
    env.write(
        "smith.toml",
        "test_agent = \"react\"\n[llm]\nmodel = \"gpt-5\"\nretry_seconds = 2\n",
    );
    env
}

fn generate(env: &TestEnv, url: &str) -> Ran {
    env.smith(&["generate", &format!("data/{DATASET}"), "--base-url", url])
}

#[test]
fn nobody_listens() {
    let env = impatient();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let ran = generate(&env, &url).expect(exit::OUTAGE);
    assert!(ran.stderr.contains("is asked again"), "{}", ran.document());
    let document = ran.document();
    let (first, _) = document.split_once("--- stderr").unwrap();
    let first = first.replace(&url, "[URL]");
    insta::assert_snapshot!(without_attempts(&first));
}

#[test]
fn what_was_done_before_an_outage_is_published_and_not_done_again() {
    let whole = replayed(DATASET);
    let published = of_kind(&whole.events, "task_published");
    let task = |at: usize| published[at]["task"].as_str().unwrap();
    let env = impatient();
    let replies = own_replies(&env, DATASET);
    // The provider falls silent in the middle of the second task.
    let silent = replies.join(DATASET).join(format!("refactor.{}", task(1)));
    let reply = fs_err::read(silent.join("00.json")).unwrap();
    fs_err::write(silent.join("00.json"), r#"{"error": {"status": 529}}"#).unwrap();
    let requests = env.path("requests");
    let server = ScriptedModel::start(&replies, &["--requests", requests.as_str()]);

    let further = "data/parcels";
    let data = format!("data/{DATASET}");
    let url = server.url();
    let command = ["generate", &data, further, "--jobs", "1", "--base-url", url];
    let ran = env.smith(&command).expect(exit::OUTAGE);
    assert!(ran.stdout.contains("529"), "{}", ran.document());
    let before = events(&env, "tasks");
    assert!(!of_kind(&before, "model_called").is_empty());
    let opened = of_kind(&before, "dataset_opened");
    assert_eq!(opened.len(), 1, "no further dataset is begun: {opened:?}");
    let tree = read_tree(&env.path("tasks"));
    let done = tasks(&tree);
    assert_eq!(done.keys().collect::<Vec<_>>(), [&task(0)]);
    let difference = first_difference(&tasks(&whole.tree)[task(0)], &done[task(0)]);
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());

    fs_err::write(silent.join("00.json"), reply).unwrap();
    fs_err::remove_dir_all(&requests).unwrap();
    generate(&env, server.url()).expect(exit::OK);
    assert!(
        !requests
            .join(format!("{DATASET}__brainstormer.jsonl"))
            .exists(),
        "the Brainstormer was asked again"
    );
    let difference = first_difference(&whole.tree, &read_tree(&env.path("tasks")));
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    assert_eq!(
        of_kind(&events(&env, "tasks"), "model_called").len(),
        of_kind(&whole.events, "model_called").len(),
        "{}",
        course(&events(&env, "tasks"))
    );
}

/// A text without the number of attempts, which is chance.
fn without_attempts(text: &str) -> String {
    let (before, rest) = text.split_once(" after ").unwrap();
    let (_, rest) = rest.split_once(" attempts").unwrap();
    format!("{before} after some attempts{rest}")
}

/// The task whose judge makes things up.
const TASK: &str = "greenhouse--vigour-ordinal";

#[test]
fn a_judge_that_can_not_be_believed_leaves_its_task_open_and_is_asked_anew() {
    let env = impatient();
    let replies = own_replies(&env, DATASET);
    let honest = replies.join(DATASET).join(format!("reviewer.{TASK}"));
    let anew = replies.join(DATASET).join(format!("reviewer.{TASK}.2"));
    fs_err::rename(&honest, &anew).unwrap();
    let mut review: serde_json::Value =
        serde_json::from_slice(&fs_err::read(anew.join("00.json")).unwrap()).unwrap();
    review["text"]["scores"][0]["evidence"][0]["text"] =
        "Plants were graded by the gardener's cat.".into();
    for reply in ["00.json", "01.json", "02.json"] {
        env.write(
            &format!("replies/{DATASET}/reviewer.{TASK}/{reply}"),
            review.to_string(),
        );
    }
    let server = ScriptedModel::start(&replies, &[]);

    let ran = generate(&env, server.url()).expect(exit::OUTAGE);
    let before = events(&env, "tasks");
    let failed = of_kind(&before, "task_failed");
    assert_eq!(failed.len(), 1, "{}", ran.document());
    assert_eq!(failed[0]["task"], TASK);
    for told in [&failed[0]["error"], &failed[0]["hint"]] {
        let told = told.as_str().unwrap().lines().next().unwrap();
        assert!(ran.stdout.contains(told), "{told}\n{}", ran.document());
    }
    assert!(of_kind(&before, "dataset_failed").is_empty());
    let published: Vec<String> = read_tree(&env.path("tasks")).into_keys().collect();
    assert!(
        published.iter().any(|path| !path.starts_with(TASK)),
        "the other task is published: {published:?}"
    );
    assert!(!published.iter().any(|path| path.starts_with(TASK)));
    let status = env
        .smith(&["status", "tasks", "--datasets"])
        .expect(exit::OK);
    let line = format!("{TASK}: failed: the reviewer of `{TASK}` gave no review");
    for told in ["tasks that failed", line.as_str()] {
        assert!(status.stdout.contains(told), "{}", status.document());
    }
    assert!(
        !status.stdout.contains("lost at stage"),
        "nothing is held against it"
    );

    generate(&env, server.url()).expect(exit::OK);
    let after = events(&env, "tasks");
    let asked = |events: &[serde_json::Value]| {
        let calls = of_kind(events, "model_called");
        let of_judge = |call: &&&serde_json::Value| {
            call["agent"] == "reviewer" && call["subject"] == TASK && call["replayed"] == false
        };
        calls.iter().filter(of_judge).count()
    };
    assert_eq!((asked(&before), asked(&after)), (3, 4));
    assert!(
        env.path("tasks")
            .join(TASK)
            .join("evidence/review.json")
            .exists()
    );
}
