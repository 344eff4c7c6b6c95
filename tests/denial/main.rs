//! Hostile code in the real sandbox, with the real environment: every attempt must fail, every control must work.
//!
//! Needs what the product itself needs, no more: user namespaces, and the environment `tabular`, which is realised
//! first if it is not there. As root, everything is tried a second time as a user without any rights.

#![cfg(test)]

mod attacks;
mod ground;
mod unprivileged;
mod warm;

use std::time::Duration;

use camino::Utf8Path;
use process::Stopwatch;
use sandbox::collect::TreeLimits;
use sandbox::doctor::Standing;
use sandbox::{Completed, Outcome};

use attacks::{ATTACKS, Attack, Role};
use ground::{Ground, Way};

#[tokio::test(flavor = "multi_thread")]
async fn attempts_fail_for_this_user() {
    let ground = Ground::new().await;
    all_fail(&ground, &Way::Cold).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_fail_warm_for_this_user() {
    let ground = Ground::new().await;
    let server = ground.fork_server().await;
    all_fail(&ground, &Way::Warm(server)).await;
}

async fn all_fail(ground: &Ground, way: &Way) {
    ground.control();
    let mut failures = Vec::new();
    for attack in ATTACKS {
        let completed = ground.run(attack, way).await;
        let mut complaints = judge(attack, &completed, ground);
        if let Way::Warm(server) = way {
            // Its runs have its own command line; they are its children.
            let left = warm::children_of(server);
            complaints.extend((!left.is_empty()).then(|| format!("left: {left:?}")));
        }
        if !complaints.is_empty() {
            let record = &completed.record;
            failures.push(format!(
                "## {}: {}\n{}\n-- stdout\n{}-- stderr\n{}",
                attack.name,
                record.outcome,
                complaints.join("\n"),
                record.stdout.text().chars().take(4000).collect::<String>(),
                record.stderr.last_lines(5),
            ));
        }
    }
    ground.control();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_fail_for_a_user_without_rights_too() {
    if !unprivileged::are_we_root() {
        // The other test is this test then.
        return;
    }
    for test in [
        "attempts_fail_for_this_user",
        "attempts_fail_warm_for_this_user",
        "warm::runs_of_one_server_are_strangers",
        "warm::the_server_can_not_be_reached",
        "warm::nothing_is_left_for_the_next_run",
        "warm::a_killed_server_fails_no_more_than_the_runs_in_flight",
        "warm::a_server_that_nobody_holds_ends",
        "warm::a_run_that_nobody_waits_for_is_ended",
    ] {
        unprivileged::run(test).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_nobody_waits_for_is_ended() {
    const SLEEPER: Attack = Attack {
        name: "sleep",
        role: Role::Solver,
        script: "time.sleep(60)",
        outcomes: &[],
        wall_seconds: 60,
        prints: None,
    };
    let ground = Ground::new().await;
    let patience = Duration::from_secs(20);
    {
        let run = ground.run(&SLEEPER, &Way::Cold);
        tokio::pin!(run);
        let watch = Stopwatch::start();
        while ground.processes_left(&SLEEPER).is_empty() {
            assert!(watch.elapsed() < patience, "it never began");
            let early = tokio::time::timeout(Duration::from_millis(20), &mut run).await;
            assert!(early.is_err(), "it ended by itself: {early:?}");
        }
    }
    let watch = Stopwatch::start();
    while !ground.processes_left(&SLEEPER).is_empty() {
        assert!(watch.elapsed() < patience, "it is still running");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_finds_what_the_attempts_rest_on() {
    let ground = Ground::new().await;
    let report = sandbox::doctor::examine(Some(&ground.python.launcher())).await;
    assert!(report.is_ready(), "{report:#?}");
    let untried = report
        .guarantees
        .iter()
        .find(|one| matches!(one.standing, Standing::Untried { .. }));
    assert_eq!(untried, None);
}

/// What is wrong with the end of an attempt.
fn judge(attack: &Attack, completed: &Completed, ground: &Ground) -> Vec<String> {
    let record = &completed.record;
    let mut complaints = Vec::new();
    if !attack.outcomes.contains(&record.outcome) {
        complaints.push(format!("must end with one of {:?}", attack.outcomes));
    }
    if let Some(expected) = attack.prints
        && record.stdout.text() != expected
    {
        complaints.push(format!("must print\n{expected}"));
    }
    let left = ground.processes_left(attack);
    if !left.is_empty() {
        complaints.push(format!("left processes: {left:?}"));
    }
    complaints.extend(after(attack, completed, ground));
    complaints
}

/// What has to be looked at beyond outcome and output, for some attempts.
fn after(attack: &Attack, completed: &Completed, ground: &Ground) -> Vec<String> {
    let record = &completed.record;
    let limits = attacks::limits(attack);
    let mut complaints = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            complaints.push(format!("must hold: {what}"));
        }
    };
    match record.outcome {
        Outcome::OutputExceeded => {
            let streams = [&record.stdout, &record.stderr];
            must(
                streams.iter().any(|stream| stream.truncated),
                "the loud stream is marked as cut",
            );
            must(
                streams
                    .iter()
                    .all(|stream| stream.bytes.len() as u64 <= limits.output_bytes),
                "no more is kept than allowed",
            );
        }
        Outcome::TimedOut => {
            let most = limits.wall_seconds + limits.grace_seconds + 3;
            must(record.wall.as_secs() < most, "it ends soon after its limit");
        }
        Outcome::MemoryExceeded => must(
            record.peak_memory_bytes < limits.memory_bytes * 3,
            "it is stopped near its limit",
        ),
        _ => {}
    }
    match attack.name {
        "outlive the time limit" | "outlive the program itself" => {
            let size = |name: &str| {
                ground
                    .take(completed, name, 1 << 20)
                    .map(|taken| taken.bytes)
            };
            let first = size("heartbeat");
            must(first.is_ok(), "the background process did run");
            std::thread::sleep(Duration::from_millis(200));
            must(first == size("heartbeat"), "it does not run any more");
        }
        "leave something else than files" => {
            for (name, expected) in [
                ("link", "`link` is a symbolic link, not a regular file"),
                (
                    "link-to-answers",
                    "`link-to-answers` is a symbolic link, not a regular file",
                ),
                (
                    "folder-link/passwd",
                    "`folder-link/passwd` is a symbolic link, not a regular file",
                ),
                ("pipe", "`pipe` is a named pipe, not a regular file"),
                ("socket", "`socket` is a socket, not a regular file"),
                ("folder", "`folder` is a folder, not a regular file"),
                ("twice", "`twice` has 2 hard links"),
                ("large", "`large` takes more than the 1000 bytes allowed"),
                ("absent", "`absent` was not written"),
            ] {
                let refused = ground
                    .take(completed, name, 1000)
                    .map_err(|refusal| refusal.to_string());
                must(refused == Err(expected.to_owned()), expected);
            }
            let taken = ground.take(completed, "submission.csv", 1000);
            must(
                taken.is_ok_and(|taken| taken.bytes == 5),
                "a regular file is taken",
            );
            must(
                ground.mode_of_last_taken() & 0o6000 == 0,
                "its mode is not carried over",
            );
            let all = completed
                .outputs
                .folder(Utf8Path::new(sandbox::roles::WORK))
                .take_tree(
                    Utf8Path::new(""),
                    TreeLimits {
                        entries: 100,
                        bytes: 1 << 20,
                        depth: 3,
                    },
                    &ground.fresh_target(),
                )
                .unwrap();
            must(all.is_err(), "a tree with a link is refused");
        }
        _ => {}
    }
    complaints
}
