//! What was said so far, held within what the model can read: old results of tools make room, by a rule that draws nothing and
//! looks at no clock.

use llm::{Chat, LlmError, Message, Reply, Request, ToolCall, ToolChoice, ToolDefinition};
use serde_json::Value;

/// Tokens for a thousand bytes, at the least and at the most, whatever the provider says it has counted: a token has a byte or more,
/// and hardly more than five of text that is read here.
const DENSITY: (u64, u64) = (200, 1000);
/// Tokens for a thousand bytes where nobody counts them: as many as columns of numbers have; prose has about half.
const TOKENS_PER_1000_BYTES: u64 = 500;
/// A conversation is shortened when it fills more than this many quarters of what is left for it beside a reply.
const FULL_QUARTERS: u64 = 3;
/// Last messages that are left as they are.
const KEPT: usize = 6;
/// Last messages that are left when the model refused a conversation as too long: the last result.
const KEPT_HARD: usize = 1;
/// Longest result that is left as it is when older ones make room, in bytes.
const SHORT: usize = 200;
/// Longest result that is left where the model refused a conversation as too long, in characters.
const SHORT_HARD: usize = 2_000;
/// Longest text of the model that is kept where it called nothing, in characters.
const MOST_TEXT: usize = 4_000;

/// A conversation that goes on.
pub(super) struct Transcript {
    system: String,
    first: String,
    tools: Vec<ToolDefinition>,
    turns: Vec<Message>,
    /// What is to be known although it was left out; empty until something was.
    standing: String,
    compactions: u32,
    /// Tokens for a thousand bytes: what the provider counted at the last reply, and until then what is known of no request.
    density: u64,
}

impl Transcript {
    pub(super) fn new(system: String, first: String, tools: Vec<ToolDefinition>) -> Self {
        Self {
            system,
            first,
            tools,
            turns: Vec::new(),
            standing: String::new(),
            compactions: 0,
            density: TOKENS_PER_1000_BYTES,
        }
    }

    /// How often something was left out.
    pub(super) fn compactions(&self) -> u32 {
        self.compactions
    }

