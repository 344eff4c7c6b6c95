//! The three protocols: each writes the body of a request and reads the body of a reply. None sends anything.

mod chat;
mod messages;
mod responses;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use crate::retry::{Failure, classify, message};
use crate::settings::{Dialect, Settings, StructuredMode};
use crate::sse::Event;
use crate::strict::strict_schema;
use crate::{Finish, OutputSchema, Request, ToolCall, Usage};

/// A reply as the provider gave it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parsed {
    pub(crate) text: String,
    pub(crate) calls: Vec<ToolCall>,
    pub(crate) finish: Finish,
    /// `None` when the provider does not count.
    pub(crate) usage: Option<Usage>,
    /// US dollars, from providers that say.
    pub(crate) cost_usd: Option<f64>,
}

/// Why a body with a good status is no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unusable {
    pub(crate) failure: Failure,
    pub(crate) reason: String,
}

impl Unusable {
    fn malformed(reason: impl Into<String>) -> Self {
        Self {
            failure: Failure::Again,
            reason: reason.into(),
        }
    }
}

/// What is appended to the base URL.
pub(crate) fn path(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Chat => "/chat/completions",
        Dialect::Messages => "/messages",
        Dialect::Responses => "/responses",
    }
}

/// The body of a request. Equal requests have equal bodies.
pub(crate) fn body(settings: &Settings, request: &Request) -> Value {
    match settings.dialect {
        Dialect::Chat => chat::body(settings, request),
        Dialect::Messages => messages::body(settings, request),
        Dialect::Responses => responses::body(settings, request),
    }
}

/// Whether an event is the last of its stream.
pub(crate) fn ends(dialect: Dialect) -> fn(&Event) -> bool {
    match dialect {
        Dialect::Chat => chat::ends,
        Dialect::Messages => messages::ends,
        Dialect::Responses => responses::ends,
    }
}

/// Reads the body of a reply, streamed or not: what it is shows in the text, since some servers stream
/// what should not be and the other way round.
pub(crate) fn parse(dialect: Dialect, request: &Request, body: &str) -> Result<Parsed, Unusable> {
    let start = body.trim_start();
    let streamed = ["data:", "event:", ":", "id:", "retry:"]
        .iter()
        .any(|field| start.starts_with(field));
    let value = if streamed {
        let values = crate::sse::events(body)
            .into_iter()
            .filter_map(|event| stream_value(&event))
            .collect::<Result<Vec<_>, _>>()?;
        match dialect {
            Dialect::Chat => chat::assemble(&values),
            Dialect::Messages => messages::assemble(&values),
            Dialect::Responses => responses::assemble(&values),
        }?
    } else {
        serde_json::from_str(body)
            .map_err(|error| Unusable::malformed(format!("the reply is no JSON: {error}")))?
    };
    refuse_errors(&value)?;
    match dialect {
        Dialect::Chat => chat::parse(&value),
        Dialect::Messages => messages::parse(&value, request),
        Dialect::Responses => responses::parse(&value),
    }
}

/// The tokens that a body counts.
pub(crate) fn usage(dialect: Dialect, value: &Value) -> Option<Usage> {
    match dialect {
        Dialect::Chat => chat::usage(value),
        Dialect::Messages => messages::usage(value),
        Dialect::Responses => responses::usage(value),
    }
}

/// What an event carries; `[DONE]` and empty ones carry nothing, and become `null`.
fn stream_value(event: &Event) -> Option<Result<Value, Unusable>> {
    match event.data.trim() {
        "" => None,
        "[DONE]" => Some(Ok(Value::Null)),
        data => Some(match serde_json::from_str::<Value>(data) {
            Ok(value) => refuse_errors(&value).map(|()| value),
            Err(error) => Err(Unusable::malformed(format!(
                "an event of the stream is no JSON: {error}"
            ))),
        }),
    }
}

/// Errors that come with a good status, or in the middle of a stream.
fn refuse_errors(value: &Value) -> Result<(), Unusable> {
    let failed = value
        .pointer("/response/error")
        .filter(|error| !error.is_null());
    // The error event of responses has no `error` in it.
    let event = (value.get("type").and_then(Value::as_str) == Some("error")).then_some(value);
    let Some(error) = failed
        .or_else(|| value.get("error").filter(|error| !error.is_null()))
        .or(event)
    else {
        return Ok(());
    };
    let kind = ["type", "code"]
        .iter()
        .filter_map(|key| error.get(*key)?.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    let status = match error.get("code").and_then(Value::as_u64) {
        Some(code) if (400..600).contains(&code) => code as u16,
        _ if kind.contains("overloaded") => 529,
        _ if kind.contains("rate_limit") || kind.contains("quota") => 429,
        _ if kind.contains("invalid_") || kind.contains("context") => 400,
        _ if kind.contains("authentication") => 401,
        _ if kind.contains("permission") => 403,
        _ if kind.contains("not_found") => 404,
        _ => 500,
    };
    let wrapped = json!({ "error": error }).to_string();
    Err(Unusable {
        failure: classify(status, &wrapped),
        reason: message(&wrapped),
    })
}

/// How a form is asked for.
enum Form {
    /// With this schema, which the provider enforces.
    Strict { name: String, schema: Value },
    /// As JSON, the schema being in the prompt.
    JsonObject,
    /// In the prompt alone.
    Prompt,
}

fn form(settings: &Settings, output: &OutputSchema) -> Form {
    match settings.structured {
        StructuredMode::None => Form::Prompt,
        StructuredMode::JsonObject => Form::JsonObject,
        StructuredMode::Strict => match strict_schema(&output.schema) {
            Some(schema) => Form::Strict {
                name: output.name.clone(),
                schema,
            },
            None => Form::JsonObject,
        },
    }
}

/// The system prompt, with the schema where the provider does not enforce one.
fn system(request: &Request, form: Option<&Form>) -> String {
    match (form, &request.output) {
        (Some(Form::JsonObject | Form::Prompt), Some(output)) => {
            format!("{}\n\n{}", request.system, demand(output))
        }
        _ => request.system.clone(),
    }
}

/// What a model is told of a form that the provider does not enforce.
fn demand(output: &OutputSchema) -> String {
    format!(
        "Reply with one JSON object and nothing else: no prose around it, no code fences. \
         It must satisfy this JSON Schema:\n{}",
        compact(&output.schema)
    )
}

/// JSON in one form, whatever the order of its keys.
pub(crate) fn compact(value: &Value) -> String {
    digest::canonical_json(value).expect("a JSON value has canonical JSON")
}

fn text_of(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

fn count(value: &Value, path: &str) -> u64 {
    value.pointer(path).and_then(Value::as_u64).unwrap_or(0)
}

/// Tokens written, hidden reasoning included: xAI and Gemini leave it out of the tokens of the reply, and count it in the sum
/// of all.
fn written(usage: &Value, read: u64, reply: &str) -> u64 {
    count(usage, reply).max(count(usage, "/total_tokens").saturating_sub(read))
}

/// An object without its `None` members.
fn object(members: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    Value::Object(
        members
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect::<Map<_, _>>(),
    )
}
