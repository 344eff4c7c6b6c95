//! What is no reply in any dialect: errors, torn answers, and JSON of any other form.

use serde_json::{Value, json};

use super::super::parse;
use super::{DIALECTS, question};
use crate::Dialect;
use crate::retry::Failure;

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
