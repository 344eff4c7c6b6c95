//! Asks a model one thing and prints the reply as JSON: to try a provider, or to drive the client from a script.
//!
//! `ask DIALECT BASE_URL MODEL CASSETTE [FIELD=VALUE]…`, where a field is one of a model's settings
//! (`stream=true`, `key_variable=NAME`, `price={"input":3,"output":15}`), or `prompt`, `system`,
//! `tool=NAME` (offers a tool with one argument, `text`), `choice=auto|required`, `schema=JSON`,
//! `max_usd`, `max_tokens_all`, `max_wall_seconds`, `attempts`, `first_wait_ms`, `times` (asks that often, side by side).
//! Exit codes: 0 reply, 2 wrong arguments, 20 setup, 21 outage, 22 budget.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the command line"
)]

use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use llm::{
    CallRecord, Chat, Client, ClientOptions, Limits, Listener, LlmError, Message, OutputSchema,
    Prices, Reply, Request, RetryPolicy, Settings, ToolChoice, ToolDefinition, Wait,
};
use serde_json::{Map, Value, json};

#[derive(Default)]
struct Heard(Mutex<Vec<Value>>);

impl Listener for Heard {
    fn called(&self, call: &CallRecord) {
        self.tell(json!({
            "called": call.model, "request": call.request, "reply": call.reply, "attempts": call.attempts,
            "replayed": call.replayed, "cost_usd": call.cost_usd, "usage": call.usage, "finish": call.finish,
        }));
    }

    fn waits(&self, wait: &Wait) {
        self.tell(json!({
            "waits_ms": wait.duration.as_millis() as u64, "attempt": wait.attempt, "reason": wait.reason,
        }));
    }
}

impl Heard {
    fn tell(&self, event: Value) {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(event);
    }
}

/// What the command line says.
struct Arguments {
    settings: Settings,
    options: ClientOptions,
    request: Request,
    times: usize,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments = match read(&arguments) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("error: {message}");
            return ExitCode::from(2);
        }
    };
    let heard = Arc::new(Heard::default());
    let runtime = tokio::runtime::Runtime::new().expect("threads can be started");
    let (client, outcomes) = match runtime.block_on(ask(arguments, heard.clone())) {
        Ok(asked) => asked,
        Err(error) => return ExitCode::from(report(&error)),
    };
    let mut code = 0;
    for outcome in outcomes {
        match outcome {
            Ok(reply) => println!(
                "{}",
                json!({
                    "text": reply.text, "calls": reply.calls, "finish": reply.finish,
                    "usage": reply.usage, "cost_usd": reply.cost_usd,
                })
            ),
            Err(error) => code = report(&error),
        }
    }
    for event in heard.0.lock().expect("no listener panics").iter() {
        eprintln!("{event}");
    }
    let spent = client.spent();
    eprintln!(
        "{}",
        json!({ "spent_usd": spent.usd, "spent_tokens": spent.tokens })
    );
    ExitCode::from(code)
}

async fn ask(
    arguments: Arguments,
    heard: Arc<Heard>,
) -> Result<(Client, Vec<Result<Reply, LlmError>>), LlmError> {
    let client = Client::new(arguments.options)?;
    let model = Arc::new(client.model(&arguments.settings, heard)?);
    let request = Arc::new(arguments.request);
    let calls: Vec<_> = (0..arguments.times)
        .map(|_| {
            let (model, request) = (model.clone(), request.clone());
            tokio::spawn(async move { model.ask(&request).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for call in calls {
        outcomes.push(call.await.expect("a call does not panic"));
    }
    Ok((client, outcomes))
}

fn report(error: &LlmError) -> u8 {
    eprintln!("error: {error}");
    if let Some(hint) = error.hint() {
        eprintln!("hint: {hint}");
    }
    match error.fault() {
        process::Fault::Transient => 21,
        process::Fault::Budget => 22,
        _ => 20,
    }
}

fn read(arguments: &[String]) -> Result<Arguments, String> {
    let [dialect, base_url, model, cassette, fields @ ..] = arguments else {
        return Err("ask DIALECT BASE_URL MODEL CASSETTE [FIELD=VALUE]…".to_owned());
    };
    let mut settings = Map::new();
    for (name, value) in [
        ("dialect", dialect),
        ("base_url", base_url),
        ("model", model),
    ] {
        settings.insert(name.to_owned(), json!(value));
    }
    let mut budget = Limits::default();
    let mut retry = RetryPolicy::default();
    let mut request = Request {
        system: "You are helpful.".to_owned(),
        messages: vec![Message::user("Say hello.")],
        tools: Vec::new(),
        choice: ToolChoice::Auto,
        output: None,
    };
    let mut times = 1;
    for field in fields {
        let (name, text) = field
            .split_once('=')
            .ok_or_else(|| format!("`{field}` is no FIELD=VALUE"))?;
        let number = || {
            text.parse::<f64>()
                .map_err(|_| format!("`{text}` is no number"))
        };
        match name {
            "prompt" => request.messages = vec![Message::user(text)],
            "system" => text.clone_into(&mut request.system),
            "tool" => request.tools.push(tool(text)),
            "choice" if text == "required" => request.choice = ToolChoice::Required,
            "choice" => request.choice = ToolChoice::Auto,
            "schema" => {
                request.output = Some(OutputSchema {
                    name: "answer".to_owned(),
                    schema: serde_json::from_str(text).map_err(|error| error.to_string())?,
                });
            }
            "max_usd" => budget.max_usd = Some(number()?),
            "max_tokens_all" => budget.max_tokens = Some(number()? as u64),
            "max_wall_seconds" => budget.max_wall = Some(Duration::from_secs_f64(number()?)),
            "attempts" => retry.attempts = number()? as u32,
            "first_wait_ms" => retry.first_wait = Duration::from_secs_f64(number()? / 1000.0),
            "times" => times = number()? as usize,
            _ => {
                let value = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
                settings.insert(name.to_owned(), value);
            }
        }
    }
    let settings = serde_json::from_value(Value::Object(settings));
    Ok(Arguments {
        settings: settings.map_err(|error| error.to_string())?,
        options: ClientOptions {
            budget,
            cassette: cassette
                .parse()
                .map_err(|error: llm::ParseCassetteError| error.to_string())?,
            prices: Prices::embedded(),
            retry,
        },
        request,
        times,
    })
}

fn tool(name: &str) -> ToolDefinition {
    ToolDefinition {
        name: name.to_owned(),
        description: "Takes a text.".to_owned(),
        parameters: json!({
            "type": "object",
            "properties": { "text": { "type": "string" } },
            "required": ["text"],
            "additionalProperties": false,
        }),
    }
}
