//! The loop that every agent is: ask, do what was called, answer, until something is handed in or the steps are used up.
//!
//! It knows no tool: a [`Toolbox`] does. Nothing that a model replies is an error.

use std::collections::BTreeMap;
use std::future::Future;

use llm::{Finish, LlmError, Reply, ToolCall, ToolDefinition};
use prompts::Rendered;
use serde_json::Value;

use super::transcript::Transcript;
use super::{Agent, AgentError, Conversed, Observation, Outcome, Trace, arguments};

/// Replies without a call that are answered before the conversation ends.
const MOST_SILENT: u32 = 4;
/// Calls of one reply that are done; a model that sends more is told to send fewer.
pub(super) const MOST_CALLS: usize = 8;
/// From how many replies before the end on the model is told how many are left.
const WARNED: u32 = 3;

/// The tools of one agent, and what it has made with them so far.
pub(super) trait Toolbox: Send {
    /// What it hands in.
    type Handed;

    /// What can be called.
    fn tools(&self) -> Vec<ToolDefinition>;

    /// Does what was called, with arguments that follow the schema.
    fn call(
        &mut self,
        tool: &str,
        arguments: Value,
    ) -> impl Future<Output = Result<Turn<Self::Handed>, AgentError>> + Send;

    /// What the model must know when old results are left out: what it has written.
    fn standing(&self) -> String;

    /// How the work is handed in, for a model that forgets it.
    fn reminder(&self) -> &'static str;

    /// What was handed in piece by piece, when the conversation ends early.
    fn rest(&mut self) -> Option<Self::Handed> {
        None
    }
}

/// What came of a call.
pub(super) enum Turn<T> {
    /// Something to tell.
    Said(Observation),
    /// The work is handed in.
    Done(T),
    /// The work can't be done: why, in the model's words, or nothing where it hands in again what was rejected.
    Declined(Option<String>),
}

impl<T> Turn<T> {
    /// A call that was wrong.
    pub(super) fn wrong(text: impl Into<String>) -> Self {
        Self::Said(Observation::failure(text))
    }
}

/// Holds a conversation from its first message to its end.
pub(super) async fn converse<B: Toolbox>(
    agent: &Agent<'_>,
    system: Rendered,
    first: Rendered,
    toolbox: &mut B,
) -> Result<Conversed<B::Handed>, AgentError> {
    let mut trace = Trace {
        prompts: [&system, &first]
            .map(|prompt| (prompt.name.to_owned(), prompt.digest.clone()))
            .into(),
        ..Trace::default()
    };
    let tools = toolbox.tools();
    let mut transcript = Transcript::new(system.text, first.text, tools.clone());
    let mut silent = 0;
    let outcome = loop {
        if trace.steps >= agent.steps {
            break gave_up(
                toolbox,
                &trace,
                format!("nothing was handed in within {} replies", agent.steps),
            );
        }
        let reply = match transcript.ask(agent.chat, &toolbox.standing()).await {
            Ok(reply) => reply,
            // What was said has outgrown the model, so this attempt is lost; one that can't read the first message is of no use.
            Err(LlmError::TooLong { .. }) if trace.steps > 0 => {
                trace.compactions = transcript.compactions();
                let reason = "the conversation became longer than the model can read";
                break gave_up(toolbox, &trace, reason.to_owned());
            }
            Err(error) => return Err(AgentError::Llm(error)),
        };
        trace.steps += 1;
        trace.compactions = transcript.compactions();
        if reply.calls.is_empty() {
            silent += 1;
            if reply.finish == Finish::Refusal {
                break gave_up(toolbox, &trace, "the model declined to answer".to_owned());
            }
            if silent > MOST_SILENT {
                let reason = format!("the model replied {silent} times in a row without a call");
                break gave_up(toolbox, &trace, reason);
            }
            transcript.say(nudge(&reply, toolbox.reminder()));
            continue;
        }
        silent = 0;
        if let Some(ended) =
            act(&reply, &tools, toolbox, &mut transcript, &mut trace, agent).await?
        {
            break ended;
        }
    };
    Ok(Conversed { outcome, trace })
}

fn gave_up<B: Toolbox>(toolbox: &mut B, trace: &Trace, reason: String) -> Outcome<B::Handed> {
    match toolbox.rest() {
        Some(handed) => Outcome::Handed(handed),
        None => Outcome::GaveUp {
            reason,
            steps: trace.steps,
        },
    }
}

/// Does the calls of a reply, and answers each, until one ends the conversation.
async fn act<B: Toolbox>(
    reply: &Reply,
    tools: &[ToolDefinition],
    toolbox: &mut B,
    transcript: &mut Transcript,
    trace: &mut Trace,
    agent: &Agent<'_>,
) -> Result<Option<Outcome<B::Handed>>, AgentError> {
    for (index, call) in reply.calls.iter().enumerate() {
        let mut said = if index < MOST_CALLS {
            match one(call, tools, toolbox).await? {
                Turn::Done(handed) => return Ok(Some(Outcome::Handed(handed))),
                Turn::Declined(reason) => return Ok(Some(Outcome::Declined { reason })),
                Turn::Said(said) => said,
            }
        } else {
            Observation::failure(format!(
                "not done: at most {MOST_CALLS} calls of one reply are"
            ))
        };
        if said.failed {
            count(&mut trace.failures, &call.name);
            if reply.finish == Finish::Length {
                said.text.push_str(
                    "\nYour reply reached its length limit and was cut off, so the call may be incomplete: write less at a time.",
                );
            }
        }
        let left = agent.steps - trace.steps;
        if index + 1 == reply.calls.len() && (1..=WARNED).contains(&left) {
            said.text.push_str(&format!(
                "\n\n[Replies left: {left}. {}]",
                toolbox.reminder()
            ));
        }
        transcript.answer(call, said.text, said.failed);
    }
    Ok(None)
}

async fn one<B: Toolbox>(
    call: &ToolCall,
    tools: &[ToolDefinition],
    toolbox: &mut B,
) -> Result<Turn<B::Handed>, AgentError> {
    let Some(tool) = tools.iter().find(|tool| tool.name == call.name) else {
        let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_str()).collect();
        return Ok(Turn::wrong(format!(
            "there is no such tool; there are {}",
            names.join(", ")
        )));
    };
    match arguments::read(tool, &call.arguments) {
        Ok(arguments) => toolbox.call(&tool.name, arguments).await,
        Err(why) => Ok(Turn::wrong(why)),
    }
}

fn nudge(reply: &Reply, reminder: &str) -> String {
    let what = if reply.finish == Finish::Length {
        "Your reply reached its length limit and was cut off. Say less, and write files in smaller pieces."
    } else {
        "Nothing happens by text alone."
    };
    format!("{what} Go on by calling a tool. {reminder}")
}

/// Names that models invent are kept short, and not without end.
fn count(failures: &mut BTreeMap<String, u32>, name: &str) {
    const MOST_NAMES: usize = 32;
    let name: String = name.chars().take(40).collect();
    if failures.len() < MOST_NAMES || failures.contains_key(&name) {
        *failures.entry(name).or_default() += 1;
    }
}
