//! Anthropic's messages: system blocks, tool use and tool results as content blocks, marks for the prompt cache.

use serde_json::{Value, json};

use super::{Form, Parsed, Unusable, count, form, object, system, text_of};
use crate::settings::Settings;
use crate::sse::Event;
use crate::{Finish, Message, Request, ToolCall, ToolChoice, Usage};

/// Of the four marks that a request may have, one is on the system prompt, and this many are on the last
/// messages of the user: the last, to be written, and the one before, to be read.
const MARKED_MESSAGES: usize = 2;

pub(super) fn body(settings: &Settings, request: &Request) -> Value {
    let form = request.output.as_ref().map(|output| form(settings, output));
    let prompt = system(request, form.as_ref());
    let forced = match &form {
        Some(Form::Strict { name, .. }) => Some(name.as_str()),
        _ => None,
    };
    let mut block = json!({ "type": "text", "text": prompt });
    mark(&mut block);
    object([
        ("model", Some(json!(settings.model))),
        ("max_tokens", Some(json!(settings.max_tokens))),
        (
            "temperature",
            settings.temperature.map(|value| json!(value)),
        ),
        (
            "system",
            (!prompt.is_empty()).then(|| Value::Array(vec![block])),
        ),
        ("messages", Some(Value::Array(messages(request)))),
        ("tools", tools(request, forced)),
        ("tool_choice", choice(request, forced)),
        ("stream", settings.stream.then_some(Value::Bool(true))),
    ])
}

fn mark(block: &mut Value) {
    block["cache_control"] = json!({ "type": "ephemeral" });
}

/// Turns must alternate: what one side says in a row becomes one message.
fn messages(request: &Request) -> Vec<Value> {
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    for message in &request.messages {
        let (role, blocks) = blocks(message);
        match turns.last_mut() {
            Some((last, so_far)) if *last == role => so_far.extend(blocks),
            _ => turns.push((role, blocks)),
        }
    }
    let users = turns.iter_mut().rev().filter(|(role, _)| *role == "user");
    for (_, blocks) in users.take(MARKED_MESSAGES) {
        if let Some(block) = blocks.last_mut() {
            mark(block);
        }
    }
    turns
        .into_iter()
        .map(|(role, blocks)| json!({ "role": role, "content": blocks }))
        .collect()
}

fn blocks(message: &Message) -> (&'static str, Vec<Value>) {
    // An empty text block is refused, and so is a message without blocks.
    let shown = |text: &str| {
        if text.trim().is_empty() {
            "(empty)"
        } else {
            text
        }
        .to_owned()
    };
    match message {
        Message::User { text } => ("user", vec![json!({ "type": "text", "text": shown(text) })]),
        Message::Assistant { text, calls } => {
            let mut blocks = Vec::new();
            if calls.is_empty() || !text.trim().is_empty() {
                // Blanks at the end of the model's last text are refused.
                blocks.push(json!({ "type": "text", "text": shown(text).trim_end() }));
            }
            blocks.extend(calls.iter().map(|call| {
                let input = serde_json::from_str::<Value>(&call.arguments)
                    .ok()
                    .filter(Value::is_object)
                    .unwrap_or_else(|| json!({ "invalid": call.arguments }));
                json!({ "type": "tool_use", "id": call.id, "name": call.name, "input": input })
            }));
            ("assistant", blocks)
        }
        Message::Tool {
            call, text, failed, ..
        } => (
            "user",
            vec![object([
                ("type", Some(json!("tool_result"))),
                ("tool_use_id", Some(json!(call))),
                ("content", Some(json!(shown(text)))),
                ("is_error", failed.then_some(Value::Bool(true))),
            ])],
        ),
    }
}

fn tools(request: &Request, forced: Option<&str>) -> Option<Value> {
    let mut tools: Vec<Value> = request
        .tools
        .iter()
        .map(|tool| {
            json!({
                "name": tool.name,
                "description": tool.description,
                "input_schema": tool.parameters,
            })
        })
        .collect();
    if let (Some(name), Some(output)) = (forced, &request.output) {
        tools.push(json!({
            "name": name,
            "description": "Gives the final answer. Call it once, with all of the answer.",
            "input_schema": output.schema,
        }));
    }
    (!tools.is_empty()).then_some(Value::Array(tools))
}

fn choice(request: &Request, forced: Option<&str>) -> Option<Value> {
    match (&request.choice, forced) {
        (ToolChoice::Tool(name), _) if !request.tools.is_empty() => {
            Some(json!({ "type": "tool", "name": name }))
        }
        (_, Some(name)) if request.tools.is_empty() => {
            Some(json!({ "type": "tool", "name": name }))
        }
        // Its text would have no form: it calls one of its tools, or answers by calling the last.
        (_, Some(_)) => Some(json!({ "type": "any" })),
        (ToolChoice::Required, None) if !request.tools.is_empty() => Some(json!({ "type": "any" })),
        _ => None,
    }
}

