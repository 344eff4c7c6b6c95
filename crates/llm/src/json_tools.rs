//! Tools for models without tool calls: described in the prompt, called by a JSON object in the reply.

use serde_json::{Value, json};

use crate::{Finish, Message, Reply, Request, ToolCall, ToolChoice, dialect, repair};

/// The same request without tools, for those who know none.
pub(crate) fn adapt(request: &Request) -> Request {
    if request.tools.is_empty() && !request.messages.iter().any(speaks_of_tools) {
        return request.clone();
    }
    let mut messages: Vec<Message> = Vec::new();
    for message in &request.messages {
        let plain = plain(message);
        match (messages.last_mut(), plain) {
            // Templates of small models want turns to alternate.
            (Some(Message::User { text: so_far }), Message::User { text }) => {
                so_far.push_str("\n\n");
                so_far.push_str(&text);
            }
            (_, plain) => messages.push(plain),
        }
    }
    Request {
        system: format!("{}{}", request.system, instructions(request)),
        messages,
        tools: Vec::new(),
        choice: ToolChoice::Auto,
        // A form that the provider enforces would keep the model from calling.
        output: if request.tools.is_empty() {
            request.output.clone()
        } else {
            None
        },
    }
}

fn speaks_of_tools(message: &Message) -> bool {
    match message {
        Message::Assistant { calls, .. } => !calls.is_empty(),
        Message::Tool { .. } => true,
        Message::User { .. } => false,
    }
}

fn plain(message: &Message) -> Message {
    match message {
        Message::User { .. } => message.clone(),
        Message::Assistant { text, calls } => {
            let mut parts: Vec<String> = Vec::new();
            if !text.is_empty() {
                parts.push(text.clone());
            }
            parts.extend(calls.iter().map(|call| {
                let arguments = serde_json::from_str::<Value>(&call.arguments)
                    .unwrap_or_else(|_| Value::from(call.arguments.as_str()));
                dialect::compact(&json!({ "tool": call.name, "arguments": arguments }))
            }));
            Message::Assistant {
                text: parts.join("\n"),
                calls: Vec::new(),
            }
        }
        Message::Tool {
            name, text, failed, ..
        } => {
            let outcome = if *failed { "failed" } else { "gave" };
            Message::user(format!("The tool `{name}` {outcome}:\n{text}"))
        }
    }
}

fn instructions(request: &Request) -> String {
    if request.tools.is_empty() {
        return String::new();
    }
    let mut text = String::from("\n\nYou can call these tools:\n");
    for tool in &request.tools {
        text.push_str(&format!(
            "\n- `{}`: {}\n  JSON Schema of its arguments: {}\n",
            tool.name,
            tool.description,
            dialect::compact(&tool.parameters)
        ));
    }
    text.push_str(
        "\nTo call one, reply with one JSON object and nothing else:\n\
         {\"tool\": \"NAME\", \"arguments\": {…}}\n\
         Call one tool at a time; the next message tells what it gave.\n",
    );
    match &request.choice {
        ToolChoice::Auto => text.push_str("When you need no tool, reply without such an object.\n"),
        ToolChoice::Required => text.push_str("You must call a tool now.\n"),
        ToolChoice::Tool(name) => text.push_str(&format!("You must call `{name}` now.\n")),
    }
    if let Some(output) = &request.output {
        text.push_str(&format!(
            "\nWhen you are done, reply with one JSON object that satisfies this JSON Schema, and nothing else:\n{}\n",
            dialect::compact(&output.schema)
        ));
    }
    text
}

/// Makes a call of a reply that is one.
pub(crate) fn read_calls(request: &Request, reply: &mut Reply) {
    if request.tools.is_empty() || !reply.calls.is_empty() {
        return;
    }
    let Some(call) = repair::candidates(&reply.text)
        .iter()
        .find_map(|value| read_call(request, value))
    else {
        return;
    };
    reply.calls.push(call);
    reply.text.clear();
    reply.finish = Finish::Tools;
}

