//! Datasets side by side: the models of all of them share one budget, and one limit of calls to a provider.

use crate::{
    replayed::{charged, events, models, of_kind, replayed, tasks},
    scripted::ScriptedModel,
    served::{asked, with_models},
    support::{TestEnv, exit, first_difference, read_tree},
};

const DATASETS: [&str; 3] = ["clinic", "greenhouse", "parcels"];

/// Money for half of what the three cost. With budgets of their own each dataset would end, and with limits of their own three
/// calls would run at a time.
#[test]
fn one_budget_and_one_rate_limit() {
    let cost: f64 = DATASETS
        .iter()
        .flat_map(|dataset| {
            let whole = replayed(dataset);
            let calls = of_kind(&whole.events, "model_called");
            let costs = calls.iter().map(|call| call["cost_usd"].as_f64().unwrap());
            costs.collect::<Vec<f64>>()
        })
        .sum();
    let limit = cost / 2.0;

    let env = TestEnv::with_data();
    let requests = env.path("requests");
    // Replies that take a while, so that calls meet.
    let options = ["--requests", requests.as_str(), "--latency", "300"];
    let server = ScriptedModel::start(&models("replies"), &options);
    env.write(
        "smith.toml",
        format!("{}connections = 1\n", with_models(server.url())),
    );
    let data = DATASETS.map(|dataset| format!("data/{dataset}"));
    let limit_text = format!("{limit:.6}");
    let mut command = vec!["generate", "--jobs", "3", "--max-usd", &limit_text];
    command.extend(data.iter().map(String::as_str));
    let ran = env.smith(&command).expect(exit::BUDGET_SPENT);

    let events = events(&env, "tasks");
    let charged = charged(&events);
    assert!(
        charged > limit / 2.0 && charged <= limit,
        "{charged} of {limit}: {}",
        ran.document()
    );
    let mut datasets: Vec<&str> = of_kind(&events, "dataset_opened")
        .iter()
        .map(|event| event["dataset"].as_str().unwrap())
        .collect();
    datasets.sort_unstable();
    assert_eq!(datasets, DATASETS, "all of them ran");
    if env.path("tasks").exists() {
        for (task, files) in tasks(&read_tree(&env.path("tasks"))) {
            let (dataset, _) = task.split_once("--").unwrap();
            let whole = replayed(dataset);
            let difference = first_difference(&tasks(&whole.tree)[task], &files);
            assert!(
                difference.is_none(),
                "`{task}`: {}",
                difference.unwrap_or_default()
            );
        }
    }
    let asked = asked(&read_tree(&requests));
    let most = asked
        .iter()
        .map(|asked| asked["beside"].as_u64().unwrap())
        .max();
    assert_eq!(most, Some(0), "one call at a time");
}
