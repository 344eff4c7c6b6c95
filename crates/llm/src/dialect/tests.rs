//! What is written to each provider, and what is read from it. This file is long because every dialect answers the same questions.

use serde_json::{Value, json};

use super::{Parsed, body, parse};
use crate::retry::Failure;
use crate::{
    Dialect, Finish, Message, OutputSchema, Request, Settings, StructuredMode, ToolCall,
    ToolChoice, ToolDefinition, Usage,
};

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": { "type": "string", "minLength": 1 },
            "note": { "type": "string", "default": "" },
        },
        "required": ["name"],
    })
}

/// Everything that a conversation can have.
fn conversation() -> Request {
    Request {
        system: "You design tasks.".to_owned(),
        messages: vec![
            Message::user("First."),
            Message::user("And this."),
            Message::Assistant {
                text: "Let me look.".to_owned(),
                calls: vec![
                    ToolCall {
                        id: "call_a".to_owned(),
                        name: "read_file".to_owned(),
                        arguments: r#"{"path":"a.csv"}"#.to_owned(),
                    },
                    ToolCall {
                        id: "call_b".to_owned(),
                        name: "read_file".to_owned(),
                        arguments: r#"{"path":"#.to_owned(),
                    },
                ],
            },
            Message::Tool {
                call: "call_a".to_owned(),
                name: "read_file".to_owned(),
                text: "x,y\n1,2".to_owned(),
                failed: false,
            },
            Message::Tool {
                call: "call_b".to_owned(),
                name: "read_file".to_owned(),
                text: "the arguments are no JSON".to_owned(),
                failed: true,
            },
            Message::user("Go on."),
        ],
        tools: vec![ToolDefinition {
            name: "read_file".to_owned(),
            description: "Reads a file.".to_owned(),
            parameters: json!({
                "type": "object",
                "properties": { "path": { "type": "string" } },
                "required": ["path"],
            }),
        }],
        choice: ToolChoice::Required,
        output: None,
    }
}

fn question() -> Request {
    Request {
        system: "You name things.".to_owned(),
        messages: vec![Message::user("Name it.")],
        tools: Vec::new(),
        choice: ToolChoice::Auto,
        output: Some(OutputSchema {
            name: "answer".to_owned(),
            schema: schema(),
        }),
    }
}

const DIALECTS: [Dialect; 3] = [Dialect::Chat, Dialect::Messages, Dialect::Responses];

#[test]
fn bodies_of_conversations() {
    for dialect in DIALECTS {
        let mut settings = Settings::new(dialect, "model-1");
        settings.temperature = Some(0.5);
        settings.stream = true;
        insta::with_settings!({ sort_maps => true }, {
            insta::assert_json_snapshot!(
                format!("conversation_{dialect:?}").to_lowercase(),
                body(&settings, &conversation())
            );
        });
    }
}

#[test]
fn bodies_of_questions_with_a_form() {
    for dialect in DIALECTS {
        insta::with_settings!({ sort_maps => true }, {
            insta::assert_json_snapshot!(
                format!("form_{dialect:?}").to_lowercase(),
                body(&Settings::new(dialect, "model-1"), &question())
            );
        });
    }
}

#[test]
fn a_form_that_is_not_enforced_is_in_the_prompt() {
    for dialect in DIALECTS {
        let mut settings = Settings::new(dialect, "model-1");
        settings.structured = StructuredMode::None;
        let text = body(&settings, &question()).to_string();
        assert!(text.contains("It must satisfy this JSON Schema"), "{text}");
        assert!(!text.contains("json_schema") && !text.contains("tool_choice"));
        settings.structured = StructuredMode::JsonObject;
        let text = body(&settings, &question()).to_string();
        assert!(text.contains("It must satisfy this JSON Schema"));
        assert_eq!(text.contains("json_object"), dialect != Dialect::Messages);
    }
}

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
    let ends = |name: &str, data: &str| {
        super::ends(Dialect::Responses)(&crate::sse::Event {
            name: name.to_owned(),
            data: data.to_owned(),
        })
    };
    assert!(ends(
        "",
        r#"{ "type": "response.completed", "response": {} }"#
    ));
    assert!(ends("response.failed", "{}"));
    assert!(!ends(
        "",
        r#"{"type":"response.output_text.delta","delta":"response.completed"}"#
    ));
}

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
}

fn call(id: &str, name: &str, arguments: &str) -> ToolCall {
    ToolCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
    }
}

fn usage(input: u64, cache_read: u64, cache_write: u64, output: u64) -> Option<Usage> {
    Some(Usage {
        input,
        cache_read,
        cache_write,
        output,
    })
}

