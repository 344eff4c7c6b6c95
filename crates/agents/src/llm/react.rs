//! An agent that takes part in an episode: a model that is told what came of its last action and says the next one.
//!
//! It knows actions as JSON only. A reply that is no action is passed on as the text it is, so that the episode answers it and counts it
//! as a step; it is never an error.

use llm::{Chat, Finish, LlmError, Reply, ToolCall, ToolDefinition, Usage};
use prompts::{Header, PythonEnvironment, ReactSystem, ReactTask, fence_ends, render};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::arguments::{self, tool};
use super::transcript::Transcript;
use super::{AgentError, Trace};

/// Longest observation that is told, in characters.
const MOST_SEEN: usize = 16_000;
/// Longest part of a reply that is no action, in characters.
const MOST_BROKEN: usize = 500;
/// The call by which the model says that it is done.
const FINISH: &str = "finish";

/// What an agent may use up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReactLimits {
    /// Most actions.
    pub steps: u32,
    /// Most tokens, in and out; `None` for any number.
    pub tokens: Option<u64>,
    /// Most US dollars; `None` for any. With a model whose price is unknown, a limit ends the work after the first reply.
    pub usd: Option<f64>,
}

/// What an agent has used up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// Replies of the model.
    pub steps: u32,
    /// Tokens.
    pub usage: Usage,
    /// US dollars; `None` when the price of any reply is unknown.
    pub usd: Option<f64>,
    /// Replies that were no action.
    pub broken: u32,
    /// Why it is done; `None` while it is not.
    pub ended: Option<String>,
}

