//! A run that is killed at any moment goes on where it was, and ends with the bytes of an undisturbed one.

use std::time::Duration;

use crate::support::{TestEnv, exit, first_difference, published, read_tree};

const COMMAND: [&str; 5] = [
    "generate",
    "data/greenhouse",
    "data/parcels",
    "--out",
    "tasks",
];

/// How many events stand in the ledger when the run is killed: at its start, between stages, late.
const KILL_AFTER: [usize; 6] = [1, 3, 8, 14, 22, 32];

/// How often the ledger is looked at.
const TICK: Duration = Duration::from_millis(2);

#[test]
fn a_killed_run_ends_like_an_undisturbed_one() {
    let env = TestEnv::with_data();
    let events = || {
        fs_err::read(env.path("tasks.ledger/events.jsonl"))
            .map_or(0, |it| it.iter().filter(|byte| **byte == b'\n').count())
    };
    let mut killed = 0;
    for limit in KILL_AFTER {
        let mut child = env.start(&COMMAND);
        while events() < limit && child.try_wait().unwrap().is_none() {
            std::thread::sleep(TICK);
        }
        killed += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        assert_no_half_written_task(&env);
    }
    assert!(
        killed > 2,
        "the run ended before it could be killed: {killed}"
    );
    env.smith(&COMMAND).expect(exit::OK);
    let difference = first_difference(&published().tree, &read_tree(&env.path("tasks")));
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}

/// A folder that is called like a task is a whole task.
fn assert_no_half_written_task(env: &TestEnv) {
    if env.path("tasks").exists() {
        for entry in fs_err::read_dir(env.path("tasks")).unwrap() {
            let folder = entry.unwrap().path();
            assert!(
                folder.join("MANIFEST").is_file(),
                "`{}` is half written",
                folder.display()
            );
        }
    }
}

#[test]
fn a_second_run_repeats_no_stage() {
    let env = TestEnv::with_data();
    let first = env
        .smith(&["generate", "data/parcels", "--out", "tasks"])
        .expect(exit::OK);
    let before = read_tree(&env.path("tasks"));
    let second = env
        .smith(&["generate", "data/parcels", "--out", "tasks", "--json"])
        .expect(exit::OK);
    let executed = second
        .json_lines()
        .iter()
        .filter(|event| event["event"] == "stage_finished" && event["resumed"] == false)
        .count();
    assert_eq!(executed, 0, "{}\n{}", first.document(), second.document());
    assert_eq!(
        first_difference(&before, &read_tree(&env.path("tasks"))),
        None
    );
}
