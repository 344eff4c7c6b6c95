//! How one model is reached for one role, as configuration files write it; keys are named, never held.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// The protocol of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// Chat completions: OpenAI, vLLM, llama.cpp, Ollama, SGLang, OpenRouter, LiteLLM and most others.
    Chat,
    /// Anthropic's messages.
    Messages,
    /// OpenAI's responses.
    Responses,
}

/// How a model is told of tools.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolMode {
    /// In the field that the dialect has for them.
    #[default]
    Native,
    /// In the prompt; the model replies with a JSON object. For models and servers without tool calls.
    Json,
}

/// How a model is held to a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StructuredMode {
    /// By the provider, with a JSON Schema; with Anthropic, by a tool that must be called.
    #[default]
    Strict,
    /// By the provider to JSON, by the prompt to the schema.
    JsonObject,
    /// By the prompt alone.
    None,
}

/// What chat completions call the most tokens of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaxTokensField {
    /// The older name, which most servers know.
    MaxTokens,
    /// The newer name, which OpenAI's models that reason demand.
    MaxCompletionTokens,
}

/// Prices in US dollars per million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Of tokens read.
    pub input: f64,
    /// Of tokens written.
    pub output: f64,
    /// Of tokens read from the provider's prompt cache; the price of input when it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_read: Option<f64>,
    /// Of tokens written to it; the price of input when it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<f64>,
}

/// One model for one role.
///
/// Only `model` has no default. Without `base_url` the dialect's own provider is meant, and its usual
/// variable holds the key; with `base_url` there is no key unless `key_variable` names one.
/// Values of headers are written as `[redacted]` unless they name a variable.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Settings {
    /// Name of the model as the provider knows it.
    pub model: String,
    /// The protocol.
    pub dialect: Dialect,
    /// Where the provider is; `/v1` is meant where there is no path.
    pub base_url: String,
    /// Name of the environment variable that holds the key; `None` sends no key.
    pub key_variable: Option<String>,
    /// More headers. A value `$NAME` is read from the environment.
    #[serde(serialize_with = "only_variables")]
    pub headers: BTreeMap<String, String>,
    /// Temperature of sampling; `None` leaves it to the provider, as models that reason demand.
    pub temperature: Option<f64>,
    /// Most tokens of one reply, hidden reasoning included.
    pub max_tokens: u64,
    /// What chat completions call these; `None` decides by the model's name, which deployments and tuned models may not show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens_field: Option<MaxTokensField>,
    /// Most tokens of a request and its reply together.
    pub context_tokens: u64,
    /// How it is told of tools.
    pub tools: ToolMode,
    /// How it is held to a form, at most: a plainer one is asked for where the server fails at it and answers that.
    pub structured: StructuredMode,
    /// Whether replies are streamed, for servers that do nothing else.
    pub stream: bool,
    /// What it costs; `None` looks it up.
    pub price: Option<Price>,
    /// Most calls side by side to its provider.
    pub connections: usize,
    /// Most seconds that one attempt may take.
    pub timeout_seconds: u64,
}

impl Settings {
    /// The defaults of a dialect's own provider.
    pub fn new(dialect: Dialect, model: impl Into<String>) -> Self {
        Written {
            model: model.into(),
            dialect: Some(dialect),
            ..Written::default()
        }
        .with_defaults()
    }

    /// The defaults of a server without a key.
    pub fn at(dialect: Dialect, model: impl Into<String>, base_url: impl Into<String>) -> Self {
        Written {
            model: model.into(),
            dialect: Some(dialect),
            base_url: Some(base_url.into()),
            ..Written::default()
        }
        .with_defaults()
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("model", &self.model)
            .field("dialect", &self.dialect)
            .field("base_url", &self.base_url)
            .field("key_variable", &self.key_variable)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("temperature", &self.temperature)
            .field("max_tokens", &self.max_tokens)
            .field("max_tokens_field", &self.max_tokens_field)
            .field("context_tokens", &self.context_tokens)
            .field("tools", &self.tools)
            .field("structured", &self.structured)
            .field("stream", &self.stream)
            .field("price", &self.price)
            .field("connections", &self.connections)
            .field("timeout_seconds", &self.timeout_seconds)
            .finish()
    }
}

/// What a configuration file may say.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    model: String,
    dialect: Option<Dialect>,
    base_url: Option<String>,
    key_variable: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    temperature: Option<f64>,
    max_tokens: Option<u64>,
    max_tokens_field: Option<MaxTokensField>,
    context_tokens: Option<u64>,
    #[serde(default)]
    tools: ToolMode,
    #[serde(default)]
    structured: StructuredMode,
    #[serde(default)]
    stream: bool,
    price: Option<Price>,
    connections: Option<usize>,
    timeout_seconds: Option<u64>,
}

impl TryFrom<Written> for Settings {
    type Error = String;

    /// Refuses keys in the places of names and addresses, which are shown and recorded. They are not repeated.
    fn try_from(written: Written) -> Result<Self, String> {
        if let Some(url) = &written.base_url {
            checked_url(url).map_err(|wrong| format!("`base_url` {wrong}"))?;
        }
        if let Some(name) = &written.key_variable
            && !names_variable(name)
        {
            return Err("`key_variable` is no name of an environment variable: it names the variable that holds the key, and never the key itself".to_owned());
        }
        for (header, value) in &written.headers {
            if value
                .strip_prefix('$')
                .is_some_and(|name| !names_variable(name))
            {
                return Err(format!(
                    "the value of the header `{header}` begins with `$` and is no name of an environment variable"
                ));
            }
        }
        Ok(written.with_defaults())
    }
}

