//! A model whose replies are written by hand, a workbench without a sandbox, and a small profile.

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;

use facts::{
    CategoryCount, ColumnProfile, Combine, DatasetFacts, Encoding, FileKind, Format, Header,
    NumberSummary, Profile, RawFile, Reading, Role, Separator, Storage, Trend,
};
use findings::{CheckId, Finding, Policy};
use llm::{Chat, Finish, LlmError, Reply, Request, ToolCall, Usage};
use prompts::PythonEnvironment;
use serde_json::{Value, json};

use super::{Agent, Handed, Observation, Work, Workbench, WorkbenchError};
use crate::Proposal;

/// What a scripted model does when it is asked.
pub(super) enum Say {
    /// Calls tools.
    Call(Vec<(&'static str, String)>),
    /// Only talks.
    Text(String, Finish),
    /// Calls a tool, cut off.
    Cut(&'static str, String),
    /// Can't be asked.
    Fail(LlmError),
}

pub(super) fn call(name: &'static str, arguments: Value) -> Say {
    Say::Call(vec![(name, arguments.to_string())])
}

pub(super) fn write(path: &str, content: &str) -> Say {
    call("write_file", json!({ "path": path, "content": content }))
}

pub(super) fn text(text: &str) -> Say {
    Say::Text(text.to_owned(), Finish::Stop)
}

/// A model that says what is written, then the last of it for ever.
pub(super) struct Scripted {
    script: Mutex<Vec<Say>>,
    forever: fn() -> Say,
    context: u64,
    reply: u64,
    /// Every request, in order.
    pub(super) asked: Mutex<Vec<Request>>,
}

impl Scripted {
    pub(super) fn new(script: Vec<Say>) -> Self {
        Self {
            script: Mutex::new(script),
            forever: || text("I have nothing more to say."),
            context: 200_000,
            reply: 10_000,
            asked: Mutex::new(Vec::new()),
        }
    }

    pub(super) fn forever(mut self, say: fn() -> Say) -> Self {
        self.forever = say;
        self
    }

    pub(super) fn reading(mut self, tokens: u64) -> Self {
        self.context = tokens;
        self
    }

    pub(super) fn replying(mut self, tokens: u64) -> Self {
        self.reply = tokens;
        self
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.asked.lock().unwrap().clone()
    }

    /// Results of tools in the last request, in order.
    pub(super) fn results(&self) -> Vec<(String, String)> {
        let asked = self.asked.lock().unwrap();
        asked
            .last()
            .unwrap()
            .messages
            .iter()
            .filter_map(|message| match message {
                llm::Message::Tool { name, text, .. } => Some((name.clone(), text.clone())),
                llm::Message::User { .. } | llm::Message::Assistant { .. } => None,
            })
            .collect()
    }
}

impl Chat for Scripted {
    fn model(&self) -> &str {
        "scripted"
    }

    fn context_tokens(&self) -> u64 {
        self.context
    }

    fn max_tokens(&self) -> u64 {
        self.reply
    }

    fn ask<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Reply, LlmError>> + Send + 'a>> {
        self.asked.lock().unwrap().push(request.clone());
        let mut script = self.script.lock().unwrap();
        let say = if script.is_empty() {
            (self.forever)()
        } else {
            script.remove(0)
        };
        let reply = |text: String, calls: Vec<(&str, String)>, finish| Reply {
            text,
            calls: calls
                .into_iter()
                .map(|(name, arguments)| ToolCall {
                    // The same for all, as some servers do.
                    id: "call".to_owned(),
                    name: name.to_owned(),
                    arguments,
                })
                .collect(),
            finish,
            usage: Usage {
                // As prose has it: the tests rest on it.
                input: format!("{request:?}").len() as u64 / 4,
                output: 100,
                ..Usage::default()
            },
            cost_usd: Some(0.01),
        };
        let result = match say {
            Say::Call(calls) => Ok(reply(String::new(), calls, Finish::Tools)),
            Say::Text(text, finish) => Ok(reply(text, Vec::new(), finish)),
            Say::Cut(name, arguments) => Ok(reply(
                String::new(),
                vec![(name, arguments)],
                Finish::Length,
            )),
            Say::Fail(error) => Err(error),
        };
        Box::pin(async move { result })
    }
}

/// A workbench that believes what it reads: `prepare.py` fails when it says so, checks reject what says `LEAK`.
#[derive(Default)]
pub(super) struct Bench {
    /// What every script and preview shows.
    pub(super) shows: String,
    /// Whether nothing can be run.
    pub(super) broken: bool,
}

impl Workbench for Bench {
    fn preview<'a>(&'a self, path: &'a str, from: u64, rows: u64) -> Work<'a, Observation> {
        Box::pin(async move {
            Ok(Observation::of(format!(
                "{path} {from} {rows}\n{}",
                self.shows
            )))
        })
    }

    fn run_python<'a>(&'a self, files: &'a super::Files, code: &'a str) -> Work<'a, Observation> {
        Box::pin(async move {
            if self.broken {
                return Err(WorkbenchError {
                    act: "run the script".to_owned(),
                    source: "no user namespaces".into(),
                    fault: process::Fault::Setup,
                    hint: Some("run `smith doctor`".to_owned()),
                });
            }
            if code == super::TEST_RUNNER && files["test_task.py"].contains("assert False") {
                return Ok(Observation::failure("Traceback: AssertionError"));
            }
            let names: Vec<&str> = files.keys().map(String::as_str).collect();
            Ok(Observation::of(format!(
                "{} bytes, {names:?}\n{}",
                code.len(),
                self.shows
            )))
        })
    }