pub(super) fn parse(value: &Value, request: &Request) -> Result<Parsed, Unusable> {
    let blocks = value
        .get("content")
        .and_then(Value::as_array)
        .ok_or_else(|| Unusable::malformed("the reply has no content"))?;
    let mut text = String::new();
    let mut calls = Vec::new();
    let mut answer = None;
    for block in blocks {
        match text_of(block.get("type")) {
            "text" => text.push_str(text_of(block.get("text"))),
            "tool_use" => {
                let call = read_call(block);
                match &request.output {
                    Some(output) if output.name == call.name && !offered(request, &call.name) => {
                        answer.get_or_insert(call.arguments);
                    }
                    _ => calls.push(call),
                }
            }
            _ => {}
        }
    }
    let answered = answer.is_some() && calls.is_empty();
    let finish = match text_of(value.get("stop_reason")) {
        "max_tokens" | "model_context_window_exceeded" => Finish::Length,
        "refusal" => Finish::Refusal,
        "tool_use" if answered => Finish::Stop,
        _ if !calls.is_empty() => Finish::Tools,
        "end_turn" | "stop_sequence" | "tool_use" | "" => Finish::Stop,
        other => Finish::Other(other.to_owned()),
    };
    Ok(Parsed {
        text: match answer {
            Some(answer) if calls.is_empty() => answer,
            _ => text,
        },
        calls,
        finish,
        usage: usage(value),
        cost_usd: value.pointer("/usage/cost").and_then(Value::as_f64),
    })
}

fn offered(request: &Request, name: &str) -> bool {
    request.tools.iter().any(|tool| tool.name == name)
}

fn read_call(block: &Value) -> ToolCall {
    let arguments = match block.get("input") {
        // Only [`assemble`] makes it a text: when the pieces of a stream are no JSON together.
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "{}".to_owned(),
        Some(input) => super::compact(input),
    };
    ToolCall {
        id: text_of(block.get("id")).to_owned(),
        name: text_of(block.get("name")).to_owned(),
        arguments,
    }
}

pub(super) fn usage(value: &Value) -> Option<Usage> {
    let usage = value.get("usage").filter(|usage| usage.is_object())?;
    usage.get("input_tokens").and_then(Value::as_u64)?;
    let cache_read = count(usage, "/cache_read_input_tokens");
    let cache_write = count(usage, "/cache_creation_input_tokens");
    Some(Usage {
        // Anthropic counts what came from the cache, and what went to it, apart.
        input: count(usage, "/input_tokens")
            .saturating_add(cache_read)
            .saturating_add(cache_write),
        cache_read,
        cache_write,
        output: count(usage, "/output_tokens"),
    })
}

pub(super) fn ends(event: &Event) -> bool {
    event.name == "message_stop" || event.data.contains(r#""type":"message_stop""#)
}

/// Makes of the pieces of a stream what would have come without one.
pub(super) fn assemble(events: &[Value]) -> Result<Value, Unusable> {
    let mut message = json!({});
    let mut blocks: Vec<(u64, Value, String)> = Vec::new();
    let mut ended = false;
    for event in events {
        let index = count(event, "/index");
        match text_of(event.get("type")) {
            "message_start" => {
                message = object_or_empty(event.get("message"));
            }
            "content_block_start" => {
                let block = object_or_empty(event.get("content_block"));
                let text = text_of(block.get("text")).to_owned();
                blocks.push((index, block, text));
            }
            "content_block_delta" => {
                let delta = event.get("delta").unwrap_or(&Value::Null);
                if let Some((_, _, so_far)) = blocks.iter_mut().find(|(known, ..)| *known == index)
                {
                    so_far.push_str(text_of(delta.get("text")));
                    so_far.push_str(text_of(delta.get("partial_json")));
                }
            }
            "message_delta" => {
                if let Some(reason) = event.pointer("/delta/stop_reason") {
                    message["stop_reason"] = reason.clone();
                }
                let counted = event.get("usage").and_then(Value::as_object);
                if !message["usage"].is_object() {
                    message["usage"] = json!({});
                }
                for (name, tokens) in counted.into_iter().flatten() {
                    if !tokens.is_null() {
                        message["usage"][name] = tokens.clone();
                    }
                }
            }
            "message_stop" => ended = true,
            _ => {}
        }
    }
    if !ended {
        return Err(Unusable::malformed("the stream broke off"));
    }
    message["content"] = blocks
        .into_iter()
        .map(|(_, mut block, so_far)| {
            match text_of(block.get("type")) {
                "text" => block["text"] = json!(so_far),
                "tool_use" if !so_far.is_empty() => {
                    block["input"] =
                        serde_json::from_str(&so_far).unwrap_or_else(|_| json!(so_far));
                }
                _ => {}
            }
            block
        })
        .collect();
    Ok(message)
}

fn object_or_empty(value: Option<&Value>) -> Value {
    value
        .filter(|value| value.is_object())
        .cloned()
        .unwrap_or_else(|| json!({}))
}
