//! OpenAI's responses: where JSON is asked for, replies, streams and how they end.

use serde_json::json;

use super::super::{Parsed, body, ends};
use super::{call, conversation, question, read, stream, usage};
use crate::{Dialect, Finish, Settings, StructuredMode};

/// OpenAI refuses `json_object` when only the instructions say "JSON".
#[test]
fn responses_ask_for_json_in_their_input() {
    let mut settings = Settings::new(Dialect::Responses, "model-1");
    settings.structured = StructuredMode::JsonObject;
    let body = body(&settings, &question());
    assert_eq!(body["instructions"], "You name things.");
    assert_eq!(body["input"][0]["role"], "developer");
    let asked = body["input"][0]["content"].as_str().unwrap();
    assert!(asked.starts_with("Reply with one JSON object"), "{asked}");
    assert_eq!(body["input"][1]["content"], "Name it.");
}

#[test]
fn the_last_event_of_responses_is_known_without_its_name() {
    let is_last = |name: &str, data: &str| {
        ends(Dialect::Responses)(&crate::sse::Event {
            name: name.to_owned(),
            data: data.to_owned(),
        })
    };
    assert!(is_last(
        "",
        r#"{ "type": "response.completed", "response": {} }"#
    ));
    assert!(is_last("response.failed", "{}"));
    assert!(!is_last(
        "",
        r#"{"type":"response.output_text.delta","delta":"response.completed"}"#
    ));
}

#[test]
fn replies_of_responses() {
    let body = r#"{"status": "completed", "output": [{"type": "reasoning", "summary": []},
        {"type": "message", "content": [{"type": "output_text", "text": "Hi"}]},
        {"type": "function_call", "id": "fc", "call_id": "c1", "name": "read_file", "arguments": "{}"}],
        "usage": {"input_tokens": 10, "input_tokens_details": {"cached_tokens": 2}, "output_tokens": 5}, "error": null}"#;
    assert_eq!(
        read(Dialect::Responses, &conversation(), body),
        Parsed {
            text: "Hi".to_owned(),
            calls: vec![call("c1", "read_file", "{}")],
            finish: Finish::Tools,
            usage: usage(10, 2, 0, 5),
            cost_usd: None,
        }
    );
    let cut = r#"{"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}, "output": []}"#;
    assert_eq!(
        read(Dialect::Responses, &question(), cut).finish,
        Finish::Length
    );
}

#[test]
fn streams_of_responses() {
    let item = json!({ "type": "message", "content": [{ "type": "output_text", "text": "Hi" }] });
    let whole = stream(&[
        json!({ "type": "response.created", "response": { "status": "in_progress", "output": [] } }),
        json!({ "type": "response.output_text.delta", "delta": "Hi" }),
        json!({ "type": "response.completed", "response": { "status": "completed", "output": [item], "usage": { "input_tokens": 1, "output_tokens": 2 } } }),
    ]);
    let parsed = read(Dialect::Responses, &question(), &whole);
    assert_eq!(
        (parsed.text.as_str(), parsed.usage),
        ("Hi", usage(1, 0, 0, 2))
    );
    let by_items = stream(&[
        json!({ "type": "response.output_item.done", "item": item }),
        json!({ "type": "response.completed", "response": { "status": "completed", "output": [] } }),
    ]);
    assert_eq!(read(Dialect::Responses, &question(), &by_items).text, "Hi");
}
