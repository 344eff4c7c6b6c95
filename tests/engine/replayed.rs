//! A dataset whose cassette is replayed once and undisturbed: what other runs are compared with, and what snapshots show.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use camino::{Utf8Path, Utf8PathBuf};
use process::Stopwatch;
use serde_json::Value;

use crate::support::{Ran, TestEnv, Tree, exit, read_tree};

/// The outcome of [`command`] for one dataset.
pub(crate) struct Replayed {
    pub(crate) ran: Ran,
    /// What was published.
    pub(crate) tree: Tree,
    /// What the ledger holds, an event each.
    pub(crate) events: Vec<Value>,
    /// `smith status --datasets` afterwards.
    pub(crate) status: Ran,
    /// How long it took.
    pub(crate) wall: Duration,
}

/// A folder of `tests/llm`.
pub(crate) fn models(folder: &str) -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("llm")
        .join(folder)
}

/// A user with the fixture datasets in `data/`, and the cassettes in `cassettes/`.
pub(crate) fn user() -> TestEnv {
    let env = TestEnv::with_data();
    fs_err::os::unix::fs::symlink(models("cassettes"), env.path("cassettes")).unwrap();
    env
}

/// What a user says to replay a cassette.
pub(crate) fn command(dataset: &str, out: &str) -> Vec<String> {
    let cassette = format!("replay:cassettes/{dataset}");
    let data = format!("data/{dataset}");
    [
        "generate",
        &data,
        "--engine",
        "llm",
        "--cassette",
        &cassette,
        "--out",
        out,
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Words as arguments.
pub(crate) fn words(command: &[String]) -> Vec<&str> {
    command.iter().map(String::as_str).collect()
}

/// Replays on first use.
pub(crate) fn replayed(dataset: &str) -> Arc<Replayed> {
    static REPLAYED: Mutex<BTreeMap<String, Arc<OnceLock<Arc<Replayed>>>>> =
        Mutex::new(BTreeMap::new());
    let place = Arc::clone(
        REPLAYED
            .lock()
            .unwrap()
            .entry(dataset.to_owned())
            .or_default(),
    );
    Arc::clone(place.get_or_init(|| {
        let env = user();
        let watch = Stopwatch::start();
        let ran = env
            .smith(&words(&command(dataset, "tasks")))
            .expect(exit::OK);
        let wall = watch.elapsed();
        let events = events(&env, "tasks");
        // A run that loses one of its tasks to a request that was not recorded ends well.
        for failed in ["dataset_failed", "task_failed"] {
            let failed = of_kind(&events, failed);
            assert!(failed.is_empty(), "{}", ran.document());
        }
        Arc::new(Replayed {
            ran,
            tree: read_tree(&env.path("tasks")),
            events,
            status: env
                .smith(&["status", "tasks", "--datasets"])
                .expect(exit::OK),
            wall,
        })
    }))
}

/// The events of an output folder's ledger.
pub(crate) fn events(env: &TestEnv, out: &str) -> Vec<Value> {
    let text = fs_err::read_to_string(env.path(&format!("{out}.ledger/events.jsonl"))).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Events of a kind.
pub(crate) fn of_kind<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    events
        .iter()
        .filter(|event| event["event"] == kind)
        .collect()
}

/// Each task's files, by the task's id.
pub(crate) fn tasks(tree: &Tree) -> BTreeMap<&str, Tree> {
    let mut tasks: BTreeMap<&str, Tree> = BTreeMap::new();
    for (path, content) in tree {
        if let Some((task, file)) = path.split_once('/') {
            tasks
                .entry(task)
                .or_default()
                .insert(file.to_owned(), content.clone());
        }
    }
    tasks
}

/// What stages came to, an entry each, in the order of their names: all that a ledger says of a stage that ended and that no
/// clock, no kernel and no price list decides.
pub(crate) fn results(events: &[Value]) -> Vec<String> {
    let fields = [
        "stage", "subject", "attempt", "outcome", "findings", "prompts",
    ];
    let mut results: Vec<String> = of_kind(events, "stage_finished")
        .into_iter()
        .map(|event| fields.map(|field| event[field].to_string()).join(" "))
        .collect();
    results.sort();
    results
}

/// The most US dollars that the last run of a ledger was charged at any moment: for replies, and for attempts that gave none.
pub(crate) fn charged(events: &[Value]) -> f64 {
    let begun = events
        .iter()
        .rposition(|event| event["event"] == "run_started");
    let of_run = &events[begun.unwrap()..];
    // Whatever was charged is never given back, so the sum at the end is the largest of those of all beginnings.
    of_run
        .iter()
        .filter(|event| {
            ["model_called", "model_failed"].contains(&event["event"].as_str().unwrap())
                && event["replayed"] == false
        })
        .map(|event| {
            let cost = event["cost_usd"].as_f64().unwrap();
            assert!(cost >= 0.0, "{event}");
            cost
        })
        .sum()
}

/// The course of a run as its ledger tells it: a line for each stage's attempt and each published task, with the calls that
/// agents made before it. What a clock or the kernel measured is left out.
pub(crate) fn course(events: &[Value]) -> String {
    let mut text = String::new();
    let mut calls: BTreeMap<String, u64> = BTreeMap::new();
    let said = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for event in events {
        match event["event"].as_str().unwrap_or_default() {
            "model_called" => *calls.entry(said(&event["agent"])).or_default() += 1,
            "stage_finished" => {
                let findings: Vec<String> = event["findings"]
                    .as_array()
                    .map(|ids| ids.iter().map(said).collect())
                    .unwrap_or_default();
                let asked: Vec<String> = std::mem::take(&mut calls)
                    .into_iter()
                    .map(|(agent, calls)| format!("{agent} {calls}"))
                    .collect();
                let line = format!(
                    "{:<10} {:<40} attempt {} {:<8} {:<14} {}",
                    said(&event["stage"]),
                    said(&event["subject"]),
                    event["attempt"],
                    said(&event["outcome"]),
                    asked.join(" "),
                    findings.join(" ")
                );
                writeln!(text, "{}", line.trim_end()).unwrap();
            }
            "stage_reused" => writeln!(
                text,
                "{:<10} {:<40} reused",
                said(&event["stage"]),
                said(&event["subject"])
            )
            .unwrap(),
            "task_published" => writeln!(
                text,
                "published  {} warnings: {}",
                said(&event["task"]),
                event["warnings"]
            )
            .unwrap(),
            "dataset_refused" => {
                writeln!(text, "refused    {}", said(&event["reason"])).unwrap();
            }
            "dataset_failed" => writeln!(text, "failed     {}", said(&event["error"])).unwrap(),
            "run_finished" => writeln!(text, "exit code  {}", event["exit_code"]).unwrap(),
            _ => {}
        }
    }
    text
}
