//! The events of a ledger and their form on disk; what follows from them is worked out elsewhere.
//!
//! A line of `events.jsonl` is one canonical JSON object: `schema` (a major version), `at_unix_ms`, `event`
//! (the kind, in snake case) and the event's own fields. Within a major version, kinds and fields may be
//! added: a reader takes a kind that it does not know as [`Event::Unknown`] and passes over fields.

use std::collections::BTreeMap;

use digest::{Blake3, CanonicalError, Sha256, canonical_json};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::key::StageKey;

/// Major version of the lines that are written.
pub(crate) const SCHEMA: u32 = 1;

/// An event and its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Milliseconds since the Unix epoch.
    pub at_unix_ms: u64,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A run began; what follows belongs to it.
    RunStarted {
        /// The resolved configuration, without secrets.
        configuration: Value,
        /// Versions of the program, the environment and whatever else may explain a difference.
        versions: BTreeMap<String, String>,
    },
    /// A dataset was found and listed.
    DatasetOpened {
        /// Its slug.
        dataset: String,
        /// Where it came from, as the user named it.
        source: String,
        /// Digest over its raw files.
        digest: Sha256,
    },
    /// No task can be made of a dataset.
    DatasetRefused {
        /// Its slug; what the user named when it could not even be opened.
        dataset: String,
        /// The class of the reason, e.g. `not_enough_rows`.
        reason: String,
        /// The reason in a sentence.
        detail: String,
    },
    /// The work on a dataset could not be done.
    DatasetFailed {
        /// Its slug; what the user named when it could not even be opened.
        dataset: String,
        /// What failed, with causes.
        error: String,
    },
    /// The work on a task could not be done: nothing is said against it.
    TaskFailed {
        /// Its id.
        task: String,
        /// The dataset's slug.
        dataset: String,
        /// What failed, with causes.
        error: String,
        /// What the user can do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
    },
    /// A stage's work began.
    StageStarted {
        /// The work.
        key: StageKey,
        /// Name of the stage, e.g. `design`.
        stage: String,
        /// The dataset or task that it works on.
        subject: String,
        /// Which attempt this is, from 1.
        attempt: u32,
    },
    /// A stage's work ended.
    StageFinished(StageFinished),
    /// A stage's work was not done again, because the ledger had its result.
    StageReused {
        /// The work.
        key: StageKey,
        /// Name of the stage.
        stage: String,
        /// The dataset or task.
        subject: String,
    },
    /// A language model replied.
    ModelCalled(ModelCall),
    /// An attempt to ask a language model gave no reply, and may have to be paid all the same.
    ModelFailed(ModelFailure),
    /// A task stands in its folder.
    TaskPublished {
        /// Its id.
        task: String,
        /// The dataset's slug.
        dataset: String,
        /// The task's digest.
        digest: Sha256,
        /// Ids of the checks that warned.
        #[serde(default)]
        warnings: Vec<String>,
    },
    /// A run came to its end.
    RunFinished {
        /// The program's exit code.
        exit_code: u8,
    },
    /// The user broke the run off, and it ended in order.
    Interrupted,
    /// Something that this version of the program does not know. Never written.
    #[serde(skip)]
    Unknown,
}

/// How a stage's work ended and what it cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageFinished {
    /// The work.
    pub key: StageKey,
    /// Name of the stage, e.g. `design`.
    pub stage: String,
    /// The dataset or task that it worked on.
    pub subject: String,
    /// Which attempt this was, from 1.
    pub attempt: u32,
    /// How it ended.
    pub outcome: StageOutcome,
    /// The blob that holds the result.
    pub output: Option<Blake3>,
    /// Ids of the checks that failed, e.g. `A03`.
    pub findings: Vec<String>,
    /// Why an agent gave the task up, in its own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_up: Option<String>,
    /// Time from start to end.
    pub wall_ms: u64,
    /// Processor time of the scripts that were run.
    pub cpu_ms: u64,
    /// Most memory that a script held.
    pub peak_memory_bytes: u64,
    /// Tokens of all model calls, in and out.
    pub tokens: u64,
    /// Price of all model calls in US dollars; `None` when a price is unknown.
    pub cost_usd: Option<f64>,
    /// Digest of each rendered prompt by the prompt's name; empty where no model was asked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prompts: BTreeMap<String, String>,
}

