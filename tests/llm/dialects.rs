//! The scripted model speaks three dialects, finds the reply of each turn, and fails as it is told to.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    post::{Response, post},
    scripted::ScriptedModel,
};

const PATHS: [&str; 3] = ["/v1/chat/completions", "/v1/messages", "/v1/responses"];

const SCRIPT: &str = "print('ü')\nx = 1\n";

/// A folder of replies.
struct Replies(TempDir);

impl Replies {
    /// Files of the first attempt at designing `plants--x-binary`.
    fn of(files: &[(&str, &str)]) -> Self {
        let replies = Self(TempDir::new().unwrap());
        replies.add("plants/designer.plants--x-binary", files);
        replies
    }

    fn add(&self, conversation: &str, files: &[(&str, &str)]) {
        let folder = self.path().join(conversation);
        fs_err::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            fs_err::write(folder.join(name), text).unwrap();
        }
    }

    fn path(&self) -> Utf8PathBuf {
        Utf8Path::from_path(self.0.path()).unwrap().to_owned()
    }

    fn serve(&self, options: &[&str]) -> ScriptedModel {
        ScriptedModel::start(&self.path(), options)
    }
}

/// A first message with the lines that the server goes by.
fn opening(attempt: &str) -> String {
    format!(
        "Work on this.\n\nAgent: designer\nDataset: plants\nTask: plants--x-binary\n{attempt}\nIts columns follow."
    )
}

/// The first request of a conversation, in the dialect of a path.
fn first(path: &str, attempt: &str, stream: bool) -> Value {
    let text = opening(attempt);
    let (key, mut body) = match path {
        "/v1/responses" => ("input", json!({"instructions": "You design."})),
        "/v1/messages" => (
            "messages",
            json!({"system": "You design.", "max_tokens": 100}),
        ),
        _ => (
            "messages",
            json!({"stream_options": {"include_usage": true}}),
        ),
    };
    body["model"] = "scripted".into();
    body["stream"] = stream.into();
    body[key] = json!([{"role": "user", "content": text}]);
    body
}

