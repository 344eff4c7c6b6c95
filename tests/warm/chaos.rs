//! Runs while the fork server is killed at random: each ends with its own result or a typed fault, and nothing is left behind.
//!
//! When which run's server is killed follows from the number of the run; what the kill hits is up to the scheduler.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use executor::{ExecuteError, Executor};
use facts::RunFailure;
use process::{Fault, HostCommand, Stopwatch};
use sandbox::SandboxError;
use task_format::LimitsTable;

use crate::ground::realised;
use crate::remains::{Remains, descendants, inside, running};
use crate::support::TestEnv;

/// Runs that are made unless `SMITH_CHAOS_RUNS` says another number.
const RUNS: usize = 100;
/// Of so many runs, one has the server killed while it runs.
const ONE_IN: u64 = 20;
/// Runs at a time.
const PARALLEL: usize = 4;
/// A kill comes at most this long after its run was asked for: most runs take less.
const LATEST_MILLISECONDS: u64 = 150;
/// A run that takes longer hangs. The start of another server, and of those that are killed in turn, is part of it.
const PATIENCE: Duration = Duration::from_secs(120);
/// Set in the process that this test starts for itself, to the folder for all that it makes.
const ALONE: &str = "WARM_TEST_FOLDER";

/// A kind of run: a script, in which `$N` is the number of the run, and what comes of it.
struct Kind {
    name: &'static str,
    script: &'static str,
    gives: Gives,
}

