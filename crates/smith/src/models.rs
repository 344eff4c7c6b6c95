//! Which models are asked in which role: flags over variables over `smith.toml` over what a replayed cassette was recorded with.

use camino::Utf8Path;
use llm::{Cassette, CassetteMode, ClientOptions, Limits, Prices, RetryPolicy, Settings};
use pipeline::{Ablation, Caps, LlmEngine, Roles, TestAgent};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::{
    arguments::{self, Ablations, Models},
    exit,
    failure::Failure,
};

/// The file of a cassette that says with which models and options it was recorded.
const RECORDED_WITH: &str = "cassette.toml";

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
    /// How long a call that fails is tried again, in seconds since it began; 0 never. Without it, the usual policy.
    pub(crate) retry_seconds: Option<u64>,
    pub(crate) cassette: Option<Cassette>,
}

impl Decided {
    /// What the arguments and the file say; `None` when no model is named anywhere.
    ///
    /// # Errors
    ///
    /// When settings are malformed, or the description of a cassette can't be read.
    pub(crate) fn resolve(
        arguments: &Models,
        ablations: &Ablations,
        mut file: Written,
    ) -> Result<Option<Self>, Failure> {
        let cassette = arguments.cassette.clone();
        let recorded = match &cassette {
            Some(cassette) if cassette.mode == CassetteMode::Replay => {
                recorded_with(&cassette.folder)?
            }
            _ => Written::default(),
        };
        let mut table = match (file.llm.take(), recorded.llm) {
            (Some(table), _) => table,
            (None, Some(table)) => table,
            (None, None) => Table::new(),
        };
        let given = [
            ("model", arguments.model.clone()),
            ("base_url", arguments.base_url.clone()),
            (
                "dialect",
                arguments.dialect.map(|dialect| dialect.as_str().to_owned()),
            ),
            ("key_variable", arguments.key_variable.clone()),
        ];
        let roles = match table.remove("roles") {
            None => Table::new(),
            Some(Value::Table(roles)) => roles,
            Some(_) => return Err(malformed("`llm.roles` is no table".to_owned())),
        };
        let retry_seconds = match table.remove("retry_seconds") {
            None => None,
            Some(value) => Some(value.try_into().map_err(|_| {
                malformed("`llm.retry_seconds` is no whole number from 0".to_owned())
            })?),
        };
        for (name, value) in given {
            if let Some(value) = value {
                table.insert(name.to_owned(), Value::String(value));
            }
        }
        if !table.contains_key("model") {
            return Ok(None);
        }
        let file_ablation = file.ablation.or(recorded.ablation).unwrap_or_default();
        Ok(Some(Self {
            roles: settings(&table, &roles)?,
            ablation: Ablation {
                no_review: ablations.no_review || file_ablation.no_review,
                no_feedback: ablations.no_feedback || file_ablation.no_feedback,
                single_prompt: ablations.single_prompt || file_ablation.single_prompt,
            },
            test_agent: ablations
                .test_agent
                .map(TestAgent::from)
                .or(file.test_agent)
                .or(recorded.test_agent)
                .unwrap_or_default(),
            caps: file.caps.or(recorded.caps).unwrap_or_default(),
            max_usd: arguments.max_usd,
            max_tokens: arguments.max_tokens,
            max_wall: arguments.max_wall,
            price_file: arguments.price_file.clone(),
            retry_seconds,
            cassette,
        }))
    }

