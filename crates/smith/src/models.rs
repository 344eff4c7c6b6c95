//! Which models are asked in which role: flags over variables over `smith.toml`. A replayed cassette says it itself, and only
//! flags come before it.

mod recorded;
mod roles;

use std::sync::Arc;

use camino::Utf8Path;
use clap::{ArgMatches, parser::ValueSource};
use llm::{
    CallRecord, Cassette, CassetteMode, ClientOptions, Limits, Listener, Prices, RetryPolicy,
    Settings, Wait,
};
use pipeline::{Ablation, Caps, LlmEngine, Roles, TestAgent};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::{
    arguments::{self, Ablations, Models},
    exit,
    failure::Failure,
};

/// What `smith.toml` says of models.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    /// Settings of every role, and below `roles` those of single ones.
    pub(crate) llm: Option<Table>,
    pub(crate) caps: Option<Caps>,
    pub(crate) test_agent: Option<TestAgent>,
    pub(crate) ablation: Option<Ablation>,
}

/// What was decided about models.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Decided {
    pub(crate) roles: Roles,
    pub(crate) ablation: Ablation,
    pub(crate) test_agent: TestAgent,
    pub(crate) caps: Caps,
    pub(crate) max_usd: Option<f64>,
    pub(crate) max_tokens: Option<u64>,
    pub(crate) max_wall: Option<u64>,
    pub(crate) price_file: Option<camino::Utf8PathBuf>,
    /// How long a call that fails is tried again, in seconds since it first failed; 0 never. Without it, the usual policy.
    pub(crate) retry_seconds: Option<u64>,
    pub(crate) cassette: Option<Cassette>,
}