enum Gives {
    /// It leaves this submission: a text with `$N`, so many times.
    Submission(&'static str, usize),
    /// It ends with status 1 and this on standard error.
    Traceback(&'static str),
    TimedOut,
}

const KINDS: [Kind; 8] = [
    Kind {
        name: "trivial",
        script: "open('submission.csv', 'w').write('trivial $N\\n')",
        gives: Gives::Submission("trivial $N\n", 1),
    },
    Kind {
        name: "large file",
        script: "open('submission.csv', 'w').write('row of run $N\\n' * 100_000)",
        gives: Gives::Submission("row of run $N\n", 100_000),
    },
    Kind {
        name: "children",
        script: "\
import os
for part in range(4):
    if os.fork() == 0:
        open(f'part{part}', 'w').write('part of $N\\n')
        os._exit(0)
for _ in range(4):
    assert os.wait()[1] == 0
open('submission.csv', 'w').write(''.join(open(f'part{part}').read() for part in range(4)))
",
        gives: Gives::Submission("part of $N\n", 4),
    },
    Kind {
        name: "libraries",
        script: "\
import numpy, pandas
from sklearn.linear_model import LinearRegression
x = numpy.arange(50.0).reshape(-1, 1)
slope = LinearRegression().fit(x, x[:, 0] * 2).coef_[0]
pandas.DataFrame({'id': ['$N'], 'slope': [round(slope, 6)]}).to_csv('submission.csv', index=False)
",
        gives: Gives::Submission("id,slope\n$N,2.0\n", 1),
    },
    Kind {
        name: "orphan",
        script: "\
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
open('submission.csv', 'w').write('orphaned by $N\\n')
",
        gives: Gives::Submission("orphaned by $N\n", 1),
    },
    Kind {
        name: "output",
        script: "\
import sys
for _ in range(30):
    sys.stdout.write('x' * 100_000)
    sys.stderr.write('y' * 100_000)
open('submission.csv', 'w').write('heard of $N\\n')
",
        gives: Gives::Submission("heard of $N\n", 1),
    },
    Kind {
        name: "error",
        script: "raise ValueError('of run $N')",
        gives: Gives::Traceback(
            "Traceback (most recent call last):\n  File \"/code/run.py\", line 1, in <module>\n    \
             raise ValueError('of run $N')\nValueError: of run $N\n",
        ),
    },
    Kind {
        name: "too long",
        script: "import time\ntime.sleep(60)",
        gives: Gives::TimedOut,
    },
];

/// How runs ended, over all of them.
#[derive(Debug, Default)]
struct Count {
    results: AtomicUsize,
    faults: AtomicUsize,
    kills: AtomicUsize,
}

#[test]
fn chaos() {
    // tokio's own threads end soon after their work, so that those of others can be counted.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_keep_alive(Duration::from_millis(10))
        .enable_all()
        .build()
        .unwrap();
    match std::env::var(ALONE) {
        Ok(folder) => runtime.block_on(kill_and_count(Utf8Path::new(&folder))),
        Err(_) => runtime.block_on(alone("chaos::chaos")),
    }
}

/// Runs a test of this binary in a process and a folder of its own: what other tests leave is not counted.
async fn alone(test: &str) {
    let folder = tempfile::Builder::new().prefix("chaos-").tempdir().unwrap();
    let path = Utf8Path::from_path(folder.path()).unwrap();
    fs_err::create_dir(path.join("tmp")).unwrap();
    let mut command = HostCommand::find(std::env::current_exe().unwrap())
        .unwrap()
        .args(["--exact", test, "--nocapture"])
        .variable(ALONE, path.as_str())
        .variable("TMPDIR", path.join("tmp").as_str())
        .time_limit(Duration::from_secs(3600));
    for name in [
        "SMITH_HOME",
        "SMITH_CHAOS_RUNS",
        "SMITH_REALISER",
        "SMITH_DEBIAN_MIRROR",
    ] {
        if let Ok(value) = std::env::var(name) {
            command = command.variable(name, value);
        }
    }
    let output = command.run().await.unwrap();
    println!("{}", output.stdout_text());
    assert!(
        output.status.success() && output.stdout_text().contains("test result: ok. 1 passed"),
        "{}{}",
        output.stdout_text(),
        output.stderr_text()
    );
}

async fn kill_and_count(folder: &Utf8Path) {
    let runs = std::env::var("SMITH_CHAOS_RUNS").map_or(RUNS, |number| number.parse().unwrap());
    let watch = Stopwatch::start();
    let realised = realised().await;
    let executor = || Executor::new(Arc::clone(&realised), PARALLEL).warm();
    let count = Arc::new(Count::default());
    // What is opened once and kept, tokio's and ours, is there from now on.
    some_runs(&executor(), folder, 0..8, &Arc::new(Count::default())).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = Remains::now(folder);
    let half = runs / 2;
    for range in [8..8 + half, 8 + half..8 + runs] {
        let executor = executor();
        some_runs(&executor, folder, range, &count).await;
        // It is no accident that there were results: it runs warm to the end.
        let last = Count::default();
        one_run(&executor, folder, 0, &last).await;
        assert_eq!(
            last.results.load(Ordering::Relaxed),
            1,
            "the last run is lost"
        );
        assert!(
            !executor.fork_servers().await.is_empty(),
            "runs are cold now"
        );
        drop(executor);
        Remains::settle(&before, folder).await;
    }
    let number = |of: &AtomicUsize| of.load(Ordering::Relaxed);
    let (results, faults, kills) = (
        number(&count.results),
        number(&count.faults),
        number(&count.kills),
    );
    println!(
        "{runs} runs, {kills} kills: {results} results, {faults} faults, {:.0} s",
        watch.elapsed().as_secs_f64()
    );
    assert_eq!(results + faults, runs);
    assert!(
        faults <= kills * PARALLEL,
        "more faults than runs were in flight"
    );
    assert!(
        kills * 100 >= runs,
        "{kills} kills are too few to show anything"
    );
    assert!(faults > 0 || runs < RUNS, "no kill hit a run");
}

/// Makes these runs, several at a time, and kills the server during some of them.
async fn some_runs(
    executor: &Executor,
    folder: &Utf8Path,
    numbers: std::ops::Range<usize>,
    count: &Arc<Count>,
) {
    let next = Arc::new(AtomicUsize::new(numbers.start));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..PARALLEL {
        let (next, count) = (Arc::clone(&next), Arc::clone(count));
        let (executor, folder, end) = (executor.clone(), folder.to_owned(), numbers.end);
        workers.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= end {
                    return;
                }
                let run = one_run(&executor, &folder, number, &count);
                let killed = kill_during(&executor, number);
                let (_, killed) = tokio::join!(run, killed);
                count
                    .kills
                    .fetch_add(usize::from(killed), Ordering::Relaxed);
            }
        });
    }
    while let Some(ended) = workers.join_next().await {
        if let Err(error) = ended {
            std::panic::resume_unwind(error.into_panic());
        }
    }
}

