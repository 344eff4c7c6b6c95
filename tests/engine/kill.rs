//! `kill -9` at random moments of a replayed run: the same command goes on, and ends with the bytes of an undisturbed run.
//!
//! `SMITH_KILLS=20` kills at as many moments; without it there are a few, so that the tests stay quick.

use std::time::Duration;

use crate::{
    replayed::{command, events, of_kind, replayed, user, words},
    support::{TestEnv, exit, first_difference, read_tree},
};

/// The dataset with the shortest run.
const DATASET: &str = "greenhouse";

/// Moments unless the variable says otherwise.
const KILLS: u64 = 4;

/// Where the moments come from.
const SEED: u64 = 20_261_122;

#[test]
fn at_any_moment() {
    let kills = std::env::var("SMITH_KILLS").map_or(KILLS, |text| text.parse().unwrap());
    let whole = replayed(DATASET);
    let command = command(DATASET, "tasks");
    let command = words(&command);
    let mut in_time = 0;
    for kill in 0..kills {
        let env = user();
        let moment = moment(kill, kills, whole.wall);
        let mut child = env.start(&command);
        std::thread::sleep(moment);
        in_time += u64::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        let done = done(&env);
        println!("killed after {moment:?}: {done}");
        assert_whole_tasks(&env);

        env.smith(&command).expect(exit::OK);
        let difference = first_difference(&whole.tree, &read_tree(&env.path("tasks")));
        assert!(
            difference.is_none(),
            "killed after {moment:?}: {}",
            difference.unwrap_or_default()
        );
    }
    // The last moments may come after the end of a run that was quicker than the first.
    assert!(
        in_time * 4 >= kills * 3,
        "only {in_time} of {kills} runs were killed"
    );
}

/// One moment in each of as many equal parts of the time that a run takes.
fn moment(kill: u64, kills: u64, wall: Duration) -> Duration {
    // SplitMix64.
    let mut mixed = SEED.wrapping_add((kill + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    let within = (mixed >> 11) as f64 / (1_u64 << 53) as f64;
    wall.mul_f64((kill as f64 + within) / kills as f64)
}

/// What the ledger says was done.
fn done(env: &TestEnv) -> String {
    if !env.path("tasks.ledger/events.jsonl").exists() {
        return "nothing".to_owned();
    }
    let text = fs_err::read(env.path("tasks.ledger/events.jsonl")).unwrap();
    let torn = !text.is_empty() && !text.ends_with(b"\n");
    if torn {
        return "a line was torn".to_owned();
    }
    let events = events(env, "tasks");
    format!(
        "{} calls, {} stages, {} tasks",
        of_kind(&events, "model_called").len(),
        of_kind(&events, "stage_finished").len(),
        of_kind(&events, "task_published").len()
    )
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