    /// The lines of `--print-config`, as `smith.toml` would hold them; what is in a variable stays there.
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
        format!(
            "\n{}",
            toml::to_string(&table).expect("a value of TOML can be written")
        )
    }

    /// What prices are known.
    pub(crate) fn prices(&self) -> Result<Prices, Failure> {
        match &self.price_file {
            None => Ok(Prices::embedded()),
            Some(path) => Ok(Prices::read(path)?),
        }
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

    /// A client with its budget; `usual` is the cassette where none was named.
    pub(crate) fn client(&self, usual: Cassette) -> Result<llm::Client, Failure> {
        let cassette = self.cassette.clone().unwrap_or(usual);
        if matches!(cassette.mode, CassetteMode::Record | CassetteMode::Auto) {
            self.describe_into(&cassette.folder)?;
        }
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

    /// The engine that uses them. Replies are kept in `kept` unless a cassette was named, and asked for anew with `afresh`.
    pub(crate) fn engine(&self, kept: &Utf8Path, afresh: bool) -> Result<LlmEngine, Failure> {
        let usual = Cassette {
            mode: match afresh {
                true => CassetteMode::Record,
                false => CassetteMode::Auto,
            },
            folder: kept.to_owned(),
        };
        Ok(LlmEngine {
            client: self.client(usual)?,
            roles: self.roles.clone(),
            ablation: self.ablation,
            test_agent: self.test_agent,
            caps: self.caps,
        })
    }

    /// Writes beside a recording what it was recorded with, so that a replay needs no configuration. Where a provider is and
    /// what holds its key are nobody's business then.
    fn describe_into(&self, folder: &Utf8Path) -> Result<(), Failure> {
        let mut roles = Table::new();
        for (name, settings) in self.roles.each() {
            let settings = Settings {
                base_url: "http://localhost".to_owned(),
                key_variable: None,
                headers: Default::default(),
                ..settings.clone()
            };
            let settings =
                Table::try_from(settings).map_err(|error| malformed(error.to_string()))?;
            roles.insert(name.to_owned(), Value::Table(settings));
        }
        let mut all = match roles.get("designer") {
            Some(Value::Table(designer)) => designer.clone(),
            _ => Table::new(),
        };
        roles.retain(|_, settings| *settings != Value::Table(all.clone()));
        if !roles.is_empty() {
            all.insert("roles".to_owned(), Value::Table(roles));
        }
        let value = |value: Result<Value, toml::ser::Error>| {
            value.map_err(|error| malformed(error.to_string()))
        };
        let mut text = Table::new();
        text.insert("llm".to_owned(), Value::Table(all));
        text.insert(
            "test_agent".to_owned(),
            value(Value::try_from(self.test_agent))?,
        );
        text.insert(
            "ablation".to_owned(),
            value(Value::try_from(self.ablation))?,
        );
        text.insert("caps".to_owned(), value(Value::try_from(self.caps))?);
        let text = toml::to_string_pretty(&text).map_err(|error| malformed(error.to_string()))?;
        let path = folder.join(RECORDED_WITH);
        fs_err::create_dir_all(folder)
            .and_then(|()| fs_err::write(path, text))
            .map_err(|error| {
                Failure::usage(
                    &error,
                    Some("name a folder that can be written with `--cassette`".to_owned()),
                )
            })
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

fn recorded_with(folder: &Utf8Path) -> Result<Written, Failure> {
    match fs_err::read_to_string(folder.join(RECORDED_WITH)) {
        Ok(text) => toml::from_str(&text).map_err(|error| malformed(error.to_string())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && folder.is_dir() => {
            Ok(Written::default())
        }
        Err(error) => Err(Failure::usage(
            &error,
            Some("`--cassette replay:DIR` names the folder of a recording".to_owned()),
        )),
    }
}

/// The settings of each role: those of all, and its own over them.
fn settings(all: &Table, roles: &Table) -> Result<Roles, Failure> {
    let known = ["brainstormer", "designer", "refactor", "reviewer", "agent"];
    if let Some(unknown) = roles.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(malformed(format!(
            "`llm.roles.{unknown}` is no role: there are {}",
            known.join(", ")
        )));
    }
    let of = |name: &str| {
        let mut table = all.clone();
        match roles.get(name) {
            None => {}
            Some(Value::Table(own)) => {
                table.extend(own.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            Some(_) => return Err(malformed(format!("`llm.roles.{name}` is no table"))),
        }
        table
            .try_into::<Settings>()
            .map_err(|error| malformed(error.to_string()))
    };
    Ok(Roles {
        brainstormer: of("brainstormer")?,
        designer: of("designer")?,
        refactor: of("refactor")?,
        reviewer: of("reviewer")?,
        agent: of("agent")?,
    })
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
