//! What every dialect writes and counts, and what tests of each have in common; those stand beside this file.

mod chat;
mod messages;
mod noise;
mod responses;

use serde_json::{Value, json};

use super::{Parsed, body, parse};
use crate::{
    Dialect, Message, OutputSchema, Request, Settings, StructuredMode, ToolCall, ToolChoice,
    ToolDefinition, Usage,
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
