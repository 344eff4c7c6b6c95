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
/// compared with the schema, read as `T` and given to `check`. What is wrong may repeat what nobody trusts, such as a passage
/// that the reply quotes: `told` makes of it what may stand in a message. Tools of the request are no use here: a reply that
/// calls counts as invalid.
///
/// # Errors
///
/// Those of [`Chat::ask`]. A reply that is never valid is no error but [`Structured::Invalid`].
pub async fn structured<T: JsonSchema + DeserializeOwned>(
    chat: &dyn Chat,
    mut request: Request,
    repairs: u32,
    check: impl Fn(&T) -> Result<(), String> + Send,
    told: impl Fn(&str) -> String + Send,
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
            "That is not valid: {}\nReply with the whole corrected JSON object and nothing else.",
            told(&reason)
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
    Err(first.unwrap_or_else(|| no_object(text)))
}

/// Why nothing was found in a text.
fn no_object(text: &str) -> String {
    let text = text.trim();
    if serde_json::from_str::<Value>(text).is_ok() {
        return "it is JSON, but no object".to_owned();
    }
    let Some(start) = text.find('{') else {
        return "it has no JSON object".to_owned();
    };
    match serde_json::from_str::<Value>(&text[start..]) {
        Err(error) => format!("its JSON is malformed, counted from its first `{{`: {error}"),
        Ok(_) => "it has no JSON object".to_owned(),
    }
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

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::Pin;
    use std::sync::Mutex;

    use serde::Deserialize;

    use super::*;
    use crate::{Reply, ToolChoice, Usage};

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Plan {
        name: String,
        rows: u32,
        #[serde(default)]
        tags: Vec<String>,
    }

    /// Says what it was told to say, and remembers what it was asked.
    struct Scripted {
        replies: Mutex<Vec<(&'static str, Finish)>>,
        asked: Mutex<Vec<Request>>,
    }

    impl Chat for Scripted {
        fn model(&self) -> &str {
            "scripted"
        }

        fn context_tokens(&self) -> u64 {
            1000
        }

        fn ask<'a>(
            &'a self,
            request: &'a Request,
        ) -> Pin<Box<dyn Future<Output = Result<Reply, LlmError>> + Send + 'a>> {
            self.asked.lock().unwrap().push(request.clone());
            let (text, finish) = self.replies.lock().unwrap().remove(0);
            Box::pin(std::future::ready(Ok(Reply {
                text: text.to_owned(),
                calls: Vec::new(),
                finish,
                usage: Usage::default(),
                cost_usd: None,
            })))
        }
    }

    async fn ask(repairs: u32, replies: &[&'static str]) -> (Structured<Plan>, Vec<Request>) {
        let replies = replies.iter().map(|text| (*text, Finish::Stop)).collect();
        asked(repairs, replies).await
    }

    async fn asked(
        repairs: u32,
        replies: Vec<(&'static str, Finish)>,
    ) -> (Structured<Plan>, Vec<Request>) {
        let chat = Scripted {
            replies: Mutex::new(replies),
            asked: Mutex::default(),
        };
        let request = Request {
            system: String::new(),
            messages: vec![Message::user("Plan.")],
            tools: Vec::new(),
            choice: ToolChoice::Auto,
            output: None,
        };
        let check = |plan: &Plan| {
            if plan.rows > 0 {
                Ok(())
            } else {
                Err("a plan needs rows".to_owned())
            }
        };
        let outcome = structured(&chat, request, repairs, check, str::to_owned)
            .await
            .unwrap();
        (outcome, chat.asked.into_inner().unwrap())
    }

    fn last(request: &Request) -> &str {
        match request.messages.last().unwrap() {
            Message::User { text } => text,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn valid_at_once() {
        let text = "Here:\n```json\n{\"name\": \"a\", \"rows\": 3, \"tags\": null}\n```";
        let (outcome, asked) = ask(0, &[text]).await;
        assert_eq!(
            outcome,
            Structured::Valid(Plan {
                name: "a".to_owned(),
                rows: 3,
                tags: Vec::new(),
            })
        );
        let output = asked[0].output.as_ref().unwrap();
        assert_eq!(output.name, "plan");
        assert_eq!(
            output.schema["required"],
            serde_json::json!(["name", "rows"])
        );
    }

    #[tokio::test]
    async fn what_is_wrong_is_told_and_repaired() {
        let (outcome, asked) = ask(
            3,
            &[
                "no idea",
                r#"{"name": "a", "rows": -1, "extra": 1}"#,
                r#"{"name": "a", "rows": 0}"#,
                r#"{"name": "a", "rows": 1}"#,
            ],
        )
        .await;
        assert!(matches!(outcome, Structured::Valid(Plan { rows: 1, .. })));
        let told: Vec<&str> = asked[1..].iter().map(last).collect();
        insta::assert_snapshot!(told.join("\n---\n"));
        assert_eq!(asked[3].messages.len(), 7, "the whole conversation is sent");
    }

    #[tokio::test]
    async fn never_valid() {
        let (outcome, asked) = ask(1, &["42", "[1]"]).await;
        assert_eq!(asked.len(), 2);
        assert_eq!(
            outcome,
            Structured::Invalid {
                reason: r#"[1] is not of type "object""#.to_owned(),
                text: "[1]".to_owned(),
            }
        );
        let (outcome, _) = asked_once("I can't.", Finish::Refusal).await;
        assert!(
            matches!(outcome, Structured::Invalid { reason, .. } if reason == "the model declined")
        );
        let (outcome, _) = asked_once("{\"name\": \"a", Finish::Length).await;
        assert!(
            matches!(outcome, Structured::Invalid { reason, .. } if reason.contains("be briefer"))
        );
    }

    async fn asked_once(text: &'static str, finish: Finish) -> (Structured<Plan>, Vec<Request>) {
        asked(0, vec![(text, finish)]).await
    }
}
