//! Typed replies: a model is asked for JSON of a type, told what is wrong with it, and asked again.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Chat, Finish, LlmError, Message, OutputSchema, Request, repair, retry};

/// Most complaints that a model is told at once.
const COMPLAINTS: usize = 8;

/// What came of asking for a type.
#[derive(Clone, Debug, PartialEq)]
pub enum Structured<T> {
    /// What was asked for.
    Valid(T),
    /// The model gave nothing valid, as often as it was asked.
    Invalid {
        /// What is wrong with its last reply.
        reason: String,
        /// Its last reply.
        text: String,
    },
}

/// Asks for a value of a type, and asks again, up to `repairs` times, with what is wrong.
///
/// The output's schema is made from `T` unless the request has one. A reply is searched for JSON, which is
/// compared with the schema, read as `T` and given to `check`. Tools of the request are no use here: a
/// reply that calls counts as invalid.
///
/// # Errors
///
/// Those of [`Chat::ask`]. A reply that is never valid is no error but [`Structured::Invalid`].
pub async fn structured<T: JsonSchema + DeserializeOwned>(
    chat: &dyn Chat,
    mut request: Request,
    repairs: u32,
    check: impl Fn(&T) -> Result<(), String> + Send,
) -> Result<Structured<T>, LlmError> {
    let output = request.output.get_or_insert_with(output_of::<T>);
    let schema = output.schema.clone();
    let mut left = repairs;
    loop {
        let reply = chat.ask(&request).await?;
        let reason = match reply.finish {
            Finish::Refusal => "the model declined".to_owned(),
            _ if !reply.calls.is_empty() => "a tool was called where an answer was due".to_owned(),
            _ => match read(&reply.text, &schema, &check) {
                Ok(value) => return Ok(Structured::Valid(value)),
                Err(reason) if reply.finish == Finish::Length => {
                    format!(
                        "{reason} (the reply was cut off at the most tokens of a reply: be briefer)"
                    )
                }
                Err(reason) => reason,
            },
        };
        if left == 0 {
            return Ok(Structured::Invalid {
                reason,
                text: reply.text,
            });
        }
        left -= 1;
        request.messages.push(Message::Assistant {
            text: reply.text,
            calls: Vec::new(),
        });
        request.messages.push(Message::user(format!(
            "That is not valid: {reason}\nReply with the whole corrected JSON object and nothing else."
        )));
    }
}

/// The schema of a type, named after it.
fn output_of<T: JsonSchema>() -> OutputSchema {
    let name: String = T::schema_name()
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .take(64)
        .collect();
    OutputSchema {
        name: name.to_lowercase(),
        schema: schemars::schema_for!(T).to_value(),
    }
}

fn read<T: DeserializeOwned>(
    text: &str,
    schema: &Value,
    check: impl Fn(&T) -> Result<(), String>,
) -> Result<T, String> {
    let mut first = None;
    for value in repair::candidates(text) {
        match accept(value, schema, &check) {
            Ok(value) => return Ok(value),
            Err(reason) => first = first.or(Some(reason)),
        }
    }
    Err(
        first.unwrap_or_else(|| match serde_json::from_str::<Value>(text.trim()) {
            Ok(_) => "it is JSON, but no object".to_owned(),
            Err(error) => format!("it is no JSON: {error}"),
        }),
    )
}

fn accept<T: DeserializeOwned>(
    value: Value,
    schema: &Value,
    check: impl Fn(&T) -> Result<(), String>,
) -> Result<T, String> {
    let value = match complaints(&value, schema) {
        None => value,
        Some(complaint) => {
            // Strict schemas have no optional fields: `null` is how a model leaves one out.
            let without = without_nulls(value);
            match complaints(&without, schema) {
                None => without,
                Some(_) => return Err(complaint),
            }
        }
    };
    let value: T = serde_json::from_value(value).map_err(|error| error.to_string())?;
    check(&value)?;
    Ok(value)
}

/// What a schema has against a value.
fn complaints(value: &Value, schema: &Value) -> Option<String> {
    let validator = match jsonschema::validator_for(schema) {
        Ok(validator) => validator,
        Err(error) => panic!("the schema of a type is a schema: {error}"),
    };
    let complaints: Vec<String> = validator
        .iter_errors(value)
        .take(COMPLAINTS)
        .map(|error| {
            let place = error.instance_path().to_string();
            let text = retry::excerpt(&error.to_string(), 300);
            if place.is_empty() {
                text
            } else {
                format!("at `{place}`: {text}")
            }
        })
        .collect();
    (!complaints.is_empty()).then(|| complaints.join("; "))
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
