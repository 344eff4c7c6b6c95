//! Chat completions, as OpenAI defines them and dozens of servers imitate them.

use serde_json::{Value, json};

use super::{Form, Parsed, Unusable, count, form, object, system, text_of, written};
use crate::settings::{MaxTokensField, Settings};
use crate::sse::Event;
use crate::{Finish, Message, Request, ToolCall, ToolChoice, Usage};

pub(super) fn body(settings: &Settings, request: &Request) -> Value {
    let form = request.output.as_ref().map(|output| form(settings, output));
    let system = system(request, form.as_ref());
    let mut messages: Vec<Value> = Vec::new();
    if !system.is_empty() {
        messages.push(json!({ "role": "system", "content": system }));
    }
    let mut rest = request.messages.as_slice();
    while let [first, more @ ..] = rest {
        // Templates of many servers want turns to alternate.
        let (said, more) = match first {
            Message::User { text } => merged(text, more),
            other => (message(other), more),
        };
        messages.push(said);
        rest = more;
    }
    let most = Some(json!(settings.max_tokens));
    let (most_old, most_new) = match max_tokens_field(settings) {
        MaxTokensField::MaxTokens => (most, None),
        MaxTokensField::MaxCompletionTokens => (None, most),
    };
    object([
        ("model", Some(json!(settings.model))),
        ("messages", Some(Value::Array(messages))),
        ("max_tokens", most_old),
        ("max_completion_tokens", most_new),
        (
            "temperature",
            settings.temperature.map(|value| json!(value)),
        ),
        ("tools", tools(request)),
        ("tool_choice", choice(request)),
        ("response_format", form.and_then(response_format)),
        ("stream", settings.stream.then_some(Value::Bool(true))),
        (
            "stream_options",
            settings.stream.then(|| json!({ "include_usage": true })),
        ),
    ])
}

/// OpenAI's models that reason refuse `max_tokens`; few other servers know the newer name.
///
/// Unless the settings say, it is decided by the name alone: the base URL is no part of a cassette's key, and must not change the body.
fn max_tokens_field(settings: &Settings) -> MaxTokensField {
    if let Some(field) = settings.max_tokens_field {
        return field;
    }
    let model = &settings.model;
    let name = model.rsplit('/').next().unwrap_or(model);
    // Models that were tuned are named after those they were made of.
    let name = name.strip_prefix("ft:").unwrap_or(name);
    let series = |letter: &str| {
        name.strip_prefix(letter)
            .is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()))
    };
    let generation = name
        .strip_prefix("gpt-")
        .and_then(|rest| rest.split(|next: char| !next.is_ascii_digit()).next())
        .and_then(|number| number.parse::<u32>().ok());
    if series("o") || generation.is_some_and(|number| number >= 5) {
        MaxTokensField::MaxCompletionTokens
    } else {
        MaxTokensField::MaxTokens
    }
}

/// What the user said in a row, as one message; and the messages that follow.
fn merged<'a>(first: &str, mut rest: &'a [Message]) -> (Value, &'a [Message]) {
    let mut texts = vec![first];
    while let [Message::User { text }, more @ ..] = rest {
        texts.push(text);
        rest = more;
    }
    (
        json!({ "role": "user", "content": texts.join("\n\n") }),
        rest,
    )
}

fn message(message: &Message) -> Value {
    match message {
        Message::User { text } => json!({ "role": "user", "content": text }),
        Message::Assistant { text, calls } => object([
            ("role", Some(json!("assistant"))),
            // Without calls some servers refuse `null`, with them some refuse an empty text.
            (
                "content",
                Some(if text.is_empty() && !calls.is_empty() {
                    Value::Null
                } else {
                    json!(text)
                }),
            ),
            (
                "tool_calls",
                (!calls.is_empty()).then(|| calls.iter().map(call).collect()),
            ),
        ]),
        Message::Tool { call, text, .. } => {
            json!({ "role": "tool", "tool_call_id": call, "content": text })
        }
    }
}

fn call(call: &ToolCall) -> Value {
    // Templates of some servers parse the arguments, and fail on what is no JSON.
    let arguments = match serde_json::from_str::<Value>(&call.arguments) {
        Ok(_) => call.arguments.clone(),
        Err(_) => json!({ "invalid": call.arguments }).to_string(),
    };
    json!({
        "id": call.id,
        "type": "function",
        "function": { "name": call.name, "arguments": arguments },
    })
}