    /// Says something to the model.
    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.turns.push(Message::user(text));
    }

    /// Answers a call.
    pub(super) fn answer(&mut self, call: &ToolCall, text: String, failed: bool) {
        self.turns.push(Message::Tool {
            call: call.id.clone(),
            name: call.name.clone(),
            text,
            failed,
        });
    }

    /// Asks, and notes the reply. `standing` is what a model must know when old results are left out.
    ///
    /// Calls have distinct ids in what is given back, whatever the model called them.
    pub(super) async fn ask(&mut self, chat: &dyn Chat, standing: &str) -> Result<Reply, LlmError> {
        let reads = chat.context_tokens();
        // Where a reply may take all that there is, half is left for what it replies to.
        let most = reads - chat.max_tokens().min(reads / 2);
        if !self.turns.is_empty() && self.tokens() > most / 4 * FULL_QUARTERS {
            self.compact(KEPT, SHORT, most / 2, standing);
        }
        let mut reply = match chat.ask(&self.request()).await {
            Err(LlmError::TooLong { .. }) => {
                self.compact(KEPT_HARD, SHORT, 0, standing);
                self.cut_results();
                chat.ask(&self.request()).await?
            }
            other => other?,
        };
        self.learn_density(reply.usage.input);
        for index in 0..reply.calls.len() {
            let id = reply.calls[index].id.clone();
            let taken = reply.calls[..index].iter().any(|call| call.id == id) || self.has_call(&id);
            if id.is_empty() || taken {
                reply.calls[index].id = format!("call_{}_{index}", self.turns.len());
            }
        }
        let mut text = reply.text.clone();
        if reply.calls.is_empty() {
            if let Some((end, _)) = text.char_indices().nth(MOST_TEXT) {
                text.truncate(end);
                text.push_str(" […]");
            }
            if text.trim().is_empty() {
                "(no text)".clone_into(&mut text);
            }
        }
        self.turns.push(Message::Assistant {
            text,
            calls: reply.calls.clone(),
        });
        Ok(reply)
    }

    fn request(&self) -> Request {
        let first = if self.standing.is_empty() {
            self.first.clone()
        } else {
            format!(
                "{}\n\nOlder results of tools were left out of this conversation to make room. When that was done last, this is how it stood:\n\n{}",
                self.first, self.standing
            )
        };
        let mut messages = vec![Message::User { text: first }];
        messages.extend(self.turns.iter().cloned());
        Request {
            system: self.system.clone(),
            messages,
            tools: self.tools.clone(),
            choice: ToolChoice::Auto,
            output: None,
        }
    }

    fn tokens(&self) -> u64 {
        self.bytes() * self.density / 1000
    }

    /// Takes note of how many tokens the request had that was replied to; of zero, that nobody counted.
    fn learn_density(&mut self, tokens: u64) {
        if tokens > 0 {
            let density = tokens.saturating_mul(1000) / self.bytes().max(1);
            self.density = density.clamp(DENSITY.0, DENSITY.1);
        }
    }

    fn bytes(&self) -> u64 {
        let turns: usize = self.turns.iter().map(bytes).sum();
        let tools: usize = self
            .tools
            .iter()
            .map(|tool| tool.description.len() + tool.parameters.to_string().len())
            .sum();
        let all = self.system.len() + self.first.len() + self.standing.len() + turns + tools;
        all as u64
    }

    fn has_call(&self, id: &str) -> bool {
        self.turns.iter().any(|turn| match turn {
            Message::Assistant { calls, .. } => calls.iter().any(|call| call.id == id),
            Message::User { .. } | Message::Tool { .. } => false,
        })
    }

    /// Shortens the oldest messages until the rest fits into `target` tokens, but not the last `kept`.
    fn compact(&mut self, kept: usize, short: usize, target: u64, standing: &str) {
        self.compactions += 1;
        standing.clone_into(&mut self.standing);
        for index in 0..self.turns.len().saturating_sub(kept) {
            if self.tokens() <= target {
                return;
            }
            shorten(&mut self.turns[index], short);
        }
    }

    fn cut_results(&mut self) {
        for turn in &mut self.turns {
            if let Message::Tool { text, .. } = turn
                && let Some((end, _)) = text.char_indices().nth(SHORT_HARD)
            {
                text.truncate(end);
                text.push_str("\n[the rest is left out]");
            }
        }
    }
}

fn bytes(message: &Message) -> usize {
    match message {
        Message::User { text } | Message::Tool { text, .. } => text.len(),
        Message::Assistant { text, calls } => {
            let calls: usize = calls
                .iter()
                .map(|call| call.name.len() + call.arguments.len())
                .sum();
            text.len() + calls
        }
    }
}

/// One line for a result, one for each long argument; what the model said and what was said to it stays.
fn shorten(message: &mut Message, short: usize) {
    match message {
        Message::Tool { name, text, .. } if text.len() > short => {
            *text = format!(
                "[left out: result of `{name}`, {} characters]",
                text.chars().count()
            );
        }
        Message::Assistant { calls, .. } => {
            for call in calls.iter_mut().filter(|call| call.arguments.len() > short) {
                call.arguments = match serde_json::from_str(&call.arguments) {
                    Ok(mut arguments) => {
                        leave_out(&mut arguments, short);
                        arguments.to_string()
                    }
                    Err(_) => "{}".to_owned(),
                };
            }
        }
        Message::Tool { .. } | Message::User { .. } => {}
    }
}

fn leave_out(value: &mut Value, short: usize) {
    match value {
        Value::String(text) if text.len() > short => {
            *text = format!("[left out: {} characters]", text.chars().count());
        }
        Value::Array(items) => items.iter_mut().for_each(|item| leave_out(item, short)),
        Value::Object(fields) => fields.values_mut().for_each(|item| leave_out(item, short)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
