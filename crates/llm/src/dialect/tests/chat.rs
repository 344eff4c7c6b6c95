//! Chat completions: bodies, replies, streams, and what servers that imitate OpenAI make of them.

use serde_json::{Value, json};

use super::super::{Parsed, body, parse};
use super::{call, conversation, question, read, stream, usage};
use crate::{Dialect, Finish, MaxTokensField, Settings};

#[test]
fn models_that_reason_have_another_word_for_the_most_tokens() {
    for (model, newer) in [
        ("gpt-4o", false),
        ("gpt-5", true),
        ("gpt-5.1-mini", true),
        ("openai/o3-mini", true),
        ("o4", true),
        ("olmo-2", false),
        ("ft:gpt-5-mini:us:a", true),
        ("ft:gpt-4o:us:a", false),
        ("gpt-oss-20b", false),
        ("llama-3", false),
    ] {
        let body = body(&Settings::new(Dialect::Chat, model), &question());
        assert_eq!(
            body.get("max_completion_tokens").is_some(),
            newer,
            "{model}"
        );
        assert_eq!(body.get("max_tokens").is_some(), !newer, "{model}");
    }
    let mut deployment = Settings::new(Dialect::Chat, "our-deployment");
    deployment.max_tokens_field = Some(MaxTokensField::MaxCompletionTokens);
    let body = body(&deployment, &question());
    assert!(body.get("max_completion_tokens").is_some() && body.get("max_tokens").is_none());
}

#[test]
fn replies_of_chat_completions() {
    let body = r#"{"id": "x", "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant",
        "content": "Hi", "reasoning_content": "hm", "tool_calls": [{"id": "c1", "type": "function",
        "function": {"name": "read_file", "arguments": "{\"path\": 1}"}}, {"function": {"name": "stop"}}]}}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 4}, "cost": 0.25}}"#;
    assert_eq!(
        read(Dialect::Chat, &conversation(), body),
        Parsed {
            text: "Hi".to_owned(),
            calls: vec![
                call("c1", "read_file", "{\"path\": 1}"),
                call("", "stop", "{}")
            ],
            finish: Finish::Tools,
            usage: usage(10, 4, 0, 5),
            cost_usd: Some(0.25),
        }
    );
    let refused = r#"{"choices": [{"finish_reason": "stop", "message": {"content": null, "refusal": "No."}}]}"#;
    let parsed = read(Dialect::Chat, &question(), refused);
    assert_eq!(
        (parsed.text.as_str(), parsed.finish, parsed.usage),
        ("No.", Finish::Refusal, None)
    );
    let cut = r#"{"choices": [{"finish_reason": "length", "message": {"content": [{"type": "text", "text": "half"}]}}]}"#;
    let parsed = read(Dialect::Chat, &question(), cut);
    assert_eq!(
        (parsed.text.as_str(), parsed.finish),
        ("half", Finish::Length)
    );
}

#[test]
fn streams_of_chat_completions() {
    let piece = |delta: Value| json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] });
    let mut body = stream(&[
        piece(json!({ "role": "assistant", "content": "H" })),
        piece(json!({ "content": "i" })),
        piece(
            json!({ "tool_calls": [{ "index": 0, "id": "c1", "function": { "name": "read_file", "arguments": "" } }] }),
        ),
        piece(json!({ "tool_calls": [{ "index": 0, "function": { "arguments": "{\"pa" } }] })),
        piece(json!({ "tool_calls": [{ "index": 0, "function": { "arguments": "th\":1}" } }] })),
        piece(
            json!({ "tool_calls": [{ "index": 1, "id": "c2", "function": { "name": "b", "arguments": "{}" } }] }),
        ),
        json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "tool_calls" }] }),
        json!({ "choices": [], "usage": { "prompt_tokens": 3, "completion_tokens": 4 } }),
    ]);
    body.push_str("data: [DONE]\n\n");
    let parsed = read(Dialect::Chat, &conversation(), &body);
    assert_eq!(
        parsed.calls,
        [
            call("c1", "read_file", "{\"path\":1}"),
            call("c2", "b", "{}")
        ]
    );
    assert_eq!(
        (parsed.text.as_str(), parsed.finish, parsed.usage),
        ("Hi", Finish::Tools, usage(3, 0, 0, 4))
    );
}

#[test]
fn calls_of_a_stream_with_one_index_are_told_apart_by_their_ids() {
    let piece = |calls: Value| {
        format!(
            "data: {}\n\n",
            json!({ "choices": [{ "delta": { "tool_calls": calls } }] })
        )
    };
    let body = [
        piece(json!([
            { "index": 0, "id": "a", "function": { "name": "read", "arguments": "{\"x\":" } },
        ])),
        piece(json!([{ "index": 0, "function": { "arguments": "1}" } }])),
        piece(json!([
            { "index": 0, "id": "b", "function": { "name": "write", "arguments": "{" } },
        ])),
        piece(json!([{ "index": 0, "id": "b", "function": { "arguments": "}" } }])),
        "data: [DONE]\n\n".to_owned(),
    ]
    .concat();
    let calls = parse(Dialect::Chat, &question(), &body).unwrap().calls;
    let shown: Vec<_> = calls
        .iter()
        .map(|call| {
            (
                call.id.as_str(),
                call.name.as_str(),
                call.arguments.as_str(),
            )
        })
        .collect();
    assert_eq!(shown, [("a", "read", "{\"x\":1}"), ("b", "write", "{}")]);
}