fn tools(request: &Request) -> Option<Value> {
    (!request.tools.is_empty()).then(|| {
        request
            .tools
            .iter()
            .map(|tool| {
                json!({
                    "type": "function",
                    "function": {
                        "name": tool.name,
                        "description": tool.description,
                        "parameters": tool.parameters,
                    },
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
        ToolChoice::Tool(name) => Some(json!({ "type": "function", "function": { "name": name } })),
    }
}

fn response_format(form: Form) -> Option<Value> {
    match form {
        Form::Strict { name, schema } => Some(json!({
            "type": "json_schema",
            "json_schema": { "name": name, "strict": true, "schema": schema },
        })),
        Form::JsonObject => Some(json!({ "type": "json_object" })),
        Form::Prompt => None,
    }
}

pub(super) fn parse(value: &Value) -> Result<Parsed, Unusable> {
    let choice = value
        .pointer("/choices/0")
        .ok_or_else(|| Unusable::malformed("the reply has no choices"))?;
    let message = choice
        .get("message")
        .filter(|message| message.is_object())
        .ok_or_else(|| Unusable::malformed("the reply has no message"))?;
    let calls: Vec<ToolCall> = message
        .get("tool_calls")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(read_call)
        .collect();
    let refusal = text_of(message.get("refusal"));
    let reason = text_of(choice.get("finish_reason"));
    let finish = match reason {
        _ if !refusal.is_empty() => Finish::Refusal,
        "length" => Finish::Length,
        "content_filter" => Finish::Refusal,
        // Some servers say `stop` although the model called.
        _ if !calls.is_empty() => Finish::Tools,
        "stop" | "eos" | "end_turn" | "" => Finish::Stop,
        "tool_calls" | "function_call" => Finish::Tools,
        other => Finish::Other(other.to_owned()),
    };
    let text = content(message.get("content"));
    Ok(Parsed {
        text: if text.is_empty() {
            refusal.to_owned()
        } else {
            text
        },
        calls,
        finish,
        usage: usage(value),
        cost_usd: value.pointer("/usage/cost").and_then(Value::as_f64),
    })
}

/// A text, or parts of which some are text.
fn content(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts.iter().map(|part| text_of(part.get("text"))).collect(),
        _ => String::new(),
    }
}

fn read_call(call: &Value) -> ToolCall {
    let arguments = match call.pointer("/function/arguments") {
        Some(Value::String(text)) if text.trim().is_empty() => "{}".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "{}".to_owned(),
        Some(other) => super::compact(other),
    };
    ToolCall {
        id: text_of(call.get("id")).to_owned(),
        name: text_of(call.pointer("/function/name")).to_owned(),
        arguments,
    }
}

pub(super) fn usage(value: &Value) -> Option<Usage> {
    let usage = value.get("usage").filter(|usage| usage.is_object())?;
    let input = usage.get("prompt_tokens").and_then(Value::as_u64)?;
    Some(Usage {
        input,
        // DeepSeek has a name of its own for it.
        cache_read: count(usage, "/prompt_tokens_details/cached_tokens")
            .max(count(usage, "/prompt_cache_hit_tokens")),
        cache_write: count(usage, "/prompt_tokens_details/cache_write_tokens"),
        output: written(usage, input, "/completion_tokens"),
    })
}

pub(super) fn ends(event: &Event) -> bool {
    event.data.trim() == "[DONE]"
}

/// Makes of the pieces of a stream what would have come without one.
pub(super) fn assemble(chunks: &[Value]) -> Result<Value, Unusable> {
    let mut text = String::new();
    let mut refusal = String::new();
    let mut calls: Vec<(u64, Value)> = Vec::new();
    let mut finish = Value::Null;
    let mut usage = Value::Null;
    let mut ended = false;
    for chunk in chunks {
        // `[DONE]`; some servers leave it out, and end with the reason for which they stopped.
        ended |= chunk.is_null();
        if let Some(counted) = chunk.get("usage").filter(|usage| usage.is_object()) {
            usage = counted.clone();
        }
        let Some(choice) = chunk.pointer("/choices/0") else {
            continue;
        };
        if let Some(reason) = choice
            .get("finish_reason")
            .filter(|reason| !reason.is_null())
        {
            finish = reason.clone();
            ended = true;
        }
        text.push_str(text_of(choice.pointer("/delta/content")));
        refusal.push_str(text_of(choice.pointer("/delta/refusal")));
        let pieces = choice
            .pointer("/delta/tool_calls")
            .and_then(Value::as_array);
        for piece in pieces.into_iter().flatten() {
            add_call(&mut calls, piece);
        }
    }
    if !ended {
        return Err(Unusable::malformed("the stream broke off"));
    }
    let calls: Vec<Value> = calls.into_iter().map(|(_, call)| call).collect();
    Ok(json!({
        "choices": [{
            "message": { "content": text, "refusal": refusal, "tool_calls": calls },
            "finish_reason": finish,
        }],
        "usage": usage,
    }))
}

fn add_call(calls: &mut Vec<(u64, Value)>, piece: &Value) {
    let id = text_of(piece.get("id"));
    let index = piece
        .get("index")
        .and_then(Value::as_u64)
        // Without an index, a piece with an id begins a call, and one without goes on with the last.
        .unwrap_or((calls.len() as u64).saturating_sub(u64::from(id.is_empty())));
    // The last of them: some servers give every call the index 0. Then another id begins another call.
    let found = calls
        .iter()
        .rposition(|(known, _)| *known == index)
        .filter(|at| {
            let known = text_of(calls[*at].1.get("id"));
            id.is_empty() || known.is_empty() || known == id
        });
    let at = found.unwrap_or_else(|| {
        calls.push((
            index,
            json!({ "id": "", "function": { "name": "", "arguments": "" } }),
        ));
        calls.len() - 1
    });
    let call = &mut calls[at].1;
    if !id.is_empty() {
        call["id"] = json!(id);
    }
    for field in ["name", "arguments"] {
        let more = text_of(
            piece
                .get("function")
                .and_then(|function| function.get(field)),
        );
        let so_far = text_of(call["function"].get(field)).to_owned();
        call["function"][field] = json!(so_far + more);
    }
}
