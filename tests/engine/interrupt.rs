//! Ctrl-C: a generation ends in order, says how to go on, and goes on to the bytes of an undisturbed run.

use std::time::Duration;

use serde_json::Value;

use crate::{
    kill::repeated,
    replayed::{charged, events, replayed, results},
    scripted::ScriptedModel,
    served::{asked, own_replies, with_models},
    support::{TestEnv, exit, first_difference, read_tree},
};

/// The dataset whose run is interrupted.
const DATASET: &str = "greenhouse";

/// Starts a generation, interrupts it once `ready` says so, and looks at how it ends.
fn interrupted(env: &TestEnv, command: &[&str], ready: impl Fn() -> bool) {
    let mut child = env.talking(command);
    while !ready() {
        assert!(child.try_wait().unwrap().is_none(), "it has ended");
        std::thread::sleep(Duration::from_millis(5));
    }
    env.interrupt(&child);
    let ran = env.ended(command, child).expect(exit::INTERRUPTED);
    let hint = "interrupted: the same command goes on where this one stopped";
    assert!(ran.stderr.contains(hint), "{}", ran.document());
    let last = events(env, "tasks").pop().unwrap();
    assert_eq!(last["event"], "interrupted");
    assert!(
        env.temporary_files().is_empty(),
        "{:?}",
        env.temporary_files()
    );
}

#[test]
fn while_it_waits_for_a_provider_and_while_a_script_runs() {
    let env = TestEnv::with_data();
    let replies = own_replies(&env, DATASET);
    let path = replies.join(DATASET).join("brainstormer/01.json");
    let mut reply: Value = serde_json::from_slice(&fs_err::read(&path).unwrap()).unwrap();
    reply["faults"] = serde_json::json!([{"status": 429, "retry_after": 50}]);
    fs_err::write(&path, reply.to_string()).unwrap();
    let requests = env.path("requests");
    let server = ScriptedModel::start(&replies, &["--requests", requests.as_str()]);
    env.write("smith.toml", with_models(server.url()));
    let data = format!("data/{DATASET}");
    let command = ["generate", data.as_str()];

    interrupted(&env, &command, || {
        requests.exists()
            && asked(&read_tree(&requests))
                .iter()
                .any(|asked| asked["fault"]["status"] == 429)
    });
    // An agent's scripts run in the stage of execution, right after its calls.
    interrupted(&env, &command, || {
        let events = events(&env, "tasks");
        events
            .iter()
            .any(|event| event["event"] == "model_called" && event["agent"] == "react")
    });
    env.smith(&command).expect(exit::OK);

    let whole = replayed(DATASET);
    let difference = first_difference(&whole.tree, &read_tree(&env.path("tasks")));
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    let events = events(&env, "tasks");
    assert_eq!(results(&events), results(&whole.events));
    let repeated = repeated(&events);
    assert!(repeated.is_empty(), "{repeated:#?}");
    assert!(charged(&events) > 0.0, "the last run asked for the rest");
}
