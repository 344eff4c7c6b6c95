//! Makes the price list that comes with the program: LiteLLM's list, trimmed to chat models of providers that
//! people have keys for. It fetches nothing; LiteLLM's wheel on PyPI holds the list.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use serde_json::{Map, Value, json};

/// Where the list lands, seen from the root.
const TARGET: &str = "crates/llm/prices.json";

/// Providers that are kept, as LiteLLM calls them. Clouds that sell others' models (Bedrock, Azure, Vertex)
/// speak dialects of their own, or name models as each customer likes.
const PROVIDERS: [&str; 12] = [
    "anthropic",
    "cerebras",
    "deepseek",
    "gemini",
    "groq",
    "mistral",
    "moonshot",
    "openai",
    "openrouter",
    "together_ai",
    "xai",
    "zai",
];

/// LiteLLM's keys of prices, in US dollars per token, and ours, per million.
const PRICES: [(&str, &str); 4] = [
    ("input_cost_per_token", "input"),
    ("output_cost_per_token", "output"),
    ("cache_read_input_token_cost", "cache_read"),
    ("cache_creation_input_token_cost", "cache_write"),
];

/// Writes the list. The arguments: LiteLLM's list, the version that it is from, and the day it was fetched.
///
/// # Errors
/// When an argument is missing, or the list can't be read or written.
pub(crate) fn run(arguments: &[OsString]) -> anyhow::Result<ExitCode> {
    let texts: Vec<&str> = arguments.iter().filter_map(|text| text.to_str()).collect();
    let [file, version, date] = texts[..] else {
        bail!(
            "cargo xtask prices FILE VERSION DATE, e.g. `model_prices_and_context_window_backup.json 1.2.3 2026-01-31`"
        );
    };
    let list: Map<String, Value> = serde_json::from_str(&fs_err::read_to_string(file)?)
        .with_context(|| format!("`{file}` is not LiteLLM's list"))?;
    let (text, models) = write(&list, version, date);
    let target = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the root")
        .join(TARGET);
    fs_err::write(&target, &text)?;
    println!("{TARGET}: {models} models, {} bytes", text.len());
    Ok(ExitCode::SUCCESS)
}

/// One model a line, in order of names, so that a new list is a diff that people can read.
fn write(list: &Map<String, Value>, version: &str, date: &str) -> (String, usize) {
    let mut lines: Vec<String> = list
        .iter()
        .filter_map(|(name, entry)| Some(format!("    {}: {}", json!(name), trim(name, entry)?)))
        .collect();
    lines.sort();
    let head = [
        ("about", "US dollars per million tokens; made by `cargo xtask prices`. Dearer tiers for long contexts are left out."),
        ("source", &format!("LiteLLM {version}, model_prices_and_context_window (PyPI package litellm)")),
        ("licence", "MIT, Copyright (c) 2023 Berri AI"),
        ("date", date),
    ]
    .map(|(name, text)| format!("  {}: {},\n", json!(name), json!(text)));
    let text = format!(
        "{{\n{}  \"models\": {{\n{}\n  }}\n}}\n",
        head.concat(),
        lines.join(",\n")
    );
    (text, lines.len())
}

/// What is kept of a model; `None` for those that are not.
fn trim(name: &str, entry: &Value) -> Option<Value> {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
    let kept = PROVIDERS.contains(&text("litellm_provider"))
        && matches!(text("mode"), "chat" | "responses")
        && !name.starts_with("ft:")
        && !["audio", "realtime", "image", "search", "tts"]
            .iter()
            .any(|kind| name.contains(kind));
    if !kept {
        return None;
    }
    let mut trimmed = Map::new();
    for (theirs, ours) in PRICES {
        let price = entry.get(theirs).and_then(Value::as_f64);
        // Negative ones stand for "it depends".
        if let Some(price) = price.filter(|price| *price >= 0.0) {
            trimmed.insert(ours.to_owned(), per_million(price));
        }
    }
    if !trimmed.contains_key("input") || !trimmed.contains_key("output") {
        return None;
    }
    if let Some(tokens) = entry.get("max_input_tokens").and_then(Value::as_u64) {
        trimmed.insert("context_tokens".to_owned(), json!(tokens));
    }
    if entry.get("supports_response_schema") == Some(&Value::Bool(true)) {
        trimmed.insert("strict".to_owned(), json!(true));
    }
    Some(Value::Object(trimmed))
}

/// Rounded to what a price can mean, so that 3e-07 becomes 0.3 and not 0.30000000000000004.
fn per_million(price: f64) -> Value {
    let rounded = (price * 1e12).round() / 1e6;
    json!(rounded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chat_models_of_known_providers_are_kept() {
        let list = json!({
            "ft:gpt-9": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6},
            "gpt-9": {
                "litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1.25e-6,
                "output_cost_per_token": 1e-5, "cache_read_input_token_cost": 3e-7,
                "max_input_tokens": 1000, "supports_response_schema": true, "supports_vision": true,
            },
            "draw": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6},
            "other": {"litellm_provider": "snowflake", "mode": "chat", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6},
            "unpriced": {"litellm_provider": "openai", "mode": "chat"},
        });
        let (text, models) = write(list.as_object().unwrap(), "1.2.3", "2026-01-31");
        assert_eq!(models, 1);
        let written: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            written["models"],
            json!({"gpt-9": {"input": 1.25, "output": 10.0, "cache_read": 0.3, "context_tokens": 1000, "strict": true}})
        );
        assert_eq!(written["date"], "2026-01-31");
    }
}
