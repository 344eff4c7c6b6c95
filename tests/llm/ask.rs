//! Our client with what it says on the way, and the requests that these tests make.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use llm::{
    CallRecord, Cassette, Chat as _, Client, ClientOptions, Dialect, Listener, LlmError, Message,
    Prices, Reply, Request, RetryPolicy, Settings, Surroundings, ToolChoice, ToolDefinition, Wait,
};
use serde_json::json;

pub(crate) const DIALECTS: [Dialect; 3] = [Dialect::Chat, Dialect::Messages, Dialect::Responses];

/// The key that every test sends, and that nothing may keep.
pub(crate) const KEY: &str = "sk-planted-0123456789abcdef";

/// What a listener heard.
#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) calls: Mutex<Vec<CallRecord>>,
    pub(crate) waits: Mutex<Vec<Wait>>,
}

impl Listener for Heard {
    fn called(&self, call: &CallRecord) {
        self.calls.lock().unwrap().push(call.clone());
    }

    fn waits(&self, wait: &Wait) {
        self.waits.lock().unwrap().push(wait.clone());
    }
}

/// A model at a server, with our client before it.
pub(crate) struct Asked {
    client: Client,
    settings: Settings,
    pub(crate) heard: Arc<Heard>,
}

impl Asked {
    /// A client that waits a millisecond where the server names no time.
    pub(crate) fn at(url: &str, dialect: Dialect, cassette: &str) -> Self {
        let options = ClientOptions {
            cassette: if cassette.is_empty() {
                Cassette::off()
            } else {
                cassette.parse().unwrap()
            },
            prices: Prices::default(),
            retry: RetryPolicy {
                first_wait: Duration::from_millis(1),
                longest_wait: Duration::from_millis(5),
                ..RetryPolicy::default()
            },
            ..ClientOptions::default()
        };
        let surroundings = Surroundings {
            environment: Arc::new(|name| (name == "PLANTED").then(|| KEY.to_owned())),
            ..Surroundings::default()
        };
        Self {
            client: Client::within(options, surroundings).unwrap(),
            settings: Settings {
                key_variable: Some("PLANTED".to_owned()),
                max_tokens: 100,
                timeout_seconds: 60,
                ..Settings::at(dialect, "scripted", url)
            },
            heard: Arc::default(),
        }
    }

    /// The same, with replies that come in pieces.
    pub(crate) fn streamed(mut self, stream: bool) -> Self {
        self.settings.stream = stream;
        self
    }

    /// Asks once.
    pub(crate) async fn ask(&self, request: &Request) -> Result<Reply, LlmError> {
        let model = self
            .client
            .model(&self.settings, self.heard.clone())
            .unwrap();
        model.ask(request).await
    }
}

/// A request with two tools, whose first message has these lines.
pub(crate) fn request(lines: &str) -> Request {
    let tool = |name: &str| ToolDefinition {
        name: name.to_owned(),
        description: "Does it.".to_owned(),
        parameters: json!({"type": "object", "properties": {"path": {"type": "string"}}}),
    };
    Request {
        system: "You design.".to_owned(),
        messages: vec![Message::user(format!("{lines}\n\nIts columns follow."))],
        tools: vec![tool("write"), tool("run")],
        choice: ToolChoice::Auto,
        output: None,
    }
}
