//! Limits on money: nothing is sent that could exceed them, and what was finished before is published.

use crate::{
    replayed::{command, events, models, of_kind, replayed, tasks, user, words},
    scripted::ScriptedModel,
    support::{TestEnv, exit, first_difference, read_tree},
};

/// The dataset whose run is bounded.
const DATASET: &str = "greenhouse";

#[test]
fn a_cent_is_too_little_for_the_first_call() {
    let env = TestEnv::with_data();
    let requests = env.path("requests");
    let server = ScriptedModel::start(&models("replies"), &["--requests", requests.as_str()]);
    let ran = env.smith(&[
        "generate",
        &format!("data/{DATASET}"),
        "--model",
        "gpt-5",
        "--base-url",
        server.url(),
        "--max-usd",
        "0.01",
    ]);
    let ran = ran.expect(exit::BUDGET_SPENT);
    assert!(!requests.exists(), "something was sent");
    assert!(of_kind(&events(&env, "tasks"), "model_called").is_empty());
    insta::assert_snapshot!(without_cost(&ran.document().replace(server.url(), "[URL]")));
}

#[test]
fn an_unknown_price_is_no_price() {
    let env = TestEnv::with_data();
    let ran = env.smith(&[
        "generate",
        &format!("data/{DATASET}"),
        "--model",
        "house-model",
        "--base-url",
        "http://127.0.0.1:1",
        "--max-usd",
        "5",
    ]);
    let ran = ran.expect(exit::HOST_NOT_SET_UP);
    insta::assert_snapshot!(ran.document());
}

/// The limit is what was spent when the first task was published, and what one call could cost at most: `max_tokens` of output at
/// ten dollars a million, and the prompt. So the second task is begun, and not ended.
#[test]
fn what_was_finished_is_published_and_the_rest_follows_with_more_money() {
    let whole = replayed(DATASET);
    let published = of_kind(&whole.events, "task_published");
    assert!(
        published.len() > 1,
        "the second task is what is not paid for"
    );
    let first = whole
        .events
        .iter()
        .position(|event| event["event"] == "task_published")
        .unwrap();
    let until_then: f64 = of_kind(&whole.events[..first], "model_called")
        .iter()
        .map(|call| call["cost_usd"].as_f64().unwrap())
        .sum();
    let limit = until_then + 0.2;

    let env = user();
    let bounded = |limit: f64| {
        let mut command = command(DATASET, "tasks");
        command.extend(["--max-usd".to_owned(), format!("{limit:.6}")]);
        env.smith(&words(&command))
    };
    let ran = bounded(limit).expect(exit::BUDGET_SPENT);
    let spent: f64 = of_kind(&events(&env, "tasks"), "model_called")
        .iter()
        .map(|call| call["cost_usd"].as_f64().unwrap())
        .sum();
    assert!(spent <= limit, "{spent} of {limit}");
    let done = read_tree(&env.path("tasks"));
    let names: Vec<&str> = tasks(&done).into_keys().collect();
    assert_eq!(
        names,
        [published[0]["task"].as_str().unwrap()],
        "{}",
        ran.document()
    );

    bounded(100.0).expect(exit::OK);
    let difference = first_difference(&whole.tree, &read_tree(&env.path("tasks")));
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}

/// A text without what the next call could cost, which follows from the length of the prompts.
fn without_cost(text: &str) -> String {
    let mut parts = text.split("could cost ");
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (cost, rest) = part.split_once('\n').unwrap();
        assert!(cost.parse::<f64>().is_ok_and(|cost| cost > 0.01), "{text}");
        result.push_str(&format!("could cost [COST]\n{rest}"));
    }
    result
}
