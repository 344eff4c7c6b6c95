//! Parts of the pipeline that are switched off: the ledger says which, and what was lost without them shows.

use serde_json::Value;

use crate::{
    replayed::{command, course, events, models, replayed, tasks, user, words},
    scripted::ScriptedModel,
    support::{TestEnv, Tree, exit, read_tree},
};

/// The dataset whose first task is repaired after execution, and whose second needs no repair.
const DATASET: &str = "greenhouse";

/// What the ledger says was switched off.
fn switched_off(events: &[Value]) -> Vec<String> {
    let ablation = &events[0]["configuration"]["models"]["ablation"];
    let switches = ablation.as_object().unwrap().iter();
    switches
        .filter(|(_, on)| **on == true)
        .map(|(name, _)| name.clone())
        .collect()
}

/// What was off in a replayed run with a switch, its course, and what it published.
fn without(switch: &str) -> (Vec<String>, String, Tree) {
    let env = user();
    let mut command = command(DATASET, "tasks");
    command.push(switch.to_owned());
    env.smith(&words(&command)).expect(exit::OK);
    let events = events(&env, "tasks");
    let tree = read_tree(&env.path("tasks"));
    (switched_off(&events), course(&events), tree)
}

#[test]
fn nothing_is_off_unless_it_is_switched_off() {
    assert!(switched_off(&replayed(DATASET).events).is_empty());
}

#[test]
fn without_review_no_model_judges() {
    let (off, course, tree) = without("--no-review");
    assert_eq!(off, ["no_review"]);
    // The rules judge instead, and their scores are checked as a model's are.
    for (task, files) in tasks(&tree) {
        let verdict: Value = serde_json::from_slice(&files["evidence/verdict.json"]).unwrap();
        let findings = verdict["findings"].as_array().unwrap();
        let of_review = |finding: &&Value| finding["check"] == "F02";
        let found = findings.iter().find(of_review);
        assert_eq!(found.unwrap()["status"], "pass", "`{task}`: {verdict}");
    }
    insta::assert_snapshot!(course);
}

#[test]
fn without_feedback_what_would_be_repaired_is_lost() {
    let (off, course, _) = without("--no-feedback");
    assert_eq!(off, ["no_feedback"]);
    insta::assert_snapshot!(course);
}

#[test]
fn one_prompt_makes_a_package_in_one_conversation() {
    let env = TestEnv::with_data();
    let server = ScriptedModel::start(&models("replies"), &[]);
    let data = format!("data/{DATASET}");
    let words = [
        "generate",
        &data,
        "--model",
        "gpt-5",
        "--base-url",
        server.url(),
    ];
    let options = ["--single-prompt", "--test-agent", "react"];
    env.smith(&[&words[..], &options].concat()).expect(exit::OK);
    let events = events(&env, "tasks");
    assert_eq!(switched_off(&events), ["single_prompt"]);
    insta::assert_snapshot!(course(&events));
}
