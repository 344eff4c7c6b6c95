//! What every test needs: a clock that does not wait, a listener that remembers, requests and replies.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use llm::{
    CallRecord, Client, ClientOptions, Clock, Dialect, FailedAttempt, Listener, LlmError, Message,
    Model, Reply, Request, Settings, Surroundings, ToolChoice, Wait,
};
use serde_json::json;

/// The key that must not be seen anywhere.
pub(crate) const PLANTED: &str = "sk-planted-0123456789";

/// Time passes only while something waits.
#[derive(Default)]
pub(crate) struct PatientClock(Mutex<Duration>);

impl Clock for PatientClock {
    fn elapsed(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn unix_seconds(&self) -> u64 {
        784_111_770
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        *self.0.lock().unwrap() += duration;
        Box::pin(std::future::ready(()))
    }

    fn jitter(&self) -> f64 {
        0.0
    }
}

/// Remembers what it heard.
#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) calls: Mutex<Vec<CallRecord>>,
    pub(crate) waits: Mutex<Vec<Wait>>,
    pub(crate) failed: Mutex<Vec<FailedAttempt>>,
}

impl Heard {
    pub(crate) fn calls(&self) -> Vec<CallRecord> {
        self.calls.lock().unwrap().clone()
    }

    /// Milliseconds and reasons.
    pub(crate) fn waits(&self) -> Vec<(u128, String)> {
        self.waits
            .lock()
            .unwrap()
            .iter()
            .map(|wait| (wait.duration.as_millis(), wait.reason.clone()))
            .collect()
    }
}

impl Listener for Heard {
    fn called(&self, call: &CallRecord) {
        self.calls.lock().unwrap().push(call.clone());
    }

    fn waits(&self, wait: &Wait) {
        self.waits.lock().unwrap().push(wait.clone());
    }

    fn failed(&self, attempt: &FailedAttempt) {
        self.failed.lock().unwrap().push(attempt.clone());
    }
}

/// A client in surroundings of the test's own.
pub(crate) fn client(options: ClientOptions) -> Client {
    Client::within(
        options,
        Surroundings {
            clock: Arc::new(PatientClock::default()),
            environment: Arc::new(|name| (name == "PLANTED_KEY").then(|| PLANTED.to_owned())),
        },
    )
    .unwrap()
}

pub(crate) fn settings(dialect: Dialect, url: &str) -> Settings {
    let mut settings = Settings::at(dialect, "model-1", url);
    settings.key_variable = Some("PLANTED_KEY".to_owned());
    settings.max_tokens = 1000;
    settings
}

/// A model with default options, and what its listener hears.
pub(crate) fn model(settings: &Settings) -> (Model, Arc<Heard>) {
    model_of(&client(ClientOptions::default()), settings)
}

pub(crate) fn model_of(client: &Client, settings: &Settings) -> (Model, Arc<Heard>) {
    let heard = Arc::new(Heard::default());
    (client.model(settings, heard.clone()).unwrap(), heard)
}

pub(crate) fn request(text: &str) -> Request {
    Request {
        system: "You are brief.".to_owned(),
        messages: vec![Message::user(text)],
        tools: Vec::new(),
        choice: ToolChoice::Auto,
        output: None,
    }
}

/// A reply of chat completions.
pub(crate) fn said(text: &str) -> String {
    json!({
        "id": "reply-1",
        "choices": [{ "message": { "role": "assistant", "content": text }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 20, "completion_tokens": 10 },
    })
    .to_string()
}

/// What came of a call, in a line.
pub(crate) fn outcome(result: &Result<Reply, LlmError>) -> String {
    match result {
        Ok(reply) => reply.text.clone(),
        Err(error) => error.to_string(),
    }
}
