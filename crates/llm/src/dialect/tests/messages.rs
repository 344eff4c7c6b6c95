//! Anthropic's messages: replies and streams, and counts that can't be.

use serde_json::json;

use super::super::{Parsed, parse};
use super::{call, conversation, question, read, stream, usage};
use crate::{Dialect, Finish, Usage};

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