fn read(dialect: Dialect, request: &Request, body: &str) -> Parsed {
    parse(dialect, request, body).unwrap_or_else(|error| panic!("{error:?}\n{body}"))
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
fn replies_of_messages() {
    let body = r#"{"content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Hi"},
        {"type": "tool_use", "id": "t1", "name": "read_file", "input": {"path": "a"}}], "stop_reason": "tool_use",
        "usage": {"input_tokens": 10, "cache_read_input_tokens": 7, "cache_creation_input_tokens": 3, "output_tokens": 5}}"#;
    assert_eq!(
        read(Dialect::Messages, &conversation(), body),
        Parsed {
            text: "Hi".to_owned(),
            calls: vec![call("t1", "read_file", r#"{"path":"a"}"#)],
            finish: Finish::Tools,
            usage: usage(20, 7, 3, 5),
            cost_usd: None,
        }
    );
    let answered = r#"{"content": [{"type": "text", "text": "Here."}, {"type": "tool_use", "id": "t1", "name": "answer",
        "input": {"name": "n"}}], "stop_reason": "tool_use"}"#;
    let parsed = read(Dialect::Messages, &question(), answered);
    assert_eq!(
        (parsed.text.as_str(), parsed.calls.len(), parsed.finish),
        (r#"{"name":"n"}"#, 0, Finish::Stop)
    );
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

fn stream(events: &[Value]) -> String {
    events
        .iter()
        .map(|event| {
            let name = event["type"]
                .as_str()
                .map_or(String::new(), |name| format!("event: {name}\n"));
            format!("{name}data: {event}\n\n")
        })
        .collect()
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
fn streams_of_messages() {
    let body = stream(&[
        json!({ "type": "message_start", "message": { "content": [], "usage": { "input_tokens": 9, "output_tokens": 1 } } }),
        json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } }),
        json!({ "type": "ping" }),
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "text_delta", "text": "Hi" } }),
        json!({ "type": "content_block_stop", "index": 0 }),
        json!({ "type": "content_block_start", "index": 1, "content_block": { "type": "tool_use", "id": "t1", "name": "read_file", "input": {} } }),
        json!({ "type": "content_block_delta", "index": 1, "delta": { "type": "input_json_delta", "partial_json": "{\"path\": " } }),
        json!({ "type": "content_block_delta", "index": 1, "delta": { "type": "input_json_delta", "partial_json": "\"a\"}" } }),
        json!({ "type": "content_block_start", "index": 2, "content_block": { "type": "tool_use", "id": "t2", "name": "b", "input": {} } }),
        json!({ "type": "message_delta", "delta": { "stop_reason": "tool_use" }, "usage": { "output_tokens": 12 } }),
        json!({ "type": "message_stop" }),
    ]);
    let parsed = read(Dialect::Messages, &conversation(), &body);
    assert_eq!(
        parsed.calls,
        [
            call("t1", "read_file", r#"{"path":"a"}"#),
            call("t2", "b", "{}")
        ]
    );
    assert_eq!(
        (parsed.text.as_str(), parsed.finish, parsed.usage),
        ("Hi", Finish::Tools, usage(9, 0, 0, 12))
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

#[test]
fn what_is_no_reply() {
    let cases = [
        (
            Dialect::Chat,
            "<html>",
            Failure::Again,
            "the reply is no JSON: expected value at line 1 column 1",
        ),
        (
            Dialect::Chat,
            "{\"choices\": [",
            Failure::Again,
            "the reply is no JSON: EOF while parsing a list at line 1 column 13",
        ),
        (
            Dialect::Chat,
            "{}",
            Failure::Again,
            "the reply has no choices",
        ),
        (
            Dialect::Messages,
            "[]",
            Failure::Again,
            "the reply has no content",
        ),
        (
            Dialect::Responses,
            "{}",
            Failure::Again,
            "the reply has no output",
        ),
        (
            Dialect::Chat,
            "data: {\"choices\":[{\"delta\":{\"content\":\"ha\"}}]}\n\n",
            Failure::Again,
            "the stream broke off",
        ),
        (
            Dialect::Messages,
            "event: message_start\ndata: {\"type\":\"message_start\"}\n\n",
            Failure::Again,
            "the stream broke off",
        ),
        (
            Dialect::Responses,
            "data: {\"type\":\"response.created\"}\n\n",
            Failure::Again,
            "the stream broke off",
        ),
        (
            Dialect::Chat,
            "data: {\"cho\n\n",
            Failure::Again,
            "an event of the stream is no JSON: EOF while parsing a string at line 1 column 5",
        ),
        // Errors that come with a good status.
        (
            Dialect::Chat,
            r#"{"error": {"code": 429, "message": "slow down"}}"#,
            Failure::Slower,
            "slow down",
        ),
        (
            Dialect::Messages,
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n",
            Failure::Slower,
            "Overloaded",
        ),
        (
            Dialect::Responses,
            "data: {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"server_error\",\"message\":\"oops\"}}}\n\n",
            Failure::Again,
            "oops",
        ),
        (
            Dialect::Responses,
            "event: error\ndata: {\"type\":\"error\",\"code\":\"insufficient_quota\",\"message\":\"pay\",\"param\":null}\n\n",
            Failure::Quota,
            "pay",
        ),
        (
            Dialect::Responses,
            "data: {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"invalid_prompt\",\"message\":\"no\"}}}\n\n",
            Failure::Refused,
            "no",
        ),
        (
            Dialect::Chat,
            r#"{"error": {"code": "insufficient_quota", "message": "pay"}}"#,
            Failure::Quota,
            "pay",
        ),
    ];
    for (dialect, body, failure, reason) in cases {
        let unusable = parse(dialect, &question(), body).unwrap_err();
        assert_eq!(
            (unusable.failure, unusable.reason.as_str()),
            (failure, reason),
            "{body}"
        );
    }
}

/// Of 14,428 tokens, 10,120 were hidden reasoning that xAI counts apart.
#[test]
fn hidden_reasoning_counts_where_it_is_counted_apart() {
    let cases = [
        (
            Dialect::Chat,
            r#"{"choices": [{"message": {"content": "a"}}], "usage": {"prompt_tokens": 2809, "completion_tokens": 1499, "total_tokens": 14428, "completion_tokens_details": {"reasoning_tokens": 10120}}}"#,
            11_619,
        ),
        (
            Dialect::Chat,
            r#"{"choices": [{"message": {"content": "a"}}], "usage": {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}}"#,
            5,
        ),
        (
            Dialect::Chat,
            r#"{"choices": [{"message": {"content": "a"}}], "usage": {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 3}}"#,
            5,
        ),
        (
            Dialect::Responses,
            r#"{"output": [], "usage": {"input_tokens": 9, "output_tokens": 5, "total_tokens": 24}}"#,
            15,
        ),
    ];
    for (dialect, body, output) in cases {
        let parsed = parse(dialect, &question(), body).unwrap();
        assert_eq!(parsed.usage.unwrap().output, output, "{body}");
    }
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

#[test]
fn absurd_counts_are_survived() {
    let most = u64::MAX;
    let body = format!(
        "data: {{\"type\":\"message_start\",\"message\":{{\"usage\":\"many\"}}}}\n\n\
         data: {{\"type\":\"message_delta\",\"usage\":{{\"input_tokens\":{most},\"cache_read_input_tokens\":{most},\"output_tokens\":{most}}}}}\n\n\
         data: {{\"type\":\"message_stop\"}}\n\n"
    );
    let usage = parse(Dialect::Messages, &question(), &body)
        .unwrap()
        .usage
        .unwrap();
    assert_eq!((usage.input, usage.total()), (most, most));
    assert_eq!(usage.and(usage), usage.and(Usage::default()).and(usage));
}

proptest::proptest! {
    /// Whatever a server sends, nothing panics.
    #[test]
    fn any_json_is_survived(depth_first in proptest::collection::vec(0_u8..12, 0..40)) {
        let value = arbitrary(&mut depth_first.into_iter(), 0);
        for dialect in DIALECTS {
            let _ = parse(dialect, &question(), &value.to_string());
            for name in ["message_start", "content_block_start", "message_delta", "message_stop", "response.completed"] {
                let mut event = value.clone();
                if let Some(fields) = event.as_object_mut() {
                    fields.insert("type".to_owned(), json!(name));
                }
                let _ = parse(dialect, &question(), &format!("data: {event}\n\ndata: {{\"type\":\"message_delta\",\"usage\":{{\"a\":1}}}}\n\ndata: {{\"type\":\"message_stop\"}}\n\ndata: [DONE]\n\n"));
            }
        }
    }
}

/// A value made of the names that parsers look for, in places where they do not belong.
fn arbitrary(choices: &mut dyn Iterator<Item = u8>, depth: usize) -> Value {
    const NAMES: [&str; 12] = [
        "choices",
        "message",
        "content",
        "usage",
        "output",
        "delta",
        "tool_calls",
        "function",
        "content_block",
        "response",
        "index",
        "error",
    ];
    match choices.next() {
        None => Value::Null,
        Some(0) => json!("text"),
        Some(1) => json!(7),
        Some(2 | 3) if depth < 6 => {
            json!([arbitrary(choices, depth + 1), arbitrary(choices, depth + 1)])
        }
        Some(choice) if depth < 6 => json!({
            NAMES[choice as usize]: arbitrary(choices, depth + 1),
            NAMES[(choice as usize + 5) % 12]: arbitrary(choices, depth + 1),
        }),
        Some(_) => json!(true),
    }
}
