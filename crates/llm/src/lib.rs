//! Chat with a language model over HTTP: three dialects, retries, budget, cassettes; the only reader of API keys.
//!
//! It knows no dataset and no task, writes no prompt, and runs no tool that a model calls.

#![forbid(unsafe_code)]

mod budget;
mod cassette;
mod chat;
mod client;
mod clock;
mod dialect;
mod error;
mod estimate;
mod gate;
mod json_tools;
mod model;
mod outcome;
mod prices;
mod record;
mod repair;
mod retry;
mod secret;
mod settings;
mod sse;
mod strict;
mod structured;
#[cfg(test)]
mod testing;
mod transport;

pub use budget::{Limits, Spent};
pub use cassette::{Cassette, CassetteMode, ParseCassetteError};
pub use chat::{
    Chat, Finish, Message, OutputSchema, Reply, Request, ToolCall, ToolChoice, ToolDefinition,
    Usage,
};
pub use client::{Client, ClientOptions, Environment, Surroundings};
pub use clock::Clock;
pub use error::LlmError;
pub use model::Model;
pub use prices::{ModelFacts, Prices};
pub use record::{CallRecord, FailedAttempt, Listener, Wait};
pub use retry::RetryPolicy;
pub use settings::{Dialect, MaxTokensField, Price, Settings, StructuredMode, ToolMode};
pub use structured::{Structured, structured};
