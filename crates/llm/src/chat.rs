//! A conversation in no dialect: what is asked, what is replied, and the trait of whoever replies.

use std::future::Future;
use std::pin::Pin;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::LlmError;

/// A model that can be asked: configured for one role, reporting to one listener.
pub trait Chat: Send + Sync {
    /// Name of the model as the provider knows it.
    fn model(&self) -> &str;

    /// Most tokens that a request and its reply may have together.
    fn context_tokens(&self) -> u64;

    /// Most tokens that a reply may have: room for them is left when a conversation is held within what can be read.
    fn max_tokens(&self) -> u64 {
        self.context_tokens() / 4
    }

    /// Asks, and waits for the whole reply. Retries, waiting and the budget are the model's own matter.
    fn ask<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Reply, LlmError>> + Send + 'a>>;
}

/// What a model is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Who it is and what it is for.
    pub system: String,
    /// What was said so far; begins and ends with something that is not the model's.
    pub messages: Vec<Message>,
    /// What it may call.
    pub tools: Vec<ToolDefinition>,
    /// Whether it must call.
    pub choice: ToolChoice,
    /// The form of its text, when it has one.
    pub output: Option<OutputSchema>,
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Message {
    /// Said to the model.
    User {
        /// What.
        text: String,
    },
    /// Said by the model.
    Assistant {
        /// Its text; empty when it only called.
        text: String,
        /// What it called.
        calls: Vec<ToolCall>,
    },
    /// What a call gave.
    Tool {
        /// Id of the call.
        call: String,
        /// Name of the tool.
        name: String,
        /// What it gave, as text.
        text: String,
        /// Whether the call was wrong, or what it did failed.
        failed: bool,
    },
}

/// A tool that a model may call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolDefinition {
    /// Its name: letters, digits and `_`.
    pub name: String,
    /// What it does and when to use it.
    pub description: String,
    /// JSON Schema of its arguments: an object.
    pub parameters: Value,
}

/// Whether a model must call a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolChoice {
    /// As it likes.
    Auto,
    /// Any.
    Required,
    /// This one.
    Tool(String),
}

/// The form of a reply's text.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputSchema {
    /// A name for the form: letters, digits and `_`.
    pub name: String,
    /// JSON Schema of the text.
    pub schema: Value,
}

/// A call of a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Id that its result refers to; unique in a conversation.
    pub id: String,
    /// Name of the tool; may be none that was offered.
    pub name: String,
    /// The arguments as the model wrote them; may be no JSON.
    pub arguments: String,
}

/// What a model replied.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// Its text; empty when it only called.
    pub text: String,
    /// What it called, in its order.
    pub calls: Vec<ToolCall>,
    /// Why it stopped.
    pub finish: Finish,
    /// Tokens of this reply; those of failed attempts are told to the listener.
    pub usage: Usage,
    /// US dollars; `None` when the price is unknown.
    pub cost_usd: Option<f64>,
}

/// Why a reply ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// The model was done.
    Stop,
    /// It wants the results of its calls.
    Tools,
    /// It reached the most tokens of a reply.
    Length,
    /// It, or a filter of the provider, declined.
    Refusal,
    /// Something that this program does not know.
    Other(String),
}

/// Tokens of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the request, those from a cache included.
    pub input: u64,
    /// Of these, how many were read from the provider's prompt cache.
    pub cache_read: u64,
    /// Of these, how many were written to it.
    pub cache_write: u64,
    /// Tokens of the reply, hidden reasoning included.
    pub output: u64,
}

impl Usage {
    /// Tokens in and out.
    pub fn total(self) -> u64 {
        self.input.saturating_add(self.output)
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_add(other.input),
            cache_read: self.cache_read.saturating_add(other.cache_read),
            cache_write: self.cache_write.saturating_add(other.cache_write),
            output: self.output.saturating_add(other.output),
        }
    }
}

impl Message {
    /// Something said to the model.
    pub fn user(text: impl Into<String>) -> Self {
        Self::User { text: text.into() }
    }
}