/// A model that takes part in one episode.
pub struct React<'a> {
    chat: &'a dyn Chat,
    limits: ReactLimits,
    transcript: Transcript,
    tools: Vec<ToolDefinition>,
    /// Calls of the last reply that wait for what came of them; the first is the action.
    open: Vec<ToolCall>,
    spent: Spent,
    trace: Trace,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RequestInfo {
    /// Which part of what is known of the task.
    #[expect(dead_code, reason = "the episode reads it")]
    info_type: InfoType,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum InfoType {
    Overview,
    Description,
    SampleSubmission,
    DataStructure,
    DataPath,
    OutputPath,
    Metadata,
    All,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Code {
    /// A complete Python script.
    #[expect(dead_code, reason = "the episode reads it")]
    code: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct History {
    /// How many of the last steps, at most 20; 5 unless given.
    #[serde(default)]
    #[expect(dead_code, reason = "the episode reads it")]
    last_n: Option<u32>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// The actions of an episode, each as a tool.
fn tools() -> Vec<ToolDefinition> {
    vec![
        tool::<RequestInfo>(
            "request_info",
            "Tells a part of what is known of the task; `all` tells everything.",
        ),
        tool::<Code>(
            "validate_code",
            "Runs a script in a fresh sandbox, without scoring what it writes, and gives what it printed.",
        ),
        tool::<Code>(
            "execute_code",
            "Runs a script in a fresh sandbox and scores the submission.csv that it writes into its working folder, on the feedback rows.",
        ),
        tool::<History>("get_history", "Tells what happened in the last steps."),
        tool::<Nothing>("reset", "Forgets best scores and history."),
        tool::<Nothing>(FINISH, "Ends the work: the best submission stands."),
    ]
}

impl<'a> React<'a> {
    /// An agent for one task of a dataset; `dataset` is its slug.
    pub fn new(
        chat: &'a dyn Chat,
        python: &PythonEnvironment,
        dataset: &str,
        task: &str,
        attempt: u32,
        limits: ReactLimits,
    ) -> Self {
        let system = render(&ReactSystem {
            python: python.clone(),
            steps: limits.steps,
        });
        let first = render(&ReactTask {
            header: Header {
                agent: "react".to_owned(),
                dataset: dataset.to_owned(),
                task: task.to_owned(),
                attempt,
            },
        });
        let trace = Trace {
            prompts: [&system, &first]
                .map(|prompt| (prompt.name.to_owned(), prompt.digest.clone()))
                .into(),
            ..Trace::default()
        };
        let tools = tools();
        Self {
            chat,
            limits,
            transcript: Transcript::new(system.text, first.text, tools.clone()),
            tools,
            open: Vec::new(),
            spent: Spent {
                usd: Some(0.0),
                ..Spent::default()
            },
            trace,
        }
    }

    /// Name of the model.
    pub fn model(&self) -> &str {
        self.chat.model()
    }

    /// What it has used up so far.
    pub fn spent(&self) -> &Spent {
        &self.spent
    }

    /// Replies that it may still give.
    pub fn steps_left(&self) -> u32 {
        self.limits.steps.saturating_sub(self.spent.steps)
    }

    /// How it went so far.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The next action as JSON, after what came of the last one (nothing at the beginning); `None` when it is done, or has used up what
    /// it may. Any other JSON than an action is a reply that was none.
    ///
    /// # Errors
    ///
    /// When the model can't be asked.
    pub async fn next(&mut self, last: Option<&Value>) -> Result<Option<Value>, AgentError> {
        match last {
            Some(last) => self.tell(last),
            // A call must be answered, whatever became of it.
            None if self.spent.steps > 0 => {
                self.tell(&Value::String("nothing was seen".to_owned()))
            }
            None => {}
        }
        if let Some(limit) = self.used_up() {
            self.spent.ended.get_or_insert(limit);
        }
        if self.spent.ended.is_some() {
            return Ok(None);
        }
        let reply = match self.transcript.ask(self.chat, "").await {
            Ok(reply) => reply,
            // The episode has become longer than the model can read: what was handed in stands.
            Err(LlmError::TooLong { .. }) if self.spent.steps > 0 => {
                self.spent.ended =
                    Some("the conversation is longer than the model can read".to_owned());
                return Ok(None);
            }
            Err(error) => return Err(AgentError::Llm(error)),
        };
        self.settle(&reply);
        if reply.finish == Finish::Refusal && reply.calls.is_empty() {
            self.spent.ended = Some("the model declined to answer".to_owned());
            return Ok(None);
        }
        self.open.clone_from(&reply.calls);
        Ok(self.action(&reply))
    }

    fn settle(&mut self, reply: &Reply) {
        self.spent.steps += 1;
        self.spent.usage = self.spent.usage.and(reply.usage);
        self.spent.usd = match (self.spent.usd, reply.cost_usd) {
            (Some(sum), Some(cost)) => Some(sum + cost),
            _ => None,
        };
        self.trace.steps = self.spent.steps;
        self.trace.compactions = self.transcript.compactions();
    }

    /// Which limit is reached.
    fn used_up(&self) -> Option<String> {
        if self.spent.steps >= self.limits.steps {
            return Some(format!("{} actions were taken", self.limits.steps));
        }
        if let Some(most) = self.limits.tokens
            && self.spent.usage.total() >= most
        {
            return Some(format!("{most} tokens were used"));
        }
        match (self.limits.usd, self.spent.usd) {
            (Some(most), Some(spent)) if spent >= most => {
                Some(format!("{most} US dollars were spent"))
            }
            (Some(_), None) => {
                Some("the price of the model is unknown, and dollars are limited".to_owned())
            }
            _ => None,
        }
    }

    /// Answers the calls of the last reply, or says what came of its text.
    fn tell(&mut self, seen: &Value) {
        // What went wrong stands at the end.
        let text = fence_ends("observation", &readable(seen), MOST_SEEN);
        let open = std::mem::take(&mut self.open);
        match open.split_first() {
            None => self.transcript.say(text),
            Some((action, others)) => {
                self.transcript.answer(action, text, false);
                for other in others {
                    let why = "not done: one action a reply";
                    self.transcript.answer(other, why.to_owned(), true);
                }
            }
        }
    }

    fn action(&mut self, reply: &Reply) -> Option<Value> {
        let found = match reply.calls.first() {
            Some(call) => self.called(call),
            None => written(&reply.text),
        };
        match found {
            Some(action) if action.get("action").is_some_and(|name| name == FINISH) => {
                self.spent.ended = Some("the agent was done".to_owned());
                None
            }
            Some(action) => Some(action),
            None => {
                self.spent.broken += 1;
                let said = match reply.calls.first() {
                    Some(call) => format!("{}({})", call.name, call.arguments),
                    None => reply.text.clone(),
                };
                Some(Value::String(said.chars().take(MOST_BROKEN).collect()))
            }
        }
    }

    /// A call as an action. Arguments that don't follow the schema are left to the episode, which says what is wrong.
    fn called(&self, call: &ToolCall) -> Option<Value> {
        let tool = self.tools.iter().find(|tool| tool.name == call.name);
        let arguments = match tool {
            Some(tool) => arguments::read(tool, &call.arguments)
                .or_else(|why| serde_json::from_str::<Value>(&call.arguments).map_err(|_| why)),
            None => return written(&call.arguments),
        };
        let mut action = json!({ "action": call.name });
        let fields = action
            .as_object_mut()
            .expect("it was just made as an object");
        for (name, value) in arguments.ok()?.as_object()? {
            // A model that sends `null` means that it leaves the field out.
            if !value.is_null() && name != "action" {
                fields.insert(name.clone(), value.clone());
            }
        }
        Some(action)
    }
}

/// An observation as JSON, below it the texts of several lines that it holds, as they are: scripts print them.
fn readable(seen: &Value) -> String {
    if let Value::String(text) = seen {
        return text.clone();
    }
    let mut head = seen.clone();
    let mut texts = Vec::new();
    take_texts(&mut head, "", &mut texts);
    let mut out = serde_json::to_string_pretty(&head).expect("a value is JSON");
    for (path, text) in texts {
        out.push_str(&format!("\n\n{path}:\n{}", text.trim_end()));
    }
    out
}

/// Takes texts of several lines out of a value, with the path of each.
fn take_texts(value: &mut Value, path: &str, texts: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) if text.trim_end().contains('\n') => {
            texts.push((
                path.to_owned(),
                std::mem::replace(text, "see below".to_owned()),
            ));
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                take_texts(item, &format!("{path}[{index}]"), texts);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let dot = if path.is_empty() { "" } else { "." };
                take_texts(field, &format!("{path}{dot}{name}"), texts);
            }
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The action that stands in a text: an object with `action`, or a call as an object with `tool` and `arguments`, alone, in a block of code
/// or among prose; or a single block of Python, which is run and scored.
fn written(text: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str::<Value>(text.trim())
        && let Some(action) = named(value)
    {
        return Some(action);
    }
    for (start, _) in text.match_indices('{') {
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        if let Some(Ok(value)) = values.next()
            && let Some(action) = named(value)
        {
            return Some(action);
        }
    }
    let mut blocks = text.split("```python\n").skip(1);
    let (block, others) = (blocks.next()?, blocks.next());
    let (code, _) = block.split_once("```")?;
    others
        .is_none()
        .then(|| json!({ "action": "execute_code", "code": code }))
}

/// The object as an action, if it names one.
fn named(mut value: Value) -> Option<Value> {
    let object = value.as_object_mut()?;
    if !object.contains_key("action")
        && let Some(Value::String(tool)) = object.remove("tool")
    {
        let mut action = match object.remove("arguments") {
            Some(Value::Object(arguments)) => arguments,
            _ => serde_json::Map::new(),
        };
        action.insert("action".to_owned(), Value::String(tool));
        return Some(Value::Object(action));
    }
    object
        .get("action")
        .is_some_and(Value::is_string)
        .then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_scripts_print_stands_as_it_is() {
        let seen = json!({
            "step": 2,
            "feedback": { "kind": "executed", "stdout": "fold 1\n  0.91\n", "stderr": "" },
            "parts": [{ "text": "one line\n" }, { "text": "# Title\n\n\"quoted\"\n" }],
        });
        insta::assert_snapshot!(readable(&seen), @r#"
        {
          "feedback": {
            "kind": "executed",
            "stderr": "",
            "stdout": "see below"
          },
          "parts": [
            {
              "text": "one line\n"
            },
            {
              "text": "see below"
            }
          ],
          "step": 2
        }

        feedback.stdout:
        fold 1
          0.91

        parts[1].text:
        # Title

        "quoted"
        "#);
        assert_eq!(readable(&json!("a\nb")), "a\nb");
    }

    #[test]
    fn actions_are_found_in_text() {
        let all = json!({ "action": "request_info", "info_type": "all" });
        for text in [
            r#"{"action": "request_info", "info_type": "all"}"#,
            "Let me look.\n```json\n{\"action\": \"request_info\", \"info_type\": \"all\"}\n```",
            r#"{"tool": "request_info", "arguments": {"info_type": "all"}}"#,
            r#"I use {x} first: {"action": "request_info", "info_type": "all"} and then more"#,
        ] {
            assert_eq!(written(text), Some(all.clone()), "{text}");
        }
        let code = "Here:\n```python\nprint(1)\n```\nThat is all.";
        assert_eq!(
            written(code),
            Some(json!({ "action": "execute_code", "code": "print(1)\n" }))
        );
        for text in [
            "I am done.",
            "{\"action\": 3}",
            "{\"action\": \"execute_code\", \"code\": \"print(",
            "```python\nprint(1)",
            "",
        ] {
            assert_eq!(written(text), None, "{text}");
        }
    }
}