fn read_call(request: &Request, value: &Value) -> Option<ToolCall> {
    let name = ["tool", "name", "function"]
        .iter()
        .find_map(|key| value.get(*key)?.as_str())?;
    let arguments = ["arguments", "parameters", "args", "input"]
        .iter()
        .find_map(|key| value.get(*key));
    let offered = request.tools.iter().any(|tool| tool.name == name);
    // An answer may have a field `name` too: it is a call when the tool exists or the form is exact.
    let exact = value.get("tool").is_some() && arguments.is_some();
    if !offered && !exact {
        return None;
    }
    let arguments = match arguments {
        None | Some(Value::Null) => "{}".to_owned(),
        // Some write the object as a text.
        Some(Value::String(text)) => text.clone(),
        Some(other) => dialect::compact(other),
    };
    Some(ToolCall {
        id: String::new(),
        name: name.to_owned(),
        arguments,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OutputSchema, ToolDefinition, Usage};

    fn request() -> Request {
        Request {
            system: "You look.".to_owned(),
            messages: vec![
                Message::user("Look."),
                Message::Assistant {
                    text: "Well.".to_owned(),
                    calls: vec![ToolCall {
                        id: "call_1".to_owned(),
                        name: "look".to_owned(),
                        arguments: r#"{"at": "x"}"#.to_owned(),
                    }],
                },
                Message::Tool {
                    call: "call_1".to_owned(),
                    name: "look".to_owned(),
                    text: "nothing there".to_owned(),
                    failed: true,
                },
                Message::user("Go on."),
            ],
            tools: vec![ToolDefinition {
                name: "look".to_owned(),
                description: "Looks at something.".to_owned(),
                parameters: json!({ "type": "object" }),
            }],
            choice: ToolChoice::Auto,
            output: Some(OutputSchema {
                name: "answer".to_owned(),
                schema: json!({ "type": "object" }),
            }),
        }
    }

    #[test]
    fn tools_are_described() {
        let adapted = adapt(&request());
        assert!(adapted.tools.is_empty() && adapted.output.is_none());
        insta::assert_snapshot!(adapted.system);
        assert_eq!(
            adapted.messages,
            [
                Message::user("Look."),
                Message::Assistant {
                    text: "Well.\n{\"arguments\":{\"at\":\"x\"},\"tool\":\"look\"}".to_owned(),
                    calls: Vec::new(),
                },
                Message::user("The tool `look` failed:\nnothing there\n\nGo on."),
            ]
        );
        let plain = Request {
            tools: Vec::new(),
            messages: vec![Message::user("a")],
            ..request()
        };
        assert_eq!(adapt(&plain), plain);
    }

    #[test]
    fn calls_are_found() {
        let read = |text: &str| {
            let mut reply = Reply {
                text: text.to_owned(),
                calls: Vec::new(),
                finish: Finish::Stop,
                usage: Usage::default(),
                cost_usd: None,
            };
            read_calls(&request(), &mut reply);
            reply
                .calls
                .pop()
                .map(|call| (call.name, call.arguments, reply.text))
        };
        let found = Some(("look".to_owned(), r#"{"at":"x"}"#.to_owned(), String::new()));
        for text in [
            r#"{"tool": "look", "arguments": {"at": "x"}}"#,
            "I'll look.\n```json\n{\"tool\": \"look\", \"arguments\": {\"at\": \"x\"},}\n```",
            r#"Sure: {"name": "look", "parameters": {"at": "x"}}."#,
            r#"{"function": "look", "args": "{\"at\":\"x\"}"}"#,
        ] {
            assert_eq!(read(text), found, "{text}");
        }
        // A wrong name is the caller's to answer; an answer is no call.
        assert_eq!(
            read(r#"{"tool": "peek", "arguments": {}}"#).unwrap().0,
            "peek"
        );
        assert_eq!(read(r#"{"name": "Iris", "rows": 3}"#), None);
        assert_eq!(read("nothing to do"), None);
    }
}