/// The second request: the model has said something and made two calls, whose results are there.
fn second(path: &str) -> Value {
    let mut body = first(path, "", false);
    let calls = ["call_0_0", "call_0_1"];
    let more: Vec<Value> = match path {
        "/v1/responses" => [json!({"role": "assistant", "content": "I look first."})]
            .into_iter()
            .chain(calls.map(
                |id| json!({"type": "function_call", "call_id": id, "name": "f", "arguments": "{}"}),
            ))
            .chain(calls.map(
                |id| json!({"type": "function_call_output", "call_id": id, "output": "done"}),
            ))
            .collect(),
        "/v1/messages" => vec![
            json!({"role": "assistant", "content":
                calls.map(|id| json!({"type": "tool_use", "id": id, "name": "f", "input": {}}))}),
            json!({"role": "user", "content":
                calls.map(|id| json!({"type": "tool_result", "tool_use_id": id, "content": "done"}))}),
        ],
        _ => [json!({"role": "assistant", "content": "I look first.", "tool_calls":
            calls.map(|id| json!({"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}}))})]
            .into_iter()
            .chain(calls.map(|id| json!({"role": "tool", "tool_call_id": id, "content": "done"})))
            .collect(),
    };
    let key = if path == "/v1/responses" {
        "input"
    } else {
        "messages"
    };
    body[key].as_array_mut().unwrap().extend(more);
    body
}

/// Text and calls of a reply that came whole.
fn parts(path: &str, response: &Response) -> (String, Vec<(String, String, Value)>) {
    let body = response.json();
    let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let parsed = |value: &Value| serde_json::from_str(value.as_str().unwrap()).unwrap();
    let mut text = String::new();
    let mut calls = Vec::new();
    match path {
        "/v1/responses" => {
            for item in body["output"].as_array().unwrap() {
                if item["type"] == "function_call" {
                    let arguments = parsed(&item["arguments"]);
                    calls.push((string(&item["call_id"]), string(&item["name"]), arguments));
                } else {
                    text += &string(&item["content"][0]["text"]);
                }
            }
        }
        "/v1/messages" => {
            for block in body["content"].as_array().unwrap() {
                if block["type"] == "tool_use" {
                    calls.push((
                        string(&block["id"]),
                        string(&block["name"]),
                        block["input"].clone(),
                    ));
                } else {
                    text += &string(&block["text"]);
                }
            }
        }
        _ => {
            let message = &body["choices"][0]["message"];
            text += &string(&message["content"]);
            for call in message["tool_calls"].as_array().into_iter().flatten() {
                let function = &call["function"];
                let arguments = parsed(&function["arguments"]);
                calls.push((string(&call["id"]), string(&function["name"]), arguments));
            }
        }
    }
    (text, calls)
}

/// A reply with a file beside it, and one of structured text.
fn two_turns() -> Replies {
    Replies::of(&[
        (
            "00.json",
            r#"{"text": "I look first.", "tool_calls": [
                {"name": "write", "arguments": {"path": "a.py", "content": {"$file": "a.py"}}},
                {"name": "run", "arguments": {}}]}"#,
        ),
        ("a.py", SCRIPT),
        ("01.json", r#"{"text": {"done": true}}"#),
    ])
}

#[test]
fn each_dialect_gets_text_calls_and_usage_of_its_turn() {
    let replies = two_turns();
    let model = replies.serve(&[]);
    for path in PATHS {
        let response = post(model.url(), path, &first(path, "Attempt: 1", false)).unwrap();
        assert_eq!(response.status, 200, "{path}: {}", response.body);
        let (text, calls) = parts(path, &response);
        assert_eq!(text, "I look first.", "{path}");
        let write = (
            "call_0_0".into(),
            "write".into(),
            json!({"path": "a.py", "content": SCRIPT}),
        );
        assert_eq!(
            calls,
            [write, ("call_0_1".into(), "run".into(), json!({}))],
            "{path}"
        );
        let usage = &response.json()["usage"];
        let tokens =
            |names: [&str; 2]| names.iter().find_map(|name| usage[*name].as_u64()).unwrap();
        assert!(
            tokens(["input_tokens", "prompt_tokens"]) > 20,
            "{path}: {usage}"
        );
        assert!(
            tokens(["output_tokens", "completion_tokens"]) > 20,
            "{path}: {usage}"
        );

        let response = post(model.url(), path, &second(path)).unwrap();
        assert_eq!(
            parts(path, &response),
            (r#"{"done":true}"#.into(), Vec::new()),
            "{path}"
        );
    }
    assert_eq!(model.complaints(), "");
}

#[test]
fn streams_carry_the_same_and_end() {
    let replies = two_turns();
    let model = replies.serve(&[]);
    for (path, end) in PATHS
        .into_iter()
        .zip(["[DONE]", "message_stop", "response.completed"])
    {
        let response = post(model.url(), path, &first(path, "", true)).unwrap();
        assert_eq!(
            response.header("content-type"),
            Some("text/event-stream"),
            "{path}"
        );
        assert!(
            response.complete && response.body.contains(end),
            "{path}: {}",
            response.body
        );
        for needle in ["I look first.", "call_0_0", "write", "call_0_1", "run"] {
            assert!(
                response.body.contains(needle),
                "{path}: no {needle} in {}",
                response.body
            );
        }
    }
}

#[test]
fn a_later_attempt_and_another_agent_have_replies_of_their_own() {
    let replies = two_turns();
    replies.add(
        "plants/designer.plants--x-binary.2",
        &[("00.json", r#"{"text": "again"}"#)],
    );
    replies.add(
        "plants/brainstormer",
        &[("00.json", r#"{"text": "ideas"}"#)],
    );
    let model = replies.serve(&[]);
    let said = |body: &Value| parts(PATHS[0], &post(model.url(), PATHS[0], body).unwrap()).0;
    assert_eq!(said(&first(PATHS[0], "Attempt: 2", false)), "again");
    let brainstormer =
        json!([{"role": "user", "content": "Agent: brainstormer\nDataset: plants\n"}]);
    assert_eq!(
        said(&json!({"model": "m", "messages": brainstormer})),
        "ideas"
    );
}

#[test]
fn what_is_not_written_or_not_right_is_told_loudly() {
    let replies = Replies::of(&[("01.json", r#"{"texts": "x"}"#)]);
    let model = replies.serve(&[]);
    for path in PATHS {
        for (body, complaint) in [
            (
                first(path, "", false),
                "plants/designer.plants--x-binary/00.json",
            ),
            (
                first(path, "Attempt: 3", false),
                "plants/designer.plants--x-binary.3/00.json",
            ),
            (second(path), "no reply has texts"),
        ] {
            let response = post(model.url(), path, &body).unwrap();
            assert_eq!(response.status, 404, "{path}");
            assert!(
                response.body.contains(complaint),
                "{path}: {}",
                response.body
            );
            assert!(
                model.complaints().contains(complaint),
                "{}",
                model.complaints()
            );
        }
    }
}

#[test]
fn a_reply_fails_as_it_is_written_before_it_comes() {
    let replies = Replies::of(&[(
        "00.json",
        r#"{"text": "at last", "faults": [{"status": 429, "retry_after": 7}, {"status": 529}, {"malformed": true},
            {"disconnect": 0}, {"status": 400, "message": "too long", "code": "context_length_exceeded"}]}"#,
    )]);
    for path in PATHS {
        let model = replies.serve(&[]);
        let ask = || post(model.url(), path, &first(path, "", false));
        let limited = ask().unwrap();
        assert_eq!(
            (limited.status, limited.header("retry-after")),
            (429, Some("7")),
            "{path}"
        );
        assert_eq!(
            limited.json()["error"]["type"],
            "rate_limit_error",
            "{path}"
        );
        let overloaded = ask().unwrap();
        assert_eq!(overloaded.status, 529, "{path}");
        assert_eq!(
            overloaded.json()["error"]["type"],
            "overloaded_error",
            "{path}"
        );
        let malformed = ask().unwrap();
        assert_eq!(malformed.status, 200, "{path}");
        assert!(
            serde_json::from_str::<Value>(&malformed.body).is_err(),
            "{path}"
        );
        assert!(ask().is_none(), "{path}: a reply came");
        let refused = ask().unwrap();
        assert_eq!(
            (refused.status, &refused.json()["error"]["message"]),
            (400, &"too long".into())
        );
        assert_eq!(parts(path, &ask().unwrap()).0, "at last", "{path}");
    }
}

#[test]
fn a_stream_is_cut_after_some_events() {
    let replies = Replies::of(&[(
        "00.json",
        r#"{"text": "a text that takes more than one event to come", "faults": [{"disconnect": 3}]}"#,
    )]);
    for path in PATHS {
        let model = replies.serve(&[]);
        let ask = || post(model.url(), path, &first(path, "", true)).unwrap();
        let cut = ask();
        assert_eq!(cut.status, 200, "{path}");
        assert!(
            cut.body.contains("data: ") && !cut.complete,
            "{path}: {}",
            cut.body
        );
        assert!(ask().complete, "{path}");
    }
}

#[test]
fn replies_can_be_slow_at_first_or_always() {
    let replies = Replies::of(&[("00.json", r#"{"text": "slow"}"#)]);
    let model = replies.serve(&["--latency", "30", "--delay-first", "300"]);
    let ask = || {
        let started = Instant::now();
        post(model.url(), PATHS[0], &first(PATHS[0], "", false)).unwrap();
        started.elapsed()
    };
    assert!(ask() >= Duration::from_millis(330));
    let again = ask();
    assert!(
        again >= Duration::from_millis(30) && again < Duration::from_millis(300),
        "{again:?}"
    );
}

#[test]
fn chance_gives_the_shares_that_were_asked_for_and_the_same_twice() {
    let replies = Replies::of(&[]);
    for attempt in 1..=200 {
        let suffix = if attempt == 1 {
            String::new()
        } else {
            format!(".{attempt}")
        };
        let folder = format!("plants/designer.plants--x-binary{suffix}");
        replies.add(&folder, &[("00.json", r#"{"text": "fine"}"#)]);
    }
    let run = |seed: &str, forwards: bool| {
        let options = [
            "--errors",
            "0.2",
            "--drop",
            "0.1",
            "--malformed",
            "0.1",
            "--retry-after",
            "0",
            "--seed",
            seed,
        ];
        let model = replies.serve(&options);
        let mut attempts: Vec<u32> = (1..=200).collect();
        if !forwards {
            attempts.reverse();
        }
        let outcome = |attempt| {
            let body = first(PATHS[0], &format!("Attempt: {attempt}"), false);
            match post(model.url(), PATHS[0], &body) {
                None => "dropped",
                Some(response) if response.status == 429 => "limited",
                Some(response) if response.body.starts_with("{malformed") => "malformed",
                Some(response) => {
                    assert_eq!(parts(PATHS[0], &response).0, "fine");
                    "fine"
                }
            }
        };
        attempts
            .into_iter()
            .map(|attempt| (attempt, outcome(attempt)))
            .collect::<BTreeMap<_, _>>()
    };
    let seen = run("7", true);
    // Five standard deviations of a binomial distribution around each share of 200.
    for (what, share) in [
        ("limited", 0.2),
        ("dropped", 0.1),
        ("malformed", 0.1),
        ("fine", 0.6),
    ] {
        let count = seen.values().filter(|it| **it == what).count() as f64;
        let spread = 5.0 * (200.0 * share * (1.0_f64 - share)).sqrt();
        assert!((count - 200.0 * share).abs() < spread, "{what}: {count}");
    }
    assert_eq!(seen, run("7", false), "chance depends on the order");
    assert_ne!(seen, run("8", true), "chance does not depend on the seed");
}

#[test]
fn nobody_fails_for_ever_by_chance() {
    let replies = Replies::of(&[("00.json", r#"{"text": "at last"}"#)]);
    let model = replies.serve(&["--errors", "1", "--retry-after", "0"]);
    let ask = || post(model.url(), PATHS[0], &first(PATHS[0], "", false)).unwrap();
    let statuses = [ask().status, ask().status, ask().status, ask().status];
    assert_eq!(statuses, [429, 429, 429, 200]);
}

#[test]
fn what_was_asked_can_be_read() {
    let replies = two_turns();
    let asked = TempDir::new().unwrap();
    let folder = asked.path().join("asked");
    let model = replies.serve(&["--requests", folder.to_str().unwrap()]);
    for path in PATHS {
        post(model.url(), path, &second(path)).unwrap();
    }
    let text =
        fs_err::read_to_string(folder.join("plants__designer.plants--x-binary.jsonl")).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| line["turn"] == 1), "{text}");
    assert!(
        lines[0]["messages"]
            .to_string()
            .contains("Its columns follow.")
    );
}
