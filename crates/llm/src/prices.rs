//! What models cost: a price list that comes with the program, or one of the user's own. Unknown is unknown, not zero.

use std::collections::BTreeMap;
use std::io;

use camino::Utf8Path;
use serde::Deserialize;
use serde_json::Value;

use crate::{LlmError, Price, Settings};

/// Made by `cargo xtask prices`.
const EMBEDDED: &str = include_str!("../prices.json");

/// What a price list says of a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModelFacts {
    /// What it costs.
    pub price: Price,
    /// Most tokens that it reads; `None` when the list does not say.
    pub context_tokens: Option<u64>,
    /// Whether its provider enforces a JSON Schema, as far as the list says.
    pub strict: bool,
}

/// A price list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices {
    models: BTreeMap<String, ModelFacts>,
}

/// A model in a list of this project: US dollars per million tokens.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    input: f64,
    output: f64,
    cache_read: Option<f64>,
    cache_write: Option<f64>,
    context_tokens: Option<u64>,
    #[serde(default)]
    strict: bool,
}

impl Prices {
    /// The list that comes with the program.
    pub fn embedded() -> Self {
        Self::parse(EMBEDDED).expect("the embedded price list is well formed")
    }

    /// A list that knows nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads a list: one of this project, or LiteLLM's `model_prices_and_context_window.json`.
    ///
    /// # Errors
    ///
    /// [`LlmError::Configuration`] when it can't be read or is neither.
    pub fn read(path: &Utf8Path) -> Result<Self, LlmError> {
        fs_err::read_to_string(path)
            .and_then(|text| {
                Self::parse(&text).map_err(|error| {
                    io::Error::new(io::ErrorKind::InvalidData, format!("`{path}`: {error}"))
                })
            })
            .map_err(|error| LlmError::Configuration {
                message: format!("the price list can't be read: {error}"),
                hint: "give a list like the program's own (`crates/llm/prices.json`), or LiteLLM's `model_prices_and_context_window.json`"
                    .to_owned(),
            })
    }

    /// What is known of a model: by the name that its provider goes by in the list, else by its own.
    /// Negative prices, which mean "depends" in some lists, are unknown.
    pub fn facts(&self, settings: &Settings) -> Option<ModelFacts> {
        let model = &settings.model;
        provider(&settings.base_url)
            .and_then(|provider| self.models.get(&format!("{provider}/{model}")))
            .or_else(|| self.models.get(model))
            .copied()
    }

    /// Most tokens that a model reads at once, where it is known. Of a server that no list knows nothing is: a model's name says
    /// little about how the server was started.
    pub fn context_tokens(&self, settings: &Settings) -> Option<u64> {
        let host = host(&settings.base_url)?;
        let of_the_list = BARE_NAMES.contains(&host) || provider(&settings.base_url).is_some();
        self.facts(settings)?.context_tokens.filter(|_| of_the_list)
    }

    fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let list: Value = serde_json::from_str(text)?;
        let Some(models) = list.get("models").and_then(Value::as_object) else {
            return Ok(Self::lite_llm(&serde_json::from_value(list)?));
        };
        let models = models
            .iter()
            .map(|(name, entry)| Ok((name.clone(), Entry::deserialize(entry)?.into())))
            .collect::<Result<BTreeMap<String, ModelFacts>, serde_json::Error>>()?;
        Ok(Self {
            models: models
                .into_iter()
                .filter(|(_, facts)| facts.price.input >= 0.0 && facts.price.output >= 0.0)
                .collect(),
        })
    }

    fn lite_llm(list: &BTreeMap<String, Value>) -> Self {
        let models = list.iter().filter_map(|(name, entry)| {
            let price = |key: &str| {
                let per_token = entry.get(key)?.as_f64()?;
                (per_token >= 0.0).then_some(per_token * 1e6)
            };
            let facts = ModelFacts {
                price: Price {
                    input: price("input_cost_per_token")?,
                    output: price("output_cost_per_token")?,
                    cache_read: price("cache_read_input_token_cost"),
                    cache_write: price("cache_creation_input_token_cost"),
                },
                context_tokens: entry.get("max_input_tokens").and_then(Value::as_u64),
                strict: entry.get("supports_response_schema") == Some(&Value::Bool(true)),
            };
            (name != "sample_spec").then(|| (name.clone(), facts))
        });
        Self {
            models: models.collect(),
        }
    }
}