/// Kills the server at some moment after a run was asked for, if the number of the run says so. True if it did.
async fn kill_during(executor: &Executor, number: usize) -> bool {
    let drawn = mixed(number as u64);
    if !drawn.is_multiple_of(ONE_IN) {
        return false;
    }
    tokio::time::sleep(Duration::from_millis(drawn / ONE_IN % LATEST_MILLISECONDS)).await;
    match executor.fork_servers().await.first() {
        Some(server) => kill(*server).await,
        None => false,
    }
}

async fn kill(process: u32) -> bool {
    let command = HostCommand::find("kill").unwrap();
    let output = command.args(["-KILL", &process.to_string()]).run().await;
    output.unwrap().status.success()
}

/// SplitMix64.
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// Makes one run, and fails unless it ends as its kind does, or with the one fault there may be.
async fn one_run(executor: &Executor, folder: &Utf8Path, number: usize, count: &Count) {
    let kind = &KINDS[number % KINDS.len()];
    let own = folder.join(format!("run-{number}"));
    let (code, public, into) = (
        own.join("code"),
        own.join("public"),
        own.join("submission.csv"),
    );
    for path in [&code, &public] {
        fs_err::create_dir_all(path).unwrap();
    }
    let filled = |text: &str| text.replace("$N", &number.to_string());
    fs_err::write(code.join("run.py"), filled(kind.script)).unwrap();
    let limits = LimitsTable {
        wall_seconds: if matches!(kind.gives, Gives::TimedOut) {
            1
        } else {
            60
        },
        memory_bytes: 1 << 30,
        disk_bytes: 64 << 20,
        output_bytes: 1 << 20,
    };
    let run = executor.solve(&code, "run.py", &public, &into, &limits);
    let ended = tokio::time::timeout(PATIENCE, run)
        .await
        .unwrap_or_else(|_| panic!("run {number} ({}) hangs", kind.name));
    match ended {
        Ok((outcome, _)) => {
            let submission = outcome.map(|()| fs_err::read_to_string(&into).unwrap());
            let expected = match kind.gives {
                Gives::Submission(text, times) => Ok(filled(text).repeat(times)),
                Gives::Traceback(text) => Err(RunFailure::RuntimeError {
                    exit: 1,
                    traceback: filled(text),
                }),
                Gives::TimedOut => Err(RunFailure::TimedOut { limit_seconds: 1 }),
            };
            assert!(
                submission == expected,
                "run {number} ({}) gives {submission:?}",
                kind.name
            );
            count.results.fetch_add(1, Ordering::Relaxed);
        }
        Err(ExecuteError::Sandbox { source, .. }) => {
            assert!(
                matches!(source, SandboxError::ForkServer { .. })
                    && source.fault() == Fault::Transient,
                "run {number} ({}): {source:?}",
                kind.name
            );
            count.faults.fetch_add(1, Ordering::Relaxed);
        }
        Err(error) => panic!("run {number} ({}): {error:?}", kind.name),
    }
    fs_err::remove_dir_all(&own).unwrap();
}

/// Temporary folders of a killed process stay, as those of any program do; nothing else may.
#[test]
fn nothing_runs_on_when_smith_itself_is_killed() {
    let env = TestEnv::with_data();
    for milliseconds in [0, 150, 700] {
        let _ledger = fs_err::remove_dir_all(env.path("tasks.ledger"));
        let mut smith = env.start(&["generate", "data/parcels", "--out", "tasks"]);
        let watch = Stopwatch::start();
        // bubblewrap at the gate of a run, which becomes no program: its last word is no path of one.
        let is_run = |command: &String| command.trim_end().ends_with("-- /");
        while !descendants(smith.id()).values().any(is_run) {
            assert!(
                watch.elapsed() < Duration::from_secs(60),
                "no warm run is seen"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(milliseconds));
        let mut seen: BTreeMap<_, _> = descendants(smith.id());
        smith.kill().unwrap();
        smith.wait().unwrap();
        let folder: Utf8PathBuf = env.path("").parent().unwrap().to_owned();
        seen.extend(inside(&folder));
        let watch = Stopwatch::start();
        loop {
            let mut left = running(&seen);
            left.extend(running(&inside(&folder)));
            if left.is_empty() {
                break;
            }
            assert!(watch.elapsed() < Duration::from_secs(10), "left: {left:#?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
