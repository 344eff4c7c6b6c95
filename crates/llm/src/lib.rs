//! Chat with a language model over HTTP: three dialects, retries, budget, cassettes; the only reader of API keys.
//!
//! It knows no dataset and no task, writes no prompt, and runs no tool that a model calls.

#![forbid(unsafe_code)]

mod chat;
mod error;
mod record;

pub use chat::{
    Chat, Finish, Message, OutputSchema, Reply, Request, ToolCall, ToolChoice, ToolDefinition,
    Usage,
};
pub use error::LlmError;
pub use record::{CallRecord, Listener, Wait};
