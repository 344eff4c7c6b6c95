//! `kill -9` at random moments of a run, and once more while it goes on: the same command ends with the bytes of an undisturbed
//! run, does no stage again that was done, and pays for no reply again that was kept.
//!
//! `SMITH_KILLS=20` kills at as many moments; without it there are a few, so that the tests stay quick.

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;

use crate::{
    replayed::{Replayed, command, events, models, of_kind, replayed, results, user, words},
    scripted::ScriptedModel,
    served::{asked, with_models},
    support::{TestEnv, exit, first_difference, read_tree},
};

/// The dataset with the shortest run, and one of which two tasks are published.
const DATASETS: [&str; 2] = ["studio", "greenhouse"];

/// Moments unless the variable says otherwise.
const KILLS: u64 = 4;

/// How often the ledger is looked at.
const TICK: Duration = Duration::from_millis(2);

/// Where the moments come from.
const SEED: u64 = 20_261_122;

/// Where replies come from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Replies {
    /// A cassette.
    Recorded,
    /// A server that is asked; what it said is kept beside the ledger.
    Served,
}

/// Every other run is served, every other pair of runs is killed once more while it goes on, and every fourth makes two tasks.
#[test]
fn at_any_moment() {
    let kills = std::env::var("SMITH_KILLS").map_or(KILLS, |text| text.parse().unwrap());
    let mut in_time = 0;
    let mut all = 0;
    for kill in 0..kills {
        let replies = match kill % 2 {
            0 => Replies::Recorded,
            _ => Replies::Served,
        };
        let first = (kill as f64 + chance(2 * kill)) / kills as f64;
        let moments = match kill / 2 % 2 {
            0 => vec![first, chance(2 * kill + 1)],
            _ => vec![first],
        };
        let dataset = DATASETS[usize::from(kill % 4 == 3)];
        in_time += killed_at(dataset, replies, &moments);
        all += moments.len();
    }
    // The last moments may come after the end of a run that was quicker than another.
    assert!(
        in_time * 3 >= all * 2,
        "only {in_time} of {all} kills met a run"
    );
}

/// Kills a run at each of the moments, which are shares of what is left to do then, lets the last go to its end, and looks at what it did. Tells how many kills met a run.
fn killed_at(dataset: &str, replies: Replies, moments: &[f64]) -> usize {
    let whole = replayed(dataset);
    let env = user();
    let requests = env.path("requests");
    let server = match replies {
        Replies::Recorded => None,
        Replies::Served => {
            let notes = ["--requests", requests.as_str()];
            Some(ScriptedModel::start(&models("replies"), &notes))
        }
    };
    let command = match &server {
        None => command(dataset, "tasks"),
        Some(server) => {
            env.write("smith.toml", with_models(server.url()));
            vec!["generate".to_owned(), format!("data/{dataset}")]
        }
    };
    let command = words(&command);
    let mut in_time = 0;
    for moment in moments {
        let (until, later) = moment_of(*moment, lines(&env), &whole);
        let mut child = env.start(&command);
        while lines(&env) < until && child.try_wait().unwrap().is_none() {
            std::thread::sleep(TICK);
        }
        std::thread::sleep(later);
        in_time += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        println!(
            "{replies:?}, killed at line {until} and {later:?}: {}",
            done(&env)
        );
        assert_whole_tasks(&env);
    }

    env.smith(&command).expect(exit::OK);
    let at = format!("{replies:?}, killed at {moments:?}");
    let difference = first_difference(&whole.tree, &read_tree(&env.path("tasks")));
    assert!(
        difference.is_none(),
        "{at}: {}",
        difference.unwrap_or_default()
    );
    let events = events(&env, "tasks");
    assert_eq!(results(&events), results(&whole.events), "{at}");
    let repeated = repeated(&events);
    assert!(repeated.is_empty(), "{at}: {repeated:#?}");
    if replies == Replies::Served {
        // Each kill may have met one call that was sent and whose reply was not yet kept.
        let asked = asked(&read_tree(&requests)).len();
        let calls = of_kind(&whole.events, "model_called").len();
        assert!(
            (calls..=calls + in_time).contains(&asked),
            "{at}: {asked} requests for {calls} calls"
        );
    }
    in_time
}

/// What a ledger says was done although it had been done, and what its last run should have taken over and did not.
pub(crate) fn repeated(events: &[Value]) -> Vec<String> {
    let key = |event: &Value| event["key"].to_string();
    let last = events
        .iter()
        .rposition(|event| event["event"] == "run_started")
        .unwrap();
    let mut finished: BTreeSet<String> = BTreeSet::new();
    let mut reused: BTreeSet<String> = BTreeSet::new();
    let mut before: BTreeSet<String> = BTreeSet::new();
    let mut told: BTreeSet<String> = BTreeSet::new();
    let mut repeated = Vec::new();
    for (at, event) in events.iter().enumerate() {
        if at == last {
            before.clone_from(&finished);
        }
        match event["event"].as_str().unwrap() {
            "stage_started" if finished.contains(&key(event)) => {
                repeated.push(format!("begun again: {event}"));
            }
            "stage_finished" => {
                finished.insert(key(event));
            }
            "stage_reused" if at > last => {
                reused.insert(key(event));
            }
            "model_called"
                if event["replayed"] == false && !told.insert(event["request"].to_string()) =>
            {
                repeated.push(format!("paid again: {event}"));
            }
            _ => {}
        }
    }
    repeated.extend(
        before
            .difference(&reused)
            .map(|key| format!("not taken over: {key}")),
    );
    repeated
}

/// A moment as a number of lines in the ledger and a time after the last of them, so that how busy a machine is does not decide
/// what a kill meets.
fn moment_of(share: f64, before: usize, whole: &Replayed) -> (usize, Duration) {
    let lines = whole.events.len();
    let left = lines.saturating_sub(before) as f64 * share;
    let until = before + left as usize;
    (
        until,
        (whole.wall / u32::try_from(lines).unwrap()).mul_f64(left.fract()),
    )
}

/// Whole lines of the ledger.
fn lines(env: &TestEnv) -> usize {
    let text = fs_err::read(env.path("tasks.ledger/events.jsonl")).unwrap_or_default();
    text.iter().filter(|byte| **byte == b'\n').count()
}

/// A number in [0, 1), the same in every run.
fn chance(number: u64) -> f64 {
    // SplitMix64.
    let mut mixed = SEED.wrapping_add((number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
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
