//! Cassettes are replayed offline: verified tasks, the same bytes each time, and a ledger that shows every repair.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;
use digest::sha256_bytes;
use serde_json::Value;

use crate::{
    replayed::{command, course, models, of_kind, replayed, tasks, user, words},
    support::{TestEnv, datasets, exit, first_difference, listing, read_tree},
};

/// Datasets for which replies are written.
const DATASETS: [&str; 4] = ["clinic", "greenhouse", "parcels", "studio"];

/// Everything that a reader sees of a run, and its packages.
fn shows(dataset: &str) {
    let replayed = replayed(dataset);
    insta::assert_snapshot!(format!("run_{dataset}"), replayed.ran.document());
    insta::assert_snapshot!(format!("course_{dataset}"), course(&replayed.events));
    insta::assert_snapshot!(format!("status_{dataset}"), replayed.status.document());
    for (id, task) in tasks(&replayed.tree) {
        let mut text = listing(&task);
        for name in ["task.toml", "description.md"] {
            let content = std::str::from_utf8(&task[name]).unwrap();
            text.push_str(&format!("\n======== {name}\n{content}"));
        }
        insta::assert_snapshot!(format!("package_{id}"), text);
    }
}

/// A second run in another place gives the same bytes.
fn repeats(dataset: &str) {
    let env = user();
    env.smith(&words(&command(dataset, "elsewhere")))
        .expect(exit::OK);
    let elsewhere = read_tree(&env.path("elsewhere"));
    let difference = first_difference(&replayed(dataset).tree, &elsewhere);
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}

/// Every published task is executed again without any model, to the same digests.
fn reruns(dataset: &str) {
    let replayed = replayed(dataset);
    let env = TestEnv::with_data();
    for (id, task) in tasks(&replayed.tree) {
        for (path, content) in task {
            env.write(&format!("tasks/{id}/{path}"), content);
        }
        let ran = env.rerun(&[&format!("tasks/{id}"), "--raw", &format!("data/{dataset}")]);
        let ran = ran.expect(exit::OK);
        assert!(ran.stdout.contains("identical"), "{}", ran.document());
    }
}

/// Each stage that asked a model has the digests of what it was told on the ledger: those of the texts that were sent.
fn tells_its_prompts(dataset: &str) {
    let cassette = models("cassettes").join(dataset);
    let mut sent: BTreeSet<String> = BTreeSet::new();
    let mut agents: BTreeSet<String> = BTreeSet::new();
    let mut told = 0;
    for event in &replayed(dataset).events {
        match event["event"].as_str().unwrap() {
            "model_called" => {
                let messages = messages(&cassette, event["request"].as_str().unwrap());
                let opening = messages.iter().take(2).map(sha256_bytes);
                sent.extend(opening.map(|digest| digest.to_string()));
                agents.insert(event["agent"].as_str().unwrap().to_owned());
            }
            "stage_finished" => {
                let prompts: BTreeMap<String, String> =
                    serde_json::from_value(event["prompts"].clone()).unwrap_or_default();
                let digests: BTreeSet<String> = prompts.values().cloned().collect();
                assert_eq!(digests, sent, "{event}");
                for name in prompts.keys() {
                    let (agent, _) = name.split_once('/').unwrap();
                    assert!(agents.contains(agent), "`{name}` is none of {agents:?}");
                }
                told += prompts.len();
                sent.clear();
                agents.clear();
            }
            _ => {}
        }
    }
    assert!(told >= 10, "{told} prompts of five agents");
}

/// What a dry run says that it may take holds what it took.
fn was_foreseen(dataset: &str) {
    let mut command = command(dataset, "tasks");
    command.extend(["--dry-run", "--json"].map(str::to_owned));
    let ran = user().smith(&words(&command)).expect(exit::OK);
    let plan: Value = serde_json::from_str(&ran.stdout).unwrap();
    let replayed = replayed(dataset);
    let calls = of_kind(&replayed.events, "model_called");
    let sum = |field: &str| {
        calls
            .iter()
            .map(|call| call[field].as_f64().unwrap())
            .sum::<f64>()
    };
    for (figure, took) in [
        ("calls", calls.len() as f64),
        ("tokens", sum("input_tokens") + sum("output_tokens")),
        ("cost_usd", sum("cost_usd")),
    ] {
        let [least, most] = [0, 1].map(|at| plan["estimate"][figure][at].as_f64().unwrap());
        assert!(
            least <= took && took <= most,
            "{figure}: {took}, and not {least} to {most}"
        );
    }
}

/// What was said in a request of a cassette, a text each.
fn messages(cassette: &Utf8Path, request: &str) -> Vec<String> {
    let path = cassette.join(format!("{request}.json"));
    let recorded: Value = serde_json::from_slice(&fs_err::read(path).unwrap()).unwrap();
    let messages = recorded["request"]["body"]["messages"].as_array().unwrap();
    let text = |message: &Value| match &message["content"]["$text"] {
        Value::String(name) => {
            fs_err::read_to_string(cassette.join(format!("texts/{name}.txt"))).unwrap()
        }
        _ => message["content"].as_str().unwrap_or_default().to_owned(),
    };
    messages.iter().map(text).collect()
}

macro_rules! each_dataset {
    ($($dataset:ident),*) => {$(
        mod $dataset {
            #[test]
            fn shows_its_run_and_its_packages() {
                super::shows(stringify!($dataset));
            }

            #[test]
            fn repeats_to_the_byte() {
                super::repeats(stringify!($dataset));
            }

            #[test]
            fn tells_which_prompts_were_rendered() {
                super::tells_its_prompts(stringify!($dataset));
            }

            #[test]
            fn was_foreseen_by_a_dry_run() {
                super::was_foreseen(stringify!($dataset));
            }

            #[test]
            fn reruns_to_the_same_digests() {
                super::reruns(stringify!($dataset));
            }
        }
    )*};
}

each_dataset!(clinic, greenhouse, parcels, studio);

#[test]
fn every_dataset_has_replies_and_a_cassette() {
    let names = |folder: camino::Utf8PathBuf| -> Vec<String> {
        let mut names: Vec<String> = fs_err::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(datasets(), DATASETS);
    assert_eq!(names(models("replies")), DATASETS);
    assert_eq!(names(models("cassettes")), DATASETS);
}

#[test]
fn a_request_that_was_not_recorded_is_an_error_that_shows_the_difference() {
    let env = user();
    // One cell more, and every prompt is another.
    let path = env.path("data/greenhouse/greenhouse.csv");
    let mut text = fs_err::read_to_string(&path).unwrap();
    text.push_str("GH-9999,2023-02-15,B,coral,9.9,11.6,6.78,medium,8,3,no\n");
    fs_err::write(&path, text).unwrap();
    let ran = env.smith(&words(&command("greenhouse", "tasks")));
    let ran = ran.expect(exit::HOST_NOT_SET_UP);
    let said = &ran.stdout;
    assert!(
        said.contains("the cassette has no reply to this request: at `body.messages[")
            && said.contains("recorded is")
            && said.contains("asked is")
            && said.contains("record the cassette again"),
        "{}",
        ran.document()
    );
}