/// A reply of a language model and what it cost. Requests and replies themselves stand in the cassette.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelCall {
    /// Name of the stage that asked.
    pub stage: String,
    /// The dataset or task that it was about.
    pub subject: String,
    /// Which agent asked, e.g. `designer`.
    pub agent: String,
    /// Name of the model.
    pub model: String,
    /// Digest of the canonical request.
    pub request: String,
    /// Digest of the reply.
    pub reply: String,
    /// Tokens of the request, those from a cache included.
    pub input_tokens: u64,
    /// Of these, how many came from the provider's cache.
    pub cached_tokens: u64,
    /// Tokens of the reply.
    pub output_tokens: u64,
    /// US dollars; `None` when the price is unknown.
    pub cost_usd: Option<f64>,
    /// Time from the first attempt to the last byte.
    pub latency_ms: u64,
    /// How many times it was sent.
    pub attempts: u32,
    /// Why the reply ended, e.g. `tools`.
    pub finish: String,
    /// Whether the reply had been recorded before, and nothing was sent.
    pub replayed: bool,
}

/// An attempt that gave no reply. It was charged to the budget, and is part of no [`ModelCall`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelFailure {
    /// Name of the stage that asked.
    pub stage: String,
    /// The dataset or task that it was about.
    pub subject: String,
    /// Which agent asked, e.g. `designer`.
    pub agent: String,
    /// Name of the model.
    pub model: String,
    /// Digest of the canonical request.
    pub request: String,
    /// Which attempt of its call it was, from 1.
    pub attempt: u32,
    /// Tokens, in and out, that were charged.
    pub tokens: u64,
    /// US dollars that were charged; `None` when the price is unknown.
    pub cost_usd: Option<f64>,
    /// Whether the provider has counted them; otherwise they are the most that there can have been.
    pub counted: bool,
    /// Why it was no reply, e.g. `the answer broke off`.
    pub reason: String,
    /// Whether the attempt had been recorded before, and nothing was sent.
    pub replayed: bool,
}

/// How a stage's work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageOutcome {
    /// Its result goes on to the next stage.
    Passed,
    /// The candidate was found bad.
    Rejected,
    /// The dataset is unfit.
    Refused,
    /// The work could not be done. A later run tries again.
    Failed,
}

impl StageOutcome {
    /// Whether doing the same work again would give the same, so that it need not be done.
    pub fn is_final(self) -> bool {
        match self {
            Self::Passed | Self::Rejected | Self::Refused => true,
            Self::Failed => false,
        }
    }
}

impl Event {
    /// Whether losing this event to a power failure would lose work.
    pub(crate) fn ends_work(&self) -> bool {
        match self {
            Self::StageFinished(_)
            | Self::DatasetRefused { .. }
            | Self::DatasetFailed { .. }
            | Self::TaskFailed { .. }
            | Self::TaskPublished { .. }
            | Self::RunFinished { .. }
            | Self::Interrupted => true,
            Self::RunStarted { .. }
            | Self::DatasetOpened { .. }
            | Self::StageStarted { .. }
            | Self::StageReused { .. }
            | Self::ModelCalled(_)
            | Self::ModelFailed(_)
            | Self::Unknown => false,
        }
    }
}

/// A line as it is written.
#[derive(Serialize)]
struct LineRef<'a> {
    schema: u32,
    at_unix_ms: u64,
    #[serde(flatten)]
    event: &'a Event,
}

/// What every line of every version has.
#[derive(Deserialize)]
struct Preamble {
    schema: u32,
    at_unix_ms: u64,
}

/// A line that was read.
pub(crate) enum Line {
    /// Of a version that is known.
    Known(Box<Entry>),
    /// Of a later major version.
    Newer(u32),
}

