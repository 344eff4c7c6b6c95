//! `cargo xtask bench executor`: runs, episodes and steps, cold and warm side by side in one run.
//!
//! Prints medians and ratios with the host's load: seconds of one machine mean little, ratios of one run do. Nothing is
//! asserted here. Needs what the product itself needs.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark: its output is its result, and it ends where something is wrong"
)]

#[path = "../episode/ground.rs"]
#[expect(dead_code, reason = "shared with the tests of episodes")]
mod ground;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use executor::episode::{Action, Episode, InfoType, Options, Task};
use process::Stopwatch;

use ground::{Ground, execute, manifest};

const TRIVIAL: &str = "print(1)";

const LOGISTIC: &str = "\
import pandas as pd
from sklearn.linear_model import LogisticRegression
train, test = pd.read_csv('public/train.csv'), pd.read_csv('public/test.csv')
model = LogisticRegression().fit(train[['x']], train['y'] > train['y'].median())
test['y'] = model.predict_proba(test[['x']])[:, 1]
test[['id', 'y']].to_csv('submission.csv', index=False)
";

const BOOSTED: &str = "\
import pandas as pd
from lightgbm import LGBMRegressor
train, test = pd.read_csv('public/train.csv'), pd.read_csv('public/test.csv')
model = LGBMRegressor(n_estimators=100, min_child_samples=5, deterministic=True, force_row_wise=True, n_jobs=1, verbose=-1)
test['y'] = model.fit(train[['x']], train['y']).predict(test[['x']])
test[['id', 'y']].to_csv('submission.csv', index=False)
";

#[tokio::main]
async fn main() {
    let ground = Ground::new().await;
    let warm = ground.task();
    let cold = ground.task_with(ground.executor().clone().cold(), &manifest("rmse", 600));
    println!("load before: {}", load());
    runs(&warm, &cold).await;
    episodes(&ground, &warm).await;
    steps(&warm).await;
    println!("load after: {}", load());
}

/// One `execute_code` step, cold and warm in turn.
async fn runs(warm: &Arc<Task>, cold: &Arc<Task>) {
    const ROUNDS: usize = 25;
    let first = timed(unlimited(warm).step(&execute(TRIVIAL))).await;
    println!("\nfirst warm step, the server's start included: {first:.0?}");
    println!(
        "\n| step | cold p50 | cold p95 | warm p50 | warm p95 | cold / warm |\n|---|---|---|---|---|---|"
    );
    for (name, code) in [
        ("trivial", TRIVIAL),
        ("import pandas, nothing else", "import pandas"),
        ("pandas + LogisticRegression + submission", LOGISTIC),
        ("pandas + LightGBM + submission", BOOSTED),
    ] {
        let (mut slow, mut fast) = (unlimited(cold), unlimited(warm));
        let (mut cold_times, mut warm_times) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            cold_times.push(timed(slow.step(&execute(code))).await);
            warm_times.push(timed(fast.step(&execute(code))).await);
        }
        let ratio = median(&mut cold_times).as_secs_f64() / median(&mut warm_times).as_secs_f64();
        println!(
            "| {name} | {:.1?} | {:.1?} | {:.1?} | {:.1?} | {ratio:.1} |",
            median(&mut cold_times),
            quantile(&mut cold_times, 0.95),
            median(&mut warm_times),
            quantile(&mut warm_times, 0.95),
        );
    }
}

/// Start, throughput and memory of episodes side by side.
async fn episodes(ground: &Ground, task: &Arc<Task>) {
    let mut opened = Vec::new();
    let mut begun = Vec::new();
    for _ in 0..25 {
        let watch = Stopwatch::start();
        let task = ground.task();
        opened.push(watch.elapsed());
        let watch = Stopwatch::start();
        let mut episode = Episode::new(task, Options::default()).unwrap();
        let info_type = InfoType::Overview;
        episode
            .step(&Action::RequestInfo { info_type })
            .await
            .unwrap();
        begun.push(watch.elapsed());
    }
    println!(
        "\nopening a task: {:.2?}; starting an episode and its first observation: {:.2?}",
        median(&mut opened),
        median(&mut begun)
    );

    println!(
        "\n| episodes | steps/s | ms of a step, p50 | MiB idle, each | MiB asleep in a run, each |\n|---|---|---|---|---|"
    );
    let servers = ground.executor().fork_servers().await;
    let server = *servers.first().expect("it runs warm");
    for count in [1_usize, 8, 64] {
        let before = proportional_mebibytes(std::process::id());
        let executor = ground.executor().clone();
        let task = ground.task_with(executor.parallel(count), &manifest("rmse", 600));
        let mut all: Vec<Episode> = (0..count).map(|_| unlimited(&task)).collect();
        let steps_each = (64 / count).max(4);
        let watch = Stopwatch::start();
        let mut running = tokio::task::JoinSet::new();
        for mut episode in all.drain(..) {
            running.spawn(async move {
                let mut times = Vec::new();
                for _ in 0..steps_each {
                    times.push(timed(episode.step(&execute(TRIVIAL))).await);
                }
                (episode, times)
            });
        }
        let mut times = Vec::new();
        while let Some(done) = running.join_next().await {
            let (episode, some) = done.unwrap();
            times.extend(some);
            all.push(episode);
        }
        let seconds = watch.elapsed().as_secs_f64();
        let idle = (proportional_mebibytes(std::process::id()) - before).max(0.0) / count as f64;
        let asleep = asleep(&mut all).await / count as f64;
        println!(
            "| {count} | {:.0} | {:.1} | {idle:.2} | {asleep:.1} |",
            (count * steps_each) as f64 / seconds,
            median(&mut times).as_secs_f64() * 1000.0,
        );
    }
    println!(
        "the server itself: {:.0} MiB",
        proportional_mebibytes(server)
    );
    drop(task.clone());
}

