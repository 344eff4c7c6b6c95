//! OpenAI's responses: a flat list of items in, a list of items out; nothing is stored at the provider.
//!
//! What a model reasoned is not sent back to it, since a conversation has no place for what one dialect alone knows: after each
//! call of a tool it reasons anew.

use serde_json::{Value, json};

use super::{Form, Parsed, Unusable, count, demand, form, object, system, text_of, written};
use crate::settings::Settings;
use crate::sse::Event;
use crate::{Finish, Message, Request, ToolCall, ToolChoice, Usage};

pub(super) fn body(settings: &Settings, request: &Request) -> Value {
    let form = request.output.as_ref().map(|output| form(settings, output));
    // JSON is promised only when the input asks for it: the instructions do not count.
    let (system, demanded) = match (&form, &request.output) {
        (Some(Form::JsonObject), Some(output)) => {
            let item = json!({ "role": "developer", "content": demand(output) });
            (request.system.clone(), Some(item))
        }
        _ => (system(request, form.as_ref()), None),
    };
    let said = request.messages.iter().flat_map(items);
    object([
        ("model", Some(json!(settings.model))),
        ("instructions", (!system.is_empty()).then(|| json!(system))),
        ("input", Some(demanded.into_iter().chain(said).collect())),
        ("max_output_tokens", Some(json!(settings.max_tokens))),
        (
            "temperature",
            settings.temperature.map(|value| json!(value)),
        ),
        ("tools", tools(request)),
        ("tool_choice", choice(request)),
        ("text", form.and_then(text_format)),
        ("store", Some(Value::Bool(false))),
        ("stream", settings.stream.then_some(Value::Bool(true))),
    ])
}

fn items(message: &Message) -> Vec<Value> {
    match message {
        Message::User { text } => vec![json!({ "role": "user", "content": text })],
        Message::Assistant { text, calls } => {
            let said = (!text.is_empty() || calls.is_empty())
                // In full, as the provider itself gives it: llama.cpp takes no shorter form.
                .then(|| {
                    json!({
                        "type": "message",
                        "role": "assistant",
                        "content": [{ "type": "output_text", "text": text }],
                    })
                });
            let calls = calls.iter().map(|call| {
                json!({
                    "type": "function_call",
                    "call_id": call.id,
                    "name": call.name,
                    "arguments": call.arguments,
                })
            });
            said.into_iter().chain(calls).collect()
        }
        Message::Tool { call, text, .. } => vec![json!({
            "type": "function_call_output",
            "call_id": call,
            "output": text,
        })],
    }
}

fn tools(request: &Request) -> Option<Value> {
    (!request.tools.is_empty()).then(|| {
        request
            .tools
            .iter()
            .map(|tool| {
                json!({
                    "type": "function",
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.parameters,
                    // True unless it is said otherwise, and then schemas with optional fields are refused.
                    "strict": false,
                })
            })
            .collect()
    })
}

fn choice(request: &Request) -> Option<Value> {
    if request.tools.is_empty() {
        return None;
    }
    match &request.choice {
        ToolChoice::Auto => None,
        ToolChoice::Required => Some(json!("required")),
        ToolChoice::Tool(name) => Some(json!({ "type": "function", "name": name })),
    }
}

fn text_format(form: Form) -> Option<Value> {
    match form {
        Form::Strict { name, schema } => Some(json!({
            "format": { "type": "json_schema", "name": name, "strict": true, "schema": schema },
        })),
        Form::JsonObject => Some(json!({ "format": { "type": "json_object" } })),
        Form::Prompt => None,
    }
}

pub(super) fn parse(value: &Value) -> Result<Parsed, Unusable> {
    let items = value
        .get("output")
        .and_then(Value::as_array)
        .ok_or_else(|| Unusable::malformed("the reply has no output"))?;
    let mut text = String::new();
    let mut calls = Vec::new();
    let mut refused = false;
    for item in items {
        match text_of(item.get("type")) {
            "message" => {
                let parts = item.get("content").and_then(Value::as_array);
                for part in parts.into_iter().flatten() {
                    text.push_str(text_of(part.get("text")));
                    let refusal = text_of(part.get("refusal"));
                    refused |= !refusal.is_empty();
                    text.push_str(refusal);
                }
            }
            "function_call" => calls.push(read_call(item)),
            _ => {}
        }
    }
    let finish = match text_of(value.pointer("/incomplete_details/reason")) {
        "max_output_tokens" => Finish::Length,
        "content_filter" => Finish::Refusal,
        _ if refused => Finish::Refusal,
        "" if !calls.is_empty() => Finish::Tools,
        "" => match text_of(value.get("status")) {
            "completed" | "" => Finish::Stop,
            other => Finish::Other(other.to_owned()),
        },
        other => Finish::Other(other.to_owned()),
    };
    Ok(Parsed {
        text,
        calls,
        finish,
        usage: usage(value),
        cost_usd: value.pointer("/usage/cost").and_then(Value::as_f64),
    })
}

fn read_call(item: &Value) -> ToolCall {
    let id = match text_of(item.get("call_id")) {
        "" => text_of(item.get("id")),
        id => id,
    };
    let arguments = match item.get("arguments") {
        Some(Value::String(text)) if !text.trim().is_empty() => text.clone(),
        Some(Value::Object(object)) => super::compact(&Value::Object(object.clone())),
        _ => "{}".to_owned(),
    };
    ToolCall {
        id: id.to_owned(),
        name: text_of(item.get("name")).to_owned(),
        arguments,
    }
}

pub(super) fn usage(value: &Value) -> Option<Usage> {
    let usage = value.get("usage").filter(|usage| usage.is_object())?;
    let input = usage.get("input_tokens").and_then(Value::as_u64)?;
    Some(Usage {
        input,
        cache_read: count(usage, "/input_tokens_details/cached_tokens"),
        cache_write: 0,
        output: written(usage, input, "/output_tokens"),
    })
}

/// The events that carry the whole response.
const LAST: [&str; 3] = [
    "response.completed",
    "response.incomplete",
    "response.failed",
];

pub(super) fn ends(event: &Event) -> bool {
    let last = |kind: &str| LAST.contains(&kind);
    if last(&event.name) || event.data.trim() == "[DONE]" {
        return true;
    }
    // Some servers name no events. What the data says counts then.
    event.name.is_empty()
        && event.data.contains("response.")
        && serde_json::from_str::<Value>(&event.data)
            .is_ok_and(|value| last(text_of(value.get("type"))))
}

/// Makes of the events of a stream what would have come without one: the last has all of it, or the
/// items did when they were done.
pub(super) fn assemble(events: &[Value]) -> Result<Value, Unusable> {
    let kind = |event: &&Value| text_of(event.get("type")).to_owned();
    let mut response = events
        .iter()
        .find(|event| LAST.contains(&kind(event).as_str()))
        .and_then(|event| event.get("response"))
        .filter(|response| response.is_object())
        .cloned()
        .ok_or_else(|| Unusable::malformed("the stream broke off"))?;
    let empty = response
        .get("output")
        .and_then(Value::as_array)
        .is_none_or(Vec::is_empty);
    if empty {
        response["output"] = events
            .iter()
            .filter(|event| kind(event) == "response.output_item.done")
            .filter_map(|event| event.get("item").cloned())
            .collect();
    }
    Ok(response)
}