impl From<Entry> for ModelFacts {
    fn from(entry: Entry) -> Self {
        Self {
            price: Price {
                input: entry.input,
                output: entry.output,
                cache_read: entry.cache_read,
                cache_write: entry.cache_write,
            },
            context_tokens: entry.context_tokens,
            strict: entry.strict,
        }
    }
}

/// How LiteLLM's list calls the provider at a base URL.
fn provider(base_url: &str) -> Option<&'static str> {
    const HOSTS: [(&str, &str); 9] = [
        ("api.deepseek.com", "deepseek"),
        ("api.fireworks.ai", "fireworks_ai"),
        ("api.groq.com", "groq"),
        ("api.mistral.ai", "mistral"),
        ("api.moonshot.ai", "moonshot"),
        ("api.together.xyz", "together_ai"),
        ("api.x.ai", "xai"),
        ("generativelanguage.googleapis.com", "gemini"),
        ("openrouter.ai", "openrouter"),
    ];
    let host = host(base_url)?;
    HOSTS
        .iter()
        .find_map(|(known, name)| (*known == host).then_some(*name))
}

/// Providers whose models the list has without a prefix.
const BARE_NAMES: [&str; 2] = ["api.openai.com", "api.anthropic.com"];

fn host(base_url: &str) -> Option<&str> {
    base_url.split("://").nth(1)?.split(['/', ':']).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dialect;

    #[test]
    fn the_embedded_list_knows_the_main_models() {
        let prices = Prices::embedded();
        for (dialect, model) in [
            (Dialect::Chat, "gpt-4o-mini"),
            (Dialect::Responses, "gpt-5"),
            (Dialect::Messages, "claude-sonnet-4-5"),
        ] {
            let facts = prices.facts(&Settings::new(dialect, model)).unwrap();
            assert!(facts.price.input > 0.0 && facts.price.output > facts.price.input);
            assert!(facts.context_tokens.unwrap() >= 100_000);
        }
        assert_eq!(
            prices.facts(&Settings::new(Dialect::Chat, "unheard-of")),
            None
        );
    }

    #[test]
    fn providers_have_names_of_their_own() {
        let list = r#"{"sample_spec": {"input_cost_per_token": 0, "output_cost_per_token": 0},
            "deepseek/deepseek-chat": {"input_cost_per_token": 2e-7, "output_cost_per_token": 4e-7, "supports_response_schema": true, "mode": "chat"},
            "unpriced": {"input_cost_per_token": -1, "output_cost_per_token": 1e-6}}"#;
        let prices = Prices::parse(list).unwrap();
        let at = |url: &str, model: &str| prices.facts(&Settings::at(Dialect::Chat, model, url));
        let facts = at("https://api.deepseek.com/v1", "deepseek-chat").unwrap();
        assert!((facts.price.input - 0.2).abs() < 1e-12);
        assert!(facts.strict);
        assert_eq!(at("https://example.org/v1", "deepseek-chat"), None);
        assert!(at("http://proxy:4000", "deepseek/deepseek-chat").is_some());
        let reads = |url: &str, model: &str| {
            Prices::embedded().context_tokens(&Settings::at(Dialect::Chat, model, url))
        };
        assert!(reads("https://api.openai.com/v1", "gpt-5").unwrap() > 128_000);
        assert!(reads("https://api.openai.com/v1", "gpt-4").unwrap() < 10_000);
        assert_eq!(reads("http://localhost:8080", "gpt-4"), None);
        assert_eq!(at("http://proxy:4000", "unpriced"), None);
        assert_eq!(at("http://proxy:4000", "sample_spec"), None);
        assert!(Prices::parse("[]").is_err());
    }
}