/// What all runs hold together while each sleeps: proportional set sizes of every process that came for them.
async fn asleep(episodes: &mut [Episode]) -> f64 {
    const SLEEP: &str = "import pandas, sklearn.linear_model, time\ntime.sleep(6)";
    let before = descendants();
    let measure = async {
        tokio::time::sleep(Duration::from_secs(4)).await;
        let new = descendants();
        new.difference(&before)
            .map(|process| proportional_mebibytes(*process))
            .sum::<f64>()
    };
    let actions: Vec<_> = episodes.iter().map(|_| execute(SLEEP)).collect();
    let runs = episodes
        .iter_mut()
        .zip(&actions)
        .map(|(episode, action)| episode.step(action));
    let (held, _) = tokio::join!(measure, join_all(runs));
    held
}

async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut pinned: Vec<_> = futures.map(Box::pin).collect();
    let mut outputs = Vec::new();
    std::future::poll_fn(|context| {
        pinned.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(output) => {
                outputs.push(output);
                false
            }
            std::task::Poll::Pending => true,
        });
        if pinned.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    outputs
}

/// Whether a step gets dearer as the history grows.
async fn steps(task: &Arc<Task>) {
    const AROUND: usize = 9;
    println!("\n| action | step 10 | step 100 | step 1,000 | 1,000 / 10 |\n|---|---|---|---|---|");
    let history = Action::GetHistory { last_n: 20 };
    let info_type = InfoType::Overview;
    for (name, action) in [
        ("execute_code, trivial", execute(TRIVIAL)),
        ("request_info", Action::RequestInfo { info_type }),
        ("get_history", history),
    ] {
        let mut episode = unlimited(task);
        let mut times = Vec::new();
        for _ in 0..1000 + AROUND / 2 {
            times.push(timed(episode.step(&action)).await);
        }
        let around = |step: usize| {
            let from = step - 1 - AROUND / 2;
            median(&mut times[from..from + AROUND].to_vec())
        };
        let [early, middle, late] = [10, 100, 1000].map(around);
        println!(
            "| {name} | {early:.2?} | {middle:.2?} | {late:.2?} | {:.2} |",
            late.as_secs_f64() / early.as_secs_f64()
        );
    }
}

fn unlimited(task: &Arc<Task>) -> Episode {
    let options = Options {
        steps: None,
        wall_seconds: None,
        ..Options::default()
    };
    Episode::new(Arc::clone(task), options).unwrap()
}

async fn timed<T, E: std::fmt::Debug>(run: impl Future<Output = Result<T, E>>) -> Duration {
    let watch = Stopwatch::start();
    run.await.unwrap();
    watch.elapsed()
}

fn median(times: &mut [Duration]) -> Duration {
    quantile(times, 0.5)
}

fn quantile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    times[((times.len() - 1) as f64 * share).round() as usize]
}

fn proportional_mebibytes(process: u32) -> f64 {
    let text = fs_err::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kibibytes: f64 = line
        .and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok())
        .unwrap_or_default();
    kibibytes / 1024.0
}

/// Processes below this one.
fn descendants() -> BTreeSet<u32> {
    let parents: BTreeMap<u32, u32> = fs_err::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let process = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs_err::read_to_string(entry.path().join("stat")).ok()?;
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?;
            Some((process, parent.parse().ok()?))
        })
        .collect();
    let is_below = |process: &u32| {
        std::iter::successors(Some(*process), |process| parents.get(process).copied())
            .any(|process| process == std::process::id())
    };
    parents.keys().copied().filter(is_below).collect()
}

fn load() -> String {
    let text = fs_err::read_to_string("/proc/loadavg").unwrap();
    text.split_whitespace()
        .take(3)
        .collect::<Vec<_>>()
        .join(" ")
}