    fn run_prepare<'a>(&'a self, files: &'a super::Files) -> Work<'a, Observation> {
        Box::pin(async move {
            Ok(if files["prepare.py"].contains("raise") {
                Observation::failure("Traceback: ValueError: no such column")
            } else {
                Observation::of("public/train.csv: 70 rows")
            })
        })
    }

    fn read_prepared<'a>(
        &'a self,
        _files: &'a super::Files,
        path: &'a str,
        from: u64,
        rows: u64,
    ) -> Work<'a, Observation> {
        self.preview(path, from, rows)
    }

    fn run_metric<'a>(
        &'a self,
        proposal: &'a Proposal,
        _files: &'a super::Files,
        submission: Option<&'a str>,
    ) -> Work<'a, Observation> {
        Box::pin(async move {
            Ok(Observation::of(format!(
                "{}: sample: 0.5, answers: 1, own: {submission:?}",
                proposal.id
            )))
        })
    }

    fn run_assertions<'a>(&'a self, handed: Handed<'a>) -> Work<'a, Vec<Finding>> {
        Box::pin(async move {
            let (Handed::Draft { files, .. } | Handed::Package { files, .. }) = handed;
            let policy = Policy::embedded();
            let rule = policy.rule(CheckId::new('D', 5)).unwrap();
            Ok(vec![if files["prepare.py"].contains("LEAK") {
                rule.fail("0.998 of rows", "`wilt` equals the target.")
                    .compared_with("below 0.99")
            } else {
                rule.pass("0.7 of rows")
            }])
        })
    }
}

pub(super) fn python() -> PythonEnvironment {
    PythonEnvironment {
        name: "tabular".to_owned(),
        python: "3.11".to_owned(),
        packages: vec!["pandas 3.1.1".to_owned()],
        wall_seconds: 600,
        memory_bytes: 4 << 30,
    }
}

/// A scripted model as an agent, at its second attempt.
pub(super) fn agent<'a>(
    chat: &'a Scripted,
    policy: &'a Policy,
    python: &'a PythonEnvironment,
    steps: u32,
) -> Agent<'a> {
    Agent {
        chat,
        policy,
        python,
        steps,
        attempt: 2,
    }
}

/// 200 plants: a height, a bed, and whether there is mildew.
pub(super) fn profile() -> Profile {
    let column = |name: &str, role, storage, distinct| ColumnProfile {
        name: name.to_owned(),
        storage,
        role,
        missing: 0,
        distinct,
        meaning: None,
        unit: None,
        numbers: None,
        categories: Vec::new(),
        categories_complete: false,
        text: None,
        dates: None,
        examples: Vec::new(),
        order: None,
    };
    let number = |name: &str| ColumnProfile {
        numbers: Some(NumberSummary {
            min: 1.0,
            max: 99.0,
            mean: 50.123456789,
            std: 20.0,
            quantiles: [1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0],
            skewness: 0.1,
            zeros: 0.0,
            mode_share: 0.02,
            decimals: 1,
            trend: Trend::None,
        }),
        examples: ["31.5", "7", "88.2"].map(str::to_owned).to_vec(),
        ..column(name, Role::Number, Storage::Float, 150)
    };
    let classes = |name: &str, values: &[(&str, usize)]| ColumnProfile {
        categories: values
            .iter()
            .map(|(value, count)| CategoryCount {
                value: (*value).to_owned(),
                count: *count,
            })
            .collect(),
        categories_complete: true,
        ..column(name, Role::Category, Storage::Text, values.len())
    };
    Profile {
        dataset: DatasetFacts {
            slug: "greenhouse".to_owned(),
            title: "Greenhouse".to_owned(),
            description: Some("Plants of a greenhouse.".to_owned()),
            source: None,
            licence: Some("CC0-1.0".to_owned()),
            modality: None,
            files: vec![RawFile {
                path: "plants.csv".to_owned(),
                bytes: 4_321,
                sha256: "ab".repeat(32),
                kind: FileKind::Delimited,
            }],
        },
        readings: vec![Reading {
            path: "plants.csv".to_owned(),
            compression: None,
            encoding: Encoding::Utf8,
            format: Format::Delimited {
                separator: Separator::Comma,
                quote: None,
                comment: None,
                skip_lines: 0,
                decimal_comma: false,
                header: Header::Present { names: Vec::new() },
            },
            missing_markers: vec!["-".to_owned()],
            strip_blanks: false,
            read_as_text: Vec::new(),
        }],
        combine: Combine::Single,
        left_out: Vec::new(),
        rows: 200,
        duplicate_rows: 1,
        columns: vec![
            number("height"),
            number("light"),
            classes("bed", &[("north", 120), ("south", 80)]),
            classes("mildew", &[("no", 130), ("yes", 70)]),
        ],
        relations: Vec::new(),
        entities: Vec::new(),
        times: Vec::new(),
        documentation: None,
        others: Vec::new(),
    }
}

/// A formulation that fits the profile.
pub(super) fn formulation(target: &str) -> Value {
    json!({
        "title": "Greenhouse: which plants get mildew",
        "target": target,
        "objective": "binary",
        "labels": [],
        "positive_label": "yes",
        "metric": "roc_auc",
        "split": {
            "policy": "stratified",
            "test_fraction": 0.3,
            "reason": "Plants are independent of each other."
        },
        "rationale": "Gardeners would treat plants early. Light and height tell something, not all."
    })
}
