//! A provider on a bad day: one request in three meets no reply, and the tasks are those of a good day.

use crate::{
    replayed::{charged, course, events, of_kind, replayed, results, tasks},
    served::{DATASET, LIMIT, bad_day, bad_server, with_models},
    support::{TestEnv, exit, first_difference, read_tree},
};

#[test]
fn the_same_tasks_to_the_byte() {
    let bad = bad_day();
    let good = replayed(DATASET);
    let difference = first_difference(&good.tree, &bad.tree);
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    assert_eq!(course(&good.events), course(&bad.events));
}

#[test]
fn more_attempts_and_nothing_lost() {
    let bad = bad_day();
    let calls = of_kind(&bad.events, "model_called");
    let attempts: u64 = calls
        .iter()
        .map(|call| call["attempts"].as_u64().unwrap())
        .sum();
    assert_eq!(
        attempts,
        bad.asked.len() as u64,
        "each attempt is in the ledger"
    );
    let met = |fault: fn(&serde_json::Value) -> bool| {
        bad.asked
            .iter()
            .filter(|asked| fault(&asked["fault"]))
            .count()
    };
    let refused = met(|fault| fault["status"] == 429);
    let dropped = met(|fault| !fault["disconnect"].is_null());
    let malformed = met(|fault| fault["malformed"] == true);
    assert!(
        refused > 0 && dropped > 0 && malformed > 0,
        "the day was not bad: {refused}, {dropped}, {malformed}"
    );
    assert_eq!(calls.len(), bad.asked.len() - refused - dropped - malformed);
}

#[test]
fn the_budget_holds() {
    let charged = charged(&bad_day().events);
    assert!(charged > 0.0 && charged <= LIMIT, "{charged} of {LIMIT}");
}

/// Half of what the day cost. Nothing is sent that could exceed it, no task is left half made, and with more money the same command
/// goes on where it stopped.
#[test]
fn half_the_money_is_never_exceeded_and_more_of_it_goes_on() {
    let whole = bad_day();
    let limit = charged(&whole.events) / 2.0;
    let env = TestEnv::with_data();
    let requests = env.path("requests");
    let server = bad_server(&requests);
    env.write("smith.toml", with_models(server.url()));
    let data = format!("data/{DATASET}");
    let bounded = |limit: f64| env.smith(&["generate", &data, "--max-usd", &format!("{limit:.6}")]);

    let ran = bounded(limit).expect(exit::BUDGET_SPENT);
    let before = events(&env, "tasks");
    let charged = charged(&before);
    assert!(
        charged > 0.0 && charged <= limit,
        "{charged} of {limit}: {}",
        ran.document()
    );
    if env.path("tasks").exists() {
        for (task, files) in tasks(&read_tree(&env.path("tasks"))) {
            let difference = first_difference(&tasks(&whole.tree)[task], &files);
            assert!(
                difference.is_none(),
                "`{task}`: {}",
                difference.unwrap_or_default()
            );
        }
    }

    bounded(LIMIT).expect(exit::OK);
    let difference = first_difference(&whole.tree, &read_tree(&env.path("tasks")));
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    let after = events(&env, "tasks");
    assert_eq!(results(&after), results(&whole.events));
    let called = of_kind(&after, "model_called");
    let paid: Vec<&str> = called
        .iter()
        .filter(|call| call["replayed"] == false)
        .map(|call| call["request"].as_str().unwrap())
        .collect();
    let different: std::collections::BTreeSet<&str> = paid.iter().copied().collect();
    assert_eq!(paid.len(), different.len(), "a reply was paid twice");
}
