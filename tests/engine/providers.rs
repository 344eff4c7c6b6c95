//! Each role has a provider of its own: all dialects, streamed and whole, tools by JSON, another judge; and each of them has a bad
//! moment. The tasks are those of one provider.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    replayed::{course, events, of_kind, replayed},
    scripted::ScriptedModel,
    served::{asked, own_replies},
    support::{TestEnv, Tree, exit, first_difference, read_tree},
};

/// The dataset that is asked for.
const DATASET: &str = "greenhouse";

/// What the first request for a turn meets, and which role meets it.
const FAULTS: [(&str, &str); 5] = [
    ("brainstormer", r#"{"disconnect": 3}"#),
    ("designer", r#"{"disconnect": 2}"#),
    ("refactor", r#"{"malformed": true}"#),
    ("reviewer", r#"{"disconnect": 2}"#),
    ("react", r#"{"status": 529}"#),
];

/// The replies, the first of each conversation with its fault; those of the agent call tools in text.
fn replies(env: &TestEnv) -> camino::Utf8PathBuf {
    let replies = own_replies(env, DATASET);
    for (path, content) in read_tree(&replies.join(DATASET)) {
        let Some((conversation, turn)) = path.split_once('/') else {
            continue;
        };
        let agent = conversation.split('.').next().unwrap();
        if !turn.ends_with(".json") || agent == "single" {
            continue;
        }
        let mut reply: Value = serde_json::from_slice(&content).unwrap();
        if agent == "react" {
            let call = &reply["tool_calls"][0];
            reply = json!({"text": {"tool": call["name"], "arguments": call["arguments"]}});
        }
        let fault = FAULTS.iter().find(|(of, _)| *of == agent);
        if let (Some((_, fault)), "00.json") = (fault, turn) {
            reply["faults"] = json!([serde_json::from_str::<Value>(fault).unwrap()]);
        }
        env.write(&format!("replies/{DATASET}/{path}"), reply.to_string());
    }
    replies
}

/// What does not tell which model was asked and what it took.
fn of_the_task(tree: &Tree) -> Tree {
    let tells = |path: &str| {
        path.ends_with("/task.toml") || path.ends_with("/MANIFEST") || path.contains("/evidence/")
    };
    let task = tree.iter().filter(|(path, _)| !tells(path));
    task.map(|(path, content)| (path.clone(), without_canary(content)))
        .collect()
}

/// A file without the canary, which follows from all that the manifest says.
fn without_canary(content: &[u8]) -> Vec<u8> {
    let (word, length) = ("canary ", 36);
    let text = String::from_utf8_lossy(content);
    let mut parts = text.split(word);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(part.get(length..).unwrap_or(part));
    }
    kept.into_bytes()
}

#[test]
fn each_role_has_its_own_and_the_tasks_are_the_same() {
    let env = TestEnv::with_data();
    let requests = env.path("requests");
    let server = ScriptedModel::start(&replies(&env), &["--requests", requests.as_str()]);
    let url = server.url();
    let role = |name: &str, rest: &str| {
        format!("[llm.roles.{name}]\nmodel = \"gpt-5\"\nbase_url = \"{url}\"\n{rest}\n")
    };
    let configuration = [
        "test_agent = \"react\"\n".to_owned(),
        role("brainstormer", "dialect = \"chat\"\nstream = true"),
        role("designer", "dialect = \"messages\"\nstream = true"),
        role("refactor", "dialect = \"messages\""),
        role("reviewer", "dialect = \"responses\"\nstream = true").replace("gpt-5", "gpt-5-mini"),
        role("agent", "dialect = \"chat\"\ntools = \"json\""),
    ];
    env.write("smith.toml", configuration.concat());
    let data = format!("data/{DATASET}");
    let ran = env.smith(&["generate", &data]).expect(exit::OK);

    let whole = replayed(DATASET);
    let tree = read_tree(&env.path("tasks"));
    let difference = first_difference(&of_the_task(&whole.tree), &of_the_task(&tree));
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    let events = events(&env, "tasks");
    assert_eq!(course(&events), course(&whole.events), "{}", ran.document());
    for call in of_kind(&events, "model_called") {
        let expected = match call["agent"].as_str().unwrap() {
            "reviewer" => "gpt-5-mini",
            _ => "gpt-5",
        };
        assert_eq!(call["model"], expected, "{call}");
    }
    let asked = asked(&read_tree(&requests));
    let met: BTreeSet<String> = asked
        .iter()
        .map(|asked| asked["fault"].to_string())
        .collect();
    for (role, fault) in FAULTS {
        let fault: Value = serde_json::from_str(fault).unwrap();
        assert!(
            met.contains(&fault.to_string()),
            "`{role}` met no {fault}: {met:?}"
        );
    }
    let of_agent = |asked: &&Value| asked["tools"].is_null();
    assert!(
        asked.iter().filter(of_agent).count() > 10,
        "no agent called tools in text"
    );
}