impl Decided {
    /// What the arguments (parsed from `matches`) and the file say; `None` when no model is named anywhere.
    ///
    /// # Errors
    ///
    /// When settings are malformed, or the description of a cassette can't be read.
    pub(crate) fn resolve(
        arguments: &Models,
        ablations: &Ablations,
        matches: &ArgMatches,
        file: Written,
    ) -> Result<Option<Self>, Failure> {
        let cassette = arguments.cassette.clone();
        let recorded = match &cassette {
            Some(cassette) if cassette.mode == CassetteMode::Replay => {
                recorded::recorded_with(&cassette.folder)?
            }
            _ => Written::default(),
        };
        // Other models than the recorded ones, from a file or a variable that lies about, would find no call recorded.
        let replays = recorded.llm.is_some();
        let written = if replays { recorded } else { file };
        let counts =
            |name: &str| !replays || matches.value_source(name) == Some(ValueSource::CommandLine);
        let given = [
            ("model", arguments.model.clone()),
            ("base_url", arguments.base_url.clone()),
            (
                "dialect",
                arguments.dialect.map(|dialect| dialect.as_str().to_owned()),
            ),
            ("key_variable", arguments.key_variable.clone()),
        ];
        let flags: Table = given
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?))))
            .filter(|(name, _)| counts(name))
            .collect();
        let mut table = written.llm.unwrap_or_default();
        let retry_seconds = match table.remove("retry_seconds") {
            None => None,
            Some(value) => Some(value.try_into().map_err(|_| {
                malformed("`llm.retry_seconds` is no whole number from 0".to_owned())
            })?),
        };
        let prices = prices(arguments.price_file.as_deref())?;
        let Some(roles) = roles::resolve(table, &flags, &prices)? else {
            return Ok(None);
        };
        let written_ablation = written.ablation.unwrap_or_default();
        Ok(Some(Self {
            roles,
            ablation: Ablation {
                no_review: ablations.no_review || written_ablation.no_review,
                no_feedback: ablations.no_feedback || written_ablation.no_feedback,
                single_prompt: ablations.single_prompt || written_ablation.single_prompt,
            },
            test_agent: ablations
                .test_agent
                .filter(|_| counts("test_agent"))
                .map(TestAgent::from)
                .or(written.test_agent)
                .unwrap_or_default(),
            caps: written.caps.unwrap_or_default(),
            max_usd: arguments.max_usd,
            max_tokens: arguments.max_tokens,
            max_wall: arguments.max_wall,
            price_file: arguments.price_file.clone(),
            retry_seconds,
            cassette,
        }))
    }

    /// The lines of `--print-config`, as `smith.toml` would hold them, and as comments what only flags and variables say; what
    /// is in a variable stays there, and values of headers are not shown.
    pub(crate) fn describe(&self) -> String {
        let roles: std::collections::BTreeMap<&str, &Settings> =
            self.roles.each().into_iter().collect();
        let value = serde_json::json!({
            "test_agent": self.test_agent,
            "caps": self.caps,
            "ablation": self.ablation,
            "llm": {"retry_seconds": self.retry_seconds, "roles": roles},
        });
        // By way of JSON, which has nulls: TOML leaves out what is not set.
        let table = without_nulls(value).and_then(|value| Value::try_from(value).ok());
        let table = table.expect("settings have string keys and no value that TOML lacks");
        let only_flags = [
            ("max-usd", self.max_usd.map(|most| most.to_string())),
            ("max-tokens", self.max_tokens.map(|most| most.to_string())),
            ("max-wall", self.max_wall.map(|most| most.to_string())),
            (
                "price-file",
                self.price_file.as_ref().map(ToString::to_string),
            ),
            ("cassette", self.cassette.as_ref().map(ToString::to_string)),
        ];
        let comments: String = only_flags
            .into_iter()
            .filter_map(|(name, value)| Some(format!("# --{name} {}\n", value?)))
            .collect();
        format!(
            "{comments}\n{}",
            toml::to_string(&table).expect("a value of TOML can be written")
        )
    }

    /// What prices are known.
    pub(crate) fn prices(&self) -> Result<Prices, Failure> {
        prices(self.price_file.as_deref())
    }

    /// How often a call is tried: where the user says how long, as often as that time allows.
    fn retry(&self) -> RetryPolicy {
        match self.retry_seconds {
            None => RetryPolicy::default(),
            Some(seconds) => RetryPolicy {
                attempts: u32::MAX,
                deadline: std::time::Duration::from_secs(seconds),
                ..RetryPolicy::default()
            },
        }
    }

    /// A client with its budget.
    fn client(&self, cassette: Cassette) -> Result<llm::Client, Failure> {
        Ok(llm::Client::new(ClientOptions {
            budget: Limits {
                max_usd: self.max_usd,
                max_tokens: self.max_tokens,
                max_wall: self.max_wall.map(std::time::Duration::from_secs),
            },
            cassette,
            prices: self.prices()?,
            retry: self.retry(),
        })?)
    }

    /// Where replies are kept and come from: as was said, else in `kept`, from which they are taken unless all is asked `afresh`.
    pub(crate) fn cassette(&self, kept: &Utf8Path, afresh: bool) -> Cassette {
        let usual = Cassette {
            mode: match afresh {
                true => CassetteMode::Record,
                false => CassetteMode::Auto,
            },
            folder: kept.to_owned(),
        };
        self.cassette.clone().unwrap_or(usual)
    }

    /// The engine that uses them, with that cassette.
    ///
    /// # Errors
    ///
    /// When a limit is no number, a price list can't be read, or the cassette that is replayed.
    pub(crate) fn engine(&self, cassette: Cassette) -> Result<LlmEngine, Failure> {
        let named = self.cassette.as_ref();
        Ok(LlmEngine {
            replies: named.map(recorded::identity).transpose()?.flatten(),
            client: self.client(cassette)?,
            roles: self.roles.clone(),
            ablation: self.ablation,
            test_agent: self.test_agent,
            caps: self.caps,
        })
    }

    /// A client for an episode, where replies are kept only when that was asked for.
    ///
    /// # Errors
    ///
    /// As [`Decided::engine`], and when what is recorded can't be described beside it.
    pub(crate) fn client_of_episode(&self) -> Result<llm::Client, Failure> {
        let cassette = self.cassette.clone().unwrap_or(Cassette::off());
        self.describe_recording(&cassette)?;
        self.client(cassette)
    }

    /// Makes a model for each role that is used, and asks none: a key, a price or a header that is wrong or missing is told
    /// before the first role was paid for, not when the last is asked.
    ///
    /// # Errors
    ///
    /// When one of them can't be used.
    pub(crate) fn try_out(&self, cassette: &Cassette) -> Result<(), Failure> {
        // While calls may be replayed, a key may be missing; where nothing was recorded, none can be.
        let cassette = match cassette.mode {
            CassetteMode::Auto if recorded::is_new(&cassette.folder) => Cassette::off(),
            _ => cassette.clone(),
        };
        let engine = self.engine(cassette)?;
        for (_, settings) in engine.used() {
            engine.client.model(settings, Arc::new(Nobody))?;
        }
        Ok(())
    }

    /// Whether a recording begins: it is to hold every call, also those of stages that are done.
    pub(crate) fn begins_recording(&self) -> bool {
        self.cassette.as_ref().is_some_and(|cassette| {
            cassette.mode == CassetteMode::Record && recorded::is_new(&cassette.folder)
        })
    }

    /// Writes beside what is recorded with which models that is.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    pub(crate) fn describe_recording(&self, cassette: &Cassette) -> Result<(), Failure> {
        match cassette.mode {
            CassetteMode::Off | CassetteMode::Replay => Ok(()),
            CassetteMode::Record | CassetteMode::Auto => {
                recorded::describe_into(self, &cassette.folder)
            }
        }
    }
}

/// Hears of no call: none is made.
struct Nobody;

impl Listener for Nobody {
    fn called(&self, _: &CallRecord) {}

    fn waits(&self, _: &Wait) {}
}

fn prices(file: Option<&Utf8Path>) -> Result<Prices, Failure> {
    match file {
        None => Ok(Prices::embedded()),
        Some(path) => Ok(Prices::read(path)?),
    }
}

fn without_nulls(value: serde_json::Value) -> Option<serde_json::Value> {
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::Object(fields) => Some(
            fields
                .into_iter()
                .filter_map(|(name, value)| Some((name, without_nulls(value)?)))
                .collect(),
        ),
        other => Some(other),
    }
}

fn malformed(message: String) -> Failure {
    Failure {
        chain: vec!["the models are not configured well".to_owned(), message],
        hint: Some("the README's section on language models shows what can be set".to_owned()),
        code: exit::USAGE,
    }
}

impl arguments::Dialect {
    fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Messages => "messages",
            Self::Responses => "responses",
        }
    }
}

impl From<arguments::TestAgent> for TestAgent {
    fn from(agent: arguments::TestAgent) -> Self {
        match agent {
            arguments::TestAgent::Scripted => Self::Scripted,
            arguments::TestAgent::React => Self::React,
        }
    }
}

impl From<llm::LlmError> for Failure {
    fn from(error: llm::LlmError) -> Self {
        Self::new(&error, error.fault(), error.hint())
    }
}