/// The line of an event, with its newline.
pub(crate) fn write_line(event: &Event, at_unix_ms: u64) -> Result<String, CanonicalError> {
    canonical_json(&LineRef {
        schema: SCHEMA,
        at_unix_ms,
        event,
    })
    .map(|line| line + "\n")
}

/// The event of a line; `None` when it is no line of a ledger.
pub(crate) fn read_line(line: &[u8]) -> Option<Line> {
    let preamble: Preamble = serde_json::from_slice(line).ok()?;
    if preamble.schema > SCHEMA {
        return Some(Line::Newer(preamble.schema));
    }
    let event = serde_json::from_slice(line).unwrap_or(Event::Unknown);
    Some(Line::Known(Box::new(Entry {
        at_unix_ms: preamble.at_unix_ms,
        event,
    })))
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> impl Strategy<Value = StageKey> {
        any::<u8>().prop_map(|seed| StageKey::of("stage", 1, &seed))
    }

    fn outcome() -> impl Strategy<Value = StageOutcome> {
        prop_oneof![
            Just(StageOutcome::Passed),
            Just(StageOutcome::Rejected),
            Just(StageOutcome::Refused),
            Just(StageOutcome::Failed)
        ]
    }

    fn finished() -> impl Strategy<Value = StageFinished> {
        let who = (
            key(),
            any::<String>(),
            any::<String>(),
            any::<u32>(),
            outcome(),
        );
        let what = (
            any::<Option<[u8; 32]>>(),
            prop::collection::vec("[A-D][0-9]{2}", 0..3),
            any::<Option<String>>(),
        );
        let cost = (
            any::<u64>(),
            any::<u64>(),
            any::<u64>(),
            any::<u64>(),
            prop::option::of(0.0..1e9),
        );
        (who, what, cost).prop_map(
            |(
                (key, stage, subject, attempt, outcome),
                (output, findings, given_up),
                (wall_ms, cpu_ms, peak_memory_bytes, tokens, cost_usd),
            )| {
                let output = output.map(Blake3::from_bytes);
                StageFinished {
                    key,
                    stage,
                    subject,
                    attempt,
                    outcome,
                    output,
                    findings,
                    given_up,
                    wall_ms,
                    cpu_ms,
                    peak_memory_bytes,
                    tokens,
                    cost_usd,
                    prompts: BTreeMap::new(),
                }
            },
        )
    }

    fn model_call() -> impl Strategy<Value = ModelCall> {
        let who = (
            any::<String>(),
            any::<String>(),
            any::<String>(),
            any::<String>(),
        );
        let what = (any::<u64>(), any::<u64>(), prop::option::of(0.0..1e9));
        (who, what, any::<u32>(), any::<bool>()).prop_map(
            |(
                (stage, subject, agent, model),
                (input_tokens, output_tokens, cost_usd),
                attempts,
                replayed,
            )| {
                ModelCall {
                    stage,
                    subject,
                    agent,
                    model,
                    request: "a".repeat(64),
                    reply: "b".repeat(64),
                    input_tokens,
                    cached_tokens: 0,
                    output_tokens,
                    cost_usd,
                    latency_ms: 3,
                    attempts,
                    finish: "stop".to_owned(),
                    replayed,
                }
            },
        )
    }

    fn model_failure() -> impl Strategy<Value = ModelFailure> {
        let who = (any::<String>(), any::<String>(), any::<String>());
        let what = (any::<u64>(), prop::option::of(0.0..1e9), any::<u32>());
        (who, what, any::<bool>(), any::<bool>()).prop_map(
            |((stage, agent, reason), (tokens, cost_usd, attempt), counted, replayed)| {
                ModelFailure {
                    stage,
                    subject: "iris".to_owned(),
                    agent,
                    model: "m".to_owned(),
                    request: "a".repeat(64),
                    attempt,
                    tokens,
                    cost_usd,
                    counted,
                    reason,
                    replayed,
                }
            },
        )
    }

    /// Any event that may be written.
    pub(crate) fn event() -> impl Strategy<Value = Event> {
        let digest = any::<[u8; 32]>().prop_map(Sha256::from_bytes);
        prop_oneof![
            prop::collection::btree_map(any::<String>(), any::<String>(), 0..3).prop_map(
                |versions| Event::RunStarted {
                    configuration: serde_json::json!({"jobs": 2}),
                    versions
                }
            ),
            (any::<String>(), any::<String>(), digest.clone()).prop_map(
                |(dataset, source, digest)| Event::DatasetOpened {
                    dataset,
                    source,
                    digest
                }
            ),
            (key(), any::<String>(), any::<String>(), any::<u32>()).prop_map(
                |(key, stage, subject, attempt)| Event::StageStarted {
                    key,
                    stage,
                    subject,
                    attempt
                }
            ),
            finished().prop_map(Event::StageFinished),
            model_call().prop_map(Event::ModelCalled),
            model_failure().prop_map(Event::ModelFailed),
            (key(), any::<String>(), any::<String>()).prop_map(|(key, stage, subject)| {
                Event::StageReused {
                    key,
                    stage,
                    subject,
                }
            }),
            (any::<String>(), any::<String>(), any::<String>()).prop_map(
                |(dataset, reason, detail)| Event::DatasetRefused {
                    dataset,
                    reason,
                    detail
                }
            ),
            (any::<String>(), any::<String>())
                .prop_map(|(dataset, error)| Event::DatasetFailed { dataset, error }),
            (
                any::<String>(),
                any::<String>(),
                any::<String>(),
                prop::option::of(any::<String>())
            )
                .prop_map(|(task, dataset, error, hint)| Event::TaskFailed {
                    task,
                    dataset,
                    error,
                    hint
                }),
            (
                any::<String>(),
                any::<String>(),
                digest,
                prop::collection::vec("[A-F][0-9]{2}", 0..3)
            )
                .prop_map(|(task, dataset, digest, warnings)| Event::TaskPublished {
                    task,
                    dataset,
                    digest,
                    warnings,
                }),
            any::<u8>().prop_map(|exit_code| Event::RunFinished { exit_code }),
            Just(Event::Interrupted),
        ]
    }

    #[test]
    fn the_form_of_a_line() {
        let line = write_line(&Event::RunFinished { exit_code: 10 }, 7).unwrap();
        assert_eq!(
            line,
            "{\"at_unix_ms\":7,\"event\":\"run_finished\",\"exit_code\":10,\"schema\":1}\n"
        );
    }

    #[test]
    fn what_is_not_known() {
        let read = |line: &str| read_line(line.as_bytes());
        assert!(matches!(
            read(r#"{"schema":2,"at_unix_ms":1,"anything":[]}"#),
            Some(Line::Newer(2))
        ));
        let added = r#"{"schema":1,"at_unix_ms":1,"event":"moon_rose","phase":"full"}"#;
        let event = |line: &str| match read(line) {
            Some(Line::Known(entry)) => Some(entry.event),
            _ => None,
        };
        assert_eq!(event(added), Some(Event::Unknown));
        let more =
            r#"{"schema":1,"at_unix_ms":1,"event":"run_finished","exit_code":0,"mood":"good"}"#;
        assert_eq!(event(more), Some(Event::RunFinished { exit_code: 0 }));
        assert!(read("{}").is_none() && read("").is_none() && read("\0\0").is_none());
        assert!(write_line(&Event::Unknown, 0).is_err());
    }

    proptest! {
        #[test]
        fn reading_gives_what_was_written(event in event(), at_unix_ms: u64) {
            let line = write_line(&event, at_unix_ms).unwrap();
            prop_assert_eq!(line.find('\n'), Some(line.len() - 1));
            match read_line(line.as_bytes()) {
                Some(Line::Known(entry)) => prop_assert_eq!(*entry, Entry { at_unix_ms, event }),
                _ => prop_assert!(false, "not read: {}", line),
            }
        }
    }
}
