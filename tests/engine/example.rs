//! The package that the prompts show as an example is a good one: written by a model as it stands there, it is accepted.

use std::fmt::Write as _;

use serde_json::json;

use crate::{
    scripted::ScriptedModel,
    support::{TestEnv, exit},
};

/// Where the example stands, as models read it.
const EXAMPLE: &str = include_str!("../../prompts/parts/example.j2");
/// What a model replies that hands it in.
const REPLIES: &str = "replies/crossings/single";

/// The text of a file of the example.
fn shown(file: &str) -> &'static str {
    let (_, rest) = EXAMPLE.split_once(&format!("`{file}`:\n\n")).unwrap();
    let (opening, rest) = rest.split_once('\n').unwrap();
    let fence = opening.trim_end_matches(char::is_alphabetic);
    let (text, _) = rest.split_once(&format!("\n{fence}\n")).unwrap();
    text
}

/// The raw data that the example speaks of: 1,200 crossings, 36 of which were cancelled.
fn crossings() -> String {
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut text = "crossing,vessel,departure,wind,waves,cars,late_minutes,refund_eur\n".to_owned();
    for crossing in 1..=1200 {
        let vessel = draw(6);
        let (departure, wind, cars) = (5 + draw(18), draw(48), draw(81));
        let waves = match draw(100) {
            0..8 => "-".to_owned(),
            chop => format!("{:.1}", (wind + chop / 10) as f64 / 12.0),
        };
        let noise: u64 = (0..6).map(|_| draw(40)).sum();
        let tenths = 6 * wind + 2 * cars + 20 * vessel + noise;
        let late = tenths as f64 / 10.0 - 12.0;
        let (late, refund) = match crossing % 33 {
            0 => ("-".to_owned(), "-".to_owned()),
            _ => (format!("{late:.1}"), format!("{:.0}", 2.0 * late.max(0.0))),
        };
        let name = ["Alma", "Berta", "Clara", "Dora", "Erna", "Frida"][vessel as usize];
        writeln!(
            text,
            "{crossing},{name},{departure},{wind},{waves},{cars},{late},{refund}"
        )
        .unwrap();
    }
    text
}

#[test]
fn the_example_that_models_are_shown_is_accepted() {
    let env = TestEnv::new();
    env.write("data/crossings/crossings.csv", crossings());
    let dataset = json!({
        "title": "Ferry crossings",
        "description": "Crossings of a harbour's ferries in one season, with the weather at departure.",
        "source": "invented",
        "licence": "CC0-1.0",
    });
    env.write("data/crossings/dataset.json", dataset.to_string());
    let files = ["prepare.py", "metric.py", "description.md"];
    let mut calls = vec![json!({ "name": "propose", "arguments": { "proposal": {
        "title": "Ferry crossings: predict late_minutes",
        "target": "late_minutes",
        "objective": "regression",
        "metric": "mae",
        "split": {
            "policy": "stratified",
            "test_fraction": 0.3,
            "reason": "crossings of all delays are alike over the season",
        },
        "left_out": [
            { "column": "crossing", "reason": "numbers the rows in order of time" },
            { "column": "refund_eur", "reason": "paid after the arrival, because it was late" },
        ],
        "rationale": "The harbour plans its berths with it, and weather and load bear on it.",
    } } })];
    calls.extend(files.map(|path| {
        json!({ "name": "write_file", "arguments": { "path": path, "content": shown(path) } })
    }));
    calls.extend(
        ["run_prepare", "run_metric", "run_assertions"]
            .map(|name| json!({ "name": name, "arguments": {} })),
    );
    let ends = [("submit_package", json!({})), ("finish", json!({}))]
        .map(|(name, arguments)| json!({ "name": name, "arguments": arguments }));
    for (file, calls) in [("00.json", &calls[..]), ("01.json", &ends)] {
        let reply = json!({ "tool_calls": calls });
        env.write(&format!("{REPLIES}/{file}"), reply.to_string());
    }
    let server = ScriptedModel::start(&env.path("replies"), &[]);
    let ran = env
        .smith(&[
            "generate",
            "data/crossings",
            "--model",
            "gpt-5",
            "--base-url",
            server.url(),
            "--single-prompt",
            "--no-review",
            "--json",
        ])
        .expect(exit::OK);
    let verified: Vec<String> = ran
        .json_lines()
        .iter()
        .filter(|line| line["event"] == "task_verified")
        .map(|line| line["task"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(verified, ["crossings--late-minutes-regression"]);
    // It is published as it stands in the prompt, and no check warned; the description has its canary.
    for file in files {
        let published = env.path(&format!("tasks/{}/{file}", verified[0]));
        let published = fs_err::read_to_string(published).unwrap();
        let own = published.split("<!-- ").next().unwrap();
        assert_eq!(own.trim_end(), shown(file).trim_end(), "{file}");
    }
}
