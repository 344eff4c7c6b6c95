//! A run that is killed at any moment goes on where it was, and ends with the bytes of an undisturbed one.

use std::{process::Child, time::Duration};

use crate::support::{TestEnv, Tree, exit, first_difference, published, read_tree};

const COMMAND: [&str; 4] = ["generate", "data/greenhouse", "--out", "tasks"];

/// When a run is killed: after so many further events in the ledger, and so many milliseconds more. The first hits
/// the start, the others the middle of a stage or the change from one to the next.
const KILLS: [(usize, u64); 6] = [(1, 0), (3, 0), (5, 300), (9, 0), (11, 1500), (14, 40)];

/// How often the ledger is looked at.
const TICK: Duration = Duration::from_millis(2);

#[test]
fn a_killed_run_ends_like_an_undisturbed_one() {
    let env = TestEnv::with_data();
    let mut killed = 0;
    for (events, milliseconds) in KILLS {
        let before = events_in_ledger(&env);
        let mut child = env.start(&COMMAND);
        while events_in_ledger(&env) < before + events && is_running(&mut child) {
            std::thread::sleep(TICK);
        }
        std::thread::sleep(Duration::from_millis(milliseconds));
        killed += usize::from(is_running(&mut child));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_whole_tasks(&env);
    }
    assert!(
        killed > 3,
        "runs ended before they could be killed: only {killed} were"
    );

    let resumed = env.smith(&COMMAND).expect(exit::OK);
    let undisturbed: Tree = published()
        .tree
        .iter()
        .filter(|(path, _)| path.starts_with("greenhouse"))
        .map(|(path, content)| (path.clone(), content.clone()))
        .collect();
    let tasks = read_tree(&env.path("tasks"));
    let difference = first_difference(&undisturbed, &tasks);
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());

    let again = env
        .smith(&[&COMMAND[..], &["--json"]].concat())
        .expect(exit::OK);
    let stages: Vec<_> = again
        .json_lines()
        .into_iter()
        .filter(|event| event["event"] == "stage_finished")
        .collect();
    assert!(
        !stages.is_empty() && stages.iter().all(|event| event["resumed"] == true),
        "{}\n{}",
        resumed.document(),
        again.document()
    );
    assert_eq!(
        first_difference(&tasks, &read_tree(&env.path("tasks"))),
        None
    );
}

fn events_in_ledger(env: &TestEnv) -> usize {
    let lines = fs_err::read(env.path("tasks.ledger/events.jsonl"));
    lines.map_or(0, |bytes| {
        bytes.iter().filter(|byte| **byte == b'\n').count()
    })
}

fn is_running(child: &mut Child) -> bool {
    child.try_wait().unwrap().is_none()
}

/// A folder that is called like a task is a whole task.
fn assert_whole_tasks(env: &TestEnv) {
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
