//! `generate`: what it prints, what it publishes, and that it does so the same way twice.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use crate::support::{
    TestEnv, exit, first_difference, listing, package_text, published, read_tree,
};

#[test]
fn the_table_tells_what_became_of_each_proposal() {
    insta::assert_snapshot!(published().ran.document());
}

#[test]
fn both_datasets_give_verified_tasks() {
    for dataset in ["greenhouse", "parcels"] {
        assert!(
            !published().of(dataset).is_empty(),
            "{}",
            published().ran.document()
        );
    }
}

#[test]
fn packages_as_a_reader_finds_them() {
    let mut first_of = BTreeSet::new();
    for (id, task) in published().tasks() {
        let dataset = id.split("--").next().unwrap_or(id);
        if first_of.insert(dataset.to_owned()) {
            insta::assert_snapshot!(format!("package_{id}"), package_text(&task));
        } else {
            insta::assert_snapshot!(format!("listing_{id}"), listing(&task));
        }
    }
}

#[test]
fn a_second_run_in_another_place_gives_the_same_bytes_and_tells_it_in_json() {
    let env = TestEnv::with_data();
    let ran = env.smith(&[
        "generate",
        "data/parcels",
        "data/greenhouse",
        "--out",
        "elsewhere",
        "--json",
    ]);
    let ran = ran.expect(exit::OK);
    let difference = first_difference(&published().tree, &read_tree(&env.path("elsewhere")));
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());

    let mut events = ran.json_lines();
    // Datasets run side by side; the order of events is promised within each.
    events.sort_by_key(|event| event["dataset"].as_str().unwrap_or("~").to_owned());
    let events: Vec<String> = events
        .into_iter()
        .map(|event| redact(event).to_string())
        .collect();
    insta::assert_snapshot!(events.join("\n"));
}

#[test]
fn a_dry_run_leaves_nothing_and_works_beside_a_run() {
    let env = TestEnv::with_data();
    let planned = |out: &str| {
        let before = entries(env.root());
        let ran = env.smith(&["generate", "data/parcels", "--out", out, "--dry-run"]);
        let ran = ran.expect(exit::OK);
        assert!(
            ran.stdout.contains("nothing was made"),
            "{}",
            ran.document()
        );
        assert_eq!(entries(env.root()), before, "{}", ran.document());
    };
    planned("tasks");
    // A run that has the ledger.
    env.write("held.ledger/lock", "");
    let held = fs_err::File::open(env.path("held.ledger/lock")).unwrap();
    held.try_lock().unwrap();
    planned("held");
}

/// Everything below a folder, folders too.
fn entries(folder: &Utf8Path) -> BTreeSet<Utf8PathBuf> {
    let mut all = BTreeSet::new();
    for entry in folder.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            all.extend(entries(entry.path()));
        }
        all.insert(entry.into_path());
    }
    all
}

/// Numbers that a clock or the kernel measured.
const MEASURED: [&str; 3] = ["wall", "cpu", "peak"];

/// Replaces what was measured of the run by `null`; scores and digests stay.
fn redact(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| {
                let measured = MEASURED.iter().any(|name| key.starts_with(name));
                let value = if measured { Value::Null } else { redact(value) };
                (key, value)
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(redact).collect(),
        other => other,
    }
}
