//! A provider on a bad day: one request in three meets no reply, and the tasks are those of a good day.

use crate::{
    replayed::{course, of_kind, replayed},
    served::{DATASET, LIMIT, bad_day},
    support::first_difference,
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
    let calls = of_kind(&bad_day().events, "model_called");
    let spent: f64 = calls
        .iter()
        .map(|call| call["cost_usd"].as_f64().unwrap())
        .sum();
    assert!(spent > 0.0 && spent < LIMIT, "{spent} of {LIMIT}");
}