/// The URL of a provider, when nothing in it is a secret.
///
/// # Errors
///
/// What is wrong, after the name of the URL; it does not repeat it.
pub(crate) fn checked_url(text: &str) -> Result<reqwest::Url, &'static str> {
    let url = reqwest::Url::parse(text).map_err(|_| "is no URL")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("is neither `http` nor `https`");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("has a name or a password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("has a query or a fragment");
    }
    Ok(url)
}

/// Whether a text can be the name of an environment variable, as POSIX has them. Keys of providers have hyphens.
pub(crate) fn names_variable(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

impl Written {
    fn with_defaults(self) -> Settings {
        let written = self;
        let dialect = written.dialect.unwrap_or(Dialect::Chat);
        let (url, variable) = match dialect {
            Dialect::Chat | Dialect::Responses => ("https://api.openai.com/v1", "OPENAI_API_KEY"),
            Dialect::Messages => ("https://api.anthropic.com/v1", "ANTHROPIC_API_KEY"),
        };
        let usual = written.base_url.is_none();
        Settings {
            model: written.model,
            dialect,
            base_url: written.base_url.unwrap_or_else(|| url.to_owned()),
            key_variable: written
                .key_variable
                .or_else(|| usual.then(|| variable.to_owned())),
            headers: written.headers,
            temperature: written.temperature,
            max_tokens: written.max_tokens.unwrap_or(16_384),
            max_tokens_field: written.max_tokens_field,
            context_tokens: written.context_tokens.unwrap_or(128_000),
            tools: written.tools,
            structured: written.structured,
            stream: written.stream,
            price: written.price,
            connections: written.connections.unwrap_or(8),
            timeout_seconds: written.timeout_seconds.unwrap_or(600),
        }
    }
}

fn only_variables<S: Serializer>(
    headers: &BTreeMap<String, String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(headers.iter().map(|(name, value)| {
        let shown = if value.starts_with('$') {
            value.as_str()
        } else {
            "[redacted]"
        };
        (name, shown)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn a_base_url_of_ones_own_has_no_key() {
        let usual = read(r#"{"model": "m", "dialect": "messages"}"#).unwrap();
        assert_eq!(usual.key_variable.as_deref(), Some("ANTHROPIC_API_KEY"));
        assert_eq!(usual.base_url, "https://api.anthropic.com/v1");
        let local = read(r#"{"model": "m", "base_url": "http://127.0.0.1:8080"}"#).unwrap();
        assert_eq!(local.key_variable, None);
        assert_eq!(local.dialect, Dialect::Chat);
    }

    #[test]
    fn unknown_fields_are_refused_and_written_ones_read_back() {
        assert!(read(r#"{"model": "m", "modle": "n"}"#).is_err());
        let settings = Settings::new(Dialect::Responses, "m");
        let text = serde_json::to_string(&settings).unwrap();
        assert_eq!(read(&text).unwrap(), settings);
    }

    #[test]
    fn keys_in_the_wrong_places_are_refused_and_not_repeated() {
        for (field, wrong) in [
            (
                r#""base_url": "http://name:sesame@host/v1""#,
                "`base_url` has a name or a password",
            ),
            (
                r#""base_url": "name:sesame@host""#,
                "`base_url` is neither `http` nor `https`",
            ),
            (
                r#""base_url": "http://host/v1?key=sesame""#,
                "`base_url` has a query or a fragment",
            ),
            (
                r#""base_url": "http://host/v1#sesame""#,
                "`base_url` has a query or a fragment",
            ),
            (r#""base_url": "sesame""#, "`base_url` is no URL"),
            (
                r#""key_variable": "sk-sesame""#,
                "`key_variable` is no name",
            ),
            (r#""key_variable": """#, "`key_variable` is no name"),
            (
                r#""headers": {"api-key": "$2a$10$sesame"}"#,
                "of the header `api-key`",
            ),
        ] {
            let error = read(&format!(r#"{{"model": "m", {field}}}"#))
                .unwrap_err()
                .to_string();
            assert!(error.contains(wrong), "{error}");
            assert!(!error.contains("sesame"), "{error}");
        }
        let fine = r#"{"model": "m", "base_url": "http://host:8000/v1/", "key_variable": "_Key2", "headers": {"a": "$B_1", "c": "d$"}}"#;
        assert!(read(fine).is_ok());
    }

    #[test]
    fn values_of_headers_are_not_shown() {
        let mut settings = Settings::new(Dialect::Chat, "m");
        settings
            .headers
            .insert("api-key".to_owned(), "sk-planted-literal".to_owned());
        settings
            .headers
            .insert("other".to_owned(), "$OTHER_KEY".to_owned());
        let shown = format!("{settings:?} {}", serde_json::to_string(&settings).unwrap());
        assert!(!shown.contains("sk-planted-literal"));
        assert!(shown.contains("$OTHER_KEY"));
    }
}
